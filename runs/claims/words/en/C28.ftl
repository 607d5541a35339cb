### C28: The weakest link

## What the answer says

C28-sentence =
    { $lab } fails within ten years in { $own } of the runs, and first of the three in { $fails } of
    the { $runs } runs in which it, { $cloud } or { $chipmaker } fails. The first of all to fall is
    most often { $first }.
C28-boundary =
    { $ranking } When no investor gives any money, the first to fall is most often
    { $first_without_money }. { $promise }
C28-explanation-1 =
    A lab lives on equity that it must ask for again and again, and so do its smaller rivals; those
    with a parent do not. When a round fails its owners may bridge it, and a parent, a rival or a
    cloud may buy it. A cloud lives on what its customers pay, and on credit.
C28-explanation-2 =
    Leverage is not where the first crack comes: { $holding }, which borrows against its stakes,
    fails in { $borrower } of the runs.
C28-notes-1 =
    A lab that is bought counts as living here, though its owners may have lost most of their money:
    fewer labs fail than cannot go on alone.
C28-notes-2 = The holding and the funds cannot be broken by a fall of markets outside AI.
C28-notes-3 =
    The chipmaker cannot fall easily: it holds cash and owes little. Stock and capacity that nobody
    needs cost it profit.
C28-notes-4 =
    The runs with less of the promise were added after the first answers; the rule leaves them out.

## Names of figures and intervals

C28-figure-lab-first = { $lab } is the first of the three to fail
C28-figure-lab-fails = { $lab } fails within ten years
C28-figure-firm-fails = { $firm } fails within ten years
C28-figure-lab-fails-quarter = quarter in which { $lab } fails
C28-figure-firm-fails-without-money = { $firm } fails within three years when no investor gives
C28-figure-lab-fails-reference = { $lab } fails, reference parameters
C28-figure-promise = { $lab } fails, { $promise }

## Pictures

C28-order-title = Who fails, and who fails first?
C28-order-caption =
    { $runs } runs with uncertain parameters over ten years, and { $runs_without_money } in which no
    investor gives labs money from 2027Q3 on (three years). Firms that fail in the same quarter are
    first together.
C28-order-alt = Bars by firm; { $weakest } fails most often.
C28-order-headline = { $weakest } fails most often
C28-panel-nothing = Nothing is done to anybody (ten years)
C28-panel-no-money = No investor gives any lab money from 2027Q3 on (three years)

## Tables

C28-order-table = Who fails, and who first: nothing is done
C28-order-no-money-table = The same when no investor gives

## Other words

C28-driver-fails = it fails in { $effect } of the runs
C28-ranking-firm = { $firm } ({ $share } of the runs)
C28-ranking = Most often of all fails { $firms }.
C28-ranking-nobody = Nobody fails.
C28-lead =
    That { $lab } fails in more runs than { $other } is { $sure }: { $lead } points ({ $lead_low }
    to { $lead_high }).
C28-first = { $firm } (in { $share } of the runs)
C28-promise-unsure = not surely fewer or more
C28-promise =
    With half of what it has promised { $cloud }, for half the compute, { $lab } fails in
    { $lab_half } of the runs, { $sure } than with all of it ({ $lab_all }); with a tenth in
    { $lab_tenth }. { $cloud } then fails in { $cloud_half } and { $cloud_tenth }, against
    { $cloud_all }: it builds for that promise on credit.
C28-ranking-then = { $so_far }, then { $next }
C28-lead-sure = sure
C28-lead-not-sure = not sure
C28-nobody = nobody
C28-promise-fewer = fewer
C28-promise-more = more
C28-promise-announced = with its promise as announced
C28-promise-half = with half of it
C28-promise-tenth = with a tenth

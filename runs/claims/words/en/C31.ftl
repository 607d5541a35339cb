### C31: The hyperscalers and the enterprise lab stand apart

## What the answer says

C31-sentence =
    Refusing { $lab } costs { $cloud } { $own } of its value, and the hyperscaler that loses most,
    { $most }, { $loss }; with { $enterprise_lab } in its place { $cloud } loses { $other }.
C31-boundary =
    First part { $first }: what counts is the cash flow behind the contract. Second part
    { $second }: whose name stands under the contract matters less than that one cloud builds for
    one customer.
C31-explanation-1 =
    { $most } has { $promise } of its backlog from { $lab }, but other customers and a group's cash
    flow pay for what it builds.
C31-explanation-2 =
    As stated, { $enterprise_lab } has promised no cloud more than { $largest_promise } of that
    cloud's backlog; { $lab } has promised { $cloud } { $main_promise }.
C31-notes-1 =
    A group's value is kept up by its cash flow from other business, which no failure in the model
    touches: hyperscalers look safer here than they may be.
C31-notes-2 =
    The systemic impact counts claims (shares, debt at book), not promises: who has only promised to
    buy has no weight in it.

## Names of figures and intervals

C31-figure-extra-loss = value that { $hyperscaler } loses, less that of { $cloud }
C31-figure-hyperscaler-fails = { $hyperscaler } fails with { $lab }
C31-figure-capex-missing-lab = CapEx missing, { $lab } refused
C31-figure-capex-missing-anchor =
    CapEx missing, { $enterprise_lab } with the largest contract refused
C31-figure-capex-difference = the second less the first
C31-figure-cloud-fails = { $cloud } fails, { $lab } refused
C31-figure-anchor-fails = { $enterprise_lab } with the largest contract fails when refused

## Pictures

C31-positions-title = Which cloud loses what with its tenant?
C31-positions-caption =
    Part of its value that each cloud has lost after three years. The largest contract is { $lab }'s
    in the first ({ $lab_pairs } pairs) and { $enterprise_lab }'s in the second
    ({ $enterprise_pairs }); 95% intervals.
C31-positions-alt = Losses of value by cloud, by whose contract is the largest.
C31-positions-headline = { $cloud } loses { $losses } of its value, by who signs
C31-positions-x = part of its value lost after three years
C31-positions-or = { $so_far } or { $next }

## Tables

C31-positions-table = Exposure and position by cloud

## Other words

C31-part-not-met = not met
C31-driver-less = loses less
C31-driver-unsure = unsure or more
C31-refused = { $lab } refused
C31-part-met = met

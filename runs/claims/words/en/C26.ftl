### C26: If the lab fails, the others trim CapEx

## What the answer says

C26-sentence =
    In the three years from the refusal on { $capex } of CapEx is missing; the lab's failure adds
    { $cloud } points to the pairs in which a cloud falls ({ $with_it } with it, { $without }
    without) and { $maker } to those in which { $chipmaker } does.
C26-untestable = The lab fails in too few pairs to tell what falls with it.
C26-boundary-all-met = All criteria are surely met.
C26-boundary-net =
    Net of the twins without the failure, it adds { $cloud } points ({ $cloud_low } to
    { $cloud_high }) to the pairs in which a cloud falls, and { $many } ({ $many_low } to
    { $many_high }) to those in which more than 5% of the others fail.
C26-boundary-cells =
    Of { $worlds } worlds on the maps { $met } meet all criteria, and { $stand } all but the cut in
    CapEx.
C26-boundary-step = { $debt } years of cash flow where { $dependence } of its promises are the lab's
C26-boundary-falls = { $name } falls from these debts on: { $steps }.
C26-boundary-stands = { $name } stands in its place with every debt on the map.
C26-sides-missed = Surely missed: { $criteria }.
C26-sides-open = Met or missed, the pairs cannot tell: { $criteria }.
C26-explanation-1 =
    Refused all money, { $lab } lives on what it has for a median of { $time } quarters; in these
    pairs nobody bridges or buys it. Then its contracts are rejected, its product runs on for its
    creditors while it pays, and the compute built for it is let to others at what the market gives.
C26-explanation-2 =
    { $cloud } has borrowed to build for one customer; whether it stands is a matter of what it owes
    and how much of its promised revenue that customer is. Clouds that live on a group's cash flow
    lose value, not their lives.
C26-explanation-3 =
    In the twelve quarters from the refusal on { $capex } of all CapEx is missing, and {
    $cloud_capex } of that of { $cloud }. At their end consumers are { $consumers } fewer: users
    leave the failed lab over some quarters, most of them for rivals, who rent compute for them; a
    part gives up.
C26-notes-1 =
    The model may be too kind to CapEx: most users of a failed lab are with rivals within quarters
    and use much the same compute there; only a part of them gives up. A panic that stops all orders
    is not in it.
C26-notes-2 =
    The chipmaker cannot fall easily: it holds cash and owes little. When orders fall it is left
    with capacity, with inputs it must buy and with stock, which it writes down: that costs it
    profit. Its value swings widely in both twins in these years, so what it loses is known only
    roughly.
C26-notes-3 =
    The main cloud builds for the contract whoever holds it, and nobody rescues it as a firm: no
    rights issue, no state. When it fails it builds no more, its customers are served on, and
    survivors buy its data centres in parts.
C26-notes-4 =
    The twelve quarters begin when the money is refused, so part of them lie before the failure. A
    first version of the rule counted also what falls in the twin without the failure, so that it
    could not hold; it was replaced by added risk.
C26-notes-few-pairs =
    A cell of the map rests on few pairs: none in { $pairs } still leaves { $most } possible.

## Names of figures and intervals

C26-figure-cloud-fails-c2 = a cloud fails (C2)
C26-figure-cloud-fails-without = a cloud fails in the twin without
C26-figure-debt-cloud-fails = a cloud that lives on debt fails
C26-figure-cash-cloud-fails = a cloud that lives on its cash flow fails
C26-figure-chipmaker-fails-c1 = a chipmaker fails (C1)
C26-figure-many-fail-c6 = over 5% of the others fail (C6)
C26-figure-many-fail-without = the same in the twin without
C26-figure-bank-under-floor-c7 = the bank's capital is under its floor (C7)
C26-figure-main-cloud-fails = { $cloud } fails
C26-figure-maker-fails = { $maker } fails
C26-figure-added = added by the failure: { $name }
C26-figure-capex-missing-c3 = CapEx missing over 12 quarters (C3)
C26-figure-cloud-capex-missing = CapEx of { $cloud } missing
C26-figure-revenue-missing = revenue of all labs missing after 12 quarters
C26-figure-consumers-missing = consumers missing after 12 quarters
C26-figure-chip-revenue-missing = chip revenue missing
C26-figure-value-lost-c4 = value of clouds and chipmakers lost at the end (C4)
C26-figure-cloud-value-lost = value that { $cloud } loses, median
C26-figure-maker-value-lost = value that { $maker } loses, median
C26-figure-total-over-direct-c5 = total over direct loss (C5), median
C26-figure-refused-lab-fails = the refused lab fails
C26-figure-lab-fails-without = it fails without being refused
C26-figure-cloud-fails-all = a cloud fails, all pairs
C26-figure-capex-missing-all = CapEx missing, all pairs
C26-figure-cloud-fails-reference = a cloud fails, reference parameters
C26-figure-capex-missing-reference = CapEx missing, reference parameters
C26-figure-lab-fails-earlier = the lab fails, refused a year earlier
C26-figure-cloud-fails-earlier = a cloud fails, lab refused a year earlier
C26-figure-another-cloud-fails = another cloud fails
C26-figure-chipmaker-fails = a chipmaker fails
C26-figure-many-fail = over 5% of institutions fail
C26-figure-bank-under-floor = bank under its floor
C26-figure-capex-missing = CapEx missing

## Pictures

C26-map-title = When does the cloud fall with its largest customer?
C26-map-caption =
    Share of pairs in which the cloud that holds the contract fails within twelve quarters; up to
    { $pairs } pairs a cell, reference parameters. Left the main cloud, right a hyperscaler in its
    place.
C26-map-alt = Two heat maps by debt and dependence; the main cloud falls at the upper right.
C26-map-headline = A cloud falls with the lab where debt and dependence meet
C26-criteria-title = What does each failure do to the others?
C26-criteria-caption =
    Pairs with uncertain parameters in which the struck firm fails; 95% intervals.
C26-criteria-alt = Added shares of pairs by criterion for four different failures.
C26-criteria-headline = No failure adds the fall of a chipmaker or of the banks
C26-criteria-headline-some = What each failure does to the others within twelve quarters
C26-criteria-x = share of pairs that the failure adds; of CapEx in the last row
C26-panel-holds-contract = { $cloud } holds the contract

## Tables

C26-criteria-table = What each failure adds (C1, C2, C6, C7), and the CapEx it costs (C3)
C26-who-fails-table = Who fails with the lab
C26-map-table = Cells of the map

## Other words

C26-driver-stand = clouds stand
C26-driver-falls = a cloud falls
C26-added-cloud = a cloud
C26-added-many = over 5% of others
C26-added-chipmaker = a chipmaker
C26-added-bank = the bank under its floor
C26-struck-refused = { $firm } refused
C26-struck-files = { $firm } files
C26-how-refused = refused money
C26-how-refused-reference = refused, reference parameters
C26-pairs-failed = it fails
C26-criterion-chipmaker = no chipmaker falls
C26-criterion-cloud = no cloud falls
C26-criterion-many = no wave of failures
C26-criterion-bank = the banks stand
C26-criterion-capex = CapEx is cut
C26-how-refused-earlier = refused a year earlier
C26-how-files = files for bankruptcy
C26-how-files-reference = files, reference parameters
C26-pairs-all = all

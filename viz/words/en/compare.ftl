### The page that compares worlds.

## Lines: question and what is shown

compare-line-labs_cash_usd-title = How much money do the labs have left?
compare-line-labs_cash_usd-shown = Deposits of all AI labs, middle run (median)
compare-line-capex_usd-title = How much is being built?
compare-line-capex_usd-shown = CapEx of all clouds per quarter, middle run (median)
compare-line-raised_usd-title = How much do investors bring?
compare-line-raised_usd-shown = Money raised by labs and start-ups per quarter, middle run (median)
compare-line-labs_valuation_usd-title = What are the labs said to be worth?
compare-line-labs_valuation_usd-shown = Value of all labs, middle run (median)
compare-line-labs_revenue_usd-title = How much do the labs earn?
compare-line-labs_revenue_usd-shown = Revenue of all labs per quarter, middle run (median)
compare-line-defaults-title = How many firms fail?
compare-line-defaults-shown = Firms that have failed, mean of the runs

## The page

compare-title = What difference does it make?
compare-intro =
    Each world is run with the same seeds, so run number 7 meets the same luck in all of them. What
    is left between two runs is the difference between the worlds.
compare-pick = Worlds to compare (the first is the yardstick)
compare-here = the world you look at
compare-before = this world before its shocks
compare-outcomes = Outcomes
compare-number = Runs of each world
compare-start = Compare
compare-cancel = Cancel
compare-empty = Pick two or more worlds and press “{ $start }”.
compare-too-few = Pick at least two worlds.
compare-too-many = At most { $number } worlds fit on one page; the first { $number } are compared.
compare-running = { $done } of { $total } runs are done.
compare-finished = { $runs } runs of each world.
compare-cancelled =
    Cancelled: only runs that were done in all worlds are compared ({ $runs } of each).
compare-table-title = The differences in figures
compare-table-note =
    Differences are means over pairs of runs with the same seed, against “{ $base }”, with their 95%
    interval. Bold: the interval excludes zero, so chance alone seldom explains it; coloured: and it
    is better or worse for all. Of twenty figures about one is bold by chance.
compare-lengths-note =
    These worlds do not run for the same time ({ $lengths }): all figures of this table are measured
    from the first quarter to { $label }, the last that all of them have.
compare-length = “{ $world }” { $quarters } quarters
compare-outcome = Outcome
compare-base = { $world } (yardstick)
compare-no-pair = No pair of runs is complete yet.
compare-difference-title = How far apart, quarter by quarter?
compare-difference-question =
    CapEx: difference to the yardstick, mean of the pairs with 95% interval
compare-half = { $world }, half of the runs
compare-interval = { $world }, interval
compare-gap = { $gap }; { $low } to { $high }
compare-gap-chance = { $gap }; { $low } to { $high }: may be chance
compare-few = { $gap }; too few pairs yet
compare-same = the same in every run

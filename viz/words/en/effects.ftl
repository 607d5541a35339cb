### What a change does, over pairs of worlds.

## What a world is measured against

effects-before-shocks =
    { $n ->
        [one] the same world without the shock
       *[other] the same world without its { $n } shocks
    }
effects-before-changes =
    { $n ->
        [one] “{ $scenario }” before the change
       *[other] “{ $scenario }” before its { $n } changes
    }
effects-before-all = “{ $scenario }” without changes and shocks
effects-before-scenario = “{ $scenario }”

## Groups of outcomes

effects-group-chance = Freeze and failures
effects-group-building = Building and money
effects-group-failures = Each firm's default
effects-group-seats = Seat shares
effects-group-losses = Gains and losses by sector

## Outcomes of a run

effects-outcome-freeze = Funding freezes
effects-outcome-cut = A cloud cuts its CapEx
effects-outcome-default = A firm fails
effects-outcome-defaults = Firms that fail
effects-outcome-capex_sum = CapEx of all quarters
effects-outcome-capex_peak = Highest CapEx of a quarter
effects-outcome-raised = Money that labs and start-ups raise in all
effects-outcome-cash_last = Labs’ cash at the end
effects-outcome-revenue_last = Labs’ revenue in the last quarter
effects-outcome-debt_peak = Highest debt of all clouds
effects-worth-labs = Labs: value of all at the end
effects-worth-clouds = Clouds: market value at the end
effects-worth-chipmakers = Chipmakers: market value at the end
effects-worth-investors = Investors: what they hold at the end
effects-worth-bank = Bank: capital over assets at the end
effects-unit-runs = % of runs
effects-unit-firms = firms
effects-unit-bn = bn USD
effects-unit-percent = %

## The card

effects-title =
    { $what ->
        [shocks] What does the shock do?
        [changes] What does the change do?
        [all] What do changes and shocks do?
       *[scenario] How does this world differ?
    }
effects-question =
    Pairs of worlds with the same luck, one with it, one without: mean difference and its 95%
    interval
effects-word-against = Measured against
effects-word-outcome = Outcome
effects-word-without = without
effects-word-with = with
effects-word-gap = difference
effects-word-interval = 95% interval
effects-in-seed = in this seed ({ $seed })
effects-word-says = beyond chance?
effects-here-now = now it happens
effects-here-gone = no longer
effects-here-same = no change
effects-verdict-more = more
effects-verdict-less = less
effects-verdict-chance = may be chance
effects-verdict-same = the same in every pair
effects-verdict-few = too few pairs yet
effects-verdict-none = not measured
effects-span = { $low } to { $high }
effects-others =
    { $n ->
        [one] One other firm fails in no run of either world.
       *[other] { $n } other firms fail in no run of either world.
    }
effects-note =
    Coloured: better or worse for all, and the interval excludes zero. Of { $n } figures about
    { $false } would do so by chance alone. The interval is about chance, not about whether the
    parameters are right.
effects-not-begun = No pair of this world has been run yet.
effects-waiting = The first pairs are on their way.
effects-running = { $done } of { $total } pairs are done.
effects-finished = { $pairs } pairs of worlds.
effects-cancelled = Cancelled: this rests on { $pairs } pairs.
effects-failed = { $failed } runs stopped with an error, and their pairs are left out.
effects-stopped = The pairs stopped: { $problem }
effects-word-cancel = Cancel
effects-start = Run { $pairs } pairs
effects-more = Run { $pairs } pairs

## The line under the key figures

effects-line =
    { $what ->
        [shocks] The shock
        [changes] The change
        [all] Changes and shocks
       *[scenario] This world
    } over { $pairs } pairs of worlds:
effects-line-running = Pairs of worlds with and without it are being run ({ $done } of { $total }).
effects-line-gap = { $title } { $gap } { $unit } ({ $span })
effects-line-chance = { $title } { $gap } { $unit } ({ $span }: may be chance)
effects-line-same = { $title } the same in every pair
effects-points = points
effects-all = All outcomes

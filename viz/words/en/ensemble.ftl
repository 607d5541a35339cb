### The page of ensembles.

## Fans: question and what is shown

ensemble-fan-labs_cash_usd-title = How much money do the labs have left?
ensemble-fan-labs_cash_usd-shown = Deposits of all AI labs
ensemble-fan-labs_valuation_usd-title = What are the labs said to be worth?
ensemble-fan-labs_valuation_usd-shown = Value of all labs at the price of their latest rounds
ensemble-fan-capex_usd-title = How much is being built?
ensemble-fan-capex_usd-shown = CapEx of all clouds per quarter
ensemble-fan-raised_usd-title = How much do investors bring?
ensemble-fan-raised_usd-shown = Money raised by labs and start-ups per quarter
ensemble-fan-labs_revenue_usd-title = How much do the labs earn?
ensemble-fan-labs_revenue_usd-shown = Revenue of all labs per quarter
ensemble-fan-rpo_usd-title = How much has been promised and not yet delivered?
ensemble-fan-rpo_usd-shown = RPO: revenue under contract of all clouds
ensemble-fan-spot_price_usd_hour-title = What does compute cost?
ensemble-fan-spot_price_usd_hour-shown = Rent of an accelerator without contract
ensemble-fan-defaults-title = How many firms fail?
ensemble-fan-defaults-shown = Firms that have failed so far

## Bands and lines

ensemble-band-90 = 9 of 10 runs
ensemble-band-50 = half of them
ensemble-median = median
ensemble-interval = { $name }, interval
ensemble-share-axis = % of runs
ensemble-tip = { $name }: { $value }
ensemble-tip-interval = { $name }: { $value } ({ $interval })
ensemble-tip-none = { $name }: no value
ensemble-own = this run
ensemble-quantile-low_90 = 5% of the runs lie lower
ensemble-quantile-low_50 = 25% lie lower
ensemble-quantile-high_50 = 25% lie higher
ensemble-quantile-high_90 = 5% lie higher

## Chances

ensemble-event-freeze = funding freezes
ensemble-event-cut = a cloud cuts its CapEx
ensemble-event-default = a firm fails
ensemble-chance-title = How likely is a freeze, a cut, a failure?
ensemble-chance-question =
    Share of the runs in which it has happened up to each quarter, with its 95% interval
ensemble-first-title = Who fails first?
ensemble-first-question =
    Share of the runs in which this firm is the first to fail, with its 95% interval
ensemble-nobody = nobody fails
ensemble-pick-note = Click a bar to open one of its runs.

## The page

ensemble-title = One run is one possible history. What do many say?
ensemble-intro =
    The same world is run again and again. Only chance differs: which round finds its last investor,
    which customer looks around in which quarter. The bands show how much of what you see in one run
    is luck.
ensemble-number = Number of runs
ensemble-start = Run the ensemble
ensemble-again = Run again
ensemble-cancel = Cancel
ensemble-empty =
    No ensemble of this world yet. { $number } runs take about { $seconds } s on this machine when
    nobody else is computing; charts are drawn as the runs come in.
ensemble-running = { $done } of { $total } runs are done.
ensemble-finished = { $runs } runs of “{ $world }”{ $changes }.
ensemble-cancelled = Cancelled: the charts rest on the { $runs } runs that were done.
ensemble-some-failed =
    { $failed } runs stopped with an error and are left out; the last one: { $problem }
ensemble-few = With so few runs the bands say little: use 20 or more.
ensemble-elsewhere =
    This ensemble belongs to another world than the one you look at now; run it again.
ensemble-changed = , with your changes
ensemble-summary-chance = { $event } in { $share } of the runs ({ $low } to { $high })
ensemble-summary = Up to { $quarter }: { $parts }.
ensemble-footnote =
    Seeds are the same in every world, so ensembles of two worlds can be compared run by run. The
    intervals are about chance only, not about whether the parameters are right.

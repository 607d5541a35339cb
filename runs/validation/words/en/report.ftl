### What belongs to no single gate: the table, the page, and words that all gates share.

## Figures and verdicts

no-number = –
interval = { $low } to { $high }
yes = yes
no = no
verdict-met = met
verdict-missed = missed
verdict-open = open
asked-least = at least { $low }
asked-most = at most { $high }
asked-least-strict = over { $low }
asked-most-strict = under { $high }
asked-range = { $low } to { $high }
asked-lenient = { $asked }, within its error
unit-percent = { $number }%
unit-points = { $number }
unit-count = { $number }
unit-bn = { $number } bn USD
unit-gw = { $number } GW
unit-times = { $number } times
worlds-reference = reference
worlds-uncertain = uncertain
open-until = needs what this version does not have: { $parameters }
open-nothing = there was nothing to measure in these runs
open-few = too few runs for an interval
open-undecided = the interval holds the bound: more seeds would tell
from-quarter = from quarter { $quarter }
from-quarter-n = quarter { $quarter } ({ $n } pairs)
sign-up = larger
sign-down = smaller
sign-none = either

## Pictures

picture-title = { $title }, { $worlds } worlds
caption-interval = Points are means, lines 95% confidence intervals.
caption-shaded = What is asked is shaded green.
axis-share = %
axis-change = Change, %
axis-points = Change of the chance (1 = from never to always)
axis-count = Number
axis-quarter = Quarter, from the start
axis-quarter-change = Change in a quarter, %
axis-capex = USD bn a quarter
axis-capex-usd = CapEx, USD bn a quarter
axis-power-gw = Power, GW
axis-labs-revenue-usd = Revenue of labs, USD bn a quarter
axis-chip-revenue-over-capex = Chip revenue over CapEx
axis-spot-price-usd-hour = Rent, USD an hour
axis-raised-usd = Raised, USD bn a quarter

## The page

page-kicker = Kaartenhuis · validation
page-title = Does money reach the build-out?
page-subtitle = What the economy of the model must do, and whether it does.
page-quick = quick: few seeds, wide intervals
page-partial = not all gates and worlds
page-missed = { $count ->
    [0] Nothing is missed
    [one] What is missed: 1
   *[other] What is missed: { $count }
  }
page-front = All that is asked: { $met } met, { $missed } missed, { $open } open
page-open = What is open: { $count }
page-legend =
    { $runs } runs, pairs of twins and states; { $seeds } seeds asked for, root { $seed }. Met or
    missed only when the whole 95% interval says so; "within its error" is missed only when the
    whole interval is beyond the bound, and met when it is not and is narrow.
page-all = all gates
page-table-file =
    { $hidden ->
        [0] As a file: { $file }
       *[other] { $hidden } rows more in { $file }
    }
page-methods = How it was done
page-method-1 =
    All arms of a trial share their seeds, so a difference is measured in pairs. Reference worlds
    differ by the seed alone. In uncertain worlds every seed has its own point in a Latin hypercube
    of the uncertain parameters, whose ranges are set by hand and not calibrated.
page-method-2 =
    Means and paired changes have Student's interval, shares that of Wilson, differences of shares,
    quantiles and ratios are resampled. Counts of mechanisms or series have none. Where many steps
    are compared, the worst is shown; it is the worst in part by chance, so it must only not be
    wrong with its whole interval.
page-method-3 =
    Freezes and cuts are the events that the model records. A gate was written down before its runs
    were looked at; a miss stays in the list.
head-gate = gate
head-worlds = worlds
head-what = what
head-asked = asked
head-measured = measured
head-interval = 95% interval
head-n = n
head-verdict = verdict
head-trial = trial
head-meaning = what it is for
head-runs = runs
head-failed = failed
head-hash = hash
said = { $gate }, { $worlds }: { $what }: asked { $asked }, measured { $measured }.
said-reason = ({ $reason })

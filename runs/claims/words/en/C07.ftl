### C07: Money is lost on 200 USD a month

## What the answer says

C07-sentence =
    A user of the top tier leaves { $first } USD a month in the first year ({ $first_low } to
    { $first_high }) with the assumed use; { $losing }% of the patterns of use that were tried make
    a loss.
C07-boundary =
    It turns on use that nobody publishes: a loss begins where the mean user asks for more compute
    than about 170 USD a month buy, which a few heavy users are enough for.
C07-explanation-1 =
    Under a flat rate use has a heavy tail: it follows a Pareto distribution that is cut off where
    the lab stops people. The margin is the price after fees less mean use times what the lab pays
    for compute.
C07-notes-1 = Use per tier is assumed; the public statement is of a person, not of a figure.

## Names of figures and intervals

C07-figure-margin-first-year = margin of the 200 USD tier, first year
C07-figure-margin-three-years = margin of the 200 USD tier, three years on
C07-figure-margin-start = margin at the start: { $tier }

## Pictures

C07-tiers-title = What does a user of each tier leave?
C07-tiers-caption = First quarter, { $points } points of the uncertain parameters, 95% intervals.
C07-tiers-alt = The flat-rate tier is at { $pro } USD a month.
C07-tiers-headline = What a user leaves, first quarter
C07-use-title = Where does a loss on the flat rate begin?
C07-use-caption = Margin in the first year by pattern of use; the green frame is what is assumed.
C07-use-alt = A map in which { $losing } of the cells are losses.

## Tables

C07-use-table = Margin by pattern of use

## Other words

C07-tier-free = free user
C07-tier-plus = 20 USD a month
C07-tier-pro = 200 USD a month, flat rate
C07-tier-seat = seat of a business

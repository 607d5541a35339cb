### C13: Ever new rounds at ever higher values

## What the answer says

C13-sentence =
    The lab asks for { $often } rounds a year ({ $often_low } to { $often_high }); { $rising } of
    its closed rounds are at a higher value than the one before.
C13-boundary =
    The price of a round is the highest at which it is filled: values rise as long as investors
    expect enough of its revenue. It asks for more than investors have for it in { $short } of the
    runs. A round can also fail with enough money about, when too few expect the others to join.
C13-explanation-1 =
    The lab holds a round when its plan lacks money and its cash runs short, and also when investors
    would pay much more than at the last one. Where the round is not filled at its last value the
    price falls, down to a floor; what is not filled there closes in part, or fails, and then the
    lab is marked down.

## Names of figures and intervals

C13-figure-first-failed-round = quarter of the first failed round
C13-figure-hardest-round = what its hardest round asked, over what investors had for that round
C13-figure-rounds-year = rounds a year
C13-figure-up-rounds = closed rounds at a higher value
C13-figure-scarce = runs in which it asks for more than there is
C13-figure-first-scarce = quarter in which it first does

## Pictures

C13-limits-title = When does it ask for more than there is, and when does a round fail?
C13-limits-caption = Share of { $runs } runs so far, with 95% intervals.
C13-limits-alt = Two rising curves; the one for want of money ends at { $short }.
C13-limits-headline = Share of runs in which it has happened

## Tables

C13-scarce-table = asked for more than there is
C13-failed-table = a round has failed

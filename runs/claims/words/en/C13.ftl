### C13: Ever new rounds at ever higher values

## What the answer says

C13-sentence =
    The lab asks for { $often } rounds a year ({ $often_low } to { $often_high }); { $rising } of
    its closed rounds are at a higher value than the one before.
C13-boundary =
    Values rise as long as its revenue grows faster than the return asked for. It asks for more than
    all investors could put in in { $short } of the runs; rounds mostly fail with enough money
    about, when too few expect the others to join.
C13-explanation-1 =
    The lab asks when its cash would not last over its planning horizon. The value in a round
    follows what investors expect of revenue; a failed round marks it down.

## Names of figures and intervals

C13-figure-first-failed-round = quarter of the first failed round
C13-figure-hardest-round = largest part of all pledges that a round would have needed
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

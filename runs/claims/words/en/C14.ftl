### C14: Not another 100 bn

## What the answer says

C14-sentence =
    A round of the lab fails within ten years in { $apart } of the runs; half of the first refusals
    come by { $when }, at a median of { $asked } bn USD.
C14-boundary =
    Of the first rounds that fail { $large } had asked for 100 bn USD or more. A round that closes
    in part, or at a lower price, counts as closed.
C14-explanation-1 =
    Each investor joins when what it expects from the round beats its required return, given how
    hard the round is to fill. A lab first takes a lower price, then less money. So a round fails
    when hopes for growth fade so much faster than the lab's need for money that not even a part of
    it is filled at the lowest price, not at an amount that is written anywhere.

## Names of figures and intervals

C14-figure-first-refusal = quarter of the first refusal
C14-figure-asked = asked for in the refused round
C14-figure-raised-before = raised in rounds before it
C14-figure-refused = runs in which a round of the lab fails
C14-figure-refused-reference = the same with reference parameters
C14-figure-large-rounds = refused rounds of 100 bn USD or more

## Pictures

C14-first-refusal-title = When is the lab first refused?
C14-first-refusal-caption =
    Share of runs in which a round has failed by each quarter, with 95% intervals.
C14-first-refusal-alt = A rising curve that ends at { $apart }.
C14-first-refusal-headline = { $share } of the runs are refused within ten years
C14-first-refusal-y = Runs refused so far
C14-sizes-title = How much had the lab asked for?
C14-sizes-caption = Sizes of first refused rounds in all runs that have one.
C14-sizes-alt = A histogram with its middle at { $asked } bn USD.

## Tables

C14-refusals-table = First refusals by quarter

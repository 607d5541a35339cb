### C32: 70% accuracy is not enough

## What the answer says

C32-sentence =
    With 70% of tasks right enterprises buy { $bought } of the seats that they buy with 95%.
C32-boundary = From { $enough } right on at least { $most } of the seats are bought.
C32-boundary-none = Under 95% right fewer than { $most } of the seats are bought.
C32-explanation-1 =
    A customer buys only from labs that do as many tasks right as it needs; needs are spread around
    a mean that is itself uncertain. How many are ready to buy by 2030 is the same at any accuracy;
    what differs is who finds a lab that is good enough.
C32-notes-1 =
    The mean need of 70% is the article's own number put into the model, varied by ten points to
    each side. So the run cannot prove it: it shows what follows, and how sharp the edge is.
C32-notes-2 =
    Models do not improve here. In the reference world they start at 74 to 82% and pass what most
    customers need within a few quarters.

## Names of figures and intervals

C32-figure-seats-bought = seats bought in 2030, { $accuracy } right, over those with 95%

## Pictures

C32-accuracy-title = How many seats are bought, by accuracy?
C32-accuracy-caption =
    Enterprise seats in 2030 over those with 95% right; { $points } points of the uncertain
    parameters, 95% intervals.
C32-accuracy-alt = A steep rise between 60 and 85% of tasks done right.
C32-accuracy-headline = The edge lies where customers' needs lie
C32-accuracy-x = Part of tasks done right
C32-accuracy-y = Seats bought, over those with 95% right
C32-mark-half = half
C32-mark-four-fifths = four fifths

## Tables

C32-accuracy-table = Seats bought in 2030, by accuracy
C32-head-x = tasks done right
C32-head-mean = seats bought

## Other words

C32-line = seats bought

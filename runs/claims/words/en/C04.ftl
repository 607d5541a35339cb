### C04: A circle of capital

## What the answer says

C04-sentence =
    In the first three years { $circle } of what these firms pay one another runs in circles, and
    the lab's revenue covers { $cover } of its costs.
C04-boundary =
    The median is highest in the year to { $peak } ({ $peak_share }); by the end it is { $end }.
C04-explanation-1 =
    Counted are payments for goods, services, income and claims between labs, clouds and chipmakers;
    what a lab gets from its own parent is left out. The rest of the money comes from customers,
    investors and lenders and leaves to staff, power and builders.
C04-explanation-2 =
    Most of what the lab spends beyond its revenue is new money of investors, not money that goes
    round.
C04-notes-1 =
    Only firms of the model are in the network: real circles through other firms, and through leases
    that are not public, are not.

## Names of figures and intervals

C04-figure-circle = runs in circles, first three years
C04-figure-cover = cover of the lab's costs, first three years
C04-figure-chipmaker-back = the chipmaker's money that is back within a year
C04-figure-circle-highest = runs in circles, year to { $peak } (the highest)

## Pictures

C04-circle-by-quarter-title = How much goes round, and how much does the lab earn itself?
C04-circle-by-quarter-caption =
    Runs with uncertain parameters ({ $runs }); four quarters together; the cover only where the lab
    still sells.
C04-circle-by-quarter-alt =
    Two bands of lines by quarter, circles above and the cover of costs below.
C04-panel-circles = Part of payments between labs, clouds and chipmakers that runs in circles
C04-axis-share = share, last year
C04-panel-cover = Part of the lab's costs that its own revenue covers

## Tables

C04-circularity-table = Circularity by quarter
C04-cover-table = Cover of the lab's costs by quarter

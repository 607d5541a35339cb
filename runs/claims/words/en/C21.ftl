### C21: The rival is stronger in the enterprise

## What the answer says

C21-sentence =
    { $rival } gets more of enterprise spending than { $lab } in { $ahead_soon } of the runs in 2026
    and 2027, and in { $ahead_late } in 2030.
C21-boundary =
    The lead is { $start } points at the start, { $soon } in 2026 and 2027, and { $late } in 2030,
    on average.
C21-explanation-1 =
    Customers weigh what a seat costs them and how reliable it is. A lead in reliability is worn off
    by rivals that train more and learn from the best, by luck of releases, and by the price that a
    lab in front asks. What a seat pays grows with its use, and use with the training behind the
    product.
C21-notes-1 =
    The shares of seats of 2025Q3 are put in from the survey of mid-2025: 25, 32 and 20 points,
    divided by the 80 that the labs of this model hold. What they get of the spending differs a
    little, as their prices do. The fall and rise before it are not simulated. A lab that fails
    loses its users within quarters, so a failure of one puts the other ahead.

## Names of figures and intervals

C21-figure-ahead-soon = runs with { $rival } ahead in 2026 and 2027
C21-figure-ahead-late = runs with { $rival } ahead in 2030
C21-figure-part = { $name }: part of enterprise spending, { $time }

## Pictures

C21-parts-title = Who gets what enterprises spend?
C21-parts-caption = Means over { $runs } runs with uncertain parameters.
C21-parts-alt = Three stacked bars, for 2025Q3, 2026 to 2027, and 2030.
C21-parts-headline = What enterprises spend, by lab

## Tables

C21-parts-table = Parts of enterprise spending

## Other words

C21-span-start = 2025Q3
C21-span-soon = 2026 and 2027
C21-span-late = 2030

### C33: The bubble may burst

## What the answer says

C33-sentence =
    Funding freezes with a chance of { $yearly } in a year, against { $any_year } in any year since
    1995 and { $booms } in years of past booms; within ten years in { $apart } of the runs, half of
    these by { $typical }.
C33-boundary =
    The hazard is nil until { $until } and largest in { $peak }: { $hazard } of the runs that had
    not frozen before.
C33-explanation-1 =
    A freeze is two quarters in a row in which labs and start-ups together raise less than half of
    the money they need. Want that was given up counts as need, and a round that closes in part with
    what it brings. No date and no trigger is written into the scenario: rounds fail when investors
    expect too little from them for how hard they are to fill.
C33-explanation-2 =
    The chance is that of this model with these ranges, not of the world. It tells that a freeze
    needs no outside shock, and which beliefs decide.
C33-notes-1 =
    Freezes cluster in the years in which expected growth fades: the model's labs grow out of their
    start together, so its freezes are more alike than real ones would be.

## Names of figures and intervals

C33-figure-yearly = chance of a first freeze in a year at risk, uncertain parameters
C33-figure-yearly-reference = the same, reference parameters
C33-figure-any-year = the same in any year since 1995 (two freezes in thirty years)
C33-figure-booms = the same in years of past booms that burst (four in about fifteen years)
C33-interval-booms = 95% interval of a rate of four events
C33-figure-first-freeze = quarter of the first freeze, where there is one
C33-figure-freeze = runs with a freeze, uncertain parameters
C33-figure-freeze-reference = runs with a freeze, reference parameters

## Pictures

C33-freeze-by-quarter-title = When does funding freeze for the first time?
C33-freeze-by-quarter-caption =
    Runs that have frozen by each quarter, with 95% intervals; below the hazard.
C33-freeze-by-quarter-alt = A rising curve that ends at { $apart }.
C33-freeze-by-quarter-headline = { $share } of the runs are frozen within ten years
C33-freeze-by-quarter-y = Runs frozen so far

## Tables

C33-hazard-table = Hazard of a freeze by quarter

## Other words

C33-until-end = the end

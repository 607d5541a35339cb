### C19: A consumer company

## What the answer says

C19-sentence =
    Consumers bring { $late } of { $lab }'s revenue at the end of 2028 and { $rival } of
    { $other }'s; at the start { $start }%.
C19-boundary =
    It moves with how many users pay, with advertising, with seats won and lost, and with how much a
    seat is used.
C19-explanation-1 = The mix at the start is an input from public figures; its path is not.

## Names of figures and intervals

C19-figure-lab-start = { $lab }, consumers' part at the start (input)
C19-figure-lab-2028 = { $lab }, end of 2028
C19-figure-other-2028 = { $other }, end of 2028

## Pictures

C19-segments-title = What part of revenue comes from consumers?
C19-segments-caption = Runs with uncertain parameters, { $points } points.
C19-segments-alt = { $lab } stays near { $late }, { $other } near { $rival }.
C19-axis-part-revenue = Part of revenue

### C17: Own reactors and gas plants

## What the answer says

C17-sentence =
    Own gas plants and reactors add { $both } to the power that AI draws at the end of 2030; gas
    alone { $gas }%, reactors alone { $reactors }%.
C17-boundary = They matter where the grid is what limits; where demand limits, they add little.
C17-explanation-1 =
    Gas comes seven quarters after the start, reactors after twenty; each adds so many GW a quarter
    to what the grid connects, and is used only when chips wait for power.
C17-notes-1 =
    The model is generous with power: by the 2030s it connects more than forecasts of grids and gas
    plants allow. So a date of this answer is an early one.

## Names of figures and intervals

C17-figure-more-power = more power than with the grid alone: { $option }
C17-figure-grid-power = power drawn with the grid alone, end of 2030

## Pictures

C17-options-title = What does each source of power add?
C17-options-caption = Paired differences against the grid alone, { $points } points, 95% intervals.
C17-options-alt = Both together add { $both } by the end of 2030.
C17-options-headline = Own plants add { $both } by the end of 2030
C17-options-x = Power drawn by AI chips, more than with the grid alone

## Other words

C17-option-gas = gas, end of 2030
C17-option-reactors = reactors, end of 2030
C17-option-both = both, end of 2030
C17-option-late-gas = gas, end of 2034
C17-option-late-reactors = reactors, end of 2034
C17-option-late-both = both, end of 2034

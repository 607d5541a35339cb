### C17: Own reactors and gas plants

## What the answer says

C17-sentence =
    Own gas plants and reactors add { $both } to the power that AI draws at the end of 2030; gas
    alone { $gas }%, reactors alone { $reactors }%.
C17-boundary = They matter where the grid is what limits; where demand limits, they add little.
C17-explanation-1 =
    By region, gas comes six to ten quarters after the start and reactors twenty to twenty-six. Each
    adds so many GW a quarter to what the grid connects; what no finished site asks for in its
    quarter is lost.
C17-notes-1 =
    The model is generous with power: in most runs AI draws 48 to 141 GW in 2035, where 25 to 70
    were thought likely beforehand. The more the grid connects, the less own plants add.

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

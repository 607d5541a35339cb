### C18: Will revenue ever justify it?

## What the answer says

C18-sentence =
    { $lab } lives and breaks even for a year by the end of 2030 in { $early } of the runs and by
    mid-2035 in { $late }; it fails in { $failed }.
C18-boundary =
    A lab that another firm has bought counts as living: its buyer pays what it lacks, as far as the
    buyer's cash goes.
C18-explanation-1 =
    Breaking even is four quarters in a row in which revenue covers compute and staff. That is less
    than justifying the investment: it pays nothing back to those who financed the losses before.
    The return on the data centres is another claim (C29).
C18-explanation-2 = Clouds build for other customers too, so not all CapEx has to be earned by labs.

## Names of figures and intervals

C18-figure-revenue-2029 = revenue from 2029Q1 to 2029Q4
C18-figure-even-2035 = lab breaks even by mid-2035
C18-figure-even-2030 = lab breaks even by the end of 2030
C18-figure-lab-fails = lab fails within ten years
C18-figure-all-even-2030 = all labs together break even by the end of 2030
C18-figure-all-even-2035 = all labs together break even by mid-2035
C18-figure-goal-2029 = runs in which it reaches its goal of 125 bn in 2029
C18-figure-capex-over-revenue-2030 = CapEx of clouds over revenue of labs, until 2030
C18-figure-capex-over-revenue-2035 = the same until mid-2035

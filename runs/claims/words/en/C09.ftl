### C09: Obligations many times revenue

## What the answer says

C09-sentence =
    At the end of 2025 the lab has promised { $years } years of its revenue ({ $years_low } to
    { $years_high }).
C09-boundary =
    The figure falls fast as revenue grows: see the picture for when it passes five and two years.
C09-explanation-1 =
    Signed take-or-pay contracts only; letters of intent and announced plans are not in.
C09-explanation-2 =
    As an alarm: of the runs with the highest figure after two years, { $top } are refused money
    later, of those with the lowest { $bottom }.
C09-notes-1 =
    Labs that still sell are shown: those that fail leave the picture, which lowers the late
    figures.

## Names of figures and intervals

C09-figure-middle = middle of the runs
C09-figure-years-promised = obligations over yearly revenue, end of 2025
C09-figure-refused-later = refused later, { $third } of obligations after two years

## Pictures

C09-years-promised-title = How many years of revenue are promised?
C09-years-promised-caption =
    Runs with uncertain parameters ({ $runs }) in which the lab still sells.
C09-years-promised-alt = A falling band of lines on a logarithmic axis.
C09-alarm-title = Do many years of promises warn of trouble?
C09-alarm-caption =
    Runs not refused in the first two years, in thirds by obligations over revenue after two years;
    95% intervals.
C09-alarm-alt = Shares refused and failed later, by third.
C09-alarm-headline = What happens later, by thirds
C09-alarm-x = share of runs
C09-panel-years = Years of revenue that the lab has promised
C09-axis-years-revenue = years of revenue
C09-mark-many = many
C09-mark-few = few

## Tables

C09-by-quarter-table = Obligations over revenue by quarter
C09-alarm-table = What happens later, by thirds of obligations

## Other words

C09-alarm-refused = refused money later
C09-alarm-failed = fails later
C09-third-lowest = lowest third
C09-third-middle = middle third
C09-third-highest = highest third

### C16: Energy for a million homes

## What the answer says

C16-sentence =
    { $gw } GW is what about { $million } million homes draw ({ $low } to { $high } million), not
    { $homes_million } million.
C16-boundary = A million homes is near the 1.4 GW that the article names just before.
C16-explanation-1 = The figure is corrected wherever this project names it.

## Names of figures and intervals

C16-figure-homes = homes that draw 10 GW
C16-interval-home = range of 0.9 to 1.5 kW for a home
C16-figure-million-homes = power of one million homes

### C30: DeepSeek was a warning

## What the answer says

C30-sentence =
    Two years after a cheap rival opens, { $lab } asks { $price } for a seat and is worth
    { $value }; { $maker } is worth { $chips } and CapEx is { $capex }.
C30-boundary =
    A fall of { $move } is sure { $lab_when } and { $maker_when }. CapEx and chips depend on how
    much compute all users need: the rival's need it too, a third of it.
C30-explanation-1 =
    The rival opens at 12 EUR a seat, under half of the others' price, and needs a third of their
    compute for an answer. Rivals cut their prices, lose users and raise less.
C30-explanation-2 =
    A chipmaker is valued on its profit and the growth expected of it. It falls when orders do,
    quarters after the labs, and not on the day of the news.
C30-notes-1 =
    The model is wrong about the day itself: in January 2025 the chipmaker's share fell 17% at once
    and most of it came back; here a value follows reported profit, so { $maker } moves by { $change
    } in the quarter of the entry.
C30-notes-2 =
    The rival takes more of the market than the real one did: here nobody refuses it for where it
    comes from, and compute to serve its users is there to rent.

## Names of figures and intervals

C30-figure-rival-seats = enterprise seats of { $rival } after two years
C30-figure-last = { $name }, after two years
C30-figure-deepest = { $name }, deepest (quarter { $place })

## Pictures

C30-impulses-title = What does a cheap rival change, and when?
C30-impulses-caption =
    Difference between twins with and without the rival, as a part of the value without; { $pairs }
    pairs with uncertain parameters, 95% intervals of the mean.
C30-impulses-alt =
    Bands by quarter after the entry: price and value of the lab, value of the chipmaker, CapEx.
C30-impulses-headline =
    Change of value after two years: { $lab } { $lab_change }, { $maker } { $maker_change }
C30-panel-price = Price of a seat
C30-panel-value-lab = Value of the lab
C30-panel-value-maker = Value of { $maker }

## Tables

C30-impulses-table = Change by quarter after the entry

## Other words

C30-what-price = price of { $lab }
C30-what-value-lab = value of { $lab }
C30-what-value-maker = value of { $maker }
C30-what-capex = CapEx of all clouds
C30-reference = { $name }, reference parameters
C30-when-never = for { $name } in none of the eight quarters
C30-when = for { $name } from quarter { $quarter } after the entry on
C30-driver-falls = falls by { $move }
C30-driver-stays = stays
C30-driver-unsure = unsure

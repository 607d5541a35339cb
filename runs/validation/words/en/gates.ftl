### What each gate asks, what its parts and pictures are called, and what is said beside them.

## G1

G1-title = Money reaches CapEx
G1-asks = Do clouds build less in ten years when investors have no money than when they have ten times as much?
G1-how = Cash and inflow of all investors times a factor, no ceiling on demand that nobody has to fund.
G1-fall = CapEx of ten years without money against ten times the money
G1-monotone = smallest step of CapEx to the next larger amount of money
G1-credit = the same, credit investors' money included
G1-ladder-title = CapEx of ten years by investors' money
G1-ladder-caption = Change against the money of the scenario, same seeds.
G1-capex-title = CapEx by investors' money
G1-capex-caption = Mean of all seeds, by quarter.

## G2

G2-title = No bust without want of money
G2-asks = Is the bust owed to money, and not to a ceiling of demand?
G2-how = A bust is two-quarter mean CapEx under 60% of its earlier peak. No ceiling on demand.
G2-abundant = seeds that go bust with ten times the money
G2-scarce = seeds that go bust with the money of the scenario
G2-busts-title = How often CapEx goes bust, by investors' money
G2-busts-caption = Share of seeds.
G2-troughs-title = Deepest trough of CapEx over its earlier peak
G2-troughs-caption = Mean of all seeds; under 60% is a bust.

## G3

G3-title = A drought stops orders
G3-asks = Do orders fall when investors have no money for six quarters, whenever that begins while orders grow?
G3-how =
    Savers give and investors pledge a tenth for six quarters. Twins part in every second quarter
    from the fourth on; only pairs whose orders grow there count. All pairs of a seed count as one.
G3-all = orders of twelve quarters, all starts
G3-weakest = orders of twelve quarters, the start with the weakest effect
G3-starts-title = Orders of twelve quarters after a drought, by its first quarter
G3-starts-caption = Change against the twin without a drought.
G3-note = Failures by the drought: { $failures } firms a seed.

## G4

G4-title = A bankrupt cloud takes CapEx along
G4-asks = Does the bankruptcy of one of the largest clouds lower CapEx and add failures?
G4-how = One of the three clouds with the largest CapEx files in quarter 8; the eight quarters from there on.
G4-capex = CapEx of eight quarters, the firm with the weakest effect
G4-failures = firms that fail more, itself included, the weakest effect
G4-capex-title = CapEx of eight quarters by who files
G4-capex-caption = Change against the twin without the bankruptcy.
G4-failures-title = Failures that are added by who files
G4-failures-caption = Firms, itself included.

## G5

G5-title = The signs of money
G5-asks = Does dearer money lower orders, and do beliefs and money make freezes rarer?
G5-how =
    Two points more on interest, on clouds' discount rate and on the spread of their debt; five lengths of belief in growth; nine amounts
    of money. Freezes are the share of seeds that freeze within five years. Six parameters walk through their ranges.
G5-interest = orders of twelve quarters, interest two points higher
G5-interest-later = CapEx of ten years, interest two points higher
G5-discount = orders of twelve quarters, discount two points higher
G5-discount-later = CapEx of ten years, discount two points higher
G5-spread = orders of twelve quarters, spread two points higher
G5-spread-later = CapEx of ten years, spread two points higher
G5-beliefs = freezes, largest rise from a belief to the next longer
G5-beliefs-ends = freezes, longest against shortest belief
G5-money = freezes, largest rise to the next larger sum of money
G5-money-ends = freezes, ten times the money against none
G5-required-spread = orders, credit investors ask two points more
G5-credit = freezes, largest rise to the next larger sum of credit
G5-edge = freezes, largest move in a tenth of a parameter's range
G5-arm-interest = interest
G5-arm-discount = discount
G5-arm-spread = spread
G5-arm-required-spread = required spread
G5-first = { $arm }: orders of twelve quarters
G5-later = { $arm }: CapEx of ten years
G5-dearer-title = Two points more
G5-dearer-caption = Change against the same seeds without.
G5-freeze-beliefs-title = Chance of a freeze in five years by how long investors believe in growth
G5-freeze-beliefs-caption = What is left of expected growth after a quarter.
G5-freeze-money-title = Chance of a freeze in five years by investors' money
G5-freeze-money-caption = Share of seeds.
G5-freeze-credit-title = Chance of a freeze in five years by credit investors' money
G5-freeze-credit-caption = Share of seeds.
G5-edges-title = The step of each range that moves the chance of a freeze most
G5-edges-caption = One tenth of the range of a parameter; same seeds at both ends.
G5-late = Freezes that come only after five years, by money: { $shares }.
G5-late-of = { $money } { $share }

## G6

G6-title = The circle is causal
G6-asks = What does the money that suppliers give their customers move, and do they lend at all?
G6-how = Chipmakers finance nobody; in the wider circle clouds put nothing into labs either. Five statistics.
G6-moves = of five statistics that chipmakers' money moves
G6-circle-moves = of five statistics that the whole circle moves
G6-loans = seeds in which vendor loans reach 1% of chip revenue
G6-statistic-capex = CapEx
G6-statistic-chip_revenue = chip revenue
G6-statistic-valuations = labs' value
G6-statistic-freeze_5y = freezes in five years
G6-statistic-lab_failures = labs that fail
G6-moves-change-title = Without chipmakers' money
G6-moves-change-caption = Change against the same seeds with it.
G6-moves-points-title = Without chipmakers' money: freezes and failures
G6-moves-points-caption = Difference to the same seeds with it.
G6-circle-moves-change-title = Without the circle
G6-circle-moves-change-caption = Change against the same seeds with it.
G6-circle-moves-points-title = Without the circle: freezes and failures
G6-circle-moves-points-caption = Difference to the same seeds with it.

## G7

G7-title = A bust as in telecom
G7-asks = With vendor finance, is the boom larger, do more carriers fail, and do makers write off more and live?
G7-how = Carriers that live on debt buy from a maker that lends them part of the price, or does not.
G7-boom = largest CapEx, with vendor finance against without
G7-carriers = carriers that fail more with vendor finance
G7-losses = what makers write off more with vendor finance
G7-makers = seeds in which the maker fails, with vendor finance
G7-boom-title = With vendor finance against without
G7-boom-caption = Change against the same seeds without.
G7-failures-title = More failures and losses with vendor finance
G7-failures-caption = Firms, and bn USD.

## G8

G8-title = Banks can be hurt
G8-asks = Is there a place within public ranges where banks fall under their floor?
G8-how = Banks that lend to AI with less capital (240 bn USD is stated; 30 to 2,300 can be argued); the scenario's clouds, or thin ones (half the cash flow, twice the debt) that borrow six tenths from banks.
G8-safe = the chance at the safest place of the map
G8-broken = the chance at the most dangerous place of the map
G8-arm-capital-240 = 240 bn USD, clouds as they are
G8-arm-capital-120 = 120 bn USD, clouds as they are
G8-arm-capital-60 = 60 bn USD, clouds as they are
G8-arm-capital-30 = 30 bn USD, clouds as they are
G8-arm-loans-240 = 240 bn USD, thin clouds, bank loans
G8-arm-loans-120 = 120 bn USD, thin clouds, bank loans
G8-arm-loans-60 = 60 bn USD, thin clouds, bank loans
G8-arm-loans-30 = 30 bn USD, thin clouds, bank loans
G8-map-title = How often banks' capital falls under its floor
G8-map-caption = Share of seeds.

## G9

G9-title = Every mechanism counts
G9-asks = Does each named mechanism move its named statistic, and the right way?
G9-how = Each is switched off, alone; it counts when the 95% interval of its effect lies on one side of zero. What acts only in a crisis is tried in one: “poor” has a quarter of the investors' money, “thin” clouds with half the cash flow and twice the debt.
G9-still = mechanisms that move nothing beyond the error
G9-against = mechanisms that move it the wrong way
G9-change-title = What a mechanism moves when it is switched off
G9-change-caption = Change of its statistic, same seeds.
G9-count-title = The same for statistics that may be zero
G9-count-caption = Difference of its statistic, in its own unit, same seeds.
G9-mechanisms-table-title = All mechanisms
G9-waiting = Not in this version, so not tried: { $names }.

## G10

G10-title = Ten years
G10-asks = Do ten years lead to places that are possible?
G10-how = The middle 90% of the uncertain worlds.
G10-power-low = AI power in the last quarter, lower end
G10-power-high = AI power in the last quarter, upper end
G10-rent = part of the quarters in which the rent rises
G10-revenue = revenue of labs in 2030, upper over lower end
G10-hoards = worlds in which a firm hoards cash
G10-chips-low = chips over CapEx for new sites while building goes on, lower end
G10-chips-high = chips over CapEx for new sites while building goes on, upper end
G10-hoards-note = Worlds in which a firm of a kind hoards: { $kinds }.
G10-hoard-of = { $kind } { $share }
G10-rpo = RPO of other customers, three years after the peak, in a bust
G10-shares-title = Shares
G10-shares-caption = A firm hoards when its cash is over two years of its revenue (labs: spending; clouds: operating cash flow) for more than four quarters.
G10-power-gw-title = Power
G10-power-gw-caption = Middle 90% of the worlds and median.
G10-labs-revenue-usd-title = Revenue of labs
G10-labs-revenue-usd-caption = Middle 90% of the worlds and median.
G10-chip-revenue-over-capex-title = Chip revenue over CapEx
G10-chip-revenue-over-capex-caption = Middle 90% of the worlds and median.

## G11

G11-title = Money fails first
G11-asks = Where funding freezes, does the cut of orders follow, and the fall of chip revenue after that?
G11-how =
    Orders and chip revenue fall when they are a quarter under their maximum of four quarters. Each
    step within eight quarters. By chance: each run's freeze is drawn from the freezes of all runs.
G11-excess = share of frozen runs in this order, less the share by chance
G11-own = rounds, then orders, then chips
G11-shuffled = the same with dates drawn at random
G11-other = orders before the first short round
G11-order-title = In which order it happens
G11-order-caption = Share of the runs that freeze.
G11-note = { $frozen } of { $runs } runs freeze.

## G12

G12-title = The state, not the seed
G12-asks = Does a state two quarters before a freeze freeze again with other seeds, more than other states?
G12-how =
    The state goes on seven quarters with four other seeds; so does the state of another seed's run
    in the same quarter.
G12-freezes = continuations that freeze
G12-ratio = times as often as other runs' states of the same quarters
G12-own = states before a freeze
G12-control = other runs' states
G12-states-title = How often a state freezes within seven quarters
G12-states-caption = Mean over the states; states are resampled.
G12-note = { $states } states before a freeze.

## S1

S1-title = Start values
S1-asks = Does the first quarter agree with the public figures of 2025Q3?
S1-how =
    Flows of the first quarter, mean of the seeds; stocks before it. A start value agrees when it is
    within 10% of the public figure.
S1-agree = start values that agree
S1-deviations-title = Deviation of the start values from public figures
S1-deviations-caption = Lines are the middle 90% of the seeds, not an interval of the mean.
S1-starts-table-title = Start values

## S2

S2-title = Spread of the first quarters
S2-asks = Do the runs spread as the past did?
S2-how =
    The 5 to 95% range of the changes of a quarter in the first four quarters of all seeds, against the
    changes that were seen from 2024Q1 to 2025Q3.
S2-series = series of which at least 80% of the changes are covered
S2-changes = changes that are covered, all series together
S2-marks-title = Changes that were seen (ticks) in the range of the runs (bars)
S2-marks-caption = Red ticks lie outside. Changes beyond the picture are in the table.
S2-spread-table-title = Series

## S3

S3-title = Ranges of ten years
S3-asks = Where do ten years lead over the uncertain worlds?
S3-how = The middle 90% of the worlds and the median. Nothing is asked; each line is said to be plausible or not.
S3-ranges-table-title = Ranges
S3-capex-usd-title = CapEx
S3-capex-usd-caption = Middle 90% of the worlds and median.
S3-spot-price-usd-hour-title = Rent
S3-spot-price-usd-hour-caption = Middle 90% of the worlds and median.
S3-raised-usd-title = Raised
S3-raised-usd-caption = Middle 90% of the worlds and median.
S3-series-capex-usd = CapEx of clouds, USD bn a quarter
S3-series-power-gw = AI power, GW
S3-series-spot-price-usd-hour = rent, USD an hour
S3-series-labs-revenue-usd = revenue of labs, USD bn a quarter
S3-series-raised-usd = raised, USD bn a quarter
S3-series-chip-revenue-over-capex = chip revenue over CapEx
S3-series-chip-revenue-usd = chip revenue, USD bn a quarter
S3-series-other-rpo-usd = RPO of other customers, USD bn
S3-series-labs-cash-usd = cash of labs, USD bn
S3-series-clouds-cash-usd = cash of clouds, USD bn
S3-series-chipmakers-cash-usd = cash of chipmakers, USD bn
S3-series-investors-cash-usd = cash of investors, USD bn
S3-series-labs-profit-usd = cash earned by labs, USD bn a quarter
S3-series-clouds-operating-cash-usd = operating cash flow of clouds, USD bn a quarter
S3-series-chipmakers-free-cash-flow-usd = free cash flow of chipmakers, USD bn a quarter
S3-series-investors-growth = growth of investors' assets in a quarter
S3-why-capex-usd = CapEx: five clouds spent 104 bn USD in 2025Q3; several times that would be some per cent of world output, so a fall or a plateau must be in the range.
S3-why-power-gw = Power: gate G10 allows 25 to 70 GW in 2035; more would need more new power a year than grids have connected.
S3-why-spot-price-usd-hour = Rent: that of an H100 fell from about 8 to about 2.2 USD an hour in two years; it must be able to rise when capacity is short.
S3-why-labs-revenue-usd = Revenue of labs: about 5 bn USD in 2025Q3 and doubling in a year or less; plans of the labs lie far over what forecasters expect for 2030, so the range must be wide.
S3-why-raised-usd = Raised: AI start-ups raised 43 to 65 bn USD a quarter in 2025, the labs perhaps half of it; a drought near zero and a few times that are both possible.
S3-why-chip-revenue-over-capex = Chips over CapEx: 35 to 60% at new sites; more when old sites are filled again, for that needs chips only.
S3-why-chip-revenue-usd = Chip revenue: 55 bn USD in 2025Q3 of two makers; it follows CapEx.
S3-why-other-rpo-usd = RPO of other customers: it has grown with cloud revenue; in a bust customers renew less, so it should fall there.
S3-why-labs-cash-usd = Cash of labs: they spend what they raise within one or two years; a large hoard means that rounds do not answer to need.
S3-why-clouds-cash-usd = Cash of clouds: about 300 bn USD in 2025Q3; payouts and building keep it from growing without end.
S3-why-chipmakers-cash-usd = Cash of chipmakers: about 68 bn USD in 2025Q3; payouts should take what margins bring beyond growth.
S3-why-investors-cash-usd = Cash of investors: what is not invested waits or expires; several years of inflow would mean that money has nowhere to go.
S3-why-labs-profit-usd = Cash earned by labs: a loss now; a lab that never turns it is refused at some time.
S3-why-clouds-operating-cash-usd = Operating cash flow of clouds: about 137 bn USD in 2025Q3 of four large ones, most of it outside AI; it pays for most CapEx.
S3-why-chipmakers-free-cash-flow-usd = Free cash flow of chipmakers: about half of revenue in the boom, little in a bust.
S3-why-investors-growth = Growth of investors' assets: marks move it; in a freeze it is under zero.

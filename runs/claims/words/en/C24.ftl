### C24: Price and reliability, not brand

## What the answer says

C24-sentence =
    { $step } points more reliability win { $lab } { $quality } points of seat share in a year,
    { $step } EUR less { $price }: { $point }
C24-boundary =
    Of two equal labs, one that becomes 2 EUR cheaper would move { $cheaper } of all seats, one that
    becomes 2 points better { $better }, one that becomes both { $both }.
C24-explanation-1 =
    Customers compare price and quality in euros: each has its own worth of a point of reliability
    (median 1 EUR at the use of the start, widely spread). Better work also opens customers that the
    lab could not serve before, so that points can win more than they are worth.
C24-explanation-2 =
    Within a year every contract has come up for renewal once; rivals that lost seats have begun to
    answer with their price.
C24-notes-1 =
    Enterprise customers of the model have no taste for a brand. That they choose by price and
    reliability is put in; what is tested is that both have force, and their exchange rate.
    Consumers do have such a taste.
C24-notes-2 =
    The worth of a point is assumed. The uncertain parameters do not vary here: the intervals are
    those of the draw of customers.
C24-notes-3 =
    A first version of the study lowered the list price, which the lab's own rule takes back within
    quarters; it was replaced by a cut that lasts after that was seen. The rule of the verdict did
    not change.

## Names of figures and intervals

C24-figure-worth-of-a-point =
    EUR per seat and month that a point of reliability is worth in seats won (not testable here: it
    follows from the stated worth of a point)
C24-interval-steps = lowest and highest over 2 to 8 points
C24-figure-won-by-quality = seat share won in a year, { $step } points better
C24-figure-won-by-price = seat share won in a year, { $step } EUR cheaper

## Pictures

C24-map-title = Who would move for a lower price and better work?
C24-map-caption =
    Part of all seats that would leave a lab for an equal one that becomes cheaper and better,
    contracts left aside; red: half of them.
C24-map-alt = A map whose shares rise to the right and upwards.
C24-map-headline = Who leaves a lab for an equal one that becomes cheaper and better
C24-map-x = EUR per seat and month cheaper
C24-map-y = Points of reliability better
C24-gains-title = What do a lower price and better work win?
C24-gains-caption =
    Seat share of { $lab } less that of the world as stated, { $pairs } pairs a point, 95%
    intervals.
C24-gains-alt = Rising curves for price and for quality, close to one another.
C24-gains-headline = What price and quality win in seats
C24-gains-x = EUR cheaper, or points of reliability better
C24-gains-y = Seat share won

## Tables

C24-head-way = the lab is
C24-head-x = by (EUR or points)
C24-head-year = after (years)
C24-head-mean = seat share won
C24-gains-table = Seat share won, by price and by quality

## Other words

C24-worth-more = a point is worth more than { $eur } EUR.
C24-worth-about = a point is worth about { $eur } EUR.
C24-span-1 = a year
C24-span-2 = two years
C24-line = { $way }, after { $span }
C24-way-cheaper = EUR cheaper
C24-way-better = points better

### C23: Three euros cheaper, and companies switch

## What the answer says

C23-sentence =
    At { $three } EUR cheaper, { $moved } of the rivals' seats move to { $lab } within a year. With
    reference parameters it is { $slow } in the first quarter, and { $fast } without contracts.
C23-boundary-never =
    With reference parameters { $share } is not reached within a year at up to 10 EUR.
C23-boundary =
    With reference parameters { $share } of the rivals' seats move within a year from a gap of
    { $half } EUR on.
C23-explanation-1 =
    Contracts delay: after a quarter { $slow } have moved as it is, { $fast } without contracts. A
    customer may leave only at its date of renewal, once in four quarters. Second providers change
    little in who is first.
C23-explanation-2 =
    Delay gives rivals time: who loses seats lowers its price, who wins them lets it rise. After a
    year { $later } have moved; were list prices fixed it would be { $fixed }.
C23-explanation-3 =
    A gap in price is not the whole gap: customers compare bills for the same use, and weigh a point
    of reliability at about a euro at the use of the start, so a lab that is better by two points is
    2 EUR cheaper in their eyes.
C23-explanation-4 =
    In the article's own world (same price and quality everywhere, no contracts, nobody reacts) the
    share must be that of customers whose switching cost is under the gap. The runs differ from that
    closed form by at most { $error } points: chance in the draw of customers.
C23-notes-1 =
    That the median customer moves for three euros is the article's figure put into the model, not a
    finding. What the model adds is what contracts, second providers, quality and rivals' answers
    make of it.
C23-notes-2 =
    Without a price cut { $churn } of the seats change first provider in a year; surveys say
    { $public_switching } of the customers.
C23-notes-3 =
    Without new customers labs earn less, and within two years one may fail; its seats move too,
    quarter by quarter.

## Names of figures and intervals

C23-figure-moved = rivals' seats that move within a year, 3 EUR cheaper
C23-figure-reference = the same with reference parameters, { $world }, { $span }
C23-figure-churn = seats that change first provider in a year without any price cut

## Pictures

C23-price-gap-title = How many seats does a price gap move?
C23-price-gap-caption =
    Means over { $pairs } pairs a point with 95% intervals; dotted: share of customers whose
    switching cost is under the gap; dashed: the article's three euros.
C23-price-gap-alt =
    Three panels of rising curves; with contracts the curve of the first quarter is low.
C23-price-gap-headline = Seats that a price gap moves, with and without contracts

## Tables

C23-price-gap-table = Seats that move, by price gap

## Other words

C23-span-price-gap-1 = after a quarter
C23-span-price-gap-4 = after a year
C23-span-price-gap-8 = after two years
C23-world-stated = as it is
C23-world-no-contracts = without contracts
C23-world-one-provider = without second providers
C23-world-neither = without both
C23-world-no-answer = nobody changes list prices
C23-world-article = the article's own world

### The page of customers.

## Seats, shares and prices

customers-seats-title = Who buys from whom?
customers-seats-question = Seats of companies by lab, millions; a second provider's seats included
customers-seats-axis = million seats
customers-seats-share-axis = % of seats
customers-shares-title = Which lab gains, which one loses?
customers-shares-question = Share of enterprise seats, %
customers-shares-ghost = Share of enterprise seats, %; dashed: without the change, in this seed
customers-prices-title = What does a seat cost?
customers-prices-question = Price that each lab offers, EUR per seat per month
customers-prices-ghost =
    Price that each lab offers, EUR per seat per month; dashed: without the change, in this seed
customers-no-seats = No company buys a seat in this run so far.
customers-no-offers = No lab offers seats in this run so far.
customers-no-offers-now = No lab offers seats any more in { $label }.
customers-no-offers-yet = No lab offers seats yet in { $label }.

## Moves

customers-period-quarter = This quarter
customers-period-year = Last four quarters
customers-period-run = Whole run so far
customers-period-choice = Period of the moves
customers-moves-title = Who left whom?
customers-moves-question =
    Seats that changed their main provider, from row to column, thousands ({ $period })
customers-streams-title = Where did they go?
customers-streams-question = Thousands of seats ({ $period }): left before, right after
customers-no-moves =
    No company changed its provider in this period ({ $period }). Companies can move when their
    contract ends, and do so when another offer is better by more than their cost of switching.
customers-new = new customers
customers-gone = gave up
customers-end-tip = { $name }: <b>{ $seats }</b> seats
customers-move-tip = { $giver } to { $taker }: <b>{ $seats }</b> seats
customers-with-new-moves = Moves only
customers-with-new-all = With new customers
customers-with-new-choice = What

## Switching costs

customers-costs-title = How much cheaper must a rival be?
customers-costs-question =
    Millions of seats by what it costs the company to switch, EUR per seat per month. Strong colour:
    today's best other offer is better by more than that, so they go when their contract ends.
customers-costs-axis = cost of switching, EUR per seat per month
customers-costs-median = half of all switch for { $eur } EUR
customers-costs-gap = { $lab }: { $eur } EUR
customers-costs-tip = { $lab }, { $low } to { $high } EUR: <b>{ $seats }</b> seats; { $would }
customers-costs-last = { $lab }, over { $low } EUR: <b>{ $seats }</b> seats; { $would }
customers-would = would go
customers-would-not = stay
customers-costs-note =
    A vertical line shows what a typical customer of a lab would gain by moving: the difference in
    price plus the worth of the difference in quality. Lines under zero are not drawn: those
    customers have the best offer already.

## Offers

customers-gaps-title = Whose customers are tempted?
customers-gaps-question =
    Offers of { $label }; what a typical customer would gain by moving to the best rival, EUR per
    seat per month; share of seats for which that is enough
customers-gaps-head-1 = Lab
customers-gaps-head-2 = Price, EUR
customers-gaps-head-3 = Best rival
customers-gaps-head-4 = Gain, EUR
customers-gaps-head-5 = Would go
customers-gaps-none = Only one lab sells seats, so nobody can move.
customers-not-on-offer = No seats for sale: { $names }.

## A price cut

customers-cut-title = What if one lab were cheaper from now on?
customers-cut-lab = Lab
customers-cut-eur = Cheaper by, EUR a month
customers-cut-button = Make it cheaper from { $label } on
customers-cut-status =
    The same world is run twice: with the cut and without. Dashed lines show the world without.
customers-cut-done = { $cuts } Dashed lines: the same world without what is struck here.
customers-cut-part = asks { $eur } EUR less from { $label } on
customers-cut-ends = asks its old price from { $label } on
customers-cut-already =
    { $name } is { $eur } EUR cheaper already, since { $since }. A different amount takes the place
    of this one from { $label } on.
customers-cut-no-lab = no lab sells seats
customers-cut-back = Go back to { $label }
customers-cut-none = No lab sells seats in { $label }: nobody can be made cheaper.
customers-cut-last = This is the last quarter; go back to an earlier one to see what a cut does.

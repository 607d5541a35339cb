### The page of the money network.

## The picture

network-title = Who pays whom?
network-question =
    { $index } of what labs, clouds and chipmakers pay one another runs in circles ({ $period }):
    { $circular } of { $total }. That part is red.
network-question-none =
    Labs, clouds and chipmakers pay one another nothing in this period ({ $period }).
network-label = Network of payments. { $question } Largest arrows: { $largest }.
network-label-arrow = { $payer } to { $payee } { $amount }
network-label-none = none
network-circle-note =
    In { $label } alone { $alone } runs in circles, over the four quarters up to it { $year }: a
    quarter jumps with one large payment, a year does not.
network-tiny-share = under 0.1%
network-quarters = { $first } to { $last }
network-note =
    Circle: a firm, larger with its balance sheet. Arrow: money, wider with the amount; dashed:
    money put in as shares or loans. Ring: a firm in distress. Left out: what a lab and its own
    parent pay each other{ $left_out }.
network-note-ai = , wages, supplies, dividends, what start-ups sell and all business outside AI

## What can be chosen

network-period-quarter = This quarter
network-period-year = Last four quarters
network-scope-ai = AI money only
network-scope-all = The whole economy
network-count-4 = 4 of each kind
network-count-7 = 7 of each kind
network-count-100 = All firms
network-choice-period = Period
network-choice-scope = What
network-choice-count = Firms drawn

## Firms

network-kind-labs = AI lab
network-kind-clouds = Cloud
network-kind-chipmakers = Chipmaker
network-kind-startups = AI start-ups
network-kind-investors = Investor
network-kind-bank = Lender
network-kind-customers = Customer
network-kind-rest = Rest of the economy
network-column-outside = Outside
network-column-startups = Start-ups
network-column-labs = AI labs
network-column-clouds = Clouds
network-column-chipmakers = Chipmakers
network-column-rest = Rest
network-group-customers = Customers
network-group-bank = Lenders
network-group-rest = Rest of the economy
network-group-labs = Other labs
network-group-clouds = Other clouds
network-group-chipmakers = Other chipmakers
network-group-startups = Other start-ups
network-group-investors = Other investors
network-distress-failed = has failed
network-distress-in-administration = in administration
network-distress-margin-call = margin call
network-distress-short-runway = cash for less than a year
network-distress-outside = not in the market yet
network-assets = Balance sheet: { $amount }

## Arrows

network-flow-tip = { $payer } pays { $payee } { $amount }
network-flow-parts = { $goods } for goods and services, { $financing } as finance
network-flow-circle = of it in circles: { $amount }

## Streams

network-sankey-title = The same money as streams
network-sankey-question =
    Left: who pays. Right: who gets it. Red: the part that comes back ({ $period }).
network-sankey-left = { $name } pays
network-sankey-right = { $name } gets

## Circles

network-loops-title = Which circles does the money run in?
network-loops-question = What each firm in the circle passes on to the next, bn USD ({ $period })
network-loops-none =
    In this period no money comes back to the firm that paid it. The circle was at its largest in
    { $label }: { $index } of what the firms paid one another that quarter.
network-loops-never = In no quarter so far did money come back to the firm that paid it.
network-loops-note = Click a circle to see it alone in the picture; click again to see all.
network-go-largest = Go to { $label }, when the circle was largest

## The panel of what was picked

network-panel-title = What is it made of?
network-panel-hint = Click a circle or an arrow in the picture, or choose a firm here.
network-flow-title = { $payer } pays { $payee }
network-flow-sum = { $amount } in { $period }: { $parts }.
network-flow-nothing = { $payer } paid { $payee } nothing in { $period }.
network-circle-sum = { $amount } of it can be followed back to { $payer }.
network-purposes = What was it paid for?
network-contracts-between = Compute contracts between the two
network-claims-between = What { $holder } holds of { $issuer }
network-contract-head-1 = Buyer
network-contract-head-2 = First delivery
network-contract-head-3 = In all
network-contract-head-4 = Delivered
network-contract-head-5 = Left
network-no-contracts = There is no compute contract between the two.
network-no-claims = Neither holds shares or debt of the other.
network-firm-in = Who pays it
network-firm-out = Whom it pays
network-nobody = Nobody in this period.
network-members = Drawn together here: { $names }.
network-open-firm = Open its books
network-more = and { $count } smaller ones, { $amount } together
network-source = From the ledger of the model, { $period }.

## Rows of the ledger; a row that is not here keeps its name

network-purpose-receivables = bills settled
network-purpose-compute = compute
network-purpose-seats = enterprise seats
network-purpose-start-up-sales = what start-ups sell
network-purpose-enterprise-sales = other business of companies
network-purpose-prepayments = chips paid in advance
network-purpose-parent-funding = money of the parent
network-purpose-subscriptions = subscriptions
network-purpose-advertising = advertising
network-purpose-private-equity = new private shares
network-purpose-listed-equity = listed shares
network-purpose-bonds = bonds
network-purpose-loans = loans
network-purpose-vendor-loans = vendor loans
network-purpose-investment = chips and data centres
network-purpose-interest = interest
network-purpose-dividends = dividends

### The page of firms.

firms-choice = Firm
firms-kind-labs = AI labs
firms-kind-clouds = Clouds
firms-kind-chipmakers = Chipmakers
firms-kind-startups = AI start-ups
firms-kind-investors = Investors
firms-head-title = How does it stand?
firms-head = { $name } in { $label }
firms-owns =
    It owns { $assets } and owes { $debts }, its own shares apart: { $equity } are left for its
    owners.
firms-runway = At the present rate its cash lasts { $quarters } quarters.
firms-runway-none = It burns no cash.
firms-worth = It is said to be worth { $value }.
firms-state-in-business = { $name } is in business.
firms-state-failed = { $name } has failed.
firms-state-in-administration =
    { $name } has failed and is in administration: its creditors run what it sells.
firms-state-margin-call = { $name } has had a margin call: its lender asks for its money.
firms-state-short-runway = { $name } has cash for less than a year.
firms-state-outside = { $name } has not entered the market.
firms-open-network = See it in the money network

## Balance sheet and cash flows

firms-balance-title = What does it own, and what does it owe?
firms-balance-question =
    Balance sheet of { $name }: assets up, debts down, own shares left out, bn USD
firms-balance-line = left for owners
firms-owed = { $name } owed
firms-debt-receivables = payables
firms-flows-title = Where does its money come from, and where does it go?
firms-flows-question = Received up, paid down, per quarter, financing included, bn USD
firms-flows-line = change of cash
firms-others = other
firms-new-money = new { $name }

## Balance sheet in a quarter

firms-sheet-title = Balance sheet in { $label }
firms-sheet-assets = It owns
firms-sheet-debts = It owes
firms-sheet-head-1 = What
firms-sheet-head-2 = At or by whom
firms-sheet-head-3 = Amount
firms-sheet-sum = Sum
firms-sheet-nothing = Nothing.
firms-sheet-shares = Its own shares, at their present value, are held by
firms-owner-head-1 = Owner
firms-owner-head-2 = Value
firms-more = and { $count } more, { $amount } together

## Contracts

firms-contracts-title = What has it promised, or been promised?
firms-contracts-question = Compute contracts signed up to { $label }
firms-contracts-head-1 = Buyer
firms-contracts-head-2 = Seller
firms-contracts-head-3 = First delivery
firms-contracts-head-4 = In all
firms-contracts-head-5 = Delivered
firms-contracts-head-6 = Left
firms-contracts-head-7 = Given up
firms-contracts-none = { $name } is part of no compute contract up to { $label }.

## Who pays for a failure

firms-payers-title = Who pays for its failure?
firms-payers-question =
    Debts lost, by who bears them in the end, bn USD and in basis points of capital, up to { $label }
firms-payers-sum = In all { $amount } of debts are lost, just what is forgiven to those who failed.
firms-payers-none = No debts are lost.
firms-payers-shares =
    Beside that shares lose { $amount } of market value, which is no debt and is never added:
    { $owners }.
firms-payers-twin =
    This is what the books of this history say, with the failures that it could reach. What it
    changes, the command "kaartenhuis losses" asks of a twin without it.
firms-payers-points = { $points } bp
firms-payers-channel-first-round = its own debts
firms-payers-channel-contagion = debts of firms that fail later
firms-payers-channel-fire-sales = sales under value
firms-payers-channel-marks = other changes of value

## Events

firms-events-title = What did it decide, and what happened to it?
firms-events-question = Newest first, up to { $label }
firms-events-none = Nothing out of the ordinary has happened to { $name } up to { $label }.
firms-events-more = { $count } earlier events are not listed; the table to take away holds all.
firms-why = Why?

## Panels: question, and what is shown with its unit

firms-panel-beliefs-title = What does it expect?
firms-panel-beliefs-shown = Growth per quarter that it expects, %
firms-panel-beliefs_lab-title = What does it expect, and what does it get?
firms-panel-beliefs_lab-shown = Growth of its revenue per quarter: expected and true, %
firms-panel-income-title = Does it earn what it costs?
firms-panel-income-shown = Revenue, compute bill and cash burnt, bn USD
firms-panel-rounds-title = What does it ask investors for?
firms-panel-rounds-shown = Money needed and raised in the quarter, bn USD
firms-panel-lab_value-title = What is it said to be worth?
firms-panel-lab_value-shown = Value of all its shares, bn USD
firms-panel-promises-title = What has it promised to buy?
firms-panel-promises-shown = Compute under contract, not delivered, bn USD
firms-panel-price-title = What does a seat cost?
firms-panel-price-shown =
    Price of a seat of the use of the start, and what a seat pays at its present use, EUR a month
firms-panel-seat_use-title = How much is a seat used?
firms-panel-seat_use-shown = Use of a seat over that of the start
firms-panel-spending-title = What do these start-ups live on?
firms-panel-spending-shown =
    What they spend, the part of it for compute, and what they sell, per quarter, bn USD
firms-panel-cohort_rounds-title = What do they ask investors for?
firms-panel-cohort_rounds-shown = Money needed and raised in the quarter, bn USD
firms-panel-cohort_fate-title = How many of them find money, and how many die?
firms-panel-cohort_fate-shown = Rounds that close, and firms that die in the quarter, % of all
firms-panel-cloud_compute-title = Who uses its compute?
firms-panel-cloud_compute-shown = Compute in service, and what its own customers ask for, CU
firms-panel-shares-title = How does it stand with customers and lenders?
firms-panel-shares-shown =
    Share of enterprise seats, and chance of default within a year as seen by lenders, %
firms-panel-lab_compute-title = What does it use compute for?
firms-panel-lab_compute-shown = For users and for training, CU
firms-panel-building-title = What does it build, and from what?
firms-panel-building-shown = CapEx and operating cash flow, bn USD
firms-panel-cloud_debt-title = What does it owe, and what is it owed?
firms-panel-cloud_debt-shown = Debt and RPO, bn USD
firms-panel-projects-title = Are its plans worth while, and can it pay for them?
firms-panel-projects-shown =
    Projects that pay, plans financed, and compute asked for over what is in service, %
firms-panel-orders-title = How much does it order?
firms-panel-orders-shown = Capacity ordered in the quarter, thousand chips
firms-panel-value-title = What is it worth on the market?
firms-panel-value-shown = Market value, bn USD
firms-panel-chips-title = What does it earn from chips?
firms-panel-chips-shown = Revenue and free cash flow, bn USD
firms-panel-backlog-title = How long is the queue for its chips?
firms-panel-backlog-shown = Ordered, not delivered, thousand chips
firms-panel-chip_price-title = What does it ask for a chip?
firms-panel-chip_price-shown = USD per chip
firms-panel-returns-title = What does it expect, and what did it get?
firms-panel-returns-shown = Return per quarter, %
firms-panel-assets-title = How large is it?
firms-panel-assets-shown = All assets and own debt, bn USD
firms-panel-leverage-title = How far has it borrowed?
firms-panel-leverage-shown = Debt over assets, %
firms-panel-invested-title = What does it put into labs and start-ups?
firms-panel-invested-shown = Put into rounds in the quarter, bn USD
firms-panel-impact-title = What if it fails?
firms-panel-impact-shown =
    Part of all equity that the others would lose, and part of its own that it would lose when one
    other firm fails, %

## Lines

firms-line-expected_growth = expected
firms-line-revenue_growth = true
firms-line-revenue_usd = revenue
firms-line-compute_cost_usd = compute bill
firms-line-burn_usd = cash burnt
firms-line-need_usd = needed
firms-line-raised_usd = raised
firms-line-valuation_usd = value
firms-line-rpo_usd = RPO
firms-line-price_eur = price
firms-line-seat_bill_eur = what a seat pays
firms-line-seat_use = use of a seat
firms-line-spending_usd = spent
firms-line-compute_usd = for compute
firms-line-needed_usd = needed
firms-line-filled = rounds that close
firms-line-died = die
firms-line-capacity_cu = in service
firms-line-own_use_cu = own customers
firms-line-seat_share = share of seats
firms-line-default_probability = chance of default
firms-line-inference_cu = users
firms-line-training_cu = training
firms-line-capex_usd = CapEx
firms-line-operating_cash_usd = operating cash
firms-line-debt_usd = debt
firms-line-hurdle_share = projects that pay
firms-line-funded_share = plans financed
firms-line-utilisation = asked for
firms-line-orders_thousand = orders
firms-line-value_usd = value
firms-line-free_cash_flow_usd = free cash flow
firms-line-backlog_thousand = backlog
firms-line-price_usd = price
firms-line-past_return = earned
firms-line-assets_usd = assets
firms-line-loan_to_value = debt over assets
firms-line-invested_usd = invested
firms-line-systemic_impact = others lose
firms-line-vulnerability = it loses

## The books of the whole economy

firms-matrix-title-balance-sheet = Who owns what, and who owes it?
firms-matrix-title-transactions-flow = Where does all the money come from, and where does it go?
firms-matrix-title-revaluation = Who has gained and lost without any payment?
firms-matrix-question-balance-sheet =
    Balance sheets at the end of { $label }, bn USD: assets +, debts -
firms-matrix-question-transactions-flow =
    Transactions flow in { $label }, bn USD: sources of funds +, uses -
firms-matrix-question-revaluation = Revaluation in { $label }, bn USD: gains +, losses -
firms-matrix-kind-balance-sheet = Balance sheets
firms-matrix-kind-transactions-flow = Transactions flow
firms-matrix-kind-revaluation = Revaluation
firms-matrix-by-sector = By sector
firms-matrix-by-party = By firm
firms-matrix-choice = Matrix
firms-matrix-by-choice = Columns
firms-matrix-intro = The books of the whole economy
firms-zero-all =
    The books balance: { $count } rows and columns must add up to zero, and all of them do, to the
    cent.
firms-zero-not =
    The books do not balance: { $wrong } of { $count } rows and columns that must be zero are not.
firms-zero-reason =
    One party's claim is another one's debt, and what one pays another gets; only real assets have
    no debtor.
firms-sector-startups = start-ups
firms-matrix-none = Nothing was booked in this matrix in { $label }.

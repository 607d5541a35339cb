### The live page: one question per panel, with its lines and units.

## Panels: question, and what is shown with its unit

live-panel-cash-title = How much money do the labs have left?
live-panel-cash-shown = Deposits of all AI labs, bn USD
live-panel-valuation-title = What are the labs said to be worth?
live-panel-valuation-shown = Value of all labs at the price of their latest rounds, bn USD
live-panel-funding-title = Do investors still bring what they are asked for?
live-panel-funding-shown = Money that labs and start-ups ask for, and raise, in a quarter, bn USD
live-panel-raisers-title = Who gets the venture money?
live-panel-raisers-shown =
    Raised in a quarter by labs, promised tranches included, and by AI start-ups, bn USD
live-panel-startups-title = What do AI start-ups do with their money?
live-panel-startups-shown = What all of them spend in a quarter, and the compute in it, bn USD
live-panel-stock-title = Who holds the risk of chips that nobody takes?
live-panel-stock-shown =
    Chips made and not sold, as chipmakers carry them, and what clouds have paid in advance, bn USD
live-panel-regions-title = Where can new sites be connected?
live-panel-regions-shown = Power connected for new sites in a quarter by region, GW
live-panel-capex-title = How much is being built?
live-panel-capex-shown =
    Per quarter, bn USD: CapEx of clouds, chips sold, and CapEx for chips in the place of failed ones
live-panel-rpo-title = How much has been promised and not yet delivered?
live-panel-rpo-shown = RPO: revenue under contract of all clouds, bn USD
live-panel-burden-title = Can the labs carry what they have promised?
live-panel-burden-shown = Compute that labs must still buy, in years of their revenue
live-panel-revenue-title = Do the labs earn what their compute costs?
live-panel-revenue-shown = Revenue of labs and their bill for compute per quarter, bn USD
live-panel-rent-title = What does compute cost?
live-panel-rent-shown = Rent of an accelerator without contract, USD per hour
live-panel-utilisation-title = Is the compute used?
live-panel-utilisation-shown = Compute sold over compute in service, %
live-panel-shares-title = Which assistant do companies choose?
live-panel-shares-shown = Share of enterprise seats, %
live-panel-circularity-title = How much of the money goes round in a circle?
live-panel-circularity-shown =
    Payments among labs, clouds and chipmakers that come back to where they began, in % of all; four
    quarters
live-panel-power-title = Is there enough electricity?
live-panel-power-shown = Power drawn by chips, and sites that wait for a connection, GW

## Lines

live-line-labs_cash_usd = Labs' cash
live-line-labs_valuation_usd = Value of labs
live-line-needed_usd = Asked
live-line-raised_usd = Raised
live-line-labs_raised_usd = Labs
live-line-startups_raised_usd = Start-ups
live-line-startups_spending_usd = Spent
live-line-startups_compute_usd = For compute
live-line-chip_stock_usd = Chips in stock
live-line-prepayments_usd = Paid in advance
live-line-capex_usd = CapEx
live-line-refresh_capex_usd = Replacements
live-line-chip_revenue_usd = Chips sold
live-line-rpo_usd = RPO
live-line-commitments_over_revenue = Years of revenue
live-line-labs_revenue_usd = Revenue
live-line-labs_compute_cost_usd = Compute bill
live-line-spot_price_usd_hour = Rent
live-line-utilisation = Utilisation
live-line-circularity_year = Circular share
live-line-power_gw = Drawn
live-line-power_queue_gw = Waiting
live-unit-power = GW
live-ghost = without it, same seed
live-difference = difference
live-events-title = What happened?
live-events-shown = Each mark is an event; a larger one is several. Click to see what came before it.
live-twin-note =
    In this seed, { $quarter }: { $label } { $value }, without the change { $ghost }
    ({ $difference }).
live-no-comparison = not comparable
live-no-value = no value
live-nothing-recorded = This world has not started yet: press Play.

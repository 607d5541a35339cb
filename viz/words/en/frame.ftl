### Around the pages: tabs, key figures, events and what came before them, messages.

## The app

frame-name = Kaartenhuis
frame-subtitle = A simulation of the AI investment boom

## Tabs

frame-tab-story = Story
frame-tab-live = Live
frame-tab-levers = Levers
frame-tab-network = Money network
frame-tab-firms = Firms
frame-tab-customers = Customers
frame-tab-ensemble = Ensemble
frame-tab-compare = Compare
frame-tab-sweeps = Sweeps
frame-tab-claims = Claims
frame-tab-data = Data
frame-tab-about = About

## Key figures

frame-figure-labs_cash_usd = Labs' cash
frame-figure-labs_cash_usd-meaning = What all AI labs together have in the bank.
frame-figure-labs_valuation_usd = Labs' value
frame-figure-labs_valuation_usd-meaning = What investors hold the labs to be worth.
frame-figure-capex_usd = CapEx
frame-figure-capex_usd-meaning = What the clouds invest this quarter.
frame-figure-raised_ratio = Funding
frame-figure-raised_ratio-meaning = Raised over needed by labs and start-ups in this quarter's rounds.
frame-figure-rpo_usd = Promised (RPO)
frame-figure-rpo_usd-meaning = Revenue under contract that is not yet delivered.
frame-figure-commitments_over_revenue = Promises / revenue
frame-figure-commitments_over_revenue-meaning =
    Compute that labs have promised to buy, in years of their revenue.
frame-figure-spot_price_usd_hour = Compute
frame-figure-spot_price_usd_hour-meaning = Rent of one accelerator for an hour, without contract.
frame-figure-defaults = Failed
frame-figure-defaults-meaning = Firms that have failed so far.
frame-no-rounds = no rounds
frame-no-change = no change
frame-not-measured = not measured
frame-usd-an-hour = { $usd } USD/h
frame-years = { $years } years
frame-firms =
    { $n ->
        [one] { $n } firm
       *[other] { $n } firms
    }
frame-more = { $n } more
frame-fewer = { $n } fewer
frame-points = { $points } points
frame-in-this-seed = { $gap } in this seed
frame-in-a-year = { $gap } in a year

## How a world differs from its scenario

frame-count-shocks =
    { $n ->
        [one] { $n } shock
       *[other] { $n } shocks
    }
frame-count-changes =
    { $n ->
        [one] { $n } change
       *[other] { $n } changes
    }

## Kinds of event that charts mark, from worst to mildest

frame-event-funding-freeze = Funding freeze
frame-event-failed-round = Failed round
frame-event-absorbed = Lab bought in distress
frame-event-estate-sale = Sale of an estate
frame-event-contract-cancelled = Contract broken
frame-event-bridge-loan = Bridge loan
frame-event-stock-written-down = Chips written down
frame-event-capex-cut = CapEx cut
frame-event-default = Default
frame-event-margin-call = Margin call
frame-event-switch-wave = Switch wave
frame-event-bank-floor = Bank under its floor
frame-event-vendor-finance = Vendor finance
frame-event-entry = Entry
frame-event-shock = Shock
frame-more-events = and { $n } more

## What came before an event

frame-why-title = What came before, and could reach it
frame-why-close = Close
frame-why-first = Nothing earlier in this run could reach it: it came from the rules and the state alone.
frame-why-unproven =
    What came before and could reach an event need not have made it happen: only a twin without it
    can tell.
frame-why-go = Go to
frame-why-gone = This world has no such event. Choose another mark.

## What is said of an error in the model; the first kind that fits

frame-error-ZeroDivisionError =
    a number is divided by zero ({ $text }); a parameter may be too near to zero
frame-error-OverflowError =
    a number is too large to be counted ({ $text }); a parameter may be too large
frame-error-ArithmeticError =
    a calculation has no result ({ $text }); a parameter may be at an extreme
frame-error-LookupError = something that the rule looks for is not there ({ $text })
frame-error-TypeError = a rule met a value that it cannot use ({ $text })
frame-error-ValueError = { $text }
frame-error-Exception = the model has an error ({ $text })
frame-no-text = no further message

## Cards

frame-download = Download
frame-no-table = The table could not be made: { $reason }

## Messages

frame-problem-run =
    The run stopped in { $quarter }, in the phase "{ $phase }" (rule { $rule }): { $message }.
    Everything up to the last good quarter stays; choose another world, or go back to the start.
frame-the-start = the start
frame-problem-tab = There is no tab { $tab } ({ $choice }): the story is shown.
frame-problem-link = The link was not quite right
frame-problem-dismiss = Close this message

### Why the server does not answer a request

frame-refused-host =
    This server does not answer to the name in the address. Open it under the address
    that was printed where it was started; another name is allowed there with --allow-host.
frame-refused-origin = Only a page of this server may ask for that.
frame-refused-path = There is nothing at this address.
frame-refused-method = This address does not take such a request.
frame-refused-token = This app asks for a token: open the address that was printed where it was started.
frame-refused-error = The server could not answer.
frame-broken =
    This page could not be drawn ({ $kind }). The log of the server says more. Another tab may still
    work; the first screen always does.
frame-again = Back to the first screen
frame-try-again = Try again
frame-work-limit =
    the server gives one world { $seconds } seconds of work; run it with fewer quarters, firms or
    customers, or from the command line

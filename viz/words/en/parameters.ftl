### Titles of the groups of parameters, and bounds of the app's own.

parameters-group-quarters = Clock
parameters-group-expectations = Expectations
parameters-group-enterprise = Enterprise customers
parameters-group-consumers = Consumers
parameters-group-lab_rules = Labs: behaviour
parameters-group-funding = Funding rounds
parameters-group-compute = Compute and power
parameters-group-cloud_rules = Clouds: behaviour
parameters-group-chipmaker_rules = Chipmakers: behaviour
parameters-group-startup_rules = Start-ups: behaviour
parameters-group-investor_rules = Investors: behaviour
parameters-group-credit = Credit
parameters-group-credit_classes = Kind of issuer
parameters-group-credit_investors = Credit investor
parameters-group-valuation = Valuation
parameters-group-bank = Bank
parameters-group-default = Default
parameters-group-power_regions = Region of power
parameters-group-labs = Lab
parameters-group-clouds = Cloud
parameters-group-chipmakers = Chipmaker
parameters-group-investors = Investor
parameters-group-startups = Start-ups
parameters-group-deals = Deal
parameters-group-compute_contracts = Compute contract
parameters-group-equity_commitments = Letter of intent
parameters-group-backstops = Backstop
parameters-group-stakes = Stake
parameters-group-demanding_customers = Demanding customer

parameters-part-of = part of { $what }, 0 to 1
parameters-span = { $low } to { $high }
parameters-bound-ge = at least { $value }
parameters-bound-gt = over { $value }
parameters-bound-le = at most { $value }
parameters-bound-lt = under { $value }
parameters-app-bounds =
    { $low } to { $high }: the limit of this app; the model itself takes up to { $model }

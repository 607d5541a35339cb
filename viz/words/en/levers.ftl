### The levers: names and units of the parameters that move most, and the page.

levers-name-lab_rules-usage_growth = How fast each user asks for more
levers-name-startup_rules-burn_multiple = What growth costs a start-up
levers-name-lab_rules-efficiency_gain = How fast an answer needs less compute
levers-name-enterprise-seats_market_million = How many seats companies can ever buy
levers-name-lab_rules-seat_usage = Compute that a business seat uses
levers-name-compute-power_scale = New power connections
levers-name-compute-accelerator_cost_usd = What an accelerator costs, its part of the building included
levers-name-enterprise-bass_imitation = How fast companies follow one another
levers-name-compute-kilowatt_fall = How fast chips of the same price draw less power
levers-name-compute-vintage_gain = How much better a year's new chips are
levers-name-enterprise-use_exponent = How far training makes a seat more used (elasticity)
levers-name-funding-exit_growth_fade = How long investors believe in growth
levers-name-compute-list_price_usd_hour = Rent of an accelerator at the start
levers-name-lab_rules-release_noise = Luck of a lab's releases
levers-name-investor_rules-expiry = How fast promised venture money lapses
levers-name-compute-demand_elasticity = How far a lower rent sells more compute
levers-name-consumers-users_market_million = How many people will ever use an assistant
levers-name-funding-initial_exit_multiple = What investors hope to get back for their money
levers-name-lab_rules-growth_fade = How long labs believe in their growth

levers-unit-per-quarter = % a quarter
levers-unit-per-year = % a year
levers-unit-log = % (standard deviation)
levers-unit-CU-per-seat-per-quarter = CU per million seats a quarter
levers-unit-USD-per-accelerator = USD
levers-unit-million-seats = million
levers-unit-million-people = million people
levers-unit-USD-burnt-per-USD-of-new-yearly-revenue = USD per USD of new revenue
levers-unit-times-the-regions-figures = times today's figures

levers-title = What if it were otherwise?
levers-intro =
    Move a lever: this world is run again at once, in this seed (dashed: before the change), and
    then pairs of worlds tell what the change does beyond chance.
levers-chosen =
    These { $n } levers move the outcomes most: of all uncertain figures, moved at once within their
    public ranges, they have the largest standardised rank regression coefficients, on average over
    freeze, failures, CapEx, money raised, revenue, value and debt. All other figures stand under
    Parameters at the left.
levers-word-range = public range
levers-word-reset = Back to
levers-word-reset_all = All back
levers-word-why = Why this range?
levers-word-strength = strength
levers-word-changed = changed
levers-word-source = Value of the scenario
levers-panel = Chart { $n }
levers-others =
    { $n ->
        [one] One other change of this world stands under Parameters.
       *[other] { $n } other changes of this world stand under Parameters.
    }
levers-refused = This value was not taken: { $problem }

"""How everybody behaves: one section per rule family of the model description."""

from __future__ import annotations

from market.parameter_types import Section, parameter

BROCK_HOMMES = "Brock and Hommes 1998"
MORRIS_SHIN = "Morris and Shin 2003"
BERNSTEIN = "Bernstein, cost of a GW of data centre, October 2025"


class ExpectationParameters(Section):
    """Heuristics about the growth of one's own fundamentals."""

    has_trend_beliefs: bool = parameter(
        True, unit="switch", doc="Off: nobody extrapolates a trend (ablation).", source=BROCK_HOMMES
    )
    long_run_growth: float = parameter(
        0.06, unit="per year", ge=-0.2, le=0.5, doc="Growth that fundamentalists return to."
    )
    reversion: float = parameter(
        0.06, unit="per quarter", ge=0, le=1, doc="Speed at which fundamentalists return to it."
    )
    extrapolation: float = parameter(
        0.4, unit="1", ge=0, le=1.5, doc="Part of the last change in growth the trend rule adds."
    )
    anchor_memory: float = parameter(
        0.75, unit="1", ge=0, lt=1, doc="Weight of the past in the anchored rule's mean."
    )
    intensity: float = parameter(
        300.0,
        unit="1 / squared growth error",
        ge=0,
        le=1e5,
        doc="Intensity of choice between heuristics.",
        source=BROCK_HOMMES,
        confidence="theory",
    )
    fitness_memory: float = parameter(
        0.7, unit="1", ge=0, lt=1, doc="Weight of older forecast errors."
    )


class EnterpriseParameters(Section):
    """The enterprise market: who buys seats, and what makes a customer move."""

    customers: int = parameter(1000, unit="customers", ge=0, le=10_000_000, doc="Customers.")
    seats_market_million: float = parameter(
        400.0, unit="million seats", ge=0, doc="Seats if every customer buys (market size)."
    )
    seats_now_million: float = parameter(
        30.0,
        unit="million seats",
        ge=0,
        doc="Seats bought at the start; with list prices it gives enterprise spending of the labs.",
        source="derived: about 3.1 bn USD a quarter at 30 EUR a seat (Menlo mid-2025: 8.4 bn a "
        "year of API spend, rising; plus seats)",
        confidence="derived",
    )
    seat_size_sigma: float = parameter(
        0.8, unit="1", ge=0, le=3, doc="Spread (log-normal sigma) of customers' seat counts."
    )
    switching_cost_median_eur: float = parameter(
        3.0,
        unit="EUR per seat per month",
        ge=0,
        doc="Median personal switching cost: the article's three euros.",
        source="the article",
        confidence="seen",
    )
    switching_cost_sigma: float = parameter(
        0.6, unit="1", ge=0, le=3, doc="Spread of switching costs; 0 = all alike."
    )
    has_price_switching: bool = parameter(
        True, unit="switch", doc="Off: nobody moves for price or quality (ablation)."
    )
    quality_weight_eur: float = parameter(
        1.0,
        unit="EUR per seat per month per point of reliability",
        ge=0,
        doc="What a point of reliability (one task in a hundred) is worth to the median customer.",
    )
    quality_weight_sigma: float = parameter(
        0.7, unit="1", ge=0, le=3, doc="Spread (log-normal sigma) of that weight; 0 = all alike."
    )
    minimum_reliability_mean: float = parameter(
        0.70,
        unit="1",
        ge=0,
        le=1,
        doc="Mean reliability that a customer needs.",
        source="the article: 70 % accuracy is not enough",
        confidence="seen",
    )
    minimum_reliability_spread: float = parameter(
        0.06, unit="1", ge=0, le=0.5, doc="Standard deviation of that need."
    )
    contract_quarters: int = parameter(
        4, unit="quarters", ge=1, le=40, doc="Length of a seat contract; 1 = free every quarter."
    )
    multi_homing_share: float = parameter(
        0.5,
        unit="1",
        ge=0,
        le=1,
        doc="Share of customers that also buy from a second provider.",
        source="surveys: movement is mostly by adding a vendor",
        confidence="unverified",
    )
    secondary_seat_share: float = parameter(
        0.25, unit="1", ge=0, le=0.5, doc="Part of a multi-homing customer's seats that is second."
    )
    bass_innovation: float = parameter(
        0.008, unit="per quarter", ge=0, le=1, doc="Bass coefficient p.", source="Bass 1969"
    )
    bass_imitation: float = parameter(
        0.28,
        unit="per quarter",
        ge=0,
        le=2,
        doc="Bass coefficient q.",
        source="derived from enterprise revenue of labs growing about 20 to 50 % a quarter in 2025",
        confidence="derived",
    )
    switch_wave_share: float = parameter(
        0.10, unit="1", gt=0, le=1, doc="Share of seats moving in a quarter that counts as a wave."
    )
    usd_per_eur: float = parameter(1.17, unit="USD per EUR", gt=0, doc="Exchange rate.")


class ConsumerParameters(Section):
    """The consumer market with its free, 20 USD and 200 USD tiers."""

    users_market_million: float = parameter(
        3500.0, unit="million people", ge=0, doc="People who may use an assistant weekly."
    )
    bass_innovation: float = parameter(
        0.002, unit="per quarter", ge=0, le=1, doc="Bass coefficient p.", source="Bass 1969"
    )
    bass_imitation: float = parameter(
        0.22,
        unit="per quarter",
        ge=0,
        le=2,
        doc="Bass coefficient q.",
        source="derived from weekly users 300 m (Dec 2024) to 700 m (Aug 2025), slowing",
        confidence="derived",
    )
    plus_price_usd: float = parameter(
        20.0, unit="USD per month", ge=0, doc="Middle tier.", source="price list", confidence="seen"
    )
    pro_price_usd: float = parameter(
        200.0, unit="USD per month", ge=0, doc="Top tier.", source="the article", confidence="seen"
    )
    pro_share: float = parameter(
        0.015, unit="1", ge=0, le=1, doc="Share of paying users on the top tier."
    )
    net_revenue_share: float = parameter(
        0.85, unit="1", gt=0, le=1, doc="Part of the price left after app stores and taxes."
    )
    paying_growth: float = parameter(
        0.08,
        unit="per quarter",
        ge=-0.5,
        le=1,
        doc="Growth of the paying share, slowing to its cap.",
    )
    paying_cap: float = parameter(0.10, unit="1", ge=0, le=1, doc="Highest paying share.")
    ad_revenue_usd: float = parameter(
        2.5,
        unit="USD per free user per quarter",
        ge=0,
        doc="Advertising income per free user when fully built (no public figure: wide prior).",
    )
    ad_build_speed: float = parameter(
        0.06, unit="per quarter", ge=0, le=1, doc="Speed at which advertising is built up."
    )
    switching_rate: float = parameter(
        0.04, unit="per quarter", ge=0, le=1, doc="Share of users who choose again in a quarter."
    )
    choice_scale: float = parameter(
        1.0, unit="utility", gt=0, doc="Scale of taste noise (logit).", source="McFadden 1974"
    )
    reliability_utility: float = parameter(
        6.0, unit="utility per unit of reliability", ge=0, doc="Weight of quality in the choice."
    )


class LabRuleParameters(Section):
    """How labs use compute, set prices, train, commit and raise."""

    free_usage: float = parameter(
        1.6e-7, unit="CU per user per quarter", ge=0, doc="Inference compute of a free user."
    )
    plus_usage: float = parameter(
        5.0e-6, unit="CU per user per quarter", ge=0, doc="Inference compute of a 20 USD user."
    )
    pro_usage_minimum: float = parameter(
        4.0e-5, unit="CU per user per quarter", ge=0, doc="Least use of a 200 USD user."
    )
    pro_usage_tail: float = parameter(
        1.25, unit="1", gt=1, le=10, doc="Pareto tail index of use on the flat 200 USD tier."
    )
    pro_usage_cap: float = parameter(
        2.0e-3, unit="CU per user per quarter", gt=0, doc="Most that rate limits let through."
    )
    seat_usage: float = parameter(
        1.1e-5, unit="CU per seat per quarter", ge=0, doc="Inference compute of an enterprise seat."
    )
    efficiency_gain: float = parameter(
        0.06, unit="per quarter", ge=0, le=0.5, doc="Fall of compute needed for the same answer."
    )
    usage_growth: float = parameter(
        0.10, unit="per quarter", ge=0, le=0.5, doc="Growth of answers asked per user."
    )
    seat_markup: float = parameter(
        1.2, unit="1", ge=-0.9, le=5, doc="Mark-up on inference cost that a lab aims for."
    )
    price_speed: float = parameter(
        0.15, unit="per quarter", ge=0, le=1, doc="Speed of price adjustment."
    )
    price_floor_ratio: float = parameter(
        0.8, unit="1", ge=0, le=2, doc="Lowest price over inference cost in a price war."
    )
    price_cut_event: float = parameter(
        0.05, unit="1", gt=0, le=1, doc="Fall of a list price in a quarter that is reported."
    )
    reliability_ceiling: float = parameter(
        0.97, unit="1", gt=0, le=1, doc="Reliability that training alone cannot exceed."
    )
    scaling_exponent: float = parameter(
        0.35,
        unit="1",
        ge=0,
        le=2,
        doc="Exponent of the error in cumulative training compute.",
        source="form: Hoffmann et al. 2022; value assumed",
    )
    knowledge_spillover: float = parameter(
        0.5,
        unit="1",
        ge=0,
        le=1,
        doc="Part of the best-trained lab's training that all others profit from.",
    )
    race_matching: float = parameter(
        0.03,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of the gap to the best-trained rival that a lab closes in a quarter.",
    )
    training_growth: float = parameter(
        0.06, unit="per quarter", ge=0, le=0.5, doc="Wanted growth of training compute."
    )
    staff_revenue_share: float = parameter(
        0.30, unit="1", ge=0, le=2, doc="Staff and other cost added per unit of revenue growth."
    )
    planning_quarters: int = parameter(
        5, unit="quarters", ge=1, le=20, doc="Horizon of cash and compute plans."
    )
    growth_fade: float = parameter(
        0.93, unit="per quarter", gt=0, le=1, doc="Factor on expected growth per quarter ahead."
    )
    buffer_quarters: float = parameter(
        2.0, unit="quarters of burn", ge=0, le=12, doc="Cash wanted beyond the deepest hole."
    )
    commitment_multiple: float = parameter(
        0.75, unit="RPO over valuation", ge=0, le=10, doc="Contracts are signed under this ratio."
    )
    contract_quarters: int = parameter(
        12, unit="quarters", ge=1, le=40, doc="Length of a new compute contract."
    )
    has_renegotiation: bool = parameter(
        True, unit="switch", doc="A lab that failed to raise may give up contracts not yet begun."
    )
    cancellation_fee: float = parameter(
        0.02, unit="1 of contract value", ge=0, le=1, doc="Fee for giving up such a contract."
    )


class FundingParameters(Section):
    """The funding round as a global game."""

    signal_noise: float = parameter(
        0.03,
        unit="1",
        ge=0,
        le=1,
        doc="Standard deviation of an investor's signal of how hard the round is.",
        source=MORRIS_SHIN,
    )
    recovery: float = parameter(
        0.2, unit="1", ge=0, lt=1, doc="Part recovered when the lab fails after the round."
    )
    initial_exit_multiple: float = parameter(
        3.0, unit="1", gt=1, le=20, doc="Exit multiple the last round's investors expected."
    )
    exit_quarters: int = parameter(
        16, unit="quarters", ge=1, le=60, doc="Horizon at which investors expect to sell."
    )
    exit_growth_fade: float = parameter(
        0.88, unit="per quarter", gt=0, le=1, doc="Factor on expected growth per quarter ahead."
    )
    return_rise_after_failure: float = parameter(
        0.10, unit="1", ge=0, le=2, doc="Rise of everybody's required return after a failed round."
    )
    return_memory: float = parameter(
        0.7, unit="per quarter", ge=0, lt=1, doc="Part of that rise left after a quarter."
    )
    markdown_after_failure: float = parameter(
        0.25, unit="1", ge=0, lt=1, doc="Fall of the valuation after a failed round."
    )
    freeze_ratio: float = parameter(
        0.5, unit="raised over needed", gt=0, le=1, doc="Below it for two quarters is a freeze."
    )
    ipo_revenue_usd: float = parameter(
        2.0e10,
        unit="USD per quarter",
        ge=0,
        doc="Revenue from which a lab whose rounds still close can list its shares.",
    )
    minimum_round_quarters: float = parameter(
        3.0, unit="quarters of burn", ge=0, le=20, doc="Smallest round that a lab bothers with."
    )


class ComputeMarketParameters(Section):
    """Chips, power and the price of compute."""

    accelerator_cost_usd: float = parameter(
        50_000.0,
        unit="USD per accelerator",
        gt=0,
        doc="All-in cost of a reference accelerator with its part of the data centre.",
        source="sanity anchor; 35.7 bn USD per GW at 1.4 kW each (" + BERNSTEIN + ": 35)",
        confidence="derived",
    )
    chip_share: float = parameter(
        0.52,
        unit="1",
        gt=0,
        le=1,
        doc="Chips and networking in the all-in cost.",
        source=BERNSTEIN + ": 39 % GPU and 13 % networking",
        confidence="seen",
    )
    kilowatt_per_accelerator: float = parameter(
        1.4, unit="kW", gt=0, doc="Facility power per reference accelerator."
    )
    list_price_usd_hour: float = parameter(
        2.3,
        unit="USD per accelerator-hour",
        gt=0,
        doc="Rent without contract at the start.",
        source="H100 rental, 2025Q2",
        confidence="seen",
    )
    contract_discount: float = parameter(
        0.15, unit="1", ge=0, lt=1, doc="Discount on a multi-year contract."
    )
    running_cost_usd_hour: float = parameter(
        0.30,
        unit="USD per accelerator-hour",
        ge=0,
        doc="Power and upkeep of a running accelerator.",
        source="derived: 1.3 bn USD of electricity per GW-year is 0.21; upkeep assumed",
        confidence="derived",
    )
    useful_life_quarters: int = parameter(
        22,
        unit="quarters",
        ge=1,
        le=80,
        doc="Accounting life of servers.",
        source="5 to 6 years (Amazon, Microsoft, Google, Meta)",
        confidence="seen",
    )
    vintage_gain: float = parameter(
        0.20, unit="per year", ge=0, le=2, doc="Compute per chip gained by a year's new vintage."
    )
    has_reuse: bool = parameter(
        True, unit="switch", doc="Off: chips older than two vintages are scrapped, not re-used."
    )
    price_sensitivity: float = parameter(
        0.35, unit="1", ge=0, le=5, doc="Reaction of the rent to idle or missing capacity."
    )
    demand_elasticity: float = parameter(
        0.5, unit="1", ge=0, le=5, doc="Price elasticity of organic compute demand."
    )
    demand_noise: float = parameter(
        0.015, unit="per quarter", ge=0, le=0.5, doc="Random part of organic demand growth."
    )
    demand_ceiling: float = parameter(
        8.0,
        unit="times the start",
        ge=1,
        le=1e6,
        doc="Organic compute demand at which growth has faded out; very high = no saturation.",
    )
    power_gw_quarter: float = parameter(
        3.5,
        unit="GW per quarter",
        ge=0,
        doc="Power that the grid connects for AI in a quarter.",
        source="US data centres 61.8 to 75.8 GW in a year",
        confidence="seen",
    )
    gas_gw_quarter: float = parameter(
        1.0, unit="GW per quarter", ge=0, doc="Gas behind the meter, once its lead time is over."
    )
    gas_lead_quarters: int = parameter(
        7, unit="quarters", ge=0, le=40, doc="Lead time of gas plants.", source="16 to 30 months"
    )
    reactor_gw_quarter: float = parameter(
        0.3, unit="GW per quarter", ge=0, doc="Small reactors, once they exist."
    )
    reactor_lead_quarters: int = parameter(
        20, unit="quarters", ge=0, le=80, doc="Lead time of small reactors.", source="about 2030"
    )
    site_quarters: int = parameter(
        3, unit="quarters", ge=1, le=20, doc="Building a site before it asks for power."
    )
    other_buyers_capex_usd: float = parameter(
        18.83e9,
        unit="USD per quarter",
        ge=0,
        doc="CapEx of chip buyers outside the model (a social network and others).",
        source="Meta 2025Q3",
        confidence="seen",
    )


class CloudRuleParameters(Section):
    """How clouds plan capacity and finance it."""

    target_utilisation: float = parameter(
        0.85, unit="1", gt=0, le=1, doc="Utilisation for which capacity is planned."
    )
    adjustment_speed: float = parameter(
        0.25, unit="per quarter", gt=0, le=1, doc="Part of the capacity gap ordered in a quarter."
    )
    has_rpo_planning: bool = parameter(
        True, unit="switch", doc="Off: capacity follows organic demand only (ablation)."
    )
    ambition_memory: float = parameter(
        0.85,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of the first quarter's ambition beyond demand that is kept after a quarter with "
        "idle capacity; 1 = clouds never learn from idle capacity.",
    )
    order_growth_cap: float = parameter(
        0.20, unit="per quarter", ge=0, le=5, doc="Fastest growth of orders (crews and sites)."
    )
    cash_buffer_quarters: float = parameter(
        0.75, unit="quarters of CapEx", ge=0, le=12, doc="Cash a cloud keeps back."
    )
    excess_payout: float = parameter(
        0.25,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of the cash beyond twice that of the start which is returned to shareholders.",
    )
    max_leverage: float = parameter(
        4.5, unit="debt over yearly EBITDA", ge=0, le=20, doc="Debt that lenders accept."
    )
    rpo_advance_rate: float = parameter(
        0.25, unit="1 of weighted RPO", ge=0, le=1, doc="Extra debt accepted against contracts."
    )
    base_rate: float = parameter(
        0.043,
        unit="per year",
        ge=0,
        le=0.3,
        doc="Risk-free rate.",
        source="US 10-year, autumn 2025",
    )
    spread: float = parameter(
        0.008, unit="per year", ge=0, le=0.3, doc="Credit spread of a cloud without debt."
    )
    spread_per_leverage: float = parameter(
        0.006, unit="per year per unit", ge=0, le=0.2, doc="Extra spread per turn of leverage."
    )
    debt_maturity_quarters: int = parameter(
        28, unit="quarters", ge=1, le=120, doc="Mean maturity: a share 1/maturity falls due."
    )
    demand_volatility: float = parameter(
        0.15, unit="per year", ge=0, le=2, doc="Volatility in the option hurdle."
    )
    has_option_hurdle: bool = parameter(
        True,
        unit="switch",
        doc="Off: build at a net present value above zero.",
        source="Dixit and Pindyck 1994",
    )
    project_spread: float = parameter(
        0.25, unit="1", gt=0, le=2, doc="Spread of projects' values around their mean."
    )
    other_growth: float = parameter(
        0.08, unit="per year", ge=-0.5, le=1, doc="Growth of cash from business outside AI."
    )
    discount_rate: float = parameter(
        0.09, unit="per year", gt=0, le=1, doc="Return a cloud wants on a data centre."
    )
    capex_cut_ratio: float = parameter(
        0.25, unit="1", gt=0, lt=1, doc="Fall under the four-quarter maximum that counts as a cut."
    )


class ChipmakerRuleParameters(Section):
    """How chipmakers produce, price and finance their customers."""

    has_vendor_finance: bool = parameter(
        True, unit="switch", doc="Off: chipmakers finance nobody, promised tranches included."
    )
    capacity_growth: float = parameter(
        0.10, unit="per quarter", ge=0, le=1, doc="Fastest growth of output."
    )
    normal_backlog_quarters: float = parameter(
        1.0, unit="quarters of output", gt=0, doc="Backlog at which the list price holds."
    )
    price_sensitivity: float = parameter(
        0.05, unit="1", ge=0, le=2, doc="Reaction of the chip price to the backlog."
    )
    trade_credit_share: float = parameter(
        0.55, unit="1", ge=0, le=1, doc="Part of a delivery that is paid a quarter later."
    )
    vendor_required_return: float = parameter(
        0.10, unit="per year", ge=0, le=1, doc="Return asked on vendor finance."
    )
    vendor_loss_given_default: float = parameter(
        0.7, unit="1", ge=0, le=1, doc="Loss on vendor finance when the customer fails."
    )
    concentration_cap: float = parameter(
        0.25, unit="1 of cash and investments", ge=0, le=1, doc="Most put into one customer."
    )
    vendor_round_share: float = parameter(
        0.2, unit="1 of a round", ge=0, le=1, doc="Part of a round a vendor covers at most."
    )


class InvestorRuleParameters(Section):
    """Leverage, margin calls and fund flows."""

    has_leverage: bool = parameter(
        True, unit="switch", doc="Off: no investor borrows or is called (ablation)."
    )
    margin_spread: float = parameter(
        0.025, unit="per year", ge=0, le=0.5, doc="Spread on margin debt."
    )
    market_depth_usd: float = parameter(
        2.0e12,
        unit="USD",
        gt=0,
        doc="Sale that would lower listed prices by 63 %.",
        source="form: Cifuentes, Ferrucci and Shin 2005; value assumed",
    )
    flow_sensitivity: float = parameter(
        1.5,
        unit="1",
        ge=0,
        le=20,
        doc="Reaction of fund inflow to past return.",
        source="form: Sirri and Tufano 1998; value assumed",
    )
    flow_memory: float = parameter(
        0.75, unit="1", ge=0, lt=1, doc="Weight of older returns in past return."
    )


class ValuationParameters(Section):
    """Marks of listed and private shares."""

    discount: float = parameter(
        0.10,
        unit="per year",
        gt=0,
        le=1,
        doc="Discount rate in the H-model.",
        source="Fuller and Hsia 1984",
    )
    long_growth: float = parameter(
        0.05, unit="per year", ge=-0.1, lt=0.5, doc="Growth for ever in the H-model."
    )
    half_life_quarters: float = parameter(
        8.0, unit="quarters", ge=0, le=60, doc="Half-life of fast growth in the H-model."
    )
    speed: float = parameter(
        0.35, unit="per quarter", ge=0, le=1, doc="Speed of marks towards fair value."
    )


class BankParameters(Section):
    """The bank sector."""

    capital_usd: float = parameter(
        2.3e12,
        unit="USD",
        ge=0,
        doc="Capital of the banks.",
        source="US banks",
        confidence="unverified",
    )
    capital_floor: float = parameter(
        0.06, unit="1 of assets", ge=0, le=1, doc="Under it the banks stop lending."
    )
    rest_deposits_usd: float = parameter(
        1.8e13,
        unit="USD",
        ge=0,
        doc="Deposits of the rest of the economy.",
        source="US banks",
        confidence="unverified",
    )
    household_deposits_usd: float = parameter(
        1.0e12, unit="USD", ge=0, doc="Deposits of the households that invest in funds."
    )
    enterprise_deposits_usd: float = parameter(
        5.0e11, unit="USD", ge=0, doc="Deposits of enterprise customers."
    )


class DefaultParameters(Section):
    """What is lost in a default."""

    bankruptcy_external: float = parameter(
        0.8,
        unit="1",
        ge=0,
        le=1,
        doc="Part of its own cash a defaulter's creditors get (alpha).",
        source="Rogers and Veraart 2013",
    )
    bankruptcy_internal: float = parameter(
        0.9,
        unit="1",
        ge=0,
        le=1,
        doc="Part of claims on others they get (beta).",
        source="Rogers and Veraart 2013",
    )
    collateral_discount: float = parameter(
        0.4, unit="1", ge=0, lt=1, doc="Discount on data centres sold after a default."
    )

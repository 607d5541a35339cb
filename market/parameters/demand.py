"""What drives demand: beliefs, enterprise customers, consumers, and how labs serve them."""

from __future__ import annotations

from market.parameters.fields import (
    MOST_PEOPLE_MILLION,
    MOST_USE_CU,
    MOST_WAGE_EUR,
    MOST_WORKERS_MILLION,
    PEOPLE,
    PURSE,
    USE,
    WAGE,
    WORKERS,
    Section,
    parameter,
)

BROCK_HOMMES = "Brock and Hommes 1998"


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
        1500.0,
        unit="million seats",
        ge=0,
        le=MOST_WORKERS_MILLION,
        doc="Seats if every customer buys (market size).",
        why=WORKERS,
    )
    seats_now_million: float = parameter(
        30.0,
        unit="million seats",
        ge=0,
        le=MOST_WORKERS_MILLION,
        doc="Seats bought at the start; with list prices it gives enterprise spending of the labs.",
        source="derived: about 3.1 bn USD a quarter at 30 EUR a seat (Menlo mid-2025: 8.4 bn a "
        "year of API spend, rising; plus seats)",
        confidence="derived",
        why=WORKERS,
    )
    seat_size_sigma: float = parameter(
        0.8, unit="1", ge=0, le=3, doc="Spread (log-normal sigma) of customers' seat counts."
    )
    switching_cost_median_eur: float = parameter(
        3.0,
        unit="EUR per seat per month",
        ge=0,
        le=MOST_WAGE_EUR,
        doc="Median personal switching cost: the article's three euros.",
        source="the article",
        confidence="seen",
        why=WAGE,
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
        le=MOST_WAGE_EUR,
        doc="What a point of reliability (one task in a hundred) is worth to the median customer.",
        why=WAGE,
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
        source="the article: 70% accuracy is not enough",
        confidence="seen",
    )
    minimum_reliability_spread: float = parameter(
        0.06, unit="1", ge=0, le=0.5, doc="Standard deviation of that need."
    )
    contract_quarters: int = parameter(
        4,
        unit="quarters",
        ge=1,
        le=40,
        doc="Quarters from one date of renewal of a customer to the next; 1 = free every quarter.",
    )
    tender_rate: float = parameter(
        0.01,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Chance that a customer puts its seats out to tender: it then takes the best offer, "
        "whatever its contract and its switching cost.",
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
        0.002, unit="per quarter", ge=0, le=1, doc="Bass coefficient p.", source="Bass 1969"
    )
    bass_imitation: float = parameter(
        0.13,
        unit="per quarter",
        ge=0,
        le=2,
        doc="Bass coefficient q.",
        source="derived from enterprise revenue of labs growing about 20 to 50% a quarter in 2025, "
        "less the growth of use per seat",
        confidence="derived",
    )
    base_share: float = parameter(
        0.3,
        unit="1 of the bill at reference use",
        ge=0,
        le=1,
        doc="Part of a seat's bill that does not depend on use.",
        source="modelling choice: seats are flat, interfaces are paid by use; 0 to 0.6",
    )
    budget_median_eur: float = parameter(
        200.0,
        unit="EUR per seat per month",
        gt=0,
        le=MOST_WAGE_EUR,
        doc="Median of what a customer pays for a seat at most: a part of what its work saves.",
        source="modelling choice: 60 to 300",
        why=WAGE,
    )
    budget_sigma: float = parameter(
        1.4, unit="1", ge=0, le=3, doc="Spread (log-normal sigma) of budgets; 0 = all alike."
    )
    use_exponent: float = parameter(
        0.15,
        unit="1",
        ge=0,
        le=1,
        doc="Elasticity of the work handed to a product to the training behind it.",
        source="modelling choice: 0.1 to 0.3",
    )
    use_persistence: float = parameter(
        0.9, unit="per quarter", ge=0, le=0.999, doc="Part of a surprise in use that is left."
    )
    use_surprise: float = parameter(
        0.07,
        unit="1",
        ge=0,
        le=1,
        doc="Standard deviation of new surprises in the use of a lab's product, in logarithms.",
    )
    switch_wave_share: float = parameter(
        0.10, unit="1", gt=0, le=1, doc="Share of seats moving in a quarter that counts as a wave."
    )
    usd_per_eur: float = parameter(
        1.17,
        unit="USD per EUR",
        ge=0.01,
        le=100,
        doc="Exchange rate.",
        why="dearer or cheaper, the two would be no money of one world",
    )


class ConsumerParameters(Section):
    """The consumer market with its free, 20 USD and 200 USD tiers."""

    users_market_million: float = parameter(
        3500.0,
        unit="million people",
        ge=0,
        le=MOST_PEOPLE_MILLION,
        doc="People who may use an assistant weekly.",
        why=PEOPLE,
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
        20.0,
        unit="USD per month",
        ge=0,
        le=2000,
        doc="Middle tier.",
        source="price list",
        confidence="seen",
        why=PURSE,
    )
    pro_price_usd: float = parameter(
        200.0,
        unit="USD per month",
        ge=0,
        le=2000,
        doc="Top tier.",
        source="the article",
        confidence="seen",
        why=PURSE,
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
        le=1000,
        doc="Advertising income per free user when fully built (no public figure: wide prior).",
        why=PURSE,
    )
    ad_build_speed: float = parameter(
        0.06, unit="per quarter", ge=0, le=1, doc="Speed at which advertising is built up."
    )
    switching_rate: float = parameter(
        0.04, unit="per quarter", ge=0, le=1, doc="Share of users who choose again in a quarter."
    )
    choice_scale: float = parameter(
        1.0,
        unit="utility",
        ge=0.001,
        le=1000,
        doc="Scale of taste noise (logit).",
        source="McFadden 1974",
        why="below, the best takes all; above, all are alike",
    )
    reliability_utility: float = parameter(
        6.0,
        unit="utility per unit of reliability",
        ge=0,
        le=1000,
        doc="Weight of quality in the choice.",
        why="above, the most reliable takes all",
    )


class LabRuleParameters(Section):
    """How labs use compute, set prices, train, commit and raise."""

    free_usage: float = parameter(
        1.6e-7,
        unit="CU per user per quarter",
        ge=0,
        le=MOST_USE_CU,
        doc="Inference compute of a free user.",
        why=USE,
    )
    plus_usage: float = parameter(
        5.0e-6,
        unit="CU per user per quarter",
        ge=0,
        le=MOST_USE_CU,
        doc="Inference compute of a 20 USD user.",
        why=USE,
    )
    pro_usage_minimum: float = parameter(
        4.0e-5,
        unit="CU per user per quarter",
        ge=0,
        le=MOST_USE_CU,
        doc="Least use of a 200 USD user.",
        why=USE,
    )
    pro_usage_tail: float = parameter(
        1.25, unit="1", gt=1, le=10, doc="Pareto tail index of use on the flat 200 USD tier."
    )
    pro_usage_cap: float = parameter(
        2.0e-3,
        unit="CU per user per quarter",
        gt=0,
        le=MOST_USE_CU,
        doc="Most that rate limits let through.",
        why=USE,
    )
    seat_usage: float = parameter(
        1.1e-5,
        unit="CU per seat per quarter",
        ge=0,
        le=MOST_USE_CU,
        doc="Inference compute of an enterprise seat.",
        why=USE,
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
    release_persistence: float = parameter(
        0.9, unit="per quarter", ge=0, le=0.999, doc="Part of a good or bad release that is left."
    )
    release_surprise: float = parameter(
        0.10,
        unit="1",
        ge=0,
        le=1,
        doc="Standard deviation of new surprises in what training brings a lab, in logarithms.",
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
        0.25, unit="1", ge=0, le=2, doc="Staff and other cost added per unit of revenue growth."
    )
    planning_quarters: int = parameter(
        5, unit="quarters", ge=1, le=20, doc="Horizon of training and risk plans."
    )
    need_quarters: int = parameter(
        8,
        unit="quarters",
        ge=1,
        le=40,
        doc="Horizon of the cash plan that says how much to raise.",
    )
    payout_share: float = parameter(
        0.5,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of the cash beyond the costs of its plan that a lab which earns money pays out.",
    )
    wish_memory: float = parameter(
        0.97,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of a wish to train that is kept after a quarter without the money for it.",
    )
    growth_fade: float = parameter(
        0.93, unit="per quarter", gt=0, le=1, doc="Factor on expected growth per quarter ahead."
    )
    buffer_quarters: float = parameter(
        2.0, unit="quarters of burn", ge=0, le=12, doc="Cash wanted beyond the deepest hole."
    )
    has_absorption: bool = parameter(
        True,
        unit="switch",
        doc="Off: nobody buys a lab that can raise no money (ablation).",
        source="Jensen and Ruback 1983",
    )
    absorption_runway_quarters: float = parameter(
        2.0,
        unit="quarters of burn",
        ge=0,
        le=20,
        doc="Cash under which a lab whose round has failed is for sale.",
    )
    absorption_cash_share: float = parameter(
        0.25,
        unit="1",
        ge=0,
        le=1,
        doc="Part of its free cash that a buyer puts into a lab and its losses.",
        source="form: Shleifer and Vishny 1992; value assumed",
    )
    absorption_stock_share: float = parameter(
        0.02,
        unit="1",
        ge=0,
        le=1,
        doc="New shares, as a part of its market value, that a listed buyer gives for a lab.",
    )
    run_off_quarters: int = parameter(
        4,
        unit="quarters",
        ge=0,
        le=40,
        doc="Quarters that creditors run a failed lab's product, as long as it earns its compute "
        "and staff; 0 = it stops at once.",
    )
    run_off_leaving: float = parameter(
        0.3,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of a failed lab's users who leave in a quarter though their contract runs on.",
    )
    run_off_give_up: float = parameter(
        0.15,
        unit="1",
        ge=0,
        le=1,
        doc="Part of a failed lab's leaving users who buy from nobody from then on.",
    )
    commitment_multiple: float = parameter(
        0.5, unit="RPO over valuation", ge=0, le=10, doc="Contracts are signed under this ratio."
    )
    contract_quarters: int = parameter(
        8, unit="quarters", ge=1, le=40, doc="Length of a new compute contract."
    )
    parent_purse_share: float = parameter(
        0.10,
        unit="1 of the parent's cash",
        ge=0,
        le=1,
        doc="Part of a parent's cash that its lab may plan with over the planning horizon.",
    )
    has_renegotiation: bool = parameter(
        True, unit="switch", doc="A lab that failed to raise may give up contracts not yet begun."
    )
    cancellation_fee: float = parameter(
        0.02, unit="1 of contract value", ge=0, le=1, doc="Fee for giving up such a contract."
    )

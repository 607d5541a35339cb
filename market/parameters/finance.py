"""What drives finance: rounds, investors, marks, banks and default."""

from __future__ import annotations

from market.parameters.fields import (
    MONEY,
    MOST_MONEY_USD,
    Section,
    parameter,
)

MORRIS_SHIN = "Morris and Shin 2003"


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
        2.2,
        unit="1",
        gt=1,
        le=20,
        doc="Exit multiple the last round's investors expected.",
        source="modelling choice: rounds of the opening, about half as hard as all pledges allow, "
        "ask 1.8 to 2.0 of the marginal investor",
    )
    exit_multiple_cap: float = parameter(
        4.0,
        unit="1",
        gt=1,
        le=100,
        doc="Exit multiple from which on a lower price draws nobody: money is short, not return.",
    )
    price_floor: float = parameter(
        0.8,
        unit="1 of the last mark",
        gt=0,
        le=1,
        doc="Lowest price of a round; below, it closes in part or fails.",
    )
    price_cap: float = parameter(
        1.6,
        unit="1 of the last mark",
        ge=1,
        le=10,
        doc="Highest price of a round, however oversubscribed.",
        source="steps between rounds of the largest lab: 86, 157, 300, 500 bn USD in 2024 and 2025",
    )
    minimum_close: float = parameter(
        0.25, unit="1 of what is asked", gt=0, le=1, doc="Least part at which a round closes."
    )
    dilution_cap: float = parameter(
        0.13,
        unit="1 of post-money",
        gt=0,
        lt=1,
        doc="Most of itself that a lab sells in a round.",
        source="public rounds of 2024 and 2025 sold 4 to 13% of post-money",
        confidence="derived",
    )
    opportunistic_share: float = parameter(
        0.08,
        unit="1 of the last mark",
        ge=0,
        lt=1,
        doc="What a lab raises without need when its price is good; 0 = it never does.",
        source="public rounds of 2024 and 2025 sold 4 to 13% of post-money, often without need",
    )
    opportunistic_premium: float = parameter(
        0.15,
        unit="1",
        ge=0,
        le=10,
        doc="Fair value over the last mark that makes the price good.",
    )
    round_gap_quarters: int = parameter(
        4, unit="quarters", ge=1, le=40, doc="Quarters between rounds that are held without need."
    )
    runway_target_quarters: float = parameter(
        6.0, unit="quarters", ge=0, le=40, doc="Runway under which a lab with a need holds a round."
    )
    exit_quarters: int = parameter(
        16, unit="quarters", ge=1, le=60, doc="Horizon at which investors expect to sell."
    )
    exit_growth_fade: float = parameter(
        0.88, unit="per quarter", gt=0, le=1, doc="Factor on expected growth per quarter ahead."
    )
    return_rise_after_failure: float = parameter(
        0.09,
        unit="1",
        ge=0,
        le=2,
        doc="Rise of everybody's required return after a quarter in which no money asked in rounds "
        "was raised; less in step with what was.",
    )
    return_memory: float = parameter(
        0.7, unit="per quarter", ge=0, lt=1, doc="Part of that rise left after a quarter."
    )
    markdown_after_failure: float = parameter(
        0.25, unit="1", ge=0, lt=1, doc="Fall of the valuation after a failed round."
    )
    markup_speed: float = parameter(
        0.15,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Speed at which secondary sales mark a lab up towards fair value between rounds.",
        source="form: Gornall and Strebulaev 2020; value assumed",
    )
    freeze_ratio: float = parameter(
        0.5, unit="raised over needed", gt=0, le=1, doc="Below it for two quarters is a freeze."
    )
    ipo_revenue_usd: float = parameter(
        2.0e10,
        unit="USD per quarter",
        ge=0,
        le=MOST_MONEY_USD,
        doc="Revenue from which a lab whose rounds still close can list its shares.",
        why=MONEY,
    )
    convertible_cap: float = parameter(
        0.05,
        unit="1 of the last mark",
        ge=0,
        le=1,
        doc="Most convertible notes that a lab owes; 0 = nobody bridges.",
    )
    convertible_discount: float = parameter(
        0.2,
        unit="1",
        ge=0,
        le=0.9,
        doc="Discount to the price of the next round at which notes become shares.",
        source="usual terms: 15 to 25%",
    )
    convertible_quarters: int = parameter(
        4, unit="quarters", ge=1, le=40, doc="Quarters after which notes are due in cash."
    )
    bridge_share: float = parameter(
        0.1,
        unit="1 of its stake",
        ge=0,
        le=1,
        doc="What an owner lends at most in a quarter to a lab whose round fell short.",
    )
    freeze_least_share: float = parameter(
        0.0025,
        unit="1 of the value of all who ask",
        ge=0,
        le=1,
        doc="Least money needed for a freeze: the want of a dwarf is no freeze of the market.",
    )


class StartupRuleParameters(Section):
    """How cohorts of AI start-ups spend, grow, ask for money and die."""

    runway_quarters: float = parameter(
        6.0,
        unit="quarters",
        ge=1,
        le=20,
        doc="Quarters for which a round is meant to last.",
        source="usual rounds: 18 to 24 months",
    )
    thrift: float = parameter(
        1.0,
        unit="1",
        ge=0,
        le=10,
        doc="How much longer cash is made to last when no round is expected to close.",
    )
    fill_memory: float = parameter(
        0.5, unit="per quarter", ge=0, lt=1, doc="Weight of the past in the fill they expect."
    )
    compute_spending_share: float = parameter(
        0.35,
        unit="1 of spending",
        ge=0,
        le=1,
        doc="Part of spending that goes to compute.",
        source="modelling choice: wide range, 0.2 to 0.6",
    )
    burn_multiple: float = parameter(
        5.0,
        unit="USD burnt per USD of new yearly revenue",
        ge=0.1,
        le=1000,
        doc="Cash that growth costs.",
        source="startups at series A, first half of 2025",
        confidence="seen",
        why="from growth that costs next to nothing to firms that never sell",
    )
    churn: float = parameter(
        0.03, unit="per quarter", ge=0, le=1, doc="Revenue that they lose in a quarter."
    )
    growth_cap: float = parameter(
        0.16,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Growth of their cash that rounds are asked for at the size of the start.",
        source="derived: rounds outside the large labs of 10.4 bn USD in 2024Q1 and 28 in 2025Q3",
        confidence="derived",
    )
    growth_fade: float = parameter(
        0.3, unit="1", ge=0, le=2, doc="Elasticity of that growth to size: large sectors slow down."
    )
    least_growth: float = parameter(
        -0.05, unit="per quarter", ge=-1, le=0, doc="Growth under which they never plan."
    )
    death_rate: float = parameter(
        0.01, unit="per quarter", ge=0, le=1, doc="Share of firms that dies when all are funded."
    )
    hardness_spread: float = parameter(
        0.5,
        unit="1",
        ge=0.01,
        le=3,
        doc="Spread (log-normal sigma) of how hard the rounds of a cohort's firms are to fill.",
        why="below, all firms close or none; above, hardness says nothing",
    )
    target_fill: float = parameter(
        0.9, unit="1", gt=0, lt=1, doc="Share of rounds that closes at the price they ask."
    )
    price_step: float = parameter(
        0.25,
        unit="per quarter",
        ge=0,
        le=0.75,
        doc="Most that their price moves in a quarter.",
        why="a price that falls to nothing at once makes shares without number",
    )
    investor_share: float = parameter(
        0.5,
        unit="1 of all shares",
        ge=0,
        le=1,
        doc="Part held by round investors at the start, by their cash; founders have the rest.",
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
        le=MOST_MONEY_USD,
        doc="Sale that would lower listed prices by 63%.",
        source="form: Cifuentes, Ferrucci and Shin 2005; value assumed",
        why=MONEY,
    )
    flow_sensitivity: float = parameter(
        6.0,
        unit="1",
        ge=0,
        le=20,
        doc="Reaction of fund inflow to past return (in its logarithm).",
        source="form: Sirri and Tufano 1998; value assumed",
    )
    flow_worth: float = parameter(
        0.75,
        unit="1",
        ge=0,
        le=2,
        doc="Elasticity of inflow to what a fund is worth and has paid back, over its first worth.",
    )
    most_flow: float = parameter(
        6.0,
        unit="times the stated inflow",
        ge=1,
        le=100,
        doc="Most that savers bring in a quarter.",
    )
    expiry: float = parameter(
        0.05,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of the uncalled money of funds that returns to savers.",
        source="investment periods of about five years",
    )
    exit_rate: float = parameter(
        0.01,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of their start-ups that funds sell to the public market.",
    )
    fearful_exit_rate: float = parameter(
        0.003,
        unit="per quarter",
        ge=0,
        le=1,
        doc="The same while required returns are raised by a tenth and more.",
    )
    listed_exit_quarters: float = parameter(
        12.0,
        unit="quarters",
        ge=1,
        le=400,
        doc="Quarters over which funds sell their shares of a lab that is listed.",
        why="no run is longer than a century",
    )
    exit_purse: float = parameter(
        0.10,
        unit="1 of its cash",
        ge=0,
        le=1,
        doc="Part of its cash for which the public market buys from funds in a quarter.",
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
        le=MOST_MONEY_USD,
        doc="Capital of the banks.",
        source="US banks",
        confidence="unverified",
        why=MONEY,
    )
    ai_capital_usd: float = parameter(
        2.4e11,
        unit="USD",
        ge=0,
        le=MOST_MONEY_USD,
        doc="Capital of the banks that lend to AI firms and their lenders.",
        source="derived: 2.3e12 of all US banks times the 10.4% of their loans that go to lenders "
        "that are no banks; from 3e10 (8% of their loans to AI at a peak) to all of it",
        confidence="derived",
        why=MONEY,
    )
    opening_ratio: float = parameter(
        0.10,
        unit="1 of assets",
        ge=0.01,
        le=1,
        why="no bank lends a hundred times its capital",
        doc="Capital of these over their assets at the start; what AI does not take are other "
        "loans.",
    )
    target_ratio: float = parameter(
        0.08, unit="1 of assets", ge=0, le=1, doc="Under it these lend nothing new."
    )
    retention: float = parameter(
        0.3,
        unit="1 of net interest",
        ge=0,
        le=1,
        doc="Part of their net interest on AI that these keep as capital; dividends, costs and "
        "tax take the rest.",
        source="modelling choice: 0.2 to 1; with all of it kept no loss makes them insolvent",
    )
    capital_floor: float = parameter(
        0.06, unit="1 of assets", ge=0, le=1, doc="Under it the banks stop lending."
    )
    rest_deposits_usd: float = parameter(
        1.8e13,
        unit="USD",
        ge=1e12,
        le=MOST_MONEY_USD,
        doc="Deposits of the rest of the economy.",
        source="US banks",
        confidence="unverified",
        why=MONEY,
    )
    household_deposits_usd: float = parameter(
        1.0e12,
        unit="USD",
        ge=0,
        le=MOST_MONEY_USD,
        doc="Deposits of the households that invest in funds.",
        why=MONEY,
    )
    enterprise_deposits_usd: float = parameter(
        5.0e11,
        unit="USD",
        ge=0,
        le=MOST_MONEY_USD,
        doc="Deposits of enterprise customers.",
        why=MONEY,
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
        0.4,
        unit="1",
        ge=0,
        lt=1,
        doc="Discount on shares sold and on plant that is security, after a default.",
    )
    has_administration: bool = parameter(
        True,
        unit="switch",
        doc="Off: what survivors do not buy of a failed cloud in the quarter of its default is "
        "scrapped, and a failed lab stops at once (ablation).",
    )
    estate_purchase_share: float = parameter(
        0.10,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of its free cash that a cloud puts into the data centres of failed ones.",
        source="form: Shleifer and Vishny 1992 (buyers of the same industry are short of money "
        "themselves); value assumed",
    )
    estate_discount: float = parameter(
        0.15,
        unit="per year",
        ge=0,
        le=1,
        doc="Return that creditors ask who run a failed firm's data centres.",
    )

"""What drives finance: rounds, investors, marks, banks and default."""

from __future__ import annotations

from market.parameters.fields import MONEY, MOST_MONEY_USD, Section, parameter

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
    minimum_round_quarters: float = parameter(
        3.0, unit="quarters of burn", ge=0, le=20, doc="Smallest round that a lab bothers with."
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
        le=MOST_MONEY_USD,
        doc="Capital of the banks.",
        source="US banks",
        confidence="unverified",
        why=MONEY,
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

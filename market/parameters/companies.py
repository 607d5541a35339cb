"""What a scenario states about each company, contract, commitment and stake.

Companies are data: a scenario lists them under a key of its own choice, and the model never
looks at their names. Money is in USD, compute in CU (1,000 reference-accelerator-quarters), chips
in thousands of units, power in GW. Quarters count from the start of the scenario (0 = first).
"""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from market.parameters.fields import (
    COMPUTE,
    FIRM,
    FLOW,
    LONGEST_RUN,
    MOST_COMPUTE_CU,
    MOST_FIRM_USD,
    MOST_FLOW_USD,
    MOST_PEOPLE_MILLION,
    MOST_POWER_GW,
    MOST_WAGE_EUR,
    MOST_WORKERS_MILLION,
    PEOPLE,
    POWER,
    RUN,
    WAGE,
    WORKERS,
    Section,
    parameter,
)

_YEAR = 4


class CompanyParameters(Section):
    """What a scenario states about any firm; the base of every type of firm.

    A table ``dict[str, CompanyParameters]`` of the scenario, of this class or a subclass, lists
    firms by their keys.
    """

    name: str = parameter(unit="text", doc="Name shown to people.")


class LabParameters(CompanyParameters):
    """An AI lab at the start of the scenario."""

    cash_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Cash and securities at the start.", why=FIRM
    )
    valuation_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Post-money value of the last round.", why=FIRM
    )
    enterprise_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of enterprise seats in use at the start."
    )
    enterprise_price_eur: float = parameter(
        30.0,
        unit="EUR per seat per month",
        gt=0,
        le=MOST_WAGE_EUR,
        doc="Enterprise list price at the start.",
        why=WAGE,
    )
    consumer_users_million: float = parameter(
        0.0,
        unit="million people",
        ge=0,
        le=MOST_PEOPLE_MILLION,
        doc="Weekly users of the assistant, all tiers.",
        why=PEOPLE,
    )
    paying_share: float = parameter(
        0.05, unit="1", ge=0, le=1, doc="Share of users on a paid tier at the start."
    )
    default_placement: float = parameter(
        0.0,
        unit="utility",
        ge=-1000,
        le=1000,
        doc="Extra utility for consumers because the lab is the default on their device.",
        why="beyond, everybody or nobody takes it",
    )
    reliability: float = parameter(
        unit="1", gt=0, lt=1, doc="Share of tasks done right (the article's accuracy)."
    )
    training_cu: float = parameter(
        unit="CU",
        ge=0,
        le=MOST_COMPUTE_CU,
        doc="Compute used for training per quarter.",
        why=COMPUTE,
    )
    cumulative_training_cu: float = parameter(
        unit="CU",
        gt=0,
        le=400 * MOST_COMPUTE_CU,
        doc="All training compute used until the start.",
        why=COMPUTE + " in each quarter of a century",
    )
    staff_cost_usd: float = parameter(
        unit="USD per quarter",
        ge=0,
        le=MOST_FLOW_USD,
        doc="Staff, data, marketing and other costs but compute.",
        why=FLOW,
    )
    revenue_growth: float = parameter(
        0.2, unit="per quarter", ge=-0.5, le=2, doc="Growth of revenue seen before the start."
    )
    price_advantage: float = parameter(
        1.0,
        unit="1",
        gt=0,
        le=2,
        doc="Inference compute per seat relative to the market (a frugal lab needs less).",
    )
    parent: str | None = parameter(
        None, unit="company key", doc="Company that pays for the lab's deficits; none = rounds."
    )
    enters_quarter: int | None = parameter(
        0,
        unit="quarter",
        ge=0,
        le=LONGEST_RUN,
        doc="Quarter in which the lab opens; none = it stays out.",
        why=RUN,
    )
    entry_users_share: float = parameter(
        0.0,
        unit="1",
        ge=0,
        lt=1,
        doc="Share of consumers whose first choice the lab is on entry (sets its brand).",
    )
    is_listed: bool = parameter(
        False, unit="switch", doc="Shares trade: the lab can sell shares to the public market."
    )


class CloudParameters(CompanyParameters):
    """A cloud provider (with its parent's other business) at the start of the scenario."""

    cash_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Cash and securities.", why=FIRM
    )
    debt_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Bonds, loans and leases outstanding.", why=FIRM
    )
    debt_due: dict[str, float] = parameter(
        {},
        unit="1 of its debt by year",
        doc="Parts of its debt that fall due in calendar years; the rest falls due evenly, as its "
        "kind of issuer states.",
    )
    market_cap_usd: float = parameter(
        unit="USD", gt=0, le=MOST_FIRM_USD, doc="Market value of the shares.", why=FIRM
    )
    operating_cash_flow_usd: float = parameter(
        unit="USD per quarter",
        ge=-MOST_FLOW_USD,
        le=MOST_FLOW_USD,
        doc="Cash flow from all operations, before investment.",
        why=FLOW,
    )
    capex_usd: float = parameter(
        unit="USD per quarter", ge=0, le=MOST_FLOW_USD, doc="CapEx of the first quarter.", why=FLOW
    )
    other_capex_share: float = parameter(
        0.2, unit="1", ge=0, lt=1, doc="Share of CapEx that is not for AI data centres."
    )
    capacity_cu: float = parameter(
        unit="CU", ge=0, le=MOST_COMPUTE_CU, doc="AI compute installed at the start.", why=COMPUTE
    )
    organic_share: float = parameter(
        0.6,
        unit="1",
        ge=0,
        le=1,
        doc="Share of capacity used by customers that are not labs (own products included).",
    )
    organic_growth: float = parameter(
        0.10, unit="per quarter", ge=-0.5, le=1, doc="Growth of that use before the start."
    )
    other_rpo_usd: float = parameter(
        0.0,
        unit="USD",
        ge=0,
        le=MOST_FIRM_USD,
        doc="RPO from customers that are not labs of the scenario.",
        why=FIRM,
    )
    other_assets_usd: float = parameter(
        0.0,
        unit="USD",
        ge=0,
        le=MOST_FIRM_USD,
        doc="Data centres and plant that do not serve AI, book value.",
        why=FIRM,
    )
    payout_usd: float = parameter(
        0.0,
        unit="USD per quarter",
        ge=0,
        le=MOST_FLOW_USD,
        doc="Dividends and buy-backs while cash allows.",
        why=FLOW,
    )
    own_chip_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of chips of its own design, made outside the model."
    )
    suppliers: dict[str, float] = parameter(
        {}, unit="1 by chipmaker key", doc="Shares in which the other chips are bought."
    )
    regions: dict[str, float] = parameter(
        {},
        unit="1 by region key",
        doc="Shares of its new sites by region of power; none: by what the regions connect.",
    )
    is_investment_grade: bool = parameter(
        True, unit="switch", doc='Kind of issuer: "ig" of credit_classes, others "hy".'
    )
    strategic_share: float = parameter(
        0.0,
        unit="1",
        ge=0,
        le=1,
        doc="Share of free cash that may go into rounds of labs that buy its compute.",
    )

    @field_validator("debt_due")
    @classmethod
    def _debt_falls_due_once(cls, value: dict[str, float]) -> dict[str, float]:
        for key, part in value.items():
            if not (key.isdecimal() and len(key) == _YEAR):
                raise ValueError(f"{key}: a year has four figures")
            if not 0 <= part <= 1:
                raise ValueError(f"{key} = {part:g}: a part is at least 0 and at most 1")
        if sum(value.values()) > 1 + 1e-9:
            raise ValueError("more than all of the debt falls due")
        return value

    @field_validator("suppliers", "regions")
    @classmethod
    def _parts_are_shares(cls, value: dict[str, float]) -> dict[str, float]:
        for key, part in value.items():
            if not 0 <= part <= 1:
                raise ValueError(f"{key} = {part:g}: a share is at least 0 and at most 1")
        return value


class ChipmakerParameters(CompanyParameters):
    """A chipmaker at the start of the scenario."""

    cash_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Cash and securities.", why=FIRM
    )
    debt_usd: float = parameter(
        0.0, unit="USD", ge=0, le=MOST_FIRM_USD, doc="Bonds outstanding.", why=FIRM
    )
    market_cap_usd: float = parameter(
        unit="USD", gt=0, le=MOST_FIRM_USD, doc="Market value of the shares.", why=FIRM
    )
    revenue_usd: float = parameter(
        unit="USD per quarter",
        gt=0,
        le=MOST_FLOW_USD,
        doc="Revenue from data-centre chips in the first quarter.",
        why=FLOW,
    )
    revenue_growth: float = parameter(
        0.1, unit="per quarter", ge=-0.5, le=1, doc="Growth of revenue before the start."
    )
    other_income_usd: float = parameter(
        0.0,
        unit="USD per quarter",
        ge=-MOST_FLOW_USD,
        le=MOST_FLOW_USD,
        doc="Net cash from business outside the model.",
        why=FLOW,
    )
    gross_margin: float = parameter(unit="1", gt=0, lt=1, doc="Gross margin on chips.")
    overhead_usd: float = parameter(
        unit="USD per quarter",
        ge=0,
        le=MOST_FLOW_USD,
        doc="Research, sales and other operating costs.",
        why=FLOW,
    )
    payout_share: float = parameter(
        0.5, unit="1", ge=0, le=1, doc="Share of free cash flow returned to shareholders."
    )
    vendor_finance_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of free cash flow that may finance customers."
    )


class InvestorParameters(CompanyParameters):
    """An investor (fund, holding, sovereign, parent) at the start of the scenario."""

    kind: Literal["venture", "crossover", "sovereign", "holding", "parent", "public"] = parameter(
        unit="kind",
        doc="venture and crossover funds live on inflow; a holding may borrow; a parent pays for "
        "its lab; public is the market for listed shares.",
    )
    cash_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Cash: dry powder for new rounds.", why=FIRM
    )
    other_assets_usd: float = parameter(
        0.0,
        unit="USD",
        ge=0,
        le=MOST_FIRM_USD,
        doc="Listed shares of companies outside the model.",
        why=FIRM,
    )
    debt_usd: float = parameter(
        0.0, unit="USD", ge=0, le=MOST_FIRM_USD, doc="Margin debt owed to the bank.", why=FIRM
    )
    inflow_usd: float = parameter(
        0.0,
        unit="USD per quarter",
        ge=0,
        le=MOST_FLOW_USD,
        doc="New money from savers in a normal quarter.",
        why=FLOW,
    )
    participation: float = parameter(
        0.35, unit="1", ge=0, le=1, doc="Share of dry powder put at most into one round."
    )
    required_return: float = parameter(
        0.05, unit="1", ge=0, le=2, doc="Required excess return on a round over its life."
    )
    max_loan_to_value: float = parameter(
        0.0, unit="1", ge=0, lt=1, doc="Debt over assets at which the margin call comes."
    )


class StartupParameters(CompanyParameters):
    """A cohort of AI start-ups that live on rounds, at the start of the scenario."""

    cash_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Cash of all its firms.", why=FIRM
    )
    valuation_usd: float = parameter(
        unit="USD", ge=0, le=MOST_FIRM_USD, doc="Value of all its firms in their rounds.", why=FIRM
    )
    revenue_usd: float = parameter(
        unit="USD per quarter", ge=0, le=MOST_FLOW_USD, doc="Revenue of all its firms.", why=FLOW
    )
    revenue_growth: float = parameter(
        0.2, unit="per quarter", ge=-0.5, le=2, doc="Growth of revenue seen before the start."
    )


class ComputeContractParameters(Section):
    """A take-or-pay compute contract that is known at the start."""

    lab: str = parameter(unit="lab key", doc="Who buys.")
    cloud: str = parameter(unit="cloud key", doc="Who delivers.")
    total_usd: float = parameter(
        unit="USD", ge=1, le=MOST_FIRM_USD, doc="Value of all deliveries.", why=FIRM
    )
    capacity_cu: float = parameter(
        unit="CU per quarter",
        ge=0.001,
        le=MOST_COMPUTE_CU,
        doc="Compute when at full size.",
        why=COMPUTE,
    )
    signed_quarter: int = parameter(
        0, unit="quarter", ge=0, le=LONGEST_RUN, doc="When it enters RPO.", why=RUN
    )
    start_quarter: int = parameter(
        0, unit="quarter", ge=0, le=LONGEST_RUN, doc="First delivery.", why=RUN
    )
    ramp_quarters: int = parameter(
        0,
        unit="quarters",
        ge=0,
        le=LONGEST_RUN,
        doc="Quarters from the first delivery to full size.",
        why=RUN,
    )
    initial_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of full size in the first quarter of the ramp."
    )
    duration_quarters: int = parameter(
        20, unit="quarters", gt=0, le=LONGEST_RUN, doc="Quarters of delivery.", why=RUN
    )
    terminable_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of the value that the lab may give up without a fee."
    )

    @model_validator(mode="after")
    def _something_is_delivered(self) -> ComputeContractParameters:
        if self.duration_quarters == 1 and self.ramp_quarters > 0 and self.initial_share == 0:
            raise ValueError(
                "nothing is ever delivered: one quarter (duration_quarters) of a ramp that "
                "begins at initial_share = 0"
            )
        return self


class EquityCommitmentParameters(Section):
    """Money promised to a lab in tranches; with a condition it is a letter of intent."""

    investor: str = parameter(unit="company key", doc="Who pays.")
    lab: str = parameter(unit="lab key", doc="Who gets it.")
    tranche_usd: float = parameter(
        unit="USD", gt=0, le=MOST_FIRM_USD, doc="Size of a tranche.", why=FIRM
    )
    tranches: int = parameter(
        1,
        unit="1",
        ge=1,
        le=LONGEST_RUN,
        doc="Number of tranches.",
        why="one a quarter at most: " + RUN,
    )
    first_quarter: int = parameter(
        1, unit="quarter", ge=0, le=LONGEST_RUN, doc="Earliest quarter of the first.", why=RUN
    )
    condition_gw: float = parameter(
        0.0,
        unit="GW per tranche",
        ge=0,
        le=MOST_POWER_GW,
        doc="Compute of the lab that must be live before each tranche; 0 = unconditional.",
        why=POWER,
    )
    probability: float = parameter(
        1.0,
        unit="1",
        ge=0,
        le=1,
        doc="Chance that a tranche is executed once its condition is met; under 1 it is a letter "
        "of intent, with power as a condition or without.",
    )


class BackstopParameters(Section):
    """A chipmaker's promise to rent capacity that a cloud cannot sell."""

    chipmaker: str = parameter(unit="chipmaker key", doc="Who promises.")
    cloud: str = parameter(unit="cloud key", doc="Whose idle capacity is rented.")
    total_usd: float = parameter(
        unit="USD", gt=0, le=MOST_FIRM_USD, doc="Most that will be paid in all.", why=FIRM
    )
    first_quarter: int = parameter(
        0, unit="quarter", ge=0, le=LONGEST_RUN, doc="From when on it can be called.", why=RUN
    )
    quarters: int = parameter(
        28, unit="quarters", gt=0, le=LONGEST_RUN, doc="How long it runs.", why=RUN
    )


class StakeParameters(Section):
    """Shares of a company of the model held by another at the start."""

    holder: str = parameter(unit="company key", doc="Who holds.")
    issuer: str = parameter(unit="company key", doc="Whose shares.")
    share: float = parameter(unit="1", gt=0, le=1, doc="Part of all shares.")


class DemandingCustomerParameters(Section):
    """One enterprise customer with needs of its own (for instance a demanding travel site)."""

    name: str = parameter(unit="text", doc="Name shown to people.")
    seats: float = parameter(
        unit="seats", gt=0, le=1e6 * MOST_WORKERS_MILLION, doc="Seats when it buys.", why=WORKERS
    )
    minimum_reliability: float = parameter(
        unit="1", ge=0, lt=1, doc="Reliability below which it does not buy."
    )
    switching_cost_eur: float = parameter(
        3.0,
        unit="EUR per seat per month",
        ge=0,
        le=MOST_WAGE_EUR,
        doc="Price gap it does not move for.",
        why=WAGE,
    )

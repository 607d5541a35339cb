"""What a scenario states about each company, contract, commitment and stake.

Companies are data: a scenario lists them under a key of its own choice, and the model never
looks at their names. Money is in USD, compute in CU (1,000 reference-accelerator-quarters), chips
in thousands of units, power in GW. Quarters count from the start of the scenario (0 = first).
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from market.parameters.fields import Section, parameter


class CompanyParameters(Section):
    """What a scenario states about any firm; the base of every type of firm.

    A table ``dict[str, CompanyParameters]`` of the scenario, of this class or a subclass, lists
    firms by their keys.
    """

    name: str = parameter(unit="text", doc="Name shown to people.")


class LabParameters(CompanyParameters):
    """An AI lab at the start of the scenario."""

    cash_usd: float = parameter(unit="USD", ge=0, doc="Cash and securities at the start.")
    valuation_usd: float = parameter(unit="USD", ge=0, doc="Post-money value of the last round.")
    enterprise_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of enterprise seats in use at the start."
    )
    enterprise_price_eur: float = parameter(
        30.0, unit="EUR per seat per month", gt=0, doc="Enterprise list price at the start."
    )
    consumer_users_million: float = parameter(
        0.0, unit="million people", ge=0, doc="Weekly users of the assistant, all tiers."
    )
    paying_share: float = parameter(
        0.05, unit="1", ge=0, le=1, doc="Share of users on a paid tier at the start."
    )
    default_placement: float = parameter(
        0.0,
        unit="utility",
        doc="Extra utility for consumers because the lab is the default on their device.",
    )
    reliability: float = parameter(
        unit="1", gt=0, lt=1, doc="Share of tasks done right (the article's accuracy)."
    )
    training_cu: float = parameter(unit="CU", ge=0, doc="Compute used for training per quarter.")
    cumulative_training_cu: float = parameter(
        unit="CU", gt=0, doc="All training compute used until the start."
    )
    staff_cost_usd: float = parameter(
        unit="USD per quarter", ge=0, doc="Staff, data, marketing and other costs but compute."
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
        0, unit="quarter", ge=0, doc="Quarter in which the lab opens; none = it stays out."
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

    cash_usd: float = parameter(unit="USD", ge=0, doc="Cash and securities.")
    debt_usd: float = parameter(unit="USD", ge=0, doc="Bonds, loans and leases outstanding.")
    market_cap_usd: float = parameter(unit="USD", gt=0, doc="Market value of the shares.")
    operating_cash_flow_usd: float = parameter(
        unit="USD per quarter", doc="Cash flow from all operations, before investment."
    )
    capex_usd: float = parameter(unit="USD per quarter", ge=0, doc="CapEx of the first quarter.")
    other_capex_share: float = parameter(
        0.2, unit="1", ge=0, lt=1, doc="Share of CapEx that is not for AI data centres."
    )
    capacity_cu: float = parameter(unit="CU", ge=0, doc="AI compute installed at the start.")
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
        0.0, unit="USD", ge=0, doc="RPO from customers that are not labs of the scenario."
    )
    other_assets_usd: float = parameter(
        0.0, unit="USD", ge=0, doc="Data centres and plant that do not serve AI, book value."
    )
    payout_usd: float = parameter(
        0.0, unit="USD per quarter", ge=0, doc="Dividends and buy-backs while cash allows."
    )
    own_chip_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of chips of its own design, made outside the model."
    )
    suppliers: dict[str, float] = parameter(
        {}, unit="1 by chipmaker key", doc="Shares in which the other chips are bought."
    )
    is_investment_grade: bool = parameter(
        True, unit="switch", doc="Can issue bonds to the public; others borrow from banks."
    )
    strategic_share: float = parameter(
        0.0,
        unit="1",
        ge=0,
        le=1,
        doc="Share of free cash that may go into rounds of labs that buy its compute.",
    )


class ChipmakerParameters(CompanyParameters):
    """A chipmaker at the start of the scenario."""

    cash_usd: float = parameter(unit="USD", ge=0, doc="Cash and securities.")
    debt_usd: float = parameter(0.0, unit="USD", ge=0, doc="Bonds outstanding.")
    market_cap_usd: float = parameter(unit="USD", gt=0, doc="Market value of the shares.")
    revenue_usd: float = parameter(
        unit="USD per quarter", gt=0, doc="Revenue from data-centre chips in the first quarter."
    )
    revenue_growth: float = parameter(
        0.1, unit="per quarter", ge=-0.5, le=1, doc="Growth of revenue before the start."
    )
    other_income_usd: float = parameter(
        0.0, unit="USD per quarter", doc="Net cash from business outside the model."
    )
    gross_margin: float = parameter(unit="1", gt=0, lt=1, doc="Gross margin on chips.")
    overhead_usd: float = parameter(
        unit="USD per quarter", ge=0, doc="Research, sales and other operating costs."
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
    cash_usd: float = parameter(unit="USD", ge=0, doc="Cash: dry powder for new rounds.")
    other_assets_usd: float = parameter(
        0.0, unit="USD", ge=0, doc="Listed shares of companies outside the model."
    )
    debt_usd: float = parameter(0.0, unit="USD", ge=0, doc="Margin debt owed to the bank.")
    inflow_usd: float = parameter(
        0.0, unit="USD per quarter", ge=0, doc="New money from savers in a normal quarter."
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


class ComputeContractParameters(Section):
    """A take-or-pay compute contract that is known at the start."""

    lab: str = parameter(unit="lab key", doc="Who buys.")
    cloud: str = parameter(unit="cloud key", doc="Who delivers.")
    total_usd: float = parameter(unit="USD", ge=1, doc="Value of all deliveries.")
    capacity_cu: float = parameter(
        unit="CU per quarter", ge=0.001, doc="Compute when at full size."
    )
    signed_quarter: int = parameter(0, unit="quarter", ge=0, doc="When it enters RPO.")
    start_quarter: int = parameter(0, unit="quarter", ge=0, doc="First delivery.")
    ramp_quarters: int = parameter(
        0, unit="quarters", ge=0, doc="Quarters from the first delivery to full size."
    )
    initial_share: float = parameter(
        0.0, unit="1", ge=0, le=1, doc="Share of full size in the first quarter of the ramp."
    )
    duration_quarters: int = parameter(20, unit="quarters", gt=0, doc="Quarters of delivery.")

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
    tranche_usd: float = parameter(unit="USD", gt=0, doc="Size of a tranche.")
    tranches: int = parameter(1, unit="1", ge=1, doc="Number of tranches.")
    first_quarter: int = parameter(1, unit="quarter", ge=0, doc="Earliest quarter of the first.")
    condition_gw: float = parameter(
        0.0,
        unit="GW per tranche",
        ge=0,
        doc="Compute of the lab that must be live before each tranche; 0 = unconditional.",
    )
    probability: float = parameter(
        1.0, unit="1", ge=0, le=1, doc="Chance that a tranche whose condition is met is executed."
    )


class BackstopParameters(Section):
    """A chipmaker's promise to rent capacity that a cloud cannot sell."""

    chipmaker: str = parameter(unit="chipmaker key", doc="Who promises.")
    cloud: str = parameter(unit="cloud key", doc="Whose idle capacity is rented.")
    total_usd: float = parameter(unit="USD", gt=0, doc="Most that will be paid in all.")
    quarters: int = parameter(28, unit="quarters", gt=0, doc="How long it runs.")


class StakeParameters(Section):
    """Shares of a company of the model held by another at the start."""

    holder: str = parameter(unit="company key", doc="Who holds.")
    issuer: str = parameter(unit="company key", doc="Whose shares.")
    share: float = parameter(unit="1", gt=0, le=1, doc="Part of all shares.")


class DemandingCustomerParameters(Section):
    """One enterprise customer with needs of its own (for instance a demanding travel site)."""

    name: str = parameter(unit="text", doc="Name shown to people.")
    seats: float = parameter(unit="seats", gt=0, doc="Seats when it buys.")
    minimum_reliability: float = parameter(
        unit="1", ge=0, lt=1, doc="Reliability below which it does not buy."
    )
    switching_cost_eur: float = parameter(
        3.0, unit="EUR per seat per month", ge=0, doc="Price gap it does not move for."
    )

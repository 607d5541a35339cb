"""What drives supply: compute, clouds and chipmakers."""

from __future__ import annotations

from market.parameters.fields import FLOW, MOST_FLOW_USD, MOST_POWER_GW, POWER, Section, parameter

BERNSTEIN = "Bernstein, cost of a GW of data centre, October 2025"


class ComputeMarketParameters(Section):
    """Chips, power and the price of compute."""

    accelerator_cost_usd: float = parameter(
        50_000.0,
        unit="USD per accelerator",
        ge=100,
        le=1e7,
        doc="All-in cost of a reference accelerator with its part of the data centre.",
        source="sanity anchor; 35.7 bn USD per GW at 1.4 kW each (" + BERNSTEIN + ": 35)",
        confidence="derived",
        why="a chip with its place costs more than a meal and less than a power station",
    )
    chip_share: float = parameter(
        0.52,
        unit="1",
        ge=0.01,
        le=1,
        doc="Chips and networking in the all-in cost.",
        source=BERNSTEIN + ": 39% GPU and 13% networking",
        confidence="seen",
    )
    kilowatt_per_accelerator: float = parameter(
        1.4,
        unit="kW",
        ge=0.001,
        le=1000,
        doc="Facility power per reference accelerator.",
        why="between a light bulb and a factory",
    )
    list_price_usd_hour: float = parameter(
        2.3,
        unit="USD per accelerator-hour",
        ge=0.001,
        le=1000,
        doc="Rent without contract at the start.",
        source="H100 rental, 2025Q2",
        confidence="seen",
        why="an hour of a chip costs no more than an hour of its owner",
    )
    contract_discount: float = parameter(
        0.15, unit="1", ge=0, le=0.99, doc="Discount on a multi-year contract."
    )
    running_cost_usd_hour: float = parameter(
        0.30,
        unit="USD per accelerator-hour",
        ge=0,
        le=1000,
        doc="Power and upkeep of a running accelerator.",
        source="derived: 1.3 bn USD of electricity per GW-year is 0.21; upkeep assumed",
        confidence="derived",
        why="an hour of a chip costs no more than an hour of its owner",
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
    rent_persistence: float = parameter(
        0.8,
        unit="1",
        ge=0,
        lt=1,
        doc="Part of a surprise of the rent that is left a quarter later.",
    )
    rent_noise: float = parameter(
        0.09,
        unit="1 (log)",
        ge=0,
        le=0.5,
        doc="New surprise of the rent's target in a quarter, standard deviation.",
        source="derived: quotes of H100 rent of 2024Q1 to 2025Q3 lie 9% around their trend, which "
        "0.18 gives; half of it, for quotes of different sellers differ too",
        confidence="derived",
    )
    own_growth: float = parameter(
        0.135,
        unit="per quarter",
        ge=-0.5,
        le=1,
        doc="Growth at the start of what clouds' customers and products spend on compute, at a "
        "cloud that states own_growth_stated.",
        source="derived: with rents that fall 4 to 5% a quarter it gives the stated growth in CU",
        confidence="derived",
    )
    own_growth_stated: float = parameter(
        0.165,
        unit="per quarter",
        ge=-0.5,
        le=1,
        doc="Stated growth of use in CU at which spending grows by own_growth; a cloud that states "
        "a point more grows a point faster.",
        source="derived: middle of what the clouds of the reference scenario state",
        confidence="derived",
    )
    own_fade: float = parameter(
        0.5,
        unit="1",
        ge=0,
        le=5,
        doc="Elasticity with which that growth fades as spending grows beyond the start.",
    )
    own_elasticity: float = parameter(
        0.8, unit="1", ge=0, le=5, doc="Price elasticity of own use; 1 = just the budget is spent."
    )
    own_seen_weight: float = parameter(
        0.6,
        unit="1",
        ge=0,
        le=1,
        doc="Part of that growth that follows the progress seen of labs and start-ups.",
    )
    application_weight: float = parameter(
        0.5, unit="1", ge=0, le=1, doc="Weight of applications (start-ups' spending) in it."
    )
    application_growth: float = parameter(
        0.12,
        unit="per quarter",
        ge=0.001,
        le=1,
        doc="Growth of the stock of applications at the start.",
        why="without growth nothing could be compared with it",
    )
    application_decay: float = parameter(
        0.08, unit="per quarter", ge=0, le=1, doc="Part of that stock that is forgotten."
    )
    seen_memory: float = parameter(
        0.6, unit="1", ge=0, lt=1, doc="Weight of the past in the progress seen."
    )
    seen_cap: float = parameter(
        1.5, unit="times the start", ge=0, le=10, doc="Fastest progress that makes a difference."
    )
    demand_persistence: float = parameter(
        0.8, unit="1", ge=0, lt=1, doc="Part of a surprise of own use that is left a quarter later."
    )
    demand_noise: float = parameter(
        0.018,
        unit="per quarter",
        ge=0,
        le=0.5,
        doc="New surprise of the growth of a cloud's own use in a quarter, standard deviation.",
        source="derived: Azure's yearly growth moved about 3 points a quarter in 2022 to 2025",
        confidence="derived",
    )
    demand_ceiling: float = parameter(
        0.0,
        unit="times the start",
        ge=0,
        le=1e6,
        doc="Spending on own use at which growth has faded out; 0 = there is no ceiling.",
    )
    power_gw_quarter: float = parameter(
        3.5,
        unit="GW per quarter",
        ge=0,
        le=MOST_POWER_GW,
        doc="Power that the grid connects for AI in a quarter.",
        source="US data centres 61.8 to 75.8 GW in a year",
        confidence="seen",
        why=POWER,
    )
    gas_gw_quarter: float = parameter(
        1.0,
        unit="GW per quarter",
        ge=0,
        le=MOST_POWER_GW,
        doc="Gas behind the meter, once its lead time is over.",
        why=POWER,
    )
    gas_lead_quarters: int = parameter(
        7, unit="quarters", ge=0, le=40, doc="Lead time of gas plants.", source="16 to 30 months"
    )
    reactor_gw_quarter: float = parameter(
        0.3,
        unit="GW per quarter",
        ge=0,
        le=MOST_POWER_GW,
        doc="Small reactors, once they exist.",
        why=POWER,
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
        le=MOST_FLOW_USD,
        doc="CapEx of chip buyers outside the model (a social network and others).",
        source="Meta 2025Q3",
        confidence="seen",
        why=FLOW,
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
    order_inertia: float = parameter(
        0.5,
        unit="1",
        ge=0,
        lt=1,
        doc="Part of the last quarter's orders that building programmes carry on.",
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
    project_value_ratio: float = parameter(
        1.05,
        unit="1",
        gt=0,
        le=10,
        doc="Value over cost of a project at the start in the eyes of clouds, which do build.",
    )
    project_spread: float = parameter(
        0.25, unit="1", gt=0, le=2, doc="Spread of projects' values around their mean."
    )
    other_growth: float = parameter(
        0.08, unit="per year", ge=-0.5, le=1, doc="Growth of cash from business outside AI."
    )
    discount_rate: float = parameter(
        0.09, unit="per year", ge=0.001, le=1, doc="Return a cloud wants on a data centre."
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
        1.0,
        unit="quarters of output",
        ge=0.01,
        le=100,
        doc="Backlog at which the list price holds.",
        why="from a day to a generation of waiting",
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

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
        1.0,
        unit="1",
        ge=0,
        le=5,
        doc="Elasticity of the rent to use over usual use, when capacity is idle or short.",
    )
    demand_elasticity: float = parameter(
        0.8,
        unit="1",
        ge=0,
        le=5,
        doc="Price elasticity of what clouds' own customers buy.",
    )
    budget_growth_share: float = parameter(
        0.82,
        unit="1",
        ge=0,
        le=2,
        doc="Part of the stated growth of own customers' use that is growth of their budgets.",
        source="derived: rents fell 4 to 5% a quarter, which at the elasticity explains the rest; "
        "0.67 to 0.97",
        confidence="derived",
    )
    demand_fade: float = parameter(
        0.7,
        unit="1",
        ge=0,
        le=3,
        doc="Elasticity of the growth of own customers' budgets to their size.",
        source="modelling choice: 0.4 to 1",
    )
    demand_seen_weight: float = parameter(
        0.6,
        unit="1",
        ge=0,
        le=1,
        doc="Part of that growth which follows the progress that customers see.",
    )
    application_weight: float = parameter(
        0.5,
        unit="1",
        ge=0,
        le=1,
        doc="Part of that progress which is applications of start-ups, not training of labs.",
    )
    seen_memory: float = parameter(
        0.6, unit="per quarter", ge=0, lt=1, doc="Part of the old impression of progress kept."
    )
    application_life: float = parameter(
        0.08, unit="per quarter", ge=0.001, le=1, doc="Part of applications that goes out of use."
    )
    demand_persistence: float = parameter(
        0.8, unit="per quarter", ge=0, le=0.999, doc="Part of a shock to that growth that is left."
    )
    demand_noise: float = parameter(
        0.018,
        unit="per quarter",
        ge=0,
        le=0.5,
        doc="Standard deviation of new shocks to that growth.",
        source="derived: the yearly growth of one large cloud moved about 3 points a quarter in "
        "2022 to 2025; 0.01 to 0.03",
        confidence="derived",
    )
    demand_ceiling: float = parameter(
        0.0,
        unit="times the start",
        ge=0,
        le=1e6,
        doc="Budgets of own customers at which growth has faded out; 0 = there is no ceiling.",
    )
    rent_persistence: float = parameter(
        0.8, unit="per quarter", ge=0, le=0.999, doc="Part of a shock to the rent that is left."
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
    power_scale: float = parameter(
        1.0,
        unit="times the regions' figures",
        ge=0,
        le=100,
        doc="Factor on the power that all regions connect in a quarter.",
        why="from no new power to a hundred times what the regions state",
    )
    kilowatt_fall: float = parameter(
        0.08,
        unit="per year",
        ge=0,
        le=0.5,
        doc="Fall of the power that a chip of the same price draws, by a year's new vintage: a GW "
        "holds ever dearer chips.",
        source="derived: 35 bn USD per GW of present systems (" + BERNSTEIN + ") against 50 to 60 "
        "that their maker states for those to come; 0 to 0.15",
        confidence="derived",
    )
    power_noise: float = parameter(
        0.10,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Size of the surprises in what a region connects; 0 = none.",
        source="US power added in 2022-24 strayed 6% a year from its trend (facts recalled); "
        "twice that in each of four regions",
    )
    power_persistence: float = parameter(
        0.7, unit="per quarter", ge=0, lt=1, doc="Part of such a surprise that is left next time."
    )
    failure_rate: float = parameter(
        0.015,
        unit="per quarter",
        ge=0,
        le=0.5,
        doc="Chips in service that die in a quarter; 0 = none before they wear out.",
        source="2.5 to 9% a year by definition (a cluster of 16,384: 9 with memory, 6.1 without)",
        confidence="derived",
    )
    wear_rate: float = parameter(
        0.10,
        unit="per quarter",
        ge=0,
        le=0.5,
        doc="Further part that dies in a quarter once chips are old; 0 = they do not wear out.",
        source="assumed: end of service and wear-out after five to six years",
    )
    wear_quarters: int = parameter(
        20,
        unit="quarters",
        ge=1,
        le=80,
        doc="Age of a year's chips from which they wear out.",
        source="assumed: accounting lives are 5 to 6 years",
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
        "twice the idle capacity that was planned, more with less; 1 = clouds never learn from it.",
    )
    growth_memory: float = parameter(
        0.7,
        unit="per quarter",
        ge=0,
        lt=1,
        doc="Weight of the past in the growth of use on which data centres are planned.",
        source="form: Muth 1960 (of a surprise, the part that lasts); value assumed",
    )
    order_growth_cap: float = parameter(
        0.20, unit="per quarter", ge=0, le=5, doc="Fastest growth of orders (crews and sites)."
    )
    cash_buffer_quarters: float = parameter(
        0.75,
        unit="quarters of CapEx",
        ge=0,
        le=12,
        doc="Cash that a cloud never plans to spend, for what falls due.",
    )
    cash_kept: float = parameter(
        0.8,
        unit="1 of the cash at the start",
        ge=0,
        le=10,
        doc="Cash that a cloud keeps while it can borrow: below it no payout, beyond it own money "
        "pays for plans; spent when credit is short.",
    )
    excess_start: float = parameter(
        1.1,
        unit="times the cash at the start",
        ge=0,
        le=100,
        doc="Cash that is enough, or a quarter's CapEx if that is more (excess_capex).",
    )
    excess_capex: float = parameter(
        1.0, unit="quarters of CapEx", ge=0, le=40, doc="Cash that is enough for what it builds."
    )
    excess_payout: float = parameter(
        0.5,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of the cash beyond enough that is returned to shareholders.",
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
        0.008,
        unit="per year",
        ge=0,
        le=0.3,
        doc="Credit spread with which clouds discount projects at the start.",
    )
    demand_volatility: float = parameter(
        0.15, unit="per year", ge=0, le=2, doc="Volatility in the option hurdle."
    )
    refresh_speed: float = parameter(
        0.5,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Most of the places with power and shell, whose chips are gone, that are filled again "
        "in a quarter; 0 = none.",
    )
    renewal_quarters: float = parameter(
        4.0,
        unit="quarters",
        ge=0,
        le=40,
        doc="How far ahead customers look who renew their contracts with a cloud: RPO of customers "
        "that expect less growth shrinks against what they buy; 0 = they never look.",
        source="assumed: half of contracts that have two years left on average",
    )
    pace_noise: float = parameter(
        0.15,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Size of the surprises in how fast a cloud builds what it has begun; 0 = none.",
        source="standard deviation of quarterly changes of CapEx, 2022 to 2025Q3: 0.11 to 0.17 at "
        "three hyperscalers, 0.35 at a fourth large cloud (company reports)",
        confidence="derived",
    )
    pace_persistence: float = parameter(
        0.3,
        unit="per quarter",
        ge=0,
        lt=1,
        doc="Part of such a surprise that is left next time.",
        source="successive changes of CapEx, 2022 to 2025Q3, had correlations of -0.1 to 0.2",
        confidence="derived",
    )
    power_horizon_quarters: int = parameter(
        16,
        unit="quarters",
        ge=1,
        le=1000,
        doc="How far ahead of its power a site is begun: when sites under way need half of the "
        "power that comes until then, fewer are begun, when all, none; 1000 = power is no matter.",
        source="a grid connection takes four years, a large transformer up to 150 weeks (2025)",
        confidence="seen",
    )
    has_option_hurdle: bool = parameter(
        True,
        unit="switch",
        doc="Off: build at a net present value above zero.",
        source="Dixit and Pindyck 1994",
    )
    project_value_ratio: float = parameter(
        1.0,
        unit="1",
        gt=0,
        le=10,
        doc="Value over cost of a project at the start in the eyes of clouds, which do build, at "
        "the discount and rates of autumn 2025.",
    )
    pipeline_weight: float = parameter(
        0.6,
        unit="1",
        ge=0,
        le=1,
        doc="How far the rent that clouds expect sees use and capacity of all then; 0 = not.",
        source="form: Lucas and Prescott 1971, Greenwood and Hanson 2015; value assumed",
    )
    user_cost_elasticity: float = parameter(
        1.0,
        unit="1",
        ge=0,
        le=5,
        doc="Elasticity of wanted capacity to what a project is worth over its cost.",
        source="Jorgenson 1963 (1); Chirinko 2008 finds 0.4 to 0.6",
        confidence="theory",
    )
    spread_weight: float = parameter(
        0.7,
        unit="1",
        ge=0,
        le=2,
        doc="Part of a change of credit spreads that enters the discount of projects.",
        source="derived: debt pays 40% of projects and the whole rise, shareholders the half of it "
        "that is a price of risk (excess bond premium, Gilchrist and Zakrajsek 2012)",
        confidence="derived",
    )
    discipline: float = parameter(
        0.5,
        unit="1",
        ge=0,
        le=5,
        doc="Elasticity of conviction to the share price over its slow mean, and to rents over "
        "those expected; 0 = conviction stays what it was.",
        source="form: Tobin 1969, Hayashi 1982; value assumed",
    )
    discipline_memory: float = parameter(
        0.85,
        unit="per quarter",
        ge=0,
        lt=1,
        doc="Weight of the past in the slow mean of a share price and in experience with rents.",
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
        0.10,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Most that a normal order book adds to the output it can make.",
    )
    backlog_workoff_quarters: float = parameter(
        4.0,
        unit="quarters",
        ge=1,
        le=40,
        doc="Quarters in which an order book over the normal one is to be worked off.",
    )
    capacity_rush: float = parameter(
        1.0,
        unit="1",
        ge=0,
        le=5,
        doc="How much more is added when the order book is twice the normal; 0 = nothing more.",
    )
    capacity_lag_quarters: int = parameter(
        3,
        unit="quarters",
        ge=0,
        le=20,
        doc="From the order of more output to its use; 0 = at once.",
        source="assumed: packaging and memory lines take two to four quarters",
    )
    output_noise: float = parameter(
        0.06,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Size of the surprises in how much of its output a chipmaker brings out; 0 = none.",
        source="standard deviation of quarterly changes of data-centre revenue, 2024 to 2025Q3: "
        "0.06 at the largest chipmaker, 0.15 at the second (company reports)",
        confidence="derived",
    )
    output_persistence: float = parameter(
        0.3, unit="per quarter", ge=0, lt=1, doc="Part of such a surprise that is left next time."
    )
    capacity_cost_quarters: float = parameter(
        1.0,
        unit="quarters of production cost",
        ge=0,
        le=20,
        doc="What a thousand chips a quarter more of output cost to build; 0 = nothing.",
        source="assumed: near what the largest chipmaker spends on plant (1.6 bn USD a quarter, "
        "recalled) while output grows 10%",
    )
    capacity_life_quarters: int = parameter(
        20,
        unit="quarters",
        ge=1,
        le=80,
        doc="Quarters in which idle output and its plant are lost.",
    )
    idle_cost_share: float = parameter(
        0.10,
        unit="1 of production cost",
        ge=0,
        le=1,
        doc="Cost of output that could be made and is not; 0 = idling is free.",
    )
    commitment_quarters: int = parameter(
        3,
        unit="quarters",
        ge=0,
        le=20,
        doc="How far ahead inputs are bought for good, whatever is sold then; 0 = not at all.",
        source="supply commitments of the largest chipmaker: 2.2 to 3.5 quarters of its cost of "
        "sales in 2022-25",
        confidence="derived",
    )
    commitment_share: float = parameter(
        0.9,
        unit="1 of expected production",
        ge=0,
        le=2,
        doc="Part of what it expects to make whose inputs it commits to; 0 = nothing.",
    )
    stock_quarters: float = parameter(
        1.5,
        unit="quarters of sales",
        ge=0,
        le=40,
        doc="Stock beyond this is written down; 40 = hardly ever.",
        source="the largest chipmaker held 0.8 to 1.3 quarters of cost of sales in 2024-25, and "
        "2.3 when it wrote down in 2022",
        confidence="derived",
    )
    stock_salvage_share: float = parameter(
        0.1,
        unit="1 of the price",
        ge=0,
        le=1,
        doc="What stock beyond that is worth; 1 = as much as what is sold.",
        source="assumed: in 2025Q1 a chipmaker wrote off 4.5 bn USD of one kind of chips",
    )
    prepayment_share: float = parameter(
        0.2,
        unit="1 of orders",
        ge=0,
        le=1,
        doc="Part of open orders that clouds pay in advance to a chipmaker that is booked out; 0 = "
        "no advances.",
        source="assumed, by what a chipmaker did itself: 5 bn USD prepaid to suppliers of 16.1 "
        "committed (2023Q4)",
    )
    booked_out_ratio: float = parameter(
        1.25,
        unit="times the normal order book",
        ge=0,
        le=100,
        doc="Order book from which a chipmaker asks for advances.",
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
    cash_kept: float = parameter(
        0.8,
        unit="1 of the cash at the start",
        ge=0,
        le=10,
        doc="Cash below which a chipmaker pays nothing out.",
    )
    excess_start: float = parameter(
        1.5,
        unit="times the cash at the start",
        ge=0,
        le=100,
        doc="Cash that is enough, or a quarter's revenue if that is more (excess_revenue).",
    )
    excess_revenue: float = parameter(
        1.0, unit="quarters of revenue", ge=0, le=40, doc="Cash that is enough for its turnover."
    )
    excess_payout: float = parameter(
        0.5,
        unit="per quarter",
        ge=0,
        le=1,
        doc="Part of the cash beyond enough that is returned to shareholders.",
    )
    idle_cash_quarters: float = parameter(
        4.0,
        unit="quarters of revenue and overhead",
        gt=0,
        le=400,
        doc="No more cash than this is kept in memory of the start: what is beyond is idle.",
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
    vendor_pass_through: float = parameter(
        0.5,
        unit="1",
        ge=0,
        le=1,
        doc="Part of the margin on orders that come back that lowers what a vendor asks.",
    )
    vendor_discount: float = parameter(
        0.8,
        unit="1 of the spread of other lenders",
        ge=0,
        le=2,
        doc="What a vendor asks, when it breaks even there.",
    )
    vendor_floor: float = parameter(
        0.01, unit="per year", ge=0, le=0.2, doc="Least spread of a vendor loan."
    )
    vendor_chip_share: float = parameter(
        0.5, unit="1 of the chips that arrive", ge=0, le=1, doc="Most that a vendor lends on them."
    )
    concentration_cap: float = parameter(
        0.25, unit="1 of cash and investments", ge=0, le=1, doc="Most put into one customer."
    )
    vendor_round_share: float = parameter(
        0.2, unit="1 of a round", ge=0, le=1, doc="Part of a round a vendor covers at most."
    )


class PowerRegionParameters(Section):
    """Where data centres are connected to power: what comes when, for the clouds of the scenario.

    A scenario lists regions under keys of its own choice. Without any, power is never short.
    """

    name: str = parameter(unit="text", doc="Name shown to people.")
    granted_gw: float = parameter(
        0.0,
        unit="GW",
        ge=0,
        le=MOST_POWER_GW,
        doc="Power granted before the start and not yet connected, beside what comes later.",
        why=POWER,
    )
    granted_quarters: float = parameter(
        10.0,
        unit="quarters",
        ge=1,
        le=80,
        doc="A part 1/this of what is left of it can be connected in a quarter.",
        source="assumed: shell and power take 18 to 30 months, and some wait for equipment",
    )
    grid_gw_quarter: float = parameter(
        unit="GW per quarter",
        ge=0,
        le=MOST_POWER_GW,
        doc="Power that the grid connects in a quarter.",
        why=POWER,
    )
    grid_growth: float = parameter(
        0.0, unit="per year", ge=-0.5, le=1, doc="Growth of what the grid connects in a quarter."
    )
    gas_gw_quarter: float = parameter(
        0.0,
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
        0.0,
        unit="GW per quarter",
        ge=0,
        le=MOST_POWER_GW,
        doc="Small reactors, once they exist.",
        why=POWER,
    )
    reactor_lead_quarters: int = parameter(
        20, unit="quarters", ge=0, le=80, doc="Lead time of small reactors.", source="about 2030"
    )

"""Strategies for random worlds: every parameter within its declared bounds, few companies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from small_world import CLOUD, LAB, MAKER, merged

from market.parameters.companies import (
    BackstopParameters,
    ChipmakerParameters,
    CloudParameters,
    ComputeContractParameters,
    EquityCommitmentParameters,
    InvestorParameters,
    LabParameters,
    StartupParameters,
)
from market.parameters.shocks import shock_kinds
from market.parameters.supply import PowerRegionParameters
from market.parameters.world import MarketParameters

SMALL = {"enterprise": {"customers": 60}}
"""Limits of size, not of behaviour, that keep a run short."""
FIXED = {"customers", "rest_deposits_usd"}
BEHAVIOUR = [
    (section, key)
    for section, info in MarketParameters.model_fields.items()
    if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel)
    for key in info.annotation.model_fields
    if key not in FIXED
]


def bounds(info: FieldInfo) -> tuple[float | None, float | None, bool, bool]:
    """Lowest and highest value of a field, and whether each is excluded."""
    low = high = None
    is_open_low = is_open_high = False
    for rule in info.metadata:
        low = getattr(rule, "ge", getattr(rule, "gt", low))
        high = getattr(rule, "le", getattr(rule, "lt", high))
        is_open_low |= hasattr(rule, "gt")
        is_open_high |= hasattr(rule, "lt")
    return low, high, is_open_low, is_open_high


def values(info: FieldInfo, typical: float) -> st.SearchStrategy[Any]:
    """Values of a number or switch within its bounds; where it has none, 1/30 to 30 times usual."""
    if info.annotation is bool:
        return st.booleans()
    low, high, is_open_low, is_open_high = bounds(info)
    usual = abs(typical) or 1.0
    lowest = -10 * usual if low is None else low
    highest = 30 * usual if high is None else high
    if highest > 1e4:
        highest = min(highest, 30 * usual)
    if info.annotation is int:
        return st.integers(int(lowest) + is_open_low, int(min(highest, max(40, lowest))))
    if is_open_low:
        lowest += usual / 30
    if is_open_high:
        highest -= min(1e-3, (highest - lowest) / 30)
    # A number next to nothing is no other case than nothing, and would only test overflow.
    dust = usual / 1e6
    return st.floats(lowest, highest).map(lambda x: x if abs(x) >= dust else max(lowest, 0.0))


def number(model: type[BaseModel], key: str, typical: float) -> st.SearchStrategy[Any]:
    """Values of one field of a parameter class."""
    return values(model.model_fields[key], typical)


def _keep_possible(compute: dict[str, Any]) -> None:
    """Prices of chips that are not refused together with each other or with any capacity."""
    for key, low, high in (
        ("accelerator_cost_usd", 2000.0, 150_000.0),
        ("list_price_usd_hour", 0.0, 7.0),
        ("running_cost_usd_hour", 0.0, 0.9),
    ):
        if key in compute:
            compute[key] = min(high, max(low, compute[key]))


@st.composite
def behaviours(draw: st.DrawFn) -> dict[str, Any]:
    """A few behavioural parameters with other values."""
    defaults = MarketParameters()
    changed: dict[str, Any] = {}
    for section, key in draw(st.lists(st.sampled_from(BEHAVIOUR), max_size=12, unique=True)):
        part = getattr(defaults, section)
        info = type(part).model_fields[key]
        changed.setdefault(section, {})[key] = draw(values(info, getattr(part, key)))
    _keep_possible(changed.get("compute", {}))
    growth = changed.get("valuation", {})
    if growth.get("long_growth", 0.05) >= growth.get("discount", 0.10):
        del changed["valuation"]
    return merged(changed, SMALL)


def company(
    model: type[BaseModel], base: dict[str, Any], free: str
) -> st.SearchStrategy[dict[str, Any]]:
    """A company with the named fields (words) drawn and the others as in the base."""
    drawn = {key: number(model, key, base.get(key, 1.0)) for key in free.split()}
    return st.fixed_dictionaries({}, optional=drawn).map(lambda new: {**base, **new})


LABS = company(
    LabParameters,
    {**LAB, "enterprise_share": 0.3},
    "cash_usd valuation_usd consumer_users_million paying_share reliability "
    "training_cu cumulative_training_cu staff_cost_usd revenue_growth "
    "price_advantage is_listed default_placement entry_users_share",
)
CLOUDS = company(
    CloudParameters,
    CLOUD,
    "cash_usd debt_usd market_cap_usd operating_cash_flow_usd capex_usd capacity_cu "
    "organic_share organic_growth other_rpo_usd other_assets_usd payout_usd "
    "own_chip_share is_investment_grade strategic_share other_capex_share",
)
MAKERS = company(
    ChipmakerParameters,
    MAKER,
    "cash_usd debt_usd market_cap_usd revenue_usd revenue_growth gross_margin "
    "overhead_usd payout_share vendor_finance_share other_income_usd",
)
STARTUPS = company(
    StartupParameters,
    {"cash_usd": 5e9, "valuation_usd": 50e9, "revenue_usd": 0.2e9},
    "cash_usd valuation_usd revenue_usd revenue_growth",
)
REGIONS = company(
    PowerRegionParameters,
    {"grid_gw_quarter": 0.5},
    "granted_gw granted_quarters grid_gw_quarter grid_growth gas_gw_quarter gas_lead_quarters "
    "reactor_gw_quarter reactor_lead_quarters",
)


def region_shares(regions: dict[str, Any]) -> st.SearchStrategy[dict[str, float]]:
    """Shares of a cloud's sites in some of the regions; none: it follows the power."""
    if not regions:
        return st.just({})
    return st.dictionaries(st.sampled_from(sorted(regions)), st.floats(0, 1))


KINDS = ["venture", "crossover", "sovereign", "holding", "parent", "public"]
INVESTORS = st.builds(
    lambda own, kind: {**own, "kind": kind},
    company(
        InvestorParameters,
        {"cash_usd": 10e9, "other_assets_usd": 30e9, "debt_usd": 5e9, "inflow_usd": 1e9},
        "cash_usd other_assets_usd debt_usd inflow_usd participation required_return "
        "max_loan_to_value",
    ),
    st.sampled_from(KINDS),
)


def group(
    members: st.SearchStrategy[dict[str, Any]], prefix: str, least: int, most: int
) -> st.SearchStrategy[dict[str, Any]]:
    """Companies of one kind under the keys prefix0, prefix1 and so on."""
    return st.lists(members, min_size=least, max_size=most).map(
        lambda rows: {
            f"{prefix}{n}": {**own, "name": f"{prefix} {n}"} for n, own in enumerate(rows)
        }
    )


def key_of(companies: dict[str, Any]) -> st.SearchStrategy[str]:
    """One of the keys."""
    return st.sampled_from(sorted(companies))


@st.composite
def agreements(draw: st.DrawFn, world: dict[str, Any]) -> dict[str, Any]:
    """Contracts, promises, backstops, stakes and parents between the companies of a world."""
    labs, clouds, makers = world["labs"], world["clouds"], world["chipmakers"]
    payers = {**clouds, **makers, **world["investors"]}
    found: dict[str, Any] = {"compute_contracts": {}, "equity_commitments": {}, "backstops": {}}
    for n in range(draw(st.integers(0, 3)) if clouds else 0):
        own = {"lab": draw(key_of(labs)), "cloud": draw(key_of(clouds))}
        for key, typical in (
            ("total_usd", 8e9),
            ("capacity_cu", 120.0),
            ("signed_quarter", 1),
            ("start_quarter", 1),
            ("ramp_quarters", 2),
            ("initial_share", 0.1),
        ):
            own[key] = draw(number(ComputeContractParameters, key, typical))
        own["duration_quarters"] = draw(st.integers(2, 40))  # one may be a ramp's empty quarter
        found["compute_contracts"][f"contract{n}"] = own
    for n in range(draw(st.integers(0, 2)) if payers else 0):
        own = {"lab": draw(key_of(labs)), "investor": draw(key_of(payers))}
        for key, typical in (("tranche_usd", 1e9), ("condition_gw", 0.1), ("probability", 0.5)):
            own[key] = draw(number(EquityCommitmentParameters, key, typical))
        own["tranches"] = draw(st.integers(1, 4))
        found["equity_commitments"][f"promise{n}"] = own
    if clouds and makers and draw(st.booleans()):
        own = {"chipmaker": draw(key_of(makers)), "cloud": draw(key_of(clouds))}
        own["total_usd"] = draw(number(BackstopParameters, "total_usd", 1e9))
        found["backstops"]["backstop"] = own
    issuers = {**labs, **clouds, **makers}
    holders = draw(st.lists(key_of(payers), max_size=3)) if payers else []
    found["stakes"] = {
        f"stake{n}": {"holder": holder, "issuer": draw(key_of(issuers)), "share": 0.3}
        for n, holder in enumerate(holders)
    }
    parents = {**clouds, **world["investors"]}
    for key in labs if parents else ():
        if draw(st.integers(0, 3)) == 0:
            labs[key]["parent"] = draw(key_of(parents))
    for own in clouds.values():
        own["suppliers"] = {key: 1.0 / len(makers) for key in makers}
    return found


@st.composite
def shocks(draw: st.DrawFn, labs: dict[str, Any]) -> dict[str, Any]:
    """Up to three shocks that strike everybody or, where it must be named, a lab."""
    found = {}
    for n in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(list(shock_kinds())))
        sizes = shock_kinds()[kind].sizes
        most = sizes.high if sizes is not None else 10.0
        found[f"shock{n}"] = {
            "kind": kind,
            "quarter": draw(st.integers(0, 8)),
            "quarters": draw(st.none() | st.integers(1, 4)),
            "size": draw(st.floats(0, 0.2 if kind == "rate rise" else min(10.0, most))),
            "target": draw(key_of(labs)) if kind == "enter" else None,
        }
    return found


@st.composite
def random_worlds(draw: st.DrawFn) -> MarketParameters:
    """A whole world of at most three labs, three clouds, two chipmakers and four investors."""
    world = {
        "labs": draw(group(LABS, "lab", 1, 3)),
        "clouds": draw(group(CLOUDS, "cloud", 0, 3)),
        "chipmakers": draw(group(MAKERS, "maker", 0, 2)),
        "investors": draw(group(INVESTORS, "fund", 0, 4)),
    }
    world["startups"] = draw(group(STARTUPS, "cohort", 0, 2))
    world["power_regions"] = draw(group(REGIONS, "region", 0, 3))
    for cloud in world["clouds"].values():
        cloud["regions"] = draw(region_shares(world["power_regions"]))
    world |= draw(agreements(world))
    world["shocks"] = draw(shocks(world["labs"]))
    return MarketParameters.model_validate(merged(world, draw(behaviours())))

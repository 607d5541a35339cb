"""A small world for tests: two labs, two clouds, a chipmaker and four investors, all without name.

``small_world(funding={"recovery": 0.1}, labs={"a": {"cash_usd": 1e9}})`` changes what it names and
leaves the rest.
"""

from __future__ import annotations

from typing import Any

from market.model import MarketModel
from market.parameters.world import MarketParameters

LAB = {
    "cash_usd": 3e9,
    "valuation_usd": 60e9,
    "enterprise_share": 0.6,
    "consumer_users_million": 200.0,
    "reliability": 0.8,
    "training_cu": 60.0,
    "cumulative_training_cu": 400.0,
    "staff_cost_usd": 0.3e9,
}
CLOUD = {
    "cash_usd": 10e9,
    "debt_usd": 20e9,
    "market_cap_usd": 400e9,
    "operating_cash_flow_usd": 8e9,
    "capex_usd": 7e9,
    "capacity_cu": 900.0,
    "other_rpo_usd": 50e9,
    "other_assets_usd": 20e9,
    "payout_usd": 1e9,
    "suppliers": {"maker": 1.0},
}
MAKER = {
    "cash_usd": 10e9,
    "market_cap_usd": 500e9,
    "revenue_usd": 6e9,
    "gross_margin": 0.7,
    "overhead_usd": 0.5e9,
    "vendor_finance_share": 0.3,
}
WORLD: dict[str, Any] = {
    "name": "small",
    "quarters": 12,
    "enterprise": {"customers": 200},
    "power_regions": {
        "grid": {"name": "Grid", "grid_gw_quarter": 3.5, "gas_gw_quarter": 1.0},
    },
    "labs": {
        "a": {**LAB, "name": "Lab A"},
        "b": {**LAB, "name": "Lab B", "enterprise_share": 0.4, "reliability": 0.78},
    },
    "clouds": {
        "big": {**CLOUD, "name": "Big cloud"},
        "thin": {
            **CLOUD,
            "name": "Thin cloud",
            "cash_usd": 2e9,
            "market_cap_usd": 60e9,
            "operating_cash_flow_usd": 1.5e9,
            "capex_usd": 2e9,
            "capacity_cu": 300.0,
            "debt_usd": 8e9,
            "other_rpo_usd": 5e9,
            "other_assets_usd": 1e9,
            "payout_usd": 0.0,
            "is_investment_grade": False,
        },
    },
    "chipmakers": {"maker": {**MAKER, "name": "Chip maker"}},
    "investors": {
        "holding": {
            "name": "Holding",
            "kind": "holding",
            "cash_usd": 5e9,
            "other_assets_usd": 60e9,
            "debt_usd": 10e9,
            "max_loan_to_value": 0.25,
        },
        "fund": {"name": "Fund", "kind": "venture", "cash_usd": 10e9, "inflow_usd": 1e9},
        "state": {"name": "State fund", "kind": "sovereign", "cash_usd": 20e9, "inflow_usd": 1e9},
        "public": {"name": "Public market", "kind": "public", "cash_usd": 50e9},
    },
    "compute_contracts": {
        "first": {
            "lab": "a",
            "cloud": "thin",
            "total_usd": 8e9,
            "capacity_cu": 120.0,
            "duration_quarters": 12,
        }
    },
    "cloud_rules": {"pace_noise": 0.0},
    "chipmaker_rules": {"output_noise": 0.0},
    "stakes": {
        "s1": {"holder": "holding", "issuer": "a", "share": 0.1},
        "s2": {"holder": "public", "issuer": "big", "share": 0.7},
        "s3": {"holder": "public", "issuer": "maker", "share": 0.7},
    },
}


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The base with the changes laid over it, table by table; None takes an entry out."""
    result = dict(base)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        elif value is None and isinstance(result.get(key), dict):
            del result[key]
        else:
            result[key] = value
    return result


def small_world(**changes: Any) -> MarketParameters:
    """The small world with changes by section, checked."""
    return MarketParameters.model_validate(merged(WORLD, changes))


def small_model(seed: int = 1, **changes: Any) -> MarketModel:
    """A model of the small world, before its first step."""
    return MarketModel(small_world(**changes), seed=seed)

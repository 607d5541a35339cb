"""Investment answers to what money costs, to returns and to credit: paired twins, same seeds."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from market.model import MarketModel
from market.scenario import load_scenario

SEEDS = range(6)
QUARTERS = 12


@cache
def orders(changes: tuple[tuple[str, str, float], ...]) -> tuple[float, ...]:
    """Orders of all clouds in the first 12 quarters, thousands of chips, seed by seed."""
    sections: dict[str, dict[str, Any]] = {}
    for section, name, value in changes:
        sections.setdefault(section, {})[name] = value
    parameters = load_scenario("reference").changed(**sections)
    found = []
    for seed in SEEDS:
        model, total = MarketModel(parameters, seed=seed), 0.0
        for _ in model.each_quarter(QUARTERS):
            total += sum(cloud.orders[-1] for cloud in model.active_clouds)
        found.append(total)
    return tuple(found)


def effects(*changes: tuple[str, str, float]) -> list[float]:
    """Relative change of those orders against the reference, pair by pair."""
    pairs = zip(orders(changes), orders(()), strict=True)
    return [changed / plain - 1 for changed, plain in pairs]


@pytest.mark.parametrize(
    "change",
    [
        ("cloud_rules", "base_rate", 0.063),
        ("cloud_rules", "discount_rate", 0.11),
        ("cloud_rules", "spread", 0.028),
        ("credit", "required_spread", 0.02),
    ],
)
def test_dearer_money_lowers_orders(change: tuple[str, str, float]) -> None:
    """Two points more: fewer orders in every pair, and two per cent fewer in the mean at least."""
    found = effects(change)
    assert max(found) < 0
    assert sum(found) / len(found) < -0.02


def test_orders_need_credit() -> None:
    """Without credit investors orders fall; with four times their money they do not."""
    nothing = effects(("credit", "cash_usd", 0.0), ("credit", "inflow_usd", 0.0))
    plenty = effects(("credit", "cash_usd", 3.6e11), ("credit", "inflow_usd", 1.8e11))
    assert max(nothing) < -0.01
    assert sum(nothing) < sum(plenty) + 1e-9


def test_who_sees_the_pipeline_of_all_orders_less_in_a_boom() -> None:
    assert sum(effects(("cloud_rules", "pipeline_weight", 0.0))) > 0


def test_no_firm_hoards() -> None:
    """In no seed is cash over two years of revenue for more than four quarters."""
    for seed in (0, 1):
        model, rows = MarketModel(load_scenario("reference"), seed=seed), {}
        for _ in model.each_quarter():
            for cloud in model.active_clouds:
                income = cloud.compute_revenue_usd + max(0.0, cloud.other_cash_usd)
                is_idle = cloud.cash_usd > 8 * income
                rows[cloud.key] = rows.get(cloud.key, 0) + 1 if is_idle else 0
            for maker in model.active_chipmakers:
                income = maker.revenue_usd + maker.stated.other_income_usd
                is_idle = maker.cash_usd > 8 * income
                rows[maker.key] = rows.get(maker.key, 0) + 1 if is_idle else 0
            assert max(rows.values()) <= 4

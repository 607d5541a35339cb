"""E8, first proofs: each named mechanism can be switched off and moves a named statistic."""

from __future__ import annotations

import pytest
from emergence.measure import scaled_investors, series, varied

from agents import AILab
from market.model import MarketModel
from market.scenario import load_scenario

SWITCHES = [
    ("chipmaker_rules.has_vendor_finance", "raised_usd"),
    ("investor_rules.has_leverage", "dry_powder_usd"),
    ("expectations.has_trend_beliefs", "raised_usd"),
    ("cloud_rules.has_rpo_planning", "capex_usd"),
    ("cloud_rules.has_option_hurdle", "capacity_cu"),
    ("compute.has_reuse", "capacity_cu"),
]


@pytest.mark.parametrize(("switch", "statistic"), SWITCHES)
def test_a_mechanism_moves_its_statistic(switch: str, statistic: str) -> None:
    """Switched off, the mean of the statistic over 40 quarters differs by more than 0.1%."""
    parameters = load_scenario("reference")
    with_it = series(MarketModel(parameters, seed=2).run(40))[statistic].mean()
    without = series(MarketModel(varied(parameters, switch, False), seed=2).run(40))[statistic]
    assert abs(without.mean() / with_it - 1) > 0.001


def test_the_three_euro_rule_moves_seats() -> None:
    """When nobody moves for price or quality, some lab's mean share differs by two points."""
    parameters = load_scenario("reference")
    frozen = varied(parameters, "enterprise.has_price_switching", False)
    shares = []
    for world in (parameters, frozen):
        frame = MarketModel(world, seed=4).run(40).datacollector.get_agenttype_vars_dataframe(AILab)
        shares.append(frame.groupby("name")["seat_share"].mean())
    assert (shares[0] - shares[1]).abs().max() > 0.02


def test_renegotiation_saves_compute_contracts_or_ends_them() -> None:
    """Where money is short, labs give up contracts if they may, and keep them if they may not."""
    poor = scaled_investors(load_scenario("reference"), 0.2)
    free = MarketModel(poor, seed=4).run(20)
    bound = MarketModel(varied(poor, "lab_rules.has_renegotiation", False), seed=4).run(20)
    given_up = [e for e in free.events.select("contract cancelled") if "not begun" in e.text]
    assert given_up
    assert not [e for e in bound.events.select("contract cancelled") if "not begun" in e.text]
    assert abs(series(bound)["rpo_usd"].mean() / series(free)["rpo_usd"].mean() - 1) > 0.01

"""Growth beliefs of firms; chips by vintage and the pipeline that brings them."""

from __future__ import annotations

import pytest

from agents.data_centres import ANYWHERE, Pipeline, Vintage
from agents.institution import GrowthBeliefs
from market.parameters.demand import ExpectationParameters


def test_steady_growth_is_expected_to_go_on() -> None:
    beliefs = GrowthBeliefs(0.05, ExpectationParameters(reversion=0.0))
    for _ in range(12):
        beliefs.observe(0.05)
    assert beliefs.expected == pytest.approx(0.05)


def test_in_a_trend_the_trend_rule_wins_and_can_be_switched_off() -> None:
    rules = ExpectationParameters(extrapolation=1.0, intensity=2000.0)
    with_trend = GrowthBeliefs(0.02, rules)
    without = GrowthBeliefs(0.02, rules.model_copy(update={"has_trend_beliefs": False}))
    for step in range(1, 11):
        for beliefs in (with_trend, without):
            beliefs.observe(0.02 + 0.03 * step)
    assert with_trend.shares[1] > 0.9
    assert without.shares[1] == 0.0
    assert with_trend.expected > without.expected
    assert sum(with_trend.shares) == pytest.approx(sum(without.shares)) == pytest.approx(1.0)


def test_wild_growth_is_not_taken_seriously() -> None:
    beliefs = GrowthBeliefs(0.0, ExpectationParameters(extrapolation=1.5))
    assert beliefs.observe(50.0) <= 1.0
    assert beliefs.observe(-1.0) >= -0.5


def test_a_vintage_has_the_mean_efficiency_of_its_chips() -> None:
    vintage = Vintage(0, 10.0, 1.0)
    vintage.add(30.0, 1.2)
    assert vintage.thousands == 40.0
    assert vintage.capacity_cu == pytest.approx(10.0 + 36.0)
    assert vintage.label == "vintage +0"
    empty = Vintage(-2, 0.0, 0.8)
    empty.add(0.0, 2.0)
    assert (empty.capacity_cu, empty.efficiency, empty.label) == (0.0, 0.8, "vintage -2")


def sites_at(paces: tuple[float, ...]) -> Pipeline:
    """A pipeline of three quarters, full of sites, after quarters of such paces."""
    pipeline = Pipeline(3)
    for thousands in (1.0, 2.0, 4.0):
        pipeline.advance_sites()
        pipeline.begin(thousands)
    for pace in paces:
        pipeline.advance_sites(pace)
    return pipeline


@pytest.mark.parametrize(
    ("paces", "built"),
    [
        ((1.0,), 1.0),
        ((0.25,), 0.25),
        ((1.5,), 2.0),
        ((9.0,), 3.0),
        ((0.25, 1.0), 3.0),
        ((1.5, 1.0), 3.0),
        ((0.0, 0.0), 0.0),
        ((0.5, 0.5, 0.5, 9.0), 7.0),
    ],
)
def test_what_is_built_late_stays_and_what_is_built_early_is_not_built_again(
    paces: tuple[float, ...], built: float
) -> None:
    pipeline = sites_at(paces)
    assert pipeline.waiting == pytest.approx(built)
    assert pipeline.total == pytest.approx(7.0)


def test_a_site_passes_building_power_and_racks() -> None:
    pipeline = Pipeline(3)
    pipeline.begin(8.0)
    for _ in range(3):
        assert pipeline.waiting == 0.0
        pipeline.advance_sites()
    assert pipeline.waiting == 8.0
    assert pipeline.connect(ANYWHERE, 5.0) == 5.0
    assert pipeline.connect(ANYWHERE, 5.0) == 3.0
    pipeline.receive(6.0)
    assert (pipeline.waiting, pipeline.powered, pipeline.delivered) == (0.0, 2.0, 6.0)
    assert pipeline.total == 8.0
    assert pipeline.commission() == 6.0
    assert pipeline.commission() == 0.0
    assert pipeline.total == 2.0

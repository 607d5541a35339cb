"""Charts of ensembles and comparisons: what is drawn is what was computed."""

import json
from typing import Any

import numpy as np
import pytest

from market.parameters.world import MarketParameters
from market.scenario import load_scenario
from runs.sweep.one_run import series_names
from viz.charts.ensembles import (
    FANS,
    LINES,
    chance_frame,
    chance_option,
    fan_option,
    first_option,
    gap_frame,
    gap_option,
    lines_frame,
    lines_option,
)
from viz.charts.theme import DARK, LIGHT
from viz.words import WORDS
from viz.world.ensembles import Comparison, Ensemble, Member
from viz.world.outcomes import difference, effects_frame, outcomes_of, pair_effects

QUARTERS = 4


@pytest.fixture(scope="module")
def world() -> MarketParameters:
    return load_scenario("minimal", [f"quarters={QUARTERS}"])


def ensemble(
    world: MarketParameters, shift: float = 0.0, seeds: tuple[int, ...] = (0, 1, 2)
) -> Ensemble:
    """Runs whose series are their number in bn USD, plus a shift; the lab fails in run 0."""
    lab = next(iter(world.labs))
    members = []
    for number in seeds:
        series = np.full((len(series_names()), QUARTERS), (number + shift) * 1e9)
        fails = number == 0
        happened = {"freeze": 1 if fails else None, "cut": None, "default": 2 if fails else None}
        failed = (lab,) if fails else ()
        members.append(Member(number, number, series, happened, lab if fails else None, failed))
    return Ensemble(world, tuple(members))


def by_id(option: dict[str, Any]) -> dict[str, Any]:
    return {series["id"]: series for series in option["series"]}


def test_fan_draws_the_median_the_bands_and_the_own_run(world: MarketParameters) -> None:
    option = fan_option(ensemble(world), "capex_usd", LIGHT, [5e9] * QUARTERS)
    series = by_id(option)
    assert series[WORDS("ensemble-median")]["data"] == [1.0] * QUARTERS
    assert series[WORDS("ensemble-own")]["data"] == [5.0] * QUARTERS
    low, height = series["half of them low"]["data"], series["half of them"]["data"]
    assert [a + b for a, b in zip(low, height, strict=True)] == [1.5] * QUARTERS
    assert option["yAxis"]["name"] == "bn USD"
    assert WORDS("ensemble-own") not in by_id(fan_option(ensemble(world), "capex_usd", LIGHT))


@pytest.mark.parametrize("name", FANS)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_fan_can_be_sent(world: MarketParameters, name: str, theme: Any) -> None:
    json.dumps(fan_option(ensemble(world), name, theme), allow_nan=False)


def test_a_band_below_zero_stays_where_it_is(world: MarketParameters) -> None:
    series = by_id(fan_option(ensemble(world, shift=-10), "labs_cash_usd", LIGHT))
    assert max(series["half of them low"]["data"]) < 0
    assert series["half of them low"]["stackStrategy"] == "all"


def test_chances_are_shares_of_the_runs(world: MarketParameters) -> None:
    option = chance_option(ensemble(world), LIGHT)
    series = by_id(option)
    assert series["funding freezes"]["data"] == [0.0, 33.333, 33.333, 33.333]
    assert series["a cloud cuts its CapEx"]["data"] == [0.0] * QUARTERS
    assert (option["yAxis"]["min"], option["yAxis"]["max"]) == (0, 100)
    assert 100 % option["yAxis"]["interval"] == 0
    assert len(chance_frame(ensemble(world))) == 3 * QUARTERS


def test_bars_say_who_fails_first(world: MarketParameters) -> None:
    option = first_option(ensemble(world), LIGHT)
    assert option["yAxis"]["data"][0] == "nobody fails"
    values = [bar["value"] for bar in option["series"][0]["data"]]
    assert values == [66.7, 33.3]
    whiskers = option["series"][0]["markLine"]["data"]
    assert [start["name"] for start, _ in whiskers] == ["66.7%", "33.3%"]
    assert "label" not in option["series"][0]  # the interval would strike it through
    assert option["series"][0]["data"][1]["itemStyle"]["color"] == LIGHT.kinds["labs"]


# --- worlds side by side


@pytest.fixture
def comparison(world: MarketParameters) -> Comparison:
    return Comparison(
        ("one", "two"), (ensemble(world), ensemble(world, shift=2, seeds=(2, 1, 3)))
    ).paired()


def test_only_shared_seeds_are_compared(comparison: Comparison) -> None:
    assert comparison.runs == 2
    world = comparison.ensembles[0].parameters
    [peak] = [each for each in outcomes_of(world) if each.key == "capex_peak"]
    gap = difference(comparison, peak, 1)
    assert (gap.n, gap.mean) == (2, pytest.approx(2.0))
    assert gap.low == pytest.approx(2.0)


def test_the_table_has_every_outcome(comparison: Comparison) -> None:
    outcomes = outcomes_of(comparison.ensembles[0].parameters)
    table = effects_frame(pair_effects(comparison))
    assert table["outcome"].tolist() == [each.key for each in outcomes]
    assert (table["verdict"] == "few").any()


def test_lines_and_gaps_are_those_of_the_runs(comparison: Comparison) -> None:
    series = by_id(lines_option(comparison, "capex_usd", LIGHT))
    assert series["one"]["data"] == [1.5] * QUARTERS
    assert series["two"]["data"] == [3.5] * QUARTERS
    gaps = by_id(gap_option(comparison, "capex_usd", LIGHT))
    assert gaps["two"]["data"] == [2.0] * QUARTERS
    assert "one" not in gaps
    assert len(lines_frame(comparison, "capex_usd")) == 2 * QUARTERS
    assert gap_frame(comparison, "capex_usd")["world"].tolist() == ["two"] * QUARTERS


@pytest.mark.parametrize("name", LINES)
def test_every_line_can_be_sent(comparison: Comparison, name: str) -> None:
    json.dumps(lines_option(comparison, name, DARK), allow_nan=False)

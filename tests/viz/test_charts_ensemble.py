"""Charts of ensembles, comparisons and sweeps: what is drawn is what was computed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from market.parameters import MarketParameters
from market.scenario import load_scenario
from runs.experiment import read_experiment
from runs.one_run import series_names
from runs.sweep import run_sweep
from viz.charts.compare import gap_frame, gap_option, lines_frame, lines_option
from viz.charts.fan import chance_frame, chance_option, fan_option, first_option
from viz.charts.heat import cells_frame, clicked_run, heat_option, response_option
from viz.compare_results import MEASURES, Comparison
from viz.ensemble_results import Ensemble, Member
from viz.sweep_labels import Label, output_label, parameter_label
from viz.sweep_view import SweepView, ViewProblem
from viz.texts_compare import LINES, OUTCOMES
from viz.texts_ensemble import FANS, MEDIAN, OWN
from viz.theme import DARK, LIGHT

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
    assert series[MEDIAN]["data"] == [1.0] * QUARTERS
    assert series[OWN]["data"] == [5.0] * QUARTERS
    low, height = series["half of them low"]["data"], series["half of them"]["data"]
    assert [a + b for a, b in zip(low, height, strict=True)] == [1.5] * QUARTERS
    assert option["yAxis"]["name"] == "bn USD"
    assert OWN not in by_id(fan_option(ensemble(world), "capex_usd", LIGHT))


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
    gap = comparison.difference("capex_peak", 1)
    assert (gap.n, gap.mean) == (2, pytest.approx(2.0))
    assert gap.low == pytest.approx(2.0)


def test_the_table_has_every_outcome_in_every_world(comparison: Comparison) -> None:
    table = comparison.table()
    assert len(table) == 2 * len(MEASURES)
    assert set(MEASURES) == set(OUTCOMES)
    base = table[table["world"] == "one"]
    assert base["difference"].isna().all()


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


# --- sweeps

EXPERIMENT = """
[experiment]
name = "small"
description = "A lab with more or less cash."
scenario = "minimal"
quarters = 3
replications = 2
outputs = ["defaults", "capex_usd:max", "freeze", "first_default"]

[design]
method = "grid"

[vary]
"funding.recovery" = { values = [0.1, 0.5] }
"labs.lab.cash_usd" = { values = [1e9, 20e9, 40e9] }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("sweeps")
    lab = next(iter(load_scenario("minimal").labs))
    (place / "small.toml").write_text(EXPERIMENT.replace("labs.lab.", f"labs.{lab}."))
    run_sweep(read_experiment(place / "small.toml"), place / "out")
    yield place / "out"


@pytest.fixture(scope="module")
def view(folder: Path) -> SweepView:
    return SweepView.open(folder)


def test_texts_are_no_outputs_to_draw(view: SweepView) -> None:
    assert view.outputs == ["defaults", "capex_usd:max", "freeze"]
    assert view.statuses == {"ok": 12}
    assert view.is_flag("freeze")


def test_cells_are_means_of_their_runs(view: SweepView) -> None:
    cells = view.cells("capex_usd:max", view.varied, "")
    assert len(cells) == 6
    runs = view.frame
    for cell in cells:
        chosen = runs[
            (runs[view.varied[0]] == cell.values[0]) & (runs[view.varied[1]] == cell.values[1])
        ]
        assert cell.mean == pytest.approx(chosen["capex_usd:max"].mean())
        assert cell.runs == 2
        assert cell.typical in chosen["run_id"].tolist()


def test_many_values_become_intervals(view: SweepView) -> None:
    frame = view.frame.loc[view.frame.index.repeat(10)].reset_index(drop=True)
    frame["funding.recovery"] = np.linspace(0, 1, len(frame))
    wide = SweepView(frame, view.manifest)
    cells = wide.cells("defaults", ["funding.recovery"], "")
    assert [cell.values[0] for cell in cells] == pytest.approx(np.arange(8) / 8 + 1 / 16)
    assert sum(cell.runs for cell in cells) == len(frame)


def labels(view: SweepView) -> tuple[Label, Label, Label]:
    world = view.world(0).parameters
    first, second = (parameter_label(n, world, view.frame[n].tolist()) for n in view.varied)
    return first, second, output_label("freeze", world, view.frame["freeze"].tolist(), True)


def test_heat_map_opens_a_run_of_the_cell(view: SweepView) -> None:
    cells = view.cells("freeze", view.varied, "")
    option = heat_option(cells, labels(view), LIGHT)
    item = option["series"][0]["data"][0]
    assert item["value"][:2] == [0, 0]
    assert clicked_run({"data": item}) == cells[0].typical
    assert clicked_run({"data": None}) is None
    assert option["yAxis"]["data"] == ["1", "20", "40"]
    assert (option["visualMap"]["min"], option["visualMap"]["max"]) == (0.0, 100.0)
    json.dumps(option, allow_nan=False)
    assert len(cells_frame(cells, view.varied, "freeze")) == 6


def test_response_curve_shows_runs_and_means(view: SweepView) -> None:
    parameter = view.varied[1]
    points = view.points("capex_usd:max", [parameter], "")
    cells = view.cells("capex_usd:max", [parameter], "")
    _, second, _ = labels(view)
    output = output_label("capex_usd:max", None, points["value"].tolist(), False)
    option = response_option(points, parameter, cells, (second, output), LIGHT)
    dots, _, mean = option["series"]
    assert len(dots["data"]) == 12
    assert [x for x, _ in mean["data"]] == [1.0, 20.0, 40.0]
    assert clicked_run({"data": dots["data"][3]}) == points["run_id"].tolist()[3]
    json.dumps(option, allow_nan=False)


def test_the_world_of_a_run_is_the_one_that_was_run(view: SweepView, folder: Path) -> None:
    world = view.world(7, folder)
    row = view.frame.set_index("run_id").loc[7]
    assert world.seed == row["seed"]
    assert world.parameters.funding.recovery == row["funding.recovery"]
    assert world.parameters.quarters == 3


def test_a_run_that_cannot_be_shown_says_why(view: SweepView, folder: Path) -> None:
    failed = view.frame.assign(status="failed")
    with pytest.raises(ViewProblem, match="failed"):
        SweepView(failed, view.manifest).world(0)
    mine = {**view.manifest, "spec": {**view.manifest["spec"], "scenario": "mine.toml"}}
    with pytest.raises(ViewProblem, match="of your own"):
        SweepView(view.frame, mine).world(0)
    other = {
        **view.manifest,
        "spec": {**view.manifest["spec"], "changes": ["funding.horizon_quarters=9"]},
    }
    with pytest.raises(ViewProblem):
        SweepView(view.frame, other).world(0, folder)


def test_a_folder_without_a_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ViewProblem, match="no sweep"):
        SweepView.open(tmp_path)


def test_labels_are_words_with_units(world: MarketParameters) -> None:
    lab = next(iter(world.labs))
    cash = parameter_label(f"labs.{lab}.cash_usd", world, [1e9, 5e9])
    assert cash.unit == "bn USD"
    assert cash.text.startswith(world.labs[lab].name)
    assert cash.word(5e9) == "5"
    share = output_label(f"{lab}.seat_share:at(2)", world, [0.2], False)
    assert (share.unit, share.shown(0.2)) == ("%", 20.0)
    assert "in quarter 2" in share.text
    assert output_label("capex_usd:sum", world, [1e12], False).unit == "bn USD"
    assert parameter_label("no.such", None, []).text == "no.such"
    assert output_label("freeze", world, [], True).unit == "% of runs"


def test_shown_missing_values_are_left_out(view: SweepView) -> None:
    frame = view.frame.copy()
    frame["capex_usd:max"] = [np.nan, *frame["capex_usd:max"].tolist()[1:]]
    points = SweepView(frame, view.manifest).points("capex_usd:max", view.varied, "")
    assert len(points) == 11
    assert isinstance(points, pd.DataFrame)

"""Charts of sweeps: what is drawn is what was computed, and a click opens the run behind it."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from market.parameters.world import MarketParameters
from market.scenario import load_scenario
from runs.experiments.sweeps import run_sweep
from runs.experiments.text import read_experiment
from viz.charts.sweeps import cells_frame, clicked_run, heat_option, response_option
from viz.charts.theme import LIGHT
from viz.pages.sweeps import partial_note
from viz.world.sweep_view import Label, SweepView, ViewProblem, output_label, parameter_label


@pytest.fixture(scope="module")
def world() -> MarketParameters:
    return load_scenario("minimal", ["quarters=4"])


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
    assert [item["value"][0] for item in mean["data"]] == [1.0, 20.0, 40.0]
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


def with_gaps(view: SweepView) -> SweepView:
    """The same sweep; of the six cells one has no value, and one has it in one of two runs."""
    frame = view.frame.copy()
    cells = frame.groupby(view.varied)["run_id"].apply(list).tolist()
    missing = frame["run_id"].isin([*cells[0], cells[1][0]])
    frame["capex_usd:max"] = frame["capex_usd:max"].mask(missing)
    return SweepView(frame, view.manifest)


def test_cells_say_how_many_of_their_runs_have_a_value(view: SweepView) -> None:
    cells = with_gaps(view).cells("capex_usd:max", view.varied, "")
    assert [(cell.runs, cell.total) for cell in cells] == [(0, 2), (1, 2)] + [(2, 2)] * 4
    first, second, _ = labels(view)
    output = output_label("capex_usd:max", None, [1e9], False)
    option = heat_option(cells, (first, second, output), LIGHT)
    empty, partial, whole, *_ = option["series"][0]["data"]
    assert empty["label"]["formatter"] == "in no run"
    assert "in no run" in empty["name"]
    assert empty["visualMap"] is False
    assert partial["label"]["formatter"].endswith("\n1 of 2")
    assert "1 of 2 runs; the others have none" in partial["name"]
    assert " to " in whole["label"]["formatter"] and "runs: 2" in whole["name"]
    assert "95% interval: " in whole["name"] and "95% interval" not in empty["name"]
    assert cells[0].typical in view.frame["run_id"].tolist()
    json.dumps(option, allow_nan=False)
    assert "1 of 2 runs" not in partial_note(cells[2:], None)
    assert "in no run" in partial_note(cells, None)


def test_a_curve_says_how_many_runs_its_means_are_of(view: SweepView) -> None:
    gaps, parameter = with_gaps(view), view.varied[1]
    cells = gaps.cells("capex_usd:max", [parameter], "")
    _, second, _ = labels(view)
    assert partial_note(cells, second).endswith("(2 of 4 runs at 1, 3 of 4 runs at 20).")
    assert partial_note(view.cells("capex_usd:max", [parameter], ""), second) == ""
    points = gaps.points("capex_usd:max", [parameter], "")
    output = output_label("capex_usd:max", None, points["value"].tolist(), False)
    mean = response_option(points, parameter, cells, (second, output), LIGHT)["series"][2]
    assert "2 of 4 runs; the others have none" in mean["data"][0]["name"]


def test_shown_missing_values_are_left_out(view: SweepView) -> None:
    frame = view.frame.copy()
    frame["capex_usd:max"] = [np.nan, *frame["capex_usd:max"].tolist()[1:]]
    points = SweepView(frame, view.manifest).points("capex_usd:max", view.varied, "")
    assert len(points) == 11
    assert isinstance(points, pd.DataFrame)

"""Whatever part of a sweep is done is a fair sample of all of it, and can be analysed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from analysis_frames import designed, ishigami, with_output

from runs.analysis.frame import AnalysisProblem, finished_part
from runs.analysis.sensitivity import Question, sobol_indices
from runs.cli import execute
from runs.experiments.plan import plan_sweep
from runs.experiments.sweeps import run_sweep
from runs.experiments.text import make_experiment
from runs.problems import Refused
from runs.sweep.parts import execution_order
from runs.sweep.plan import design_table
from runs.sweep.results import digest, load, verify

ANGLE = (-3.141592653589793, 3.141592653589793)
NAMES = ["x1", "x2", "x3"]
GRID = {
    "experiment": {
        "name": "grid",
        "scenario": "minimal",
        "quarters": 2,
        "replications": 3,
        "outputs": ["defaults"],
    },
    "design": {"method": "grid", "levels": 4},
    "vary": {
        "funding.recovery": {"low": 0.1, "high": 0.8},
        "enterprise.customers": {"low": 1000, "high": 9000},
    },
}


def order_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The runs of a design in the order in which they are done."""
    return frame.iloc[execution_order(design_table(frame))].reset_index(drop=True)


def test_every_run_is_done_once() -> None:
    order = execution_order(designed_table("lhs", 11, replications=3))
    assert sorted(order.tolist()) == list(range(33))


def designed_table(method: str, samples: int, **options: int) -> pa.Table:
    return design_table(designed(method, dict.fromkeys(NAMES, ANGLE), samples, **options))


def test_first_replicates_of_all_points_come_before_second_ones() -> None:
    frame = designed("lhs", dict.fromkeys(NAMES, ANGLE), 12, replications=4, arms=["a", "b"])
    done = order_of(frame)
    assert done["replicate"].is_monotonic_increasing
    for cut in range(2, len(done), 7):
        points = Counter(done["point"][: cut - cut % 2])
        assert max(points.values()) - min(points.get(p, 0) for p in range(12)) <= 2  # the two arms
        arms = Counter(done["arm"][:cut])
        assert abs(arms["a"] - arms["b"]) <= 1


@pytest.mark.parametrize("levels", [4, 5, 8, 10])
def test_the_points_of_a_grid_are_taken_evenly_from_all_of_it(levels: int) -> None:
    plan = plan_sweep(make_experiment({**GRID, "design": {"method": "grid", "levels": levels}}))
    done = plan.design.to_pandas().iloc[plan.order]
    middle = {name: done[name].unique().mean() for name in GRID["vary"]}
    for cut in (levels**2 // 2, 3 * levels**2 // 4):
        for name in GRID["vary"]:
            counts = done[name][:cut].value_counts()
            assert len(counts) == levels
            assert counts.max() <= 2 * cut / levels
            assert done[name][:cut].mean() == pytest.approx(middle[name], rel=0.15)


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_points_of_a_sample_are_done_together(method: str) -> None:
    frame = designed(method, dict.fromkeys(NAMES, ANGLE), 8, replications=2)
    done = order_of(frame)
    assert done["replicate"].is_monotonic_increasing
    for _, replicate in done.groupby("replicate"):
        assert replicate["sample"].is_monotonic_increasing


def test_stored_runs_are_read_by_number_whatever_their_order(tmp_path: Path) -> None:
    run_sweep(make_experiment(GRID), tmp_path / "a")
    frame = load(tmp_path / "a")
    assert frame["run_id"].tolist() == list(range(48))
    assert verify(tmp_path / "a") == []
    run_sweep(make_experiment(GRID), tmp_path / "b", jobs=2)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def broken_off(frame: pd.DataFrame, done: int) -> pd.DataFrame:
    """A frame whose last runs, in the order of doing them, have not been done."""
    late = execution_order(design_table(frame.drop(columns=["status", "y"])))[done:]
    found = frame.copy()
    found.attrs = frame.attrs
    found.loc[late, "status"], found.loc[late, "y"] = "not run", float("nan")
    return found


def test_what_is_done_of_a_sobol_sweep_is_whole_samples() -> None:
    design = designed("sobol", dict.fromkeys(NAMES, ANGLE), 64, replications=2)
    frame = with_output(design, NAMES, ishigami)
    for done, samples, replicates in ((163, 32, 1), (320, 64, 1), (321, 64, 1), (630, 62, 2)):
        part, note = finished_part(broken_off(frame, done))
        assert part["sample"].nunique() == samples
        assert part["replicate"].nunique() == replicates
        assert len(part) == samples * replicates * 5
        assert f"{done:,} of 640 runs are done" in note
        assert f"{samples} of 64 samples" in note
        found = sobol_indices(part, Question("y", NAMES, resamples=20))
        assert not [text for text in found.notes if "left out" in text]


def test_a_sweep_that_is_done_stays_as_it_is() -> None:
    frame = with_output(designed("lhs", dict.fromkeys(NAMES, ANGLE), 20), NAMES, ishigami)
    part, note = finished_part(frame)
    assert part is frame
    assert not note


def test_a_sweep_that_has_just_begun_says_so() -> None:
    frame = with_output(designed("sobol", dict.fromkeys(NAMES, ANGLE), 8), NAMES, ishigami)
    with pytest.raises(AnalysisProblem, match="no sample has all its runs yet: 3 of 40"):
        finished_part(broken_off(frame, 3))


SOBOL = {
    "experiment": {
        "name": "s",
        "scenario": "minimal",
        "quarters": 8,
        "outputs": ["labs_cash_usd:min"],
    },
    "design": {"method": "sobol", "samples": 16},
    "vary": GRID["vary"],
}


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Sobol sweep of which the second half is not stored, as while it runs."""
    folder = tmp_path_factory.mktemp("half") / "s"
    run_sweep(make_experiment(SOBOL), folder)
    journal = (folder / "parts.jsonl").read_text().splitlines(keepends=True)
    kept = [line for line in journal if json.loads(line)["part"] < len(journal) // 2]
    (folder / "parts.jsonl").write_text("".join(kept))
    return folder


def test_sensitivity_works_while_a_sweep_runs(
    half: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["sensitivity", str(half), "--output", "labs_cash_usd:min"]) == 0
    out = capsys.readouterr().out
    assert "32 of 64 runs are done" in out
    assert "widest interval" in out


def test_a_wanted_interval_is_met_or_not(half: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sensitivity", str(half), "--output", "labs_cash_usd:min", "--interval"]
    assert execute([*words, "100"]) == 0
    assert "within the wanted 100" in capsys.readouterr().out
    assert execute([*words, "1e-9"]) == 7
    assert "wider than the wanted 1e-09" in capsys.readouterr().out


def test_a_folder_in_the_older_order_is_read_and_never_mixed(tmp_path: Path) -> None:
    """Format 1 held parts by number of the run; one part holds the same runs in both."""
    folder = tmp_path / "old"
    experiment = make_experiment({**GRID, "experiment": {**GRID["experiment"], "replications": 1}})
    run_sweep(experiment, folder)
    usual = load(folder)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    parts, rows = manifest["parts"], manifest["part_rows"]
    order = execution_order(pq.read_table(folder / "design.parquet"))
    by_number = pa.concat_tables(
        [pq.read_table(folder / "runs" / f"part-{part:06d}.parquet") for part in range(parts)]
    ).sort_by("run_id")
    assert order.tolist() != sorted(order.tolist())
    for part in range(parts):
        table = by_number.slice(part * rows, rows)
        pq.write_table(table, folder / "runs" / f"part-{part:06d}.parquet")
    manifest["format"] = 1
    del manifest["own_model"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    pd.testing.assert_frame_equal(load(folder), usual)
    problems = {finding.problem for finding in verify(folder)}
    assert "does not hold the runs of its place" not in problems
    with pytest.raises(Refused, match="older order: it can be read, exported and verified"):
        run_sweep(experiment, folder, resume=True)

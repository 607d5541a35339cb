"""The folder of a sweep: what is written, what is read back, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sweep_tasks import make_plan

import runs
from runs.experiments.sweeps import SweepOptions, SweepSummary, run_plan
from runs.files import append_line, read_lines, write_atomically
from runs.problems import Refused, StorageFailed
from runs.sweep import manifest as manifests
from runs.sweep import store as stores
from runs.sweep.manifest import read_manifest
from runs.sweep.one_run import RunResult
from runs.sweep.parts import chunk_size, part_name
from runs.sweep.results import digest, load, load_series, read_errors, verify
from runs.sweep.store import Lock, is_locked, open_store
from runs.sweep.workers import InProcess


def sweep(folder: Path, *, options: dict[str, Any] | None = None, **task: Any) -> SweepSummary:
    return run_plan(make_plan(**task), folder, InProcess(), SweepOptions(**(options or {})))


@pytest.fixture
def done(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "done"
    sweep(folder, runs=10, deeds={4: "raise"}, has_series=True)
    yield folder


def test_the_layout_of_the_folder(done: Path) -> None:
    assert sorted(path.name for path in done.iterdir()) == [
        "design.parquet",
        "errors.jsonl",
        "experiment.toml",
        "lock",
        "manifest.json",
        "parts.jsonl",
        "runs",
        "series",
        "timings.jsonl",
    ]
    assert sorted(path.name for path in (done / "runs").iterdir()) == [
        f"part-00000{part}.parquet" for part in range(4)
    ]
    assert not list(done.rglob("*.tmp"))


def test_the_manifest_says_what_was_run_where_and_when(done: Path) -> None:
    found = read_manifest(done)
    assert found["status"] == "finished"
    assert (found["runs"], found["parts"], found["part_rows"]) == (10, 4, 3)
    assert found["outputs"]["is_even"] == "bool"
    assert found["varied"] == ["funding.recovery", "lab.depth"]
    assert {"python", "numpy", "pandas", "mesa", "pyarrow", "kaartenhuis", "numba"} == set(
        found["versions"]
    )
    assert len(found["model_sha256"]) == len(found["files"]["design.parquet"]) == 64
    assert found["sessions"][0]["ended"] >= found["sessions"][0]["started"]


def test_results_open_as_one_frame(done: Path) -> None:
    frame = load(done)
    assert frame["run_id"].tolist() == list(range(10))
    assert frame["status"].tolist() == ["ok"] * 4 + ["failed"] + ["ok"] * 5
    assert frame.attrs == {
        "outputs": ["square", "is_even", "third", "name"],
        "varied": ["funding.recovery", "lab.depth"],
    }
    assert frame["square"][3] == 9 / 7
    assert str(frame["is_even"].dtype) == "boolean"
    assert str(frame["third"].dtype) == "Int64"


def test_a_failed_run_is_missing_and_never_zero(done: Path) -> None:
    row = load(done).set_index("run_id").loc[4]
    assert row[["square", "is_even", "third", "name"]].isna().all()
    assert row["funding.recovery"] == 0.4


def test_a_column_without_gaps_has_a_plain_type(tmp_path: Path) -> None:
    sweep(tmp_path / "a", runs=4)
    assert str(load(tmp_path / "a")["is_even"].dtype) == "bool"


def test_load_is_offered_by_the_package(done: Path) -> None:
    pd.testing.assert_frame_equal(runs.load(done), load(done))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = runs.no_such_name


def test_other_programs_read_the_parts_as_one_table(done: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.sql(
        f"select count(*), sum(is_even::int) from '{done}/runs/*.parquet'"
    ).fetchall()
    assert found == [(10, 4)]


def test_series_are_kept_when_asked_for(done: Path, tmp_path: Path) -> None:
    series = load_series(done)
    assert list(series.columns) == ["run_id", "quarter", "a", "b"]
    assert len(series) == 18  # the failed run has none
    assert series.query("run_id == 9 and quarter == 1")["a"].item() == 9.0
    sweep(tmp_path / "a", runs=2)
    with pytest.raises(Refused, match="--keep-series"):
        load_series(tmp_path / "a")


def test_errors_stand_apart_with_their_tracebacks(done: Path) -> None:
    errors = read_errors(done)
    assert list(errors) == [4]
    assert errors[4]["error"] == "ValueError: run 4 does not like it"
    assert "Traceback" in errors[4]["traceback"]
    assert "Traceback" not in (done / "runs" / part_name(1)).read_bytes().decode("latin-1")


def test_times_are_no_part_of_the_results(done: Path) -> None:
    entries = list(read_lines(done / "timings.jsonl"))
    assert sum(len(entry["seconds"]) for entry in entries) == 10
    assert "seconds" not in pq.read_schema(done / "runs" / part_name(0)).names


def test_the_same_sweep_gives_the_same_bytes(done: Path, tmp_path: Path) -> None:
    sweep(tmp_path / "again", runs=10, deeds={4: "raise"}, has_series=True)
    assert digest(tmp_path / "again") == digest(done)
    sweep(tmp_path / "other", runs=10, has_series=True)
    assert digest(tmp_path / "other") != digest(done)


@pytest.mark.parametrize(
    ("runs_in_all", "rows"), [(1, 1), (63, 1), (128, 4), (512, 16), (10_000, 16), (100_000, 97)]
)
def test_the_size_of_a_part_follows_from_the_plan(runs_in_all: int, rows: int) -> None:
    assert chunk_size(runs_in_all) == rows


# --- folders that are there


def test_a_sweep_is_neither_resumed_nor_replaced_without_a_word(done: Path) -> None:
    before = digest(done)
    with pytest.raises(Refused, match="--resume to go on, or --overwrite"):
        sweep(done, runs=10)
    assert digest(done) == before


def test_overwrite_begins_anew(done: Path) -> None:
    (done / "picture.png").write_bytes(b"mine")
    sweep(done, runs=4, options={"overwrite": True})
    assert len(load(done)) == 4
    assert (done / "picture.png").read_bytes() == b"mine"
    assert verify(done) == []
    assert not (done / "series").exists()
    assert not (done / "errors.jsonl").exists()


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    for options in ({}, {"overwrite": True}, {"resume": True}):
        with pytest.raises(Refused, match=r"letter\.txt"):
            sweep(tmp_path, runs=2, options=options)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(Refused, match="is a file"):
        sweep(tmp_path / "letter.txt", runs=2)
    (tmp_path / "letter.txt").rename(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text('{"kind": "run"}')
    with pytest.raises(Refused, match="something else"):
        sweep(tmp_path, runs=2, options={"overwrite": True})


def test_a_folder_without_a_sweep_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds no sweep"):
        load(tmp_path)
    with pytest.raises(Refused, match="is not there"):
        load(tmp_path / "nothing")


def test_resume_of_nothing_is_a_new_sweep(tmp_path: Path) -> None:
    assert sweep(tmp_path / "a", runs=4, options={"resume": True}).computed == 4
    assert sweep(tmp_path / "a", runs=4, options={"resume": True}).computed == 0


def test_a_folder_that_died_before_its_manifest_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("process 1")
    (tmp_path / "design.parquet").write_bytes(b"half")
    assert sweep(tmp_path, runs=4).done == 4


def test_only_one_command_writes(done: Path) -> None:
    assert not is_locked(done)
    lock = Lock(done)
    assert is_locked(done)
    with pytest.raises(Refused, match=r"in use: another command writes to it \(process \d+\)"):
        sweep(done, runs=10, options={"resume": True})
    lock.release()
    assert not is_locked(done)


# --- damage and change


@pytest.mark.parametrize("kind", ["runs", "series"])
@pytest.mark.parametrize("harm", ["flip", "cut", "delete"])
def test_damage_is_found_and_mended(done: Path, kind: str, harm: str) -> None:
    before = digest(done)
    path = done / kind / part_name(2)
    content = bytearray(path.read_bytes())
    if harm == "delete":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content if harm == "flip" else content[:-20])
    found = verify(done)
    assert [finding.file for finding in found] == ["runs/part-000002.parquet"]
    assert f"{kind}/part-000002.parquet" in found[0].problem
    again = sweep(done, runs=10, deeds={4: "raise"}, has_series=True, options={"resume": True})
    assert again.computed == 3
    assert verify(done) == []
    assert digest(done) == before
    assert list(read_errors(done)) == [4]


def test_damage_to_the_design_is_found_and_mended(done: Path) -> None:
    (done / "design.parquet").write_bytes(b"nothing")
    assert [finding.file for finding in verify(done)] == ["design.parquet"]
    sweep(done, runs=10, deeds={4: "raise"}, has_series=True, options={"resume": True})
    assert verify(done) == []


def test_a_whole_part_in_the_wrong_place_is_found(tmp_path: Path) -> None:
    done = tmp_path / "a"
    sweep(done, runs=10)
    content = (done / "runs" / part_name(0)).read_bytes()
    (done / "runs" / part_name(1)).write_bytes(content)
    entry = next(e for e in read_lines(done / "parts.jsonl") if e["part"] == 0)
    append_line(done / "parts.jsonl", entry | {"part": 1})
    assert [finding.problem for finding in verify(done)] == ["does not hold the runs of its place"]


def test_an_unreadable_part_is_named(done: Path) -> None:
    (done / "runs" / part_name(1)).write_bytes(b"PAR1")
    with pytest.raises(Refused, match=r"part-000001\.parquet cannot be read"):
        load(done)


def test_another_experiment_is_not_resumed(done: Path) -> None:
    with pytest.raises(Refused, match="the experiment is another one"):
        sweep(done, runs=12, options={"resume": True})


def test_with_force_only_the_parts_that_fit_are_kept(done: Path) -> None:
    summary = sweep(done, runs=14, has_series=True, options={"resume": True, "force": True})
    assert summary.computed == 11  # the first part holds the same runs as before
    assert len(load(done)) == 14
    assert load(done)["status"].value_counts().to_dict() == {"ok": 13, "failed": 1}
    assert "another one" in read_manifest(done)["sessions"][-1]["forced"][0]
    assert verify(done) == []


def test_with_force_other_columns_are_computed_anew(done: Path) -> None:
    summary = sweep(done, runs=10, options={"resume": True, "force": True})
    assert summary.computed == 10
    assert read_manifest(done)["series"] == []
    assert verify(done) == []


def test_other_versions_and_other_code_are_not_resumed(
    done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task: dict[str, Any] = {"runs": 10, "deeds": {4: "raise"}, "has_series": True}
    now = manifests.versions()
    monkeypatch.setattr(manifests, "versions", lambda: now | {"numpy": "9.9"})
    with pytest.raises(Refused, match=rf"numpy was {now['numpy']} and is 9\.9"):
        sweep(done, **task, options={"resume": True})
    monkeypatch.setattr(manifests, "versions", lambda: now)
    monkeypatch.setattr(manifests, "model_sha256", lambda own: "0" * 64)
    with pytest.raises(Refused, match="the code of the model has changed"):
        sweep(done, **task, options={"resume": True})
    assert sweep(done, **task, options={"resume": True, "force": True}).computed == 0


# --- writing


def test_a_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*names: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_torn_lines_are_skipped_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_line(path, {"part": 1})
    with path.open("ab") as file:
        file.write(b'{"part": 2, "ro')
    append_line(path, {"part": 3})
    assert [entry["part"] for entry in read_lines(path)] == [1, 3]
    assert list(read_lines(tmp_path / "absent")) == []


def test_a_part_that_the_journal_does_not_name_is_done_again(tmp_path: Path) -> None:
    plan = make_plan(runs=6)
    store = open_store(tmp_path / "a", plan)
    results = {run: RunResult(run, "ok", (1.0, True, 1, "x")) for run in plan.run_ids(0)}
    store.commit(0, results)
    store.close()
    (tmp_path / "a" / "parts.jsonl").unlink()
    assert sweep(tmp_path / "a", runs=6, options={"resume": True}).computed == 6


def test_a_write_that_fails_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, content: bytes) -> None:
        if path.name == part_name(1):
            raise OSError(28, "No space left on device")
        write_atomically(path, content)

    monkeypatch.setattr(stores, "write_atomically", fail)
    with pytest.raises(
        StorageFailed, match=r"No space left on device.*free some room; to go on: kaartenhuis"
    ):
        sweep(tmp_path / "a", runs=9)
    assert read_manifest(tmp_path / "a")["status"] == "broken"
    monkeypatch.undo()
    assert sweep(tmp_path / "a", runs=9, options={"resume": True}).computed == 6
    assert verify(tmp_path / "a") == []


def test_the_manifest_is_plain_json(done: Path) -> None:
    text = (done / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text)["spec"] == {"runs": 10, "part_rows": 3, "series": True}

"""The folder of results: complete, described, the same bytes each time, never half-written."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from market.scenario import read_scenario
from runs.cli import execute
from runs.problems import UserProblem
from runs.single_run import pictures
from runs.single_run import run_folder as outputs
from runs.single_run.run_folder import MANIFEST, check_folder, columns_by_file, write_outputs
from runs.single_run.simulate import Run, simulate

QUARTERS = 8


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(read_scenario("minimal", [f"quarters={QUARTERS}"]))


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("outputs") / "run"
    write_outputs(run, path, command=["kaartenhuis", "run", "minimal"])
    return path


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def run_in_a_new_process(folder: Path, hash_seed: str, *options: str) -> dict[str, bytes]:
    subprocess.run(
        [
            *(sys.executable, "-W", "error", "-m", "runs", "run", "minimal"),
            *("--quarters", str(QUARTERS), "--out", str(folder), "--quiet", *options),
        ],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
    )
    return files_of(folder)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    first = run_in_a_new_process(tmp_path / "a", "1")
    second = run_in_a_new_process(tmp_path / "elsewhere" / "b", "2", "--matrix", "2026Q1")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert str(tmp_path).encode() not in b"".join(first.values())


def test_writing_changes_no_number(run: Run, folder: Path) -> None:
    alone = simulate(read_scenario("minimal", [f"quarters={QUARTERS}"]))
    pd.testing.assert_frame_equal(run.market, alone.market)
    pd.testing.assert_frame_equal(run.events, alone.events)
    assert (folder / "model.csv").is_file()


def test_another_seed_gives_other_draws(run: Run) -> None:
    other = simulate(read_scenario("minimal", [f"quarters={QUARTERS}"]), seed=run.seed + 1)
    assert not other.market.equals(run.market)


def test_the_manifest_names_every_file_with_its_hash(run: Run, folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    files = files_of(folder)
    del files[MANIFEST]
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert manifest["files"] == hashes
    assert manifest["scenario_sha256"] == hashes["scenario.toml"]
    assert (manifest["seed"], manifest["quarters"]) == (run.seed, QUARTERS)
    assert manifest["command"] == ["kaartenhuis", "run", "minimal"]


def test_the_scenario_that_was_written_loads_back_equal(run: Run, folder: Path) -> None:
    again = read_scenario(folder / "scenario.toml")
    assert again.parameters == run.scenario.parameters


def test_csv_and_parquet_hold_the_same(folder: Path) -> None:
    tables = sorted(folder.glob("*.parquet"))
    assert {path.stem for path in tables} >= {"model", "events", "agents-AILab"}
    for path in tables:
        typed = pd.read_parquet(path)
        text = pd.read_csv(path.with_suffix(".csv"), keep_default_na=False)
        assert list(typed.columns) == list(text.columns)
        assert len(typed) == len(text)
        for column in typed.select_dtypes("float"):
            values = pd.to_numeric(text[column], errors="coerce").fillna(-1.0).tolist()
            assert values == typed[column].fillna(-1.0).tolist(), column


def test_the_dictionary_describes_every_column(folder: Path) -> None:
    known = columns_by_file()
    for path in folder.glob("*.csv"):
        columns = pd.read_csv(path, nrows=0).columns.tolist()
        assert columns == [name for name, _, _ in known.pop(path.stem)], path.name
    assert known.pop("agents-StartupCohort"), "this world has none"
    assert sorted(known) == [
        f"matrices/{name}-(quarter)"
        for name in ("balance-sheet", "revaluation", "transactions-flow")
    ]
    table = pd.read_csv(folder / "data-dictionary.csv")
    assert not table.isna().any().any()


def test_matrices_of_every_quarter_sum_to_zero(run: Run, folder: Path) -> None:
    for label in run.labels:
        for name in ("balance-sheet", "transactions-flow", "revaluation"):
            path = folder / "matrices" / f"{name}-{label}.csv"
            matrix = pd.read_csv(path, index_col="row", keep_default_na=False).astype(float)
            assert matrix.loc["Sum"].abs().max() < 1e-6, path.name
    assert len(list((folder / "matrices").iterdir())) == 3 * QUARTERS


def test_agents_add_up_to_the_market(run: Run, folder: Path) -> None:
    clouds = pd.read_csv(folder / "agents-CloudProvider.csv").groupby("quarter")["capex_usd"].sum()
    market = pd.read_csv(folder / "model.csv").set_index("quarter")["capex_usd"]
    assert clouds.to_dict() == pytest.approx(market.to_dict())


# --- never half-written, never over another's work


def test_a_failure_leaves_nothing_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(pictures, "write_pictures", fail)
    with pytest.raises(MemoryError):
        write_outputs(run, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_overwrite_leaves_the_old_results(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run"
    write_outputs(run, target, has_pictures=False)
    before = files_of(target)
    replace, calls = os.replace, []

    def fail_once(source: Path, goal: Path) -> None:
        calls.append(goal)
        if len(calls) == 2:
            raise OSError("no")
        replace(source, goal)

    monkeypatch.setattr(outputs.os, "replace", fail_once)
    with pytest.raises(UserProblem, match=r"cannot write to .*: no"):
        write_outputs(run, target, has_pictures=False, overwrite=True)
    assert files_of(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_overwriting_replaces_the_whole_folder(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "run"
    write_outputs(run, target)
    assert (target / "pictures").is_dir()
    with pytest.raises(UserProblem, match="not empty"):
        write_outputs(run, target)
    write_outputs(run, target, overwrite=True, has_pictures=False)
    assert not (target / "pictures").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_is_used_and_others_are_safe(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_outputs(run, tmp_path / "empty", has_pictures=False)
    assert (tmp_path / "empty" / MANIFEST).is_file()
    with pytest.raises(UserProblem, match="holds no results"):
        check_folder(tmp_path, overwrite=True)


def test_the_command_is_kept_without_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "minimal"\nquarters = 2\n', encoding="utf-8")
    arguments = ["run", str(mine), "--set", "funding.recovery=0.3", "--out", str(tmp_path / "o")]
    assert execute([*arguments, "--quiet", "--no-pictures"]) == 0
    manifest = json.loads((tmp_path / "o" / MANIFEST).read_text(encoding="utf-8"))
    assert " ".join(manifest["command"]) == (
        "kaartenhuis run mine.toml --set funding.recovery=0.3 --seed 42 --no-pictures"
    )
    assert str(tmp_path).encode() not in b"".join(files_of(tmp_path / "o").values())

"""Commands about the folder of a sweep, through the command line."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_world import small_world
from sweep_tasks import make_plan

from runs import RunConfig, run_scenarios
from runs.cli import execute
from runs.commands import results
from runs.experiments.sweeps import SweepOptions, run_plan
from runs.sweep.manifest import read_manifest, write_manifest
from runs.sweep.results import digest
from runs.sweep.store import Lock
from runs.sweep.workers import InProcess

type Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = execute(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sweep of the model."""
    folder = tmp_path_factory.mktemp("made") / "sweep"
    config = RunConfig(
        ("capex_usd:last", "freeze_quarter"), replications=3, quarters=2, series=True
    )
    run_scenarios([small_world()], config, store=folder)
    return folder


@pytest.fixture
def sweep(made: Path, tmp_path: Path) -> str:
    shutil.copytree(made, tmp_path / "sweep")
    return "sweep"


@pytest.fixture
def failing(tmp_path: Path) -> str:
    """A sweep with two failures that was stopped."""
    plan = make_plan(runs=9, deeds={3: "raise", 4: "raise"})
    argv = ("kaartenhuis", "sweep", "trouble.toml", "-o", "failing", "--overwrite")
    options = SweepOptions(max_failures=1, argv=argv)
    run_plan(plan, tmp_path / "failing", InProcess(), options)
    return "failing"


def test_status_of_a_finished_sweep(cli: Cli, sweep: str) -> None:
    code, out, err = cli("status", sweep)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == ["small: finished", "runs     3 of 3 stored: 3 ok", "parts    3 of 3"]
    assert lines[3].startswith("time     ")
    assert [line.split()[0] for line in lines[4:]] == ["started", "ended"]


def test_status_for_programs(cli: Cli, sweep: str) -> None:
    found = json.loads(cli("status", sweep, "--json")[1])
    assert (found["status"], found["stored"], found["is_running"]) == ("finished", 3, False)
    assert found["statuses"] == {"ok": 3}


def test_status_names_the_exact_command_to_go_on(cli: Cli, failing: str) -> None:
    out = cli("status", failing)[1]
    assert out.splitlines()[0] == "trouble: stopped"
    assert "runs     6 of 9 stored: 2 failed, 4 ok" in out
    assert "go on    kaartenhuis sweep trouble.toml -o failing --resume\n" in out
    assert "why      kaartenhuis failures failing\n" in out


def test_status_tells_running_from_broken_off(cli: Cli, failing: str, tmp_path: Path) -> None:
    manifest = read_manifest(tmp_path / failing)
    write_manifest(tmp_path / failing, manifest | {"status": "running"})
    assert cli("status", failing)[1].startswith("trouble: broken off")
    lock = Lock(tmp_path / failing)
    assert cli("status", failing)[1].startswith("trouble: running now")
    lock.release()


def test_without_a_known_command_the_copy_in_the_folder_goes_on(
    cli: Cli, failing: str, tmp_path: Path
) -> None:
    manifest = read_manifest(tmp_path / failing)
    manifest["sessions"][0]["argv"] = []
    write_manifest(tmp_path / failing, manifest)
    command = "kaartenhuis sweep failing/experiment.toml -o failing --resume"
    assert f"go on    {command}" in cli("status", failing)[1]


def test_failures_are_counted_and_listed(cli: Cli, failing: str) -> None:
    code, out, _ = cli("failures", failing)
    assert code == 0
    assert "1 x failed: ValueError: run 3 does not like it" in out
    assert "run 4  failed: ValueError: run 4 does not like it" in out
    assert "traceback: kaartenhuis failures failing --run-id 3" in out
    assert "and 1 more: add --limit 2" in cli("failures", failing, "--limit", "1")[1]


def test_one_failure_with_its_traceback(cli: Cli, failing: str, sweep: str) -> None:
    code, out, _ = cli("failures", failing, "--run-id", "4")
    assert code == 0
    assert out.startswith("run 4 failed: ValueError: run 4 does not like it\nTraceback")
    assert out.endswith("do it again: kaartenhuis replay failing --run-id 4\n")
    code, _, err = cli("failures", failing, "--run-id", "2")
    assert (code, err) == (5, "error: run 2 has no failure; runs that have: 3, 4\n")
    assert cli("failures", sweep)[1] == "no run failed\n"


def test_replay_gives_the_same_bytes(cli: Cli, sweep: str) -> None:
    code, out, err = cli("replay", sweep, "--run-id", "2")
    assert (code, err) == (0, "")
    assert out.endswith("the same bytes\n")
    code, _, err = cli("replay", sweep, "--run-id", "3")
    assert (code, err) == (5, "error: there is no run 3: the runs are 0 to 2\n")


def test_replay_tells_what_has_changed(
    cli: Cli, sweep: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = read_manifest(tmp_path / sweep)
    manifest["versions"]["numpy"] = "1.0"
    write_manifest(tmp_path / sweep, manifest)
    plan = results.stored_plan(tmp_path / sweep)
    world = plan.task.worlds[0]  # type: ignore[attr-defined]
    richer = world.model_copy(update={"quarters": 1})
    config = plan.task.config  # type: ignore[attr-defined]
    object.__setattr__(config, "quarters", 1)
    object.__setattr__(plan.task, "worlds", (richer,))
    monkeypatch.setattr(results, "stored_plan", lambda folder: plan)
    code, out, err = cli("replay", sweep, "--run-id", "0")
    assert code == 1
    assert out.endswith("other bytes: capex_usd:last\n")
    assert err.startswith("since then: numpy was 1.0 and is ")


def test_verify_of_a_whole_and_of_a_damaged_sweep(cli: Cli, sweep: str, tmp_path: Path) -> None:
    code, out, _ = cli("verify", sweep)
    assert (code, out) == (0, f"whole: 3 runs in 3 parts\ndigest {digest(tmp_path / sweep)}\n")
    path = tmp_path / sweep / "runs" / "part-000001.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    code, out, err = cli("verify", sweep)
    assert code == 1
    name = "runs/part-000001.parquet"
    assert out == f"{name}: {name} is damaged: not the bytes that were written\n"
    assert err == "1 problem: sweep with --resume does these parts again\n"


def test_retry_of_a_sweep_without_failures(cli: Cli, sweep: str) -> None:
    code, out, _ = cli("retry", sweep, "-j", "0")
    assert code == 0
    assert out.startswith("finished: 3 of 3 runs stored: 3 ok\n0 computed now")
    code, _, err = cli("retry", sweep, "--status", "crash")
    assert (code, err) == (2, "error: --status 'crash': did you mean 'crashed'?\n")


def test_export_as_csv(cli: Cli, sweep: str, tmp_path: Path) -> None:
    code, out, _ = cli("export", sweep, "--csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["run_id"] for row in rows] == ["0", "1", "2"]
    assert rows[0]["freeze_quarter"] == ""
    code, out, err = cli("export", sweep, "--csv", "--series", "-o", "s.csv")
    assert (code, out, err) == (0, "", "written to s.csv\n")
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 7
    code, _, err = cli("export", sweep, "--csv", "-o", "s.csv")
    assert code == 5
    assert "add --overwrite" in err
    assert cli("export", sweep, "--csv", "-o", "s.csv", "--overwrite")[0] == 0
    code, _, err = cli("export", sweep, "--csv", "-o", "no/such/folder.csv")
    assert (code, err) == (5, "error: cannot write no/such/folder.csv: No such file or directory\n")


def test_export_as_a_workbook(cli: Cli, sweep: str, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    assert cli("export", sweep, "--xlsx")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "sweep.xlsx")
    assert book.sheetnames == ["runs", "about"]
    header = [cell.value for cell in book["runs"][1]]
    assert header[:2] == ["run_id", "point"]
    assert book["runs"].max_row == 4
    assert book["about"]["B2"].value == "small"


@pytest.mark.parametrize("kinds", [[], ["--csv", "--xlsx"]])
def test_export_wants_one_kind(cli: Cli, sweep: str, kinds: list[str]) -> None:
    code, _, err = cli("export", sweep, *kinds)
    assert (code, err) == (2, "error: say either --csv or --xlsx\n")


@pytest.mark.parametrize("name", ["status", "failures", "verify", "retry"])
def test_a_folder_without_a_sweep_is_refused_in_one_line(cli: Cli, name: str) -> None:
    code, _, err = cli(name, "nothing")
    assert (code, err) == (5, "error: nothing is not there: name the folder given to sweep -o\n")


def test_an_unreachable_scheduler_has_its_own_exit_code(
    cli: Cli, sweep: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = cli("retry", sweep, "--scheduler", "tcp://127.0.0.1:9")
    assert code == 6
    assert err == "error: --scheduler needs Dask: pip install 'kaartenhuis[dask]'\n"

"""Workers that are stopped, schedulers that are dead, and systems without ``fcntl``."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sweep_process import start, until, workers
from sweep_tasks import make_plan

from runs import load
from runs.cli import execute
from runs.experiments.sweeps import run_plan
from runs.problems import SOME_FAILED, UNREACHABLE
from runs.sweep.workers import (
    NO_RUN,
    SILENT,
    START_S,
    Notes,
    Processes,
    read_notes,
    silent_workers,
)

ROOT = Path(__file__).resolve().parents[3]


def test_a_stopped_worker_is_noticed_by_the_time_limit(tmp_path: Path) -> None:
    plan = make_plan(runs=4, part_rows=2, deeds={1: "stop"}, timeout_s=0.2)
    summary = run_plan(plan, tmp_path / "out", Processes(2))
    assert (summary.exit_code, dict(summary.statuses)) == (SOME_FAILED, {"ok": 3, "timeout": 1})
    assert load(tmp_path / "out")["status"].tolist() == ["ok", "timeout", "ok", "ok"]


def test_a_worker_that_is_stopped_from_outside(tmp_path: Path) -> None:
    process = start(tmp_path / "out", runs=3, part_rows=1, deeds={1: "hang"}, jobs=1, timeout_s=1.0)
    journal = tmp_path / "out" / "parts.jsonl"
    until(lambda: journal.exists() and journal.read_text(encoding="utf-8"))
    for pid in workers(process.pid):
        os.kill(pid, signal.SIGSTOP)
    out, err = process.communicate(timeout=60)
    assert process.returncode == SOME_FAILED, err
    assert '"status": "finished"' in out
    assert load(tmp_path / "out")["status"].tolist() == ["ok", "timeout", "ok"]


def test_who_is_silent(tmp_path: Path) -> None:
    notes = Notes(tmp_path)
    number = tmp_path / f"{os.getpid()}.run"
    past = number.stat().st_mtime - START_S / 2
    notes.begin(7, None)
    assert silent_workers(tmp_path, 1.0) == []
    os.utime(number, (past, past))
    assert silent_workers(tmp_path, 1.0) == [os.getpid()]
    assert silent_workers(tmp_path, 100.0) == []
    notes.end()
    os.utime(number, (past, past))
    assert number.read_text(encoding="ascii").strip() == str(NO_RUN)
    assert silent_workers(tmp_path, 1.0) == []  # it may still be importing
    notes.begin(7, None)
    number.with_suffix(".trace").write_text(SILENT, encoding="utf-8")
    assert read_notes(tmp_path) == ({7: SILENT}, [])


@pytest.mark.parametrize("address", ["nonsense", "", "tcp://", "tcp://127.0.0.1", "127.0.0.1:x"])
def test_an_address_that_is_none(
    address: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code = execute(
        ["sweep", "vendor-finance-by-dry-powder", "-o", "out", "--quiet", "--scheduler", address]
    )
    assert code == UNREACHABLE
    line = capsys.readouterr().err
    assert line.startswith(f"error: no Dask scheduler answers at {address}".rstrip())
    assert len(line.splitlines()) == 1
    assert os.listdir(tmp_path) == []


POSIX = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "syslog"}
"""Modules that Windows lacks."""


def test_nothing_of_the_package_needs_modules_that_windows_lacks() -> None:
    for folder in ("market", "agents", "runs", "viz"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Import):
                    assert not POSIX & {alias.name for alias in node.names}, path
                elif isinstance(node, ast.ImportFrom):
                    assert node.module not in POSIX, path


HIDDEN = """
import sys, warnings
sys.modules["fcntl"] = None
warnings.simplefilter("ignore")  # filelock says that it falls back to files
import os, signal
for name in ("pwrite", "O_CLOEXEC", "fork"):
    delattr(os, name)
del signal.pthread_sigmask
from runs.cli import main
if __name__ == "__main__":
    main()
"""


def test_a_sweep_without_what_windows_lacks(tmp_path: Path) -> None:
    (tmp_path / "hidden.py").write_text(HIDDEN, encoding="utf-8")
    (tmp_path / "e.toml").write_text(
        "[experiment]\nscenario = 'minimal'\nquarters = 2\nreplications = 4\n", encoding="utf-8"
    )
    for command, said in (
        ("sweep e.toml -o out -j 1 --quiet --run-timeout 60", "finished: 4 of 4 runs stored"),
        ("sweep e.toml -o out -j 0 --quiet --resume", "0 computed now"),
        ("status out", "e: finished"),
        ("verify out", "whole: 4 runs"),
    ):
        done = subprocess.run(
            [sys.executable, "hidden.py", *command.split()],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert said in done.stdout

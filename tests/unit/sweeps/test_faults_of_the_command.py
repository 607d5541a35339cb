"""``kaartenhuis sweep`` is killed and interrupted, and the command that it prints goes on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sweep_process import is_alive, parts_of, until, workers

from runs import load, run_sweep
from runs.cli import execute
from runs.experiments.text import read_experiment
from runs.sweep.results import digest, verify

EXPERIMENT = """
[experiment]
scenario = "minimal"
quarters = 4
replications = 120
outputs = ["capex_usd:max", "labs_revenue_usd:last"]
"""
BIN = Path(sys.executable).parent

type Run = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "many.toml").write_text(EXPERIMENT, encoding="utf-8")
    return tmp_path


def start(command: str, folder: Path) -> subprocess.Popen[str]:
    words = shlex.split(command)
    assert words[0] == "kaartenhuis"
    return subprocess.Popen(
        [str(BIN / words[0]), *words[1:]],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command here: (exit code, stdout, stderr)."""
    monkeypatch.chdir(folder)

    def call(command: str) -> tuple[int, str, str]:
        words = shlex.split(command)
        monkeypatch.setattr(sys, "argv", words)
        code = execute(words[1:])
        return code, *capsys.readouterr()

    return call


def assert_same_as_here(folder: Path) -> None:
    run_sweep(read_experiment(folder / "many.toml"), folder / "here")
    assert digest(folder / "out") == digest(folder / "here")
    assert load(folder / "out")["run_id"].tolist() == list(range(120))
    assert verify(folder / "out") == []


def test_killed_and_gone_on_with(folder: Path, run: Run) -> None:
    process = start("kaartenhuis sweep many.toml -o out -j 2", folder)
    until(lambda: len(parts_of(folder / "out")) >= 2)
    started = workers(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    until(lambda: not any(is_alive(pid) for pid in started), seconds=30)
    code, out, _ = run("kaartenhuis status out")
    assert (code, out.splitlines()[0]) == (0, "many: broken off")
    command = re.findall(r"^go on +(.+)$", out, flags=re.MULTILINE)
    assert command == ["kaartenhuis sweep many.toml -o out -j 2 --resume"]
    code, out, _ = run(command[0])
    assert code == 0
    assert out.startswith("finished: 120 of 120 runs stored: 120 ok")
    assert_same_as_here(folder)


def test_ctrl_c_prints_the_command_that_goes_on(folder: Path, run: Run) -> None:
    process = start("kaartenhuis sweep many.toml -o out -j 2", folder)
    until(lambda: len(parts_of(folder / "out")) >= 2)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "finishing what is in flight; press Ctrl-C again to leave at once" in err
    assert "Traceback" not in err
    command = re.findall(r"^to go on: (.+)$", out, flags=re.MULTILINE)
    assert command == ["kaartenhuis sweep many.toml -o out -j 2 --resume"]
    assert run(command[0])[0] == 0
    assert_same_as_here(folder)


def test_ctrl_c_twice_leaves_at_once_and_prints_it_too(folder: Path) -> None:
    words = "kaartenhuis sweep many.toml -o out -j 1 --set enterprise.customers=20000 --quiet"
    process = start(words, folder)
    until(lambda: workers(process.pid))
    until((folder / "out" / "manifest.json").exists)
    os.killpg(process.pid, signal.SIGINT)
    assert process.stderr is not None
    until(lambda: process.stderr.readline().startswith("finishing"))
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == f"left at once; to go on: {words} --resume\nerror: interrupted\n"


def test_another_sweep_in_the_folder_is_refused(run: Run) -> None:
    assert run("kaartenhuis sweep many.toml -o out -j 0 --replications 2")[0] == 0
    code, out, err = run("kaartenhuis sweep many.toml -o out -j 0 --quiet")
    assert (code, out) == (5, "")
    assert err == "error: out holds a sweep: add --resume to go on, or --overwrite\n"
    code, _, err = run("kaartenhuis sweep many.toml -o out -j 0 --quiet --resume")
    assert code == 5
    assert "the experiment is another one" in err

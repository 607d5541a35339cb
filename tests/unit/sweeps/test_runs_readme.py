"""Every command and example of runs/README.md runs, in order, in one folder."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import ROOT

from runs.cli import execute
from runs.experiments.experiment import experiment_names
from runs.sweep.results import digest, load

TEXT = (ROOT / "runs" / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS: list[tuple[str, str]] = BLOCK.findall(TEXT)
MODULE = "# mymodel.py\n"
FILES = {"toml": "costs.toml", "csv": "points.csv"}
CONSOLE = [
    shlex.split(line) for kind, text in BLOCKS if kind == "console" for line in text.splitlines()
]


def test_the_page_has_no_block_that_nothing_runs() -> None:
    assert {kind for kind, _ in BLOCKS} == {"bash", "python", "console", *FILES}
    for name in FILES.values():
        assert f"`{name}`" in TEXT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    for kind, text in BLOCKS:
        if kind in FILES:
            Path(FILES[kind]).write_text(text, encoding="utf-8")
        if text.startswith(MODULE):
            Path("mymodel.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("mymodel", None)


def test_commands_and_examples_run_in_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 0
    for kind, text in BLOCKS:
        if kind == "python" and not text.startswith(MODULE):
            exec(compile(text, "runs/README.md", "exec"), {})
            assert capsys.readouterr().out
        for line in text.splitlines() if kind == "bash" else ():
            program, *arguments = shlex.split(line)
            assert program == "kaartenhuis"
            code = execute(arguments)
            said = capsys.readouterr()
            assert code == 0, f"{line}: {said.err}"
            assert said.out or said.err, line
            count += 1
    assert count >= 20
    assert (folder / "costs.csv").read_text().startswith("run_id,point,arm,")
    assert (folder / "sobol.png").is_file()
    assert load("results/points")["point"].nunique() == 3
    dear, usual = load("results/dear"), load("results/costs")
    usual = usual[usual["replicate"] == 0].reset_index(drop=True)
    assert (dear["seed"] == usual["seed"]).all()
    assert (dear["capex_usd:max"] < usual["capex_usd:max"]).all()


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_dask_from_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    port, started = free_port(), []
    lines = [[word.replace("8786", port) for word in line] for line in CONSOLE]
    programs = {"scheduler": "dask_scheduler", "worker": "dask_worker"}
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    try:
        for _, which, *arguments in lines[:2]:
            command = [sys.executable, "-m", f"distributed.cli.{programs[which]}", *arguments]
            log = (folder / f"{which}.log").open("w", encoding="utf-8")
            with log:
                started.append(
                    subprocess.Popen(
                        command, env=environment, stdout=log, stderr=log, start_new_session=True
                    )
                )
            _wait_for(
                folder / f"{which}.log", "Registered" if which == "worker" else "Scheduler at"
            )
        assert execute(lines[2][1:]) == 0, capsys.readouterr().err
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert execute(["sweep", "costs.toml", "-o", "here", "-j", "0", "--quiet"]) == 0
    assert digest("results/dask") == digest("here")


def _wait_for(log: Path, words: str) -> None:
    deadline = time.monotonic() + 30
    while words not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.05)


def test_the_page_lists_the_experiments() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]+ \|$", TEXT, re.MULTILINE)
    assert [name for name in rows if name in experiment_names()] == [
        "price-gap-by-switching-cost",
        "vendor-finance-by-dry-powder",
        "debt-by-dependence",
        "sobol-twelve",
    ]
    assert len(experiment_names()) == 4

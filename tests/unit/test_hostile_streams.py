"""The command in a process of its own, with streams, folders and signals that are against it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runs.problems import TERMINATED
from runs.single_run import run_folder

ROOT = Path(run_folder.__file__).parents[2]
KAARTENHUIS = f"{sys.executable} -m runs"
RUN = "run minimal --quarters 2 --no-pictures"


def shell(
    line: str, cwd: Path, preparation: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which ``KH`` is the command, after some Python when given."""
    command = KAARTENHUIS
    if preparation:
        script = cwd / "prepared.py"
        script.write_text(f"{preparation}\nfrom runs.cli import main\nmain()\n", encoding="utf-8")
        command = f"{sys.executable} {script}"
    return subprocess.run(
        ["bash", "-c", line.replace("KH", command)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The line with which it ended; its progress bar goes before it."""
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if "quarter/s]" not in line and line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize("command", [RUN, "scenario list", "--help", "--version", "schema --csv"])
def test_a_full_disk_behind_standard_output(command: str, tmp_path: Path) -> None:
    done = shell(f"KH {command} > /dev/full", tmp_path)
    assert done.returncode == 1
    assert "cannot write to standard output: No space left on device" in one_line(done)


@pytest.mark.parametrize("command", [RUN, "scenario list", "--help"])
def test_standard_output_that_is_closed(command: str, tmp_path: Path) -> None:
    done = shell(f"KH {command} >&-", tmp_path)
    assert done.returncode == 1
    assert "cannot write to standard output: it is closed" in one_line(done)


def test_who_prints_nothing_needs_no_standard_streams(tmp_path: Path) -> None:
    done = shell(f"KH {RUN} --quiet --out out <&- >&- 2>&-", tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_without_standard_error_the_story_is_told(tmp_path: Path) -> None:
    done = shell(f"KH {RUN} 2>&-", tmp_path)
    assert done.returncode == 0
    assert done.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_names_that_the_encoding_lacks(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        "extends = 'minimal'\nname = '→ Größe ☂'\nlabs.lab.name = 'Läb ☂'\n", encoding="utf-8"
    )
    for command in ("run mine.toml --quiet --by party --matrix 2025Q3", "scenario show mine.toml"):
        done = shell(f"KH {command}", tmp_path, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, "")
        if encoding != "ascii":  # typer takes that for a mistake, and writes UTF-8
            assert "\\u2602" in done.stdout
    done = shell("KH run ☂.toml", tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 2
    assert "there is no scenario" in one_line(done)


@pytest.mark.parametrize(
    ("command", "code", "parts"),
    [
        (f"{RUN} --quiet", 0, ""),
        (f"{RUN} --out x", 2, "--out x: the working folder was deleted"),
        ("scenario new x.toml", 2, "x.toml: the working folder was deleted"),
        ("run minimal --model mine:Mine", 2, "the working folder was deleted"),
        ("sweep sobol-twelve -o x -j 0", 2, "--out x: the working folder was deleted"),
        ("status x", 5, "x is not there"),
    ],
)
def test_a_working_folder_that_was_deleted(
    command: str, code: int, parts: str, tmp_path: Path
) -> None:
    done = shell(f"mkdir gone && cd gone && rmdir ../gone && KH {command}", tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code:
        assert parts in one_line(done)


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    for command in (f"{RUN} --out", "scenario new", "sweep vendor-finance-by-dry-powder -o"):
        done = shell(f"KH {command} $'bad\\xff'", tmp_path)
        assert done.returncode == 2
        assert "argument 'bad\\udcff' is not UTF-8 text" in one_line(done)
    assert os.listdir(tmp_path) == []
    done = shell(f"mkdir $'\\xff' && cd $'\\xff' && KH {RUN} --out x", tmp_path)
    assert done.returncode == 2
    assert "--out x: its name or that of a folder above is not UTF-8" in one_line(done)


KILLED = """
import os, signal
import runs.single_run.run_folder as here
moved = here._move_into_place
def kill(*arguments):
    os.kill(os.getpid(), signal.SIGTERM)
    moved(*arguments)
here.{function} = kill
"""


@pytest.mark.parametrize("function", ["_write_manifest", "_write_text", "_move_into_place"])
def test_a_signal_while_results_are_written_leaves_nothing(function: str, tmp_path: Path) -> None:
    place = tmp_path / "work"
    place.mkdir()
    done = shell(
        f"cd work && KH {RUN} --out new/folder/out", tmp_path, KILLED.format(function=function)
    )
    assert done.returncode == TERMINATED == 128 + signal.SIGTERM
    assert one_line(done) == "error: terminated"
    assert os.listdir(place) == []


def test_a_signal_while_results_are_replaced_keeps_the_old_ones(tmp_path: Path) -> None:
    place = tmp_path / "work"
    place.mkdir()
    assert shell(f"cd work && KH {RUN} --quiet --out out", tmp_path).returncode == 0
    before = (place / "out" / "manifest.json").read_bytes()
    line = f"cd work && KH {RUN} --seed 7 --out out --overwrite"
    done = shell(line, tmp_path, KILLED.format(function="os.replace"))
    assert done.returncode == TERMINATED
    assert os.listdir(place) == ["out"]
    assert (place / "out" / "manifest.json").read_bytes() == before


def test_a_signal_before_a_sweep_has_begun(tmp_path: Path) -> None:
    prepared = """
import os, signal
import runs.experiments.plan as here
here.plan_sweep = lambda *given: os.kill(os.getpid(), signal.SIGTERM)
"""
    done = shell("KH sweep vendor-finance-by-dry-powder -o out -j 0", tmp_path, prepared)
    assert done.returncode == TERMINATED
    assert one_line(done) == "error: terminated"
    assert not (tmp_path / "out").exists()

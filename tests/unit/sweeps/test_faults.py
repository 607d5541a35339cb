"""Faults done for real: processes are killed, disks fill up, Ctrl-C is pressed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sweep_process import is_alive, parts_of, start, until, workers
from sweep_tasks import make_plan

from runs.experiments.sweeps import SweepOptions, run_plan
from runs.files import read_lines
from runs.sweep.manifest import read_manifest
from runs.sweep.results import digest, load, verify
from runs.sweep.store import is_locked
from runs.sweep.workers import InProcess

RUNS = 60
TASK: dict[str, Any] = {"runs": RUNS, "seconds": 0.02, "deeds": {9: "raise"}}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("expected")
    run_plan(make_plan(runs=RUNS, deeds={9: "raise"}), folder, InProcess())
    return digest(folder)


def finish(folder: Path) -> int:
    """Go on without waiting; returns how many runs were left."""
    plan = make_plan(runs=RUNS, deeds={9: "raise"})
    return run_plan(plan, folder, InProcess(), SweepOptions(resume=True)).computed


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def assert_whole(folder: Path, expected: str) -> None:
    assert load(folder)["run_id"].tolist() == list(range(RUNS))
    assert digest(folder) == expected
    assert verify(folder) == []


def test_kill_of_a_worker_in_the_middle_loses_nothing(tmp_path: Path, expected: str) -> None:
    process = start(tmp_path, **TASK)
    until(lambda: len(parts_of(tmp_path)) >= 3)
    os.kill(workers(process.pid)[0], signal.SIGKILL)
    code, _, err = end(process)
    assert (code, err) == (3, "")
    assert_whole(tmp_path, expected)


def test_kill_of_the_parent_three_times_loses_and_doubles_nothing(
    tmp_path: Path, expected: str
) -> None:
    stored: list[int] = []
    for attempt in range(3):
        process = start(tmp_path, **TASK, resume=attempt > 0)
        before = len(parts_of(tmp_path))
        until(lambda known=before: len(parts_of(tmp_path)) >= known + 2)
        started = workers(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        end(process)
        until(lambda known=started: not any(is_alive(pid) for pid in known), seconds=30)
        assert len(started) == 2
        assert not is_locked(tmp_path)
        assert read_manifest(tmp_path)["status"] == "running"
        stored.append(len(parts_of(tmp_path)))
    assert stored == sorted(stored)
    left = finish(tmp_path)
    assert 0 < left < RUNS
    assert_whole(tmp_path, expected)
    journal = [entry["part"] for entry in read_lines(tmp_path / "parts.jsonl")]
    assert len(journal) == len(set(journal)) == RUNS // 3


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_signal_commits_what_is_in_flight(
    tmp_path: Path, expected: str, number: signal.Signals, code: int
) -> None:
    process = start(tmp_path, **TASK)
    until(lambda: len(parts_of(tmp_path)) >= 2)
    before = len(parts_of(tmp_path))
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # a terminal tells the workers too
    else:
        process.send_signal(number)
    found, out, err = end(process)
    assert (found, err) == (code, "")
    assert '"interrupted"' in out
    assert before < len(parts_of(tmp_path)) < RUNS // 3
    assert read_manifest(tmp_path)["status"] == "interrupted"
    finish(tmp_path)
    assert_whole(tmp_path, expected)


def test_the_second_ctrl_c_leaves_at_once(tmp_path: Path, expected: str) -> None:
    process = start(tmp_path, **TASK | {"seconds": 5.0}, part_rows=3)
    started = until(lambda: workers(process.pid))
    until(lambda: read_manifest(tmp_path)["status"] == "running" if started else False)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None  # it waits for the runs in flight
    os.killpg(process.pid, signal.SIGINT)
    until(lambda: process.poll() is not None, seconds=12)
    assert end(process)[0] == 130
    until(lambda: not any(is_alive(pid) for pid in started), seconds=12)
    assert finish(tmp_path) == RUNS
    assert_whole(tmp_path, expected)


def test_a_second_writer_is_refused(tmp_path: Path, expected: str) -> None:
    first = start(tmp_path, **TASK)
    until(lambda: parts_of(tmp_path))
    code, _, err = end(start(tmp_path, **TASK, resume=True, jobs=0))
    assert code == 5
    assert err.startswith("error: ")
    assert f"in use: another command writes to it (process {first.pid})" in err
    assert end(first)[0] == 3
    assert_whole(tmp_path, expected)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 96 kB; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode != 0:
        pytest.skip("this user may not mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_clearly_and_can_go_on(small_disk: Path, expected: str) -> None:
    code, _, err = end(start(small_disk / "sweep", **TASK | {"seconds": 0.0}))
    assert code == 1
    assert err.startswith(f"error: cannot write to {small_disk / 'sweep'}: No space left")
    resume = f"kaartenhuis sweep {small_disk}/sweep/experiment.toml -o {small_disk}/sweep --resume"
    assert err.endswith(f"free some room; to go on: {resume}\n")
    stored = len(parts_of(small_disk / "sweep"))
    assert 0 < stored < RUNS // 3
    assert not list(small_disk.rglob("*.tmp"))
    enlarge = ["mount", "-o", "remount,size=1m", str(small_disk)]
    subprocess.run(enlarge, check=True)
    assert finish(small_disk / "sweep") == RUNS - 3 * stored
    assert_whole(small_disk / "sweep", expected)


def test_a_limit_on_file_sizes_is_the_same_to_it(tmp_path: Path, expected: str) -> None:
    """Any user can have this one: a later part is longer than the system allows."""
    finish(tmp_path / "whole")
    sizes = [path.stat().st_size for path in sorted((tmp_path / "whole" / "runs").iterdir())]
    place = next(part for part in range(1, len(sizes)) if sizes[part] > max(sizes[:part]))
    folder = tmp_path / "a"
    limit = sizes[place] - 1
    code, _, err = end(start(folder, **TASK | {"seconds": 0.0}, jobs=0, file_limit=limit))
    assert code == 1
    assert (
        "File too large; what is committed is whole: free some room; to go on: kaartenhuis" in err
    )
    assert len(parts_of(folder)) == place
    finish(folder)
    assert_whole(folder, expected)

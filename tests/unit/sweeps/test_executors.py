"""Every executor gives the same bytes, at any number of workers and in any order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sweep_tasks import make_plan

from runs.cli import execute
from runs.experiments.sweeps import SweepOptions, run_plan
from runs.problems import Unreachable, WorkersFailed
from runs.sweep.results import digest, load, verify
from runs.sweep.runner import Progress
from runs.sweep.store import is_locked
from runs.sweep.workers import (
    AnyExecutor,
    Backend,
    Dask,
    InProcess,
    Processes,
    choose_backend,
    one_thread_each,
)

TESTS = Path(__file__).resolve().parents[2]
TASK: dict[str, Any] = {"runs": 20, "deeds": {4: "raise"}, "has_series": True}


class Backwards(AnyExecutor):
    """Starts the last call of each window first."""

    def __init__(self) -> None:
        super().__init__(ThreadPoolExecutor(1), window=5)
        self.waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, function, arguments))
        if len(self.waiting) in {5, 2}:
            for known, call, words in reversed(self.waiting):
                if not known.done():
                    known.set_result(call(*words))
        if len(self.waiting) == 5:
            self.waiting.clear()
        return future


def _end(process: subprocess.Popen[str]) -> None:
    """Wait for a process that was asked to end; a busy machine may need to be told twice."""
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("expected")
    run_plan(make_plan(**TASK), folder, InProcess())
    return digest(folder)


def spawned() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Processes(1),
        lambda: Processes(2),
        lambda: Processes(3),
        lambda: AnyExecutor(lambda: ThreadPoolExecutor(3)),
        lambda: AnyExecutor(spawned),
        Backwards,
    ],
    ids=["one process", "two", "three", "threads", "any pool", "backwards"],
)
def test_same_bytes_from_each_executor(
    make: Callable[[], Backend], expected: str, tmp_path: Path
) -> None:
    summary = run_plan(make_plan(**TASK), tmp_path, make())
    assert summary.statuses == {"failed": 1, "ok": 19}
    assert digest(tmp_path) == expected


def test_a_given_executor_is_used_and_left_open(expected: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        run_plan(make_plan(**TASK), tmp_path, AnyExecutor(pool))
        assert pool.submit(int, "7").result() == 7
    assert digest(tmp_path) == expected


def test_a_made_executor_is_made_again_after_a_death(tmp_path: Path) -> None:
    summary = run_plan(make_plan(runs=6, deeds={4: "kill"}), tmp_path, AnyExecutor(spawned))
    assert summary.statuses == {"crashed": 1, "ok": 5}


def test_a_given_executor_that_breaks_ends_the_sweep_which_can_go_on(tmp_path: Path) -> None:
    with spawned() as pool, pytest.raises(WorkersFailed, match="a function that makes"):
        run_plan(make_plan(runs=6, deeds={4: "kill"}), tmp_path, AnyExecutor(pool))


def test_what_is_asked_for_is_chosen() -> None:
    assert isinstance(choose_backend(), InProcess)
    assert isinstance(choose_backend(ThreadPoolExecutor(1)), AnyExecutor)
    backend = choose_backend(jobs=3)
    assert isinstance(backend, Processes)
    assert backend.window == 7
    backend.close(at_once=False)


def test_libraries_in_workers_use_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with one_thread_each():
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "8"
    assert "MKL_NUM_THREADS" not in os.environ


def test_processes_leave_no_notes_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run_plan(make_plan(runs=3), tmp_path / "a", Processes(1))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


# --- Dask


class Cluster:
    """A scheduler and worker processes on loopback, started from the command line."""

    def __init__(self, folder: Path, workers: int) -> None:
        paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        self.environment = os.environ | {"PYTHONPATH": paths, "PYTHONWARNINGS": "default"}
        self.folder = str(folder)
        self.started: list[subprocess.Popen[str]] = []
        here = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.scheduler = self._start("dask_scheduler", *here)
        assert self.scheduler.stderr is not None
        lines = iter(self.scheduler.stderr.readline, "")
        self.address = next(m[1] for line in lines if (m := re.search(r"(tcp://[\d.:]+)", line)))
        size = ("--nworkers", str(workers), "--nthreads", "1", "--no-dashboard")
        self._start("dask_worker", self.address, *size, "--local-directory", self.folder)

    def _start(self, program: str, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *words],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self.started.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            _end(process)
            if process.stderr is not None:
                process.stderr.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    made = Cluster(tmp_path_factory.mktemp("dask"), workers=2)
    yield made
    made.close()


def test_same_bytes_from_dask(cluster: Cluster, expected: str, tmp_path: Path) -> None:
    backend = Dask(cluster.address)
    backend._client.wait_for_workers(2, timeout=30)
    summary = run_plan(make_plan(**TASK), tmp_path, backend)
    assert summary.statuses == {"failed": 1, "ok": 19}
    assert digest(tmp_path) == expected
    assert verify(tmp_path) == []


def test_the_command_sends_the_model_to_dask(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "few.toml"
    lines = ["[experiment]", "scenario = 'minimal'", "quarters = 3", "replications = 6"]
    path.write_text("\n".join(lines), encoding="utf-8")
    for name, where in (("dask", ["--scheduler", cluster.address]), ("here", ["-j", "0"])):
        assert execute(["sweep", str(path), "-o", str(tmp_path / name), "--quiet", *where]) == 0
    assert "finished: 6 of 6 runs stored: 6 ok" in capsys.readouterr().out
    assert digest(tmp_path / "dask") == digest(tmp_path / "here")


def test_a_run_that_kills_a_dask_worker_becomes_a_row(cluster: Cluster, tmp_path: Path) -> None:
    summary = run_plan(
        make_plan(runs=4, part_rows=2, deeds={1: "kill"}), tmp_path, Dask(cluster.address)
    )
    assert summary.statuses == {"crashed": 1, "ok": 3}
    assert load(tmp_path)["status"].tolist() == ["ok", "crashed", "ok", "ok"]


def test_a_scheduler_that_goes_away_ends_the_sweep_which_can_go_on(
    cluster: Cluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The last test with the cluster: it ends it."""
    caplog.set_level("WARNING")
    plan = make_plan(runs=12, seconds=0.05)

    def end(progress: Progress) -> None:
        cluster.scheduler.kill()

    with pytest.raises(Unreachable, match="went away"):
        run_plan(plan, tmp_path, Dask(cluster.address), SweepOptions(progress=end))
    assert not is_locked(tmp_path)
    assert [record.name for record in caplog.records] == []
    more = run_plan(plan, tmp_path, InProcess(), SweepOptions(resume=True))
    assert (more.done, more.computed < 12) == (12, True)


def test_no_scheduler_is_one_clear_line() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(
        Unreachable, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"
    ) as info:
        Dask("tcp://127.0.0.1:9", timeout_s=0.5)
    assert info.value.exit_code == 6
    assert "\n" not in str(info.value)
    with pytest.raises(Unreachable, match="no Dask scheduler answers at nonsense"):
        Dask("nonsense", timeout_s=0.5)

"""The loop of a sweep: failures become rows, limits stop it, single runs can be done again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_world import small_world
from sweep_tasks import make_plan

from runs.experiments.sweeps import SweepOptions, SweepSummary, replay, retry_plan, run_plan
from runs.problems import Refused, SweepProblem
from runs.sweep import one_run
from runs.sweep.manifest import read_manifest
from runs.sweep.one_run import RunSpec, execute_run, series_names
from runs.sweep.results import digest, load, read_errors
from runs.sweep.runner import Progress, failure_limit
from runs.sweep.workers import InProcess, Processes


def sweep(folder: Path, *, options: dict[str, Any] | None = None, **task: Any) -> SweepSummary:
    return run_plan(make_plan(**task), folder, InProcess(), SweepOptions(**(options or {})))


def test_a_run_that_raises_does_not_end_the_sweep(tmp_path: Path) -> None:
    summary = sweep(tmp_path / "a", deeds={0: "raise", 7: "raise"})
    assert (summary.status, summary.exit_code) == ("finished", 3)
    assert summary.statuses == {"failed": 2, "ok": 18}
    assert load(tmp_path / "a")["status"].eq("failed").to_numpy().nonzero()[0].tolist() == [0, 7]


def test_a_sweep_without_failures_ends_with_zero(tmp_path: Path) -> None:
    seen: list[Progress] = []
    summary = sweep(tmp_path / "a", runs=7, options={"progress": seen.append})
    assert (summary.status, summary.exit_code, summary.not_ok) == ("finished", 0, 0)
    assert [(p.done, p.total, p.not_ok) for p in seen] == [(3, 7, 0), (6, 7, 0), (7, 7, 0)]


def test_too_many_failures_stop_it_and_it_can_go_on(tmp_path: Path) -> None:
    deeds = dict.fromkeys(range(3, 20), "raise")
    summary = sweep(tmp_path / "a", deeds=deeds, options={"max_failures": 4})
    assert (summary.status, summary.exit_code) == ("stopped", 4)
    assert summary.done == 6  # two parts of runs that fail
    assert read_manifest(tmp_path / "a")["status"] == "stopped"
    more = sweep(tmp_path / "a", deeds=deeds, options={"resume": True, "max_failures": "90%"})
    assert (more.status, more.done, more.computed) == ("finished", 20, 14)


@pytest.mark.parametrize(
    ("limit", "allowed"), [(None, float("inf")), (3, 3), ("3", 3), ("5%", 10), ("0", 0)]
)
def test_the_limit_is_a_number_or_a_share(limit: int | str | None, allowed: float) -> None:
    assert failure_limit(limit, 200) == allowed


@pytest.mark.parametrize("limit", ["many", "-1", "101%", "nan", "%"])
def test_a_limit_that_means_nothing_is_refused(limit: str, tmp_path: Path) -> None:
    with pytest.raises(SweepProblem, match="max-failures"):
        sweep(tmp_path / "a", options={"max_failures": limit})
    assert not (tmp_path / "a").exists()


def test_the_first_signal_commits_what_is_in_flight(tmp_path: Path) -> None:
    said: list[int] = []

    def interrupt(progress: Progress) -> None:
        if progress.done == 6:
            signal.raise_signal(signal.SIGTERM)

    options = {"progress": interrupt, "on_interrupt": said.append}
    summary = sweep(tmp_path / "a", options=options)
    assert (summary.status, summary.exit_code, summary.done) == ("interrupted", 143, 6)
    assert said == [signal.SIGTERM]
    assert sweep(tmp_path / "a", options={"resume": True}).computed == 14


def test_the_second_signal_leaves_at_once(tmp_path: Path) -> None:
    def interrupt(progress: Progress) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        sweep(tmp_path / "a", options={"progress": interrupt})
    assert signal.getsignal(signal.SIGINT) is before
    assert read_manifest(tmp_path / "a")["status"] == "interrupted"
    assert sweep(tmp_path / "a", options={"resume": True}).computed == 17


def test_a_sweep_runs_outside_the_main_thread(tmp_path: Path) -> None:
    done: list[SweepSummary] = []
    thread = threading.Thread(target=lambda: done.append(sweep(tmp_path / "a", runs=4)))
    thread.start()
    thread.join()
    assert done[0].exit_code == 0


# --- again


def test_retry_does_again_only_what_failed(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    task: dict[str, Any] = {"deeds": {4: "raise", 13: "raise"}, "has_series": True}
    sweep(tmp_path / "a", **task, once=str(marks))
    sweep(tmp_path / "b", has_series=True)
    plan = make_plan(**task, once=str(marks))
    summary = retry_plan(plan, tmp_path / "a", InProcess())
    assert (summary.status, summary.exit_code, summary.computed) == ("finished", 0, 2)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert read_errors(tmp_path / "a") == {}
    assert not (tmp_path / "a" / "errors.jsonl").exists()


def test_retry_of_what_fails_again_changes_nothing(tmp_path: Path) -> None:
    task: dict[str, Any] = {"deeds": {4: "raise"}}
    sweep(tmp_path / "a", **task)
    before = digest(tmp_path / "a")
    assert retry_plan(make_plan(**task), tmp_path / "a", InProcess()).exit_code == 3
    assert digest(tmp_path / "a") == before
    assert len((tmp_path / "a" / "errors.jsonl").read_text().splitlines()) == 1
    only = retry_plan(make_plan(**task), tmp_path / "a", InProcess(), statuses=["timeout"])
    assert only.computed == 0


def test_retry_needs_a_whole_sweep(tmp_path: Path) -> None:
    sweep(tmp_path / "a", deeds={0: "raise", 1: "raise"}, options={"max_failures": 1})
    with pytest.raises(Refused, match="first sweep with --resume"):
        retry_plan(make_plan(), tmp_path / "a", InProcess())
    assert read_manifest(tmp_path / "a")["status"] == "stopped"
    with pytest.raises(Refused, match="is not there"):
        retry_plan(make_plan(), tmp_path / "b", InProcess())


def test_replay_compares_with_the_stored_row(tmp_path: Path) -> None:
    sweep(tmp_path / "a", deeds={4: "raise"})
    for run_id in (0, 4, 19):
        done = replay(make_plan(deeds={4: "raise"}), tmp_path / "a", run_id)
        assert done.is_same
        assert done.differences == []
    assert done.stored["square"] == done.fresh["square"] == 361 / 7
    other = replay(make_plan(), tmp_path / "a", 4)
    assert not other.is_same
    assert other.differences == ["status", "square", "is_even", "third", "name"]


def test_replay_names_what_is_not_there(tmp_path: Path) -> None:
    sweep(tmp_path / "a", deeds={4: "raise"}, options={"max_failures": 0})  # one of the first part
    with pytest.raises(Refused, match="the runs are 0 to 19"):
        replay(make_plan(), tmp_path / "a", 20)
    with pytest.raises(Refused, match="run 9 is not stored: part 1 is not done"):
        replay(make_plan(), tmp_path / "a", 9)


# --- one run of the model


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_run, "_measure", lambda model, names: (model.quarter,))


@pytest.mark.usefixtures("measured")
def test_a_run_is_measured_at_its_end() -> None:
    done = execute_run(RunSpec(3, small_world(), seed=1, quarters=2, has_series=True))
    assert (done.run_id, done.status, done.values) == (3, "ok", (2,))
    assert done.series is not None
    assert tuple(done.series) == series_names()
    assert {len(values) for values in done.series.values()} == {2}
    assert done.seconds > 0


@pytest.mark.usefixtures("measured")
def test_a_run_over_its_time_ends_at_its_next_quarter() -> None:
    done = execute_run(RunSpec(0, small_world(), seed=1, timeout_s=1e-6))
    assert (done.status, done.values) == ("timeout", ())
    assert done.error == "over 1e-06 s after quarter 1 of 12"


def test_a_run_that_raises_tells_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(model: object, names: object) -> None:
        raise ArithmeticError("no such share")

    monkeypatch.setattr(one_run, "_measure", fail)
    done = execute_run(RunSpec(0, small_world(), seed=1, quarters=1))
    assert (done.status, done.error) == ("failed", "ArithmeticError: no such share")
    assert "Traceback" in done.traceback


# --- workers that die


@pytest.mark.parametrize(
    ("task", "status"),
    [
        ({"deeds": {4: "kill"}}, "crashed"),
        ({"deeds": {4: "spin"}, "timeout_s": 0.1}, "timeout"),
    ],
)
def test_a_run_that_takes_its_process_along_becomes_a_row(
    tmp_path: Path, task: dict[str, Any], status: str
) -> None:
    plan = make_plan(runs=9, **task)
    summary = run_plan(plan, tmp_path / "a", Processes(2))
    assert summary.statuses == {status: 1, "ok": 8}
    assert list(read_errors(tmp_path / "a")) == [4]
    assert load(tmp_path / "a")["status"].tolist() == ["ok"] * 4 + [status] + ["ok"] * 4


def test_a_crash_is_the_same_row_each_time(tmp_path: Path) -> None:
    plan = make_plan(runs=6, deeds={4: "kill"})
    for name, jobs in (("a", 1), ("b", 2)):
        run_plan(plan, tmp_path / name, Processes(jobs))
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    done = replay(plan, tmp_path / "a", 4)
    assert (done.result.status, done.is_same) == ("crashed", True)


def test_a_stuck_run_tells_where_it_was(tmp_path: Path) -> None:
    plan = make_plan(runs=3, deeds={1: "hang"}, timeout_s=0.1)
    run_plan(plan, tmp_path, Processes(1))
    assert replay(plan, tmp_path, 1).is_same
    entry = read_errors(tmp_path)[1]
    assert entry["error"] == "stuck inside a quarter; its process was ended"
    assert "in _do" in entry["traceback"]


def test_a_worker_with_other_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runs.sweep.dispatch.fingerprint", lambda own: "python 0.1, numpy 1.0")
    with pytest.raises(Refused, match=r"a worker has other code or packages: python 3.* of python"):
        run_plan(make_plan(runs=3), tmp_path / "a", Processes(1))
    assert read_manifest(tmp_path / "a")["status"] == "broken"


def test_workers_that_die_at_birth_are_not_blamed_on_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend: Any = Processes(1)
    make: Callable[[], Any] = backend._make

    def broken() -> Any:
        pool = make()
        pool._initializer, pool._initargs = divmod, (1, 0)  # raises in the worker
        return pool

    monkeypatch.setattr(backend, "_make", broken)
    backend._pool = broken()
    with pytest.raises(SweepProblem, match="before they begin a run"):
        run_plan(make_plan(runs=3), tmp_path / "a", backend)

"""Sweeps from Python: run one, take it up again, retry what failed, replay a single run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.parquet as pq

from runs.problems import INTERRUPTED, OK, SOME_FAILED, STOPPED, TERMINATED, Refused, SweepProblem
from runs.sweep.dispatch import Dispatcher, Piece
from runs.sweep.manifest import read_manifest, resume_command
from runs.sweep.one_run import RunResult, attempt
from runs.sweep.parts import encode, part_name, result_rows
from runs.sweep.plan import SweepPlan
from runs.sweep.results import RUNS, damage, read_journal, stored_statuses
from runs.sweep.runner import ProgressCallback, Runner, failure_limit
from runs.sweep.store import Store, open_store
from runs.sweep.workers import Backend, ExecutorLike, Processes, choose_backend, one_thread_each

if TYPE_CHECKING:
    from runs.experiments.experiment import Experiment
    from runs.own_model import ModelLike


@dataclass(frozen=True, slots=True)
class SweepSummary:
    """How a call of ``run_sweep`` ended.

    Attributes:
        folder: where the results are.
        status: "finished", "stopped" (too many failures) or "interrupted".
        runs: runs of the plan. done: runs that are stored.
        computed: runs that this call added.
        statuses: status -> number of stored runs.
        seconds: wall time of this call.
        signal: what interrupted it; 0 for nothing.
    """

    folder: Path
    status: Literal["finished", "stopped", "interrupted"]
    runs: int
    done: int
    computed: int
    statuses: Mapping[str, int]
    seconds: float
    signal: int = 0

    @property
    def not_ok(self) -> int:
        """Stored runs that failed, crashed or were over their time."""
        return sum(count for status, count in self.statuses.items() if status != "ok")

    @property
    def exit_code(self) -> int:
        """What the command returns."""
        if self.status == "interrupted":
            return TERMINATED if self.signal == 15 else INTERRUPTED
        if self.status == "stopped":
            return STOPPED
        return SOME_FAILED if self.not_ok else OK


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """How a sweep is run; the attributes are explained at ``run_sweep``."""

    resume: bool = False
    overwrite: bool = False
    force: bool = False
    progress: ProgressCallback | None = None
    max_failures: int | str | None = None
    argv: Sequence[str] = ()
    on_interrupt: Callable[[int], None] | None = None


def run_sweep(  # noqa: PLR0913 - the options of the command
    experiment: Experiment,
    directory: str | Path,
    *,
    model_class: ModelLike = None,
    executor: ExecutorLike | None = None,
    jobs: int = 0,
    scheduler: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    force: bool = False,
    progress: ProgressCallback | None = None,
    max_failures: int | str | None = None,
    argv: Sequence[str] = (),
    on_interrupt: Callable[[int], None] | None = None,
) -> SweepSummary:
    """Run every run of an experiment that the folder does not hold yet.

    Args:
        experiment: what ``runs.read_experiment`` returns.
        directory: folder of the results.
        model_class: your own subclass of ``MarketModel`` or its name; default: the experiment's.
        executor: where to run: an executor, or a function that makes one. None: see ``jobs``.
        jobs: worker processes on this machine; 0 runs all in this process.
        scheduler: address of a Dask scheduler, in place of ``jobs``.
        resume: go on with the sweep in the folder.
        overwrite: delete the sweep in the folder first.
        force: resume although the experiment, the code or a package has changed.
        progress: called after each part that is stored.
        max_failures: stop when more runs than this are not "ok": a number, or a share like "5%".
        argv: the command, for the manifest.
        on_interrupt: called with the signal at the first Ctrl-C or SIGTERM.

    Returns:
        How it ended. The results are in the folder: ``runs.load(directory)``.

    Raises:
        SweepProblem: it cannot begin or go on; ``exit_code`` says why.
        ModelProblem: the model class cannot be used.
        KeyboardInterrupt: the second Ctrl-C.
    """
    from runs.experiments.plan import plan_sweep

    options = SweepOptions(
        resume=resume,
        overwrite=overwrite,
        force=force,
        progress=progress,
        max_failures=max_failures,
        argv=argv,
        on_interrupt=on_interrupt,
    )
    backend = choose_backend(executor, jobs=jobs, scheduler=scheduler)
    return run_plan(plan_sweep(experiment, model_class), Path(directory), backend, options)


def run_plan(
    plan: SweepPlan, folder: Path, backend: Backend, options: SweepOptions | None = None
) -> SweepSummary:
    """Run what is missing of a plan; see ``run_sweep``. The backend is closed at the end."""
    began, wish = monotonic(), options or SweepOptions()
    with _closed_on_error(backend):
        limit = plan.max_failures if wish.max_failures is None else wish.max_failures
        allowed = failure_limit(limit, plan.runs)
        store = open_store(
            folder,
            plan,
            resume=wish.resume,
            overwrite=wish.overwrite,
            force=wish.force,
            argv=wish.argv,
        )
    runner = Runner(
        store,
        backend,
        limit=allowed,
        progress=wish.progress,
        on_interrupt=wish.on_interrupt,
    )
    return _finish(runner, dict.fromkeys(store.parts_to_do()), began)


def retry_plan(
    plan: SweepPlan,
    folder: Path,
    backend: Backend,
    options: SweepOptions | None = None,
    *,
    statuses: Sequence[str] = ("failed", "crashed", "timeout"),
) -> SweepSummary:
    """Run those runs again that ended with one of some statuses; other rows stay as they are."""
    began, wish = monotonic(), options or SweepOptions()
    with _closed_on_error(backend):
        read_manifest(folder)
        journal = read_journal(folder)
        if any(damage(folder, part, journal) for part in range(plan.parts)):
            raise Refused(f"{folder} is not finished or is damaged: first sweep with --resume")
        store = open_store(folder, plan, resume=True, force=wish.force, argv=wish.argv)
    wanted: dict[int, list[int]] = {}
    for run_id, status in sorted(stored_statuses(folder).items()):
        if status in statuses:
            wanted.setdefault(plan.part_of(run_id), []).append(run_id)
    runner = Runner(store, backend, progress=wish.progress, on_interrupt=wish.on_interrupt)
    return _finish(runner, wanted, began)


@contextmanager
def _closed_on_error(backend: Backend) -> Iterator[None]:
    try:
        yield
    except BaseException:
        backend.close(at_once=True)
        raise


def _finish(
    runner: Runner, wanted: Mapping[int, Sequence[int] | None], began: float
) -> SweepSummary:
    """Do the work, and leave the folder and the workers in order however it ends."""
    store, ended = runner.store, "broken"
    try:
        ended = runner.work(wanted)
        store.finish(ended)
    except KeyboardInterrupt:
        ended = "killed"
        store.abandon("interrupted")
        raise
    except SweepProblem as problem:
        ended = "broken"
        store.abandon(ended)
        advice = f"to go on: {resume_command(store.folder)}"
        raise type(problem)(f"{problem}; {advice}") from problem
    except BaseException:
        ended = "broken"
        store.abandon(ended)
        raise
    finally:
        runner.backend.close(at_once=ended in {"broken", "killed"})
        store.close()
    return _summary(store, ended, runner, monotonic() - began)


def _summary(store: Store, ended: Any, runner: Runner, seconds: float) -> SweepSummary:
    statuses = dict(sorted(store.statuses().items()))
    return SweepSummary(
        folder=store.folder,
        status=ended,
        runs=store.plan.runs,
        done=sum(statuses.values()),
        computed=runner.computed,
        statuses=statuses,
        seconds=seconds,
        signal=runner.interrupts.number,
    )


@dataclass(frozen=True, slots=True)
class Replay:
    """One run done again, beside its stored row.

    Attributes:
        result: what came of it now.
        stored: the stored row, by column. fresh: the row of now, by column.
        is_same: whether both rows have the same bytes.
    """

    result: RunResult
    stored: Mapping[str, Any]
    fresh: Mapping[str, Any]
    is_same: bool

    @property
    def differences(self) -> list[str]:
        """Columns whose values differ."""
        return [name for name in self.stored if repr(self.stored[name]) != repr(self.fresh[name])]


def replay(plan: SweepPlan, folder: Path, run_id: int) -> Replay:
    """Do one run again, alone, and compare it with its stored row.

    It is done in this process, so that a debugger sees it; a run that crashed or was over its
    time is done in a worker.

    Raises:
        Refused: the plan has no such run, or it is not stored.
    """
    if not 0 <= run_id < plan.runs:
        raise Refused(f"there is no run {run_id}: the runs are 0 to {plan.runs - 1}")
    part = plan.part_of(run_id)
    problem = damage(folder, part, read_journal(folder))
    if problem:
        raise Refused(f"run {run_id} is not stored: part {part} is {problem}")
    offset = plan.run_ids(part).index(run_id)
    stored = pq.read_table(folder / RUNS / part_name(part)).slice(offset, 1).combine_chunks()
    design = plan.rows(part).slice(offset, 1)
    row = design.to_pylist()[0]
    if stored.column("status")[0].as_py() in {"crashed", "timeout"}:
        result = _in_a_worker(plan, row)
    else:
        with one_thread_each():
            result = attempt(plan.task, row)
    fresh = result_rows(design, plan.outputs, [result])
    return Replay(
        result,
        stored.to_pylist()[0],
        fresh.to_pylist()[0],
        encode(fresh) == encode(stored),
    )


def _in_a_worker(plan: SweepPlan, row: Mapping[str, Any]) -> RunResult:
    """The result of a run in a process of its own, which it may take along."""
    backend, results = Processes(1), list[RunResult]()
    pieces = iter([Piece([dict(row)], is_alone=True)])
    try:
        dispatcher = Dispatcher(
            backend, plan.task, lambda _, found: results.extend(found), own=plan.own_model
        )
        dispatcher.work(pieces, lambda: False)
        return results[0]
    finally:
        backend.close(at_once=True)

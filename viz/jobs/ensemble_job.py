"""Monte Carlo in the background: runs of one world with other seeds, in worker processes.

The pool is small, and each job keeps few runs in it, so that the jobs of several visitors share
it and none waits for another to end.

A job has a thread of its own that takes results as they come, so a page can draw what is there
already, show how far it is, and cancel. Its runs are handed out, executed and, after the death of
a worker, tried again as those of a sweep: by ``runs.sweep.dispatch``, as runs of a
``runs.experiments.scenario_sweep.ScenarioTask``. What differs from a sweep, and why:

- the workers are shared by visitors, so a job keeps few runs in flight, cancels only its own, and
  tries a run that was in a worker that died in a process of its own, where it harms nobody else;
- nothing is stored: an ensemble is small, is kept in memory, and can be made again;
- a cancelled job does not wait for what it has in flight, since a visitor is waiting.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from threading import Lock, Thread, Timer
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from runs.experiments.design import replicate_seed
from runs.problems import WorkersFailed
from runs.sweep.dispatch import Dispatcher, Piece
from runs.sweep.one_run import RunResult
from runs.sweep.workers import Processes
from viz.world.ensembles import Ensemble, Member, outputs_of

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters
    from runs.own_model import OwnModel


type Notes = tuple[dict[int, str], list[int]]
"""Runs that a watchdog ended with the place where they were stuck; runs that had begun."""

MAX_WORKERS = 4
NICENESS = 10
"""The processes step back behind the one that draws the pages and runs the world that is shown."""
IDLE_S = 120.0
"""Seconds without a job after which the processes are let go."""


def politely(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a process that others go before, where the system knows such."""
    if hasattr(os, "nice") and os.nice(0) < NICENESS:
        os.nice(NICENESS - os.nice(0))
    return function(*arguments)


class WorkerPool:
    """Processes that do runs; safe to use from several threads.

    Args:
        jobs: number of processes; default: one for each processor, four at most.
        idle_s: seconds without work after which they end.

    Attributes:
        generation: how often the processes have ended, all together, since one died or nobody
            needed them.
    """

    def __init__(self, jobs: int | None = None, idle_s: float = IDLE_S) -> None:
        self.jobs = jobs or max(1, min(MAX_WORKERS, os.cpu_count() or 1))
        self.generation = 0
        self._idle_s = idle_s
        self._lock = Lock()
        self._backend: Processes | None = None
        self._users = self._next_number = 0
        self._deaths: list[Notes] = []  # what is known of the end of each generation
        self._timer: Timer | None = None

    @property
    def is_running(self) -> bool:
        """Whether there are processes."""
        return self._backend is not None

    def enter(self) -> None:
        """Say that a job begins."""
        with self._lock:
            self._users += 1
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def leave(self) -> None:
        """Say that a job is over; the last one starts the clock of idleness."""
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._backend is not None:
                self._timer = Timer(self._idle_s, self._let_go)
                self._timer.daemon = True
                self._timer.start()

    def _let_go(self) -> None:
        with self._lock:
            if self._users == 0:
                self._close()

    def _close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            self._end_generation(({}, []))
            backend.close(at_once=True)

    def _end_generation(self, notes: Notes) -> None:
        self._deaths.append(notes)
        self.generation += 1

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Queue a call; the first one starts the processes."""
        with self._lock:
            if self._backend is None:
                self._backend = Processes(self.jobs)
            return self._backend.submit(politely, function, *arguments)

    def numbers(self, count: int) -> range:
        """So many numbers of runs that no other job of this pool has."""
        with self._lock:
            first, self._next_number = self._next_number, self._next_number + count
        return range(first, first + count)

    def after_death(self, generation: int) -> Notes:
        """Make the pool usable again; of several jobs that saw a death, one does it.

        Args:
            generation: that of the processes to which the job gave its runs.

        Returns:
            Runs that a watchdog ended with the place where they were stuck, and runs that had
            begun, in all processes that have died since; of other jobs too.
        """
        with self._lock:
            if generation == self.generation:
                known = self._backend
                self._end_generation(({}, []) if known is None else known.after_death())
            seen = self._deaths[generation:]
        stuck = {run: place for places, _ in seen for run, place in places.items()}
        return stuck, [run for _, begun in seen for run in begun]

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._close()


@lru_cache(maxsize=1)
def server_pool() -> WorkerPool:
    """The pool that all visitors share."""
    return WorkerPool()


class Share:
    """The pool as one job sees it: a backend of ``runs.sweep.dispatch`` that others use too."""

    breaks_as_a_whole = True

    def __init__(self, pool: WorkerPool) -> None:
        pool.enter()
        self.window = pool.jobs + 1
        self._pool, self._generation = pool, pool.generation

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Queue a call behind those of other jobs."""
        return self._pool.submit(function, *arguments)

    def is_death(self, error: BaseException) -> bool:
        """Whether a process died, perhaps under another job, or the pool was closed meanwhile."""
        return isinstance(error, BrokenExecutor | CancelledError)

    def after_death(self) -> Notes:
        """See ``WorkerPool.after_death``; what this job had in flight is lost to it."""
        found = self._pool.after_death(self._generation)
        self._generation = self._pool.generation
        return found

    def end_silent(self, timeout_s: float) -> None:
        """A run is ended by its own watchdog; others use these processes too."""

    def stop(self, futures: Sequence[Future[Any]]) -> None:
        """Cancel what this job has queued; the workers do not stop, they have other jobs."""
        for future in futures:
            future.cancel()

    def close(self, *, at_once: bool) -> None:
        """The job is over; the processes stay for others, also when it ended badly."""
        del at_once
        self._pool.leave()


# --- monte Carlo in the background


type JobStatus = Literal["ready", "running", "finished", "cancelled", "failed"]
MIN_REPLICATES, MAX_REPLICATES = 2, 500
MAX_CUSTOMER_RUNS = 20_000_000
"""Companies times runs of one job: a larger world gets fewer runs."""
RUN_TIMEOUT_S = 300.0
POLL_S = 0.1
REPORT_S = 0.5
"""A job reports progress at most this often, seconds: a page need not draw each run."""
MAX_CRASHES = 2
"""Runs of a job that may kill their process; more say that it is no matter of one run."""
SEEDS = 1
"""Root of the seeds. Replicate r has the same seed in every world, so worlds can be compared."""


class TooManyRuns(ValueError):
    """More, or fewer, runs were asked for than a job does."""


class _Finished:
    """Ensembles that are done, the latest used last; shared by all visitors, never changed."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = Lock()
        self._kept: OrderedDict[str, Ensemble] = OrderedDict()

    def get(self, key: str) -> Ensemble | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, ensemble: Ensemble) -> None:
        """Keep an ensemble, unless a larger one of the same world is kept."""
        with self._lock:
            known = self._kept.get(key)
            if known is None or _runs(known) < _runs(ensemble):
                self._kept[key] = ensemble
            self._kept.move_to_end(key)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def _runs(ensemble: Ensemble) -> int:
    return len(ensemble.members) + ensemble.failed


MAX_KEPT = 40
"""Ensembles that are kept: a visitor who moves levers makes one for each world that he tries."""
FINISHED = _Finished(MAX_KEPT)


class EnsembleJob:
    """Runs of one world with ``replicates`` seeds.

    Args:
        parameters: the world.
        replicates: number of runs.
        own_model: the model class; None for ``MarketModel``.
        root: root of their seeds.
        pool: where they run; default: the pool of the server.
        on_change: called from the job's thread when there is something new; when it raises, its
            page is gone and the job is cancelled.

    Attributes:
        status: "ready", "running", "finished", "cancelled", or "failed" (the workers died).
        total: number of runs. done: how many have ended. failed: how many of them not well.
        problem: why a job or a run failed, in words; empty otherwise.

    Raises:
        TooManyRuns: ``replicates`` is out of bounds.
    """

    def __init__(
        self,
        parameters: MarketParameters,
        replicates: int,
        *,
        own_model: OwnModel | None = None,
        root: int = SEEDS,
        pool: WorkerPool | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        if not MIN_REPLICATES <= replicates <= MAX_REPLICATES:
            bounds = f"{MIN_REPLICATES} to {MAX_REPLICATES}"
            raise TooManyRuns(f"an ensemble has {bounds} runs; {replicates} were asked for")
        most = MAX_CUSTOMER_RUNS // max(1, parameters.enterprise.customers)
        if replicates > most:
            size = f"{parameters.enterprise.customers:,} companies"
            raise TooManyRuns(f"a world of {size} gets at most {most} runs here")
        self.parameters, self.total, self.root = parameters, replicates, root
        self.status: JobStatus = "ready"
        self.problem = ""
        self.failed = 0
        self._pool = pool or server_pool()
        self._on_change = on_change
        self._own_model = own_model
        self._outputs = outputs_of(parameters)
        self._crashes = 0
        self._members: dict[int, Member] = {}
        self._is_cancelled = False
        self._reported = 0.0
        self._lock = Lock()
        self._thread: Thread | None = None

    # --- what a page sees

    @property
    def done(self) -> int:
        """Runs that have ended, well or not."""
        return len(self._members) + self.failed

    @property
    def is_running(self) -> bool:
        """Whether results are still to come."""
        return self.status == "running"

    @property
    def ensemble(self) -> Ensemble:
        """What is known now."""
        with self._lock:
            members = tuple(self._members[number] for number in sorted(self._members))
            return Ensemble(self.parameters, members, self.failed)

    @property
    def _first_runs(self) -> Ensemble:
        """The members up to the first that is missing: what a later job need not run again."""
        members = takewhile(
            lambda pair: pair[0] == pair[1].number, enumerate(self.ensemble.members)
        )
        return Ensemble(self.parameters, tuple(member for _, member in members))

    @property
    def _key(self) -> str:
        world = hashlib.sha256(self.parameters.model_dump_json().encode()).hexdigest()
        model = self._own_model.name if self._own_model else ""
        return f"{world}-{model}-{self.root}"

    @property
    def is_known(self) -> bool:
        """Whether all its runs were done before."""
        known = FINISHED.get(self._key)
        return known is not None and _runs(known) >= self.total

    # --- what a page does

    def start(self) -> EnsembleJob:
        """Begin; runs that were done before for anyone are not done again. Returns itself."""
        known = FINISHED.get(self._key)
        if known is not None:
            self._members = {m.number: m for m in known.members if m.number < self.total}
            if _runs(known) >= self.total:
                self.failed = self.total - len(self._members)
                self._end("finished")
                return self
        self.status = "running"
        self._thread = Thread(target=self._work, name="ensemble", daemon=True)
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Begin no further run; those that have ended are kept."""
        self._is_cancelled = True

    def wait(self, timeout_s: float | None = None) -> EnsembleJob:
        """Wait until the job is over; returns itself."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self

    # --- the thread

    def _work(self) -> None:
        share, cell = Share(self._pool), Processes(1)
        try:
            self._end(self._run_all(share, cell))
        except WorkersFailed:
            self._end_for_deaths()
        except Exception as error:
            self.problem = f"the ensemble stopped: {error}"
            self._end("failed")
        finally:
            cell.close(at_once=True)
            share.close(at_once=False)

    def _run_all(self, share: Share, cell: Processes) -> JobStatus:
        from runs.experiments.scenario_sweep import RunConfig, ScenarioTask

        config = RunConfig(outputs=self._outputs, series=True, run_timeout_s=RUN_TIMEOUT_S)
        task = ScenarioTask((self.parameters,), config, self._own_model)
        numbers = self._pool.numbers(self.total)
        dispatcher = Dispatcher(
            share,
            task,
            lambda number, results: self._take(number, results[0]),
            own=self._own_model,
            cell=cell,
        )
        pieces = (
            Piece([{"run_id": run_id, "point": 0, "seed": self._seed(number)}], part=number)
            for number, run_id in enumerate(numbers)
            if number not in self._members
        )
        is_stopped = dispatcher.work(pieces, self._must_stop, poll_s=POLL_S, leaves_at_once=True)
        if is_stopped and not self._is_cancelled:
            raise WorkersFailed
        return "cancelled" if is_stopped else "finished"

    def _must_stop(self) -> bool:
        return self._is_cancelled or self._crashes > MAX_CRASHES

    def _seed(self, number: int) -> int:
        return replicate_seed(self.root, number)

    def _take(self, number: int, result: RunResult) -> None:
        with self._lock:
            if result.status == "ok":
                run = replace(result, run_id=number)
                self._members[number] = Member.of(run, self._seed(number), self._outputs)
            else:
                self.failed += 1
                self._crashes += result.status == "crashed"
                self.problem = f"run {number + 1}: {result.error}"
        if monotonic() - self._reported > REPORT_S:
            self._report()

    def _end_for_deaths(self) -> None:
        self.problem = "worker processes die again and again: is there enough memory?"
        self._end("failed")

    def _end(self, status: JobStatus) -> None:
        self.status = status
        if status == "finished":
            FINISHED.put(self._key, self.ensemble)
        elif status == "cancelled":
            FINISHED.put(self._key, self._first_runs)
        self._report()

    def _report(self) -> None:
        self._reported = monotonic()
        listener = self._on_change
        if listener is not None:
            try:
                listener()
            except Exception:  # the page is gone, and with it the one who wanted to know
                self._on_change = None
                self._is_cancelled = True

"""Monte Carlo in the background: runs of one world with other seeds, in worker processes.

The pool is small, and each job keeps few runs in it, so that the jobs of several visitors share
it and none waits for another to end.

A job has a thread of its own that hands runs to the pool and takes results as they come, so a
page can draw what is there already, show how far it is, and cancel.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from functools import lru_cache
from threading import Lock, Thread, Timer
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from runs.experiments.design import replicate_seed
from runs.sweep.one_run import RunResult, RunSpec, execute_run
from viz.world.ensembles import Ensemble, Member, outputs_of

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters
    from runs.own_model import OwnModel
    from runs.sweep.workers import Processes


MAX_WORKERS = 4
IDLE_S = 120.0
"""Seconds without a job after which the processes are let go."""


class WorkerPool:
    """Processes that do runs; safe to use from several threads.

    Args:
        jobs: number of processes; default: one for each processor, four at most.
        idle_s: seconds without work after which they end.
    """

    def __init__(self, jobs: int | None = None, idle_s: float = IDLE_S) -> None:
        self.jobs = jobs or max(1, min(MAX_WORKERS, os.cpu_count() or 1))
        self.generation = 0
        self._idle_s = idle_s
        self._lock = Lock()
        self._backend: Processes | None = None
        self._users = 0
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
            backend.close(at_once=True)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Queue a call; the first one starts the processes."""
        from runs.sweep.workers import Processes

        with self._lock:
            if self._backend is None:
                self._backend = Processes(self.jobs)
            return self._backend.submit(function, *arguments)

    def renew(self, generation: int) -> None:
        """Make the pool again after a process died; of several jobs that saw it, one does it."""
        with self._lock:
            if generation == self.generation:
                self.generation += 1
                self._close()

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


def pickled(parameters: MarketParameters, own: OwnModel | None = None) -> bytes:
    """A world, and the model class that it is made of, as the workers take it."""
    return pickle.dumps((parameters, own), protocol=pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=4)
def _world(blob: bytes) -> tuple[MarketParameters, OwnModel | None]:
    world: tuple[MarketParameters, OwnModel | None] = pickle.loads(blob)
    return world


def run_member(
    blob: bytes, number: int, seed: int, outputs: tuple[str, ...], timeout_s: float
) -> RunResult:
    """One run of an ensemble, in a worker; what goes wrong is in the result.

    Args:
        blob: the world, from ``pickled``.
        number: its number in the ensemble.
        seed: root of its random streams.
        outputs: what is measured at its end.
        timeout_s: longest time it may take, seconds.
    """
    parameters, own = _world(blob)
    spec = RunSpec(
        number,
        parameters,
        seed,
        outputs=outputs,
        has_series=True,
        timeout_s=timeout_s,
        own_model=own,
    )
    return execute_run(spec)


# --- monte Carlo in the background


type JobStatus = Literal["ready", "running", "finished", "cancelled", "failed"]
MIN_REPLICATES, MAX_REPLICATES = 2, 500
MAX_CUSTOMER_RUNS = 20_000_000
"""Companies times runs of one job: a larger world gets fewer runs."""
RUN_TIMEOUT_S = 300.0
POLL_S = 0.1
REPORT_S = 0.5
"""A job reports progress at most this often, seconds: a page need not draw each run."""
MAX_DEATHS = 2
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
        with self._lock:
            self._kept[key] = ensemble
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


FINISHED = _Finished(8)


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
        self._blob = pickled(parameters, own_model)
        self._outputs = outputs_of(parameters)
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
    def _key(self) -> str:
        world = hashlib.sha256(self.parameters.model_dump_json().encode()).hexdigest()
        model = self._own_model.name if self._own_model else ""
        return f"{world}-{model}-{self.root}-{self.total}"

    # --- what a page does

    def start(self) -> EnsembleJob:
        """Begin; a job that was done before for anyone is finished at once. Returns itself."""
        known = FINISHED.get(self._key)
        if known is not None:
            self._members = {member.number: member for member in known.members}
            self.failed = known.failed
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
        self._pool.enter()
        try:
            self._end(self._run_all())
        except Exception as error:
            self.problem = f"the ensemble stopped: {error}"
            self._end("failed")
        finally:
            self._pool.leave()

    def _run_all(self) -> JobStatus:
        waiting = deque(range(self.total))
        flying: dict[Future[RunResult], int] = {}
        deaths = 0
        generation = self._pool.generation
        while (waiting or flying) and not self._is_cancelled:
            try:
                while waiting and len(flying) <= self._pool.jobs:
                    future = self._submit(waiting[0])
                    flying[future] = waiting.popleft()
                done, _ = wait(flying, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in [known for known in flying if known in done]:
                    self._take(flying[future], future.result())
                    del flying[future]
            except (BrokenExecutor, CancelledError):
                deaths += 1
                if deaths > MAX_DEATHS:
                    self.problem = "worker processes die again and again: is there enough memory?"
                    return "failed"
                self._pool.renew(generation)
                generation = self._pool.generation
                waiting.extendleft(sorted(flying.values(), reverse=True))
                flying.clear()
        for future in flying:
            future.cancel()
        return "cancelled" if self._is_cancelled else "finished"

    def _submit(self, number: int) -> Future[RunResult]:
        seed = replicate_seed(self.root, number)
        return self._pool.submit(run_member, self._blob, number, seed, self._outputs, RUN_TIMEOUT_S)

    def _take(self, number: int, result: RunResult) -> None:
        with self._lock:
            if result.status == "ok":
                seed = replicate_seed(self.root, number)
                self._members[number] = Member.of(result, seed, self._outputs)
            else:
                self.failed += 1
                self.problem = f"run {number + 1}: {result.error}"
        if monotonic() - self._reported > REPORT_S:
            self._report()

    def _end(self, status: JobStatus) -> None:
        self.status = status
        if status == "finished":
            FINISHED.put(self._key, self.ensemble)
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

"""What a change does, over pairs of worlds in the background: one without it, one with it.

Both worlds of a pair have the same seed, and every draw is keyed by agent, purpose and quarter, so
the two share all chance that exists in both: they are the twins of ``runs.twin_runs``, made by two
ensembles whose runs are handed out side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING

from viz.jobs.ensemble_job import EnsembleJob, JobStatus, WorkerPool
from viz.world.ensembles import Comparison

if TYPE_CHECKING:
    from viz.world.outcomes import PairEffect
    from viz.world.worlds import World


DEFAULT_PAIRS, MAX_PAIRS = 20, 100


class PairsJob:
    """``pairs`` worlds before a change and as many after it, with the same seeds.

    Args:
        before: the world before the change. after: the world after it.
        pairs: how many of each.
        wait_s: seconds to wait before the first run, so that what is changed again meanwhile costs
            nothing.
        pool: where they run; default: the pool of the server.
        on_change: called from the job's threads when there is something new.

    Attributes:
        before, after: the worlds. total: number of pairs.
        kept: what was last made of the pairs, with a mark of what it was made of.

    Raises:
        TooManyRuns: these worlds are too large for so many pairs.
        WorldProblem: there is no such world.
    """

    def __init__(
        self,
        before: World,
        after: World,
        pairs: int = DEFAULT_PAIRS,
        *,
        wait_s: float = 0.0,
        pool: WorkerPool | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.before, self.after, self.total = before, after, pairs
        self._wait_s = wait_s
        self._jobs = tuple(
            EnsembleJob(
                world.parameters, pairs, own_model=world.own_model, pool=pool, on_change=on_change
            )
            for world in (before, after)
        )
        self.kept: tuple[object, list[PairEffect]] | None = None
        self._is_cancelled = Event()
        self._is_waiting = False

    @property
    def status(self) -> JobStatus:
        """That of the worse of both ensembles."""
        if self._is_waiting:
            return "running"
        if self._is_cancelled.is_set() and not any(job.is_running for job in self._jobs):
            return "finished" if self.done == self.total else "cancelled"
        found = {job.status for job in self._jobs}
        order: tuple[JobStatus, ...] = ("failed", "running", "cancelled", "ready", "finished")
        return next(status for status in order if status in found)

    @property
    def is_running(self) -> bool:
        """Whether results are still to come."""
        return self.status == "running"

    @property
    def done(self) -> int:
        """Pairs that are complete."""
        return min(job.done for job in self._jobs)

    @property
    def share(self) -> float:
        """Part of all runs that is done, 0 to 1."""
        return sum(job.done for job in self._jobs) / (2 * self.total)

    @property
    def failed(self) -> int:
        """Runs that stopped with an error: their pairs are left out."""
        return sum(job.failed for job in self._jobs)

    @property
    def problem(self) -> str:
        """Why a job or a run failed, in words; empty otherwise."""
        return next((job.problem for job in self._jobs if job.problem), "")

    @property
    def comparison(self) -> Comparison:
        """The pairs that are complete: before the change, then after it."""
        return Comparison(("before", "after"), tuple(j.ensemble for j in self._jobs)).paired()

    def start(self) -> PairsJob:
        """Begin; what was run before for anyone is not run again. Returns itself."""
        if self._wait_s <= 0 or all(job.is_known for job in self._jobs):
            self._begin()
            return self
        self._is_waiting = True
        Thread(target=self._begin_later, name="pairs", daemon=True).start()
        return self

    def _begin_later(self) -> None:
        is_cancelled = self._is_cancelled.wait(self._wait_s)
        if not is_cancelled:
            self._begin()
        self._is_waiting = False

    def _begin(self) -> None:
        for job in self._jobs:
            job.start()

    def cancel(self) -> None:
        """Begin no further run; pairs that are complete are kept."""
        self._is_cancelled.set()
        self._is_waiting = False
        for job in self._jobs:
            job.cancel()

    def wait(self, timeout_s: float | None = None) -> PairsJob:
        """Wait until both ensembles are over; returns itself."""
        for job in self._jobs:
            job.wait(timeout_s)
        return self

"""Worker processes for ensembles: one pool for the whole server, started when first needed.

The pool is small, and each job keeps few runs in it, so that the jobs of several visitors share
it and none waits for another to end.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

from runs.sweep.one_run import RunResult, RunSpec, execute_run

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters
    from runs.sweep.executors import Processes

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
        from runs.sweep.executors import Processes

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


def pickled(parameters: MarketParameters) -> bytes:
    """A world as the workers take it."""
    return pickle.dumps(parameters, protocol=pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=4)
def _world(blob: bytes) -> MarketParameters:
    world: MarketParameters = pickle.loads(blob)
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
    spec = RunSpec(number, _world(blob), seed, None, outputs, has_series=True, timeout_s=timeout_s)
    return execute_run(spec)

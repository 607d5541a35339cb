"""Runs handed to a backend piece by piece, and what is done when a worker dies.

Sweeps (``runs.sweep.runner``) and the ensembles of the app both hand out their runs here: a window
of pieces is in flight, results are given to a listener as they come, and after a death those that
had not begun are queued again. A run that was in a worker that died is a suspect: it is done once
more with nothing beside it, and becomes a row "crashed" only when it kills its process again.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runs.problems import Refused, WorkersFailed
from runs.sweep.manifest import PROCESS, fingerprint
from runs.sweep.one_run import (
    CRASHED,
    ChunkResult,
    RunResult,
    Task,
    execute_chunk,
    stuck_result,
)

if TYPE_CHECKING:
    from runs.own_model import OwnModel
    from runs.sweep.workers import Backend

POLL_S = 0.5
"""Seconds after which a wait for results looks whether it is to stop."""
FRUITLESS_DEATHS = 3


@dataclass
class Piece:
    """Runs that are executed together.

    Attributes:
        rows: what ``Task.execute`` is given, each with a ``run_id`` of its own.
        part: what they belong to, for who takes the results.
        is_alone: whether they are done with nothing beside them.
    """

    rows: list[dict[str, Any]]
    part: int = 0
    is_alone: bool = False


type TakeResults = Callable[[int, Sequence[RunResult]], None]
"""Called with a part and results of it, as they come."""


class Dispatcher:
    """Keeps the workers of a backend busy with the runs of one task.

    Args:
        backend: where they are executed.
        task: how to do a run; it is pickled here, once.
        take: gets the results, on the thread that calls ``work``.
        own: the user's model class; None for ``MarketModel``.
        cell: where suspects are done; the backend itself when omitted. A backend that others use
            too needs one, or their runs could be blamed on each other.

    Attributes:
        is_stopping: whether no further piece begins.
    """

    def __init__(
        self,
        backend: Backend,
        task: Task,
        take: TakeResults,
        *,
        own: OwnModel | None = None,
        cell: Backend | None = None,
    ) -> None:
        self.backend, self.cell = backend, cell or backend
        self.is_stopping = False
        self._blob = pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)
        self._own, self._take_results, self._timeout_s = own, take, task.timeout_s
        self._flying: dict[Future[ChunkResult | None], Piece] = {}
        self._again: deque[Piece] = deque()
        self._alone: deque[Piece] = deque()
        self._fruitless = 0
        self._fingerprint = fingerprint(own)

    def work(
        self,
        fresh: Iterator[Piece],
        must_stop: Callable[[], bool],
        *,
        poll_s: float = POLL_S,
        leaves_at_once: bool = False,
    ) -> bool:
        """Do pieces until there are none left, or it is told to stop.

        Args:
            fresh: the pieces; asked for as workers get free.
            must_stop: asked before pieces are handed out, and every ``poll_s`` seconds.
            poll_s: longest wait between two questions, seconds.
            leaves_at_once: whether a stop leaves what is in flight behind; otherwise what has
                begun is awaited and its results are taken.

        Returns:
            Whether it was stopped.

        Raises:
            WorkersFailed: workers die again and again before they begin a run.
            Refused: a worker has other code or packages than this process.
        """
        while True:
            if not self.is_stopping:
                self.is_stopping = must_stop()
                if not self.is_stopping:
                    self._submit(fresh)
                else:
                    self.backend.stop(list(self._flying))
                    if leaves_at_once:
                        return True
            if not self._flying:
                if self.is_stopping or not (self._again or self._alone):
                    return self.is_stopping
                continue  # workers died before they took anything
            done, _ = wait(self._flying, timeout=poll_s, return_when=FIRST_COMPLETED)
            if self._timeout_s is not None:
                self.backend.end_silent(self._timeout_s)
            if self._collect(done) and self.is_stopping:
                return True

    def _submit(self, fresh: Iterator[Piece]) -> None:
        """Fill the window; a suspect runs with nothing beside it."""
        while len(self._flying) < self.backend.window:
            if self._alone:
                if self._flying:
                    return
                piece: Piece | None = self._alone.popleft()
            else:
                piece = self._again.popleft() if self._again else next(fresh, None)
            if piece is None:
                return
            home = self._home(piece)
            try:
                future = home.submit(execute_chunk, self._blob, piece.rows, self._own)
            except (Exception, CancelledError) as error:
                if not home.is_death(error):
                    raise
                (self._alone if piece.is_alone else self._again).appendleft(piece)
                return self._bury([], home)
            self._flying[future] = piece
            if piece.is_alone:
                return

    def _home(self, piece: Piece) -> Backend:
        return self.cell if piece.is_alone else self.backend

    def _collect(self, done: set[Future[ChunkResult | None]]) -> bool:
        """Take what has come; whether workers died."""
        lost, home = [], self.backend
        for future in [known for known in self._flying if known in done]:
            piece = self._flying.pop(future)
            home = self._home(piece)
            try:
                chunk = future.result()
            except (Exception, CancelledError) as error:
                if self.is_stopping and isinstance(error, CancelledError):
                    continue
                if not home.is_death(error):
                    raise
                lost.append(piece)
                continue
            if chunk is not None:
                self._take(piece, chunk)
        if lost:
            self._bury(lost, home)
        return bool(lost)

    def _take(self, piece: Piece, chunk: ChunkResult) -> None:
        if chunk.process != PROCESS and chunk.fingerprint != self._fingerprint:
            here, there = self._fingerprint.split(", "), chunk.fingerprint.split(", ")
            pairs = [f"{b} in place of {a}" for a, b in zip(here, there, strict=False) if a != b]
            raise Refused(f"a worker has other code or packages: {'; '.join(pairs)}")
        self._fruitless = 0
        self._take_results(piece.part, chunk.results)

    # --- after a death

    def _bury(self, lost: list[Piece], home: Backend) -> None:
        """Find whom to blame, and queue the others again; what flies is all of one backend."""
        if home.breaks_as_a_whole:
            lost += self._flying.values()
            self._flying.clear()
        notes = home.after_death()
        stuck, begun = notes if notes is not None else ({}, None)
        self._fruitless += 1
        if self._fruitless > FRUITLESS_DEATHS and not stuck and not begun:
            raise WorkersFailed("workers die again and again before they begin a run")
        for piece in lost:
            self._queue_again(piece, stuck, begun)

    def _queue_again(
        self, piece: Piece, stuck: Mapping[int, str], begun: Sequence[int] | None
    ) -> None:
        rest = []
        for row in piece.rows:
            run_id = int(row["run_id"])
            is_suspect = begun is None or run_id in begun
            if run_id in stuck:
                self._take_results(piece.part, [stuck_result(run_id, stuck[run_id])])
            elif is_suspect and piece.is_alone:
                crashed = RunResult(run_id, "crashed", error=CRASHED)
                self._take_results(piece.part, [crashed])
            elif is_suspect:
                self._alone.append(Piece([row], piece.part, is_alone=True))
            else:
                rest.append(row)
        if rest:
            queue = self._alone if piece.is_alone else self._again
            queue.append(Piece(rest, piece.part, is_alone=piece.is_alone))

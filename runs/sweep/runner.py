"""The loop of a sweep: keep workers busy, commit each part, outlive deaths, tell how far it is."""

from __future__ import annotations

import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType, TracebackType
from typing import Any, TextIO

from runs.problems import Refused, SweepProblem, WorkersFailed
from runs.sweep.manifest import PROCESS, fingerprint
from runs.sweep.one_run import CRASHED, ChunkResult, RunResult, execute_chunk, stuck_result
from runs.sweep.store import Store
from runs.sweep.workers import Backend

LINE_SHARE, LINE_SECONDS = 0.1, 10.0
"""A plain line comes after so much more of the runs, or so many seconds."""


class SweepProgress:
    """Callback of a sweep.

    Args:
        stream: where to write, usually standard error.
        total: runs of the sweep.
        done: runs that were stored before.
        is_quiet: write nothing.
        whole: what the time left is of, when more comes after it: "this study".
    """

    def __init__(
        self,
        stream: TextIO,
        total: int,
        done: int = 0,
        *,
        is_quiet: bool = False,
        whole: str = "",
    ) -> None:
        self.stream, self.total, self.first = stream, total, done
        self.is_quiet = is_quiet
        self.left = f"left in {whole}" if whole else "left"
        self.began = self.last_time = monotonic()
        self.last_done = done
        self.bar: Any = None
        if not is_quiet and stream.isatty():
            from tqdm import tqdm

            self.bar = tqdm(total=total, initial=done, unit="run", file=stream, leave=False)

    def __call__(self, progress: Progress) -> None:
        """Tell about a stored part."""
        if self.bar is not None:
            self.bar.update(progress.done - self.bar.n)
            if progress.not_ok:
                self.bar.set_postfix_str(f"{progress.not_ok} not ok")
            return
        if not self.is_quiet and self._is_due(progress.done):
            self.stream.write(self._line(progress) + "\n")
            self.stream.flush()

    def _is_due(self, done: int) -> bool:
        now = monotonic()
        is_due = (
            done >= self.total
            or done - self.last_done >= LINE_SHARE * self.total
            or now - self.last_time >= LINE_SECONDS
        )
        if is_due:
            self.last_done, self.last_time = done, now
        return is_due

    def _line(self, progress: Progress) -> str:
        seconds = monotonic() - self.began
        rate = (progress.done - self.first) / seconds if seconds > 0 else 0.0
        text = f"{progress.done:,} of {progress.total:,} runs ({progress.done / self.total:.0%})"
        if rate > 0:
            text += f", {rate:.3g} per second"
        if rate > 0 and progress.done < progress.total:
            text += f", about {duration((progress.total - progress.done) / rate)} {self.left}"
        return text + (f", {progress.not_ok:,} not ok" if progress.not_ok else "")

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()


def duration(seconds: float) -> str:
    """Seconds in words that a person can judge: "0.8 s", "3 min", "2.5 h"."""
    if seconds < 90:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Bytes in words: "12 kB", "3.4 MB"."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count:.0f} B"


# --- ctrl-C and SIGTERM during a sweep


class Interrupts:
    """While it is entered, the first signal is noted and calls ``on_first``; the next one raises.

    Outside the main thread, where Python handles no signals, it does nothing.

    Attributes:
        number: the signal that came; 0 for none.
    """

    def __init__(self, on_first: Callable[[int], None] | None = None) -> None:
        """Handle nothing yet."""
        self.number = 0
        self._on_first = on_first
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        """Begin to handle the signals."""
        if current_thread() is main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Handle them as before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.number:
            raise KeyboardInterrupt
        self.number = number
        if self._on_first is not None:
            self._on_first(number)


# --- the loop of a sweep


POLL_S = 0.5
FRUITLESS_DEATHS = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: runs stored, runs in all, and stored runs that are not "ok"."""

    done: int
    total: int
    not_ok: int


type ProgressCallback = Callable[[Progress], None]


@dataclass
class _Piece:
    """Runs of one part that are executed together."""

    part: int
    rows: list[dict[str, Any]]
    is_alone: bool = False


@dataclass
class _Part:
    """A part that is being computed: what is known, and how many runs are still missing."""

    missing: int
    results: dict[int, RunResult] = field(default_factory=dict)


def failure_limit(limit: int | str | None, runs: int) -> float:
    """How many runs may fail: a number, a share such as "5%", or None for all of them.

    Raises:
        SweepProblem: the text is neither.
    """
    if limit is None:
        return float("inf")
    text = str(limit).strip()
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        number = -1.0
    is_share = text.endswith("%")
    if not 0 <= number < float("inf") or (is_share and number > 100):
        raise SweepProblem(
            f"max-failures: {text!r} is neither a number of runs nor a share like 5%"
        )
    return number / 100 * runs if is_share else number


class Runner:
    """One call: pieces go out, results come in, parts are committed."""

    def __init__(
        self,
        store: Store,
        backend: Backend,
        *,
        limit: float = float("inf"),
        progress: ProgressCallback | None = None,
        on_interrupt: Callable[[int], None] | None = None,
    ) -> None:
        """Begin nothing yet; ``limit`` is how many runs may fail."""
        self.store, self.backend, self.limit, self.progress = store, backend, limit, progress
        self.plan = store.plan
        self.blob = b""
        self.is_stopping = False
        self.in_flight: dict[Future[ChunkResult | None], _Piece] = {}
        self.again: deque[_Piece] = deque()
        self.alone: deque[_Piece] = deque()
        self.parts: dict[int, _Part] = {}
        self.not_ok = sum(n for status, n in store.statuses().items() if status != "ok")
        self.computed = 0
        self.fruitless = 0
        self.fingerprint = fingerprint(self.plan.own_model)
        self.interrupts = Interrupts(on_interrupt)

    def work(self, wanted: Mapping[int, Sequence[int] | None]) -> str:
        """Do parts.

        Args:
            wanted: part -> the runs to do; None for all of its runs.

        Returns:
            "finished", "stopped" by the failure limit, or "interrupted".
        """
        self.not_ok -= sum(len(run_ids) for run_ids in wanted.values() if run_ids is not None)
        self.blob = pickle.dumps(self.plan.task, protocol=pickle.HIGHEST_PROTOCOL)
        fresh = self._fresh(wanted)
        with self.interrupts:
            while True:
                if not self.is_stopping:
                    self.is_stopping = bool(self.interrupts.number) or self.not_ok > self.limit
                    if self.is_stopping:
                        self.backend.stop(list(self.in_flight))
                    else:
                        self._submit(fresh)
                if not self.in_flight:
                    if self.is_stopping or not (self.again or self.alone):
                        break
                    continue  # workers died before they took anything
                done, _ = wait(self.in_flight, timeout=POLL_S, return_when=FIRST_COMPLETED)
                if self.plan.task.timeout_s is not None:
                    self.backend.end_silent(self.plan.task.timeout_s)
                if self._collect(done) and self.is_stopping:
                    break
        if self.interrupts.number:
            return "interrupted"
        return "stopped" if self.is_stopping else "finished"

    def _fresh(self, wanted: Mapping[int, Sequence[int] | None]) -> Iterator[_Piece]:
        for part, run_ids in wanted.items():
            rows = self.plan.rows(part).to_pylist()
            if run_ids is not None:
                rows = [row for row in rows if row["run_id"] in run_ids]
            self.parts[part] = _Part(len(rows))
            yield _Piece(part, rows)

    def _submit(self, fresh: Iterator[_Piece]) -> None:
        """Fill the window; a suspect runs with nothing beside it."""
        while len(self.in_flight) < self.backend.window:
            if self.alone:
                if self.in_flight:
                    return
                piece: _Piece | None = self.alone.popleft()
            else:
                piece = self.again.popleft() if self.again else next(fresh, None)
            if piece is None:
                return
            try:
                own = self.plan.own_model
                future = self.backend.submit(execute_chunk, self.blob, piece.rows, own)
            except Exception as error:
                if not self.backend.is_death(error):
                    raise
                (self.alone if piece.is_alone else self.again).appendleft(piece)
                return self._bury([])
            self.in_flight[future] = piece
            if piece.is_alone:
                return

    def _collect(self, done: set[Future[ChunkResult | None]]) -> bool:
        """Take what has come; whether workers died."""
        lost = []
        for future in [known for known in self.in_flight if known in done]:
            piece = self.in_flight.pop(future)
            try:
                chunk = future.result()
            except (Exception, CancelledError) as error:
                if self.is_stopping and isinstance(error, CancelledError):
                    continue
                if not self.backend.is_death(error):
                    raise
                lost.append(piece)
                continue
            if chunk is not None:
                self._take(piece, chunk)
        if lost:
            self._bury(lost)
        return bool(lost)

    def _take(self, piece: _Piece, chunk: ChunkResult) -> None:
        if chunk.process != PROCESS and chunk.fingerprint != self.fingerprint:
            here, there = self.fingerprint.split(", "), chunk.fingerprint.split(", ")
            pairs = [f"{b} in place of {a}" for a, b in zip(here, there, strict=False) if a != b]
            raise Refused(f"a worker has other code or packages: {'; '.join(pairs)}")
        self.fruitless = 0
        self._note(piece.part, chunk.results)

    def _note(self, number: int, results: Sequence[RunResult]) -> None:
        """Keep results; commit the part when it is complete."""
        part = self.parts[number]
        part.results |= {result.run_id: result for result in results}
        part.missing -= len(results)
        self.not_ok += sum(result.status != "ok" for result in results)
        if part.missing == 0:
            self.store.commit(number, part.results)
            self.computed += len(part.results)
            del self.parts[number]
            self._report()

    def _report(self) -> None:
        if self.progress is not None:
            done = sum(self.store.statuses().values())
            self.progress(Progress(done, self.plan.runs, self.not_ok))

    def _bury(self, lost: list[_Piece]) -> None:
        """After a death: find whom to blame, and queue the others again."""
        if self.backend.breaks_as_a_whole:
            lost += self.in_flight.values()
            self.in_flight.clear()
        notes = self.backend.after_death()
        stuck, begun = notes if notes is not None else ({}, None)
        self.fruitless += 1
        if self.fruitless > FRUITLESS_DEATHS and not stuck and not begun:
            raise WorkersFailed("workers die again and again before they begin a run")
        for piece in lost:
            self._queue_again(piece, stuck, begun)

    def _queue_again(
        self, piece: _Piece, stuck: Mapping[int, str], begun: Sequence[int] | None
    ) -> None:
        rest = []
        for row in piece.rows:
            run_id = int(row["run_id"])
            is_suspect = begun is None or run_id in begun
            if run_id in stuck:
                self._note(piece.part, [stuck_result(run_id, stuck[run_id])])
            elif is_suspect and piece.is_alone:
                self._note(piece.part, [RunResult(run_id, "crashed", error=CRASHED)])
            elif is_suspect:
                self.alone.append(_Piece(piece.part, [row], is_alone=True))
            else:
                rest.append(row)
        if rest:
            queue = self.alone if piece.is_alone else self.again
            queue.append(_Piece(piece.part, rest, is_alone=piece.is_alone))

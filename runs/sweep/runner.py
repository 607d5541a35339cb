"""A sweep as it runs: its parts are handed out and committed, and it tells how far it is.

Workers are kept busy, and their deaths outlived, by ``runs.sweep.dispatch``.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType, TracebackType
from typing import Any, TextIO

from runs.problems import SweepProblem
from runs.sweep.dispatch import Dispatcher, Piece
from runs.sweep.one_run import RunResult
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: runs stored, runs in all, and stored runs that are not "ok"."""

    done: int
    total: int
    not_ok: int


type ProgressCallback = Callable[[Progress], None]


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
    """One call: parts are handed out, a part whose results are complete is committed.

    It stops when more runs fail than may, and at a signal.
    """

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
        self.parts: dict[int, _Part] = {}
        self.not_ok = sum(n for status, n in store.statuses().items() if status != "ok")
        self.computed = 0
        self.interrupts = Interrupts(on_interrupt)

    def work(self, wanted: Mapping[int, Sequence[int] | None]) -> str:
        """Do parts.

        Args:
            wanted: part -> the runs to do; None for all of its runs.

        Returns:
            "finished", "stopped" by the failure limit, or "interrupted".
        """
        self.not_ok -= sum(len(run_ids) for run_ids in wanted.values() if run_ids is not None)
        dispatcher = Dispatcher(self.backend, self.plan.task, self._note, own=self.plan.own_model)
        with self.interrupts:
            is_stopped = dispatcher.work(self._fresh(wanted), self._must_stop)
        if self.interrupts.number:
            return "interrupted"
        return "stopped" if is_stopped else "finished"

    def _must_stop(self) -> bool:
        return bool(self.interrupts.number) or self.not_ok > self.limit

    def _fresh(self, wanted: Mapping[int, Sequence[int] | None]) -> Iterator[Piece]:
        for part, run_ids in wanted.items():
            rows = self.plan.rows(part).to_pylist()
            if run_ids is not None:
                rows = [row for row in rows if row["run_id"] in run_ids]
            self.parts[part] = _Part(len(rows))
            yield Piece(rows, part)

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

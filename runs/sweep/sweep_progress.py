"""How a sweep tells on standard error how far it is: a bar on a terminal, else some plain lines."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from runs.sweep.runner import Progress

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

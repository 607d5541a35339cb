"""Ctrl-C and SIGTERM during a sweep: the first finishes what is in flight, the second leaves."""

from __future__ import annotations

import signal
from collections.abc import Callable
from threading import current_thread, main_thread
from types import FrameType, TracebackType
from typing import Any


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

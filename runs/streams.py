"""Standard streams and signals of the command line: closed, full, narrow; ended from outside.

What cannot be shown in the encoding of a stream is written as its number, so no name in a file
ends a command. A stream that is closed is refused when something is written to it, not before:
``run --quiet --out DIR`` needs none.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, TextIO


class Terminated(KeyboardInterrupt):
    """SIGTERM came: the command cleans up as after Ctrl-C."""


class _Closed(io.RawIOBase):
    """A stream that nobody reads, since it was closed before the command began."""

    def writable(self) -> bool:
        """Anything may be tried."""
        return True

    def write(self, data: Any) -> int:
        """Always fails, as writing to a closed file does."""
        del data
        raise OSError(errno.EBADF, "it is closed")


def prepare_streams() -> None:
    """Make the streams of this process safe to write to, whatever they are."""
    if sys.stdout is None or sys.stderr is None:
        _occupy_descriptors()
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(
            _Closed(), encoding="utf-8", write_through=True
        )  # unbuffered, as it fails anyway
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - kept
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _occupy_descriptors() -> None:
    """Let no file that is opened later get the number of a standard stream that is closed."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            if os.open(os.devnull, os.O_RDWR) != number:
                return


def stdout_problem() -> str:
    """Why nothing can be written to standard output; empty when it can.

    What is left in its buffer is dropped then, so that the end of the process does not try again.
    """
    stream = sys.stdout
    try:
        stream.flush()
    except (OSError, ValueError) as error:
        silence(stream)
        return getattr(error, "strerror", None) or str(error)
    return ""


def silence(stream: TextIO) -> None:
    """Send what a stream still holds to nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextmanager
def termination_raises() -> Iterator[None]:
    """Let the first SIGTERM raise ``Terminated``; further ones do not disturb the cleaning up.

    Outside the main thread, where Python handles no signals, it does nothing.
    """
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    del frame
    signal.signal(number, signal.SIG_IGN)
    raise Terminated

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


class Terminated(BaseException):
    """SIGTERM came: the command cleans up and ends.

    It is no KeyboardInterrupt, which typer would take for Ctrl-C.
    """


class _Closed(io.RawIOBase):
    """A stream that nobody reads, since it was closed before the command began."""

    def writable(self) -> bool:
        """Anything may be tried."""
        return True

    def write(self, data: Any) -> int:
        """Always fails, as writing to a closed file does."""
        del data
        raise OSError(errno.EBADF, "it is closed")


class OutputFailed(OSError):
    """Nothing more can be written to standard output; the text says why."""


class _Output(io.TextIOWrapper):
    """Standard output, which tells its own failures from those of files."""

    def write(self, text: str) -> int:
        """Write; raises OutputFailed, or BrokenPipeError when the reader has seen enough."""
        with _told():
            return super().write(text)

    def flush(self) -> None:
        """Hand over what is held; raises as ``write`` does."""
        with _told():
            super().flush()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(error.strerror or str(error)) from None


def prepare_streams() -> None:
    """Make the streams of this process safe to write to, whatever they are."""
    if sys.stdout is None or sys.stderr is None:
        _occupy_descriptors()
    if sys.stdout is None:
        sys.stdout = _output(_Closed(), "utf-8", write_through=True)
    elif isinstance(sys.stdout, io.TextIOWrapper):
        old = sys.stdout
        sys.stdout = _output(
            old.detach(), old.encoding, lines=old.line_buffering, write_through=old.write_through
        )
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - kept
    elif isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")


def _output(
    buffer: Any, encoding: str, *, lines: bool = False, write_through: bool = False
) -> _Output:
    return _Output(
        buffer,
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=lines,
        write_through=write_through,
    )


def _occupy_descriptors() -> None:
    """Let no file that is opened later get the number of a standard stream that is closed."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            if os.open(os.devnull, os.O_RDWR) != number:
                return


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

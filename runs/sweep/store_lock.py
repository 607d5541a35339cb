"""One writer per folder: a lock of the operating system, which ends with its process."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import IO

from runs.sweep.stored import LOCK
from runs.sweep_problems import Refused

LOCK_TRIES = 5


class Lock:
    """The right to write to a folder; it ends with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        """Take it; raises Refused when another has it."""
        self._file: IO[str] = open(folder / LOCK, "a+", encoding="utf-8")  # noqa: SIM115 - kept
        if not self._take():
            self._file.seek(0)
            who = self._file.read().strip()
            self._file.close()
            owner = f" ({who})" if who else ""
            raise Refused(f"{folder} is in use: another command writes to it{owner}")
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()}")
        self._file.flush()

    def _take(self) -> bool:
        """Try a few times: a command that only looks holds the lock for a moment."""
        for _ in range(LOCK_TRIES):
            with suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            sleep(0.02)
        return False

    def release(self) -> None:
        """Let others write."""
        self._file.truncate(0)
        self._file.close()


def is_locked(folder: Path) -> bool:
    """Whether a command writes to the folder now."""
    try:
        with open(folder / LOCK, encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False

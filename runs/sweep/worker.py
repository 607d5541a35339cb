"""Inside a worker process: notes for the parent, a watchdog, and no life without the parent.

A worker that dies cannot say which run killed it. So it writes the number of each run to a small
file before it begins, and the parent reads the file after the death.
"""

from __future__ import annotations

import faulthandler
import os
import signal
from pathlib import Path
from threading import Thread

NO_RUN = -1
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_WIDTH = 20
_STOP = "stop"
_notes: Notes | None = None


class Notes:
    """The files of one worker in a folder that it shares with its parent."""

    def __init__(self, folder: Path) -> None:
        """Open the files of this process."""
        self.folder = folder
        self._stop = str(folder / _STOP)
        flags = os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
        self._number = os.open(folder / f"{os.getpid()}.run", flags, 0o600)
        self._trace = os.open(folder / f"{os.getpid()}.trace", flags, 0o600)
        self._write(NO_RUN)

    def _write(self, run_id: int) -> None:
        os.pwrite(self._number, f"{run_id:{_WIDTH}d}".encode(), 0)

    def begin(self, run_id: int, timeout_s: float | None) -> None:
        """Note a run; past its time and a grace the process writes where it is and ends.

        The watchdog needs no Python, so it also ends a run that is stuck in compiled code. The
        grace lets a run that only is slow end at its next quarter.
        """
        self._write(run_id)
        if timeout_s is not None:
            limit = timeout_s + max(1.0, timeout_s / 2)
            faulthandler.dump_traceback_later(limit, exit=True, file=self._trace)

    def end(self) -> None:
        """Note that the run is over."""
        faulthandler.cancel_dump_traceback_later()
        self._write(NO_RUN)

    def must_stop(self) -> bool:
        """Whether the parent wants no further chunk to begin."""
        return os.path.exists(self._stop)


def own_notes() -> Notes | None:
    """Notes of this process; None outside the workers that ``start_worker`` made."""
    return _notes


def tell_to_stop(folder: Path) -> None:
    """Let no chunk begin any more in the workers of a folder."""
    (folder / _STOP).touch()


def read_notes(folder: Path) -> tuple[dict[int, str], list[int]]:
    """What dead workers were doing; their files are removed.

    Returns:
        Run -> the place where it was stuck, for runs that the watchdog ended; and the runs that
        had begun in workers that died in another way.
    """
    stuck: dict[int, str] = {}
    begun: list[int] = []
    for path in sorted(folder.glob("*.run")):
        trace = path.with_suffix(".trace")
        text = path.read_text(encoding="ascii").strip()
        place = trace.read_text(encoding="utf-8", errors="replace") if trace.exists() else ""
        run_id = int(text) if text else NO_RUN
        if run_id != NO_RUN and place:
            stuck[run_id] = place
        elif run_id != NO_RUN:
            begun.append(run_id)
        path.unlink()
        trace.unlink(missing_ok=True)
    return stuck, sorted(begun)


def start_worker(folder: str) -> None:
    """Prepare a worker process: deaf to Ctrl-C, gone when its parent is gone, with notes."""
    global _notes  # noqa: PLW0603 - one worker is one process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_die_with_parent, args=(folder,), daemon=True).start()
    _notes = Notes(Path(folder))


def _die_with_parent(folder: str) -> None:
    import shutil
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

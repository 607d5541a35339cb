"""Where chunks of runs are executed, and what goes on inside a worker process.

A backend hands out futures and tells what a death means. The dispatcher
(``runs.sweep.dispatch``) does the rest, so each of them gives the same bytes.

A worker that dies cannot say which run killed it. So it writes the number of each run to a small
file before it begins, and the parent reads the file after the death.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from time import monotonic, time
from typing import Any, Protocol

from market.parameters.schema import shortened
from runs.problems import Unreachable, WorkersFailed

NO_RUN = -1
SILENCE_S, START_S = 2.0, 30.0
"""Time that a watchdog may be late by, and that the imports of a worker may take, seconds."""
SILENT = "its process was stopped or hung, and was killed by its parent"
MOST_WINDOWS_PROCESSES = 61
"""Most processes of a pool that Windows can wait for."""
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
        flags = os.O_CREAT | os.O_WRONLY
        self._number = os.open(folder / f"{os.getpid()}.run", flags, 0o600)
        self._trace = os.open(folder / f"{os.getpid()}.trace", flags, 0o600)
        self._write(NO_RUN)

    def _write(self, run_id: int) -> None:
        os.lseek(self._number, 0, os.SEEK_SET)
        os.write(self._number, f"{run_id:{_WIDTH}d}".encode())

    def begin(self, run_id: int, timeout_s: float | None) -> None:
        """Note a run; past its time and a grace the process writes where it is and ends.

        The watchdog needs no Python, so it also ends a run that is stuck in compiled code. The
        grace lets a run that only is slow end at its next quarter.
        """
        self._write(run_id)
        if timeout_s is not None:
            faulthandler.dump_traceback_later(_patience(timeout_s), exit=True, file=self._trace)

    def end(self) -> None:
        """Note that the run is over."""
        faulthandler.cancel_dump_traceback_later()
        self._write(NO_RUN)

    def must_stop(self) -> bool:
        """Whether the parent wants no further chunk to begin."""
        return os.path.exists(self._stop)


def _patience(timeout_s: float) -> float:
    """Seconds after which a run is stuck: one that only is slow ends at its next quarter."""
    return timeout_s + max(1.0, timeout_s / 2)


def silent_workers(folder: Path, timeout_s: float) -> list[int]:
    """Process ids of workers whose own watchdog should have ended them and did not.

    Their process was stopped, or hangs in the system. A worker that has begun no run may still be
    importing, and is waited for ``START_S`` longer; its file is as old as its last run.
    """
    found = []
    for path in folder.glob("*.run"):
        try:
            text, age = path.read_text(encoding="ascii").strip(), time() - path.stat().st_mtime
        except OSError:  # it has just gone
            continue
        limit = _patience(timeout_s) + SILENCE_S
        if text in {"", str(NO_RUN)}:
            limit += START_S
        if age > limit:
            found.append(int(path.stem))
    return sorted(found)


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


# --- where chunks of runs are executed


type ExecutorLike = Executor | Callable[[], Executor]


class Backend(Protocol):
    """Where chunks run."""

    window: int
    """Chunks in flight at most: enough to keep all workers busy, few enough for the memory."""
    breaks_as_a_whole: bool
    """Whether the death of one worker ends all chunks in flight."""

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Start a call."""

    def is_death(self, error: BaseException) -> bool:
        """Whether an error of a future means that its worker died."""

    def after_death(self) -> tuple[dict[int, str], list[int]] | None:
        """Make the backend usable again.

        Returns:
            Runs that a watchdog ended with the place where they were stuck, and runs that had
            begun; None when that is not known.
        """

    def end_silent(self, timeout_s: float) -> None:
        """Kill workers that answer no more, long after the time of their run, where it can."""

    def stop(self, futures: Sequence[Future[Any]]) -> None:
        """Let no chunk begin that has not begun; those that have begun go on."""

    def close(self, *, at_once: bool) -> None:
        """Let go of the workers; ``at_once`` kills what runs."""


class InProcess:
    """Runs in this process, one at a time: for debuggers, and for sweeps of small runs.

    A run that is stuck inside one quarter is not ended here, and one that kills its process ends
    the sweep, which can be resumed.
    """

    window = 1
    breaks_as_a_whole = False

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Call at once; what it raises ends the sweep."""
        future: Future[Any] = Future()
        with one_thread_each():
            future.set_result(function(*arguments))
        return future

    def is_death(self, error: BaseException) -> bool:
        """Never: this process is the worker."""
        return False

    def after_death(self) -> None:
        """Nothing to mend."""
        return

    def end_silent(self, timeout_s: float) -> None:
        """There is no other process."""

    def stop(self, futures: Sequence[Future[Any]]) -> None:
        """Nothing is queued."""

    def close(self, *, at_once: bool) -> None:
        """Nothing to let go."""


class Processes:
    """Fresh processes on this machine (start method "spawn")."""

    breaks_as_a_whole = True

    def __init__(self, jobs: int) -> None:
        """Start no process yet."""
        self.jobs = min(jobs, MOST_WINDOWS_PROCESSES) if os.name == "nt" else jobs
        self.window = 2 * jobs + 1
        self._notes = Path(tempfile.mkdtemp(prefix="kaartenhuis-"))
        self._looked = monotonic()
        self._pool = self._make()

    def _make(self) -> ProcessPoolExecutor:
        context = get_context("spawn")
        return ProcessPoolExecutor(
            self.jobs, mp_context=context, initializer=start_worker, initargs=(str(self._notes),)
        )

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Queue a call; this is where processes are started."""
        with one_thread_each(), _signals_kept_from_children():
            return self._pool.submit(function, *arguments)

    def is_death(self, error: BaseException) -> bool:
        """A pool breaks when one of its processes dies."""
        return isinstance(error, BrokenExecutor)

    def after_death(self) -> tuple[dict[int, str], list[int]]:
        """Start a new pool, and read what the processes of the old one were doing."""
        self._kill()  # one that is stopped would never see that the pool asks it to end
        self._pool.shutdown(wait=True, cancel_futures=True)
        found = read_notes(self._notes)
        self._pool = self._make()
        return found

    def end_silent(self, timeout_s: float) -> None:
        """Kill them; what they did is noted as stuck, as if their own watchdog had ended them."""
        if monotonic() - self._looked < 1.0:
            return
        self._looked = monotonic()
        for pid in silent_workers(self._notes, timeout_s):
            process = (self._pool._processes or {}).get(pid)
            if process is not None:
                (self._notes / f"{pid}.trace").write_text(SILENT, encoding="utf-8")
                process.kill()

    def stop(self, futures: Sequence[Future[Any]]) -> None:
        """Workers look for a file before they begin a chunk."""
        tell_to_stop(self._notes)
        _cancel(futures)

    def _kill(self) -> None:
        for process in list((self._pool._processes or {}).values()):
            process.kill()

    def close(self, *, at_once: bool) -> None:
        """End the processes and remove their notes."""
        if at_once:
            self._kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._notes, ignore_errors=True)


class KeptProcesses(Processes):
    """Processes that serve one sweep after another; ``end`` lets go of them."""

    def close(self, *, at_once: bool) -> None:
        """Keep them for the next sweep, unless something went wrong."""
        if at_once:
            super().close(at_once=True)

    def end(self) -> None:
        """End the processes; harmless when they have been killed."""
        super().close(at_once=False)


class AnyExecutor:
    """An executor that the caller gives, or a function that makes one.

    Only a made one is made anew after its workers died, and only a made one is shut down.
    """

    breaks_as_a_whole = True

    def __init__(self, executor: ExecutorLike, window: int | None = None) -> None:
        """Take or make the executor."""
        self._factory = None if isinstance(executor, Executor) else executor
        self._executor = executor if isinstance(executor, Executor) else executor()
        workers = getattr(self._executor, "_max_workers", None) or os.cpu_count() or 1
        self.window = window or 2 * int(workers) + 1

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Queue a call."""
        with one_thread_each():
            return self._executor.submit(function, *arguments)

    def is_death(self, error: BaseException) -> bool:
        """Executors of the standard library say it so; so does loky, with a class of its own."""
        return isinstance(error, BrokenExecutor) or "Terminated" in type(error).__name__

    def after_death(self) -> None:
        """Make the executor again."""
        if self._factory is None:
            reason = "a worker of the given executor died: pass a function that makes an executor"
            raise WorkersFailed(f"{reason}, so that it can be made again")
        self._executor.shutdown(wait=False)
        self._executor = self._factory()

    def end_silent(self, timeout_s: float) -> None:
        """Its processes are the caller's."""

    def stop(self, futures: Sequence[Future[Any]]) -> None:
        """Cancel what has not begun."""
        _cancel(futures)

    def close(self, *, at_once: bool) -> None:
        """Shut down what was made here."""
        if self._factory is not None:
            self._executor.shutdown(wait=not at_once)


class Dask:
    """Workers of a Dask scheduler."""

    breaks_as_a_whole = False

    def __init__(self, address: str, timeout_s: float = 10.0) -> None:
        """Connect; raises Unreachable when nothing answers."""
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise Unreachable("--scheduler needs Dask: pip install 'kaartenhuis[dask]'") from None
        name = shortened(address)
        if not _ADDRESS.fullmatch(address):
            form = "an address is such as tcp://127.0.0.1:8786"
            raise Unreachable(f"no Dask scheduler answers at {name}: {form}")
        _silence_dask()
        self.address = address
        try:
            self._client = distributed.Client(address, timeout=timeout_s, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = str(error).split("\n", maxsplit=1)[0] or type(error).__name__
            raise Unreachable(f"no Dask scheduler answers at {name}: {reason}") from None
        threads = sum(self._client.nthreads().values())
        self.window = 2 * max(threads, 1) + 1
        self._executor = self._client.get_executor(pure=False)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Queue a call on the cluster, which may have grown."""
        future: Future[Any] = self._executor.submit(function, *arguments)
        return future

    def is_death(self, error: BaseException) -> bool:
        """Dask gives a task up when several workers died of it."""
        if type(error).__name__ == "KilledWorker":
            return True
        if isinstance(error, OSError | CancelledError):
            raise Unreachable(f"the Dask scheduler at {self.address} went away") from None
        return False

    def after_death(self) -> None:
        """Dask starts workers again by itself."""
        return

    def end_silent(self, timeout_s: float) -> None:
        """The scheduler ends workers whose heartbeat stops, and gives their chunks to others."""

    def stop(self, futures: Sequence[Future[Any]]) -> None:
        """Dask would cancel running chunks too, so all in flight are awaited."""

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster; the workers stay."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=2 if at_once else 10)


_ADDRESS = re.compile(r"([a-z]+://)?[^\s:/]+:[0-9]{1,5}|[a-z]+://\[[0-9a-fA-F:.]+\]:[0-9]{1,5}")


def _silence_dask() -> None:
    """Let Dask write no tracebacks of its own: what goes wrong is told once, by ``is_death``."""
    for name in [*logging.root.manager.loggerDict, "tornado", "asyncio"]:
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _cancel(futures: Sequence[Future[Any]]) -> None:
    for future in futures:
        future.cancel()


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Have numerical libraries of processes started meanwhile use one thread.

    Several threads add up in another order, so the last bits would depend on the machine.
    """
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _signals_kept_from_children() -> Iterator[None]:
    """Start processes that never see Ctrl-C, not even while they start."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: they ignore it once they have started
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def choose_backend(
    executor: ExecutorLike | None = None, *, jobs: int = 0, scheduler: str | None = None
) -> Backend:
    """The backend for what was asked: an executor, a scheduler, or processes.

    Args:
        executor: an executor, or a function that makes one.
        jobs: worker processes; 0 runs everything in this process.
        scheduler: address of a Dask scheduler, such as "tcp://127.0.0.1:8786".

    Raises:
        Unreachable: the scheduler does not answer.
    """
    if executor is not None:
        return AnyExecutor(executor)
    if scheduler is not None:
        return Dask(scheduler)
    return Processes(jobs) if jobs > 0 else InProcess()

"""A quick claims report in the background: the command in a process of its own, with progress."""

from __future__ import annotations

import atexit
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Literal

from viz.words import WORDS
from viz.world.folders import CLAIMS_MARK
from viz.world.worlds import server_model

type RunStatus = Literal["ready", "running", "finished", "cancelled", "failed"]
FOLDER = "claims-quick"
REFUSED = 5
"""What the command returns when it may not go on in a folder, for instance after new code."""
_STUDY = re.compile(r"study (\d+) of (\d+), ")
_SECONDS_TO_STOP = 15.0
_REPORT_S = 0.3


class ClaimsRun:
    """One report that is being made; the server makes one at a time, and all visitors see it.

    Args:
        root: the chosen folder; the report goes to ``claims-quick`` in it.
        command: words before the options; default: this Python's ``runs claims``.

    Attributes:
        status: "ready", "running", "finished", "cancelled" or "failed".
        done, total: studies; ``total`` is 0 until it is known.
        text: the latest line of progress. problem: why it failed; empty otherwise.
        news: how often there was news: it rises before the listeners are called.
    """

    def __init__(self, root: Path, command: Sequence[str] | None = None) -> None:
        self.folder = root / FOLDER
        self.status: RunStatus = "ready"
        self.done = self.total = self.news = 0
        self.text, self.problem = WORDS("claims-starting"), ""
        self._command = list(command or own_command())
        self._listeners: list[Callable[[], None]] = []
        self._process: subprocess.Popen[str] | None = None
        self._lock = Lock()
        self._is_cancelled = False
        self._reported = 0.0
        self._thread: Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.status == "running"

    @property
    def progress(self) -> float:
        """Share of the studies that are done."""
        return self.done / self.total if self.total else 0.0

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a function called when there is news; once it raises it is called no more.

        Returns:
            What ends that.
        """
        with self._lock:
            if listener not in self._listeners:
                self._listeners.append(listener)
        return lambda: self._forget(listener)

    def _forget(self, listener: Callable[[], None]) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def start(self) -> None:
        """Begin, unless it goes on already."""
        with self._lock:
            if self.is_running:
                return
            self.status, self.text, self.problem = "running", WORDS("claims-starting"), ""
            self.done, self._is_cancelled = 0, False
            self._thread = Thread(target=self._work, name="claims", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop; what is done is kept and used by the next run."""
        self._is_cancelled = True
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()  # a server in the background may have passed on to ignore SIGINT

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until it is over."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    # --- the thread

    def _work(self) -> None:
        self._report(at_once=True)
        try:
            has_begun = (self.folder / CLAIMS_MARK).exists()
            code = self._run("--resume" if has_begun else "")
            if code == REFUSED and has_begun and not self._is_cancelled:
                code = self._run("--overwrite")
        except Exception as error:
            self.problem, code = str(error), 1
        if self._is_cancelled:
            self.status = "cancelled"
        elif code in (0, 3):
            self.status, self.done = "finished", self.total
        else:
            self.status = "failed"
            self.problem = self.problem or self.text
        self._report(at_once=True)

    def _run(self, option: str) -> int:
        """Run the command once; its exit code."""
        words = [*self._command, "--quick", "-o", str(self.folder), *([option] if option else [])]
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
        )
        process = self._process
        atexit.register(_end, process)
        try:
            if self._is_cancelled:
                process.terminate()
            for line in process.stderr or ():
                self._hear(line)
            return self._last(process)
        finally:
            _end(process)
            atexit.unregister(_end)

    def _last(self, process: subprocess.Popen[str]) -> int:
        try:
            return process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            return -1

    def _hear(self, line: str) -> None:
        """Take a line of progress; a bar that draws itself anew sends several in one."""
        text = line.replace("\r", "\n").strip().split("\n")[-1].strip()
        if not text:
            return
        found = _STUDY.search(line)
        if found is not None:
            self.done, self.total = int(found[1]) - 1, int(found[2])
        self.text = text[:160]
        self._report()

    def _report(self, *, at_once: bool = False) -> None:
        self.news += 1
        if not at_once and monotonic() - self._reported < _REPORT_S:
            return
        self._reported = monotonic()
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:  # its page is gone
                self._forget(listener)


def _end(process: subprocess.Popen[str]) -> None:
    """End a process that should be over."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stderr is not None:
        process.stderr.close()


def own_command() -> list[str]:
    """The command with this Python and the model class of this server."""
    own = server_model()
    words = [sys.executable, "-m", "runs", "claims"]
    return words if own is None else [*words, "--model", own.name]


_RUNS: dict[Path, ClaimsRun] = {}


def claims_run(root: Path) -> ClaimsRun:
    """The run of a folder; all visitors share it."""
    return _RUNS.setdefault(root, ClaimsRun(root))

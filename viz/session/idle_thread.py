"""A thread that is there while there is something to do."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread


class IdleThread:
    """Works while it is told that there is work, ends when not, and starts again when woken.

    Args:
        changed: lock of the state that the work reads; notified when that changes.
        wait: waits, with the lock held, until there is work; False when none came.
        work: does one piece of it, without the lock.
        name: name of the thread.
    """

    def __init__(
        self, changed: Condition, wait: Callable[[], bool], work: Callable[[], None], name: str
    ) -> None:
        self._changed, self._wait, self._work, self._name = changed, wait, work, name
        self._thread: Thread | None = None

    def wake(self) -> None:
        """Let the thread see what is wanted, and start it when there is none; needs the lock."""
        self._changed.notify_all()
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._wait():
                    self._thread = None
                    return
            self._work()

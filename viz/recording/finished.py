"""Finished worlds that the server keeps: read only, shared by all visitors, the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from viz.world.worlds import MAX_FINISHED

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.world.worlds import World


class FinishedWorlds:
    """The recordings that were used last; a recording that was finished is never changed.

    Args:
        size: how many are kept.
    """

    def __init__(self, size: int = MAX_FINISHED) -> None:
        self.size = size
        self._lock = Lock()
        self._kept: OrderedDict[World, Recording] = OrderedDict()

    def get(self, world: World) -> Recording | None:
        """The finished recording of a world, if it is kept."""
        with self._lock:
            if world in self._kept:
                self._kept.move_to_end(world)
            return self._kept.get(world)

    def put(self, recording: Recording) -> None:
        """Keep a recording, when it is finished."""
        if not recording.is_finished:
            return
        with self._lock:
            self._kept[recording.world] = recording
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)

    def finish(self, world: World) -> Recording:
        """The finished recording of a world; it is run now when it is not kept.

        Raises:
            WorldProblem: there is no such world.
        """
        from viz.recording.recording import Recording

        found = self.get(world)
        if found is not None:
            return found
        recording = Recording(world).run_to_end()
        self.put(recording)
        return recording

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()


FINISHED = FinishedWorlds()

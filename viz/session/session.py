"""One visitor's session: a world, what is shown of it, and the thread that plays it.

All stepping happens on that thread; the interface reads recordings, which are only added to, and
calls methods that return at once. The thread ends when it has been idle for a while and starts
again with the next work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic

from viz.recording.finished import FINISHED, FinishedWorlds
from viz.recording.recording import Problem, Recording
from viz.world.worlds import IDLE_S, ShockStep, World, before

DEFAULT_SPEED = 4.0
PATIENCE_S = 0.5
"""How long the player waits for the browser to confirm a frame, seconds."""


class FrameClock:
    """Frames at an even speed, never more than the browser has drawn.

    Attributes:
        speed: frames (quarters) per second.
    """

    def __init__(self) -> None:
        self.speed = DEFAULT_SPEED
        self._frame = self._confirmed = 0
        self._confirms = False  # browsers that never confirm are not waited for
        self._due = 0.0

    def start(self) -> None:
        """The next frame is due now."""
        self._due = monotonic()

    def shown(self) -> None:
        """A frame was shown; the next is due an even step later, or now when it is late."""
        self._frame += 1
        self._due = max(self._due + 1 / max(self.speed, 0.1), monotonic())

    def changed(self) -> None:
        """Another world: what the browser confirmed was of the old one."""
        self._frame += 1
        self._confirmed = self._frame

    def confirm(self) -> None:
        """The browser has drawn what it was told."""
        self._confirms = True
        self._confirmed = self._frame

    def pause(self) -> float:
        """Seconds until the next frame is due, 0 when it is."""
        now = monotonic()
        if self._confirms and self._confirmed < self._frame and now < self._due + PATIENCE_S:
            return self._due + PATIENCE_S - now
        return max(0.0, self._due - now)


# --- a thread that is there while there is something to do


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


# --- one visitor's session


LOG = logging.getLogger(__name__)
NEWS_S = 0.15
"""While a world runs to its end, the page hears of it at most this often, seconds."""
QUIET_S = 0.5
"""A world that comes to its end within this time is shown whole, at once: it is sooner there."""


class Session:
    """A visitor's world through time; every command returns at once.

    Commands and the thread share one state under one lock: what is recorded, which quarter is
    shown, how far to simulate, and what to take up next.

    Args:
        world: first world; the reference scenario when omitted.
        finished: finished worlds of the server.

    Attributes:
        recording: what was recorded of the world that is shown.
        ghost: the same world before its change (``before``); None when it has none.
        on_change: called from the session's thread when there is something new.
    """

    def __init__(self, world: World | None = None, *, finished: FinishedWorlds = FINISHED) -> None:
        self.finished = finished
        self.on_change: Callable[[], None] = _ignore
        self.recording: Recording = finished.finish(world or World())
        self.ghost: Recording | None = None
        calm = before(self.recording.world)
        if calm is not None:
            self.ghost = finished.finish(calm)
        self._failed: Problem | None = None
        self._next: tuple[Recording, Recording | None] | None = None
        self._cursor = self._last
        self._is_playing = self._is_closed = False
        self._until = 0  # quarters to be recorded before the thread may rest
        self._follow = False  # whether the cursor goes along while the world runs to its end
        self._told = 0.0
        self._clock = FrameClock()
        self._changed = Condition()
        self._thread = IdleThread(
            self._changed, self._wait_for_work, self._work, "kaartenhuis-session"
        )

    # --- what is shown

    @property
    def speed(self) -> float:
        """Quarters per second of playing."""
        return self._clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._clock.speed = speed

    @property
    def cursor(self) -> int:
        """Number of the quarter that is shown."""
        return min(self._cursor, self._last)

    @property
    def is_playing(self) -> bool:
        """Whether quarters follow one another by themselves."""
        return self._is_playing

    @property
    def is_busy(self) -> bool:
        """Whether quarters are being simulated that were asked for."""
        return self._next is not None or self._wants_quarters

    @property
    def world(self) -> World:
        """The world that was asked for last."""
        return self.recording.world if self._next is None else self._next[0].world

    @property
    def problem(self) -> Problem | None:
        """What stopped the world that was asked for last.

        When not even its first quarter could be simulated, ``recording`` is the world before.
        """
        return self._failed or self.recording.problem

    @property
    def _last(self) -> int:
        return max(0, self.recording.quarters_recorded - 1)

    @property
    def _wants_quarters(self) -> bool:
        shown, ghost = self.recording, self.ghost
        recorded = shown.quarters_recorded
        is_behind = ghost is not None and ghost.quarters_recorded < recorded
        if is_behind and ghost is not None and not (ghost.problem or ghost.is_finished):
            return True
        return recorded < self._until and not (shown.problem or shown.is_finished)

    # --- commands: time

    def play(self) -> None:
        """Show quarter after quarter; from the start when the last one is shown."""
        with self._changed:
            if self._next is None and self._at_end:
                self._cursor = 0
            self._follow, self._is_playing = False, True
            self._clock.start()
            self._wake()

    def pause(self) -> None:
        """Stay at the quarter that is shown; quarters that were still to be simulated are not."""
        with self._changed:
            self._is_playing = self._follow = False
            self._until = min(self._until, self.recording.quarters_recorded)
            self._changed.notify_all()

    def step(self) -> None:
        """Show the next quarter; it is simulated when it is not recorded yet."""
        with self._changed:
            self._is_playing = self._follow = False
            target = min(self._cursor + 1, self.recording.quarters - 1)
            if target >= self.recording.quarters_recorded:
                self._until = max(self._until, target + 1)
            if self.recording.problem is None or target < self.recording.quarters_recorded:
                self._cursor = target
            self._wake()

    def back(self) -> None:
        """Show the quarter before."""
        self.seek(self.cursor - 1)

    def seek(self, quarter: int) -> None:
        """Show a quarter, within those that are recorded or being simulated; stops playing."""
        with self._changed:
            self._is_playing = self._follow = False
            known = max(self.recording.quarters_recorded, self._until)
            if self._next is not None:
                known = self.world.parameters.quarters
            self._cursor = max(0, min(int(quarter), known - 1))
            self._changed.notify_all()

    def reset(self) -> None:
        """Show the first quarter; a world that stopped with an error is run anew."""
        with self._changed:
            self._is_playing = self._follow = False
            self._cursor, self._failed = 0, None
            if self.recording.problem is not None:
                self._replace(self.recording.world)
            self._wake()

    def run_to_end(self) -> None:
        """Simulate all quarters that are left, and show the last one."""
        with self._changed:
            self._is_playing, self._follow = False, True
            self._until = self.world.parameters.quarters
            if self._next is None:
                self._cursor = self._last
            self._wake()

    def confirm(self, frame: int | None = None) -> None:
        """Say that the browser has drawn what it was told; the player waits for that."""
        del frame  # whichever was drawn last, the page is in step
        with self._changed:
            self._clock.confirm()
            self._changed.notify_all()

    def close(self) -> None:
        """End the session; its thread ends after the quarter that it simulates."""
        with self._changed:
            self._is_closed, self._is_playing = True, False
            self.on_change = _ignore
            self._changed.notify_all()

    # --- commands: worlds

    def set_world(self, world: World) -> None:
        """Take another world, from its first quarter; the present one stays until that is there.

        Raises:
            WorldProblem: there is no such world; nothing changes.
        """
        _ = world.parameters
        with self._changed:
            self._is_playing = self._follow = False
            self._replace(world)
            self._cursor = 0
            self._wake()

    def shock(
        self,
        kind: str,
        target: str | None = None,
        size: float = 0.0,
        quarters: int | None = None,
    ) -> None:
        """Strike the world in the quarter that is shown; what it would have been is the ghost.

        The world is run again to that quarter. A playing world plays on from there, a standing
        one is run to its end.

        Raises:
            WorldProblem: the shock is not possible in this world; nothing changes.
        """
        quarter, was_playing = self.cursor, self._is_playing
        world = self.world.with_shock(ShockStep(quarter, kind, target, size, quarters))
        _ = world.parameters
        with self._changed:
            self._replace(world)
            self._cursor, self._until = quarter, quarter + 1
            self._is_playing = was_playing
            if not was_playing:
                self._follow, self._until = True, world.parameters.quarters
            self._wake()

    def _replace(self, world: World) -> None:
        """Begin another world; it is shown as soon as it has a quarter."""
        calm = before(world)
        ghost = None if calm is None else self.finished.get(calm) or Recording(calm)
        known = None if self.recording.problem else self.finished.get(world)
        self._next = (known or Recording(world), ghost)
        self._told = monotonic() + QUIET_S - NEWS_S
        self._until, self._failed = 1, None
        self._clock.changed()

    # --- the thread

    @property
    def _at_end(self) -> bool:
        shown = self.recording
        is_last = self._cursor >= shown.quarters_recorded - 1
        return is_last and (shown.is_finished or shown.problem is not None)

    def _wake(self) -> None:
        """Let the thread see what is wanted; needs the lock."""
        if not self._is_closed:
            self._thread.wake()

    def _work(self) -> None:
        is_new = self._advance()
        now = monotonic()
        is_due = self._is_playing or not self._wants_quarters or now - self._told > NEWS_S
        if is_new and is_due:
            self._told = now
            self._tell()

    def _tell(self) -> None:
        """Tell the page; one that cannot hear is gone, and its world stands still."""
        try:
            self.on_change()
        except Exception:
            LOG.exception("the page of a session could not be told of a change")
            self.pause()

    def _wait_for_work(self) -> bool:
        """Wait until there is something to do; False when the session ended or nothing came."""
        deadline = monotonic() + IDLE_S
        while not self._is_closed:
            if self._next is not None or self._wants_quarters:
                return True
            if self._is_playing:
                pause = self._clock.pause()
                if pause <= 0:
                    return True
                self._changed.wait(pause)
                continue
            left = deadline - monotonic()
            if left <= 0:
                return False
            self._changed.wait(left)
        return False

    def _advance(self) -> bool:
        """Do one piece of work; returns whether there is something new to show."""
        taken = self._next
        if taken is not None:
            return self._take(*taken)
        if self._wants_quarters:
            is_new = self._simulate(self.recording, self.ghost)
            with self._changed:
                if self._follow:
                    self._cursor = self._last
            return is_new
        return self._play_on() if self._is_playing else False

    def _take(self, recording: Recording, ghost: Recording | None) -> bool:
        """Simulate the first quarter of a new world, then show that."""
        if recording.quarters_recorded == 0:
            self._simulate(recording, ghost)
        with self._changed:
            if self._next is None or self._next[0] is not recording:
                return False  # another world was asked for meanwhile
            self._next = None
            if not recording.snapshots:  # its first quarter failed: the world before stays
                self._failed, self._is_playing, self._follow = recording.problem, False, False
                self._until = self.recording.quarters_recorded
                return True
            self.recording, self.ghost = recording, ghost
            if self._follow:
                self._cursor = self._last
        return True

    def _simulate(self, recording: Recording, ghost: Recording | None) -> bool:
        """One quarter more of a world, its ghost first."""
        is_new = ghost is not None and ghost.quarters_recorded < recording.quarters_recorded
        while ghost is not None and ghost.quarters_recorded <= recording.quarters_recorded:
            if not ghost.advance():
                break
        is_new |= recording.advance()
        for each in (recording, ghost):
            if each is not None:
                self.finished.put(each)
        return is_new or recording.problem is not None

    def _play_on(self) -> bool:
        """Show the next quarter of a playing world."""
        if self._cursor + 1 >= self.recording.quarters_recorded:
            self._simulate(self.recording, self.ghost)
        with self._changed:
            if not self._is_playing:
                return False
            self._cursor = min(self._cursor + 1, self._last)
            self._is_playing = not self._at_end
            self._clock.shown()
        return True


def _ignore() -> None:
    """What nobody hears."""

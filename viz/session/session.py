"""One visitor's session: a world, and what the visitor does with it."""

from __future__ import annotations

from viz.session.player import Player
from viz.world.worlds import ShockStep, World


class Session(Player):
    """A visitor's world through time; every command returns at once."""

    # --- time

    def play(self) -> None:
        """Show quarter after quarter; from the start when the last one is shown."""
        with self._changed:
            if self._next is None and self._at_end:
                self._cursor = 0
            self._follow, self._is_playing = False, True
            self._clock.start()
            self._wake()

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

    # --- worlds

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

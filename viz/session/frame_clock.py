"""When the next frame of a playing world is due."""

from __future__ import annotations

from time import monotonic

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

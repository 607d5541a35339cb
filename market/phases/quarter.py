"""The quarter as a list of phases, into which a model of one's own can insert others.

A phase is a function of the model. It computes on the state that it finds, posts to
``model.ledger`` and commits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from market.parameters.fields import nearest

PhaseFunction = Callable[[Any], object]
"""A function that is called with the model, once a quarter; what it returns is not used."""


@dataclass(frozen=True)
class Phase:
    """One phase of the quarter.

    Attributes:
        run: what happens, a function of the model. A function of a module can be pickled, for a
            model that has phases of its own.
        name: what others are inserted before or after; the name of the function when omitted.

    Raises:
        TypeError: ``run`` cannot be called, or has no name and none is given.
    """

    run: PhaseFunction
    name: str = ""

    def __post_init__(self) -> None:
        """Take the name of the function."""
        if not callable(self.run):
            raise TypeError(f"a phase is a function of the model, not {self.run!r}")
        name = self.name or getattr(self.run, "__name__", "")
        if not name or name == "<lambda>":
            raise TypeError(f"{self.run!r} has no name: Phase(function, 'its name')")
        object.__setattr__(self, "name", name)

    @property
    def meaning(self) -> str:
        """What happens, in the first sentence of the function's docstring; may be empty."""
        return " ".join((self.run.__doc__ or "").strip().partition("\n\n")[0].split())

    def __str__(self) -> str:
        """The line of the table of contents."""
        return f"{self.name}: {self.meaning}" if self.meaning else self.name


class Phases(tuple[Phase, ...]):
    """The phases of a quarter in their order; it never changes, inserting gives another one.

    Args:
        phases: functions of the model, or a ``Phase`` where a function needs another name.

    Raises:
        TypeError: one is no function, or has no name.
        ValueError: two have the same name.
    """

    __slots__ = ()

    def __new__(cls, *phases: Phase | PhaseFunction) -> Self:
        """Name every phase."""
        made = [each if isinstance(each, Phase) else Phase(each) for each in phases]
        names = [phase.name for phase in made]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"there is a phase {name!r} already: give this one another name")
        return super().__new__(cls, made)

    def __getnewargs__(self) -> tuple[Phase, ...]:
        """What a copy is made of."""
        return tuple(self)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the phases in their order."""
        return tuple(phase.name for phase in self)

    def insert_before(self, name: str, phase: Phase | PhaseFunction) -> Self:
        """These phases with one more before the phase called ``name``.

        Raises:
            KeyError: there is no phase of that name; the nearest is named.
        """
        return self._with(self._place(name), phase)

    def insert_after(self, name: str, phase: Phase | PhaseFunction) -> Self:
        """These phases with one more after the phase called ``name``; see ``insert_before``."""
        return self._with(self._place(name) + 1, phase)

    def replace(self, name: str, run: PhaseFunction) -> Self:
        """These phases with another function in the phase called ``name``, which keeps its name.

        Raises:
            KeyError: there is no phase of that name; the nearest is named.
        """
        place = self._place(name)
        return type(self)(*self[:place], Phase(run, name), *self[place + 1 :])

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise KeyError(f"no phase {name!r}{nearest(name, self.names)}")
        return self.names.index(name)

    def _with(self, place: int, phase: Phase | PhaseFunction) -> Self:
        return type(self)(*self[:place], phase, *self[place:])

    def __str__(self) -> str:
        """The table of contents: one phase per line."""
        return "\n".join(map(str, self))

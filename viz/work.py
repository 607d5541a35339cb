"""What a visitor has in hand beside his world: ensemble, comparison, choices on pages.

It outlives the page that started it, since only the open tab is drawn, and ends with the visitor.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import solara

if TYPE_CHECKING:
    from viz.ensemble_job import EnsembleJob
    from viz.state import AppState
    from viz.worlds import World


@dataclass
class Work:
    """Jobs and choices of one visitor.

    Attributes:
        version: rises when a job has something new: read it to be drawn again.
        ensemble: the latest ensemble. ensemble_world: its world.
        comparison: one job per compared world. compared: their names. worlds: the worlds.
        choices: what is chosen on a page, by name.
    """

    version: Any = field(default_factory=lambda: solara.reactive(0))
    ensemble: EnsembleJob | None = None
    ensemble_world: World | None = None
    comparison: tuple[EnsembleJob, ...] = ()
    compared: tuple[str, ...] = ()
    worlds: tuple[World, ...] = ()
    choices: dict[str, Any] = field(default_factory=dict)
    is_over: bool = False
    _numbers: Any = field(default_factory=count)

    def touch(self) -> None:
        """Have the page drawn again; raises when the visitor is gone, which ends his jobs."""
        if self.is_over:
            raise RuntimeError("the visitor is gone")
        self.version.set(next(self._numbers) + 1)

    def choose(self, key: str, value: Any) -> None:
        """Keep a choice and have the page drawn again."""
        self.choices[key] = value
        self.touch()

    def choice(self, key: str, allowed: Sequence[Any], default: Any) -> Any:
        """A choice that is still possible; else the default."""
        value = self.choices.get(key, default)
        return value if value in allowed else default

    def close(self) -> None:
        """Stop all that goes on."""
        self.is_over = True
        jobs = [self.ensemble, *self.comparison]
        for job in jobs:
            if job is not None:
                job.cancel()


_WORK: weakref.WeakKeyDictionary[AppState, Work] = weakref.WeakKeyDictionary()


def work_of(state: AppState) -> Work:
    """The work of a visitor; made when first asked for, stopped when his state is gone."""
    if state not in _WORK:
        work = Work()
        _WORK[state] = work
        weakref.finalize(state, work.close)
    return _WORK[state]


def use_work(state: AppState) -> Work:
    """The work of a visitor inside a component, which is drawn again when something is new."""
    work = work_of(state)
    work.version.get()
    return work

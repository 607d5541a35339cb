"""What a visitor has in hand beside his world: ensemble, comparison, choices on pages.

It outlives the page that started it, since only the open tab is drawn, and ends with the visitor.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any

import solara

if TYPE_CHECKING:
    from viz.jobs.ensemble_job import EnsembleJob
    from viz.jobs.pairs_job import PairsJob
    from viz.session.state import AppState
    from viz.world.worlds import World


LEAST_PAUSE_S = 0.4


def present_visitor() -> Callable[[], AbstractContextManager[Any] | None]:
    """How to act for the visitor whose page is being drawn, later and from any thread.

    Solara keeps the values of each visitor apart, and a thread acts for the visitor who started it:
    without this, news of a job that he shares with others would reach no page but his.

    Returns:
        What gives the context to act in; None when the visitor is gone.
    """
    from solara.server import kernel_context

    if not kernel_context.has_current_context():
        return nullcontext  # a notebook or a test
    found = weakref.ref(kernel_context.get_current_context())

    def visitor() -> AbstractContextManager[Any] | None:
        context = found()
        return None if context is None or context.closed_event.is_set() else context

    return visitor


@dataclass
class Work:
    """Jobs and choices of one visitor.

    Attributes:
        version: rises when a job has something new: read it to be drawn again.
        ensemble: the latest ensemble. ensemble_world: its world.
        comparison: one job per compared world. compared: their names. worlds: the worlds.
        pairs: what the change of the world that is shown does, over pairs. calm: worlds without a
            change, run while the visitor has not made one yet.
        choices: what is chosen on a page, by name.
        drawn_at: when a page was drawn last, s. drawing_s: how long that took, s.
    """

    version: Any = field(default_factory=lambda: solara.reactive(0))
    ensemble: EnsembleJob | None = None
    ensemble_world: World | None = None
    comparison: tuple[EnsembleJob, ...] = ()
    compared: tuple[str, ...] = ()
    worlds: tuple[World, ...] = ()
    pairs: PairsJob | None = None
    calm: EnsembleJob | None = None
    choices: dict[str, Any] = field(default_factory=dict)
    is_over: bool = False
    drawn_at: float = 0.0
    drawing_s: float = 0.0
    _numbers: Any = field(default_factory=count)
    _visitor: Any = field(default_factory=present_visitor)

    def touch(self) -> None:
        """Have the page drawn again, from any thread.

        Raises:
            RuntimeError: the visitor is gone, which ends his jobs.
        """
        context = None if self.is_over else self._visitor()
        if context is None:
            raise RuntimeError("the visitor is gone")
        with context:
            self.version.set(next(self._numbers) + 1)

    def report(self) -> None:
        """News of a job, from its thread: as ``touch``, but leaves the page time to be drawn.

        A page that is drawn anew while it is being drawn would never be done.
        """
        pause = max(LEAST_PAUSE_S, 4 * self.drawing_s)
        if not self.is_over and self.is_at_work and monotonic() - self.drawn_at < pause:
            return
        self.touch()

    @property
    def is_at_work(self) -> bool:
        """Whether a job goes on: its last news is never left out."""
        jobs = [self.ensemble, self.pairs, *self.comparison]
        return any(job is not None and job.is_running for job in jobs)

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Note how long a page takes to be drawn."""
        began = monotonic()
        yield
        self.drawn_at = monotonic()
        self.drawing_s = self.drawn_at - began

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
        jobs = [self.ensemble, self.pairs, self.calm, *self.comparison]
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


def end_work(state: AppState) -> None:
    """Stop what a visitor has in hand, if anything."""
    work = _WORK.pop(state, None)
    if work is not None:
        work.close()


def use_work(state: AppState) -> Work:
    """The work of a visitor inside a component, which is drawn again when something is new."""
    work = work_of(state)
    work.version.get()
    return work

"""Processor time of a run: in all, by phase of the quarter, and of the checks of the identities."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import process_time
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from market.books.ledger import Ledger
from market.model import MarketModel
from market.phases.quarter import Phase, Phases
from runs.single_run.simulate import DEFAULT_SEED
from runs.single_run.story import align

if TYPE_CHECKING:
    from market.scenario import Scenario

OPENING, COMMITS, CHECKS = "opening the world", "ledger commits", "identity checks"
_OTHER = "other"
_CHECKING = ("Books", "Batch")
"""Classes whose methods ``_check...`` prove identities."""


@dataclass
class Stopwatch:
    """Seconds of processor time by name; a call inside a call of the same name counts once."""

    seconds: dict[str, float] = field(default_factory=dict)
    _running: dict[str, int] = field(default_factory=dict)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, measured under a name."""

        def measured(*args: Any, **kwargs: Any) -> Any:
            if self._running.get(name):
                return function(*args, **kwargs)
            self._running[name] = 1
            start = process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + process_time() - start
                self._running[name] = 0

        return measured


@dataclass(frozen=True)
class Measurement:
    """Seconds per run.

    Attributes:
        scenario: its name. runs: how many runs were measured. quarters: their length.
        quickest, mean: of whole runs.
        phases: mean by phase, in the order of the quarter.
        inside: mean of the ledger's commits and of the checks, which lie inside the phases.
    """

    scenario: str
    runs: int
    quarters: int
    quickest: float
    mean: float
    phases: dict[str, float]
    inside: dict[str, float]


def phase_functions() -> dict[str, Callable[..., Any]]:
    """The phases of ``MarketModel``, by name."""
    return {phase.name: phase.run for phase in MarketModel.phases}


def check_functions() -> Iterator[tuple[ModuleType | type, str, Callable[..., Any]]]:
    """Where the checks of the identities are called from: (owner, name, function)."""
    for name, module in sorted(sys.modules.items()):
        if not name.startswith("market.") or name == "market.books.identities":
            continue
        for attribute, value in list(vars(module).items()):
            if getattr(value, "__module__", "") == "market.books.identities" and callable(value):
                if not isinstance(value, type):
                    yield module, attribute, value
            elif isinstance(value, type) and value.__module__ == name:
                methods = vars(value).items() if value.__name__ in _CHECKING else ()
                for method, function in list(methods):
                    if method.startswith("_check") and not isinstance(function, staticmethod):
                        yield value, method, function


@contextmanager
def _measured(watch: Stopwatch) -> Iterator[None]:
    with ExitStack() as stack:
        timed_phases = [Phase(watch.timed(p.name, p.run), p.name) for p in MarketModel.phases]
        stack.enter_context(patch.object(MarketModel, "phases", Phases(*timed_phases)))
        for owner, name, function in check_functions():
            stack.enter_context(patch.object(owner, name, watch.timed(CHECKS, function)))
        for name in ("commit", "close_quarter"):
            timed = watch.timed(COMMITS, getattr(Ledger, name))
            stack.enter_context(patch.object(Ledger, name, timed))
        yield


def measure(scenario: Scenario, repeat: int) -> Measurement:
    """Run a scenario ``repeat`` times plainly, and once more with every phase measured.

    The shares by phase come from the measured run, the total from the plain ones, because
    measuring costs time itself.
    """
    totals = []
    for _ in range(repeat):
        start = process_time()
        MarketModel(scenario.parameters, seed=DEFAULT_SEED).run()
        totals.append(process_time() - start)
    watch = Stopwatch()
    with _measured(watch):
        start = process_time()
        model = watch.timed(OPENING, MarketModel)(scenario.parameters, seed=DEFAULT_SEED)
        model.run()
        total = process_time() - start
    inside = {name: watch.seconds.pop(name, 0.0) for name in (COMMITS, CHECKS)}
    names = [OPENING, *phase_functions()]
    phases = {name: watch.seconds.get(name, 0.0) for name in names}
    phases[_OTHER] = max(0.0, total - sum(phases.values()))
    scale = sum(totals) / len(totals) / total
    return Measurement(
        scenario.parameters.name,
        repeat,
        model.quarter,
        min(totals),
        sum(totals) / len(totals),
        {name: seconds * scale for name, seconds in phases.items()},
        {name: seconds * scale for name, seconds in inside.items()},
    )


def report(result: Measurement) -> str:
    """The measurement as a table."""
    rows = [["", "ms", "share"]]
    for name, seconds in result.phases.items():
        rows.append(_row(name.replace("_", " "), seconds, result.mean))
    rows.append(_row("in all", result.mean, result.mean))
    for name, seconds in result.inside.items():
        rows.append(_row(f"of it: {name}", seconds, result.mean))
    title = (
        f"{result.scenario}, {result.quarters} quarters: {result.mean * 1e3:,.0f} ms of processor "
        f"time per run (mean of {result.runs}; quickest {result.quickest * 1e3:,.0f} ms)"
    )
    return "\n".join([title, *align(rows)])


def _row(name: str, seconds: float, total: float) -> list[str]:
    return [name, f"{seconds * 1e3:,.1f}", f"{seconds / total:.1%}"]

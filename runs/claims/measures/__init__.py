"""What claims measure beyond the outcomes of a run: functions called by name from a file.

An output written ``name(arg, ...)`` is a call of one of these with texts as arguments. Modules
``measures_*`` of this package register theirs; a new measure is one function with a decorator.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runs.problems import nearest

if TYPE_CHECKING:
    from market.model import MarketModel
    from runs.twin_runs.pairs import Pair

_CALL = re.compile(r"^(?P<name>[a-z_0-9]+)\((?P<arguments>[^()]*)\)$")
MEASURES: dict[str, Callable[..., float]] = {}
"""Name -> function of a finished model and texts."""
PAIR_MEASURES: dict[str, Callable[..., float]] = {}
"""Name -> function of a finished pair of twins and texts."""


def measure[F: Callable[..., float]](function: F) -> F:
    """Register a function of a finished model, under its own name."""
    MEASURES[getattr(function, "__name__")] = function  # noqa: B009 - F may be any callable
    return function


def pair_measure[F: Callable[..., float]](function: F) -> F:
    """Register a function of a finished pair of twins, under its own name."""
    PAIR_MEASURES[getattr(function, "__name__")] = function  # noqa: B009
    return function


@lru_cache(maxsize=1)
def load_measures() -> None:
    """Import every module that registers measures."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        import_module(f"{__name__}.{path.stem}")


def is_call(output: str) -> bool:
    """Whether an output is a call of a measure."""
    return _CALL.match(output) is not None


def _find(registry: dict[str, Callable[..., float]], output: str) -> tuple[Any, list[str]]:
    load_measures()
    match = _CALL.match(output)
    if match is None:
        raise ValueError(f"{output!r} is not a call such as 'name(a, b)'")
    if match["name"] not in registry:
        raise ValueError(f"no measure {match['name']!r}: {nearest(match['name'], list(registry))}")
    arguments = [part.strip() for part in match["arguments"].split(",") if part.strip()]
    return registry[match["name"]], arguments


def check_measure(output: str, *, is_pair: bool) -> None:
    """Check that an output's function exists; raises ValueError with the nearest one."""
    _find(PAIR_MEASURES if is_pair else MEASURES, output)


def measure_model(model: MarketModel, output: str) -> float:
    """Measure a finished model; raises ValueError for an unknown measure."""
    function, arguments = _find(MEASURES, output)
    return float(function(model, *arguments))


def measure_pair(pair: Pair, output: str) -> float:
    """Measure a finished pair of twins; raises ValueError for an unknown measure."""
    function, arguments = _find(PAIR_MEASURES, output)
    return float(function(pair, *arguments))

"""The parameters of a scenario as controls: made from their declarations, nothing repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from market.parameters.scenario_schema import Leaf, bounds_text, find
from market.scenario import read_scenario, scenario_table
from market.scenario_text import parse_path
from viz.words.parameters import APP_BOUNDS, GROUPS
from viz.world.limits import MAX_CUSTOMERS, MAX_QUARTERS

type Kind = Literal["bool", "int", "float", "text"]
OPEN_STEP = 1e-9
"""How far inside an open bound (over 0) the nearest value lies, as a part of 1."""
_CAPS = {"enterprise.customers": MAX_CUSTOMERS, "quarters": MAX_QUARTERS}
"""Limits of the app that are lower than the model's."""
_NOT_SHOWN = ("name", "description", "start")


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """One control.

    Attributes:
        path: dotted path. group: title of its group. label: its name in words.
        unit: of the value; "" for switches and texts. kind: what it holds.
        low, high: bounds in the app; None where there is none. bounds: the same in words.
        default: the scenario's value. choices: words to choose from; () for others.
        meaning, source, confidence: as declared, or as the scenario states.
    """

    path: str
    group: str
    label: str
    unit: str
    kind: Kind
    low: float | None
    high: float | None
    bounds: str
    default: Any
    choices: tuple[str, ...]
    meaning: str
    source: str
    confidence: str

    @property
    def text(self) -> str:
        """What a search looks in, in small letters."""
        words = (self.path, self.group, self.label, self.meaning, self.unit, self.confidence)
        return " ".join(words).lower()

    def as_json(self) -> dict[str, Any]:
        """All attributes, and ``text``, as JSON can hold them."""
        return {**asdict(self), "choices": list(self.choices), "text": self.text}


@lru_cache(maxsize=32)
def parameter_tree(scenario: str) -> tuple[ParameterInfo, ...]:
    """The controls of a shipped scenario, group by group; behaviour first, then companies.

    What is no number, switch or choice of words (names, references to companies, quarters that
    never come) is not shown.
    """
    found = [_info(row) for row in scenario_table(read_scenario(scenario))]
    return tuple(info for info in found if info is not None)


def groups(infos: Sequence[ParameterInfo]) -> list[str]:
    """Titles of the groups in order."""
    return list(dict.fromkeys(info.group for info in infos))


def _info(row: Any) -> ParameterInfo | None:
    path = parse_path(row.path, "")
    leaf = find(path)
    if not isinstance(leaf, Leaf) or path[0] in _NOT_SHOWN or path[0] == "shocks":
        return None
    choices = _choices(leaf)
    kind = _kind(row.value)
    if kind is None or (kind == "text" and not choices):
        return None
    low, high = _bounds(leaf, row.path)
    return ParameterInfo(
        row.path,
        _group(path),
        path[-1].replace("_", " "),
        "" if row.unit in {"1", "switch", "text"} else row.unit,
        kind,
        low,
        high,
        _bounds_words(leaf, row.path),
        row.value,
        choices,
        row.meaning,
        row.source,
        row.confidence,
    )


def _kind(value: Any) -> Kind | None:
    kinds: tuple[tuple[type, Kind], ...] = (
        (bool, "bool"),
        (int, "int"),
        (float, "float"),
        (str, "text"),
    )
    return next((kind for cls, kind in kinds if isinstance(value, cls)), None)


def _choices(leaf: Leaf) -> tuple[str, ...]:
    return tuple(map(str, get_args(leaf.type))) if get_origin(leaf.type) is Literal else ()


def _group(path: Sequence[str]) -> str:
    title = GROUPS.get(path[0], path[0].replace("_", " "))
    return f"{title}: {path[1]}" if len(path) > 2 else title


def _bounds(leaf: Leaf, path: str) -> tuple[float | None, float | None]:
    """Smallest and largest value in the app; an open bound is moved a hair inside."""
    low, high = _model_bounds(leaf)
    cap = _CAPS.get(path)
    return low, cap if cap is not None and (high is None or cap < high) else high


def _bounds_words(leaf: Leaf, path: str) -> str:
    """Bounds that hold in the app, and the model's where they are wider."""
    (low, high), (_, model) = _bounds(leaf, path), _model_bounds(leaf)
    if high == model or low is None or high is None or model is None:
        return bounds_text(leaf.field)
    return APP_BOUNDS.format(low=f"{low:,g}", high=f"{high:,.0f}", model=f"{model:,.0f}")


def _model_bounds(leaf: Leaf) -> tuple[float | None, float | None]:
    """Smallest and largest value that the model takes."""
    found: dict[str, float] = {
        name: float(getattr(rule, name))
        for rule in leaf.field.metadata
        for name in ("ge", "gt", "le", "lt")
        if getattr(rule, name, None) is not None
    }
    low = found.get("ge", found["gt"] + OPEN_STEP if "gt" in found else None)
    high = found.get("le", found["lt"] - OPEN_STEP if "lt" in found else None)
    return low, high

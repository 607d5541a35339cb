"""Names and units of what a sweep varies and measures, in words instead of paths."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from market.indicators import MODEL_INDICATORS, agent_indicators
from market.network_indicators import FIRM_NETWORK, MARKET_NETWORK
from market.parameters.scenario_schema import Leaf, find
from market.parameters.world import MarketParameters
from market.scenario import ScenarioError
from market.scenario_text import parse_path
from runs.single_run.outcomes import OUTCOMES
from viz.words.sweeps import AT, DEFAULTED, FIRM, OUTPUT, SHARE, SHOCK_SIZES, WAYS
from viz.world.ensemble_results import firm_names

_AT = re.compile(r"at\((\d+)\)\Z")
_GROUPS = ("labs", "clouds", "chipmakers", "investors")
BILLION = 1e9


@dataclass(frozen=True, slots=True)
class Label:
    """How values of a parameter or an output are called.

    Attributes:
        text: what it is, without its unit.
        unit: unit of the shown values.
        divisor: stored value over shown value.
    """

    text: str
    unit: str
    divisor: float = 1.0

    def shown(self, value: float) -> float:
        """A value in the unit of the label, with four significant digits."""
        return float(f"{value / self.divisor:.4g}")

    def word(self, value: Any) -> str:
        """A value as text on an axis: "105", "0.5", "never"."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return f"{self.shown(float(value)):,.10g}"


def scaled_label(text: str, unit: str, values: Iterable[float]) -> Label:
    """A label whose unit fits the size of its values: USD become bn USD when they are large."""
    largest = max((abs(value) for value in values), default=0.0)
    if unit.startswith("USD") and largest >= BILLION / 10:
        return Label(text, f"bn {unit}", BILLION)
    if unit == "1" and "share" in text.lower():
        return Label(text, "%", 0.01)
    return Label(text, "" if unit in ("1", "switch") else unit)


def parameter_label(path: str, world: MarketParameters | None, values: Iterable[Any]) -> Label:
    """Name of a parameter: the firm it belongs to, its meaning and unit; its path when unknown."""
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    try:
        keys = parse_path(path, "")
    except ScenarioError:
        return Label(path, "")
    if keys[0] == "shocks" and keys[-1] == "size" and world is not None:
        shock = world.shocks.get(keys[1])
        if shock is not None and shock.kind in SHOCK_SIZES:
            return scaled_label(*SHOCK_SIZES[shock.kind], numbers)
    leaf = find(keys)
    if not isinstance(leaf, Leaf):
        return Label(path, "")
    meaning = (leaf.field.description or path).rstrip(".").split(":")[0]
    names = firm_names(world) if world is not None else {}
    if keys[0] in _GROUPS and keys[1] in names:
        meaning = FIRM.format(firm=names[keys[1]], what=meaning[:1].lower() + meaning[1:])
    return scaled_label(meaning, leaf.unit, numbers)


def output_label(
    name: str, world: MarketParameters | None, values: Iterable[Any], is_flag: bool
) -> Label:
    """Name of an output; one that is true or false is shown as a share of the runs."""
    text, unit = _output(name, firm_names(world) if world is not None else {})
    if is_flag:
        return Label(text, SHARE, 0.01)
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    return scaled_label(text, unit, numbers)


def _output(name: str, names: dict[str, str]) -> tuple[str, str]:
    """Text and unit of an output; its own name when it is not known."""
    if name in OUTCOMES:
        outcome = OUTCOMES[name]
        return outcome.meaning.rstrip("."), outcome.unit
    left, _, way = name.partition(":")
    if left == "defaulted":
        return DEFAULTED.format(firm=names.get(way, way)), "1"
    key, dot, indicator = left.partition(".")
    known = _INDICATORS.get(indicator if dot else left)
    if known is None:
        return name, ""
    meaning, unit = known
    place = _AT.match(way)
    when = AT.format(quarter=place[1]) if place else WAYS.get(way, way)
    text = OUTPUT.format(what=meaning.rstrip("."), way=when)
    if way == "sum":
        unit = unit.removesuffix(" per quarter")
    if dot:
        text = FIRM.format(firm=names.get(key, key), what=text[:1].lower() + text[1:])
    return text, unit


_INDICATORS: dict[str, tuple[str, str]] = {
    each.name: (each.meaning, each.unit)
    for group in (FIRM_NETWORK, *agent_indicators().values(), MARKET_NETWORK, MODEL_INDICATORS)
    for each in group
}

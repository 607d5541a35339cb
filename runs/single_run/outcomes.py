"""What one run gives: outcomes with a name of their own, and indicators summed up over the run.

A name is one of ``OUTCOMES`` (``freeze``), an indicator of the whole market with a way to sum up
its quarters (``capex_usd:max``), one of a firm (``chips.revenue_usd:sum``), or
``defaulted:chips``. A new outcome is one function and one line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Any, Literal

from runs.problems import ExperimentError, nearest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from market.model import MarketModel
    from market.network_indicators import NetworkSeries
    from market.parameters.world import MarketParameters

type Kind = Literal["bool", "int", "float", "text"]
type Value = bool | int | float | str | None

WAYS: dict[str, str] = {
    "first": "value of the first quarter",
    "last": "value of the last quarter that was simulated",
    "min": "smallest value",
    "max": "largest value",
    "mean": "mean of the quarters that have a value",
    "sum": "sum over the quarters",
    "at(K)": "value of quarter K, counted from 0",
}
"""How the quarters of an indicator are summed up."""
_AT = re.compile(r"at\(([0-9]{1,3})\)\Z")
DEFAULTED = "defaulted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that is measured at the end of a run.

    Attributes:
        name: column in the results.
        unit: unit of the values.
        meaning: what it is, in a sentence.
        kind: type of the values.
        measure: function of the model after its last quarter; None where there is no value.
    """

    name: str
    unit: str
    meaning: str
    kind: Kind
    measure: Callable[[MarketModel], Value]


def _happened(event: str) -> Callable[[MarketModel], Value]:
    return lambda model: bool(model.events.select(event))


def _first_quarter(event: str) -> Callable[[MarketModel], Value]:
    def measure(model: MarketModel) -> Value:
        found = model.events.select(event)
        return found[0].quarter if found else None

    return measure


def _defaults(group: str) -> Callable[[MarketModel], Value]:
    return lambda model: sum(firm.is_defaulted for firm in getattr(model, group).values())


def _all_defaults(model: MarketModel) -> Value:
    return sum(firm.is_defaulted for firm in model.institutions())


def _first_default(model: MarketModel) -> Value:
    found = model.events.select("default")
    keys = {firm.name: firm.key for firm in model.institutions()}
    return keys.get(found[0].agent) if found else None


def _bank_broke(model: MarketModel) -> Value:
    return bool(min(model.datacollector.model_vars["bank_capital_ratio"], default=0.0) < 0)


_ALL = (
    Outcome("freeze", "1", "Whether funding froze.", "bool", _happened("funding freeze")),
    Outcome(
        "freeze_quarter", "quarter", "When it froze first.", "int", _first_quarter("funding freeze")
    ),
    Outcome("cut", "1", "Whether a cloud cut its CapEx.", "bool", _happened("capex cut")),
    Outcome("cut_quarter", "quarter", "When one cut first.", "int", _first_quarter("capex cut")),
    Outcome(
        "first_failed_round_quarter",
        "quarter",
        "When a funding round failed first.",
        "int",
        _first_quarter("failed round"),
    ),
    Outcome("defaults", "firms", "Firms that failed.", "int", _all_defaults),
    Outcome("lab_defaults", "firms", "Labs that failed.", "int", _defaults("labs")),
    Outcome("cloud_defaults", "firms", "Clouds that failed.", "int", _defaults("clouds")),
    Outcome(
        "chipmaker_defaults", "firms", "Chipmakers that failed.", "int", _defaults("chipmakers")
    ),
    Outcome("investor_defaults", "firms", "Investors that failed.", "int", _defaults("investors")),
    Outcome("first_default", "company key", "Who failed first.", "text", _first_default),
    Outcome(
        "bank_below_floor",
        "1",
        "Whether the bank stopped lending for lack of capital.",
        "bool",
        _happened("bank floor"),
    ),
    Outcome("bank_broke", "1", "Whether the bank owed more than it had.", "bool", _bank_broke),
)
OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in _ALL}
"""Outcomes by name."""


# --- indicators


def _numbers(values: Sequence[Any]) -> list[float | None]:
    """Values as numbers; what is missing or not a number becomes None."""
    numbers = (None if value is None else float(value) for value in values)
    return [None if n is None or isnan(n) else n for n in numbers]


class _Series:
    """Indicators of a finished run, each frame and network computed when it is first asked for."""

    def __init__(self, model: MarketModel) -> None:
        self.model = model
        self._frames: dict[type, pd.DataFrame] = {}

    @cached_property
    def networks(self) -> NetworkSeries:
        from market.network_indicators import network_series

        return network_series(self.model)

    def market(self, indicator: str) -> list[float | None]:
        """One value per quarter; None where there is none."""
        columns = self.model.datacollector.model_vars
        if indicator in columns:
            return _numbers(columns[indicator])
        return _numbers(self.networks.market[indicator].tolist())

    def firm(self, key: str, indicator: str) -> list[float | None]:
        """One value per quarter; None where there is none."""
        firm = self.model.institution(key)
        kind = type(firm)
        if kind not in self._frames:
            collector = self.model.datacollector
            self._frames[kind] = collector.get_agenttype_vars_dataframe(kind)
        frame = self._frames[kind]
        if indicator in frame:
            rows = frame[indicator].xs(firm.unique_id, level="AgentID")
            return _numbers(rows.reindex(range(1, self.model.quarter + 1)).tolist())
        column = self.networks.names.index(firm.name)
        return _numbers(self.networks.firms[indicator][:, column].tolist())


def _sum_up(values: Sequence[float | None], way: str) -> float | None:
    """One number for the quarters; None where there is none."""
    place = _AT.match(way)
    if place or way in {"first", "last"}:
        number = int(place[1]) if place else 0 if way == "first" else len(values) - 1
        return values[number] if 0 <= number < len(values) else None
    known = [value for value in values if value is not None]
    if not known:
        return None
    functions: dict[str, Callable[[Sequence[float]], float]] = {
        "min": min,
        "max": max,
        "sum": sum,
        "mean": lambda numbers: sum(numbers) / len(numbers),
    }
    return functions[way](known)


# --- names


def measure(model: MarketModel, names: Sequence[str]) -> dict[str, Value]:
    """Measure a run.

    Args:
        model: after its last quarter.
        names: checked names of outcomes.

    Returns:
        Name -> value; None where the run has none (no freeze, so no quarter of a freeze).
    """
    series = _Series(model)
    return {name: _measure_one(series, name) for name in names}


def _measure_one(series: _Series, name: str) -> Value:
    if name in OUTCOMES:
        return OUTCOMES[name].measure(series.model)
    left, _, right = name.partition(":")
    if left == DEFAULTED:
        return bool(series.model.institution(right).is_defaulted)
    key, dot, indicator = left.partition(".")
    return _sum_up(series.firm(key, indicator) if dot else series.market(left), right)


def kind_of(name: str) -> Kind:
    """Type of the values of a checked name."""
    if name in OUTCOMES:
        return OUTCOMES[name].kind
    return "bool" if name.startswith(f"{DEFAULTED}:") else "float"


def output_schema(names: Sequence[str]) -> pa.Schema:
    """Name and Arrow type of each output."""
    import pyarrow as pa

    types = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "text": pa.string()}
    return pa.schema([pa.field(name, types[kind_of(name)]) for name in names])


def check_outputs(
    names: Sequence[str],
    parameters: MarketParameters,
    origin: str = "",
    quarters: int | None = None,
) -> None:
    """Check names of outputs against a world.

    Args:
        names: of outputs.
        parameters: the world.
        origin: file that names them.
        quarters: length of the runs; None where it is not the same for all.

    Raises:
        ExperimentError: a name is not known or comes twice; the line says which would do.
    """
    for number, name in enumerate(names):
        reason = "is named twice" if name in names[:number] else _fault(name, parameters)
        if reason:
            raise ExperimentError(origin, reason, path="outputs", value=name)
        place = _AT.search(name)
        if place and quarters is not None and int(place[1]) >= quarters:
            reason = f"lies after the last quarter; did you mean 'at({quarters - 1})'?"
            raise ExperimentError(origin, reason, path="outputs", value=name)


def _fault(name: str, parameters: MarketParameters) -> str:
    """Why a name is refused; empty when it is valid."""
    if name in OUTCOMES:
        return ""
    left, colon, way = name.partition(":")
    if colon:
        if left == DEFAULTED:
            firms = list(firm_indicators(parameters))
            return "" if way in firms else f"names no firm; {nearest(way, firms)}"
        return _series_fault(left, parameters) or _way_fault(way)
    market = market_indicators()
    if left in market or "." in left:
        return f"does not say how to sum up its quarters; try {left + ':max'!r}"
    return f"is no outcome; {nearest(name, [*OUTCOMES, *(f'{each}:max' for each in market)])}"


def _series_fault(name: str, parameters: MarketParameters) -> str:
    key, dot, indicator = name.partition(".")
    if not dot:
        market = market_indicators()
        return (
            "" if name in market else f"names no indicator; {nearest(name, [*market, DEFAULTED])}"
        )
    firms = firm_indicators(parameters)
    if key not in firms:
        return f"names no firm; {nearest(key, list(firms))}"
    known = firms[key]
    return "" if indicator in known else f"names no indicator; {nearest(indicator, known)}"


def _way_fault(way: str) -> str:
    is_known = (way in WAYS and way != "at(K)") or _AT.match(way)
    return "" if is_known else f"has no way {way!r} to sum up; {nearest(way, list(WAYS))}"


def market_indicators() -> list[str]:
    """Indicators of the whole market that have numbers, those of its networks last."""
    from market.indicators import MODEL_INDICATORS
    from market.network_indicators import MARKET_NETWORK

    names = [indicator.name for indicator in (*MODEL_INDICATORS, *MARKET_NETWORK)]
    return [name for name in names if name != "quarter"]


def firm_indicators(parameters: MarketParameters) -> dict[str, list[str]]:
    """Company key -> its indicators."""
    from market.indicators import indicators_of_group
    from market.network_indicators import FIRM_NETWORK

    return {
        key: [i.name for i in (*indicators_of_group(group), *FIRM_NETWORK)]
        for group, firms in parameters.company_groups().items()
        for key in firms
    }

"""Public figures of ``facts.toml``, and how the opening and its first quarters agree with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, field_validator

from market.parameters.world import quarter_index
from runs.validation.measures import changes_of

if TYPE_CHECKING:
    from market.model import MarketModel


FILE = Path(__file__).parent / "facts.toml"
LAST = "2025Q3"
"""No figure is later."""
FIRST_CHANGE = "2024Q1"
"""Changes of earlier quarters are not asked for."""
RANGE = (0.05, 0.95)
_QUARTER = re.compile(r"^[0-9]{4}Q[1-4]$")


class Fact(BaseModel):
    """A public figure by quarter; the fields are explained in ``facts.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: str
    kind: Literal["flow", "stock"]
    values: dict[str, float]
    source: str
    confidence: Literal["seen", "derived", "unverified"]
    note: str = ""

    @field_validator("values")
    @classmethod
    def _in_order(cls, values: dict[str, float]) -> dict[str, float]:
        if not values or not all(_QUARTER.match(quarter) for quarter in values):
            raise ValueError("needs values by quarter, such as 2025Q3")
        if list(values) != sorted(values) or max(values) > LAST:
            raise ValueError(f"quarters must be in order and not after {LAST}")
        return values

    @property
    def start(self) -> float:
        """The figure of 2025Q3; nan where it is not known."""
        return self.values.get(LAST, nan)

    @property
    def changes(self) -> dict[str, float]:
        """Quarter -> change to it, per quarter, as a part of what was before.

        Over a gap the change is spread evenly and stands once, at the end of the gap.
        """
        found = {}
        for (before, old), (now, new) in pairwise(self.values.items()):
            gap = quarter_index(before, now)
            if now >= FIRST_CHANGE and old > 0 and new > 0:
                found[now] = (new / old) ** (1 / gap) - 1
        return found


@lru_cache(maxsize=1)
def load_facts() -> dict[str, Fact]:
    """All facts by key; raises ValueError for one that is not valid."""
    tree = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {key: Fact.model_validate(entry) for key, entry in tree["facts"].items()}


def fact_series() -> tuple[str, ...]:
    """The series of runs that the facts are held against."""
    return tuple(dict.fromkeys(fact.series for fact in load_facts().values()))


# --- start values


def opening_stocks(model: MarketModel) -> dict[str, float]:
    """Stocks of a model before its first quarter: series -> value; firms not there are left out."""
    from market.indicators import indicators_of_group

    firms = {
        firm.key: (group, firm)
        for group, members in model.parameters.company_groups().items()
        for key in members
        for firm in (model.institution(key),)
    }
    found = {}
    for fact in load_facts().values():
        key, _, name = fact.series.partition(".")
        if fact.kind == "stock" and key in firms:
            group, firm = firms[key]
            measures = {each.name: each.measure for each in indicators_of_group(group)}
            found[fact.series] = float(measures[name](firm))
    return found


def start_table(stocks: Mapping[str, float], flows: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Each start value beside its fact.

    Args:
        stocks: series -> value before the first quarter.
        flows: series -> its values in the first quarter, one per run.

    Returns:
        Columns fact, series, model, low, high (5 to 95% of the runs), public, deviation (as a part
        of the public figure), source, confidence, note; nan where the model has no such figure.
    """
    rows = []
    for key, fact in load_facts().items():
        known = [value for value in flows.get(fact.series, ()) if value == value]  # noqa: PLR0124
        low = high = value = stocks.get(fact.series, nan)
        if fact.kind == "flow":
            value = float(np.mean(known)) if known else nan
            low, high = (float(np.quantile(known, q)) for q in RANGE) if known else (nan, nan)
        if fact.start == fact.start:
            deviation = value / fact.start - 1 if fact.start else nan
            figures = (value, low, high, fact.start, deviation)
            rows.append((key, fact.series, *figures, fact.source, fact.confidence, fact.note))
    figures_of = ["model", "low", "high", "public", "deviation"]
    columns = ["fact", "series", *figures_of, "source", "confidence", "note"]
    return pd.DataFrame(rows, columns=columns)


# --- the spread of the first quarters


def spread_table(series: pd.DataFrame, quarters: int = 4) -> pd.DataFrame:
    """How many of the changes that were seen lie in the range of those that are simulated.

    Args:
        series: one row per run and quarter, with the series of the facts as columns.
        quarters: changes of each run that count, from the first on.

    Returns:
        One row per fact with changes: fact, series, low, high (5 to 95% of the simulated changes
        of a quarter), seen (how many), covered (how many of them lie within), share, outside (the
        quarters that do not). A series that the runs lack covers nothing and has no range.
    """
    rows = []
    for key, fact in load_facts().items():
        if not fact.changes:
            continue
        simulated = _changes(series, fact.series, quarters)
        low, high = (np.quantile(simulated, q) for q in RANGE) if simulated else (nan, nan)
        outside = [q for q, change in fact.changes.items() if not low <= change <= high]
        seen = len(fact.changes)
        covered = (seen - len(outside)) if simulated else 0
        share = covered / seen if simulated else nan
        spread = (float(low), float(high))
        rows.append((key, fact.series, *spread, seen, covered, share, " ".join(outside)))
    columns = ["fact", "series", "low", "high", "seen", "covered", "share", "outside"]
    return pd.DataFrame(rows, columns=columns)


def _changes(series: pd.DataFrame, name: str, quarters: int) -> list[float]:
    if name not in series:
        return []
    found: list[float] = []
    for _, run in series.groupby("run_id"):
        values = run.sort_values("quarter")[name].astype("float64").tolist()
        found += changes_of(values[: quarters + 1])
    return [value for value in found if value == value and abs(value) < np.inf]  # noqa: PLR0124

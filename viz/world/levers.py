"""The headline levers: the parameters that move the outcomes most, each with its public range.

Which: ``levers.toml``, written by ``.ci/levers`` from a sensitivity analysis of the uncertain
worlds. How far they go: ``runs/claims/uncertain.toml``, which says why.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from market.scenario import read_scenario, scenario_table
from runs.claims.studies import UNCERTAIN
from viz.words import WORDS, text_or

if TYPE_CHECKING:
    from viz.world.worlds import World


FILE = Path(__file__).with_name("levers.toml")
SHOWN = {"per quarter": 0.01, "per year": 0.01, "1 (log)": 0.01, "CU per seat per quarter": 1e-6}
"""Unit of the model -> what one of the shown unit is in it; others are shown as they are."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A slider.

    Attributes:
        path: the parameter. name: what it is, in words. unit: of what is shown.
        factor: a shown number times this is the model's.
        low, high: ends of its public range, as shown. is_log: whether steps are ratios.
        default: the scenario's value. value: that of the world that is shown; both as shown.
        why: where the range comes from. source: of the default.
        strength: mean size of its standardised rank regression coefficient, 0 to 1.
    """

    path: str
    name: str
    unit: str
    factor: float
    low: float
    high: float
    is_log: bool
    default: float
    value: float
    why: str
    source: str
    strength: float

    def model_value(self, shown: float) -> float:
        """A shown value as the model has it, within the range; the default comes out unchanged."""
        inside = min(max(self.high, self.default), max(min(self.low, self.default), shown))
        return tidy(inside * self.factor)


def levers(world: World) -> list[Lever]:
    """The levers of a world, the strongest first; what its scenario does not have is left out."""
    rows = _rows(world.scenario)
    changes = dict(world.changes)
    found = []
    for path, strength in _strengths():
        row, span = rows.get(path), _ranges().get(path)
        if row is None or span is None:
            continue
        factor = SHOWN.get(row.unit, 1.0)
        name = row.meaning.rstrip(".")
        found.append(
            Lever(
                path,
                text_or(f"levers-name-{path.replace('.', '-')}", name),
                text_or(f"levers-unit-{unit_key(row.unit)}", "" if row.unit == "1" else row.unit),
                factor,
                tidy(span["low"] / factor),
                tidy(span["high"] / factor),
                span.get("scale") == "log",
                tidy(row.value / factor),
                tidy(float(changes.get(path, row.value)) / factor),
                str(span["why"]),
                f"{row.source} ({row.confidence})",
                strength,
            )
        )
    return found


def unit_key(unit: str) -> str:
    """A unit as it stands in the name of a text: "times-the-regions-figures"."""
    return re.sub(r"[^A-Za-z]+", "-", unit).strip("-")


def tidy(value: float) -> float:
    """A number without the dust of a multiplication: ten significant digits."""
    return float(f"{value:.10g}")


def strongest() -> str:
    """How the levers were chosen, in a sentence."""
    return WORDS("levers-chosen", n=len(_strengths()))


@lru_cache(maxsize=1)
def _strengths() -> tuple[tuple[str, float], ...]:
    tree = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple((str(each["path"]), float(each["strength"])) for each in tree["lever"])


@lru_cache(maxsize=1)
def _ranges() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = tomllib.loads(UNCERTAIN.read_text(encoding="utf-8"))["vary"]
    return found


@lru_cache(maxsize=32)
def _rows(scenario: str) -> dict[str, Any]:
    """Row of each number of a scenario by path."""
    rows = scenario_table(read_scenario(scenario))
    return {
        row.path: row
        for row in rows
        if isinstance(row.value, int | float) and not isinstance(row.value, bool)
    }

"""What many runs of one world, or of several worlds, say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from runs.sweep.one_run import series_names
from runs.twin_runs.results import mean_effect, share_effect

if TYPE_CHECKING:
    import pandas as pd

    from market.parameters.world import MarketParameters
    from runs.sweep.one_run import RunResult


type Floats = NDArray[np.float64]

EVENTS = ("freeze", "cut", "default")
"""What is looked for in each run: funding freezes, a cloud cuts its CapEx, a firm fails."""
QUANTILES: Mapping[str, float] = {
    "low_90": 0.05,
    "low_50": 0.25,
    "median": 0.5,
    "high_50": 0.75,
    "high_90": 0.95,
}
"""Column of a band -> quantile of the runs."""
_DEFAULTED = "defaulted:"
_MEASURED = ("freeze_quarter", "cut_quarter", "first_default", "defaults")
SEATS, HELD = "seat_share:last", "assets_usd:last"
"""What is measured of each lab, and of each investor, at the end of a run."""
NOBODY = ""
"""Key that stands for "no firm failed"."""


def firm_names(parameters: MarketParameters) -> dict[str, str]:
    """Company key -> name, in the order of the scenario."""
    return {key: firm.name or key for key, firm in parameters.companies().items()}


def outputs_of(parameters: MarketParameters) -> tuple[str, ...]:
    """What is measured at the end of each run of an ensemble."""
    firms = (f"defaulted:{key}" for key in firm_names(parameters))
    seats = (f"{key}.{SEATS}" for key in parameters.labs)
    held = (f"{key}.{HELD}" for key in parameters.investors)
    return (*_MEASURED, *firms, *seats, *held)


@dataclass(frozen=True)
class Member:
    """One run of an ensemble, as charts of many runs read it: from a ``RunResult`` that is "ok".

    Attributes:
        number: its number, from 0.
        seed: root of its random streams.
        series: indicators of the whole market, shape (indicators, quarters); nan where a quarter
            has no value.
        happened: event -> quarter in which it happened first; None when it did not.
        first_default: key of the firm that failed first; None when none did.
        failed: keys of all firms that failed.
        measured: "KEY.seat_share:last" and the like -> value at the end of the run, None where
            there is none; None for a run that was cut short, of which the end is not known.
    """

    number: int
    seed: int
    series: Floats
    happened: Mapping[str, int | None]
    first_default: str | None
    failed: tuple[str, ...]
    measured: Mapping[str, float | None] | None = field(default_factory=dict)

    @classmethod
    def of(cls, result: RunResult, seed: int, outputs: Sequence[str]) -> Member:
        """A member from what its run measured; the status of the run is "ok"."""
        values = dict(zip(outputs, result.values, strict=True))
        columns = result.series or {}
        series = np.array([columns[name] for name in series_names()], dtype=np.float64)
        defaults = np.flatnonzero(series[series_names().index("defaults")] > 0)
        happened = {
            "freeze": values["freeze_quarter"],
            "cut": values["cut_quarter"],
            "default": int(defaults[0]) if len(defaults) else None,
        }
        failed = tuple(
            name.removeprefix(_DEFAULTED)
            for name, value in values.items()
            if name.startswith(_DEFAULTED) and value
        )
        measured = {name: value for name, value in values.items() if name.endswith((SEATS, HELD))}
        return cls(result.run_id, seed, series, happened, values["first_default"], failed, measured)


@dataclass(frozen=True)
class Ensemble:
    """Runs of one world that differ by their seed only.

    Attributes:
        parameters: the world.
        members: the runs that ended well, by number.
        failed: how many runs did not.
    """

    parameters: MarketParameters
    members: tuple[Member, ...]
    failed: int = 0

    @cached_property
    def labels(self) -> list[str]:
        """Labels of the quarters."""
        return [self.parameters.quarter_label(q) for q in range(self.parameters.quarters)]

    @cached_property
    def firms(self) -> frozenset[str]:
        """Keys of all firms of the world."""
        return frozenset(self.parameters.companies())

    def values(self, name: str) -> Floats:
        """An indicator in all runs, shape (runs, quarters); nan where there is no value.

        Raises:
            KeyError: there is no such indicator.
        """
        names = series_names()
        if name not in names:
            raise KeyError(name)
        found = np.full((len(self.members), self.parameters.quarters), np.nan)
        place = names.index(name)
        for row, member in zip(found, self.members, strict=True):
            row[: member.series.shape[1]] = member.series[place]
        return found

    def band(self, name: str) -> pd.DataFrame:
        """Quantiles of an indicator by quarter.

        Returns:
            Columns: quarter, then those of ``QUANTILES``, then runs (that have a value).
        """
        import pandas as pd

        values = self.values(name)
        runs = (~np.isnan(values)).sum(axis=0)
        table = np.full((len(QUANTILES), values.shape[1]), np.nan)
        for quarter in np.flatnonzero(runs):
            known = values[:, quarter]
            table[:, quarter] = np.quantile(known[~np.isnan(known)], list(QUANTILES.values()))
        columns: dict[str, Any] = {"quarter": self.labels}
        columns |= dict(zip(QUANTILES, table, strict=True))
        return pd.DataFrame({**columns, "runs": runs})

    def chance(self, event: str) -> pd.DataFrame:
        """Share of the runs in which something has happened up to each quarter.

        Args:
            event: one of ``EVENTS``.

        Returns:
            Columns: quarter, share, low, high (interval of Wilson, 95%), runs.
        """
        import pandas as pd

        when = [member.happened[event] for member in self.members]
        rows = []
        for quarter, label in enumerate(self.labels):
            share = share_effect([float(q is not None and q <= quarter) for q in when])
            rows.append((label, share.mean, share.low, share.high, share.n))
        return pd.DataFrame(rows, columns=["quarter", "share", "low", "high", "runs"])

    def first_failures(self) -> pd.DataFrame:
        """Who failed first, the most frequent at the top; "nobody" has an empty key.

        Returns:
            Columns: key, firm, share, low, high (interval of Wilson, 95%), runs.
        """
        import pandas as pd

        first = [member.first_default or NOBODY for member in self.members]
        names = {**firm_names(self.parameters), NOBODY: "nobody failed"}
        keys = sorted(dict.fromkeys(first), key=lambda key: (-first.count(key), key))
        rows = []
        for key in keys:
            share = share_effect([float(each == key) for each in first])
            rows.append((key, names[key], share.mean, share.low, share.high, share.n))
        return pd.DataFrame(rows, columns=["key", "firm", "share", "low", "high", "runs"])

    def outcomes(self) -> pd.DataFrame:
        """One row per run: number, seed, quarters of the events, who failed first, how many."""
        import pandas as pd

        rows = [
            {
                "number": member.number,
                "seed": member.seed,
                **{f"{event}_quarter": member.happened[event] for event in EVENTS},
                "first_default": member.first_default,
                "defaults": len(member.failed),
            }
            for member in self.members
        ]
        frame = pd.DataFrame(rows)
        numbers = {f"{event}_quarter": "Int64" for event in EVENTS}
        return frame.astype(numbers) if rows else frame

    def rank(self, name: str, quarter: int, value: float | None) -> float | None:
        """Share of the runs that lie under a value, ties by half; None where that is unknown."""
        column = self.values(name)[:, quarter]
        known = column[~np.isnan(column)]
        if value is None or len(known) == 0:
            return None
        return float(((known < value) + 0.5 * (known == value)).mean())


# --- worlds side by side


def shortened(ensemble: Ensemble, quarters: int) -> Ensemble:
    """The first quarters of all runs, for outcomes: what happens later did not happen."""
    if ensemble.parameters.quarters <= quarters:
        return ensemble
    parameters = ensemble.parameters.model_copy(update={"quarters": quarters})
    members = tuple(_shortened(member, quarters) for member in ensemble.members)
    return Ensemble(parameters, members, ensemble.failed)


def _shortened(member: Member, quarters: int) -> Member:
    happened = {
        event: None if quarter is None or quarter >= quarters else quarter
        for event, quarter in member.happened.items()
    }
    series = member.series[:, :quarters]
    return replace(member, series=series, happened=happened, measured=None)


@dataclass(frozen=True)
class Comparison:
    """Ensembles of several worlds with the same seeds; the first is the yardstick.

    Attributes:
        names: of the worlds.
        ensembles: one per world.
    """

    names: tuple[str, ...]
    ensembles: tuple[Ensemble, ...]

    def paired(self) -> Comparison:
        """Only the runs whose seed is there in every world, in the same order."""
        first, *others = ({m.seed for m in e.members} for e in self.ensembles)
        shared = first.intersection(*others)
        found = []
        for each in self.ensembles:
            by_seed = {member.seed: member for member in each.members}
            members = tuple(by_seed[seed] for seed in sorted(shared))
            found.append(Ensemble(each.parameters, members, each.failed))
        return Comparison(self.names, tuple(found))

    @property
    def runs(self) -> int:
        """Runs of the world that has fewest."""
        return min((len(ensemble.members) for ensemble in self.ensembles), default=0)

    @property
    def quarters(self) -> int:
        """Quarters that all worlds have: outcomes are measured up to the last of them."""
        return min((each.parameters.quarters for each in self.ensembles), default=0)

    @property
    def has_lengths(self) -> bool:
        """Whether some worlds run longer than others."""
        return any(each.parameters.quarters > self.quarters for each in self.ensembles)

    @cached_property
    def measured(self) -> tuple[Ensemble, ...]:
        """The ensembles up to the last quarter that all worlds have."""
        return tuple(shortened(each, self.quarters) for each in self.ensembles)

    def gaps(self, name: str, world: int) -> pd.DataFrame:
        """Difference of an indicator to the yardstick, by quarter: quarter, mean, low, high, n."""
        import pandas as pd

        base, other = (self.ensembles[number].values(name) for number in (0, world))
        quarters = min(base.shape[1], other.shape[1])
        found = [mean_effect(gap) for gap in (other[:, :quarters] - base[:, :quarters]).T]
        rows = [(effect.mean, effect.low, effect.high, effect.n) for effect in found]
        frame = pd.DataFrame(rows, columns=["mean", "low", "high", "n"])
        frame.insert(0, "quarter", self.ensembles[0].labels[:quarters])
        return frame

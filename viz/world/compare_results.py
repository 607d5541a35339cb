"""Worlds side by side: outcomes of runs that share their seeds, and paired differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from runs.twin_runs.twin_effects import Effect, bootstrap_effect, mean_effect, share_effect
from viz.world.ensemble_results import EVENTS, Ensemble, Floats, Member

if TYPE_CHECKING:
    import pandas as pd

BILLION = 1e9


def _last(values: Floats) -> Floats:
    """Last value of each run that there is; nan without any."""
    found = np.full(len(values), np.nan)
    for number, row in enumerate(values):
        known = row[~np.isnan(row)]
        if len(known):
            found[number] = known[-1]
    return found


def _of_series(name: str, way: Callable[[Floats], Floats], divisor: float = BILLION) -> Measure:
    return lambda ensemble: way(ensemble.values(name)) / divisor


def _happened(event: str) -> Measure:
    return lambda ensemble: np.array(
        [100.0 * (member.happened[event] is not None) for member in ensemble.members]
    )


type Measure = Callable[[Ensemble], Floats]
MEASURES: Mapping[str, Measure] = {
    **{event: _happened(event) for event in EVENTS},
    "defaults": _of_series("defaults", _last, 1.0),
    "capex_peak": _of_series("capex_usd", lambda values: np.nanmax(values, axis=1)),
    "raised": _of_series("raised_usd", lambda values: np.nansum(values, axis=1)),
    "cash_last": _of_series("labs_cash_usd", _last),
    "revenue_last": _of_series("labs_revenue_usd", _last),
}
"""Outcome -> its value in each run of an ensemble; what is true or false is 0 or 100."""


def shortened(ensemble: Ensemble, quarters: int) -> Ensemble:
    """The first quarters of all runs, for ``MEASURES``: what happens later did not happen."""
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
    return replace(member, series=member.series[:, :quarters], happened=happened)


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

    def level(self, outcome: str, world: int) -> Effect:
        """Mean of an outcome in a world, with its interval (Wilson's for shares)."""
        values = MEASURES[outcome](self.measured[world])
        if outcome not in EVENTS:
            return mean_effect(values)
        share = share_effect(values / 100)
        return Effect(100 * share.mean, 100 * share.low, 100 * share.high, share.n)

    def difference(self, outcome: str, world: int) -> Effect:
        """Mean difference of an outcome to the yardstick, over pairs with the same seed."""
        base, other = (MEASURES[outcome](self.measured[number]) for number in (0, world))
        gaps = other - base
        return bootstrap_effect(gaps) if outcome in EVENTS else mean_effect(gaps)

    def table(self) -> pd.DataFrame:
        """One row per outcome and world: outcome, world, mean, low, high, then the difference.

        Columns of the difference: difference, difference_low, difference_high, pairs; empty for
        the yardstick.
        """
        import pandas as pd

        rows = []
        for outcome in MEASURES:
            for number, name in enumerate(self.names):
                level = self.level(outcome, number)
                row = {"outcome": outcome, "world": name, "mean": level.mean}
                row |= {"low": level.low, "high": level.high}
                gap = self.difference(outcome, number) if number else None
                row["difference"] = gap.mean if gap else None
                row["difference_low"] = gap.low if gap else None
                row["difference_high"] = gap.high if gap else None
                row["pairs"] = gap.n if gap else level.n
                rows.append(row)
        return pd.DataFrame(rows)

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

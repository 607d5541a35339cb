"""The criteria of a failure (C1 to C7) over the pairs of a study, and over the cells of a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runs.claims.results import Results

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.twin_runs.results import Effect

MET, MISSED, OPEN = "met", "missed", "open"
FAILS, CUT = "struck_firm_fails", "capex"
BOTH = ("fails", "fails_without")
"""Outputs of a pair for each firm: with the intervention, and in the twin without it."""
SMALL = 1e-9
"""Shares and thresholds are compared with this tolerance."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a failure does to the others, over the pairs of a study.

    What happens in the twin without the failure is no effect of it: all but ``capex`` are added
    risks, the share of pairs with it less that of the twins without.

    Attributes:
        chipmaker, cloud: one fails (C1, C2).
        many: more than 5% of the other institutions fail (C6).
        bank: the bank's capital falls under its floor (C7).
        capex: part of CapEx that is missing, mean (C3).
        pairs: number of pairs.
    """

    chipmaker: Effect
    cloud: Effect
    many: Effect
    bank: Effect
    capex: Effect
    pairs: int

    def met(self, rule: Mapping[str, float]) -> dict[str, bool]:
        """Criterion -> whether it is met, by its mean and the thresholds of a claim."""
        parts = {name: each.mean <= rule[name] + SMALL for name, each in self._risks().items()}
        return {
            **{name: bool(value) for name, value in parts.items()},
            CUT: bool(self.capex.mean >= rule["capex"] - SMALL),
        }

    def _risks(self) -> dict[str, Effect]:
        return {
            "chipmaker": self.chipmaker,
            "cloud": self.cloud,
            "many": self.many,
            "bank": self.bank,
        }

    def surely(self, rule: Mapping[str, float]) -> dict[str, str]:
        """Criterion -> "met" or "missed", by its whole interval; "open" where that tells neither.

        An effect without an interval (too few pairs) is open.
        """
        found = {
            name: _side(each.high <= rule[name] + SMALL, each.low > rule[name] + SMALL)
            for name, each in self._risks().items()
        }
        cut = rule["capex"] - SMALL
        found[CUT] = _side(self.capex.low >= cut, self.capex.high < cut)
        return found


def _side(is_met: bool, is_missed: bool) -> str:
    return MET if is_met else MISSED if is_missed else OPEN


def where_it_fails(results: Results, study: str, arm: str | None = None) -> Results:
    """Only the pairs of a study, or of one arm, in which the firm that is struck fails."""
    frame = results.frame(study, arm)
    chosen = frame[frame[FAILS].astype("float64") == 1].reset_index(drop=True)
    return Results({study: chosen}, {study: results.varied[study]}, results.is_quick)


def criteria(results: Results, study: str, cloud: str = "cloud_fails") -> Criteria:
    """The criteria over all pairs of a study.

    Args:
        results: finished studies; of pairs chosen by ``where_it_fails`` for "if it fails".
        study: which one.
        cloud: output that tells whether a cloud fails, by default any.
    """
    without = cloud.replace("fails(", "fails_without(") if "(" in cloud else ""
    return Criteria(
        chipmaker=results.added_risk(study, "chipmaker_fails"),
        cloud=results.added_risk(study, cloud, without),
        many=results.added_risk(study, "many_fail"),
        bank=results.added_risk(study, "bank_under_floor"),
        capex=results.mean(study, "capex_gap"),
        pairs=len(results.frame(study)),
    )


def map_cells(
    results: Results, study: str, cloud: str, lab: str, rule: Mapping[str, float]
) -> pd.DataFrame:
    """The cells of a map by debt and dependence.

    Args:
        results: finished studies.
        study: twins over the cloud's debt and arms with several contracts.
        cloud: the cloud that holds the contract.
        lab: who is struck.
        rule: thresholds of the criteria.

    Returns:
        One row per cell, by dependence and debt: dependence (part of what the cloud's customers
        promised that is the lab's), debt_years (debt over yearly cash flow), pairs (in which the
        lab fails), cloud_fails (share of pairs), cloud_added with cloud_added_low and _high,
        cloud_fails_without, many_added, capex_gap, is_met (all criteria, by their means), stands
        (all but the cut in CapEx). nan and False where the lab fails in no pair.
    """
    frame = results.frame(study)
    keys = {"dependence": f"promised_share({lab}, {cloud})", "debt_years": f"debt_years({cloud})"}
    frame = frame.assign(**{name: frame[column].round(6) for name, column in keys.items()})
    rows = []
    for (dependence, debt), cell in frame.groupby(list(keys), sort=True):
        rows.append((dependence, debt, *_cell(cell.reset_index(drop=True), study, cloud, rule)))
    columns = ["pairs", "cloud_fails", "cloud_added", "cloud_added_low", "cloud_added_high"]
    columns += ["cloud_fails_without", "many_added", "capex_gap", "is_met", "stands"]
    return pd.DataFrame(rows, columns=[*keys, *columns])


def _cell(
    cell: pd.DataFrame, study: str, cloud: str, rule: Mapping[str, float]
) -> tuple[float | bool, ...]:
    own = where_it_fails(Results({study: cell.assign(point=0)}, {study: ()}), study)
    found = criteria(own, study, f"fails({cloud})")
    with_it, without = (own.share(study, f"{name}({cloud})").mean for name in BOTH)
    falls = (with_it, found.cloud.mean, found.cloud.low, found.cloud.high)
    met = found.met(rule)
    is_met = found.pairs > 0 and all(met.values())
    stands = found.pairs > 0 and all(value for name, value in met.items() if name != CUT)
    return (found.pairs, *falls, without, found.many.mean, found.capex.mean, is_met, stands)


def grid(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """Cells as a table: rows by debt_years, columns by dependence, both rising."""
    return cells.pivot_table(index="debt_years", columns="dependence", values=column, dropna=False)


def first_debt_that_falls(cells: pd.DataFrame, limit: float) -> dict[float, float]:
    """Dependence -> smallest debt (years) from which on the lab's failure fells the cloud.

    That is: it adds more than ``limit`` to the part of pairs in which the cloud fails.

    nan where it stands even with the largest debt.
    """
    table = grid(cells, "cloud_added")
    found = {}
    for dependence in table.columns:
        falls = (table[dependence] > limit + SMALL).to_numpy()
        stands = np.flatnonzero(~falls)
        start = int(stands[-1]) + 1 if len(stands) else 0
        found[float(dependence)] = float(table.index[start]) if start < len(falls) else float("nan")
    return found

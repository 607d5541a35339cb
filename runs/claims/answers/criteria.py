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

FAILS, CUT = "struck_firm_fails", "capex"
SMALL = 1e-9
"""Shares and thresholds are compared with this tolerance."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a failure does to the others, over the pairs of a study.

    Attributes:
        chipmaker, cloud: share of pairs in which one fails (C1, C2).
        many: share in which more than 5% of the other institutions fail (C6).
        bank: share in which the bank's capital falls under its floor (C7).
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
        parts = {
            "chipmaker": self.chipmaker.mean <= rule["chipmaker"] + SMALL,
            "cloud": self.cloud.mean <= rule["cloud"] + SMALL,
            "many": self.many.mean <= rule["many"] + SMALL,
            "bank": self.bank.mean <= rule["bank"] + SMALL,
            CUT: self.capex.mean >= rule["capex"] - SMALL,
        }
        return {name: bool(value) for name, value in parts.items()}


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
    return Criteria(
        chipmaker=results.share(study, "chipmaker_fails"),
        cloud=results.share(study, cloud),
        many=results.share(study, "many_fail"),
        bank=results.share(study, "bank_under_floor"),
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
        lab fails), cloud_fails, cloud_fails_low, cloud_fails_high, cloud_fails_without, others,
        capex_gap, is_met (all criteria), stands (all but the cut in CapEx). nan and False where
        the lab fails in no pair.
    """
    frame = results.frame(study)
    keys = {"dependence": f"promised_share({lab}, {cloud})", "debt_years": f"debt_years({cloud})"}
    frame = frame.assign(**{name: frame[column].round(6) for name, column in keys.items()})
    rows = []
    for (dependence, debt), cell in frame.groupby(list(keys), sort=True):
        rows.append((dependence, debt, *_cell(cell.reset_index(drop=True), study, cloud, rule)))
    columns = ["pairs", "cloud_fails", "cloud_fails_low", "cloud_fails_high"]
    columns += ["cloud_fails_without", "many_fail", "capex_gap", "is_met", "stands"]
    return pd.DataFrame(rows, columns=[*keys, *columns])


def _cell(
    cell: pd.DataFrame, study: str, cloud: str, rule: Mapping[str, float]
) -> tuple[float | bool, ...]:
    own = where_it_fails(Results({study: cell.assign(point=0)}, {study: ()}), study)
    found = criteria(own, study, f"fails({cloud})")
    without = own.share(study, f"fails_without({cloud})").mean
    falls = (found.cloud.mean, found.cloud.low, found.cloud.high)
    met = found.met(rule)
    is_met = found.pairs > 0 and all(met.values())
    stands = found.pairs > 0 and all(value for name, value in met.items() if name != CUT)
    return (found.pairs, *falls, without, found.many.mean, found.capex.mean, is_met, stands)


def grid(cells: pd.DataFrame, column: str) -> pd.DataFrame:
    """Cells as a table: rows by debt_years, columns by dependence, both rising."""
    return cells.pivot_table(index="debt_years", columns="dependence", values=column, dropna=False)


def first_debt_that_falls(cells: pd.DataFrame, limit: float) -> dict[float, float]:
    """Dependence -> smallest debt (years) from which on the cloud falls in more than ``limit``.

    nan where it stands even with the largest debt.
    """
    table = grid(cells, "cloud_fails")
    found = {}
    for dependence in table.columns:
        falls = (table[dependence] > limit + SMALL).to_numpy()
        stands = np.flatnonzero(~falls)
        start = int(stands[-1]) + 1 if len(stands) else 0
        found[float(dependence)] = float(table.index[start]) if start < len(falls) else float("nan")
    return found

"""G11 and G12: does money fail first, and does the state decide more than the seed?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from runs.twin_runs.results import Effect, share_effect
from runs.validation.gate import Chart, Found, Gate
from runs.validation.results import RESAMPLES, Results, resampled

TRIAL, ARM = "long-run", "as-is"
_SEED = 11


def in_order(gate: Gate, results: Results) -> Found:
    """G11: short rounds, then cuts of orders, then falls of chip revenue, against chance."""
    dates = _dates(results)
    within = gate.numbers["within_quarters"]
    own = _ordered(dates, dates["freeze_quarter"].to_numpy(), within)
    other = _other_way(dates, within)
    shuffled = _shuffled(dates, within)
    effects: dict[str, Effect] = {}
    rows = []
    if len(dates):
        effects["excess"] = resampled(own - shuffled, lambda rows: rows.mean(axis=-1))
        rows = [
            (gate.says("own"), share_effect(own.tolist())),
            (gate.says("shuffled"), resampled(shuffled, lambda rows: rows.mean(axis=-1))),
            (gate.says("other"), share_effect(other.tolist())),
        ]
    notes = (gate.says("note", frozen=len(dates), runs=len(results.frames[TRIAL])),)
    return Found(effects, (Chart("order", tuple(rows), "share"),), notes=notes)


def _dates(results: Results) -> pd.DataFrame:
    """First freeze, cut of orders and fall of chip revenue of each run that freezes."""
    names = ("freeze_quarter", "order_cut_quarter", "chip_fall_quarter")
    found = pd.DataFrame({name: results.values(TRIAL, name, ARM) for name in names})
    return found[found["freeze_quarter"].notna()].reset_index(drop=True)


def _ordered(
    dates: pd.DataFrame, freezes: np.ndarray[tuple[int], np.dtype[np.float64]], within: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """1 for each run in which the cut follows the freeze and the fall follows the cut.

    A freeze is known in its second short quarter, so a cut in the quarter before counts as after
    the first short round; each step comes within so many quarters. A date that is missing is none.
    """
    cuts, falls = (
        dates[name].to_numpy(dtype=np.float64)
        for name in ("order_cut_quarter", "chip_fall_quarter")
    )
    first = freezes - 1
    is_after = (cuts >= first) & (cuts <= first + within)
    return (is_after & (falls >= cuts) & (falls <= cuts + within)).astype(np.float64)


def _other_way(dates: pd.DataFrame, within: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """1 for each run in which orders were cut before the first short round."""
    cuts = dates["order_cut_quarter"].to_numpy(dtype=np.float64)
    first = dates["freeze_quarter"].to_numpy(dtype=np.float64) - 1
    return (cuts < first).astype(np.float64)


def _shuffled(dates: pd.DataFrame, within: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The same share with each run's freeze drawn from the freezes of all runs."""
    freezes = dates["freeze_quarter"].to_numpy(dtype=np.float64)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    total = np.zeros(len(dates))
    for _ in range(RESAMPLES // 10):
        drawn = freezes[rng.integers(0, len(freezes), len(freezes))] if len(freezes) else freezes
        total += _ordered(dates, drawn, within)
    return total / (RESAMPLES // 10)


def state(gate: Gate, results: Results) -> Found:
    """G12: states before a freeze that freeze again with other seeds, and their control."""
    frame = results.frames["states"]
    frame = frame[frame["state_quarter"].notna()]
    effects: dict[str, Effect] = {}
    rows = []
    if len(frame):
        own = (frame["freezes"] / frame["continued"]).to_numpy(dtype=np.float64)
        control = (frame["control_freezes"] / frame["control_continued"]).to_numpy(dtype=np.float64)
        effects = {"freezes": _mean(own), "ratio": _ratio(own, control)}
        rows = [(gate.says("own"), _mean(own)), (gate.says("control"), _mean(control))]
    notes = (gate.says("note", states=len(frame)),)
    return Found(effects, (Chart("states", tuple(rows), "share"),), notes=notes)


def _mean(shares: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Effect:
    """Mean share over states, resampled: continuations of one state are alike."""
    return resampled(shares, lambda rows: rows.mean(axis=-1))


def _ratio(
    own: np.ndarray[tuple[int], np.dtype[np.float64]],
    control: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Effect:
    """How many times as often as the control a state freezes; a control of none counts as half one.

    The states are resampled together with their controls.
    """
    places = np.arange(len(own), dtype=np.float64)
    least = 0.5 / max(1, len(own))

    def ratio(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> object:
        chosen = rows.astype(np.int64)
        return own[chosen].mean(axis=-1) / np.maximum(control[chosen].mean(axis=-1), least)

    return resampled(places, ratio)

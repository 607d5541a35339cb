"""G1 to G4: does money, its abundance, its absence, or a bankruptcy reach the build-out?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.twin_runs.results import Effect
from runs.validation.answers.pictures import mean_lines
from runs.validation.gate import WORDS, Chart, Found, Gate
from runs.validation.results import PAIR, Results, twin_change, twin_difference, worst
from runs.validation.trials import GROWING, START, TARGET, WITHOUT

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


MONEY, NONE, AS_IS, MOST = "money", "x0", "x1", "x10"


def ladder(results: Results, trial: str) -> list[str]:
    """The arms of a trial that were run, in the order of its file."""
    arms = results.trials[trial].present
    return [name for name in arms if results.has(trial, name)]


def money_label(arm: str) -> str:
    """An arm of a ladder as people read it: "x0-25" is "× 0.25"."""
    return "× " + arm.removeprefix("x").replace("-", ".")


def money_drawing(results: Results) -> dict[str, Callable[[], Drawing]]:
    """CapEx by quarter for each amount of money."""

    def draw() -> Drawing:
        series = results.series[MONEY]
        arms = results.frames[MONEY].set_index("run_id")["arm"]
        by_arm = series.assign(arm=series["run_id"].map(arms))
        lines = {
            money_label(arm): by_arm[by_arm["arm"] == arm].groupby("quarter")["capex_usd"].mean()
            for arm in ladder(results, MONEY)
        }
        return mean_lines(lines, scale=1e9, unit=WORDS("axis-capex"))

    return {"capex": draw} if MONEY in results.series else {}


def reaches(gate: Gate, results: Results) -> Found:
    """G1: ten-year CapEx without money against ten times the money, and every step between."""
    arms = ladder(results, MONEY)
    fall = results.change(MONEY, "capex", NONE, MOST)
    steps = {
        f"{money_label(low)} → {money_label(high)}": _step(results, low, high)
        for low, high in pairwise(arms)
    }
    effects = {"fall": fall, "credit": fall}
    smallest = worst(steps, is_largest=False)
    if smallest is not None:
        effects["monotone"] = smallest[1]
    rows = tuple(
        (money_label(arm), results.change(MONEY, "capex", arm, AS_IS))
        for arm in arms
        if arm != AS_IS
    )
    return Found(
        effects,
        (Chart("ladder", rows, "change"),),
        drawings=money_drawing(results),
        names={} if smallest is None else {"monotone": smallest[0]},
    )


def _step(results: Results, low: str, high: str) -> Effect:
    """CapEx that more money adds, as a part of CapEx with the scenario's money on average."""
    base = results.mean(MONEY, "capex", AS_IS).mean
    gap = results.difference(MONEY, "capex", high, low)
    return Effect(gap.mean / base, gap.low / base, gap.high / base, gap.n)


def busts(gate: Gate, results: Results) -> Found:
    """G2: how often CapEx goes bust with abundant money and with the scenario's."""
    arms = ladder(results, MONEY)
    shares = {arm: results.share(MONEY, "bust", arm) for arm in arms}
    troughs = tuple((money_label(arm), results.mean(MONEY, "trough", arm)) for arm in arms)
    return Found(
        {"abundant": shares[MOST], "scarce": shares[AS_IS]},
        (
            Chart("busts", tuple((money_label(arm), shares[arm]) for arm in arms), "share"),
            Chart("troughs", troughs, "share"),
        ),
    )


def drought(gate: Gate, results: Results) -> Found:
    """G3: orders of three years after a drought that begins while orders grow."""
    frame = results.frames["drought"]
    growing = frame[(frame[GROWING] == 1) & frame[f"{WITHOUT}orders"].notna()]
    by_start = {str(start): twin_change(rows, "orders") for start, rows in growing.groupby(START)}
    enough = {
        start: effect
        for start, effect in by_start.items()
        if effect.n >= gate.numbers["fewest_pairs"]
    }
    weakest = worst(enough, is_largest=True)
    effects = {"all": _by_seed(growing, "orders")}
    names = {}
    if weakest is not None:
        effects["weakest"] = weakest[1]
        names["weakest"] = WORDS("from-quarter", quarter=weakest[0])
    rows = tuple(
        (WORDS("from-quarter-n", quarter=start, n=effect.n), effect)
        for start, effect in by_start.items()
    )
    failures = _by_seed_difference(growing, "failures")
    notes = () if isnan(failures.mean) else (gate.says("note", failures=f"{failures.mean:+.2f}"),)
    chart = Chart("starts", rows, "change", "weakest")
    return Found(effects, (chart,), names=names, notes=notes)


def _by_seed(frame: pd.DataFrame, statistic: str) -> Effect:
    """Change of a statistic, where all pairs of a seed count as one."""
    return twin_change(_seeds(frame), statistic)


def _by_seed_difference(frame: pd.DataFrame, statistic: str) -> Effect:
    return twin_difference(_seeds(frame), statistic)


def _seeds(frame: pd.DataFrame) -> pd.DataFrame:
    return (
        frame.drop(columns=["arm", "status"], errors="ignore").groupby(PAIR).mean(numeric_only=True)
    )


def bankruptcy(gate: Gate, results: Results) -> Found:
    """G4: CapEx and failures of the two years after one of the largest clouds has filed."""
    frame = results.frames["bankruptcy"]
    rows = {str(target): each for target, each in frame.groupby(TARGET)}
    capex = {target: twin_change(each, "capex") for target, each in rows.items()}
    added = {target: twin_difference(each, "failures") for target, each in rows.items()}
    effects, names = {}, {}
    for part, found, is_largest in (("capex", capex, True), ("failures", added, False)):
        weakest = worst(found, is_largest=is_largest)
        if weakest is not None:
            names[part], effects[part] = firm_names(results, weakest[0]), weakest[1]
    charts = (
        Chart("capex", _named(results, capex), "change", "capex"),
        Chart("failures", _named(results, added), "count", "failures"),
    )
    return Found(effects, charts, names=names)


def _named(results: Results, found: Mapping[str, Effect]) -> tuple[tuple[str, Effect], ...]:
    return tuple((firm_names(results, key), effect) for key, effect in found.items())


def firm_names(results: Results, key: str) -> str:
    """Name of a firm of the scenario; the key itself where there is none."""
    from market.scenario import load_scenario

    firm = load_scenario(results.setting.scenario).companies().get(key)
    return key if firm is None else firm.name

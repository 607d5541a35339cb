"""G5: do the price of money, beliefs and the amount of money act with the signs that they must?"""

from __future__ import annotations

from itertools import pairwise

from runs.twin_runs.results import Effect
from runs.validation.answers.money import MONEY, ladder, money_label
from runs.validation.gate import Chart, Found, Gate
from runs.validation.results import Results, worst
from runs.validation.trials import STEPS, step_name

BASE = "as-is"
DEARER = ("interest", "discount", "spread", "required-spread")
FREEZE = "freeze_5y"


def signs(gate: Gate, results: Results) -> Found:
    """G5: all its parts."""
    effects: dict[str, Effect] = {}
    names: dict[str, str] = {}
    rows = []
    for arm in DEARER:
        if not results.has("signs", arm):
            continue
        effects[arm] = results.change("signs", "first_orders", arm, BASE)
        effects[f"{arm}-later"] = results.change("signs", "capex", arm, BASE)
        label = gate.says(f"arm-{arm}")
        rows += [(gate.says("first", arm=label), effects[arm])]
        rows += [(gate.says("later", arm=label), effects[f"{arm}-later"])]
    charts = [Chart("dearer", tuple(rows), "change", "interest")]
    for name, trial in (("beliefs", "beliefs"), ("money", MONEY), ("credit", "credit")):
        if trial in results.frames:
            charts.append(_ladder(results, trial, name, effects, names))
    edges = _edges(results)
    steepest = worst({name: _size(effect) for name, effect in edges.items()}, is_largest=True)
    if steepest is not None:
        names["edge"], effects["edge"] = steepest
    charts.append(Chart("edges", tuple(edges.items()), "points"))
    return Found(effects, tuple(charts), names=names, notes=_late(gate, results))


def _ladder(
    results: Results, trial: str, name: str, effects: dict[str, Effect], names: dict[str, str]
) -> Chart:
    """The chance of a freeze along a ladder; its worst step and its ends become parts."""
    arms = ladder(results, trial)
    steps = {
        f"{_label(low)} → {_label(high)}": results.share_difference(trial, FREEZE, high, low)
        for low, high in pairwise(arms)
    }
    rise = worst(steps, is_largest=True)
    if rise is not None:
        names[name], effects[name] = rise
        ends = results.share_difference(trial, FREEZE, arms[-1], arms[0])
        effects[f"{name}-ends"] = ends
    rows = tuple((_label(arm), results.share(trial, FREEZE, arm)) for arm in arms)
    return Chart(f"freeze-{name}", rows, "share")


def _label(arm: str) -> str:
    """An arm as people read it: "x0-25" is "× 0.25", "fade-84" is "0.84"."""
    if arm.startswith("fade-"):
        return "0." + arm.removeprefix("fade-")
    return money_label(arm)


def _edges(results: Results) -> dict[str, Effect]:
    """Parameter -> the step of its range that moves the chance of a freeze most."""
    found = {}
    for path in results.trials["edges"].steps:
        ends = [step_name(path, number) for number in range(STEPS + 1)]
        if not all(results.has("edges", arm) for arm in ends):
            continue
        steps = {
            high: results.share_difference("edges", FREEZE, high, low)
            for low, high in pairwise(ends)
        }
        steepest = worst({name: _size(each) for name, each in steps.items()}, is_largest=True)
        if steepest is not None:
            found[path] = steps[steepest[0]]
    return found


def _size(effect: Effect) -> Effect:
    """A move without its sign."""
    if effect.mean >= 0:
        return effect
    return Effect(-effect.mean, -effect.high, -effect.low, effect.n)


def _late(gate: Gate, results: Results) -> tuple[str, ...]:
    """How many freezes come only after five years, by the amount of money."""
    shares = [
        gate.says("late-of", money=money_label(arm), share=f"{100 * late.mean:.0f}%")
        for arm in ladder(results, MONEY)
        for late in (results.share(MONEY, "late_freeze", arm),)
    ]
    return (gate.says("late", shares=", ".join(shares)),)

"""G9: every named mechanism moves its named statistic, or goes."""

from __future__ import annotations

import pandas as pd

from runs.twin_runs.results import Effect
from runs.validation.answers.circle import is_beyond
from runs.validation.gate import WORDS, Chart, Found, Gate, exactly
from runs.validation.results import Results
from runs.validation.trials import TrialArm

TRIAL, BASE = "mechanisms", "as-is"
DIFFERENCES = ("trough", "lab_failures", "failures", "short_quarters", "seat_moves", "rent")
"""Statistics whose mean may be zero: their change is not a part of what they were."""


def moved(gate: Gate, results: Results) -> Found:
    """G9: which mechanisms move nothing, and which move it the wrong way."""
    arms = {name: arm for name, arm in results.trials[TRIAL].present.items() if arm.moves}
    effects = {name: _effect(results, name, arm) for name, arm in arms.items()}
    still = [name for name, effect in effects.items() if not is_beyond(effect)]
    against = [name for name, arm in arms.items() if _is_against(arm, effects[name])]
    named = {name: arm for name, arm in results.trials[TRIAL].arms.items() if arm.moves}
    waiting = [name for name in named if name not in arms]
    charts = []
    for unit, names in (("change", _relative(arms)), ("count", _absolute(arms))):
        rows = tuple((f"{name}: {arms[name].moves}", effects[name]) for name in names)
        charts.append(Chart(unit, rows, unit))
    notes = (gate.says("waiting", names=", ".join(waiting)),) if waiting else ()
    pairs = min(effect.n for effect in effects.values())
    least = len(still) if pairs >= gate.numbers["pairs"] else 0  # with few pairs nothing is still
    return Found(
        {
            "still": Effect(len(still), least, len(still), pairs),
            "against": exactly(len(against), len(arms)),
        },
        tuple(charts),
        tables={"mechanisms": _table(arms, effects)},
        names={"still": ", ".join(still), "against": ", ".join(against)},
        notes=notes,
    )


def _effect(results: Results, name: str, arm: TrialArm) -> Effect:
    if arm.moves in DIFFERENCES:
        return results.difference(TRIAL, arm.moves, name, arm.against or BASE)
    return results.change(TRIAL, arm.moves, name, arm.against or BASE)


def _is_against(arm: TrialArm, effect: Effect) -> bool:
    """Whether the statistic moves the other way than theory says, beyond its error."""
    if arm.falls is None or not is_beyond(effect):
        return False
    return (effect.mean < 0) != arm.falls


def _relative(arms: dict[str, TrialArm]) -> list[str]:
    return [name for name, arm in arms.items() if arm.moves not in DIFFERENCES]


def _absolute(arms: dict[str, TrialArm]) -> list[str]:
    return [name for name, arm in arms.items() if arm.moves in DIFFERENCES]


def _table(arms: dict[str, TrialArm], effects: dict[str, Effect]) -> pd.DataFrame:
    """One row per mechanism: what it moves, by how much, and whether that is beyond its error."""
    expected = {True: WORDS("sign-down"), False: WORDS("sign-up"), None: WORDS("sign-none")}
    rows = [
        (
            name,
            arm.against or BASE,
            arm.moves,
            expected[arm.falls],
            effects[name].mean,
            effects[name].low,
            effects[name].high,
            effects[name].n,
            WORDS("yes" if is_beyond(effects[name]) else "no"),
        )
        for name, arm in arms.items()
    ]
    heads = ["off", "world", "statistic", "expected", "change", "low", "high", "pairs", "moved"]
    return pd.DataFrame(rows, columns=heads)

"""Made-up results of trials, whose answer is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from runs.validation.gate import Found, Gate, Verdict, function_of, judge, load_gates
from runs.validation.results import Results
from runs.validation.trials import Setting, load_trials

GATES = {gate.id: gate for gate in load_gates()}
type Arms = Mapping[str, Mapping[str, Sequence[float]]]


def frame(arms: Arms) -> pd.DataFrame:
    """Arm -> output -> one value per seed, as the runs of a trial."""
    tables = []
    for arm, outputs in arms.items():
        table = pd.DataFrame(dict(outputs))
        table.insert(0, "arm", arm)
        table.insert(0, "replicate", range(len(table)))
        table.insert(0, "point", 0)
        tables.append(table)
    whole = pd.concat(tables, ignore_index=True)
    whole.insert(0, "run_id", range(len(whole)))
    return whole.assign(status="ok")


def results(trials: Mapping[str, Arms | pd.DataFrame], **series: pd.DataFrame) -> Results:
    """Results of trials with made-up values."""
    frames = {
        name: given if isinstance(given, pd.DataFrame) else frame(given)
        for name, given in trials.items()
    }
    known = load_trials()
    return Results({name: known[name] for name in frames}, frames, series, Setting())


def measured(gate: str, trials: Mapping[str, Any], **series: pd.DataFrame) -> Found:
    """What the function of a gate finds in made-up values."""
    return function_of(GATES[gate])(GATES[gate], results(trials, **series))


def verdicts(gate: str, found: Found) -> dict[str, Verdict]:
    """Part -> verdict."""
    return {line.part: line.verdict for line in judge(GATES[gate], {"reference": found}).lines}


def spread(mean: float, width: float = 0.01, n: int = 20) -> list[float]:
    """Values around a mean, a little apart."""
    return [mean * (1 + width * (2 * (number % 2) - 1)) for number in range(n)]


def yes(count: int, n: int = 20) -> list[float]:
    """So many ones, then zeros."""
    return [1.0] * count + [0.0] * (n - count)


def of(id_: str) -> Gate:
    """A gate by its id."""
    return GATES[id_]

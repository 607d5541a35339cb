"""S1 and S2: do the start values and the spread of the first quarters agree with what was seen?"""

from __future__ import annotations

from functools import partial

import numpy as np

from runs.own_model import class_of
from runs.twin_runs.results import Effect, wilson
from runs.validation.answers.pictures import spread_marks
from runs.validation.facts import load_facts, opening_stocks, spread_table, start_table
from runs.validation.gate import Chart, Found, Gate, exactly
from runs.validation.results import Results

TRIAL = "first-quarters"


def starts(gate: Gate, results: Results) -> Found:
    """S1: how many start values lie near their public figures."""
    from market.scenario import load_scenario

    world = load_scenario(results.setting.scenario)
    model = class_of(results.setting.model or None)(world, seed=results.setting.seed)
    series = results.series[TRIAL]
    first = series[series["quarter"] == 0]
    flows = {
        name: first[name].astype("float64").tolist()
        for name in results.trials[TRIAL].kept
        if name in first
    }
    table = start_table(opening_stocks(model), flows)
    known = table[table["deviation"].notna()]
    near = known["deviation"].abs() <= gate.numbers["tolerance"]
    rows = tuple(
        (str(row.fact), Effect(float(row.deviation), *_ends(row), len(first)))  # type: ignore[arg-type] # of a named tuple
        for row in known.itertuples(index=False)
    )
    effects = {"agree": exactly(float(near.mean()), len(known))} if len(known) else {}
    far = ", ".join(known.loc[~near, "fact"])
    return Found(
        effects,
        (Chart("deviations", rows, "change", has_intervals=False),),
        tables={"starts": table},
        names={"agree": far},
    )


def _ends(row: object) -> tuple[float, float]:
    """The ends of the range of the runs, as deviations."""
    low, high, public = (float(getattr(row, name)) for name in ("low", "high", "public"))
    return low / public - 1, high / public - 1


def spread(gate: Gate, results: Results) -> Found:
    """S2: which series cover the changes that were seen from 2024Q1 to 2025Q3."""
    table = spread_table(results.series[TRIAL])
    known = table[table["share"].notna()].reset_index(drop=True)
    if known.empty:
        return Found({}, tables={"spread": table})
    enough = known["share"] >= gate.numbers["covered"]
    covered, seen = int(known["covered"].sum()), int(known["seen"].sum())
    effects = {
        "series": exactly(float(enough.mean()), len(known)),
        "changes": wilson(covered / seen, seen, seen),
    }
    changes = {key: fact.changes for key, fact in load_facts().items()}
    return Found(
        effects,
        drawings={"marks": partial(spread_marks, known, changes)},
        tables={"spread": table},
        names={"series": ", ".join(np.asarray(known["fact"])[~enough.to_numpy()])},
    )

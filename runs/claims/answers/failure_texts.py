"""Sentences of the claim about a lab's failure: what it adds, and where a cloud falls."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.answer_funding import percent
from runs.claims.answers.criteria import first_debt_that_falls
from runs.claims.answers.failure_tables import MAIN
from runs.claims.firm_names import firm_name
from runs.twin_runs.twin_effects import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.results import Results


def net_text(failed: Results) -> str:
    """What the failure adds to the failures of the twin without it."""
    cloud, many = (failed.excess(MAIN, output) for output in ("cloud_fails", "many_fail"))
    return (
        "Net of the twins without the failure, it adds "
        f"{100 * cloud.mean:+.0f} points ({100 * cloud.low:.0f} to {100 * cloud.high:.0f}) to the "
        f"pairs in which a cloud falls, and {100 * many.mean:+.0f} ({100 * many.low:.0f} to "
        f"{100 * many.high:.0f}) to those in which more than 5% of the others fail."
    )


def cells_text(maps: Mapping[str, pd.DataFrame]) -> str:
    """In how many cells of the maps the rule is met, with and without its cut in CapEx."""
    cells = pd.concat(list(maps.values()))
    return (
        f"Of {len(cells)} worlds on the maps {int(cells['is_met'].sum())} meet all criteria, and "
        f"{int(cells['stands'].sum())} all but the cut in CapEx."
    )


def boundary_text(maps: Mapping[str, pd.DataFrame], limit: float) -> str:
    """From which debt on the cloud with the contract falls, by dependence."""
    parts = []
    for cloud, cells in maps.items():
        steps = [
            f"{debt:.1f} years of cash flow where {dependence:.0%} of its promises are the lab's"
            for dependence, debt in first_debt_that_falls(cells, limit).items()
            if not isnan(debt)
        ]
        name = firm_name(cloud)
        if steps:
            parts.append(f"{name} falls from these debts on: {'; '.join(steps)}.")
        else:
            parts.append(f"{name} stands in its place with every debt on the map.")
    return " ".join(parts)


def spared_text(others: pd.DataFrame, known: Mapping[str, Results]) -> tuple[str, ...]:
    """What a failure spares others, in the two clearest cases; nothing when it surely spares none.

    Args:
        others: as ``failure_tables.who_else_fails`` gives it.
        known: study -> its pairs.
    """
    found = []
    for study, rows in others.groupby("study", sort=False):
        first, own = rows.iloc[0], known[str(study)]
        names = (f"fails({first['key']})", f"fails_without({first['key']})")
        excess = own.excess(str(study), *names)
        with_it, without = (percent(own.share(str(study), name)) for name in names)
        words = f"When {first['struck']} falls, {first['firm']} fails in {with_it} of the pairs"
        found.append((excess, f"{words}, without its fall in {without}."))
    spared = sorted((each for each in found if each[0].high < 0), key=lambda each: each[0].mean)
    if not spared:
        return ()
    return (
        f"A failure can spare others. {' '.join(words for _, words in spared[:2])} A fallen cloud "
        "can no longer claim what a lab had promised it, and a fallen lab leaves its customers to "
        "the others.",
    )


def few_pairs(maps: Mapping[str, pd.DataFrame]) -> str:
    """How little a cell of the maps rests on."""
    pairs = int(pd.concat(list(maps.values()))["pairs"].max())
    most = wilson(0.0, pairs, pairs).high
    return (
        f"A cell of the map rests on few pairs: none in {pairs} still leaves {most:.0%} possible."
    )

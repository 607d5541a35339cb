"""What a lab's failure does, as tables and sentences: what it adds, who fails with it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import Criteria, criteria, first_debt_that_falls, where_it_fails
from runs.claims.answers.funding import percent
from runs.claims.results import firm_name
from runs.twin_runs.results import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim
    from runs.claims.results import Results


MAIN, REFERENCE, EARLY = "failure-lab", "failure-lab-reference", "failure-lab-early"
OTHERS = {
    EARLY: ("lab", "refused a year earlier"),
    "failure-enterprise-refused": ("enterprise_lab", "refused money"),
    "failure-enterprise-lab": ("enterprise_lab", "files for bankruptcy"),
    "failure-enterprise-reference": ("enterprise_lab", "files, reference parameters"),
    "failure-debt-cloud": ("debt_cloud", "files for bankruptcy"),
    "failure-debt-cloud-reference": ("debt_cloud", "files, reference parameters"),
    "failure-large-cloud": ("cloud", "files for bankruptcy"),
}
"""Study -> role of the firm that is struck, and how."""
BOTH = ("fails", "fails_without")
"""Outputs of a pair for each firm: with the intervention, and in the twin without it."""


def one_frame(maps: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The cells of all maps with the name of the cloud."""
    return pd.concat([cells.assign(cloud=firm_name(cloud)) for cloud, cells in maps.items()])


def all_criteria(claim: Claim, results: Results) -> pd.DataFrame:
    """One row per study and choice of pairs: all, and those in which the struck firm fails."""
    rows = []
    lab = ("lab", "refused money")
    for study, (role, how) in {
        MAIN: lab,
        REFERENCE: ("lab", "refused, reference parameters"),
        **OTHERS,
    }.items():
        failed = where_it_fails(results, study)
        for which, chosen in (("all", results), ("it fails", failed)):
            if len(chosen.frame(study)):
                own = criteria(chosen, study)
                rows.append((firm_name(claim.roles[role]), how, which, *_numbers(own)))
    columns = ["struck", "how", "which_pairs", "pairs", "C1_chipmaker_fails", "C2_cloud_fails"]
    columns += ["C2_low", "C2_high", "C6_many_fail", "C7_bank_under_floor"]
    columns += ["C3_capex_missing", "C3_low", "C3_high"]
    return pd.DataFrame(rows, columns=columns)


def _numbers(own: Criteria) -> tuple[float, ...]:
    cloud, capex = own.cloud, own.capex
    return (
        *(own.pairs, own.chipmaker.mean, cloud.mean, cloud.low, cloud.high),
        *(own.many.mean, own.bank.mean, capex.mean, capex.low, capex.high),
    )


def who_fails(failed: Results, study: str = MAIN) -> pd.DataFrame:
    """Firms that fail in some pair, with the intervention and without, most often first.

    Columns: key, firm, fails, fails_without (shares of the pairs).
    """
    frame = failed.frame(study)
    keys = [name[6:-1] for name in frame.columns if name.startswith("fails(")]
    rows = [
        (key, firm_name(key), *(frame[f"{name}({key})"].astype(float).mean() for name in BOTH))
        for key in keys
    ]
    table = pd.DataFrame(rows, columns=["key", "firm", *BOTH])
    known = table[(table["fails"] > 0) | (table["fails_without"] > 0)]
    return known.sort_values(["fails", "firm"], ascending=[False, True], ignore_index=True)


def who_else_fails(known: Mapping[str, Results], struck: Mapping[str, str]) -> pd.DataFrame:
    """The other firms that fail in some pair of some study, with each failure and without it.

    Args:
        known: study -> its pairs.
        struck: study -> key of the firm that is struck.

    Returns:
        Columns study, struck (name), firm (name), key, pairs, fails, fails_without; the firm that
        each failure spares the most stands first.
    """
    tables = []
    for study, each in known.items():
        table = who_fails(each, study)
        others = table[table["key"] != struck[study]]
        pairs = len(each.frame(study))
        own = others.assign(study=study, struck=firm_name(struck[study]), pairs=pairs)
        spared = own["fails"] - own["fails_without"]
        tables.append(own.iloc[spared.argsort(kind="stable")])
    columns = ["study", "struck", "firm", "key", "pairs", "fails", "fails_without"]
    return pd.concat(tables, ignore_index=True)[columns]


# --- sentences of the claim about a lab's failure


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

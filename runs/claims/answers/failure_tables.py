"""What a lab's failure does, as tables and sentences: what it adds, who fails with it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import (
    BOTH,
    Criteria,
    criteria,
    first_debt_that_falls,
    where_it_fails,
)
from runs.claims.answers.funding import percent
from runs.claims.claim import ClaimWords, words_of
from runs.claims.results import firm_name
from runs.twin_runs.results import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim
    from runs.claims.results import Results


MAIN, REFERENCE, EARLY = "failure-lab", "failure-lab-reference", "failure-lab-early"
OTHERS = {
    EARLY: ("lab", "refused-earlier"),
    "failure-enterprise-refused": ("enterprise_lab", "refused"),
    "failure-enterprise-lab": ("enterprise_lab", "files"),
    "failure-enterprise-reference": ("enterprise_lab", "files-reference"),
    "failure-debt-cloud": ("debt_cloud", "files"),
    "failure-debt-cloud-reference": ("debt_cloud", "files-reference"),
    "failure-large-cloud": ("cloud", "files"),
}
"""Study -> role of the firm that is struck, and how: what ends the name of a text "how-..."."""


def one_frame(maps: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The cells of all maps with the name of the cloud."""
    return pd.concat([cells.assign(cloud=firm_name(cloud)) for cloud, cells in maps.items()])


def all_criteria(claim: Claim, results: Results) -> pd.DataFrame:
    """One row per study and choice of pairs: all, and those in which the struck firm fails."""
    say = words_of(claim)
    rows = []
    for study, (role, how) in {
        MAIN: ("lab", "refused"),
        REFERENCE: ("lab", "refused-reference"),
        **OTHERS,
    }.items():
        failed = where_it_fails(results, study)
        for which, chosen in ((say("pairs-all"), results), (say("pairs-failed"), failed)):
            if len(chosen.frame(study)):
                own = criteria(chosen, study)
                struck, words = firm_name(claim.roles[role]), say(f"how-{how}")
                rows.append((struck, words, which, *_numbers(own)))
    columns = ["struck", "how", "which_pairs", "pairs", "C1_chipmaker_fails", "C2_cloud_fails"]
    columns += ["C2_low", "C2_high", "C6_many_fail", "C7_bank_under_floor"]
    columns += ["C3_capex_missing", "C3_low", "C3_high"]  # C1, C2, C6 and C7: added risk
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


def net_text(say: ClaimWords, failed: Results) -> str:
    """What the failure adds to the failures of the twin without it."""
    cloud, many = (failed.added_risk(MAIN, output) for output in ("cloud_fails", "many_fail"))
    return say(
        "boundary-net",
        cloud=f"{100 * cloud.mean:+.0f}",
        cloud_low=f"{100 * cloud.low:.0f}",
        cloud_high=f"{100 * cloud.high:.0f}",
        many=f"{100 * many.mean:+.0f}",
        many_low=f"{100 * many.low:.0f}",
        many_high=f"{100 * many.high:.0f}",
    )


def cells_text(say: ClaimWords, maps: Mapping[str, pd.DataFrame]) -> str:
    """In how many cells of the maps the rule is met, with and without its cut in CapEx."""
    cells = pd.concat(list(maps.values()))
    return say(
        "boundary-cells",
        worlds=len(cells),
        met=int(cells["is_met"].sum()),
        stand=int(cells["stands"].sum()),
    )


def boundary_text(say: ClaimWords, maps: Mapping[str, pd.DataFrame], limit: float) -> str:
    """From which debt on the cloud with the contract falls, by dependence."""
    parts = []
    for cloud, cells in maps.items():
        steps = [
            say("boundary-step", debt=f"{debt:.1f}", dependence=f"{dependence:.0%}")
            for dependence, debt in first_debt_that_falls(cells, limit).items()
            if not isnan(debt)
        ]
        name = firm_name(cloud)
        if steps:
            parts.append(say("boundary-falls", name=name, steps="; ".join(steps)))
        else:
            parts.append(say("boundary-stands", name=name))
    return " ".join(parts)


def spared_text(
    say: ClaimWords, others: pd.DataFrame, known: Mapping[str, Results]
) -> tuple[str, ...]:
    """What a failure spares others, in the two clearest cases; nothing when it surely spares none.

    Args:
        say: the texts of the claim.
        others: as ``failure_tables.who_else_fails`` gives it.
        known: study -> its pairs.
    """
    found = []
    for study, rows in others.groupby("study", sort=False):
        first, own = rows.iloc[0], known[str(study)]
        names = (f"fails({first['key']})", f"fails_without({first['key']})")
        excess = own.excess(str(study), *names)
        with_it, without = (percent(own.share(str(study), name)) for name in names)
        case = say("spared-case", struck=first["struck"], firm=first["firm"], with_it=with_it)
        found.append((excess, say("spared-without", case=case, without=without)))
    spared = sorted((each for each in found if each[0].high < 0), key=lambda each: each[0].mean)
    if not spared:
        return ()
    return (say("explanation-spared", cases=" ".join(words for _, words in spared[:2])),)


def few_pairs(say: ClaimWords, maps: Mapping[str, pd.DataFrame]) -> str:
    """How little a cell of the maps rests on."""
    pairs = int(pd.concat(list(maps.values()))["pairs"].max())
    most = wilson(0.0, pairs, pairs).high
    return say("notes-few-pairs", pairs=pairs, most=f"{most:.0%}")

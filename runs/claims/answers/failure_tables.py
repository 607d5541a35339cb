"""Tables of the claim about a lab's failure: what each failure does, and who fails with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import Criteria, criteria, where_it_fails
from runs.claims.firm_names import firm_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.catalogue import Claim
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

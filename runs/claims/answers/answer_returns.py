"""Answer to the claim that financiers get their money back as sales."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import percent
from runs.claims.firm_names import firm_name
from runs.claims.pictures_circle import intervals
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import Effect

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results

BILLION = 1e9
ACCUSED = ("holding", "chipmaker")
"""Roles of the two financiers of the article; the others are shown for comparison."""
WORDS = {
    "holding": "the levered holding",
    "chipmaker": "the chipmaker",
    "second_chipmaker": "another chipmaker",
    "cloud_one": "a cloud",
    "cloud_two": "a cloud",
    "cloud_three": "a cloud",
}


def returned_as_sales(claim: Claim, results: Results) -> Answer:
    """What part of each financier's money is back as its revenue."""
    back = claim.thresholds["back"]
    year = {role: _share(claim, results, role, "round_trip_share_year") for role in claim.roles}
    quarter = {role: _share(claim, results, role, "round_trip_share") for role in claim.roles}

    def verdict_of(*shares: Effect) -> Verdict:
        if any(isnan(each.low) for each in shares):
            return "not testable"
        if all(each.low >= back for each in shares):
            return "holds"
        return "does not hold" if all(each.high <= back for each in shares) else "depends"

    shown = [role for role in claim.roles if not isnan(year[role].low)]
    groups = {
        name: tuple(Estimate.of(_name(claim, role), found[role], "share") for role in shown)
        for name, found in (("within four quarters", year), ("in the same quarter", quarter))
    }
    holding, chipmaker = (year[role] for role in ACCUSED)
    output = f"{claim.roles['chipmaker']}.round_trip_share_year:mean"
    table = _table(claim, results, year, quarter)
    return Answer(
        verdict_of(holding, chipmaker),
        f"Of the chipmaker's money {percent(chipmaker)} is back as its revenue within a year; of "
        f"the holding's {percent(holding)}: it sells nothing to these firms.",
        estimates=(
            Estimate.of("the chipmaker's money back within four quarters", chipmaker, "share"),
            Estimate.of("the holding's money back within four quarters", holding, "share"),
            Estimate.of(
                "the chipmaker's money back in the same quarter", quarter["chipmaker"], "share"
            ),
            *(
                Estimate.of(
                    f"put into firms in ten years by {WORDS[role]}",
                    results.mean("uncertain", f"put_into_firms({claim.roles[role]})"),
                    "USD bn",
                    1 / BILLION,
                )
                for role in ACCUSED
            ),
            *(
                Estimate.of(f"{_name(claim, role)}: back within four quarters", year[role], "share")
                for role in shown
                if role not in ACCUSED
            ),
        ),
        boundary=(
            f"At least {back:.0%} is back within a year for: "
            + ("; ".join(_name(claim, role) for role in shown if year[role].low >= back) or "none")
            + ". A pure investor's share is nil by construction: it sells nothing that labs buy."
        ),
        explanation=(
            "Money is followed like water: a firm mixes what it gets and spends the mix in "
            "proportion to its payments. What stays in a till, or goes to staff, power, builders "
            "or lenders, does not come back.",
            "A supplier's share is small because most of what a lab spends does not end with one "
            "supplier. The rest of the financier's return is in the value of its shares.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-returns",
                "Whose money comes back as sales?",
                f"Means over {chipmaker.n} runs with 95% intervals, quarters in which the "
                "financier put money in.",
                f"Points by financier: the chipmaker at {chipmaker.mean:.0%}, the holding at "
                f"{holding.mean:.0%}.",
                partial(
                    intervals,
                    groups,
                    "Part of each financier's money that is back as its revenue",
                    "share of the money put in",
                    ((back, "threshold of the rule"),),
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-returns", "Money put in and back, by financier", table),),
        drivers=drivers(results, "uncertain", output, lambda effect: verdict_of(holding, effect)),
        spread=spread(results, "uncertain", output),
        notes=(
            "The holding's own companies (telephone, chip design, robots) are not in the model. "
            "What they sell to labs would raise its share a little above nil.",
        ),
    )


def _name(claim: Claim, role: str) -> str:
    return f"{firm_name(claim.roles[role])}, {WORDS[role]}"


def _share(claim: Claim, results: Results, role: str, indicator: str) -> Effect:
    return results.mean("uncertain", f"{claim.roles[role]}.{indicator}:mean")


def _table(
    claim: Claim, results: Results, year: dict[str, Effect], quarter: dict[str, Effect]
) -> pd.DataFrame:
    rows = []
    for role, key in claim.roles.items():
        put = results.mean("uncertain", f"put_into_firms({key})")
        rows.append(
            (
                key,
                put.mean / BILLION,
                year[role].n,
                quarter[role].mean,
                year[role].mean,
                year[role].low,
                year[role].high,
            )
        )
    columns = ["financier", "put_in_usd_bn", "runs", "same_quarter", "four_quarters", "low", "high"]
    return pd.DataFrame(rows, columns=columns)

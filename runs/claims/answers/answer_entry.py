"""Answer to the claim that consumers switch en masse to a late assistant on their device."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import percent
from runs.claims.firm_names import firm_name
from runs.claims.pictures_customers import share_map
from runs.claims.results import bounded
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import Effect, mean_effect

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results

RATE = "consumers.switching_rate"
YEARS = (1, 2, 3)


def entry_table(results: Results, lab: str) -> pd.DataFrame:
    """Part of consumers that an entrant has, by first choice, rate of choosing again and year.

    Returns:
        Columns first_choice, chooses_again, year, part, low, high, pairs.
    """
    frame, rows = results.frame("late-entry"), []
    choice, again = (
        frame[name].astype("float64") for name in (f"labs.{lab}.entry_users_share", RATE)
    )
    for first, rate in sorted(set(zip(choice, again, strict=True))):
        group = frame[(choice == first) & (again == rate)]
        for year in YEARS:
            parts = group[f"users_part({lab}, {4 * year})"].astype("float64")
            found = bounded(mean_effect(parts.tolist()))
            rows.append((first, rate, year, found.mean, found.low, found.high, found.n))
    columns = ["first_choice", "chooses_again", "year", "part", "low", "high", "pairs"]
    return pd.DataFrame(rows, columns=columns)


def field(table: pd.DataFrame, first: float, rate: float, year: int) -> Effect:
    """One field of ``entry_table``."""
    here = (table["first_choice"] == first) & (table["chooses_again"] == rate)
    row = table[here & (table["year"] == year)].iloc[0]
    part, low, high = (float(row[name]) for name in ("part", "low", "high"))
    return Effect(part, low, high, int(row["pairs"]))


def late_entry(claim: Claim, results: Results) -> Answer:
    """Whether a quarter of consumers moves within two years."""
    rule, lab = claim.thresholds, claim.roles["lab"]
    table = entry_table(results, lab)
    modest, great = (field(table, rule[name], rule["rate"], 2) for name in ("modest", "great"))
    apart = results.mean("late-entry-uncertain", f"users_part({lab}, 8)")
    lost, value, revenue = (
        results.mean("late-entry-uncertain", output)
        for output in (
            f"users_lost({claim.roles['incumbent']}, 8)",
            f"impulse({claim.roles['incumbent']}.valuation_usd, 8)",
            f"impulse({claim.roles['incumbent']}.revenue_usd, 8)",
        )
    )

    def verdict_of(small: Effect, large: Effect) -> Verdict:
        if isnan(small.low) or isnan(large.high):
            return "not testable"
        if small.low >= rule["en_masse"]:
            return "holds"
        return "does not hold" if large.high < rule["en_masse"] else "depends"

    named, rival = firm_name(lab), firm_name(claim.roles["incumbent"])
    second = table[table["year"] == 2]
    after = second.pivot(index="first_choice", columns="chooses_again", values="part")
    output = f"users_part({lab}, 8)"
    return Answer(
        verdict_of(modest, great),
        f"When half of those who choose again take {named}, it has {percent(apart)} of consumers "
        "after two years: few choose again.",
        estimates=(
            Estimate.of(f"{named}'s part after two years, half of choosers", apart, "share"),
            Estimate.of("the same, a quarter of choosers", modest, "share"),
            Estimate.of("the same, three quarters of choosers", great, "share"),
            Estimate.of(f"part of consumers that {rival} loses by it", lost, "share"),
            Estimate.of(f"change of {rival}'s revenue after two years", revenue, "share"),
            Estimate.of(f"change of {rival}'s value after two years", value, "share"),
        ),
        boundary=_boundary(second, rule),
        explanation=(
            f"{rule['rate']:.0%} of consumers choose again in a quarter, so that "
            f"{1 - (1 - rule['rate']) ** 8:.0%} have within two years. However good the "
            "newcomer is, it gets no more than its part of these and of new users.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-entry",
                "How many consumers move within two years?",
                f"Means over {modest.n} pairs a field; en masse is a quarter (red line).",
                "A map whose shares rise with the part of choosers and the rate of choosing.",
                partial(
                    share_map,
                    after,
                    f"{named}'s part of all consumers after two years",
                    "Part of consumers that choose again in a quarter",
                    "Part of choosers that take it",
                    levels=(rule["en_masse"],),
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-entry", "Part of consumers that the entrant has", table),),
        drivers=drivers(
            results, "late-entry-uncertain", output, lambda effect: verdict_of(effect, effect)
        ),
        spread=spread(results, "late-entry-uncertain", output),
        notes=(
            "How many take it, and how many choose again, are assumed: no survey measures them. "
            "The model has consumers of the whole world, not of one country, and a new default "
            "does not by itself make anybody choose again; on a phone it may.",
            "So the answer nearly follows from what is assumed: the share that chooses again in "
            "two years, times the part of it that takes the newcomer.",
        ),
    )


def _boundary(table: pd.DataFrame, rule: dict[str, float]) -> str:
    """Where en masse is reached, by the fields of one year with their intervals."""
    share = f"{rule['en_masse']:.0%}"
    if table["low"].isna().all():
        return f"Too few pairs a field to say where {share} within two years is reached."
    fast = table[table["low"] >= rule["en_masse"]]
    if fast.empty:
        return f"{share} within two years is reached nowhere on the map."
    cases = [
        f"{rate:.0%} of consumers choose again in a quarter and {group['first_choice'].min():.0%} "
        "of these take it"
        for rate, group in fast.groupby("chooses_again")
    ]
    return f"{share} within two years is reached where " + ", or ".join(cases) + "."

"""Answers to the claims about price and quality: what moves seats from one lab to another."""

from __future__ import annotations

from functools import partial
from math import erf, log, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import percent, threshold_verdict
from runs.claims.firm_names import firm_name
from runs.claims.pictures_customers import moved_by_gap
from runs.claims.results import bounded
from runs.claims.studies import SIZE
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import Effect, mean_effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.catalogue import Claim
    from runs.claims.results import Results

SPANS = {
    "price-gap-1": "after a quarter",
    "price-gap-4": "after a year",
    "price-gap-8": "after two years",
}
WORLDS = {
    "stated": "as it is",
    "no-contracts": "without contracts",
    "one-provider": "without second providers",
    "neither": "without both",
    "no-answer": "nobody changes list prices",
    "article": "the article's own world",
}
QUARTERS_A_YEAR = 4


def closed_form(gap: float, median: float, sigma: float) -> float:
    """Share of log-normal switching costs under a price gap, EUR per seat per month."""
    if gap <= 0:
        return 0.0
    return 0.5 * (1 + erf(log(gap / median) / (sigma * sqrt(2))))


def gap_table(results: Results, output: str, rule: Mapping[str, float]) -> pd.DataFrame:
    """Share of the rivals' seats that moves, by span of time, world and gap.

    Returns:
        Columns span, world, gap_eur, moved, low, high, pairs, and the closed form.
    """
    rows = []
    for study, span in SPANS.items():
        frame = results.frame(study)
        for arm, world in WORLDS.items():
            runs = frame[frame["arm"] == arm]
            if runs.empty:  # the article's own world is run for a quarter only
                continue
            sizes = runs[SIZE].astype("float64")
            for gap in sorted(sizes.unique().tolist()):
                moved = runs[output][sizes == gap].astype("float64")
                found = bounded(mean_effect(moved.tolist()))
                known = closed_form(gap, rule["switching_cost"], rule["spread"])
                ends = (found.mean, found.low, found.high)
                rows.append((span, world, gap, *ends, found.n, known))
    columns = ["span", "world", "gap_eur", "moved", "low", "high", "pairs", "closed_form"]
    return pd.DataFrame(rows, columns=columns)


def at_gap(table: pd.DataFrame, span: str, world: str, gap: float) -> Effect:
    """One field of ``gap_table``."""
    row = table[(table["span"] == span) & (table["world"] == world) & (table["gap_eur"] == gap)]
    first = row.iloc[0]
    moved, low, high = (float(first[name]) for name in ("moved", "low", "high"))
    return Effect(moved, low, high, int(first["pairs"]))


def gap_for(table: pd.DataFrame, span: str, world: str, share: float) -> float:
    """Smallest price gap at which a share of the seats moves, between the gaps by a straight line.

    nan when it is not reached.
    """
    rows = table[(table["span"] == span) & (table["world"] == world)]
    gaps, moved = [0.0, *rows["gap_eur"]], [0.0, *rows["moved"]]
    for number in range(1, len(gaps)):
        before, after = moved[number - 1], moved[number]
        if after >= share > before:
            part = (share - before) / (after - before)
            return float(gaps[number - 1] + part * (gaps[number] - gaps[number - 1]))
    return nan


def price_gap(claim: Claim, results: Results) -> Answer:
    """What part of the rivals' seats moves within a year of a price 3 EUR lower."""
    rule, lab = claim.thresholds, claim.roles["lab"]
    output = f"moved_to({lab})"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["many"], rule["few"])

    moved = results.mean("three-euros", output)
    churn = results.mean("three-euros", "without:moved_now()")
    table = gap_table(results, output, rule)
    three = rule["switching_cost"]
    spans = list(SPANS.values())
    slow, fast = (
        at_gap(table, spans[0], WORLDS[arm], three).mean for arm in ("stated", "no-contracts")
    )
    half = gap_for(table, spans[1], WORLDS["stated"], rule["many"])
    article = table[table["world"] == WORLDS["article"]]
    error = float((article["moved"] - article["closed_form"]).abs().max())
    return Answer(
        verdict_of(moved),
        f"At {three:.0f} EUR cheaper, {percent(moved)} of the rivals' seats move to "
        f"{firm_name(lab)} within a year. With reference parameters it is {slow:.0%} in the "
        f"first quarter, and {fast:.0%} without contracts.",
        estimates=(
            Estimate.of("rivals' seats that move within a year, 3 EUR cheaper", moved, "share"),
            *(
                Estimate.of(
                    f"the same with reference parameters, {WORLDS[arm]}, {span}",
                    at_gap(table, span, WORLDS[arm], three),
                    "share",
                )
                for arm in ("stated", "neither")
                for span in spans
            ),
            Estimate.of(
                "seats that change first provider in a year without any price cut",
                churn,
                "share",
                QUARTERS_A_YEAR,
            ),
        ),
        boundary=_boundary(half, rule),
        explanation=_explanation(table, three, error),
        pictures=(_gap_picture(claim, table, three),),
        tables=(Table(f"{claim.id}-price-gap", "Seats that move, by price gap", table),),
        drivers=drivers(results, "three-euros", output, verdict_of),
        spread=spread(results, "three-euros", output),
        notes=(
            "That the median customer moves for three euros is the article's figure put into the "
            "model, not a finding. What the model adds is what contracts, second providers, "
            "quality and rivals' answers make of it.",
            f"Without a price cut {churn.mean * QUARTERS_A_YEAR:.0%} of the seats change first "
            f"provider in a year; surveys say {rule['public_switching']:.0%} of the customers.",
            "Without new customers labs earn less, and within two years one may fail; its seats "
            "move too.",
        ),
    )


def _boundary(half: float, rule: Mapping[str, float]) -> str:
    share = f"{rule['many']:.0%}"
    if half != half:  # noqa: PLR0124 - nan: never reached
        return f"With reference parameters {share} is not reached within a year at up to 10 EUR."
    return (
        f"With reference parameters {share} of the rivals' seats move within a year from a gap of "
        f"{half:.1f} EUR on."
    )


def _explanation(table: pd.DataFrame, three: float, error: float) -> tuple[str, ...]:
    first, year, _ = SPANS.values()
    slow, fast, later, fixed = (
        at_gap(table, span, WORLDS[arm], three).mean
        for span, arm in (
            (first, "stated"),
            (first, "no-contracts"),
            (year, "stated"),
            (year, "no-answer"),
        )
    )
    return (
        f"Contracts delay: after a quarter {slow:.0%} have moved as it is, {fast:.0%} without "
        "contracts. A customer may leave only at its date of renewal, once in four quarters. "
        "Second providers change little in who is first.",
        "Delay gives rivals time: who loses seats lowers its price, who wins them lets it "
        f"rise. After a year {later:.0%} have moved; were list prices fixed it would be "
        f"{fixed:.0%}.",
        "A gap in price is not the whole gap: customers weigh a point of reliability at about a "
        "euro, so a lab that is better by two points is 2 EUR cheaper in their eyes.",
        "In the article's own world (same price and quality everywhere, no contracts, nobody "
        "reacts) the share must be that of customers whose switching cost is under the gap. The "
        f"runs differ from that closed form by at most {100 * error:.1f} points: chance in the "
        "draw of customers.",
    )


def _gap_picture(claim: Claim, table: pd.DataFrame, mark: float) -> Picture:
    rule = claim.thresholds
    renamed = table.rename(columns={"gap_eur": "x", "moved": "mean"})
    panels = {
        span: {
            world: renamed[(renamed["span"] == span) & (renamed["world"] == world)]
            for world in WORLDS.values()
            if ((renamed["span"] == span) & (renamed["world"] == world)).any()
        }
        for span in SPANS.values()
    }
    gaps = np.linspace(0.05, 10, 100).tolist()
    theory = gaps, [closed_form(gap, rule["switching_cost"], rule["spread"]) for gap in gaps]
    pairs = int(table["pairs"].min())
    return Picture(
        f"{claim.id}-price-gap",
        "How many seats does a price gap move?",
        f"Means over {pairs} pairs a point with 95% intervals; dotted: share of customers whose "
        "switching cost is under the gap; dashed: the article's three euros.",
        "Three panels of rising curves; with contracts the curve of the first quarter is low.",
        partial(
            moved_by_gap,
            panels,
            theory,
            mark,
            "Seats that a price gap moves, with and without contracts",
        ),
    )

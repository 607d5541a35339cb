"""Answers to the claims about price and quality: what moves seats from one lab to another."""

from __future__ import annotations

from functools import partial
from math import erf, log, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runs.claims.answers.funding import percent, threshold_verdict
from runs.claims.claim import (
    CONFIDENCE,
    Answer,
    ClaimWords,
    Estimate,
    Picture,
    Verdict,
    with_interval,
    words_of,
)
from runs.claims.pictures_customers import curves, moved_by_gap, share_map
from runs.claims.results import bounded, drivers, firm_name, paired, spread, with_gain
from runs.claims.studies import SIZE
from runs.twin_runs.results import Effect, mean_effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim
    from runs.claims.results import Results


SPANS = ("price-gap-1", "price-gap-4", "price-gap-8")
"""The studies: who has moved after one, four and eight quarters."""
WORLDS = ("stated", "no-contracts", "one-provider", "neither", "no-answer", "article")
"""Their arms."""
QUARTERS_A_YEAR = 4


def closed_form(gap: float, median: float, sigma: float) -> float:
    """Share of log-normal switching costs under a price gap, EUR per seat per month."""
    if gap <= 0:
        return 0.0
    return 0.5 * (1 + erf(log(gap / median) / (sigma * sqrt(2))))


def gap_table(results: Results, output: str, rule: Mapping[str, float]) -> pd.DataFrame:
    """Share of the rivals' seats that moves, by span of time, world and gap.

    Returns:
        Columns span (of ``SPANS``), world (of ``WORLDS``), gap_eur, moved, low, high, pairs, and
        the closed form.
    """
    rows = []
    for study in SPANS:
        frame = results.frame(study)
        for arm in WORLDS:
            runs = frame[frame["arm"] == arm]
            if runs.empty:  # the article's own world is run for a quarter only
                continue
            sizes = runs[SIZE].astype("float64")
            for gap in sorted(sizes.unique().tolist()):
                moved = runs[output][sizes == gap].astype("float64")
                found = bounded(mean_effect(moved.tolist()))
                known = closed_form(gap, rule["switching_cost"], rule["spread"])
                ends = (found.mean, found.low, found.high)
                rows.append((study, arm, gap, *ends, found.n, known))
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
    say = words_of(claim)
    rule, lab = claim.thresholds, claim.roles["lab"]
    output = f"moved_to({lab})"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["many"], rule["few"])

    moved = results.mean("three-euros", output)
    churn = results.mean("three-euros", "without:moved_now()")
    table = gap_table(results, output, rule)
    three = rule["switching_cost"]
    slow, fast = (at_gap(table, SPANS[0], arm, three).mean for arm in ("stated", "no-contracts"))
    half = gap_for(table, SPANS[1], "stated", rule["many"])
    article = table[table["world"] == "article"]
    error = float((article["moved"] - article["closed_form"]).abs().max())
    return say.answer(
        verdict_of(moved),
        {
            "three": f"{three:.0f}",
            "moved": percent(moved),
            "lab": firm_name(lab),
            "slow": f"{slow:.0%}",
            "fast": f"{fast:.0%}",
            "churn": f"{churn.mean * QUARTERS_A_YEAR:.0%}",
            "public_switching": f"{rule['public_switching']:.0%}",
        },
        estimates=(
            Estimate.of(say("figure-moved"), moved, "share"),
            *(
                Estimate.of(
                    say("figure-reference", world=say(f"world-{arm}"), span=say(f"span-{span}")),
                    at_gap(table, span, arm, three),
                    "share",
                )
                for arm in ("stated", "neither")
                for span in SPANS
            ),
            Estimate.of(
                say("figure-churn"),
                churn,
                "share",
                QUARTERS_A_YEAR,
            ),
        ),
        boundary=_boundary(say, half, rule),
        explanation=_explanation(say, table, three, error),
        pictures=(_gap_picture(claim, table, three),),
        tables=(say.table("price-gap", _in_words(say, table)),),
        drivers=drivers(results, "three-euros", output, verdict_of),
        spread=spread(results, "three-euros", output),
    )


def _in_words(say: ClaimWords, table: pd.DataFrame) -> pd.DataFrame:
    """The table of ``gap_table`` with its spans and worlds in words."""
    return table.assign(
        span=[say(f"span-{each}") for each in table["span"]],
        world=[say(f"world-{each}") for each in table["world"]],
    )


def _boundary(say: ClaimWords, half: float, rule: Mapping[str, float]) -> str:
    share = f"{rule['many']:.0%}"
    if half != half:  # noqa: PLR0124 - nan: never reached
        return say("boundary-never", share=share)
    return say("boundary", share=share, half=f"{half:.1f}")


def _explanation(
    say: ClaimWords, table: pd.DataFrame, three: float, error: float
) -> tuple[str, ...]:
    first, year, _ = SPANS
    slow, fast, later, fixed = (
        at_gap(table, span, arm, three).mean
        for span, arm in (
            (first, "stated"),
            (first, "no-contracts"),
            (year, "stated"),
            (year, "no-answer"),
        )
    )
    return (
        say("explanation-1", slow=f"{slow:.0%}", fast=f"{fast:.0%}"),
        say("explanation-2", later=f"{later:.0%}", fixed=f"{fixed:.0%}"),
        say("explanation-3"),
        say("explanation-4", error=f"{100 * error:.1f}"),
    )


def _gap_picture(claim: Claim, table: pd.DataFrame, mark: float) -> Picture:
    say = words_of(claim)
    rule = claim.thresholds
    renamed = table.rename(columns={"gap_eur": "x", "moved": "mean"})
    panels = {
        say(f"span-{span}"): {
            say(f"world-{world}"): rows
            for world in WORLDS
            if len(rows := renamed[(renamed["span"] == span) & (renamed["world"] == world)])
        }
        for span in SPANS
    }
    gaps = np.linspace(0.05, 10, 100).tolist()
    theory = gaps, [closed_form(gap, rule["switching_cost"], rule["spread"]) for gap in gaps]
    pairs = int(table["pairs"].min())
    return say.picture(
        "price-gap",
        partial(moved_by_gap, panels, theory, mark, say("price-gap-headline")),
        pairs=pairs,
    )


# --- answers to the claims about quality


STUDY, BASE = "quality-or-price", "stated"
STEPS = (2, 4, 6, 8)
"""EUR, or points of reliability, of the arms."""
WAYS = ("cheaper", "better")
SEATS = "enterprise_seats:at(21)"
ACCURACIES = (60, 65, 70, 75, 80, 85, 95)


# --- price or quality


def gain_table(results: Results, lab: str) -> pd.DataFrame:
    """Seat share won, less that of the world as stated, by way and step.

    Returns:
        Columns way, x (EUR or points), year (1 or 2), mean, low, high, pairs.
    """
    rows = []
    for way in WAYS:
        for step in STEPS:
            for year in (1, 2):
                output = f"{lab}.seat_share:at({4 * year})"
                won = results.difference(STUDY, output, f"{way}-{step}", BASE)
                rows.append((way, step, year, won.mean, won.low, won.high, won.n))
    return pd.DataFrame(rows, columns=["way", "x", "year", "mean", "low", "high", "pairs"])


def with_heads(say: ClaimWords, table: pd.DataFrame) -> pd.DataFrame:
    """A table of this file with heads for readers: of its columns way, x, year and mean."""
    known = [name for name in ("way", "x", "year", "mean") if name in table]
    return table.rename(columns={name: say(f"head-{name}") for name in known})


def worth_of_a_point(table: pd.DataFrame, points: float) -> float:
    """Price cut per point that wins as much seat share in a year as some points, EUR.

    Between the steps by straight lines; nan where no step wins as much.
    """
    year = table[table["year"] == 1]
    won = float(year[(year["way"] == "better") & (year["x"] == points)]["mean"].iloc[0])
    cheaper = year[year["way"] == "cheaper"]
    gaps, gains = [0.0, *cheaper["x"]], [0.0, *cheaper["mean"]]
    for number in range(1, len(gaps)):
        before, after = gains[number - 1], gains[number]
        if after >= won > before:
            part = (won - before) / (after - before)
            return float(gaps[number - 1] + part * (gaps[number] - gaps[number - 1])) / points
    return nan


def price_or_quality(claim: Claim, results: Results) -> Answer:
    """What a lower price and what better work win, and how they compare."""
    say = words_of(claim)
    rule, lab = claim.thresholds, claim.roles["lab"]
    step = round(rule["step"])
    table = gain_table(results, lab)
    price, quality = (
        results.difference(STUDY, f"{lab}.seat_share:at(4)", f"{way}-{step}", BASE) for way in WAYS
    )
    worth = [worth_of_a_point(table, each) for each in STEPS]
    known = [each for each in worth if each == each]  # noqa: PLR0124 - not nan
    point = Estimate(
        say("figure-worth-of-a-point"),
        worth[STEPS.index(step)],
        min(known, default=nan),
        max(known, default=nan),
        "EUR",
        price.n,
        say("interval-steps"),
    )
    asked = move_map(results)
    named = firm_name(lab)
    return say.answer(
        _verdict(price, quality, rule),
        {
            "step": step,
            "lab": named,
            "quality": _points(quality),
            "price": _points(price),
            "point": _worth(say, point.value, step),
            "cheaper": f"{asked[2][0]:.0%}",
            "better": f"{asked[0][2]:.0%}",
            "both": f"{asked[2][2]:.0%}",
        },
        estimates=(
            Estimate.of(say("figure-won-by-quality", step=step), quality, "share"),
            Estimate.of(say("figure-won-by-price", step=step), price, "share"),
            point,
        ),
        pictures=(_map_picture(claim, asked), _gain_picture(claim, table, named)),
        tables=(say.table("gains", with_heads(say, table)),),
    )


def _verdict(price: Effect, quality: Effect, rule: dict[str, float]) -> Verdict:
    both = [threshold_verdict(each, rule["wins"], rule["little"]) for each in (price, quality)]
    for verdict in ("not testable", "does not hold", "depends"):
        if verdict in both:
            return verdict
    return "holds"


def _worth(say: ClaimWords, eur: float, points: int) -> str:
    if eur != eur:  # noqa: PLR0124 - nan: no price cut won as much
        return say("worth-more", eur=f"{STEPS[-1] / points:.0f}")
    return say("worth-about", eur=f"{eur:.1f}")


def _points(effect: Effect) -> str:
    return with_interval(*(f"{100 * each:.0f}" for each in (effect.mean, effect.low, effect.high)))


def move_map(results: Results) -> pd.DataFrame:
    """Part of all seats that would move, rows: points better, columns: EUR cheaper."""
    grid = (0, *STEPS)
    found = {
        eur: {p: results.mean(STUDY, f"would_move({eur}, {p})", BASE).mean for p in grid}
        for eur in grid
    }
    return pd.DataFrame(found)


def _map_picture(claim: Claim, asked: pd.DataFrame) -> Picture:
    say = words_of(claim)
    return say.picture(
        "map",
        partial(share_map, asked, say("map-headline"), say("map-x"), say("map-y"), levels=(0.5,)),
    )


def _gain_picture(claim: Claim, table: pd.DataFrame, named: str) -> Picture:
    say = words_of(claim)
    lines = {
        say("line", way=say(f"way-{way}"), span=say(f"span-{year}")): table[
            (table["way"] == way) & (table["year"] == year)
        ]
        for way in WAYS
        for year in (1, 2)
    }
    return say.picture(
        "gains",
        partial(curves, lines, say("gains-headline"), say("gains-x"), say("gains-y")),
        lab=named,
        pairs=int(table["pairs"].min()),
    )


# --- accuracy


def seats_table(results: Results) -> pd.DataFrame:
    """Seats bought in 2030 over those with the highest accuracy, by accuracy.

    Returns:
        Columns x (part of tasks done right), mean, low, high, points: points of the uncertain
        parameters, over which the mean is taken.
    """
    rows, best = [], f"right-{ACCURACIES[-1]}"
    for each in ACCURACIES:
        pairs = paired(results, "accuracy", SEATS, f"right-{each}", best)
        ratio = pairs["arm"] / pairs["base"]
        part = bounded(mean_effect(ratio.groupby(level="point").mean().tolist()))
        rows.append((each / 100, part.mean, part.low, part.high, part.n))
    return pd.DataFrame(rows, columns=["x", "mean", "low", "high", "points"])


def accuracy(claim: Claim, results: Results) -> Answer:
    """How many seats enterprises buy when models do 70% of tasks right."""
    say = words_of(claim)
    rule = claim.thresholds

    def verdict_of(part: Effect) -> Verdict:
        if part.low != part.low:
            return "not testable"
        if part.high <= rule["half"]:
            return "holds"
        return "does not hold" if part.low >= rule["most"] else "depends"

    table = seats_table(results)
    arm, best = f"right-{round(100 * rule['article'])}", f"right-{ACCURACIES[-1]}"
    lost = with_gain(results, "accuracy", SEATS, arm, best, is_relative=True)
    ratio = lost.frame("accuracy")
    ratio[SEATS] += 1
    bought = lost.mean("accuracy", SEATS)
    enough = table[table["low"] >= rule["most"]]["x"]
    estimates = tuple(
        Estimate(
            say("figure-seats-bought", accuracy=f"{x:.0%}"),
            *(mean, low, high, "share", points),
            CONFIDENCE,
        )
        for x, mean, low, high, points in table.itertuples(index=False)
        if x < ACCURACIES[-1] / 100
    )
    estimates = tuple(
        sorted(estimates, key=lambda each: f"{rule['article']:.0%}"[:2] not in each.name)
    )
    return say.answer(
        verdict_of(bought),
        {"bought": percent(bought)},
        estimates=estimates,
        boundary=say("boundary", enough=f"{enough.min():.0%}", most=f"{rule['most']:.0%}")
        if len(enough)
        else say("boundary-none", most=f"{rule['most']:.0%}"),
        pictures=(_accuracy_picture(claim, table),),
        tables=(say.table("accuracy", with_heads(say, table)),),
        drivers=drivers(lost, "accuracy", SEATS, verdict_of),
        spread=spread(lost, "accuracy", SEATS),
    )


def _accuracy_picture(claim: Claim, table: pd.DataFrame) -> Picture:
    say = words_of(claim)
    rule = claim.thresholds
    return say.picture(
        "accuracy",
        partial(
            curves,
            {say("line"): table},
            say("accuracy-headline"),
            say("accuracy-x"),
            say("accuracy-y"),
            ((rule["half"], say("mark-half")), (rule["most"], say("mark-four-fifths"))),
        ),
        points=int(table["points"].min()),
    )

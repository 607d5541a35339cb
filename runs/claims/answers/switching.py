"""Answers to the claims about price and quality: what moves seats from one lab to another."""

from __future__ import annotations

from functools import partial
from math import erf, log, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runs.claims.answers.funding import percent, threshold_verdict
from runs.claims.claim import CONFIDENCE, Answer, Estimate, Picture, Table, Verdict
from runs.claims.pictures_customers import curves, moved_by_gap, share_map
from runs.claims.results import bounded, drivers, firm_name, paired, spread, with_gain
from runs.claims.studies import SIZE
from runs.twin_runs.results import Effect, mean_effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim
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


# --- answers to the claims about quality


STUDY, BASE = "quality-or-price", "stated"
STEPS = (2, 4, 6, 8)
"""EUR, or points of reliability, of the arms."""
WAYS = {"cheaper": "EUR cheaper", "better": "points better"}
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


def with_heads(table: pd.DataFrame) -> pd.DataFrame:
    """A table of this file with heads for readers."""
    is_gain = "way" in table
    heads = {
        "way": "the lab is",
        "x": "by (EUR or points)" if is_gain else "tasks done right",
        "year": "after (years)",
        "mean": "seat share won" if is_gain else "seats bought",
    }
    return table.rename(columns=heads)


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
    rule, lab = claim.thresholds, claim.roles["lab"]
    step = round(rule["step"])
    table = gain_table(results, lab)
    price, quality = (
        results.difference(STUDY, f"{lab}.seat_share:at(4)", f"{way}-{step}", BASE) for way in WAYS
    )
    worth = [worth_of_a_point(table, each) for each in STEPS]
    known = [each for each in worth if each == each]  # noqa: PLR0124 - not nan
    point = Estimate(
        "EUR per seat and month that a point of reliability is worth in seats won",
        worth[STEPS.index(step)],
        min(known, default=nan),
        max(known, default=nan),
        "EUR",
        price.n,
        "lowest and highest over 2 to 8 points",
    )
    asked = move_map(results)
    named = firm_name(lab)
    return Answer(
        _verdict(price, quality, rule),
        f"{step} points more reliability win {named} {_points(quality)} points of seat share "
        f"in a year, {step} EUR less {_points(price)}: {_worth(point.value, step)}",
        estimates=(
            Estimate.of(f"seat share won in a year, {step} points better", quality, "share"),
            Estimate.of(f"seat share won in a year, {step} EUR cheaper", price, "share"),
            point,
        ),
        boundary=(
            "Of two equal labs, one that becomes 2 EUR cheaper would move "
            f"{asked[2][0]:.0%} of all seats, one that becomes 2 points better "
            f"{asked[0][2]:.0%}, one that becomes both {asked[2][2]:.0%}."
        ),
        explanation=(
            "Customers compare price and quality in euros: each has its own worth of a point of "
            "reliability (median 1 EUR, widely spread). Better work also opens customers that the "
            "lab could not serve before, so that points can win more than they are worth.",
            "Within a year every contract has come up for renewal once; rivals that lost seats "
            "have begun to answer with their price.",
        ),
        pictures=(_map_picture(claim, asked), _gain_picture(claim, table, named)),
        tables=(
            Table(
                f"{claim.id}-gains", "Seat share won, by price and by quality", with_heads(table)
            ),
        ),
        notes=(
            "Enterprise customers of the model have no taste for a brand. That they choose by "
            "price and reliability is put in; what is tested is that both have force, and their "
            "exchange rate. Consumers do have such a taste.",
            "The worth of a point is assumed. The uncertain parameters do not vary here: the "
            "intervals are those of the draw of customers.",
            "A first version of the study lowered the list price, which the lab's own rule takes "
            "back within quarters; it was replaced by a cut that lasts after that was seen. The "
            "rule of the verdict did not change.",
        ),
    )


def _verdict(price: Effect, quality: Effect, rule: dict[str, float]) -> Verdict:
    both = [threshold_verdict(each, rule["wins"], rule["little"]) for each in (price, quality)]
    for verdict in ("not testable", "does not hold", "depends"):
        if verdict in both:
            return verdict
    return "holds"


def _worth(eur: float, points: int) -> str:
    if eur != eur:  # noqa: PLR0124 - nan: no price cut won as much
        return f"a point is worth more than {STEPS[-1] / points:.0f} EUR."
    return f"a point is worth about {eur:.1f} EUR."


def _points(effect: Effect) -> str:
    return f"{100 * effect.mean:.0f} ({100 * effect.low:.0f} to {100 * effect.high:.0f})"


def move_map(results: Results) -> pd.DataFrame:
    """Part of all seats that would move, rows: points better, columns: EUR cheaper."""
    grid = (0, *STEPS)
    found = {
        eur: {p: results.mean(STUDY, f"would_move({eur}, {p})", BASE).mean for p in grid}
        for eur in grid
    }
    return pd.DataFrame(found)


def _map_picture(claim: Claim, asked: pd.DataFrame) -> Picture:
    return Picture(
        f"{claim.id}-map",
        "Who would move for a lower price and better work?",
        "Part of all seats that would leave a lab for an equal one that becomes cheaper and "
        "better, contracts left aside; red: half of them.",
        "A map whose shares rise to the right and upwards.",
        partial(
            share_map,
            asked,
            "Who leaves a lab for an equal one that becomes cheaper and better",
            "EUR per seat and month cheaper",
            "Points of reliability better",
            levels=(0.5,),
        ),
    )


def _gain_picture(claim: Claim, table: pd.DataFrame, named: str) -> Picture:
    lines = {
        f"{words}, after {'a year' if year == 1 else 'two years'}": table[
            (table["way"] == way) & (table["year"] == year)
        ]
        for way, words in WAYS.items()
        for year in (1, 2)
    }
    return Picture(
        f"{claim.id}-gains",
        "What do a lower price and better work win?",
        f"Seat share of {named} less that of the world as stated, {int(table['pairs'].min())} "
        "pairs a point, 95% intervals.",
        "Rising curves for price and for quality, close to one another.",
        partial(
            curves,
            lines,
            "What price and quality win in seats",
            "EUR cheaper, or points of reliability better",
            "Seat share won",
        ),
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
            f"seats bought in 2030, {x:.0%} right, over those with 95%",
            *(mean, low, high, "share", points),
            CONFIDENCE,
        )
        for x, mean, low, high, points in table.itertuples(index=False)
        if x < ACCURACIES[-1] / 100
    )
    estimates = tuple(
        sorted(estimates, key=lambda each: f"{rule['article']:.0%}"[:2] not in each.name)
    )
    return Answer(
        verdict_of(bought),
        f"With 70% of tasks right enterprises buy {percent(bought)} of the seats that they buy "
        "with 95%.",
        estimates=estimates,
        boundary=(
            f"From {enough.min():.0%} right on at least {rule['most']:.0%} of the seats are bought."
            if len(enough)
            else f"Under 95% right fewer than {rule['most']:.0%} of the seats are bought."
        ),
        explanation=(
            "A customer buys only from labs that do as many tasks right as it needs; needs are "
            "spread around a mean that is itself uncertain. How many are ready to buy by 2030 is "
            "the same at any accuracy; what differs is who finds a lab that is good enough.",
        ),
        pictures=(_accuracy_picture(claim, table),),
        tables=(
            Table(f"{claim.id}-accuracy", "Seats bought in 2030, by accuracy", with_heads(table)),
        ),
        drivers=drivers(lost, "accuracy", SEATS, verdict_of),
        spread=spread(lost, "accuracy", SEATS),
        notes=(
            "The mean need of 70% is the article's own number put into the model, varied by ten "
            "points to each side. So the run cannot prove it: it shows what follows, and how "
            "sharp the edge is.",
            "Models do not improve here. In the reference world they start at 74 to 82% and pass "
            "what most customers need within a few quarters.",
        ),
    )


def _accuracy_picture(claim: Claim, table: pd.DataFrame) -> Picture:
    rule = claim.thresholds
    return Picture(
        f"{claim.id}-accuracy",
        "How many seats are bought, by accuracy?",
        f"Enterprise seats in 2030 over those with 95% right; {int(table['points'].min())} "
        "points of the uncertain parameters, 95% intervals.",
        "A steep rise between 60 and 85% of tasks done right.",
        partial(
            curves,
            {"seats bought": table},
            "The edge lies where customers' needs lie",
            "Part of tasks done right",
            "Seats bought, over those with 95% right",
            ((rule["half"], "half"), (rule["most"], "four fifths")),
        ),
    )

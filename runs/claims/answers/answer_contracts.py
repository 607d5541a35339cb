"""Answers to the claims about contracts: what is paid, passed on, drawn, and earned."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import middle, percent, threshold_verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_circle import intervals, parts_paid, steps_paid
from runs.claims.results import bounded, mean_by_point, share_by_point
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import Effect

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results

BILLION = 1e9
FULL = 0.999
"""A contract is paid in full from this share on: invoices are rounded to cents."""


def numbers(frame: pd.DataFrame, output: str) -> list[float]:
    """A column as floats without the missing ones."""
    return frame[output].astype("float64").dropna().tolist()


def contract_paid(claim: Claim, results: Results) -> Answer:
    """What part of a take-or-pay contract is paid."""
    key, rule = claim.roles["contract"], claim.thresholds
    output = f"contract_paid({key})"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["paid"], rule["unpaid"])

    paid = bounded(results.mean("uncertain", output))
    frame = results.frame("uncertain")
    part = frame[output].astype("float64")
    in_full = share_by_point((part >= FULL).astype("float64").where(part.notna()), frame["point"])
    fates = fates_of(frame, output, claim)
    table = fate_table(fates, frame["point"])
    means = dict(zip(table["at the end"], table["part_paid"], strict=True))
    parts = {name: values.dropna().tolist() for name, values in fates.items()}
    total = rule["total_usd"] / BILLION
    middle_part = middle("middle of the runs", part, "share")
    return Answer(
        verdict_of(paid),
        f"On average {percent(paid)} of the {total:,.0f} bn USD is paid; all of it in "
        f"{percent(in_full)} of the runs.",
        estimates=(
            Estimate.of("part of the contract that is paid, mean", paid, "share"),
            middle_part,
            Estimate.of("runs in which all of it is paid", in_full, "share"),
            Estimate.of("paid, in USD", paid, "USD bn", total),
            Estimate.of(
                "cancelled before delivery, mean",
                results.mean("uncertain", f"contract_cancelled({key})"),
                "share",
            ),
            Estimate.of(
                "paid with the reference parameters", results.mean("reference", output), "share"
            ),
        ),
        boundary=(
            f"Where both firms live on, {_mean_share(means['both live'])} of it is paid; where the "
            f"lab has failed by the end, {_mean_share(means['the lab has failed'])}."
        ),
        explanation=(
            "The lab owes the agreed amount for what the cloud delivers, used or not. It may give "
            "up parts that have not begun after a failed round, for a fee; in a default all that "
            "is left is rejected. Invoices that are never paid are taken off.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-part-paid",
                "How much of the contract is paid?",
                f"All {len(frame):,} runs with uncertain parameters, by what became of both firms.",
                f"A histogram with its mean at {paid.mean:.0%}.",
                partial(parts_paid, parts, f"On average {paid.mean:.0%} of the contract is paid"),
            ),
        ),
        tables=(Table(f"{claim.id}-fates", "Part paid by what became of them", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "The two parties do not renegotiate price or date here, as real ones would: a contract "
            "is paid, given up before it begins, or rejected in default.",
        ),
    )


def _mean_share(part: float) -> str:
    return "none (no such run)" if isnan(part) else f"{100 * part:.0f}%"


def fates_of(frame: pd.DataFrame, output: str, claim: Claim) -> dict[str, pd.Series[float]]:
    """Part paid in each run, by what became of lab and cloud; nan in runs with another fate."""
    part = frame[output].astype("float64")
    lab = frame[f"defaulted:{claim.roles['lab']}"].astype(bool)
    cloud = frame[f"defaulted:{claim.roles['cloud']}"].astype(bool)
    chosen = {
        "both live": ~lab & ~cloud,
        "the lab has failed": lab & ~cloud,
        "the cloud has failed": cloud & ~lab,
        "both have failed": lab & cloud,
    }
    return {name: part.where(rows) for name, rows in chosen.items()}


def fate_table(fates: dict[str, pd.Series[float]], points: pd.Series[int]) -> pd.DataFrame:
    """Runs, mean part paid and its interval by fate; points with several seeds are the units."""
    rows = []
    for name, parts in fates.items():
        effect = bounded(mean_by_point(parts, points))
        rows.append((name, int(parts.count()), effect.mean, effect.low, effect.high))
    return pd.DataFrame(rows, columns=["at the end", "runs", "part_paid", "low", "high"])


def pass_through(claim: Claim, results: Results) -> Answer:
    """What part of a cloud's CapEx reaches a chipmaker."""
    rule = claim.thresholds
    pair = f"({claim.roles['cloud']}, {claim.roles['chipmaker']})"
    output = f"paid_of_capex{pair}"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["passes"], rule["stays"])

    passed = results.mean("uncertain", output)
    every = results.mean("uncertain", "chip_revenue_over_capex:mean")
    asked = claim.outputs["uncertain"]
    table = fan_table(results, "uncertain", [each for each in asked if ":at(" in each])
    band = (rule["band_low"], rule["band_high"])
    inside = table[(table["p50"] >= band[0]) & (table["p50"] <= band[1])]["label"].tolist()
    panel = Panel("Chip revenue over CapEx of all large buyers", table, "ratio", band=band)
    return Answer(
        verdict_of(passed),
        f"{percent(passed)} of the cloud's CapEx reaches the chipmaker over ten years.",
        estimates=(
            Estimate.of("part of the cloud's CapEx that reaches the chipmaker", passed, "share"),
            Estimate.of(
                "part of its chips that it buys there (an input)",
                results.mean("uncertain", f"share_of_chips{pair}"),
                "share",
            ),
            Estimate.of("chip revenue over CapEx, all large buyers, mean", every, "share"),
            Estimate(
                "public figures since 2024",
                (band[0] + band[1]) / 2,
                *band,
                "share",
                0,
                "range of public figures",
            ),
        ),
        boundary=(
            f"The median lies in the public band of {band[0]} to {band[1]} in these of the "
            f"quarters shown: {', '.join(inside) if inside else 'none'}."
        ),
        explanation=(
            "CapEx is sites, power and other plant besides chips. Chips come after the sites are "
            "connected, so the ratio rises when building slows down and falls when it ends.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-chips-of-capex",
                "How much of CapEx goes into chips?",
                f"Runs with uncertain parameters ({passed.n}); shaded red: public figures.",
                f"A band of lines by quarter; its mean over ten years is {every.mean:.2f}.",
                partial(draw_fans, [panel]),
            ),
        ),
        tables=(Table(f"{claim.id}-by-quarter", "Chip revenue over CapEx by quarter", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "Where the median leaves the public band the model is wrong about the world, or the "
            "band of two boom years does not last; the two cannot be told apart yet.",
            "Who supplies whom is an input: the cloud never changes its chipmaker in the model. So "
            "is the part of a site's cost that is chips and networking (compute.chip_share), which "
            "does not vary here. The answer mostly repeats it; that is why its interval is narrow.",
        ),
    )


def letter_drawn(claim: Claim, results: Results) -> Answer:
    """What part of a letter of intent is drawn, as stated and with certain steps."""
    key, rule = claim.roles["letter"], claim.thresholds
    output, early = f"letter_drawn({key})", f"letter_steps_by({key}, 13)"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["drawn"], rule["undrawn"])

    drawn = results.mean("uncertain", output)
    letter = rule["letter_usd"] / BILLION
    certain = results.mean("vendor-equity", output, "certain")
    arms = {
        "steps by chance, as stated": numbers(results.frame("vendor-equity", "with"), output),
        "every step certain": numbers(results.frame("vendor-equity", "certain"), output),
    }
    steps = {name: [10 * part for part in parts] for name, parts in arms.items()}
    return Answer(
        verdict_of(drawn),
        f"On average {percent(drawn)} of the {letter:,.0f} bn USD is drawn within ten years; "
        f"{percent(certain)} even when every step is certain once its condition is met.",
        estimates=(
            Estimate.of("part of the letter that is drawn", drawn, "share"),
            Estimate.of("drawn, in USD", drawn, "USD bn", letter),
            Estimate.of("drawn when every step is certain", certain, "share"),
            Estimate.of(
                "steps drawn by the end of 2028", results.mean("uncertain", early), "steps"
            ),
        ),
        boundary=(
            "Three things stop a step: chance (30% each, an assumption), too few gigawatts live, "
            "and the lab's failure. The arm with certain steps leaves the last two."
        ),
        explanation=(
            "Each step needs another gigawatt in the lab's use. A step whose condition is met is "
            "carried out with a chance of 70%, or it lapses; after a default the letter is void.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-steps",
                "How many of the ten steps are paid?",
                "The same worlds twice: with the stated chance per step, and with certain steps.",
                f"Bars by number of steps; the mean is {10 * drawn.mean:.1f} of ten.",
                partial(steps_paid, steps, 10, f"{drawn.mean:.0%} of the letter is drawn"),
            ),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "The chance of 70% per step is a choice of the modeller, and with it alone no more "
            "than 70% could be drawn on average; the arm with certain steps bounds its effect.",
        ),
    )


def revenue_this_year(claim: Claim, results: Results) -> Answer:
    """Revenue of the calendar year in which the runs start, and the start value."""
    lab, rule = claim.roles["lab"], claim.thresholds
    frame = results.frame("uncertain")
    first, second = (frame[f"{lab}.revenue_usd:at({k})"].astype("float64") for k in (0, 1))
    year, start, end = (
        mean_by_point(usd, frame["point"])
        for usd in (rule["half_year_usd"] + first + second, 4 * first, 4 * second)
    )
    low, high = (rule["article_usd"] * (1 + sign * rule["near"]) for sign in (-1, 1))
    is_outside = year.low > high or year.high < low
    verdict: Verdict = "does not hold" if is_outside else "depends"
    if low <= year.low and year.high <= high:
        verdict = "holds"
    public, bn = rule["public_annualised_usd"], 1 / BILLION
    estimates = (
        Estimate.of("revenue in 2025, reported half year included", year, "USD bn", bn),
        Estimate.of("annualised in 2025Q3, where the runs start", start, "USD bn", bn),
        Estimate.of("annualised in 2025Q4", end, "USD bn", bn),
    )
    gap = start.mean / public - 1
    marks = ((rule["article_usd"] * bn, "the article"), (public * bn, "public, August 2025"))
    return Answer(
        verdict,
        f"Revenue in 2025 is {year.mean * bn:.1f} bn USD in the runs ({year.low * bn:.1f} to "
        f"{year.high * bn:.1f}), against the article's {rule['article_usd'] * bn:.0f}; they start "
        f"at {start.mean * bn:.1f} bn annualised.",
        estimates=estimates,
        boundary="10 bn is right as the annualised revenue of June 2025.",
        explanation=(
            "The figure counts for all else: commitments over revenue, the cover of costs and the "
            "need for money start from it.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-revenue",
                "Revenue at the start, against the article and public figures",
                f"Means of {len(frame):,} runs with 95% intervals.",
                f"Revenue in 2025 at {year.mean * bn:.1f} bn USD.",
                partial(
                    intervals,
                    {"runs": estimates},
                    f"Revenue in 2025 is {year.mean * bn:.1f} bn USD in the runs",
                    "USD bn",
                    marks,
                    is_share=False,
                ),
            ),
        ),
        notes=(
            f"The start value comes from users, seats and prices and is {gap:+.0%} from the public "
            f"{public * bn:.0f} bn: the model is that far off at its start.",
        ),
    )

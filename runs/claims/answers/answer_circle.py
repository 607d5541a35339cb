"""Answers to the claims about the circle of capital: its size, its effect, and who gains."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import middle, percent, threshold_verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.paired_arms import with_gain
from runs.claims.pictures_circle import intervals
from runs.claims.uncertainty import drivers, spread

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results
    from runs.twin_runs.twin_effects import Effect

BILLION = 1e9
YEARS = "0, 11"
"""The first three years, as quarters."""


def circle_of_capital(claim: Claim, results: Results) -> Answer:
    """How much of the money goes round, and how much the lab earns itself."""
    lab, rule = claim.roles["lab"], claim.thresholds
    circle_name, cover_name = f"circular_part({YEARS})", f"own_cover({lab}, {YEARS})"
    circle = results.mean("uncertain", circle_name)
    cover = results.mean("uncertain", cover_name)

    def verdict_of(round_part: Effect, own: Effect) -> Verdict:
        if isnan(round_part.low) or isnan(own.low):
            return "not testable"
        if round_part.low >= rule["circle"] and own.high <= rule["covered"]:
            return "holds"
        is_none = round_part.high <= rule["no_circle"] or own.low >= rule["all_covered"]
        return "does not hold" if is_none else "depends"

    asked = claim.outputs["uncertain"]
    circles = fan_table(results, "uncertain", [a for a in asked if a.startswith("circularity")])
    covers = fan_table(
        results,
        "uncertain",
        [a for a in asked if a.startswith("own_cover") and a != cover_name],
    )
    peak = circles.sort_values("p50", ascending=False).iloc[0]
    title = "Part of payments between labs, clouds and chipmakers that runs in circles"
    panels = [
        Panel(title, circles, "share, last year", is_share=True),
        Panel(
            "Part of the lab's costs that its own revenue covers",
            covers,
            "share, last year",
            is_share=True,
        ),
    ]
    returned = results.mean("uncertain", f"{claim.roles['chipmaker']}.round_trip_share_year:mean")
    return Answer(
        verdict_of(circle, cover),
        f"In the first three years {percent(circle)} of what these firms pay one another runs in "
        f"circles, and the lab's revenue covers {percent(cover)} of its costs.",
        estimates=(
            Estimate.of("runs in circles, first three years", circle, "share"),
            Estimate.of("cover of the lab's costs, first three years", cover, "share"),
            Estimate.of("the chipmaker's money that is back within a year", returned, "share"),
            middle(
                f"runs in circles, year to {peak['label']} (the highest)",
                results.frame("uncertain")[f"circularity_year:at({peak['quarter']})"],
                "share",
            ),
        ),
        boundary=(
            f"The median is highest in the year to {peak['label']} ({peak['p50']:.0%}); by the "
            f"end it is {circles['p50'].iloc[-1]:.0%}."
        ),
        explanation=(
            "Counted are payments for goods, services, income and claims between labs, clouds and "
            "chipmakers; what a lab gets from its own parent is left out. The rest of the money "
            "comes from customers, investors and lenders and leaves to staff, power and builders.",
            "Most of what the lab spends beyond its revenue is new money of investors, not money "
            "that goes round.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-circle-by-quarter",
                "How much goes round, and how much does the lab earn itself?",
                f"Runs with uncertain parameters ({circle.n}); four quarters together; the cover "
                "only where the lab still sells.",
                "Two bands of lines by quarter, circles above and the cover of costs below.",
                partial(draw_fans, panels),
            ),
        ),
        tables=(
            Table(f"{claim.id}-circularity", "Circularity by quarter", circles),
            Table(f"{claim.id}-cover", "Cover of the lab's costs by quarter", covers),
        ),
        drivers=drivers(results, "uncertain", circle_name, lambda part: verdict_of(part, cover)),
        spread=spread(results, "uncertain", circle_name),
        notes=(
            "Only firms of the model are in the network: real circles through other firms, and "
            "through leases that are not public, are not.",
        ),
    )


def vendor_equity(claim: Claim, results: Results) -> Answer:
    """Valuations with the money of chipmakers (and clouds) in their customers, and without."""
    lab, rise = claim.roles["lab"], claim.thresholds["rise"]
    output = f"{lab}.valuation_usd:at(8)"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rise, rise)

    groups = {
        "chipmakers' money": tuple(_rises(claim, results, "without")),
        "chipmakers' and clouds' money": tuple(_rises(claim, results, "nobody")),
    }
    effect = _rise(results, output, "without")
    third_year = f"{lab}.valuation_usd:at(12)"
    later = [percent(_rise(results, third_year, base)) for base in ("without", "nobody")]
    both = _rise(results, output, "nobody")
    refused = {
        arm: with_gain(
            results, "vendor-equity", f"is_refused({lab})", arm, "with", is_relative=False
        ).mean("vendor-equity", f"is_refused({lab})")
        for arm in ("without", "nobody")
    }
    circle = {
        arm: results.mean("vendor-equity", f"circular_part({YEARS})", arm)
        for arm in ("with", "without", "nobody")
    }
    gain = with_gain(results, "vendor-equity", output, "with", "without", is_relative=True)
    table = pd.DataFrame(
        [
            (name, row.name, row.value, row.low, row.high, row.n)
            for name, rows in groups.items()
            for row in rows
        ],
        columns=["with and without", "valuation", "rise", "low", "high", "pairs"],
    )
    return Answer(
        verdict_of(effect),
        f"Chipmakers' money changes the lab's valuation after two years by {percent(effect)}; "
        f"together with clouds' money it is {percent(both)}.",
        estimates=(
            Estimate.of(
                "the lab's valuation after two years, with against without", effect, "share"
            ),
            Estimate.of("the same, clouds' money too", both, "share"),
            *groups["chipmakers' money"][1:],
            Estimate.of(
                "more runs refused money, without chipmakers' money", refused["without"], "share"
            ),
            Estimate.of(
                "more runs refused money, without clouds' money too", refused["nobody"], "share"
            ),
            *(
                Estimate.of(f"runs in circles, {words}", circle[arm], "share")
                for arm, words in (
                    ("with", "with vendor money"),
                    ("without", "without chipmakers' money"),
                    ("nobody", "without clouds' money too"),
                )
            ),
        ),
        boundary=(
            "In the model vendor money can act on values only by closing rounds that would fail: "
            "the price of a round does not ask who pays. So the effect is large where others have "
            "too little money, and nil where they have enough. After three years it is "
            f"{later[0]}, together with clouds' money {later[1]}: the rule's two years decide."
        ),
        explanation=(
            "Without vendor money other investors pay more of each round at the same price, as "
            "long as they have enough. The circle shrinks without chipmakers' money, and it has "
            "to be gone without clouds' money too: that is a test of the measure.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-valuations",
                "What does vendor money do to valuations?",
                f"Paired differences over {effect.n} pairs of runs, 95% intervals; 0 is no effect.",
                f"Points with intervals; the lab after two years at {effect.mean:.1%}.",
                partial(
                    intervals,
                    groups,
                    f"With chipmakers' money the lab is worth {effect.mean:+.0%} after two years",
                    "difference",
                    ((0.0, "no effect"), (rise, "threshold of the rule")),
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-valuations", "Rise of valuations by vendor money", table),),
        drivers=drivers(gain, "vendor-equity", output, verdict_of),
        spread=spread(gain, "vendor-equity", output),
        notes=(
            "The model has no news: nobody reads a vendor's stake as praise, and listed shares "
            "follow cash flows. The 36% that the cloud's shares rose in a day cannot happen in "
            "it, so the answer is about money, and may be wrong about mood.",
        ),
    )


def _rise(results: Results, output: str, base: str) -> Effect:
    """Mean relative difference of pairs, arm "with" against a base; points are the units."""
    gain = with_gain(results, "vendor-equity", output, "with", base, is_relative=True)
    return gain.mean("vendor-equity", output)


def _rises(claim: Claim, results: Results, base: str) -> list[Estimate]:
    """Relative paired difference of each valuation, arm "with" against a base."""
    roles = claim.roles
    names = {
        f"{roles['lab']}.valuation_usd:at(8)": "the lab after two years",
        f"{roles['lab']}.valuation_usd:at(12)": "the lab after three years",
        f"{roles['lab']}.valuation_usd:max": "the lab at its highest",
        "labs_valuation_usd:at(8)": "all labs after two years",
        f"{roles['cloud']}.value_usd:at(8)": "the cloud after two years",
        f"{roles['chipmaker']}.value_usd:at(8)": "the chipmaker after two years",
    }
    return [
        Estimate.of(words, _rise(results, output, base), "share") for output, words in names.items()
    ]

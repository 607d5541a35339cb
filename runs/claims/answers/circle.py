"""Answers to the claims about the circle of capital: its size, its effect, and who gains."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.funding import middle, percent, threshold_verdict
from runs.claims.claim import Answer, Estimate, Picture, Table, Verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_money import intervals
from runs.claims.results import drivers, firm_name, spread, with_gain
from runs.twin_runs.results import Effect

if TYPE_CHECKING:
    from runs.claims.claim import Claim
    from runs.claims.results import Results


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


# --- answer to the claim that financiers get their money back as sales


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

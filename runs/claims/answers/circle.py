"""Answers to the claims about the circle of capital: its size, its effect, and who gains."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.funding import middle, percent, threshold_verdict
from runs.claims.claim import Answer, Estimate, Verdict, words_of
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
    say = words_of(claim)
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
    title = say("panel-circles")
    panels = [
        Panel(title, circles, say("axis-share"), is_share=True),
        Panel(say("panel-cover"), covers, say("axis-share"), is_share=True),
    ]
    returned = results.mean("uncertain", f"{claim.roles['chipmaker']}.round_trip_share_year:mean")
    return say.answer(
        verdict_of(circle, cover),
        {
            "circle": percent(circle),
            "cover": percent(cover),
            "peak": peak["label"],
            "peak_share": f"{peak['p50']:.0%}",
            "end": f"{circles['p50'].iloc[-1]:.0%}",
        },
        estimates=(
            Estimate.of(say("figure-circle"), circle, "share"),
            Estimate.of(say("figure-cover"), cover, "share"),
            Estimate.of(say("figure-chipmaker-back"), returned, "share"),
            middle(
                say("figure-circle-highest", peak=peak["label"]),
                results.frame("uncertain")[f"circularity_year:at({peak['quarter']})"],
                "share",
            ),
        ),
        pictures=(say.picture("circle-by-quarter", partial(draw_fans, panels), runs=circle.n),),
        tables=(say.table("circularity", circles), say.table("cover", covers)),
        drivers=drivers(results, "uncertain", circle_name, lambda part: verdict_of(part, cover)),
        spread=spread(results, "uncertain", circle_name),
    )


def vendor_equity(claim: Claim, results: Results) -> Answer:
    """Valuations with the money of chipmakers (and clouds) in their customers, and without."""
    say = words_of(claim)
    lab, rise = claim.roles["lab"], claim.thresholds["rise"]
    output = f"{lab}.valuation_usd:at(8)"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rise, rise)

    rises = {base: tuple(_rises(claim, results, base)) for base in ("without", "nobody")}
    groups = {say(f"group-{base}"): rows for base, rows in rises.items()}
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
        columns=[say("head-money"), "valuation", "rise", "low", "high", "pairs"],
    )
    return say.answer(
        verdict_of(effect),
        {
            "effect": percent(effect),
            "both": percent(both),
            "later": later[0],
            "later_both": later[1],
        },
        estimates=(
            Estimate.of(say("figure-lab-value"), effect, "share"),
            Estimate.of(say("figure-lab-value-both"), both, "share"),
            *rises["without"][1:],
            Estimate.of(
                say("figure-refused-without"),
                refused["without"],
                "share",
            ),
            Estimate.of(say("figure-refused-nobody"), refused["nobody"], "share"),
            *(
                Estimate.of(say("figure-circles", arm=say(f"arm-{arm}")), effect, "share")
                for arm, effect in circle.items()
            ),
        ),
        pictures=(
            say.picture(
                "valuations",
                partial(
                    intervals,
                    groups,
                    say("valuations-headline", effect=f"{effect.mean:+.0%}"),
                    say("valuations-x"),
                    ((0.0, say("mark-no-effect")), (rise, say("mark-threshold"))),
                ),
                pairs=effect.n,
                effect=f"{effect.mean:.1%}",
            ),
        ),
        tables=(say.table("valuations", table),),
        drivers=drivers(gain, "vendor-equity", output, verdict_of),
        spread=spread(gain, "vendor-equity", output),
    )


def _rise(results: Results, output: str, base: str) -> Effect:
    """Mean relative difference of pairs, arm "with" against a base; points are the units."""
    gain = with_gain(results, "vendor-equity", output, "with", base, is_relative=True)
    return gain.mean("vendor-equity", output)


def _rises(claim: Claim, results: Results, base: str) -> list[Estimate]:
    """Relative paired difference of each valuation, arm "with" against a base."""
    say = words_of(claim)
    roles = claim.roles
    names = {
        f"{roles['lab']}.valuation_usd:at(8)": say("value-lab-two-years"),
        f"{roles['lab']}.valuation_usd:at(12)": say("value-lab-three-years"),
        f"{roles['lab']}.valuation_usd:max": say("value-lab-highest"),
        "labs_valuation_usd:at(8)": say("value-labs"),
        f"{roles['cloud']}.value_usd:at(8)": say("value-cloud"),
        f"{roles['chipmaker']}.value_usd:at(8)": say("value-chipmaker"),
    }
    return [
        Estimate.of(words, _rise(results, output, base), "share") for output, words in names.items()
    ]


# --- answer to the claim that financiers get their money back as sales


ACCUSED = ("holding", "chipmaker")
"""Roles of the two financiers of the article; the others are shown for comparison."""


def returned_as_sales(claim: Claim, results: Results) -> Answer:
    """What part of each financier's money is back as its revenue."""
    say = words_of(claim)
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
        for name, found in ((say("span-year"), year), (say("span-quarter"), quarter))
    }
    holding, chipmaker = (year[role] for role in ACCUSED)
    output = f"{claim.roles['chipmaker']}.round_trip_share_year:mean"
    table = _table(claim, results, year, quarter)
    return say.answer(
        verdict_of(holding, chipmaker),
        {
            "chipmaker": percent(chipmaker),
            "holding": percent(holding),
            "back": f"{back:.0%}",
            "financiers": "; ".join(_name(claim, role) for role in shown if year[role].low >= back)
            or say("financiers-none"),
        },
        estimates=(
            Estimate.of(say("figure-chipmaker-year"), chipmaker, "share"),
            Estimate.of(say("figure-holding-year"), holding, "share"),
            Estimate.of(say("figure-chipmaker-quarter"), quarter["chipmaker"], "share"),
            *(
                Estimate.of(
                    say("figure-put-in", financier=say(f"financier-{role}")),
                    results.mean("uncertain", f"put_into_firms({claim.roles[role]})"),
                    "USD bn",
                    1 / BILLION,
                )
                for role in ACCUSED
            ),
            *(
                Estimate.of(
                    say("figure-other-year", financier=_name(claim, role)),
                    year[role],
                    "share",
                )
                for role in shown
                if role not in ACCUSED
            ),
        ),
        pictures=(
            say.picture(
                "returns",
                partial(
                    intervals,
                    groups,
                    say("returns-headline"),
                    say("returns-x"),
                    ((back, say("mark-threshold")),),
                ),
                runs=chipmaker.n,
                chipmaker=f"{chipmaker.mean:.0%}",
                holding=f"{holding.mean:.0%}",
            ),
        ),
        tables=(say.table("returns", table),),
        drivers=drivers(results, "uncertain", output, lambda effect: verdict_of(holding, effect)),
        spread=spread(results, "uncertain", output),
    )


def _name(claim: Claim, role: str) -> str:
    say = words_of(claim)
    name = firm_name(claim.roles[role])
    return say("named-financier", name=name, financier=say(f"financier-{role}"))


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

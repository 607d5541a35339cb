"""Answers to the claims about returns: of tiers and segments, of labs, of data centres."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import isnan, nan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.funding import middle, percent, threshold_verdict
from runs.claims.claim import (
    Answer,
    ClaimWords,
    Estimate,
    Picture,
    Verdict,
    verdict_words,
    words_of,
)
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_money import loss_map, margins_by_tier, part_by_income, returns_by_vintage
from runs.claims.results import bounded, drivers, firm_name, share_by_point, spread
from runs.twin_runs.results import mean_effect, share_effect

if TYPE_CHECKING:
    from runs.claims.claim import Claim
    from runs.claims.results import Results
    from runs.twin_runs.results import Effect


TIERS = ("free", "plus", "pro", "seat")
LEAST, TAIL = "lab_rules.pro_usage_minimum", "lab_rules.pro_usage_tail"
STATED = (4e-5, 1.25)
"""Least use and tail index of the reference scenario."""
AD_INCOME = "consumers.ad_revenue_usd"
SEGMENT_QUARTERS = (0, 5, 9, 13, 17, 21)


def top_tier(claim: Claim, results: Results) -> Answer:
    """Whether money is lost on the flat-rate tier."""
    say = words_of(claim)
    lab, bound = claim.roles["lab"], claim.thresholds["margin_usd"]
    output = f"first_year_margin_usd({lab}, pro)"

    def verdict_of(effect: Effect) -> Verdict:
        if effect.high < bound:
            return "holds"
        return "does not hold" if effect.low > bound else "depends"

    first = results.mean("uncertain", output)
    tiers = {t: results.mean("uncertain", f"tier_margin_usd({lab}, {t}, 0)") for t in TIERS}
    later = results.mean("uncertain", f"tier_margin_usd({lab}, pro, 12)")
    table = usage_table(results, output)
    losing = float((table["margin"] < bound).mean())
    rows = [(say(f"tier-{tier}"), e.mean, e.low, e.high) for tier, e in tiers.items()]
    return say.answer(
        verdict_of(first),
        {
            "first": f"{first.mean:,.0f}",
            "first_low": f"{first.low:,.0f}",
            "first_high": f"{first.high:,.0f}",
            "losing": f"{100 * losing:.0f}",
        },
        estimates=(
            Estimate.of(say("figure-margin-first-year"), first, "USD a month"),
            Estimate.of(say("figure-margin-three-years"), later, "USD a month"),
            *(
                Estimate.of(
                    say("figure-margin-start", tier=say(f"tier-{tier}")), effect, "USD a month"
                )
                for tier, effect in tiers.items()
            ),
        ),
        pictures=(
            say.picture(
                "tiers",
                partial(margins_by_tier, rows, say("tiers-headline")),
                points=f"{first.n:,}",
                pro=f"{tiers['pro'].mean:,.0f}",
            ),
            say.picture("use", partial(loss_map, table, STATED), losing=f"{losing:.0%}"),
        ),
        tables=(say.table("use", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def usage_table(results: Results, output: str) -> pd.DataFrame:
    """Mean margin by least use and tail index: columns minimum, tail, margin, runs."""
    frame = results.frame("tier-usage")
    groups = frame.assign(value=frame[output].astype("float64")).groupby([LEAST, TAIL])["value"]
    found = groups.agg(["mean", "count"]).reset_index()
    found.columns = pd.Index(["minimum", "tail", "margin", "runs"])
    return found


def segments(claim: Claim, results: Results) -> Answer:
    """What part of revenue comes from consumers."""
    say = words_of(claim)
    lab, other, half = claim.roles["lab"], claim.roles["other"], claim.thresholds["half"]
    output = f"consumer_part({lab}, 13)"
    start = results.mean("uncertain", f"consumer_part({lab}, 0)")
    late, rival = (results.mean("uncertain", f"consumer_part({key}, 13)") for key in (lab, other))

    def verdict_of(effect: Effect) -> Verdict:
        if effect.high < half:
            return "does not hold"
        is_more = effect.low > half and start.low > half and effect.low > rival.high
        return "holds" if is_more else "depends"

    tables = {
        key: fan_table(
            results, "uncertain", [f"consumer_part({key}, {q})" for q in SEGMENT_QUARTERS]
        )
        for key in (lab, other)
    }
    return say.answer(
        verdict_of(late),
        {
            "late": percent(late),
            "lab": firm_name(lab),
            "rival": percent(rival),
            "other": firm_name(other),
            "start": f"{100 * start.mean:.0f}",
        },
        estimates=(
            Estimate.of(say("figure-lab-start", lab=firm_name(lab)), start, "share"),
            Estimate.of(say("figure-lab-2028", lab=firm_name(lab)), late, "share"),
            Estimate.of(say("figure-other-2028", other=firm_name(other)), rival, "share"),
        ),
        pictures=(
            say.picture(
                "segments",
                partial(
                    draw_fans,
                    tuple(
                        Panel(firm_name(key), table, say("axis-part-revenue"), is_share=True)
                        for key, table in tables.items()
                    ),
                ),
                points=f"{late.n:,}",
                lab=firm_name(lab),
                late=f"{late.mean:.0%}",
                other=firm_name(other),
                rival=f"{rival.mean:.0%}",
            ),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def advertising(claim: Claim, results: Results) -> Answer:
    """How much advertising must bring to matter."""
    say = words_of(claim)
    lab, rule = claim.roles["lab"], claim.thresholds
    parts = parts_by_income(results, f"advertising_part({lab}, 17)")
    counted = [effect for usd, effect in parts.items() if usd >= rule["least_usd"]]
    verdict: Verdict = "depends"
    if all(effect.low >= rule["part"] for effect in counted):
        verdict = "holds"
    elif all(effect.high < rule["part"] for effect in counted):
        verdict = "does not hold"
    edge = boundary_usd(parts, rule["part"])
    refused = refused_by_income(results, f"is_refused({lab})")
    words = say("income-none") if isnan(edge) else say("income-edge", edge=f"{edge:.1f}")
    most_usd, most = max(parts.items())
    rows = [(usd, e.mean, e.low, e.high, e.n) for usd, e in parts.items()]
    table = pd.DataFrame(rows, columns=["usd", "part", "low", "high", "runs"])
    return say.answer(
        verdict,
        {
            "lab": firm_name(lab),
            "income": words,
            "most_usd": f"{most_usd:.0f}",
            "most": f"{100 * most.mean:.0f}",
            "refused_without": percent(refused[min(refused)]),
            "refused": percent(refused[most_usd]),
        },
        estimates=(
            *(
                Estimate.of(say("figure-part", usd=f"{usd:g}"), effect, "share")
                for usd, effect in parts.items()
            ),
            *(
                Estimate.of(say("figure-refused", usd=f"{usd:g}"), e, "share")
                for usd, e in refused.items()
            ),
        ),
        pictures=(
            say.picture(
                "income",
                partial(part_by_income, table, rule["part"], edge),
                most=f"{most.mean:.0%}",
            ),
        ),
        tables=(say.table("income", table),),
    )


def parts_by_income(results: Results, output: str) -> dict[float, Effect]:
    """Income per free user and quarter, USD -> mean part of revenue; failed labs are left out."""
    frame = results.frame("advertising")
    values = sorted(set(frame[AD_INCOME].astype("float64").tolist()))
    parts = {usd: frame.loc[frame[AD_INCOME] == usd, output] for usd in values}
    return {
        usd: bounded(mean_effect(part.astype("float64").tolist())) for usd, part in parts.items()
    }


def refused_by_income(results: Results, output: str) -> dict[float, Effect]:
    """Income per free user and quarter, USD -> share of runs in which the lab is refused money."""
    frame = results.frame("advertising")
    income, yes = (frame[name].astype("float64") for name in (AD_INCOME, output))
    return {usd: share_effect(yes[income == usd].tolist()) for usd in sorted(set(income))}


def boundary_usd(parts: dict[float, Effect], part: float) -> float:
    """Income at which the mean part is reached, between the values that were run; nan if never."""
    for (low_usd, low), (high_usd, high) in pairwise(parts.items()):
        if low.mean < part <= high.mean:
            return low_usd + (part - low.mean) / (high.mean - low.mean) * (high_usd - low_usd)
    return nan


# --- answer to the question whether revenue will ever justify the investment


BILLION = 1e9


def break_even(claim: Claim, results: Results) -> Answer:
    """Whether the lab pays its own way by 2030 and 2035; the doubt holds when it seldom does."""
    say = words_of(claim)
    lab, rule = claim.roles["lab"], claim.thresholds
    output = f"breaks_even({lab}, 39)"

    def verdict_of(effect: Effect) -> Verdict:
        if effect.high <= rule["share"]:
            return "holds"
        return "does not hold" if effect.low >= rule["share"] else "depends"

    late = results.share("uncertain", output)
    early = results.share("uncertain", f"breaks_even({lab}, 21)")
    sector = {q: results.share("uncertain", f"all_break_even({q})") for q in (21, 39)}
    failed = results.share("uncertain", f"defaulted:{lab}")
    frame = results.frame("uncertain")
    revenue = frame[f"year_revenue_usd({lab}, 14)"].astype("float64")
    reaches = (revenue >= rule["goal_usd"]).astype("float64").where(revenue.notna())
    goal = share_by_point(reaches, frame["point"])
    in_2029 = middle(say("figure-revenue-2029"), revenue, "USD bn", 1 / BILLION)
    ratio = results.mean("uncertain", "capex_over_revenue(39)")
    until_2030 = results.mean("uncertain", "capex_over_revenue(21)")
    return say.answer(
        verdict_of(late),
        {
            "lab": firm_name(lab),
            "early": percent(early),
            "late": percent(late),
            "failed": percent(failed),
        },
        estimates=(
            Estimate.of(say("figure-even-2035"), late, "share"),
            Estimate.of(say("figure-even-2030"), early, "share"),
            Estimate.of(say("figure-lab-fails"), failed, "share"),
            Estimate.of(say("figure-all-even-2030"), sector[21], "share"),
            Estimate.of(say("figure-all-even-2035"), sector[39], "share"),
            in_2029,
            Estimate.of(say("figure-goal-2029"), goal, "share"),
            Estimate.of(say("figure-capex-over-revenue-2030"), until_2030, "times"),
            Estimate.of(say("figure-capex-over-revenue-2035"), ratio, "times"),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of, is_share=True),
        spread=spread(results, "uncertain", output),
    )


# --- answer to the claim that data centres stay profitable


USES = ("reuse", "once", "contract")
YEARS = range(5)
BARE = "bare"
"""In the table of vintages: market rent, with re-use, nothing left of the site."""
RENT_QUARTERS = (0, 8, 16, 24, 32, 39)


def returns(claim: Claim, results: Results) -> Answer:
    """Whether data centres of each year earn their cost back."""
    say = words_of(claim)
    one, life = claim.thresholds["one"], claim.thresholds["building_years"]

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, one, one)

    output = f"mean_site_return(reuse, {life:g})"
    found = {use: results.mean("uncertain", f"mean_site_return({use}, {life:g})") for use in USES}
    bare = {use: results.mean("uncertain", f"mean_vintage_return({use})") for use in USES}
    lives = [claim.thresholds[f"{each}_building_years"] for each in ("shortest", "longest")]
    others = {
        years: results.mean("uncertain", f"mean_site_return(reuse, {years:g})") for years in lives
    }
    table = vintage_table(results, life)
    reuse, once, contract = (found[use] for use in ("reuse", "once", "contract"))
    return say.answer(
        verdict_of(reuse),
        {
            "reuse": f"{reuse.mean:.2f}",
            "reuse_low": f"{reuse.low:.2f}",
            "reuse_high": f"{reuse.high:.2f}",
            "once": f"{once.mean:.2f}",
            "contract": f"{contract.mean:.2f}",
            "life": f"{life:g}",
            "bare_reuse": f"{bare['reuse'].mean:.2f}",
            "bare_reuse_low": f"{bare['reuse'].low:.2f}",
            "bare_reuse_high": f"{bare['reuse'].high:.2f}",
            "verdict": verdict_words(verdict_of(bare["reuse"])),
        },
        estimates=(
            *(_estimate(say("figure-return", use=say(f"use-{use}")), found[use]) for use in USES),
            *(
                _estimate(say("figure-return-by-life", years=f"{years:g}"), effect)
                for years, effect in others.items()
            ),
            *(
                _estimate(say("figure-return-bare", use=say(f"use-{use}")), bare[use])
                for use in USES
            ),
        ),
        boundary=_boundary(say, bare["reuse"], others, contract, one),
        pictures=_pictures(claim, results, table, reuse),
        tables=(say.table("vintages", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def _estimate(name: str, effect: Effect) -> Estimate:
    return Estimate.of(name, effect, "times")


def _boundary(
    say: ClaimWords, bare: Effect, others: dict[float, Effect], contract: Effect, one: float
) -> str:
    """How much turns on the site, and on who bears the fall of rents."""
    lives = [
        say(
            "boundary-life",
            effect=f"{effect.mean:.2f}",
            years=f"{years:g}",
            verdict=verdict_words(threshold_verdict(effect, one, one)),
        )
        for years, effect in others.items()
    ]
    ends = {"holds": say("ahead-earns"), "does not hold": say("ahead-does-not")}
    ahead = ends.get(threshold_verdict(contract, one, one), say("ahead-may"))
    return say(
        "boundary", bare=f"{bare.mean:.2f}", lives=say.joined("boundary-lives", lives), ahead=ahead
    )


def _pictures(
    claim: Claim, results: Results, table: pd.DataFrame, reuse: Effect
) -> tuple[Picture, ...]:
    say = words_of(claim)
    rents = fan_table(results, "uncertain", [f"spot_price_usd_hour:at({q})" for q in RENT_QUARTERS])
    lines = {use: say(f"use-{use}") for use in (*USES, BARE)}
    title = say("vintages-headline", reuse=f"{reuse.mean:.2f}")
    return (
        say.picture(
            "vintages", partial(returns_by_vintage, table, lines, title), reuse=f"{reuse.mean:.2f}"
        ),
        say.picture(
            "rents",
            partial(draw_fans, (Panel(say("panel-rent"), rents, say("axis-usd-per-hour")),)),
        ),
    )


def vintage_table(results: Results, building_years: float) -> pd.DataFrame:
    """One row per use and year: use, year (2025 is 0), mean, low, high, runs.

    Args:
        results: finished studies.
        building_years: life of buildings, years; in the rows of ``BARE`` nothing is left of them.
    """
    rows = []
    for use in (*USES, BARE):
        for year in YEARS:
            output = f"site_return({year}, {use}, {building_years:g})"
            if use == BARE:
                output = f"vintage_return({year}, reuse)"
            effect = results.mean("uncertain", output)
            rows.append((use, year, effect.mean, effect.low, effect.high, effect.n))
    return pd.DataFrame(rows, columns=["use", "year", "mean", "low", "high", "runs"])

"""Answers to the claims about a lab's economics: margins of tiers, segments, advertising."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import isnan, nan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import percent
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.firm_names import firm_name
from runs.claims.pictures_returns import loss_map, margins_by_tier, part_by_income
from runs.claims.results import bounded
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import mean_effect, share_effect

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results
    from runs.twin_runs.twin_effects import Effect

TIERS = {
    "free": "free user",
    "plus": "20 USD a month",
    "pro": "200 USD a month, flat rate",
    "seat": "seat of a business",
}
LEAST, TAIL = "lab_rules.pro_usage_minimum", "lab_rules.pro_usage_tail"
STATED = (4e-5, 1.25)
"""Least use and tail index of the reference scenario."""
AD_INCOME = "consumers.ad_revenue_usd"
SEGMENT_QUARTERS = (0, 5, 9, 13, 17, 21)


def top_tier(claim: Claim, results: Results) -> Answer:
    """Whether money is lost on the flat-rate tier."""
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
    rows = [(TIERS[tier], e.mean, e.low, e.high) for tier, e in tiers.items()]
    return Answer(
        verdict_of(first),
        f"A user of the top tier leaves {first.mean:,.0f} USD a month in the first year "
        f"({first.low:,.0f} to {first.high:,.0f}) with the assumed use; {100 * losing:.0f}% of "
        "the patterns of use that were tried make a loss.",
        estimates=(
            Estimate.of("margin of the 200 USD tier, first year", first, "USD a month"),
            Estimate.of("margin of the 200 USD tier, three years on", later, "USD a month"),
            *(
                Estimate.of(f"margin at the start: {TIERS[tier]}", effect, "USD a month")
                for tier, effect in tiers.items()
            ),
        ),
        boundary=(
            "It turns on use that nobody publishes: a loss begins where the mean user asks for "
            "more compute than about 170 USD a month buy, which a few heavy users are enough for."
        ),
        explanation=(
            "Under a flat rate use has a heavy tail: it follows a Pareto distribution that is cut "
            "off where the lab stops people. The margin is the price after fees less mean use "
            "times what the lab pays for compute.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-tiers",
                "What does a user of each tier leave?",
                f"First quarter, {first.n:,} points of the uncertain parameters, 95% intervals.",
                f"The flat-rate tier is at {tiers['pro'].mean:,.0f} USD a month.",
                partial(margins_by_tier, rows, "What a user leaves, first quarter"),
            ),
            Picture(
                f"{claim.id}-use",
                "Where does a loss on the flat rate begin?",
                "Margin in the first year by pattern of use; the green frame is what is assumed.",
                f"A map in which {losing:.0%} of the cells are losses.",
                partial(loss_map, table, STATED),
            ),
        ),
        tables=(Table(f"{claim.id}-use", "Margin by pattern of use", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=("Use per tier is assumed; the public statement is of a person, not of a figure.",),
    )


def usage_table(results: Results, output: str) -> pd.DataFrame:
    """Mean margin by least use and tail index: columns minimum, tail, margin, runs."""
    frame = results.frame("tier-usage")
    groups = frame.assign(value=frame[output].astype("float64")).groupby([LEAST, TAIL])["value"]
    found = groups.agg(["mean", "count"]).reset_index()
    found.columns = pd.Index(["minimum", "tail", "margin", "runs"])
    return found


def _parts_of(lab: str) -> list[str]:
    return [f"consumer_part({lab}, {quarter})" for quarter in SEGMENT_QUARTERS]


def segments(claim: Claim, results: Results) -> Answer:
    """What part of revenue comes from consumers."""
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
    return Answer(
        verdict_of(late),
        f"Consumers bring {percent(late)} of {firm_name(lab)}'s revenue at the end of 2028 and "
        f"{percent(rival)} of {firm_name(other)}'s; at the start {100 * start.mean:.0f}%.",
        estimates=(
            Estimate.of(f"{firm_name(lab)}, consumers' part at the start (input)", start, "share"),
            Estimate.of(f"{firm_name(lab)}, end of 2028", late, "share"),
            Estimate.of(f"{firm_name(other)}, end of 2028", rival, "share"),
        ),
        boundary="It moves with how many users pay, with advertising, and with seats won and lost.",
        explanation=("The mix at the start is an input from public figures; its path is not.",),
        pictures=(
            Picture(
                f"{claim.id}-segments",
                "What part of revenue comes from consumers?",
                f"Runs with uncertain parameters, {late.n:,} points.",
                f"{firm_name(lab)} stays near {late.mean:.0%}, {firm_name(other)} near "
                f"{rival.mean:.0%}.",
                partial(
                    draw_fans,
                    tuple(
                        Panel(firm_name(key), table, "Part of revenue", is_share=True)
                        for key, table in tables.items()
                    ),
                ),
            ),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def advertising(claim: Claim, results: Results) -> Answer:
    """How much advertising must bring to matter."""
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
    words = "no income that was tried" if isnan(edge) else f"about {edge:.1f} USD"
    most_usd, most = max(parts.items())
    rows = [(usd, e.mean, e.low, e.high, e.n) for usd, e in parts.items()]
    table = pd.DataFrame(rows, columns=["usd", "part", "low", "high", "runs"])
    return Answer(
        verdict,
        f"Advertising reaches a tenth of {firm_name(lab)}'s revenue in 2029 at {words} per free "
        f"user and quarter; at {most_usd:.0f} USD it is {100 * most.mean:.0f}%.",
        estimates=(
            *(
                Estimate.of(f"part of revenue in 2029Q4 at {usd:g} USD", effect, "share")
                for usd, effect in parts.items()
            ),
            *(
                Estimate.of(f"the lab is refused money, at {usd:g} USD", e, "share")
                for usd, e in refused.items()
            ),
        ),
        boundary=(
            f"The boundary lies at {words} per free user and quarter, when fully built. The lab is "
            f"refused money in {percent(refused[min(refused)])} of the runs without advertising, "
            f"and in {percent(refused[most_usd])} at {most_usd:.0f} USD."
        ),
        explanation=(
            "Advertising is built up over years and earns from free users only. No public figure "
            "exists, so the income is varied from nothing to what large networks earn.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-income",
                "How much would advertising matter?",
                "Part of the lab's revenue in the last quarter of 2029, with 95% intervals.",
                f"A line that rises to {most.mean:.0%}.",
                partial(part_by_income, table, rule["part"], edge),
            ),
        ),
        tables=(Table(f"{claim.id}-income", "Advertising by income per free user", table),),
        notes=(
            "The model has no browser: it has advertising to free users, whatever brings it.",
            "The uncertain parameters do not vary here: the intervals are those of chance alone, "
            "and nothing is said of what else the answer turns on.",
        ),
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

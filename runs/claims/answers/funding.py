"""Answers to the claims about funding: ever new rounds, refusals, a listing, a freeze."""

from __future__ import annotations

from functools import partial
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.parameters.world import quarter_label
from runs.claims.answers.shocks import moved_words
from runs.claims.claim import RUNS, SINCE, WORDS, Answer, Estimate, Verdict, with_interval, words_of
from runs.claims.pictures_money import (
    first_time_by_quarter,
    intervals,
    sizes_of_refused_rounds,
    so_far_by_quarter,
)
from runs.claims.results import drivers, rate_per_year, share_by_point, spread, with_gain
from runs.twin_runs.results import Effect

if TYPE_CHECKING:
    from runs.claims.claim import Claim
    from runs.claims.results import Results


START, QUARTERS = "2025Q3", 40
"""First quarter and length of the worlds of these studies."""
DATE = f"{SINCE}{START}"
BILLION = 1e9


def label(quarter: float) -> str:
    """Label of a quarter number; "never" for nan."""
    return WORDS("quarter-never") if isnan(quarter) else quarter_label(START, round(quarter))


def threshold_verdict(effect: Effect, holds: float, fails: float) -> Verdict:
    """Holds when the interval lies at or over ``holds``, not when at or under ``fails``."""
    if isnan(effect.low):
        return "not testable"
    if effect.low >= holds:
        return "holds"
    return "does not hold" if effect.high <= fails else "depends"


def middle(name: str, values: pd.Series[float], unit: str, scale: float = 1.0) -> Estimate:
    """Median with the middle 90% of the runs that have a value."""
    known = values.astype("float64").dropna().to_numpy() * scale
    if not len(known):
        return Estimate(name, nan, nan, nan, unit, 0, RUNS)
    low, median, high = (float(each) for each in np.quantile(known, (0.05, 0.5, 0.95)))
    return Estimate(name, median, low, high, unit, len(known), RUNS)


def percent(effect: Effect) -> str:
    """A share with its interval: "55% (45 to 65)"."""
    ends = (f"{100 * each:.0f}" for each in (effect.low, effect.high))
    return with_interval(f"{effect.mean:.0%}", *ends)


def points(effect: Effect) -> str:
    """A difference of shares in points with its interval: "+12 (3 to 20)"."""
    ends = (f"{100 * each:.0f}" for each in (effect.low, effect.high))
    return with_interval(f"{100 * effect.mean:+.0f}", *ends)


def hazard_of_a_freeze(claim: Claim, results: Results) -> Answer:
    """How likely a freeze is in a year, against past booms, and the hazard by quarter."""
    say = words_of(claim)
    rule = claim.thresholds
    apart = results.share("uncertain", "freeze")
    chance = results.share("reference", "freeze")
    frame = results.frame("uncertain")
    when = frame["freeze_quarter"].astype("float64")
    yearly = rate_per_year(when, frame["point"], QUARTERS)
    stated = results.frame("reference")
    yearly_stated = rate_per_year(
        stated["freeze_quarter"].astype("float64"), stated["point"], QUARTERS
    )
    verdict = threshold_verdict(yearly, rule["any_year"], rule["any_year"])
    typical = middle(say("figure-first-freeze"), when, DATE)
    table = hazard_table(when, frame["point"])
    first = table[table["freezes"] > 0]["quarter"]
    peak = table.sort_values("hazard", ascending=False).iloc[0]
    return say.answer(
        verdict,
        {
            "apart": percent(apart),
            "yearly": percent(yearly),
            "any_year": f"{rule['any_year']:.0%}",
            "booms": with_interval(
                f"{rule['booms']:.0%}",
                *(f"{100 * rule[end]:.0f}" for end in ("booms_low", "booms_high")),
            ),
            "typical": label(typical.value),
            "until": str(first.iloc[0]) if len(first) else say("until-end"),
            "peak": peak["quarter"],
            "hazard": f"{peak['hazard']:.1%}",
        },
        estimates=(
            Estimate.of(say("figure-yearly"), yearly, "share"),
            Estimate(say("figure-any-year"), rule["any_year"], nan, nan, "share", 0),
            Estimate(
                say("figure-booms"),
                rule["booms"],
                rule["booms_low"],
                rule["booms_high"],
                "share",
                0,
                say("interval-booms"),
            ),
            Estimate.of(say("figure-yearly-reference"), yearly_stated, "share"),
            Estimate.of(say("figure-freeze"), apart, "share"),
            Estimate.of(say("figure-freeze-reference"), chance, "share"),
            typical,
        ),
        pictures=(
            say.picture(
                "freeze-by-quarter",
                partial(
                    first_time_by_quarter,
                    table,
                    say("freeze-by-quarter-headline", share=_end(table)),
                    say("freeze-by-quarter-y"),
                ),
                apart=f"{apart.mean:.0%}",
            ),
        ),
        tables=(say.table("hazard", table),),
        drivers=drivers(
            results,
            "uncertain",
            "freeze",
            lambda effect: "holds" if _is_above(effect, rule["any_year"]) else "does not hold",
            is_share=True,
        ),
        spread=spread(results, "uncertain", "freeze"),
    )


def _is_above(frozen: Effect, yearly: float) -> bool:
    """Whether a share of runs frozen within the horizon is more than a rate per year makes."""
    return bool(frozen.mean > 1 - (1 - yearly) ** (QUARTERS / 4))


def _end(table: pd.DataFrame) -> str:
    """Share of the runs that have had the event by the end, of a table of ``hazard_table``."""
    return f"{table['share'].iloc[-1]:.0%}"


def hazard_table(
    quarters: pd.Series[float], points: pd.Series[int], horizon: int = QUARTERS
) -> pd.DataFrame:
    """First events by quarter, and the hazard: first events over runs that had none before.

    Args:
        quarters: quarter of the first event in each run; nan for none.
        points: the point of each run; runs of one point count as fewer in the intervals.
        horizon: number of quarters.

    Returns:
        One row per quarter: quarter, at_risk, freezes, hazard with its Wilson interval (low,
        high), and the share of runs with an event so far with its own (share_low, share_high).
    """
    rows = []
    for quarter in range(horizon):
        now = (quarters == quarter).astype("float64")
        at_risk = ~(quarters < quarter)
        hazard = share_by_point(now.where(at_risk), points)
        so_far = share_by_point((quarters <= quarter).astype("float64"), points)
        rows.append(
            (
                label(quarter),
                int(at_risk.sum()),
                int(now.sum()),
                *(hazard.mean, hazard.low, hazard.high),
                *(so_far.mean, so_far.low, so_far.high),
            )
        )
    columns = ["quarter", "at_risk", "freezes", "hazard", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "share", "share_low", "share_high"])


def refused_at_some_point(claim: Claim, results: Results) -> Answer:
    """Whether, when and at what amount the lab is refused."""
    say = words_of(claim)
    lab, rule = claim.roles["lab"], claim.thresholds
    output = f"is_refused({lab})"
    apart, chance = results.share("uncertain", output), results.share("reference", output)
    frame = results.frame("uncertain")
    when = middle(say("figure-first-refusal"), frame[f"first_refused_quarter({lab})"], DATE)
    size = frame[f"first_refused_usd({lab})"]
    asked = middle(say("figure-asked"), size, "USD bn", 1 / BILLION)
    before = middle(
        say("figure-raised-before"),
        frame[f"raised_before_refusal_usd({lab})"],
        "USD bn",
        1 / BILLION,
    )
    known = size.astype("float64").dropna()
    asks_much = (size.astype("float64") >= rule["article_usd"]).astype("float64")
    large = share_by_point(asks_much.where(size.notna()), frame["point"])
    refused = frame[f"first_refused_quarter({lab})"].astype("float64")
    table = hazard_table(refused, frame["point"])
    return say.answer(
        threshold_verdict(apart, rule["often"], rule["rarely"]),
        {
            "apart": percent(apart),
            "when": label(when.value),
            "asked": f"{asked.value:,.0f}",
            "large": percent(large),
        },
        estimates=(
            Estimate.of(say("figure-refused"), apart, "share"),
            Estimate.of(say("figure-refused-reference"), chance, "share"),
            when,
            asked,
            Estimate.of(say("figure-large-rounds"), large, "share"),
            before,
        ),
        pictures=(
            say.picture(
                "first-refusal",
                partial(
                    first_time_by_quarter,
                    table,
                    say("first-refusal-headline", share=_end(table)),
                    say("first-refusal-y"),
                ),
                apart=f"{apart.mean:.0%}",
            ),
            say.picture(
                "sizes",
                partial(sizes_of_refused_rounds, known / BILLION, rule["article_usd"] / BILLION),
                asked=f"{asked.value:,.0f}",
            ),
        ),
        tables=(say.table("refusals", table),),
        drivers=drivers(
            results,
            "uncertain",
            output,
            lambda effect: threshold_verdict(effect, rule["often"], rule["rarely"]),
            is_share=True,
        ),
        spread=spread(results, "uncertain", output),
    )


def ever_higher_rounds(claim: Claim, results: Results) -> Answer:
    """How often the lab asks, and how often its value rises."""
    say = words_of(claim)
    lab, rule = claim.roles["lab"], claim.thresholds
    often = results.mean("uncertain", f"rounds_a_year({lab})")
    rising = results.mean("uncertain", f"up_rounds({lab})")

    def verdict_of(rate: Effect, part: Effect) -> Verdict:
        if rate.low >= rule["rounds_a_year"] and part.low >= rule["up"]:
            return "holds"
        is_rare = rate.high <= rule["rare_a_year"] or part.high <= rule["not_up"]
        return "does not hold" if is_rare else "depends"

    frame = results.frame("uncertain")
    when = middle(say("figure-first-failed-round"), frame[f"first_refused_quarter({lab})"], DATE)
    hard = middle(
        say("figure-hardest-round"),
        frame[f"largest_hardness({lab})"],
        "times all pledges",
    )
    scarce = frame[f"first_scarce_quarter({lab})"].astype("float64")
    failed = frame[f"first_refused_quarter({lab})"].astype("float64")
    tables = {
        "scarce": hazard_table(scarce, frame["point"]),
        "failed": hazard_table(failed, frame["point"]),
    }
    lines = {say(f"{name}-table"): table for name, table in tables.items()}
    short = share_by_point(scarce.notna().astype("float64"), frame["point"])
    return say.answer(
        verdict_of(often, rising),
        {
            "often": f"{often.mean:.1f}",
            "often_low": f"{often.low:.1f}",
            "often_high": f"{often.high:.1f}",
            "rising": percent(rising),
            "short": percent(short),
        },
        estimates=(
            Estimate.of(say("figure-rounds-year"), often, "rounds"),
            Estimate.of(say("figure-up-rounds"), rising, "share"),
            Estimate.of(say("figure-scarce"), short, "share"),
            middle(say("figure-first-scarce"), scarce, DATE),
            when,
            hard,
        ),
        drivers=drivers(
            results, "uncertain", f"up_rounds({lab})", lambda part: verdict_of(often, part)
        ),
        spread=spread(results, "uncertain", f"up_rounds({lab})"),
        pictures=(
            say.picture(
                "limits",
                partial(so_far_by_quarter, lines, say("limits-headline")),
                runs=len(frame),
                short=f"{short.mean:.0%}",
            ),
        ),
        tables=tuple(say.table(name, table) for name, table in tables.items()),
    )


# --- answer to the claim that a lab without a listing cannot simply sell shares


STUDY = "listing"
ARMS = ("shut", "stated", "listed")


def not_listed(claim: Claim, results: Results) -> Answer:
    """Whether a listing spares a lab from being refused."""
    say = words_of(claim)
    lab, points = claim.roles["lab"], claim.thresholds["points"]
    refused = f"is_refused({lab})"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, points, points)

    spared = _fewer(results, refused, "listed")
    window = _fewer(results, refused, "stated")
    money = f"{lab}.raised_usd:sum"
    more = with_gain(results, STUDY, money, "listed", "shut", is_relative=True)
    raised = more.mean(STUDY, money)
    groups = {
        say(f"arm-{arm}"): tuple(
            Estimate.of(name, results.share(STUDY, output, arm), "share")
            for name, output in (
                (say("outcome-refused"), refused),
                (say("outcome-fails"), f"defaulted:{lab}"),
                (say("outcome-freeze"), "freeze"),
            )
        )
        for arm in ARMS
    }
    listed = middle(
        say("figure-listing-quarter"),
        results.frame(STUDY, "stated")[f"listed_quarter({lab})"],
        DATE,
    )
    gain = with_gain(results, STUDY, refused, "shut", "listed", is_relative=False)
    table = pd.DataFrame(
        [
            (words, row.name, row.value, row.low, row.high, row.n)
            for words, rows in groups.items()
            for row in rows
        ],
        columns=["listing", "outcome", "share", "low", "high", "runs"],
    )
    return say.answer(
        verdict_of(spared),
        {
            "spared": f"{100 * spared.mean:.0f}",
            "spared_low": f"{100 * spared.low:.0f}",
            "spared_high": f"{100 * spared.high:.0f}",
            "raised": moved_words(raised.mean, raised.low, raised.high),
        },
        estimates=(
            Estimate.of(say("figure-spared-listed"), spared, "share"),
            Estimate.of(say("figure-spared-window"), window, "share"),
            Estimate.of(
                say("figure-failures-spared"),
                _fewer(results, f"defaulted:{lab}", "listed"),
                "share",
            ),
            Estimate.of(say("figure-raised"), raised, "share"),
            listed,
            *(
                Estimate.of(
                    say("figure-refused", arm=say(f"arm-{arm}")),
                    results.share(STUDY, refused, arm),
                    "share",
                )
                for arm in ARMS
            ),
        ),
        pictures=(
            say.picture(
                "listing",
                partial(
                    intervals,
                    groups,
                    say("listing-headline", spared=f"{100 * spared.mean:.0f}"),
                    say("listing-x"),
                ),
                worlds=spared.n,
            ),
        ),
        tables=(say.table("listing", table),),
        drivers=drivers(gain, STUDY, refused, verdict_of),
        spread=spread(gain, STUDY, refused),
    )


def _fewer(results: Results, output: str, arm: str) -> Effect:
    """Share of runs with an outcome without any listing, less that in an arm, pair by pair."""
    return with_gain(results, STUDY, output, "shut", arm, is_relative=False).mean(STUDY, output)

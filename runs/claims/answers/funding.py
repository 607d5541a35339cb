"""Answers to the claims about funding: ever new rounds, refusals, a listing, a freeze."""

from __future__ import annotations

from functools import partial
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.parameters.world import quarter_label
from runs.claims.answers.shocks import moved_words
from runs.claims.claim import RUNS, SINCE, Answer, Estimate, Picture, Table, Verdict
from runs.claims.pictures_money import (
    first_time_by_quarter,
    intervals,
    sizes_of_refused_rounds,
    so_far_by_quarter,
)
from runs.claims.results import drivers, share_by_point, spread, with_gain
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
    return "never" if isnan(quarter) else quarter_label(START, round(quarter))


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
    return f"{effect.mean:.0%} ({100 * effect.low:.0f} to {100 * effect.high:.0f})"


def hazard_of_a_freeze(claim: Claim, results: Results) -> Answer:
    """How likely a freeze is, and the hazard by quarter."""
    bound = claim.thresholds["share"]
    apart = results.share("uncertain", "freeze")
    chance = results.share("reference", "freeze")
    verdict = threshold_verdict(apart, bound, bound)
    frame = results.frame("uncertain")
    when = frame["freeze_quarter"].astype("float64")
    typical = middle("quarter of the first freeze, where there is one", when, DATE)
    table = hazard_table(when, frame["point"])
    first = table[table["freezes"] > 0]["quarter"]
    peak = table.sort_values("hazard", ascending=False).iloc[0]
    sentence = (
        f"Funding freezes within ten years in {percent(apart)} of the runs with uncertain "
        f"parameters, half of these by {label(typical.value)}."
    )
    return Answer(
        verdict,
        sentence,
        estimates=(
            Estimate.of("runs with a freeze, uncertain parameters", apart, "share"),
            Estimate.of("runs with a freeze, reference parameters", chance, "share"),
            typical,
        ),
        boundary=(
            f"The hazard is nil until {first.iloc[0] if len(first) else 'the end'} and largest in "
            f"{peak['quarter']}: {peak['hazard']:.1%} of the runs that had not frozen before."
        ),
        explanation=(
            "A freeze is two quarters in a row in which the labs that ask for money raise less "
            "than half of it. No date and no trigger is written into the scenario: rounds fail "
            "when investors expect too little from them for how hard they are to fill.",
            "The chance is that of this model with these ranges, not of the world. It tells that "
            "a freeze needs no outside shock, and which beliefs decide.",
        ),
        pictures=(
            Picture(
                "C33-freeze-by-quarter",
                "When does funding freeze for the first time?",
                "Runs that have frozen by each quarter, with 95% intervals; below the hazard.",
                f"A rising curve that ends at {apart.mean:.0%}.",
                partial(first_time_by_quarter, table, "frozen"),
            ),
        ),
        tables=(Table("C33-hazard", "Hazard of a freeze by quarter", table),),
        drivers=drivers(
            results,
            "uncertain",
            "freeze",
            lambda effect: threshold_verdict(effect, bound, bound),
            is_share=True,
        ),
        spread=spread(results, "uncertain", "freeze"),
        notes=(
            "Freezes cluster in the years in which expected growth fades: the model's labs grow "
            "out of their start together, so its freezes are more alike than real ones would be.",
        ),
    )


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
    lab, rule = claim.roles["lab"], claim.thresholds
    output = f"is_refused({lab})"
    apart, chance = results.share("uncertain", output), results.share("reference", output)
    frame = results.frame("uncertain")
    when = middle(
        "quarter of the first refusal",
        frame[f"first_refused_quarter({lab})"],
        DATE,
    )
    size = frame[f"first_refused_usd({lab})"]
    asked = middle("asked for in the refused round", size, "USD bn", 1 / BILLION)
    before = middle(
        "raised in rounds before it",
        frame[f"raised_before_refusal_usd({lab})"],
        "USD bn",
        1 / BILLION,
    )
    known = size.astype("float64").dropna()
    asks_much = (size.astype("float64") >= rule["article_usd"]).astype("float64")
    large = share_by_point(asks_much.where(size.notna()), frame["point"])
    refused = frame[f"first_refused_quarter({lab})"].astype("float64")
    table = hazard_table(refused, frame["point"])
    return Answer(
        threshold_verdict(apart, rule["often"], rule["rarely"]),
        f"A round of the lab fails within ten years in {percent(apart)} of the runs; half of the "
        f"first refusals come by {label(when.value)}, at a median of {asked.value:,.0f} bn USD.",
        estimates=(
            Estimate.of("runs in which a round of the lab fails", apart, "share"),
            Estimate.of("the same with reference parameters", chance, "share"),
            when,
            asked,
            Estimate.of("refused rounds of 100 bn USD or more", large, "share"),
            before,
        ),
        boundary="It is seldom one request of 100 bn that is refused: see the picture of sizes.",
        explanation=(
            "Each investor joins when what it expects from the round beats its required return, "
            "given how hard the round is to fill. So a round fails when hopes for growth fade "
            "faster than the lab's need for money, not at an amount that is written anywhere.",
        ),
        pictures=(
            Picture(
                "C14-first-refusal",
                "When is the lab first refused?",
                "Share of runs in which a round has failed by each quarter, with 95% intervals.",
                f"A rising curve that ends at {apart.mean:.0%}.",
                partial(first_time_by_quarter, table, "refused"),
            ),
            Picture(
                "C14-sizes",
                "How much had the lab asked for?",
                "Sizes of first refused rounds in all runs that have one.",
                f"A histogram with its middle at {asked.value:,.0f} bn USD.",
                partial(sizes_of_refused_rounds, known / BILLION, rule["article_usd"] / BILLION),
            ),
        ),
        tables=(Table("C14-refusals", "First refusals by quarter", table),),
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
    lab, rule = claim.roles["lab"], claim.thresholds
    often = results.mean("uncertain", f"rounds_a_year({lab})")
    rising = results.mean("uncertain", f"up_rounds({lab})")

    def verdict_of(rate: Effect, part: Effect) -> Verdict:
        if rate.low >= rule["rounds_a_year"] and part.low >= rule["up"]:
            return "holds"
        is_rare = rate.high <= rule["rare_a_year"] or part.high <= rule["not_up"]
        return "does not hold" if is_rare else "depends"

    frame = results.frame("uncertain")
    when = middle(
        "quarter of the first failed round",
        frame[f"first_refused_quarter({lab})"],
        DATE,
    )
    hard = middle(
        "largest part of all pledges that a round would have needed",
        frame[f"largest_hardness({lab})"],
        "times all pledges",
    )
    scarce = frame[f"first_scarce_quarter({lab})"].astype("float64")
    failed = frame[f"first_refused_quarter({lab})"].astype("float64")
    tables = {
        "asked for more than there is": hazard_table(scarce, frame["point"]),
        "a round has failed": hazard_table(failed, frame["point"]),
    }
    short = share_by_point(scarce.notna().astype("float64"), frame["point"])
    return Answer(
        verdict_of(often, rising),
        f"The lab asks for {often.mean:.1f} rounds a year ({often.low:.1f} to {often.high:.1f}); "
        f"{percent(rising)} of its closed rounds are at a higher value than the one before.",
        estimates=(
            Estimate.of("rounds a year", often, "rounds"),
            Estimate.of("closed rounds at a higher value", rising, "share"),
            Estimate.of("runs in which it asks for more than there is", short, "share"),
            middle("quarter in which it first does", scarce, DATE),
            when,
            hard,
        ),
        boundary=(
            "Values rise as long as its revenue grows faster than the return asked for. It asks "
            f"for more than all investors could put in in {percent(short)} of the runs; rounds "
            "mostly fail with enough money about, when too few expect the others to join."
        ),
        explanation=(
            "The lab asks when its cash would not last over its planning horizon. The value in a "
            "round follows what investors expect of revenue; a failed round marks it down.",
        ),
        drivers=drivers(
            results, "uncertain", f"up_rounds({lab})", lambda part: verdict_of(often, part)
        ),
        spread=spread(results, "uncertain", f"up_rounds({lab})"),
        pictures=(
            Picture(
                "C13-limits",
                "When does it ask for more than there is, and when does a round fail?",
                f"Share of {len(frame)} runs so far, with 95% intervals.",
                f"Two rising curves; the one for want of money ends at {short.mean:.0%}.",
                partial(so_far_by_quarter, tables, "Share of runs in which it has happened"),
            ),
        ),
        tables=tuple(
            Table(f"C13-{name}", title, table)
            for (title, table), name in zip(tables.items(), ("scarce", "failed"), strict=True)
        ),
    )


# --- answer to the claim that a lab without a listing cannot simply sell shares


STUDY = "listing"
ARMS = {"shut": "never listed", "stated": "window as stated", "listed": "listed from the start"}


def not_listed(claim: Claim, results: Results) -> Answer:
    """Whether a listing spares a lab from being refused."""
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
        words: tuple(
            Estimate.of(name, results.share(STUDY, output, arm), "share")
            for name, output in (
                ("refused money", refused),
                ("fails", f"defaulted:{lab}"),
                ("funding of all labs freezes", "freeze"),
            )
        )
        for arm, words in ARMS.items()
    }
    listed = middle(
        "quarter of the listing, window as stated",
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
    return Answer(
        verdict_of(spared),
        f"Listed from the start, the lab is refused money in {100 * spared.mean:.0f} of 100 runs "
        f"fewer ({100 * spared.low:.0f} to {100 * spared.high:.0f}), and it raises "
        f"{moved_words(raised.mean, raised.low, raised.high)}.",
        estimates=(
            Estimate.of("fewer runs refused: listed against never", spared, "share"),
            Estimate.of("fewer runs refused: window as stated against never", window, "share"),
            Estimate.of(
                "fewer runs in which the lab fails: listed against never",
                _fewer(results, f"defaulted:{lab}", "listed"),
                "share",
            ),
            Estimate.of("more money raised: listed against never", raised, "share"),
            listed,
            *(
                Estimate.of(f"refused money, {words}", results.share(STUDY, refused, arm), "share")
                for arm, words in ARMS.items()
            ),
        ),
        boundary=(
            "A listing adds one class of investors with its own money. It does not change what "
            "investors expect from the lab, and that decides most refusals."
        ),
        explanation=(
            "Once listed, public-market investors may join a round with the same rule as all "
            "others. With the window as stated a lab lists when it has 20 bn USD of revenue a "
            "quarter and a round of it closes; in hard times the window is shut by itself.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-listing",
                "What does a listing change?",
                f"{spared.n} worlds in each arm, same parameters and seeds; 95% intervals.",
                "Shares of runs refused, failed and frozen, for three states of the window.",
                partial(
                    intervals,
                    groups,
                    f"Listed from the start, {100 * spared.mean:.0f} of 100 fewer are refused",
                    "share of runs",
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-listing", "Outcomes by state of the listing", table),),
        drivers=drivers(gain, STUDY, refused, verdict_of),
        spread=spread(gain, STUDY, refused),
        notes=(
            "The depth of the public market is an assumption (300 bn USD of funds' cash, a "
            "twentieth of it for one quarter's rounds). A daily price, with its falls, is not in "
            "the model: a real listing can also do harm.",
        ),
    )


def _fewer(results: Results, output: str, arm: str) -> Effect:
    """Share of runs with an outcome without any listing, less that in an arm, pair by pair."""
    return with_gain(results, STUDY, output, "shut", arm, is_relative=False).mean(STUDY, output)

"""Answer to the claim that a lab without a listing cannot simply sell shares."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import DATE, middle, threshold_verdict
from runs.claims.answers.shocks import moved_words
from runs.claims.paired_arms import with_gain
from runs.claims.pictures_circle import intervals
from runs.claims.uncertainty import drivers, spread

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results
    from runs.twin_runs.twin_effects import Effect

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

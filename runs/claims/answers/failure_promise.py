"""What the lab's largest promise has to do with its failure: the same worlds with less of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Estimate
from runs.claims.answers.answer_funding import percent
from runs.claims.firm_names import firm_name
from runs.claims.results import Results

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim

PROMISE, AS_IT_IS = "promise-halved", "uncertain"
ANNOUNCED, HALF, TENTH = "announced", "half", "tenth"
ARMS = {ANNOUNCED: "with its promise as announced", HALF: "with half of it", TENTH: "with a tenth"}
"""How much of the promise there is: the arms of the study, and the same worlds as they are."""


def failures(results: Results, firms: tuple[str, ...]) -> Results:
    """Both studies as one, with a column for each firm, named by its key: 1 where it fails.

    They have the same points and seeds, so that their runs are pairs.
    """
    announced = results.frame(AS_IT_IS).assign(arm=ANNOUNCED)
    frame = pd.concat([announced, results.frame(PROMISE)], ignore_index=True)
    fails = {key: frame[f"default_quarter({key})"].notna().astype(float) for key in firms}
    return Results({PROMISE: frame.assign(**fails)}, {PROMISE: ()}, results.is_quick)


def promise_text(claim: Claim, results: Results) -> str:
    """How often the lab and its cloud fail with less of the promise."""
    lab, cloud = claim.roles["lab"], claim.roles["cloud"]
    found = failures(results, (lab, cloud))
    shares = {
        key: {arm: percent(found.share(PROMISE, key, arm)) for arm in ARMS} for key in (lab, cloud)
    }
    gap = found.difference(PROMISE, lab, HALF, ANNOUNCED)
    sure = "fewer" if gap.high < 0 else "more" if gap.low > 0 else "not surely fewer or more"
    return (
        f"With half of what it has promised {firm_name(cloud)}, for half the compute, "
        f"{firm_name(lab)} fails in {shares[lab][HALF]} of the runs, {sure} than with all of it "
        f"({shares[lab][ANNOUNCED]}); with a tenth in {shares[lab][TENTH]}. {firm_name(cloud)} "
        f"then fails in {shares[cloud][HALF]} and {shares[cloud][TENTH]}, against "
        f"{shares[cloud][ANNOUNCED]}: it builds for that promise on credit."
    )


def promise_estimates(claim: Claim, results: Results) -> tuple[Estimate, ...]:
    """The lab's failures by how much it has promised."""
    lab = claim.roles["lab"]
    found = failures(results, (lab,))
    return tuple(
        Estimate.of(f"{firm_name(lab)} fails, {words}", found.share(PROMISE, lab, arm), "share")
        for arm, words in ARMS.items()
    )

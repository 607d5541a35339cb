"""Claims C27 and C28: whom a failure spares, and the lab with less of its largest promise."""

from __future__ import annotations

from math import nan

import numpy as np
import pandas as pd
import pytest

from runs.claims.answers.failure_order import promise_estimates, promise_text
from runs.claims.answers.failure_tables import spared_text, who_else_fails
from runs.claims.claim import load_claims, words_of
from runs.claims.results import PAIR, Results
from runs.claims.studies import load_studies, study_plan, uncertain_parameters

CLAIMS = {claim.id: claim for claim in load_claims()}
CLAIM, SAY = CLAIMS["C28"], words_of(CLAIMS["C27"])


def _spared(spared: int) -> Results:
    """Forty pairs in which a lab fails without the cloud's fall, and with it in all but some."""
    number = np.arange(40)
    columns = {"point": number, "replicate": 0, "arm": "x", "struck_firm_fails": 1.0}
    fails = {
        "fails(oracle)": 1.0,
        "fails_without(oracle)": 0.0,
        "fails(openai)": (number >= spared).astype(float),
        "fails_without(openai)": 1.0,
        "fails(xai)": (number < 2).astype(float),
        "fails_without(xai)": 0.0,
    }
    return Results({"s": pd.DataFrame({**columns, **fails})}, {"s": ()})


def test_whom_a_failure_spares_is_told_where_it_is_sure():
    known = {"s": _spared(30)}
    others = who_else_fails(known, {"s": "oracle"})
    assert others["firm"].tolist() == ["OpenAI", "xAI"]  # spared most first; not the struck firm
    assert others["fails"].tolist() == [0.25, 0.05]
    assert others["fails_without"].tolist() == [1.0, 0.0]
    (text,) = spared_text(SAY, others, known)
    assert "When Oracle falls, OpenAI fails in 25% (14 to 40)" in text
    assert "without its fall in 100%" in text
    assert "xAI" not in text
    unsure = {"s": _spared(1)}
    assert spared_text(SAY, who_else_fails(unsure, {"s": "oracle"}), unsure) == ()


def _promise(fails: dict[str, int], of: int = 40) -> Results:
    """Pairs of runs with more and less of a promise; the lab fails in the first so many."""
    frames = [
        pd.DataFrame(
            {
                "point": np.arange(of),
                "replicate": 0,
                "arm": arm,
                "default_quarter(openai)": np.where(np.arange(of) < count, 20.0, nan),
                "default_quarter(oracle)": np.where(np.arange(of) < 4, 24.0, nan),
            }
        )
        for arm, count in fails.items()
    ]
    rest = {"uncertain": frames[0], "promise-halved": pd.concat(frames[1:])}
    return Results(rest, dict.fromkeys(rest, ()))


@pytest.mark.parametrize("is_quick", [False, True])
def test_less_of_a_promise_is_tried_in_the_worlds_of_the_ensemble(is_quick):
    worlds = []
    for name in ("uncertain", "promise-halved"):
        plan = study_plan(load_studies()[name], 5, is_quick=is_quick)
        table = plan.design.to_pandas()
        columns = [*PAIR, "seed", *uncertain_parameters()]
        worlds.append({arm: rows[columns].to_numpy() for arm, rows in table.groupby("arm")})
    (announced,) = worlds[0].values()
    assert len(worlds[1]) == 2
    assert all(np.array_equal(announced, rows) for rows in worlds[1].values())


def test_less_of_a_promise_is_told_with_what_is_sure():
    fewer = _promise({"announced": 20, "half": 8, "tenth": 4})
    text = promise_text(CLAIM, fewer)
    assert "OpenAI fails in 20% (10 to 35) of the runs, fewer than with all of it (50%" in text
    assert "Oracle then fails in 10%" in text
    means = [each.value for each in promise_estimates(CLAIM, fewer)]
    assert means == [0.5, 0.2, 0.1]
    same = _promise({"announced": 20, "half": 19, "tenth": 20})
    assert "not surely fewer or more than" in promise_text(CLAIM, same)

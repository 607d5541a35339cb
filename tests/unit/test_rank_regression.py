"""Rank regression finds what moves an output, and what does not."""

import numpy as np
import pandas as pd
import pytest

from runs.analysis.frame import AnalysisProblem
from runs.analysis.sensitivity import Question, rank_regression

NAMES = ("up", "down", "idle")


def runs(points: int = 300) -> pd.DataFrame:
    """An output that rises with the first, falls more with the second, and ignores the third."""
    rng = np.random.default_rng(3)
    x = rng.uniform(size=(points, 3))
    frame = pd.DataFrame(x, columns=list(NAMES))
    frame["y"] = np.exp(2 * x[:, 0] - 4 * x[:, 1]) + 0.01 * rng.normal(size=points)
    frame["run_id"], frame["point"], frame["replicate"] = range(points), range(points), 0
    frame["arm"], frame["status"], frame["same"] = "", "ok", 1.0
    return frame


def test_coefficients_have_sign_size_and_intervals() -> None:
    found = rank_regression(runs(), Question("y", NAMES, resamples=50))
    table = found.table.set_index("parameter")
    assert found.table["parameter"].tolist() == ["down", "up", "idle"]
    assert table.loc["down", "srrc"] < 0 < table.loc["up", "srrc"]
    assert table.loc["down", "srrc_high"] < 0
    assert table.loc["idle", "srrc_low"] < 0 < table.loc["idle", "srrc_high"]
    assert "300 points" in found.notes[0]


def test_a_bent_relation_counts_as_a_straight_one() -> None:
    frame = runs()
    bent = frame.assign(y=frame["y"] ** 3)
    first, second = (rank_regression(f, Question("y", NAMES, resamples=5)) for f in (frame, bent))
    ranks = [f.table.set_index("parameter")["srrc"] for f in (first, second)]
    assert ranks[0]["down"] == pytest.approx(ranks[1]["down"], abs=0.02)


def test_what_cannot_be_explained_is_refused() -> None:
    with pytest.raises(AnalysisProblem, match="nothing to explain"):
        rank_regression(runs(), Question("same", NAMES))
    with pytest.raises(AnalysisProblem, match="too few"):
        rank_regression(runs(5), Question("y", NAMES))

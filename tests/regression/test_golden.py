"""Goldens: the series of two runs, refreshed only by ``make golden``.

A change of numbers must be meant: refresh the goldens and write "numbers changed" in CHANGELOG.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from market.model import MarketModel
from market.scenario import load_scenario

FOLDER = Path(__file__).parent / "golden"
RUNS = {"minimal": 20, "reference": 24}
SEED = 42


def series_of(scenario: str) -> pd.DataFrame:
    """The indicators of a run, one row per quarter."""
    model = MarketModel(load_scenario(scenario), seed=SEED).run(RUNS[scenario])
    frame = model.datacollector.get_model_vars_dataframe()
    return frame.set_index("quarter").drop(columns="quarter_number")


@pytest.mark.parametrize("scenario", RUNS)
def test_a_run_gives_its_golden_series(scenario: str) -> None:
    """Equal to eight digits, so that another processor's rounding does not count as a change."""
    golden = pd.read_csv(FOLDER / f"{scenario}.csv", index_col="quarter")
    measured = series_of(scenario)
    pd.testing.assert_frame_equal(
        measured.astype(float), golden.astype(float), rtol=1e-8, check_names=False
    )


def refresh() -> None:
    """Write the goldens anew and say so."""
    FOLDER.mkdir(exist_ok=True)
    for scenario in RUNS:
        path = FOLDER / f"{scenario}.csv"
        series_of(scenario).to_csv(path, float_format="%.12g", lineterminator="\n")
        sys.stdout.write(f"refreshed {path.name}\n")


if __name__ == "__main__":
    refresh()

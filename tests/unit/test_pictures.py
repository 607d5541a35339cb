"""Pictures: what they show agrees with the frames, and they are the same each time."""

from pathlib import Path

import pandas as pd
import pytest
from matplotlib import rcParams
from matplotlib.figure import Figure

from market.scenario import read_scenario
from runs.single_run.pictures import (
    capex_and_cuts,
    enterprise_share,
    event_timeline,
    labs_cash_and_value,
    needed_and_raised,
    pictures_of,
    rpo_by_cloud,
    write_pictures,
)
from runs.single_run.simulate import Run, simulate


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(read_scenario("reference", ["quarters=12"]))


def events(*kinds: str) -> pd.DataFrame:
    rows = [(i, i, f"202{6 + i // 4}Q{i % 4 + 1}", kind) for i, kind in enumerate(kinds)]
    return pd.DataFrame(rows, columns=["id", "quarter_number", "quarter", "kind"])


def title(figure: Figure) -> str:
    return " ".join(figure.axes[0].get_title(loc="left").split()) or " ".join(
        figure.axes[0].get_title().split()
    )


def labels_of(figure: Figure) -> list[str]:
    return [text for axes in figure.axes for text in axes.get_legend_handles_labels()[1]]


def test_every_chart_has_a_title_and_named_axes(run: Run) -> None:
    for name, draw in pictures_of(run).items():
        figure = draw()
        assert title(figure), name
        for axes in figure.axes:
            if axes.axison and name != "events":
                assert axes.get_ylabel(), name
        if figure.axes[-1].axison:
            assert figure.axes[-1].get_xlabel(), name


def test_capex_bars_are_the_data_and_cuts_are_marked() -> None:
    clouds = pd.DataFrame(
        {
            "quarter": ["2026Q1", "2026Q1", "2026Q2", "2026Q2"],
            "name": ["A", "B", "A", "B"],
            "capex_usd": [1e9, 2e9, 4e9, 6e9],
        }
    )
    figure = capex_and_cuts(clouds, events("round", "capex cut"))
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == [1.0, 4.0, 2.0, 6.0]
    (marks,) = figure.axes[0].lines
    assert list(marks.get_xdata()) == [1]
    assert title(figure) == "CapEx peaks in 2026Q2 at 10 bn USD; cuts: 1, the first in 2026Q2"
    assert title(capex_and_cuts(clouds, events("round"))).endswith("no cloud cuts")


def test_the_title_of_needed_and_raised_counts_short_quarters() -> None:
    market = pd.DataFrame(
        {
            "quarter": ["2026Q1", "2026Q2", "2026Q3"],
            "needed_usd": [4e9, 0.0, 2e9],
            "raised_usd": [1e9, 0.0, 2e9],
            "raised_ratio": [0.25, float("nan"), 1.0],
        }
    )
    figure = needed_and_raised(market)
    assert title(figure).startswith("Labs raise 3.0 bn USD;")
    assert title(figure).endswith("in 1 of 3 quarters")


def test_only_labs_with_seats_or_value_are_drawn() -> None:
    labs = pd.DataFrame(
        {
            "quarter": ["2026Q1", "2026Q1"],
            "name": ["A", "B"],
            "seat_share": [1.0, 0.0],
            "cash_usd": [0.0, 1e9],
            "valuation_usd": [5e9, 0.0],
        }
    )
    assert labels_of(enterprise_share(labs)) == ["A"]
    assert labels_of(labs_cash_and_value(labs)) == ["A", "B", "A", "B"]
    assert labels_of(labs_cash_and_value(labs.assign(cash_usd=0.0))) == ["A", "A"]


def test_more_clouds_than_colours_are_told_apart() -> None:
    names = [f"cloud {i}" for i in range(10)]
    clouds = pd.DataFrame({"quarter": "2026Q1", "name": names, "rpo_usd": 1e9})
    lines = rpo_by_cloud(clouds).axes[0].lines
    styles = [(line.get_color(), line.get_linestyle()) for line in lines]
    assert len(dict.fromkeys(styles)) == 10


def test_the_timeline_starts_with_the_first_bad_news() -> None:
    labels = ["2026Q1", "2026Q2", "2026Q3"]
    assert title(event_timeline(events("round", "failed round", "capex cut"), labels)) == (
        "First bad news: failed round, 2026Q2"
    )
    assert title(event_timeline(events("round"), labels)) == "Nothing breaks"
    assert title(event_timeline(events(), labels)) == "Nothing breaks"


def test_pictures_are_the_same_bytes_whatever_the_user_has_set(run: Run, tmp_path: Path) -> None:
    write_pictures(run, tmp_path / "a")
    before = rcParams["font.size"]
    try:
        rcParams["font.size"] = 20.0
        write_pictures(run, tmp_path / "b")
        assert rcParams["font.size"] == 20.0
    finally:
        rcParams["font.size"] = before
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(f"{name}.png" for name in pictures_of(run))
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()

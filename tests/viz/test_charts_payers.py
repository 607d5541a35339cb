"""Who pays for a failure, on the page of the firm that failed: drawn as the books have it."""

from functools import cache

import pytest

from market.books.losses import CHANNELS
from runs.single_run.losses import COLUMNS
from viz.charts.payers import borne, payers_height, payers_option, points_text, shares_words
from viz.charts.theme import DARK, LIGHT
from viz.pages.firms import failure_of, payers_words
from viz.recording.recording import Recording
from viz.widgets.chart_card import option_text
from viz.world.worlds import World


@cache
def recording() -> Recording:
    return Recording(World()).run_to_end()


def failures() -> list[tuple[str, int]]:
    last = recording().quarters_recorded - 1
    found = ((firm.key, failure_of(recording(), last, firm.key)) for firm in recording().firms)
    return [(key, event) for key, event in found if event is not None]


def test_a_failure_is_found_from_its_quarter_on() -> None:
    key, number = failures()[0]
    quarter = recording().events[number].quarter
    assert failure_of(recording(), quarter - 1, key) is None
    assert failure_of(recording(), quarter, key) == number
    with pytest.raises(IndexError, match="comes after"):
        recording().losses(number, quarter - 1)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_bars_are_what_each_sector_bears(theme: object) -> None:
    last = recording().quarters_recorded - 1
    for _, number in failures():
        table = recording().losses(number, last)
        assert list(table.columns) == ["sector", *(name for name, *_ in COLUMNS)]
        assert table["lost_usd"].sum() == pytest.approx(table["forgiven_usd"].sum())
        option = payers_option(table, theme)  # type: ignore[arg-type]
        option_text(option)
        drawn = sum(float(bar["value"]) for each in option["series"] for bar in each["data"])
        assert drawn == pytest.approx(borne(table)["borne_usd"].sum() / 1e9, rel=1e-4)
        assert {each["id"] for each in option["series"]} <= set(CHANNELS)
        assert len(option["yAxis"]["data"]) == len(borne(table))
        assert payers_height(table).endswith("px")


def test_words_tell_shares_apart_and_say_when_nothing_is_lost() -> None:
    _, number = failures()[0]
    table = recording().losses(number, recording().quarters_recorded - 1)
    assert "never added" in shares_words(table)
    assert "of debts are lost" in payers_words(table)
    empty = table.assign(lost_usd=0.0, shares_lost_usd=0.0)
    assert shares_words(empty) == ""
    assert payers_words(empty).startswith("No debts are lost.")
    assert points_text(float("nan")) == ""
    assert points_text(2.345) == "2.3 bp"

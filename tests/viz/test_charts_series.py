"""Charts of the live page: from a recording to ECharts options, without a browser."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from viz.charts.series import (
    LOOKS,
    PANELS,
    asked_and_shown,
    clicked_event,
    grouped,
    lab_shares,
    panel_frame,
    panel_option,
    scaled,
    shares_frame,
    shares_option,
    tidy,
    timeline_frame,
    timeline_option,
    words,
)
from viz.charts.theme import DARK, LIGHT
from viz.recording.recording import Recording
from viz.widgets.chart_card import option_text
from viz.words import WORDS, slug
from viz.world.worlds import ShockStep, World

QUARTERS = 24
BY_KEY = {panel.key: panel for panel in PANELS}


@pytest.fixture(scope="module")
def plain() -> Recording:
    world = World(changes=(("quarters", QUARTERS),))
    return Recording(world).run_to_end()


@pytest.fixture(scope="module")
def shocked(plain: Recording) -> Recording:
    world = replace(plain.world, shocks=(ShockStep(6, "refuse funding"),))
    return Recording(world).run_to_end()


def by_id(option: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {series["id"]: series for series in option["series"]}


def test_every_panel_has_words_and_every_line_a_name() -> None:
    for key in (*BY_KEY, "shares"):
        question, shown = asked_and_shown(key)
        assert question.endswith("?")
        assert shown
    assert all(f"live-line-{name}" in WORDS for panel in PANELS for name in panel.lines)


def test_every_marked_kind_has_a_look_and_a_name() -> None:
    assert all(f"frame-event-{slug(kind)}" in WORDS for kind in LOOKS)
    assert all(kind in LOOKS for panel in PANELS for kind in panel.events)


def test_looks_differ_by_more_than_colour() -> None:
    for theme in (LIGHT, DARK):
        by_severity: dict[str, list[str]] = {}
        for severity, shape in LOOKS.values():
            by_severity.setdefault(severity, []).append(shape)
        assert theme.bad != theme.warning != theme.good
        assert all(len(shapes) == len(set(shapes)) for shapes in by_severity.values())


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_a_panel_shows_the_recorded_values(plain: Recording, panel: Any) -> None:
    option = panel_option(plain, panel, LIGHT, QUARTERS - 1)
    for name in panel.lines:
        drawn = by_id(option)[WORDS(f"live-line-{name}")]["data"]
        wanted = [None if v is None else v / panel.divisor for v in plain.series(name)]
        assert len(drawn) == QUARTERS
        assert drawn == [None if v is None else pytest.approx(v, rel=1e-4) for v in wanted]
    assert option["xAxis"]["data"] == plain.labels
    assert option["yAxis"]["name"] == panel.unit
    json.loads(option_text(option))


def test_after_the_cursor_lines_are_pale(plain: Recording) -> None:
    option = panel_option(plain, BY_KEY["cash"], LIGHT, 10)
    lines = by_id(option)
    assert len(lines["Labs' cash"]["data"]) == 11
    later = lines["Labs' cash later"]
    assert later["data"][:10] == [None] * 10
    assert later["data"][10] == lines["Labs' cash"]["data"][10]
    assert later["lineStyle"]["opacity"] < 0.5
    assert lines["Labs' cash"]["markLine"]["data"] == [{"xAxis": plain.labels[10]}]


def test_the_difference_lies_between_world_and_twin(plain: Recording, shocked: Recording) -> None:
    lines = by_id(panel_option(shocked, BY_KEY["cash"], LIGHT, QUARTERS - 1, plain))
    pairs = zip(lines["Labs' cash"]["data"], lines[WORDS("live-ghost")]["data"], strict=True)
    band = zip(lines["low"]["data"], lines["gap"]["data"], strict=True)
    gaps = []
    for (world, twin), (low, gap) in zip(pairs, band, strict=True):
        assert low == min(world, twin)
        assert low + gap == pytest.approx(max(world, twin), rel=1e-4)
        gaps.append(gap)
    assert max(gaps[:6]) == 0 < max(gaps)


def test_marks_are_the_events_of_the_panel(plain: Recording) -> None:
    option = panel_option(plain, BY_KEY["funding"], LIGHT, QUARTERS - 1)
    main = by_id(option)[WORDS("live-line-raised_usd")]
    ids = [event for mark in main["markPoint"]["data"] for event in mark["ids"]]
    wanted = [e.id for e in plain.events if e.kind in ("failed round", "funding freeze")]
    assert sorted(ids) == wanted != []
    before = by_id(panel_option(plain, BY_KEY["funding"], LIGHT, 0))[WORDS("live-line-raised_usd")]
    assert before["markPoint"]["data"] == []


def test_timeline_marks_every_event_of_its_kinds(plain: Recording) -> None:
    option = timeline_option(plain, DARK, QUARTERS - 1)
    ids = [event for mark in option["series"][0]["data"] for event in mark["ids"]]
    assert sorted(ids) == [event.id for event in plain.events if event.kind in LOOKS]
    assert len(timeline_frame(plain)) == len(plain.events)


def test_shares_are_parts_of_a_whole(plain: Recording) -> None:
    labs = [values for _, values in lab_shares(plain)]
    sums = [sum(v or 0.0 for v in quarter) for quarter in zip(*labs, strict=True)]
    assert sums[0] == pytest.approx(100, abs=0.1)
    assert all(50 < total < 100.1 for total in sums)  # less in the quarter in which a lab fails
    lines = by_id(shares_option(plain, LIGHT, QUARTERS - 1, plain))
    name = lab_shares(plain)[0][0]
    assert lines[f"{name} ghost"]["data"] == lines[name]["data"]
    assert list(shares_frame(plain)["quarter"]) == plain.labels


def test_frames_hold_own_units_and_the_twin(plain: Recording, shocked: Recording) -> None:
    frame = panel_frame(shocked, BY_KEY["cash"], plain)
    assert list(frame) == ["quarter", "labs_cash_usd", "labs_cash_usd_without_shock"]
    assert frame["labs_cash_usd"].tolist() == shocked.series("labs_cash_usd")
    assert frame["labs_cash_usd_without_shock"].tolist() == plain.series("labs_cash_usd")


def test_a_click_names_the_latest_event() -> None:
    assert clicked_event({"data": {"ids": [3, 7]}}) == 7
    assert clicked_event({"data": {"name": "a point"}}) is None
    assert clicked_event({"data": 12.5}) is None
    assert clicked_event({}) is None


def test_words_of_many_events_are_few(plain: Recording) -> None:
    cuts = [event for event in plain.events if event.kind == "capex cut"]
    text = words("2027Q1", "capex cut", cuts * 3)
    assert text.startswith("2027Q1: CapEx cut\n")
    assert text.endswith(f"and {3 * len(cuts) - 3} more")


def test_groups_stop_at_the_cursor(plain: Recording) -> None:
    kinds = list(LOOKS)
    groups = grouped(plain.events, kinds, 8)
    assert groups
    assert max(quarter for quarter, _, _ in groups) <= 8


def numbers() -> Iterator[tuple[float | None, float | None]]:
    yield from [(None, None), (float("nan"), None), (123456.7, 123460.0), (-0.0123456, -0.012346)]


def test_values_are_short() -> None:
    assert all(tidy(value) == wanted for value, wanted in numbers())
    assert scaled([None, 2e9], 1e9) == [None, 2.0]

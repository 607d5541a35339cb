"""Levers: what they are, how far they go, and that moving one is a change like any other."""

from dataclasses import replace
from typing import Any

import pytest

from runs.claims.studies import uncertain_parameters
from viz.pages.levers import move, panel_of
from viz.session.session import Session
from viz.session.state import AppState
from viz.session.work import Work
from viz.world.levers import Lever, levers, tidy
from viz.world.worlds import ShockStep, World

REFERENCE = World()


def by_path(world: World = REFERENCE) -> dict[str, Lever]:
    return {each.path: each for each in levers(world)}


def test_ten_levers_have_words_units_and_public_ranges() -> None:
    found = by_path()
    assert len(found) == 10
    ranges = uncertain_parameters()
    for path, lever in found.items():
        assert lever.low == tidy(ranges[path]["low"] / lever.factor)
        assert lever.high == tidy(ranges[path]["high"] / lever.factor)
        assert lever.low <= lever.default <= lever.high
        assert "_" not in lever.name and lever.why and lever.source
        assert lever.value == lever.default
    strengths = [lever.strength for lever in found.values()]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 < each < 1 for each in strengths)


def test_every_end_of_a_lever_is_a_valid_world() -> None:
    for path, lever in by_path().items():
        for shown in (lever.low, lever.high):
            changed = REFERENCE.with_change(path, lever.model_value(shown))
            assert changed.parameters
            assert by_path(changed)[path].value == pytest.approx(shown)


def test_a_lever_goes_no_further_than_its_range() -> None:
    lever = next(iter(by_path().values()))
    assert lever.model_value(1e9) == tidy(lever.high * lever.factor)
    assert lever.model_value(-1e9) == tidy(lever.low * lever.factor)


def test_a_world_without_its_parameter_has_no_lever() -> None:
    known = set(by_path())
    assert set(by_path(World("minimal"))) <= known


@pytest.fixture
def state() -> Any:
    world = World("minimal", (("quarters", 4),))
    state = AppState(Session(world), tab="levers")
    yield state
    state.close()


def test_moving_a_lever_changes_the_world_and_keeps_the_rest(state: AppState) -> None:
    work = Work()
    lever = levers(state.session.world)[0]
    move(state, work, {"path": lever.path, "value": lever.high})
    world = state.session.world
    assert dict(world.changes) == {"quarters": 4, lever.path: lever.model_value(lever.high)}
    assert state.tab.peek() == "levers"
    move(state, work, {"path": lever.path, "value": lever.default})
    assert state.session.world.changes == (("quarters", 4),)
    move(state, work, {"path": "nobody.knows", "value": 1.0})
    move(state, work, {"path": lever.path, "value": "much"})
    assert state.session.world.changes == (("quarters", 4),)


def test_all_levers_go_back_at_once(state: AppState) -> None:
    work = Work()
    for lever in levers(state.session.world)[:3]:
        move(state, work, {"path": lever.path, "value": lever.low})
    assert len(state.session.world.changes) == 4
    move(state, work, {"path": "", "value": None})
    assert state.session.world.changes == (("quarters", 4),)


def test_a_shock_stays_when_a_lever_moves(state: AppState) -> None:
    lever = levers(state.session.world)[0]
    struck = replace(state.session.world, shocks=(ShockStep(1, "rate rise", None, 0.02),))
    state.session.set_world(struck)
    move(state, Work(), {"path": lever.path, "value": lever.high})
    assert state.session.world.shocks == struck.shocks


def test_the_world_before_a_change_is_the_ghost() -> None:
    plain = World("minimal")
    session = Session(plain.with_change("quarters", 4))
    assert session.ghost is not None
    assert session.ghost.world == plain
    assert Session(plain).ghost is None
    session.close()


def test_charts_beside_the_levers_can_be_chosen() -> None:
    work = Work()
    assert panel_of(work, 0, "capex").key == "capex"
    work.choices["lever_panel_0"] = "cash"
    assert panel_of(work, 0, "capex").key == "cash"
    work.choices["lever_panel_0"] = "nothing"
    assert panel_of(work, 0, "capex").key == "capex"

"""A session: play, step, back, branch, ghost, errors, threads."""

from __future__ import annotations

import threading
from math import isnan
from time import monotonic, sleep

import pytest

from market.model import MarketModel
from runs.single_run.simulate import simulate
from viz.recording.finished import FinishedWorlds
from viz.recording.recording import Recording
from viz.session.session import Session
from viz.world.worlds import ShockStep, World, WorldProblem

SMALL = World("minimal")


@pytest.fixture
def session():
    made = Session(SMALL, finished=FinishedWorlds())
    yield made
    made.close()


def until(condition, seconds=10.0):
    """Wait for what the session's thread does."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "the session did not get there"
        sleep(0.005)


def is_idle(session):
    return not session.is_busy and not session.is_playing


def phase_called(name):
    """The function of a phase."""
    return next(phase.run for phase in MarketModel.phases if phase.name == name)


def replace_phase(monkeypatch, name, function):
    """Let every model run another function in a phase, for the time of a test."""
    monkeypatch.setattr(MarketModel, "phases", MarketModel.phases.replace(name, function))


def test_the_first_screen_shows_a_finished_run(session):
    assert session.recording.is_finished
    assert session.cursor == session.recording.quarters - 1
    assert not session.is_playing
    assert session.ghost is None


def test_a_recording_is_the_run_of_the_command_line():
    from market.scenario import read_scenario

    run = simulate(read_scenario("minimal"), seed=42)
    recording = Recording(SMALL).run_to_end()
    for name in ("capex_usd", "labs_cash_usd", "spot_price_usd_hour", "circularity_year"):
        expected = [None if isnan(value) else value for value in run.market[name].tolist()]
        assert recording.series(name) == pytest.approx(expected, nan_ok=True), name
    assert [event.text for event in recording.events] == run.events["text"].tolist()


def test_playing_goes_from_the_start_to_the_end_and_stops(session):
    heard = []
    session.on_change = lambda: heard.append(session.cursor)
    session.speed = 1000.0
    session.play()
    until(lambda: not session.is_playing)
    assert heard[-1] == session.cursor == session.recording.quarters - 1
    assert heard == sorted(heard)
    assert len(heard) == session.recording.quarters - 1


def test_the_player_waits_until_the_browser_has_drawn(session):
    session.speed = 1000.0
    session.confirm()  # this browser confirms frames
    session.play()
    sleep(0.15)
    assert session.cursor <= 1  # the first frame is not confirmed yet
    session.confirm()
    until(lambda: session.cursor >= 2)


def test_pause_stays(session):
    session.speed = 50.0
    session.play()
    until(lambda: session.cursor >= 2)
    session.pause()
    here = session.cursor
    sleep(0.1)
    assert session.cursor == here


def test_step_and_back_and_seek(session):
    session.seek(3)
    session.step()
    assert session.cursor == 4
    session.back()
    session.back()
    assert session.cursor == 2
    session.seek(10_000)
    assert session.cursor == session.recording.quarters - 1
    session.seek(-5)
    session.back()
    assert session.cursor == 0


def test_another_world_is_stepped_quarter_by_quarter(session):
    other = World("minimal", seed=7)
    session.set_world(other)
    until(lambda: session.recording.world == other)
    assert session.recording.quarters_recorded == 1
    session.step()
    until(lambda: session.recording.quarters_recorded == 2)
    assert session.cursor == 1
    session.run_to_end()
    until(lambda: session.recording.is_finished and is_idle(session))
    assert session.cursor == session.recording.quarters - 1


def test_an_impossible_world_changes_nothing(session):
    before = session.recording
    with pytest.raises(WorldProblem, match="did you mean 'minimal'"):
        session.set_world(World("minmal"))
    with pytest.raises(WorldProblem, match="not possible here"):
        session.shock("price cut", "nobody", 3.0)
    assert session.recording is before


def test_a_shock_leaves_the_past_and_a_ghost_of_what_would_have_been(session):
    calm = session.recording
    session.seek(6)
    session.shock("refuse funding", "lab")
    until(lambda: session.ghost is not None and session.recording.is_finished and is_idle(session))
    assert session.recording.world.shocks == (ShockStep(6, "refuse funding", "lab"),)
    struck, ghost = session.recording, session.ghost
    for name in ("labs_cash_usd", "capex_usd"):
        assert struck.series(name)[:6] == calm.series(name)[:6]
        assert ghost.series(name) == calm.series(name)
    assert struck.series("raised_usd")[6:] != ghost.series("raised_usd")[6:]
    assert session.cursor == struck.quarters - 1


def test_a_shock_to_a_playing_world_plays_on_from_there(session):
    session.seek(4)
    session.speed = 0.5
    session.play()
    until(lambda: session.cursor >= 4)
    session.shock("price cut", "lab", 3.0)
    until(lambda: session.ghost is not None)
    assert session.is_playing
    assert session.cursor <= 5
    assert session.recording.quarters_recorded <= 6


def test_an_error_in_a_rule_is_kept_and_the_session_goes_on(session, monkeypatch):
    good = phase_called("plan_commitments")

    def plan_commitments(model):
        if model.quarter == 7 and model.parameters.name == "minimal":
            raise ZeroDivisionError("a rule divides by zero")
        good(model)

    replace_phase(monkeypatch, "plan_commitments", plan_commitments)
    session.set_world(World("minimal", seed=3))
    session.run_to_end()
    until(lambda: session.recording.problem is not None and is_idle(session))
    problem = session.recording.problem
    assert problem.quarter == 7
    assert problem.phase == "plan commitments"
    assert problem.message.startswith("a number is divided by zero (a rule divides by zero)")
    assert session.recording.quarters_recorded == 7
    session.seek(6)
    session.step()
    assert session.cursor == 6  # there is nothing after the last good quarter
    monkeypatch.undo()
    session.reset()
    until(lambda: session.recording.problem is None)
    session.run_to_end()
    until(lambda: session.recording.is_finished)


def test_a_world_whose_first_quarter_fails_leaves_the_world_before(session, monkeypatch):
    before = session.recording
    replace_phase(monkeypatch, "form_expectations", lambda _model: 1 / 0)
    session.set_world(World("minimal", seed=11))
    until(lambda: session.problem is not None and is_idle(session))
    assert session.problem.quarter <= 0
    assert session.recording is before
    monkeypatch.undo()
    session.set_world(World("minimal", seed=11))
    until(lambda: session.recording.world.seed == 11)
    assert session.problem is None


def test_a_world_with_a_shock_opens_with_its_ghost():
    struck = SMALL.with_shock(ShockStep(6, "refuse funding", "lab"))
    session = Session(struck, finished=FinishedWorlds())
    assert session.ghost is not None
    assert session.ghost.world == SMALL
    assert session.ghost.is_finished
    session.close()


def test_a_ghost_that_stopped_does_not_stop_the_world(session, monkeypatch):
    good = phase_called("plan_commitments")

    def plan_commitments(model):
        if model.quarter == 7 and not model.parameters.shocks:
            raise ZeroDivisionError("only without the shock")
        good(model)

    replace_phase(monkeypatch, "plan_commitments", plan_commitments)
    session.finished = FinishedWorlds()
    session.set_world(SMALL.with_shock(ShockStep(3, "refuse funding", "lab")))
    session.run_to_end()
    until(lambda: session.ghost is not None and session.recording.is_finished)
    assert session.ghost.problem is not None
    assert session.ghost.quarters_recorded == 7


def test_a_page_that_is_gone_stands_still(session, caplog):
    def gone():
        raise RuntimeError("no page any more")

    session.on_change = gone
    session.speed = 1000.0
    session.play()
    until(lambda: not session.is_playing)
    assert session.cursor < session.recording.quarters - 1
    assert "could not be told" in caplog.text


def test_a_slow_model_blocks_no_reader(session, monkeypatch):
    good = phase_called("form_expectations")

    def form_expectations(model):
        sleep(0.5)
        good(model)

    replace_phase(monkeypatch, "form_expectations", form_expectations)
    session.set_world(World("minimal", seed=5))
    until(lambda: session.recording.world.seed == 5)
    session.run_to_end()
    slowest = 0.0
    for _ in range(20):
        began = monotonic()
        session.recording.series("capex_usd")
        session.recording.matrix("balance-sheet", 0)
        session.seek(0)
        slowest = max(slowest, monotonic() - began)
        sleep(0.02)
    assert slowest < 0.2


def test_sessions_do_not_see_each_other():
    kept = FinishedWorlds()
    one, two = Session(SMALL, finished=kept), Session(SMALL, finished=kept)
    assert one.recording is two.recording  # finished worlds are shared, read only
    one.set_world(World("minimal", seed=9))
    one.run_to_end()
    until(lambda: one.recording.is_finished and is_idle(one) and one.recording.world.seed == 9)
    assert two.recording.world == SMALL
    assert two.cursor == two.recording.quarters - 1
    one.close()
    two.close()


def test_a_closed_session_has_no_thread():
    session = Session(SMALL, finished=FinishedWorlds())
    session.play()
    session.close()
    until(lambda: not any(t.name == "kaartenhuis-session" for t in threading.enumerate()))
    session.play()
    assert not any(t.name == "kaartenhuis-session" for t in threading.enumerate())


def test_only_finished_worlds_are_kept_and_only_so_many():
    kept = FinishedWorlds(2)
    kept.put(Recording(SMALL))
    assert kept.get(SMALL) is None
    for seed in range(3):
        kept.finish(World("minimal", seed=seed))
    assert [kept.get(World("minimal", seed=seed)) is not None for seed in range(3)] == [
        False,
        True,
        True,
    ]

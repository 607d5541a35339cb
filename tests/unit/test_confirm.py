"""Twins without a cause: what they confirm, what they refute, and what cannot be tried."""

from __future__ import annotations

import json

import pytest

from market.events import Event, EventLog
from market.model import MarketModel
from market.scenario import load_scenario
from runs import confirm
from runs.twin_runs.confirmation import CauseTest, Confirmation, compare, confirmation_lines
from runs.twin_runs.interventions import Fail, NewSeed


@pytest.fixture(scope="module")
def refused() -> MarketModel:
    """Nobody funds the lab, and in the same quarter investors do just what they would do.

    The lab lives on little cash among rich investors, so that it is the refusal that it feels.
    """
    rich = [f"investors.{key}.cash_usd=400e9" for key in ("one", "two", "three", "four")]
    poor = ["labs.lab.cash_usd=2e9", "labs.lab.staff_cost_usd=1e9", "quarters=12"]
    world = load_scenario("minimal", [*rich, *poor]).changed(
        shocks={
            "refused": {"kind": "refuse funding", "quarter": 0, "target": "lab"},
            "nothing": {"kind": "dry powder", "quarter": 0, "size": 1.0},
        }
    )
    return MarketModel(world, seed=2).run()


# --- what becomes of an event in a twin


def log_of(*events: tuple[int, float]) -> EventLog:
    """Failed rounds of one lab: (quarter, size)."""
    log = EventLog()
    for quarter, size in events:
        log.record(quarter, "failed round", "A", size, "USD", "")
    return log


@pytest.mark.parametrize(
    ("twin", "outcome", "quarter"),
    [
        ([(5, 10.0), (7, 10.2)], "same", 7),
        ([(5, 10.0), (7, 4.0)], "smaller", 7),
        ([(5, 10.0), (7, 16.0)], "larger", 7),
        ([(5, 10.0), (9, 10.0), (10, 10.0)], "later", 9),
        ([(5, 10.0), (6, 10.0)], "earlier", 6),
        ([(5, 10.0), (6, 10.0), (9, 10.0)], "earlier", 6),
        ([(5, 10.0)], "absent", None),
        ([(5, 10.0), (8, 10.0)], "absent", None),
        ([(5, 10.0), (11, 10.0)], "absent", None),
        ([(3, 10.0), (5, 10.0)], "absent", None),
        ([], "absent", None),
    ],
)
def test_an_event_is_the_same_one_in_its_quarter_or_where_the_run_has_none(
    twin: list[tuple[int, float]], outcome: str, quarter: int | None
) -> None:
    """The run has failed rounds in quarters 5, 7 and 8; asked is the one in 7; they part in 4."""
    run = log_of((5, 10.0), (7, 10.0), (8, 10.0))
    found = compare(run, log_of(*twin), run[1], first=4, window=3)
    assert found[0] == outcome
    assert (found[1].quarter if found[1] else None) == quarter


def test_of_several_alike_in_a_quarter_the_nearest_in_size_counts() -> None:
    run = log_of((5, 10.0), (5, 40.0))
    assert compare(run, log_of((5, 41.0), (5, 3.0)), run[0], 4, 3)[0] == "smaller"
    assert compare(run, log_of((5, 41.0), (5, 3.0)), run[1], 4, 3)[0] == "same"


# --- a cause, and what merely came before


def test_a_twin_confirms_the_refusal_and_refutes_what_merely_came_before(
    refused: MarketModel,
) -> None:
    """The round fails since nobody may fund it; that investors may do as before does nothing.

    Both shocks came before and could reach the round: the chain cannot tell them apart.
    """
    failed = refused.events.select("failed round")[0]
    true, merely = (refused.events[number] for number in failed.causes)
    assert (true.shock, merely.shock) == ("refuse funding", "dry powder")
    found = confirm(refused, failed)
    assert [test.causes for test in found.tests] == [(true,), (merely,)]
    assert found.tests[0].is_confirmed
    assert found.tests[1].outcome == "same"
    assert found.tests[1].is_confirmed is False
    assert found.tests[1].found is not None
    assert found.tests[1].found.size == failed.size
    assert found.together is not None
    assert found.together.is_confirmed


def test_the_default_that_follows_rests_on_the_refusal_too(refused: MarketModel) -> None:
    (default,) = refused.events.select("default")
    found = confirm(refused, default.id)
    by_shock = {test.causes[0].shock: test for test in found.tests}
    assert by_shock["refuse funding"].is_confirmed


def test_an_event_after_the_contracts_end_needs_the_default(refused: MarketModel) -> None:
    """Contracts are rejected in default; kept alive by others' money, the lab keeps them."""
    cancelled = next(
        event
        for event in refused.events.select("contract cancelled")
        if refused.events[event.causes[0]].kind == "default"
    )
    (test,) = confirm(refused, cancelled).tests
    assert test.is_confirmed
    assert "pays what The lab lacks" in test.instead[0]


def test_asking_leaves_the_run_as_it_was(refused: MarketModel) -> None:
    before = list(refused.events), refused.quarter, refused.ledger.net_worth(0)
    confirm(refused, refused.events.select("failed round")[0])
    assert (list(refused.events), refused.quarter, refused.ledger.net_worth(0)) == before


def test_an_event_without_causes_has_nothing_to_confirm(refused: MarketModel) -> None:
    found = confirm(refused, 0)
    assert (found.tests, found.together) == ((), None)
    assert "nothing to confirm" in str(found)


# --- what cannot be asked


def test_a_window_under_nothing_and_an_unknown_event_are_refused(refused: MarketModel) -> None:
    with pytest.raises(ValueError, match="window must be 0"):
        confirm(refused, 0, window=-1)
    with pytest.raises(IndexError):
        confirm(refused, len(refused.events))


def test_a_run_with_other_chances_half_way_cannot_be_done_again() -> None:
    model = MarketModel(load_scenario("reference"), seed=3).run(4)
    NewSeed(99)(model)
    model.run(2)
    cause = model.events.record(model.quarter - 1, "failed round", "OpenAI", 1.0, "USD", "")
    event = model.events.record(model.quarter - 1, "default", "OpenAI", 1.0, "USD", "", (cause,))
    with pytest.raises(ValueError, match="cannot be done again"):
        confirm(model, event)


def test_a_failure_made_by_hand_is_not_tried() -> None:
    model = MarketModel(load_scenario("minimal"), seed=1).run(3)
    Fail("lab")(model)
    model.run(2)
    (default,) = model.events.select("default")
    (test,) = confirm(model, default).tests
    assert test.outcome == "not tried"
    assert test.is_confirmed is None
    assert "by hand" in test.instead[0]


# --- words


def event(number: int, kind: str, quarter: int, causes: tuple[int, ...] = ()) -> Event:
    """An event of a lab."""
    return Event(number, quarter, kind, "A", 2e9, "USD", "", causes)


def test_each_outcome_has_its_words() -> None:
    cause, asked = event(0, "failed round", 2), event(1, "default", 3, (0,))
    found = Event(5, 5, "default", "A", 1e9, "USD", "")
    words = {}
    for outcome in ("absent", "later", "smaller", "same", "larger", "earlier", "not tried"):
        came = None if outcome in {"absent", "not tried"} else found
        test = CauseTest((cause,), outcome, ("a clause",), came, 2 if came else 0)
        words[outcome] = confirmation_lines(Confirmation(asked, 4, (test,)))[1].strip()
    start = "Without [0] 2026Q1: failed round, A"
    assert words["absent"] == f"{start} (a clause): confirmed: the event does not come."
    assert words["later"] == (
        f"{start} (a clause): confirmed in part: the event comes 2 quarters later, in 2026Q4, "
        "1.0 bn USD instead of 2.0 bn USD."
    )
    assert words["same"].endswith("(a clause): not confirmed: the event comes all the same.")
    assert words["not tried"] == f"{start}: not tried: a clause."
    assert words["smaller"].split(": ")[2] == "confirmed in part"
    for outcome in ("same", "larger", "earlier"):
        assert ": not confirmed: " in words[outcome]


def test_a_confirmation_is_plain_values_too(refused: MarketModel) -> None:
    found = confirm(refused, refused.events.select("failed round")[0], window=2)
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["window_quarters"] == 2
    assert [test["is_confirmed"] for test in plain["tests"]] == [True, False]
    assert plain["tests"][1]["quarters_later"] == 0
    assert plain["together"]["causes"] == [test["causes"][0] for test in plain["tests"]]

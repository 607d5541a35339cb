"""Worlds, links, why-chains, shocks on offer, parameters as controls, stories."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.parameters.deals import made_by
from market.scenario import read_scenario, scenario_names, scenario_table
from viz.recording.finished import FinishedWorlds
from viz.recording.recording import error_words
from viz.recording.story_parts import story_of
from viz.session.link import LONGEST, decode, encode
from viz.widgets.controls import groups, parameter_tree
from viz.widgets.shock_menu import offer_of, offers
from viz.widgets.why import MOST_REASONS, why
from viz.world.worlds import (
    MAX_CUSTOMERS,
    MAX_QUARTERS,
    ShockStep,
    World,
    WorldProblem,
    differences,
    scenarios,
)

KEPT = FinishedWorlds()


# --- worlds


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (World("refrence"), "did you mean 'reference'"),
        (World(seed=-1), "seed -1"),
        (World(changes=(("funding.exit", 1.0),)), "funding.exit: unknown key"),
        (World(changes=(("enterprise.customers", 2_000_000),)), "more than the 1,000,000"),
        (World(changes=(("quarters", 200),)), "more than the 120"),
        (World(shocks=(ShockStep(99, "rate rise"),)), "outside the run"),
        (World(shocks=(ShockStep(1, "rate rice"),)), "not possible here: kind"),
        (World(shocks=tuple(ShockStep(1, "rate rise") for _ in range(21))), "20 shocks"),
    ],
)
def test_an_impossible_world_says_why_in_one_sentence(world, message):
    with pytest.raises(WorldProblem) as caught:
        _ = world.parameters
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_changes_and_shocks_make_new_worlds():
    world = World().with_change("funding.recovery", 0.1).with_change("funding.recovery", 0.3)
    assert world.changes == (("funding.recovery", 0.3),)
    assert world.parameters.funding.recovery == 0.3
    assert world.without_change("funding.recovery") == World()
    late, early = ShockStep(9, "rate rise", None, 0.01), ShockStep(4, "power delay", None, 0.5)
    struck = world.with_shock(late).with_shock(early)
    assert struck.shocks == (early, late)
    harder = ShockStep(9, "rate rise", None, 0.03)
    assert struck.with_shock(harder).shocks == (early, harder)  # the same shock, another size
    assert struck.without_shock(0).shocks == (late,)
    assert struck.without_shocks() == world
    assert differences(struck) == ["1 change", "2 shocks"]
    assert differences(World()) == []
    assert World().with_change("quarters", 20).is_changed


def test_the_reference_comes_first():
    assert scenarios()[0][0] == "reference"
    assert sorted(name for name, _ in scenarios()) == sorted(scenario_names())


# --- links

STEPS = st.builds(
    ShockStep,
    st.integers(0, 15),
    st.sampled_from(["rate rise", "power delay", "dry powder"]),
    st.none(),
    st.floats(0, 1).map(lambda size: round(size, 6)),
    st.none() | st.integers(1, 9),
)
WORLDS = st.builds(
    World,
    st.sampled_from(["reference", "minimal", "deepseek"]),
    st.lists(
        st.sampled_from(
            [("funding.recovery", 0.15), ("cloud_rules.has_rpo_planning", False), ("quarters", 30)]
        ),
        unique_by=lambda pair: pair[0],
        max_size=3,
    ).map(tuple),
    st.integers(0, 2**32 - 1),
    st.lists(STEPS, max_size=3, unique_by=lambda step: (step.quarter, step.kind)).map(
        lambda steps: tuple(sorted(steps, key=lambda step: step.quarter))
    ),
)


@settings(max_examples=30, deadline=None)
@given(WORLDS, st.none() | st.integers(0, 15), st.sampled_from(["", "live", "network"]))
def test_a_link_restores_what_was_shown(world, quarter, tab):
    link, problems = decode(encode(world, quarter, tab, {"firm": "lab"}))
    assert problems == []
    assert (link.world, link.quarter, link.tab) == (world, quarter, tab)
    assert link.extra == (("firm", "lab"),)


def test_the_default_world_has_a_short_link():
    assert encode(World()) == ""
    assert decode("")[0].world == World()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("scenario=minmal", "did you mean 'minimal'"),
        ("seed=abc", "'abc' is no whole number"),
        ("seed=99999999999", "no whole number"),
        ("set=nonsense", "not of the form path=value"),
        ("set=funding.recovery=9", "left out"),
        ("set=funding.recovry=0.1", "unknown key"),
        ("shock=2:price cut:nobody:3", "left out"),
        ("shock=x:price cut", "not of the form"),
        ("shock=1:2:3:4:5:6:7", "not of the form"),
        ("quarter=2099Q1", "2025Q3 to 2035Q2"),
        ("x=" + "y" * LONGEST, "longer than"),
    ],
)
def test_a_bad_part_is_named_and_its_default_is_shown(query, message):
    link, problems = decode(query)
    assert link.world == World()
    assert len(problems) == 1
    assert message in problems[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_address_breaks_the_page(query):
    link, _ = decode(query)
    assert link.world.parameters is not None


def test_a_label_of_a_quarter_is_understood():
    assert decode("quarter=2026Q1")[0].quarter == 2


# --- why


def test_a_chain_begins_with_the_event_and_ends_with_first_causes():
    recording = KEPT.finish(World())
    freezes = [event for event in recording.events if event.kind == "funding freeze"]
    reasons = why(recording, freezes[0].id)
    assert reasons[0].event_id == freezes[0].id
    assert reasons[0].depth == 0
    assert reasons[0].sentence.startswith("Funding freeze:")
    found = {reason.event_id for reason in reasons}
    expected = _chain(recording.events, freezes[0].id)
    assert found == expected
    for reason in reasons[1:]:
        assert reason.quarter <= reasons[0].quarter
        assert reason.label == recording.labels[reason.quarter]
        assert reason.sentence.endswith(".")
        assert reason.depth > 0


def _chain(events, event_id):
    reached, todo = set(), [event_id]
    while todo:
        here = todo.pop()
        if here not in reached:
            reached.add(here)
            todo.extend(events[here].causes)
    return reached


def test_every_event_of_the_reference_can_be_explained():
    recording = KEPT.finish(World())
    for event in recording.events:
        reasons = why(recording, event.id)
        assert 1 <= len(reasons) <= MOST_REASONS
        assert len({reason.event_id for reason in reasons}) == len(reasons)
    with pytest.raises(IndexError):
        why(recording, len(recording.events))


# --- shocks


def test_the_reference_offers_what_the_article_fears():
    found = {offer.key: offer for offer in offers(World().parameters)}
    assert list(found) == [
        "refuse funding",
        "cheap rival",
        "rival with devices",
        "withdraw vendor finance",
        "price cut",
        "rate rise",
        "power delay",
        "dry powder",
        "drought",
    ]
    owed = World().parameters.compute_contracts.values()
    largest = max(owed, key=lambda contract: contract.total_usd).lab
    assert found["refuse funding"].targets[0][0] == largest


@pytest.mark.parametrize("name", scenario_names())
def test_every_offer_of_every_scenario_is_possible(name):
    world = World(name)
    for offer in offers(world.parameters):
        for target, _ in offer.targets:
            step = ShockStep(1, offer.kind, target or None, offer.model_size(offer.size))
            assert world.with_shock(step).parameters.shocks


def test_sizes_are_brought_within_bounds():
    offer = offer_of(World().parameters, "rate rise")
    assert offer is not None
    assert offer.model_size(2.0) == pytest.approx(0.02)
    assert offer.model_size(1e9) == pytest.approx(0.1)
    assert offer_of(World().parameters, "meteor") is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("shock=8:rate rise::-5", "size: a rate rise must be from -0.3 to 1 (per year)"),
        ("shock=8:rate rise::-0.2", "rates fall by 0.2 a year in all"),
        ("set=compute.accelerator_cost_usd=1e-300", "must be a number >= 100"),
    ],
)
def test_an_address_with_an_absurd_number_is_told_the_bound(query, words):
    link, problems = decode(query)
    assert link.world == World()
    assert words in problems[0]


def test_errors_of_the_model_are_told_in_words():
    found = [TypeError("x"), ZeroDivisionError("x"), OverflowError(), KeyError("k"), OSError()]
    for error in found:
        words = error_words(error)
        assert type(error).__name__ not in words
        assert words[0].islower()
    assert error_words(ValueError("the books do not close")) == "the books do not close"
    assert len(error_words(ValueError("9" * 10_000))) < 400


# --- parameters


@pytest.mark.parametrize("name", ["reference", "minimal"])
def test_every_number_and_switch_is_a_control(name):
    infos = {info.path: info for info in parameter_tree(name)}
    scenario = read_scenario(name)
    booked = {*made_by(scenario.parameters.model_dump()).values()}
    for row in scenario_table(scenario):
        if row.path.startswith("deals.") and row.path.split(".")[1] not in booked:
            assert row.path not in infos  # it moves nothing
        elif isinstance(row.value, bool | int | float) and not row.path.startswith("shocks."):
            info = infos[row.path]
            assert info.default == row.value
            assert info.meaning
            assert info.source or info.confidence
            if info.low is not None and info.kind != "bool":
                assert row.value >= info.low - 1e-9
    assert json.dumps([info.as_json() for info in infos.values()])
    assert len(groups(tuple(infos.values()))) > 10


def test_a_change_to_either_bound_is_a_valid_world():
    world = World("minimal")
    chosen = [i for i in parameter_tree("minimal") if i.group == "Funding rounds"]
    assert chosen
    for info in chosen:
        for value in (info.low, info.high):
            if value is not None and info.kind == "float":
                assert world.with_change(info.path, value).parameters


def test_the_bound_that_is_shown_is_the_one_that_holds():
    infos = {info.path: info for info in parameter_tree("reference")}
    quarters, customers = infos["quarters"], infos["enterprise.customers"]
    assert (quarters.high, customers.high) == (MAX_QUARTERS, MAX_CUSTOMERS)
    assert quarters.bounds.startswith("1 to 120: the limit of this app")
    assert "up to 400" in quarters.bounds
    assert "1,000,000" in customers.bounds and "up to 10,000,000" in customers.bounds
    assert infos["compute.vintage_gain"].bounds == "0 to 2"


# --- stories


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_tells_its_story(name):
    recording = KEPT.finish(World(name))
    parts = story_of(recording)
    assert parts[0].title.startswith("Is it a house of cards?")
    assert all(part.sentences for part in parts)
    text = " ".join(sentence for part in parts for sentence in part.sentences)
    assert "nan" not in text.split()
    assert "None" not in text
    failed = [event.agent for event in recording.events if event.kind == "default"]
    assert all(agent in text for agent in failed)

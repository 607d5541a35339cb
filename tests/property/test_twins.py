"""Twins of random worlds: who is not touched draws what it drew, and keeps its results."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from emergence.measure import run_hash, series
from hypothesis import HealthCheck, given, settings
from property.random_worlds import random_worlds
from small_world import WORLD, merged, small_model, small_world

from market.model import MarketModel
from market.parameters.world import MarketParameters
from runs.twin_runs.interventions import nothing
from runs.twin_runs.pairs import TwinPlan, clone, twin_pair

SLOW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2**32 - 1)


def indicators(model: MarketModel) -> bytes:
    """All series of the market as text with every digit."""
    return series(model).to_csv(float_format="%.17g").encode()


@SLOW
@given(random_worlds(), seeds, st.integers(0, 4))
def test_twins_without_intervention_are_the_same_bytes(
    world: MarketParameters, seed: int, quarter: int
) -> None:
    pair = twin_pair(TwinPlan(world, nothing, quarter, 3), seed)
    assert pair is not None
    assert run_hash(pair.base) == run_hash(pair.shocked)
    assert run_hash(pair.base) == run_hash(MarketModel(world, seed=seed).run(quarter + 3))


@SLOW
@given(seeds, st.text("xyz", min_size=1, max_size=8))
def test_a_renamed_agent_draws_and_does_the_same(seed: int, name: str) -> None:
    """The name is what people see; the key of its streams is its company key."""
    for section, key in (("investors", "fund"), ("clouds", "thin"), ("labs", "a")):
        other: dict[str, Any] = {section: {key: {"name": f"Firm {name}"}}}
        renamed = MarketModel(small_world(**other), seed=seed).run(6)
        assert indicators(renamed) == indicators(small_model(seed=seed).run(6))


@SLOW
@given(seeds)
def test_an_unused_agent_touches_no_other(seed: int) -> None:
    """A fund without money or savers joins the world and moves no number in it."""
    idle = {"name": "Idle fund", "kind": "venture", "cash_usd": 0.0, "inflow_usd": 0.0}
    world = MarketParameters.model_validate(merged(WORLD, {"investors": {"idle": idle}}))
    assert indicators(MarketModel(world, seed=seed).run(8)) == indicators(
        small_model(seed=seed).run(8)
    )


@SLOW
@given(seeds, st.integers(0, 6), st.integers(1, 50))
def test_new_draws_elsewhere_shift_no_stream(seed: int, quarter: int, draws: int) -> None:
    """One twin draws a lot for a purpose of its own; both go on alike."""
    model = small_model(seed=seed).run(quarter)
    other = clone(model)
    for number in range(draws):
        other.streams.normal("somebody new", f"purpose {number}", number)
        other.streams.generator("fund", "another purpose", number).random(number)
        other.streams.uniform("thin", "coffee", quarter)
    assert run_hash(other.run(4)) == run_hash(model.run(4))

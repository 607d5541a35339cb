"""Seeds in all forms that Mesa's models take, resets, and where a run ends."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import pytest
from emergence.measure import run_hash
from small_world import small_model, small_world

from market.model import MarketModel
from market.random_streams import RandomStreams, root_seed, whole_seed


def root(**arguments: Any) -> int:
    """Root of a model's named streams."""
    return MarketModel(small_world(), **arguments).streams.seed


def test_rng_and_seed_are_one_for_whole_numbers() -> None:
    for number in (7, 7.0, np.int64(7), np.uint8(7)):
        assert root(rng=number) == root(seed=number) == 7
    assert root() == 42
    by_rng = MarketModel(small_world(), rng=7)
    by_seed = MarketModel(small_world(), seed=7)
    assert by_rng.rng.random() == by_seed.rng.random() == np.random.default_rng(7).random()
    assert run_hash(by_rng.run(3)) == run_hash(by_seed.run(3))


@pytest.mark.parametrize(
    "make",
    [
        lambda: [1, 2],
        lambda: (1, 2),
        lambda: np.array([1, 2]),
        lambda: np.random.SeedSequence(9),
        lambda: np.random.default_rng(9),
        lambda: np.random.PCG64(9),
    ],
)
def test_other_forms_give_the_same_root_each_time(make: Any) -> None:
    roots = {root(rng=make()), root(rng=make()), root(seed=make()), root_seed(make())}
    assert len(roots) == 1
    assert roots.pop() > 2**32  # no number that somebody chose
    expected = np.random.default_rng(make())
    model = MarketModel(small_world(), rng=make())
    assert model.rng.bit_generator.state["bit_generator"] == type(expected.bit_generator).__name__


def test_one_generator_gives_different_models() -> None:
    generator = np.random.default_rng(3)
    first, second = root(rng=generator), root(rng=generator)
    assert first != second
    assert MarketModel(small_world(), rng=generator).rng is generator
    assert root(rng=np.random.SeedSequence(3)) != root(rng=np.random.SeedSequence(4))
    assert root(rng=[1, 2]) == root(rng=np.random.SeedSequence([1, 2]))


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (1.5, ValueError),
        (-1, ValueError),
        (float("inf"), ValueError),
        (float("nan"), ValueError),
        ([1, 0.5], ValueError),
        ("42", TypeError),
        (True, TypeError),
        (object(), TypeError),
    ],
)
def test_what_is_no_seed_is_refused(wrong: Any, kind: type[Exception]) -> None:
    for arguments in ({"seed": wrong}, {"rng": wrong}):
        with pytest.raises(kind, match="seed must be a whole number >= 0"):
            MarketModel(small_world(), **arguments)
    if not isinstance(wrong, list):
        with pytest.raises(kind, match="whole number"):
            whole_seed(wrong)
        with pytest.raises(kind, match="whole number"):
            RandomStreams(wrong)


def test_seed_and_rng_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="either seed or rng, not both"):
        MarketModel(small_world(), seed=1, rng=1)


def test_reset_rng_gives_other_chances_from_then_on() -> None:
    """The state stays, the draws are those of the new root; a whole seed is its own root."""
    first, second, third = (small_model(seed=1).run(3) for _ in range(3))
    first.reset_rng(8)
    second.reset_rng(8)
    assert run_hash(first) == run_hash(third)
    assert first.streams.seed == 8
    assert first.rng.random() == np.random.default_rng(8).random()
    assert first.run(4).streams.seed == 8
    assert run_hash(first) == run_hash(second.run(4)) != run_hash(third.run(4))


def test_reset_rng_without_a_seed_rewinds_the_generator_of_mesa_only() -> None:
    model, other = small_model(seed=1).run(3), small_model(seed=1).run(3)
    drawn = model.rng.random()
    model.reset_rng()
    assert model.rng.random() == drawn
    assert model.streams.seed == 1
    assert run_hash(model.run(3)) == run_hash(other.run(3))


def test_resets_that_would_do_nothing_are_refused() -> None:
    model = small_model(seed=1)
    with pytest.raises(NotImplementedError, match=r"reset_rng\(seed\)"):
        model.reset_randomizer(5)
    with pytest.raises(ValueError, match="whole number"):
        model.reset_rng(1.5)  # type: ignore[arg-type]
    assert model.streams.seed == 1


# --- where a run ends


def test_running_ends_with_the_scenario() -> None:
    model = small_model(seed=1)
    model.run(11)
    assert model.running
    model.step()
    assert (model.quarter, model.running) == (12, False)
    assert small_model(seed=1).run().running is False


def test_mesa_stops_at_the_end_of_the_scenario() -> None:
    model = small_model(seed=1)
    model.run_model()
    assert model.quarter == model.parameters.quarters == 12


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run")
def test_a_batch_of_mesa_stops_at_the_end_of_the_scenario() -> None:
    rows = mesa.batch_run(
        MarketModel,
        {"parameters": [small_world()]},
        rng=[1, np.random.SeedSequence(2)],
        number_processes=1,
        max_steps=30,
        data_collection_period=1,
        display_progress=False,
    )
    assert max(row["Step"] for row in rows) == 12


def test_more_quarters_can_be_asked_for() -> None:
    """After the end the books go on; a step changes nothing that was."""
    longer = MarketModel(small_world(quarters=15), seed=1).run()
    by_run, by_step = small_model(seed=1).run(), small_model(seed=1).run()
    assert by_run.run().quarter == 12  # the scenario is over
    by_run.run(3)
    for _ in range(3):
        by_step.step()
    assert by_run.quarter == by_step.quarter == 15
    assert not by_run.running
    assert not by_step.running
    assert run_hash(by_run) == run_hash(by_step)
    assert longer.ledger.archives[14].goods.sum() == by_run.ledger.archives[14].goods.sum()
    assert small_model(seed=1).run(15).quarter == 15


class Stops(MarketModel):
    """A market that ends by its own rule."""

    def step(self) -> None:
        """One quarter; the fourth is the last."""
        super().step()
        self.running = self.running and self.quarter < 4


def test_a_model_may_stop_itself_before_the_end() -> None:
    assert Stops(small_world(), seed=1).run().quarter == 4
    assert Stops(small_world(), seed=1).run(30).quarter == 4

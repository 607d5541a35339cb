"""What is seen of labs and start-ups, and surprises of named streams."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from small_world import small_model

from agents.progress import Progress
from agents.surprise import Surprise
from market.parameters.supply import ComputeMarketParameters
from market.phases.compute import use_and_invoice_compute

RULES = ComputeMarketParameters(seen_memory=0.0)


def test_without_start_ups_labs_have_the_whole_weight() -> None:
    progress = Progress(RULES)
    assert progress.observe(0.16, 0.0) == 1.0
    assert progress.observe(0.04, 0.0) == pytest.approx(0.5)
    assert progress.observe(0.0, 0.0) == 0.0


def test_start_ups_count_from_the_first_time_they_spend() -> None:
    progress = Progress(RULES)
    assert progress.observe(0.16, 1e9) == pytest.approx(1.0)
    stock = 1e9 / 0.20 * 1.12
    expected = 0.5 * 1 + 0.5 * ((1e9 / stock - 0.08) / 0.12) ** 0.5
    assert progress.observe(0.16, 1e9) == pytest.approx(expected)


def test_start_ups_that_stop_are_seen_to_stop() -> None:
    progress = Progress(RULES)
    progress.observe(0.16, 1e9)
    assert progress.observe(0.16, 0.0) == pytest.approx(0.5)
    assert progress.applications == 0.0


def test_one_quarter_counts_in_part() -> None:
    progress = Progress(ComputeMarketParameters())
    progress.observe(0.16, 0.0)
    assert progress.observe(0.0, 0.0) == pytest.approx(0.6)
    assert progress.observe(0.0, 0.0) == pytest.approx(0.36)


def test_a_jump_is_capped() -> None:
    progress = Progress(RULES)
    progress.observe(0.16, 0.0)
    assert progress.observe(5.0, 0.0) == 1.5


def test_without_labs_what_is_seen_stays() -> None:
    progress = Progress(RULES)
    assert [progress.observe(0.0, 0.0) for _ in range(3)] == [1.0] * 3


def test_a_market_sees_its_leading_lab_and_its_start_ups() -> None:
    model = small_model(labs={"b": {"cumulative_training_cu": 4e3, "training_cu": 0.0}})
    model.groups["startups"] = {
        "alive": SimpleNamespace(is_active=True, spending_usd=2e9),
        "dead": SimpleNamespace(is_active=False, spending_usd=9e9),
    }
    use_and_invoice_compute(model)
    assert model.progress_seen == model.progress.seen == pytest.approx(1.0)
    model.groups["startups"]["alive"].spending_usd = 0.0
    use_and_invoice_compute(model)
    assert model.progress.applications == pytest.approx(0.6)


def test_surprises_are_streams_of_their_own() -> None:
    model = small_model()
    one, other = Surprise("big", "own use"), Surprise("thin", "own use")
    again = Surprise("big", "own use")
    for quarter in range(3):
        model.quarter = quarter
        assert one.move(model, 0.8, 0.02) == again.move(model, 0.8, 0.02) != 0.0
        assert other.move(model, 0.8, 0.02) != one.value

"""What is seen of labs and start-ups, and surprises of named streams."""

from __future__ import annotations

import pytest
from small_world import small_model

from agents.progress import Progress
from agents.surprise import Surprise
from market.parameters.supply import ComputeMarketParameters
from market.phases.compute import use_and_invoice_compute

RULES = ComputeMarketParameters(seen_memory=0.0)


def watched(rules: ComputeMarketParameters, *quarters: tuple[float, float]) -> list[float]:
    """What is seen after each quarter (training of the best lab in all, spending), CU and USD."""
    progress, seen = Progress(), []
    for trained, spent in quarters:
        progress.observe(trained, spent, rules)
        seen.append(progress.seen(rules))
    return seen


def test_without_start_ups_labs_have_the_whole_weight() -> None:
    """Training grows by 16%, then by 4%, then not at all; and by a jump, which is capped."""
    seen = watched(RULES, (100.0, 0.0), (116.0, 0.0), (116 * 1.04, 0.0), (116 * 1.04, 0.0))
    assert seen == pytest.approx([1.0, 1.0, 0.5, 0.0])
    assert watched(RULES, (100.0, 0.0), (116.0, 0.0), (1e4, 0.0))[-1] == 1.5


def test_start_ups_that_stop_are_seen_to_stop() -> None:
    stock = 1e9 / 0.20
    grown = ((1e9 / stock - 0.08) / 0.12) ** 0.5
    seen = watched(RULES, (100.0, 1e9), (116.0, 1e9), (116 * 1.16, 0.0))
    assert seen == pytest.approx([1.0, 0.5 + 0.5 * grown, 0.5])


def test_one_quarter_counts_in_part() -> None:
    usual = ComputeMarketParameters()
    seen = watched(usual, (100.0, 0.0), (116.0, 0.0), (116.0, 0.0), (116.0, 0.0))
    assert seen == pytest.approx([1.0, 1.0, 0.6, 0.36])


def test_a_best_lab_that_is_gone_is_no_fall() -> None:
    """Its rival has trained less; what counts is how that one goes on."""
    seen = watched(RULES, (200.0, 0.0), (232.0, 0.0), (100.0, 0.0), (104.0, 0.0), (0.0, 0.0))
    assert seen == pytest.approx([1.0, 1.0, 1.0, 0.5, 0.0])


def test_without_labs_what_is_seen_stays() -> None:
    assert watched(RULES, *[(0.0, 0.0)] * 3) == [1.0] * 3


def test_a_market_sees_its_leading_lab_and_its_start_ups() -> None:
    cohort = {"name": "Young firms", "cash_usd": 6e9, "valuation_usd": 6e10, "revenue_usd": 1e8}
    model = small_model(startups={"young": cohort})
    model.startups["young"].spending_usd = 2e9
    use_and_invoice_compute(model)
    assert model.progress.seen(model.parameters.compute) == 1.0
    model.startups["young"].spending_usd = 0.0
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

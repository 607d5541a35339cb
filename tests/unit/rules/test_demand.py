"""Adoption and the choice of consumers."""

import math

import numpy as np
import pytest

from agents.rules.demand import bass_adopters, consumer_shares, logit_shares


def test_bass_by_hand() -> None:
    assert bass_adopters(0.0, 1000.0, 0.03, 0.4) == pytest.approx(30.0)
    assert bass_adopters(500.0, 1000.0, 0.03, 0.4) == pytest.approx(115.0)


def test_bass_never_exceeds_what_remains() -> None:
    assert bass_adopters(900.0, 1000.0, 0.9, 0.9) == 100.0
    assert bass_adopters(1000.0, 1000.0, 0.03, 0.4) == 0.0
    assert bass_adopters(1200.0, 1000.0, 0.03, 0.4) == 0.0
    assert bass_adopters(0.0, 0.0, 0.03, 0.4) == 0.0


def test_bass_peaks_where_the_formula_says() -> None:
    # Sales (p + q A / m)(m - A) peak at A = m (q - p) / (2 q).
    sales = [bass_adopters(adopted, 1000.0, 0.01, 0.4) for adopted in range(1001)]
    assert int(np.argmax(sales)) == pytest.approx(1000.0 * (0.4 - 0.01) / 0.8, abs=1.0)


def test_logit_by_hand() -> None:
    shares = logit_shares([5.0, 5.0 - 2.0 * math.log(3.0)], 2.0)
    assert shares == pytest.approx([0.75, 0.25])


def test_logit_without_overflow_and_without_the_absent() -> None:
    shares = logit_shares([1e6, math.nan, 1e6, -math.inf], 1.0)
    assert shares.tolist() == [0.5, 0.0, 0.5, 0.0]
    assert logit_shares([1.0, 2.0, 1e9], 1e-3).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("utilities", [[math.nan, -math.inf], [math.inf, 1.0], []])
def test_logit_refuses_what_has_no_answer(utilities: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        logit_shares(utilities, 1.0)


def test_logit_refuses_a_scale_of_zero() -> None:
    with pytest.raises(ValueError, match="scale"):
        logit_shares([1.0, 2.0], 0.0)


def test_a_part_of_the_consumers_reconsiders() -> None:
    shares = consumer_shares([0.9, 0.1], [1.0, 1.0], 0.2, 1.0)
    assert shares == pytest.approx([0.82, 0.18])
    assert consumer_shares([0.9, 0.1], [1.0, 99.0], 0.0, 1.0) == pytest.approx([0.9, 0.1])
    assert consumer_shares([0.9, 0.1], [1.0, 1.0], 1.0, 1.0) == pytest.approx([0.5, 0.5])


def test_users_of_a_vanished_assistant_all_choose_anew() -> None:
    shares = consumer_shares([0.6, 0.2, 0.2], [math.nan, 1.0, 1.0], 0.0, 1.0)
    assert shares == pytest.approx([0.0, 0.5, 0.5])


def test_missing_consumers_choose_for_the_first_time() -> None:
    assert consumer_shares([0.0, 0.0], [1.0, 1.0], 0.1, 1.0) == pytest.approx([0.5, 0.5])


def test_shares_above_one_are_refused() -> None:
    with pytest.raises(ValueError, match="more than one"):
        consumer_shares([0.8, 0.3], [1.0, 1.0], 0.1, 1.0)

"""Fire sales of random portfolios: what theory says of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from market.networks import deleverage, fire_sale, spillovers

Floats = NDArray[np.float64]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Draw portfolios, debts from none to more than the assets, ceilings, impacts and a shock."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 4))

    def amounts(size: int, low: int, high: int) -> Floats:
        numbers = draw(st.lists(st.integers(low, high), min_size=size, max_size=size))
        return np.array(numbers, dtype=float)

    held, others = amounts(n * m, 0, 20).reshape(n, m), amounts(n, 0, 20)
    return {
        "holdings": held,
        "debts": (held.sum(axis=1) + others) * amounts(n, 0, 21) / 20,
        "ceiling": amounts(n, 2, 40) / 2,
        "impact": amounts(m, 0, 20) / 1000,
        "others": others,
        "shock": amounts(m, 0, 10) / 20,
    }


def worth(case: dict[str, Any], found: Any) -> Floats:
    left = (case["holdings"] - found.sold) @ found.prices
    return np.asarray(left + case["others"] + found.proceeds - case["debts"])


@settings(max_examples=150)
@given(cases(), st.booleans())
def test_what_sellers_and_buyers_lose_is_what_the_assets_lose(
    case: dict[str, Any], at_once: bool
) -> None:
    found = (fire_sale if at_once else deleverage)(**case)
    fall = case["holdings"].sum(axis=0) @ (1 - found.prices)
    assert found.losses.sum() + found.buyers_loss == pytest.approx(fall, rel=1e-9, abs=1e-9)
    assert found.equity == pytest.approx(worth(case, found), rel=1e-9, abs=1e-9)
    assert (found.sold >= 0).all()
    assert (found.sold <= case["holdings"] * (1 + 1e-12)).all()
    pressed = (1 - case["shock"]) * np.exp(-case["impact"] * found.sold.sum(axis=0))
    assert found.prices == pytest.approx(pressed, rel=1e-9)
    assert found.buyers_loss == pytest.approx(0, abs=1e-9) if at_once else found.buyers_loss > -1e-9


@settings(max_examples=150)
@given(cases(), st.booleans())
def test_in_the_end_who_must_sell_has_sold(case: dict[str, Any], at_once: bool) -> None:
    """Everybody keeps to the ceiling or has sold all; at one price nobody sells for nothing."""
    found = (fire_sale if at_once else deleverage)(**case)
    assert found.is_settled
    left = (case["holdings"] - found.sold) @ found.prices
    room = case["ceiling"] * found.equity - left - case["others"]
    tiny = 1e-7 * (1 + case["holdings"].sum())
    keeps, is_out = room >= -tiny, left <= tiny
    assert (keeps | is_out).all()
    if at_once:
        forced = found.sold.sum(axis=1) > tiny
        assert (np.abs(room[forced & ~is_out]) <= tiny).all()


@settings(max_examples=100)
@given(cases(), st.data())
def test_more_of_anything_bad_raises_no_price(case: dict[str, Any], data: st.DataObject) -> None:
    found = fire_sale(**case)
    worse = {
        "shock": np.minimum(1, case["shock"] + data.draw(st.integers(1, 5)) / 20),
        "impact": case["impact"] * data.draw(st.integers(1, 4)),
        "ceiling": np.maximum(1, case["ceiling"] - data.draw(st.integers(1, 5)) / 2),
        "debts": case["debts"] * (1 + data.draw(st.integers(1, 5)) / 20),
    }
    for name, value in worse.items():
        after = fire_sale(**{**case, name: value})
        assert (after.prices <= found.prices + 1e-9).all(), name
        assert (after.sold >= found.sold - 1e-6).all(), name


@settings(max_examples=100)
@given(cases())
def test_rounds_end_above_the_one_price(case: dict[str, Any]) -> None:
    """Who sold early got more, so less has to be sold than when all sell at the last price."""
    rounds, once = deleverage(**case), fire_sale(**case)
    assert (rounds.prices >= once.prices - 1e-9).all()
    assert (rounds.sold <= once.sold + 1e-6).all()
    lower = np.maximum(1.0, case["ceiling"] * 0.9)
    less = fire_sale(**{**case, "ceiling": lower})
    assert (deleverage(**case, target=lower).prices >= less.prices - 1e-9).all()


@settings(max_examples=60)
@given(cases(), st.data(), st.booleans())
def test_the_order_of_firms_and_assets_and_the_unit_change_nothing(
    case: dict[str, Any], data: st.DataObject, at_once: bool
) -> None:
    n, m = case["holdings"].shape
    rows, columns = data.draw(st.permutations(range(n))), data.draw(st.permutations(range(m)))
    moved = {
        "holdings": 1e9 * case["holdings"][np.ix_(rows, columns)],
        "debts": 1e9 * case["debts"][rows],
        "ceiling": case["ceiling"][rows],
        "impact": case["impact"][columns] / 1e9,
        "others": 1e9 * case["others"][rows],
        "shock": case["shock"][columns],
    }
    measure = fire_sale if at_once else deleverage
    found, again = measure(**case), measure(**moved)
    assert again.prices == pytest.approx(found.prices[columns], abs=1e-8)
    assert again.sold / 1e9 == pytest.approx(found.sold[np.ix_(rows, columns)], abs=1e-6)
    assert again.losses / 1e9 == pytest.approx(found.losses[rows], abs=1e-6)


@settings(max_examples=100)
@given(cases())
def test_the_price_of_one_asset_is_the_highest_that_holds(case: dict[str, Any]) -> None:
    """Above it the sales press the price under itself, by a scan from the top."""
    held = case["holdings"][:, :1]
    one = {**case, "holdings": held, "impact": case["impact"][:1], "shock": case["shock"][:1]}
    (price,) = fire_sale(**one).prices
    for above in np.linspace(price, 1 - one["shock"][0], 300)[1:]:
        value = held[:, 0] * above
        equity = np.maximum(value + one["others"] - one["debts"], 0)
        surplus = np.clip(value + one["others"] - one["ceiling"] * equity, 0, value)
        pressed = (1 - one["shock"][0]) * np.exp(-one["impact"][0] * surplus.sum() / above)
        assert pressed <= above * (1 + 1e-9)


@settings(max_examples=60)
@given(cases())
def test_who_hurts_whom_adds_up(case: dict[str, Any]) -> None:
    """Everything that is lost indirectly is some firm's doing."""
    debts = np.minimum(case["debts"], 0.9 * case["holdings"].sum(axis=1))
    held = case["holdings"] + 0.1
    found = spillovers(held, debts, case["impact"], case["shock"])
    equity = (held.sum(axis=1) - debts).sum()
    assert found.systemicness.sum() * equity == pytest.approx(found.indirect.sum(), rel=1e-9)

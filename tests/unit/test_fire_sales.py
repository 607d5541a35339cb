"""Fire sales: by label, on the edges, and inputs that are refused."""

from __future__ import annotations

import doctest
import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest

from market.networks import deleverage, fire_sale, spillovers

FIRMS, ASSETS = ["fund", "bank", "insurer"], ["shares", "notes"]
HELD = np.array([[40.0, 10.0], [5.0, 60.0], [20.0, 30.0]])
DEBTS, CEILING = np.array([30.0, 60.0, 10.0]), np.array([2.5, 15.0, 2.0])
IMPACT, SHOCK = np.array([0.004, 0.002]), np.array([0.1, 0.02])
BOOK = pd.DataFrame(HELD, FIRMS, ASSETS)


def by_name(values: Any, names: list[str]) -> dict[str, float]:
    """The numbers by name, in another order."""
    return {name: float(values[names.index(name)]) for name in reversed(names)}


@pytest.mark.parametrize("measure", [fire_sale, deleverage])
def test_labels_in_any_order_give_the_very_numbers_of_arrays(measure: Any) -> None:
    expected = measure(HELD, DEBTS, CEILING, IMPACT, others=[1, 2, 3], shock=SHOCK)
    found = measure(
        BOOK,
        pd.Series(by_name(DEBTS, FIRMS)),
        by_name(CEILING, FIRMS),
        by_name(IMPACT, ASSETS),
        others=by_name([1, 2, 3], FIRMS),
        shock=by_name(SHOCK, ASSETS),
    )
    assert expected.sold.any()
    for name in ("proceeds", "losses", "equity", "is_failed"):
        series = getattr(found, name)
        assert list(series.index) == FIRMS
        assert np.array_equal(series, getattr(expected, name))
    assert list(found.prices.index) == list(found.sold.columns) == ASSETS
    assert list(found.sold.index) == FIRMS
    assert np.array_equal(found.prices, expected.prices)
    assert np.array_equal(found.sold, expected.sold)
    assert (found.rounds, found.is_settled) == (expected.rounds, expected.is_settled)
    assert found.buyers_loss == expected.buyers_loss


def test_spillovers_go_by_label() -> None:
    expected = spillovers(HELD, DEBTS, IMPACT, SHOCK)
    found = spillovers(BOOK, by_name(DEBTS, FIRMS), by_name(IMPACT, ASSETS), by_name(SHOCK, ASSETS))
    assert found.systemicness.to_dict() == dict(zip(FIRMS, expected.systemicness, strict=True))
    assert found.sales.loc["bank", "notes"] == expected.sales[1, 1]
    assert found.price_falls["notes"] == expected.price_falls[1]
    assert found.aggregate_vulnerability == expected.aggregate_vulnerability > 0
    with pytest.raises(ValueError, match=r"firm 'bank' has assets of 65\.0 and no equity"):
        spillovers(BOOK, by_name([1, 65, 1], FIRMS), 0.0, 0.1)


def test_one_number_stands_for_all() -> None:
    for holdings, debts in ((HELD, DEBTS), (BOOK, by_name(DEBTS, FIRMS))):
        one = fire_sale(holdings, debts, 3.0, 0.002, shock=0.1)
        each = fire_sale(HELD, DEBTS, [3.0] * 3, [0.002] * 2, shock=[0.1] * 2)
        assert np.array_equal(one.sold, each.sold)


def test_without_impact_everybody_sells_at_the_price_of_the_shock() -> None:
    for measure in (fire_sale, deleverage):
        found = measure(HELD, DEBTS, CEILING, 0.0, shock=SHOCK)
        assert found.prices.tolist() == [0.9, 0.98]
        assert found.losses == pytest.approx(HELD @ SHOCK)
        assert found.buyers_loss == pytest.approx(0, abs=1e-12)


def test_what_cannot_be_sold_stays_and_weighs() -> None:
    """With claims that cannot be sold a firm may sell all and still be above its ceiling."""
    found = fire_sale([[10.0]], [95.0], 2.0, 0.0, others=[90.0])
    assert found.sold.tolist() == [[10.0]]
    assert (found.equity.tolist(), found.is_failed.tolist()) == ([5.0], [False])


def test_no_debts_no_sales() -> None:
    found = fire_sale(HELD, np.zeros(3), 1.0, IMPACT, shock=1.0)
    assert not found.sold.any()
    assert found.equity.tolist() == [0, 0, 0]
    assert not found.is_failed.any()


def test_nobody_and_nothing() -> None:
    for measure in (fire_sale, deleverage):
        assert measure(np.zeros((0, 2)), [], 2.0, 0.1).prices.tolist() == [1, 1]
        assert measure(np.zeros((2, 0)), [0, 0], 2.0, 0.1).losses.tolist() == [0, 0]
    assert spillovers(np.zeros((0, 2)), [], 0.1, 0.1).aggregate_vulnerability == 0


def test_the_inputs_are_left_alone() -> None:
    held, debts = HELD.copy(), DEBTS.copy()
    for measure in (fire_sale, deleverage):
        measure(held, debts, CEILING, IMPACT, shock=SHOCK)
    assert np.array_equal(held, HELD)
    assert np.array_equal(debts, DEBTS)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"holdings": [1, 2]}, "one row per firm, one column per asset"),
        ({"holdings": -HELD}, "holdings are numbers >= 0"),
        ({"debts": [1, 2]}, r"debts: one number per firm, shape \(3,\)"),
        ({"debts": [1, 2, np.inf]}, "debts are finite numbers"),
        ({"ceiling": 0.9}, "ceiling: assets over equity, at least 1, got 0.9"),
        ({"ceiling": [2, 2]}, "ceiling: one number per firm"),
        ({"impact": [0.1, 0.1, 0.1]}, r"impact: one number .*shape \(2,\)"),
        ({"impact": -0.1}, "impact are numbers >= 0"),
        ({"shock": 1.5}, "shock: parts of prices, 0 to 1, got 1.5"),
        ({"others": [1]}, "others: one number per firm"),
        ({"debts": by_name(DEBTS, FIRMS)}, "debts: given by label, but the holdings have no"),
        ({"holdings": BOOK}, "debts: the holdings have labels, so give one value per label"),
    ],
)
def test_wrong_numbers_are_refused(given: dict[str, Any], message: str) -> None:
    fine: dict[str, Any] = {"holdings": HELD, "debts": DEBTS, "ceiling": 3.0, "impact": 0.1}
    for measure in (fire_sale, deleverage):
        with pytest.raises(ValueError, match=message):
            measure(**{**fine, **given})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"debts": {"fund": 1.0, "bnk": 1.0, "insurer": 1.0}}, "did you mean 'bank'"),
        (
            {"impact": {"shares": 0.1, "bonds": 0.1}},
            "impact: 'bonds' not among the assets of the holdings; nothing for 'notes'",
        ),
        ({"holdings": BOOK.set_axis(["a", "a"], axis=1)}, "the column 'a' is there twice"),
        ({"holdings": BOOK.set_axis(["a", "a", "b"])}, "the row 'a' is there twice"),
        ({"holdings": -BOOK}, "got -40.0 of 'fund' in 'shares'"),
        ({"holdings": BOOK.astype(object).replace(40.0, "x")}, "holdings are numbers"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(given: dict[str, Any], message: str) -> None:
    fine: dict[str, Any] = {"debts": by_name(DEBTS, FIRMS), "ceiling": 3.0, "impact": 0.1}
    call = {"holdings": BOOK, **fine, **given}
    with pytest.raises(ValueError, match=message):
        fire_sale(**call)


@pytest.mark.parametrize("target", [0.5, 4.0])
def test_a_target_lies_between_one_and_the_ceiling(target: float) -> None:
    with pytest.raises(ValueError, match="target: 1 to the ceiling"):
        deleverage(HELD, DEBTS, 3.0, 0.1, target=target)


def test_the_example_in_the_docstring_is_true() -> None:
    scope = dict(vars(inspect.getmodule(fire_sale)))
    for test in doctest.DocTestFinder(recurse=False).find(fire_sale, globs=scope):
        assert test.examples
        assert doctest.DocTestRunner().run(test).failed == 0

"""The three-euro rule, the contract, the reliability need and the second provider."""

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from agents.rules.enterprise_choice import (
    choose_provider,
    choose_providers,
    choose_secondaries,
    choose_secondary,
    make_offer_table,
)

NAN = math.nan


def choose_all(  # noqa: PLR0917 - as the rule for one customer takes them
    current: ArrayLike,
    prices: ArrayLike,
    qualities: ArrayLike,
    reliabilities: ArrayLike,
    need: float,
    cost: ArrayLike,
    weight: float,
    is_free: ArrayLike = True,
    is_tender: ArrayLike = False,
) -> NDArray[np.int64]:
    """The rule for columns, for customers that are alike but for their provider and cost."""
    offers = (np.asarray(x, dtype=float) for x in (prices, qualities, reliabilities))
    table = make_offer_table(*offers, np.array([need]), np.array([weight]))
    held = np.asarray(current, dtype=np.int64)
    nought = np.zeros_like(held)
    return choose_providers(held, table.codes_of(nought, nought), cost, table, is_free, is_tender)


@pytest.mark.parametrize(("cheaper", "movers"), [(3.01, 1000), (3.00, 0), (2.99, 0)])
@pytest.mark.parametrize("price", [20.0, 28.1, 29.99, 32.1, 0.1 + 0.2 + 30.0])
def test_three_euros_move_everyone_or_no_one(price: float, cheaper: float, movers: int) -> None:
    current = np.zeros(1000, dtype=np.int64)
    chosen = choose_all(current, [price, price - cheaper], [1.0, 1.0], [0.9, 0.9], 0.7, 3.0, 2.0)
    assert int((chosen == 1).sum()) == movers
    one = choose_provider(0, [price, price - cheaper], [1.0, 1.0], [0.9, 0.9], 0.7, 3.0, 2.0)
    assert one == (1 if movers else 0)


def test_decimal_gaps_of_exactly_three_euros_move_no_one() -> None:
    for cents in range(301, 10_000):
        assert (
            choose_provider(0, [cents / 100, (cents - 300) / 100], [1, 1], [1, 1], 0, 3.0, 1) == 0
        )
        assert (
            choose_provider(0, [cents / 100, (cents - 301) / 100], [1, 1], [1, 1], 0, 3.0, 1) == 1
        )


CASES = [
    # current, prices, reliabilities, is_free -> chosen (need 0.7, switching cost 3, weight 1)
    ("quality counts at its weight", 0, [20.0, 20.0], [4.0, 7.5], [0.9, 0.9], True, 1),
    ("a lead in quality holds a customer", 0, [20.0, 16.0], [4.0, 2.0], [0.9, 0.9], True, 0),
    ("a contract holds it", 0, [30.0, 20.0], [1.0, 1.0], [0.9, 0.9], False, 0),
    ("none yet: best at once", -1, [20.0, 19.9], [1.0, 1.0], [0.9, 0.9], True, 1),
    ("none yet: contract is void", -1, [20.0, 19.9], [1.0, 1.0], [0.9, 0.9], False, 1),
    ("gone: best at once", 0, [NAN, 50.0], [1.0, 1.0], [0.9, 0.9], False, 1),
    ("gone, none meets the need", 0, [NAN, 20.0], [1.0, 1.0], [0.9, 0.6], False, -1),
    ("need unmet and free: leaves for dearer", 0, [20.0, 50.0], [1.0, 1.0], [0.6, 0.8], True, 1),
    ("need unmet and locked: stays", 0, [20.0, 15.0], [1.0, 1.0], [0.6, 0.8], False, 0),
    ("nobody meets the need: buys nothing", 0, [20.0, 15.0], [1.0, 1.0], [0.6, 0.6], True, -1),
    ("nobody meets it but locked: stays", 0, [20.0, 15.0], [1.0, 1.0], [0.6, 0.6], False, 0),
    ("an unfit rival tempts nobody", 0, [20.0, 5.0], [1.0, 1.0], [0.9, 0.6], True, 0),
    ("just reliable enough", 0, [20.0, 15.0], [1.0, 1.0], [0.9, 0.7], True, 1),
    ("tie: the first", 2, [10.0, 10.0, 20.0], [1.0] * 3, [0.9] * 3, True, 0),
    ("not on offer: not taken", 1, [NAN, 30.0, 20.0], [9.0, 1.0, 1.0], [0.9] * 3, True, 2),
    ("nothing on offer at all", 0, [NAN, NAN], [1.0, 1.0], [0.9, 0.9], True, -1),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_rule_by_hand(
    case: tuple[str, int, list[float], list[float], list[float], bool, int],
) -> None:
    _, current, prices, qualities, reliabilities, is_free, expected = case
    offer = (prices, qualities, reliabilities)
    assert choose_provider(current, *offer, 0.7, 3.0, 1.0, is_free) == expected
    assert choose_all([current], *offer, 0.7, 3.0, 1.0, [is_free]).tolist() == [expected]


SECONDARY_CASES = [
    ("the best other", 0, [10.0, 20.0, 15.0], [0.9, 0.9, 0.9], 2),
    ("must meet the need", 0, [10.0, 20.0, 15.0], [0.9, 0.9, 0.6], 1),
    ("no other", 0, [10.0, NAN, 15.0], [0.9, 0.9, 0.6], -1),
    ("no primary, no secondary", -1, [10.0, 20.0, 15.0], [0.9, 0.9, 0.9], -1),
    ("tie: the first", 1, [10.0, 5.0, 10.0], [0.9, 0.9, 0.9], 0),
]


@pytest.mark.parametrize("case", SECONDARY_CASES, ids=[case[0] for case in SECONDARY_CASES])
def test_secondary_by_hand(case: tuple[str, int, list[float], list[float], int]) -> None:
    _, primary, prices, reliabilities, expected = case
    qualities = [1.0, 1.0, 1.0]
    assert choose_secondary(primary, prices, qualities, reliabilities, 0.7, 1.0) == expected
    table = make_offer_table(
        *(np.array(x) for x in (prices, qualities, reliabilities)), np.array([0.7]), np.ones(1)
    )
    code = table.codes_of(np.zeros(1, dtype=int), np.zeros(1, dtype=int))
    assert choose_secondaries(np.array([primary]), code, table).tolist() == [expected]
    assert choose_secondaries(np.array([primary]), code, table, False).tolist() == [-1]


def test_a_tender_looks_at_no_contract_and_no_switching_cost() -> None:
    offer = ([20.0, 19.99], [1.0, 1.0], [0.9, 0.9])
    assert choose_provider(0, *offer, 0.7, 3.0, 1.0, False, True) == 1
    chosen = choose_all([0, 0, 1], *offer, 0.7, 3.0, 1.0, False, [True, False, True])
    assert chosen.tolist() == [1, 0, 1]


@pytest.mark.parametrize("cost", [1e6, math.inf, math.nan])
def test_no_cost_keeps_a_customer_whose_need_is_not_met(cost: float) -> None:
    offer = ([20.0, 50.0], [1.0, 1.0], [0.6, 0.8])
    assert choose_provider(0, *offer, 0.7, cost, 1.0) == 1
    assert choose_all([0], *offer, 0.7, cost, 1.0).tolist() == [1]


def test_personal_switching_costs_split_a_population() -> None:
    costs = np.array([0.5, 1.0, 2.0, 4.0])
    chosen = choose_all([0, 0, 0, 0], [20.0, 18.5], [1, 1], [1, 1], 0.7, costs, 1.0)
    assert chosen.tolist() == [1, 1, 0, 0]

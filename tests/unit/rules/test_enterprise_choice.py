"""The three-euro rule, the contract, the reliability need and the second provider."""

import math

import numpy as np
import pytest

from agents.rules.enterprise_choice import (
    choose_provider,
    choose_providers,
    choose_secondaries,
    choose_secondary,
)

NAN = math.nan


@pytest.mark.parametrize(("cheaper", "movers"), [(3.01, 1000), (3.00, 0), (2.99, 0)])
@pytest.mark.parametrize("price", [20.0, 28.1, 29.99, 32.1, 0.1 + 0.2 + 30.0])
def test_three_euros_move_everyone_or_no_one(price: float, cheaper: float, movers: int) -> None:
    current = np.zeros(1000, dtype=np.int64)
    chosen = choose_providers(
        current, [price, price - cheaper], [1.0, 1.0], [0.9, 0.9], 0.7, 3.0, 2.0
    )
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
    assert choose_providers([current], *offer, 0.7, 3.0, 1.0, [is_free]).tolist() == [expected]


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
    vector = choose_secondaries([primary], prices, qualities, reliabilities, [0.7], [1.0])
    assert vector.tolist() == [expected]


def test_personal_switching_costs_split_a_population() -> None:
    costs = np.array([0.5, 1.0, 2.0, 4.0])
    chosen = choose_providers([0, 0, 0, 0], [20.0, 18.5], [1, 1], [1, 1], 0.7, costs, 1.0)
    assert chosen.tolist() == [1, 1, 0, 0]

"""Cifuentes, Ferrucci and Shin (2005): forced sales of one asset under an exponential price.

Banks that hold one unit of the asset each, solved by hand. With ceiling L, debt d and price p a
bank keeps the units k with k p = L (p - d).
"""

from math import exp, log

import numpy as np
import pytest
from scipy.special import lambertw

from market.networks import deleverage, fire_sale

SHOCK = 0.1


def test_two_equal_banks() -> None:
    """Debt 1/2, ceiling 2: at 4/5 each keeps 2 (4/5 - 1/2) / (4/5) = 3/4 and sells 1/4.

    Together 1/2, so the impact that brings 9/10 to 4/5 is 2 ln(9/8).
    """
    found = fire_sale([[1], [1]], [0.5, 0.5], 2, 2 * log(9 / 8), shock=SHOCK)
    assert found.prices == pytest.approx([4 / 5], rel=1e-12)
    assert found.sold[:, 0] == pytest.approx([1 / 4, 1 / 4], rel=1e-11)
    assert found.proceeds == pytest.approx([1 / 5, 1 / 5], rel=1e-11)
    assert found.losses == pytest.approx([1 / 5, 1 / 5], rel=1e-11)
    assert found.equity == pytest.approx([3 / 10, 3 / 10], rel=1e-11)
    assert not found.is_failed.any()


DEBTS, CEILINGS, IMPACT = [1 / 2, 27 / 40], [2, 4], log(9 / 8) / (5 / 8)


def test_one_bank_presses_the_other_over_its_ceiling() -> None:
    """B (debt 27/40, ceiling 4) has 9/10 over 9/40, just 4: without A's sale it sells nothing.

    At 4/5 A keeps 3/4 as before and B 4 (4/5 - 27/40) / (4/5) = 5/8: 1/4 + 3/8 = 5/8 is sold.
    """
    found = fire_sale([[1], [1]], DEBTS, CEILINGS, IMPACT, shock=SHOCK)
    assert found.prices == pytest.approx([4 / 5], rel=1e-12)
    assert found.sold[:, 0] == pytest.approx([1 / 4, 3 / 8], rel=1e-11)
    assert found.equity == pytest.approx([3 / 10, 1 / 8], rel=1e-11)
    alone = fire_sale([[0], [1]], DEBTS, CEILINGS, IMPACT, shock=SHOCK)
    assert alone.prices == pytest.approx([9 / 10], rel=1e-15)
    assert not alone.sold.any()


def test_it_is_the_highest_price_that_holds() -> None:
    """Between 4/5 and 9/10 both would have to sell more than presses the price that far."""
    for price in np.linspace(0.8001, 0.9, 500):
        kept = [
            min(1, limit * (price - debt) / price)
            for limit, debt in zip(CEILINGS, DEBTS, strict=True)
        ]
        assert 0.9 * exp(-IMPACT * (2 - sum(kept))) < price


def test_two_banks_that_sell_everything() -> None:
    """Impact 1: A and B sell all, the price is 9/10 exp(-2), and both owe more than they have."""
    found = fire_sale([[1], [1]], DEBTS, CEILINGS, 1.0, shock=SHOCK)
    assert found.prices == pytest.approx([0.9 * exp(-2)], rel=1e-14)
    assert found.sold.tolist() == [[1], [1]]
    assert found.equity == pytest.approx(0.9 * exp(-2) - np.array(DEBTS), rel=1e-14)
    assert found.is_failed.all()


@pytest.mark.parametrize("impact", [0.01, 0.1, 0.2, 0.3])
@pytest.mark.parametrize(("debt", "ceiling"), [(0.85, 5.0), (0.6, 2.0), (0.5, 1.5)])
def test_one_bank_in_closed_form(debt: float, ceiling: float, impact: float) -> None:
    """ln(1/p) = a (1 - L + L d / p), so 1/p = -W(-s exp(a (1 - L))) / s with s = a L d.

    W is the main branch of Lambert; where it is complex no price will do, and all is sold.
    """
    size = impact * ceiling * debt
    root = lambertw(-size * exp(impact * (1 - ceiling)))
    has_sold_all = abs(root.imag) > 0
    price = exp(-impact) if has_sold_all else -size / root.real
    found = fire_sale([[1]], [debt], ceiling, impact)
    assert has_sold_all == (ceiling == 5.0 and impact >= 0.2)
    assert found.prices == pytest.approx([price], rel=1e-10)
    assert found.equity == pytest.approx([price - debt], rel=1e-9)


def test_rounds_of_sales_by_hand() -> None:
    """Cont and Schaanning (2017): debt 1/2, ceiling 2, one bank, impact 9 ln(9/8).

    After the shock it has 9/10 and equity 2/5: it sells 1/10, that is 1/9 unit; the price falls to
    9/10 (8/9) = 4/5. It gets 1/9 (9/10 + 4/5) / 2 = 17/180 and has 8/9 unit worth 32/45 left, so
    it has lost 7/36, and its equity is 11/36. In the next round it sells 32/45 - 22/36 = 1/10
    again, now 1/8 unit, and the price is 9/10 (8/9)^(17/8).
    """
    impact = 9 * log(9 / 8)
    one = deleverage([[1]], [0.5], 2, impact, shock=SHOCK, rounds=1)
    assert one.prices == pytest.approx([4 / 5], rel=1e-14)
    assert one.sold[0] == pytest.approx([1 / 9], rel=1e-14)
    assert one.proceeds == pytest.approx([17 / 180], rel=1e-14)
    assert one.losses == pytest.approx([7 / 36], rel=1e-14)
    assert one.equity == pytest.approx([11 / 36], rel=1e-14)
    assert (one.rounds, one.is_settled) == (1, False)
    assert one.buyers_loss == pytest.approx(1 / 9 * (0.85 - 0.8), rel=1e-12)
    two = deleverage([[1]], [0.5], 2, impact, shock=SHOCK, rounds=2)
    assert two.prices == pytest.approx([0.9 * (8 / 9) ** (17 / 8)], rel=1e-13)
    assert two.sold[0] == pytest.approx([1 / 9 + 1 / 8], rel=1e-13)


def test_only_who_is_above_the_ceiling_sells_down_to_the_target() -> None:
    """After the shock leverage is 9/4: under a ceiling of 23/10 nothing is sold.

    Under a ceiling of 11/5 with a target of 2 the bank sells 1/10, as above.
    """
    quiet = deleverage([[1]], [0.5], 2.3, 1.0, target=2, shock=SHOCK)
    assert (quiet.rounds, quiet.is_settled, quiet.sold.sum()) == (0, True, 0)
    assert quiet.losses == pytest.approx([0.1], rel=1e-15)
    sells = deleverage([[1]], [0.5], 2.2, 0.01, target=2, shock=SHOCK)
    assert sells.sold[0] == pytest.approx([1 / 9], rel=1e-14)
    assert (sells.rounds, sells.is_settled) == (1, True)

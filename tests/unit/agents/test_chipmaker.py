"""A chipmaker: price, output, allocation, inventory, payouts and vendor finance."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents import Chipmaker
from agents.rules.vendor_finance import vendor_spread
from market.model import MarketModel


def maker(model: MarketModel) -> Chipmaker:
    """The only chipmaker."""
    return model.chipmakers["maker"]


def empty(**rules: Any) -> tuple[MarketModel, Chipmaker]:
    """A chipmaker without orders that can make 100 thousand chips."""
    model = small_model(chipmaker_rules={"idle_cost_share": 0.0, "commitment_quarters": 0} | rules)
    firm = maker(model)
    firm.backlog, firm.output, firm.new_orders = {}, 100.0, 0.0
    firm.commitments.clear()
    firm.expansions.clear()
    return model, firm


def test_a_scarce_output_is_shared_pro_rata() -> None:
    model, firm = empty(capacity_growth=0.0, price_sensitivity=0.0)
    firm.order("big", 150.0)
    firm.order("thin", 50.0)
    firm.order("thin", -5.0)
    firm.set_price_and_output()
    assert firm.produce() == pytest.approx({"big": 75.0, "thin": 25.0})
    assert firm.backlog == pytest.approx({"big": 75.0, "thin": 25.0})
    assert firm.new_orders == 200.0
    model.ledger.commit()
    cost = 100 * 100.0 * firm.unit_cost_usd
    assert model.ledger.balance("chip inventory", None, firm.party) == pytest.approx(cost, abs=1)
    assert model.settlement.due_by(firm.party) == pytest.approx(cost, abs=1)


def test_without_orders_nothing_is_made() -> None:
    _, firm = empty()
    price = firm.price_usd
    firm.set_price_and_output()
    assert firm.produce() == {}
    assert firm.price_usd == price


def test_output_grows_as_fast_as_it_can_towards_a_longer_book() -> None:
    _, firm = empty(
        capacity_growth=0.1,
        capacity_rush=0.0,
        capacity_lag_quarters=0,
        capacity_cost_quarters=0.0,
        backlog_workoff_quarters=1.0,
    )
    firm.usual_orders, firm.normal_backlog_quarters = 100.0, 1.0
    firm.order("big", 104.0)
    firm.set_price_and_output()
    assert firm.output == 104.0
    firm.order("big", 500.0)
    firm.set_price_and_output()
    assert firm.output == pytest.approx(1.1 * 104.0)


def test_a_long_order_book_raises_the_price_within_bounds() -> None:
    _, firm = empty(price_sensitivity=0.5)
    before = firm.price_usd
    firm.order("big", 5000.0)
    firm.set_price_and_output()
    assert before < firm.price_usd <= 1.3 * firm.reference_price_usd + 1e-6
    assert firm.margin > 0.7


def test_inventory_leaves_at_average_cost_and_entirely() -> None:
    model, firm = empty(capacity_growth=0.0)
    firm.order("big", 60.0)
    firm.order("thin", 40.0)
    firm.produce()
    model.ledger.commit()
    book = model.ledger.balance("chip inventory", None, firm.party)
    firm.start_deliveries()
    firm.draw_stock(40.0)
    model.ledger.commit()
    left = model.ledger.balance("chip inventory", None, firm.party)
    assert left == pytest.approx(0.6 * book, rel=1e-9)
    firm.start_deliveries()
    firm.draw_stock(20.0)
    firm.draw_stock(40.0)
    model.ledger.commit()
    assert model.ledger.balance("chip inventory", None, firm.party) == 0


RISK = {"vendor_required_return": 0.1, "vendor_loss_given_default": 0.7, "concentration_cap": 1.0}


@pytest.mark.parametrize(
    ("returned", "default", "pays"),
    [(0.5, 0.01, True), (0.2, 0.01, True), (0.1, 0.01, False), (0.5, 0.15, False)],
)
def test_it_finances_whose_orders_pay_for_the_risk(
    returned: float, default: float, pays: bool
) -> None:
    """Margin 0.7 times what returns against yearly default times 0.7, plus 10%."""
    _, firm = empty(**RISK)
    yearly = 1 - (1 - default) ** 4
    assert (0.7 * returned >= 0.7 * yearly + 0.1) is pays
    assert (firm.finances(returned, default, 0.0, 1e12) > 0) is pays


def test_vendor_finance_has_limits() -> None:
    _, firm = empty(**(RISK | {"concentration_cap": 0.2}))
    firm.free_cash_flow_usd = 10e9
    assert firm.finances(0.9, 0.0, 0.0, 1e12) == pytest.approx(0.2 * 10e9)  # part of its money
    firm.free_cash_flow_usd = 2e9
    assert firm.finances(0.9, 0.0, 0.0, 1e12) == pytest.approx(0.3 * 2e9)  # part of cash flow
    assert firm.finances(0.9, 0.0, 0.0, 1e8) == 1e8  # what the customer can take
    assert firm.finances(0.9, 0.0, 3e9, 1e12) == 0.0  # already too much in one customer
    firm.free_cash_flow_usd = -1e9
    assert firm.finances(0.9, 0.0, 0.0, 1e12) == 0.0


def test_orders_that_come_back_make_a_vendor_loan_cheaper() -> None:
    """10% asked, 4% of base rate, 1% of loss; a margin of .3 that comes back over three years."""
    assert vendor_spread(0.06, 0.01, 0.3, 3.0, 0.04, 0.8, 0.01) == pytest.approx(0.032)
    assert vendor_spread(0.06, 0.01, 0.0, 3.0, 0.04, 0.8, 0.01) == pytest.approx(0.07)
    assert vendor_spread(0.06, 0.01, 0.3, 3.0, 0.01, 0.8, 0.01) == 0.01


@pytest.mark.parametrize("reason", ["switch", "withdrawn", "defaulted"])
def test_vendor_finance_can_be_off(reason: str) -> None:
    _, firm = empty(**(RISK | {"has_vendor_finance": reason != "switch"}))
    firm.has_withdrawn = reason == "withdrawn"
    firm.is_defaulted = reason == "defaulted"
    assert firm.finances(0.9, 0.0, 0.0, 1e9) == 0.0


def test_running_owes_overhead_and_tax() -> None:
    model, firm = empty()
    firm.revenue_usd = 6e9
    firm.run()
    model.ledger.commit()
    costs = 0.5e9 + 0.15 * (6e9 * 0.7 - 0.5e9)
    assert model.settlement.due_by(firm.party) == round(100 * costs)
    assert firm.free_cash_flow_usd == pytest.approx(6e9 * 0.7 - costs)


def test_dividends_go_to_holders_pro_rata_while_cash_allows() -> None:
    model, firm = empty()
    firm.free_cash_flow_usd = 4e9
    firm.pay_out()
    model.ledger.commit()
    public = model.investors["public"].party
    assert model.settlement.due_to(public) == pytest.approx(0.7 * 2e11, abs=1)
    assert model.settlement.due_to(model.parties.households) == pytest.approx(0.3 * 2e11, abs=1)
    model, firm = empty()
    firm.free_cash_flow_usd = 40e9  # half of it is more than its cash beyond what it keeps
    assert firm.planned_payout_usd() == pytest.approx(firm.free_cash_usd - 0.8 * 10e9)


def test_a_chipmaker_hoards_no_more_than_its_turnover_asks_for() -> None:
    """Half of the cash beyond 1.5 times that of the start goes out, and more after a fall."""
    model, firm = empty()
    firm.free_cash_flow_usd = 0.0
    model.ledger.pay(model.parties.rest, firm.party, 1_000_000_000_000, "other business")
    model.ledger.commit()
    assert firm.planned_payout_usd() == pytest.approx(0.5 * (20e9 - 15e9))
    firm.revenue_usd = 1e9
    assert firm.planned_payout_usd() == pytest.approx(0.5 * (20e9 - 4 * (1e9 + 0.5e9)))

"""Phase 12: marks, margin calls, savers; and the opening books."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from small_world import small_model, small_world

from market.model import MarketModel
from market.phases.marks import mark_to_market, trust_in_labs


def called_model(**changes: object) -> MarketModel:
    """A holding far over its limit: 30 bn of debt on 71 bn of assets, limit 25%."""
    return small_model(investors={"holding": {"debt_usd": 30e9}}, **changes)


def test_a_margin_call_sells_shares_and_repays_debt() -> None:
    model = called_model(valuation={"speed": 0.0})
    holding = model.investors["holding"]
    wanted = holding.margin_sale_usd()
    mark_to_market(model)
    (call,) = model.events.select("margin call")
    assert call.size == pytest.approx(wanted)
    assert holding.last_call == call
    assert holding.debt_usd() == pytest.approx(30e9 - wanted, rel=1e-6)
    assert holding.loan_to_value() == pytest.approx(0.225, rel=0.02)
    assert model.ledger.units(model.parties.rest, model.parties.households) > 0


def test_a_margin_call_tells_the_limit() -> None:
    model = called_model(valuation={"speed": 0.0})
    assert model.investors["holding"].loss_usd() == 0.0  # nothing has been marked yet
    mark_to_market(model)
    (call,) = model.events.select("margin call")
    assert call.text.endswith("of its assets, 25% is its limit")


def test_a_margin_call_tells_the_loss_of_the_quarter() -> None:
    model = called_model(valuation={"speed": 0.0})
    holding = model.investors["holding"]
    holding.mark_fund_shares(0)
    model.ledger.commit("marked")
    model.ledger.pay(holding.party, model.parties.rest, 4_000_000_000_00, "consumption")
    model.ledger.commit("a loss")
    assert holding.loss_usd() == pytest.approx(4e9)
    mark_to_market(model)
    (call,) = model.events.select("margin call")
    assert call.text.endswith("25% is its limit; it lost 4.0 bn USD in the quarter")


def test_a_gain_is_no_loss() -> None:
    model = called_model()
    holding = model.investors["holding"]
    holding.mark_fund_shares(0)
    model.ledger.commit("marked")
    model.ledger.pay(model.parties.rest, holding.party, 1_000_000_000_00, "household income")
    model.ledger.commit("a gain")
    assert holding.loss_usd() == 0.0


def test_sales_move_the_price_and_it_recovers() -> None:
    model = called_model(investor_rules={"market_depth_usd": 100e9})
    wanted = model.investors["holding"].margin_sale_usd()
    mark_to_market(model)
    after = model.other_shares_index
    assert after == pytest.approx(2.718281828459045 ** -(wanted / 100e9))
    mark_to_market(model)  # the lower price may call again; then nobody is left to call
    low = model.other_shares_index
    assert low < 1.0
    for _ in range(30):
        mark_to_market(model)
    assert model.other_shares_index > low


def test_a_failed_round_can_be_the_cause_of_a_call() -> None:
    model = called_model()
    failure = model.labs["a"].report("failed round", 1e9, "USD", "fails to raise")
    mark_to_market(model)
    call = model.events.latest("margin call")
    assert call is not None
    assert failure.id in call.causes


def test_without_leverage_no_call_comes() -> None:
    model = called_model(investor_rules={"has_leverage": False})
    mark_to_market(model)
    assert model.events.select("margin call") == []
    assert model.investors["holding"].debt_usd() == 30e9


def test_buyers_without_money_buy_as_far_as_it_goes() -> None:
    model = called_model(bank={"household_deposits_usd": 1e9})
    mark_to_market(model)
    holding = model.investors["holding"]
    assert 30e9 - holding.debt_usd() == pytest.approx(1e9, rel=1e-3)
    assert model.other_shares_index == pytest.approx(1 - 1e9 / 2e12)  # what is sold, no more
    assert model.events.select("margin call")


def test_a_lab_is_carried_at_its_valuation() -> None:
    model = small_model(funding={"markup_speed": 0.0})
    lab = model.labs["a"]
    lab.valuation_usd = 30e9
    mark_to_market(model)
    holding = model.investors["holding"].party
    assert model.ledger.balance("private equity", lab.party, holding) == pytest.approx(3e11)
    assert lab.market_value_usd("private equity") == pytest.approx(30e9)


def test_marks_rise_between_rounds_and_never_fall_by_themselves() -> None:
    model = small_model(funding={"markup_speed": 0.5}).run(1)
    lab = model.labs["a"]
    lab.valuation_usd = 0.5 * lab.fair_value_usd()
    lab.mark_up()
    assert lab.valuation_usd == pytest.approx(0.75 * lab.fair_value_usd())
    lab.valuation_usd = high = 2 * lab.fair_value_usd()
    lab.mark_up()
    assert lab.valuation_usd == high
    lab.failed_rounds, lab.valuation_usd = 1, 1e9
    lab.mark_up()
    assert lab.valuation_usd == 1e9


def test_listed_shares_close_part_of_the_gap_to_fair_value() -> None:
    model = small_model(valuation={"speed": 0.25})
    maker = model.chipmakers["maker"]
    assert maker.fair_share_value_usd(trust_in_labs(model)) == pytest.approx(
        500e9
    )  # calibrated at the start
    maker.revenue_usd *= 2
    mark_to_market(model)
    assert maker.value_usd == pytest.approx(500e9 * 1.25, rel=1e-6)
    assert maker.market_value_usd() == pytest.approx(maker.value_usd)


def test_a_first_profit_next_to_nothing_does_not_make_a_boundless_price() -> None:
    model = small_model()
    maker = model.chipmakers["maker"]
    maker.revenue_usd = 1.0
    maker.fair_share_value_usd(trust_in_labs(model))
    maker.revenue_usd = 6e9
    assert maker.fair_share_value_usd(trust_in_labs(model)) < 100 * 500e9


def test_higher_rates_lower_share_values() -> None:
    model = small_model()
    maker = model.chipmakers["maker"]
    before = maker.fair_share_value_usd(trust_in_labs(model))
    model.rate_rise = 0.02
    assert maker.fair_share_value_usd(trust_in_labs(model)) < 0.9 * before


def test_the_public_market_hands_dividends_on() -> None:
    model = small_model()
    public = model.investors["public"]
    model.ledger.pay(model.parties.rest, public.party, 5 * 10**11, "dividends")
    model.ledger.commit()
    mark_to_market(model)
    assert public.cash_usd == pytest.approx(50e9)
    assert model.ledger.deposits(model.parties.households) <= 10**14


# --- opening


def test_opening_balance_sheets_hold_what_the_scenario_states() -> None:
    model = small_model()
    ledger, p = model.ledger, model.parameters
    assert model.labs["a"].cash_usd == p.labs["a"].cash_usd
    assert model.clouds["big"].debt_usd() == 20e9
    kinds = p.credit_classes
    assert ledger.liabilities(model.clouds["big"].party, "bonds") == pytest.approx(
        (1 - kinds["ig"].bank_share) * 20e11
    )
    assert ledger.balance("loans", model.clouds["thin"].party, model.lender) == pytest.approx(
        kinds["hy"].bank_share * 8e11
    )
    assert model.labs["a"].market_value_usd("private equity") == 60e9
    share = ledger.units(model.labs["a"].party, model.investors["holding"].party)
    assert share / ledger.units(model.labs["a"].party) == pytest.approx(0.1)
    assert model.bank.capital_usd() == pytest.approx(p.bank.capital_usd)
    assert all(investor.net_worth_usd == 0 for investor in model.investors.values())
    assert model.contracts.rpo_usd(cloud="thin") == 8e9
    assert model.contracts.other_rpo_usd("big") == 50e9


def test_the_first_operating_cash_flow_is_the_stated_one() -> None:
    model = small_model()
    big = model.clouds["big"]
    sold = big.organic_cu * model.spot_price_usd
    running = sum(v.thousands for v in big.vintages.values()) * big.running_cost_usd()
    assert sold - running + big.other_cash_usd == pytest.approx(8e9)


def test_contracts_of_a_plan_without_volume_are_refused() -> None:
    with pytest.raises((ValueError, ValidationError), match="first"):
        small_model(
            compute_contracts={
                "first": {"ramp_quarters": 3, "initial_share": 0.0, "duration_quarters": 1}
            }
        )


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    def fingerprint(seed: int) -> str:
        model = MarketModel(small_world(), seed=seed).run(6)
        return str(model.datacollector.get_model_vars_dataframe().to_csv())

    assert fingerprint(3) == fingerprint(3)
    assert fingerprint(3) != fingerprint(4)

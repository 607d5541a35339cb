"""Networks read from a ledger: circles, round trips and contagion by hand and in a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from small_world import small_model

from market.books.ledger import Ledger
from market.model import MarketModel
from market.network_indicators import (
    FIRM_NETWORK,
    MARKET_NETWORK,
    contagion_ranking,
    named_cycles,
    network_series,
)
from market.networks.payments import claims_between, equity_of, payments
from market.scenario import read_scenario
from market.units import cents
from runs.single_run.frames import money_flow_frame
from runs.single_run.run_folder import columns_by_file
from runs.single_run.simulate import Run, simulate

BILLION = 1e9


def a_quarter(model: MarketModel, *payers_and_payees: tuple[str, str, float]) -> MarketModel:
    """Close a quarter in which parties paid one another for goods, bn USD."""
    for payer, payee, usd in payers_and_payees:
        model.ledger.pay(party(model, payer), party(model, payee), cents(usd * BILLION), "compute")
    model.ledger.close_quarter()
    return model


def party(model: MarketModel, key: str) -> int:
    return model.parties.rest if key == "rest" else model.institution(key).party


def finance(model: MarketModel, giver: str, taker: str, usd: float, kind: str) -> None:
    model.ledger.issue(kind, party(model, taker), party(model, giver), cents(usd * BILLION))


def of_firm(model: MarketModel, name: str, key: str) -> list[float]:
    series = network_series(model)
    column = series.names.index(model.institution(key).name)
    return [float(value) for value in series.firms[name][:, column]]


def circle() -> MarketModel:
    """The maker puts 1 bn into a lab; 0.8 of it go to a cloud, 0.6 of those back for chips."""
    model = small_model()
    finance(model, "maker", "a", 1.0, "private equity")
    return a_quarter(model, ("a", "thin", 0.8), ("thin", "maker", 0.6))


def test_a_circle_by_hand() -> None:
    model = circle()
    series = network_series(model)
    assert series.market["circularity"] == pytest.approx([3 * 0.6 / 2.4], rel=1e-12)
    assert series.market["circularity_year"] == pytest.approx([3 * 0.6 / 2.4], rel=1e-12)
    # A unit gets back to each of the three with probability 0.6; throughputs are 1, 1 and 0.8.
    assert series.market["cycling_index_year"] == pytest.approx([0.6], rel=1e-12)
    assert of_firm(model, "round_trip_share", "maker") == pytest.approx([0.6], rel=1e-12)
    (cycle,) = named_cycles(model)
    assert str(cycle) == "Chip maker > Lab A > Thin cloud > Chip maker"
    assert cycle.amount == pytest.approx(0.6 * BILLION, rel=1e-11)


def test_who_financed_nobody_has_no_round_trip() -> None:
    model = circle()
    for key in ("a", "b", "big", "thin", "holding", "fund"):
        assert np.isnan(of_firm(model, "round_trip_share", key)).all()


def test_money_of_others_is_mixed_in() -> None:
    """The lab gets as much from customers as from the maker: half of what it pays is theirs."""
    model = small_model()
    finance(model, "maker", "a", 1.0, "private equity")
    a_quarter(model, ("rest", "a", 1.0), ("a", "thin", 2.0), ("thin", "maker", 1.0))
    assert of_firm(model, "round_trip_share", "maker") == pytest.approx([0.5])
    model = small_model()
    finance(model, "maker", "a", 1.0, "private equity")
    a_quarter(model, ("rest", "a", 1.0), ("a", "thin", 1.0), ("thin", "maker", 1.0))
    assert of_firm(model, "round_trip_share", "maker") == pytest.approx([0.5])


def buy_old_shares(model: MarketModel) -> None:
    a = party(model, "a")
    ledger = model.ledger
    units = ledger.units(a, party(model, "holding"))
    price = ledger.balance("private equity", a, party(model, "holding")) / units
    ledger.transfer_shares(
        a, party(model, "holding"), party(model, "state"), units // 4, price, "private equity"
    )


def pay_back(model: MarketModel) -> None:
    amount = cents(0.5 * BILLION)
    model.ledger.redeem("loans", party(model, "thin"), model.lender, amount)


def lend_to_the_rest(model: MarketModel) -> None:
    finance(model, "state", "rest", 1.0, "bonds")


@pytest.mark.parametrize("deal", [buy_old_shares, pay_back, lend_to_the_rest])
def test_only_new_money_for_firms_is_financing(deal: Callable[[MarketModel], None]) -> None:
    model = small_model()
    deal(model)
    a_quarter(model)
    assert model.ledger.archives[0].finance.any()
    assert not payments(model).financing.any()


def test_what_was_repaid_in_the_same_quarter_is_not_put_in() -> None:
    model = small_model()
    finance(model, "maker", "thin", 2.0, "vendor loans")
    amount = cents(0.5 * BILLION)
    model.ledger.redeem("vendor loans", party(model, "thin"), party(model, "maker"), amount)
    a_quarter(model)
    given = payments(model).financing[0]
    assert given[party(model, "maker"), party(model, "thin")] == 1.5 * BILLION
    assert given.sum() == 1.5 * BILLION


def test_a_lab_and_its_parent_share_one_purse() -> None:
    model = small_model(labs={"b": {"parent": "big"}})
    a_quarter(model, ("big", "b", 1.0), ("b", "big", 1.0), ("a", "big", 1.0))
    paid = payments(model)
    assert paid.parties.sum() == 1.0 * BILLION
    assert network_series(model).market["circularity"].tolist() == [0.0]
    assert named_cycles(model) == []


def test_a_year_is_the_last_four_quarters() -> None:
    model = small_model()
    for _ in range(5):
        a_quarter(model, ("big", "maker", 1.0))
    a_quarter(model, ("maker", "big", 1.0))
    series = network_series(model)
    assert series.market["circularity"].tolist() == [0, 0, 0, 0, 0, 0]
    assert series.market["circularity_year"] == pytest.approx([0, 0, 0, 0, 0, 2 / 4])
    year = payments(model, window=4)
    rows = party(model, "big"), party(model, "maker")
    assert (year.goods[:, *rows] / BILLION).tolist() == [1, 2, 3, 4, 4, 3]
    assert (year.goods[:, *rows[::-1]] / BILLION).tolist() == [0, 0, 0, 0, 0, 1]
    late = payments(model, range(4, 6), window=4)
    assert np.array_equal(late.parties, year.parties[4:])


def test_the_first_quarters_count_what_there_is() -> None:
    model = circle()
    assert of_firm(model, "round_trip_share_year", "maker") == pytest.approx([0.6])
    a_quarter(model, ("thin", "maker", 0.2))
    shares = of_firm(model, "round_trip_share", "maker")
    assert np.isnan(shares[1])
    assert of_firm(model, "round_trip_share_year", "maker")[1] == pytest.approx(0.8)


def test_losses_by_hand() -> None:
    """The holding has a tenth of lab A (60 bn) and 5 + 60 - 10 bn more: it loses 6 of 61 bn."""
    model = a_quarter(small_model())
    ranking = contagion_ranking(model)
    keys = [
        "a",
        "b",
        "big",
        "thin",
        "maker",
        "holding",
        "fund",
        "state",
        "public",
        "lender",
        "bank",
    ]
    losses = {
        (holder, firm): ranking.losses[0, i, j]
        for i, holder in enumerate(keys)
        for j, firm in enumerate(keys)
        if i != j and ranking.losses[0, i, j] > 0
    }
    assert losses["holding", "a"] == pytest.approx(6 / 61)
    equity = equity_of(model.ledger, range(1))[0] / 100
    bank, lender = (
        model.ledger.net_worth(each) / 100 for each in (model.parties.bank, model.lender)
    )
    lent = model.ledger.balance("loans", party(model, "thin"), model.lender) / 100
    assert lent == pytest.approx(0.31 * 8 * BILLION)
    assert losses["lender", "thin"] == pytest.approx(lent / lender)
    assert losses["bank", "holding"] == pytest.approx(10 * BILLION / bank)
    assert losses["bank", "a"] == pytest.approx(6 / 61 * losses["bank", "holding"])
    assert equity[party(model, "a")] == 60 * BILLION
    nodes = [*(party(model, key) for key in keys[:-2]), model.lender, model.parties.bank]
    total = equity[nodes].sum()
    hurt = 6 * BILLION + losses["bank", "a"] * bank
    impact = of_firm(model, "systemic_impact", "a")[0]
    assert impact == pytest.approx(hurt / total)
    assert of_firm(model, "vulnerability", "holding")[0] == pytest.approx(6 / 61 / 10)
    series = network_series(model)
    bank_losses = max(
        sum(part for (holder, _), part in losses.items() if holder == each)
        for each in ("lender", "bank")
    )
    assert series.market["bank_vulnerability"][0] == pytest.approx(bank_losses / 10)
    assert series.market["largest_impact"][0] == pytest.approx(ranking.impact.max())


def test_claims_are_shares_and_debt_but_not_deposits() -> None:
    model = a_quarter(small_model())
    claims = claims_between(model.ledger, range(1))[0] / 100
    a, holding, thin = (party(model, key) for key in ("a", "holding", "thin"))
    assert claims[holding, a] == pytest.approx(6 * BILLION)
    assert claims[model.lender, thin] == pytest.approx(0.31 * 8 * BILLION)
    assert not claims[:, model.parties.bank].any()
    assert not claims.diagonal().any()


def test_a_firm_under_water_has_no_equity() -> None:
    ledger = Ledger()
    debtor, lender = ledger.add_party("D", "investors"), ledger.add_party("L", "rest")
    ledger.open_position("bonds", debtor, lender, 700)
    ledger.open_position("deposits", ledger.bank, debtor, 500)
    ledger.close_quarter()
    assert equity_of(ledger, range(1)).tolist() == [[0, 0, 700]]


@pytest.mark.parametrize(
    "quarters", [range(2), range(1, 2), range(-1, 1), range(0, 1, 2), range(0, 3, 2)]
)
def test_only_closed_quarters_in_a_row_are_measured(quarters: range) -> None:
    model = circle()
    for measure in (network_series, payments, contagion_ranking, named_cycles):
        with pytest.raises(ValueError, match="are not closed quarters of 0 to 0"):
            measure(model, quarters)


def test_a_window_has_a_quarter() -> None:
    with pytest.raises(ValueError, match="at least one quarter, got 0"):
        payments(circle(), window=0)


def test_a_purchase_takes_nothing_from_the_circles_before_it() -> None:
    """What a lab paid its later parent was no payment inside a family."""
    model = small_model()
    circle = (("a", "thin", 0.8), ("thin", "maker", 0.6), ("maker", "a", 1.0))
    a_quarter(model, *circle)
    before = network_series(model).market["circularity"].tolist()
    flows = money_flow_frame(model, range(1))
    model.quarter = 1
    model.labs["a"].join("thin", 1e9)
    assert before[0] > 0.5
    a_quarter(model, *circle)
    assert network_series(model).market["circularity"].tolist() == [*before, 0.0]
    assert money_flow_frame(model, range(1)).equals(flows)
    both = money_flow_frame(model, range(2))
    pair = both[(both["payer"] == "Lab A") & (both["payee"] == "Thin cloud")]
    assert pair["is_internal"].tolist() == [False, True]
    assert pair["goods_usd"].tolist() == [0.8e9, 0.8e9]
    model.quarter = 2
    model.labs["a"].leave_parent()
    a_quarter(model, *circle)
    assert network_series(model).market["circularity"].tolist() == [*before, 0.0, *before]


def test_before_the_first_quarter_there_is_nothing_to_measure() -> None:
    series = network_series(small_model())
    assert all(values.shape == (0,) for values in series.market.values())
    assert named_cycles(small_model()) == []


# --- in a run


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(read_scenario("reference", ["quarters=9"]))


def test_a_live_model_shows_the_same_numbers(run: Run) -> None:
    """Each indicator of the last closed quarter, asked while the model runs."""
    model = MarketModel(run.scenario.parameters, seed=run.seed)
    near = {"equal_nan": True, "rtol": 1e-9, "atol": 1e-12}
    for quarter in range(3):
        model.step()
        for indicator in MARKET_NETWORK:
            saved = run.market[indicator.name].tolist()[quarter]
            assert np.isclose(indicator.measure(model), saved, **near)
        for indicator in FIRM_NETWORK:
            for column, firm in enumerate(model.institutions()):
                saved = run.networks.firms[indicator.name][quarter, column]
                assert np.isclose(indicator.measure(firm), saved, **near)


def test_the_frames_of_a_run_hold_the_series(run: Run) -> None:
    names = [indicator.name for indicator in MARKET_NETWORK]
    assert list(run.market.columns[-len(names) :]) == names
    labels, series = run.labels, run.networks
    for frame in run.agents.values():
        assert list(frame.columns[-len(FIRM_NETWORK) :]) == [i.name for i in FIRM_NETWORK]
        for row in frame.to_dict("records"):
            place = labels.index(row["quarter"]), series.names.index(row["name"])
            for indicator in FIRM_NETWORK:
                value = series.firms[indicator.name][place]
                assert np.isclose(row[indicator.name], value, equal_nan=True, rtol=0, atol=0)


def test_the_reference_world_has_circles_and_contagion(run: Run) -> None:
    assert run.market["circularity"].between(0, 1).all()
    assert run.market["circularity_year"].max() > 0.01
    makers = run.agents["Chipmaker"]
    assert makers["round_trip_share_year"].dropna().between(0.01, 1).any()
    impact = max(frame["systemic_impact"].max() for frame in run.agents.values())
    assert run.market["largest_impact"].max() == impact
    assert (run.agents["AILab"]["systemic_impact"] > 0).any()


def test_circles_by_name_are_in_the_periods(run: Run) -> None:
    frame = run.money_cycles
    assert list(frame.columns) == [name for name, *_ in columns_by_file()["money-cycles"]]
    whole = frame[frame["period"] == "whole run"]
    total = payments(run.model, range(8, 9), 9).between_firms()[0].sum()
    share = (whole["amount_usd"] * whole["firms"]).sum() / total
    assert 0.01 < share < 1
    assert (whole["cycle"].str.count(" > ") == whole["firms"]).all()


def test_measuring_changes_nothing() -> None:
    quiet, watched = small_model(), small_model()
    for _ in range(3):
        quiet.step()
        watched.step()
        network_series(watched)
    frames = [m.datacollector.get_model_vars_dataframe() for m in (quiet, watched)]
    assert frames[0].equals(frames[1])


def test_every_series_has_a_meaning() -> None:
    for group in (MARKET_NETWORK, FIRM_NETWORK):
        names = [indicator.name for indicator in group]
        assert len(names) == len(dict.fromkeys(names))
        assert all(i.unit == "1" and i.meaning.endswith(".") for i in group)
    assert set(network_series(circle()).market) == {i.name for i in MARKET_NETWORK}
    assert set(network_series(circle()).firms) == {i.name for i in FIRM_NETWORK}

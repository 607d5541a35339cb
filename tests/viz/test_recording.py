"""A recording holds what the model had: series, firms, payments, claims, contracts, customers."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

from market.books import statements
from market.indicators import MODEL_INDICATORS, agent_indicators
from market.model import MarketModel
from market.network_indicators import network_series
from runs.single_run.frames import money_cycle_frame, money_flow_frame
from runs.single_run.simulate import Run, simulate
from viz.recording.recording import Recording
from viz.recording.snapshot import BIN_EUR, BINS, best_gains, number
from viz.world.worlds import ShockStep, World

SMALL = World("minimal")
WORLD = World().with_change("quarters", 12)


class Watched:
    """A model that steps beside a recording: what it was at the end of each quarter."""

    def __init__(self, world: World) -> None:
        self.model = MarketModel(world.parameters, seed=world.seed)
        self.firms: list[dict[str, dict[str, object]]] = []
        self.contracts: list[list[tuple[str, float, float]]] = []
        self.customers: list[tuple[np.ndarray, ...]] = []
        by_class = agent_indicators()
        while self.model.quarter < self.model.parameters.quarters:
            self.model.step()
            self.firms.append(
                {
                    firm.key: {
                        i.name: number(i.measure(firm)) for i in by_class[type(firm).__name__]
                    }
                    for firm in self.model.institutions()
                }
            )
            self.contracts.append(
                [(c.key, c.remaining_cents / 100, c.capacity_cu) for c in self.model.contracts]
            )
            population = self.model.customers
            columns = ("provider", "secondary", "switching_cost", "seats")
            self.customers.append(tuple(population.column(name).copy() for name in columns))


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched(WORLD)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording(WORLD).run_to_end()


def test_the_market_is_that_of_a_run(watched, recording):
    frame = watched.model.datacollector.get_model_vars_dataframe()
    for indicator in MODEL_INDICATORS:
        if indicator.unit != "label":
            expected = [number(value) for value in frame[indicator.name]]
            assert recording.series(indicator.name) == expected, indicator.name
    networks = network_series(watched.model)
    for name, values in networks.market.items():
        measured = [np.nan if v is None else v for v in recording.series(name)]
        assert measured == pytest.approx(values.tolist(), rel=1e-12, abs=1e-15), name


def test_the_frame_is_that_of_the_command_line():
    from market.scenario import read_scenario

    run = simulate(read_scenario("minimal"), seed=7)
    frame = Recording(World("minimal", seed=7)).run_to_end().frame()
    assert list(frame.columns) == list(run.market.columns)
    assert frame["quarter"].tolist() == run.market["quarter"].tolist()
    for name in frame.columns.drop("quarter"):
        np.testing.assert_allclose(frame[name], run.market[name].astype(float), rtol=1e-12)


def test_the_same_world_gives_the_same_snapshots():
    one, two = (Recording(WORLD).run_to_end() for _ in range(2))
    for a, b in zip(one.snapshots, two.snapshots, strict=True):
        assert (a.market, a.firms) == (b.market, b.firms)
        assert (a.finance == b.finance).all()
        assert (a.customers.pairs == b.customers.pairs).all()
    assert one.events == two.events


def test_a_world_and_its_twin_are_equal_until_the_shock(recording):
    struck = Recording(WORLD.with_shock(ShockStep(6, "price cut", "gemini", 3.0))).run_to_end()
    for a, b in zip(struck.snapshots[:6], recording.snapshots[:6], strict=True):
        assert (a.market, a.firms) == (b.market, b.firms)
        assert (a.finance == b.finance).all()
        assert (a.customers.costs == b.customers.costs).all()
    assert struck.snapshots[6].firms["gemini"] != recording.snapshots[6].firms["gemini"]


def test_firms_are_what_the_model_had(watched, recording):
    for snapshot, firms in zip(recording.snapshots, watched.firms, strict=True):
        for key, expected in firms.items():
            assert {name: snapshot.firms[key][name] for name in expected} == expected
    key = recording.firms[0].key
    assert recording.firm_series(key, "cash_usd") == [f[key]["cash_usd"] for f in watched.firms]


def test_assets_less_debts_are_the_equity(recording):
    own = statements.NET_WORTH
    sheet = recording.matrix("balance-sheet", 5, "party")
    for firm in recording.firms:
        values = recording.snapshots[5].firms[firm.key]
        assert values["equity_usd"] == values["total_assets_usd"] - values["debts_usd"]
        # Net worth counts the firm's own shares as a debt, equity does not.
        net = -sheet.loc[own, firm.name] * 1e9
        assert values["net_worth_usd"] == pytest.approx(net, abs=1.0)
        held = _claims_of(recording, firm.key)
        assert values["total_assets_usd"] == pytest.approx(held, abs=1.0)


def _claims_of(recording, key):
    claims = recording.claims(5)
    return float(claims[claims["holder_key"] == key]["usd"].sum())


def test_matrices_are_those_of_the_ledger(watched, recording):
    ledger = watched.model.ledger
    for kind, make in (
        ("balance-sheet", statements.balance_sheet_matrix),
        ("transactions-flow", statements.transactions_flow_matrix),
        ("revaluation", statements.revaluation_matrix),
    ):
        for by in ("sector", "party"):
            assert recording.matrix(kind, 4, by).equals(make(ledger, 4, by))
    with pytest.raises(ValueError, match="none of balance-sheet"):
        recording.matrix("balance", 4)
    with pytest.raises(IndexError, match="not recorded"):
        recording.matrix("balance-sheet", 12)


def test_a_frame_that_is_changed_by_its_reader_is_not_changed_for_others(recording):
    mine = recording.matrix("balance-sheet", 3)
    mine.iloc[:, :] = 0.0
    assert recording.matrix("balance-sheet", 3).to_numpy().any()


def test_flows_of_a_year_are_the_sum_of_its_quarters(watched, recording):
    def paid(first, last):
        frame = recording.flows(first, last)
        pairs = zip(frame["payer_key"], frame["payee_key"], strict=True)
        return dict(zip(pairs, frame["goods_usd"] + frame["financing_usd"], strict=True))

    total, parts = paid(4, 7), {}
    for quarter in range(4, 8):
        for pair, usd in paid(quarter, quarter).items():
            parts[pair] = parts.get(pair, 0.0) + usd
    assert total == pytest.approx(parts)
    plain = money_flow_frame(watched.model, range(4, 8))
    assert recording.flows(4, 7)[list(plain.columns)].equals(plain)
    archives = watched.model.ledger.archives[4:8]
    assert sum(total.values()) == pytest.approx(
        sum(int(a.goods.sum() + a.finance.sum()) for a in archives) / 100
    )


def test_the_purposes_of_a_payment_sum_to_it(recording):
    frame = recording.flows(2, 5)
    frame["usd"] = frame["goods_usd"] + frame["financing_usd"]
    largest = frame[frame["payer_key"].isin(list(recording.firm_of))].nlargest(8, "usd")
    assert len(largest) == 8
    for flow in largest.itertuples():
        found = recording.payments(flow.payer_key, flow.payee_key, 2, 5)
        assert found["usd"].sum() == pytest.approx(flow.usd), flow
        assert found["usd"].is_monotonic_decreasing
    with pytest.raises(KeyError, match="nobody"):
        recording.payments("nobody", "bank", 2, 5)


def test_contracts_are_shown_as_they_stood(watched, recording):
    for quarter in (0, 5, 11):
        frame = recording.contracts(quarter)
        found = list(zip(frame["contract"], frame["rpo_usd"], frame["capacity_cu"], strict=True))
        assert found == watched.contracts[quarter]
    last = Run(watched.model, None, 42).contracts  # type: ignore[arg-type]
    same = [c for c in last.columns if c in frame.columns]
    assert frame[same].equals(last[same])


def test_customers_are_counted_by_lab_and_switching_cost(watched, recording):
    for quarter in (0, 7):
        state = recording.snapshots[quarter].customers
        provider, _, cost, seats = watched.customers[quarter]
        for lab in range(len(state.keys)):
            for place in (0, 3, BINS - 1):
                low = place * BIN_EUR
                high = np.inf if place == BINS - 1 else low + BIN_EUR
                mine = (provider == lab) & (cost >= low) & (cost < high)
                assert state.costs[lab, place] == pytest.approx(seats[mine].sum())
        assert state.customers.tolist() == [
            int((provider == lab).sum()) for lab in range(len(state.keys))
        ]
        assert state.edges[1] == BIN_EUR


def test_seats_that_move_leave_one_lab_for_another(watched, recording):
    before, after = watched.customers[6][0], watched.customers[7][0]
    seats = watched.customers[7][3]
    switched = recording.snapshots[7].customers.switched
    side = switched.shape[0]
    expected = np.zeros_like(switched)
    np.add.at(expected, (before % side, after % side), seats)
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(switched[:-1], expected[:-1])


def test_the_gain_of_a_move_is_the_price_gap_and_the_worth_of_quality():
    prices = np.array([30.0, 27.0, np.nan, 40.0])
    reliability = np.array([0.80, 0.79, 0.99, 0.90])
    gains, best = best_gains(prices, reliability, 0.5, np.array([10, 5, 3, 0]))
    # From the first to the second: 3 EUR cheaper, one point worse at 0.5 EUR a point.
    assert gains[0] == pytest.approx(2.5)
    assert gains[1] == pytest.approx(-2.5)
    assert np.isnan(gains[2:]).all()
    assert best.tolist() == [1, 0, -1, -1]
    alone, nobody = best_gains(np.array([30.0]), np.array([0.8]), 0.5, np.array([4]))
    assert np.isnan(alone).all()
    assert nobody.tolist() == [-1]


def test_circles_come_largest_first_and_name_firms(watched, recording):
    frame = recording.cycles(0, 11)
    plain = money_cycle_frame(watched.model, range(12))
    assert dict(zip(frame["cycle"], frame["amount_usd"], strict=True)) == dict(
        zip(plain["cycle"], plain["amount_usd"], strict=True)
    )
    assert len(frame) > 0
    assert frame["amount_usd"].is_monotonic_decreasing
    assert all(key in recording.firm_of for key in frame["keys"].iloc[0].split(" > "))


def test_unknown_names_are_answered_with_the_nearest(recording):
    with pytest.raises(KeyError, match="did you mean 'capex_usd'"):
        recording.series("capx_usd")
    with pytest.raises(KeyError, match="no firm 'nobody'"):
        recording.firm_series("nobody", "cash_usd")


def test_tables_of_firms_events_and_rounds(watched, recording):
    firms = recording.firms_frame()
    assert len(firms) == len(recording.firms) * 12
    assert {"quarter", "key", "name", "kind", "cash_usd"} <= set(firms.columns)
    assert recording.events_frame()["text"].tolist() == [e.text for e in watched.model.events]
    assert recording.rounds_frame().equals(Run(watched.model, None, 42).rounds)  # type: ignore[arg-type]
    assert set(recording.network(3)) >= {"circularity", "circularity_year"}


def test_nothing_is_there_before_the_first_quarter():
    empty = Recording(SMALL)
    assert empty.quarters_recorded == 0
    assert empty.series("capex_usd") == empty.series("circularity") == []
    assert len(empty.labels) == empty.quarters == 20
    assert len(empty.frame()) == len(empty.rounds_frame()) == 0
    with pytest.raises(IndexError, match="quarter 0 is not recorded"):
        empty.matrix("balance-sheet", 0)


def test_an_error_in_a_rule_stops_the_run_and_keeps_what_was(monkeypatch):
    from agents import ai_lab

    real = ai_lab.list_price
    recording = Recording(SMALL)
    for _ in range(7):
        assert recording.advance()

    def list_price(*_args):
        raise ArithmeticError("no price")

    monkeypatch.setattr(ai_lab, "list_price", list_price)
    assert not recording.advance()
    problem = recording.problem
    assert problem is not None
    assert (problem.quarter, problem.label) == (7, recording.labels[7])
    assert problem.phase == "set prices and sell"
    assert problem.rule == "list_price"
    assert problem.message.startswith("a calculation has no result (no price)")
    assert recording.quarters_recorded == 7
    assert recording.matrix("balance-sheet", 6).iloc[-1].abs().max() == 0.0
    monkeypatch.setattr(ai_lab, "list_price", real)
    assert not recording.advance()  # a stopped run stays stopped


def test_an_error_while_the_books_are_opened_is_a_problem_too(monkeypatch):
    def open_books(model):
        raise ValueError("x" * 1000)

    monkeypatch.setattr("market.model.open_books", open_books)
    recording = Recording(SMALL)
    assert not recording.advance()
    assert recording.problem is not None
    assert recording.problem.phase == "opening of the books"
    assert len(recording.problem.message) < 320


def test_a_finished_recording_lets_its_model_go():
    recording = Recording(SMALL)
    recording.advance()
    model = weakref.ref(recording._model)
    recording.run_to_end()
    gc.collect()
    assert model() is None
    assert recording.series("circularity")[-1] is not None
    assert len(recording.claims(19)) > 0


def test_readers_and_the_writer_do_not_disturb_each_other():
    expected = Recording(SMALL).run_to_end()
    recording, failures = Recording(SMALL), []

    def read():
        try:
            while not recording.is_finished:
                last = recording.quarters_recorded - 1
                if last >= 0:
                    recording.series("circularity_year")
                    for kind in ("balance-sheet", "transactions-flow", "revaluation"):
                        recording.matrix(kind, last, "party")
                    recording.flows(0, last)
                    recording.claims(last)
        except Exception as error:  # whatever a reader meets is a failure of this test
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    recording.run_to_end()
    for reader in readers:
        reader.join()
    assert failures == []
    assert recording.series("circularity_year") == pytest.approx(
        expected.series("circularity_year"), rel=1e-12, abs=1e-15
    )
    assert recording.matrix("balance-sheet", 9).equals(expected.matrix("balance-sheet", 9))


def test_a_recording_of_the_reference_takes_little_memory():
    Recording(World()).run_to_end()  # what is loaded once is not counted
    gc.collect()
    tracemalloc.start()
    try:
        kept = Recording(World(seed=3)).run_to_end()
        kept.series("circularity")
        gc.collect()
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept.is_finished
    assert used < 25e6, f"{used / 1e6:.1f} MB"

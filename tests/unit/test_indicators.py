"""Measured series: what they count, and when a freeze is reported."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Sequence
from pathlib import Path

import mesa
import pandas as pd
import pytest
from small_world import small_model

from agents import AILab, Chipmaker, CloudProvider, Investor
from agents.ai_lab import Offer
from market import indicators
from market.indicators import FIRM_KEYS, MODEL_INDICATORS, agent_indicators, measure_freeze
from market.model import MarketModel
from market.scenario import read_scenario
from runs.single_run.run_folder import write_outputs
from runs.single_run.simulate import Run


def with_rounds(ratios: Sequence[float | None]) -> list[int]:
    """Quarters in which a freeze is reported; None is a quarter without rounds."""
    model = small_model()
    lab = model.labs["a"]
    for quarter, ratio in enumerate(ratios):
        model.quarter = quarter
        lab.needed_usd = 0.0 if ratio is None else 10e9
        lab.round_usd = 0.0 if ratio is None else ratio * 10e9
        measure_freeze(model)
    return [event.quarter for event in model.events.select("funding freeze")]


@pytest.mark.parametrize(
    ("ratios", "reported"),
    [
        ([1.0, 0.49, 0.49], [2]),
        ([0.49, 0.5, 0.49], []),
        ([0.0, 0.0, 0.0, 0.0], [1]),  # one freeze, reported when it begins
        ([0.0, 0.0, 1.0, 0.0, 0.0], [1, 4]),
        ([0.0, None, 0.0], []),  # a quarter without rounds lies between
        ([None, None], []),
    ],
)
def test_a_freeze_is_two_quarters_in_a_row_under_half(
    ratios: list[float | None], reported: list[int]
) -> None:
    assert with_rounds(ratios) == reported


def test_a_freeze_rests_on_the_failed_rounds() -> None:
    model = small_model()
    lab = model.labs["a"]
    failures = []
    for quarter in range(2):
        model.quarter = quarter
        lab.needed_usd = 5e9
        failures.append(lab.report("failed round", 5e9, "USD", "fails to raise").id)
        measure_freeze(model)
    (freeze,) = model.events.select("funding freeze")
    assert freeze.causes == tuple(failures)
    assert freeze.size == 5e9
    assert "0%" in freeze.text


def test_raised_counts_rounds_against_what_is_needed() -> None:
    model = small_model()
    assert math.isnan(indicators.raised_ratio(model))
    a, b = model.labs["a"], model.labs["b"]
    a.needed_usd, a.round_usd, a.raised_usd, b.raised_usd = 4e9, 1e9, 3e9, 9e9
    assert indicators.raised_ratio(model) == 0.25
    a.round_usd = 6e9  # more than it needs helps nobody else
    b.needed_usd = 4e9
    assert indicators.raised_ratio(model) == 0.5


def test_the_want_of_a_dwarf_is_no_freeze() -> None:
    """0.25% of 120 bn of value is 300 million."""
    model = small_model()
    model.labs["a"].needed_usd = 299e6
    assert math.isnan(indicators.raised_ratio(model))
    model.labs["a"].needed_usd = 301e6
    assert indicators.raised_ratio(model) == 0.0


def test_utilisation_is_what_is_sold_over_what_is_there() -> None:
    model = small_model()
    model.labs["a"].delivered_cu = 120.0
    model.clouds["big"].sold_cu = 480.0
    assert indicators.utilisation(model) == pytest.approx(0.5)
    for cloud in model.clouds.values():
        cloud.is_defaulted = True
    assert indicators.utilisation(model) == 0.0


def test_commitments_are_counted_in_years_of_revenue() -> None:
    model = small_model()
    assert indicators.commitments_over_revenue(model) == 0.0
    model.labs["a"].revenue_usd = 0.5e9
    assert indicators.commitments_over_revenue(model) == pytest.approx(4.0)
    assert indicators.rpo_usd(model) == pytest.approx(63e9)


def test_chip_revenue_is_compared_with_all_capex() -> None:
    model = small_model(compute={"other_buyers_capex_usd": 11e9})
    assert indicators.capex_usd(model) == pytest.approx(9e9)
    assert indicators.chip_revenue_over_capex(model) == pytest.approx(6 / 20)
    model.clouds["big"].capex_usd = 16e9  # 18 bn in all: twice the start, and so do others
    assert indicators.chip_revenue_over_capex(model) == pytest.approx(6 / 40)


def test_defaults_are_counted_and_leave_the_sums() -> None:
    model = small_model().run(1)
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["defaults"].tolist() == [0]
    model.labs["b"].is_defaulted = True
    values = {i.name: i.measure(model) for i in MODEL_INDICATORS}
    assert values["defaults"] == 1
    assert values["labs_cash_usd"] == model.labs["a"].cash_usd


def test_every_series_has_a_unit_and_a_meaning() -> None:
    groups = [MODEL_INDICATORS, *agent_indicators().values()]
    for group in groups:
        names = [indicator.name for indicator in group]
        assert len(names) == len(set(names))
        assert all(i.unit and i.meaning.endswith(".") for i in group)


@pytest.mark.parametrize("kind", [AILab, CloudProvider, Chipmaker, Investor])
def test_every_agent_series_is_collected(kind: type) -> None:
    model: MarketModel = small_model().run(2)
    frame = model.datacollector.get_agenttype_vars_dataframe(kind)
    expected = [i.name for i in (*FIRM_KEYS, *agent_indicators()[kind.__name__])]
    assert list(frame.columns) == expected
    assert not frame.isna().any().any()


def test_a_model_with_a_lab_of_ones_own_is_measured_like_any() -> None:
    class DearLab(AILab):
        """A lab that never changes its price."""

        def set_price(self, rivals: Sequence[Offer]) -> None:
            self.price_eur = 99.0

    class DearMarket(MarketModel):
        """A market of such labs."""

        lab_class = DearLab

    frame = DearMarket("minimal", seed=1).run(2).datacollector.get_agenttype_vars_dataframe(DearLab)
    assert (frame["price_eur"] == 99.0).all()
    assert frame["valuation_usd"].gt(0).all()


def test_own_indicators_are_written_and_described_like_ours(tmp_path: Path) -> None:
    """The dictionary of a run names every column of every file, those of own classes included."""

    class OddLab(AILab):
        """A lab of a class of its own."""

    class OddMarket(MarketModel):
        """A market of such labs."""

        lab_class = OddLab

    model = OddMarket("minimal", seed=1)
    model.add_indicator("firms", lambda m: len(m.firms), unit="firms", meaning="All firms.")
    model.add_indicator(
        "debt_usd", lambda lab: lab.debt_usd(), unit="USD", meaning="Debt.", of=AILab
    )
    folder = tmp_path / "results"
    write_outputs(Run(model.run(2), read_scenario("minimal"), 1), folder, has_pictures=False)
    known = pd.read_csv(folder / "data-dictionary.csv").groupby("file", sort=False)["column"]
    described = {str(file): columns.tolist() for file, columns in known}
    for path in folder.glob("*.csv"):
        assert pd.read_csv(path, nrows=0).columns.tolist() == described[path.stem], path.name
    assert "firms" in described["model"]
    assert "debt_usd" in described["agents-OddLab"]


def test_a_copy_of_a_model_measures_and_runs_its_own_quarter() -> None:
    """Own phases and indicators go with a copy; the copy's firms are its own."""
    model = small_model()
    model.phases = model.phases.insert_before("measure_freeze", double_spot_price)
    model.add_indicator("spot", lambda m: m.spot_price_usd, unit="USD per CU", meaning="Rent.")
    twin = copy.deepcopy(model)
    model.run(3)
    assert twin.quarter == 0
    assert twin.firms["a"] is twin.labs["a"] is not model.labs["a"]
    frames = [m.datacollector.get_model_vars_dataframe() for m in (model, twin.run(3))]
    pd.testing.assert_frame_equal(*frames)
    assert model.datacollector.model_vars["spot"] != small_spot_prices()
    assert pickle.loads(pickle.dumps(model.phases)) == model.phases


def test_the_collector_keeps_what_mesa_keeps() -> None:
    """The quicker form gives Mesa's frames, and values that change later stay as they were."""
    model = small_model()
    model.add_indicator("past", lambda m: m.raised_ratios, unit="1", meaning="A growing list.")
    model.add_indicator(
        "orders", lambda c: c.orders, unit="thousand chips", meaning="A list.", of=CloudProvider
    )
    twin = copy.deepcopy(model)
    slow = mesa.DataCollector(
        twin.datacollector.model_reporters,
        agenttype_reporters=twin.datacollector.agenttype_reporters,
    )
    twin.datacollector = slow
    for _ in range(4):
        model.step()
        twin.step()
    quick = model.datacollector
    assert [len(past) for past in quick.model_vars["past"]] == [1, 2, 3, 4]
    frame = quick.get_model_vars_dataframe()
    pd.testing.assert_frame_equal(frame, slow.get_model_vars_dataframe())
    for cls in quick.agenttype_reporters:
        frame = quick.get_agenttype_vars_dataframe(cls)
        assert len(frame)
        pd.testing.assert_frame_equal(frame, slow.get_agenttype_vars_dataframe(cls))


def double_spot_price(model: MarketModel) -> None:
    """Double the rent of compute."""
    model.spot_price_usd *= 2


def small_spot_prices() -> list[float]:
    """Rents of the small world without the phase above, USD per CU."""
    hours = small_model().run(3).datacollector.model_vars["spot_price_usd_hour"]
    return [2.19e6 * price for price in hours]

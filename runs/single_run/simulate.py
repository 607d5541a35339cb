"""One run of one scenario, and the frames that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from market.network_indicators import NetworkSeries, network_series
from market.parameters.world import quarter_index, quarter_label
from runs.own_model import ModelLike, class_of
from runs.problems import UserProblem, nearest
from runs.single_run.frames import (
    contract_frame,
    contract_states,
    money_cycle_frame,
    money_flow_frame,
)
from runs.single_run.losses import failures_frame

if TYPE_CHECKING:
    from market.model import MarketModel
    from market.scenario import Scenario

DEFAULT_SEED = 42
PEAK_YEAR, LAST_YEAR, WHOLE_RUN = (
    "four quarters to the CapEx peak",
    "last four quarters",
    "whole run",
)
"""Periods of ``Run.money_flows``."""


@dataclass(frozen=True)
class Run:
    """A finished run with its model, from which every table and file of ``run --out`` is made.

    Other results of runs hold no model: of one run that the app shows while it goes on, a
    ``viz.recording.recording.Recording``; of one of many runs in worker processes, the measured
    outputs in a ``runs.sweep.one_run.RunResult``.

    Attributes:
        model: the model after its last quarter.
        scenario: what was simulated.
        seed: root of the random streams.
    """

    model: MarketModel
    scenario: Scenario
    seed: int

    @property
    def labels(self) -> list[str]:
        """Labels of the quarters that were simulated."""
        parameters = self.model.parameters
        return [parameters.quarter_label(quarter) for quarter in range(self.model.quarter)]

    @cached_property
    def market(self) -> pd.DataFrame:
        """One row per quarter: the indicators of the whole market, those of its networks last."""
        frame: pd.DataFrame = self.model.datacollector.get_model_vars_dataframe()
        return frame.reset_index(drop=True).assign(**self.networks.market)

    @cached_property
    def agents(self) -> dict[str, pd.DataFrame]:
        """Class name -> long frame with one row per quarter and firm."""
        collector = self.model.datacollector
        return {
            cls.__name__: self._add_networks(
                collector.get_agenttype_vars_dataframe(cls).reset_index(drop=True)
            )
            for cls in collector.agenttype_reporters
        }

    def _add_networks(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add the indicators of the networks to rows with a quarter and the name of a firm."""
        series = self.networks
        rows = frame["quarter_number"].to_numpy()
        columns = pd.Index(series.names).get_indexer(pd.Index(frame["name"]))
        return frame.assign(
            **{name: values[rows, columns] for name, values in series.firms.items()}
        )

    @cached_property
    def networks(self) -> NetworkSeries:
        """Indicators of the networks of payments and claims; part of ``market`` and ``agents``."""
        return network_series(self.model)

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per event, with the ids of those that came before and could reach it."""
        frame = self.model.events.to_frame().reset_index()
        return frame.rename(columns={"quarter": "quarter_number", "label": "quarter"})

    @cached_property
    def rounds(self) -> pd.DataFrame:
        """One row per funding round; see ``MarketModel.rounds_frame``."""
        return self.model.rounds_frame()

    @cached_property
    def contracts(self) -> pd.DataFrame:
        """One row per compute contract, as it stands at the end."""
        model = self.model
        names = {firm.key: firm.name for firm in model.institutions()}
        found = contract_frame(
            model.contracts, contract_states(model.contracts), names, model.parameters.quarter_label
        )
        return found.drop(columns=["lab_key", "cloud_key"], errors="ignore")

    @cached_property
    def losses(self) -> pd.DataFrame:
        """Who pays for each failure by the books; see ``runs.single_run.losses``."""
        return failures_frame(self.model.ledger, list(self.model.events), self.labels)

    @property
    def parent_funding_usd(self) -> float:
        """What parents paid for the deficits of their labs."""
        ledger, quarters = self.model.ledger, range(self.model.quarter)
        parties = [lab.party for lab in self.model.labs.values()]
        return sum(ledger.flow("parent funding", p, q) for p in parties for q in quarters) / 100

    @property
    def periods(self) -> dict[str, range]:
        """Period of ``money_flows`` -> its quarters."""
        last = self.model.quarter - 1
        capex = self.market["capex_usd"].tolist()
        peak = capex.index(max(capex))
        ends = ((PEAK_YEAR, peak, 4), (LAST_YEAR, last, 4), (WHOLE_RUN, last, last + 1))
        return {name: range(max(0, end - size + 1), end + 1) for name, end, size in ends}

    @cached_property
    def money_flows(self) -> pd.DataFrame:
        """Who paid whom, by period; payments above zero.

        Columns: period, payer, payer_sector, payee, payee_sector, goods_usd (for goods, services
        and income), financing_usd (shares, loans, bonds and their repayment), is_internal
        (between a lab and its parent).
        """
        return self._by_period(money_flow_frame)

    @cached_property
    def money_cycles(self) -> pd.DataFrame:
        """The circles of payments between labs, clouds and chipmakers, by period.

        Columns: period, cycle ("A > B > C > A"), amount_usd (what each pays the next), firms.
        """
        return self._by_period(money_cycle_frame).drop(columns="names")

    def _by_period(self, make: Callable[[MarketModel, range], pd.DataFrame]) -> pd.DataFrame:
        """The rows of a frame of each period, with its name in the first column."""
        frames = []
        for name, quarters in self.periods.items():
            frame = make(self.model, quarters)
            frame.insert(0, "period", name)
            frames.append(frame)
        filled = [frame for frame in frames if len(frame)]
        return pd.concat(filled, ignore_index=True) if filled else frames[0]


def simulate(
    scenario: Scenario,
    *,
    seed: int = DEFAULT_SEED,
    on_quarter: Callable[[MarketModel], None] | None = None,
    model_class: ModelLike = None,
) -> Run:
    """Run a scenario to its end.

    Args:
        scenario: what ``market.scenario.read_scenario`` returns.
        seed: root of all random streams.
        on_quarter: called with the model after each quarter, for progress.
        model_class: your own subclass of ``MarketModel``, or its name "package.module:Class".

    Returns:
        The finished run; the same scenario and seed give the same run.

    Raises:
        ModelProblem: the model class cannot be used.
    """
    model = class_of(model_class)(scenario.parameters, seed=seed)
    for _ in model.each_quarter():
        if on_quarter is not None:
            on_quarter(model)
    return Run(model, scenario, seed)


def quarter_of(label: str, start: str, quarters: int) -> int:
    """Number of the quarter that a label names; raises UserProblem when the run has none such."""
    labels = f"{start} to {quarter_label(start, quarters - 1)}"
    try:
        number = quarter_index(start, label)
    except ValueError:
        choices = [quarter_label(start, quarter) for quarter in range(quarters)]
        hint = nearest(label, choices)
        raise UserProblem(f"{label!r} is not a quarter of this run ({labels}): {hint}") from None
    if not 0 <= number < quarters:
        near = start if number < 0 else quarter_label(start, quarters - 1)
        raise UserProblem(
            f"{label!r} is not a quarter of this run ({labels}): the nearest is {near}"
        )
    return number

"""One run of one scenario, and the frames that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.books.archive import sum_of_payments
from market.host import CU_HOURS
from market.indicators import NetworkSeries, named_cycles, network_series
from market.networks.payments import same_family
from market.parameters.world import quarter_index, quarter_label
from runs.own_model import ModelLike, class_of
from runs.problems import UserProblem, nearest

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
    """A finished run.

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
        """One row per event, with the ids of its causes."""
        frame = self.model.events.to_frame().reset_index()
        return frame.rename(columns={"quarter": "quarter_number", "label": "quarter"})

    @cached_property
    def rounds(self) -> pd.DataFrame:
        """One row per funding round; see ``MarketModel.rounds_frame``."""
        return self.model.rounds_frame()

    @cached_property
    def contracts(self) -> pd.DataFrame:
        """One row per compute contract, as it stands at the end."""
        label = self.model.parameters.quarter_label
        rows = [
            {
                "contract": contract.key,
                "lab": self.model.labs[contract.lab].name,
                "cloud": self.model.clouds[contract.cloud].name,
                "first_delivery": label(contract.start),
                "ramp_quarters": contract.ramp_quarters,
                "capacity_cu": contract.capacity_cu,
                "price_usd_hour": contract.price_usd / CU_HOURS,
                "total_usd": contract.total_cents / 100,
                "delivered_usd": contract.delivered_cents / 100,
                "cancelled_usd": contract.cancelled_cents / 100,
                "rpo_usd": contract.remaining_cents / 100,
            }
            for contract in self.model.contracts
        ]
        return pd.DataFrame(rows)

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
        periods = self.periods.items()
        frames = [money_flow_frame(self.model, quarters, name) for name, quarters in periods]
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def money_cycles(self) -> pd.DataFrame:
        """The circles of payments between labs, clouds and chipmakers, by period.

        Columns: period, cycle ("A > B > C > A"), amount_usd (what each pays the next), firms.
        """
        rows = [
            (name, str(cycle), cycle.amount, len(cycle.names))
            for name, quarters in self.periods.items()
            for cycle in named_cycles(self.model, quarters)
        ]
        return pd.DataFrame(rows, columns=["period", "cycle", "amount_usd", "firms"])


def money_flow_frame(model: MarketModel, quarters: range, period: str) -> pd.DataFrame:
    """Payments above zero between parties in closed quarters, in USD."""
    ledger = model.ledger
    names, sectors = ledger.parties, ledger.accounts.sectors
    goods, financing = sum_of_payments(ledger.archives[quarters.start : quarters.stop], len(names))
    payers, payees = np.nonzero((goods + financing) > 0)
    is_internal = same_family(model)
    return pd.DataFrame(
        {
            "period": period,
            "payer": [names[i] for i in payers],
            "payer_sector": [sectors[i] for i in payers],
            "payee": [names[i] for i in payees],
            "payee_sector": [sectors[i] for i in payees],
            "goods_usd": goods[payers, payees] / 100,
            "financing_usd": financing[payers, payees] / 100,
            "is_internal": is_internal[payers, payees],
        }
    )


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

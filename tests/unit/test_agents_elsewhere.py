"""Agents of this package in another experiment: a plain Mesa model with other rules around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np
import pytest
from small_world import CLOUD, LAB

from agents import AILab, CloudProvider, CustomerPopulation
from agents.ai_lab import Offer
from agents.consumers import Audience
from agents.data_centres import BuildingOutlook
from market.host import equip
from market.parameters.companies import CloudParameters, LabParameters
from market.parameters.world import MarketParameters


class GenerousLab(AILab):
    """A lab with one rule replaced: it undercuts the cheapest rival by four euros."""

    def set_price(self, rivals: Sequence[Offer]) -> None:
        """Four euros under the cheapest rival."""
        self.price_eur = min(rival.price_eur for rival in rivals) - 4.0


class PriceWar(mesa.Model[Any, Any]):
    """Two labs and one cloud: seats are sold, compute is rented, nothing else exists."""

    def __init__(self, second: type[AILab]) -> None:
        super().__init__(rng=5)
        rules = {"customers": 100, "switching_cost_sigma": 0, "contract_quarters": 1}
        rules |= {"quality_weight_eur": 0, "multi_homing_share": 0, "seats_market_million": 30}
        equip(self, MarketParameters.model_validate({"enterprise": rules}), seed=5)
        own = {**LAB, "reliability": 0.9, "cash_usd": 50e9}
        self.labs = [
            AILab(self, "one", LabParameters.model_validate({**own, "name": "One"})),
            second(self, "two", LabParameters.model_validate({**own, "name": "Two"})),
        ]
        self.cloud = CloudProvider(
            self, "cloud", CloudParameters.model_validate({**CLOUD, "name": "Cloud"})
        )
        for lab in self.labs:
            lab.open_cash(lab.stated.cash_usd)
        self.customers = CustomerPopulation(self, ["one", "two"], [0.5, 0.5], [0.9, 0.9])
        self.ledger.commit("opening")

    def step(self) -> None:
        """Price, sell, pay the cloud, close the books."""
        offers = [Offer(lab.offered_price_eur, lab.reliability) for lab in self.labs]
        for lab, rivals in zip(self.labs, (offers[1:], offers[:1]), strict=True):
            lab.set_price(rivals)
        prices = np.array([lab.offered_price_eur for lab in self.labs])
        self.customers.choose(prices, np.array([lab.reliability for lab in self.labs]))
        for lab, seats in zip(self.labs, self.customers.seats_of.tolist(), strict=True):
            lab.sell(seats, seats / self.customers.seats_of.sum(), Audience())
            bill = round(100 * lab.inference_need_cu() * self.spot_price_usd)
            self.ledger.pay(lab.party, self.cloud.party, bill, "compute")
        self.ledger.commit("sales")
        self.ledger.close_quarter()
        self.quarter += 1


def test_labs_of_one_kind_share_the_market() -> None:
    model = PriceWar(AILab)
    for _ in range(4):
        model.step()
    assert abs(model.customers.seats_of[0] / model.customers.seats_of.sum() - 0.5) < 0.05
    assert model.cloud.cash_usd > 0
    assert model.labs[0].name == "One"


def test_one_replaced_rule_changes_the_outcome() -> None:
    """A lab that is always four euros cheaper takes every customer in the first quarter."""
    model = PriceWar(GenerousLab)
    model.step()
    assert model.customers.seats_of.tolist()[0] == 0.0
    assert model.labs[1].cash_usd > model.labs[0].cash_usd
    assert len(model.agents_by_type[GenerousLab]) == 1


def test_accounts_of_the_other_experiment_close_too() -> None:
    model = PriceWar(GenerousLab)
    opening = sum(model.ledger.deposits(p) for p in range(len(model.ledger.parties)))
    for _ in range(3):
        model.step()
    closing = sum(model.ledger.deposits(p) for p in range(len(model.ledger.parties)))
    assert closing == opening
    paid = sum(model.ledger.payments_between(lab.party, model.cloud.party, 4) for lab in model.labs)
    assert paid == model.ledger.deposits(model.cloud.party)


class LoneCloud(mesa.Model[Any, Any]):
    """One cloud that builds with its own money and pays for it; no other firm exists."""

    def __init__(self) -> None:
        super().__init__(rng=5)
        equip(self, MarketParameters(), seed=5)
        own = {**CLOUD, "name": "Cloud", "suppliers": {}}
        self.cloud = CloudProvider(self, "cloud", CloudParameters.model_validate(own))
        self.cloud.open_cash(10e9)
        self.ledger.commit("opening")

    def step(self) -> None:
        """Plan, finance, begin, order chips from outside, and settle."""
        outlook = BuildingOutlook(4, {}, 1.0, 2e8, 5e7, 3e7)
        cloud = self.cloud
        order = cloud.plan_order(outlook)
        cloud.owe_debt_service()
        spending = cloud.planned_spending_usd(order, outlook)
        cloud.funded_share = cloud.plan_finance(spending, 0.0, 0.0, True)
        cloud.raise_debt()
        cloud.begin_building(order)
        cloud.order_chips(cloud.orders[-1], {})
        cloud.receive_own_chips(outlook.chips_usd)
        self.ledger.commit("building")
        self.settlement.clear()
        self.ledger.commit("clearing")
        self.ledger.close_quarter()
        self.quarter += 1


def test_a_cloud_plans_finances_and_builds_without_a_market() -> None:
    model = LoneCloud()
    model.step()
    cloud = model.cloud
    assert cloud.orders[-1] > 0
    assert cloud.pipeline.delivered == pytest.approx(cloud.orders[-1])
    assert cloud.cash_usd < 10e9
    built = model.ledger.balance("data centres", None, cloud.party, "under construction")
    assert built == pytest.approx(100 * cloud.orders[-1] * (2 * cloud.upfront_cost_usd() + 3e7))


def test_a_firm_of_the_other_experiment_winds_itself_up() -> None:
    model = LoneCloud()
    model.step()
    cloud = model.cloud
    cloud.is_defaulted = True
    cloud.wind_up([cloud])
    model.ledger.commit("default")
    assert cloud.pay_creditors() == []
    model.ledger.commit("write-offs")
    assert cloud.is_in_administration
    cloud.close_estate()
    model.ledger.commit("estates")
    assert model.ledger.assets(cloud.party) == 0

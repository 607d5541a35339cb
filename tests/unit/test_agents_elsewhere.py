"""Agents of this package in another experiment: a plain Mesa model with other rules around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np
from small_world import CLOUD, LAB

from agents import AILab, CloudProvider, CustomerPopulation
from agents.ai_lab import Offer
from agents.consumers import Audience
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
            lab.open_cash(lab.own.cash_usd)
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

"""Phase 5: labs plan training, sign compute contracts within headroom and project their cash."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from market.books.ledger import cents
from market.units import some_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.ai_lab import AILab
    from agents.cloud_provider import CloudProvider
    from market.model import MarketModel

_SMALLEST_GAP = 0.05
"""A contract is signed when the gap is at least this part of the lab's compute."""
_MAX_PARTNER_PD = 0.05
"""Clouds sign with labs whose probability of default per quarter is below this."""


def plan_commitments(model: MarketModel) -> None:
    """Labs plan training, sign compute contracts within headroom and project their cash."""
    labs = model.active_labs
    training = {lab.key: lab.training_cu for lab in labs}
    for lab in labs:
        rivals = [cu for key, cu in training.items() if key != lab.key]
        purse = max(0.0, lab.free_cash_usd) + _parent_purse_usd(model, lab)
        lab.plan_training(max(rivals, default=0.0), purse)
    load = {cloud.key: _load(model, cloud, model.build_lead) for cloud in model.clouds.values()}
    wishes = [wish for lab in labs if (wish := _wished_contract(model, lab, load)) is not None]
    for wish in wishes:
        _sign(model, wish)
    for lab in labs:
        lab.project_need(_promised_usd(model, lab))
    model.contracts.check(model.quarter)
    model.ledger.commit("commitments")


@dataclass(frozen=True, slots=True)
class Wish:
    """A contract that a lab wants to sign, decided on the state before anybody signs."""

    lab: AILab
    cloud: CloudProvider
    capacity_cu: float
    price_usd: float


def _wished_contract(model: MarketModel, lab: AILab, load: Mapping[str, float]) -> Wish | None:
    rules = model.parameters
    gap = lab.compute_gap_cu(model.build_lead)
    if gap < _SMALLEST_GAP * max(lab.delivered_cu, 1.0) or lab.is_refused:
        return None
    if lab.default_probability() > _MAX_PARTNER_PD:
        return None
    clouds = model.active_clouds
    if lab.own.parent in model.clouds:
        clouds = [model.clouds[lab.own.parent]]
    if not clouds:
        return None
    is_internal = lab.own.parent in model.clouds
    purse = inf if is_internal else _parent_purse_usd(model, lab)
    cloud = min(clouds, key=lambda c: load[c.key])
    price = model.spot_price_usd * (1 - rules.compute.contract_discount)
    duration = rules.lab_rules.contract_quarters
    capacity = min(gap, lab.headroom_usd(purse) / (price * duration))
    if capacity < _SMALLEST_GAP * max(lab.delivered_cu, 1.0):
        return None
    return Wish(lab, cloud, capacity, price)


def _sign(model: MarketModel, wish: Wish) -> None:
    lab, cloud = wish.lab, wish.cloud
    contract = model.contracts.sign_new(
        lab.key,
        cloud.key,
        capacity_cu=wish.capacity_cu,
        price_usd=wish.price_usd,
        start=model.quarter + model.build_lead,
        duration=model.parameters.lab_rules.contract_quarters,
    )
    usd = contract.total_cents / 100
    lab.report(
        "contract signed",
        usd,
        "USD",
        f"signs compute for {some_money(usd)} at {cloud.name}",
    )


def _parent_purse_usd(model: MarketModel, lab: AILab) -> float:
    """Part of its cash that a parent lends to its lab's plans, USD; zero without a parent."""
    if lab.own.parent is None:
        return 0.0
    parent = model.institution(lab.own.parent)
    share = model.parameters.lab_rules.parent_purse_share
    return 0.0 if parent.is_defaulted else share * parent.spendable_usd


def _load(model: MarketModel, cloud: CloudProvider, lead: int) -> float:
    """Compute promised for the quarter ``lead`` ahead over capacity in service and under way."""
    ahead = model.quarter + lead
    promised = sum(c.scheduled_cu(ahead) for c in model.contracts.of_cloud(cloud.key))
    capacity = cloud.capacity_cu + cloud.pipeline.total * cloud.new_efficiency()
    return (promised + cloud.organic_cu) / max(capacity, 1e-9)


def _promised_usd(model: MarketModel, lab: AILab) -> float:
    """Unconditional tranches that fall due within the planning horizon, USD."""
    if lab.is_refused:
        return 0.0
    last = model.quarter + model.parameters.lab_rules.planning_quarters
    total = 0.0
    for promise in model.commitments:
        if promise.lab != lab.key or promise.condition_gw > 0 or promise.is_void:
            continue
        left = range(promise.drawn, promise.tranches)
        total += sum(promise.tranche_usd for k in left if promise.first_quarter + k <= last)
    return total


def give_up_contracts(model: MarketModel, lab: AILab) -> None:
    """Cancel contracts not yet begun, latest first, until RPO fits the valuation; pay the fee."""
    rules = model.parameters.lab_rules
    limit = rules.commitment_multiple * lab.valuation_usd
    book = model.contracts
    later = [c for c in book.of_lab(lab.key) if not c.is_begun(model.quarter)]
    for contract in sorted(later, key=lambda c: (-c.start, c.key)):
        excess = book.rpo_usd(lab=lab.key) - limit
        if excess <= 0:
            break
        share = min(1.0, excess / (contract.remaining_cents / 100))
        usd = book.cancel(contract, share) / 100
        cloud = model.clouds[contract.cloud]
        model.settlement.owe(
            lab.party, cloud.party, cents(rules.cancellation_fee * usd), "cancellation fees"
        )
        cloud.last_cancellation = lab.report(
            "contract cancelled",
            usd,
            "USD",
            f"gives up {some_money(usd)} of compute at {cloud.name} that had not begun",
            (lab.last_failure,),
        )

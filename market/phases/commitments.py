"""Phase 5: labs plan training, sign compute contracts within headroom and project their cash."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from market.units import some_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.ai_lab import AILab, ContractPlan
    from market.model import MarketModel


def plan_commitments(model: MarketModel) -> None:
    """Labs plan training, sign compute contracts within headroom and project their cash.

    What a lab wants to sign it decides on the state before anybody signs.
    """
    labs = model.active_labs
    training = {lab.key: lab.training_cu for lab in labs}
    for lab in labs:
        rivals = [cu for key, cu in training.items() if key != lab.key]
        purse = max(0.0, lab.free_cash_usd) + _parent_purse_usd(model, lab)
        lab.plan_training(max(rivals, default=0.0), purse)
    loads = {cloud.key: cloud.promised_load(model.build_lead) for cloud in model.clouds.values()}
    plans = [(lab, _contract_plan(model, lab, loads)) for lab in labs]
    for lab, plan in plans:
        if plan is not None:
            _sign(model, lab, plan)
    for lab in labs:
        lab.project_need(lab.promised_usd())
        lab.calibrate()
    for cohort in model.startups.values():
        cohort.calibrate()
    _learn_sector_multiples(model)
    model.contracts.check(model.quarter)
    model.ledger.commit("commitments")


def _contract_plan(
    model: MarketModel, lab: AILab, loads: Mapping[str, float]
) -> ContractPlan | None:
    """What a lab would sign with its parent's cloud while it lives, else with any that takes it."""
    risk = lab.default_probability()
    parent = lab.parent
    is_internal = parent in model.clouds and model.clouds[str(parent)].is_active
    sellers = [model.clouds[str(parent)]] if is_internal else model.active_clouds
    open_to_it = {c.key: loads[c.key] for c in sellers if c.accepts_lab(risk)}
    purse = inf if is_internal else _parent_purse_usd(model, lab)
    return lab.plan_contract(open_to_it, model.build_lead, purse)


def _sign(model: MarketModel, lab: AILab, plan: ContractPlan) -> None:
    contract = model.contracts.sign_new(
        lab.key,
        plan.cloud,
        capacity_cu=plan.capacity_cu,
        price_usd=plan.price_usd,
        start=model.quarter + model.build_lead,
        duration=model.parameters.lab_rules.contract_quarters,
        is_internal=lab.parent == plan.cloud,
    )
    usd = contract.total_cents / 100
    name = model.clouds[plan.cloud].name
    lab.report("contract signed", usd, "USD", f"signs compute for {some_money(usd)} at {name}")


def _parent_purse_usd(model: MarketModel, lab: AILab) -> float:
    """Part of its cash that a parent lends to its lab's plans, USD; zero without a parent."""
    return 0.0 if lab.parent is None else model.institution(lab.parent).purse_usd()


def _learn_sector_multiples(model: MarketModel) -> None:
    """Multiples of all labs with shares, weighted by revenue, as first calibrated."""
    priced = [lab for lab in model.active_labs if lab.value_calibration > 0]
    revenue = sum(lab.first_revenue_usd or 0.0 for lab in priced)
    if revenue <= 0:
        return
    calibration = sum(lab.value_calibration * (lab.first_revenue_usd or 0.0) for lab in priced)
    multiple = sum(lab.exit_revenue_multiple * (lab.first_revenue_usd or 0.0) for lab in priced)
    for lab in priced:
        if lab.sector_calibration <= 0:
            lab.sector_calibration = calibration / revenue
            lab.sector_exit_multiple = multiple / revenue

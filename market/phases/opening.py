"""Opening books: every balance sheet of the start closes by construction.

What public figures do not give is derived here by a rule that the function's docstring states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.private_firm import SHARE_UNITS
from market.books.contracts import Backstop, ComputeContract, EquityCommitment, planned_total_cu
from market.parameters.companies import ComputeContractParameters
from market.phases.building import building_outlook, makers_with_orders
from market.phases.compute import startups_by_cloud
from market.phases.credit import class_of, open_notes, opening_shares, split
from market.units import cents

if TYPE_CHECKING:
    from agents.cloud_provider import CloudProvider
    from agents.institution import Institution
    from agents.listed_firm import ListedFirm
    from market.model import MarketModel

_MEAN_AGE_QUARTERS = {0: 2, -1: 6, -2: 10}
"""Assumed mean age of the first chips by vintage, quarters."""


def open_books(model: MarketModel) -> None:
    """Book every opening position, sign known contracts and derive what is not public."""
    _open_contracts(model)
    for lab in model.labs.values():
        lab.open_cash(lab.stated.cash_usd)
        _open_shares(model, lab, lab.stated.valuation_usd, "private equity")
    _open_startups(model)
    outlook, makers = building_outlook(model, is_opening=True), makers_with_orders(model)
    for cloud in model.clouds.values():
        cloud.open_cash(cloud.stated.cash_usd)
        cloud.open_debt(_debt_holders(model, cloud, cloud.stated.debt_usd))
        _open_shares(model, cloud, cloud.stated.market_cap_usd, "listed equity")
        _open_plant(model, cloud)
        cloud.open_pipeline(outlook, makers)
    for chipmaker in model.chipmakers.values():
        chipmaker.open_cash(chipmaker.stated.cash_usd)
        debt = _debt_holders(model, chipmaker, chipmaker.stated.debt_usd)
        chipmaker.open_debt(debt.get("bonds", {}))
        _open_shares(model, chipmaker, chipmaker.stated.market_cap_usd, "listed equity")
        chipmaker.open_order_book()
    _open_investors(model)
    model.ledger.commit("opening")
    if model.clouds:  # whose notes else
        for lender in model.credit_investors.values():
            lender.open_books()
        model.ledger.commit("opening")
        model.lending_bank.open_books()
    model.ledger.commit("opening")
    open_notes(model)
    model.contracts.close_quarter(model.quarter)


def _debt_holders(model: MarketModel, firm: ListedFirm, usd: float) -> dict[str, dict[int, int]]:
    """Who holds debt of the start, by instrument: banks their part, lenders theirs."""
    total, kind = cents(usd), class_of(model, firm)
    lent = int(kind.bank_share * total) if firm.key in model.clouds else 0
    holders = {"bonds": split(total - lent, opening_shares(model, firm.credit_class))}
    if lent > 0:
        holders["loans"] = {model.lender: lent}
    return holders if total > 0 else {}


def _open_contracts(model: MarketModel) -> None:
    """Contracts known at the start; the price is the total over the compute of the plan."""
    for key, own in model.parameters.compute_contracts.items():
        is_internal = model.parameters.labs[own.lab].parent == own.cloud
        contract = _contract(key, own, is_internal=is_internal)
        model.pending_contracts.append((contract, own.signed_quarter))
    for contract, signed in list(model.pending_contracts):
        if signed == 0:
            model.contracts.sign(contract)
            model.pending_contracts.remove((contract, signed))
    for key, promise in model.parameters.equity_commitments.items():
        model.commitments.append(EquityCommitment(key=key, **promise.model_dump()))
    for key, backstop in model.parameters.backstops.items():
        terms = (backstop.total_usd, backstop.quarters, backstop.first_quarter)
        model.backstops.append(Backstop(key, backstop.chipmaker, backstop.cloud, *terms))


def _contract(
    key: str, own: ComputeContractParameters, *, is_internal: bool = False
) -> ComputeContract:
    volume = planned_total_cu(
        own.capacity_cu, own.duration_quarters, own.ramp_quarters, own.initial_share
    )
    if volume <= 0:
        raise ValueError(
            f"compute_contracts.{key}: a ramp from nothing over {own.ramp_quarters} quarters "
            f"delivers nothing in {own.duration_quarters}"
        )
    return ComputeContract(
        key=key,
        lab=own.lab,
        cloud=own.cloud,
        price_usd=own.total_usd / volume,
        capacity_cu=own.capacity_cu,
        start=own.start_quarter,
        ramp_quarters=own.ramp_quarters,
        initial_share=own.initial_share,
        total_cents=cents(own.total_usd),
        terminable_cents=int(own.terminable_share * cents(own.total_usd)),
        is_internal=is_internal,
    )


def _open_shares(
    model: MarketModel, issuer: Institution, value_usd: float, instrument: str
) -> None:
    """Stated stakes; what nobody is said to hold belongs to households (founders and savers)."""
    if value_usd <= 0:
        return
    left_units, left_value = SHARE_UNITS, cents(value_usd)
    for stake in model.parameters.stakes.values():
        if stake.issuer == issuer.key:
            units = round(stake.share * SHARE_UNITS)
            value = round(units * cents(value_usd) / SHARE_UNITS)
            holder = model.institution(stake.holder).party
            model.ledger.grant_shares(issuer.party, holder, units, value, instrument)
            left_units, left_value = left_units - units, left_value - value
    if left_units > 0:
        model.ledger.grant_shares(
            issuer.party, model.parties.households, left_units, left_value, instrument
        )


def _open_startups(model: MarketModel) -> None:
    """Cash and shares of the cohorts; their compute is a part of what clouds sell outside labs.

    Derived: round investors hold the stated part of them by their cash. What they ask for in the
    first quarter is taken off the stated use of clouds' other customers, which contains it.
    """
    holders = {i.key: i.stated.cash_usd for i in model.investors.values() if i.has_rounds}
    total = sum(holders.values())
    for cohort in model.startups.values():
        cohort.open_cash(cohort.stated.cash_usd)
        value = cents(cohort.stated.valuation_usd)
        left_units, left_value = SHARE_UNITS, value
        for key, cash in holders.items():
            share = model.parameters.startup_rules.investor_share * cash / total if total else 0.0
            units, part = int(share * SHARE_UNITS), int(share * value)
            if units > 0 and part > 0:
                holder = model.investors[key].party
                model.ledger.grant_shares(cohort.party, holder, units, part, "private equity")
                left_units, left_value = left_units - units, left_value - part
        if left_value > 0:
            households = model.parties.households
            model.ledger.grant_shares(
                cohort.party, households, left_units, left_value, "private equity"
            )
    model.ledger.commit("opening")
    for cohort in model.startups.values():
        cohort.asked_cu = cohort.plan_spending().compute / model.spot_price_usd
    for key, asked in startups_by_cloud(model).items():
        model.clouds[key].open_startup_use(sum(asked.values()))


def _open_plant(model: MarketModel, cloud: CloudProvider) -> None:
    """A cloud's data centres, RPO and cash outside AI.

    Derived: chips' book value from their age; cash flow outside AI so that operating cash flow is
    the stated one. What its plans rest on it derives itself (``open_pipeline``).
    """
    ledger, own, compute = model.ledger, cloud.stated, model.parameters.compute
    for vintage in cloud.vintages.values():
        cost = vintage.thousands * 1e3 * compute.accelerator_cost_usd
        left = max(0.0, 1 - _MEAN_AGE_QUARTERS[vintage.year] / compute.useful_life_quarters)
        ledger.open_asset("data centres", cloud.party, cents(cost * left), vintage.label)
        vintage.depreciation_cents = cents(cost) // compute.useful_life_quarters
    ledger.open_asset("data centres", cloud.party, cents(own.other_assets_usd), "other plant")
    book = model.contracts
    book.roll_other(cloud.key, cents(own.other_rpo_usd), 0)
    organic = cloud.organic_cu * model.spot_price_usd
    startups = cloud.startup_cu * model.spot_price_usd
    cloud.rpo_coverage = own.other_rpo_usd / organic if organic > 0 else 0.0
    contracted = sum(c.scheduled_cu(0) * c.price_usd for c in book.of_cloud(cloud.key))
    thousands = sum(v.thousands for v in cloud.vintages.values())
    running = thousands * cloud.running_cost_usd()
    cloud.other_cash_usd = own.operating_cash_flow_usd - (organic + startups + contracted - running)
    cloud.first_other_cash_usd = cloud.other_cash_usd
    cloud.last_operating_cash_usd = own.operating_cash_flow_usd
    cloud.first_other_capex_usd = own.other_capex_share * own.capex_usd


def _open_investors(model: MarketModel) -> None:
    """Cash, outside shares, debt; owners hold fund shares worth all that is left."""
    ledger = model.ledger
    outside = [(i, cents(i.stated.other_assets_usd)) for i in model.investors.values()]
    total = sum(value for _, value in outside)
    model.other_shares_usd = total / 100
    for investor, value in outside:
        investor.open_cash(investor.stated.cash_usd)
        ledger.open_position(
            "loans", investor.party, model.parties.bank, cents(investor.stated.debt_usd), "margin"
        )
        if value > 0:
            units = round(SHARE_UNITS * value / total)
            ledger.grant_shares(model.parties.rest, investor.party, units, value, "listed equity")
    ledger.commit("opening investors")
    for investor in model.investors.values():
        worth = max(0, ledger.net_worth(investor.party))
        ledger.open_position("fund shares", investor.party, model.parties.households, worth)

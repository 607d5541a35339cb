"""Phases 10 and 11: everything due is cleared; who cannot pay fails and leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.ai_lab import AILab
from agents.chipmaker import Chipmaker, pay_dividends
from agents.cloud_provider import CloudProvider, Vintage
from agents.investor import Investor
from market.books.ledger import cents
from market.phases.building import order_chips
from market.phases.causes import causes_of_default
from market.units import some_money

if TYPE_CHECKING:
    from agents.institution import Institution
    from market.model import MarketModel

_CLAIMS = (("loans",), ("bonds", "receivables", "prepayments"), ("vendor loans",))
"""Claims on an estate by rank: secured loans, senior claims, junior vendor loans."""


def clear_obligations(model: MarketModel) -> None:
    """Pay dividends that are affordable, then clear all obligations by seniority."""
    for chipmaker in model.active_chipmakers:
        chipmaker.pay_out(model.ledger.holders(chipmaker.party, "listed equity"))
    for cloud in model.active_clouds:
        payout = cloud.planned_payout_usd()
        if payout > 0:
            holders = model.ledger.holders(cloud.party, "listed equity")
            pay_dividends(cloud, cents(payout), holders)
    for investor in model.active_investors:
        _owe_margin_interest(model, investor)
    model.ledger.commit("obligations")
    model.clearing = model.settlement.clear()
    model.ledger.commit("clearing")


def _owe_margin_interest(model: MarketModel, investor: Investor) -> None:
    rules = model.parameters
    rate = rules.cloud_rules.base_rate + model.rate_rise + rules.investor_rules.margin_spread
    for holder, amount in model.ledger.holders(investor.party, "loans"):
        due = int(amount * rate / 4)
        if investor.free_cash_usd * 100 < due and investor.is_levered:
            model.ledger.issue("loans", investor.party, model.bank, due, "margin")
        model.settlement.owe(investor.party, holder, due, "interest")


def resolve_defaults(model: MarketModel) -> None:
    """Who fell short leaves: contracts rejected, collateral sold, claims written off."""
    by_party = {firm.party: firm for firm in model.institutions()}
    failed = [by_party[p] for p in model.clearing.shortfalls if p in by_party]
    for firm in failed:
        firm.is_defaulted = True
        short = model.clearing.shortfalls[firm.party] / 100
        firm.report(
            "default",
            short,
            "USD",
            f"cannot pay {some_money(short)} that is due and fails"
            if short > 0
            else "files for bankruptcy",
            causes_of_default(model, firm.name),
        )
    for firm in failed:
        # what clearing withheld from creditors is what the bankruptcy costs
        withheld = model.ledger.deposits(firm.party)
        if model.clearing.shortfalls[firm.party] == 0:  # it filed: nothing was withheld so far
            withheld -= int(withheld * model.settlement.alpha)
        model.ledger.pay(firm.party, model.rest, withheld, "bankruptcy costs")
    model.ledger.commit("bankruptcy costs")
    for firm in failed:
        _wind_up(model, firm)
    model.ledger.commit("defaults")
    for firm in failed:
        _write_off(model, firm)
        model.ledger.commit("write-offs")  # one by one: firms that fail together hold claims
    model.contracts.check(model.quarter)


def _wind_up(model: MarketModel, firm: Institution) -> None:
    if isinstance(firm, AILab):
        _reject_contracts(model, firm)
        firm.close_down()
    elif isinstance(firm, CloudProvider):
        _sell_data_centres(model, firm)
        _spread_customers(model, firm)
        for chipmaker in model.chipmakers.values():
            chipmaker.backlog.pop(firm.key, None)
        firm.close_down()
    elif isinstance(firm, Chipmaker):
        waiting = {key: thousands for key, thousands in firm.backlog.items() if thousands > 0}
        firm.close_down()
        for key, thousands in waiting.items():
            if key in model.clouds and model.clouds[key].is_active:
                order_chips(model, model.clouds[key], thousands)
        stock = model.ledger.balance("chip inventory", None, firm.party)
        model.ledger.scrap("chip inventory", firm.party, stock)
    _sell_holdings(model, firm)
    for promise in model.commitments:
        if firm.key in (promise.lab, promise.investor):
            promise.is_void = True


def _reject_contracts(model: MarketModel, lab: AILab) -> None:
    """A failed lab's contracts end; the capacity they used is free to be let again."""
    default = model.events.latest("default", agent=lab.name)
    for contract in model.contracts.of_lab(lab.key):
        cloud = model.clouds[contract.cloud]
        used = contract.scheduled_cu(model.quarter)
        usd = model.contracts.cancel(contract) / 100
        cloud.freed_cu += used
        cloud.last_cancellation = lab.report(
            "contract cancelled",
            usd,
            "USD",
            f"fails to honour {some_money(usd)} of compute at {cloud.name}",
            (default,),
        )


def _sell_data_centres(model: MarketModel, cloud: CloudProvider) -> None:
    """The richest surviving cloud buys the estate at a discount if it can; else it is scrapped."""
    for contract in model.contracts.of_cloud(cloud.key):
        model.contracts.cancel(contract)
    model.contracts.cancel_other(cloud.key)
    ledger = model.ledger
    price_share = 1 - model.parameters.default.collateral_discount
    books = {
        v.year: ledger.balance("data centres", None, cloud.party, v.label)
        for v in cloud.vintages.values()
    }
    price = int(sum(books.values()) * price_share)
    buyers = [c for c in model.active_clouds if c.free_cash_usd * 100 > 2 * price]
    buyer = max(buyers, key=lambda c: c.free_cash_usd, default=None)
    for year, vintage in cloud.vintages.items():
        book = books[year]
        if buyer is None:
            ledger.scrap("data centres", cloud.party, book, vintage.label)
            continue
        paid = int(book * price_share)
        ledger.sell_asset("data centres", cloud.party, buyer.party, book, paid, vintage.label)
        target = buyer.vintages.setdefault(year, Vintage(year, 0.0, vintage.efficiency))
        target.add(vintage.thousands, vintage.efficiency)
        life = model.parameters.compute.useful_life_quarters
        target.depreciation_cents += paid // life
    cloud.vintages = {}
    for label in ("other plant", "under construction"):
        book = ledger.balance("data centres", None, cloud.party, label)
        ledger.scrap("data centres", cloud.party, book, label)


def _spread_customers(model: MarketModel, failed: CloudProvider) -> None:
    """Customers of a failed cloud go to the survivors, by capacity."""
    capacity = sum(cloud.capacity_cu for cloud in model.active_clouds)
    for cloud in model.active_clouds:
        share = cloud.capacity_cu / capacity if capacity > 0 else 0.0
        cloud.organic_cu += share * failed.organic_cu
        cloud.base_organic_cu += share * failed.base_organic_cu
        cloud.first_organic_cu += share * failed.first_organic_cu
        cloud.last_organic_cu += share * failed.last_organic_cu


def _sell_holdings(model: MarketModel, investor: Institution) -> None:
    """The rest of the economy buys the shares that a failed firm held, at a discount."""
    keep = 1 - model.parameters.default.collateral_discount
    ledger = model.ledger
    for instrument in ("private equity", "listed equity"):
        for issuer, value in ledger.claims(investor.party, instrument):
            units = ledger.units(issuer, investor.party)
            if units > 0:
                price = keep * value / units
                ledger.transfer_shares(issuer, investor.party, model.rest, units, price, instrument)


def _write_off(model: MarketModel, firm: Institution) -> None:
    """Pay the estate to the creditors by rank, pro rata within a rank; write the rest off."""
    ledger = model.ledger
    estate = ledger.deposits(firm.party)
    for kinds in _CLAIMS:
        claims = [
            (kind, holder, label, amount)
            for kind in kinds
            for holder, label, amount in ledger.labelled_holders(firm.party, kind)
        ]
        owed = sum(amount for *_, amount in claims)
        at_hand = min(estate, owed)
        for kind, holder, label, amount in claims:
            paid = at_hand * amount // owed
            estate -= paid
            ledger.settle(firm.party, holder, paid, kind, label)
            ledger.write_off(kind, firm.party, holder, amount - paid, label)
            if holder == model.bank:
                model.bank_agent.losses_usd += (amount - paid) / 100
    for instrument in ("private equity", "listed equity"):
        if ledger.liabilities(firm.party, instrument) > 0:
            ledger.mark_shares(firm.party, 0.0, instrument)
    if isinstance(firm, Investor):
        claim = ledger.balance("fund shares", firm.party, model.households)
        ledger.write_off("fund shares", firm.party, model.households, claim)
    for kind in ("receivables", "vendor loans"):
        for debtor, label, amount in ledger.labelled_claims(firm.party, kind):
            ledger.transfer(kind, debtor, firm.party, model.rest, amount, label, price=0)
    model.settlement.wind_up(firm.party, model.rest)
    ledger.pay(firm.party, model.rest, estate, "bankruptcy costs")

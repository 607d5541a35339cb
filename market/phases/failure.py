"""Phases 10 and 11: everything due is cleared; who cannot pay fails and leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market.books.settlement import UnansweredShortfall
from market.phases.averting import back_firms
from market.phases.causes import causes_of_default
from market.units import some_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from market.model import MarketModel


def clear_obligations(model: MarketModel) -> None:
    """Pay dividends that are affordable, then clear all obligations by seniority."""
    for chipmaker in model.active_chipmakers:
        chipmaker.pay_out()
    for cloud in model.active_clouds:
        cloud.pay_out()
    for investor in model.active_investors:
        investor.owe_debt_service()
    model.ledger.commit("obligations")
    back_firms(model)
    model.clearing = model.settlement.clear()
    model.ledger.commit("clearing")


def resolve_defaults(model: MarketModel) -> None:
    """Who fell short leaves: contracts rejected, collateral sold, claims written off."""
    close_firms(model, model.clearing.shortfalls)


def close_firms(model: MarketModel, shortfalls: Mapping[int, int]) -> None:
    """Let firms fail and wind them up.

    Args:
        model: the market.
        shortfalls: party id -> cents that it could not pay; 0 for who files for bankruptcy.

    Raises:
        UnansweredShortfall: a party is the account of no institution.
    """
    by_party = {firm.party: firm for firm in model.institutions()}
    for party, short_cents in shortfalls.items():
        if party not in by_party:
            label, name = model.ledger.label(model.quarter), model.ledger.name(party)
            raise UnansweredShortfall(label, name, short_cents)
    failed = [by_party[party] for party in shortfalls]
    for firm in failed:
        firm.is_defaulted = True
        short = shortfalls[firm.party] / 100
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
        if shortfalls[firm.party] == 0:  # it filed: nothing was withheld so far
            withheld -= int(withheld * model.settlement.alpha)
        model.ledger.pay(firm.party, model.parties.rest, withheld, "bankruptcy costs")
    model.ledger.commit("bankruptcy costs")
    firms = list(model.institutions())
    for firm in failed:
        firm.wind_up(firms)
        model.ledger.commit("defaults")  # one by one: who buys an estate has spent that money
    for firm in failed:
        for loss in firm.pay_creditors():
            if loss.holder == model.parties.bank:
                model.bank.losses_usd += loss.cents / 100
        model.ledger.commit("write-offs")  # one by one: firms that fail together hold claims
    model.contracts.check(model.quarter)

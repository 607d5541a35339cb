"""Phases 10 and 11: everything due is cleared; who cannot pay fails and leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.estate_parts import Bid, running_worth_cents
from market.books.settlement import UnansweredShortfall
from market.phases.averting import back_firms
from market.phases.causes import causes_of_default
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from agents.cloud_provider import CloudProvider
    from agents.estate import Loss
    from agents.institution import Institution
    from market.model import MarketModel


def clear_obligations(model: MarketModel) -> None:
    """Pay dividends that are affordable, then clear all obligations by seniority."""
    for lab in model.active_labs:
        lab.pay_out()
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
    model.notes.settle()


def close_firms(model: MarketModel, shortfalls: Mapping[int, int]) -> None:
    """Let firms fail and wind them up; who falls short in administration is closed for good.

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
        if firm.is_defaulted:
            continue
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
        with _posted_for_default(model, firm):
            firm.wind_up(firms)
            model.ledger.commit("defaults")  # one by one: who buys an estate has spent that money
    gone = {firm.key for firm in failed}
    for lab in model.labs.values():
        if lab.parent in gone:
            lab.leave_parent()
    for firm in failed:
        with _posted_for_default(model, firm):
            note_losses(model, firm.pay_creditors())
            model.ledger.commit("write-offs")  # one by one: firms that fail together hold claims
    model.contracts.check(model.quarter)


def note_losses(model: MarketModel, losses: Sequence[Loss]) -> None:
    """Count what the bank and credit investors lose in defaults."""
    lenders = {lender.party: lender for lender in model.credit_investors.values()}
    for loss in losses:
        if loss.holder == model.parties.bank:
            model.bank.losses_usd += loss.cents / 100
        elif loss.holder == model.lender:
            model.lending_bank.losses_usd += loss.cents / 100
        elif loss.holder in lenders:
            lenders[loss.holder].lose(loss.cents / 100)


def run_estates(model: MarketModel) -> None:
    """Survivors buy parts of failed clouds; the rest runs on for the creditors while it pays."""
    for_sale = [cloud for cloud in model.clouds.values() if cloud.is_in_administration]
    bids = _bids(model, for_sale)
    for cloud in for_sale:
        with _posted_for_default(model, cloud):
            cloud.sell_data_centres(bids[cloud.key])
    model.ledger.commit("estate sales")
    for firm in model.institutions():
        if firm.estate is None:
            continue
        with _posted_for_default(model, firm):
            if firm.is_estate_over():
                note_losses(model, firm.close_estate())
            else:
                firm.estate.sweep()
            model.ledger.commit("estates")  # one by one: estates hold claims on each other
    model.contracts.check(model.quarter)


def _bids(model: MarketModel, for_sale: Sequence[CloudProvider]) -> dict[str, list[Bid]]:
    """What each survivor offers each failed cloud, by its key: its money is split by their worth.

    Nobody offers more than its deposits, whatever it answers.
    """
    worth = {cloud.key: max(1, running_worth_cents(cloud)) for cloud in for_sale}
    total, bids = sum(worth.values()), {key: list[Bid]() for key in worth}
    for buyer in model.active_clouds if for_sale else ():
        purse = min(cents(buyer.estate_bid_usd()), model.ledger.deposits(buyer.party))
        for key, part in worth.items():
            bids[key].append(Bid(buyer, max(0, purse) * part // total))
    return bids


def _posted_for_default(model: MarketModel, firm: Institution) -> AbstractContextManager[None]:
    """What a failure costs is posted for the event of it, whenever it shows."""
    event = model.events.latest("default", agent=firm.name)
    return model.ledger.because(None if event is None else event.id)

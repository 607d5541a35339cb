"""Phases 12 and 13: shares are marked, margin calls met, savers invest; the bank is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.financing import price_impact
from market.phases.averting import hold_bank, relieve_borrowers
from market.phases.credit import mark_notes, pay_interest_of_lenders, settle_lenders
from market.units import cents

if TYPE_CHECKING:
    from agents.listed_firm import ListedFirm
    from market.model import MarketModel


def mark_to_market(model: MarketModel) -> None:
    """Mark labs and listed firms towards fair value; call margins; let savers invest."""
    ledger = model.ledger
    for firm in (*model.active_labs, *model.active("startups")):
        firm.book_mark()
    listed: list[ListedFirm] = [*model.active_clouds, *model.active_chipmakers]
    trust = trust_in_labs(model)
    for each in listed:
        each.mark_to_fair_value(trust)
    units = ledger.units(model.parties.rest)
    if units > 0:
        value = model.other_shares_usd * model.other_shares_index
        call = model.events.latest("margin call")  # nothing else moves their price
        with ledger.because(None if call is None else call.id):
            ledger.mark_shares(model.parties.rest, value * 100 / units, "listed equity")
    ledger.commit("marks")
    _call_margins(model)
    ledger.commit("margin calls")
    inflows = {i.key: i.receive_savings() - i.return_uncalled() for i in model.active_investors}
    mark_notes(model)
    if model.active_clouds:
        for lender in model.credit_investors.values():
            lender.receive_savings()
    pay_interest_of_lenders(model)
    ledger.commit("savings")
    for lender in model.credit_investors.values():
        lender.pay_back()
    ledger.commit("redemptions")
    settle_lenders(model)
    for key, paid in _spend_excess(model).items():
        inflows[key] -= paid
    for investor in model.active_investors:
        investor.mark_fund_shares(inflows[investor.key])
    _close_the_penniless(model)


def _close_the_penniless(model: MarketModel) -> None:
    """An investor that owes and owns nothing is bankrupt, though nothing may be due."""
    for investor in model.active_investors:
        is_bankrupt = investor.assets_usd() <= 0 and investor.debt_usd() > 0
        if is_bankrupt and not model.averts("default", investor.name):
            model.wind_up(investor)


def trust_in_labs(model: MarketModel) -> dict[str, float]:
    """Part of its contracts that the share market expects each lab to pay, by lab key."""
    return {key: 1 - 8 * min(0.125, lab.default_probability()) for key, lab in model.labs.items()}


def _spend_excess(model: MarketModel) -> dict[str, int]:
    """The public market passes dividends on to savers, who spend what they did not hold before.

    The rest of the economy, which closes the accounts, borrows when half its deposits are gone or
    when they no longer cover what it pays in two quarters.

    Returns:
        Cents that each fund paid out, by key.
    """
    ledger = model.ledger
    payouts = {i.key: i.pass_on_dividends() for i in model.active_investors}
    kept = cents(model.parameters.bank.household_deposits_usd)
    spent = max(0, ledger.deposits(model.parties.households) + sum(payouts.values()) - kept)
    ledger.pay(model.parties.households, model.parties.rest, spent, "consumption")
    wanted = max(model.first_rest_deposits // 2, 2 * ledger.paid_by(model.parties.rest))
    lent = wanted - ledger.deposits(model.parties.rest)
    ledger.issue("loans", model.parties.rest, model.parties.bank, max(0, lent), "economy")
    ledger.commit("consumption")
    return payouts


def _call_margins(model: MarketModel) -> None:
    """Levered investors over their limit sell listed shares; sales move the price.

    Households buy, as far as their deposits go; sellers share what they can pay.
    """
    relieve_borrowers(model)
    calls = [
        (investor, wanted, min(wanted, investor.outside_shares_usd()))
        for investor in model.active_investors
        if investor.is_levered and (wanted := investor.margin_sale_usd()) > 0
    ]
    sold = sum(sale for *_, sale in calls)
    purse = model.ledger.deposits(model.parties.households)
    scale = min(1.0, purse / (100 * sold)) if sold > 0 else 0.0
    for investor, wanted, sale in calls:
        investor.report_call(wanted)
        investor.sell_and_repay(scale * sale, int(purse * sale / sold) if sold else 0)
    if sold > 0:
        depth = model.parameters.investor_rules.market_depth_usd
        model.other_shares_index *= 1 - price_impact(scale * sold, depth)
    else:
        model.other_shares_index += 0.25 * (1 - model.other_shares_index)


def test_bank_capital(model: MarketModel) -> None:
    """Stop lending under the capital floor, resume over it."""
    for bank in (model.bank, model.lending_bank):
        hold_bank(model, bank)
        if bank.test_capital() and bank.is_under:
            since = max(0, model.quarter - 4)
            default = model.events.latest("default", since=since)
            bank.last_floor = model.events.record(
                model.quarter,
                "bank floor",
                bank.name,
                100 * bank.capital_ratio(),
                "% of assets",
                f"bank capital falls to {bank.capital_ratio():.1%} of assets: lending stops",
                () if default is None else (default.id,),
            )

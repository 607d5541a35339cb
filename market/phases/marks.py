"""Phases 12 and 13: shares are marked, margin calls met, savers invest; the bank is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.financing import price_impact
from agents.rules.valuation import adjust_price, calibration, fair_value, h_model_multiple
from market.books.ledger import cents
from market.host import per_quarter
from market.units import some_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.chipmaker import Chipmaker
    from agents.cloud_provider import CloudProvider
    from agents.investor import Investor
    from market.model import MarketModel

_CONTRACT_MARGIN = 0.3
"""Part of contracted revenue that the share market counts as profit."""
_CONTRACT_QUARTERS = 20.0
"""Quarters over which the share market spreads RPO."""
_LEAST_YIELD = 1e-3
"""A first profit under this part of the market value, per quarter, says nothing of its price."""


def mark_to_market(model: MarketModel) -> None:
    """Mark labs and listed firms towards fair value; call margins; let savers invest."""
    ledger = model.ledger
    for lab in model.active_labs:
        lab.mark_up()
        if ledger.units(lab.party) > 0:
            price = lab.valuation_usd * 100 / ledger.units(lab.party)
            ledger.mark_shares(lab.party, price, "private equity")
    listed: list[CloudProvider | Chipmaker] = [*model.active_clouds, *model.active_chipmakers]
    trust = trust_in_labs(model)
    for firm in listed:
        target = fair_share_value(model, firm, trust)
        firm.value_usd = adjust_price(firm.value_usd, target, model.parameters.valuation.speed)
        _mark(model, firm.party, firm.value_usd)
    _mark(model, model.rest, model.other_shares_usd * model.other_shares_index)
    ledger.commit("marks")
    _call_margins(model)
    ledger.commit("margin calls")
    inflows = {i.key: i.receive_savings() for i in model.active_investors}
    ledger.commit("savings")
    for key, paid in _spend_excess(model).items():
        inflows[key] -= paid
    for investor in model.active_investors:
        investor.mark_fund_shares(inflows[investor.key])
    ledger.commit("fund marks")


def _mark(model: MarketModel, issuer: int, value_usd: float) -> None:
    units = model.ledger.units(issuer)
    if units > 0:
        model.ledger.mark_shares(issuer, value_usd * 100 / units, "listed equity")


def trust_in_labs(model: MarketModel) -> dict[str, float]:
    """Part of its contracts that the share market expects each lab to pay, by lab key."""
    return {key: 1 - 8 * min(0.125, lab.default_probability()) for key, lab in model.labs.items()}


def share_base_usd(
    model: MarketModel, firm: CloudProvider | Chipmaker, trust: Mapping[str, float]
) -> float:
    """Profit per quarter that the share market values, USD: operations plus contracted profit."""
    if firm.key in model.chipmakers:
        chipmaker = model.chipmakers[firm.key]
        return chipmaker.revenue_usd * chipmaker.margin + chipmaker.own.other_income_usd
    cloud = model.clouds[firm.key]
    weighted = sum(
        c.remaining_cents / 100 * trust[c.lab] for c in model.contracts.of_cloud(cloud.key)
    )
    return cloud.last_operating_cash_usd + _CONTRACT_MARGIN * weighted / _CONTRACT_QUARTERS


def fair_share_value(
    model: MarketModel, firm: CloudProvider | Chipmaker, trust: Mapping[str, float] | None = None
) -> float:
    """Value of all shares by the H-model, scaled to reproduce the market value at the start.

    ``trust`` is ``trust_in_labs``, which many firms can share.
    """
    rules = model.parameters.valuation
    multiple = h_model_multiple(
        firm.beliefs.expected,
        per_quarter(rules.long_growth),
        rules.half_life_quarters,
        per_quarter(rules.discount + model.rate_rise),
    )
    base = max(0.0, share_base_usd(model, firm, trust_in_labs(model) if trust is None else trust))
    if firm.share_calibration is None:
        firm.share_calibration = calibration(firm.value_usd, base, multiple, _LEAST_YIELD)
    return fair_value(base, multiple, firm.share_calibration)


def _spend_excess(model: MarketModel) -> dict[str, int]:
    """The public market passes dividends on to savers, who spend what they did not hold before.

    The rest of the economy, which closes the accounts, borrows when half its deposits are gone or
    when they no longer cover what it pays in two quarters.

    Returns:
        Cents that each fund paid out, by key.
    """
    ledger = model.ledger
    payouts: dict[str, int] = {}
    for investor in model.active_investors:
        if investor.own.kind == "public":
            excess = ledger.deposits(investor.party) - cents(investor.own.cash_usd)
            claim = ledger.balance("fund shares", investor.party, model.households)
            paid = max(0, min(excess, claim))
            ledger.redeem("fund shares", investor.party, model.households, paid)
            payouts[investor.key] = paid
    kept = cents(model.parameters.bank.household_deposits_usd)
    spent = max(0, ledger.deposits(model.households) + sum(payouts.values()) - kept)
    ledger.pay(model.households, model.rest, spent, "consumption")
    wanted = max(model.first_rest_deposits // 2, 2 * ledger.paid_by(model.rest))
    lent = wanted - ledger.deposits(model.rest)
    ledger.issue("loans", model.rest, model.bank, max(0, lent), "economy")
    ledger.commit("consumption")
    return payouts


def _call_margins(model: MarketModel) -> None:
    """Levered investors over their limit sell listed shares; sales move the price.

    Households buy, as far as their deposits go; sellers share what they can pay.
    """
    calls = [
        (investor, wanted, min(wanted, _held_usd(model, investor)))
        for investor in model.active_investors
        if investor.is_levered and (wanted := investor.margin_sale_usd()) > 0
    ]
    sold = sum(sale for *_, sale in calls)
    purse = model.ledger.deposits(model.households)
    scale = min(1.0, purse / (100 * sold)) if sold > 0 else 0.0
    for investor, wanted, sale in calls:
        _report_call(model, investor, wanted)
        _sell_and_repay(model, investor, scale * sale, int(purse * sale / sold) if sold else 0)
    if sold > 0:
        depth = model.parameters.investor_rules.market_depth_usd
        model.other_shares_index *= 1 - price_impact(scale * sold, depth)
    else:
        model.other_shares_index += 0.25 * (1 - model.other_shares_index)


def _held_usd(model: MarketModel, investor: Investor) -> float:
    """Listed shares of companies outside the model that it could sell, USD."""
    return model.ledger.balance("listed equity", model.rest, investor.party) / 100


def _report_call(model: MarketModel, investor: Investor, wanted: float) -> None:
    debt = f"debt is {investor.loan_to_value():.1%} of its assets"
    limit = f"{100 * investor.own.max_loan_to_value:g}% is its limit"
    lost = investor.loss_usd()
    why = f"; it lost {some_money(lost)} in the quarter" if lost > 0 else ""
    since = max(0, model.quarter - 2)
    investor.last_call = investor.report(
        "margin call",
        wanted,
        "USD",
        f"must sell {some_money(wanted)} of shares: {debt}, {limit}{why}",
        (
            model.events.latest("failed round", since=since),
            model.events.latest("default", since=since),
            model.events.latest("margin call", since=since),
            model.events.latest("shock", since=since),
        ),
    )


def _sell_and_repay(model: MarketModel, investor: Investor, sale_usd: float, most: int) -> None:
    """Sell shares for about ``sale_usd`` and at most ``most`` cents; repay loans with it."""
    ledger = model.ledger
    units = ledger.units(model.rest, investor.party)
    held = ledger.balance("listed equity", model.rest, investor.party)
    if units <= 0 or held <= 0 or sale_usd <= 0:
        return
    sold = min(units, max(1, round(units * sale_usd * 100 / held)))
    if round(sold * held / units) > most:
        sold = units * most // held
    if sold <= 0:
        return
    proceeds = round(sold * held / units)
    ledger.transfer_shares(
        model.rest, investor.party, model.households, sold, held / units, "listed equity"
    )
    left = proceeds
    for holder, label, amount in ledger.labelled_holders(investor.party, "loans"):
        paid = min(left, amount)
        ledger.settle(investor.party, holder, paid, "loans", label)
        left -= paid


def test_bank_capital(model: MarketModel) -> None:
    """Stop lending under the capital floor, resume over it."""
    bank = model.bank_agent
    if bank.test_capital() and not bank.can_lend:
        bank.last_floor = model.events.record(
            model.quarter,
            "bank floor",
            bank.name,
            100 * bank.capital_ratio(),
            "% of assets",
            f"bank capital falls to {bank.capital_ratio():.1%} of assets: lending stops",
            tuple(
                e.id
                for e in (model.events.latest("default", since=max(0, model.quarter - 4)),)
                if e is not None
            ),
        )

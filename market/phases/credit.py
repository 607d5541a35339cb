"""The market for notes: once a quarter, for all issuers at once; and what lenders do with money.

Everything that an issuer asks for is known before anything is sold. Lenders split what they have
for sale over issuers by what these ask; each issue is sold at one spread, in part, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from agents.credit_investor import OTHER
from agents.rules.credit import (
    Cleared,
    Lent,
    Supply,
    clear_issue,
    expected_loss,
    note_price,
    planning_spread,
    required_spread,
)
from market.units import some_money

if TYPE_CHECKING:
    from agents.cloud_provider import CloudProvider
    from agents.credit_investor import CreditInvestor
    from market.events import Event
    from market.host import Market
    from market.model import MarketModel
    from market.parameters.credit import CreditClassParameters

_NOTABLE = 0.95
"""An issue of which less is sold is reported."""


class Issuer(Protocol):
    """Who may sell notes: of a kind that ``credit_classes`` states."""

    key: str
    name: str
    party: int

    @property
    def credit_class(self) -> str:
        """Kind of issuer, a key of ``credit_classes``."""
        ...

    def default_probability(self) -> float:
        """Probability of default per quarter, as lenders judge it."""
        ...


def issuers(model: MarketModel) -> list[Issuer]:
    """Everybody whose notes are quoted."""
    return [*model.active_clouds, *model.active_chipmakers]


def base_rate(model: Market) -> float:
    """Rate over which spreads are counted, per year."""
    return model.parameters.cloud_rules.base_rate + model.rate_rise


def class_of(model: MarketModel, issuer: Issuer) -> CreditClassParameters:
    """What the scenario states about its kind."""
    return model.parameters.credit_classes[issuer.credit_class]


def concentration(model: MarketModel, issuer: Issuer) -> float:
    """Largest outside customer's part of the contracts of an issuer, 0 to 1."""
    if issuer.key not in model.clouds:
        return 0.0
    total, by_lab = model.contracts.rpo_usd(cloud=issuer.key), dict[str, float]()
    total += model.contracts.other_rpo_usd(issuer.key)
    for contract in model.contracts.of_cloud(issuer.key):
        lab = model.labs.get(contract.lab)
        if lab is None or lab.parent != issuer.key:
            left = by_lab.get(contract.lab, 0.0) + contract.remaining_cents / 100
            by_lab[contract.lab] = left
    return max(by_lab.values(), default=0.0) / total if total > 0 else 0.0


def quoted_spread(model: MarketModel, issuer: Issuer) -> float:
    """Spread under which nobody lends to an issuer, per year."""
    rules, kind = model.parameters.credit, class_of(model, issuer)
    return required_spread(
        kind.base_spread + rules.required_spread,
        expected_loss(issuer.default_probability(), kind.loss_given_default),
        rules.risk_multiple,
        concentration(model, issuer),
        rules.concentration_spread,
    )


# --- the market


def sell_notes(model: MarketModel, asked: Mapping[str, float]) -> dict[str, list[Lent]]:
    """Clear the market of a quarter and write its quotes.

    Args:
        model: the market.
        asked: money that issuers want, USD by company key; who is not named wants none.

    Returns:
        What is found for each, lender by lender, by company key.
    """
    quotes, width = model.quotes, model.parameters.credit.supply_width
    lenders = list(model.credit_investors.values())
    rooms = [lender.room_usd(model.lending_bank.can_lend) for lender in lenders]
    table = [(issuer, quoted_spread(model, issuer)) for issuer in issuers(model)]
    wanted = {issuer.key: asked.get(issuer.key, 0.0) for issuer, _ in table}
    banks = {issuer.key: _bank_part(model, issuer, quote) for issuer, quote in table}
    public = {key: usd * (1 - banks[key]) for key, usd in wanted.items()}
    claims = [
        sum(public[issuer.key] for issuer, _ in table if lender.buys(issuer.credit_class))
        for lender in lenders
    ]
    tension = min(1.0, sum(public.values()) / max(sum(rooms), 1.0))
    found: dict[str, list[Lent]] = {}
    quotes.asked_usd, quotes.found_usd = {}, {}
    for issuer, quote in table:
        key, most = issuer.key, class_of(model, issuer).most_spread
        spread = most if sum(rooms) <= 0 else min(most, quote + tension * width)
        parts: list[Lent] = []
        if wanted[key] > 0:
            cleared = _clear(issuer, quote, public[key], most, lenders, rooms, claims, model)
            parts = _parts(model, lenders, cleared, banks[key] * wanted[key])
            if public[key] > 0:
                spread = cleared.spread
            quotes.asked_usd[key] = wanted[key]
            quotes.found_usd[key] = sum(part.usd for part in parts)
            found[key] = parts
        quotes.spreads[key] = spread
        quotes.planning[key] = planning_spread(
            spread, most, quotes.found_usd.get(key, 0.0), wanted[key]
        )
    return found


def _bank_part(model: MarketModel, issuer: Issuer, quote: float) -> float:
    """Part of what an issuer asks that a bank lends, while it can and the issuer can pay for it."""
    kind = class_of(model, issuer)
    return kind.bank_share if model.lending_bank.can_lend and quote < kind.most_spread else 0.0


def _clear(
    issuer: Issuer,
    quote: float,
    asked: float,
    most: float,
    lenders: list[CreditInvestor],
    rooms: list[float],
    claims: list[float],
    model: MarketModel,
) -> Cleared:
    """Sell one issue to the lenders that buy its kind; each has its part of its room for it."""
    supplies = [
        Supply(room * asked / claim, quote + lender.stated.extra_spread)
        if claim > 0 and lender.buys(issuer.credit_class)
        else Supply(0.0, quote)
        for lender, room, claim in zip(lenders, rooms, claims, strict=True)
    ]
    rules = model.parameters.credit
    return clear_issue(asked, supplies, rules.supply_width, most, rules.least_part)


def _parts(
    model: MarketModel, lenders: list[CreditInvestor], cleared: Cleared, bank_usd: float
) -> list[Lent]:
    """Money found lender by lender; banks lend beside notes only, as others in a syndicate do."""
    parts = [
        Lent(lender.party, "bonds", usd)
        for lender, usd in zip(lenders, cleared.parts, strict=True)
        if usd > 0
    ]
    return [*parts, Lent(model.lender, "loans", bank_usd)] if parts and bank_usd > 0 else parts


def report_issue(
    model: MarketModel, cloud: CloudProvider, lent: Sequence[Lent], falls_due_usd: float
) -> Event | None:
    """Report an issue that was sold in part or pulled, or that rolled over what falls due.

    Args:
        model: the market, after ``sell_notes``.
        cloud: who asked.
        lent: what it found.
        falls_due_usd: debt of it that falls due in this quarter.
    """
    asked = model.quotes.asked_usd.get(cloud.key, 0.0)
    found = model.quotes.found_usd.get(cloud.key, 0.0)
    spread = 1e4 * model.quotes.spreads[cloud.key]
    causes = (cloud.last_cancellation, model.lending_bank.last_floor)
    if asked > 0 and found < _NOTABLE * asked:
        is_sold = any(part.instrument == "bonds" for part in lent)
        kind = "issue in part" if is_sold else "issue pulled"
        text = f"finds {some_money(found)} of {some_money(asked)} that it wants to borrow"
        return cloud.report(kind, asked - found, "USD", text, causes)
    if asked > 0 and falls_due_usd > max(0.0, cloud.cash_usd - falls_due_usd):
        text = f"rolls over {some_money(falls_due_usd)} that falls due, at {spread:.0f} bp"
        return cloud.report("refinancing", falls_due_usd, "USD", text)
    return None


def finance_purchases(model: MarketModel) -> None:
    """Banks pay their part of what levered lenders bought, and fund all that they lent."""
    bought: dict[int, int] = {}
    for holder, cents_bought in model.notes.take_sales():
        bought[holder] = bought.get(holder, 0) + cents_bought
    lent = bought.get(model.lender, 0)
    for lender in model.credit_investors.values():
        if lender.stated.line_share > 0 and model.lending_bank.can_lend:
            lent += lender.draw_line(bought.get(lender.party, 0))
    model.lending_bank.fund(lent)


# --- money of lenders, phase 12


def mark_notes(model: MarketModel) -> None:
    """Prices of notes follow the spreads that are asked; lenders feel what they lost."""
    speed, falls = model.parameters.credit.mark_speed, dict[int, float]()
    for issuer in issuers(model):
        ladder = model.notes.ladder(issuer.party, "bonds")
        if ladder is None or ladder.face <= 0:
            continue
        kind = class_of(model, issuer)
        spread = model.quotes.spreads.get(issuer.key, ladder.spread)
        price = note_price(spread, ladder.spread, kind.duration_years)
        before = ladder.price
        ladder.price += speed * (price - before)
        falls[issuer.party] = before - ladder.price
    for lender in model.credit_investors.values():
        lender.feel_losses(falls)


def pay_interest_of_lenders(model: MarketModel) -> None:
    """The rest of the economy pays interest on other bonds, and levered lenders on their lines."""
    base = base_rate(model)
    for lender in model.credit_investors.values():
        due = int(max(0.0, base) / 4 * model.ledger.assets(lender.party, OTHER))
        model.ledger.pay(model.parties.rest, lender.party, due, "interest")
        if lender.stated.line_share > 0:
            lender.repay_line()
            lender.pay_for_line(base)


def settle_lenders(model: MarketModel) -> None:
    """Owners get their income and bear losses; who owes banks more than it owns fails."""
    for lender in model.credit_investors.values():
        lender.settle_with_owners()
    model.lending_bank.settle()
    model.ledger.commit("fund marks")
    for lender in model.credit_investors.values():
        if lender.stated.line_share > 0:
            model.lending_bank.losses_usd += lender.fail_if_worthless()
    model.ledger.commit("funds that fail")


# --- opening


def opening_shares(model: MarketModel, credit_class: str) -> dict[int, float]:
    """Parts in which lenders hold the notes of a kind at the start, by party; they sum to one."""
    held = {
        lender.party: lender.stated.holds.get(credit_class, 0.0)
        for lender in model.credit_investors.values()
    }
    total = sum(held.values())
    if total <= 0:
        return {model.parties.rest: 1.0}
    return {party: part / total for party, part in held.items() if part > 0}


def split(cents_total: int, shares: Mapping[int, float]) -> dict[int, int]:
    """Cents by party, in these parts; the last takes what rounding leaves."""
    parts = {party: int(cents_total * share) for party, share in shares.items()}
    last = next(reversed(parts))
    parts[last] += cents_total - sum(parts.values())
    return {party: part for party, part in parts.items() if part > 0}


def open_notes(model: MarketModel) -> None:
    """Debt of the start bears what lenders would ask for it then, so that it opens at par.

    What is usual is what they asked in autumn 2025, when no more was required of all.
    """
    rules, base = model.parameters.credit, base_rate(model)
    for issuer in issuers(model):
        spread = quoted_spread(model, issuer) + rules.usual_tension * rules.supply_width
        model.quotes.usual[issuer.key] = spread - rules.required_spread
        model.quotes.spreads[issuer.key] = model.quotes.planning[issuer.key] = spread
        model.notes.price_at(issuer.party, base, spread)

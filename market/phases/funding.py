"""Phase 6: promised equity, parents' money, and the funding rounds of the quarter."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from agents.funding_round import Book, Part, Terms
from market.indicators import private_firms
from market.phases.averting import fill_round
from market.phases.causes import causes_of_failed_round
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.ai_lab import AILab
    from agents.institution import Institution
    from agents.investor import Investor
    from agents.private_firm import PrivateFirm
    from market.books.contracts import EquityCommitment
    from market.model import MarketModel

_LEAST_FOCUS, _MOST_FOCUS = 0.2, 5.0
"""Bounds on how much an expected exit multiple draws an investor's money to a round."""


class Round(NamedTuple):
    """A funding round that was held.

    Attributes:
        quarter: number of the quarter.
        lab: company key of who asked: a lab or a cohort of start-ups.
        hardness: part of all pledges that it needed; above 1 it could not close.
        exit_multiple: expected exit value over the post-money value, at the price of the round or
            the lowest that was accepted.
        critical_hardness: hardness up to which all that is asked is raised at the lowest price, in
            the limit of precise signals; for a cohort, half of its rounds at the price asked.
        is_closed: whether money was raised; for a cohort, in half of its rounds.
        asked_usd: what was asked. raised_usd: what was raised, USD.
        pre_money_usd: price of the round: value of all shares before it, USD.
    """

    quarter: int
    lab: str
    hardness: float
    exit_multiple: float
    critical_hardness: float
    is_closed: bool
    asked_usd: float = 0.0
    raised_usd: float = 0.0
    pre_money_usd: float = 0.0


def hold_funding_rounds(model: MarketModel) -> None:
    """Pay promised tranches and parents' money, then hold every round of the quarter at once."""
    for firm in private_firms(model):
        firm.raised_usd = firm.asked_usd = firm.round_usd = firm.needed_usd = 0.0
    for investor in model.investors.values():
        investor.invested_usd = 0.0
    for promise in model.commitments:
        _pay_tranche(model, promise)
        model.ledger.commit("promised equity")
    _ask_parents(model)
    model.ledger.commit("parents")
    held = _hold_rounds(model)
    model.ledger.commit("funding rounds")
    _bridge(model)
    model.ledger.commit("bridge loans")
    _sell_to_the_public(model)
    model.ledger.commit("exits")
    for firm in private_firms(model):
        firm.needed_usd = max(firm.asked_usd, firm.unmet_need_usd())
    _learn_fear(model, held)
    for cohort in model.startups.values():
        if cohort.is_active:
            cohort.grow()


def _learn_fear(model: MarketModel, held: Sequence[Held]) -> None:
    """Required returns rise with the part of all money asked that was not raised."""
    rules = model.parameters.funding
    asked = sum(each.book.ask_usd for each in held)
    short = sum(max(0.0, each.book.ask_usd - each.firm.round_usd) for each in held)
    model.return_rise *= rules.return_memory
    if asked > 0:
        model.return_rise += rules.return_rise_after_failure * short / asked


def _pay_tranche(model: MarketModel, promise: EquityCommitment) -> None:
    lab, payer = model.labs[promise.lab], model.institution(promise.investor)
    is_late = model.quarter < promise.first_quarter + promise.drawn
    if promise.is_void or is_late or promise.drawn >= promise.tranches or not lab.is_active:
        return
    if lab.is_refused or payer.is_defaulted or lab.valuation_usd <= 0:
        return
    if promise.is_conditional and not _is_condition_met(model, promise, lab, payer):
        return
    if payer.room_usd(model.bank.can_lend) < promise.tranche_usd:
        return
    payer.make_room(promise.tranche_usd)
    lab.sell_shares(payer.party, promise.tranche_usd)
    promise.drawn += 1
    promise.paid_usd += promise.tranche_usd
    lab.report(
        "letter tranche",
        promise.tranche_usd,
        "USD",
        f"draws {some_money(promise.tranche_usd)} promised by {payer.name}",
    )


def _is_condition_met(
    model: MarketModel, promise: EquityCommitment, lab: AILab, payer: Institution
) -> bool:
    """A letter of intent pays when new compute is live, the payer is willing, and by chance."""
    if not payer.honours_letter(lab.key):
        return False
    capacity = sum(cloud.capacity_cu for cloud in model.serving_clouds)
    power = sum(cloud.power_gw for cloud in model.serving_clouds)
    gw_per_cu = power / capacity if capacity > 0 else 0.0
    live_gw = (lab.delivered_cu - lab.first_delivered_cu) * gw_per_cu
    if live_gw < promise.condition_gw * (promise.drawn + 1):
        return False
    if model.streams.uniform(promise.key, "tranche", promise.drawn) < promise.probability:
        return True
    promise.drawn += 1  # the letter is not executed: this tranche lapses
    return False


def _ask_parents(model: MarketModel) -> None:
    """Parents cover their labs' needs as long as their own cash lasts, pro rata."""
    wanted: dict[str, list[tuple[AILab, float]]] = {}
    for lab in model.active_labs:
        usd = lab.ask_parent_usd()
        if lab.parent is not None and usd > 0:
            wanted.setdefault(lab.parent, []).append((lab, usd))
    for key, requests in wanted.items():
        parent = model.institution(key)
        if parent.is_defaulted:
            continue
        total = sum(usd for _, usd in requests)
        share = min(1.0, parent.spendable_usd / total)
        left = model.ledger.deposits(parent.party)
        for lab, usd in requests:
            amount = ceil(100 * usd) if share >= 1 else int(100 * usd * share)
            amount = min(amount, left)  # rounded up, all together may be some cents too many
            left -= amount
            model.ledger.pay(parent.party, lab.party, amount, "parent funding")


def _bridge(model: MarketModel) -> None:
    """Owners lend to labs whose rounds fell short; who lends to several splits its money by need.

    Then labs owe the notes whose time is over.
    """
    needs = {lab: usd for lab in model.active_labs if (usd := lab.bridge_need_usd()) > 0}
    rise, offers, total = model.return_rise, {}, {}
    for investor in model.active_investors:
        given = {lab.key: investor.bridge_offer_usd(lab, rise) for lab in needs}
        offers[investor.key], total[investor.key] = given, sum(given.values())
    for lab, need in needs.items():
        parts = []
        for key, given in offers.items():
            room = model.investors[key].spendable_usd
            share = min(1.0, room / total[key]) if total[key] > 0 else 0.0
            parts.append((model.investors[key], given[lab.key] * share))
        scale = min(1.0, need / offered) if (offered := sum(usd for _, usd in parts)) > 0 else 0.0
        lab.borrow_bridge([(lender, usd * scale) for lender, usd in parts if usd > 0])
    for lab in model.active_labs:
        lab.owe_old_notes()


class _Sale(NamedTuple):
    """Shares that a fund wants to sell to the public market."""

    firm: PrivateFirm
    seller: Investor
    units: int
    cents: int


def _sell_to_the_public(model: MarketModel) -> None:
    """Funds sell shares of listed labs and ripe start-ups at the last mark: money comes back.

    The public market buys for a part of its cash; sellers share what it takes.
    """
    buyers = [i for i in model.active_investors if i.stated.kind == "public"]
    part = model.parameters.investor_rules.exit_purse
    purses = {buyer: int(100 * part * buyer.spendable_usd) for buyer in buyers}
    total = sum(purses.values())
    sales = _wanted_sales(model) if total > 0 else []
    offered = max(total, sum(sale.cents for sale in sales))
    for buyer, purse in purses.items():
        left = purse
        for sale in sales:
            units = sale.units * purse // offered
            units = min(units, left * sale.units // sale.cents)  # rounded prices may add up to more
            if units > 0 and sale.seller is not buyer:
                left -= round(units * sale.cents / sale.units)
                model.ledger.transfer_shares(
                    sale.firm.party,
                    sale.seller.party,
                    buyer.party,
                    units,
                    sale.cents / sale.units,
                    "private equity",
                )


def _wanted_sales(model: MarketModel) -> list[_Sale]:
    """What funds want to sell: a part of each stake, by the rule of each fund."""
    ledger, sales = model.ledger, []
    funds = [investor for investor in model.active_investors if investor.has_rounds]
    for firm in private_firms(model):
        for seller in funds if firm.is_active else ():
            held = ledger.units(firm.party, seller.party)
            units = int(seller.exit_rate(firm) * held) if held > 0 else 0
            if units > 0:
                worth = ledger.balance("private equity", firm.party, seller.party)
                value = worth * units // held
                if value > 0:
                    sales.append(_Sale(firm, seller, units, value))
    return sales


class Held(NamedTuple):
    """A round whose outcome is known and whose money has not moved."""

    firm: PrivateFirm
    book: Book
    terms: Terms


def _hold_rounds(model: MarketModel) -> list[Held]:
    """All rounds of a quarter read one state: each investor splits its pledge over them."""
    can_borrow = model.bank.can_lend
    pledges = {i.key: i.pledge_usd(can_borrow) for i in model.investors.values()}
    asks = _asks(model, pledges)
    vendors = _vendor_parts(model, [lab for lab in model.active_labs if lab.key in asks], asks)
    offers = _split_pledges(model, asks, pledges)
    required = model.mean_required_return() + model.return_rise
    held = []
    for key, ask in asks.items():
        firm = _private(model, key)
        firm.asked_usd = ask
        book = Book(
            key,
            ask,
            firm.exit_value_usd(ask),
            vendors.get(key, []),
            [(model.investors[name], usd) for name, usd in offers[key].items()],
            required_return=required,
            return_rise=model.return_rise,
            recovery=model.parameters.funding.recovery,
        )
        held.append(Held(firm, book, firm.accept_terms(book)))
    spent: dict[str, float] = {}
    for each in held:
        _settle(model, each, spent)
    for key, usd in spent.items():
        model.investors[key].invested_usd = usd
        model.investors[key].make_room(usd)
    return held


def _private(model: MarketModel, key: str) -> PrivateFirm:
    """The lab or cohort with a key."""
    return model.labs[key] if key in model.labs else model.startups[key]


def _asks(model: MarketModel, pledges: Mapping[str, float]) -> dict[str, float]:
    """What every firm that holds a round asks for, USD by company key.

    A firm is told its equal part of half of what round investors would put in.
    """
    total = sum(pledges[i.key] for i in model.active_investors if i.has_rounds)
    labs = [lab for lab in model.active_labs if lab.parent is None]
    part = total / 2 / max(1, len(labs))
    cohorts = [cohort for cohort in model.startups.values() if cohort.is_active]
    asks = {firm.key: firm.ask_usd(part) for firm in (*labs, *cohorts)}
    return {key: usd for key, usd in asks.items() if usd >= 1.0}


def _split_pledges(
    model: MarketModel, asks: Mapping[str, float], pledges: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """USD that each investor puts into each round if it joins, by firm and investor.

    It splits its pledge over the rounds that it may join by what they ask and by the exit multiple
    that it expects: money goes where it is wanted and where it earns (Lintner 1965, roughly).
    """
    weights = {}
    for key, ask in asks.items():
        focus = _private(model, key).exit_multiple(ask)
        weights[key] = ask * min(_MOST_FOCUS, max(_LEAST_FOCUS, focus))
    offers: dict[str, dict[str, float]] = {key: {} for key in asks}
    for investor in model.investors.values():
        open_to_it = [key for key in asks if investor.may_join(_private(model, key).is_listed)]
        total = sum(weights[key] for key in open_to_it)
        for key in open_to_it:
            offers[key][investor.key] = pledges[investor.key] * weights[key] / total
    return offers


def _settle(model: MarketModel, held: Held, spent: dict[str, float]) -> None:
    """Move the money of a round, adding to what investors spent; or let it fail."""
    firm, book, terms = held
    price = terms.pre_money_usd
    lowest = (
        price if terms.raised_usd > 0 else firm.lowest_price_usd(book.exit_value_usd, book.ask_usd)
    )
    _record(model, held, lowest)
    if terms.raised_usd > 0 or firm.key in model.startups:
        for giver, usd in terms.parts:
            if giver.key in model.investors:
                spent[giver.key] = spent.get(giver.key, 0.0) + cents(usd) / 100
            elif giver.key in model.chipmakers:
                model.chipmakers[giver.key].report_stake(firm.name, usd)
        firm.close_round(terms)
        _renegotiate(model, held)
        return
    if model.averts("failed round", firm.name):
        fill_round(model, firm)
        return
    multiple = book.exit_multiple(lowest)
    lab = model.labs[firm.key]
    lab.fail_round(multiple, book.refusals(lowest), causes_of_failed_round(model, lab))
    _renegotiate(model, held)


def _renegotiate(model: MarketModel, held: Held) -> None:
    """A lab that did not raise all it asked for gives up contracts in step with what is short."""
    if model.averts("contract cancelled", held.firm.name):
        return
    short = 1 - held.terms.raised_usd / held.book.ask_usd
    if model.parameters.lab_rules.has_renegotiation and held.firm.key in model.labs and short > 0:
        model.labs[held.firm.key].give_up_contracts(model.clouds, short)


def _record(model: MarketModel, held: Held, price_usd: float) -> None:
    """Keep a round with the figures of its closed form."""
    firm, book, terms = held
    lowest = firm.lowest_price_usd(book.exit_value_usd, book.ask_usd)
    lowest = price_usd if firm.key in model.startups else lowest
    raised = terms.raised_usd
    is_closed = 2 * raised >= book.ask_usd if firm.key in model.startups else raised > 0
    model.rounds.append(
        Round(
            model.quarter,
            firm.key,
            book.hardness(),
            book.exit_multiple(price_usd, raised or None),
            book.critical_hardness(lowest),
            is_closed,
            book.ask_usd,
            raised,
            price_usd,
        )
    )


def _vendor_parts(
    model: MarketModel, needy: Sequence[AILab], asks: Mapping[str, float]
) -> dict[str, list[Part]]:
    """What chipmakers and clouds that sell to each lab put in, at most a share of its round.

    A giver's parts in several rounds are scaled to its free cash, less a cent each: rounded up, all
    of them together must not be more than there is.
    """
    found = {lab.key: _vendor_part(model, lab, asks[lab.key]) for lab in needy}
    total: dict[str, float] = {}
    number: dict[str, int] = {}
    for giver, usd in (part for parts in found.values() for part in parts):
        total[giver.key] = total.get(giver.key, 0.0) + usd
        number[giver.key] = number.get(giver.key, 0) + 1
    return {
        key: [
            (giver, usd * min(1.0, room / total[giver.key]))
            for giver, usd in parts
            if usd > 0 and (room := giver.spendable_usd - 0.01 * number[giver.key]) > 0
        ]
        for key, parts in found.items()
    }


def _vendor_part(model: MarketModel, lab: AILab, ask_usd: float) -> list[Part]:
    if lab.is_refused:
        return []
    givers: list[Institution] = [*model.active_chipmakers, *model.active_clouds]
    offers = [(giver, giver.stake_offer_usd(lab.key)) for giver in givers]
    parts = [(giver, usd) for giver, usd in offers if usd > 0]
    cap = model.parameters.chipmaker_rules.vendor_round_share * ask_usd
    total = sum(usd for _, usd in parts)
    scale = min(1.0, cap / total) if total > 0 else 0.0
    return [(giver, usd * scale) for giver, usd in parts]

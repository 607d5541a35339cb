"""Phase 6: promised equity, parents' money, and the funding rounds of the quarter."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from agents.rules.funding_game import RoundResult, critical_hardness, hardness, settle_round
from market.phases.averting import fill_round
from market.phases.causes import causes_of_failed_round
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.ai_lab import AILab
    from agents.institution import Institution
    from agents.investor import Investor
    from market.books.contracts import EquityCommitment
    from market.model import MarketModel


class Round(NamedTuple):
    """A funding round that was held.

    Attributes:
        quarter: number of the quarter.
        lab: company key.
        hardness: part of all pledges that it needed; above 1 it could not close.
        exit_multiple: expected exit value over the post-money value.
        critical_hardness: hardness up to which it closes in the limit of precise signals.
        is_closed: whether the money was raised.
    """

    quarter: int
    lab: str
    hardness: float
    exit_multiple: float
    critical_hardness: float
    is_closed: bool


def hold_funding_rounds(model: MarketModel) -> None:
    """Pay promised tranches and parents' money, then hold every round of the quarter at once."""
    for lab in model.labs.values():
        lab.raised_usd = lab.asked_usd = lab.round_usd = 0.0
    for investor in model.investors.values():
        investor.invested_usd = 0.0
    for promise in model.commitments:
        _pay_tranche(model, promise)
        model.ledger.commit("promised equity")
    _ask_parents(model)
    model.ledger.commit("parents")
    needy = [lab for lab in model.active_labs if lab.wants_round()]
    failures = _hold_rounds(model, needy)
    model.ledger.commit("funding rounds")
    memory = model.parameters.funding.return_memory
    model.return_rise = memory * model.return_rise + (
        model.parameters.funding.return_rise_after_failure * failures
    )


def _pay_tranche(model: MarketModel, promise: EquityCommitment) -> None:
    lab, payer = model.labs[promise.lab], model.institution(promise.investor)
    is_late = model.quarter < promise.first_quarter + promise.drawn
    if promise.is_void or is_late or promise.drawn >= promise.tranches or not lab.is_active:
        return
    if lab.is_refused or payer.is_defaulted or lab.valuation_usd <= 0:
        return
    if promise.condition_gw > 0 and not _is_condition_met(model, promise, lab, payer):
        return
    if payer.room_usd(model.bank.can_lend) < promise.tranche_usd:
        return
    payer.make_room(promise.tranche_usd)
    lab.sell_shares(payer.party, promise.tranche_usd)
    promise.drawn += 1
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
    capacity = sum(cloud.capacity_cu for cloud in model.active_clouds)
    power = sum(cloud.power_gw for cloud in model.active_clouds)
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
        if lab.stated.parent is not None and usd > 0:
            wanted.setdefault(lab.stated.parent, []).append((lab, usd))
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


Part = tuple["Institution", float]
"""A giver and the USD that it puts into a round."""


class _Held(NamedTuple):
    """A round whose outcome is known and whose money has not moved."""

    lab: AILab
    vendors: list[Part]
    joining: list[Investor]
    result: RoundResult
    exit_multiple: float
    former_valuation_usd: float


def _hold_rounds(model: MarketModel, needy: Sequence[AILab]) -> int:
    """All rounds of a quarter read one state: each investor splits its pledge by need.

    Returns:
        How many failed.
    """
    if not needy:
        return 0
    total = sum(lab.need_usd for lab in needy)
    can_borrow = model.bank.can_lend
    pledges = {i.key: i.pledge_usd(can_borrow) for i in model.investors.values()}
    vendors = _vendor_parts(model, needy)
    required = model.mean_required_return() + model.return_rise
    held = []
    for lab in needy:
        weight = lab.need_usd / total
        offers = {key: usd * weight for key, usd in pledges.items()}
        held.append(_hold_round(model, lab, vendors[lab.key], offers, required))
    spent: dict[str, float] = {}
    failures = sum(1 for each in held if not _settle(model, each, spent))
    for key, usd in spent.items():
        model.investors[key].invested_usd = usd
        model.investors[key].make_room(usd)
    return failures


def _hold_round(
    model: MarketModel,
    lab: AILab,
    vendors: list[Part],
    offers: dict[str, float],
    required: float,
) -> _Held:
    """Ask everybody for one round: who joins, and whether the need is met.

    Args:
        model: the market.
        lab: who asks.
        vendors: what vendors put in.
        offers: what each investor puts in if it joins, USD by company key.
        required: mean required return of investors.
    """
    lab.asked_usd = lab.need_usd
    investors = [i for i in model.investors.values() if i.may_join(lab.is_listed)]
    vendor_usd = sum(usd for _, usd in vendors)
    before = lab.valuation_usd
    lab.valuation_usd = lab.asking_price_usd()
    kappa = hardness(lab.need_usd, vendor_usd, 1.0, sum(offers[i.key] for i in investors))
    multiple = lab.exit_multiple(lab.need_usd)
    joining = [
        i
        for i in investors
        if not lab.is_refused and i.joins_round(lab.key, kappa, multiple, model.return_rise)
    ]
    result = settle_round(lab.need_usd, vendor_usd, [offers[i.key] for i in joining])
    critical = critical_hardness(multiple, required, model.parameters.funding.recovery)
    model.rounds.append(Round(model.quarter, lab.key, kappa, multiple, critical, result.is_closed))
    return _Held(lab, vendors, joining, result, multiple, before)


def _settle(model: MarketModel, held: _Held, spent: dict[str, float]) -> bool:
    """Move the money of a round that closed, adding to what investors spent; or let it fail.

    Returns:
        Whether the lab got the money.
    """
    lab = held.lab
    if held.result.is_closed and not lab.is_refused:
        gifts = list(zip(held.joining, held.result.contributions, strict=True))
        for investor, usd in gifts:
            spent[investor.key] = spent.get(investor.key, 0.0) + cents(usd) / 100
        for giver, usd in held.vendors:
            if giver.key in model.chipmakers:
                model.chipmakers[giver.key].report_stake(lab.name, usd)
        lab.close_round([(giver.party, usd) for giver, usd in [*held.vendors, *gifts]])
        return True
    if model.averts("failed round", lab.name):
        fill_round(model, lab)
        return True
    lab.valuation_usd = held.former_valuation_usd  # what was asked and refused is no mark
    lab.fail_round(held.exit_multiple, causes_of_failed_round(model, lab))
    keeps = model.averts("contract cancelled", lab.name)
    if model.parameters.lab_rules.has_renegotiation and not keeps:
        lab.give_up_contracts(model.clouds)
    return False


def _vendor_parts(model: MarketModel, needy: Sequence[AILab]) -> dict[str, list[Part]]:
    """What chipmakers and clouds that sell to each lab put in, at most a share of its round.

    A giver's parts in several rounds are scaled to its free cash.
    """
    found: dict[str, list[Part]] = {}
    total: dict[str, float] = {}
    for lab in needy:
        found[lab.key] = parts = _vendor_part(model, lab)
        for giver, usd in parts:
            total[giver.key] = total.get(giver.key, 0.0) + usd
    return {
        key: [
            (giver, usd * min(1.0, giver.spendable_usd / total[giver.key]))
            for giver, usd in parts
            if total[giver.key] > 0
        ]
        for key, parts in found.items()
    }


def _vendor_part(model: MarketModel, lab: AILab) -> list[Part]:
    if lab.is_refused:
        return []
    givers: list[Institution] = [*model.active_chipmakers, *model.active_clouds]
    offers = [(giver, giver.stake_offer_usd(lab.key)) for giver in givers]
    parts = [(giver, usd) for giver, usd in offers if usd > 0]
    cap = model.parameters.chipmaker_rules.vendor_round_share * lab.need_usd
    total = sum(usd for _, usd in parts)
    scale = min(1.0, cap / total) if total > 0 else 0.0
    return [(giver, usd * scale) for giver, usd in parts]

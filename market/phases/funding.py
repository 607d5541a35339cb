"""Phase 6: promised equity, parents' money, and the funding rounds of the quarter."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from agents.rules.funding_game import critical_hardness, hardness, settle_round
from market.books.contracts import EquityCommitment
from market.books.ledger import cents
from market.phases.causes import causes_of_failed_round
from market.phases.commitments import give_up_contracts
from market.units import some_money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.ai_lab import AILab
    from agents.chipmaker import Chipmaker
    from agents.cloud_provider import CloudProvider
    from agents.institution import Institution
    from agents.investor import Investor
    from market.model import MarketModel


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
    needy = [lab for lab in model.active_labs if _wants_round(model, lab)]
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
    room = payer.spendable_usd
    if payer.key in model.investors:
        investor = model.investors[payer.key]
        room += investor.borrowing_room_usd(model.bank_agent.can_lend)
    if room < promise.tranche_usd:
        return
    if payer.key in model.investors:
        model.investors[payer.key].make_room(promise.tranche_usd)
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
    """A letter of intent pays when new compute is live, the vendor is willing, and by chance."""
    if payer.key in model.chipmakers:
        rules = model.parameters.chipmaker_rules
        if not rules.has_vendor_finance or model.chipmakers[payer.key].has_withdrawn:
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
        due = max(0.0, -lab.free_cash_usd)
        usd = max(due, min(lab.need_usd, due + lab.burn_usd()))
        if lab.own.parent is not None and usd > 0 and not lab.is_refused:
            wanted.setdefault(lab.own.parent, []).append((lab, usd))
    for key, requests in wanted.items():
        parent = model.institution(key)
        if parent.is_defaulted:
            continue
        total = sum(usd for _, usd in requests)
        share = min(1.0, parent.spendable_usd / total)
        for lab, usd in requests:
            amount = ceil(100 * usd) if share >= 1 else int(100 * usd * share)
            model.ledger.pay(parent.party, lab.party, amount, "parent funding")


def _wants_round(model: MarketModel, lab: AILab) -> bool:
    """A round is worth the trouble when it brings some quarters of burn, or cash runs out."""
    if lab.own.parent is not None or lab.need_usd <= 0 or lab.valuation_usd <= 0:
        return False
    smallest = model.parameters.funding.minimum_round_quarters * lab.burn_usd()
    return lab.need_usd >= smallest or lab.free_cash_usd < 2 * lab.burn_usd()


def _hold_rounds(model: MarketModel, needy: Sequence[AILab]) -> int:
    """All rounds of a quarter read one state: each investor splits its pledge by need.

    Returns:
        How many failed.
    """
    if not needy:
        return 0
    total = sum(lab.need_usd for lab in needy)
    can_borrow = model.bank_agent.can_lend
    pledges = {i.key: i.pledge_usd(can_borrow) for i in model.investors.values()}
    spent: dict[str, float] = {}
    marks: dict[str, float] = {}
    outcomes = []
    vendor_parts = _vendor_parts(model, needy)
    required = model.mean_required_return() + model.return_rise
    for lab in needy:
        weight = lab.need_usd / total
        lab.asked_usd = lab.need_usd
        investors = _audience_of(model, lab)
        supply = sum(pledges[i.key] * weight for i in investors)
        vendors = vendor_parts[lab.key]
        vendor_usd = sum(usd for _, usd in vendors)
        marks[lab.key] = lab.valuation_usd
        lab.valuation_usd = lab.asking_price_usd()
        kappa = hardness(lab.need_usd, vendor_usd, 1.0, supply)
        multiple = lab.exit_multiple(lab.need_usd)
        joining = [
            i
            for i in investors
            if not lab.is_refused and i.joins_round(lab.key, kappa, multiple, model.return_rise)
        ]
        offers = [pledges[i.key] * weight for i in joining]
        result = settle_round(lab.need_usd, vendor_usd, offers)
        model.rounds.append(
            (
                model.quarter,
                lab.key,
                kappa,
                multiple,
                critical_hardness(multiple, required, model.parameters.funding.recovery),
                result.is_closed,
            )
        )
        outcomes.append((lab, vendors, joining, result, multiple))
    for lab, vendors, joining, result, multiple in outcomes:
        if result.is_closed and not lab.is_refused:
            gifts = list(zip(joining, result.contributions, strict=True))
            for investor, usd in gifts:
                spent[investor.key] = spent.get(investor.key, 0.0) + cents(usd) / 100
            _close_round(model, lab, vendors, gifts)
        else:
            lab.valuation_usd = marks[lab.key]  # what was asked and refused is no mark
            _fail_round(model, lab, multiple)
    for key, usd in spent.items():
        model.investors[key].invested_usd = usd
        model.investors[key].make_room(usd)
    return sum(1 for *_, result, _ in outcomes if not result.is_closed)


def _audience_of(model: MarketModel, lab: AILab) -> list[Investor]:
    """Investors who may join: funds, sovereigns, holdings; the public once the lab is listed."""
    return [
        i
        for i in model.investors.values()
        if i.has_rounds or (lab.is_listed and i.own.kind == "public" and i.is_active)
    ]


Part = tuple["Chipmaker | CloudProvider", float]


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
    parts: list[Part] = []
    for chipmaker in model.active_chipmakers:
        usd = chipmaker.vendor_offers.get(lab.key, 0.0)
        if usd > 0:
            parts.append((chipmaker, usd))
    for cloud in model.active_clouds:
        sells = any(c.lab == lab.key for c in model.contracts.of_cloud(cloud.key))
        usd = cloud.own.strategic_share * max(0.0, cloud.spendable_usd - cloud.capex_usd)
        if sells and usd > 0:
            parts.append((cloud, usd))
    cap = model.parameters.chipmaker_rules.vendor_round_share * lab.need_usd
    total = sum(usd for _, usd in parts)
    scale = min(1.0, cap / total) if total > 0 else 0.0
    return [(giver, usd * scale) for giver, usd in parts]


def _close_round(
    model: MarketModel,
    lab: AILab,
    vendors: Sequence[Part],
    gifts: Sequence[tuple[Investor, float]],
) -> None:
    before = lab.raised_usd
    for giver, usd in vendors:
        lab.sell_shares(giver.party, usd)
        if giver.key in model.chipmakers:
            giver.report(
                "vendor finance",
                usd,
                "USD",
                f"puts {some_money(usd)} into {lab.name}, which buys where it sells",
            )
    for investor, usd in gifts:
        if usd > 0:
            lab.sell_shares(investor.party, usd)
    lab.round_usd = lab.raised_usd - before
    lab.failed_rounds, lab.last_failure = 0, None
    lab.report(
        "round",
        lab.round_usd,
        "USD",
        f"raises {some_money(lab.round_usd)} at {lab.valuation_usd / 1e9:,.0f} bn post-money",
    )
    if not lab.is_listed and lab.revenue_usd >= model.parameters.funding.ipo_revenue_usd:
        lab.is_listed = True
        lab.report("ipo", lab.valuation_usd, "USD", "lists its shares: the public market may join")


def _fail_round(model: MarketModel, lab: AILab, multiple: float) -> None:
    """A failed round marks the lab down; contracts not yet begun are given up to fit."""
    rules = model.parameters
    causes = causes_of_failed_round(model, lab)
    lab.failed_rounds += 1
    lab.last_failure = lab.report(
        "failed round",
        lab.asked_usd,
        "USD",
        f"fails to raise {some_money(lab.asked_usd)} (expected exit multiple {multiple:.2f}, "
        f"revenue growth {lab.beliefs.expected:z.0%} a quarter)",
        causes,
    )
    lab.valuation_usd *= 1 - rules.funding.markdown_after_failure
    if rules.lab_rules.has_renegotiation:
        give_up_contracts(model, lab)

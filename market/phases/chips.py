"""Phase 8: chipmakers produce, price, allocate the backlog and decide vendor finance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.vendor_finance import return_share
from market.books.settlement import Rank

if TYPE_CHECKING:
    from agents.ai_lab import AILab
    from agents.chipmaker import Chipmaker
    from market.books.ledger import Ints
    from market.model import MarketModel

OTHER_BUYERS = ""
"""Key of buyers outside the model in a chipmaker's backlog."""


def produce_and_allocate_chips(model: MarketModel) -> None:
    """Other buyers order in step with the clouds; chipmakers set price and output and produce."""
    model.allocations = {}
    for chipmaker in model.active_chipmakers:
        if chipmaker.has_opened:
            chipmaker.order(OTHER_BUYERS, chipmaker.other_ratio * chipmaker.new_orders)
        chipmaker.has_opened, chipmaker.new_orders = True, 0.0
        chipmaker.set_price_and_output()
        model.allocations[chipmaker.key] = chipmaker.produce()
        chipmaker.run()
        _owe_bond_service(model, chipmaker)
    paid = model.ledger.money_flows(4)[0]
    for chipmaker in model.active_chipmakers:
        chipmaker.vendor_offers = {
            lab.key: offer
            for lab in model.active_labs
            if (offer := vendor_offer(model, chipmaker, lab, paid)) > 0
        }
    model.ledger.commit("production")


def _owe_bond_service(model: MarketModel, chipmaker: Chipmaker) -> None:
    """Interest on a chipmaker's bonds and the part of them that matures."""
    rules = model.parameters.cloud_rules
    rate = (rules.base_rate + model.rate_rise + rules.spread) / 4
    for holder, amount in model.ledger.holders(chipmaker.party, "bonds"):
        due = amount // rules.debt_maturity_quarters
        model.settlement.owe_principal(chipmaker.party, holder, due, "bonds", Rank.SENIOR)
        model.settlement.owe(chipmaker.party, holder, int(amount * rate), "interest")


def vendor_offer(
    model: MarketModel, chipmaker: Chipmaker, lab: AILab, paid: Ints | None = None
) -> float:
    """Equity that a chipmaker would put into the lab's next round, USD.

    ``paid`` is what ``money_returned`` reads, which many offers can share.
    """
    if lab.is_refused or lab.own.parent is not None:
        return 0.0
    returned = money_returned(model, chipmaker, lab, paid)
    exposure = model.ledger.balance("private equity", lab.party, chipmaker.party) / 100
    need = max(lab.need_usd, lab.burn_usd())
    return chipmaker.finances(returned, lab.default_probability(), exposure, need)


def money_returned(
    model: MarketModel, chipmaker: Chipmaker, lab: AILab, paid: Ints | None = None
) -> float:
    """Share of a unit given to a lab that came back as chip orders over the last four quarters.

    The lab's payments go to clouds; of a cloud's AI revenue as much returns as it spends on the
    chipmaker's chips, at most all of it. ``paid`` is what each party paid each other one for
    goods and services, in cents (payer, payee); read from the ledger when omitted.
    """
    flows = model.ledger.money_flows(4)[0] if paid is None else paid
    spend, orders = [], []
    total = int(flows[lab.party].sum())
    if total <= 0:
        return 0.0
    for cloud in model.active_clouds:
        given = int(flows[lab.party, cloud.party])
        if given <= 0:
            continue
        chips = int(flows[cloud.party, chipmaker.party])
        earned = max(1.0, 100 * 4 * cloud.compute_revenue_usd)
        spend.append(given / total)
        orders.append(min(1.0, chips / earned))
    return return_share(spend, orders) if spend else 0.0

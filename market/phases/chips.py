"""Phase 8: chipmakers produce, price, allocate the backlog and decide vendor finance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.vendor_finance import return_share
from market.settlement import Rank

if TYPE_CHECKING:
    from agents.ai_lab import AILab
    from agents.chipmaker import Chipmaker
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
    for chipmaker in model.active_chipmakers:
        chipmaker.vendor_offers = {
            lab.key: offer
            for lab in model.active_labs
            if (offer := vendor_offer(model, chipmaker, lab)) > 0
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


def vendor_offer(model: MarketModel, chipmaker: Chipmaker, lab: AILab) -> float:
    """Equity that a chipmaker would put into the lab's next round, USD."""
    if lab.is_refused or lab.own.parent is not None:
        return 0.0
    returned = money_returned(model, chipmaker, lab)
    exposure = model.ledger.balance("private equity", lab.party, chipmaker.party) / 100
    need = max(lab.need_usd, lab.burn_usd())
    return chipmaker.finances(returned, lab.default_probability(), exposure, need)


def money_returned(model: MarketModel, chipmaker: Chipmaker, lab: AILab) -> float:
    """Share of a unit given to a lab that came back as chip orders over the last four quarters.

    The lab's payments go to clouds; of a cloud's AI revenue as much returns as it spends on the
    chipmaker's chips, at most all of it. Read from the ledger.
    """
    ledger = model.ledger
    spend, orders = [], []
    total = ledger.paid_by(lab.party, 4)
    if total <= 0:
        return 0.0
    for cloud in model.active_clouds:
        paid = ledger.payments_between(lab.party, cloud.party, 4)
        if paid <= 0:
            continue
        chips = ledger.payments_between(cloud.party, chipmaker.party, 4)
        earned = max(1.0, 100 * 4 * cloud.compute_revenue_usd)
        spend.append(paid / total)
        orders.append(min(1.0, chips / earned))
    return return_share(spend, orders) if spend else 0.0

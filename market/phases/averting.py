"""How a twin keeps an event from happening: what its rule does instead, and who pays for it.

A why-chain names what came before an event and could reach it. Whether it made the event happen is
asked of a twin: the same world in the same chances, in which that one earlier event does not
happen. Money that this takes comes from the rest of the economy, through the ledger, in the row
``RELIEF`` or for shares. In a world that is no twin nothing is averted, and none of this acts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from market.shocks import FAILURE
from market.units import cents, some_money

if TYPE_CHECKING:
    from agents.bank import Bank
    from agents.cloud_provider import CloudProvider
    from agents.investor import Investor
    from agents.private_firm import PrivateFirm
    from market.events import Event
    from market.model import MarketModel

RELIEF = "relief"
"""Row of what the rest of the economy gives so that an event does not happen."""
_MARGIN = 1e-9
"""Part by which a limit is kept, so that rounding does not break it."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an event of a kind is kept from happening.

    Attributes:
        words: what happens instead, as a clause with the name of the agent in place of ``{}``.
        lasts: whether the event stays away as long as the twin runs; else it is kept from its own
            quarter only, after which the firm is on its own again.
    """

    words: str
    lasts: bool = True


WAYS: dict[str, Way] = {
    "shock": Way("the shock on {} is left out"),
    "entry": Way("{} stays outside"),
    "failed round": Way(
        "the rest of the economy buys the shares for which {} finds no other buyer", lasts=False
    ),
    "default": Way("the rest of the economy pays what {} lacks for what it owes"),
    "margin call": Way(
        "the rest of the economy repays as much of the debt of {} as its limit asks", lasts=False
    ),
    "price cut": Way("{} does not lower its price"),
    "switch wave": Way("no company leaves its lab for a better offer, to {} or another"),
    "capex cut": Way(
        "{} orders as little less as is no cut, and the rest of the economy pays what it cannot"
    ),
    "contract cancelled": Way("{} keeps its contracts though its round failed"),
    "bank floor": Way("the rest of the economy gives {} the capital that its floor asks"),
}
"""Kinds of events that can be kept from happening, with how."""


def reason_against(model: MarketModel, event: Event) -> str:
    """Why no twin without an event can be made, as a clause; empty when one can.

    Args:
        model: a world in which the event has happened.
        event: what is to be averted.
    """
    if event.kind not in WAYS:
        return f"no twin without this event ({event.kind}) can be made"
    if event.kind == "contract cancelled":
        kinds = {model.events[cause].kind for cause in event.causes}
        if "default" in kinds:
            return "no twin in which a failed firm keeps its contracts can be made"
    if event.kind == "shock" and _key_of_shock(model, event) is None:
        return "it was done by hand in a world that ran already, so it cannot be left out"
    return ""


def avert(model: MarketModel, event: Event, last: int | None = None) -> None:
    """Keep an event that is to come from happening, in a world between two quarters.

    Args:
        model: a world that stands at the start of the event's quarter.
        event: the event, as the same world without intervention shows it.
        last: last quarter number in which events of its kind and agent stay away; None: as
            ``WAYS`` says.

    Raises:
        ValueError: the world stands elsewhere, or there is no way to avert the event.
    """
    if model.quarter != event.quarter:
        label = model.events.label(event.quarter)
        raise ValueError(f"an event of {label} is averted at the start of it, not in {model.label}")
    if event.kind not in WAYS:
        raise ValueError(f"no way is known to keep this from happening: {event.kind}")
    model.ledger.declare(row=RELIEF, meaning="What the rest of the economy gives in a twin.")
    if event.kind == "shock":
        key = _key_of_shock(model, event)
        if key is None:
            raise ValueError(f"this world has no such shock as {event.text!r}")
        shocks = {name: each for name, each in model.parameters.shocks.items() if name != key}
        model.parameters = model.parameters.model_copy(update={"shocks": shocks})
        return
    if event.kind == "switch wave":
        stays = {"has_price_switching": False, "tender_rate": 0.0}
        rules = model.parameters.enterprise.model_copy(update=stays)
        model.parameters = model.parameters.model_copy(update={"enterprise": rules})
        model.customers.redraw_tenders()
        return
    if last is None and not WAYS[event.kind].lasts:
        last = event.quarter
    model.averted.add(event.kind, event.agent, event.quarter, last)


def _key_of_shock(model: MarketModel, event: Event) -> str | None:
    """Key in the scenario of the shock that an event tells of; None when it is not stated there."""
    if event.shock == FAILURE:
        return None
    for key, stated in model.parameters.shocks.items():
        target = model.institution(stated.target).name if stated.target else "the market"
        same = (stated.quarter, stated.kind, target) == (event.quarter, event.shock, event.agent)
        if same and event.text.startswith(f"shock {key}:"):
            return key
    return None


# --- what the rules do instead


def fill_round(model: MarketModel, firm: PrivateFirm) -> None:
    """The rest of the economy buys all the shares of a round that would fail, at the price asked.

    What others would have put in stays with them, as in a round that fails.
    """
    usd = firm.asked_usd
    firm.sell_shares(model.parties.rest, usd)
    firm.round_usd = usd
    firm.failed_rounds, firm.last_failure = 0, None
    text = f"raises {some_money(usd)} from the rest of the economy, in a twin"
    firm.report("round", usd, "USD", text)


def back_firms(model: MarketModel) -> None:
    """Give firms that must not fail what they lack for what they owe, before it is cleared."""
    backed = [
        firm.party
        for firm in model.institutions()
        if not firm.is_defaulted and model.averts("default", firm.name)
    ]
    for party in backed:
        model.settlement.withdraw(party)
    for party, amount in model.settlement.lacks(backed).items():
        model.ledger.pay(model.parties.rest, party, amount, RELIEF)
    model.ledger.commit("relief")


def relieve_borrowers(model: MarketModel) -> None:
    """Repay debt of investors that must not be called, down to where a call would bring it."""
    for investor in model.active_investors:
        if model.averts("margin call", investor.name) and investor.margin_sale_usd() > 0:
            _repay(model, investor)
    model.ledger.commit("relief")


def _repay(model: MarketModel, investor: Investor) -> None:
    ledger = model.ledger
    limit = investor.stated.max_loan_to_value * (1 - _MARGIN)
    left = cents(investor.debt_usd() - limit * investor.assets_usd()) + 1
    for holder, label, amount in ledger.labelled_holders(investor.party, "loans"):
        paid = min(left, amount)
        ledger.pay(model.parties.rest, investor.party, paid, RELIEF)
        ledger.commit("relief")
        ledger.settle(investor.party, holder, paid, "loans", label)
        left -= paid


def keep_building(model: MarketModel, cloud: CloudProvider, order: float, cost_usd: float) -> float:
    """Order of a cloud that must not cut: at least what is no cut, paid for where money lacks.

    Args:
        model: the market.
        cloud: who orders; the whole of a raised order counts as financed.
        order: what it would order, thousands of chips, before finance.
        cost_usd: full cost of a thousand chips, USD.

    Returns:
        Thousands of chips.
    """
    if not model.averts("capex cut", cloud.name):
        return order
    most = max(list(cloud.orders)[-4:], default=0.0)
    ratio = model.parameters.cloud_rules.capex_cut_ratio
    least = (1 - ratio) * most * (1 + _MARGIN)
    financed = order * cloud.funded_share
    if financed >= least:
        return order
    missing = (least - financed) * cost_usd
    missing += (1 - cloud.funded_share) * cloud.other_capex_usd()
    model.ledger.pay(model.parties.rest, cloud.party, cents(missing), RELIEF)
    cloud.funded_share = 1.0
    return least


def hold_bank(model: MarketModel, bank: Bank) -> None:
    """Give a bank that must not fall under its floor the capital that it lacks."""
    ledger = model.ledger
    floor = model.parameters.bank.capital_floor * (1 + _MARGIN)
    if not model.averts("bank floor", bank.name) or bank.capital_ratio() >= floor:
        return
    lacking = ceil(floor * ledger.assets(bank.party) - ledger.net_worth(bank.party)) + 1
    ledger.pay(model.parties.rest, bank.party, lacking, RELIEF)
    ledger.commit("relief")

"""Which earlier events an event rests on: only those that reached the firm through a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market.shocks import hits_of

if TYPE_CHECKING:
    from agents.ai_lab import AILab
    from agents.cloud_provider import CloudProvider
    from market.events import Event
    from market.model import MarketModel

_MEMORY = 4
"""Quarters after which an event no longer counts as a cause."""


def since(model: MarketModel) -> int:
    """First quarter whose events may still be a cause."""
    return max(0, model.quarter - _MEMORY)


def recent(model: MarketModel, event: Event | None) -> Event | None:
    """The event if it is recent enough to be a cause."""
    return event if event is not None and event.quarter >= since(model) else None


def shock_on(model: MarketModel, name: str | None, hit: str) -> Event | None:
    """The latest recent shock that hits this (of ``market.shocks.HITS``) at a firm or the market.

    Args:
        model: the world.
        name: of the firm; None for a shock on anybody.
        hit: what the shock is a cause of.
    """
    found = None
    for event in model.events.select("shock"):
        is_on = event.agent in (name, "the market") or name is None
        if event.quarter >= since(model) and is_on and hit in hits_of(event.shock):
            found = event
    return found


def causes_of_failed_round(model: MarketModel, lab: AILab) -> tuple[Event | None, ...]:
    """Own earlier failure; failures that raised required returns; sales by lenders; lost seats.

    A shock counts when it hits this lab's or everybody's funding; an entrant, a wave of switching
    and a shock that draws seats away count when the lab has lost seats.
    """
    events, first = model.events, since(model)
    causes = [recent(model, lab.last_failure), events.latest("margin call", since=first)]
    if model.return_rise > 0:
        earlier = [e for e in events.select("failed round") if first <= e.quarter < model.quarter]
        causes += earlier[-1:]
    if lab.share_change < 0:
        causes += [events.latest(kind, since=first) for kind in ("switch wave", "entry")]
        causes.append(shock_on(model, None, "seats"))
    causes.append(shock_on(model, lab.name, "own funding"))
    causes.append(shock_on(model, None, "supply of funding"))
    return tuple(causes)


def causes_of_cut(model: MarketModel, cloud: CloudProvider) -> tuple[Event | None, ...]:
    """Contracts that its customers gave up, their failures, and what moved money or power."""
    events, first = model.events, since(model)
    causes = [recent(model, cloud.last_cancellation)]
    for contract in model.contracts.of_cloud(cloud.key):
        causes.append(recent(model, model.labs[contract.lab].last_failure))
    if not cloud.stated.is_investment_grade:
        causes.append(events.latest("bank floor", since=first))
    causes.append(shock_on(model, cloud.name, "building"))
    return tuple(causes)


def causes_of_default(model: MarketModel, name: str) -> tuple[Event | None, ...]:
    """The firm's own failed round, margin call or lost contract, and defaults of its debtors."""
    events, first = model.events, since(model)
    cloud = next((c for c in model.clouds.values() if c.name == name), None)
    causes = [
        events.latest("failed round", agent=name, since=first),
        events.latest("margin call", agent=name, since=first),
        shock_on(model, name, "solvency"),
    ]
    if cloud is not None:
        causes.append(recent(model, cloud.last_cancellation))
        causes.append(recent(model, cloud.last_cut))
    party = model.ledger.party(name)
    for debtor in model.institutions():  # what failed debtors could not pay is still a claim
        if debtor.is_defaulted and model.ledger.balance("receivables", debtor.party, party) > 0:
            causes.append(events.latest("default", agent=debtor.name, since=first))
    return tuple(causes)

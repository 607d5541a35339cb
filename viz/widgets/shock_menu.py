"""The shocks that a world offers, made from what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viz.words.shocks import OWN_CHANGES, OWN_SHOCKS, SHOCKS

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters
    from viz.world.worlds import ShockStep, World

ALL = ""
"""Target of a shock that strikes all that it can."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A shock at the press of a button.

    Attributes:
        key: name of the offer. kind: kind of shock, see ``ShockParameters``.
        title, meaning: words for the visitor.
        targets: (company key, name) to choose from, the likeliest first; "" = all.
        unit: unit of the size as shown; "" when there is no size to choose.
        size, low, high, step: of the size, as shown.
        scale: shown size times this is the model's.
    """

    key: str
    kind: str
    title: str
    meaning: str
    targets: tuple[tuple[str, str], ...]
    unit: str = ""
    size: float = 0.0
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    scale: float = 1.0

    def model_size(self, shown: float) -> float:
        """A size as the model has it, within its bounds."""
        return self.scale * min(self.high, max(self.low, shown)) if self.unit else self.size


def offers(parameters: MarketParameters) -> list[Offer]:
    """What can strike a world; shocks that nothing in it can feel are left out."""
    funded = _by_commitments(parameters)
    waiting = _waiting(parameters)
    selling = [key for key, lab in parameters.labs.items() if lab.enters_quarter is not None]
    makers = _vendors(parameters)
    found = [
        _offer("refuse", "refuse funding", _named(parameters, funded)),
        *(
            _offer(name, "enter", _named(parameters, keys))
            for name, keys in (("rival", waiting[0]), ("default", waiting[1]))
        ),
        _offer("vendors", "withdraw vendor finance", makers),
        _offer("price", "price cut", _named(parameters, selling), (3.0, 0.5, 15.0, 0.5, 1.0)),
        _offer("rates", "rate rise", ((ALL, ""),), (2.0, 0.25, 10.0, 0.25, 0.01)),
        _offer("power", "power delay", ((ALL, ""),), (75.0, 5.0, 100.0, 5.0, 0.01)),
        _offer("powder", "dry powder", _investors(parameters), (50.0, 0.0, 100.0, 5.0, 0.01)),
    ]
    return [offer for offer in found if offer.targets]


def step_words(step: ShockStep, parameters: MarketParameters) -> str:
    """A shock in words: "2027Q3: A lab loses its funding (Some Lab)".

    Args:
        step: the shock.
        parameters: the world that it strikes.
    """
    for offer in offers(parameters):
        names = dict(offer.targets)
        if offer.kind == step.kind and (step.target or ALL) in names:
            name = names[step.target or ALL]
            gap = "" if offer.unit.startswith("%") else " "
            size = f"{step.size / offer.scale:g}{gap}{offer.unit}" if offer.unit else ""
            return _step_text(step, parameters, offer.title, name, size)
    size = f"{step.size:g}" if step.size else ""
    return _step_text(step, parameters, step.kind, step.target or "", size)


def own_words(world: World) -> str:
    """What is changed in a world and what strikes it, in a sentence; "" for the scenario's own."""
    from viz.world.worlds import change_text

    parts = []
    if world.changes:
        parts.append(OWN_CHANGES.format(changes=", ".join(change_text(*c) for c in world.changes)))
    if world.shocks:
        calm = world.without_shocks().parameters
        steps = "; ".join(step_words(step, calm) for step in world.shocks)
        parts.append(OWN_SHOCKS.format(shocks=steps))
    return " ".join(parts)


def _step_text(
    step: ShockStep, parameters: MarketParameters, title: str, name: str, size: str
) -> str:
    inside = ", ".join(part for part in (name, size) if part)
    label = parameters.quarter_label(step.quarter)
    return f"{label}: {title} ({inside})" if inside else f"{label}: {title}"


def offer_of(parameters: MarketParameters, key: str) -> Offer | None:
    """An offer by its key; None when this world has none such."""
    return next((offer for offer in offers(parameters) if offer.key == key), None)


def _offer(
    key: str,
    kind: str,
    targets: tuple[tuple[str, str], ...],
    sizes: tuple[float, float, float, float, float] | None = None,
) -> Offer:
    title, meaning, unit = SHOCKS[key]
    if sizes is None:
        return Offer(key, kind, title, meaning, targets)
    return Offer(key, kind, title, meaning, targets, unit, *sizes)


def _named(parameters: MarketParameters, keys: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, parameters.labs[key].name) for key in keys)


def _by_commitments(parameters: MarketParameters) -> list[str]:
    """Labs that live on rounds, those with the largest commitments first."""
    owed = dict.fromkeys(parameters.labs, 0.0)
    for contract in parameters.compute_contracts.values():
        owed[contract.lab] += contract.total_usd
    open_now = [
        key
        for key, lab in parameters.labs.items()
        if lab.enters_quarter is not None and lab.parent is None
    ]
    return sorted(open_now, key=lambda key: -owed[key])


def _waiting(parameters: MarketParameters) -> tuple[list[str], list[str]]:
    """Labs that wait outside: cheap rivals, and those that come with a default placement."""
    outside = [key for key, lab in parameters.labs.items() if lab.enters_quarter is None]
    placed = [key for key in outside if parameters.labs[key].default_placement > 0]
    return [key for key in outside if key not in placed], placed


def _vendors(parameters: MarketParameters) -> tuple[tuple[str, str], ...]:
    """All chipmakers together, then each."""
    makers = tuple((key, maker.name) for key, maker in parameters.chipmakers.items())
    if not makers or not parameters.chipmaker_rules.has_vendor_finance:
        return ()
    return ((ALL, "all chipmakers"), *makers)


def _investors(parameters: MarketParameters) -> tuple[tuple[str, str], ...]:
    if not parameters.investors:
        return ()
    return ((ALL, "all investors"), *((k, i.name) for k, i in parameters.investors.items()))

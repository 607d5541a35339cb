"""The shocks that a world offers, made from their classes and from what is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from market.parameters.shocks import shock_kinds
from market.shocks import ALL
from viz.words import WORDS

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters
    from market.shocks import Choice, Shock
    from viz.world.worlds import ShockStep, World


@dataclass(frozen=True, slots=True)
class Offer:
    """A shock at the press of a button.

    Attributes:
        key: name of the offer. kind: kind of shock, see ``market.shocks``.
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
    return [
        _offer(shock, choice, parameters)
        for shock in shock_kinds().values()
        for choice in shock.choices(parameters)
    ]


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
        parts.append(
            WORDS("shocks-own-changes", changes=", ".join(change_text(*c) for c in world.changes))
        )
    if world.shocks:
        calm = world.without_shocks().parameters
        steps = "; ".join(step_words(step, calm) for step in world.shocks)
        parts.append(WORDS("shocks-own-shocks", shocks=steps))
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


def _offer(shock: type[Shock], choice: Choice, parameters: MarketParameters) -> Offer:
    """A choice with the names of its targets, and its size as it is shown."""
    names = {key: _name(firm, key) for key, firm in shock.firms(parameters).items()}
    names[ALL] = WORDS("shocks-all-of", group=shock.targets) if shock.targets else ""
    targets = tuple((key, names[key]) for key in choice.targets)
    offer = Offer(choice.key, shock.kind, choice.title, choice.meaning, targets)
    if shock.sizes is None:
        return offer
    dial = shock.sizes.dial
    return replace(
        offer,
        unit=dial.unit,
        size=shock.sizes.default / dial.scale,
        low=dial.low,
        high=dial.high,
        step=dial.step,
        scale=dial.scale,
    )


def _name(firm: object, key: str) -> str:
    return str(getattr(firm, "name", key))

"""Interventions: what is done to one of two twins, as small values that can be pickled.

An intervention is a function of a model that runs already and stands between two quarters; it may
have a ``target``, the key of the firm that it strikes. Every shock is one (``market.shocks``),
own kinds included: ``PriceCut("lab", 3.0)`` strikes from the coming quarter on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from market.shocks import (
    DryPowder,
    Enter,
    PowerDelay,
    PriceCut,
    RateRise,
    RefuseFunding,
    Shock,
    WithdrawVendorFinance,
)

if TYPE_CHECKING:
    from market.model import MarketModel


MOST_INFLOW = 100.0
"""Largest factor on what savers give: all savings of the world are not a hundred times as much."""


class Intervention(Protocol):
    """Changes a world between two quarters; ``target`` is the firm that it strikes, if any."""

    def __call__(self, model: MarketModel) -> None:
        """Change the model."""


@dataclass(frozen=True, slots=True)
class Fail:
    """A firm files for bankruptcy now, whatever it owns."""

    target: str

    def __call__(self, model: MarketModel) -> None:
        """File; raises ValueError when there is no such firm or it has failed already."""
        from market.shocks import make_fail

        make_fail(model, self.target)


@dataclass(frozen=True, slots=True)
class NewSeed:
    """All numbers drawn from now on come from another root seed; the state stays as it is.

    Numbers of a block of quarters that was drawn as a whole before stay too: the times at which
    enterprise customers ask for tenders.
    """

    seed: int
    target: str | None = None

    def __call__(self, model: MarketModel) -> None:
        """Replace the random streams."""
        from market.random_streams import RandomStreams

        model.streams = RandomStreams(self.seed)


@dataclass(frozen=True, slots=True)
class ScaleInflow:
    """Savers give investors ``factor`` times what the scenario states, from now on.

    Attributes:
        factor: from 0 to ``MOST_INFLOW``; 1 = as the scenario states.
        target: the investor; None = all.
    """

    factor: float
    target: str | None = None

    def __call__(self, model: MarketModel) -> None:
        """Set the inflow; raises ValueError for an impossible factor or an unknown investor."""
        if not 0 <= self.factor <= MOST_INFLOW:
            raise ValueError(f"factor: from 0 to {MOST_INFLOW:g}, got {self.factor}")
        if self.target is not None and self.target not in model.investors:
            raise ValueError(f"no investor {self.target!r}; known: {', '.join(model.investors)}")
        for key, investor in model.investors.items():
            if self.target in (None, key):
                stated = model.parameters.investors[key].inflow_usd
                inflow = {"inflow_usd": self.factor * stated}
                investor.stated = investor.stated.model_copy(update=inflow)


@dataclass(frozen=True, slots=True)
class Together:
    """Several interventions at once; the target is that of the first that has one."""

    parts: tuple[Intervention, ...]

    @property
    def target(self) -> str | None:
        """The firm that it strikes first."""
        return next((key for part in self.parts if (key := target_of(part)) is not None), None)

    def __call__(self, model: MarketModel) -> None:
        """Apply all parts in order."""
        for part in self.parts:
            part(model)


def nothing(model: MarketModel) -> None:
    """No intervention: the twins stay the same to the last bit."""


def refuse_funding(lab: str) -> Shock:
    """Every investor, vendor and parent refuses a lab for good, so it lives on what it has."""
    return RefuseFunding(lab)


def cheaper_by(lab: str, eur: float, quarters: int | None = None) -> Shock:
    """A lab sells its seats ``eur`` (EUR per seat per month) under what it would ask."""
    return PriceCut(lab, eur, quarters)


def withdraw_vendor_money(chipmaker: str | None = None) -> Shock:
    """A chipmaker, or all, finances no customer any more, letters of intent included."""
    return WithdrawVendorFinance(chipmaker)


def enter_lab(lab: str) -> Shock:
    """A lab that waits outside opens now."""
    return Enter(lab)


def raise_rates(size: float, quarters: int | None = None) -> Shock:
    """Interest rates rise by ``size`` (per year; 0.02 is two points)."""
    return RateRise(None, size, quarters)


def delay_power(share: float, quarters: int | None = None) -> Shock:
    """A share (0 to 1) of new power connections is lost."""
    return PowerDelay(None, share, quarters)


def scale_dry_powder(factor: float, quarters: int | None = None) -> Shock:
    """Investors put ``factor`` times as much of their dry powder into rounds."""
    return DryPowder(None, factor, quarters)


def target_of(intervention: Intervention) -> str | None:
    """Key of the firm that an intervention strikes, if it names one."""
    target: str | None = getattr(intervention, "target", None)
    return target

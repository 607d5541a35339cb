"""Shocks: events from outside that a scenario states, applied at the start of their quarter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market.model import MarketModel
    from market.parameters.companies import ShockKind
    from market.parameters.shocks import ShockParameters

Apply = Callable[["MarketModel", "ShockParameters", bool], None]


def apply_shocks(model: MarketModel) -> None:
    """Begin every shock whose quarter has come, and end those whose time is over."""
    for lab in model.labs.values():
        if not lab.is_open and lab.own.enters_quarter == model.quarter:
            _open(model, lab.key)
    for key, shock in model.parameters.shocks.items():
        begins = shock.quarter == model.quarter
        ends = shock.quarters is not None and shock.quarter + shock.quarters == model.quarter
        if begins:
            target = model.institution(shock.target).name if shock.target else "the market"
            model.events.record(
                model.quarter, "shock", target, shock.size, shock.kind, f"shock {key}: {shock.kind}"
            )
            SHOCKS[shock.kind](model, shock, True)
        elif ends:
            SHOCKS[shock.kind](model, shock, False)


def _open(model: MarketModel, key: str) -> None:
    lab = model.labs[key]
    if not lab.is_open:
        lab.is_open = True
        lab.report("entry", lab.own.enterprise_price_eur, "EUR", "enters the market")


def _refuse_funding(model: MarketModel, shock: ShockParameters, begins: bool) -> None:
    for key, lab in model.labs.items():
        if shock.target in (None, key):
            lab.is_refused = begins


def _enter(model: MarketModel, shock: ShockParameters, begins: bool) -> None:
    for key in model.labs:
        if shock.target in (None, key) and begins:
            _open(model, key)


def _cut_price(model: MarketModel, shock: ShockParameters, begins: bool) -> None:
    for key, lab in model.labs.items():
        if shock.target in (None, key):
            lab.price_offset_eur = -shock.size if begins else 0.0


def _withdraw_vendor_finance(model: MarketModel, shock: ShockParameters, begins: bool) -> None:
    for key, chipmaker in model.chipmakers.items():
        if shock.target in (None, key):
            chipmaker.has_withdrawn = begins


def _delay_power(model: MarketModel, shock: ShockParameters, begins: bool) -> None:
    model.power_lost = shock.size if begins else 0.0


def _raise_rates(model: MarketModel, shock: ShockParameters, begins: bool) -> None:
    model.rate_rise += shock.size if begins else -shock.size


def _scale_dry_powder(model: MarketModel, shock: ShockParameters, begins: bool) -> None:
    for key, investor in model.investors.items():
        if shock.target in (None, key):
            investor.participation_factor = shock.size if begins else 1.0


SHOCKS: dict[str, Apply] = {
    "refuse funding": _refuse_funding,
    "enter": _enter,
    "price cut": _cut_price,
    "withdraw vendor finance": _withdraw_vendor_finance,
    "power delay": _delay_power,
    "rate rise": _raise_rates,
    "dry powder": _scale_dry_powder,
}
"""What each kind of shock does: a new one is one function and one line here."""


# --- interventions in a running world


def impose(
    model: MarketModel,
    kind: ShockKind,
    target: str | None = None,
    size: float = 0.0,
    quarters: int | None = None,
) -> None:
    """Add a shock that begins in the coming quarter to a world that runs already.

    Args:
        model: between two quarters; its parameters get one shock more.
        kind: what happens.
        target: company that it strikes; None = all it can strike.
        size: by kind, see ``ShockParameters``.
        quarters: how long it lasts; None = for good.

    Raises:
        ValueError: the shock is not valid in this world, for instance its target is unknown.
    """
    known = model.parameters.shocks
    number = 1 + sum(key.startswith("intervention-") for key in known)
    shock = {
        "kind": kind,
        "quarter": model.quarter,
        "target": target,
        "size": size,
        "quarters": quarters,
    }
    model.parameters = model.parameters.changed(shocks={f"intervention-{number}": shock})


def make_fail(model: MarketModel, key: str) -> None:
    """Let a firm file for bankruptcy in the coming quarter, whatever it owns.

    Its estate pays what is due, then goes the way of every default: the cash that it has is left
    for its creditors but for the costs of bankruptcy.

    Raises:
        ValueError: there is no such firm, or it has failed already.
    """
    firm = next((each for each in model.institutions() if each.key == key), None)
    if firm is None:
        known = ", ".join(each.key for each in model.institutions())
        raise ValueError(f"no firm {key!r}; known: {known}")
    if firm.is_defaulted:
        raise ValueError(f"{key!r} has failed already")
    firm.report("shock", 0.0, "failure", "files for bankruptcy: an intervention")
    model.settlement.file(firm.party)

"""What a scenario states about a shock, and the registry of the classes that say the rest."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import ConfigDict, ValidationInfo, field_validator

from market.parameters.fields import LONGEST_RUN, RUN, Continued, OneOf, Section, parameter

if TYPE_CHECKING:
    from market.shocks import Shock

SHIPPED = "market.shocks"
"""Module whose classes are the kinds of shock that come with the package."""

_KINDS: dict[str, type[Shock]] = {}


def shock_kinds() -> Mapping[str, type[Shock]]:
    """Kind -> its class: those of the package, then those that users declared, as they came.

    The package's own module is imported here, when somebody first asks: what shocks do stands
    above the parameters, so these cannot import it before.
    """
    import_module(SHIPPED)
    return _KINDS


def declare(shock: type[Shock]) -> None:
    """Make a kind known to scenario files, command line and app; the same class may come again.

    Raises:
        ValueError: another class has declared this kind.
    """
    known = _KINDS.get(shock.kind)
    if known is not None and _name(known) != _name(shock):
        raise ValueError(
            f"{_name(shock)}: the kind {shock.kind!r} is declared by {_name(known)} already"
        )
    _KINDS[shock.kind] = shock


def _name(shock: type[Shock]) -> str:
    return f"{shock.__module__}.{shock.__qualname__}"


def sizes_text() -> str:
    """The sizes that the kinds may have, in words; kinds without a size are left out."""
    found = [
        f"{kind}: {shock.sizes.unit}, {shock.sizes.low:g} to {shock.sizes.high:g}"
        for kind, shock in shock_kinds().items()
        if shock.sizes is not None
    ]
    return "; ".join(found) + "."


class ShockRow(NamedTuple):
    """A kind of shock as declared; what it does not have is empty or None."""

    kind: str
    strikes: str
    unit: str
    low: float | None
    high: float | None
    default: float | None
    title: str
    meaning: str

    @property
    def sizes_text(self) -> str:
        """Bounds and unit, such as "0 to 1 share of new power"; "" for a kind without sizes."""
        return "" if self.low is None else f"{self.low:g} to {self.high:g} {self.unit}"


def shock_table() -> list[ShockRow]:
    """Every kind of shock that scenario files may name: what it strikes, its sizes, its words."""
    return [_row(shock) for shock in shock_kinds().values()]


def _row(shock: type[Shock]) -> ShockRow:
    sizes = shock.sizes
    strikes = f"one of the {shock.targets}{'' if shock.needs_target else ', or all'}"
    return ShockRow(
        shock.kind,
        strikes if shock.targets else "the market",
        "" if sizes is None else sizes.unit,
        None if sizes is None else sizes.low,
        None if sizes is None else sizes.high,
        None if sizes is None else sizes.default,
        shock.title,
        shock.meaning,
    )


class ShockParameters(Section):
    """An event from outside the model, at a quarter counted from the start.

    A pickled one brings its class along, so that the process that reads it knows the kind.
    """

    model_config = ConfigDict(validate_default=True)  # a kind may refuse the size 0, or no target

    kind: Annotated[str, OneOf(shock_kinds)] = parameter(unit="kind", doc="What happens.")
    quarter: int = parameter(
        unit="quarter", ge=0, le=LONGEST_RUN, doc="When it happens (0 = first quarter).", why=RUN
    )
    target: str | None = parameter(
        None, unit="company key", doc="Company it strikes; none = all it can strike."
    )
    size: Annotated[float, Continued(sizes_text)] = parameter(
        0.0, unit="by kind", doc="How large it is; not used by a kind without sizes."
    )
    quarters: int | None = parameter(
        None,
        unit="quarters",
        gt=0,
        le=LONGEST_RUN,
        doc="How long it lasts; none = for good.",
        why=RUN,
    )

    @property
    def declared(self) -> type[Shock]:
        """The class of its kind."""
        return shock_kinds()[self.kind]

    def shock(self) -> Shock:
        """What strikes, ready to be applied to a market."""
        return self.declared(self.target, self.size, self.quarters)

    @field_validator("target")
    @classmethod
    def _target_fits(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("a target must not be blank")
        shock = shock_kinds().get(info.data.get("kind", ""))
        if shock is None:
            return value
        if value is not None and not shock.targets:
            raise ValueError(f"a {shock.kind} strikes the whole market: it has no target")
        if value is None and shock.needs_target:
            raise ValueError(f"a {shock.kind} needs a target, one of the {shock.targets}")
        return value

    @field_validator("size")
    @classmethod
    def _size_is_possible(cls, value: float, info: ValidationInfo) -> float:
        shock = shock_kinds().get(info.data.get("kind", ""))
        if shock is not None and shock.sizes is not None and not shock.sizes.holds(value):
            raise ValueError(f"a {shock.kind} must be {shock.sizes.bounds_text}")
        return value

    def __getstate__(self) -> dict[Any, Any]:
        """The values with the class of the kind."""
        return {**super().__getstate__(), "declared": self.declared}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """The values; the class has declared itself when it was imported."""
        super().__setstate__({key: value for key, value in state.items() if key != "declared"})

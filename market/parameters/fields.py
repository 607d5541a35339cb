"""How a parameter is declared: once, with type, unit, bounds, default, meaning and source.

The command line, the scenario files, the documentation and any user interface read these
declarations; nothing repeats them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Confidence = Literal["seen", "derived", "checked", "unverified", "assumed", "theory"]
"""How far a number may be trusted.

seen: read on a public page; derived: computed from public figures by a stated rule; checked:
recalled and agreeing with a public total; unverified: recalled from press reports; assumed: a
modelling choice; theory: taken from the cited paper.
"""

NO_FIGURE = "modelling choice: no public figure"
"""Source of an assumed default for which the declaration names none."""

CONFIDENCE_LEVELS: tuple[str, ...] = get_args(Confidence)


class Section(BaseModel):
    """A frozen group of parameters; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a text that must be one of some names; there may be more of them later.

    Attributes:
        names: gives the names that are known when it is called.
    """

    names: Callable[[], Collection[str]]

    def check(self, value: str) -> str:
        """The value itself; raises ValueError with the nearest name, or all, when it is none."""
        known = list(self.names())
        if value in known:
            return value
        near = get_close_matches(value, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        raise ValueError(f"is not a known choice; {hint}")

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """How pydantic checks it: the type first, then the name."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))


@dataclass(frozen=True, slots=True)
class Continued:
    """Marks a parameter whose meaning goes on with what is known only when it is read.

    Attributes:
        text: gives the rest of the meaning.
    """

    text: Callable[[], str]


def parameter(  # noqa: PLR0913 - one argument per property of a parameter
    default: Any = ...,
    *,
    unit: str,
    doc: str,
    source: str = "",
    confidence: Confidence = "assumed",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> Any:
    """Declare one parameter.

    Args:
        default: value without a scenario; ``...`` makes the parameter compulsory.
        unit: unit of the value, "1" for a pure number, "switch" for on and off.
        doc: what it means, in one sentence.
        source: where the default comes from (paper, public figure, or the reason it is assumed).
        confidence: one of ``CONFIDENCE_LEVELS``, for the default.
        ge: smallest allowed value, in ``unit``.
        gt: value must be greater than this, in ``unit``.
        le: largest allowed value, in ``unit``.
        lt: value must be smaller than this, in ``unit``.

    Returns:
        A pydantic field that carries unit, source and confidence in ``json_schema_extra``.
    """
    if not source and confidence == "assumed":
        source = NO_FIGURE
    extra = {"unit": unit, "source": source, "confidence": confidence}
    bounds = {"ge": ge, "gt": gt, "le": le, "lt": lt}
    given: dict[str, Any] = {key: value for key, value in bounds.items() if value is not None}
    declare: Any = Field
    return declare(default, description=doc, json_schema_extra=extra, **given)


def entry_type(annotation: Any) -> Any:
    """Type of the entries of a table whose keys the scenario chooses; None for others."""
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def is_section(annotation: Any) -> bool:
    """Whether the type is a group of parameters."""
    return isinstance(annotation, type) and issubclass(annotation, Section)

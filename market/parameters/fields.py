"""How a parameter is declared: once, with type, unit, bounds, default, meaning and source.

The command line, the scenario files, the documentation and any user interface read these
declarations; nothing repeats them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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

LONGEST_RUN = 400
RUN = "no run is longer than a century"
MOST_FIRM_USD = 1e13
FIRM = "twice the dearest firm there has been (5e12 USD in 2025)"
MOST_FLOW_USD = 5e11
FLOW = "more than twice what the largest firm turns over in a quarter (2e11 USD)"
MOST_SAVING_USD = 1e13
SAVING = "more than all people save in a quarter (about 8e12 USD)"
MOST_MONEY_USD = 5e14
MONEY = "about five times all money of the world"
MOST_PEOPLE_MILLION = 10_000.0
PEOPLE = "all people there will be at the most (United Nations 2024: 10.3 bn)"
MOST_WORKERS_MILLION = 4_000.0
WORKERS = "all people who work (International Labour Organization: 3.6 bn)"
MOST_WAGE_EUR = 10_000.0
WAGE = "no seat is worth more than the wage of who sits on it"
PURSE = "more than a household has to spend"
MOST_POWER_GW = 10_000.0
POWER = "all power stations of the world (about 9,000 GW)"
MOST_COMPUTE_CU = 1e7
COMPUTE = "what all power stations of the world could run of today's chips"
MOST_USE_CU = 1.0
USE = "a thousand accelerators day and night for one person"
"""Largest values that make sense, and the reasons that the declarations give for them.

Together they keep the sums of a world of 230 firms inside the ledger's 64 bits (2.3e16 USD).
"""

CONFIDENCE_LEVELS: tuple[str, ...] = get_args(Confidence)


class Section(BaseModel):
    """A frozen group of parameters; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


MANY = 12


def nearest(value: str, choices: Sequence[str]) -> str:
    """The nearest choice, or the choices when none is near; starts with "; " unless empty."""
    found = get_close_matches(value, choices, n=1, cutoff=0.5)
    if found:
        return f"; did you mean {found[0]!r}?"
    if not choices:
        return ""
    few = list(choices[:MANY])
    return f"; known: {', '.join(few)}{', ...' if len(choices) > MANY else ''}"


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
        raise ValueError(f"is not a known choice{nearest(value, known)}")

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
    why: str = "",
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
        why: why the bounds lie where they do: beyond them the rule makes no sense. When omitted it
            is the reason of all parameters of this unit, see ``market.parameters.schema.Leaf``.

    Returns:
        A pydantic field that carries unit, source and confidence in ``json_schema_extra``.
    """
    if not source and confidence == "assumed":
        source = NO_FIGURE
    extra = {"unit": unit, "source": source, "confidence": confidence, "why": why}
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

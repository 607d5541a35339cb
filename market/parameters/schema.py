"""What a scenario file may say, walked by dotted path, and what is wrong with one, in a line."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from market.parameters.fields import Continued, OneOf, Section, entry_type, is_section, nearest
from market.parameters.world import MarketParameters, UnknownReferenceError

LONGEST_VALUE = 60
LONGEST_PATH = 160
LARGEST_USD = 9e14
"""Largest amount of one posting of the ledger: ``market.books.journal.LARGEST_AMOUNT`` in USD."""
DEEPEST = 12
"""Most tables inside one another that a file may have; the deepest declared path has four parts."""
COMPANY_TABLES = ("labs", "clouds", "chipmakers", "investors", "startups")


class ScenarioError(ValueError):
    """A scenario that cannot be used; the text is one line.

    Attributes:
        origin: file or option that is wrong.
        path: dotted path of the key, empty when the whole file is meant.
        reason: why it is refused, with the nearest valid choice.
    """

    def __init__(self, origin: str, reason: str, *, path: str = "", value: Any = None) -> None:
        """Put the parts in one line."""
        super().__init__(problem_line(origin, reason, path, value))
        self.origin, self.path, self.reason = origin, path, reason


def problem_line(origin: str, reason: str, path: str = "", value: Any = None) -> str:
    """One line that names file or option, key, value and reason, as far as there are any."""
    path = shortened(path, LONGEST_PATH)
    what = f"{path} = {shown(value)}" if path and value is not None else path
    return " ".join(": ".join(part for part in (origin, what, reason) if part).split())


def shown(value: Any) -> str:
    """A value as a file writes it, cut when long."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer with thousands of digits, deep nesting
        text = f"a very long {type(value).__name__}"
    return shortened(text)


def shortened(text: str, longest: int = LONGEST_VALUE) -> str:
    """A text for a message, cut when it is long."""
    return text if len(text) <= longest else text[:longest] + "..."


def too_deep(tree: Any) -> str:
    """Path of the first value that lies deeper than ``DEEPEST`` tables or lists; "" without one.

    It does not call itself, so that no file is too deep for it.
    """
    layer: list[tuple[KeyPath, Any]] = [((), tree)]
    for _ in range(DEEPEST + 1):
        layer = [
            ((*path, str(key)), value) for path, branch in layer for key, value in _branches(branch)
        ]
    return dotted(layer[0][0]) if layer else ""


def _branches(value: Any) -> Iterable[tuple[Any, Any]]:
    """Entries of a table or list that are tables or lists themselves, or values of one."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def dotted(path: Sequence[str]) -> str:
    """A path as text."""
    return ".".join(path)


def from_validation(error: ValidationError, origin: str, origins: dict[str, str]) -> ScenarioError:
    """The first problem that pydantic found, as a line of ours.

    Args:
        error: what validation raised.
        origin: file that was asked for.
        origins: dotted path -> file or option that wrote it, where known.
    """
    first = error.errors(include_url=False)[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, UnknownReferenceError):
        where, reason = origins.get(cause.path, origin), "names no such entry"
        for remover in (origins.get(f"{table}.{cause.value}") for table in COMPANY_TABLES):
            if remover is not None:
                where, reason = remover, "names an entry that is removed"
        reason += nearest(cause.value, cause.known)
        return ScenarioError(where, reason, path=cause.path, value=cause.value)
    path = [str(part) for part in first["loc"] if part != "[key]"]
    text, value = dotted(path), first["input"]
    where = origins.get(text, origin)
    if cause is not None:
        return ScenarioError(where, str(cause), path=text, value=value if path else None)
    if first["type"] == "missing":
        return _missing(path, origin, origins)
    if first["type"] == "extra_forbidden":
        known = nearest(path[-1], known_keys(path[:-1]))
        return ScenarioError(where, "unknown key" + known, path=text)
    return ScenarioError(where, _expected(path, first, value), path=text, value=value)


def _missing(path: Sequence[str], origin: str, origins: dict[str, str]) -> ScenarioError:
    """A compulsory value is not there: forgotten, removed, or the entry's key is misspelt."""
    table, entry = dotted(path[:-2]) + ".", dotted(path[:-1]) + "."
    written = [where for name, where in origins.items() if name.startswith(entry)]
    where = origins.get(dotted(path), written[-1] if written else origin)
    names = [name.removeprefix(table).split(".")[0] for name in origins if name.startswith(table)]
    others = sorted({*names} - {path[-2]}) if len(path) > 2 else []
    similar = get_close_matches(path[-2], others, n=1, cutoff=0.75) if others else []
    hint = f"; did you mean {similar[0]!r}?" if similar else ""
    return ScenarioError(where, "is missing" + hint, path=dotted(path))


def _expected(path: Sequence[str], first: Any, value: Any) -> str:
    """What the value should have been."""
    leaf = find(path)
    if not isinstance(leaf, Leaf):
        return "must be a table" if isinstance(leaf, list) else str(first["msg"])
    if first["type"] == "literal_error" and isinstance(value, str):
        return "is not a known choice" + nearest(value, leaf.choices)
    if first["type"] == "finite_number":
        return "must be finite"
    bounds = bounds_text(leaf.field)
    kind = leaf.type_text
    return f"must be a {kind}{' ' + bounds if bounds else ''} ({leaf.unit})"


# --- what a scenario file may say


NEVER = "never"
"""Written for a quarter that does not come, as TOML has no null."""

KeyPath = tuple[str, ...]

_ROOT: ContextVar[type[MarketParameters]] = ContextVar("root of paths", default=MarketParameters)


@contextmanager
def declared_by(parameters_class: type[MarketParameters]) -> Iterator[None]:
    """Look up paths in the declarations of a subclass, which has tables of its own."""
    token = _ROOT.set(parameters_class)
    try:
        yield
    finally:
        _ROOT.reset(token)


_WHY = {
    "per": "a rate: beyond, a quarter is too long a step for the rule that uses it",
    "quarters": "a time: beyond, it lies outside the run that it is meant for",
    "1": "a pure number: beyond, the rule turns over or one side of it takes all",
    "customers": "what fits into the memory of a computer",
    "times": "beyond, there is no ceiling",
    "RPO": "beyond, no lender or partner would believe it",
    "debt": "beyond, no lender or partner would believe it",
}
"""Why the bounds of a unit lie where they do, by its first word; a declaration may say more."""


class SchemaRow(NamedTuple):
    """One parameter as declared; ``*`` in the path stands for a key of the scenario's choice."""

    path: str
    type: str
    unit: str
    default: str
    bounds: str
    meaning: str
    source: str
    confidence: str
    why: str


class Leaf(NamedTuple):
    """A declared parameter that holds a value, not a table."""

    path: KeyPath
    field: FieldInfo
    type: Any

    @property
    def unit(self) -> str:
        """Unit of the value."""
        return self.extra("unit")

    @property
    def meaning(self) -> str:
        """What the value means, in words."""
        rest = [mark.text() for mark in self.field.metadata if isinstance(mark, Continued)]
        return " ".join([self.field.description or "", *rest]).strip()

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts that the value may be, as known now; () when it is no choice."""
        if get_origin(self.type) is Literal:
            return tuple(map(str, get_args(self.type)))
        names = [mark.names() for mark in self.field.metadata if isinstance(mark, OneOf)]
        return tuple(names[0]) if names else ()

    @property
    def type_text(self) -> str:
        """Its type in words: "number", "whole number", "text", "true or false", "one of ..."."""
        choices = self.choices
        return f"one of {', '.join(choices)}" if choices else type_text(self.type)

    @property
    def why(self) -> str:
        """Why its bounds lie where they do; empty when it has none."""
        bounds = bounds_text(self.field)
        if not bounds:
            return ""
        is_share = bounds.replace("<", "<=").replace("==", "=").endswith("<= 1")
        usual = "a part of a whole" if is_share else _WHY.get(self.unit.split(" ")[0], "")
        return self.extra("why") or usual

    def extra(self, key: str) -> str:
        """Unit, source or confidence as declared."""
        extra = self.field.json_schema_extra
        return str(extra.get(key, "")) if isinstance(extra, dict) else ""

    @property
    def is_quarter(self) -> bool:
        """Whether a quarter label may stand for the number."""
        return self.unit == "quarter"

    @property
    def may_be_never(self) -> bool:
        """Whether ``never`` may stand for no value."""
        return self.is_quarter and type(None) in get_args(self.type)


def find(path: Sequence[str]) -> Leaf | list[str] | None:
    """What is declared at a dotted path.

    Returns:
        A leaf; the known keys of a table (empty where the scenario chooses them); None if the
        path names nothing.
    """
    declared = _declared(_ROOT.get(), tuple(path))
    if declared is None:
        return None
    here, field = declared
    if is_section(here):
        return list(here.model_fields)
    if entry_type(here) is not None:
        return []
    return Leaf(tuple(path), field, here) if field is not None else None


@lru_cache(maxsize=4096)  # a file asks for each of its paths several times
def _declared(root: type[Section], path: KeyPath) -> tuple[Any, FieldInfo | None] | None:
    """Type and field at a path: the walk of ``find``, one key further than the path above."""
    if not path:
        return root, None
    above = _declared(root, path[:-1])
    if above is None:
        return None
    here, field = above
    if is_section(here):
        field = here.model_fields.get(path[-1])
        return None if field is None else (field.annotation, field)
    entry = entry_type(here)
    return None if entry is None else (entry, field)


def known_keys(path: Sequence[str]) -> list[str]:
    """Keys that the table at the path knows; empty where the scenario chooses them."""
    found = find(path)
    return found if isinstance(found, list) else []


def leaves(section: type[Section] = MarketParameters, at: KeyPath = ()) -> Iterator[Leaf]:
    """Every declared parameter, in the order of declaration."""
    for key, field in section.model_fields.items():
        path, annotation = (*at, key), field.annotation
        entry = entry_type(annotation)
        if is_section(annotation):
            yield from leaves(annotation, path)  # type: ignore[arg-type]  # is_section checked it
        elif is_section(entry):
            yield from leaves(entry, (*path, "*"))
        elif entry is not None:
            yield Leaf((*path, "*"), field, entry)
        else:
            yield Leaf(path, field, annotation)


def type_text(annotation: Any) -> str:
    """A type in words: "number", "whole number", "text", "true or false", "one of ..."."""
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(map(str, get_args(annotation)))
    if get_origin(annotation) in {Union, types.UnionType}:
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return " or ".join(type_text(part) for part in parts)
    names = {float: "number", int: "whole number", str: "text", bool: "true or false"}
    return names.get(annotation, "table")


def bounds_text(field: FieldInfo) -> str:
    """Bounds in symbols, such as ">= 0, < 1"; empty when there are none."""
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return ", ".join(
        f"{sign} {getattr(rule, name):g}"
        for rule in field.metadata
        for name, sign in signs.items()
        if getattr(rule, name, None) is not None
    )


def default_text(leaf: Leaf) -> str:
    """The default as a scenario file would write it; empty for a compulsory value."""
    if leaf.field.is_required() or leaf.path[-1] == "*":
        return ""
    value = leaf.field.get_default(call_default_factory=True)
    if value is None:
        return NEVER if leaf.may_be_never else "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def schema_table() -> list[SchemaRow]:
    """Every parameter with type, unit, default, bounds and why, meaning, source, confidence."""
    return [
        SchemaRow(
            ".".join(leaf.path),
            leaf.type_text,
            leaf.unit,
            default_text(leaf),
            bounds_text(leaf.field),
            leaf.meaning,
            leaf.extra("source"),
            leaf.extra("confidence"),
            leaf.why,
        )
        for leaf in leaves()
    ]

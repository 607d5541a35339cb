"""What a scenario file may say: the declarations of the parameters, walked by dotted path."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from market.parameters.fields import Section
from market.parameters.world import MarketParameters

NEVER = "never"
"""Written for a quarter that does not come, as TOML has no null."""

KeyPath = tuple[str, ...]


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


class Leaf(NamedTuple):
    """A declared parameter that holds a value, not a table."""

    path: KeyPath
    field: FieldInfo
    type: Any

    @property
    def unit(self) -> str:
        """Unit of the value."""
        return self.extra("unit")

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


def entry_type(annotation: Any) -> Any:
    """Type of the entries of a table whose keys the scenario chooses; None for others."""
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def is_section(annotation: Any) -> bool:
    """Whether the type is a group of parameters."""
    return isinstance(annotation, type) and issubclass(annotation, Section)


def find(path: Sequence[str]) -> Leaf | list[str] | None:
    """What is declared at a dotted path.

    Returns:
        A leaf; the known keys of a table (empty where the scenario chooses them); None if the
        path names nothing.
    """
    declared = _declared(tuple(path))
    if declared is None:
        return None
    here, field = declared
    if is_section(here):
        return list(here.model_fields)
    if entry_type(here) is not None:
        return []
    return Leaf(tuple(path), field, here) if field is not None else None


@lru_cache(maxsize=4096)  # a file asks for each of its paths several times
def _declared(path: KeyPath) -> tuple[Any, FieldInfo | None] | None:
    """Type and field at a path: the walk of ``find``, one key further than the path above."""
    if not path:
        return MarketParameters, None
    above = _declared(path[:-1])
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
    """Every parameter with type, unit, default, bounds, meaning, source and confidence."""
    return [
        SchemaRow(
            ".".join(leaf.path),
            type_text(leaf.type),
            leaf.unit,
            default_text(leaf),
            bounds_text(leaf.field),
            leaf.field.description or "",
            leaf.extra("source"),
            leaf.extra("confidence"),
        )
        for leaf in leaves()
    ]

"""What is wrong with a scenario, in one line: where, what, why, and what would do."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from market.parameters.scenario_schema import Leaf, bounds_text, find, known_keys, type_text
from market.parameters.world import UnknownReferenceError

LONGEST_VALUE = 60
MANY = 12
COMPANY_TABLES = ("labs", "clouds", "chipmakers", "investors")


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
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "..."


def nearest(value: str, choices: Sequence[str]) -> str:
    """The nearest choice, or the choices when none is near; starts with "; " unless empty."""
    found = get_close_matches(value, choices, n=1, cutoff=0.5)
    if found:
        return f"; did you mean {found[0]!r}?"
    if not choices:
        return ""
    few = list(choices[:MANY])
    return f"; known: {', '.join(few)}{', ...' if len(choices) > MANY else ''}"


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
        choices = type_text(leaf.type).removeprefix("one of ").split(", ")
        return "is not a known choice" + nearest(value, choices)
    if first["type"] == "finite_number":
        return "must be finite"
    bounds = bounds_text(leaf.field)
    kind = type_text(leaf.type)
    return f"must be a {kind}{' ' + bounds if bounds else ''} ({leaf.unit})"

"""Scenario files as text: values with their source beside them, overrides, and writing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from market.parameters.fields import CONFIDENCE_LEVELS, Section
from market.parameters.scenario_errors import ScenarioError, dotted, nearest
from market.parameters.scenario_schema import NEVER, KeyPath, Leaf, find
from market.parameters.world import MarketParameters

Tree = dict[str, Any]
ANNOTATION = ("value", "source", "confidence")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Provenance(NamedTuple):
    """Where a number comes from and how far it may be trusted."""

    source: str
    confidence: str


def parse(text: str, origin: str) -> Tree:
    """TOML text as a tree; raises ScenarioError with the line of a syntax error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(origin, f"not valid TOML: {error}") from None
    except (ValueError, RecursionError) as error:  # huge integers, deep nesting
        raise ScenarioError(origin, f"not valid TOML: {error}") from None


def leaf_items(tree: Mapping[str, Any], at: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value of a tree with its path; annotated values count as values."""
    for key, value in tree.items():
        path = (*at, key)
        if isinstance(value, dict) and value and not is_annotated(value, path):
            yield from leaf_items(value, path)
        else:
            yield path, value


def is_annotated(value: Any, path: KeyPath) -> bool:
    """Whether this is ``{ value = ..., source = ..., confidence = ... }``."""
    return isinstance(value, dict) and "value" in value and isinstance(find(path), Leaf)


def split_annotations(tree: Tree, origin: str) -> tuple[Tree, dict[str, Provenance]]:
    """Take sources from a tree.

    Returns:
        The tree with plain values, and dotted path -> where the value comes from (of values
        that say so).
    """
    found: dict[str, Provenance] = {}

    def plain(branch: Tree, at: KeyPath) -> Tree:
        result: Tree = {}
        for key, value in branch.items():
            path = (*at, key)
            if is_annotated(value, path):
                found[dotted(path)] = _provenance(value, dotted(path), origin)
                result[key] = value["value"]
            else:
                result[key] = plain(value, path) if isinstance(value, dict) else value
        return result

    return plain(tree, ()), found


def _provenance(value: Tree, path: str, origin: str) -> Provenance:
    for key in value:
        if key not in ANNOTATION:
            reason = "unknown key beside a value" + nearest(key, ANNOTATION)
            raise ScenarioError(origin, reason, path=f"{path}.{key}")
    source, confidence = value.get("source", ""), value.get("confidence", "assumed")
    if not isinstance(source, str):
        raise ScenarioError(origin, "must be a text", path=f"{path}.source", value=source)
    if not isinstance(confidence, str) or confidence not in CONFIDENCE_LEVELS:
        reason = "is not a level of confidence" + nearest(str(confidence), CONFIDENCE_LEVELS)
        raise ScenarioError(origin, reason, path=f"{path}.confidence", value=confidence)
    return Provenance(source, confidence)


def parse_path(text: str, origin: str) -> KeyPath:
    """A dotted key, with quotes where a part has dots itself, as its parts."""
    tree: Any = parse(f"{text} = 0", f"{origin}: bad path {text!r}") if text.strip() else {}
    path: KeyPath = ()
    while isinstance(tree, dict):
        if len(tree) != 1:
            raise ScenarioError(origin, f"bad path {text!r}: must name one key")
        name = next(iter(tree))
        path, tree = (*path, name), tree[name]
    return path


def parse_override(text: str) -> tuple[KeyPath, Any]:
    """An override such as ``funding.recovery=0.3`` as path and value.

    The value is read as TOML (number, true, list, quoted text); a bare word is a text.

    Raises:
        ScenarioError: without ``=``, or when the path is not a dotted key.
    """
    origin = f"override {text!r}"
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise ScenarioError(origin, "must be path=value, such as funding.recovery=0.3")
    if len(text.splitlines()) != 1:
        raise ScenarioError(origin, "must be one line")
    path = parse_path(key, origin)
    try:
        return path, tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return path, value.strip()


# --- writing


def toml_key(key: str) -> str:
    """A key, quoted where TOML needs it."""
    return key if BARE_KEY.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: Any) -> str:
    """A value as TOML that loads back equal."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        return _float_text(value)
    return str(value)


def _float_text(value: float) -> str:
    """The shortest text that reads back equal, with an exponent in threes from a million on."""
    text = repr(value)
    exponents = (12, 9, 6) if abs(value) >= 1e6 else ()
    for exponent in exponents:
        short = f"{value / 10**exponent:.12g}"
        if abs(value) >= 10**exponent and "e" not in short:
            short = f"{short if '.' in short else short + '.0'}e{exponent}"
            return short if float(short) == value else text
    return text


def dump_scenario(
    parameters: MarketParameters, provenance: Mapping[str, Provenance] | None = None
) -> str:
    """The whole scenario as TOML, every value written out; it loads back equal.

    Args:
        parameters: what to write.
        provenance: dotted path -> source and confidence, written beside the value.
    """
    return "".join(_section(parameters, (), provenance or {})).lstrip("\n")


def _section(section: Section, at: KeyPath, provenance: Mapping[str, Provenance]) -> Iterator[str]:
    """Lines of a group: its own values first, then its tables."""
    tables: list[tuple[KeyPath, Any]] = []
    lines: list[str] = []
    for key in type(section).model_fields:
        value, path = getattr(section, key), (*at, key)
        if isinstance(value, Section):
            tables.append((path, value))
        elif isinstance(value, dict):
            tables += _entries(value, path)
        else:
            lines += _line(path, value, provenance)
    if lines:
        yield _header(at) if at else ""
        yield from lines
    for path, value in tables:
        if isinstance(value, Section):
            yield from _section(value, path, provenance)
        else:
            yield _header(path)
            for key, number in value.items():
                yield from _line((*path, key), number, provenance)


def _entries(table: dict[str, Any], path: KeyPath) -> list[tuple[KeyPath, Any]]:
    if table and all(isinstance(value, Section) for value in table.values()):
        return [((*path, key), value) for key, value in table.items()]
    return [(path, table)] if table else []


def _header(path: KeyPath) -> str:
    return f"\n[{'.'.join(toml_key(key) for key in path)}]\n"


def _line(path: KeyPath, value: Any, provenance: Mapping[str, Provenance]) -> list[str]:
    if value is None:
        leaf = find(path)
        if not isinstance(leaf, Leaf) or leaf.field.default is None:
            return []
        value = NEVER
    text, known = toml_value(value), provenance.get(dotted(path))
    if known is not None:
        source = f", source = {_quoted(known.source)}" if known.source else ""
        text = f'{{ value = {text}{source}, confidence = "{known.confidence}" }}'
    return [f"{toml_key(path[-1])} = {text}\n"]

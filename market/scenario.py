"""Scenarios: load a TOML file, lay it over another, override values, check all, and write it.

A value stands plain (``cash_usd = 17.5e9``) or with its source beside it
(``cash_usd = { value = 17.5e9, source = "press reports", confidence = "unverified" }``).
``extends = "reference"`` starts from another scenario, by name or by path relative to the file;
``remove = ["compute_contracts.x"]`` leaves out entries of it. A quarter is a number counted from
the start or a label such as "2026Q3"; "never" is a quarter that does not come. Deals stand in a
list, ``[[deals]]``, each with a ``key``, or in tables ``[deals.key]``.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from market.parameters.deals import STATED_AS, keyed, made_by
from market.parameters.fields import CONFIDENCE_LEVELS, Section, nearest
from market.parameters.schema import (
    DEEPEST,
    LARGEST_USD,
    NEVER,
    KeyPath,
    Leaf,
    ScenarioError,
    SchemaRow,
    declared_by,
    dotted,
    find,
    from_validation,
    known_keys,
    schema_table,
    shortened,
    too_deep,
)
from market.parameters.world import QUARTER_LABEL, MarketParameters, quarter_index

Tree = dict[str, Any]
ANNOTATION = ("value", "source", "confidence")
LARGEST_FILE = 20_000_000
"""Bytes of a scenario or experiment; those that come with the package have at most 50,000."""
TOO_DEEP = f"more than {DEEPEST} tables or lists stand inside one another: no parameter needs that"
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Provenance(NamedTuple):
    """Where a number comes from and how far it may be trusted."""

    source: str
    confidence: str


def parse(text: str, origin: str) -> Tree:
    """TOML text as a tree; raises ScenarioError with the line of a syntax error."""
    try:
        tree = tomllib.loads(text)
    except RecursionError:
        raise ScenarioError(origin, TOO_DEEP) from None
    except ValueError as error:  # no TOML, or an integer of thousands of digits
        reason = str(error).partition("; use sys.")[0]
        raise ScenarioError(origin, f"not valid TOML: {reason}") from None
    deep = too_deep(tree)
    if deep:
        raise ScenarioError(origin, TOO_DEEP, path=deep)
    return tree


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
    where = f"{origin}: bad path {shortened(text)!r}"
    tree: Any = parse(f"{text} = 0", where) if text.strip() else {}
    path: KeyPath = ()
    while isinstance(tree, dict):
        if len(tree) != 1:
            raise ScenarioError(where, "must name one key")
        name = next(iter(tree))
        path, tree = (*path, name), tree[name]
    return path


def parse_override(text: str) -> tuple[KeyPath, Any]:
    """An override such as ``funding.recovery=0.3`` as path and value.

    The value is read as TOML (number, true, list, quoted text); a bare word is a text.

    Raises:
        ScenarioError: without ``=``, or when the path is not a dotted key.
    """
    origin = f"override {shortened(text)!r}"
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise ScenarioError(origin, "must be path=value, such as funding.recovery=0.3")
    if len(text.splitlines()) != 1:
        raise ScenarioError(origin, "must be one line")
    path = parse_path(key, origin)
    try:
        found = tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return path, value.strip()
    if too_deep(found):
        raise ScenarioError(origin, TOO_DEEP, path=dotted(path))
    return path, found


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
    exponents = (12, 9, 6) if 1e6 <= abs(value) < float("inf") else ()
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
    with declared_by(type(parameters)):
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


# --- scenarios


__all__ = [
    "Provenance",
    "Scenario",
    "ScenarioError",
    "SchemaRow",
    "ValueRow",
    "describe",
    "dump_scenario",
    "load_scenario",
    "parse_override",
    "read_scenario",
    "scenario_names",
    "scenario_table",
    "schema_table",
]

FOLDER = Path(__file__).resolve().parent.parent / "runs" / "scenarios"
SUFFIX = ".toml"
COMMAND_LINE = Provenance("set by an override", "assumed")


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    Attributes:
        parameters: the world.
        provenance: dotted path -> source and confidence, for values that a file states.
        origin: name of the scenario or path of the file.
        overrides: what was set on top of the file, as given.
    """

    parameters: MarketParameters
    provenance: dict[str, Provenance]
    origin: str
    overrides: tuple[str, ...] = ()


class ValueRow(NamedTuple):
    """One value of a scenario."""

    path: str
    value: Any
    unit: str
    meaning: str
    source: str
    confidence: str


@dataclass
class _Draft:
    """A scenario while its files are put on top of one another."""

    tree: Tree = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def put(self, tree: Tree, provenance: dict[str, Provenance], origin: str) -> None:
        """Merge a tree over this one."""
        for path, value in leaf_items(tree):
            self.set(path, value, provenance.get(dotted(path)), origin)

    def set(self, path: Sequence[str], value: Any, known: Provenance | None, origin: str) -> None:
        """Set one value, making the tables above it."""
        here: Any = self.tree
        for depth, key in enumerate(path[:-1], start=1):
            here = here.setdefault(key, {})
            if not isinstance(here, dict):
                raise ScenarioError(origin, "is a value, not a table", path=dotted(path[:depth]))
        if value == {} and isinstance(here.get(path[-1]), dict):
            return  # a table without entries adds nothing
        here[path[-1]] = value
        for depth in range(1, len(path)):
            self.origins.pop(dotted(path[:depth]), None)
        self.origins[dotted(path)] = origin
        self.provenance.pop(dotted(path), None)
        if known is not None:
            self.provenance[dotted(path)] = known

    def remove(self, name: str, origin: str) -> None:
        """Take out one entry; raises when it is not there."""
        keys = parse_path(name, origin)
        deal = made_by(self.tree).get((keys[0], keys[1])) if len(keys) == 2 else None
        if deal is not None:
            without = {"share": 0.0} if keys[0] == "stakes" else {"left_out": f"removed: {name}"}
            self.put({"deals": {deal: without}}, {}, origin)
            if keys[1] not in self.tree.get(keys[0], {}):
                return
        here: Any = self.tree
        for depth, key in enumerate(keys):
            if not isinstance(here, dict) or key not in here:
                choices = list(here) if isinstance(here, dict) else []
                reason = f"nothing to remove at {dotted(keys[: depth + 1])}"
                raise ScenarioError(origin, reason + nearest(key, choices), path="remove")
            if depth == len(keys) - 1:
                del here[key]
            else:
                here = here[key]
        gone = dotted(keys)
        for known in (self.provenance, self.origins):
            for path in [p for p in known if p == gone or p.startswith(gone + ".")]:
                del known[path]
        self.origins[gone] = origin  # who to name when something still needs it


def scenario_names() -> list[str]:
    """Names of the scenarios that come with the package."""
    return sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}"))


def load_scenario(
    name_or_path: str | Path,
    overrides: Sequence[str] = (),
    *,
    parameters_class: type[MarketParameters] = MarketParameters,
) -> MarketParameters:
    """Load the parameters of a scenario; ``read_scenario`` also tells where each comes from.

    Args:
        name_or_path: name of a scenario of the package (``"reference"``), or path of a file.
        overrides: changes such as ``"funding.recovery=0.3"``, applied in order.
        parameters_class: what to read into: MarketParameters or a class made from it.

    Returns:
        The checked parameters: those of the files, and defaults for what these do not state.

    Raises:
        ScenarioError: for anything that is wrong, in one line.
    """
    return read_scenario(name_or_path, overrides, parameters_class=parameters_class).parameters


def describe(name_or_path: str | Path) -> str:
    """What a scenario shows, in its own words."""
    return load_scenario(name_or_path).description


def read_scenario(
    name_or_path: str | Path,
    overrides: Sequence[str] = (),
    *,
    parameters_class: type[MarketParameters] = MarketParameters,
) -> Scenario:
    """Load and check a scenario.

    Args:
        name_or_path: name of a scenario of the package (``"reference"``), or path of a file.
        overrides: changes such as ``"funding.recovery=0.3"``, applied in order.
        parameters_class: what it is read as; a subclass declares tables of its own.

    Raises:
        ScenarioError: for anything that is wrong, in one line.
    """
    with declared_by(parameters_class):
        return _read(name_or_path, overrides, parameters_class)


def _read(
    name_or_path: str | Path, overrides: Sequence[str], kind: type[MarketParameters]
) -> Scenario:
    """A scenario, while its declarations are those that paths are looked up in."""
    path = _locate(name_or_path, None, str(name_or_path))
    origin = _label(path)
    draft = _read_files(path, [])
    for text in overrides:
        keys, value = parse_override(text)
        where = f"override {shortened(text)!r}"
        tree = _refuse_unknown({keys[0]: _nested(keys[1:], value)}, where)
        values, known = split_annotations(tree, where)
        sources = {dotted(p): COMMAND_LINE for p, _ in leaf_items(values)}
        draft.put(values, sources | known, where)
    parameters = _validate(draft, origin, kind)
    provenance = _of_entries(draft, parameters) | draft.provenance
    return Scenario(parameters, provenance, origin, tuple(overrides))


def _of_entries(draft: _Draft, parameters: MarketParameters) -> dict[str, Provenance]:
    """Where the values of entries that deals make come from, which no file states."""
    found = {}
    for (table, entry), key in made_by(draft.tree).items():
        for name in type(getattr(parameters, table)[entry]).model_fields:
            path = f"{table}.{entry}.{name}"
            if path not in draft.origins:
                stated = f"deals.{key}.{STATED_AS.get(name, name)}"
                known = draft.provenance.get(stated) or _of_deal(parameters, key)
                found[path] = known
    return found


def _of_deal(parameters: MarketParameters, key: str) -> Provenance:
    deal = parameters.deals[key]
    return Provenance(deal.source, deal.confidence)


def scenario_table(scenario: Scenario) -> list[ValueRow]:
    """Every value of a scenario with unit, meaning, source and confidence.

    A value that the files do not state is a default: its source is the declaration's.
    """
    with declared_by(type(scenario.parameters)):
        return _value_rows(scenario)


def _value_rows(scenario: Scenario) -> list[ValueRow]:
    rows = []
    for path, value in leaf_items(scenario.parameters.model_dump()):
        leaf = find(path)
        if not isinstance(leaf, Leaf):
            continue  # a table without entries
        name = dotted(path)
        known = scenario.provenance.get(name)
        if known is None and path[0] == "deals":
            known = _of_deal(scenario.parameters, path[1])
        if known is None:
            known = Provenance(leaf.extra("source"), leaf.extra("confidence"))
        shown = NEVER if value is None and leaf.may_be_never else value
        rows.append(ValueRow(name, shown, leaf.unit, leaf.meaning, *known))
    return rows


# --- reading


def _nested(keys: Sequence[str], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def _label(path: Path) -> str:
    return path.stem if path.parent == FOLDER else str(path)


def _locate(name_or_path: str | Path, beside: Path | None, origin: str) -> Path:
    """The file that a name or path means."""
    text = os.fspath(name_or_path)
    try:
        if text in scenario_names():
            return FOLDER / f"{text}{SUFFIX}"
        path = (beside.parent if beside else Path()) / text
        if text and path.is_file():
            return path.resolve()
    except (OSError, ValueError):  # a name too long, a zero byte
        pass
    name = Path(text).name.removesuffix(SUFFIX) if "\0" not in text else ""
    reason = f"there is no scenario {shortened(text)!r}" + nearest(name, scenario_names())
    raise ScenarioError(origin if beside else "", reason, path="extends" if beside else "")


def file_text(path: Path, origin: str, largest: int = LARGEST_FILE) -> str:
    """The text of a file; raises ScenarioError when it is none, or has too many bytes."""
    try:
        if path.exists() and not path.is_file():  # a device or a pipe may never end
            raise ScenarioError(origin, "is no file: it cannot be read")
        if path.stat().st_size > largest:
            raise ScenarioError(origin, f"is larger than {largest // 10**6} MB")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ScenarioError(origin, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ScenarioError(origin, "cannot be read: is not UTF-8 text") from None


def _read_files(path: Path, chain: list[Path]) -> _Draft:
    """One file on top of those that it extends."""
    origin = _label(path)
    if path in chain:
        names = " -> ".join(_label(p) for p in [*chain, path])
        raise ScenarioError(_label(chain[0]), f"scenarios extend each other: {names}")
    tree = parse(file_text(path, origin), origin)
    if isinstance(tree.get("deals"), list):
        try:
            tree["deals"] = keyed(tree["deals"])
        except ValueError as error:
            raise ScenarioError(origin, str(error), path="deals") from None
    base: Any = tree.pop("extends", None)
    removed: Any = tree.pop("remove", [])
    if base is not None and not isinstance(base, str):
        raise ScenarioError(origin, "must name a scenario", path="extends", value=base)
    if not isinstance(removed, list) or not all(isinstance(name, str) for name in removed):
        raise ScenarioError(origin, "must be a list of paths", path="remove", value=removed)
    draft = _Draft() if base is None else _read_files(_locate(base, path, origin), [*chain, path])
    for name in removed:
        draft.remove(name, origin)
    values, provenance = split_annotations(tree, origin)
    draft.put(_refuse_unknown(values, origin), provenance, origin)
    return draft


def _refuse_unknown(tree: Tree, origin: str) -> Tree:
    """Raise for the first key that no declaration knows; else the same tree."""
    for path, _ in leaf_items(tree):
        for depth in range(1, len(path) + 1):
            if find(path[:depth]) is None:
                above, key = path[: depth - 1], path[depth - 1]
                if isinstance(find(above), Leaf):
                    raise ScenarioError(origin, "is a value, not a table", path=dotted(above))
                reason = "unknown key" + nearest(key, known_keys(above))
                raise ScenarioError(origin, reason, path=dotted(path[:depth]))
    return tree


# --- checking


def _validate(draft: _Draft, origin: str, kind: type[MarketParameters]) -> MarketParameters:
    tree = deepcopy(draft.tree)
    start = tree.get("start", kind.model_fields["start"].default)
    first = draft.origins.get("start", origin)
    for path, value in list(leaf_items(tree)):
        leaf = find(path)
        where = draft.origins.get(dotted(path), origin)
        if isinstance(value, int | float) and isinstance(leaf, Leaf):
            _refuse_beyond_ledger(leaf, value, where)
        if isinstance(value, str) and isinstance(leaf, Leaf) and leaf.is_quarter:
            here = tree
            for key in path[:-1]:
                here = here[key]
            if not isinstance(start, str) or not QUARTER_LABEL.match(start):
                reason = "must be a quarter such as 2025Q3"
                raise ScenarioError(first, reason, path="start", value=start)
            here[path[-1]] = _quarter(leaf, value, start, where)
    try:
        return kind.model_validate(tree, strict=True)
    except ValidationError as error:
        made = {f"{table}.{entry}.": origin for table, entry in made_by(tree)}
        raise from_validation(error, origin, made | draft.origins) from None


def _refuse_beyond_ledger(leaf: Leaf, value: float, origin: str) -> None:
    """Raise for an amount of money that no posting can hold, whatever its own bounds are."""
    if "USD" in leaf.unit and LARGEST_USD < abs(value) < inf:
        reason = f"is more than the ledger holds: at most {LARGEST_USD:g} ({leaf.unit})"
        raise ScenarioError(origin, reason, path=dotted(leaf.path), value=value)


def _quarter(leaf: Leaf, value: str, start: str, origin: str) -> int | None:
    """Number of the quarter that a label means; None for "never"."""
    path = dotted(leaf.path)
    if value == NEVER and leaf.may_be_never:
        return None
    if not QUARTER_LABEL.match(value):
        also = f", a label such as 2026Q3 or {NEVER!r}" if leaf.may_be_never else ", or a label"
        reason = f"must be a number of quarters since the start{also}"
        raise ScenarioError(origin, reason, path=path, value=value)
    number = quarter_index(start, value)
    if number < 0:
        raise ScenarioError(origin, f"lies before the start, {start}", path=path, value=value)
    return number

"""Scenarios: load a TOML file, put it on top of another, override values, check everything.

A value stands plain (``cash_usd = 17.5e9``) or with its source beside it
(``cash_usd = { value = 17.5e9, source = "press reports", confidence = "unverified" }``).
``extends = "reference"`` starts from another scenario, by name or by path relative to the file;
``remove = ["compute_contracts.x"]`` leaves out entries of it. A quarter is a number counted from
the start or a label such as "2026Q3"; "never" is a quarter that does not come.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from market.parameters.scenario_errors import ScenarioError, dotted, from_validation, nearest
from market.parameters.scenario_schema import NEVER, Leaf, SchemaRow, find, known_keys, schema_table
from market.parameters.world import QUARTER_LABEL, MarketParameters, quarter_index
from market.scenario_text import (
    Provenance,
    Tree,
    dump_scenario,
    leaf_items,
    parse,
    parse_override,
    parse_path,
    split_annotations,
)

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


def load_scenario(name_or_path: str | Path, overrides: Sequence[str] = ()) -> MarketParameters:
    """The parameters of a scenario; see ``read_scenario``."""
    return read_scenario(name_or_path, overrides).parameters


def describe(name_or_path: str | Path) -> str:
    """What a scenario shows, in its own words."""
    return load_scenario(name_or_path).description


def read_scenario(name_or_path: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Load and check a scenario.

    Args:
        name_or_path: name of a scenario of the package (``"reference"``), or path of a file.
        overrides: changes such as ``"funding.recovery=0.3"``, applied in order.

    Raises:
        ScenarioError: for anything that is wrong, in one line.
    """
    path = _locate(name_or_path, None, str(name_or_path))
    origin = _label(path)
    draft = _read_files(path, [])
    for text in overrides:
        keys, value = parse_override(text)
        where = f"override {text!r}"
        tree = _refuse_unknown({keys[0]: _nested(keys[1:], value)}, where)
        values, known = split_annotations(tree, where)
        sources = {dotted(p): COMMAND_LINE for p, _ in leaf_items(values)}
        draft.put(values, sources | known, where)
    return Scenario(_validate(draft, origin), draft.provenance, origin, tuple(overrides))


def scenario_table(scenario: Scenario) -> list[ValueRow]:
    """Every value of a scenario with unit, meaning, source and confidence.

    A value that the files do not state is a default: its source is the declaration's.
    """
    rows = []
    for path, value in leaf_items(scenario.parameters.model_dump()):
        leaf = find(path)
        if not isinstance(leaf, Leaf):
            continue  # a table without entries
        name = dotted(path)
        known = scenario.provenance.get(name)
        if known is None:
            known = Provenance(leaf.extra("source"), leaf.extra("confidence"))
        meaning = leaf.field.description or ""
        shown = NEVER if value is None and leaf.may_be_never else value
        rows.append(ValueRow(name, shown, leaf.unit, meaning, *known))
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
    reason = f"there is no scenario {text!r}" + nearest(name, scenario_names())
    raise ScenarioError(origin if beside else "", reason, path="extends" if beside else "")


def _read_files(path: Path, chain: list[Path]) -> _Draft:
    """One file on top of those that it extends."""
    origin = _label(path)
    if path in chain:
        names = " -> ".join(_label(p) for p in [*chain, path])
        raise ScenarioError(_label(chain[0]), f"scenarios extend each other: {names}")
    try:
        tree = parse(path.read_text(encoding="utf-8-sig"), origin)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ScenarioError(origin, f"cannot be read: {reason}") from None
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


def _validate(draft: _Draft, origin: str) -> MarketParameters:
    tree = deepcopy(draft.tree)
    start = tree.get("start", MarketParameters.model_fields["start"].default)
    for path, value in list(leaf_items(tree)):
        leaf = find(path)
        if isinstance(value, str) and isinstance(leaf, Leaf) and leaf.is_quarter:
            where = draft.origins.get(dotted(path), origin)
            here = tree
            for key in path[:-1]:
                here = here[key]
            here[path[-1]] = _quarter(leaf, value, start, where)
    try:
        return MarketParameters.model_validate(tree, strict=True)
    except ValidationError as error:
        raise from_validation(error, origin, draft.origins) from None


def _quarter(leaf: Leaf, value: str, start: Any, origin: str) -> int | None:
    """Number of the quarter that a label means; None for "never"."""
    path = dotted(leaf.path)
    if value == NEVER and leaf.may_be_never:
        return None
    if not QUARTER_LABEL.match(value):
        also = f", a label such as 2026Q3 or {NEVER!r}" if leaf.may_be_never else ", or a label"
        reason = f"must be a number of quarters since the start{also}"
        raise ScenarioError(origin, reason, path=path, value=value)
    if not isinstance(start, str) or not QUARTER_LABEL.match(start):
        raise ScenarioError(origin, "must be a quarter such as 2025Q3", path="start", value=start)
    number = quarter_index(start, value)
    if number < 0:
        raise ScenarioError(origin, f"lies before the start, {start}", path=path, value=value)
    return number

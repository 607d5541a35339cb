"""A world, a quarter and a tab as the query of an address, and back; without a browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from runs.problems import nearest
from viz.world.worlds import (
    DEFAULT_SCENARIO,
    MAX_CHANGES,
    MAX_SEED,
    MAX_SHOCKS,
    ShockStep,
    World,
    scenarios,
)

KEYS = ("scenario", "seed", "set", "shock", "quarter", "tab")
LONGEST = 16_000
"""Characters of a query that are read."""
MOST_PARTS, LONGEST_PART, LONGEST_REASON = 12, 80, 400
"""Parts of a key; characters of what is said of a part that is wrong: of the part, and of why."""


@dataclass(frozen=True)
class Link:
    """What an address asks for.

    Attributes:
        world: what is simulated.
        quarter: label of the quarter shown is turned into its number; None = the last one.
        tab: key of the tab; "" for the default.
        extra: further keys that pages keep in the address.
    """

    world: World = field(default_factory=World)
    quarter: int | None = None
    tab: str = ""
    extra: tuple[tuple[str, str], ...] = ()


def encode(
    world: World,
    quarter: int | None = None,
    tab: str = "",
    extra: Mapping[str, str] | None = None,
) -> str:
    """The query that ``decode`` reads, without a question mark; only what is not the default.

    Args:
        world: what is simulated.
        quarter: number of the quarter shown; None = the last one.
        tab: key of the tab.
        extra: further keys and values.
    """
    pairs: list[tuple[str, str]] = []
    if world.scenario != DEFAULT_SCENARIO:
        pairs.append(("scenario", world.scenario))
    if world.seed != World().seed:
        pairs.append(("seed", str(world.seed)))
    pairs += [("set", f"{path}={json.dumps(value)}") for path, value in world.changes]
    pairs += [("shock", _shock_text(step)) for step in world.shocks]
    if quarter is not None:
        pairs.append(("quarter", str(quarter)))
    if tab:
        pairs.append(("tab", tab))
    pairs += sorted((extra or {}).items())
    return urlencode(pairs, safe=":,/.=")


def _shock_text(step: ShockStep) -> str:
    """A shock as "quarter:kind:target:size:quarters", the last parts left out when empty."""
    parts = [
        str(step.quarter),
        step.kind,
        step.target or "",
        f"{step.size!r}" if step.size else "",
        "" if step.quarters is None else str(step.quarters),
    ]
    return ":".join(parts).rstrip(":")


def decode(query: str) -> tuple[Link, list[str]]:
    """What a query asks for, and a sentence for each part that could not be used.

    A part that is wrong is replaced by its default; nothing is ever raised.
    """
    problems: list[str] = []
    if len(query) > LONGEST:
        return Link(), [f"The address is longer than {LONGEST:,} characters: it was not read."]
    try:
        found = parse_qs(query.lstrip("?"), keep_blank_values=True, max_num_fields=500)
    except ValueError:
        return Link(), ["The address could not be read."]
    link = Link(
        _world(found, problems),
        tab=found.get("tab", [""])[-1],
        extra=tuple((key, values[-1]) for key, values in found.items() if key not in KEYS),
    )
    return replace(link, quarter=_quarter(found, link.world, problems)), problems


def _world(found: Mapping[str, list[str]], problems: list[str]) -> World:
    world = World(_scenario(found, problems), (), _seed(found, problems), ())
    for text in found.get("set", [])[:MAX_CHANGES]:
        path, sign, value = text.partition("=")
        if not sign:
            problems.append(f"{_short(text)} is not of the form path=value: it was left out.")
            continue
        if path.count(".") >= MOST_PARTS:
            problems.append(f"{_short(text)} was left out: no key has so many parts.")
            continue
        world = _tried(world, world.with_change(path.strip(), _value(value)), text, problems)
    for text in found.get("shock", [])[:MAX_SHOCKS]:
        step = _shock(text, problems)
        if step is not None:
            world = _tried(world, world.with_shock(step), text, problems)
    return world


def _tried(before: World, after: World, text: str, problems: list[str]) -> World:
    try:
        _ = after.parameters
    except (ValueError, OverflowError, RecursionError) as problem:  # WorldProblem is the first
        problems.append(f"{_short(text)} was left out. {_cut(str(problem), LONGEST_REASON)}")
        return before
    return after


def _short(text: str) -> str:
    """A part of an address as it is named in a message."""
    return repr(_cut(text, LONGEST_PART))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "..."


def _value(text: str) -> Any:
    """A value as JSON; what is not JSON is a text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, dict | list) or value is None else value


def _scenario(found: Mapping[str, list[str]], problems: list[str]) -> str:
    name = found.get("scenario", [DEFAULT_SCENARIO])[-1]
    names = [each for each, _ in scenarios()]
    if name in names:
        return name
    hint = nearest(name, names)
    problems.append(f"There is no scenario {_short(name)} ({hint}): {DEFAULT_SCENARIO} is shown.")
    return DEFAULT_SCENARIO


def _seed(found: Mapping[str, list[str]], problems: list[str]) -> int:
    default = World().seed
    text = found.get("seed", [str(default)])[-1]
    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_SEED:
        return int(text)
    problems.append(
        f"The seed {_short(text)} is no whole number from 0 to {MAX_SEED}: it is {default}."
    )
    return default


def _shock(text: str, problems: list[str]) -> ShockStep | None:
    parts = [*text.split(":"), "", "", "", ""][: max(5, text.count(":") + 1)]
    try:
        if len(parts) > 5:
            raise ValueError
        quarter, kind, target, size, quarters = parts
        return ShockStep(
            int(quarter),
            kind,
            target or None,
            float(size) if size else 0.0,
            int(quarters) if quarters else None,
        )
    except ValueError:
        problems.append(
            f"The shock {_short(text)} is not of the form quarter:kind:target:size:quarters: "
            "it was left out."
        )
        return None


def _quarter(found: Mapping[str, list[str]], world: World, problems: list[str]) -> int | None:
    """Number of the quarter; its label is understood too."""
    if "quarter" not in found:
        return None
    text, parameters = found["quarter"][-1], world.parameters
    labels = [parameters.quarter_label(number) for number in range(parameters.quarters)]
    if text in labels:
        return labels.index(text)
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) < len(labels):
        return int(text)
    problems.append(
        f"The quarter {_short(text)} is not one of this run ({labels[0]} to {labels[-1]}): "
        "the last one is shown."
    )
    return None

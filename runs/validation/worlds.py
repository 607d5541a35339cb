"""How a trial makes a world from another: values set, added to, multiplied; money; no ceilings.

Changes are laid over the world of a row, so they act on whatever the uncertain parameters are
there. What "money" and "ceilings" are stands in ``worlds.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from market.parameters.schema import Leaf, find
from market.parameters.world import MarketParameters
from runs.experiments.worlds import world_with

FILE = Path(__file__).parent / "worlds.toml"
EVERY = "*"
"""Stands for every key of a table in a path."""

type Place = tuple[str, ...]


class Change(BaseModel):
    """What makes a world from another.

    Attributes:
        set: parameter -> its value; a ``*`` in a path means every entry of a table.
        add: parameter -> what is added to it, in its unit.
        times: parameter -> factor.
        money: factor on the cash and the inflow of all investors; None for no change.
        has_ceiling: False takes away the ceilings on demand that nobody has to fund.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    set: dict[str, Any] = {}
    add: dict[str, float] = {}
    times: dict[str, float] = {}
    money: float | None = None
    has_ceiling: bool = True

    @property
    def paths(self) -> tuple[str, ...]:
        """The parameters that it names."""
        return (*self.set, *self.add, *self.times)

    def apply(self, world: MarketParameters) -> MarketParameters:
        """The changed world.

        Raises:
            ScenarioError: a value does not fit.
            ValueError: a path leads nowhere in this world.
        """
        tree = world.model_dump()
        changes: dict[Place, Any] = {}
        for path, value in self.set.items():
            changes |= dict.fromkeys(_needed(tree, path), value)
        for path, more in self.add.items():
            changes |= {place: _at(tree, place) + more for place in _needed(tree, path)}
        for path, factor in self.times.items():
            changes |= {place: _at(tree, place) * factor for place in _needed(tree, path)}
        if self.money is not None:
            changes |= _money(tree, self.money)
        if not self.has_ceiling:
            changes |= _no_ceilings()
        return world_with(world, tree, changes)


def is_known(path: str) -> bool:
    """Whether this version has a parameter of this path; ``*`` stands for any key."""
    return isinstance(find(_place(path.replace(EVERY, "any"))), Leaf)


@lru_cache(maxsize=1)
def _declared() -> dict[str, list[str]]:
    tree: dict[str, list[str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tree


def _money(tree: Mapping[str, Any], factor: float) -> dict[Place, Any]:
    places = [place for path in _declared()["money"] for place in _places(tree, _place(path))]
    return {place: _at(tree, place) * factor for place in places}


def _no_ceilings() -> dict[Place, Any]:
    return {_place(path): no_ceiling(path) for path in _declared()["ceilings"]}


def no_ceiling(path: str) -> float:
    """The value at which a ceiling does nothing: 0 where it is allowed, else the largest allowed.

    Raises:
        ValueError: there is no such parameter, or it has no bounds.
    """
    leaf = find(_place(path))
    if not isinstance(leaf, Leaf):
        raise ValueError(f"there is no parameter {path!r}")
    bounds = {
        name: getattr(each, name)
        for each in leaf.field.metadata
        for name in ("ge", "le")
        if hasattr(each, name)
    }
    if bounds.get("ge") == 0:
        return 0.0
    if "le" not in bounds:
        raise ValueError(f"{path}: a ceiling without bounds cannot be taken away")
    return float(bounds["le"])


def _place(path: str) -> Place:
    return tuple(path.split("."))


def _needed(tree: Mapping[str, Any], path: str) -> list[Place]:
    found = list(_places(tree, _place(path)))
    if not found:
        raise ValueError(f"no parameter {path!r} in this world")
    return found


def _places(tree: Any, place: Place, above: Place = ()) -> Iterator[Place]:
    """The places of a tree that a path with ``*`` means."""
    if not place:
        yield above
        return
    if not isinstance(tree, Mapping):
        return
    for key in tree if place[0] == EVERY else (place[0],):
        if key in tree:
            yield from _places(tree[key], place[1:], (*above, key))


def _at(tree: Mapping[str, Any], place: Place) -> Any:
    here: Any = tree
    for key in place:
        here = here[key]
    return here

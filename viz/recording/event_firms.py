"""Which firms an event involves: the one it happened to, and those that its text names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market.events import Event
    from viz.recording.recording import Recording


def involves(recording: Recording, event: Event, key: str) -> bool:
    """Whether an event happened to a firm, or names it as the other side."""
    name = recording.firm_of[key].name
    names = tuple(firm.name for firm in recording.firms)
    return event.agent == name or name in named(event.text, names)


@lru_cache(maxsize=8192)
def named(text: str, names: tuple[str, ...]) -> frozenset[str]:
    """The names that stand in a text as whole words; of names in one another the longest."""
    return frozenset(_pattern(names).findall(text))


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in longest)})(?!\w)")


def words_for(recording: Recording, event: Event, key: str) -> str:
    """What happened, on the page of a firm: who did it stands first when that is another one."""
    text = event.text
    return text if event.agent == recording.firm_of[key].name else f"{event.agent} {text}"

"""The text of an event for a reader: a small amount in mn USD, where the text has "0.0 bn USD"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market.events import Event, EventLog

_AMOUNT = re.compile(r"\d[\d,]*\.(\d+) bn USD")
_LARGE_USD, _LEAST_USD = 0.95e9, 0.5e6
"""Amounts from which on a text is left as it is, and under which no figure is given."""


def event_text(event: Event) -> str:
    """What happened, in words, with its amount as ``amount_words`` gives it."""
    return amount_words(event.text, event.size, event.unit)


def amount_words(text: str, size: float, unit: str) -> str:
    """A text in which the event's own size stands in mn USD where it is small.

    Args:
        text: of the event, or a sentence that holds it.
        size: of the event, in ``unit``; other amounts in the text are left alone.
        unit: of the size; only "USD" is looked at.
    """
    if unit != "USD" or not 0 < size < _LARGE_USD:
        return text
    from runs.story import money  # it tells events too

    words = money(size) if size >= _LEAST_USD else "less than 1 mn USD"
    for found in _AMOUNT.finditer(text):
        if found[0] == f"{size / 1e9:,.{len(found[1])}f} bn USD":
            return text[: found.start()] + words + text[found.end() :]
    return text


def explain(log: EventLog, number: int) -> str:
    """Why an event happened, a line for it and for each that it rests on, the latest first."""
    lines = log.explain(number).split("\n")
    chain = reversed(log.chain(number))
    return "\n".join(
        amount_words(line, event.size, event.unit) for line, event in zip(lines, chain, strict=True)
    )

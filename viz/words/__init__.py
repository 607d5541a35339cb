"""The words of the app: ``en/`` has a file for each page or subject, which begins its names.

They are asked for when something is drawn, never when a module is imported, so that one place
decides in which language a visitor reads. A key of the code stands in a name as it is, with
hyphens for spaces: ``live-line-labs_cash_usd``, ``frame-event-funding-freeze``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from runs.words import Figure, Words

WORDS = Words(Path(__file__).parent)
"""All texts of the app; its files are read when the first is asked for."""


def slug(key: str) -> str:
    """A key of the code as it stands in the name of a text: "margin-call"."""
    return key.replace(" ", "-")


def texts_by_key(subject: str, keys: Iterable[str], **figures: Figure) -> dict[str, str]:
    """The texts of several keys, in their order: key -> the text "subject-key"."""
    return {key: WORDS(f"{subject}-{slug(key)}", **figures) for key in keys}


def text_or(message: str, otherwise: str) -> str:
    """The text of a message; ``otherwise`` where there is none, as for what a model adds."""
    return WORDS(message) if message in WORDS else otherwise

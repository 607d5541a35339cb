"""What a user did wrong, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


class UserProblem(Exception):
    """A request that cannot be met; its text is one line that says why and what would do."""


def nearest(value: str, choices: Sequence[str]) -> str:
    """End of an error line: the nearest choice, or the choices when none is near."""
    found = get_close_matches(value, choices, n=1, cutoff=0.5)
    if found:
        return f"did you mean {found[0]!r}?"
    if len(choices) > 12:
        return f"choose one of {choices[0]} to {choices[-1]}"
    return f"choose one of: {', '.join(choices)}"

"""What a user did wrong, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import ClassVar


class UserProblem(Exception):
    """A request that cannot be met; its text is one line that says why and what would do.

    ``exit_code`` is what the command returns: 2 unless a subclass says otherwise.
    """

    exit_code: ClassVar[int] = 2


def nearest(value: str, choices: Sequence[str]) -> str:
    """End of an error line: the nearest choice, or the choices when none is near."""
    found = get_close_matches(value, choices, n=1, cutoff=0.5)
    if found:
        return f"did you mean {found[0]!r}?"
    if len(choices) > 12:
        return f"choose one of {choices[0]} to {choices[-1]}"
    return f"choose one of: {', '.join(choices)}"

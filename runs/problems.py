"""What went wrong, in one line each, with the exit code that says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, ClassVar

from market.parameters.schema import ScenarioError, problem_line, shortened


class UserProblem(Exception):
    """A request that cannot be met; its text is one line that says why and what would do.

    ``exit_code`` is what the command returns: 2 unless a subclass says otherwise.
    """

    exit_code: ClassVar[int] = 2


LONGEST_NAME = 200
"""Characters of a name that are compared with the choices: a longer one is near to none."""


def nearest(value: str, choices: Sequence[str]) -> str:
    """End of an error line: the nearest choice, or the choices when none is near."""
    if not choices:
        return "there is none to choose"
    found = get_close_matches(value[:LONGEST_NAME], choices, n=1, cutoff=0.5)
    if found:
        return f"did you mean {shortened(found[0])!r}?"
    if len(choices) > 12:
        return f"choose one of {choices[0]} to {choices[-1]}"
    return f"choose one of: {', '.join(choices)}"


# --- what is wrong with an experiment, in one line


class ExperimentError(UserProblem):
    """An experiment that cannot be run; the text is one line.

    Attributes:
        origin: file or option that is wrong; empty for a call from Python.
        path: key, empty when the whole file is meant.
        reason: why it is refused, with the nearest valid choice.
    """

    def __init__(self, origin: str, reason: str, *, path: str = "", value: Any = None) -> None:
        """Put the parts in one line."""
        super().__init__(problem_line(origin, reason, path, value))
        self.origin, self.path, self.reason = origin, path, reason


# --- why a sweep cannot go on, each with the exit code that says so


OK, BROKEN, USAGE, SOME_FAILED, STOPPED, REFUSED, UNREACHABLE, NOT_YET = 0, 1, 2, 3, 4, 5, 6, 7
INTERRUPTED, TERMINATED = 130, 143
MOST_SEED, MOST_JOBS = 2**63 - 1, 1000
"""Largest root of seeds, as files hold whole numbers in 64 bits; and most worker processes."""


class SweepProblem(UserProblem):
    """A sweep that cannot begin or go on; ``exit_code`` is what the command returns."""

    exit_code: ClassVar[int] = USAGE


class Refused(SweepProblem):
    """The folder exists, was made by something else, has changed or is in use."""

    exit_code: ClassVar[int] = REFUSED


class Unreachable(SweepProblem):
    """No scheduler answers, or it went away."""

    exit_code: ClassVar[int] = UNREACHABLE


class StorageFailed(SweepProblem):
    """A result could not be written; what was committed before is whole."""

    exit_code: ClassVar[int] = BROKEN


class WorkersFailed(SweepProblem):
    """Workers die before they begin a run, so no run can be blamed."""

    exit_code: ClassVar[int] = BROKEN


@contextmanager
def scenario_problems() -> Iterator[None]:
    """Turn what is wrong with a scenario into what the user did wrong."""
    try:
        yield
    except ScenarioError as error:
        raise UserProblem(str(error)) from None

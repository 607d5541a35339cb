"""Why a sweep cannot go on, each with the exit code that says so."""

from __future__ import annotations

from typing import ClassVar

from runs.problems import UserProblem

OK, BROKEN, USAGE, SOME_FAILED, STOPPED, REFUSED, UNREACHABLE = 0, 1, 2, 3, 4, 5, 6
INTERRUPTED, TERMINATED = 130, 143


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

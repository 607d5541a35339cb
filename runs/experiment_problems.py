"""What is wrong with an experiment, in one line: where, what, why, and what would do."""

from __future__ import annotations

from typing import Any

from market.parameters.scenario_errors import problem_line
from runs.problems import UserProblem


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

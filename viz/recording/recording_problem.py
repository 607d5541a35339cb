"""What stopped a run, said so that a reader can use it."""

from __future__ import annotations

from dataclasses import dataclass
from traceback import extract_tb

from viz.words.frame import ERRORS, NO_TEXT

LONGEST = 300
_STEP, _MODEL = "step", "model.py"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a run stopped.

    Attributes:
        quarter: number of the quarter that could not be finished. label: its name.
        phase: phase of the step in which it happened, in words, such as "hold funding rounds".
        rule: innermost function that raised, such as "plan_capex".
        message: what it said, in one line; see ``error_words``.
    """

    quarter: int
    label: str
    phase: str
    rule: str
    message: str

    def __str__(self) -> str:
        """The problem as a sentence."""
        return (
            f"The run stopped in {self.label} (quarter {self.quarter}) in the phase "
            f"{self.phase!r}, rule {self.rule!r}: {self.message}"
        )


def problem_of(error: Exception, quarter: int, label: str) -> Problem:
    """Describe an error that was raised while a quarter was made."""
    frames = extract_tb(error.__traceback__)
    is_opening = any(frame.name == "__init__" for frame in frames)
    phase, rule = "opening of the books" if is_opening else "recording of the quarter", "unknown"
    for place, frame in enumerate(frames):
        if frame.name == _STEP and frame.filename.endswith(_MODEL) and place + 1 < len(frames):
            phase = frames[place + 1].name
    if frames:
        rule = frames[-1].name
    return Problem(quarter, label, phase.strip("_").replace("_", " "), rule, error_words(error))


def error_words(error: Exception) -> str:
    """What an error says, in one line that does not ask the reader to know Python."""
    text = " ".join(str(error).split()) or NO_TEXT
    if len(text) > LONGEST:
        text = text[:LONGEST] + "..."
    kind = next(kind for kind in ERRORS if isinstance(error, kind))
    return ERRORS[kind].format(text=text)

"""What all answers together say: on which parameters they turn, and where their spread is from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runs.claims.answer_part import VERDICTS, Verdict
from runs.claims.report_words import dominant_words

if TYPE_CHECKING:
    from runs.claims.answer_part import Answer
    from runs.claims.catalogue import Claim

type Answers = Sequence[tuple[Claim, Answer]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A parameter that moves answers by more than chance.

    Attributes:
        parameter: its path.
        moves: claims whose outcome it moves.
        decides: those of them whose verdict differs between the lower and the upper third.
    """

    parameter: str
    moves: tuple[str, ...]
    decides: tuple[str, ...]


def by_verdict(answers: Answers) -> list[tuple[Verdict, list[Claim]]]:
    """Each verdict with its claims; verdicts that none has are left out."""
    groups = [(v, [claim for claim, answer in answers if answer.verdict == v]) for v in VERDICTS]
    return [(verdict, claims) for verdict, claims in groups if claims]


def turning_parameters(answers: Answers) -> list[Turn]:
    """The parameters that move answers, those that decide most verdicts first.

    A parameter counts for a claim when it is among the strongest there and its correlation is
    larger than chance gives.
    """
    moves: dict[str, list[str]] = {}
    decides: dict[str, list[str]] = {}
    for claim, answer in answers:
        for driver in answer.drivers:
            if abs(driver.strength) < driver.chance:
                continue
            moves.setdefault(driver.parameter, []).append(claim.id)
            if driver.low_verdict != driver.high_verdict:
                decides.setdefault(driver.parameter, []).append(claim.id)
    turns = [Turn(name, tuple(ids), tuple(decides.get(name, ()))) for name, ids in moves.items()]
    return sorted(turns, key=lambda t: (-len(t.decides), -len(t.moves), t.parameter))


def spread_sentence(answers: Answers) -> str:
    """Whether ignorance or chance dominates, over all answers; "" where none tells."""
    found = Counter(dominant_words(answer.spread) for _, answer in answers if answer.spread)
    if not found:
        return ""
    parts = [f"{name} in {count}" for name, count in found.most_common()]
    return f"Where the spread of {found.total()} outcomes comes from: {'; '.join(parts)}."

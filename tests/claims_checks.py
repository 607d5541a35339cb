"""What must be true of the answer to any claim."""

from __future__ import annotations

from runs.claims.claim import Answer
from runs.picture_style import house_style


def check_answer(claim: str, answer: Answer) -> None:
    """It says what it shows, and every picture can be drawn and is described."""
    assert answer.sentence.endswith(".")
    assert answer.boundary
    assert answer.notes
    assert len({picture.name for picture in answer.pictures}) == len(answer.pictures) > 0
    with house_style():
        for picture in answer.pictures:
            assert picture.name.startswith(claim)
            assert picture.draw().axes
            assert picture.alt
            assert picture.caption

"""Pictures of a report as SVG: the same bytes for the same picture, ids of its own."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runs.claims.answer_part import Answer, Picture
    from runs.claims.catalogue import Claim

FONTS = "'DejaVu Sans', Verdana, sans-serif"
"""Text stays text: small, searchable, and laid out for the widest of these fonts."""
_ID = re.compile(r'\b(id="|href="#|url\(#)')
_HEAD = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*"([^>]*?) height="[^"]*"', re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_PATH = re.compile(r'(?<= d=")[^"]*')
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture with its SVG text; the other attributes as in ``Picture``."""

    name: str
    title: str
    caption: str
    alt: str
    svg: str


def draw_all(answers: Sequence[tuple[Claim, Answer]]) -> dict[str, list[DrawnPicture]]:
    """Claim id -> its pictures.

    Raises:
        ValueError: two pictures have one name.
    """
    names = [picture.name for _, answer in answers for picture in answer.pictures]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(f"two pictures are called {doubles[0]!r}")
    return {claim.id: [draw(each) for each in answer.pictures] for claim, answer in answers}


def draw(picture: Picture) -> DrawnPicture:
    """Draw one picture."""
    import matplotlib as mpl

    from runs.picture_style import house_style

    buffer = io.StringIO()
    with house_style(), mpl.rc_context({"svg.hashsalt": picture.name, "svg.fonttype": "none"}):
        figure = picture.draw()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = tidy(buffer.getvalue(), picture.name)
    return DrawnPicture(picture.name, picture.title, picture.caption, picture.alt, svg)


def tidy(svg: str, name: str) -> str:
    """An SVG that can stand in a page beside others.

    It loses head, comments and fixed size; its ids begin with its name; its style sheet reaches
    nothing outside it; coordinates of paths keep two decimals.
    """
    text = _COMMENT.sub("", _METADATA.sub("", _HEAD.sub("", svg), count=1))
    text = _SIZE.sub(r"\1\2", text, count=1)
    text = _PATH.sub(lambda path: _NUMBER.sub(_two_decimals, path[0].replace("\n", "")), text)
    text = _ID.sub(lambda match: f"{match[1]}{name}-", text)
    text = text.replace("'DejaVu Sans'", FONTS)
    return text.replace("*{stroke", f"#{name}-figure_1 *{{stroke")


def _two_decimals(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}"

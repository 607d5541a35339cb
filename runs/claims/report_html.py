"""The report as one HTML file that needs nothing else, with its pictures as SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from runs.claims import report_words
from runs.claims import report_words as report_summary
from runs.claims.claim import WORDS, verdict_words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from runs.claims.claim import Answer, Claim, Estimate, Picture, Table
    from runs.claims.report_words import ReportContext


MOST_ROWS = 24
"""Rows of a table that the report shows; the rest is in its file."""


def html_report(
    answers: Sequence[tuple[Claim, Answer]],
    drawn: dict[str, list[DrawnPicture]],
    context: ReportContext,
) -> str:
    """The whole page.

    Args:
        answers: claims with their answers, in order.
        drawn: claim id -> its pictures.
        context: how the answers came about.
    """
    style = files("runs.claims").joinpath("templates/report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html")
        .render(
            answers=answers,
            drawn=drawn,
            context=context,
            groups=report_summary.by_verdict(answers),
            turns=report_summary.turning_parameters(answers),
            spread_sentence=report_summary.spread_sentence(answers),
            contradicted=[claim for claim, _ in answers if claim.contradicts],
            style=style,
            words=report_words,
            text=WORDS,
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("runs.claims"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cells": cells,
        "slug": lambda text: text.replace(" ", "-"),
        "polish": report_words.polish,
        "verdict": verdict_words,
        "code": breakable_code,
        "strip": share_strip,
    }
    return environment


def breakable_code(text: str) -> Markup:
    """A name in code type that may break after its dots and underscores, and nowhere else."""
    from markupsafe import Markup, escape

    pieces = str(escape(text)).replace(".", ".<wbr>").replace("_", "_<wbr>")
    return Markup(f"<code>{pieces}</code>")


def share_strip(estimate: Estimate) -> Markup:
    """A share with its interval as a small drawing from 0 to 1; nothing for other figures."""
    from markupsafe import Markup

    numbers = (estimate.low, estimate.value, estimate.high)
    if estimate.unit != "share" or not all(0 <= each <= 1 for each in numbers):
        return Markup("")
    low, value, high = (f"{100 * each:.1f}" for each in numbers)
    return Markup(
        '<svg class="strip" viewBox="0 0 104 8" aria-hidden="true">'
        '<line x1="2" x2="102" y1="4" y2="4" class="axis"/>'
        '<g transform="translate(2 0)"><line x1="{}" x2="{}" y1="4" y2="4" class="range"/>'
        '<circle cx="{}" cy="4" r="2.6"/></g></svg>'
    ).format(low, high, value)


def cells(table: Table) -> dict[str, Any]:
    """A table as texts: heads, rows, which columns are numbers, and how many rows are left out."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    frame = table.frame.head(MOST_ROWS)
    types = frame.dtypes.tolist()
    return {
        "heads": [str(name).replace("_", " ") for name in frame.columns],
        "rows": [[cell_text(value) for value in row] for row in frame.itertuples(index=False)],
        "numeric": [is_numeric_dtype(each) and not is_bool_dtype(each) for each in types],
        "hidden": len(table.frame) - len(frame),
    }


def cell_text(value: object) -> str:
    """A value of a table for readers; what is missing is a dash."""
    if value is None or value != value:  # noqa: PLR0124 - nan
        return "–"
    if isinstance(value, bool):
        return WORDS("yes" if value else "no")
    if isinstance(value, float):
        size = abs(value)
        return f"{value:,.0f}" if size >= 1000 else f"{value:.3g}"
    return str(value)


# --- pictures of a report as SVG


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

"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from runs.claims import report_summary, report_words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from runs.claims.answer_part import Answer, Estimate, Table
    from runs.claims.catalogue import Claim
    from runs.claims.report_context import ReportContext
    from runs.claims.report_pictures import DrawnPicture

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
        return "yes" if value else "no"
    if isinstance(value, float):
        size = abs(value)
        return f"{value:,.0f}" if size >= 1000 else f"{value:.3g}"
    return str(value)

"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from runs.claims import report_words
from runs.claims.answers import VERDICTS

if TYPE_CHECKING:
    from jinja2 import Environment

    from runs.claims.answers import Answer, Table
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
            counts=verdict_counts(answers),
            contradicted=[claim for claim, _ in answers if claim.contradicts],
            style=style,
            words=report_words,
        )
    )


def verdict_counts(answers: Sequence[tuple[Claim, Answer]]) -> list[tuple[str, int]]:
    """Each verdict with the number of claims that have it; those that none has are left out."""
    found = Counter(answer.verdict for _, answer in answers)
    return [(verdict, found[verdict]) for verdict in VERDICTS if found[verdict]]


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
    environment.filters |= {"cells": cells, "slug": lambda text: text.replace(" ", "-")}
    return environment


def cells(table: Table) -> dict[str, Any]:
    """A table as texts: heads, rows, and how many rows are left out."""
    frame = table.frame.head(MOST_ROWS)
    rows = [[cell_text(value) for value in row] for row in frame.itertuples(index=False)]
    heads = [str(name).replace("_", " ") for name in frame.columns]
    return {"heads": heads, "rows": rows, "hidden": len(table.frame) - len(frame)}


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

"""The report of a validation: one HTML file, the table as CSV and Parquet, and all of it as JSON.

The list of what is missed comes first; the same runs give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from runs.claims.claim import Picture, Table
from runs.claims.report_html import DrawnPicture, breakable_code, cells, draw
from runs.claims.report_words import polish
from runs.files import write_atomically
from runs.validation.answers.pictures import intervals
from runs.validation.gate import VERDICTS, WORDS, Chart, Found, Gate, Judged, Line, as_json

if TYPE_CHECKING:
    from jinja2 import Environment

    from runs.validation.trials import Worlds


HTML, JSON, TABLE, TABLES = "report.html", "validation.json", "gates", "tables"
FORMAT = 1
SYMBOLS = {"met": "●", "missed": "○", "open": "–"}
STYLES = {"met": "holds", "missed": "does-not-hold", "open": "not-testable"}
"""Verdict -> class of the style sheet that the claims report has too."""


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What was written."""

    html: Path
    data: Path
    tables: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """What the report says of a trial."""

    name: str
    meaning: str
    runs: int
    failed: int
    identity: str


@dataclass(frozen=True, slots=True)
class ReportContext:
    """How the figures came about.

    Attributes:
        seeds, seed, scenario, worlds, is_quick, is_partial: of the request.
        trials: the ensembles. command: what makes it again.
    """

    seeds: int
    seed: int
    scenario: str
    worlds: tuple[str, ...]
    is_quick: bool
    is_partial: bool
    trials: tuple[TrialFacts, ...]
    command: str

    @property
    def runs(self) -> int:
        """Runs, pairs and states of all trials."""
        return sum(trial.runs for trial in self.trials)


# --- tables


def gate_frame(judged: Sequence[Judged]) -> pd.DataFrame:
    """One row per part of a gate and kind of worlds.

    Columns gate, part, worlds, what, asked, value, low, high, n, unit, verdict, reason; value and
    interval are numbers, nan where nothing was measured.
    """
    nan = float("nan")
    rows = []
    for line in lines_of(judged):
        effect = line.effect
        numbers = (
            (nan, nan, nan, 0)
            if effect is None
            else (effect.mean, effect.low, effect.high, effect.n)
        )
        rows.append(
            (
                *(line.gate, line.part, line.worlds, line.what, line.asked),
                *numbers,
                *(line.unit, line.verdict, line.reason),
            )
        )
    columns = ["gate", "part", "worlds", "what", "asked", "value", "low", "high", "n"]
    return pd.DataFrame(rows, columns=[*columns, "unit", "verdict", "reason"])


def lines_of(judged: Sequence[Judged], verdict: str = "") -> Iterator[Line]:
    """All lines, or those with a verdict."""
    for each in judged:
        for line in each.lines:
            if not verdict or line.verdict == verdict:
                yield line


def console_rows(judged: Sequence[Judged]) -> list[tuple[str, ...]]:
    """The table as texts: gate, worlds, what, asked, measured, interval, verdict."""
    return [
        (
            line.gate,
            line.worlds,
            line.what,
            line.asked,
            line.measured or WORDS("no-number"),
            line.interval,
            line.verdict,
        )
        for line in lines_of(judged)
    ]


# --- pictures


def pictures_of(judged: Judged) -> list[Picture]:
    """The pictures of a gate, for each kind of worlds."""
    found = []
    for worlds, each in judged.found.items():
        for chart in each.charts:
            if chart.rows:
                found.append(_chart_picture(judged.gate, worlds, chart))
        for name, drawing in each.drawings.items():
            found.append(
                Picture(
                    f"{judged.gate.id}-{name}-{worlds}",
                    _title(judged.gate, worlds, name),
                    judged.gate.says(f"{name}-caption"),
                    judged.gate.says(f"{name}-caption"),
                    drawing,
                )
            )
    return found


def _chart_picture(gate: Gate, worlds: Worlds, chart: Chart) -> Picture:
    part = gate.parts.get(chart.part)
    said = [gate.says(f"{chart.name}-caption")]
    said += [WORDS("caption-interval")] if chart.has_intervals else []
    said += [WORDS("caption-shaded")] if part is not None else []
    axis = WORDS(f"axis-{chart.unit}")
    bounds = None if part is None else (part.at_least, part.at_most)
    drawing = partial(intervals, chart.rows, chart.unit, axis, bounds)
    title = _title(gate, worlds, chart.name)
    name = f"{gate.id}-{chart.name}-{worlds}"
    return Picture(name, title, " ".join(said), _described(chart), drawing)


def _title(gate: Gate, worlds: Worlds, name: str) -> str:
    return WORDS(
        "picture-title", title=gate.says(f"{name}-title"), worlds=WORDS(f"worlds-{worlds}")
    )


def _described(chart: Chart) -> str:
    """A chart for those who cannot see it: its figures."""
    from runs.validation.gate import figure

    return "; ".join(f"{label}: {figure(effect.mean, chart.unit)}" for label, effect in chart.rows)


# --- writing


def write_report(folder: Path, judged: Sequence[Judged], context: ReportContext) -> ReportFiles:
    """Write all files; the same figures give the same bytes.

    Args:
        folder: an existing folder; files of an earlier report are replaced.
        judged: gates with what came of them, in order.
        context: how the figures came about.
    """
    drawn = {each.gate.id: [draw(picture) for picture in pictures_of(each)] for each in judged}
    data = json.dumps(report_json(judged, context), indent=1, ensure_ascii=False, allow_nan=False)
    tables = _write_tables(folder / TABLES, judged)
    write_atomically(folder / HTML, html_report(judged, drawn, context).encode())
    write_atomically(folder / JSON, f"{data}\n".encode())
    return ReportFiles(folder / HTML, folder / JSON, tables)


def tables_of(judged: Sequence[Judged]) -> dict[str, pd.DataFrame]:
    """Name -> table: that of all gates, and those of single gates by worlds."""
    frames = {TABLE: gate_frame(judged)}
    for each in judged:
        for worlds, found in each.found.items():
            for name, frame in found.tables.items():
                frames[f"{each.gate.id}-{name}-{worlds}"] = frame
    return frames


def _write_tables(folder: Path, judged: Sequence[Judged]) -> tuple[Path, ...]:
    folder.mkdir(exist_ok=True)
    contents = {}
    for name, frame in tables_of(judged).items():
        contents[f"{name}.csv"] = frame.to_csv(index=False, lineterminator="\n").encode()
        contents[f"{name}.parquet"] = frame.to_parquet(index=False)
    for path in sorted(folder.iterdir()):
        if path.suffix in {".csv", ".parquet"} and path.name not in contents:
            path.unlink()
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return tuple(folder / name for name in contents)


def report_json(judged: Sequence[Judged], context: ReportContext) -> dict[str, Any]:
    """A report as JSON can hold it; numbers that do not exist are null."""
    return {
        "format": FORMAT,
        "seeds": context.seeds,
        "seed": context.seed,
        "scenario": context.scenario,
        "worlds": list(context.worlds),
        "is_quick": context.is_quick,
        "runs": context.runs,
        "command": context.command,
        "missed": [said(line) for line in lines_of(judged, "missed")],
        "gates": [_gate_json(each) for each in judged],
    }


def _gate_json(judged: Judged) -> dict[str, Any]:
    return {
        "id": judged.gate.id,
        "title": judged.gate.title,
        "verdict": judged.verdict,
        "lines": [_line_json(line) for line in judged.lines],
        "notes": {worlds: list(found.notes) for worlds, found in judged.found.items()},
    }


def _line_json(line: Line) -> dict[str, Any]:
    effect = line.effect
    keys = ("part", "worlds", "what", "asked", "unit", "verdict", "reason")
    numbers = {
        name: None if effect is None else as_json(getattr(effect, name))
        for name in ("mean", "low", "high", "n")
    }
    return {key: getattr(line, key) for key in keys} | numbers


def said(line: Line) -> str:
    """A line as a sentence of the list of what is missed or open."""
    figures = f"{line.measured} ({line.interval})" if line.interval else line.measured
    text = WORDS(
        "said",
        gate=line.gate,
        what=line.what,
        worlds=WORDS(f"worlds-{line.worlds}"),
        asked=line.asked,
        measured=figures or WORDS("no-number"),
    )
    return f"{text} {WORDS('said-reason', reason=line.reason)}" if line.reason else text


# --- the page


def html_report(
    judged: Sequence[Judged],
    drawn: Mapping[str, Sequence[DrawnPicture]],
    context: ReportContext,
) -> str:
    """The whole page."""
    style = files("runs.claims").joinpath("templates/report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html")
        .render(
            judged=judged,
            drawn=drawn,
            context=context,
            missed=[said(line) for line in lines_of(judged, "missed")],
            open=[said(line) for line in lines_of(judged, "open")],
            lines=list(lines_of(judged)),
            counts={each: len(list(lines_of(judged, each))) for each in VERDICTS},
            tables=_page_tables(judged),
            style=style,
            symbols=SYMBOLS,
            styles=STYLES,
            text=WORDS,
        )
    )


def _page_tables(judged: Sequence[Judged]) -> dict[str, list[Table]]:
    return {
        each.gate.id: [
            Table(
                f"{each.gate.id}-{name}-{worlds}",
                _title(each.gate, worlds, f"{name}-table"),
                frame,
            )
            for worlds, found in each.found.items()
            for name, frame in found.tables.items()
        ]
        for each in judged
    }


def notes_of(found: Mapping[Worlds, Found]) -> list[str]:
    """The notes of a gate, each once."""
    return list(dict.fromkeys(note for each in found.values() for note in each.notes))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("runs.validation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cells": cells,
        "polish": polish,
        "code": breakable_code,
        "notes": notes_of,
    }
    return environment

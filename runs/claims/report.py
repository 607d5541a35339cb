"""Write the report: one HTML file, the same as Markdown, tables, pictures, and JSON for the app."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from runs.claims.report_pictures import DrawnPicture, draw_all
from runs.parts import write_atomically

if TYPE_CHECKING:
    from runs.claims.answers import Answer
    from runs.claims.catalogue import Claim
    from runs.claims.report_context import ReportContext

HTML, MARKDOWN, JSON = "report.html", "report.md", "claims.json"
PICTURES, TABLES = "pictures", "tables"
FORMAT = 1

type Answers = Sequence[tuple[Claim, Answer]]


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What was written."""

    html: Path
    markdown: Path
    data: Path
    tables: tuple[Path, ...]


def write_report(folder: Path, answers: Answers, context: ReportContext) -> ReportFiles:
    """Write all files of a report; the same answers give the same bytes.

    Args:
        folder: an existing folder; files of an earlier report are replaced.
        answers: claims with their answers, in order.
        context: how the answers came about.
    """
    from runs.claims.report_html import html_report
    from runs.claims.report_markdown import markdown_report

    drawn = draw_all(answers)
    for picture in (each for pictures in drawn.values() for each in pictures):
        path = folder / PICTURES / f"{picture.name}.svg"
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, picture.svg.encode())
    tables = _write_tables(folder / TABLES, answers)
    write_atomically(folder / HTML, html_report(answers, drawn, context).encode())
    write_atomically(folder / MARKDOWN, markdown_report(answers, drawn, context).encode())
    text = json.dumps(as_json(answers, drawn, context), indent=1, ensure_ascii=False)
    write_atomically(folder / JSON, f"{text}\n".encode())
    return ReportFiles(folder / HTML, folder / MARKDOWN, folder / JSON, tuple(tables))


def verdict_frame(answers: Answers) -> pd.DataFrame:
    """One row per claim: claim, title, verdict, answer, turns_on."""
    rows = [
        (claim.id, claim.title, answer.verdict, answer.sentence, answer.boundary)
        for claim, answer in answers
    ]
    return pd.DataFrame(rows, columns=["claim", "title", "verdict", "answer", "boundary"])


def estimate_frame(answers: Answers) -> pd.DataFrame:
    """One row per figure: claim, figure, value, low, high, unit, n, interval."""
    rows = [
        (claim.id, e.name, e.value, e.low, e.high, e.unit, e.n, e.interval)
        for claim, answer in answers
        for e in answer.estimates
    ]
    columns = ["claim", "figure", "value", "low", "high", "unit", "n", "interval"]
    return pd.DataFrame(rows, columns=columns)


def driver_frame(answers: Answers) -> pd.DataFrame:
    """One row per parameter on which an answer turns."""
    rows = [
        (
            *(claim.id, d.parameter, d.strength, d.chance, d.low, d.high),
            *(d.low_end, d.high_end, d.low_verdict, d.high_verdict),
        )
        for claim, answer in answers
        for d in answer.drivers
    ]
    columns = ["claim", "parameter", "rank_correlation", "chance", "low", "high"]
    columns += [
        "outcome_low_third",
        "outcome_high_third",
        "verdict_low_third",
        "verdict_high_third",
    ]
    return pd.DataFrame(rows, columns=columns)


def _write_tables(folder: Path, answers: Answers) -> list[Path]:
    folder.mkdir(exist_ok=True)
    frames = {
        "verdicts": verdict_frame(answers),
        "estimates": estimate_frame(answers),
        "drivers": driver_frame(answers),
    }
    frames |= {table.name: table.frame for _, answer in answers for table in answer.tables}
    written = []
    for name, frame in frames.items():
        csv, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
        write_atomically(csv, frame.to_csv(index=False, lineterminator="\n").encode())
        write_atomically(parquet, frame.to_parquet(index=False))
        written += [csv, parquet]
    return written


def as_json(
    answers: Answers, drawn: dict[str, list[DrawnPicture]], context: ReportContext
) -> dict[str, Any]:
    """A report as JSON can hold it; numbers that do not exist are null."""
    return {
        "format": FORMAT,
        "replicates": context.replicates,
        "seed": context.seed,
        "is_quick": context.is_quick,
        "runs": context.runs,
        "command": context.command,
        "claims": [_claim_json(claim, answer, drawn[claim.id]) for claim, answer in answers],
    }


def _claim_json(claim: Claim, answer: Answer, pictures: list[DrawnPicture]) -> dict[str, Any]:
    spread = answer.spread
    return {
        "id": claim.id,
        "title": claim.title,
        "says": claim.says,
        "question": claim.question,
        "public": claim.public,
        "contradicts": claim.contradicts,
        "experiment": claim.experiment,
        "rule": claim.rule,
        "verdict": answer.verdict,
        "answer": answer.sentence,
        "boundary": answer.boundary,
        "explanation": list(answer.explanation),
        "notes": list(answer.notes),
        "estimates": [
            {"name": e.name, "text": str(e), "n": e.n, "interval": e.interval}
            for e in answer.estimates
        ],
        "drivers": [
            {
                "parameter": d.parameter,
                "strength": round(d.strength, 4),
                "low": d.low,
                "high": d.high,
                "low_verdict": d.low_verdict,
                "high_verdict": d.high_verdict,
            }
            for d in answer.drivers
        ],
        "spread": None if spread is None else spread.dominant,
        "pictures": [
            {"file": f"{PICTURES}/{p.name}.svg", "title": p.title, "caption": p.caption}
            for p in pictures
        ],
        "show": claim.show.model_dump(mode="json"),
    }

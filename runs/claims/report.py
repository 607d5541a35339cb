"""Write the report: one HTML file, the same as Markdown, tables, pictures, and JSON for the app."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from runs.claims.claim import interval_text
from runs.claims.report_html import DrawnPicture, draw_all
from runs.claims.report_words import bull_words, dominant_words, kill_criteria
from runs.files import write_atomically
from runs.problems import UserProblem

if TYPE_CHECKING:
    from runs.claims.claim import Answer, Claim
    from runs.claims.report_words import ReportContext


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

    Raises:
        ValueError: two pictures or two tables have one name.
    """
    from runs.claims.report_html import html_report
    from runs.claims.report_markdown import markdown_report

    drawn = draw_all(answers)
    pictures = {f"{p.name}.svg": p.svg.encode() for found in drawn.values() for p in found}
    tables = _table_files(answers)
    data = json.dumps(
        as_json(answers, drawn, context), indent=1, ensure_ascii=False, allow_nan=False
    )
    pages = {
        HTML: html_report(answers, drawn, context),
        MARKDOWN: markdown_report(answers, drawn, context),
        JSON: f"{data}\n",
    }
    _write_all(folder / PICTURES, pictures)
    written = _write_all(folder / TABLES, tables)
    for name, text in pages.items():
        write_atomically(folder / name, text.encode())
    return ReportFiles(folder / HTML, folder / MARKDOWN, folder / JSON, written)


def verdict_frame(answers: Answers) -> pd.DataFrame:
    """One row per claim: claim, title, verdict, answer, boundary."""
    rows = [
        (claim.id, claim.title, answer.verdict, answer.sentence, answer.boundary)
        for claim, answer in answers
    ]
    return pd.DataFrame(rows, columns=["claim", "title", "verdict", "answer", "boundary"])


def estimate_frame(answers: Answers) -> pd.DataFrame:
    """One row per figure: claim, figure, value, low, high, unit, n, interval."""
    rows = [
        (claim.id, e.name, e.value, e.low, e.high, e.unit, e.n, interval_text(e.interval))
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


def _table_files(answers: Answers) -> dict[str, bytes]:
    """File name -> content, of every table as CSV and as Parquet."""
    frames = {
        "verdicts": verdict_frame(answers),
        "estimates": estimate_frame(answers),
        "drivers": driver_frame(answers),
    }
    for table in (table for _, answer in answers for table in answer.tables):
        if table.name in frames:
            raise ValueError(f"two tables are called {table.name!r}")
        frames[table.name] = table.frame
    found = {}
    for name, frame in frames.items():
        found[f"{name}.csv"] = frame.to_csv(index=False, lineterminator="\n").encode()
        found[f"{name}.parquet"] = frame.to_parquet(index=False)
    return found


def _write_all(folder: Path, contents: dict[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder of their own; those of an earlier report go."""
    folder.mkdir(exist_ok=True)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".svg", ".csv", ".parquet") and path.name not in contents:
            path.unlink()
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return tuple(folder / name for name in contents)


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


def finite(value: float) -> float | None:
    """A number as JSON can hold it: None for one that does not exist."""
    return value if isfinite(value) else None


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
        "structure": claim.structure,
        "assumed": claim.assumed,
        "bull_case": bull_words(answer),
        "kill_criteria": [
            each.model_dump(exclude={"claim"}) for each in kill_criteria([(claim, answer)])
        ],
        "verdict": answer.verdict,
        "answer": answer.sentence,
        "boundary": answer.boundary,
        "explanation": list(answer.explanation),
        "notes": list(answer.notes),
        "estimates": [
            {
                "name": e.name,
                "text": str(e),
                "value": finite(e.value),
                "low": finite(e.low),
                "high": finite(e.high),
                "unit": e.unit,
                "n": e.n,
                "interval": interval_text(e.interval),
            }
            for e in answer.estimates
        ],
        "drivers": [
            {
                "parameter": d.parameter,
                "strength": round(d.strength, 4),
                "chance": round(d.chance, 4),
                "low": d.low,
                "high": d.high,
                "low_end": finite(d.low_end),
                "high_end": finite(d.high_end),
                "low_verdict": d.low_verdict,
                "high_verdict": d.high_verdict,
            }
            for d in answer.drivers
        ],
        "spread": None if spread is None else dominant_words(spread),
        "pictures": [
            {"file": f"{PICTURES}/{p.name}.svg", "title": p.title, "caption": p.caption}
            for p in pictures
        ],
        "show": claim.show.model_dump(mode="json"),
    }


# --- a report that was written, as the app reads it


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report in a folder.

    Attributes:
        folder: where it is.
        claims: one entry per claim, as ``report.as_json`` makes them.
        replicates, seed, is_quick, runs: of its ensembles.
        command: what makes it again.
    """

    folder: Path
    claims: tuple[dict[str, Any], ...]
    replicates: int
    seed: int
    is_quick: bool
    runs: int
    command: str

    def picture(self, file: str) -> str:
        """The SVG text of a picture that a claim names; raises UserProblem when it is not there."""
        path = (self.folder / file).resolve()
        if not path.is_relative_to(self.folder.resolve()) or path.suffix != ".svg":
            raise UserProblem(f"{file} is no picture of {self.folder}")
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise UserProblem(f"{path} cannot be read: {error.strerror}") from None


def load_report(folder: str | Path) -> StoredReport:
    """Read the report in a folder.

    Args:
        folder: where ``kaartenhuis claims`` wrote it.

    Returns:
        The claims of the report with their answers.

    Raises:
        UserProblem: there is none, or it cannot be read.
    """
    path = Path(folder) / JSON
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserProblem(f"{folder} holds no finished claims report: no {JSON}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserProblem(f"{path} cannot be read: {error}") from None
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise UserProblem(f"{path} is no claims report of format {FORMAT}")
    return StoredReport(
        Path(folder),
        tuple(tree["claims"]),
        tree["replicates"],
        tree["seed"],
        tree["is_quick"],
        tree["runs"],
        tree["command"],
    )

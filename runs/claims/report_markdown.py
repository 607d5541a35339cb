"""The report as Markdown, with pictures as files beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from runs.claims import report_words as words
from runs.claims.report_html import cells, verdict_counts

if TYPE_CHECKING:
    from runs.claims.answers import Answer, Table
    from runs.claims.catalogue import Claim
    from runs.claims.report_context import ReportContext
    from runs.claims.report_pictures import DrawnPicture


def markdown_report(
    answers: Sequence[tuple[Claim, Answer]],
    drawn: dict[str, list[DrawnPicture]],
    context: ReportContext,
) -> str:
    """The whole text; arguments as ``html_report``."""
    parts = [
        *_front(answers, context),
        *(line for claim, answer in answers for line in _section(claim, answer, drawn[claim.id])),
        *_methods(context),
    ]
    return "\n".join(parts) + "\n"


def _front(answers: Sequence[tuple[Claim, Answer]], context: ReportContext) -> Iterator[str]:
    yield f"# {words.TITLE}\n\n{words.SUBTITLE}.\n\n{words.LEAD}\n"
    yield "## Where the model is wrong about the world, first\n"
    yield from (f"- {limit}" for limit in words.LIMITS)
    yield "\n## The claims in one line each\n"
    counts = ", ".join(f"{verdict}: {count}" for verdict, count in verdict_counts(answers))
    yield f"{counts}. {context.runs:,} runs and pairs of twins; root seed {context.seed}.\n"
    rows = [
        (f"{c.id} {c.title}", f"{words.SYMBOLS[a.verdict]} {a.verdict}", a.sentence)
        for c, a in answers
    ]
    yield from table(("Claim", "Verdict", "Answer"), rows)
    wrong = [claim for claim, _ in answers if claim.contradicts]
    if wrong:
        yield "\n## Figures of the article that public sources contradict\n"
        yield from (f"- {claim.id}: {claim.contradicts}" for claim in wrong)


def _section(claim: Claim, answer: Answer, pictures: Sequence[DrawnPicture]) -> Iterator[str]:
    yield f"\n## {claim.id} {claim.title}: {answer.verdict}\n"
    yield f"*{claim.question}*\n\n**{answer.sentence}**\n"
    yield from (f"> Mind: {note}\n" for note in answer.notes)
    yield f"- The article says: {claim.says}"
    yield f"- Public figures: {claim.public}"
    if claim.contradicts:
        yield f"- Contradicted: {claim.contradicts}"
    yield f"- Experiment: {claim.experiment}\n- Rule, fixed beforehand: {claim.rule}\n"
    yield from (f"{paragraph}\n" for paragraph in answer.explanation)
    for picture in pictures:
        yield f"![{picture.alt}](pictures/{picture.name}.svg)\n"
        yield f"*{picture.title}* {picture.caption}\n"
    if answer.estimates:
        rows = [(e.name, str(e), f"{e.n:,}", e.interval) for e in answer.estimates]
        yield from table(("Figure", "Value (interval)", "Runs", "Interval"), rows)
    if answer.boundary:
        yield f"\nWhat it turns on. {answer.boundary}\n"
    if answer.drivers:
        yield from _drivers(answer)
    if answer.spread:
        yield f"\nParameters or chance? {words.spread_words(answer.spread)}\n"
    for each in answer.tables:
        yield from _table(each)
    if claim.sources:
        yield f"\nSources: {'; '.join(claim.sources)}."


def _drivers(answer: Answer) -> Iterator[str]:
    heads = ("Parameter", "The outcome", "Range", "Verdict, lower third", "Upper third")
    rows = [
        (
            f"`{d.parameter}`",
            words.driver_words(d),
            words.range_words(d.low, d.high),
            d.low_verdict,
            d.high_verdict,
        )
        for d in answer.drivers
    ]
    yield ""
    yield from table(heads, rows)


def _table(each: Table) -> Iterator[str]:
    shown = cells(each)
    yield f"\n{each.title} (all rows: tables/{each.name}.csv)\n"
    yield from table(shown["heads"], shown["rows"])


def _methods(context: ReportContext) -> Iterator[str]:
    yield "\n## How it was done\n"
    yield from (f"{title}. {text}\n" for title, text in words.METHODS)
    heads = ("Study", "What it is for", "Runs", "Failed", "Hash")
    rows = [(s.name, s.meaning, f"{s.runs:,}", str(s.failed), s.identity) for s in context.studies]
    yield from table(heads, rows)
    yield "\nThe parameters that vary together:\n"
    ranges = [(f"`{u.path}`", words.range_words(u.low, u.high), u.why) for u in context.uncertain]
    yield from table(("Parameter", "Range", "Why"), ranges)
    yield f"\n## To make it again\n\n```\n{context.command}\n```\n"
    hashes = ", ".join(f"{name} {value}" for name, value in context.scenarios.items())
    packages = ", ".join(f"{name} {value}" for name, value in context.versions.items())
    commit = f", commit {context.git}" if context.git else ""
    yield f"Scenarios: {hashes}. Model {context.model}{commit}. {packages}.\n"
    yield words.DISCLAIMER


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; a bar in a cell is escaped."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"

"""The report as Markdown, with pictures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from runs.claims import report_words as words
from runs.claims.report_html import cells
from runs.claims.report_words import by_verdict, polish, spread_sentence, turning_parameters

if TYPE_CHECKING:
    from runs.claims.claim import Answer, Claim, Table
    from runs.claims.report_html import DrawnPicture
    from runs.claims.report_words import ReportContext

_MARKS = re.compile(r"[\\*<>`\[\]]")


def markdown_report(
    answers: Sequence[tuple[Claim, Answer]],
    drawn: dict[str, list[DrawnPicture]],
    context: ReportContext,
) -> str:
    """The whole text; arguments as ``html_report``."""
    parts = [
        *_front(answers, context),
        *(
            line
            for claim, answer in answers
            for line in _section(claim, answer, drawn[claim.id], context)
        ),
        *_methods(context),
    ]
    return "\n".join(parts) + "\n"


def _front(answers: Sequence[tuple[Claim, Answer]], context: ReportContext) -> Iterator[str]:
    yield f"# {words.TITLE}\n\n{words.SUBTITLE}.\n\n{plain(words.LEAD)}\n"
    yield "## Where the model is wrong about the world, first\n"
    yield from (f"- {limit}" for limit in map(plain, words.LIMITS))
    yield "\n## The claims in one line each\n"
    counts = ", ".join(f"{verdict}: {len(claims)}" for verdict, claims in by_verdict(answers))
    if context.is_quick:
        yield f"{plain(words.QUICK)}\n"
    yield f"{counts}. {words.size_words(context)}"
    yield f"{words.INTERVALS_LEGEND}\n"
    rows = [
        (f"{c.id} {plain(c.title)}", f"{words.SYMBOLS[a.verdict]} {a.verdict}", plain(a.sentence))
        for c, a in answers
    ]
    yield from table(("Claim", "Verdict", "Answer"), rows)
    yield from _turns(answers)
    wrong = [claim for claim, _ in answers if claim.contradicts]
    if wrong:
        yield "\n## Figures of the article that public sources contradict\n"
        yield from table(
            ("Claim", "The article says", "What is known"),
            [(c.id, plain(c.says), plain(c.contradicts)) for c in wrong],
        )


def _turns(answers: Sequence[tuple[Claim, Answer]]) -> Iterator[str]:
    turns, spread = turning_parameters(answers), spread_sentence(answers)
    if turns or spread:
        yield f"\n## {words.TURNS_TITLE}\n\n{plain(spread)}\n"
    if turns:
        rows = [
            (
                _parameter(t.parameter),
                ", ".join(t.decides),
                ", ".join(t.moves),
            )
            for t in turns
        ]
        yield from table(("Parameter", "Verdicts that differ", "Outcomes that move"), rows)
        yield f"\n{words.TURNS_LEGEND}"


def _section(
    claim: Claim, answer: Answer, pictures: Sequence[DrawnPicture], context: ReportContext
) -> Iterator[str]:
    yield f"\n## {claim.id} {plain(claim.title)}: {answer.verdict}\n"
    yield f"*{plain(claim.question)}*\n\n**{plain(answer.sentence)}**\n"
    yield from (f"> Mind: {plain(note)}\n" for note in answer.notes)
    yield f"- The article says: {plain(claim.says)}"
    yield f"- Public figures: {plain(claim.public)}"
    if claim.contradicts:
        yield f"- Contradicted: {plain(claim.contradicts)}"
    yield f"- Experiment: {plain(claim.experiment)}"
    yield f"- Rule, fixed beforehand: {plain(claim.rule)}\n"
    yield from (f"{plain(paragraph)}\n" for paragraph in answer.explanation)
    for picture in pictures:
        yield f"![{plain(picture.alt)}](pictures/{picture.name}.svg)\n"
        yield f"*{plain(picture.title)}* {plain(picture.caption)}\n"
    if answer.estimates:
        rows = [
            (plain(e.name), plain(e), words.n_words(e), words.interval_words(e))
            for e in answer.estimates
        ]
        yield from table(("Figure", "Value (interval)", "n", "Interval"), rows)
    if answer.boundary:
        yield f"\nWhat it turns on. {plain(answer.boundary)}\n"
    if answer.drivers:
        yield from _drivers(answer)
    if answer.spread:
        yield f"\nParameters or chance? {plain(words.spread_words(answer.spread))}\n"
    for each in answer.tables:
        yield from _table(each)
    yield f"\nThis answer rests on {context.behind(claim)}."
    if claim.sources:
        yield f"\nSources: {plain('; '.join(claim.sources))}."


def _drivers(answer: Answer) -> Iterator[str]:
    heads = ("Parameter", "The outcome", "Range", "In the lower third", "In the upper third")
    rows = [
        (
            _parameter(d.parameter),
            plain(words.driver_words(d)),
            plain(words.range_words(d.low, d.high)),
            plain(words.end_words(d.low_end, d.low_verdict)),
            plain(words.end_words(d.high_end, d.high_verdict)),
        )
        for d in answer.drivers
    ]
    yield ""
    yield from table(heads, rows)


def _parameter(path: str) -> str:
    return f"{plain(words.parameter_words(path))} (`{path}`)"


def _table(each: Table) -> Iterator[str]:
    shown = cells(each)
    yield f"\n{plain(each.title)} (all rows: tables/{each.name}.csv)\n"
    yield from table(shown["heads"], [[plain(cell) for cell in row] for row in shown["rows"]])


def _methods(context: ReportContext) -> Iterator[str]:
    yield "\n## How it was done\n"
    yield from (f"{title}. {plain(text)}\n" for title, text in words.METHODS)
    heads = ("Study", "What it is for", "Runs", "Failed", "Hash")
    rows = [
        (s.name, plain(s.meaning), f"{s.runs:,}", str(s.failed), s.identity)
        for s in context.studies
    ]
    yield from table(heads, rows)
    yield "\nThe parameters that vary together:\n"
    ranges = [
        (
            _parameter(u.path),
            words.range_words(u.low, u.high),
            plain(u.why),
        )
        for u in context.uncertain
    ]
    yield from table(("Parameter", "Range", "Why"), ranges)
    yield f"\n## To make it again\n\n```\n{context.command}\n```\n"
    hashes = ", ".join(f"{name} {value}" for name, value in context.scenarios.items())
    packages = ", ".join(f"{name} {value}" for name, value in context.versions.items())
    commit = f", commit {context.git}" if context.git else ""
    yield f"Scenarios: {hashes}. Model {context.model}{commit}. {packages}.\n"
    yield words.DISCLAIMER


def plain(text: object) -> str:
    """A text without marks of Markdown or HTML, on one line."""
    return _MARKS.sub(r"\\\g<0>", polish(text)).replace("\n", " ")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; a bar in a cell is escaped."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"

"""The report as Markdown, with pictures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from runs.claims import report_words as words
from runs.claims.claim import WORDS, verdict_words
from runs.claims.report_html import cells
from runs.claims.report_words import by_verdict, polish, spread_sentence, turning_parameters

if TYPE_CHECKING:
    from runs.claims.claim import Answer, Claim, Table, Verdict
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
    yield f"# {WORDS('report-title')}\n\n{WORDS('report-subtitle')}.\n"
    yield f"{plain(WORDS('report-lead'))}\n"
    yield f"## {WORDS('page-limits-title')}\n"
    yield from (f"- {limit}" for limit in map(plain, words.limits()))
    yield f"\n## {WORDS('page-front-title')}\n"
    groups = by_verdict(answers)
    counts = ", ".join(f"{verdict_words(verdict)}: {len(claims)}" for verdict, claims in groups)
    if context.is_quick:
        yield f"{plain(WORDS('report-quick'))}\n"
    yield f"{counts}. {words.size_words(context)}"
    yield f"{WORDS('report-brackets')}\n"
    rows = [(f"{c.id} {plain(c.title)}", _marked(a.verdict), plain(a.sentence)) for c, a in answers]
    yield from table(_heads("claim", "verdict", "answer"), rows)
    yield from _turns(answers)
    yield from _kill(answers)
    wrong = [claim for claim, _ in answers if claim.contradicts]
    if wrong:
        yield f"\n## {WORDS('page-contradicted-title')}\n"
        yield from table(
            _heads("claim", "says", "known"),
            [(c.id, plain(c.says), plain(c.contradicts)) for c in wrong],
        )


def _kill(answers: Sequence[tuple[Claim, Answer]]) -> Iterator[str]:
    """What would show the answers wrong."""
    rows = [
        (each.claim, verdict_words(each.against), each.by, plain(each.watch), plain(each.wrong_if))
        for each in words.kill_criteria(answers)
    ]
    if rows:
        yield f"\n## {WORDS('page-kill-title')}\n\n{WORDS('page-kill')}\n"
        yield from table(_heads("claim", "against", "by", "watch", "wrong-if"), rows)


def _turns(answers: Sequence[tuple[Claim, Answer]]) -> Iterator[str]:
    turns, spread = turning_parameters(answers), spread_sentence(answers)
    if turns or spread:
        yield f"\n## {WORDS('report-turns-title')}\n\n{plain(spread)}\n"
    if turns:
        rows = [
            (
                _parameter(t.parameter),
                ", ".join(t.decides),
                ", ".join(t.moves),
            )
            for t in turns
        ]
        yield from table(_heads("parameter", "verdicts-differ", "outcomes-move"), rows)
        yield f"\n{WORDS('report-turns-legend')}"


def _section(
    claim: Claim, answer: Answer, pictures: Sequence[DrawnPicture], context: ReportContext
) -> Iterator[str]:
    yield f"\n## {claim.id} {plain(claim.title)}: {verdict_words(answer.verdict)}\n"
    yield f"*{plain(claim.question)}*\n\n**{plain(answer.sentence)}**\n"
    if claim.assumed:
        yield f"> {WORDS('section-assumed')} {plain(claim.assumed)}\n"
    yield from (f"> {WORDS('section-mind')} {plain(note)}\n" for note in answer.notes)
    yield f"- {WORDS('head-says')}: {plain(claim.says)}"
    yield f"- {WORDS('section-public')}: {plain(claim.public)}"
    if claim.contradicts:
        yield f"- {WORDS('section-contradicted')}: {plain(claim.contradicts)}"
    yield f"- {WORDS('section-experiment')}: {plain(claim.experiment)}"
    yield f"- {WORDS('section-rule')}: {plain(claim.rule)}\n"
    yield from (f"{plain(paragraph)}\n" for paragraph in answer.explanation)
    for picture in pictures:
        yield f"![{plain(picture.alt)}](pictures/{picture.name}.svg)\n"
        yield f"*{plain(picture.title)}* {plain(picture.caption)}\n"
    if answer.estimates:
        rows = [
            (plain(e.name), plain(e), words.n_words(e), words.interval_words(e))
            for e in answer.estimates
        ]
        yield from table(_heads("figure", "value", "n", "interval"), rows)
    if answer.boundary:
        yield f"\n{WORDS('section-turns-on')} {plain(answer.boundary)}\n"
    yield f"\n{WORDS('section-structure')} {plain(claim.structure)}\n"
    yield from _drivers(answer)
    if answer.spread:
        yield f"\n{WORDS('section-spread')} {plain(words.spread_words(answer.spread))}\n"
    for each in answer.tables:
        yield from _table(each)
    yield f"\n{WORDS('section-rests-on', studies=context.behind(claim))}"
    if claim.sources:
        yield f"\n{WORDS('section-sources', sources=plain('; '.join(claim.sources)))}"


def _drivers(answer: Answer) -> Iterator[str]:
    heads = _heads("parameter", "outcome", "range", "lower", "upper")
    chance, bull = words.chance_words(answer), words.bull_words(answer)
    rows = [
        (
            _parameter(d.parameter),
            plain(words.driver_words(d)),
            plain(words.range_words(d.low, d.high)),
            plain(words.end_words(d.low_end, d.low_verdict)),
            plain(words.end_words(d.high_end, d.high_verdict)),
        )
        for d in words.real_drivers(answer)
    ]
    if chance:
        yield f"\n{plain(chance)}\n"
    if rows:
        yield ""
        yield from table(heads, rows)
    if bull:
        yield f"\n{WORDS('section-bull')} {plain(bull)}\n"


def _parameter(path: str) -> str:
    return f"{plain(words.parameter_words(path))} (`{path}`)"


def _table(each: Table) -> Iterator[str]:
    shown = cells(each)
    file = f"tables/{each.name}.csv"
    yield f"\n{WORDS('section-all-rows', title=plain(each.title), file=file)}\n"
    yield from table(shown["heads"], [[plain(cell) for cell in row] for row in shown["rows"]])


def _methods(context: ReportContext) -> Iterator[str]:
    yield f"\n## {WORDS('page-methods-title')}\n"
    yield from (f"{title}. {plain(text)}\n" for title, text in words.methods())
    heads = _heads("study", "meaning", "runs", "failed", "hash")
    rows = [
        (s.name, plain(s.meaning), f"{s.runs:,}", str(s.failed), s.identity)
        for s in context.studies
    ]
    yield from table(heads, rows)
    yield f"\n{WORDS('page-uncertain')}:\n"
    ranges = [
        (
            _parameter(u.path),
            words.range_words(u.low, u.high),
            plain(u.why),
        )
        for u in context.uncertain
    ]
    yield from table(_heads("parameter", "range", "why"), ranges)
    yield f"\n## {WORDS('page-again-title')}\n\n```\n{context.command}\n```\n"
    hashes = ", ".join(f"{name} {value}" for name, value in context.scenarios.items())
    packages = ", ".join(f"{name} {value}" for name, value in context.versions.items())
    commit = f", {WORDS('page-commit')} {context.git}" if context.git else ""
    model = f"{WORDS('page-model')} {context.model}{commit}"
    yield f"{WORDS('page-scenarios', hashes=hashes)} {model}. {packages}.\n"
    yield WORDS("report-disclaimer")


def _heads(*names: str) -> list[str]:
    return [WORDS(f"head-{name}") for name in names]


def _marked(verdict: Verdict) -> str:
    return f"{words.SYMBOLS[verdict]} {verdict_words(verdict)}"


def plain(text: object) -> str:
    """A text without marks of Markdown or HTML, on one line."""
    return _MARKS.sub(r"\\\g<0>", polish(text)).replace("\n", " ")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table; a bar in a cell is escaped."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"

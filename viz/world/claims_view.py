"""The claims for the eye: from a report where there is one, else from the catalogue."""

from __future__ import annotations

import base64
import html
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.parameters.schema import dotted
from market.scenario import ScenarioError, parse_override
from runs.claims.report_words import polish
from runs.problems import UserProblem
from viz.words import WORDS, slug
from viz.world.worlds import World, WorldProblem

_BEFORE, _AFTER = ("question", "says", "public", "contradicts"), ("boundary", "spread")
_METHOD = ("experiment", "rule")
_COLUMNS = ("figure", "value", "runs", "interval")
SYMBOLS = {"holds": "✓", "does not hold": "✗", "depends": "~", "not testable": "?"}
"""Verdict -> sign, so that colour alone never tells it."""
TONES = {"holds": "good", "does not hold": "bad", "depends": "warning", "not testable": "faint"}


@dataclass(frozen=True)
class ClaimsView:
    """Claims with or without answers.

    Attributes:
        claims: one entry per claim, as the report writes them; those of the catalogue lack
            "verdict" and "answer".
        summary: what the report is; "" without one.
        folder: of the report; None without one.
    """

    claims: tuple[dict[str, Any], ...]
    summary: str = ""
    folder: Path | None = None

    def find(self, claim_id: str) -> dict[str, Any] | None:
        """A claim by its id."""
        return next((claim for claim in self.claims if claim["id"] == claim_id), None)


def from_report(folder: Path, name: str) -> ClaimsView:
    """The claims of a report; raises UserProblem when it cannot be read."""
    from runs.claims.report import load_report

    report = load_report(folder)
    counts = Counter(str(claim["verdict"]) for claim in report.claims)
    words = ", ".join(
        WORDS(f"claims-counted-{slug(verdict)}", n=counts[verdict])
        for verdict in SYMBOLS
        if counts[verdict]
    )
    text = WORDS(
        "claims-from-report",
        claims=WORDS("claims-count", n=len(report.claims)),
        counts=words,
        folder=name,
        runs=f"{report.runs:,}",
        replicates=report.replicates,
        quick=WORDS("claims-quick") if report.is_quick else "",
    )
    return ClaimsView(report.claims, text, folder)


def from_catalogue() -> ClaimsView:
    """The claims without answers."""
    from runs.claims.claim import load_claims

    return ClaimsView(tuple(claim.model_dump(mode="json") for claim in load_claims()))


def lines(view: ClaimsView) -> list[dict[str, str]]:
    """The front page: id, title, verdict, its sign and tone, and a sentence, one per claim."""
    found = []
    for claim in view.claims:
        verdict = str(claim.get("verdict", ""))
        found.append(
            {
                "id": str(claim["id"]),
                "title": str(claim["title"]),
                "verdict": verdict or WORDS("claims-not-tested"),
                "symbol": SYMBOLS.get(verdict, "?"),
                "tone": TONES.get(verdict, "faint"),
                "sentence": polish(claim.get("answer") or claim["question"]),
            }
        )
    return found


def detail_html(view: ClaimsView, claim: dict[str, Any]) -> str:
    """All about one claim; every text is escaped, pictures are images of their own."""
    pieces = [_part(claim, key) for key in _BEFORE]
    if claim.get("answer"):
        pieces.append(
            f"<h4>{WORDS('claims-heading-answer')}</h4><p><b>{_text(claim['answer'])}</b></p>"
        )
        pieces += [f"<p>{_text(each)}</p>" for each in claim.get("explanation", ())]
        pieces += [_picture(view, each) for each in claim.get("pictures", ())]
        pieces.append(_estimates(claim))
        pieces += [_part(claim, key) for key in _AFTER]
        notes = claim.get("notes") or ()
        if notes:
            items = "".join(f"<li>{_text(each)}</li>" for each in notes)
            pieces.append(f"<h4>{WORDS('claims-notes')}</h4><ul>{items}</ul>")
    pieces += [_part(claim, key) for key in _METHOD]
    return "".join(pieces)


def _text(value: object) -> str:
    return html.escape(polish(value))


def _part(claim: dict[str, Any], key: str) -> str:
    value = claim.get(key)
    return f"<h4>{WORDS(f'claims-heading-{key}')}</h4><p>{_text(value)}</p>" if value else ""


def _estimates(claim: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_text(e['name'])}</td><td>{_text(e['text'])}</td><td>{_text(e['n'])}</td>"
        f"<td>{_text(e['interval'])}</td></tr>"
        for e in claim.get("estimates", ())
    )
    if not rows:
        return ""
    head = "".join(f"<th>{WORDS(f'claims-column-{each}')}</th>" for each in _COLUMNS)
    table = f"<table class='kh-table'><tr>{head}</tr>{rows}</table>"
    return f"<div class='kh-scroll' tabindex='0'>{table}</div>"


def _picture(view: ClaimsView, picture: dict[str, Any]) -> str:
    """A picture of the report; nothing when its file is not there."""
    from runs.claims.report import load_report

    if view.folder is None:
        return ""
    try:
        svg = load_report(view.folder).picture(str(picture["file"]))
    except UserProblem:
        return ""
    source = base64.b64encode(svg.encode()).decode()
    title, caption = _text(picture["title"]), _text(picture["caption"])
    return (
        f"<figure><figcaption><b>{title}</b></figcaption>"
        f"<img alt='{title}' src='data:image/svg+xml;base64,{source}'>"
        f"<figcaption>{caption}</figcaption></figure>"
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a claim wants to be shown in.

    Attributes:
        world: what is run. tab: key of the tab.
        quarter: number of the quarter; None = the last one.
    """

    world: World
    tab: str
    quarter: int | None


def shown_by(claim: dict[str, Any]) -> Shown:
    """The world, the tab and the quarter that a claim wants to be shown in.

    Raises:
        WorldProblem: there is no such world, or no such quarter in it.
    """
    show = claim.get("show") or {}
    try:
        changes = [parse_override(str(text)) for text in show.get("changes", ())]
    except ScenarioError as error:
        raise WorldProblem(str(error)) from None
    named = {dotted(path): value for path, value in changes}
    scenario, seed = str(show.get("scenario", "reference")), int(show.get("seed", 42))
    world = World(scenario, tuple(named.items()), seed)
    quarter = _quarter(world, str(show.get("quarter", "")))
    return Shown(world, str(show.get("tab", "live")), quarter)


def _quarter(world: World, label: str) -> int | None:
    """Number of the quarter with a label; raises here, not when the world is opened."""
    parameters = world.parameters
    labels = [parameters.quarter_label(number) for number in range(parameters.quarters)]
    if label and label not in labels:
        raise WorldProblem(
            WORDS("claims-no-quarter", label=label, first=labels[0], last=labels[-1])
        )
    return labels.index(label) if label else None

"""About: what the model is, where its numbers come from, how far they can be trusted."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import solara

from viz.widgets.chart_card import ChartCard
from viz.words import WORDS, texts_by_key

if TYPE_CHECKING:
    import pandas as pd

    from market.scenario import ValueRow
    from viz.charts.theme import Theme
    from viz.session.state import AppState


SECTIONS = ("what", "reading", "limits")
LEVELS = ("seen", "derived", "checked", "unverified", "assumed", "theory")
"""Confidence in the source of a value, from best to least."""
_NO_FIGURE_KEYS = ("name", "description", "start")
"""What is a text and no figure."""


def figures_of(rows: Sequence[ValueRow]) -> list[ValueRow]:
    """The rows that hold a figure or a switch, not a name."""
    return [row for row in rows if row.path.split(".")[-1] not in _NO_FIGURE_KEYS]


def trust_option(rows: Sequence[ValueRow], theme: Theme) -> dict[str, Any]:
    """Bar chart: number of values by confidence, from "seen" to "theory"."""
    counts = Counter(row.confidence for row in figures_of(rows))
    levels = [level for level in LEVELS if counts[level]]
    return {
        **theme.base(),
        "grid": {"left": 8, "right": 46, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": theme.axis(type="value", minInterval=1, splitNumber=3),
        "yAxis": theme.axis(type="category", data=levels, inverse=True),
        "series": [
            {
                "type": "bar",
                "data": [counts[level] for level in levels],
                "itemStyle": {"color": theme.series[0]},
                "label": {"show": True, "position": "right", "color": theme.text},
                "barMaxWidth": 20,
            }
        ],
    }


# --- about


@solara.component
def AboutPage(state: AppState) -> None:
    """The page; its figures are those of the scenario that is open."""
    name = state.recording.world.scenario
    rows = solara.use_memo(lambda: values_of(name), [name])
    levels = texts_by_key("about-level", LEVELS)
    with solara.Div(classes=["kh-two"]):
        solara.HTML("div", unsafe_innerHTML=words_html(), classes=["kh-article"])
        with solara.Div(classes=["kh-column"]):
            ChartCard(
                WORDS("about-numbers-title"),
                trust_option(rows, state.theme),
                question=f"{WORDS('about-numbers-shown')} ({name})",
                height="190px",
                note=". ".join(f"{level.capitalize()}: {words}" for level, words in levels.items()),
                frame=lambda: values_frame(rows),
                name="values",
            )
    solara.HTML("div", unsafe_innerHTML=sources_html(rows), classes=["kh-card", "kh-sources"])


def values_of(name: str) -> list[ValueRow]:
    """Every value of a shipped scenario, with source and confidence."""
    from market.scenario import read_scenario, scenario_table

    return scenario_table(read_scenario(name))


def values_frame(rows: list[ValueRow]) -> pd.DataFrame:
    """Table of all values."""
    import pandas as pd

    table: list[dict[str, Any]] = [row._asdict() | {"value": str(row.value)} for row in rows]
    return pd.DataFrame(table)


def words_html() -> str:
    """The text of the page as HTML."""
    parts = []
    for section in SECTIONS:
        parts.append(f"<h2>{html.escape(WORDS(f'about-heading-{section}'))}</h2>")
        paragraphs = WORDS.each(f"about-{section}-text")
        parts += [f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs]
    return "".join(parts)


def number_text(value: Any) -> str:
    """A value for a table: "8.5e+09" becomes "8,500,000,000"."""
    if isinstance(value, float) and abs(value) >= 1e3 and value == int(value):
        return f"{value:,.0f}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def unit_text(row: ValueRow) -> str:
    """Unit of a value; "" for a pure number or a switch."""
    return "" if row.unit in ("1", "switch", "text") else row.unit


def sources_html(rows: list[ValueRow]) -> str:
    """The values that rest on a source, as an HTML table; those assumed are only counted."""
    known = [row for row in figures_of(rows) if row.confidence != "assumed"]
    names = texts_by_key("about-column", ("value", "source", "confidence"))
    titles = (names["value"], "", names["source"], names["confidence"])
    head = "".join(f"<th>{html.escape(title)}</th>" for title in titles)
    body = "".join(
        "<tr>"
        f"<td>{html.escape(row.path)}</td>"
        f"<td>{html.escape(number_text(row.value))} <em>{html.escape(unit_text(row))}</em></td>"
        f"<td>{html.escape(row.source)}</td><td>{html.escape(row.confidence)}</td></tr>"
        for row in known
    )
    title = html.escape(WORDS("about-sources-title"))
    counted = len(figures_of(rows))
    intro = html.escape(WORDS("about-sources-intro", known=len(known), count=counted))
    return (
        f"<h3 class='kh-card-title'>{title}</h3><p class='kh-hint'>{intro}</p>"
        f"<div class='kh-scroll'><table class='kh-table'><tr>{head}</tr>{body}</table></div>"
    )

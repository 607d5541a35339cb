"""Data: all tables of the run as files, and the link and the command that make it again."""

from __future__ import annotations

import html
import json
import math
from functools import partial
from typing import TYPE_CHECKING

import solara

from viz.recording.tables import (
    CSV_TYPE,
    PARQUET_TYPE,
    ZIP_TYPE,
    command_of,
    csv_bytes,
    everything,
    file_name,
    parquet_bytes,
    plain,
    run_tables,
    table_name,
    world_name,
)
from viz.session.work import use_work
from viz.widgets.safe import Text
from viz.widgets.shock_menu import own_words
from viz.widgets.take_away import File, TablesWidget, list_words
from viz.words import WORDS

if TYPE_CHECKING:
    import pandas as pd

    from viz.recording.recording import Recording
    from viz.session.state import AppState

ALL, ROWS = "all", 40
MOST_POWER = 21
"""Power of ten above which a number is written with one."""
TABLES = (
    "market",
    "firms",
    "events",
    "rounds",
    "contracts",
    "flows",
    "cycles",
    "balance-sheet",
    "transactions-flow",
    "revaluation",
    "parameters",
    "dictionary",
)
"""Tables in the order of the list."""


@solara.component
def DataPage(state: AppState) -> None:
    """The list of tables, a look at one of them, link and command."""
    work = use_work(state)
    recording = state.recording
    if recording.quarters_recorded == 0:
        Text("p", WORDS("data-empty"), classes=["kh-empty"])
        return
    quarter = min(state.quarter.value, recording.quarters_recorded - 1)
    with solara.Div(classes=["kh-column"]):
        solara.HTML("div", unsafe_innerHTML=intro_html(recording), classes=["kh-intro"])
        TablesWidget.element(
            words_json=list_words(),
            rows_json=json.dumps(rows(recording.labels[quarter])),
            make_file=partial(make_file, recording, quarter),
            shown=partial(work.choose, "table"),
        )
        name = work.choice("table", TABLES, "")
        if name:
            frame = run_tables(recording, quarter)[name]()
            preview = preview_html(WORDS(f"data-name-{name}"), frame)
            solara.HTML("div", unsafe_innerHTML=preview, classes=["kh-card"])
        solara.HTML(
            "div", unsafe_innerHTML=again_html(recording, query(state)), classes=["kh-card"]
        )


def query(state: AppState) -> str:
    """The query that restores the run, the quarter and this tab."""
    from viz.session.link import encode

    return encode(state.recording.world, state.quarter.value, state.tab.value)


def rows(label: str) -> list[dict[str, object]]:
    """What the list of tables shows; the archive comes last."""
    found: list[dict[str, object]] = [
        {
            "name": name,
            "title": WORDS(f"data-name-{name}"),
            "meaning": WORDS(f"data-holds-{name}", quarter=label),
            "kinds": ["csv", "parquet"],
            "can_show": True,
        }
        for name in TABLES
    ]
    archive: dict[str, object] = {"name": ALL, "title": WORDS("data-everything"), "kinds": ["zip"]}
    return [*found, archive | {"meaning": WORDS("data-everything-note")}]


def make_file(recording: Recording, quarter: int, name: str, kind: str) -> File:
    """The file of a table.

    Raises:
        KeyError: there is no such table or kind of file.
    """
    if name == ALL:
        title = file_name(world_name(recording.world), suffix="zip")
        return title, ZIP_TYPE, everything(recording, quarter)
    writers = {"csv": (csv_bytes, CSV_TYPE), "parquet": (parquet_bytes, PARQUET_TYPE)}
    write, mime = writers[kind]
    title = f"{table_name(recording, name, quarter)}.{kind}"
    return title, mime, write(run_tables(recording, quarter)[name]())


def intro_html(recording: Recording) -> str:
    """What the tables are of."""
    labels, world = recording.labels, recording.world
    text = WORDS(
        "data-intro",
        world=html.escape(world.scenario),
        seed=world.seed,
        first=labels[0],
        last=labels[recording.quarters_recorded - 1],
    )
    own = html.escape(own_words(world))
    return f"<h2>{WORDS('data-title')}</h2><p>{text} {own}</p>".replace(" </p>", "</p>")


def preview_html(title: str, frame: pd.DataFrame) -> str:
    """The first rows of a table."""
    if frame.empty:
        return (
            f"<h3 class='kh-card-title'>{html.escape(title)}</h3><p>{WORDS('data-empty-table')}</p>"
        )
    few = plain(frame.head(ROWS))
    head = WORDS("data-preview", title=title, rows=len(few), total=f"{len(frame):,}")
    table = few.to_html(
        index=False,
        border=0,
        classes="kh-table kh-preview",
        float_format=number_text,
        na_rep="",
    )
    return (
        f"<h3 class='kh-card-title' data-test='preview'>{html.escape(head)}</h3>"
        f"<div class='kh-scroll' tabindex='0'>{table}</div>"
    )


def number_text(value: float) -> str:
    """A number as people write it: separators, no powers of ten, about six digits."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    size = math.floor(math.log10(abs(value)))
    if size > MOST_POWER:
        return f"{value:.4g}"
    text = f"{value:,.{max(0, min(12, 5 - size))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def again_html(recording: Recording, search: str) -> str:
    """Link and command that make the same run."""
    world = recording.world
    address = html.escape(f"?{search.removeprefix('?')}", quote=True)
    note = (
        f"{WORDS('data-command-note')} {WORDS('data-shocks-note')}"
        if world.shocks
        else WORDS("data-command-note")
    )
    return (
        f"<h3 class='kh-card-title'>{WORDS('data-link')}</h3>"
        f"<p class='kh-hint'>{WORDS('data-link-note')}</p>"
        f"<p class='kh-code'><a href='{address}' class='kh-link' data-test='link'>{address}</a></p>"
        f"<h3 class='kh-card-title'>{WORDS('data-command')}</h3><p class='kh-hint'>{note}</p>"
        f"<p><code class='kh-code' data-test='command'>{html.escape(command_of(world))}</code></p>"
    )

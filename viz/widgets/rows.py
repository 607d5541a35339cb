"""A card of rows: tables in plain text whose first cells can be picked, with downloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import ipyvuetify
import reacton.core
import traitlets

from viz.widgets.chart_card import MakeFrame, table_message
from viz.words import WORDS


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        cells: texts. pick: what a click on the first cell picks; "" = it is no button.
        more: pick and text of a second button at the end of the line, or None.
        tone: "", "good", "warning" or "bad": colour of the last cell.
        is_sum: whether it closes a column. is_picked: whether it was picked.
    """

    cells: tuple[str, ...]
    pick: str = ""
    more: tuple[str, str] | None = None
    tone: str = ""
    is_sum: bool = False
    is_picked: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a card.

    Attributes:
        title: heading; may be "". lines: sentences under it.
        head: headings of the columns; may be empty. rows: the table; may be empty.
        note: a line under the table. links: (pick, text) of buttons at the end.
        texts: how many of the first columns hold words; the others are numbers, set flush right.
    """

    title: str = ""
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    note: str = ""
    links: tuple[tuple[str, str], ...] = ()
    texts: int = 1


class RowsWidget(ipyvuetify.VuetifyTemplate):
    """The card in the browser."""

    template_file = (__file__, "../vue/rows.vue")
    name = traitlets.Unicode("rows").tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    question = traitlets.Unicode("").tag(sync=True)
    blocks_json = traitlets.Unicode("[]").tag(sync=True)
    menu_label = traitlets.Unicode("").tag(sync=True)
    has_table = traitlets.Bool(False).tag(sync=True)
    table_json = traitlets.Unicode("").tag(sync=True)
    picked = traitlets.Callable(None, allow_none=True)
    make_frame = traitlets.Callable(None, allow_none=True)
    _tables = 0

    def vue_pick(self, what: Any) -> None:
        """Pass on what was picked."""
        if self.picked is not None:
            self.picked(str(what))

    def vue_want_table(self, kind: Any) -> None:
        """Make the table and hand it to the browser as a file."""
        if kind not in ("csv", "parquet"):
            return
        if self.make_frame is not None:
            self._tables += 1
            self.table_json = table_message(self.make_frame, self.name, kind, self._tables)


def RowsCard(
    title: str,
    blocks: Sequence[Block],
    *,
    name: str,
    question: str = "",
    on_pick: Callable[[str], None] | None = None,
    frame: MakeFrame | None = None,
) -> reacton.core.ValueElement[Any, Any]:
    """Show a card of rows.

    Args:
        title: a question or plain words.
        blocks: its parts.
        name: file name of downloads, and ``data-rows`` in the page.
        question: a line under the title.
        on_pick: called with the ``pick`` of a button.
        frame: makes the table behind the card; with it the menu offers CSV and Parquet.
    """
    return RowsWidget.element(
        menu_label=WORDS("frame-download"),
        title=title,
        question=question,
        blocks_json=json.dumps([asdict(block) for block in blocks]),
        name=name,
        picked=on_pick,
        make_frame=frame,
        has_table=frame is not None,
    )

"""What can be taken away: tables with their downloads, and the link to what is shown."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import ipyvuetify
import solara
import traitlets

from viz.widgets.safe import told
from viz.words import WORDS, texts_by_key


class CopyLinkWidget(ipyvuetify.VuetifyTemplate):
    """The button; where the browser forbids copying, it shows the address to be copied by hand."""

    template_file = (__file__, "../vue/copy_link.vue")
    words = traitlets.Unicode("").tag(sync=True)
    done_words = traitlets.Unicode("").tag(sync=True)


@solara.component
def CopyLink() -> None:
    """The button."""
    words, done_words = WORDS("controls-copy_link"), WORDS("controls-copied")
    CopyLinkWidget.element(words=words, done_words=done_words)


# --- a list of tables with their downloads, made when somebody clicks


type File = tuple[str, str, bytes]
"""Name, type and content of a file."""


def list_words() -> str:
    """Headings and buttons of the list, as JSON."""
    return json.dumps(texts_by_key("data-list", ("table", "holds", "take", "show")))


class TablesWidget(ipyvuetify.VuetifyTemplate):
    """Rows of tables; ``rows_json`` holds name, title, meaning, kinds and can_show of each."""

    template_file = (__file__, "../vue/tables.vue")
    rows_json = traitlets.Unicode("[]").tag(sync=True)
    words_json = traitlets.Unicode("{}").tag(sync=True)
    file_json = traitlets.Unicode("").tag(sync=True)
    make_file = traitlets.Callable(None, allow_none=True)
    shown = traitlets.Callable(None, allow_none=True)
    _files = 0

    def vue_take(self, data: Any) -> None:
        """Make a file and hand it to the browser."""
        if self.make_file is not None:
            self._files += 1
            name, kind = str(data["name"]), str(data["kind"])
            self.file_json = file_message(self.make_file, name, kind, self._files)

    def vue_show(self, name: Any) -> None:
        """Show a table on the page."""
        if self.shown is not None:
            self.shown(str(name))


def file_message(make: Callable[[str, str], File], name: str, kind: str, number: int) -> str:
    """A file as JSON for the browser, or what kept it from being made.

    Args:
        make: makes the file of a table and a kind.
        name: of the table.
        kind: of the file.
        number: makes two equal messages differ, so that the browser sees the second one too.
    """
    try:
        title, mime, content = make(name, kind)
    except Exception as error:  # whatever it is: the page goes on and says so
        return json.dumps({"problem": WORDS("data-failed", error=told(error)), "number": number})
    text = base64.b64encode(content).decode()
    return json.dumps({"name": title, "mime": mime, "base64": text, "number": number})

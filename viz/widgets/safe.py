"""What stands between the server and the page: text is text, and an error is a sentence.

Names of firms, folders and files come from links and from disk. ``Text`` shows them as they are
written, whatever markup they hold; ``told`` leaves out where on the server something lies;
``Guarded`` shows a sentence in place of a page that could not be drawn.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any

import solara

from viz.words import WORDS

LOG = logging.getLogger(__name__)
_FOLDERS = re.compile(r"(?<![\w.:/])(?:[A-Za-z]:)?(?:[/\\]+[^/\\\s'\":,;<>|]+)+(?=[/\\])[/\\]+")
"""The folders of an absolute path, up to its last name; no part of an address or of "a/b"."""


def Text(tag: str, text: str, classes: Sequence[str] = ()) -> Any:
    """A text in an HTML element of its own; markup in it is shown, not obeyed.

    Args:
        tag: name of the element.
        text: any text.
        classes: CSS classes.
    """
    return solara.HTML(tag, unsafe_innerHTML=html.escape(text), classes=list(classes))


def told(text: object) -> str:
    """What went wrong, for a visitor: absolute paths are cut to their last name."""
    return _FOLDERS.sub("", str(text))


@solara.component
def Guarded(view: Callable[..., Any], *arguments: Any) -> Any:
    """A part of the page, or a sentence when it could not be drawn; the log has the traceback.

    Args:
        view: component of the part.
        arguments: what it is called with.
    """
    error, clear = solara.use_exception()
    if error is None:
        return view(*arguments)
    LOG.error("a page could not be drawn", exc_info=error)
    with solara.Div(
        classes=["kh-banner", "kh-problem"], attributes={"role": "alert", "data-test": "broken"}
    ) as main:
        Text("span", WORDS("frame-broken", kind=type(error).__name__))
        solara.Button(WORDS("frame-try-again"), text=True, small=True, on_click=clear)
        solara.Button(
            WORDS("frame-again"), text=True, small=True, href="?", attributes={"data-test": "again"}
        )
    return main

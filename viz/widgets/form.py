"""A row of choices and buttons above the charts of a page, with progress of work in hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import ipyvuetify
import reacton.core
import traitlets

from viz.widgets.safe import told

type Option = tuple[str, str] | tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One choice.

    Attributes:
        key: its name. label: text above it.
        kind: "select" (one of the options), "checks" (any of them) or "number".
        value: what is chosen now.
        options: (value, text) or (value, text, explanation).
        low, high: bounds of a number. step: it is a multiple of this.
        disabled: whether it cannot be changed now.
    """

    key: str
    label: str
    kind: str
    value: Any
    options: Sequence[Option] = ()
    low: float = 0
    high: float = 0
    step: float = 1
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A button; the primary one is what most visitors want."""

    key: str
    label: str
    primary: bool = False
    disabled: bool = False


class FormWidget(ipyvuetify.VuetifyTemplate):
    """The row in the browser; ``progress`` below 0 hides the bar.

    What is being typed stays when the page is drawn anew meanwhile.
    """

    template_file = (__file__, "../vue/form.vue")
    name = traitlets.Unicode("form").tag(sync=True)
    fields_json = traitlets.Unicode("[]").tag(sync=True)
    buttons_json = traitlets.Unicode("[]").tag(sync=True)
    progress = traitlets.Float(-1.0).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    changed = traitlets.Callable(None, allow_none=True)
    pressed = traitlets.Callable(None, allow_none=True)

    def vue_change(self, data: Any) -> None:
        """Pass on a choice."""
        if self.changed is not None:
            self.changed(str(data["key"]), data["value"])

    def vue_press(self, key: Any) -> None:
        """Pass on a button."""
        if self.pressed is not None:
            self.pressed(str(key))


def Form(
    fields: Sequence[Field],
    buttons: Sequence[Button] = (),
    *,
    name: str,
    on_change: Callable[[str, Any], None],
    on_press: Callable[[str], None] | None = None,
    progress: float | None = None,
    status: str = "",
    problem: str = "",
) -> reacton.core.ValueElement[Any, Any]:
    """Show choices and buttons.

    Args:
        fields: the choices.
        buttons: what can be done.
        name: mark in the page (``data-test``).
        on_change: called with key and new value of a choice.
        on_press: called with the key of a button.
        progress: share that is done, 0 to 1; None = nothing is going on.
        status: a line under it.
        problem: a line about what went wrong.
    """
    return FormWidget.element(
        name=name,
        fields_json=json.dumps([asdict(field) for field in fields]),
        buttons_json=json.dumps([asdict(button) for button in buttons]),
        progress=-1.0 if progress is None else float(progress),
        status=status,
        problem=told(problem),
        changed=on_change,
        pressed=on_press,
    )

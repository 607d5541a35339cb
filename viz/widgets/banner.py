"""Messages above the page: a link that was not quite right, a run that stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import solara

from viz.words.frame import PROBLEMS

if TYPE_CHECKING:
    from viz.session.state import AppState


def problem_text(state: AppState) -> str:
    """What stopped the run, in a sentence; "" when nothing did."""
    recording = state.recording
    problem = state.session.problem
    if problem is None:
        return ""
    labels = recording.labels
    quarter = labels[problem.quarter] if 0 <= problem.quarter < len(labels) else "the start"
    return PROBLEMS["run"].format(
        quarter=quarter, phase=problem.phase, rule=problem.rule, message=problem.message
    )


@solara.component
def Banner(state: AppState, link_problems: list[str]) -> None:
    """All messages, each closed by its own button where it can be."""
    closed, set_closed = solara.use_state(False)
    text = problem_text(state)
    if text:
        with solara.Div(
            classes=["kh-banner", "kh-problem"],
            attributes={"role": "alert", "data-test": "problem"},
        ):
            solara.HTML("span", escape(text))
    if state.message.value:
        with solara.Div(
            classes=["kh-banner", "kh-problem"],
            attributes={"role": "alert", "data-test": "message"},
        ):
            solara.HTML("span", escape(state.message.value))
    if link_problems and not closed:
        with solara.Div(
            classes=["kh-banner", "kh-problem"], attributes={"role": "alert", "data-test": "link"}
        ):
            words = " ".join(link_problems)
            solara.HTML("span", escape(f"{PROBLEMS['link']}: {words}"))
            solara.Button(
                icon_name="mdi-close",
                icon=True,
                small=True,
                on_click=lambda: set_closed(True),
                attributes={"aria-label": PROBLEMS["dismiss"]},
            )


def escape(text: str) -> str:
    """Text that may stand inside HTML."""
    from html import escape as html_escape

    return html_escape(text)

"""Story: what happened in this world, in plain words, beside the three series that carry it."""

from __future__ import annotations

import html
from functools import partial
from typing import TYPE_CHECKING

import solara

from viz.charts.series import PANELS as SERIES
from viz.charts.series import (
    asked_and_shown,
    panel_frame,
    panel_option,
    timeline_frame,
    timeline_height,
    timeline_option,
)
from viz.pages.live import ask_why
from viz.widgets.chart_card import ChartCard
from viz.widgets.safe import Text
from viz.widgets.shock_menu import own_words
from viz.words import WORDS

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.recording.story_parts import StoryPart
    from viz.session.state import AppState

_SHOWN = ("valuation", "funding", "capex")


@solara.component
def StoryPage(state: AppState) -> None:
    """The story of the recording, with buttons that play it."""
    recording = state.recording
    if recording.quarters_recorded == 0:
        solara.Text(WORDS("story-not-begun"))
        return
    with solara.Div(classes=["kh-two"]):
        with solara.Div():
            if own := own_words(recording.world):
                Text("p", own, classes=["kh-own"])
            solara.HTML(
                "div", unsafe_innerHTML=story_html(recording.story()), classes=["kh-article"]
            )
            words = standing(recording)
            if words:
                Text("p", words, classes=["kh-hint"])
            with solara.Div(classes=["kh-seed"]):
                solara.Button(
                    WORDS("story-play"),
                    icon_name="mdi-play",
                    color="primary",
                    on_click=lambda: play_from_start(state),
                    attributes={"data-test": "play-story"},
                )
                solara.Button(
                    WORDS("story-see-live"), text=True, on_click=lambda: state.tab.set("live")
                )
        with solara.Div(classes=["kh-column"]):
            _charts(state, recording)


def standing(recording: Recording) -> str:
    """Whether the story is whole; "" when it is."""
    if recording.problem is not None:
        return WORDS("story-stopped")
    if recording.is_finished:
        return ""
    return WORDS("story-so-far", quarter=recording.labels[recording.quarters_recorded - 1])


def play_from_start(state: AppState) -> None:
    """Show the same world again, quarter by quarter."""
    with state.batch():
        state.tab.set("live")
        state.session.reset()
        state.session.play()
        state.touch()


def story_html(parts: list[StoryPart]) -> str:
    """The story as HTML: the first part is the headline and the verdict."""
    pieces = []
    for number, part in enumerate(parts):
        tag = "h1" if number == 0 else "h2"
        pieces.append(f"<{tag}>{html.escape(part.title)}</{tag}>")
        style = " class='kh-verdict'" if number == 0 else ""
        if part.is_list:
            items = "".join(f"<li>{html.escape(each)}</li>" for each in part.sentences)
            pieces.append(f"<ul>{items}</ul>")
            continue
        text = " ".join(part.sentences)
        pieces.append(f"<p{style}>{html.escape(text)}</p>")
    return "".join(pieces)


def _charts(state: AppState, recording: Recording) -> None:
    cursor = state.quarter.value
    ChartCard(
        WORDS("live-events-title"),
        timeline_option(recording, state.theme, cursor),
        question=WORDS("live-events-shown"),
        height=timeline_height(recording),
        frame=lambda: timeline_frame(recording),
        on_click=ask_why(state),
        name="events",
    )
    for panel in (each for each in SERIES if each.key in _SHOWN):
        title, shown = asked_and_shown(panel.key)
        ChartCard(
            title,
            panel_option(recording, panel, state.theme, cursor, state.ghost),
            question=shown,
            height="210px",
            frame=partial(panel_frame, recording, panel, state.ghost),
            on_click=ask_why(state),
            name=panel.key,
        )

"""Story: what happened in this world, in plain words, beside the three series that carry it."""

from __future__ import annotations

import html
from functools import partial
from typing import TYPE_CHECKING

import solara

from viz.charts.series import PANELS as SERIES
from viz.charts.series import (
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
from viz.words.about import PLAY_STORY, SEE_LIVE, STORY_NOT_BEGUN, STORY_SO_FAR, STORY_STOPPED
from viz.words.live import EVENTS_SHOWN, EVENTS_TITLE, PANELS

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
        solara.Text(STORY_NOT_BEGUN)
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
                    PLAY_STORY,
                    icon_name="mdi-play",
                    color="primary",
                    on_click=lambda: play_from_start(state),
                    attributes={"data-test": "play-story"},
                )
                solara.Button(SEE_LIVE, text=True, on_click=lambda: state.tab.set("live"))
        with solara.Div(classes=["kh-column"]):
            _charts(state, recording)


def standing(recording: Recording) -> str:
    """Whether the story is whole; "" when it is."""
    if recording.problem is not None:
        return STORY_STOPPED
    if recording.is_finished:
        return ""
    return STORY_SO_FAR.format(quarter=recording.labels[recording.quarters_recorded - 1])


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
        text = " ".join(part.sentences)
        pieces.append(f"<p{style}>{html.escape(text)}</p>")
    return "".join(pieces)


def _charts(state: AppState, recording: Recording) -> None:
    cursor = state.quarter.value
    ChartCard(
        EVENTS_TITLE,
        timeline_option(recording, state.theme, cursor),
        question=EVENTS_SHOWN,
        height=timeline_height(recording),
        frame=lambda: timeline_frame(recording),
        on_click=ask_why(state),
        name="events",
    )
    for panel in (each for each in SERIES if each.key in _SHOWN):
        title, shown = PANELS[panel.key]
        ChartCard(
            title,
            panel_option(recording, panel, state.theme, cursor, state.ghost),
            question=shown,
            height="210px",
            frame=partial(panel_frame, recording, panel, state.ghost),
            on_click=ask_why(state),
            name=panel.key,
        )

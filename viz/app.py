"""The app: composes header, panel, key figures, tabs and the open page; ``page`` is what is served.

``kaartenhuis ui`` opens it, behind the doorkeeper of ``viz.server``.
A new tab is one line in ``PAGES``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import solara
import solara.lab

from runs.problems import nearest
from viz.recording.finished import FINISHED
from viz.session.link import decode, encode
from viz.session.session import Session
from viz.session.state import AppState
from viz.widgets.controls import Controls
from viz.widgets.effects import EffectLine
from viz.widgets.frame import Banner, FrameMark, KeyFigures, TabBar, Tour
from viz.widgets.safe import Guarded, Text
from viz.widgets.why import WhyDrawer
from viz.words import WORDS

PAGES: tuple[tuple[str, str, str], ...] = (
    ("story", "viz.pages.story", "StoryPage"),
    ("live", "viz.pages.live", "LivePage"),
    ("levers", "viz.pages.levers", "LeversPage"),
    ("network", "viz.pages.network", "NetworkPage"),
    ("firms", "viz.pages.firms", "FirmsPage"),
    ("customers", "viz.pages.customers", "CustomersPage"),
    ("ensemble", "viz.pages.ensemble", "EnsemblePage"),
    ("compare", "viz.pages.compare", "ComparePage"),
    ("sweeps", "viz.pages.sweeps", "SweepsPage"),
    ("claims", "viz.pages.claims", "ClaimsPage"),
    ("data", "viz.pages.data", "DataPage"),
    ("about", "viz.pages.about", "AboutPage"),
)
"""Tabs in their order: key (its title is the text ``frame-tab-KEY``), module and component."""

WARM = "KAARTENHUIS_WARM"
"""Environment variable: run the world of the first screen when the server starts."""

AT_ONCE_CUSTOMERS = 20_000
"""A world with more customers is shown while it is run, not after."""

STYLE = Path(__file__).with_name("vue") / "app.css"


def open_page(search: str | None) -> tuple[AppState, list[str]]:
    """The state that an address asks for, and what was wrong with the address.

    Args:
        search: the part of the address after "?"; None or "" = the first screen.
    """
    link, problems = decode(search or "")
    keys = [key for key, _, _ in PAGES]
    if link.tab and link.tab not in keys:
        problems.append(
            WORDS("frame-problem-tab", tab=repr(link.tab), choice=nearest(link.tab, keys))
        )
    is_small = link.world.parameters.enterprise.customers <= AT_ONCE_CUSTOMERS
    session = Session(link.world) if is_small else Session()
    state = AppState(session, tab=link.tab if link.tab in keys else keys[0])
    if not is_small:
        state.open_world(link.world, tab=state.tab.peek(), quarter=link.quarter)
    elif link.quarter is not None:
        session.seek(link.quarter)
    return state, problems


def component_of(key: str) -> Callable[[AppState], Any]:
    """The component of a tab; its module is imported when the tab is first opened."""
    module, name = next((module, name) for each, module, name in PAGES if each == key)
    found: Callable[[AppState], Any] = getattr(import_module(module), name)
    return found


def address(state: AppState) -> str:
    """The query that restores what is shown: world, quarter and tab."""
    recording = state.recording
    quarter, tab = state.quarter.value, state.tab.value
    is_whole = recording.is_finished or recording.problem is not None or state.session.is_busy
    is_last = is_whole and quarter >= recording.quarters_recorded - 1
    return encode(recording.world, None if is_last else quarter, "" if tab == PAGES[0][0] else tab)


@solara.component
def Header(state: AppState, on_tour: Callable[[], None]) -> None:
    """Name, link and theme."""
    from viz.widgets.take_away import CopyLink

    with solara.Div(classes=["kh-head"]):
        Text("div", WORDS("frame-name"), classes=["kh-name"])
        own = state.recording.world.own_model
        subtitle = WORDS("frame-subtitle")
        Text("div", f"{subtitle} ({own.name})" if own else subtitle, classes=["kh-sub"])
        solara.Div(classes=["kh-gap"])
        solara.Button(WORDS("controls-tour"), text=True, small=True, on_click=on_tour)
        CopyLink()
        solara.Button(
            icon_name="mdi-theme-light-dark",
            icon=True,
            small=True,
            on_click=lambda: state.is_dark.set(not state.is_dark.peek()),
            attributes={"aria-label": WORDS("controls-theme"), "data-test": "theme"},
        )


@solara.component
def Tabs(state: AppState) -> None:
    """The tab bar and the page of the open tab, and of that one only."""
    import json

    keys = [each for each, _, _ in PAGES]
    key = state.tab.value if state.tab.value in keys else keys[0]
    TabBar.element(
        tabs_json=json.dumps([[each, WORDS(f"frame-tab-{each}")] for each, _, _ in PAGES]),
        active=key,
        opened=state.tab.set,
    )
    with solara.Div(classes=["kh-open-tab"], attributes={"role": "tabpanel", "data-tab": key}):
        Guarded(component_of(key), state).key(key)


@solara.component
def Frame(state: AppState) -> None:
    """Confirms drawn frames and keeps the address in step, but for the quarters while it plays."""
    settled = solara.use_ref(None)
    at = (state.recording.world, state.tab.value)
    is_settled = not state.session.is_playing or at != settled.current
    settled.current = at

    def dress(is_dark: bool) -> None:
        state.is_dark.set(is_dark)

    solara.use_effect(
        lambda: setattr(solara.lab.theme, "dark", state.is_dark.value), [state.is_dark.value]
    )
    FrameMark.element(
        page_title=WORDS("frame-name"),
        frame=state.version.value,
        search=address(state),
        is_settled=is_settled,
        is_dark=state.is_dark.value,
        confirmed=state.session.confirm,
        dressed=dress,
    )


@solara.component
def Page() -> None:
    """The page of one visitor; a sentence when it cannot be drawn."""
    Guarded(Whole)


@solara.component
def Whole() -> None:
    """The whole page."""
    router = solara.use_router()
    state, problems = solara.use_memo(lambda: open_page(router.search), [])
    solara.use_effect(lambda: state.close, [])
    state.attach()
    tours, set_tours = solara.use_state(0)
    solara.Style(STYLE)
    with solara.Div(classes=["kh-app"]):
        Header(state, lambda: set_tours(tours + 1))
        Tour(state, tours)
        Banner(state, problems)
        with solara.Div(classes=["kh-body"]):
            Controls(state)
            with solara.Div(classes=["kh-main"]):
                KeyFigures(state)
                EffectLine(state)
                Tabs(state)
        WhyDrawer(state)
        Frame(state)


@solara.component
def Layout(children: list[Any] = []) -> None:  # noqa: B006 - Solara's signature
    """No frame of Solara's around the page."""
    solara.Div(children=children)


def warm() -> None:
    """Run the world of the first screen, so that the first visitor need not wait for it."""
    from viz.world.worlds import World

    FINISHED.finish(World()).story()


if os.environ.get(WARM):
    warm()
page = Page()

"""Claims: one line for each with its verdict, the answer on a click, and its world."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import ipyvuetify
import solara
import traitlets

from runs.problems import UserProblem
from viz.jobs.claims_run import ClaimsRun, claims_run
from viz.session.work import Work, use_work
from viz.widgets.form import Button, Field, Form
from viz.widgets.safe import Text
from viz.words import WORDS
from viz.world.claims_view import (
    ClaimsView,
    detail_html,
    from_catalogue,
    from_report,
    lines,
    shown_by,
)
from viz.world.folders import FolderProblem, Found, chosen_folder, confined, found_folders
from viz.world.worlds import WorldProblem

if TYPE_CHECKING:
    from viz.session.state import AppState


COMMAND = "kaartenhuis claims -o {folder}/claims"


class ClaimsWidget(ipyvuetify.VuetifyTemplate):
    """The list of claims, one of them open; ``detail`` is HTML made of escaped texts."""

    template_file = (__file__, "../vue/claims.vue")
    lines_json = traitlets.Unicode("[]").tag(sync=True)
    open_id = traitlets.Unicode("").tag(sync=True)
    detail = traitlets.Unicode("").tag(sync=True)
    show_label = traitlets.Unicode("").tag(sync=True)
    opened = traitlets.Callable(None, allow_none=True)
    shown = traitlets.Callable(None, allow_none=True)

    def vue_open_claim(self, claim_id: object) -> None:
        """Open a claim; "" closes it."""
        if self.opened is not None:
            self.opened(str(claim_id))

    def vue_show_me(self, claim_id: object) -> None:
        """Open the world of a claim."""
        if self.shown is not None:
            self.shown(str(claim_id))


@solara.component
def ClaimsPage(state: AppState) -> None:
    """Which report, how far the next one is, and the claims."""
    work = use_work(state)
    found = found_folders("claims")
    name = work.choice("report", [each.name for each in found], latest(found))
    view, trouble = read_view(name)
    run = claims_run(chosen_folder())
    solara.use_effect(partial(follow, work, run, run.news), [run])
    with solara.Div(classes=["kh-column"]):
        solara.HTML(
            "div",
            unsafe_innerHTML=f"<h2>{WORDS('claims-title')}</h2><p>{WORDS('claims-intro')}</p>",
            classes=["kh-intro"],
        )
        if view.summary:
            Text("p", view.summary, classes=["kh-summary"])
        else:
            command = COMMAND.format(folder=chosen_folder().name)
            Text("p", WORDS("claims-no-report", command=command), classes=["kh-empty"])
        _form(work, run, found, name, trouble)
        if not view.claims:
            Text("p", WORDS("claims-empty-catalogue"), classes=["kh-empty"])
            return
        chosen = view.find(str(work.choices.get("claim", "")))
        ClaimsWidget.element(
            lines_json=json.dumps(lines(view)),
            show_label=WORDS("claims-show-me"),
            open_id=str(chosen["id"]) if chosen else "",
            detail=detail_html(view, chosen) if chosen else "",
            opened=partial(work.choose, "claim"),
            shown=partial(show_me, state, work, view),
        )


def latest(found: list[Found]) -> str:
    """The report that is shown first: a full one before a quick one."""
    names = [each.name for each in found]
    full = [name for name in names if not name.endswith("quick")]
    return (full or names or [""])[0]


def read_view(name: str) -> tuple[ClaimsView, str]:
    """The claims of a report, or of the catalogue, and what was wrong with the report."""
    if name:
        try:
            return from_report(confined(name), name), ""
        except (FolderProblem, UserProblem) as error:
            return from_catalogue(), WORDS("claims-not-read", folder=name, reason=str(error))
        except (LookupError, TypeError, ValueError, AttributeError) as error:  # not of its form
            reason = WORDS("claims-malformed", kind=type(error).__name__)
            return from_catalogue(), WORDS("claims-not-read", folder=name, reason=reason)
    return from_catalogue(), ""


def follow(work: Work, run: ClaimsRun, seen: int) -> Callable[[], None]:
    """Have the page drawn again at each news of a run, whoever began it, until the page is left.

    Args:
        work: of the visitor.
        run: the run that all visitors share.
        seen: its number of news when the page was drawn; newer news have it drawn at once.
    """
    stop = run.listen(work.touch)
    if run.news != seen:
        work.touch()
    return stop


def _form(work: Work, run: ClaimsRun, found: list[Found], name: str, trouble: str) -> None:
    fields = []
    if len(found) > 1:
        options = [(each.name, each.name) for each in found]
        fields.append(Field("report", WORDS("claims-choice"), "select", name, options))
    buttons = [
        Button("make", WORDS("claims-make"), primary=not found, disabled=run.is_running),
        Button("cancel-claims", WORDS("claims-cancel"), disabled=not run.is_running),
        Button("refresh", WORDS("claims-refresh")),
    ]
    said = str(work.choices.get("claims_problem", ""))
    Form(
        fields,
        buttons,
        name="claims-form",
        on_change=work.choose,
        on_press=partial(press, work, run),
        progress=run.progress if run.is_running else None,
        status=status(run),
        problem=trouble
        or said
        or (WORDS("claims-failed", reason=run.problem) if run.problem else ""),
    )


def press(work: Work, run: ClaimsRun, key: str) -> None:
    """What the buttons do."""
    work.choices["claims_problem"] = ""
    if key == "make":
        run.start()
    elif key == "cancel-claims":
        run.cancel()
    work.touch()


def status(run: ClaimsRun) -> str:
    """How far a report is, in a line."""
    if run.status == "running" and run.total:
        return WORDS("claims-running", text=run.text, done=run.done, total=run.total)
    texts = {
        "running": WORDS("claims-starting"),
        "cancelled": WORDS("claims-cancelled"),
        "finished": WORDS("claims-done"),
    }
    return texts.get(run.status, "")


def show_me(state: AppState, work: Work, view: ClaimsView, claim_id: str) -> None:
    """Open the world of a claim; a reason is shown when that is not possible."""
    claim = view.find(claim_id)
    if claim is None:
        return
    try:
        shown = shown_by(claim)
        work.choices.pop("worlds", None)  # Compare begins with this world and the reference
        state.open_world(shown.world, tab=shown.tab, quarter=shown.quarter)
    except (WorldProblem, ValueError) as error:
        work.choose(
            "claims_problem", WORDS("claims-show-problem", claim=claim_id, reason=str(error))
        )

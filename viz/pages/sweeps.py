"""Sweeps: a stored sweep as a curve or a map; a click opens the run behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import solara

from viz.charts.sweeps import cells_frame, clicked_run, heat_option, response_option
from viz.session.work import Work, use_work
from viz.widgets.chart_card import ChartCard
from viz.widgets.form import Button, Field, Form
from viz.widgets.safe import Text
from viz.words import WORDS
from viz.world.folders import FolderProblem, Found, chosen_folder, confined, found_folders
from viz.world.sweep_view import Label, SweepView, ViewProblem, output_label, parameter_label
from viz.world.worlds import WorldProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from market.parameters.world import MarketParameters
    from viz.session.state import AppState
    from viz.world.sweep_view import Cell


COMMAND = "kaartenhuis sweep debt-by-dependence -o {folder}/debt -j 2"


@dataclass(frozen=True)
class Choice:
    """What is looked at: a sweep, an output, one or two parameters ("" = one only), an arm."""

    output: str
    first: str
    second: str
    arm: str


@solara.component
def SweepsPage(state: AppState) -> None:
    """Choices and the chart."""
    work = use_work(state)
    with solara.Div(classes=["kh-column"]):
        solara.HTML(
            "div",
            unsafe_innerHTML=f"<h2>{WORDS('sweeps-title')}</h2><p>{WORDS('sweeps-intro')}</p>",
            classes=["kh-intro"],
        )
        found = found_folders("sweep")
        if not found:
            command = COMMAND.format(folder=chosen_folder().name)
            Text(
                "p",
                WORDS("sweeps-nothing", command=command, refresh=WORDS("sweeps-refresh")),
                classes=["kh-empty"],
            )
            Form(
                [],
                [refresh_button()],
                name="sweeps-form",
                on_change=work.choose,
                on_press=lambda _key: work.touch(),
            )
            return
        name = work.choice("sweep", [each.name for each in found], found[0].name)
        _sweep(state, work, found, name)


def refresh_button() -> Button:
    """The button that looks into the folder again."""
    return Button("refresh", WORDS("sweeps-refresh"))


def _sweep(state: AppState, work: Work, found: list[Found], name: str) -> None:
    entry = next(each for each in found if each.name == name)
    try:
        folder = confined(name)
        view = opened(folder, stamp(folder))
    except (FolderProblem, ViewProblem) as error:
        _form(work, found, name, [], problem=str(error))
        return
    trouble = empty_reason(view, entry)
    if trouble:
        _form(work, found, name, [], problem=trouble)
        return
    choice = chosen(work, view)
    world = any_world(view)
    given = partial(label_of, view, world)
    fields = choice_fields(view, choice, given)
    counts = ", ".join(f"{n:,} {status}" for status, n in sorted(view.statuses.items()))
    description = str(view.manifest["spec"].get("description", ""))
    status = WORDS(
        "sweeps-status", runs=f"{len(view.frame):,}", statuses=counts, description=description
    )
    problem = str(work.choices.get("sweep_problem", ""))
    _form(work, found, name, fields, status=status, problem=problem)
    _chart(state, work, view, choice, folder)


def _form(
    work: Work,
    found: list[Found],
    name: str,
    fields: list[Field],
    *,
    status: str = "",
    problem: str = "",
) -> None:
    options = [(each.name, f"{each.title} ({each.runs:,})") for each in found]

    def change(key: str, value: Any) -> None:
        work.choices["sweep_problem"] = ""
        work.choose(key, value)

    Form(
        [Field("sweep", WORDS("sweeps-folder"), "select", name, options), *fields],
        [refresh_button()],
        name="sweeps-form",
        on_change=change,
        on_press=lambda _key: work.touch(),
        status=status,
        problem=problem,
    )


def stamp(folder: Path) -> tuple[int, int]:
    """Changes when runs are added to a sweep."""
    journal = folder / "parts.jsonl"
    if not journal.is_file():
        return 0, 0
    state = journal.stat()
    return state.st_size, state.st_mtime_ns


@lru_cache(maxsize=4)
def opened(folder: Path, _stamp: tuple[int, int]) -> SweepView:
    """A sweep, read again only when something was added to it."""
    return SweepView.open(folder)


def empty_reason(view: SweepView, entry: Found) -> str:
    """Why there is nothing to draw; "" when there is."""
    if view.frame.empty:
        return WORDS("sweeps-empty", status=entry.status, refresh=WORDS("sweeps-refresh"))
    if not view.outputs:
        return WORDS("sweeps-no-numbers")
    return "" if view.varied else WORDS("sweeps-no-varied")


def chosen(work: Work, view: SweepView) -> Choice:
    """What the visitor picked, as far as this sweep has it; else the first of each."""
    output = work.choice("output", view.outputs, view.outputs[0])
    first = work.choice("first", view.varied, view.varied[0])
    others = [name for name in view.varied if name != first]
    second = work.choice("second", ["", *others], others[0] if others else "")
    return Choice(output, first, second, work.choice("arm", view.arms, view.arms[0]))


def any_world(view: SweepView) -> MarketParameters | None:
    """A world of the sweep, for the names of its firms; None when the app does not know it."""
    try:
        return view.world(
            int(view.frame.loc[view.frame["status"] == "ok", "run_id"].iloc[0])
        ).parameters
    except (ViewProblem, WorldProblem, IndexError):
        return None


def label_of(view: SweepView, world: MarketParameters | None, name: str) -> Label:
    """Name and unit of an output or a varied parameter."""
    values = view.frame[name].dropna().tolist()
    if name in view.varied:
        return parameter_label(name, world, values)
    return output_label(name, world, values, view.is_flag(name))


def choice_fields(view: SweepView, choice: Choice, given: Any) -> list[Field]:
    """Fields for output, parameters and arm; those without a choice are left out."""
    outputs = [(name, given(name).text) for name in view.outputs]
    varied = [(name, given(name).text) for name in view.varied]
    fields = [
        Field("output", WORDS("sweeps-output-choice"), "select", choice.output, outputs),
        Field("first", WORDS("sweeps-first"), "select", choice.first, varied),
    ]
    if len(varied) > 1:
        others = [("", WORDS("sweeps-none")), *(each for each in varied if each[0] != choice.first)]
        fields.append(Field("second", WORDS("sweeps-second"), "select", choice.second, others))
    if len(view.arms) > 1:
        arms = [(arm, arm) for arm in view.arms]
        fields.append(Field("arm", WORDS("sweeps-arm"), "select", choice.arm, arms))
    return fields


def _chart(state: AppState, work: Work, view: SweepView, choice: Choice, folder: Path) -> None:
    given = partial(label_of, view, any_world(view))
    output, first = given(choice.output), given(choice.first)
    parameters = [choice.first, *([choice.second] if choice.second else [])]
    cells = view.cells(choice.output, parameters, choice.arm)
    on_click = partial(open_run, state, work, view, folder)
    frame = partial(cells_frame, cells, parameters, choice.output)
    unit = output.unit or "1"
    if choice.second:
        second = given(choice.second)
        ChartCard(
            WORDS("sweeps-heat"),
            heat_option(cells, (first, second, output), state.theme),
            question=WORDS(
                "sweeps-heat-q",
                output=output.text,
                unit=unit,
                first=first.text,
                second=second.text,
            ),
            height="460px",
            frame=frame,
            on_click=on_click,
            note=f"{WORDS('sweeps-heat-note')} {partial_note(cells, None)}".rstrip(),
            name="sweep-heat",
        ).key("heat")
        return
    points = view.points(choice.output, parameters, choice.arm)
    ChartCard(
        WORDS("sweeps-response"),
        response_option(points, choice.first, cells, (first, output), state.theme),
        question=WORDS("sweeps-response-q", output=output.text, unit=unit, parameter=first.text),
        height="420px",
        frame=frame,
        on_click=on_click,
        note=f"{WORDS('sweeps-response-note')} {partial_note(cells, first)}".rstrip(),
        name="sweep-response",
    ).key("response")


def partial_note(cells: Sequence[Cell], given: Label | None) -> str:
    """Which means are not of all runs; "" when every run has a value.

    Args:
        cells: means.
        given: label of the only parameter of a curve; None for a map, whose cells say it.
    """
    some = [cell for cell in cells if cell.is_partial]
    if not some:
        return ""
    if given is None:
        return WORDS("sweeps-partial-map", no_run=WORDS("sweeps-no-run"))
    parts = [
        WORDS(
            "sweeps-partial-point" if cell.runs else "sweeps-no-point",
            runs=cell.runs,
            total=cell.total,
            value=given.word(cell.values[0]),
        )
        for cell in some
    ]
    return WORDS("sweeps-partial-curve", parts=", ".join(parts))


def open_run(
    state: AppState, work: Work, view: SweepView, folder: Path, data: dict[str, Any]
) -> None:
    """Open the run behind a clicked dot or cell; a reason is shown when that is not possible."""
    run = clicked_run(data)
    if run is None:
        return
    try:
        state.open_world(view.world(run, folder), tab="live")
    except (ViewProblem, WorldProblem) as error:
        work.choose("sweep_problem", str(error))
        return
    work.choices["sweep_problem"] = ""

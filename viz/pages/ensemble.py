"""Ensemble: the same world again and again with other seeds, in the background."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import solara

from viz.charts.ensembles import FANS, chance_frame, chance_option, fan_option, first_option
from viz.jobs.ensemble_job import MAX_REPLICATES, MIN_REPLICATES, EnsembleJob, TooManyRuns
from viz.session.work import Work, use_work, work_of
from viz.widgets.chart_card import ChartCard
from viz.widgets.form import Button, Field, Form
from viz.widgets.safe import Text
from viz.words import WORDS
from viz.world.ensembles import EVENTS, NOBODY
from viz.world.worlds import World, WorldProblem

if TYPE_CHECKING:
    from viz.session.state import AppState
    from viz.world.ensembles import Ensemble

DEFAULT_RUNS, ENOUGH, SECONDS_PER_RUN = 40, 20, 0.1


@solara.component
def EnsemblePage(state: AppState) -> None:
    """Choices, progress, and the charts of the runs that are done."""
    work = use_work(state)
    with work.drawing(), solara.Div(classes=["kh-column"]):
        solara.HTML(
            "div",
            unsafe_innerHTML=f"<h2>{WORDS('ensemble-title')}</h2><p>{WORDS('ensemble-intro')}</p>",
            classes=["kh-intro"],
        )
        _form(state, work)
        job = work.ensemble
        if job is None or job.done == 0:
            runs = work.choices.get("runs", DEFAULT_RUNS)
            seconds = max(2, round(runs * SECONDS_PER_RUN))
            Text("p", WORDS("ensemble-empty", number=runs, seconds=seconds), classes=["kh-empty"])
            return
        _charts(state, work, job.ensemble)
        Text("p", WORDS("ensemble-footnote"), classes=["kh-hint"])


def _form(state: AppState, work: Work) -> None:
    job = work.ensemble
    is_running = job is not None and job.is_running
    runs = work.choices.get("runs", DEFAULT_RUNS)
    bounds = (MIN_REPLICATES, MAX_REPLICATES)
    field = Field(
        "runs", WORDS("ensemble-number"), "number", runs, (), *bounds, disabled=is_running
    )
    buttons = [
        Button(
            "start",
            WORDS("ensemble-start") if job is None else WORDS("ensemble-again"),
            primary=True,
            disabled=is_running,
        ),
        Button("cancel", WORDS("ensemble-cancel"), disabled=not is_running),
    ]

    def press(key: str) -> None:
        if key == "start":
            start(state, work)
        elif work.ensemble is not None:
            work.ensemble.cancel()

    Form(
        [field],
        buttons,
        name="ensemble-form",
        on_change=work.choose,
        on_press=press,
        progress=None if job is None else job.done / job.total,
        status=status(work, state.recording.world),
        problem=work.choices.get("ensemble_problem", ""),
    )


def start(state: AppState, work: Work) -> None:
    """Begin an ensemble of the world that is shown; the one before is stopped."""
    if work.ensemble is not None:
        work.ensemble.cancel()
    world = state.recording.world
    work.choices["ensemble_problem"] = ""
    try:
        runs = int(work.choices.get("runs", DEFAULT_RUNS))
        job = EnsembleJob(world.parameters, runs, own_model=world.own_model, on_change=work.report)
    except (TooManyRuns, WorldProblem) as error:
        work.choose("ensemble_problem", str(error))
        return
    work.ensemble, work.ensemble_world = job, world
    job.start()
    work.touch()


def status(work: Work, shown: World) -> str:
    """How far the ensemble is and what it is of, in a line; "" before the first."""
    job, world = work.ensemble, work.ensemble_world
    if job is None or world is None:
        return ""
    if job.status == "running":
        parts = [WORDS("ensemble-running", done=job.done, total=job.total)]
    elif job.status == "cancelled":
        parts = [WORDS("ensemble-cancelled", runs=job.done - job.failed)]
    else:
        extra = WORDS("ensemble-changed") if world.changes or world.shocks else ""
        runs = job.done - job.failed
        parts = [WORDS("ensemble-finished", runs=runs, world=world.scenario, changes=extra)]
    if job.failed or job.status == "failed":
        parts.append(WORDS("ensemble-some-failed", failed=job.failed, problem=job.problem))
    if not job.is_running and job.done < ENOUGH:
        parts.append(WORDS("ensemble-few"))
    if not _is_same(world, shown):
        parts.append(WORDS("ensemble-elsewhere"))
    return " ".join(parts)


def _is_same(one: World, other: World) -> bool:
    """Whether two worlds differ by their seed at most."""
    return (one.scenario, one.changes, one.shocks) == (other.scenario, other.changes, other.shocks)


def summary(ensemble: Ensemble) -> str:
    """The chances of the last quarter in a sentence."""
    parts = []
    for event in EVENTS:
        last = ensemble.chance(event).iloc[-1]
        share, low, high = (f"{100 * float(last[name]):.0f}%" for name in ("share", "low", "high"))
        parts.append(
            WORDS(
                "ensemble-summary-chance",
                event=WORDS(f"ensemble-event-{event}"),
                share=share,
                low=low,
                high=high,
            )
        )
    text = WORDS("ensemble-summary", quarter=ensemble.labels[-1], parts="; ".join(parts))
    return text[0].upper() + text[1:]


def _charts(state: AppState, work: Work, ensemble: Ensemble) -> None:
    theme, world = state.theme, work.ensemble_world
    if not ensemble.members or world is None:
        return
    recording = state.recording
    is_same = _is_same(world, recording.world)
    Text("p", summary(ensemble), classes=["kh-summary"])
    with solara.Div(classes=["kh-grid"]):
        ChartCard(
            WORDS("ensemble-chance-title"),
            chance_option(ensemble, theme),
            question=WORDS("ensemble-chance-question"),
            height="270px",
            frame=partial(chance_frame, ensemble),
            name="ensemble-chance",
        )
        ChartCard(
            WORDS("ensemble-first-title"),
            first_option(ensemble, theme),
            question=WORDS("ensemble-first-question"),
            height="270px",
            frame=ensemble.first_failures,
            on_click=partial(open_first, state, ensemble, world),
            note=WORDS("ensemble-pick-note"),
            name="ensemble-first",
        )
        for name, scale in FANS.items():
            own = recording.series(name) if is_same else None
            ChartCard(
                WORDS(f"ensemble-fan-{name}-title"),
                fan_option(ensemble, name, theme, own),
                question=f"{WORDS(f'ensemble-fan-{name}-shown')}, {scale.unit}",
                height="240px",
                frame=partial(ensemble.band, name),
                name=f"ensemble-{name}",
            )


def open_first(state: AppState, ensemble: Ensemble, world: World, data: dict[str, Any]) -> None:
    """Open a run in which the firm of a clicked bar failed first."""
    item = data.get("data")
    if not isinstance(item, dict) or "key" not in item:
        return
    key = item["key"]
    for member in ensemble.members:
        if (member.first_default or NOBODY) == key:
            seeded = World(world.scenario, world.changes, member.seed, world.shocks)
            try:
                state.open_world(seeded, tab="live")
            except WorldProblem as error:
                work_of(state).choose("ensemble_problem", str(error))
            return

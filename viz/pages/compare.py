"""Compare: worlds side by side, run by run with the same seeds."""

from __future__ import annotations

import html
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import solara

from viz.charts.ensembles import LINES, gap_frame, gap_option, lines_frame, lines_option
from viz.jobs.ensemble_job import MIN_REPLICATES, EnsembleJob, TooManyRuns
from viz.session.work import Work, use_work
from viz.widgets.chart_card import ChartCard
from viz.widgets.form import Button, Field, Form
from viz.widgets.safe import Text
from viz.words import WORDS, texts_by_key
from viz.world.ensembles import Comparison
from viz.world.outcomes import GROUPS, Outcome, PairEffect, effect_of, level, outcomes_of
from viz.world.worlds import World, WorldProblem, before, scenarios

if TYPE_CHECKING:
    from viz.session.state import AppState

DEFAULT_RUNS, MAX_RUNS, MAX_WORLDS = 20, 200, 4
HERE_KEY, BEFORE_KEY = "here", "before"


@solara.component
def ComparePage(state: AppState) -> None:
    """Choice of worlds, progress, table of differences, lines."""
    work = use_work(state)
    with work.drawing(), solara.Div(classes=["kh-column"]):
        solara.HTML(
            "div",
            unsafe_innerHTML=f"<h2>{WORDS('compare-title')}</h2><p>{WORDS('compare-intro')}</p>",
            classes=["kh-intro"],
        )
        _form(state, work)
        if not work.comparison:
            Text("p", WORDS("compare-empty", start=WORDS("compare-start")), classes=["kh-empty"])
            return
        comparison = Comparison(
            work.compared, tuple(job.ensemble for job in work.comparison)
        ).paired()
        if comparison.runs < 2:
            Text("p", WORDS("compare-no-pair"), classes=["kh-empty"])
            return
        _results(state, work, comparison)


def options(state: AppState) -> list[tuple[str, str, str]]:
    """Worlds that can be picked: the shipped ones, and the one that is shown when it differs.

    What is compared is measured against the first: the world before the change stands before all.
    """
    found = [(name, name, meaning) for name, meaning in scenarios()]
    world = state.recording.world
    calm = before(world)
    if calm is None:
        return found
    if calm.changes:
        found.insert(0, (BEFORE_KEY, WORDS("compare-before"), ""))
    return [*found, (HERE_KEY, WORDS("compare-here"), "")]


def picked(state: AppState, work: Work) -> list[str]:
    """Keys of the worlds that are ticked, in the order of the options."""
    keys = [key for key, _, _ in options(state)]
    chosen = work.choices.get("worlds", _first_choice(state, keys))
    return [key for key in keys if key in chosen]


def _first_choice(state: AppState, keys: list[str]) -> list[str]:
    """The world before the change and the one that is shown; beside the reference "no-circle"."""
    name = state.recording.world.scenario
    if HERE_KEY in keys:
        return [BEFORE_KEY if BEFORE_KEY in keys else name, HERE_KEY]
    return ["reference", name if name != "reference" else "no-circle"]


def world_of(state: AppState, key: str) -> tuple[str, World]:
    """Name and world of an option."""
    shown = state.recording.world
    if key == HERE_KEY:
        return WORDS("compare-here"), shown
    if key == BEFORE_KEY:
        return WORDS("compare-before"), before(shown) or shown
    return key, World(key)


def _form(state: AppState, work: Work) -> None:
    jobs = work.comparison
    is_running = any(job.is_running for job in jobs)
    chosen = picked(state, work)
    fields = [
        Field(
            "worlds", WORDS("compare-pick"), "checks", chosen, options(state), disabled=is_running
        ),
        Field(
            "compare_runs",
            WORDS("compare-number"),
            "number",
            work.choices.get("compare_runs", DEFAULT_RUNS),
            low=MIN_REPLICATES,
            high=MAX_RUNS,
            disabled=is_running,
        ),
        Field(
            "compare_group",
            WORDS("compare-outcomes"),
            "select",
            group_of(work),
            list(texts_by_key("effects-group", GROUPS).items()),
        ),
    ]
    buttons = [
        Button(
            "compare", WORDS("compare-start"), primary=True, disabled=is_running or len(chosen) < 2
        ),
        Button("cancel-compare", WORDS("compare-cancel"), disabled=not is_running),
    ]
    total = sum(job.total for job in jobs)
    Form(
        fields,
        buttons,
        name="compare-form",
        on_change=work.choose,
        on_press=lambda key: start(state, work) if key == "compare" else cancel(work),
        progress=sum(job.done for job in jobs) / total if total else None,
        status=status(work),
        problem=problem(work, chosen),
    )


def group_of(work: Work) -> str:
    """The group of outcomes that is shown."""
    found: str = work.choice("compare_group", GROUPS, GROUPS[0])
    return found


def problem(work: Work, chosen: list[str]) -> str:
    """What keeps the choice from being compared as it is; "" for nothing."""
    if len(chosen) < 2:
        return WORDS("compare-too-few")
    if len(chosen) > MAX_WORLDS:
        return WORDS("compare-too-many", number=MAX_WORLDS)
    said: str = work.choices.get("compare_problem", "")
    return said or next((job.problem for job in work.comparison if job.problem), "")


def start(state: AppState, work: Work) -> None:
    """Begin to compare the picked worlds; what went on before is stopped."""
    cancel(work)
    keys = picked(state, work)[:MAX_WORLDS]
    found = [world_of(state, key) for key in keys]
    names, worlds = tuple(name for name, _ in found), tuple(world for _, world in found)
    work.choices["compare_problem"] = ""
    try:
        runs = int(work.choices.get("compare_runs", DEFAULT_RUNS))
        jobs = tuple(
            EnsembleJob(w.parameters, runs, own_model=w.own_model, on_change=work.report)
            for w in worlds
        )
    except (TooManyRuns, WorldProblem) as error:
        work.choose("compare_problem", str(error))
        return
    work.compared, work.worlds, work.comparison = names, worlds, jobs
    for job in jobs:
        job.start()
    work.touch()


def cancel(work: Work) -> None:
    """Stop comparing; what is done stays."""
    for job in work.comparison:
        job.cancel()


def status(work: Work) -> str:
    """How far it is, in a line."""
    jobs = work.comparison
    if not jobs:
        return ""
    done, total = sum(job.done for job in jobs), sum(job.total for job in jobs)
    if any(job.is_running for job in jobs):
        return WORDS("compare-running", done=done, total=total)
    is_cancelled = any(job.status == "cancelled" for job in jobs)
    runs = min(job.done - job.failed for job in jobs)
    return WORDS("compare-cancelled" if is_cancelled else "compare-finished", runs=runs)


def _results(state: AppState, work: Work, comparison: Comparison) -> None:
    theme = state.theme
    solara.HTML(
        "div",
        unsafe_innerHTML=table_html(comparison, group_of(work)),
        classes=["kh-card", "kh-scroll"],
    )
    with solara.Div(classes=["kh-grid"]):
        for name, scale in LINES.items():
            ChartCard(
                WORDS(f"compare-line-{name}-title"),
                lines_option(comparison, name, theme),
                question=f"{WORDS(f'compare-line-{name}-shown')}, {scale.unit}",
                height="250px",
                frame=partial(lines_frame, comparison, name),
                name=f"compare-{name}",
            )
        ChartCard(
            WORDS("compare-difference-title"),
            gap_option(comparison, "capex_usd", theme),
            question=WORDS("compare-difference-question"),
            height="250px",
            frame=partial(gap_frame, comparison, "capex_usd"),
            name="compare-difference",
        )


def table_html(comparison: Comparison, group: str) -> str:
    """Table of a group's outcomes: the yardstick's mean, then each world's mean and difference."""
    base = html.escape(comparison.names[0])
    others = range(1, len(comparison.names))
    head = "".join(f"<th>{html.escape(comparison.names[n])}</th>" for n in others)
    rows = []
    for outcome in outcomes_of(comparison.ensembles[0].parameters):
        if outcome.group != group or is_quiet(comparison, outcome):
            continue
        mean = number(level(comparison, outcome, 0).mean)
        title = html.escape(outcome.title)
        cells = f"<td>{title} <em>{outcome.unit_words}</em></td><td>{mean}</td>"
        for world in others:
            cells += f"<td>{world_cell(comparison, outcome, world)}</td>"
        rows.append(f"<tr data-outcome='{html.escape(outcome.key)}'>{cells}</tr>")
    first, second = WORDS("compare-outcome"), WORDS("compare-base", world=base)
    columns = f"<tr><th>{first}</th><th>{second}</th>{head}</tr>"
    return (
        f"<h3 class='kh-card-title'>{WORDS('compare-table-title')}</h3>"
        f"<table class='kh-table' data-test='compare-table'><thead>{columns}</thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
        f"<p class='kh-hint'>{WORDS('compare-table-note', base=base)}</p>{lengths_html(comparison)}"
    )


def is_quiet(comparison: Comparison, outcome: Outcome) -> bool:
    """Whether a firm fails in no run of any world: its row would say nothing."""
    if outcome.group != "failures":
        return False
    worlds = range(len(comparison.names))
    return not any(level(comparison, outcome, world).mean > 0 for world in worlds)


def world_cell(comparison: Comparison, outcome: Outcome, world: int) -> str:
    """Mean of a world and its difference to the yardstick, coloured where that is no chance."""
    own, effect = level(comparison, outcome, world), effect_of(comparison, outcome, world)
    return f"{number(own.mean)} {difference_words(effect)}"


def lengths_html(comparison: Comparison) -> str:
    """A warning that the worlds run for different times, and up to when they are measured."""
    if not comparison.has_lengths:
        return ""
    lengths = ", ".join(
        WORDS("compare-length", world=html.escape(name), quarters=ensemble.parameters.quarters)
        for name, ensemble in zip(comparison.names, comparison.ensembles, strict=True)
    )
    label = comparison.measured[0].labels[-1]
    words = WORDS("compare-lengths-note", lengths=lengths, label=label)
    return f"<p class='kh-hint' data-test='compare-lengths'><b>{words}</b></p>"


def number(value: float) -> str:
    """A number with about three digits."""
    if isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def signed(value: float) -> str:
    """A difference with its sign and about three digits."""
    text = f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+,.1f}"
    return "0" if text in ("+0.0", "-0.0") else text


def difference_words(effect: PairEffect) -> str:
    """A difference with its interval; bold when that excludes zero, else "may be chance"."""
    gap = effect.gap
    if effect.verdict == "none":
        return ""
    if effect.verdict == "same":
        return f"<em>({WORDS('compare-same')})</em>"
    if effect.verdict == "few":
        return f"<em>({WORDS('compare-few', gap=signed(gap.mean))})</em>"
    is_clear = effect.verdict != "chance"
    shown = f"<b>{signed(gap.mean)}</b>" if is_clear else signed(gap.mean)
    words = WORDS(
        "compare-gap" if is_clear else "compare-gap-chance",
        gap=shown,
        low=signed(gap.low),
        high=signed(gap.high),
    )
    return f"<em class='kh-{effect.tone or 'plain'}'>({words})</em>"

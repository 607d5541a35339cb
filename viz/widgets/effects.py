"""What the change of a visitor does, over pairs of worlds: a line for every page, and a card."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from math import floor, isnan, log10
from typing import TYPE_CHECKING, Any

import solara
import traitlets

from viz.jobs.pairs_job import MAX_PAIRS
from viz.session import effects as session_effects
from viz.session.work import use_work
from viz.widgets.rows import RowsWidget
from viz.widgets.safe import Text
from viz.words import WORDS, texts_by_key
from viz.world.outcomes import GROUPS, MIN_PAIRS, PairEffect, effects_frame
from viz.world.worlds import baselines, before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from viz.jobs.pairs_job import PairsJob
    from viz.session.state import AppState
    from viz.session.work import Work
    from viz.world.worlds import Baseline


HEADLINES = ("defaults", "freeze", "capex_sum")
"""Outcomes of the line under the key figures."""
CARD_TABS = ("live", "levers")
"""Tabs that show the card, and so no line."""
GROUP = "effect_group"
_WORDS = ("against", "outcome", "without", "with", "gap", "interval", "says", "cancel")


class EffectsWidget(RowsWidget):
    """The card in the browser: what it is measured against, progress, one row per outcome."""

    template_file = (__file__, "../vue/effects.vue")
    words_json = traitlets.Unicode("{}").tag(sync=True)
    card_json = traitlets.Unicode("{}").tag(sync=True)
    did = traitlets.Callable(None, allow_none=True)

    def vue_act(self, data: Any) -> None:
        """Pass on what the visitor did."""
        if self.did is not None:
            self.did(data)


@solara.component
def EffectLine(state: AppState) -> None:
    """Begins the pairs of what is changed, and says in a line what they tell."""
    work = use_work(state)
    world = state.recording.world
    baseline = session_effects.baseline_of(work, world)
    wanted = (replace(world, seed=0), baseline and replace(baseline.world, seed=0))
    may_change = before(world) is None and state.tab.value in CARD_TABS
    solara.use_effect(partial(_follow, work, state, may_change), [wanted, may_change])
    if baseline is None or state.tab.value in CARD_TABS:
        return
    job = session_effects.job_of(work, world)
    if job is None:
        return
    with solara.Div(classes=["kh-effect-line"], attributes={"data-test": "effect-line"}):
        found = {e.outcome.key: e for e in session_effects.effects_of(state, job)}
        pairs = found["defaults"].gap.n
        if job.is_running and pairs < MIN_PAIRS:
            Text("span", WORDS("effects-line-running", done=pairs, total=job.total))
        else:
            Text("span", WORDS("effects-line", what=baseline.kind, pairs=pairs))
        for key in HEADLINES:
            if found[key].verdict in ("more", "less", "chance", "same"):
                Text("span", line_of(found[key]), classes=[f"kh-{found[key].tone or 'plain'}"])
        solara.Button(
            WORDS("effects-all"), text=True, small=True, on_click=lambda: state.tab.set("live")
        )


def _follow(work: Work, state: AppState, may_change: bool) -> None:
    world = state.recording.world
    if may_change and session_effects.baseline_of(work, world) is None:
        session_effects.prepare(work, world)
    else:
        session_effects.follow(work, world)


@solara.component
def EffectCard(state: AppState) -> None:
    """What the change of the shown world does to every outcome; nothing without a change."""
    work = use_work(state)
    world = state.recording.world
    baseline = session_effects.baseline_of(work, world)
    if baseline is None:
        return
    job = session_effects.job_of(work, world)
    found = session_effects.effects_of(state, job) if job is not None else []
    with work.drawing():
        EffectsWidget.element(
            name="effects",
            menu_label=WORDS("frame-download"),
            title=WORDS("effects-title", what=baseline.kind),
            question=WORDS("effects-question"),
            words_json=json.dumps(
                {
                    **texts_by_key("effects-word", _WORDS),
                    "here": WORDS("effects-in-seed", seed=world.seed),
                }
            ),
            card_json=json.dumps(card(state, work, baseline, job, found)),
            make_frame=partial(effects_frame, found),
            has_table=bool(found),
            did=partial(act, state, work),
        )


def card(
    state: AppState,
    work: Work,
    baseline: Baseline,
    job: PairsJob | None,
    found: Sequence[PairEffect],
) -> dict[str, Any]:
    """What the card shows, as JSON can hold it."""
    world = state.recording.world
    group = work.choice(GROUP, GROUPS, GROUPS[0])
    shown, others = rows_of(found, group)
    note = [WORDS("effects-others", n=others)] if others else []
    if job is not None and not job.is_running:
        count = sum(each.verdict != "none" for each in found)
        note.append(WORDS("effects-note", n=count, false=max(1, round(0.05 * count))))
    return {
        "baselines": [[each.kind, each.words] for each in baselines(world)],
        "baseline": baseline.kind,
        "groups": list(texts_by_key("effects-group", GROUPS).items()),
        "group": group,
        "rows": shown,
        "note": " ".join(note),
        "status": status(job),
        "problem": str(work.choices.get(session_effects.PROBLEM, "")),
        "progress": -1.0 if job is None or not job.is_running else job.share,
        "is_running": job is not None and job.is_running,
        "more": _more(work, job),
    }


def _more(work: Work, job: PairsJob | None) -> dict[str, Any] | None:
    """The button that runs pairs, or more of them; None when there is nothing to run."""
    if job is not None and job.is_running:
        return None
    if job is None or job.status != "finished":
        pairs = session_effects.pairs_wanted(work)
        return {"pairs": pairs, "text": WORDS("effects-start", pairs=pairs)}
    if job.total >= MAX_PAIRS:
        return None
    return {"pairs": MAX_PAIRS, "text": WORDS("effects-more", pairs=MAX_PAIRS)}


def status(job: PairsJob | None) -> str:
    """How far the pairs are, in a line."""
    if job is None:
        return WORDS("effects-not-begun")
    if job.status == "failed":
        return WORDS("effects-stopped", problem=job.problem)
    parts = [_progress_words(job)]
    if job.failed:
        parts.append(WORDS("effects-failed", failed=job.failed))
    return " ".join(parts)


def _progress_words(job: PairsJob) -> str:
    if job.is_running:
        if job.share == 0:
            return WORDS("effects-waiting")
        return WORDS("effects-running", done=job.done, total=job.total)
    pairs = job.comparison.runs
    return WORDS(
        "effects-finished" if job.status == "finished" else "effects-cancelled", pairs=pairs
    )


def act(state: AppState, work: Work, data: dict[str, Any]) -> None:
    """Do what the visitor asked of the card; what is not known does nothing."""
    kind, value, world = data.get("kind"), data.get("value"), state.recording.world
    if kind == "cancel":
        session_effects.stop(work)
        work.touch()
    elif kind == "group":
        work.choose(GROUP, str(value))
    elif kind == "baseline":
        work.choices[session_effects.BASELINE] = str(value)
        session_effects.measure(work, world)
    elif kind == "run" and isinstance(value, int | float):
        work.choices[session_effects.PAIRS] = int(value)
        session_effects.measure(work, world)


def rows_of(found: Sequence[PairEffect], group: str) -> tuple[list[dict[str, Any]], int]:
    """The rows of a group for the browser, and how many firms are left out that never fail."""
    chosen = [each for each in found if each.outcome.group == group and each.verdict != "none"]
    quiet = 0
    if group in ("failures", "seats"):
        moved = [each for each in chosen if each.before.mean or each.after.mean]
        quiet = len(chosen) - len(moved) if group == "failures" else 0
        chosen = sorted(moved, key=lambda each: -abs(each.gap.mean))
    reach: dict[str, float] = {}
    for each in chosen:
        ends = [abs(end) for end in (each.gap.low, each.gap.high) if not isnan(end)]
        reach[each.outcome.unit] = max([reach.get(each.outcome.unit, 0.0), *ends])
    return [_row(each, reach[each.outcome.unit]) for each in chosen], quiet


def digits_of(effect: PairEffect) -> int:
    """Decimals with which an effect shows at least one digit of its interval."""
    ends = (abs(each) for each in (effect.gap.low, effect.gap.high) if not isnan(each))
    largest = max(ends, default=1.0)
    needed = 1 - floor(log10(largest)) if 0 < largest < 1 else 0
    return min(6, max(effect.outcome.digits, needed))


def _row(effect: PairEffect, reach: float) -> dict[str, Any]:
    outcome, gap, digits = effect.outcome, effect.gap, digits_of(effect)
    is_told = effect.verdict in ("more", "less", "chance")
    places = (gap.low, gap.mean, gap.high)
    return {
        "key": outcome.key,
        "title": outcome.title,
        "unit": outcome.unit_words,
        "without": number(effect.before.mean, outcome.digits),
        "with": number(effect.after.mean, outcome.digits),
        "gap": "0" if effect.verdict == "same" else signed(gap.mean, digits),
        "span": span(effect) if is_told else "",
        "places": [each / reach for each in places] if is_told and reach > 0 else [],
        "tone": effect.tone,
        "verdict": effect.verdict,
        "says": WORDS(f"effects-verdict-{effect.verdict}"),
        "here": here_words(effect, digits),
    }


def here_words(effect: PairEffect, digits: int) -> str:
    """The difference between the twins of the seed that is shown; "" where it is not known."""
    here = effect.here
    if here is None:
        return ""
    if effect.outcome.unit != "runs":
        return signed(here, digits)
    return WORDS(f"effects-here-{'now' if here > 0 else 'gone' if here < 0 else 'same'}")


def line_of(effect: PairEffect) -> str:
    """An effect in a few words: "Firms that fail +0.40 firms (0.20 to 0.60)"."""
    outcome = effect.outcome
    if effect.verdict == "same":
        return WORDS("effects-line-same", title=outcome.title)
    return WORDS(
        "effects-line-chance" if effect.verdict == "chance" else "effects-line-gap",
        title=outcome.title,
        gap=signed(effect.gap.mean, digits_of(effect)),
        unit=WORDS("effects-points") if outcome.unit == "runs" else outcome.unit_words,
        span=span(effect),
    )


def span(effect: PairEffect) -> str:
    """The interval of a difference: "-0.2 to +0.6"."""
    digits = digits_of(effect)
    low, high = signed(effect.gap.low, digits), signed(effect.gap.high, digits)
    return WORDS("effects-span", low=low, high=high)


def number(value: float, digits: int = 1) -> str:
    """A number with about three digits; a dash for none."""
    if isnan(value):
        return "–"
    return f"{value:,.{0 if abs(value) >= 100 else digits}f}"


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign and about three digits."""
    if isnan(value):
        return "–"
    text = f"{value:+,.{0 if abs(value) >= 100 else digits}f}"
    return "0" if not text.strip("+-0.") else text

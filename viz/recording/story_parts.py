"""The story of a run for a reader who has not seen the model: first the verdict, then why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from market.units import money
from runs.single_run.frames import vendor_money
from viz.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from market.events import Event
    from viz.recording.recording import Recording

LABS, CLOUDS, CHIPMAKERS = "labs", "clouds", "chipmakers"
YEAR = 4


@dataclass(frozen=True, slots=True)
class StoryPart:
    """A paragraph with its title; a list of what happened, one after the other, where it is one."""

    title: str
    sentences: tuple[str, ...]
    is_list: bool = False


def story_of(recording: Recording) -> list[StoryPart]:
    """What happened so far; empty before the first quarter."""
    if recording.quarters_recorded == 0:
        return []
    return [
        _verdict(recording),
        _boom(recording),
        _circle(recording),
        _turn(recording),
        _failures(recording),
        _end(recording),
    ]


def _verdict(recording: Recording) -> StoryPart:
    """Is it a house of cards? In this run: what fell, and what stood."""
    freeze, failed = _first(recording, "funding freeze"), _failed(recording)
    last = recording.labels[recording.quarters_recorded - 1]
    labs = [name for name, kind in failed if kind == LABS]
    others = [name for name, kind in failed if kind != LABS]
    if not freeze and not failed:
        return StoryPart(WORDS("story-stands"), (WORDS("story-nothing-falls", quarter=last),))
    title = WORDS("story-more-falls" if others else "story-shakes")
    if failed and not others:
        is_storey = value_share(recording, labs) >= 0.5
        title = (
            WORDS("story-labs-fall") if is_storey else WORDS("story-some-labs-fall", n=len(labs))
        )
    sentences = []
    if freeze:
        sentences.append(WORDS("story-freeze", quarter=_when(recording, freeze)))
    if labs:
        sentences.append(WORDS("story-labs-failed", names=_list(labs), n=len(labs)))
    if others:
        sentences.append(WORDS("story-others-failed", names=_list(others), n=len(others)))
    if not any(kind in {CLOUDS, CHIPMAKERS} for _, kind in failed):
        sentences.append(WORDS("story-builders-stand"))
    if not any(event.kind == "bank floor" for event in recording.events):
        ratio = _known(recording.series("bank_capital_ratio"))
        if ratio:
            sentences.append(WORDS("story-bank-stands", ratio=f"{min(ratio):.1%}"))
    return StoryPart(title, tuple(sentences))


def value_share(recording: Recording, names: Sequence[str]) -> float:
    """Part of the value of all labs at the start that was that of some of them, 0 to 1."""
    values = {
        firm.name: recording.firm_series(firm.key, "valuation_usd")[0] or 0.0
        for firm in recording.firms
        if firm.kind == LABS
    }
    total = sum(values.values())
    return sum(values[name] for name in names) / total if total > 0 else 1.0


def _boom(recording: Recording) -> StoryPart:
    """How large it grew."""
    capex, labels = recording.series("capex_usd"), recording.labels
    values = [value or 0.0 for value in capex]
    peak = values.index(max(values))
    raised = sum(value or 0.0 for value in recording.series("labs_raised_usd"))
    young = sum(value or 0.0 for value in recording.series("startups_raised_usd"))
    labs = {firm.name for firm in recording.firms if firm.kind == LABS}
    rounds = [e for e in recording.events if e.kind == "round" and e.agent in labs]
    worth = _known(recording.series("labs_valuation_usd"))
    sentences = [
        WORDS(
            "story-invested",
            first=money(values[0]),
            start=labels[0],
            most=money(values[peak]),
            peak=labels[peak],
        ),
        WORDS(
            "story-raised-in-rounds" if rounds else "story-raised",
            amount=money(raised),
            n=len(rounds),
        ),
    ]
    if young > 0:
        sentences.append(WORDS("story-startups-raised", amount=money(young)))
    if worth:
        sentences.append(WORDS("story-worth", amount=money(max(worth))))
    return StoryPart(WORDS("story-boom"), tuple(sentences))


def _circle(recording: Recording) -> StoryPart:
    """How circular the money is."""
    share = _known(recording.series("circularity_year"))
    burden = _known(recording.series("commitments_over_revenue"))
    sentences = []
    if share:
        most, last = f"{max(share):.0%}", f"{share[-1]:.0%}"
        sentences.append(WORDS("story-circular", most=most, last=last))
    sectors = [party.kind for party in recording.parties]
    amounts = [vendor_money(each.finance, sectors) for each in recording.snapshots]
    given = [usd for usd in amounts if usd > 0]
    if given:
        sentences.append(WORDS("story-vendor-finance", amount=money(sum(given)), n=len(given)))
    if burden:
        first, last = f"{burden[0]:.0f}", f"{burden[-1]:.1f}"
        sentences.append(WORDS("story-promised", first=first, last=last))
    return StoryPart(WORDS("story-circle"), tuple(sentences))


def _turn(recording: Recording) -> StoryPart:
    """What broke first."""
    order = ("failed round", "capex cut", "default", "funding freeze", "margin call")
    found = [event for kind in order if (event := _first(recording, kind)) is not None]
    found.sort(key=lambda event: event.id)
    if not found:
        return StoryPart(WORDS("story-turn"), (WORDS("story-nothing-breaks"),))
    sentences = tuple(f"{_when(recording, event)}: {_happened(event)}." for event in found)
    return StoryPart(WORDS("story-turn"), sentences, is_list=True)


def _happened(event: Event) -> str:
    text = event.text.rstrip(". ")
    return text if event.agent == "the market" else f"{event.agent} {text}"


def _failures(recording: Recording) -> StoryPart:
    """Who fails, in order."""
    events = [event for event in recording.events if event.kind == "default"]
    if not events:
        return StoryPart(WORDS("story-who-falls"), (WORDS("story-nobody"),))
    sentences = tuple(
        WORDS("story-fall", name=event.agent, quarter=_when(recording, event)) for event in events
    )
    return StoryPart(WORDS("story-who-falls-in-order"), sentences)


def _end(recording: Recording) -> StoryPart:
    """Where it ends."""
    last = recording.quarters_recorded - 1
    year = range(max(0, last - YEAR + 1), last + 1)
    revenue = recording.series("labs_revenue_usd")
    capex = recording.series("capex_usd")
    power, rent = recording.series("power_gw")[last], recording.series("spot_price_usd_hour")[last]
    sentences = [
        WORDS(
            "story-last-year",
            earned=money(sum(revenue[q] or 0.0 for q in year)),
            invested=money(sum(capex[q] or 0.0 for q in year)),
        )
    ]
    if power is not None and rent is not None:
        sentences.append(WORDS("story-power", gw=f"{power:.0f}", usd=f"{rent:.2f}"))
    return StoryPart(WORDS("story-end", quarter=recording.labels[last]), tuple(sentences))


def _first(recording: Recording, kind: str) -> Event | None:
    return next((event for event in recording.events if event.kind == kind), None)


def _when(recording: Recording, event: Event) -> str:
    return recording.labels[event.quarter]


def _failed(recording: Recording) -> list[tuple[str, str]]:
    """Name and kind of each firm that failed, in order."""
    kinds = {firm.name: firm.kind for firm in recording.firms}
    return [
        (event.agent, kinds.get(event.agent, ""))
        for event in recording.events
        if event.kind == "default"
    ]


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _list(names: Sequence[str]) -> str:
    """Names as a list in a sentence: the last one after "and"."""
    if len(names) == 1:
        return names[0]
    return WORDS("story-list", names=", ".join(names[:-1]), last=names[-1])

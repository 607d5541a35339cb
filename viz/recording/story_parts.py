"""The story of a run for a reader who has not seen the model: first the verdict, then why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from market.units import money
from runs.single_run.money_network import vendor_money
from runs.single_run.story import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from market.events import Event
    from viz.recording.recording import Recording

LABS, CLOUDS, CHIPMAKERS = "labs", "clouds", "chipmakers"
YEAR = 4


@dataclass(frozen=True, slots=True)
class StoryPart:
    """A paragraph with its title."""

    title: str
    sentences: tuple[str, ...]


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
        title = "Is it a house of cards? In this run it stands"
        return StoryPart(title, (f"Until {last} funding never freezes and no firm fails.",))
    title = "Is it a house of cards? In this run the labs' storey falls"
    if others:
        title = "Is it a house of cards? In this run more than the labs falls"
    if not failed:
        title = "Is it a house of cards? In this run it shakes and stands"
    sentences = []
    if freeze:
        sentences.append(f"Funding freezes in {_when(recording, freeze)}.")
    if labs:
        sentences.append(f"{_list(labs)} {'fails' if len(labs) == 1 else 'fail'}.")
    if others:
        sentences.append(f"So {'does' if len(others) == 1 else 'do'} {_list(others)}.")
    if not any(kind in {CLOUDS, CHIPMAKERS} for _, kind in failed):
        sentences.append("No cloud and no chipmaker goes under.")
    if not any(event.kind == "bank floor" for event in recording.events):
        ratio = _known(recording.series("bank_capital_ratio"))
        if ratio:
            sentences.append(
                f"The bank's capital never falls under {min(ratio):.1%} of its assets."
            )
    return StoryPart(title, tuple(sentences))


def _boom(recording: Recording) -> StoryPart:
    """How large it grew."""
    capex, labels = recording.series("capex_usd"), recording.labels
    values = [value or 0.0 for value in capex]
    peak = values.index(max(values))
    raised = sum(value or 0.0 for value in recording.series("raised_usd"))
    rounds = [event for event in recording.events if event.kind == "round"]
    worth = _known(recording.series("labs_valuation_usd"))
    sentences = [
        f"The clouds invest {money(values[0])} in {labels[0]} and {money(values[peak])} at the "
        f"peak in {labels[peak]}.",
        f"The labs raise {money(raised)}"
        + (f", part of it in {count(len(rounds), 'round')}." if rounds else "."),
    ]
    if worth:
        sentences.append(f"At most they are held to be worth {money(max(worth))}.")
    return StoryPart("How large it grows", tuple(sentences))


def _circle(recording: Recording) -> StoryPart:
    """How circular the money is."""
    share = _known(recording.series("circularity_year"))
    burden = _known(recording.series("commitments_over_revenue"))
    sentences = []
    if share:
        sentences.append(
            f"At most {max(share):.0%} of a year's payments between labs, clouds and chipmakers "
            f"run in circles; at the end {share[-1]:.0%}."
        )
    sectors = [party.kind for party in recording.parties]
    amounts = [vendor_money(each.finance, sectors) for each in recording.snapshots]
    given = [usd for usd in amounts if usd > 0]
    if given:
        sentences.append(
            f"Chipmakers put {money(sum(given))} into their own customers, "
            f"in {count(len(given), 'quarter')}."
        )
    if burden:
        sentences.append(
            f"The labs have promised to buy compute for {burden[0]:.0f} times their yearly revenue "
            f"at the start, and for {burden[-1]:.1f} times at the end."
        )
    return StoryPart("How much of it is a circle", tuple(sentences))


def _turn(recording: Recording) -> StoryPart:
    """What broke first."""
    order = ("failed round", "capex cut", "default", "funding freeze", "margin call")
    found = [event for kind in order if (event := _first(recording, kind)) is not None]
    found.sort(key=lambda event: event.id)
    if not found:
        return StoryPart("What breaks first", ("Nothing breaks: no round fails, no order is cut.",))
    sentences = tuple(f"{_when(recording, event)}: {_happened(event)}." for event in found)
    return StoryPart("What breaks first", sentences)


def _happened(event: Event) -> str:
    text = event.text.rstrip(". ")
    return text if event.agent == "the market" else f"{event.agent} {text}"


def _failures(recording: Recording) -> StoryPart:
    """Who fails, in order."""
    events = [event for event in recording.events if event.kind == "default"]
    if not events:
        return StoryPart("Who falls", ("Nobody.",))
    sentences = tuple(f"{event.agent} in {_when(recording, event)}." for event in events)
    return StoryPart("Who falls, in order", sentences)


def _end(recording: Recording) -> StoryPart:
    """Where it ends."""
    last = recording.quarters_recorded - 1
    year = range(max(0, last - YEAR + 1), last + 1)
    revenue = recording.series("labs_revenue_usd")
    capex = recording.series("capex_usd")
    power, rent = recording.series("power_gw")[last], recording.series("spot_price_usd_hour")[last]
    sentences = [
        f"In the last year the labs earn {money(sum(revenue[q] or 0.0 for q in year))} and the "
        f"clouds invest {money(sum(capex[q] or 0.0 for q in year))}."
    ]
    if power is not None and rent is not None:
        sentences.append(
            f"Chips draw {power:.0f} GW, and an hour of one is let for {rent:.2f} USD."
        )
    return StoryPart(f"Where it stands in {recording.labels[last]}", tuple(sentences))


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
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

"""When the mood of a run turned, and why: first failures, cuts and defaults with their causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market.events import Event, EventLog
    from runs.single_run.simulate import Run

TURNS: tuple[tuple[str, str, str], ...] = (
    ("failed round", "First failed round", "No round failed."),
    ("funding freeze", "First funding freeze", "There was no funding freeze."),
    ("capex cut", "First CapEx cut", "No cloud cut its CapEx."),
    ("default", "First default", "No firm failed."),
    ("bank floor", "Bank in trouble", "The bank kept its capital above its floor."),
)
"""Kind of event, what a reader calls its first occurrence, and what to say when there is none."""
_STEPS = 3


def turning_points(run: Run) -> list[str]:
    """First event of each kind with what it rests on, and the list of the firms that failed."""
    log = run.model.events
    lines = ["TURNING POINTS (in brackets: the event's number, for --why)"]
    missing = []
    for kind, title, absence in TURNS:
        events = log.select(kind)
        if not events:
            missing.append(absence)
            continue
        lines.append(f"{title}: {sentence(log, events[0])}")
        for step, cause in enumerate(reasons(log, events[0])):
            lines.append(f"    {'and that ' if step else ''}because {sentence(log, cause)}")
    if missing:
        lines.append(" ".join(missing))
    failed = log.select("default")
    if failed:
        names = (f"{e.agent} ({log.label(e.quarter)})" for e in failed)
        lines.append(f"Failed firms: {', '.join(names)}.")
    return lines


def sentence(log: EventLog, event: Event) -> str:
    """One event in words: "2027Q1, Lab fails to raise 3.0 bn USD [12]"."""
    return f"{log.label(event.quarter)}, {event.agent}: {event.text.rstrip('. ')} [{event.id}]"


def reasons(log: EventLog, event: Event) -> list[Event]:
    """Up to three steps of the chain behind an event: each time the latest cause."""
    found: list[Event] = []
    while event.causes and len(found) < _STEPS:
        event = log[max(event.causes)]
        found.append(event)
    return found

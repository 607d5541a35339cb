"""Whether an earlier event made another happen: ``runs.confirm(model, event)``.

A why-chain lists what came before an event and could reach it. For each immediate cause the world
runs to the quarter of that cause, is copied, and goes on with all its chances while the cause is
kept from happening (``market.phases.averting``). What becomes of the event there is the answer,
for this one history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from market.phases.averting import WAYS, avert, reason_against

if TYPE_CHECKING:
    from market.events import Event, EventLog
    from market.model import MarketModel

WINDOW = 4
"""Quarters by which an event may come earlier or later and still be the same event."""
SAME_SIZE = 0.05
"""Part by which the size of an event may differ before it counts as smaller or larger."""

Outcome = Literal["absent", "later", "smaller", "same", "larger", "earlier", "not tried"]
"""What became of an event in the twin without a cause.

``absent``: none of its kind and agent comes within the window. ``later``, ``earlier``: it comes in
another quarter of the window. ``smaller``, ``larger``: it comes in its quarter, of another size.
``same``: it comes as it did.
"""
HELPED: tuple[Outcome, ...] = ("absent", "later", "smaller")
"""Outcomes that show that a cause had a part in the event."""


@dataclass(frozen=True, slots=True)
class CauseTest:
    """What a twin without some earlier events says of an event.

    Attributes:
        causes: what did not happen in the twin.
        outcome: what became of the event there.
        instead: what happened in place of each cause, or why no twin was made, as clauses.
        found: the event as it came in the twin; None when it did not come, or was not tried.
        quarters: how much later it came there, in quarters; negative when earlier.
    """

    causes: tuple[Event, ...]
    outcome: Outcome
    instead: tuple[str, ...]
    found: Event | None = None
    quarters: int = 0

    @property
    def is_confirmed(self) -> bool | None:
        """Whether the twin shows that they had a part in the event; None when it was not tried."""
        return None if self.outcome == "not tried" else self.outcome in HELPED


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What twins say of the immediate causes of an event.

    Attributes:
        event: the event.
        window: quarters by which it may have moved in a twin.
        tests: one for each immediate cause, in the order of the events.
        together: without all that could be tried at once; None when that is fewer than two.
        start: label of the first quarter of the run.
    """

    event: Event
    window: int
    tests: tuple[CauseTest, ...]
    together: CauseTest | None = None
    start: str = "2025Q3"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, for JSON: events by number, with what was found."""
        together = None if self.together is None else _plain(self.together)
        tests = [_plain(test) for test in self.tests]
        return {
            "event": self.event.id,
            "window_quarters": self.window,
            "tests": tests,
            "together": together,
        }

    def __str__(self) -> str:
        """What the twins say, a line for each."""
        return "\n".join(confirmation_lines(self))


def confirm(model: MarketModel, event: Event | int, *, window: int = WINDOW) -> Confirmation:
    """Ask twins without each immediate cause of an event whether it comes all the same.

    An event of a twin is the same event when kind and agent are the same and it comes in its
    quarter, or else nearest to it within the window in a quarter in which the run has none such.

    Args:
        model: a world that has run past the event, from its scenario and seed on.
        event: the event or its number.
        window: quarters by which the event may come earlier or later, at least 0.

    Returns:
        A test for each immediate cause, and one without all of them.

    Raises:
        IndexError: there is no such event.
        ValueError: the window is negative; or the same scenario and seed give another run, for
            instance after something was changed by hand while it ran.
    """
    if window < 0:
        raise ValueError(f"the window must be 0 quarters or more, got {window}")
    asked = model.events[event] if isinstance(event, int) else event
    causes = [model.events[number] for number in asked.causes]
    reasons = {cause.id: reason_against(model, cause) for cause in causes}
    tried = [cause for cause in causes if not reasons[cause.id]]
    states = _states(model, {cause.quarter for cause in tried}, asked)
    tests = []
    for cause in causes:
        if reasons[cause.id]:
            tests.append(CauseTest((cause,), "not tried", (reasons[cause.id],)))
        else:
            tests.append(_test(model, states, (cause,), asked, window))
    together = None
    usable = tuple(t.causes[0] for t in tests if t.outcome != "not tried")
    if len(usable) > 1:
        together = _test(model, states, usable, asked, window)
    return Confirmation(asked, window, tuple(tests), together, model.events.start)


def _states(model: MarketModel, quarters: set[int], event: Event) -> dict[int, MarketModel]:
    """The world of a model at the start of some quarters, run anew up to an event."""
    from runs.twin_runs.pairs import clone

    if not quarters:
        return {}
    again = type(model)(model.parameters, seed=model.streams.seed)
    if "phases" in vars(model):  # phases of this one model
        again.phases = model.phases
    states = {}
    for quarter in sorted(quarters):
        again.run(quarter - again.quarter)
        states[quarter] = clone(again)
    again.run(event.quarter + 1 - again.quarter)
    happened = [each for each in model.events if each.quarter <= event.quarter]
    if list(again.events) != happened:
        raise ValueError(
            "the same scenario and seed give another run up to this event: what was done to it "
            "while it ran cannot be done again, so no twin can be made"
        )
    return states


def _test(
    model: MarketModel,
    states: dict[int, MarketModel],
    causes: Sequence[Event],
    event: Event,
    window: int,
) -> CauseTest:
    """Run one twin without some causes and look for the event in it."""
    from runs.twin_runs.pairs import clone

    order = sorted(causes, key=lambda cause: cause.id)
    twin = clone(states[order[0].quarter])
    for cause in order:
        twin.run(cause.quarter - twin.quarter)
        is_alike = (cause.kind, cause.agent) == (event.kind, event.agent)
        avert(twin, cause, event.quarter - 1 if is_alike and WAYS[cause.kind].lasts else None)
    twin.run(event.quarter + window + 1 - twin.quarter)
    instead = tuple(WAYS[cause.kind].words.format(cause.agent) for cause in order)
    for cause in order:
        same = twin.events.select(cause.kind, cause.agent, cause.quarter)
        if cause.kind != "shock" and same:
            reason = f"the {cause.kind} ({cause.agent}) could not be kept from happening"
            return CauseTest(tuple(order), "not tried", (reason,))
    first = order[0].quarter
    outcome, found = compare(model.events, twin.events, event, first, window)
    moved = 0 if found is None else found.quarter - event.quarter
    return CauseTest(tuple(order), outcome, instead, found, moved)


def compare(
    run: EventLog, twin: EventLog, event: Event, first: int, window: int
) -> tuple[Outcome, Event | None]:
    """What became of an event of a run in its twin.

    Args:
        run: events of the run.
        twin: events of the twin, up to ``window`` quarters after the event.
        event: the event of the run.
        first: quarter number in which the twins parted.
        window: quarters by which it may have moved.

    Returns:
        The outcome, and the event as it came in the twin.
    """
    alike = twin.select(event.kind, event.agent)
    now = [each for each in alike if each.quarter == event.quarter]
    if now:
        found = min(now, key=lambda each: (abs(each.size - event.size), each.id))
        change = abs(found.size) - abs(event.size)
        if abs(change) <= SAME_SIZE * abs(event.size):
            return "same", found
        return "smaller" if change < 0 else "larger", found
    taken = {each.quarter for each in run.select(event.kind, event.agent)}
    moved = [
        each
        for each in alike
        if each.quarter >= first
        and abs(each.quarter - event.quarter) <= window
        and each.quarter not in taken
    ]
    if not moved:
        return "absent", None
    found = min(moved, key=lambda each: (abs(each.quarter - event.quarter), each.id))
    return "later" if found.quarter > event.quarter else "earlier", found


# --- in words


def confirmation_lines(result: Confirmation) -> list[str]:
    """What the twins say of an event, a line for each cause."""
    event = result.event
    what = f"event {event.id} ({event.kind}, {event.agent})"
    if not result.tests:
        return [f"No earlier event could reach {what}: there is nothing to confirm."]
    lines = [
        f"Twins of this run, each without one immediate cause of {what}; the event counts as the "
        f"same when it comes at most {result.window} quarters earlier or later:"
    ]
    lines += [f"  {sentence_of(result, test)}" for test in result.tests]
    if result.together is not None:
        lines.append(f"  {sentence_of(result, result.together)}")
    return lines


def sentence_of(result: Confirmation, test: CauseTest) -> str:
    """What one twin says: "Without [3] 2027Q1: default, Lab A (...): confirmed: ..."."""
    from market.parameters.world import quarter_label

    names = [
        f"[{each.id}] {quarter_label(result.start, each.quarter)}: {each.kind}, {each.agent}"
        for each in test.causes
    ]
    head = f"Without {names[0]}" if len(names) == 1 else f"Without these {len(names)} together"
    if test.outcome == "not tried":
        return f"{head}: not tried: {'; '.join(test.instead)}."
    how = f" ({test.instead[0]})" if len(names) == 1 else ""
    return f"{head}{how}: {outcome_text(result, test)}."


def outcome_text(result: Confirmation, test: CauseTest) -> str:
    """The outcome of a test as a clause: "not confirmed: the event comes all the same"."""
    from market.parameters.world import quarter_label

    if test.found is None:
        return "confirmed: the event does not come"
    when, moved = quarter_label(result.start, test.found.quarter), abs(test.quarters)
    shift = f"{moved} quarter{'' if moved == 1 else 's'}"
    size = f"{_size(test.found)} instead of {_size(result.event)}"
    return {
        "later": f"confirmed in part: the event comes {shift} later, in {when}, {size}",
        "earlier": f"not confirmed: the event comes {shift} earlier, in {when}, {size}",
        "smaller": f"confirmed in part: the event comes, but smaller, {size}",
        "larger": f"not confirmed: the event comes, and larger, {size}",
        "same": "not confirmed: the event comes all the same",
    }[test.outcome]


def _size(event: Event) -> str:
    from market.units import money

    return money(event.size) if event.unit == "USD" else f"{event.size:,.4g} {event.unit}".strip()


def _plain(test: CauseTest) -> dict[str, Any]:
    found = test.found
    return {
        "causes": [cause.id for cause in test.causes],
        "outcome": test.outcome,
        "is_confirmed": test.is_confirmed,
        "instead": list(test.instead),
        "quarters_later": test.quarters if found is not None else None,
        "size": None if found is None else found.size,
    }

"""Events: what happened, to whom, how much, and what came before and could reach it.

An event is measured, not scripted: it is recorded where its rule has acted. Its causes are earlier
events that could reach it through a rule, so every freeze or default can be followed back. Whether
one of them made it happen only a twin without it can tell: ``runs.confirm``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING

from market.parameters.world import quarter_label

if TYPE_CHECKING:
    import pandas as pd

KINDS: dict[str, str] = {
    "funding freeze": "labs and start-ups raised under half of their need, two quarters in a row",
    "failed round": "a funding round did not close",
    "round": "a funding round closed",
    "bridge loan": "owners lent to a lab whose round fell short",
    "capex cut": "a cloud's orders are a quarter or more under their four-quarter maximum",
    "default": "a firm could not pay what was due",
    "margin call": "an investor is over its loan-to-value limit",
    "switch wave": "customers left one provider for another in one quarter",
    "contract signed": "a commitment became firm",
    "contract cancelled": "a commitment was broken or rejected in default",
    "price cut": "a seller lowered its price",
    "estate sale": "a part of a failed cloud's data centres was sold with its customers",
    "absorbed": "a lab that could raise no money was bought by another firm",
    "capacity re-let": "idle capacity found another tenant",
    "letter tranche": "a stage of a letter of intent met its condition",
    "vendor finance": "a supplier financed its own customer",
    "stock written down": "a chipmaker wrote off chips that nobody had ordered",
    "issue in part": "lenders bought a part of the notes that a firm wanted to sell",
    "issue pulled": "a firm sold no notes, since lenders asked too much or had too little",
    "refinancing": "a firm sold notes to pay others that fell due and that its cash did not cover",
    "bank floor": "the bank's capital fell under its floor",
    "entry": "a company entered the market",
    "shock": "a configured intervention took place",
    "ipo": "a company's shares became listed",
}
"""Every kind of event with its meaning."""


BEFORE = "came before and could reach it"
"""What is known of a cause that no twin has confirmed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        id: Position in the log, from 0.
        quarter: Quarter number since the start.
        kind: One of `KINDS`.
        agent: Name of the agent it happened to, or of a group ("labs").
        size: How much, in `unit`.
        unit: Unit of the size ("USD bn", "share", "seats").
        text: What happened, in words.
        causes: Ids of the earlier events that could reach it through a rule.
        shock: Kind of the shock, see `market.shocks`; "" for other events.
    """

    id: int
    quarter: int
    kind: str
    agent: str
    size: float
    unit: str
    text: str
    causes: tuple[int, ...] = ()
    shock: str = ""


class EventLog:
    """The events of one run in the order of their happening.

    Args:
        start: Label of quarter 0, like "2025Q3".
    """

    def __init__(self, start: str = "2025Q3") -> None:
        quarter_label(start, 0)
        self.start = start
        self._events: list[Event] = []
        self._index: dict[tuple[str | None, str | None], list[Event]] = {}

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __getitem__(self, event_id: int) -> Event:
        if not 0 <= event_id < len(self._events):
            raise IndexError(f"no event {event_id}: the log holds {len(self._events)}")
        return self._events[event_id]

    def label(self, quarter: int) -> str:
        """Return the label of a quarter number, like "2027Q2"."""
        return quarter_label(self.start, quarter)

    def record(
        self,
        quarter: int,
        kind: str,
        agent: str,
        size: float,
        unit: str,
        text: str,
        causes: Iterable[Event | int] = (),
        *,
        shock: str = "",
    ) -> Event:
        """Append an event and return it.

        Args:
            quarter: Quarter number; never before the latest event.
            kind: One of `KINDS`.
            agent: Name of the agent it happened to.
            size: How much, in `unit`; finite.
            unit: Unit of the size.
            text: What happened, in words.
            causes: Earlier events or their ids; doubles are dropped.
            shock: Kind of the shock, for an event of the kind "shock".

        Raises:
            ValueError: If the kind is unknown, the size is not finite, the quarter lies before the
                latest event, or a cause is not in the log.
        """
        ids = tuple(dict.fromkeys(c.id if isinstance(c, Event) else int(c) for c in causes))
        self._check(quarter, kind, size, ids)
        number = len(self._events)
        event = Event(number, int(quarter), kind, agent, float(size), unit, text, ids, shock)
        self._events.append(event)
        for key in ((None, None), (kind, None), (None, agent), (kind, agent)):
            self._index.setdefault(key, []).append(event)
        return event

    def _check(self, quarter: int, kind: str, size: float, causes: tuple[int, ...]) -> None:
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"unknown kind of event {kind!r}{hint}")
        if not isfinite(size):
            raise ValueError(f"the size of an event is a finite number, got {size}")
        if self._events and quarter < self._events[-1].quarter:
            raise ValueError(
                f"{kind!r} in {self.label(quarter)} comes after an event of "
                f"{self.label(self._events[-1].quarter)}"
            )
        for cause in causes:
            if not 0 <= cause < len(self._events):
                raise ValueError(f"the cause {cause} of {kind!r} is not an earlier event")

    def latest(
        self, kind: str | None = None, agent: str | None = None, since: int | None = None
    ) -> Event | None:
        """Return the last event of a kind and an agent, or None.

        Args:
            kind: Kind of the event; None for any.
            agent: Name of the agent; None for any.
            since: First quarter number that counts.
        """
        found = self._index.get((kind, agent))
        if not found or (since is not None and found[-1].quarter < since):
            return None
        return found[-1]

    def select(
        self, kind: str | None = None, agent: str | None = None, quarter: int | None = None
    ) -> list[Event]:
        """Return the events of a kind, an agent and a quarter (None: any), oldest first."""
        found = self._index.get((kind, agent), [])
        return [event for event in found if quarter is None or event.quarter == quarter]

    def chain(self, event: Event | int) -> list[Event]:
        """Return an event and all that came before and could reach it, oldest first."""
        reached = [event.id if isinstance(event, Event) else event]
        seen = dict.fromkeys(reached)
        while reached:
            for cause in self[reached.pop()].causes:
                if cause not in seen:
                    seen[cause] = None
                    reached.append(cause)
        return [self._events[i] for i in sorted(seen)]

    def explain(self, event: Event | int) -> str:
        """Return an event and what came before and could reach it, a sentence for each.

        The latest event comes first. What could reach an event through a rule need not have made
        it happen: ``runs.confirm`` asks a twin without it.
        """
        return "\n".join(self._sentence(each) for each in reversed(self.chain(event)))

    def _sentence(self, event: Event) -> str:
        size = f"{event.size / 1e9:,.1f} bn" if abs(event.size) >= 1e9 else f"{event.size:,.4g}"
        amount = f" ({size} {event.unit})" if event.unit and not event.text else ""
        sentence = f"{self.label(event.quarter)}: {event.kind.capitalize()}, {event.agent}{amount}"
        if event.text:
            sentence += f": {event.text.rstrip('. ')}"
        if event.causes:
            causes = (self._events[i] for i in event.causes)
            reasons = (f"{self.label(c.quarter)}: {c.kind}, {c.agent}" for c in causes)
            sentence += f"; {BEFORE}: {'; '.join(reasons)}"
        return f"{sentence}."

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per event, indexed by id.

        Columns: quarter (number), label, kind, shock (its kind, for a shock), agent, size (in
        unit), unit, text, causes (ids with spaces between them).
        """
        return events_frame(self._events, self.label)


class Averted:
    """Events that are kept from happening in a world: none but in a twin, which shows what they do.

    The rules ask it before they let an event of ``market.phases.averting.WAYS`` happen.
    """

    __slots__ = ("_spans",)

    def __init__(self) -> None:
        """Keep nothing from happening."""
        self._spans: list[tuple[str, str, int, int | None]] = []

    def add(self, kind: str, agent: str, first: int, last: int | None = None) -> None:
        """Keep events of a kind from an agent (its name) in some quarters.

        Args:
            kind: one of ``KINDS``.
            agent: name of the agent.
            first: first quarter number that counts.
            last: last quarter number that counts; None for no end.
        """
        self._spans.append((kind, agent, first, last))

    def holds(self, kind: str, agent: str, quarter: int) -> bool:
        """Whether an event is kept from happening in a quarter."""
        if not self._spans:  # nearly always
            return False
        return any(
            (of_kind, of_agent) == (kind, agent)
            and first <= quarter
            and (last is None or quarter <= last)
            for of_kind, of_agent, first, last in self._spans
        )


def events_frame(events: Sequence[Event], label: Callable[[int], str]) -> "pd.DataFrame":
    """One row per event, indexed by id; the columns are those of `EventLog.to_frame`.

    Args:
        events: In the order of their ids.
        label: Number of a quarter -> its label.
    """
    import pandas as pd

    columns = {
        "quarter": pd.array([e.quarter for e in events], dtype="int64"),
        "label": pd.array([label(e.quarter) for e in events], dtype="string"),
        "kind": pd.array([e.kind for e in events], dtype="string"),
        "shock": pd.array([e.shock for e in events], dtype="string"),
        "agent": pd.array([e.agent for e in events], dtype="string"),
        "size": pd.array([e.size for e in events], dtype="float64"),
        "unit": pd.array([e.unit for e in events], dtype="string"),
        "text": pd.array([e.text for e in events], dtype="string"),
        "causes": pd.array([" ".join(map(str, e.causes)) for e in events], dtype="string"),
    }
    return pd.DataFrame(columns).rename_axis(index="id")

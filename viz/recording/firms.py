"""Firms in a recording: their books by quarter, their events, and labs' offers of seats.

A cut is a difference to what the lab would ask; a second cut of the same lab is not added to the
first but replaces it from its quarter on (``market.shocks``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import isnan
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from market.books.statements import CHANGE, NET_WORTH, SUM
from market.shocks import PriceCut
from viz.words import WORDS, slug, text_or

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from market.events import Event
    from market.parameters.world import MarketParameters
    from viz.recording.recording import Recording
    from viz.world.worlds import ShockStep, World


def involves(recording: Recording, event: Event, key: str) -> bool:
    """Whether an event happened to a firm, or names it as the other side."""
    name = recording.firm_of[key].name
    names = tuple(firm.name for firm in recording.firms)
    return event.agent == name or name in named(event.text, names)


@lru_cache(maxsize=8192)
def named(text: str, names: tuple[str, ...]) -> frozenset[str]:
    """The names that stand in a text as whole words; of names in one another the longest."""
    return frozenset(_pattern(names).findall(text))


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in longest)})(?!\w)")


def words_for(recording: Recording, event: Event, key: str) -> str:
    """What happened, on the page of a firm: who did it stands first when that is another one."""
    text = event.text
    return text if event.agent == recording.firm_of[key].name else f"{event.agent} {text}"


# --- balance sheet and cash flows of every firm, quarter by quarter, read once from a recording


OWN_SHARES = ("private equity", "listed equity", "fund shares")
"""Claims of its owners: no debts of a firm."""
CASH_ROW = CHANGE + "deposits"
"""Flow of a firm whose sum with the others is zero: the change of its cash."""
type Part = tuple[str, bool]
"""An instrument or real asset, and whether it is owed."""
type Rows[K] = dict[str, dict[K, float]]


class FirmBooks:
    """Books of all parties in the quarters that are recorded so far.

    Attributes:
        sheets: per quarter: key of a party -> what it owns (+) and owes (-), USD.
        flows: per quarter: name of a party -> what it received (+) and paid (-) by row of the
            ledger, USD.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.sheets: list[Rows[Part]] = []
        self.flows: list[Rows[str]] = []
        self._writing = Lock()

    def update(self, recording: Recording) -> None:
        """Read the quarters that have been added."""
        with self._writing:
            for quarter in range(len(self.sheets), recording.quarters_recorded):
                sheet, flow = _sheets(recording, quarter), _flows(recording, quarter)
                self.sheets.append(sheet)
                self.flows.append(flow)


_BOOKS: WeakKeyDictionary[Recording, FirmBooks] = WeakKeyDictionary()
_MAKING = Lock()


def books_of(recording: Recording) -> FirmBooks:
    """The books of a recording, up to date; kept as long as the recording lives."""
    with _MAKING:
        books = _BOOKS.get(recording)
        if books is None:
            books = _BOOKS[recording] = FirmBooks()
    books.update(recording)
    return books


def _sheets(recording: Recording, quarter: int) -> Rows[Part]:
    found: Rows[Part] = {}
    claims = recording.claims(quarter)
    columns = (claims[name].tolist() for name in ("holder_key", "issuer_key", "instrument", "usd"))
    for holder, issuer, instrument, usd in zip(*columns, strict=True):
        _add(found, holder, (instrument, False), usd)
        if issuer and instrument not in OWN_SHARES:
            _add(found, issuer, (instrument, True), -usd)
    return found


def debt_name(instrument: str) -> str:
    """What a claim is called by the firm that owes it: its bills are payables."""
    return text_or(f"firms-debt-{slug(instrument)}", instrument)


def part_name(part: Part) -> str:
    """Name of what is owned or owed beside one another: "loans", "loans owed", "payables"."""
    instrument, is_owed = part
    if not is_owed:
        return instrument
    return text_or(f"firms-debt-{slug(instrument)}", WORDS("firms-owed", name=instrument))


def _add(rows: Rows[Part], key: str, part: Part, usd: float) -> None:
    row = rows.setdefault(key, {})
    row[part] = row.get(part, 0.0) + usd


def _flows(recording: Recording, quarter: int) -> Rows[str]:
    matrix = recording.matrix("transactions-flow", quarter, "party")
    names = [str(name) for name in matrix.index]
    found: Rows[str] = {}
    for party in matrix.columns:
        if party == SUM:
            continue
        row: dict[str, float] = {}
        change = 0.0
        for name, value in zip(names, matrix[party].tolist(), strict=True):
            if name == CASH_ROW:
                change = -1e9 * value
            elif value and name not in (SUM, NET_WORTH):
                row[name] = 1e9 * value
        found[str(party)] = row | {CASH_ROW: change}
    return found


def _words(row: str) -> str:
    """Name of a flow: a change of a debt is money that came in by it."""
    if row == CASH_ROW:
        return WORDS("firms-flows-line")
    if not row.startswith(CHANGE):
        return row
    return WORDS("firms-new-money", name=row.removeprefix(CHANGE))


def sheet_of(recording: Recording, quarter: int, key: str) -> dict[str, float]:
    """What a firm owns (+) and owes (-) at the end of a recorded quarter by instrument, USD."""
    sheet = books_of(recording).sheets[quarter].get(key, {})
    return {part_name(part): usd for part, usd in sheet.items()}


def balance_frame(recording: Recording, key: str) -> pd.DataFrame:
    """What a firm owns (+) and owes (-) at the end of each recorded quarter, USD.

    A column per instrument or real asset; debts are called "loans owed" and so on, bills
    "payables". Own shares are no debt; ``left for owners`` is what it owns less what it owes.
    """
    import pandas as pd

    rows = [sheet.get(key, {}) for sheet in books_of(recording).sheets]
    table = _table(recording, rows, part_name)
    table[WORDS("firms-balance-line")] = [sum(row.values()) for row in rows]
    return pd.DataFrame(table)


def money_frame(recording: Recording, key: str) -> pd.DataFrame:
    """What a firm received (+) and paid (-) in each recorded quarter by ledger row, USD.

    New debts and shares sold are receipts, called "new bonds" and so on; claims bought and debts
    repaid are payments. ``change of cash`` is their sum.
    """
    import pandas as pd

    name = recording.name_of(key)
    rows = [flow.get(name, {}) for flow in books_of(recording).flows]
    return pd.DataFrame(_table(recording, rows, _words))


def _table[K](
    recording: Recording, rows: list[dict[K, float]], name_of: Callable[[K], str]
) -> dict[str, list[str] | list[float]]:
    """Quarter, then a column per key in the order of their first coming."""
    keys = dict.fromkeys(key for row in rows for key in row)
    table: dict[str, list[str] | list[float]] = {"quarter": recording.labels[: len(rows)]}
    return table | {name_of(key): [row.get(key, 0.0) for row in rows] for key in keys}


# --- offers of seats, and cuts of their prices as the model applies them, in words


KIND = PriceCut.kind


class Cut(NamedTuple):
    """How much less a lab asks from a quarter on, EUR per seat per month; 0 = nothing."""

    quarter: int
    eur: float


def sellers(recording: Recording, quarter: int) -> list[str]:
    """Keys of the labs that sell seats in a quarter."""
    state = recording.snapshots[quarter].customers
    return [k for k, p in zip(state.keys, state.prices.tolist(), strict=True) if not isnan(p)]


def no_offers(recording: Recording, quarter: int) -> str:
    """Why a quarter has no offers: none ever, none yet, or none any more."""
    label = recording.labels[quarter]
    if any(sellers(recording, past) for past in range(quarter)):
        return WORDS("customers-no-offers-now", label=label)
    later = range(quarter + 1, recording.quarters_recorded)
    if any(sellers(recording, each) for each in later):
        return WORDS("customers-no-offers-yet", label=label)
    return WORDS("customers-no-offers")


def cuts_of(parameters: MarketParameters, key: str) -> list[Cut]:
    """Changes of the cut of a lab through a run, those of the scenario included.

    What changes nothing, such as the same cut once more, is left out.
    """
    shocks = [s for s in parameters.shocks.values() if s.kind == KIND and s.target in (None, key)]
    found: list[Cut] = []
    now = 0.0
    for quarter in range(parameters.quarters):
        eur = now
        for shock in shocks:
            if shock.quarter == quarter:
                eur = shock.size
            elif shock.quarters is not None and shock.quarter + shock.quarters == quarter:
                eur = 0.0
        if eur != now:
            found.append(Cut(quarter, eur))
        now = eur
    return found


def cut_in_force(parameters: MarketParameters, key: str, quarter: int) -> Cut:
    """The cut of a lab that holds in a quarter, with the quarter since when."""
    past = [cut for cut in cuts_of(parameters, key) if cut.quarter <= quarter]
    return past[-1] if past else Cut(0, 0.0)


def already_cut(world: World, step: ShockStep) -> str:
    """Why a cut of a lab would change nothing; "" when it would change something.

    Raises:
        WorldProblem: the cut is not possible in this world.
    """
    key, before = step.target or "", world.parameters
    if cuts_of(world.with_shock(step).parameters, key) != cuts_of(before, key):
        return ""
    return WORDS(
        "customers-cut-already",
        name=before.labs[key].name,
        eur=f"{step.size:g}",
        since=before.quarter_label(cut_in_force(before, key, step.quarter).quarter),
        label=before.quarter_label(step.quarter),
    )


def cut_status(recording: Recording) -> str:
    """What the visitor cut in this world, in a sentence for each lab."""
    steps = recording.world.shocks
    keys = list(dict.fromkeys(s.target for s in steps if s.kind == KIND and s.target))
    if not keys:
        return WORDS("customers-cut-status")
    sentences = []
    for key in keys:
        parts = [
            WORDS(
                "customers-cut-part" if cut.eur else "customers-cut-ends",
                eur=f"{cut.eur:g}",
                label=recording.labels[cut.quarter],
            )
            for cut in cuts_of(recording.parameters, key)
        ]
        sentences.append(f"{recording.name_of(key)} {', '.join(parts)}.")
    return WORDS("customers-cut-done", cuts=" ".join(sentences))

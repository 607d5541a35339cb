"""Balance sheet and cash flows of every firm, quarter by quarter, read once from a recording."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from market.books.statements import CHANGE, NET_WORTH, SUM
from viz.words.firms import BALANCE_LINE, DEBT_NAMES, FLOWS_LINE, NEW_MONEY, OWED

if TYPE_CHECKING:
    import pandas as pd

    from viz.recording.recording import Recording

OWN_SHARES = ("private equity", "listed equity", "fund shares")
"""Claims of its owners: no debts of a firm."""
Rows = dict[str, dict[str, float]]


class FirmBooks:
    """Books of all parties in the quarters that are recorded so far.

    Attributes:
        sheets: per quarter: key of a party -> what it owns (+) and owes (-), USD.
        flows: per quarter: name of a party -> what it received (+) and paid (-), USD.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.sheets: list[Rows] = []
        self.flows: list[Rows] = []
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


def _sheets(recording: Recording, quarter: int) -> Rows:
    found: Rows = {}
    claims = recording.claims(quarter)
    columns = (claims[name].tolist() for name in ("holder_key", "issuer_key", "instrument", "usd"))
    for holder, issuer, instrument, usd in zip(*columns, strict=True):
        _add(found, holder, instrument, usd)
        if issuer and instrument not in OWN_SHARES:
            _add(found, issuer, owed_name(instrument), -usd)
    return found


def debt_name(instrument: str) -> str:
    """What a claim is called by the firm that owes it: its bills are payables."""
    return DEBT_NAMES.get(instrument, instrument)


def owed_name(instrument: str) -> str:
    """Name of a debt beside claims of the same kind: "loans owed", "payables"."""
    return DEBT_NAMES.get(instrument) or OWED.format(name=instrument)


def _add(rows: Rows, key: str, name: str, usd: float) -> None:
    row = rows.setdefault(key, {})
    row[name] = row.get(name, 0.0) + usd


def _flows(recording: Recording, quarter: int) -> Rows:
    matrix = recording.matrix("transactions-flow", quarter, "party")
    names = [str(name) for name in matrix.index]
    found: Rows = {}
    for party in matrix.columns:
        if party == SUM:
            continue
        row: dict[str, float] = {}
        change = 0.0
        for name, value in zip(names, matrix[party].tolist(), strict=True):
            if name == CHANGE + "deposits":
                change = -1e9 * value
            elif value and name not in (SUM, NET_WORTH):
                row[_words(name)] = 1e9 * value
        found[str(party)] = row | {FLOWS_LINE: change}
    return found


def _words(row: str) -> str:
    """Name of a flow: a change of a debt is money that came in by it."""
    return NEW_MONEY.format(name=row.removeprefix(CHANGE)) if row.startswith(CHANGE) else row


def sheet_of(recording: Recording, quarter: int, key: str) -> dict[str, float]:
    """What a firm owns (+) and owes (-) at the end of a recorded quarter by instrument, USD."""
    return dict(books_of(recording).sheets[quarter].get(key, {}))


def balance_frame(recording: Recording, key: str) -> pd.DataFrame:
    """What a firm owns (+) and owes (-) at the end of each recorded quarter, USD.

    A column per instrument or real asset; debts are called "loans owed" and so on, bills
    "payables". Own shares are no debt; ``left for owners`` is what it owns less what it owes.
    """
    books = books_of(recording)
    rows = [sheet.get(key, {}) for sheet in books.sheets]
    return _frame(recording, [row | {BALANCE_LINE: sum(row.values())} for row in rows])


def money_frame(recording: Recording, key: str) -> pd.DataFrame:
    """What a firm received (+) and paid (-) in each recorded quarter by ledger row, USD.

    New debts and shares sold are receipts, called "new bonds" and so on; claims bought and debts
    repaid are payments. ``change of cash`` is their sum.
    """
    name = recording.name_of(key)
    return _frame(recording, [flow.get(name, {}) for flow in books_of(recording).flows])


def _frame(recording: Recording, rows: list[dict[str, float]]) -> pd.DataFrame:
    import pandas as pd

    names = dict.fromkeys(name for row in rows for name in row)
    table: dict[str, list[str] | list[float]] = {"quarter": recording.labels[: len(rows)]}
    table |= {name: [row.get(name, 0.0) for row in rows] for name in names}
    return pd.DataFrame(table)

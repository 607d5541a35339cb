"""The three matrices of a stock-flow-consistent model, read from a ledger.

Balance sheets, transactions flows and revaluations, in the layout of Godley and Lavoie 2007: one
column per sector (or party), one row per instrument or kind of flow, a last row and column "Sum".
Everything is added up in integer cents before it is converted, so a sum that ought to be zero is
exactly zero in any unit. Instruments and sectors stand in the order in which they are declared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from market.books.accounts import RowKind, Slot
from market.books.ledger import Ledger

Ints = NDArray[np.int64]
By = Literal["sector", "party"]
Unit = Literal["USD bn", "cents"]

SUM, NET_WORTH, SAVING, CHANGE = "Sum", "net worth", "saving", "change in "
CENTS_PER_USD_BN = 100_000_000_000


def balance_sheet_matrix(
    ledger: Ledger,
    quarter: int | None = None,
    by: By = "sector",
    unit: Unit = "USD bn",
    *,
    at: Literal["closing", "opening"] = "closing",
) -> pd.DataFrame:
    """Assets (+) and liabilities (-) of every sector or party.

    Args:
        ledger: the accounts.
        quarter: a closed quarter, or the present one as it stands (default).
        by: a column per sector or per party.
        unit: of all entries; "cents" gives integers.
        at: the end of the quarter, or its start (for quarter 0 the opening balance sheet).

    Returns:
        Rows: claims (each sums to zero), real assets, ``net worth`` with the opposite sign (so that
        every column sums to zero) and ``Sum``.

    Raises:
        ValueError: for a quarter that has not begun.
    """
    number = _known(ledger, quarter)
    archived = number < ledger.quarter
    if at == "closing":
        values = ledger.archives[number].closing if archived else ledger.books.balance
    else:
        values = ledger.archives[number].opening if archived else ledger.books.opening
    slots = _positions(ledger, np.arange(min(len(values), ledger.accounts.size)))
    names = [ledger.accounts.describe[slot][0] for slot in slots.tolist()]
    claims = _claims(ledger, slots)
    table = _Table(ledger, by)
    is_claim = dict(zip(names, claims, strict=True))
    table.add(names, slots, values[slots])
    place = _place(ledger)
    order = sorted(table.rows, key=lambda row: (not is_claim[row], place(row)))
    return table.frame(order, unit, balancing=NET_WORTH)


def transactions_flow_matrix(
    ledger: Ledger,
    quarter: int | None = None,
    by: By = "sector",
    unit: Unit = "USD bn",
    *,
    is_split: bool = False,
) -> pd.DataFrame:
    """Sources (+) and uses (-) of funds of every sector or party in a quarter.

    Flows stand above the changes of claims ("change in deposits", ...): a claim bought is a use
    of funds, a new debt a source. Every row and every column sums to zero.

    Args:
        ledger: the accounts.
        quarter: a closed quarter, or the present one as it stands (default).
        by: a column per sector or per party.
        unit: of all entries; "cents" gives integers.
        is_split: give each column a current and a capital account, joined by the row ``saving``;
            else what a party books against itself (depreciation, inventories) nets out.

    Returns:
        Rows: flows by the names of their postings, then changes of claims, then ``Sum``.

    Raises:
        ValueError: for a quarter that has not begun.
    """
    slots, amounts, rows = ledger.books.legs(_known(ledger, quarter))
    names, chosen = ledger.accounts.rows, _of_kind(ledger, rows, RowKind.TRANSACTION)
    slots, amounts, rows = slots[chosen], -amounts[chosen], rows[chosen]
    claims = _claims(ledger, slots)
    labels = [
        CHANGE + names[row] if claim else names[row]
        for row, claim in zip(rows.tolist(), claims, strict=True)
    ]
    capital = ledger.accounts.kind[slots] <= Slot.REAL_ASSET
    table = _Table(ledger, by, is_split=is_split)
    table.add(labels, slots, amounts, capital)
    of_claims = {row for row, claim in zip(labels, claims, strict=True) if claim}
    flows = [row for row in table.rows if row not in of_claims]
    place = _place(ledger)
    changes = sorted(
        (row for row in table.rows if row in of_claims),
        key=lambda row: place(row.removeprefix(CHANGE)),
    )
    return table.frame([*flows, *changes], unit, joining=SAVING if is_split else None)


def revaluation_matrix(
    ledger: Ledger, quarter: int | None = None, by: By = "sector", unit: Unit = "USD bn"
) -> pd.DataFrame:
    """Gains (+) and losses (-) of a quarter that no transaction explains.

    Changes of value stand under the instrument's name, claims and assets cancelled under the name
    with "write-off". A rise of a debt is its issuer's loss, so a claim's row sums to zero.

    Args:
        ledger: the accounts.
        quarter: a closed quarter, or the present one as it stands (default).
        by: a column per sector or per party.
        unit: of all entries; "cents" gives integers.

    Returns:
        Rows: instruments and real assets, ``net worth`` with the opposite sign, and ``Sum``.

    Raises:
        ValueError: for a quarter that has not begun.
    """
    slots, amounts, rows = ledger.books.legs(_known(ledger, quarter))
    accounts = ledger.accounts
    chosen = _of_kind(ledger, rows, RowKind.REVALUATION)
    chosen &= accounts.kind[slots] <= Slot.REAL_ASSET
    slots, amounts, rows = slots[chosen], amounts[chosen], rows[chosen]
    labels = [
        accounts.describe[slot][0]
        if accounts.rows[row] == "revaluation"
        else f"{accounts.describe[slot][0]}, {accounts.rows[row]}"
        for slot, row in zip(slots.tolist(), rows.tolist(), strict=True)
    ]
    claims = _claims(ledger, slots)
    is_claim = dict(zip(labels, claims, strict=True))
    table = _Table(ledger, by)
    table.add(labels, slots, amounts)
    place = _place(ledger)
    order = sorted(
        table.rows, key=lambda row: (not is_claim[row], place(row.split(",")[0]), "," in row)
    )
    return table.frame(order, unit, balancing=NET_WORTH)


class _Table:
    """Adds legs up by row and column."""

    def __init__(self, ledger: Ledger, by: By, *, is_split: bool = False) -> None:
        if by not in ("sector", "party"):
            raise ValueError(f"by: {by!r} is neither 'sector' nor 'party'")
        accounts = ledger.accounts
        of_party = accounts.names if by == "party" else accounts.sectors
        found = list(dict.fromkeys(of_party))
        places = accounts.declared.places("sector")
        self.columns = found if by == "party" else sorted(found, key=places.__getitem__)
        position = {name: i for i, name in enumerate(self.columns)}
        self._column = np.array([position[name] for name in of_party], dtype=np.int64)
        self._party = accounts.party
        self._is_split = is_split
        self.rows: dict[str, Ints] = {}

    def add(
        self,
        labels: list[str],
        slots: Ints,
        amounts: Ints,
        capital: NDArray[np.bool_] | None = None,
    ) -> None:
        """Add an amount for every leg."""
        width = len(self.columns) * (2 if self._is_split else 1)
        column = self._column[self._party[slots]]
        if self._is_split and capital is not None:
            column = 2 * column + capital
        numbers: dict[str, int] = {}
        row = np.array([numbers.setdefault(name, len(numbers)) for name in labels], dtype=np.int64)
        cells = np.zeros((len(numbers), width), dtype=np.int64)
        np.add.at(cells, (row, column), amounts)
        self.rows = {name: cells[number] for name, number in numbers.items()}

    def frame(
        self,
        order: list[str],
        unit: Unit,
        *,
        balancing: str | None = None,
        joining: str | None = None,
    ) -> pd.DataFrame:
        """Make the frame: rows in order, the balancing row, and the sums."""
        if unit not in ("USD bn", "cents"):
            raise ValueError(f"unit: {unit!r} is neither 'USD bn' nor 'cents'")
        width = len(self.columns) * (2 if self._is_split else 1)
        cells = np.array([self.rows[name] for name in order], dtype=np.int64).reshape(-1, width)
        names = list(order)
        if balancing is not None or joining is not None:
            names.append(balancing or str(joining))
            cells = np.vstack([cells, -cells.sum(axis=0)])
        columns = [*self.columns, SUM]
        index: pd.Index[str] | pd.MultiIndex = pd.Index(columns)
        if self._is_split:
            pairs = [(name, side) for name in self.columns for side in ("current", "capital")]
            index = pd.MultiIndex.from_tuples([*pairs, (SUM, "")])
        cells = np.column_stack([cells, cells.sum(axis=1)])
        cells = np.vstack([cells, cells.sum(axis=0)])
        values = cells if unit == "cents" else cells / CENTS_PER_USD_BN
        return pd.DataFrame(values, index=pd.Index([*names, SUM]), columns=index)


def _known(ledger: Ledger, quarter: int | None) -> int:
    number = ledger.quarter if quarter is None else quarter
    if not 0 <= number <= ledger.quarter:
        raise ValueError(f"quarter {number} is not one of 0 to {ledger.quarter}")
    return number


def _positions(ledger: Ledger, slots: Ints) -> Ints:
    return slots[ledger.accounts.kind[slots] <= Slot.REAL_ASSET]


def _claims(ledger: Ledger, slots: Ints) -> list[bool]:
    found: list[bool] = (ledger.accounts.kind[slots] <= Slot.CLAIM_LIABILITY).tolist()
    return found


def _of_kind(ledger: Ledger, rows: Ints, kind: RowKind) -> NDArray[np.bool_]:
    kinds = np.array(ledger.accounts.row_kinds, dtype=np.int64)
    return np.asarray(kinds[rows] == kind, dtype=np.bool_)


def _place(ledger: Ledger) -> Callable[[str], int]:
    """Place of an instrument among the declared ones; real assets come after them."""
    places = ledger.accounts.declared.places("instrument")
    return lambda name: places.get(name, len(places))

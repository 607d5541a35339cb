"""Array form of the choices of enterprise customers; ``kernel`` beside it is the compiled one.

Both take the same arguments and write the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.customers.books import CustomerBooks
from agents.rules.enterprise_choice import next_renewal
from agents.rules.offer_table import OfferTable, make_offer_table

__all__ = ["Columns", "Quarter", "make_offer_table", "renew", "replace_second", "take_best"]

Rows = NDArray[np.int64]
NEVER = int(np.iinfo(np.int16).max)


class Columns(NamedTuple):
    """What a choice reads and writes, one entry per customer."""

    provider: NDArray[np.int8]
    secondary: NDArray[np.int8]
    seats: NDArray[np.float64]
    switching_cost: NDArray[np.float64]
    need_level: NDArray[np.uint16]
    weight_class: NDArray[np.uint8]
    contract_end: NDArray[np.int16]
    has_second: NDArray[np.bool_]


class Quarter(NamedTuple):
    """When the choice takes place, and its constants.

    ``runs`` holds the first row of each run of customers of one kind within a block, and the number
    of rows; ``block_runs`` the first run of each block, and the number of runs. The compiled form
    uses them.
    """

    number: int
    contract_quarters: int
    rounding: float
    block_rows: int
    runs: Rows
    block_runs: Rows


def renew(
    blocks: Rows,
    block_end: NDArray[np.int16],
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
) -> None:
    """Let every served customer of the blocks whose contract ends choose again.

    Writes the earliest end of a contract in each block to ``block_end``.
    """
    size = columns.provider.size
    for first, last in _runs(blocks):
        part = slice(first * quarter.block_rows, min(last * quarter.block_rows, size))
        is_due = (columns.contract_end[part] <= quarter.number) & (columns.provider[part] >= 0)
        rows = part if is_due.all() else np.flatnonzero(is_due) + part.start
        code = _codes(rows, columns, table)
        held = columns.provider[rows]
        gain = table.gain[held.astype(np.intp) * table.codes + code]
        moves = gain > columns.switching_cost[rows] + quarter.rounding
        _settle(rows, np.where(moves, table.best[code], held), code, quarter, columns, table, books)
        end = np.where(columns.provider[part] < 0, NEVER, columns.contract_end[part])
        starts = np.arange(0, end.size, quarter.block_rows)
        block_end[first:last] = np.minimum.reduceat(end, starts)


def take_best(
    rows: Rows, quarter: Quarter, columns: Columns, table: OfferTable, books: CustomerBooks
) -> None:
    """Let the customers of different rows take the best offer, whatever the switching cost."""
    code = _codes(rows, columns, table)
    best = table.best[code]
    moves = best != columns.provider[rows]
    _settle(rows[moves], best[moves], code[moves], quarter, columns, table, books)


def replace_second(rows: Rows, columns: Columns, table: OfferTable, books: CustomerBooks) -> None:
    """Let customers choose a second provider anew; the first one stays."""
    held, old = columns.provider[rows], columns.secondary[rows]
    new = _seconds(held, _codes(rows, columns, table), columns.has_second[rows], table)
    columns.secondary[rows] = new
    books.book(columns.seats[rows], (held, old), (held, new))


def _settle(
    rows: Rows | slice,
    new: NDArray[np.int8],
    code: NDArray[np.intp],
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
) -> None:
    """Write new providers, renewals and second providers; book the changes."""
    old, old_second = columns.provider[rows], columns.secondary[rows]
    end = columns.contract_end[rows]
    renewed = next_renewal(end, quarter.number, quarter.contract_quarters)
    columns.contract_end[rows] = np.where((new >= 0) & (end <= quarter.number), renewed, end)
    new_second = _seconds(new, code, columns.has_second[rows], table)
    changed = np.flatnonzero((new != old) | (new_second != old_second))
    if changed.size == 0:
        return
    changed_rows = changed + rows.start if isinstance(rows, slice) else rows[changed]
    before, after = (old[changed], old_second[changed]), (new[changed], new_second[changed])
    books.book(columns.seats[changed_rows], before, after)
    columns.provider[changed_rows], columns.secondary[changed_rows] = after


def _codes(rows: Rows | slice, columns: Columns, table: OfferTable) -> NDArray[np.intp]:
    """Code of the table of each row."""
    group = table.group_of_level[columns.need_level[rows]]
    return np.asarray(group * table.classes + columns.weight_class[rows])


def _seconds(
    first: NDArray[np.int8],
    code: NDArray[np.intp],
    has_second: NDArray[np.bool_],
    table: OfferTable,
) -> NDArray[np.int8]:
    """Best provider but the first, for those who want one and have a first."""
    best = table.best[code]
    other = np.where(best == first, table.second[code], best)
    return np.where(has_second & (first >= 0), other, np.int8(-1))


def _runs(blocks: Rows) -> Iterator[tuple[int, int]]:
    """Runs of consecutive blocks: (first, last + 1)."""
    if blocks.size:
        cuts = np.flatnonzero(np.diff(blocks) != 1) + 1
        for run in np.split(blocks, cuts):
            yield int(run[0]), int(run[-1]) + 1

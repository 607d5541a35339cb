"""Who chooses in a quarter, on arrays: contracts, seats and books around the rule for columns.

The choice itself is `CustomerPopulation.choose_providers` and `choose_secondaries`, which call
``agents.rules.enterprise_choice``. ``agents.customers.kernel`` is the compiled form of this module
and of that rule; it writes the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.customers.books import CustomerBooks
from agents.rules.enterprise_choice import Codes, OfferTable, next_renewal

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


class Chooser(Protocol):
    """The rule for columns, as a population carries it; see ``agents.customers.population``."""

    def choose_providers(
        self,
        rows: Rows | slice,
        code: NDArray[np.intp],
        table: OfferTable,
        is_tender: bool = False,
    ) -> Codes:
        """Provider that the customers of some rows buy from next."""

    def choose_secondaries(
        self, rows: Rows | slice, primary: Codes, code: NDArray[np.intp], table: OfferTable
    ) -> Codes:
        """Second provider of the customers of some rows."""


def renew(
    blocks: Rows,
    block_end: NDArray[np.int16],
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
    *,
    rule: Chooser,
) -> None:
    """Let every served customer of the blocks whose contract ends choose again.

    Writes the earliest end of a contract in each block to ``block_end``.
    """
    size = columns.provider.size
    for first, last in _runs(blocks):
        part = slice(first * quarter.block_rows, min(last * quarter.block_rows, size))
        is_due = (columns.contract_end[part] <= quarter.number) & (columns.provider[part] >= 0)
        rows = part if is_due.all() else np.flatnonzero(is_due) + part.start
        code = table.codes_of(columns.need_level[rows], columns.weight_class[rows])
        new = rule.choose_providers(rows, code, table)
        _settle(rows, new, code, quarter, columns, table, books, rule)
        end = np.where(columns.provider[part] < 0, NEVER, columns.contract_end[part])
        starts = np.arange(0, end.size, quarter.block_rows)
        block_end[first:last] = np.minimum.reduceat(end, starts)


def take_best(
    rows: Rows,
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
    *,
    rule: Chooser,
) -> None:
    """Let the customers of different rows choose as in a tender, whatever their contract."""
    code = table.codes_of(columns.need_level[rows], columns.weight_class[rows])
    new = rule.choose_providers(rows, code, table, is_tender=True)
    moves = new != columns.provider[rows]
    _settle(rows[moves], new[moves], code[moves], quarter, columns, table, books, rule)


def replace_second(
    rows: Rows, columns: Columns, table: OfferTable, books: CustomerBooks, *, rule: Chooser
) -> None:
    """Let customers choose a second provider anew; the first one stays."""
    held, old = columns.provider[rows], columns.secondary[rows]
    code = table.codes_of(columns.need_level[rows], columns.weight_class[rows])
    new = rule.choose_secondaries(rows, held, code, table)
    columns.secondary[rows] = new
    books.book(columns.seats[rows], (held, old), (held, new))


def _settle(
    rows: Rows | slice,
    new: Codes,
    code: NDArray[np.intp],
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
    rule: Chooser,
) -> None:
    """Write new providers, renewals and second providers; book the changes."""
    old, old_second = columns.provider[rows], columns.secondary[rows]
    end = columns.contract_end[rows]
    renewed = next_renewal(end, quarter.number, quarter.contract_quarters)
    columns.contract_end[rows] = np.where((new >= 0) & (end <= quarter.number), renewed, end)
    new_second = rule.choose_secondaries(rows, new, code, table)
    changed = np.flatnonzero((new != old) | (new_second != old_second))
    if changed.size == 0:
        return
    changed_rows = changed + rows.start if isinstance(rows, slice) else rows[changed]
    before, after = (old[changed], old_second[changed]), (new[changed], new_second[changed])
    books.book(columns.seats[changed_rows], before, after)
    columns.provider[changed_rows], columns.secondary[changed_rows] = after


def _runs(blocks: Rows) -> Iterator[tuple[int, int]]:
    """Runs of consecutive blocks: (first, last + 1)."""
    if blocks.size:
        cuts = np.flatnonzero(np.diff(blocks) != 1) + 1
        for run in np.split(blocks, cuts):
            yield int(run[0]), int(run[-1]) + 1

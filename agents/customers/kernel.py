"""Compiled form of the choices of enterprise customers, for large populations.

The rule is the one for columns in ``agents.rules.enterprise_choice``: read it there. Whoever
changes it there changes it here too; else the population notices (`gives_what_the_rule_gives`) and
stays with arrays, as it does when a function there is replaced or a method of its own overridden.

The first use in a process costs the import of numba and loading the cached machine code; the very
first on a machine compiles it (figures: ``tests/benchmark/customers.py``). Small populations come
here only in processes that have loaded compiled code before. The loops give bit for bit what
``agents.customers.arrays`` gives: all gains come from the same table, and seats are whole 1024ths,
so that their sums are exact in any order.

Customers of one kind (need and weight) lie together in runs, for which the offers are looked up
once; a loop without branches marks those for whom anything changes. Compiled functions take arrays
one by one: a tuple or an object of them would be counted for every customer.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from agents.customers.arrays import NEVER, Columns, Quarter
from agents.customers.books import CustomerBooks
from agents.rules import enterprise_choice
from agents.rules.enterprise_choice import OfferTable, reliability_bars

Array = np.ndarray[Any, Any]


LEAST_ROWS, LEAST_BLOCKS = 8192, 128
"""Rows and blocks of rows below which threads cost more than they save."""

_compiled = njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _moves(gain: float, switching_cost: float, rounding: float) -> bool:
    """``wants_to_move``, or has to leave; see ``enterprise_choice.choose_providers``."""
    return (gain > switching_cost + rounding) | (gain == np.inf)


@_compiled
def _mark(  # noqa: PLR0913, PLR0917 - columns one by one, see the top of the module
    first: int,
    last: int,
    quarter: int,
    rounding: float,
    gain: Array,
    best: np.int8,
    second: np.int8,
    provider: Array,
    secondary: Array,
    switching_cost: Array,
    contract_end: Array,
    has_second: Array,
    marks: Array,
) -> int:
    """Mark the customers of one kind, rows first to last, for whom anything changes."""
    count = 0
    for n in range(last - first):
        i = first + n
        other = best
        if provider[i] == best:
            other = second
        if not has_second[i]:
            other = np.int8(-1)
        changes = (other != secondary[i]) | (contract_end[i] != quarter)
        changes |= _moves(gain[np.uint8(provider[i])], switching_cost[i], rounding)
        marks[n] = changes & (contract_end[i] <= quarter) & (provider[i] >= 0)
        count += marks[n]
    return count


@_compiled
def _sign(quarter: int, end: np.int16, provider: Array, contract_end: Array) -> int:
    """Renew who has not done so, up to a date; returns the earliest end of a contract."""
    earliest = np.int16(NEVER)
    for i in range(provider.size):
        date = end if contract_end[i] == quarter else contract_end[i]
        contract_end[i] = date if provider[i] >= 0 else contract_end[i]
        earliest = min(earliest, date if provider[i] >= 0 else np.int16(NEVER))
    return int(earliest)


@_compiled
def _settle(  # noqa: PLR0913, PLR0917 - columns one by one, see the top of the module
    rows: Array,
    codes: Array,
    providers: Array,
    quarter: int,
    length: int,
    best: Array,
    second: Array,
    provider: Array,
    secondary: Array,
    seats: Array,
    contract_end: Array,
    has_second: Array,
    pair_seats: Array,
    pair_customers: Array,
    flow_seats: Array,
) -> None:
    """Write new providers, renewals and second providers of rows; book the changes."""
    before = np.empty((rows.size, 2), dtype=np.int8)
    for n in range(rows.size):
        i, code, new = rows[n], codes[n], providers[n]
        before[n, 0], before[n, 1] = provider[i], secondary[i]
        end = contract_end[i]
        while new >= 0 and end <= quarter:  # a division would cost more than all the rest
            end += length
        contract_end[i] = end
        other = second[code] if best[code] == new else best[code]
        provider[i], secondary[i] = new, other if has_second[i] and new >= 0 else -1
    for n in range(rows.size):  # apart, so that reading seats does not hold up the rest
        i, old, old_second = rows[n], before[n, 0], before[n, 1]
        pair_seats[old, old_second] -= seats[i]
        pair_seats[provider[i], secondary[i]] += seats[i]
        pair_customers[old, old_second] -= 1
        pair_customers[provider[i], secondary[i]] += 1
        if provider[i] != old:
            flow_seats[old, provider[i]] += seats[i]


@_compiled
def _renew(  # noqa: PLR0913, PLR0917 - columns one by one, see the top of the module
    blocks: Array,
    block_rows: int,
    block_end: Array,
    runs: Array,
    block_runs: Array,
    quarter: int,
    length: int,
    rounding: float,
    classes: int,
    group_of_level: Array,
    best: Array,
    second: Array,
    gains: Array,
    provider: Array,
    secondary: Array,
    seats: Array,
    switching_cost: Array,
    level: Array,
    weight: Array,
    contract_end: Array,
    has_second: Array,
    pair_seats: Array,
    pair_customers: Array,
    flow_seats: Array,
) -> None:
    gain = np.full(256, -np.inf)  # by provider; -1, read without its sign, is the last one
    marks, rows = np.empty(block_rows, dtype=np.int8), np.empty(block_rows, dtype=np.int64)
    codes, news = np.empty(block_rows, dtype=np.int64), np.empty(block_rows, dtype=np.int8)
    for b in blocks:
        count = 0
        for run in range(block_runs[b], block_runs[b + 1]):
            first, last = runs[run], runs[run + 1]
            code = group_of_level[level[first]] * classes + weight[first]
            for j in range(gains.size // best.size - 1):
                gain[j] = gains[j * best.size + code]
            marked = _mark(
                first, last, quarter, rounding, gain, best[code], second[code],
                provider, secondary, switching_cost, contract_end, has_second, marks,
            )  # fmt: skip
            for n in range(last - first if marked else 0):
                if marks[n]:
                    i = first + n
                    moves = _moves(gain[np.uint8(provider[i])], switching_cost[i], rounding)
                    rows[count], codes[count] = i, code
                    news[count] = best[code] if moves else provider[i]
                    count += 1
        _settle(
            rows[:count], codes[:count], news[:count], quarter, length, best, second,
            provider, secondary, seats, contract_end, has_second,
            pair_seats, pair_customers, flow_seats,
        )  # fmt: skip
        first, last = b * block_rows, min((b + 1) * block_rows, provider.size)
        end = np.int16(quarter + length)
        block_end[b] = _sign(quarter, end, provider[first:last], contract_end[first:last])


@_compiled
def _take_best(  # noqa: PLR0913, PLR0917 - columns one by one, see the top of the module
    rows: Array,
    quarter: int,
    length: int,
    classes: int,
    group_of_level: Array,
    best: Array,
    second: Array,
    provider: Array,
    secondary: Array,
    seats: Array,
    level: Array,
    weight: Array,
    contract_end: Array,
    has_second: Array,
    pair_seats: Array,
    pair_customers: Array,
    flow_seats: Array,
) -> None:
    moving, codes = np.empty(rows.size, dtype=np.int64), np.empty(rows.size, dtype=np.int64)
    news, count = np.empty(rows.size, dtype=np.int8), 0
    for i in rows:
        code = group_of_level[level[i]] * classes + weight[i]
        moving[count], codes[count], news[count] = i, code, best[code]
        count += best[code] != provider[i]  # no branch: the next rows are read meanwhile
    _settle(
        moving[:count], codes[:count], news[:count], quarter, length, best, second,
        provider, secondary, seats, contract_end, has_second,
        pair_seats, pair_customers, flow_seats,
    )  # fmt: skip


@_compiled
def _fill_table(  # noqa: PLR0913, PLR0917 - what the rule takes, and what it gives
    prices: Array,
    qualities: Array,
    reliabilities: Array,
    weights: Array,
    has_price_switching: bool,
    bars: Array,
    best: Array,
    second: Array,
    gain: Array,
) -> None:
    """The table of offers by loops over groups, classes and providers."""
    for group in range(bars.size):
        for c in range(weights.size):
            code, first, other = group * weights.size + c, -1, -1
            first_value = other_value = -np.inf
            for k in range(prices.size):
                if not (np.isnan(prices[k]) or reliabilities[k] < bars[group]):
                    value = weights[c] * qualities[k] - prices[k]
                    if value > first_value:
                        other, other_value = first, first_value
                        first, first_value = k, value
                    elif value > other_value:
                        other, other_value = k, value
            best[code], second[code] = first, other
            for j in range(prices.size):
                step = (prices[j] - prices[first]) + weights[c] * (qualities[first] - qualities[j])
                if j == first or not has_price_switching:
                    step = -np.inf
                if np.isnan(prices[j]) or reliabilities[j] < bars[group]:
                    step = np.inf
                gain[j * best.size + code] = step
            gain[prices.size * best.size + code] = np.inf


def make_offer_table(
    prices: Array,
    qualities: Array,
    reliabilities: Array,
    need_levels: Array,
    weights: Array,
    has_price_switching: bool = True,
) -> OfferTable:
    """See ``agents.rules.enterprise_choice.make_offer_table``."""
    is_gone = np.isnan(prices)
    bars = reliability_bars(is_gone, reliabilities)
    best, second = np.empty((2, bars.size * weights.size), dtype=np.int8)
    gain = np.empty((prices.size + 1) * best.size)
    _fill_table(
        *(prices, qualities, reliabilities, weights, has_price_switching),
        *(bars, best, second, gain),
    )
    group_of_level = np.searchsorted(bars, need_levels)
    return OfferTable(
        group_of_level=group_of_level,
        classes=weights.size,
        codes=best.size,
        best=best,
        second=second,
        gain=gain,
        is_gone=is_gone,
        is_served=(best[:: weights.size] >= 0)[group_of_level],
    )


def renew(
    blocks: Array,
    block_end: Array,
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
    threads: int = 1,
) -> None:
    """See ``agents.customers.arrays.renew``; each thread takes its part of the blocks."""

    def run(part: Array, counts: tuple[Array, ...]) -> tuple[Array, ...]:
        _renew(
            *(part, quarter.block_rows, block_end, quarter.runs, quarter.block_runs),
            *(quarter.number, quarter.contract_quarters, quarter.rounding, table.classes),
            *(table.group_of_level, table.best, table.second, table.gain),
            *columns,
            *counts,
        )
        return counts

    _in_threads(run, blocks, books, threads if blocks.size >= LEAST_BLOCKS else 1)


def take_best(
    rows: Array,
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
    threads: int = 1,
) -> None:
    """See ``agents.customers.arrays.take_best``; each thread takes its part of the rows."""
    c = columns

    def run(part: Array, counts: tuple[Array, ...]) -> tuple[Array, ...]:
        _take_best(
            *(part, quarter.number, quarter.contract_quarters, table.classes),
            *(table.group_of_level, table.best, table.second),
            *(c.provider, c.secondary, c.seats, c.need_level, c.weight_class),
            *(c.contract_end, c.has_second),
            *counts,
        )
        return counts

    _in_threads(run, rows, books, threads if rows.size >= LEAST_ROWS else 1)


@cache
def gives_what_the_rule_gives() -> bool:
    """Whether these loops take the decisions of ``agents.rules.enterprise_choice``.

    Tried once in a process, on customers of every kind with costs around what they would gain.
    False means that one of the two files was edited and the other one was not.
    """
    prices, reliabilities = np.array([30.0, 27.0, np.nan, 36.03]), np.array([0.8, 0.8, 0.9, 0.7])
    offers = prices, 100 * reliabilities, reliabilities, np.array([0.6, 0.75, 0.85]), _WEIGHTS
    table, own = enterprise_choice.make_offer_table(*offers), make_offer_table(*offers)
    pairs = ((getattr(table, part.name), getattr(own, part.name)) for part in fields(table))
    return all(np.array_equal(*pair) for pair in pairs) and _decides_alike(table)


_WEIGHTS, _COSTS = np.array([0.0, 0.3]), np.array([0.0, 2.99, 3.0, 3.01, 5.0, 9.02, 9.03, np.inf])


def _decides_alike(table: OfferTable) -> bool:
    """Whether a sample chooses by the loops, at a renewal and in a tender, as by the rule."""
    level, weight, provider, cost, second = (
        index.ravel() for index in np.indices((3, _WEIGHTS.size, 4, _COSTS.size, 2))
    )
    size, kinds = level.size, 3 * _WEIGHTS.size
    runs, block_runs = np.arange(kinds + 1) * (size // kinds), np.array([0, kinds])
    quarter = Quarter(0, 1, enterprise_choice.PRICE_ROUNDING_EUR, size, runs, block_runs)
    for is_tender in (False, True):
        columns = Columns(
            *(provider.astype(np.int8), np.full(size, -1, dtype=np.int8), np.ones(size)),
            *(_COSTS[cost], level.astype(np.uint16), weight.astype(np.uint8)),
            *(np.zeros(size, dtype=np.int16), second > 0),
        )
        code, books = table.codes_of(level, weight), CustomerBooks(4, 0.5)
        first = enterprise_choice.choose_providers(
            columns.provider, code, columns.switching_cost, table, is_tender=is_tender
        )
        other = enterprise_choice.choose_secondaries(first, code, table, columns.has_second)
        if is_tender:
            other[first == provider] = -1  # who stays keeps what it has
            take_best(np.arange(size), quarter, columns, table, books)
        else:
            renew(np.zeros(1), np.zeros(1, dtype=np.int16), quarter, columns, table, books)
        if (columns.provider != first).any() or (columns.secondary != other).any():
            return False
    return True


def _in_threads(
    run: Callable[[Array, tuple[Array, ...]], tuple[Array, ...]],
    given: Array,
    books: CustomerBooks,
    threads: int,
) -> None:
    """Start a loop, in parts when there are several threads; parts write different rows."""
    given = given.astype(np.int64, copy=False)
    if threads == 1:
        run(given, books.counts)
        return
    own = [tuple(np.zeros_like(count) for count in books.counts) for _ in range(threads)]
    for counts in _pool(threads).map(run, np.array_split(given, threads), own):
        for total, part in zip(books.counts, counts, strict=True):
            np.add(total, part, out=total)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that stay, so that a quarter does not pay for starting them."""
    return ThreadPoolExecutor(threads, thread_name_prefix="customers")

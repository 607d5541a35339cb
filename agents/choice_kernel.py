"""Compiled form of the choices of enterprise customers, for large populations.

The first use in a process costs the import of numba and loading the cached machine code; the very
first on a machine compiles it (figures: ``tests/benchmark/customers.py``). Small populations never
come here. The loops give bit for bit what the array form in ``agents.population`` gives: all gains
come from the same table, and seats are whole 1024ths, so that their sums are exact in any order.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from agents.choice_arrays import NEVER, Columns, Quarter
from agents.customer_books import CustomerBooks
from agents.rules.offer_table import OfferTable, reliability_bars

Array = np.ndarray[Any, Any]


LEAST_ROWS = 8192
"""Rows below which threads cost more than they save; a block stands for many."""

_compiled = njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _choose(  # noqa: PLR0912, PLR0913, PLR0917 - see below
    blocks: Array,
    block_rows: int,
    block_end: Array,
    rows: Array,
    takes_best: bool,
    quarter: int,
    length: int,
    rounding: float,
    classes: int,
    group_of_level: Array,
    best: Array,
    second: Array,
    gain: Array,
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
    """One loop for both: the rows of blocks whose contract ends, or given rows that take the best.

    Everything stands in one function: a call that passes the arrays on would count references
    for every customer, which costs ten times the choice.
    """
    changed_rows = np.empty(rows.size if takes_best else block_rows, dtype=np.int64)
    pairs_before = np.empty((changed_rows.size, 2), dtype=np.int8)
    for b in blocks:
        first, last = b * block_rows, min((b + 1) * block_rows, provider.size)
        if takes_best:
            first, last = 0, rows.size
        earliest, changed, present = NEVER, 0, -1
        for n in range(first, last):
            i = rows[n] if takes_best else n
            old, end = provider[i], contract_end[i]
            if not takes_best and (old < 0 or end > quarter):
                earliest = min(earliest, end if old >= 0 else NEVER)
                continue
            kind = level[i] * classes + weight[i]
            if kind != present:  # customers of one kind mostly lie together
                present = kind
                code = group_of_level[level[i]] * classes + weight[i]
                best_now, second_now = best[code], second[code]
            new = best_now
            if not takes_best and gain[old * best.size + code] <= switching_cost[i] + rounding:
                new = old
            if takes_best and new == old:
                continue
            if new >= 0:
                while end <= quarter:  # a division would cost more than all the rest
                    end += length
                contract_end[i] = end
                earliest = min(earliest, end)
            # Arithmetic for what no processor can predict: who wants a second provider, and which.
            other = best_now + (second_now - best_now) * (best_now == new)
            new_second = (other + 1) * (has_second[i] & (new >= 0)) - 1
            old_second = secondary[i]
            if (new != old) | (new_second != old_second):
                changed_rows[changed] = i
                pairs_before[changed, 0], pairs_before[changed, 1] = old, old_second
                provider[i], secondary[i] = new, new_second
                changed += 1
        for n in range(changed):  # apart, so that reading seats does not hold up the choices
            i = changed_rows[n]
            old, old_second = pairs_before[n, 0], pairs_before[n, 1]
            new, new_second = provider[i], secondary[i]
            pair_seats[old, old_second] -= seats[i]
            pair_seats[new, new_second] += seats[i]
            pair_customers[old, old_second] -= 1
            pair_customers[new, new_second] += 1
            if new != old:
                flow_seats[old, new] += seats[i]
        if not takes_best:
            block_end[b] = earliest


@_compiled
def _fill_table(  # noqa: PLR0913, PLR0917 - what ``agents.rules.offer_table`` takes, and what it gives
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


def make_offer_table(
    prices: Array,
    qualities: Array,
    reliabilities: Array,
    need_levels: Array,
    weights: Array,
    has_price_switching: bool = True,
) -> OfferTable:
    """See ``agents.rules.offer_table.make_offer_table``."""
    is_gone = np.isnan(prices)
    bars = reliability_bars(is_gone, reliabilities)
    best, second = np.empty((2, bars.size * weights.size), dtype=np.int8)
    gain = np.empty(prices.size * best.size)
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
    """See ``agents.choice_arrays.renew``; each thread takes its part of the blocks."""
    _run(blocks, False, block_end, quarter, columns, table, books, threads)


def take_best(
    rows: Array,
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
    threads: int = 1,
) -> None:
    """See ``agents.choice_arrays.take_best``; each thread takes its part of the rows."""
    if rows.size:
        none = np.zeros(1, dtype=np.int16)
        _run(rows, True, none, quarter, columns, table, books, threads)


def _run(
    given: Array,
    takes_best: bool,
    block_end: Array,
    quarter: Quarter,
    columns: Columns,
    table: OfferTable,
    books: CustomerBooks,
    threads: int,
) -> None:
    """Start the loop, in parts when there are several threads; parts write different rows."""

    def run(part: Array, counts: tuple[Array, ...]) -> tuple[Array, ...]:
        _choose(
            np.zeros(1, dtype=np.int64) if takes_best else part,
            quarter.block_rows,
            block_end,
            part,
            takes_best,
            quarter.number,
            quarter.contract_quarters,
            quarter.rounding,
            table.classes,
            *(table.group_of_level, table.best, table.second, table.gain),
            *columns,
            *counts,
        )
        return counts

    given = given.astype(np.int64, copy=False)
    if threads == 1 or given.size < (LEAST_ROWS if takes_best else LEAST_ROWS // 64):
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

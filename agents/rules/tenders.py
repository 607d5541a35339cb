"""When enterprise customers look at the market: dates of renewal and tenders."""

import numpy as np
from numpy.typing import NDArray


def next_renewal[T: (int, NDArray[np.int16])](
    contract_end: T, quarter: int, contract_quarters: int
) -> T:
    """Return the end of a contract that is signed now.

    A customer has one date of renewal every `contract_quarters`, that of its budget: whatever it
    signs in between runs to that date, as co-terminous contracts do.

    Args:
        contract_end: End of the last contract, or the first date, at most `quarter`.
        quarter: Present quarter.
        contract_quarters: Length of a contract, at least 1.
    """
    return contract_end + contract_quarters * ((quarter - contract_end) // contract_quarters + 1)


def tender_rows(generator: np.random.Generator, size: int, rate: float) -> NDArray[np.int64]:
    """Return who puts its seats out to tender this quarter: each of `size` with chance `rate`.

    Draws the gap to the next tender instead of a number per customer: gaps between successes of
    independent trials are geometric (Devroye 1986, chapter X.2). Cost grows with `size * rate`.

    Args:
        generator: Where the draws come from.
        size: Number of customers, at least 0.
        rate: Chance of each, 0 to 1.

    Returns:
        Rows in ascending order, each below `size`.
    """
    if rate <= 0.0 or size <= 0:
        return np.empty(0, dtype=np.int64)
    if rate >= 1.0:
        return np.arange(size, dtype=np.int64)
    expected = size * rate
    block = int(expected + 6.0 * np.sqrt(expected)) + 16
    rows = np.cumsum(_gaps(generator, block, rate, size)) - 1
    while rows[-1] < size:
        rows = np.append(rows, rows[-1] + np.cumsum(_gaps(generator, block, rate, size)))
    return np.asarray(rows[: np.searchsorted(rows, size)], dtype=np.int64)


def _gaps(
    generator: np.random.Generator, count: int, rate: float, longest: int
) -> NDArray[np.int64]:
    """Draw geometric gaps, at least 1: an exponential number rounded up has that law."""
    draws = generator.standard_exponential(count) * (-1.0 / np.log1p(-rate))
    return np.asarray(np.minimum(draws, longest).astype(np.int64) + 1)

"""Compiled form of the checks on a batch, for processes that commit very many.

The identities are stated, and put into words, in ``market.books.identities``: read them there. This
loop says only whether a batch keeps all that are checked on postings and balances, I1 to I6 and
I10, or not; when it says no, those checks run on the same batch and name what is wrong. Whoever
changes them there changes them here too; a test feeds both with sound and with broken batches.

The first use in a process costs the import of numba and loading the cached machine code; the very
first on a machine compiles it. A single run never comes here (``archive.COMPILED_AFTER``).
"""

from typing import Any

import numpy as np
from numba import njit

from market.books.accounts import RowKind, Slot

Array = np.ndarray[Any, Any]

_TRANSACTION, _KINDS = int(RowKind.TRANSACTION), len(RowKind)
_ASSET, _LIABILITY, _REAL = (
    int(kind) for kind in (Slot.CLAIM_ASSET, Slot.CLAIM_LIABILITY, Slot.REAL_ASSET)
)

_compiled = njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def post(  # noqa: PLR0911, PLR0913, PLR0917 - compiled functions take arrays one by one
    posting: Array,
    slots: Array,
    rows: Array,
    amounts: Array,
    row_kinds: Array,
    kinds: Array,
    owners: Array,
    bank_signs: Array,
    parties: int,
    largest: int,
    balance: Array,
    parts: Array,
) -> bool:
    """Post legs and check them; on "no", balance and parts are to be thrown away.

    I4 and I5 follow from I1 and I2 when books were sound; they are checked all the same.

    Args:
        posting: number of the posting of each leg, in order.
        slots: account of each leg.
        rows: row id of each leg.
        amounts: cents of each leg, debit +.
        row_kinds: a ``RowKind`` by row.
        kinds: a ``Slot`` by account.
        owners: party by account.
        bank_signs: as for ``check_bank``, by account: no more of them than there are accounts.
        parties: how many there are.
        largest: largest balance allowed, cents.
        balance: cents as of ``Books``; changed in place.
        parts: cents as of ``Books``; changed in place.

    Returns:
        Whether the batch keeps the identities.
    """
    columns = np.zeros(_KINDS * parties, dtype=np.int64)
    sums = np.zeros(row_kinds.size, dtype=np.int64)
    first, worth, money = 0, 0, 0
    while first < slots.size:
        last = first
        while last < slots.size and posting[last] == posting[first]:
            slot, row, amount = slots[last], rows[last], amounts[last]
            kind, what = row_kinds[row], kinds[slot]
            columns[kind * parties + owners[slot]] += amount
            if kind == _TRANSACTION or what <= _LIABILITY:
                sums[row] += amount
            if what >= _REAL:
                worth += amount
            money += bank_signs[slot] * amount
            balance[slot] += amount
            parts[kind, slot] += amount
            last += 1
        for leg in range(first, last):  # I1 and I3
            column = row_kinds[rows[leg]] * parties + owners[slots[leg]]
            if columns[column] != 0 or sums[rows[leg]] != 0:
                return False
        first = last
    if worth != 0 or money != 0:  # I4, I5
        return False
    for slot in range(bank_signs.size):
        held, what = balance[slot], kinds[slot]
        if held > largest or held < -largest:
            return False
        if what == _ASSET and balance[slot + 1] != -held:  # I2
            return False
        if what in (_ASSET, _REAL) and held < 0:  # I6
            return False
        if parts[0, slot] + parts[1, slot] + parts[2, slot] != held:  # I10
            return False
    return True

"""The identities that every batch of postings must keep, checked exactly in integer cents.

I1 debits equal credits in every party's books of every posting. I2 a claim is one holder's asset
and one issuer's liability, equal. I3 rows and columns of the flow and revaluation matrices sum to
zero. I4 net worth equals real assets. I5 deposits change by what the bank's other assets change
less its income. I6 nothing held is negative. I7 shares held sum to shares issued. I8 remaining
performance obligations roll forward. I9 compute is within capacity. I10 stocks are the opening
stock plus transactions plus revaluations. I11 what falls due of a debt, quarter by quarter, sums to
its face and to what its holders have.

All checks are pure; they read entries, not the way in which these were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.books.accounts import RowKind, Slot

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_CELLS = 1 << 19
"""Cells of one block of (posting, party) sums: about what a processor's cache holds."""


class IdentityViolation(RuntimeError):
    """An accounting identity does not hold.

    Attributes:
        identity: "I1" to "I11".
        quarter: label of the quarter.
        posting: the posting, account or contract concerned.
        amount: what is missing or too much, in cents (units of shares for I7, CU for I9).
    """

    def __init__(self, identity: str, quarter: str, posting: str, amount: float) -> None:
        """Keep the parts and make the message."""
        unit = {"I7": "units", "I9": "CU"}.get(identity, "cents")
        super().__init__(f"{identity} violated in {quarter}: {posting}: off by {amount} {unit}")
        self.identity, self.quarter = identity, quarter
        self.posting, self.amount = posting, amount

    def __reduce__(
        self,
    ) -> tuple[type[IdentityViolation], tuple[str, str, str, float]]:
        """Pickle by the parts: the message alone would not rebuild it in another process."""
        return type(self), (self.identity, self.quarter, self.posting, self.amount)


@dataclass(slots=True)
class Entries:
    """The legs of a batch; every array has one entry per leg, postings in order.

    Attributes:
        posting, party, row, slot, amount: number in the batch, ids, and cents (debit +).
        row_kind, slot_kind: a ``RowKind`` and a ``Slot``.
        postings, parties, rows: how many there are.
        quarter: label of the quarter.
        title, account, party_names, row_names: words for an error.
    """

    posting: Ints
    party: Ints
    row: Ints
    slot: Ints
    amount: Ints
    row_kind: Ints
    slot_kind: Ints
    postings: int
    parties: int
    rows: int
    quarter: str
    title: Callable[[int], str]
    account: Callable[[int], str]
    party_names: Sequence[str]
    row_names: Sequence[str]

    def fail(self, identity: str, posting: int, where: str, amount: int) -> IdentityViolation:
        """Word a violation by a posting."""
        return IdentityViolation(identity, self.quarter, f"{self.title(posting)}, {where}", amount)

    def fail_at(self, identity: str, slot: int, amount: int) -> IdentityViolation:
        """Word a violation of an account, with the last posting that touched it."""
        hits = np.flatnonzero(self.slot == slot)
        if not hits.size:
            return IdentityViolation(identity, self.quarter, self.account(slot), amount)
        posting = int(self.posting[hits[-1]])
        return self.fail(identity, posting, f"account {self.account(slot)}", amount)

    def blocks(self, width: int) -> Iterable[tuple[slice, int, int]]:
        """Legs, first posting and number of postings of blocks with ``width`` sums per posting."""
        step = max(1, _CELLS // width)
        if self.postings <= step:
            return ((slice(None), 0, self.postings),)
        firsts = np.arange(0, self.postings, step)
        bounds = [*np.searchsorted(self.posting, firsts).tolist(), len(self.posting)]
        return (
            (slice(start, stop), first, min(step, self.postings - first))
            for first, start, stop in zip(firsts.tolist(), bounds, bounds[1:], strict=False)
        )


def check_columns(entries: Entries) -> None:
    """I1 and I3: a party's legs of a posting sum to zero, in total and in each matrix."""
    kinds, parties = len(RowKind), entries.parties
    for part, first, count in entries.blocks(kinds * parties):
        posting = entries.posting[part] - first if first else entries.posting[part]
        cell = (posting * kinds + entries.row_kind[part]) * parties + entries.party[part]
        sums = np.zeros(count * kinds * parties, dtype=np.int64)
        np.add.at(sums, cell, entries.amount[part])
        if not np.count_nonzero(sums):
            continue
        cube = sums.reshape(count, kinds, parties)
        total = cube.sum(axis=1)
        if total.any():
            spot, party = (int(i[0]) for i in np.nonzero(total))
            where = f"books of {entries.party_names[party]}"
            raise entries.fail("I1", first + spot, where, int(total[spot, party]))
        spot, kind, party = (int(i[0]) for i in np.nonzero(cube))
        where = f"{RowKind(kind).name.lower()} column of {entries.party_names[party]}"
        raise entries.fail("I3", first + spot, where, int(cube[spot, kind, party]))


def check_rows(entries: Entries) -> None:
    """I3: a row sums to zero over the parties; outside transactions, claims only.

    A real asset gained or lost without a transaction has no counterpart; a claim has.
    """
    amounts = entries.amount
    if np.count_nonzero(entries.row_kind):
        is_transaction = entries.row_kind == RowKind.TRANSACTION
        amounts = amounts * (is_transaction | (entries.slot_kind <= Slot.CLAIM_LIABILITY))
    for part, first, count in entries.blocks(entries.rows):
        posting = entries.posting[part] - first if first else entries.posting[part]
        sums = np.zeros(count * entries.rows, dtype=np.int64)
        np.add.at(sums, posting * entries.rows + entries.row[part], amounts[part])
        if np.count_nonzero(sums):
            spot, row = divmod(int(np.flatnonzero(sums)[0]), entries.rows)
            where = f"row {entries.row_names[row]!r}"
            raise entries.fail("I3", first + spot, where, int(sums[spot * entries.rows + row]))


def check_net_worth(entries: Entries) -> None:
    """I4: what all parties earn and gain together is what real assets change by."""
    counted = entries.slot_kind >= Slot.REAL_ASSET
    if entries.amount @ counted:
        posting, amount = _first_open(entries, entries.amount * counted)
        raise entries.fail("I4", posting, "net worth and real assets", amount)


def check_bank(entries: Entries, signs: Ints) -> None:
    """I5: deposits change by what the bank's other assets change less its income.

    ``signs`` (per account): 1 for a deposit held, -1 for any account of the bank but deposits.
    """
    counted = signs[entries.slot]
    if entries.amount @ counted:
        posting, amount = _first_open(entries, entries.amount * counted)
        raise entries.fail("I5", posting, "deposits and the bank's assets", amount)


def _first_open(entries: Entries, amounts: Ints) -> tuple[int, int]:
    """First posting whose amounts do not sum to zero, and by how much."""
    sums = np.zeros(entries.postings, dtype=np.int64)
    np.add.at(sums, entries.posting, amounts)
    posting = int(np.flatnonzero(sums)[0])
    return posting, int(sums[posting])


def check_claims(entries: Entries, balance: Ints, assets: Ints) -> None:
    """I2: asset (at ``assets``) and liability (next to it) of every claim are equal."""
    gap = balance[assets] + balance[assets + 1]
    if np.count_nonzero(gap):
        spot = int(np.flatnonzero(gap)[0])
        raise entries.fail_at("I2", int(assets[spot]), int(gap[spot]))


def check_holdings(entries: Entries, balance: Ints, assets: Ints) -> None:
    """I6: no deposit, claim or real asset held is negative."""
    held = balance[assets]
    if np.count_nonzero(held < 0):
        spot = int(np.argmin(held))
        raise entries.fail_at("I6", int(assets[spot]), int(held[spot]))


def check_roll_forward(entries: Entries, balance: Ints, parts: Ints) -> None:
    """I10: balance = opening + transactions + revaluations (rows of ``parts``), entry by entry."""
    transactions, revaluations, opening = parts
    gap = opening + transactions + revaluations - balance
    if np.count_nonzero(gap):
        slot = int(np.flatnonzero(gap)[0])
        raise entries.fail_at("I10", slot, int(gap[slot]))


def check_shares(
    held: Mapping[int, Mapping[int, int]],
    issued: Mapping[int, int],
    names: Sequence[str],
    quarter: str,
    phase: str,
) -> None:
    """I7: the units held of every issuer sum to the units issued, and nobody holds less than none.

    Args:
        held: units by issuer and holder.
        issued: units by issuer.
        names: of the parties.
        quarter: label.
        phase: of the batch.
    """
    for issuer, register in held.items():
        gap = sum(register.values()) - issued.get(issuer, 0)
        lowest = min(register.values())
        if gap or lowest < 0:
            text = f"batch {phase!r}: shares of {names[issuer]}"
            raise IdentityViolation("I7", quarter, text, gap or lowest)


def check_rpo(
    opening: Ints,
    signed: Ints,
    delivered: Ints,
    cancelled: Ints,
    closing: Ints,
    names: Sequence[str],
    quarter: str,
) -> None:
    """I8: RPO(t) = RPO(t-1) + signed - delivered - cancelled, to the cent."""
    gap = opening + signed - delivered - cancelled - closing
    if gap.any():
        row = int(np.flatnonzero(gap)[0])
        raise IdentityViolation("I8", quarter, f"RPO of {names[row]}", int(gap[row]))


def check_compute(
    delivered: Floats,
    capacity: Floats,
    names: Sequence[str],
    quarter: str,
    tolerance: float = 1e-9,
) -> None:
    """I9: compute delivered is at most the installed capacity of each vintage."""
    excess = delivered - capacity
    over = ~(excess <= tolerance * np.maximum(1.0, capacity))  # true also for not-a-number
    if over.any():
        row = int(np.flatnonzero(over)[0])
        raise IdentityViolation("I9", quarter, f"compute of {names[row]}", float(excess[row]))


def check_ladders(faces: Iterable[tuple[str, int, int]], quarter: str) -> None:
    """I11: the ladder of every debt sums to what its holders have, to the cent.

    Args:
        faces: account, cents of the ladder and cents of all holders.
        quarter: label.
    """
    for account, face, owed in faces:
        if face != owed:
            raise IdentityViolation("I11", quarter, f"ladder of {account}", face - owed)

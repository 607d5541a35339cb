"""A batch of postings: collected as pairs of legs, then compiled to arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.books.accounts import Accounts
from market.books.ledger_routes import Meta, Route, interleaved

Ints = NDArray[np.int64]
LARGEST_AMOUNT = 90_000_000_000_000_000
"""Largest amount of one posting in cents: sums of many still fit into 64 bits."""

_NO_LEGS = np.empty((3, 0), dtype=np.int64)


class Leg(NamedTuple):
    """One entry: debit positive, credit negative."""

    party: str
    account: str
    row: str
    amount: int


class Posting(NamedTuple):
    """One immutable posting as it was applied."""

    number: int
    quarter: int
    phase: str
    kind: str
    row: str
    legs: tuple[Leg, ...]


class Payments(NamedTuple):
    """Many payments of one row: payer, payee and cents of each, and their legs.

    ``slots`` are accounts, ``cents`` what moves (debit +), ``rows`` row ids, and ``payment`` the
    number of the payment of each leg.
    """

    row: str
    payers: Ints
    payees: Ints
    amounts: Ints
    slots: Ints
    cents: Ints
    rows: Ints
    payment: Ints


@dataclass
class Compiled:
    """A batch as arrays; one entry per leg, postings in order.

    Attributes:
        slots, amounts, rows, posting: account, cents, row id and number in the batch of each leg.
        metas: kind, row and the two parties of each posting made singly; they come first.
        payments: blocks of many payments, which come after.
        money: is_goods, payer, payee, cents of every movement of deposits made singly.
        units: issuer, holder, change of units held, change of units issued.
        volume: cents posted, to guard against overflow.
    """

    phase: str
    slots: Ints
    amounts: Ints
    rows: Ints
    posting: Ints
    metas: list[Meta]
    payments: list[Payments]
    money: Ints
    units: list[tuple[int, int, int, int]]
    volume: float

    @property
    def size(self) -> int:
        """Number of postings."""
        return len(self.metas) + sum(len(block.amounts) for block in self.payments)

    def meta(self, posting: int) -> Meta:
        """Kind, row and the two parties of a posting."""
        if posting < len(self.metas):
            return self.metas[posting]
        number = posting - len(self.metas)
        for block in self.payments:
            if number < len(block.amounts):
                return "pay", block.row, int(block.payers[number]), int(block.payees[number])
            number -= len(block.amounts)
        raise IndexError(f"a batch of {self.size} postings has no posting {posting}")


class Batch:
    """Postings that wait for their commit."""

    __slots__ = ("_amounts", "_legs", "_number", "metas", "money", "payments", "units", "volume")

    def __init__(self) -> None:
        """Start empty."""
        self._legs: list[Ints] = [_NO_LEGS]
        self._amounts: list[int] = []  # cents, number of the posting and how many legs
        self._number = -1
        self.metas: list[Meta] = []
        self.money: list[int] = []
        self.payments: list[Payments] = []
        self.units: list[tuple[int, int, int, int]] = []
        self.volume: float = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was posted."""
        return not (self.metas or self.units or self.payments)

    def post(self, route: Route, amount: int) -> None:
        """Add a posting; a negative amount turns its legs round."""
        meta, legs, money = route
        self.metas.append(meta)
        self._number += 1
        self.volume += abs(amount)
        self._legs.append(legs)
        self._amounts += (amount, self._number, legs.shape[1])
        if money:
            self.money += (*money, amount)

    def begin(self, meta: Meta, volume: int) -> None:
        """Open a posting, which ``add`` and ``paid`` fill."""
        self.metas.append(meta)
        self._number += 1
        self.volume += volume

    def add(self, legs: Ints, amount: int) -> None:
        """Add legs (as of a ``Route``) of one amount to the posting opened last."""
        self._legs.append(legs)
        self._amounts += (amount, self._number, legs.shape[1])

    def paid(self, payer: int, payee: int, amount: int, *, is_goods: bool) -> None:
        """Remember who paid whom, for goods and services or as finance."""
        self.money += (is_goods, payer, payee, amount)

    def compile(self, phase: str) -> Compiled:
        """Turn the lists into arrays."""
        slots, rows, sign = np.concatenate(self._legs, axis=1)
        cents, number, count = np.array(self._amounts, dtype=np.int64).reshape(-1, 3).T
        amounts, posting = cents.repeat(count) * sign, number.repeat(count)
        if self.payments:
            first = len(self.metas)
            numbers = []
            for block in self.payments:
                numbers.append(block.payment + first)
                first += len(block.amounts)
            slots = np.concatenate([slots, *(block.slots for block in self.payments)])
            amounts = np.concatenate([amounts, *(block.cents for block in self.payments)])
            rows = np.concatenate([rows, *(block.rows for block in self.payments)])
            posting = np.concatenate([posting, *numbers])
        return Compiled(
            phase,
            slots,
            amounts,
            rows,
            posting,
            self.metas,
            self.payments,
            np.array(self.money, dtype=np.int64).reshape(-1, 4),
            self.units,
            self.volume,
        )


def payments_block(
    accounts: Accounts,
    bank: int,
    payers: ArrayLike,
    payees: ArrayLike,
    amounts: ArrayLike,
    row: str,
) -> Payments:
    """Lay out many payments as legs: deposits of both sides, and the flow.

    Payments of nothing or to oneself are left out; the bank holds no deposit.

    Raises:
        ValueError: shapes differ, an amount is negative or too large, or a party is unknown.
        TypeError: an array is not of integers.
    """
    payer, payee, amount = _integers(payers), _integers(payees), _integers(amounts)
    if not payer.shape == payee.shape == amount.shape or payer.ndim != 1:
        raise ValueError(f"payments: {payer.shape}, {payee.shape} and {amount.shape} differ")
    if amount.min(initial=0) < 0 or amount.max(initial=0) > LARGEST_AMOUNT:
        raise ValueError(f"payments {row!r}: an amount is out of range")
    real = (payer != payee) & (amount != 0)
    payer, payee, amount = payer[real], payee[real], amount[real]
    parties = np.unique(np.concatenate([payer, payee])).tolist()
    for party in parties:
        accounts.check_party(party)
    deposits, flows = np.full((2, len(accounts.names)), -1, dtype=np.int64)
    for party in parties:
        flows[party] = accounts.flow(row, party)
        if party != bank:
            deposits[party] = accounts.claim("deposits", bank, party)
    debit = np.column_stack([deposits[payer] + 1, deposits[payee], flows[payer]])
    credit = np.column_stack([deposits[payer], deposits[payee] + 1, flows[payee]])
    kept = np.column_stack([payer != bank, payee != bank, np.ones(len(payer), dtype=bool)])
    rows = np.array([accounts.row("deposits"), accounts.row("deposits"), accounts.row(row)])
    shape = kept.shape
    moved = np.broadcast_to(amount[:, None], shape)[kept]
    return Payments(
        row,
        payer,
        payee,
        amount,
        interleaved(debit[kept], credit[kept]),
        interleaved(moved, -moved),
        np.broadcast_to(rows, shape)[kept].repeat(2),
        np.broadcast_to(np.arange(len(payer))[:, None], shape)[kept].repeat(2),
    )


def _integers(values: ArrayLike) -> Ints:
    array = np.atleast_1d(np.asarray(values))
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"payments are of integers, not {array.dtype}")
    return array.astype(np.int64)

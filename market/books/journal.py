"""Postings on their way: the accounts that each kind touches, collected and compiled to arrays.

A posting of one kind between the same parties always moves the same accounts, and an account never
changes its place. So its legs are worked out when it is first made, and known from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.books.accounts import Accounts, RowKind

REVALUATION, WRITE_OFF, OPENING = "revaluation", "write-off", "opening"
DEPOSITS, RECEIVABLES, PREPAYMENTS = "deposits", "receivables", "prepayments"

Meta = tuple[str, str, int, int]
"""Kind, row and the two parties of a posting."""

Pairs = tuple[int, ...]
"""Legs two by two: account debited, account credited, row id, and 1; or -1 for the reverse."""

Ints = NDArray[np.int64]


class Route(NamedTuple):
    """What a posting does, whatever its amount.

    Attributes:
        meta: kind, row and the two parties.
        legs: account, row id and sign (debit 1, credit -1) of each leg (3, legs).
        money: is_goods, payer and payee when deposits move, else nothing.
    """

    meta: Meta
    legs: Ints
    money: tuple[int, ...] = ()


def legs_of(pairs: Pairs) -> Ints:
    """Account, row id and sign of each leg (3, legs)."""
    slots: list[int] = []
    rows: list[int] = []
    signs: list[int] = []
    for debit, credit, row, sign in batched(pairs, 4):
        slots += (debit, credit)
        rows += (row, row)
        signs += (sign, -sign)
    return np.array((slots, rows, signs), dtype=np.int64)


def interleaved(first: Ints, second: Ints) -> Ints:
    """Entries of two arrays (n,) by turns (2 n,)."""
    both: Ints = np.stack([first, second], axis=1).reshape(-1)
    return both


class Routes:
    """The routes of one ledger, by what the posting is given.

    Args:
        accounts: where the accounts are opened when they are first needed.
        bank: party on which deposits are claims.
    """

    def __init__(self, accounts: Accounts, bank: int) -> None:
        """Know nothing yet."""
        self.accounts, self.bank = accounts, bank
        self._known: dict[tuple[str | int | None, ...], Route] = {}

    # --- pairs of legs

    def deposits(self, payer: int, payee: int) -> Pairs:
        """Move deposits; a payment to or from the bank itself moves one deposit only."""
        accounts, bank = self.accounts, self.bank
        row = accounts.row(DEPOSITS)
        pairs: Pairs = ()
        if payer != bank:
            slot = accounts.claim(DEPOSITS, bank, payer)
            pairs = (slot + 1, slot, row, 1)
        if payee != bank:
            slot = accounts.claim(DEPOSITS, bank, payee)
            pairs += (slot, slot + 1, row, 1)
        return pairs

    def flow(self, row: str, payer: int, payee: int) -> Pairs:
        """A cost of the payer and an income of the payee."""
        accounts = self.accounts
        debit, credit = accounts.flow(row, payer), accounts.flow(row, payee)
        return debit, credit, accounts.row(row), 1

    def claim(self, instrument: str, issuer: int, holder: int, label: str, sign: int) -> Pairs:
        """A claim that grows or shrinks; ValueError for deposits."""
        if instrument == DEPOSITS:
            raise ValueError("deposits move by payments only")
        slot = self.accounts.claim(instrument, issuer, holder, label)
        return slot, slot + 1, self.accounts.row(instrument), sign

    def gains(self, row: str, changes: Iterable[tuple[int, int, int]]) -> Pairs:
        """Change positions (slot, party, sign) against the parties' gains in a row."""
        accounts = self.accounts
        kind = RowKind.OPENING if row == OPENING else RowKind.REVALUATION
        number = accounts.row(row, kind)
        pairs: Pairs = ()
        for slot, party, sign in changes:
            pairs += (slot, accounts.flow(row, party, kind), number, sign)
        return pairs

    def claim_gains(self, row: str, instrument: str, issuer: int, holder: int, label: str) -> Pairs:
        """A claim gains value: its holder's gain and its issuer's loss."""
        slot = self.accounts.claim(instrument, issuer, holder, label)
        return self.gains(row, ((slot, holder, 1), (slot + 1, issuer, -1)))

    # --- postings

    def pay(self, payer: int, payee: int, row: str) -> Route:
        """Deposits against a flow."""
        key = ("pay", row, payer, payee)
        route = self._known.get(key)
        if route is None:
            pairs = self.deposits(payer, payee) + self.flow(row, payer, payee)
            route = self._known[key] = Route(key, legs_of(pairs), (True, payer, payee))
        return route

    def accrue(self, debtor: int, creditor: int, row: str, instrument: str, label: str) -> Route:
        """A claim against a flow."""
        key = ("accrue", row, debtor, creditor, instrument, label)
        route = self._known.get(key)
        if route is None:
            claim = self.claim(instrument, debtor, creditor, label, 1)
            pairs = claim + self.flow(row, debtor, creditor)
            route = self._known[key] = Route(("accrue", row, debtor, creditor), legs_of(pairs))
        return route

    def settle(self, debtor: int, creditor: int, instrument: str, label: str) -> Route:
        """Deposits against a claim that ends."""
        key = ("settle", instrument, debtor, creditor, label)
        route = self._known.get(key)
        if route is None:
            accounts = self.accounts
            deposits = self.deposits(debtor, creditor)
            pairs = deposits + self.claim(instrument, debtor, creditor, label, -1)
            is_goods = accounts.declared.check("instrument", instrument).kind == "trade"
            money = (is_goods, debtor, creditor)
            route = Route(("settle", instrument, debtor, creditor), legs_of(pairs), money)
            self._known[key] = route
        return route

    def issue(self, instrument: str, issuer: int, holder: int, label: str) -> Route:
        """Deposits against a new claim."""
        key = ("issue", instrument, holder, issuer, label)
        route = self._known.get(key)
        if route is None:
            accounts = self.accounts
            deposits = self.deposits(holder, issuer)
            pairs = deposits + self.claim(instrument, issuer, holder, label, 1)
            is_goods = accounts.declared.check("instrument", instrument).kind == "trade"
            money = (is_goods, holder, issuer)
            route = Route(("issue", instrument, holder, issuer), legs_of(pairs), money)
            self._known[key] = route
        return route

    def transfer(self, instrument: str, issuer: int, seller: int, buyer: int, label: str) -> Route:
        """Deposits against a claim that changes hands at its price."""
        key = ("transfer", instrument, buyer, seller, issuer, label)
        route = self._known.get(key)
        if route is None:
            pairs = self.deposits(buyer, seller)
            pairs += self.claim(instrument, issuer, seller, label, -1)
            pairs += self.claim(instrument, issuer, buyer, label, 1)
            money = (False, buyer, seller)
            route = Route(("transfer", instrument, buyer, seller), legs_of(pairs), money)
            self._known[key] = route
        return route

    def value(
        self, kind: str, row: str, instrument: str, issuer: int, holder: int, label: str
    ) -> Route:
        """A claim gains value; the amount is negative when it loses."""
        key = (kind, row, issuer, holder, instrument, label)
        route = self._known.get(key)
        if route is None:
            pairs = self.claim_gains(row, instrument, issuer, holder, label)
            route = self._known[key] = Route((kind, row, issuer, holder), legs_of(pairs))
        return route

    def acquire(
        self, asset: str, seller: int, buyer: int, row: str, label: str, on_credit: str | None
    ) -> Route:
        """A new real asset against its maker's flow, for deposits or for a claim."""
        key = ("acquire", row, buyer, seller, asset, label, on_credit)
        route = self._known.get(key)
        if route is None:
            accounts = self.accounts
            number, made = accounts.row(row), accounts.real(asset, buyer, label)
            money: tuple[int, ...] = ()
            if on_credit is None:
                paid, money = self.deposits(buyer, seller), (True, buyer, seller)
            else:
                paid = self.claim(on_credit, buyer, seller, "", 1)
            pairs = (*paid, made, accounts.flow(row, seller), number, 1)
            route = self._known[key] = Route(("acquire", row, buyer, seller), legs_of(pairs), money)
        return route

    def deliver(self, asset: str, seller: int, buyer: int, row: str, label: str) -> Route:
        """A new real asset against its maker's flow, for an advance that ends."""
        key = ("deliver", row, buyer, seller, asset, label)
        route = self._known.get(key)
        if route is None:
            accounts = self.accounts
            number, made = accounts.row(row), accounts.real(asset, buyer, label)
            advance = self.claim(PREPAYMENTS, seller, buyer, "", -1)
            pairs = (*advance, made, accounts.flow(row, seller), number, 1)
            route = self._known[key] = Route(("deliver", row, buyer, seller), legs_of(pairs))
        return route

    def stock(self, kind: str, row: str, asset: str, holder: int, label: str, sign: int) -> Route:
        """A real asset against a flow of its holder."""
        key = (kind, row, holder, asset, label)
        route = self._known.get(key)
        if route is None:
            accounts = self.accounts
            number, slot = accounts.row(row), accounts.real(asset, holder, label)
            pairs = (slot, accounts.flow(row, holder), number, sign)
            route = self._known[key] = Route((kind, row, holder, holder), legs_of(pairs))
        return route

    def lose(self, kind: str, row: str, asset: str, holder: int, label: str) -> Route:
        """A real asset that ends against the loss of its holder."""
        key = (kind, row, holder, asset, label)
        route = self._known.get(key)
        if route is None:
            slot = self.accounts.real(asset, holder, label)
            pairs = self.gains(row, ((slot, holder, -1),))
            route = self._known[key] = Route((kind, row, holder, holder), legs_of(pairs))
        return route


# --- a batch of postings


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
    """One immutable posting as it was applied; ``event`` is the id of what it was posted for."""

    number: int
    quarter: int
    phase: str
    kind: str
    row: str
    legs: tuple[Leg, ...]
    event: int | None = None


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
        events: number of a posting and the id of the event for which it and those after it were
            posted, up to the next entry; -1 = none.
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
    events: tuple[tuple[int, int], ...] = ()

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

    def event(self, posting: int) -> int | None:
        """Id of the event for which a posting was made; None when it was for none."""
        found = -1
        for first, event in self.events:
            if first > posting:
                break
            found = event
        return None if found < 0 else found


class Batch:
    """Postings that wait for their commit.

    Args:
        event: id of the event for which the first of them are made; None for none.

    Attributes:
        events: first posting and event (-1: none), in order.
        units: issuer, holder, change of units held and of units issued of each move of shares.
        moved, given_up: units by (issuer, holder): all their changes, and those that left.
        issued: units by issuer.
    """

    __slots__ = (
        "_amounts",
        "_legs",
        "_number",
        "events",
        "given_up",
        "issued",
        "metas",
        "money",
        "moved",
        "payments",
        "units",
        "volume",
    )

    def __init__(self, event: int | None = None) -> None:
        """Start empty."""
        self.events: list[tuple[int, int]] = [] if event is None else [(0, event)]
        self._legs: list[Ints] = [_NO_LEGS]
        self._amounts: list[int] = []  # cents, number of the posting and how many legs
        self._number = -1
        self.metas: list[Meta] = []
        self.money: list[int] = []
        self.payments: list[Payments] = []
        self.units: list[tuple[int, int, int, int]] = []
        self.moved: dict[tuple[int, int], int] = {}
        self.given_up: dict[tuple[int, int], int] = {}
        self.issued: dict[int, int] = {}
        self.volume: float = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was posted."""
        return not (self.metas or self.units or self.payments)

    def turn_to(self, event: int | None) -> None:
        """Let what is posted from now on be posted for an event (its id), or for none."""
        self.events.append((self._number + 1, -1 if event is None else event))

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

    def move_units(self, issuer: int, holder: int, change: int, issued: int) -> None:
        """Let units of shares come to a holder, or leave it; ``issued`` of them are new."""
        self.units.append((issuer, holder, change, issued))
        key = (issuer, holder)
        self.moved[key] = self.moved.get(key, 0) + change
        if change < 0:
            self.given_up[key] = self.given_up.get(key, 0) - change
        if issued:
            self.issued[issuer] = self.issued.get(issuer, 0) + issued

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
            tuple(self.events),
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

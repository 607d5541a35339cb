"""Which accounts each kind of posting debits and credits.

A posting of one kind between the same parties always moves the same accounts, and an account never
changes its place. So its legs are worked out when it is first made, and known from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import batched
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.books.accounts import Accounts, RowKind

REVALUATION, WRITE_OFF, OPENING = "revaluation", "write-off", "opening"
DEPOSITS, RECEIVABLES = "deposits", "receivables"

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
    legs = [
        leg
        for debit, credit, row, sign in batched(pairs, 4)
        for leg in ((debit, row, sign), (credit, row, -sign))
    ]
    return np.array(tuple(zip(*legs, strict=True)), dtype=np.int64)


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
            deposits = self.deposits(debtor, creditor)
            pairs = deposits + self.claim(instrument, debtor, creditor, label, -1)
            money = (instrument == RECEIVABLES, debtor, creditor)
            route = Route(("settle", instrument, debtor, creditor), legs_of(pairs), money)
            self._known[key] = route
        return route

    def issue(self, instrument: str, issuer: int, holder: int, label: str) -> Route:
        """Deposits against a new claim."""
        key = ("issue", instrument, holder, issuer, label)
        route = self._known.get(key)
        if route is None:
            deposits = self.deposits(holder, issuer)
            pairs = deposits + self.claim(instrument, issuer, holder, label, 1)
            money = (False, holder, issuer)
            route = Route(("issue", instrument, holder, issuer), legs_of(pairs), money)
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

"""What can be asked of a ledger: all answers are cheap and in integer cents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from market.accounts import Accounts
    from market.batch import Batch
    from market.books import Archive, Books

Ints = NDArray[np.int64]


class LedgerQueries:
    """Questions about the committed state; part of ``Ledger``."""

    accounts: Accounts
    books: Books
    archives: list[Archive]
    bank: int
    _batch: Batch

    def deposits(self, party: int) -> int:
        """Deposits of a party."""
        slots = self.accounts.of_claim.get(("deposits", self.bank, party))
        return int(self.books.balance[slots[0]]) if slots else 0

    def balance(
        self, instrument: str, issuer: int | None, holder: int, label: str | None = None
    ) -> int:
        """Value of a claim, or of a real asset when ``issuer`` is None; all labels by default."""
        key = (instrument, -1 if issuer is None else issuer, holder)
        balance, accounts = self.books.balance, self.accounts
        slots = accounts.of_claim.get(key, ())
        if label is not None:
            slots = [slot for slot in slots if accounts.describe[slot][3] == label]
        return sum(int(balance[slot]) for slot in slots if slot < len(balance))

    def assets(self, party: int, instrument: str | None = None) -> int:
        """Assets of a party, of one kind or of all."""
        balance = self.books.balance
        if instrument is not None:
            slots = self.accounts.of_holder.get((instrument, party), ())
            return sum(int(balance[slot]) for slot in slots if slot < len(balance))
        held = balance[self._positions(party)]
        return int(held[held > 0].sum())

    def liabilities(self, party: int, instrument: str | None = None) -> int:
        """Liabilities of a party, as a positive number."""
        balance = self.books.balance
        if instrument is not None:
            slots = self.accounts.of_issuer.get((instrument, party), ())
            return sum(int(balance[slot]) for slot in slots if slot < len(balance))
        owed = balance[self._positions(party)]
        return -int(owed[owed < 0].sum())

    def net_worth(self, party: int) -> int:
        """Assets less liabilities; own shares are a liability at their mark."""
        return int(self.books.balance[self._positions(party)].sum())

    def _positions(self, party: int) -> list[int]:
        size = len(self.books.balance)
        slots = self.accounts.positions[party]
        return slots if self.accounts.size <= size else [s for s in slots if s < size]

    def holders(self, issuer: int, instrument: str) -> list[tuple[int, int]]:
        """(holder, amount) of every claim on an issuer that is not zero, labels added up."""
        found: dict[int, int] = {}
        for holder, _, amount in self.labelled_holders(issuer, instrument):
            found[holder] = found.get(holder, 0) + amount
        return list(found.items())

    def labelled_holders(self, issuer: int, instrument: str) -> list[tuple[int, str, int]]:
        """(holder, label, amount) of every claim on an issuer that is not zero."""
        balance, describe = self.books.balance, self.accounts.describe
        return [
            (describe[slot][2], describe[slot][3], int(balance[slot]))
            for slot in self.accounts.of_issuer.get((instrument, issuer), ())
            if slot < len(balance) and balance[slot]
        ]

    def claims(self, holder: int, instrument: str) -> list[tuple[int, int]]:
        """(issuer, amount) of every claim of a holder that is not zero, labels added up."""
        found: dict[int, int] = {}
        for issuer, _, amount in self.labelled_claims(holder, instrument):
            found[issuer] = found.get(issuer, 0) + amount
        return list(found.items())

    def labelled_claims(self, holder: int, instrument: str) -> list[tuple[int, str, int]]:
        """(issuer, label, amount) of every claim of a holder that is not zero."""
        balance, describe = self.books.balance, self.accounts.describe
        return [
            (describe[slot][1], describe[slot][3], int(balance[slot]))
            for slot in self.accounts.of_holder.get((instrument, holder), ())
            if slot < len(balance) and balance[slot]
        ]

    def units(self, issuer: int, holder: int | None = None) -> int:
        """Shares of an issuer, all or of one holder; uncommitted ones included."""
        waiting = [move for move in self._batch.units if move[0] == issuer]
        if holder is None:
            return self.books.issued.get(issuer, 0) + sum(move[3] for move in waiting)
        pending = sum(move[2] for move in waiting if move[1] == holder)
        return self.books.held.get(issuer, {}).get(holder, 0) + pending

    def flow(self, row: str, party: int, quarter: int | None = None) -> int:
        """Received less paid in a row, in the present or a closed quarter."""
        slot = self.accounts.flow_slot(row, party)
        if slot is None:
            return 0
        values = self.books.balance if quarter is None else self.archives[quarter].flows
        return -int(values[slot]) if slot < len(values) else 0

    def money_flows(self, quarters: int = 1) -> tuple[Ints, Ints]:
        """Money paid (payer, payee) in the last quarters, the present one included.

        Returns:
            Two (parties, parties) matrices in cents: for goods, services and income; and finance.
        """
        size = len(self.accounts.names)
        goods = np.zeros((size, size), dtype=np.int64)
        finance = goods.copy()
        past = self.archives[max(0, len(self.archives) - quarters + 1) :] if quarters > 1 else []
        for first, second in [
            *((a.goods, a.finance) for a in past),
            (self.books.goods, self.books.finance),
        ]:
            goods[: first.shape[0], : first.shape[0]] += first
            finance[: second.shape[0], : second.shape[0]] += second
        return goods, finance

    def payments_between(self, payer: int, payee: int, quarters: int = 1) -> int:
        """Cents paid by one party to another for goods and services in the last quarters."""
        total = int(self.books.goods[payer, payee])
        for archive in self._past(quarters):
            if max(payer, payee) < archive.goods.shape[0]:
                total += int(archive.goods[payer, payee])
        return total

    def paid_by(self, payer: int, quarters: int = 1) -> int:
        """Cents paid by a party for goods and services in the last quarters."""
        total = int(self.books.goods[payer].sum())
        for archive in self._past(quarters):
            if payer < archive.goods.shape[0]:
                total += int(archive.goods[payer].sum())
        return total

    def _past(self, quarters: int) -> list[Archive]:
        return self.archives[max(0, len(self.archives) - quarters + 1) :] if quarters > 1 else []

"""What can be asked of a ledger: all answers are cheap and in integer cents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

    from market.books.accounts import Accounts
    from market.books.archive import Archive, Books
    from market.books.batch import Batch

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
        return self._total(self.accounts.of_claim.get(("deposits", self.bank, party), ()))

    def balance(
        self, instrument: str, issuer: int | None, holder: int, label: str | None = None
    ) -> int:
        """Value of a claim, or of a real asset when ``issuer`` is None; all labels by default."""
        owner = -1 if issuer is None else issuer
        if label is not None:
            slot = self.accounts.slot(instrument, owner, holder, label)
            return 0 if slot is None else self._total((slot,))
        return self._total(self.accounts.of_claim.get((instrument, owner, holder), ()))

    def _total(self, slots: Iterable[int]) -> int:
        """Sum of some accounts; one that waits for its first commit has no balance yet."""
        balance, total = self.books.balance, 0
        size = len(balance)
        for slot in slots:
            if slot < size:
                total += balance.item(slot)
        return total

    def assets(self, party: int, instrument: str | None = None) -> int:
        """Assets of a party, of one kind or of all."""
        if instrument is not None:
            return self._total(self.accounts.of_holder.get((instrument, party), ()))
        return int(np.maximum(self._positions(party), 0).sum())

    def liabilities(self, party: int, instrument: str | None = None) -> int:
        """Liabilities of a party, as a positive number."""
        if instrument is not None:
            return self._total(self.accounts.of_issuer.get((instrument, party), ()))
        return -int(np.minimum(self._positions(party), 0).sum())

    def net_worth(self, party: int) -> int:
        """Assets less liabilities; own shares are a liability at their mark."""
        return int(self._positions(party).sum())

    def _positions(self, party: int) -> Ints:
        """Cents on all claims, debts and real assets of a party; debts are negative."""
        balance, slots = self.books.balance, self.accounts.position_slots(party)
        if self.accounts.size > len(balance):
            slots = slots[slots < len(balance)]
        held: Ints = balance[slots]
        return held

    def holders(self, issuer: int, instrument: str) -> list[tuple[int, int]]:
        """(holder, amount) of every claim on an issuer that is not zero, labels added up."""
        found: dict[int, int] = {}
        for holder, _, amount in self.labelled_holders(issuer, instrument):
            found[holder] = found.get(holder, 0) + amount
        return list(found.items())

    def labelled_holders(self, issuer: int, instrument: str) -> list[tuple[int, str, int]]:
        """(holder, label, amount) of every claim on an issuer that is not zero."""
        balance, describe = self.books.balance, self.accounts.describe
        size = len(balance)
        return [
            (describe[slot][2], describe[slot][3], amount)
            for slot in self.accounts.of_issuer.get((instrument, issuer), ())
            if slot < size and (amount := balance.item(slot))
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
        size = len(balance)
        return [
            (describe[slot][1], describe[slot][3], amount)
            for slot in self.accounts.of_holder.get((instrument, holder), ())
            if slot < size and (amount := balance.item(slot))
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

"""Double-entry accounts of a whole economy, in integer cents.

Every posting is a set of legs (debit +, credit -). A claim has two accounts, the asset of its
holder and the liability of its issuer; a payment moves deposits, which are claims on the bank.
Postings are collected and applied by ``commit`` as one batch, after the identities have been
checked on it; a batch that breaks one is refused whole.

Sources: Copeland 1949 (quadruple entry); Godley and Lavoie 2007 (the matrices).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.books.accounts import Accounts
from market.books.archive import Archive, Books
from market.books.batch import Batch, Posting, payments_block
from market.books.ledger_postings import Postings
from market.books.ledger_routes import OPENING, Route, Routes, legs_of
from market.parameters.world import quarter_label

Ints = NDArray[np.int64]
DEFAULT_INSTRUMENT = "private equity"


def cents(usd: float) -> int:
    """Turn USD into integer cents, rounded once."""
    return round(usd * 100)


class Ledger(Postings):
    """The accounts of all parties; see the module's docstring.

    Args:
        bank: name of the party on which deposits are claims.
        start: label of the first quarter.
    """

    def __init__(self, *, bank: str = "bank", start: str = "2025Q3") -> None:
        """Open a ledger with the bank as its first party."""
        self.accounts = Accounts()
        self.books = Books(self.accounts, bank=0)
        self.start = start
        self.quarter = 0
        self.archives: list[Archive] = []
        self._batch = Batch()
        self._is_open = False
        self.bank = self.add_party(bank, "bank")
        self.routes = Routes(self.accounts, self.bank)

    # --- parties

    @property
    def parties(self) -> list[str]:
        """Names of all parties, by party id."""
        return self.accounts.names

    def add_party(self, name: str, sector: str) -> int:
        """Open the account of a party; returns its id. ValueError when the name is taken."""
        party = self.accounts.add_party(name, sector)
        self.books.fit()
        return party

    def party(self, name: str) -> int:
        """Id of a party; KeyError when unknown."""
        return self.accounts.party_id(name)

    def name(self, party: int) -> str:
        """Name of a party."""
        return self.accounts.names[party]

    def label(self, quarter: int) -> str:
        """Label of a quarter."""
        return quarter_label(self.start, quarter)

    # --- opening balance sheet

    def open_position(
        self, instrument: str, issuer: int, holder: int, amount: int, label: str = ""
    ) -> None:
        """State a claim of the opening balance sheet, against opening net worth."""
        self._only_at_opening()
        if self._is_postable("open", OPENING, amount):
            pairs = self.routes.claim_gains(OPENING, instrument, issuer, holder, label)
            self._batch.post(Route(("open", OPENING, issuer, holder), legs_of(pairs)), amount)

    def open_asset(self, asset: str, holder: int, amount: int, label: str = "") -> None:
        """State a real asset of the opening balance sheet."""
        self._only_at_opening()
        if self._is_postable("open", OPENING, amount):
            slot = self.accounts.real(asset, holder, label)
            pairs = self.routes.gains(OPENING, ((slot, holder, 1),))
            self._batch.post(Route(("open", OPENING, holder, holder), legs_of(pairs)), amount)

    def _only_at_opening(self) -> None:
        if self.quarter > 0 or self._is_open:
            raise ValueError("opening positions come before the first other posting")

    # --- shares

    def issue_shares(
        self,
        issuer: int,
        holder: int,
        units: int,
        amount: int,
        instrument: str = DEFAULT_INSTRUMENT,
    ) -> None:
        """Sell new shares for ``amount`` cents of deposits."""
        if units <= 0:
            raise ValueError(f"issue_shares: {units} units")
        self.issue(instrument, issuer, holder, amount)
        self._move_units(issuer, holder, units, units)

    def grant_shares(
        self, issuer: int, holder: int, units: int, value: int, instrument: str
    ) -> None:
        """State shares of the opening balance sheet."""
        self.open_position(instrument, issuer, holder, value)
        self._move_units(issuer, holder, units, units)

    def transfer_shares(
        self,
        issuer: int,
        seller: int,
        buyer: int,
        units: int,
        price_per_unit_cents: float,
        instrument: str = DEFAULT_INSTRUMENT,
    ) -> None:
        """Sell existing shares at a price; a price under the mark is the seller's loss."""
        owned = self.units(issuer, seller)
        if not 0 < units <= owned:
            raise ValueError(f"transfer_shares: {units} of {owned} units")
        value = self.balance(instrument, issuer, seller)
        amount = value if units == owned else value * units // owned
        price = round(units * price_per_unit_cents)
        self.transfer(instrument, issuer, seller, buyer, amount, price=price)
        self._move_units(issuer, seller, -units, 0)
        self._move_units(issuer, buyer, units, 0)

    def cancel_shares(self, issuer: int, holder: int, units: int, instrument: str) -> None:
        """Destroy units; their value at the mark is the holder's loss."""
        owned = self.units(issuer, holder)
        if not 0 < units <= owned:
            raise ValueError(f"cancel_shares: {units} of {owned} units")
        value = self.balance(instrument, issuer, holder)
        lost = value if units == owned else value * units // owned
        self.write_off(instrument, issuer, holder, lost)
        self._move_units(issuer, holder, -units, -units)

    def mark_shares(self, issuer: int, price: float, instrument: str = DEFAULT_INSTRUMENT) -> None:
        """Revalue every holding to units times ``price`` (cents per unit)."""
        for holder, units in list(self.books.held.get(issuer, {}).items()):
            target = round(units * price)
            change = target - self.balance(instrument, issuer, holder)
            self.revalue(instrument, issuer, holder, change)

    def _move_units(self, issuer: int, holder: int, change: int, issued: int) -> None:
        self._batch.units.append((issuer, holder, change, issued))

    # --- batches

    def post_payments(
        self, payers: ArrayLike, payees: ArrayLike, amounts: ArrayLike, row: str
    ) -> None:
        """Pay many times at once for goods, services or income: ``pay`` for whole columns.

        Args:
            payers: party ids, shape (n,).
            payees: party ids, shape (n,).
            amounts: cents, integers, shape (n,); zeros and payments to oneself are ignored.
            row: the flow.

        Raises:
            ValueError: shapes differ, an amount is negative or too large, or a party is unknown.
            TypeError: an array is not of integers.
        """
        block = payments_block(self.accounts, self.bank, payers, payees, amounts, row)
        if len(block.amounts):
            self._batch.payments.append(block)
            self._batch.volume += float(block.amounts.sum(dtype=np.float64))

    def commit(self, phase: str = "") -> None:
        """Check the identities on all collected postings and apply them as one batch.

        Raises:
            IdentityViolation: naming identity, quarter, posting and amount; nothing is applied.
            OverflowError: when the sums would not fit; nothing is applied.

        A batch that was refused is dropped.
        """
        batch, self._batch = self._batch, Batch()
        if batch.is_empty:
            return
        self.books.apply(batch.compile(phase), self.label(self.quarter))
        if not self._is_open:
            self._is_open = bool(batch.payments) or any(meta[0] != "open" for meta in batch.metas)

    def postings(self, quarter: int | None = None) -> Iterator[Posting]:
        """Immutable postings of a quarter (default: the present one), in order of number."""
        yield from self.books.postings(self.quarter if quarter is None else quarter)

    def close_quarter(self) -> None:
        """Commit what is left, check I10 on every account, archive, and turn the page."""
        self.commit("close")
        self.archives.append(self.books.close(self.label(self.quarter)))
        self.quarter += 1

"""The postings that a ledger offers: payments, credit, claims and real assets.

Each method collects one posting; ``Ledger.commit`` applies them. Amounts are integer cents and at
least zero; zero is ignored; a negative or huge amount raises ValueError, a fraction TypeError.
"""

from __future__ import annotations

import numpy as np

from market.books.batch import LARGEST_AMOUNT
from market.books.ledger_queries import LedgerQueries
from market.books.ledger_routes import RECEIVABLES, REVALUATION, WRITE_OFF, Route, Routes, legs_of


class Postings(LedgerQueries):
    """Postings; part of ``Ledger``."""

    routes: Routes

    @staticmethod
    def _is_postable(kind: str, row: str, amount: int) -> bool:
        """Check an amount; False when there is nothing to post."""
        if type(amount) is not int and not isinstance(amount, np.integer):
            raise TypeError(f"{kind} {row!r}: {amount!r} is not a whole number of cents")
        if amount < 0 or amount > LARGEST_AMOUNT:
            raise ValueError(f"{kind} {row!r}: amount {amount} cents is out of range")
        return amount != 0

    @staticmethod
    def _refuse_negative(kind: str, price: int) -> None:
        if price < 0:
            raise ValueError(f"{kind}: {price} cents is out of range")

    def pay(self, payer: int, payee: int, amount: int, row: str) -> None:
        """Pay for goods, services or income: deposits move, ``row`` is the flow."""
        if payer != payee and self._is_postable("pay", row, amount):
            self._batch.post(self.routes.pay(payer, payee, row), amount)

    def accrue(
        self,
        debtor: int,
        creditor: int,
        amount: int,
        row: str,
        instrument: str = RECEIVABLES,
        label: str = "",
    ) -> None:
        """The same flow on credit: the creditor gets a claim instead of deposits."""
        if debtor != creditor and self._is_postable("accrue", row, amount):
            self._batch.post(self.routes.accrue(debtor, creditor, row, instrument, label), amount)

    def settle(
        self,
        debtor: int,
        creditor: int,
        amount: int,
        instrument: str = RECEIVABLES,
        label: str = "",
    ) -> None:
        """Redeem a claim with deposits; no income flows."""
        if self._is_postable("settle", instrument, amount):
            self._batch.post(self.routes.settle(debtor, creditor, instrument, label), amount)

    def redeem(
        self, instrument: str, issuer: int, holder: int, amount: int, label: str = ""
    ) -> None:
        """Pay back a claim: ``settle`` with the arguments of ``issue``."""
        self.settle(issuer, holder, amount, instrument, label)

    def issue(
        self, instrument: str, issuer: int, holder: int, amount: int, label: str = ""
    ) -> None:
        """Sell a new claim on oneself for deposits; a loan of the bank creates the deposits."""
        if self._is_postable("issue", instrument, amount):
            self._batch.post(self.routes.issue(instrument, issuer, holder, label), amount)

    def transfer(
        self,
        instrument: str,
        issuer: int,
        seller: int,
        buyer: int,
        amount: int,
        label: str = "",
        price: int | None = None,
    ) -> None:
        """Sell a claim of ``amount`` for ``price``; the difference is the seller's revaluation.

        The claim changes hands at the price; the seller takes what it lacks to ``amount`` as a
        loss, and the buyer, who books what the issuer owes, takes the same as a gain.
        """
        paid = amount if price is None else price
        if amount == 0:
            return
        self._refuse_negative("transfer", paid)
        if not self._is_postable("transfer", instrument, max(amount, paid)):
            return
        routes, batch = self.routes, self._batch
        moved = routes.deposits(buyer, seller)
        moved += routes.claim(instrument, issuer, seller, label, -1)
        moved += routes.claim(instrument, issuer, buyer, label, 1)
        batch.begin(("transfer", instrument, buyer, seller), max(amount, paid))
        batch.add(legs_of(moved), paid)
        if amount != paid:
            for party, change in ((seller, paid - amount), (buyer, amount - paid)):
                gains = routes.claim_gains(REVALUATION, instrument, issuer, party, label)
                batch.add(legs_of(gains), change)
        batch.paid(buyer, seller, paid, is_goods=False)

    def revalue(
        self, instrument: str, issuer: int, holder: int, change: int, label: str = ""
    ) -> None:
        """Change the value of a claim: the holder gains, the issuer loses, or the reverse."""
        self._change_value("revalue", REVALUATION, instrument, issuer, holder, change, label)

    def write_off(
        self, instrument: str, issuer: int, holder: int, amount: int, label: str = ""
    ) -> None:
        """Cancel a claim that will not be paid: the holder's loss, the issuer's gain."""
        if amount < 0:
            raise ValueError(f"write_off {instrument!r}: amount {amount} cents is out of range")
        self._change_value("write off", WRITE_OFF, instrument, issuer, holder, -amount, label)

    def _change_value(
        self,
        kind: str,
        row: str,
        instrument: str,
        issuer: int,
        holder: int,
        change: int,
        label: str,
    ) -> None:
        if self._is_postable(kind, row, abs(change)):
            route = self.routes.value(kind, row, instrument, issuer, holder, label)
            self._batch.post(route, change)

    # --- real assets

    def acquire(
        self,
        asset: str,
        seller: int,
        buyer: int,
        amount: int,
        row: str = "investment",
        label: str = "",
        on_credit: str | None = None,
    ) -> None:
        """Buy a newly made real asset; ``on_credit`` names the claim the seller gets instead."""
        if self._is_postable("acquire", row, amount):
            route = self.routes.acquire(asset, seller, buyer, row, label, on_credit)
            self._batch.post(route, amount)

    def _change_stock(
        self, kind: str, row: str, asset: str, holder: int, amount: int, label: str, sign: int
    ) -> None:
        if self._is_postable(kind, row, amount):
            route = self.routes.stock(kind, row, asset, holder, label, sign)
            self._batch.post(route, amount)

    def build_stock(
        self,
        asset: str,
        holder: int,
        amount: int,
        row: str = "change in inventories",
        label: str = "",
    ) -> None:
        """Add production to inventory at cost."""
        self._change_stock("build stock", row, asset, holder, amount, label, 1)

    def draw_stock(
        self,
        asset: str,
        holder: int,
        amount: int,
        row: str = "change in inventories",
        label: str = "",
    ) -> None:
        """Use inventory: cost of sales."""
        self._change_stock("draw stock", row, asset, holder, amount, label, -1)

    def depreciate(self, asset: str, holder: int, amount: int, label: str = "") -> None:
        """Use up a real asset: current cost against the asset."""
        self._change_stock("depreciate", "depreciation", asset, holder, amount, label, -1)

    def scrap(self, asset: str, holder: int, amount: int, label: str = "") -> None:
        """Lose a real asset: a write-off, no transaction."""
        if self._is_postable("scrap", WRITE_OFF, amount):
            slot = self.accounts.real(asset, holder, label)
            pairs = self.routes.gains(WRITE_OFF, ((slot, holder, -1),))
            self._batch.post(Route(("scrap", WRITE_OFF, holder, holder), legs_of(pairs)), amount)

    def sell_asset(
        self,
        asset: str,
        seller: int,
        buyer: int,
        book: int,
        price: int,
        label: str = "",
        new_label: str | None = None,
    ) -> None:
        """Sell a used real asset: the buyer books it at the price, the seller takes the loss.

        Seller and buyer may be one party that only moves the asset to another label.
        """
        for value in (book, price):
            self._refuse_negative("sell asset", value)
        if not self._is_postable("sell asset", "used assets", max(book, price)):
            return
        accounts, batch, routes = self.accounts, self._batch, self.routes
        batch.begin(("sell asset", "used assets", buyer, seller), max(book, price))
        number = accounts.row("used assets")
        target = label if new_label is None else new_label
        if seller != buyer:
            batch.add(legs_of(routes.deposits(buyer, seller)), price)
            batch.paid(buyer, seller, price, is_goods=False)
        bought, sold = accounts.real(asset, buyer, target), accounts.real(asset, seller, label)
        batch.add(legs_of((bought, sold, number, 1)), price)
        if book != price:
            gain = routes.gains(REVALUATION, ((sold, seller, 1),))
            batch.add(legs_of(gain), price - book)

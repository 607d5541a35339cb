"""The postings that a ledger offers: payments, credit, claims and real assets.

Each method collects one posting; ``Ledger.commit`` applies them. Amounts are integer cents and at
least zero; zero is ignored; a negative or huge amount raises ValueError, a fraction TypeError.
"""

from __future__ import annotations

import numpy as np

from market.accounts import RowKind
from market.batch import LARGEST_AMOUNT
from market.ledger_queries import LedgerQueries

REVALUATION, WRITE_OFF, OPENING = "revaluation", "write-off", "opening"


class Postings(LedgerQueries):
    """Postings; part of ``Ledger``."""

    def _begin(self, kind: str, row: str, amount: int, first: int, second: int) -> bool:
        """Check an amount and open a posting; False when there is nothing to post."""
        if type(amount) is not int and not isinstance(amount, np.integer):
            raise TypeError(f"{kind} {row!r}: {amount!r} is not a whole number of cents")
        if amount == 0:
            return False
        if amount < 0 or amount > LARGEST_AMOUNT:
            raise ValueError(f"{kind} {row!r}: amount {amount} cents is out of range")
        self._batch.begin(kind, row, amount, first, second)
        return True

    @staticmethod
    def _refuse_negative(kind: str, price: int) -> None:
        if price < 0:
            raise ValueError(f"{kind}: {price} cents is out of range")

    def _deposit_legs(self, payer: int, payee: int, amount: int) -> None:
        """Move deposits; a payment to or from the bank itself moves one deposit only."""
        batch, accounts, bank = self._batch, self.accounts, self.bank
        row = accounts.row("deposits")
        if payer != bank:
            slot = accounts.claim("deposits", bank, payer)
            batch.pair(slot + 1, slot, amount, row)
        if payee != bank:
            slot = accounts.claim("deposits", bank, payee)
            batch.pair(slot, slot + 1, amount, row)

    def _flow_legs(self, payer: int, payee: int, amount: int, row: str) -> None:
        accounts = self.accounts
        debit, credit = accounts.flow(row, payer), accounts.flow(row, payee)
        self._batch.pair(debit, credit, amount, accounts.row(row))

    def _claim_legs(
        self, instrument: str, issuer: int, holder: int, change: int, label: str
    ) -> None:
        if instrument == "deposits":
            raise ValueError("deposits move by payments only")
        accounts = self.accounts
        slot, row = accounts.claim(instrument, issuer, holder, label), accounts.row(instrument)
        self._batch.pair(slot, slot + 1, change, row)

    def _gain_legs(self, row: str, legs: tuple[tuple[int, int, int], ...]) -> None:
        """Change positions (slot, party, change) against the parties' gains in a row."""
        accounts, batch = self.accounts, self._batch
        kind = RowKind.OPENING if row == OPENING else RowKind.REVALUATION
        number = accounts.row(row, kind)
        for slot, party, change in legs:
            batch.pair(slot, accounts.flow(row, party, kind), change, number)

    def pay(self, payer: int, payee: int, amount: int, row: str) -> None:
        """Pay for goods, services or income: deposits move, ``row`` is the flow."""
        if payer != payee and self._begin("pay", row, amount, payer, payee):
            self._deposit_legs(payer, payee, amount)
            self._flow_legs(payer, payee, amount, row)
            self._batch.paid(payer, payee, amount, is_goods=True)

    def accrue(
        self,
        debtor: int,
        creditor: int,
        amount: int,
        row: str,
        instrument: str = "receivables",
        label: str = "",
    ) -> None:
        """The same flow on credit: the creditor gets a claim instead of deposits."""
        if debtor != creditor and self._begin("accrue", row, amount, debtor, creditor):
            self._claim_legs(instrument, debtor, creditor, amount, label)
            self._flow_legs(debtor, creditor, amount, row)

    def settle(
        self,
        debtor: int,
        creditor: int,
        amount: int,
        instrument: str = "receivables",
        label: str = "",
    ) -> None:
        """Redeem a claim with deposits; no income flows."""
        if self._begin("settle", instrument, amount, debtor, creditor):
            self._deposit_legs(debtor, creditor, amount)
            self._claim_legs(instrument, debtor, creditor, -amount, label)
            is_goods = instrument == "receivables"
            self._batch.paid(debtor, creditor, amount, is_goods=is_goods)

    def redeem(
        self, instrument: str, issuer: int, holder: int, amount: int, label: str = ""
    ) -> None:
        """Pay back a claim: ``settle`` with the arguments of ``issue``."""
        self.settle(issuer, holder, amount, instrument, label)

    def issue(
        self, instrument: str, issuer: int, holder: int, amount: int, label: str = ""
    ) -> None:
        """Sell a new claim on oneself for deposits; a loan of the bank creates the deposits."""
        if self._begin("issue", instrument, amount, holder, issuer):
            self._deposit_legs(holder, issuer, amount)
            self._claim_legs(instrument, issuer, holder, amount, label)
            self._batch.paid(holder, issuer, amount, is_goods=False)

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
        if not self._begin("transfer", instrument, max(amount, paid), buyer, seller):
            return
        self._deposit_legs(buyer, seller, paid)
        self._claim_legs(instrument, issuer, seller, -paid, label)
        self._claim_legs(instrument, issuer, buyer, paid, label)
        if amount != paid:
            accounts, batch = self.accounts, self._batch
            row = accounts.row(REVALUATION, RowKind.REVALUATION)
            for party, change in ((seller, paid - amount), (buyer, amount - paid)):
                slot = accounts.claim(instrument, issuer, party, label)
                gain = accounts.flow(REVALUATION, party, RowKind.REVALUATION)
                batch.pair(slot, gain, change, row)
                loss = accounts.flow(REVALUATION, issuer, RowKind.REVALUATION)
                batch.pair(slot + 1, loss, -change, row)
        self._batch.paid(buyer, seller, paid, is_goods=False)

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
        if change and self._begin(kind, row, abs(change), issuer, holder):
            slot = self.accounts.claim(instrument, issuer, holder, label)
            self._gain_legs(row, ((slot, holder, change), (slot + 1, issuer, -change)))

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
        if not self._begin("acquire", row, amount, buyer, seller):
            return
        accounts, batch = self.accounts, self._batch
        number, made = accounts.row(row), accounts.real(asset, buyer, label)
        if on_credit is None:
            self._deposit_legs(buyer, seller, amount)
            batch.paid(buyer, seller, amount, is_goods=True)
        else:
            self._claim_legs(on_credit, buyer, seller, amount, "")
        batch.pair(made, accounts.flow(row, seller), amount, number)

    def _stock_legs(self, asset: str, holder: int, change: int, row: str, label: str) -> None:
        accounts, number = self.accounts, self.accounts.row(row)
        stock, flow = accounts.real(asset, holder, label), accounts.flow(row, holder)
        self._batch.pair(stock, flow, change, number)

    def build_stock(
        self,
        asset: str,
        holder: int,
        amount: int,
        row: str = "change in inventories",
        label: str = "",
    ) -> None:
        """Add production to inventory at cost."""
        if self._begin("build stock", row, amount, holder, holder):
            self._stock_legs(asset, holder, amount, row, label)

    def draw_stock(
        self,
        asset: str,
        holder: int,
        amount: int,
        row: str = "change in inventories",
        label: str = "",
    ) -> None:
        """Use inventory: cost of sales."""
        if self._begin("draw stock", row, amount, holder, holder):
            self._stock_legs(asset, holder, -amount, row, label)

    def depreciate(self, asset: str, holder: int, amount: int, label: str = "") -> None:
        """Use up a real asset: current cost against the asset."""
        if self._begin("depreciate", "depreciation", amount, holder, holder):
            self._stock_legs(asset, holder, -amount, "depreciation", label)

    def scrap(self, asset: str, holder: int, amount: int, label: str = "") -> None:
        """Lose a real asset: a write-off, no transaction."""
        if self._begin("scrap", WRITE_OFF, amount, holder, holder):
            slot = self.accounts.real(asset, holder, label)
            self._gain_legs(WRITE_OFF, ((slot, holder, -amount),))

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
        if not self._begin("sell asset", "used assets", max(book, price), buyer, seller):
            return
        accounts, batch = self.accounts, self._batch
        number = accounts.row("used assets")
        target = label if new_label is None else new_label
        if seller != buyer:
            self._deposit_legs(buyer, seller, price)
            batch.paid(buyer, seller, price, is_goods=False)
        bought, sold = accounts.real(asset, buyer, target), accounts.real(asset, seller, label)
        batch.pair(bought, sold, price, number)
        if book != price:
            self._gain_legs(REVALUATION, ((sold, seller, price - book),))

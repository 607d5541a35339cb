"""Double-entry accounts of a whole economy, in integer cents.

Every posting is a set of legs (debit +, credit -). A claim has two accounts, the asset of its
holder and the liability of its issuer; a payment moves deposits, which are claims on the bank.
Each method that posts collects one posting; ``Ledger.commit`` applies all of them as one batch,
after the identities have been checked on it; a batch that breaks one is refused whole.

Amounts are integer cents and at least zero; zero is ignored; a negative or huge amount raises
ValueError, a fraction TypeError. A question about an instrument, real asset or row that is not
declared raises UndeclaredError; one about what is declared and was never booked is answered by
zero.

Sources: Copeland 1949 (quadruple entry); Godley and Lavoie 2007 (the matrices).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.books.accounts import Accounts
from market.books.archive import Archive, Books, sum_of_payments
from market.books.declarations import InstrumentKind
from market.books.journal import (
    DEPOSITS,
    LARGEST_AMOUNT,
    OPENING,
    RECEIVABLES,
    REVALUATION,
    WRITE_OFF,
    Batch,
    Compiled,
    Posting,
    Route,
    Routes,
    legs_of,
    payments_block,
)
from market.parameters.world import quarter_label

if TYPE_CHECKING:
    from collections.abc import Sequence


Ints = NDArray[np.int64]


DEFAULT_INSTRUMENT = "private equity"


class _Closer(NamedTuple):
    """The party that closes the accounts, and the claim on which the bank lends to it."""

    party: int
    instrument: str
    label: str


class _Capital(NamedTuple):
    """What the bank opens with, and the claim that makes it so."""

    cents: int
    instrument: str
    debtor: int
    label: str


class Ledger:
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
        self._event: int | None = None
        self._is_open = False
        self._capital: _Capital | None = None
        self._closer: _Closer | None = None
        self.bank = self.add_party(bank, "bank")
        self.routes = Routes(self.accounts, self.bank)

    def declare(
        self,
        *,
        row: str | None = None,
        instrument: str | None = None,
        asset: str | None = None,
        sector: str | None = None,
        kind: InstrumentKind | None = None,
        meaning: str = "",
    ) -> None:
        """Let own names be booked: ``declare(row="carbon tax")``, at any time before their use.

        All that is not declared is refused. The names of the model itself are declared from the
        start (``market.books.declarations``). Own instruments and sectors stand after them in the
        matrices. Declaring the same twice changes nothing.

        Args:
            row: a flow, such as a tax.
            instrument: a financial claim.
            asset: a real asset.
            sector: a group of parties; a column of the matrices.
            kind: of the instrument: "money", "trade", "debt" (when omitted), "shares" or "fund".
                Networks and market values are read from the accounts by it.
            meaning: a sentence for tables and documents.

        Raises:
            ValueError: nothing is named, a name stands declared as something else, or there is a
                kind without an instrument or one that does not exist.
        """
        given = {"row": row, "instrument": instrument, "asset": asset, "sector": sector}
        if all(name is None for name in given.values()):
            raise ValueError("declare: name a row, an instrument, an asset or a sector")
        if kind is not None and instrument is None:
            raise ValueError(f"declare: kind {kind!r} is of an instrument, and none is named")
        declared = self.accounts.declared
        if row is not None:
            declared.declare("row", row, meaning)
        if instrument is not None:
            declared.declare("instrument", instrument, meaning, kind or "debt")
        if asset is not None:
            declared.declare("asset", asset, meaning)
        if sector is not None:
            declared.declare("sector", sector, meaning)

    # --- parties

    @property
    def parties(self) -> list[str]:
        """Names of all parties, by party id."""
        return self.accounts.names

    def add_party(self, name: str, sector: str) -> int:
        """Open the account of a party; returns its id.

        Raises:
            ValueError: the name is taken, or the sector is not declared.
        """
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

    def state_capital(self, capital: int, debtor: int, instrument: str, label: str = "") -> None:
        """Let the bank open with a stated capital, whatever positions are opened beside.

        Until the first posting that is no opening one, every commit is followed by one that sets
        the bank's claim on ``debtor`` to what its deposits and the capital leave over its other
        assets, or to nothing when these are more: then the capital is larger than stated.

        Args:
            capital: assets less liabilities of the bank, cents.
            debtor: party that owes the claim.
            instrument: a kind of debt.
            label: of the claim.
        """
        self._only_at_opening()
        self.accounts.declared.check("instrument", instrument)
        self._capital = _Capital(capital, instrument, debtor, label)

    def state_closer(self, party: int, instrument: str, label: str = "") -> None:
        """Name the party that closes the accounts: it gets its money before it pays.

        It pays what the world it stands for pays, whatever its deposits. When a batch would
        overdraw it, the bank lends it just what is missing, in a batch of its own that comes
        before. So money is created by lending as payments need it (Moore 1988, Godley and Lavoie
        2007, chapter 7), in every phase by this one rule.

        Args:
            party: who closes the accounts.
            instrument: a kind of debt.
            label: of the claim.
        """
        self.accounts.check_party(party)
        self.accounts.declared.check("instrument", instrument)
        self._closer = _Closer(party, instrument, label)

    @property
    def closer(self) -> int | None:
        """Party that closes the accounts and so is never short of money; None without one."""
        return None if self._closer is None else self._closer.party

    @property
    def _is_opening(self) -> bool:
        return self.quarter == 0 and not self._is_open

    def _only_at_opening(self) -> None:
        if not self._is_opening:
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
        self._batch.move_units(issuer, holder, units, units)

    def grant_shares(
        self, issuer: int, holder: int, units: int, value: int, instrument: str
    ) -> None:
        """State shares of the opening balance sheet."""
        self.open_position(instrument, issuer, holder, value)
        self._batch.move_units(issuer, holder, units, units)

    def transfer_shares(
        self,
        issuer: int,
        seller: int,
        buyer: int,
        units: int,
        price_per_unit_cents: float,
        instrument: str = DEFAULT_INSTRUMENT,
    ) -> None:
        """Sell existing shares at a price; a price under the mark is the seller's loss.

        Several sales of one holding in a batch are fine; what was bought in it is sold later.
        """
        amount = self._worth_of("transfer_shares", issuer, seller, units, instrument)
        price = round(units * price_per_unit_cents)
        self.transfer(instrument, issuer, seller, buyer, amount, price=price)
        self._batch.move_units(issuer, seller, -units, 0)
        self._batch.move_units(issuer, buyer, units, 0)

    def cancel_shares(self, issuer: int, holder: int, units: int, instrument: str) -> None:
        """Destroy units; their value at the mark is the holder's loss."""
        lost = self._worth_of("cancel_shares", issuer, holder, units, instrument)
        self.write_off(instrument, issuer, holder, lost)
        self._batch.move_units(issuer, holder, -units, -units)

    def mark_shares(self, issuer: int, price: float, instrument: str = DEFAULT_INSTRUMENT) -> None:
        """Revalue every holding to units times ``price`` (cents per unit)."""
        for holder, units in list(self.books.held.get(issuer, {}).items()):
            target = round(units * price)
            change = target - self.balance(instrument, issuer, holder)
            self.revalue(instrument, issuer, holder, change)

    def _worth_of(self, what: str, issuer: int, holder: int, units: int, instrument: str) -> int:
        """Cents on units that leave a holding; its parts that leave in one batch add up to it."""
        held = self.books.held.get(issuer, {}).get(holder, 0)
        gone = self._batch.given_up.get((issuer, holder), 0)
        if not 0 < units <= held - gone:
            raise ValueError(f"{what}: {units} of {held - gone} units")
        value = self.balance(instrument, issuer, holder)
        return value * (gone + units) // held - value * gone // held

    # --- batches

    @contextmanager
    def because(self, event: int | None) -> Iterator[None]:
        """Mark all that is posted inside as posted for an event, so that losses can be told apart.

        The mark changes no amount. ``market.books.losses`` adds up by it who lost what to whom.
        Inside another one, the inner event counts.

        Args:
            event: id of the event in the model's log, such as a default; None for none.
        """
        before, self._event = self._event, event
        self._batch.turn_to(event)
        try:
            yield
        finally:
            self._event = before
            self._batch.turn_to(before)

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
        batch, self._batch = self._batch, Batch(self._event)
        if batch.is_empty:
            return
        compiled = batch.compile(phase)
        if self._closer is not None:
            self._lend_before(compiled, self._closer)
        self.books.apply(compiled, self.label(self.quarter))
        if self._capital is not None and self._is_opening:
            self._balance_bank(self._capital)
        if not self._is_open:
            self._is_open = bool(batch.payments) or any(meta[0] != "open" for meta in batch.metas)

    def _lend_before(self, batch: Compiled, closer: _Closer) -> None:
        """Lend the party that closes the accounts what it lacks for a batch."""
        if self.deposits(closer.party) >= batch.volume:
            return  # enough for all payments of the batch, whoever makes them
        slots = self.accounts.of_claim.get((DEPOSITS, self.bank, closer.party), ())
        change = sum(int(batch.amounts[batch.slots == slot].sum()) for slot in slots)
        missing = -(self.deposits(closer.party) + change)
        if missing > 0:
            route = self.routes.issue(closer.instrument, closer.party, self.bank, closer.label)
            loan = Batch()
            loan.post(route, missing)
            self.books.apply(loan.compile(f"money for {batch.phase}"), self.label(self.quarter))

    def _balance_bank(self, stated: _Capital) -> None:
        """Open what the bank's claim lacks to its stated capital, or take back what is too much."""
        claim = (stated.instrument, stated.debtor, self.bank, stated.label)
        opened = self.books.opened_worth(self.bank)
        change = max(stated.cents - opened, -self.balance(*claim))
        if change:
            legs = legs_of(self.routes.claim_gains(OPENING, *claim))
            batch = Batch()
            batch.post(Route(("open", OPENING, stated.debtor, self.bank), legs), change)
            self.books.apply(batch.compile("opening of the bank"), self.label(self.quarter))

    def postings(self, quarter: int | None = None) -> Iterator[Posting]:
        """Immutable postings of a quarter (default: the present one), in order of number."""
        yield from self.books.postings(self.quarter if quarter is None else quarter)

    def close_quarter(self) -> None:
        """Commit what is left, check I10 on every account, archive, and turn the page."""
        self.commit("close")
        self.archives.append(self.books.close(self.label(self.quarter)))
        self.quarter += 1

    # --- postings: each method collects one

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
        route, batch = self.routes.transfer(instrument, issuer, seller, buyer, label), self._batch
        batch.begin(route.meta, max(amount, paid))
        batch.add(route.legs, paid)
        if amount != paid:
            for party, change in ((seller, paid - amount), (buyer, amount - paid)):
                gains = (REVALUATION, instrument, issuer, party, label)
                batch.add(self.routes.value("revalue", *gains).legs, change)
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

    def deliver_prepaid(
        self,
        asset: str,
        seller: int,
        buyer: int,
        amount: int,
        row: str = "investment",
        label: str = "",
    ) -> None:
        """Deliver a newly made real asset for an advance, which ends: no deposits move."""
        if self._is_postable("deliver", row, amount):
            self._batch.post(self.routes.deliver(asset, seller, buyer, row, label), amount)

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
            self._batch.post(self.routes.lose("scrap", WRITE_OFF, asset, holder, label), amount)

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
        number = accounts.row("used assets")
        target = label if new_label is None else new_label
        bought, sold = accounts.real(asset, buyer, target), accounts.real(asset, seller, label)
        batch.begin(("sell asset", "used assets", buyer, seller), max(book, price))
        if seller != buyer:
            batch.add(legs_of(routes.deposits(buyer, seller)), price)
            batch.paid(buyer, seller, price, is_goods=False)
        batch.add(legs_of((bought, sold, number, 1)), price)
        if book != price:
            gain = routes.gains(REVALUATION, ((sold, seller, 1),))
            batch.add(legs_of(gain), price - book)

    # --- questions: all answers are cheap, and of the committed state

    def deposits(self, party: int) -> int:
        """Deposits of a party."""
        return self._total(self.accounts.of_claim.get((DEPOSITS, self.bank, party), ()))

    def balance(
        self, instrument: str, issuer: int | None, holder: int, label: str | None = None
    ) -> int:
        """Value of a claim, or of a real asset when ``issuer`` is None; all labels by default."""
        owner = -1 if issuer is None else issuer
        if label is not None:
            slot = self.accounts.slot(instrument, owner, holder, label)
            return self._total(self._found(instrument, None if slot is None else [slot]))
        key = (instrument, owner, holder)
        return self._total(self._found(instrument, self.accounts.of_claim.get(key)))

    def _found(self, name: str, slots: list[int] | None) -> Sequence[int]:
        """The accounts found; none at all for an instrument or asset that is declared only."""
        if slots is None:
            self.accounts.declared.check_position(name)
            return ()
        return slots

    def _total(self, slots: Sequence[int]) -> int:
        """Sum of some accounts; one that waits for its first commit has no balance yet."""
        balance, total = self.books.balance, 0
        size = len(balance)
        if len(slots) == 1 and slots[0] < size:  # nearly always
            return balance.item(slots[0])
        for slot in slots:
            if slot < size:
                total += balance.item(slot)
        return total

    def assets(self, party: int, instrument: str | None = None) -> int:
        """Assets of a party, of one kind or of all."""
        if instrument is not None:
            found = self.accounts.of_holder.get((instrument, party))
            return self._total(self._found(instrument, found))
        return self.books.worth()[0][party]

    def liabilities(self, party: int, instrument: str | None = None) -> int:
        """Liabilities of a party, as a positive number."""
        if instrument is not None:
            found = self.accounts.of_issuer.get((instrument, party))
            return self._total(self._found(instrument, found))
        assets, worth = self.books.worth()
        return assets[party] - worth[party]

    def net_worth(self, party: int) -> int:
        """Assets less liabilities; own shares are a liability at their mark."""
        return self.books.worth()[1][party]

    def holders(self, issuer: int, instrument: str) -> list[tuple[int, int]]:
        """(holder, amount) of every claim on an issuer that is not zero, labels added up."""
        found: dict[int, int] = {}
        for holder, _, amount in self.labelled_holders(issuer, instrument):
            found[holder] = found.get(holder, 0) + amount
        return list(found.items())

    def labelled_holders(self, issuer: int, instrument: str) -> list[tuple[int, str, int]]:
        """(holder, label, amount) of every claim on an issuer that is not zero."""
        balance, describe = self.books.balance, self.accounts.describe
        size, found = len(balance), self.accounts.of_issuer.get((instrument, issuer))
        return [
            (describe[slot][2], describe[slot][3], amount)
            for slot in self._found(instrument, found)
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
        size, found = len(balance), self.accounts.of_holder.get((instrument, holder))
        return [
            (describe[slot][1], describe[slot][3], amount)
            for slot in self._found(instrument, found)
            if slot < size and (amount := balance.item(slot))
        ]

    def units(self, issuer: int, holder: int | None = None) -> int:
        """Shares of an issuer, all or of one holder; uncommitted ones included."""
        books, batch = self.books, self._batch
        if holder is None:
            return books.issued.get(issuer, 0) + batch.issued.get(issuer, 0)
        held = books.held.get(issuer, {}).get(holder, 0)
        return held + batch.moved.get((issuer, holder), 0)

    def flow(self, row: str, party: int, quarter: int | None = None) -> int:
        """Received less paid in a row, in the present or a closed quarter."""
        slot = self.accounts.flow_slot(row, party)
        if slot is None:
            self.accounts.declared.check("row", row)
            return 0
        values = self.books.balance if quarter is None else self.archives[quarter].flows
        return -int(values[slot]) if slot < len(values) else 0

    def money_flows(self, quarters: int = 1) -> tuple[Ints, Ints]:
        """Money paid (payer, payee) in the last quarters, the present one included.

        Returns:
            Two (parties, parties) matrices in cents: for goods, services and income; and finance.
        """
        return sum_of_payments([*self._past(quarters), self.books], len(self.accounts.names))

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

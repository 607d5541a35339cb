"""The arrays behind a ledger: checks a batch, applies it whole or not at all, and archives."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.books.accounts import Accounts, Slot
from market.books.identities import (
    Entries,
    IdentityViolation,
    check_bank,
    check_claims,
    check_columns,
    check_holdings,
    check_net_worth,
    check_roll_forward,
    check_rows,
    check_shares,
)
from market.books.journal import Compiled, Leg, Posting

if TYPE_CHECKING:
    from types import ModuleType

Ints = NDArray[np.int64]
LARGEST_BALANCE = 1 << 61
"""Largest balance in cents, and largest sum of one batch: what follows still fits 64 bits."""

COMPILED_AFTER = 10_000
"""Commits of a process after which the compiled form is loaded: fewer do not pay for that."""


@dataclass(slots=True)
class _Process:
    """What this process has done: the batches that it has applied, of whatever books."""

    commits: int = 0


_process = _Process()


@cache
def _compiled_form() -> ModuleType | None:
    """The module of the compiled form; None where numba is missing or may write no file."""
    try:
        return import_module("market.books.commit_kernel")
    except (ImportError, RuntimeError):
        return None


class Archive(NamedTuple):
    """A closed quarter: one array per kind of entry, by slot, and money paid by pair.

    ``closing`` = ``opening`` + ``transactions`` + ``revaluations``; ``flows`` holds what stood on
    the accounts of flows and gains; ``goods`` and ``finance`` are (payer, payee), all in cents.
    """

    opening: Ints
    transactions: Ints
    revaluations: Ints
    closing: Ints
    flows: Ints
    goods: Ints
    finance: Ints


class _Masks:
    """Lists of accounts by kind, as of some number of accounts; made when they are asked for."""

    def __init__(self, accounts: Accounts, bank: int) -> None:
        self.size = accounts.size
        self.kind, party = accounts.kind[: self.size], accounts.party[: self.size]
        deposits = accounts.of_issuer.get(("deposits", bank), [])
        self.deposits = np.array(deposits, dtype=np.int64)
        self.depositors = party[self.deposits]
        self.bank_signs = np.where(party == bank, -1, 0)
        self.bank_signs[self.deposits] = 1
        self.bank_signs[self.deposits + 1] = 0

    @cached_property
    def claims(self) -> Ints:
        return np.flatnonzero(self.kind == Slot.CLAIM_ASSET)

    @cached_property
    def held(self) -> Ints:
        return np.flatnonzero((self.kind == Slot.CLAIM_ASSET) | (self.kind == Slot.REAL_ASSET))

    @cached_property
    def real(self) -> Ints:
        return np.flatnonzero(self.kind == Slot.REAL_ASSET)

    @cached_property
    def flow(self) -> Ints:
        return np.flatnonzero(self.kind >= Slot.FLOW)

    @cached_property
    def positions(self) -> Ints:
        return np.flatnonzero(self.kind <= Slot.REAL_ASSET)


class Books:
    """Balances by account, and how they came about in the quarter.

    Attributes:
        balance: cents by slot. parts: (3, slots): this quarter's transactions, revaluations and
        opening stocks, in the order of ``RowKind``. paid: (2, parties, parties): deposits moved as
        finance and for goods, services and income. held, issued: units of shares.
    """

    def __init__(self, accounts: Accounts, bank: int = 0) -> None:
        """Start with empty books; ``bank`` is the party on which deposits are claims."""
        self.accounts, self.bank = accounts, bank
        self.balance: Ints = np.zeros(256, dtype=np.int64)
        self.parts: Ints = np.zeros((3, 256), dtype=np.int64)
        self.paid: Ints = np.zeros((2, 0, 0), dtype=np.int64)
        self.held: dict[int, dict[int, int]] = {}
        self.issued: dict[int, int] = {}
        self.count = 0
        self._journal: list[list[tuple[int, Compiled]]] = [[]]
        self._masks = _Masks(accounts, bank)
        self._row_kinds: Ints = np.zeros(0, dtype=np.int64)
        self._worth: list[list[int]] = []
        self._worth_of: Ints | None = None

    @property
    def opening(self) -> Ints:
        """Stocks at the start of the quarter, by slot."""
        stocks: Ints = self.parts[2]
        return stocks

    @property
    def transactions(self) -> Ints:
        """Changes by transactions in the quarter, by slot."""
        changes: Ints = self.parts[0]
        return changes

    @property
    def revaluations(self) -> Ints:
        """Changes by revaluations in the quarter, by slot."""
        changes: Ints = self.parts[1]
        return changes

    @property
    def goods(self) -> Ints:
        """Cents paid for goods, services and income in the quarter, (payer, payee)."""
        paid: Ints = self.paid[1]
        return paid

    @property
    def finance(self) -> Ints:
        """Cents paid for claims and used assets in the quarter, (payer, payee)."""
        paid: Ints = self.paid[0]
        return paid

    def worth(self) -> list[list[int]]:
        """Assets, and assets less liabilities, of every party in cents (2, parties).

        They are added up once between two batches: each leaves another array of balances.
        """
        parties = len(self.accounts.names)
        if self._worth_of is not self.balance or len(self._worth[0]) < parties:
            slots = self._masks.positions
            owners, held = self.accounts.party[slots], self.balance[slots]
            sums = np.zeros((2, parties), dtype=np.int64)
            np.add.at(sums[0], owners, np.maximum(held, 0))
            np.add.at(sums[1], owners, held)
            self._worth, self._worth_of = sums.tolist(), self.balance
        return self._worth

    def opened_worth(self, party: int) -> int:
        """Assets less liabilities of a party in the opening balance sheet, cents."""
        slots = self._masks.positions
        own = slots[self.accounts.party[slots] == party]
        return int(self.opening[own].sum())

    def fit(self) -> None:
        """Make room for new accounts and parties."""
        size, old = len(self.accounts.kind), len(self.balance)
        if old < size:
            self.balance = np.concatenate([self.balance, np.zeros(size - old, dtype=np.int64)])
            self.parts = np.hstack([self.parts, np.zeros((3, size - old), dtype=np.int64)])
        parties, known = len(self.accounts.names), self.paid.shape[1]
        if known < parties:
            paid = np.zeros((2, parties, parties), dtype=np.int64)
            paid[:, :known, :known] = self.paid
            self.paid = paid
        if self._masks.size != self.accounts.size:
            self._masks = _Masks(self.accounts, self.bank)
        if len(self._row_kinds) != len(self.accounts.row_kinds):
            self._row_kinds = np.array(self.accounts.row_kinds, dtype=np.int64)

    def apply(self, batch: Compiled, quarter: str) -> None:
        """Check a batch and apply it.

        Raises:
            IdentityViolation: when an identity breaks; nothing is applied then.
            OverflowError: when sums would leave the range of the books; nothing is applied.
        """
        self.fit()
        if batch.volume > LARGEST_BALANCE:
            raise OverflowError(f"batch {batch.phase!r}: {batch.volume:.0f} cents are too many")
        balance, parts = self._posted_at_once(batch) or self._posted(batch, quarter)
        held, issued = self._register(batch, quarter)
        self.balance, self.parts = balance, parts
        self.held.update(held)
        self.issued.update(issued)
        self._count_money(batch)
        self._journal[-1].append((self.count, batch))
        self.count += batch.size
        _process.commits += 1

    def _posted(self, batch: Compiled, quarter: str) -> tuple[Ints, Ints]:
        """Balances and parts after a batch; raises as ``apply`` does when it is not sound."""
        entries = self._entries(batch, quarter)
        check_columns(entries)
        check_rows(entries)
        check_net_worth(entries)
        check_bank(entries, self._masks.bank_signs)
        balance = self.balance.copy()
        np.add.at(balance, entries.slot, entries.amount)
        if balance.max() > LARGEST_BALANCE or balance.min() < -LARGEST_BALANCE:
            raise OverflowError(f"batch {batch.phase!r}: a balance is beyond {LARGEST_BALANCE}")
        check_claims(entries, balance, self._masks.claims)
        check_holdings(entries, balance, self._masks.held)
        parts = self.parts.copy()
        cells = entries.row_kind * parts.shape[1] + entries.slot
        np.add.at(parts.reshape(-1), cells, entries.amount)
        check_roll_forward(entries, balance, parts)
        return balance, parts

    def _posted_at_once(self, batch: Compiled) -> tuple[Ints, Ints] | None:
        """The same by the compiled form; None where it is not worth it, or finds a fault."""
        is_worth_it = _process.commits >= COMPILED_AFTER or "numba" in sys.modules
        kernel = _compiled_form() if is_worth_it else None
        if kernel is None:
            return None
        accounts, balance, parts = self.accounts, self.balance.copy(), self.parts.copy()
        is_sound = kernel.post(
            batch.posting,
            batch.slots,
            batch.rows,
            batch.amounts,
            self._row_kinds,
            accounts.kind,
            accounts.party,
            self._masks.bank_signs,
            len(accounts.names),
            LARGEST_BALANCE,
            balance,
            parts,
        )
        return (balance, parts) if is_sound else None

    def _entries(self, batch: Compiled, quarter: str) -> Entries:
        accounts, slots = self.accounts, batch.slots
        return Entries(
            posting=batch.posting,
            party=accounts.party[slots],
            row=batch.rows,
            slot=slots,
            amount=batch.amounts,
            row_kind=self._row_kinds[batch.rows],
            slot_kind=accounts.kind[slots],
            postings=batch.size,
            parties=len(accounts.names),
            rows=len(accounts.rows),
            quarter=quarter,
            title=lambda posting: self._title(batch, posting),
            account=self._account,
            party_names=accounts.names,
            row_names=accounts.rows,
        )

    def _account(self, slot: int) -> str:
        what, issuer, holder, label = self.accounts.describe[slot]
        names = self.accounts.names
        text = f"{what}{' ' + label if label else ''} of {names[holder]}"
        return f"{text} on {names[issuer]}" if issuer >= 0 else text

    def _title(self, batch: Compiled, posting: int) -> str:
        kind, row, first, second = batch.meta(posting)
        one, other = self.accounts.names[first], self.accounts.names[second]
        number = self.count + posting
        return f"posting {number} ({batch.phase}: {kind} {row!r}, {one} to {other})"

    def _count_money(self, batch: Compiled) -> None:
        """Add who paid whom."""
        parties = self.paid.shape[1]
        if batch.money.size:
            goods, payer, payee, amount = batch.money.T
            cells = (goods * parties + payer) * parties + payee
            np.add.at(self.paid.reshape(-1), cells, amount)
        for block in batch.payments:
            cells = (parties + block.payers) * parties + block.payees
            np.add.at(self.paid.reshape(-1), cells, block.amounts)

    def _register(
        self, batch: Compiled, quarter: str
    ) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
        """Registers of the issuers whose shares move, after the batch; checks I7 on them."""
        held: dict[int, dict[int, int]] = {}
        issued: dict[int, int] = {}
        for issuer, holder, change, issue in batch.units:
            if issuer not in held:
                held[issuer] = dict(self.held.get(issuer, {}))
                issued[issuer] = self.issued.get(issuer, 0)
            register = held[issuer]
            register[holder] = register.get(holder, 0) + change
            issued[issuer] += issue
        check_shares(held, issued, self.accounts.names, quarter, batch.phase)
        return held, issued

    # --- the end of a quarter, and the journal

    def close(self, quarter: str) -> Archive:
        """Check the levels once more; archive the quarter's arrays and start the next."""
        self.fit()
        self._check_levels(quarter)
        size, flow = self.accounts.size, self._masks.flow
        flows = np.zeros(size, dtype=np.int64)
        flows[flow] = self.balance[flow]
        archive = Archive(
            self.opening[:size].copy(),
            self.transactions[:size].copy(),
            self.revaluations[:size].copy(),
            self.balance[:size].copy(),
            flows,
            self.goods.copy(),
            self.finance.copy(),
        )
        self.balance[flow] = 0
        self.parts = np.zeros_like(self.parts)
        self.parts[2] = self.balance
        self.paid = np.zeros_like(self.paid)
        self._journal.append([])
        return archive

    def _check_levels(self, quarter: str) -> None:
        """I4 and I10 on the stocks; I5 as money: deposits change by what was paid and received."""
        gap = self.parts.sum(axis=0) - self.balance
        if gap.any():
            spot = int(np.flatnonzero(gap)[0])
            raise IdentityViolation("I10", quarter, self._account(spot), int(gap[spot]))
        masks = self._masks
        worth = sum(self.balance[masks.positions].tolist())
        real = sum(self.balance[masks.real].tolist())
        if worth != real:
            raise IdentityViolation("I4", quarter, "net worth and real assets", worth - real)
        both = self.paid.sum(axis=0)
        net = (both.sum(axis=0) - both.sum(axis=1))[masks.depositors]
        gap = self.transactions[masks.deposits] - net
        if gap.any():
            spot = int(np.flatnonzero(gap)[0])
            text = f"{self._account(int(masks.deposits[spot]))}, money paid and received"
            raise IdentityViolation("I5", quarter, text, int(gap[spot]))

    def batches(self, quarter: int) -> list[Compiled]:
        """What was posted in a quarter, in order; IndexError for a quarter not begun."""
        return [batch for _, batch in self._journal[quarter]]

    def legs(self, quarter: int) -> tuple[Ints, Ints, Ints]:
        """Slots, amounts and row ids of all legs posted in a quarter, in order."""
        batches = self.batches(quarter)
        empty: Ints = np.zeros(0, dtype=np.int64)
        slots, amounts, rows = (
            np.concatenate([empty, *(getattr(batch, name) for batch in batches)])
            for name in ("slots", "amounts", "rows")
        )
        return slots, amounts, rows

    def postings(self, quarter: int) -> Iterator[Posting]:
        """Postings of a quarter as immutable tuples; IndexError for a quarter not begun."""
        names, party, rows = self.accounts.names, self.accounts.party, self.accounts.rows
        for first, batch in self._journal[quarter]:
            bounds = np.searchsorted(batch.posting, np.arange(batch.size + 1)).tolist()
            legs = [
                Leg(names[party[slot]], self._account(slot), rows[row], amount)
                for slot, row, amount in zip(
                    batch.slots.tolist(), batch.rows.tolist(), batch.amounts.tolist(), strict=True
                )
            ]
            for number in range(batch.size):
                kind, row, *_ = batch.meta(number)
                own = tuple(legs[bounds[number] : bounds[number + 1]])
                event = batch.event(number)
                yield Posting(first + number, quarter, batch.phase, kind, row, own, event)


def sum_of_payments(quarters: Iterable[Archive | Books], size: int) -> tuple[Ints, Ints]:
    """Money paid (payer, payee) in some quarters together.

    Args:
        quarters: closed quarters, or the books of the present one.
        size: parties now; in earlier quarters there may have been fewer.

    Returns:
        Two (size, size) matrices in cents: for goods, services and income; and finance.
    """
    goods = np.zeros((size, size), dtype=np.int64)
    finance = goods.copy()
    for quarter in quarters:
        known = quarter.goods.shape[0]
        goods[:known, :known] += quarter.goods
        finance[:known, :known] += quarter.finance
    return goods, finance

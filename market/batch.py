"""A batch of postings: collected as lists, compiled to arrays, checked, applied, archived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.accounts import Accounts, RowKind, Slot
from market.identities import IdentityViolation

Ints = NDArray[np.int64]


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


@dataclass
class Compiled:
    """A batch as arrays; one entry per leg.

    Attributes:
        slots, amounts, rows, posting: account, cents, row id and posting number of each leg.
        metas: kind, row and the two parties of each posting.
        money: payer, payee, cents, is_goods of every movement of deposits.
        units: issuer, holder, change of units held, change of units issued.
    """

    phase: str
    slots: Ints
    amounts: Ints
    rows: Ints
    posting: Ints
    metas: list[tuple[str, str, int, int]]
    money: list[tuple[int, int, int, bool]]
    units: list[tuple[int, int, int, int]]
    money_arrays: tuple[Ints, Ints, Ints] | None = None


class Batch:
    """Postings that wait for their commit."""

    __slots__ = ("_amounts", "_posting", "_rows", "_slots", "metas", "moves", "units")

    def __init__(self) -> None:
        """Start empty."""
        self._slots: list[int] = []
        self._amounts: list[int] = []
        self._rows: list[int] = []
        self._posting: list[int] = []
        self.metas: list[tuple[str, str, int, int]] = []
        self.moves: list[tuple[int, int, int, bool]] = []
        self.units: list[tuple[int, int, int, int]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was posted."""
        return not self.metas and not self.units

    def begin(self, kind: str, row: str, first: int, second: int) -> None:
        """Open a posting between two parties."""
        self.metas.append((kind, row, first, second))

    def leg(self, slot: int, amount: int, row: int) -> None:
        """Add an entry to the posting opened last."""
        self._slots.append(slot)
        self._amounts.append(amount)
        self._rows.append(row)
        self._posting.append(len(self.metas) - 1)

    def money(self, payer: int, payee: int, amount: int, *, is_goods: bool) -> None:
        """Remember who paid whom, for goods and services or as finance."""
        self.moves.append((payer, payee, amount, is_goods))

    def compile(self, phase: str, accounts: Accounts) -> Compiled:
        """Turn the lists into arrays."""
        del accounts
        return Compiled(
            phase,
            np.array(self._slots, dtype=np.int64),
            np.array(self._amounts, dtype=np.int64),
            np.array(self._rows, dtype=np.int64),
            np.array(self._posting, dtype=np.int64),
            self.metas,
            self.moves,
            self.units,
        )


class Books:
    """The arrays behind a ledger: balances by slot, and how they came about in the quarter."""

    def __init__(self, accounts: Accounts) -> None:
        """Start with empty books."""
        self.accounts = accounts
        self.balance: Ints = np.zeros(256, dtype=np.int64)
        self.opening, self.transactions = self.balance.copy(), self.balance.copy()
        self.revaluations = self.balance.copy()
        self.goods: Ints = np.zeros((0, 0), dtype=np.int64)
        self.finance: Ints = self.goods.copy()
        self.held: dict[int, dict[int, int]] = {}
        self.issued: dict[int, int] = {}
        self._journal: list[tuple[int, int, Compiled]] = []
        self._count = 0
        self._quarter = 0
        self._masks_size = -1

    def fit(self) -> None:
        """Make room for new accounts and parties."""
        size = len(self.accounts.kind)
        for name in ("balance", "opening", "transactions", "revaluations"):
            old: Ints = getattr(self, name)
            if len(old) < size:
                grown = np.zeros(size, dtype=np.int64)
                grown[: len(old)] = old
                setattr(self, name, grown)
        parties = len(self.accounts.names)
        if self.goods.shape[0] < parties:
            for name in ("goods", "finance"):
                matrix = np.zeros((parties, parties), dtype=np.int64)
                old = getattr(self, name)
                matrix[: old.shape[0], : old.shape[0]] = old
                setattr(self, name, matrix)

    def _masks(self) -> None:
        """Refresh the masks by kind of account when accounts were added."""
        accounts = self.accounts
        if self._masks_size == accounts.size:
            return
        kind = accounts.kind[: accounts.size]
        self._is_claim = np.flatnonzero(kind == Slot.CLAIM_ASSET)
        self._is_real = np.flatnonzero(kind == Slot.REAL_ASSET)
        self._is_asset = np.flatnonzero((kind == Slot.CLAIM_ASSET) | (kind == Slot.REAL_ASSET))
        self._is_flow = np.flatnonzero((kind == Slot.FLOW) | (kind == Slot.GAIN))
        self._is_position = np.flatnonzero(kind <= Slot.REAL_ASSET)
        deposits = [i for i, what in enumerate(accounts.describe) if what[0] == "deposits"]
        is_asset = kind[deposits] == Slot.CLAIM_ASSET if deposits else np.zeros(0, dtype=bool)
        self._deposits = np.array(deposits, dtype=np.int64)[is_asset]
        self._row_kinds = np.array(accounts.row_kinds, dtype=np.int64)
        self._masks_size = accounts.size

    # --- apply

    def apply(self, batch: Compiled, quarter: str) -> None:
        """Check a batch and apply it; raises IdentityViolation and applies nothing on a fault."""
        self.fit()
        self._masks()
        if len(self._row_kinds) != len(self.accounts.row_kinds):
            self._row_kinds = np.array(self.accounts.row_kinds, dtype=np.int64)
        self._check_legs(batch, quarter)
        balance = self.balance.copy()
        np.add.at(balance, batch.slots, batch.amounts)
        self._check_stocks(batch, balance, quarter)
        kinds = self._row_kinds[batch.rows]
        moved = []
        for kind, array in (
            (RowKind.TRANSACTION, self.transactions),
            (RowKind.REVALUATION, self.revaluations),
            (RowKind.OPENING, self.opening),
        ):
            chosen = kinds == kind
            new = array
            if chosen.any():
                new = array.copy()
                np.add.at(new, batch.slots[chosen], batch.amounts[chosen])
            moved.append(new)
        transactions, revaluations, opening = moved
        gap = balance - opening - transactions - revaluations
        if gap.any():
            self._fail("I10", quarter, batch, int(np.flatnonzero(gap)[0]), int(gap.max()))
        held, issued = self._check_units(batch, quarter)
        self.balance, self.opening = balance, opening
        self.transactions, self.revaluations = transactions, revaluations
        self.held.update(held)
        self.issued.update(issued)
        for payer, payee, amount, is_goods in batch.money:
            (self.goods if is_goods else self.finance)[payer, payee] += amount
        if batch.money_arrays is not None:
            payers, payees, amounts = batch.money_arrays
            np.add.at(self.goods, (payers, payees), amounts)
        self._journal.append((self._quarter, self._count, batch))
        self._count += len(batch.metas)

    def _fail(self, identity: str, quarter: str, batch: Compiled, slot: int, amount: int) -> None:
        """Raise with the first posting that touched a slot."""
        hits = np.flatnonzero(batch.slots == slot)
        text = self._account(slot)
        if hits.size:
            text = f"{self._title(batch, int(batch.posting[hits[-1]]))}, account {text}"
        raise IdentityViolation(identity, quarter, text, amount)

    def _account(self, slot: int) -> str:
        what, issuer, holder, label = self.accounts.describe[slot]
        names = self.accounts.names
        text = f"{what}{' ' + label if label else ''} of {names[holder]}"
        return f"{text} on {names[issuer]}" if issuer >= 0 else text

    def _title(self, batch: Compiled, posting: int) -> str:
        kind, row, first, second = batch.metas[posting]
        names = self.accounts.names
        number = self._count + posting
        return (
            f"posting {number} ({batch.phase}: {kind} {row!r}, {names[first]} to {names[second]})"
        )

    def _check_legs(self, batch: Compiled, quarter: str) -> None:
        """I1 and I3: every posting, party and row sums to zero."""
        parties, count = len(self.accounts.names), len(batch.metas)
        if not count:
            return
        party = self.accounts.party[batch.slots]
        per_posting = np.zeros(count * parties, dtype=np.int64)
        np.add.at(per_posting, batch.posting * parties + party, batch.amounts)
        if per_posting.any():
            spot = int(np.flatnonzero(per_posting)[0])
            title = self._title(batch, spot // parties)
            name = self.accounts.names[spot % parties]
            raise IdentityViolation(
                "I1", quarter, f"{title}, books of {name}", int(per_posting[spot])
            )
        rows = len(self._row_kinds)
        per_row = np.zeros(count * rows, dtype=np.int64)
        np.add.at(per_row, batch.posting * rows + batch.rows, batch.amounts)
        if not per_row.any():
            return
        by_row = per_row.reshape(count, rows)
        open_rows = self._row_kinds != RowKind.TRANSACTION
        by_row[:, open_rows] = 0  # a gain or a write-off is booked by party, not between parties
        if by_row.any():
            posting, row = (int(i[0]) for i in np.nonzero(by_row))
            title = f"{self._title(batch, posting)}, row {self.accounts.rows[row]!r}"
            raise IdentityViolation("I3", quarter, title, int(by_row[posting, row]))

    def _check_stocks(self, batch: Compiled, balance: Ints, quarter: str) -> None:
        """I2 (claims match), I4 (net worth = real assets), I5 (the bank), I6 (no overdraft)."""
        claims = self._is_claim
        gap = balance[claims] + balance[claims + 1]
        if gap.any():
            spot = int(np.flatnonzero(gap)[0])
            self._fail("I2", quarter, batch, int(claims[spot]), int(gap[spot]))
        net_worth = int(balance[self._is_position].sum())
        real = int(balance[self._is_real].sum())
        if net_worth != real:
            raise IdentityViolation(
                "I4", quarter, f"batch {batch.phase!r}: net worth and real assets", net_worth - real
            )
        held = balance[self._is_asset]
        if held.min(initial=0) < 0:
            spot = int(np.argmin(held))
            self._fail("I6", quarter, batch, int(self._is_asset[spot]), int(held[spot]))
        moved = int(balance[self._deposits].sum() - self.balance[self._deposits].sum())
        if moved:
            bank = self.accounts.party[batch.slots] == 0
            own = bank & ~np.isin(batch.slots, self._deposits + 1)
            other = int(batch.amounts[own].sum())
            if moved != other:
                raise IdentityViolation(
                    "I5",
                    quarter,
                    f"batch {batch.phase!r}: deposits and bank assets",
                    moved - other,
                )

    def _check_units(
        self, batch: Compiled, quarter: str
    ) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
        """I7: units held sum to units issued; nobody holds less than none."""
        held: dict[int, dict[int, int]] = {}
        issued: dict[int, int] = {}
        for issuer, holder, change, issue in batch.units:
            register = held.setdefault(issuer, dict(self.held.get(issuer, {})))
            register[holder] = register.get(holder, 0) + change
            issued[issuer] = issued.get(issuer, self.issued.get(issuer, 0)) + issue
        for issuer, register in held.items():
            gap = sum(register.values()) - issued[issuer]
            if gap or min(register.values()) < 0:
                name = self.accounts.names[issuer]
                raise IdentityViolation(
                    "I7", quarter, f"batch {batch.phase!r}: shares of {name} (units)", gap
                )
        return held, issued

    # --- the end of a quarter, and the journal

    def close(self, quarter: str) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
        """Check I10 on every account; return copies of the quarter's arrays and start the next."""
        self.fit()
        self._masks()
        gap = self.balance - self.opening - self.transactions - self.revaluations
        if gap.any():
            spot = int(np.flatnonzero(gap)[0])
            raise IdentityViolation("I10", quarter, self._account(spot), int(gap[spot]))
        size = self.accounts.size
        flows = np.zeros(size, dtype=np.int64)
        flows[self._is_flow] = self.balance[self._is_flow]
        archive = (
            self.opening[:size].copy(),
            self.transactions[:size].copy(),
            self.revaluations[:size].copy(),
            self.balance[:size].copy(),
            flows,
            self.goods.copy(),
            self.finance.copy(),
        )
        self.balance[self._is_flow] = 0
        self.opening = self.balance.copy()
        self.transactions = np.zeros_like(self.balance)
        self.revaluations = np.zeros_like(self.balance)
        self.goods = np.zeros_like(self.goods)
        self.finance = np.zeros_like(self.finance)
        self._quarter += 1
        return archive

    def legs(self, quarter: int) -> tuple[Ints, Ints, Ints]:
        """Slots, amounts and row ids of all legs posted in a quarter, in order."""
        found = [batch for when, _, batch in self._journal if when == quarter]
        empty: Ints = np.zeros(0, dtype=np.int64)
        slots, amounts, rows = (
            np.concatenate([empty, *(getattr(batch, name) for batch in found)])
            for name in ("slots", "amounts", "rows")
        )
        return slots, amounts, rows

    def postings(self, quarter: int) -> Iterator[Posting]:
        """Postings of a quarter as immutable tuples."""
        accounts = self.accounts
        for when, first, batch in self._journal:
            if when != quarter:
                continue
            bounds = np.searchsorted(batch.posting, np.arange(len(batch.metas) + 1))
            for number, (kind, row, *_) in enumerate(batch.metas):
                legs = tuple(
                    Leg(
                        accounts.names[int(accounts.party[slot])],
                        self._account(slot),
                        accounts.rows[int(batch.rows[i])],
                        int(batch.amounts[i]),
                    )
                    for i in range(int(bounds[number]), int(bounds[number + 1]))
                    for slot in (int(batch.slots[i]),)
                )
                yield Posting(first + number, when, batch.phase, kind, row, legs)

"""The chart of accounts: parties, instruments and rows as numbered slots of one array."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from market.books.declarations import Declarations

Ints = NDArray[np.int64]


class Slot(IntEnum):
    """What an account is."""

    CLAIM_ASSET = 0
    CLAIM_LIABILITY = 1
    REAL_ASSET = 2
    FLOW = 3
    GAIN = 4


class RowKind(IntEnum):
    """Where a leg is archived."""

    TRANSACTION = 0
    REVALUATION = 1
    OPENING = 2


class Accounts:
    """Interned accounts; every account is an index ("slot") into the ledger's arrays.

    An account is opened only under names that are declared; the others raise UndeclaredError.

    Attributes:
        declared: the rows, instruments, real assets and sectors that there may be.
        names, sectors: of the parties, by party id.
        rows: names of the rows of the matrices; ``row_kinds`` their kinds.
        kind, party: of every slot (numpy arrays, valid up to ``size``).
        describe: of every slot the instrument, asset or row, the issuer (negative: none), the
            holder and the label. A claim's liability is the slot after its asset.
        of_claim, of_issuer, of_holder: asset slots by (instrument, issuer, holder) and so on.
    """

    def __init__(self) -> None:
        """Start without parties."""
        self.declared = Declarations()
        self.names: list[str] = []
        self.sectors: list[str] = []
        self.rows: list[str] = []
        self.row_kinds: list[int] = []
        self.describe: list[tuple[str, int, int, str]] = []  # instrument or row, issuer, holder
        self.size = 0
        self.kind: Ints = np.zeros(256, dtype=np.int64)
        self.party: Ints = np.zeros(256, dtype=np.int64)
        self._slots: dict[tuple[str, int, int, str], int] = {}
        self._rows: dict[str, int] = {}
        self._party_ids: dict[str, int] = {}
        self.of_claim: dict[tuple[str, int, int], list[int]] = {}
        self.of_issuer: dict[tuple[str, int], list[int]] = {}
        self.of_holder: dict[tuple[str, int], list[int]] = {}

    def add_party(self, name: str, sector: str) -> int:
        """Open a party; raises ValueError when the name is taken or the sector not declared."""
        self.declared.check("sector", sector)
        if name in self._party_ids:
            raise ValueError(f"a party called {name!r} exists already")
        self._party_ids[name] = len(self.names)
        self.names.append(name)
        self.sectors.append(sector)
        return self._party_ids[name]

    def party_id(self, name: str) -> int:
        """Id of a party; raises KeyError when there is none of this name."""
        return self._party_ids[name]

    def check_party(self, party: int) -> None:
        """Raise ValueError unless there is a party of this id."""
        if not 0 <= party < len(self.names):
            raise ValueError(f"there is no party {party}")

    def row(self, name: str, kind: RowKind = RowKind.TRANSACTION) -> int:
        """Id of the row of a flow or instrument; ValueError when a flow is of another kind."""
        found = self._rows.get(name)
        if found is None or self.row_kinds[found] != kind:
            stated = self.declared.row_kind(name)
            if stated != kind.name.lower():
                raise ValueError(f"row {name!r} is {stated}")
            found = self._rows[name] = len(self.rows)
            self.rows.append(name)
            self.row_kinds.append(int(kind))
        return found

    def _new(self, kind: Slot, party: int, what: tuple[str, int, int, str]) -> int:
        self.check_party(party)
        slot = self.size
        if slot + 1 > len(self.kind):
            for name in ("kind", "party"):
                old: Ints = getattr(self, name)
                grown = np.full(2 * len(old), -1, dtype=np.int64)
                grown[: len(old)] = old
                setattr(self, name, grown)
        self.kind[slot], self.party[slot] = int(kind), party
        self.describe.append(what)
        self.size = slot + 1
        return slot

    def claim(self, instrument: str, issuer: int, holder: int, label: str = "") -> int:
        """Asset slot of a claim; its liability is the next slot."""
        key = (instrument, issuer, holder, label)
        slot = self._slots.get(key)
        if slot is None:
            self.declared.check("instrument", instrument)
            self.check_party(issuer)
            slot = self._new(Slot.CLAIM_ASSET, holder, key)
            self._new(Slot.CLAIM_LIABILITY, issuer, key)
            self._slots[key] = slot
            self.of_claim.setdefault(key[:3], []).append(slot)
            self.of_issuer.setdefault((instrument, issuer), []).append(slot)
            self.of_holder.setdefault((instrument, holder), []).append(slot)
        return slot

    def real(self, asset: str, holder: int, label: str = "") -> int:
        """Slot of a real asset."""
        key = (asset, -1, holder, label)
        slot = self._slots.get(key)
        if slot is None:
            self.declared.check("asset", asset)
            slot = self._slots[key] = self._new(Slot.REAL_ASSET, holder, key)
            self.of_claim.setdefault(key[:3], []).append(slot)
            self.of_holder.setdefault((asset, holder), []).append(slot)
        return slot

    def flow(self, row: str, party: int, kind: RowKind = RowKind.TRANSACTION) -> int:
        """Slot of a party's flow in a row, or of its gain in a revaluation row."""
        key = (row, -2, party, "")
        slot = self._slots.get(key)
        if slot is None:
            self.declared.check("row", row)
            self.row(row, kind)
            what = Slot.FLOW if kind == RowKind.TRANSACTION else Slot.GAIN
            slot = self._slots[key] = self._new(what, party, key)
        return slot

    def slot(self, what: str, issuer: int, holder: int, label: str) -> int | None:
        """Slot of a claim's or (issuer -1) a real asset's account, or None when there is none."""
        return self._slots.get((what, issuer, holder, label))

    def flow_slot(self, row: str, party: int) -> int | None:
        """Slot of a party's flow in a row, or None when there was none."""
        return self._slots.get((row, -2, party, ""))

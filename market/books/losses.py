"""Who loses what, read from the journal: changes of value by account, and the event behind each.

A failure or a mark changes the value of claims and assets without a payment. The ledger posts such
a change on both sides of a claim, so over all parties it sums to zero: what holders lose, issuers
owe no more. A posting that was made for an event (``Ledger.because``) carries its id, so the losses
of one event add up by construction. Which claims are debts, shares of firms or shares of funds the
declarations say (``market.books.declarations``); nothing here knows a sector or an instrument.

Source: Copeland 1949 and Godley and Lavoie 2007, chapter 12 (revaluation accounts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.books.accounts import RowKind, Slot

if TYPE_CHECKING:
    from market.books.journal import Compiled

Ints = NDArray[np.int64]

DEBTS, FUNDS, SHARES, REAL = "debts", "fund claims", "shares", "real assets"
BLOCKS = (DEBTS, FUNDS, SHARES, REAL)
"""What is lost: lent money, bills and money; claims of a fund's owners; shares; real assets."""
_BLOCK_OF_KIND = {"fund": FUNDS, "shares": SHARES}
FIRST, CONTAGION, FIRE_SALES, MARKS = "first round", "contagion", "fire sales", "marks"
CHANNELS = (FIRST, CONTAGION, FIRE_SALES, MARKS)
"""How a loss comes: own debts of the event, debts of firms that fail later, sales under the book
value, and all other changes of value."""
HOLDER, ISSUER = "holder", "issuer"
SALES = ("transfer", "sell asset")
"""Kinds of postings that sell what is there already."""

ChannelOf = Callable[[int | None, bool], str | None]
"""Channel of a posting by its event (id, None: none) and whether it sold under the book value;
None leaves the posting out."""


class Line(NamedTuple):
    """What is changed: whose account, on which side, what it is, and through which channel."""

    party: str
    sector: str
    side: str
    what: str
    block: str
    channel: str


Lines = dict[Line, int]
"""Cents gained (+) or lost (-) by line."""


def changes_of_value(ledger: Any, first: int, last: int, channel_of: ChannelOf) -> Lines:
    """Changes of value of all positions that were posted in some quarters.

    Args:
        ledger: a ``Ledger``, or a view of its closed quarters.
        first: first quarter number.
        last: last quarter number, included; all are begun.
        channel_of: channel of a posting.

    Returns:
        Cents by line. Over all parties every block but that of real assets sums to zero.
    """
    found: dict[tuple[int, str], int] = {}
    kinds = np.array(ledger.accounts.row_kinds, dtype=np.int64)
    for quarter in range(first, last + 1):
        for batch in ledger.books.batches(quarter):
            _add(found, batch, ledger.accounts, kinds, channel_of)
    lines: Lines = {}
    for (slot, channel), cents in found.items():
        line = _line(ledger.accounts, slot, channel)
        lines[line] = lines.get(line, 0) + cents
    return {line: cents for line, cents in lines.items() if cents}


def _add(
    found: dict[tuple[int, str], int],
    batch: Compiled,
    accounts: Any,
    kinds: Ints,
    channel_of: ChannelOf,
) -> None:
    """Add the changes of value of a batch to what was found, by account and channel."""
    is_change = kinds[batch.rows] == RowKind.REVALUATION
    if not is_change.any():
        return
    is_change &= accounts.kind[batch.slots] <= Slot.REAL_ASSET
    legs = np.flatnonzero(is_change)
    slots, cents = batch.slots[legs], batch.amounts[legs]
    postings = batch.posting[legs].tolist()
    is_loss = (cents < 0) & (accounts.kind[slots] != Slot.CLAIM_LIABILITY)
    lost_by = set(zip(postings, np.where(is_loss, accounts.party[slots], -1).tolist(), strict=True))
    channels: dict[int, str | None] = {}
    for posting, slot, amount in zip(postings, slots.tolist(), cents.tolist(), strict=True):
        if posting not in channels:
            kind, _, _, seller = batch.meta(posting)
            is_under_book = kind in SALES and (posting, seller) in lost_by
            channels[posting] = channel_of(batch.event(posting), is_under_book)
        channel = channels[posting]
        if channel is not None:
            found[slot, channel] = found.get((slot, channel), 0) + amount


def _line(accounts: Any, slot: int, channel: str) -> Line:
    what, issuer, _, _ = accounts.describe[slot]
    party = int(accounts.party[slot])
    side = ISSUER if accounts.kind[slot] == Slot.CLAIM_LIABILITY else HOLDER
    block = REAL if issuer < 0 else block_of(accounts.declared, what)
    return Line(accounts.names[party], accounts.sectors[party], side, what, block, channel)


def block_of(declared: Any, instrument: str) -> str:
    """The block of ``BLOCKS`` to which a declared instrument belongs, by its kind."""
    return _BLOCK_OF_KIND.get(declared.check("instrument", instrument).kind, DEBTS)


def less(lines: Lines, other: Lines) -> Lines:
    """What one world changes more than another, line by line."""
    found = {line: lines.get(line, 0) - other.get(line, 0) for line in {**lines, **other}}
    return {line: cents for line, cents in found.items() if cents}


# --- from who holds to who pays


Vector = tuple[int, ...]
"""Cents by channel, in the order of ``CHANNELS``."""
_NOTHING: Vector = (0,) * len(CHANNELS)


@dataclass(frozen=True)
class Standing:
    """How parties stood before an event, by name; cents.

    Attributes:
        worth: assets less all that is owed but own shares: what takes a loss first.
        owners: (owner, value) of the claims of a fund's owners, of who has issued such.
        sectors: of all parties, in the order of the ledger.
    """

    worth: dict[str, int]
    owners: dict[str, list[tuple[str, int]]]
    sectors: dict[str, str]

    def capital(self, party: str) -> int:
        """What a loss is measured by: its own worth, else what its owners have in it."""
        own = self.worth.get(party, 0)
        return own if own > 0 else sum(cents for _, cents in self.owners.get(party, ()))


def standing(ledger: Any, quarter: int) -> Standing:
    """How all parties stood at the start of a closed quarter.

    Args:
        ledger: a ``Ledger``, or a view of its closed quarters.
        quarter: its number.
    """
    accounts, opening = ledger.accounts, ledger.archives[quarter].opening
    names = accounts.names
    worth, owners = dict.fromkeys(names, 0), dict[str, list[tuple[str, int]]]()
    for slot in np.flatnonzero(opening).tolist():
        kind, cents = int(accounts.kind[slot]), int(opening[slot])
        what, issuer, holder, _ = accounts.describe[slot]
        block = REAL if issuer < 0 else block_of(accounts.declared, what)
        if kind > Slot.REAL_ASSET or (kind == Slot.CLAIM_LIABILITY and block == SHARES):
            continue
        worth[names[int(accounts.party[slot])]] += cents
        if kind == Slot.CLAIM_ASSET and block == FUNDS:
            owners.setdefault(names[issuer], []).append((names[holder], cents))
    return Standing(worth, owners, dict(zip(names, accounts.sectors, strict=True)))


class Paid(NamedTuple):
    """What one party loses, cents; losses are above zero.

    Attributes:
        lost: of what it holds, by channel.
        borne: what of all losses stays with it in the end, by channel.
        forgiven: what it owes no more.
    """

    lost: Vector
    borne: Vector
    forgiven: int

    @property
    def passed(self) -> int:
        """What it takes over from funds that it owns (+), less what its own owners take over."""
        return sum(self.borne) - sum(self.lost)


def who_pays(lines: Lines, before: Standing, block: str = DEBTS) -> dict[str, Paid]:
    """Who bears the losses of a block in the end, by party.

    A party that has issued claims of a fund's owners (shares of a fund, policies, pensions) keeps
    what its own worth takes and what its creditors forgive it; the rest its owners bear, pro rata,
    and so on where these are funds. No loss counts twice: over all parties ``borne`` sums to
    ``lost``, channel by channel, and ``lost`` to ``forgiven``.

    Args:
        lines: cents gained or lost.
        before: how the parties stood before.
        block: one of ``BLOCKS``.
    """
    lost, forgiven = dict[str, list[int]](), dict[str, int]()
    for line, cents in lines.items():
        if line.block != block:
            continue
        if line.side == HOLDER:
            lost.setdefault(line.party, [0] * len(CHANNELS))
            lost[line.party][CHANNELS.index(line.channel)] -= cents
        else:
            forgiven[line.party] = forgiven.get(line.party, 0) + cents
    own = {party: tuple(vector) for party, vector in lost.items()}
    borne = _passed_on(own, forgiven, before)
    return {
        party: Paid(own.get(party, _NOTHING), borne.get(party, _NOTHING), forgiven.get(party, 0))
        for party in before.sectors | dict.fromkeys((*own, *forgiven, *borne))
        if party in own or party in borne or forgiven.get(party)
    }


def _passed_on(
    lost: Mapping[str, Vector], forgiven: Mapping[str, int], before: Standing
) -> dict[str, Vector]:
    """Losses where they end, after funds have passed theirs on to their owners."""
    room = {
        party: max(0, before.worth[party]) + max(0, forgiven.get(party, 0))
        for party in before.owners
    }
    borne: dict[str, Vector] = {}
    waiting = dict(lost)
    for _ in range(len(before.owners) + 1):  # no chain of funds is longer
        arriving: dict[str, Vector] = {}
        for party, vector in waiting.items():
            owners = before.owners.get(party, [])
            kept, left = _kept(vector, room[party]) if owners else (vector, _NOTHING)
            _put(borne, party, kept)
            if owners:
                room[party] -= abs(sum(kept))
            for owner, part in _shared(left, owners):
                _put(arriving, owner, part)
        waiting = arriving
    for party, vector in waiting.items():  # funds that own each other in a circle keep the rest
        _put(borne, party, vector)
    return borne


def _put(sums: dict[str, Vector], party: str, vector: Vector) -> None:
    known = sums.get(party, _NOTHING)
    sums[party] = tuple(a + b for a, b in zip(known, vector, strict=True))


def _kept(vector: Vector, room: int) -> tuple[Vector, Vector]:
    """What a worth of ``room`` takes of a loss or a gain, channel after channel, and the rest."""
    total = sum(vector)
    if abs(total) <= room:
        return vector, _NOTHING
    sign = 1 if total > 0 else -1
    kept, left = [], room
    for cents in vector:
        kept.append(sign * min(left, max(0, sign * cents)))
        left -= abs(kept[-1])
    return tuple(kept), tuple(a - b for a, b in zip(vector, kept, strict=True))


def _shared(vector: Vector, owners: Sequence[tuple[str, int]]) -> list[tuple[str, Vector]]:
    """A loss split pro rata of what owners have; parts add up to the cent in every channel."""
    if not any(vector):
        return []
    total, done, given = sum(cents for _, cents in owners), 0, _NOTHING
    parts = []
    for owner, cents in owners:
        done += cents
        upto = tuple(each * done // total for each in vector)
        parts.append((owner, tuple(a - b for a, b in zip(upto, given, strict=True))))
        given = upto
    return parts

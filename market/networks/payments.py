"""Networks read from the closed quarters of a ledger: who paid whom, and who holds claims on whom.

*Firms* are labs, clouds and chipmakers. What a lab and its own parent pay each other is left out:
it stays in one purse. Claims on a firm's shares and debt are at book, which for shares is the mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market.books.accounts import Slot

if TYPE_CHECKING:
    from market.books.ledger import Ledger
    from market.model import MarketModel

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FIRM_SECTORS = ("labs", "clouds", "chipmakers")
_SHARES = ("private equity", "listed equity")
_MONEY, _OWNED = "deposits", "fund shares"
_TRADE = (_MONEY, "receivables", "prepayments")
_USD_PER_CENT = 0.01


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments in windows of quarters, USD.

    Attributes:
        parties: all payments between parties of the ledger, own families apart (w, n, n).
        financing: the part of them that was put into firms for claims on them (w, n, n).
        goods: the part of them for goods, services and income (w, n, n).
        firms: which parties are firms (n,).
    """

    parties: Floats
    financing: Floats
    goods: Floats
    firms: Bools

    def between_firms(self) -> Floats:
        """What firms pay one another (w, firms, firms)."""
        rows = np.flatnonzero(self.firms)
        return self.parties[:, rows[:, None], rows]


def payments(model: MarketModel, quarters: range | None = None, window: int = 1) -> Payments:
    """Payments summed over the last ``window`` quarters up to each of some closed quarters.

    Raises:
        ValueError: a quarter is not closed yet, quarters are left out, or the window is no
            positive number.
    """
    return payments_by_window(model, quarters, (window,))[0]


def payments_by_window(
    model: MarketModel, quarters: range | None, windows: Sequence[int]
) -> list[Payments]:
    """``payments`` for several windows at once, which costs less."""
    chosen = closed_quarters(model, quarters)
    if min(windows) < 1:
        raise ValueError(f"window: at least one quarter, got {min(windows)}")
    ledger, size = model.ledger, len(model.ledger.parties)
    first = max(0, chosen.start - max(windows) + 1)
    paid = np.zeros((3, chosen.stop - first, size, size))
    for place, archive in enumerate(ledger.archives[first : chosen.stop]):
        known = archive.goods.shape[0]
        paid[0, place, :known, :known] = archive.goods
        paid[1, place, :known, :known] = archive.finance
    firms = np.array([sector in FIRM_SECTORS for sector in ledger.accounts.sectors])
    bought = _claims(ledger, range(first, chosen.stop), "transactions", _TRADE)
    paid[2] = np.clip(bought, 0.0, paid[1]) * firms
    paid *= ~_same_family(model)
    found = []
    for window in windows:
        goods, finance, given = (_windows(each, window, len(chosen)) for each in paid)
        goods, everything = goods * _USD_PER_CENT, (goods + finance) * _USD_PER_CENT
        found.append(Payments(everything, given * _USD_PER_CENT, goods, firms))
    return found


def claims_between(ledger: Ledger, quarters: range) -> Floats:
    """What holder i would lose if issuer j were worth nothing, deposits apart, in cents.

    Claims at the end of closed quarters (q, n, n), of every party on every other.
    """
    return np.maximum(_claims(ledger, quarters, "closing", (_MONEY,)), 0.0)


def equity_of(ledger: Ledger, quarters: range) -> Floats:
    """Equity of every party at the end of closed quarters, at least zero, in cents (q, n).

    It is the market value of the party's own shares, or where it has none its assets less its
    debts (what is owed to the owners of a fund is no debt).
    """
    accounts, size = ledger.accounts, len(ledger.parties)
    values = _by_quarter(ledger, quarters, "closing")
    claims = _claim_slots(ledger)
    names = [accounts.describe[slot][0] for slot in claims]
    shares = [slot + 1 for slot, name in zip(claims, names, strict=True) if name in _SHARES]
    own = [slot + 1 for slot, name in zip(claims, names, strict=True) if name == _OWNED]
    slots = np.flatnonzero(accounts.kind[: accounts.size] <= Slot.REAL_ASSET)
    worth = _add_up(values[:, slots], accounts.party[slots], size)
    market = -_add_up(values[:, shares], accounts.party[shares], size)
    owned = -_add_up(values[:, own], accounts.party[own], size)
    return np.where(market > 0, market, np.maximum(worth + owned, 0.0))


def closed_quarters(model: MarketModel, quarters: range | None) -> range:
    """The quarters that were asked for, or all closed ones.

    Raises:
        ValueError: a quarter is not closed yet, or quarters are left out.
    """
    count = len(model.ledger.archives)
    chosen = range(count) if quarters is None else quarters
    if chosen.step != 1 or (chosen and not 0 <= chosen.start < chosen.stop <= count):
        raise ValueError(f"{chosen} are not closed quarters of 0 to {count - 1} without gaps")
    return chosen


def _windows(values: Floats, window: int, count: int) -> Floats:
    """Sums over windows that end at each of the last ``count`` quarters (count, n, n)."""
    sums = values[len(values) - count :].copy()
    for back in range(1, window):
        end = max(0, len(values) - back)
        earlier = values[max(0, end - count) : end]
        sums[count - len(earlier) :] += earlier
    return sums


def _same_family(model: MarketModel) -> Bools:
    """Which pairs of parties are a lab and its own parent, or labs of one parent (n, n)."""
    family = np.arange(len(model.ledger.parties))
    for lab in model.labs.values():
        if lab.own.parent is not None:
            family[lab.party] = model.institution(lab.own.parent).party
    same: Bools = family[:, None] == family
    return same


def _claims(ledger: Ledger, quarters: range, kind: str, without: tuple[str, ...]) -> Floats:
    """Claims of holders on issuers, or their changes by transactions, in cents (q, n, n)."""
    slots = [s for s in _claim_slots(ledger) if ledger.accounts.describe[s][0] not in without]
    size = len(ledger.parties)
    holders = np.array([ledger.accounts.describe[s][2] for s in slots], dtype=np.intp)
    issuers = np.array([ledger.accounts.describe[s][1] for s in slots], dtype=np.intp)
    values = _by_quarter(ledger, quarters, kind)[:, slots]
    found = _add_up(values, holders * size + issuers, size * size).reshape(-1, size, size)
    found[:, np.arange(size), np.arange(size)] = 0.0
    return found


def _claim_slots(ledger: Ledger) -> list[int]:
    kinds = ledger.accounts.kind[: ledger.accounts.size]
    slots: list[int] = np.flatnonzero(kinds == Slot.CLAIM_ASSET).tolist()
    return slots


def _by_quarter(ledger: Ledger, quarters: range, kind: str) -> Floats:
    """Archived amounts by account; accounts opened later had nothing (q, slots)."""
    found = np.zeros((len(quarters), ledger.accounts.size))
    for row, quarter in enumerate(quarters):
        values = getattr(ledger.archives[quarter], kind)
        found[row, : len(values)] = values
    return found


def _add_up(values: Floats, cells: NDArray[np.intp], size: int) -> Floats:
    """Sum columns that belong to one cell (q, size)."""
    rows = np.arange(len(values))[:, None] * size
    found = np.bincount((rows + cells).ravel(), values.ravel(), minlength=len(values) * size)
    return found.astype(np.float64).reshape(-1, size)

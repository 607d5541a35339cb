"""Networks read from the closed quarters of a ledger: who paid whom, and who holds claims on whom.

*Firms* are labs, clouds and chipmakers. What a lab and its own parent pay each other is left out:
it stays in one purse. Claims on a firm's shares and debt are at book, which for shares is the mark.

``named_networks`` gives them by name, ready for ``clear``, ``debtrank``, ``rank``,
``decompose_cycles`` and ``round_trip_share``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from market.books.accounts import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from market.books.declarations import InstrumentKind
    from market.books.ledger import Ledger
    from market.model import MarketModel

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FIRM_SECTORS = ("labs", "clouds", "chipmakers")
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


@dataclass(frozen=True, slots=True, eq=False)
class NamedNetworks:
    """Networks of closed quarters by name of the party, USD; rows and columns in one order.

    Attributes:
        payments: what the row's party paid the column's, own families apart.
        financing: the part of it that was put into firms for claims on them.
        goods: the part of it for goods, services and income.
        claims: what the row's party would lose at the end if the column's were worth nothing:
            shares and debt at book, deposits apart.
        debts: what the row's party owed the column's at the end, shares and deposits apart.
        deposits: of each party at the end; what the bank owes is nobody's means of the bank.
        equity: of each party at the end, at least zero: the market value of its own shares, or
            where it has none its assets less its debts.
        sectors: "labs", "clouds", "chipmakers", "investors", "bank" and the like.
    """

    payments: pd.DataFrame
    financing: pd.DataFrame
    goods: pd.DataFrame
    claims: pd.DataFrame
    debts: pd.DataFrame
    deposits: pd.Series[float]
    equity: pd.Series[float]
    sectors: pd.Series[str]

    @property
    def is_firm(self) -> pd.Series[bool]:
        """Which parties are labs, clouds or chipmakers."""
        return self.sectors.isin(FIRM_SECTORS)

    def among(self, parties: Iterable[str]) -> NamedNetworks:
        """The same networks between some parties only, in the order given.

        Raises:
            KeyError: there is no party of a name.
        """
        names = list(parties)
        return NamedNetworks(
            payments=self.payments.loc[names, names],
            financing=self.financing.loc[names, names],
            goods=self.goods.loc[names, names],
            claims=self.claims.loc[names, names],
            debts=self.debts.loc[names, names],
            deposits=self.deposits.loc[names],
            equity=self.equity.loc[names],
            sectors=self.sectors.loc[names],
        )


def named_networks(
    model: MarketModel, quarters: range | None = None, *, by: Literal["name", "key"] = "name"
) -> NamedNetworks:
    """Networks of a model that has run, by name: payments summed, stocks at the end.

    Whose failure would hurt most, and who could not pay if all debts between the firms, their
    investors and the bank fell due at once::

        found = named_networks(model)
        names = found.sectors.index[~found.sectors.isin(["households", "enterprises", "rest"])]
        among = found.among(names)
        ranking = rank(among.claims, among.equity)
        others = found.debts.loc[names].drop(columns=names).sum(axis=1)
        cleared = clear(among.debts, among.deposits, others)

    Args:
        model: a model, or a view of one, with closed quarters.
        quarters: closed quarters without gaps; None: all.
        by: "name": the name that the ledger has for a party; "key": the company key of a firm
            (other parties have their name).

    Returns:
        Frames and series in USD, with the parties' names or keys as labels.

    Raises:
        ValueError: no quarter is closed, one is not closed yet, quarters are left out, or ``by``
            is something else.
    """
    import pandas as pd

    chosen = closed_quarters(model, quarters)
    if not chosen:
        raise ValueError("no quarter is closed: a network needs one at least")
    if by not in ("name", "key"):
        raise ValueError(f"by: 'name' or 'key', got {by!r}")
    ledger, last = model.ledger, range(chosen.stop - 1, chosen.stop)
    keys = {firm.party: firm.key for firm in model.institutions()} if by == "key" else {}
    names = pd.Index([keys.get(i, name) for i, name in enumerate(ledger.parties)])
    paid = payments(model, last, len(chosen))
    owed = np.maximum(
        _claims(ledger, last, "closing", _named(ledger, "shares", "money", "fund"))[0], 0.0
    ).T
    money_names = _named(ledger, "money")
    money = [s for s in _claim_slots(ledger) if ledger.accounts.describe[s][0] in money_names]
    held = _by_quarter(ledger, last, "closing")[:, money]
    deposits = _add_up(held, ledger.accounts.party[money], len(names))[0]

    def table(values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values, index=names, columns=names)

    return NamedNetworks(
        payments=table(paid.parties[0]),
        financing=table(paid.financing[0]),
        goods=table(paid.goods[0]),
        claims=table(claims_between(ledger, last)[0] * _USD_PER_CENT),
        debts=table(owed * _USD_PER_CENT),
        deposits=pd.Series(deposits * _USD_PER_CENT, names),
        equity=pd.Series(equity_of(ledger, last)[0] * _USD_PER_CENT, names),
        sectors=pd.Series(list(ledger.accounts.sectors), names),
    )


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
    trade = _named(ledger, "money", "trade")
    bought = _claims(ledger, range(first, chosen.stop), "transactions", trade)
    paid[2] = np.clip(bought, 0.0, paid[1]) * firms
    for place, quarter in enumerate(range(first, chosen.stop)):
        paid[:, place] *= ~same_family(model, quarter)
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
    return np.maximum(_claims(ledger, quarters, "closing", _named(ledger, "money")), 0.0)


def equity_of(ledger: Ledger, quarters: range) -> Floats:
    """Equity of every party at the end of closed quarters, at least zero, in cents (q, n).

    It is the market value of the party's own shares, or where it has none its assets less its
    debts (what is owed to the owners of a fund is no debt).
    """
    accounts, size = ledger.accounts, len(ledger.parties)
    values = _by_quarter(ledger, quarters, "closing")
    claims = _claim_slots(ledger)
    names = [accounts.describe[slot][0] for slot in claims]
    shared, owned_by = _named(ledger, "shares"), _named(ledger, "fund")
    shares = [slot + 1 for slot, name in zip(claims, names, strict=True) if name in shared]
    own = [slot + 1 for slot, name in zip(claims, names, strict=True) if name in owned_by]
    slots = np.flatnonzero(accounts.kind[: accounts.size] <= Slot.REAL_ASSET)
    worth = _add_up(values[:, slots], accounts.party[slots], size)
    market = -_add_up(values[:, shares], accounts.party[shares], size)
    owned = -_add_up(values[:, own], accounts.party[own], size)
    return np.where(market > 0, market, np.maximum(worth + owned, 0.0))


def _named(ledger: Ledger, *kinds: InstrumentKind) -> tuple[str, ...]:
    """Names of the instruments of some kinds, own ones included."""
    return ledger.accounts.declared.instruments(*kinds)


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


def same_family(model: MarketModel, quarter: int) -> Bools:
    """Which pairs of parties are a lab and its own parent, or labs of one parent (n, n).

    Args:
        model: a model, or a view of one.
        quarter: the families are those at its end: a lab that is bought later is not in one yet.
    """
    family = np.arange(len(model.ledger.parties))
    for lab in model.labs.values():
        parent = [name for since, name in lab.parents if since <= quarter][-1]
        if parent is not None:
            family[lab.party] = model.institution(parent).party
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

"""Fire sales: who must sell presses prices, and so makes others sell who hold the same assets.

Firms hold assets against debts. A firm whose leverage (assets over equity) is above its ceiling
sells a part of everything that can be sold, the same part of each asset, and pays debts with it.
The price of an asset falls exponentially with what was sold of it (Cifuentes, Ferrucci and Shin
2005, "Liquidity risk and contagion", Journal of the European Economic Association 3):

    price = (1 - shock) * exp(-impact * sold),

with ``sold`` valued at the prices before the shock, which are 1. Three ways to follow it:

- ``fire_sale``: everybody sells at one price, at which all keep to their ceilings together or have
  sold all; the highest such prices, as in Cifuentes, Ferrucci and Shin.
- ``deleverage``: round by round, each at the prices that the last one left, down to a target under
  the ceiling (Cont and Schaanning 2017, "Fire sales, indirect contagion and systemic stress
  testing", Norges Bank working paper 2/2017). Who sold early got more, so less is sold in the end.
- ``spillovers``: one round in which all keep their leverage, linear in the shock, as sums that
  show who hurts whom (Greenwood, Landier and Thesmar 2015, "Vulnerable banks", Journal of
  Financial Economics 115).

Amounts are in one unit of money of the caller's choice. Arrays give arrays; a frame of holdings,
and series or dicts, give results by name (``market.networks.portfolios``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from market.networks.inputs import Bools, FirmError, Floats, Labels, per_firm
from market.networks.portfolios import by_portfolio, for_all, holdings_of

if TYPE_CHECKING:
    import pandas as pd

_ROUNDING = 1e-12
"""Leverage within this share of its ceiling keeps to it, and so much equity is none."""
_ROUNDS, _STILL = 100_000, 1e-15
"""Rounds to one price at most, and the change of prices that counts as none."""
_SMALL_SALE = 1e-13
"""Share of all holdings whose sale ends the rounds."""


@dataclass(frozen=True, slots=True)
class FireSale:
    """What is sold, and what everything is worth afterwards.

    Attributes:
        prices: of the assets, 1 before the shock (m,).
        sold: what each firm sold, valued at prices of 1 (n, m).
        proceeds: what each firm got for it (n,).
        losses: what each firm lost, by the shock and by the sales (n,).
        equity: of each firm afterwards, negative where debts exceed assets (n,).
        is_failed: whether debts exceed assets (n,).
        rounds: rounds of sales; where all sell at one price, rounds until it was found.
        is_settled: whether nobody has anything left to sell that must.
    """

    prices: Floats
    sold: Floats
    proceeds: Floats
    losses: Floats
    equity: Floats
    is_failed: Bools
    rounds: int
    is_settled: bool

    @property
    def buyers_loss(self) -> float:
        """What the buyers paid above the last prices; 0 where all sell at one price."""
        return float(self.proceeds.sum() - (self.sold @ self.prices).sum())


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFireSale:
    """What is sold, and what everything is worth afterwards, by label.

    Attributes:
        prices: of the assets, 1 before the shock.
        sold: what each firm (row) sold of each asset (column), valued at prices of 1.
        proceeds: what each firm got for it.
        losses: what each firm lost, by the shock and by the sales.
        equity: of each firm afterwards, negative where debts exceed assets.
        is_failed: whether debts exceed assets.
        rounds: rounds of sales; where all sell at one price, rounds until it was found.
        is_settled: whether nobody has anything left to sell that must.
        buyers_loss: what the buyers paid above the last prices; 0 where all sell at one price.
    """

    prices: pd.Series[float]
    sold: pd.DataFrame
    proceeds: pd.Series[float]
    losses: pd.Series[float]
    equity: pd.Series[float]
    is_failed: pd.Series[bool]
    rounds: int
    is_settled: bool
    buyers_loss: float


@dataclass(frozen=True, slots=True)
class Spillovers:
    """Who hurts whom when all keep their leverage after a shock (Greenwood and others 2015).

    Attributes:
        direct: what each firm loses by the shock itself (n,).
        sales: what each firm sells of each asset (n, m).
        price_falls: by the sales, as parts of the prices (m,).
        indirect: what each firm loses by the sales (n,).
        systemicness: what all firms lose by the sales of each one, over the equity of all (n,).
        indirect_vulnerability: part of its equity that each firm loses by the sales (n,).
    """

    direct: Floats
    sales: Floats
    price_falls: Floats
    indirect: Floats
    systemicness: Floats
    indirect_vulnerability: Floats

    @property
    def aggregate_vulnerability(self) -> float:
        """Part of the equity of all firms that is lost by the sales."""
        return float(self.systemicness.sum())


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSpillovers:
    """Who hurts whom when all keep their leverage after a shock, by label.

    Attributes:
        direct: what each firm loses by the shock itself.
        sales: what each firm (row) sells of each asset (column).
        price_falls: by the sales, as parts of the prices.
        indirect: what each firm loses by the sales.
        systemicness: what all firms lose by the sales of each one, over the equity of all.
        indirect_vulnerability: part of its equity that each firm loses by the sales.
        aggregate_vulnerability: part of the equity of all firms that is lost by the sales.
    """

    direct: pd.Series[float]
    sales: pd.DataFrame
    price_falls: pd.Series[float]
    indirect: pd.Series[float]
    systemicness: pd.Series[float]
    indirect_vulnerability: pd.Series[float]
    aggregate_vulnerability: float


def _labelled_sale(found: FireSale, firms: Labels, assets: Labels) -> LabelledFireSale:
    return LabelledFireSale(
        assets.series(found.prices),
        firms.cross(assets, found.sold),
        firms.series(found.proceeds),
        firms.series(found.losses),
        firms.series(found.equity),
        firms.series(found.is_failed),
        found.rounds,
        found.is_settled,
        found.buyers_loss,
    )


def _labelled_spillovers(found: Spillovers, firms: Labels, assets: Labels) -> LabelledSpillovers:
    return LabelledSpillovers(
        firms.series(found.direct),
        firms.cross(assets, found.sales),
        assets.series(found.price_falls),
        firms.series(found.indirect),
        firms.series(found.systemicness),
        firms.series(found.indirect_vulnerability),
        found.aggregate_vulnerability,
    )


_FIRMS, _ASSETS = ("debts", "ceiling", "target", "others"), ("impact", "shock")


@by_portfolio(_labelled_sale, firms=_FIRMS, assets=_ASSETS)
def fire_sale(
    holdings: ArrayLike,
    debts: ArrayLike,
    ceiling: ArrayLike,
    impact: ArrayLike,
    *,
    others: ArrayLike | None = None,
    shock: ArrayLike = 0.0,
) -> FireSale:
    """Prices at which all who must sell have sold (Cifuentes, Ferrucci and Shin 2005).

    Of several solutions it is the one with the highest prices, at which every firm sells least.

    By label (a frame; series, dicts or one number) it gives a ``LabelledFireSale``:

    >>> import pandas
    >>> held = pandas.DataFrame({"shares": [1.0, 1.0]}, ["fund", "bank"])
    >>> found = fire_sale(held, {"fund": 0.5, "bank": 0.0}, 2.0, impact=0.471, shock=0.1)
    >>> found.sold["shares"].round(3).to_dict(), found.prices.round(3).to_dict()
    ({'fund': 0.25, 'bank': 0.0}, {'shares': 0.8})

    Args:
        holdings: what each firm may sell of each asset, at the prices before the shock, in any one
            unit (n, m).
        debts: of each firm less its cash, at least zero, in the same unit (n,).
        ceiling: ratio of assets to equity that a firm may have at most, at least 1 (n,), or one for
            all.
            One over it is a capital ratio.
        impact: fall of the log of a price when one unit of money of the asset is sold, at least
            zero (m,), or one for all.
        others: assets that are not sold, such as claims on firms, in the same unit (n,); None:
            nothing.
        shock: part of its price that an asset loses at first, 0 to 1 (m,), or one for all.

    Returns:
        Prices, sales, losses and equity. A firm that cannot keep to its ceiling sells all.

    Raises:
        ValueError: a shape is wrong, labels do not match, a number is negative, infinite or not a
            number, a ceiling is under 1 or a shock above 1.
        ArithmeticError: prices stand on the edge of a fall and do not settle.
    """
    held, owed, other = _sheets(holdings, debts, others)
    limit, press, start = _terms(held, ceiling, impact, shock)
    prices = start
    for count in range(_ROUNDS):
        sold = _part_to_sell(held @ prices, other, owed, limit)[:, None] * held
        now = np.minimum(prices, start * np.exp(-press * sold.sum(axis=0)))
        if np.abs(prices - now).max(initial=0.0) <= _STILL:
            return _outcome(held, owed, other, now, sold, sold @ now, count, True)
        prices = now
    raise ArithmeticError(f"prices have not settled at {prices}: they stand on an edge")


@by_portfolio(_labelled_sale, firms=_FIRMS, assets=_ASSETS)
def deleverage(
    holdings: ArrayLike,
    debts: ArrayLike,
    ceiling: ArrayLike,
    impact: ArrayLike,
    *,
    target: ArrayLike | None = None,
    others: ArrayLike | None = None,
    shock: ArrayLike = 0.0,
    rounds: int = 1000,
) -> FireSale:
    """Rounds of sales by firms above their ceiling (Cont and Schaanning 2017).

    In each round every firm above its ceiling sells what brings it to its target at the prices
    that it sees. It gets the mean of the prices before and after the round: half of the fall that
    the round brings is its own loss on what it sells. Labels go in and come out as with
    ``fire_sale``.

    Args:
        holdings: what each firm may sell of each asset, at the prices before the shock, in any one
            unit (n, m).
        debts: of each firm less its cash, at least zero, in the same unit (n,).
        ceiling: ratio of assets to equity above which a firm sells, at least 1 (n,), or one for
            all.
        impact: fall of the log of a price when one unit of money of the asset is sold, at least
            zero (m,), or one for all.
        target: ratio of assets to equity that a firm which sells returns to, 1 to the ceiling
            (n,), or one for all; None: the ceiling.
        others: assets that are not sold, in the same unit (n,); None: nothing.
        shock: part of its price that an asset loses at first, 0 to 1 (m,), or one for all.
        rounds: largest number of rounds of sales.

    Returns:
        Prices, sales, losses and equity after the last round; ``is_settled`` says whether sales
        ended by themselves. A firm without equity sells all.

    Raises:
        ValueError: as for ``fire_sale``, or a target is under 1 or above the ceiling.
    """
    held, owed, other = _sheets(holdings, debts, others)
    limit, press, start = _terms(held, ceiling, impact, shock)
    aim = limit if target is None else for_all("target", target, len(held))
    if (aim < 1.0).any() or (aim > limit).any():
        raise ValueError(f"target: 1 to the ceiling, got {aim} under {limit}")
    left, prices, proceeds = held.copy(), start, np.zeros(len(held))
    small, done = _SMALL_SALE * held.sum(), 0
    while done < rounds:
        part = _part_to_sell(left @ prices, other, owed - proceeds, limit, aim)
        sale = part[:, None] * left
        if sale.sum() <= small:
            break
        left -= sale
        now = start * np.exp(-press * (held - left).sum(axis=0))
        proceeds += sale @ (0.5 * (prices + now))
        prices, done = now, done + 1
    must = _part_to_sell(left @ prices, other, owed - proceeds, limit, aim)[:, None] * left
    is_settled = bool(must.sum() <= small)
    return _outcome(held, owed, other, prices, held - left, proceeds, done, is_settled)


@by_portfolio(_labelled_spillovers, firms=("debts",), assets=("impact", "shock"))
def spillovers(
    holdings: ArrayLike, debts: ArrayLike, impact: ArrayLike, shock: ArrayLike
) -> Spillovers:
    """One round of sales by firms that all keep their leverage (Greenwood and others 2015).

    A firm that loses sells its debts over its equity times the loss. Nothing is capped: a shock
    that wipes out a firm makes it sell more than it has, so take small ones. Labels go in and come
    out as with ``fire_sale``.

    Args:
        holdings: what each firm holds of each asset, in any one unit; cash is one without impact
            (n, m).
        debts: of each firm, in the same unit (n,).
        impact: part of its price that an asset loses when one unit of money of it is sold (m,), or
            one for all.
        shock: part of its price that an asset loses at first, 0 to 1 (m,), or one for all.

    Returns:
        Direct and indirect losses, and whose sales cause them.

    Raises:
        ValueError: a shape is wrong, labels do not match, a number is negative, infinite or not a
            number, a shock is above 1, or a firm has no equity.
    """
    held, owed, _ = _sheets(holdings, debts, None)
    first, press = _shock(held, shock), for_all("impact", impact, held.shape[1])
    assets = held.sum(axis=1)
    equity = assets - owed
    for firm in np.flatnonzero(equity <= 0)[:1].tolist():
        raise FirmError(firm, f"firm {{firm}} has assets of {assets[firm]} and no equity")
    direct = held @ first
    mix = np.divide(held, assets[:, None], out=np.zeros_like(held), where=assets[:, None] > 0)
    sales = (owed / equity * direct)[:, None] * mix
    falls = press * sales.sum(axis=0)
    indirect = held @ falls
    caused = sales @ (press * held.sum(axis=0)) / max(equity.sum(), np.finfo(np.float64).tiny)
    return Spillovers(direct, sales, falls, indirect, caused, indirect / equity)


def _sheets(
    holdings: ArrayLike, debts: ArrayLike, others: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    held = holdings_of(holdings)
    owed = per_firm("debts", debts, held.shape[:1])
    other = np.zeros(len(held)) if others is None else per_firm("others", others, owed.shape)
    return held, owed, other


def _terms(
    held: Floats, ceiling: ArrayLike, impact: ArrayLike, shock: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Ceilings, impacts, and the prices after the shock."""
    limit = for_all("ceiling", ceiling, held.shape[0])
    if (limit < 1.0).any():
        raise ValueError(f"ceiling: assets over equity, at least 1, got {limit.min()}")
    return limit, for_all("impact", impact, held.shape[1]), 1.0 - _shock(held, shock)


def _shock(held: Floats, shock: ArrayLike) -> Floats:
    first = for_all("shock", shock, held.shape[1])
    if (first > 1.0).any():
        raise ValueError(f"shock: parts of prices, 0 to 1, got {first.max()}")
    return first


def _part_to_sell(
    value: Floats, other: Floats, owed: Floats, ceiling: Floats, target: Floats | None = None
) -> Floats:
    """Part of what is left that each firm must sell now, 0 to 1 (n,).

    A sale at given prices leaves the equity alone, so it must bring assets to the target times it.
    """
    assets = value + other
    equity = np.maximum(assets - owed, 0.0)
    must = assets > ceiling * equity * (1.0 + _ROUNDING)
    surplus = assets - (ceiling if target is None else target) * equity
    part = np.divide(surplus, value, out=np.zeros_like(value), where=must & (value > 0))
    return np.clip(part, 0.0, 1.0)


def _outcome(
    held: Floats,
    owed: Floats,
    other: Floats,
    prices: Floats,
    sold: Floats,
    proceeds: Floats,
    rounds: int,
    is_settled: bool,
) -> FireSale:
    before = held.sum(axis=1)
    losses = before - (held - sold) @ prices - proceeds
    equity = before + other - losses - owed
    is_failed = equity < -_ROUNDING * (before + other)
    return FireSale(prices, sold, proceeds, losses, equity, is_failed, rounds, is_settled)

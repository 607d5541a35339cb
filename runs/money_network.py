"""Who pays whom as a network of firms, and the part of it that runs in circles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

Pair = tuple[str, str]
Floats = NDArray[np.float64]

_STEPS = 20

CUSTOMERS, INVESTORS, LENDERS = "Customers", "Investors", "Lenders"
FIRMS = ("labs", "clouds", "chipmakers")
_OUTSIDE = {
    "enterprises": CUSTOMERS,
    "households": CUSTOMERS,
    "investors": INVESTORS,
    "bank": LENDERS,
    "rest": LENDERS,
}


def firm_network(flows: pd.DataFrame) -> dict[Pair, float]:
    """Payments in USD that reach labs, clouds and chipmakers.

    Payers outside are drawn together as customers (they pay labs), investors and lenders (they
    finance any firm). What firms pay to staff, suppliers, savers and lenders is left out, and so
    is what a lab and its parent pay each other.

    Args:
        flows: rows of one period of ``Run.money_flows``.
    """
    network: dict[Pair, float] = {}
    for row in flows.to_dict("records"):
        sector = str(row["payer_sector"])
        if row["payee_sector"] not in FIRMS or row["is_internal"]:
            continue
        payer, amount = str(row["payer"]), float(row["goods_usd"]) + float(row["financing_usd"])
        if sector not in FIRMS:
            payer = _OUTSIDE.get(sector, LENDERS)
            is_sale = payer == CUSTOMERS and row["payee_sector"] == "labs"
            amount = float(row["goods_usd"] if is_sale else row["financing_usd"])
        if amount > 0:
            pair = (payer, str(row["payee"]))
            network[pair] = network.get(pair, 0.0) + amount
    return network


def circular_part(network: Mapping[Pair, float]) -> dict[Pair, float]:
    """The largest circulation inside a network: the money that can be followed back to its payer.

    Where several circulations are largest, the one is taken that uses all flows about evenly in
    proportion to their size, so that no path is favoured.

    Args:
        network: (payer, payee) -> amount, at least zero.

    Returns:
        The same pairs with the part of each flow that is circular; every party gets as much of
        it as it pays.
    """
    pairs = list(network)
    top = max(network.values(), default=0.0)
    if top <= 0:
        return dict.fromkeys(pairs, 0.0)
    names = sorted({name for pair in pairs for name in pair})
    row = {name: i for i, name in enumerate(names)}
    balance = np.zeros((len(names), len(pairs)))
    for column, (payer, payee) in enumerate(pairs):
        balance[row[payer], column] -= 1.0
        balance[row[payee], column] += 1.0
    size = np.array([network[pair] / top for pair in pairs])
    most = _cheapest(-np.ones(len(pairs)), balance, np.zeros(len(names)), size).sum()
    # A convex cost of the used part of each flow, in steps, spreads the circulation.
    steps = (np.arange(_STEPS) + 0.5) / _STEPS
    total = np.vstack([np.tile(balance, _STEPS), np.ones(len(pairs) * _STEPS)])
    parts = _cheapest(
        np.repeat(steps, len(pairs)),
        total,
        np.append(np.zeros(len(names)), most * (1 - 1e-9)),
        np.tile(size / _STEPS, _STEPS),
    )
    spread = parts.reshape(_STEPS, len(pairs)).sum(axis=0)
    return {pair: float(share) * top for pair, share in zip(pairs, spread, strict=True)}


def _cheapest(cost: Floats, equal: Floats, right: Floats, upper: Floats) -> Floats:
    """Cheapest x with ``equal @ x = right`` and 0 <= x <= upper (a linear programme)."""
    bounds = np.column_stack([np.zeros_like(upper), upper])
    found = linprog(cost, A_eq=equal, b_eq=right, bounds=bounds, method="highs")
    solution: Floats = found.x
    return solution

"""Who pays whom as a network of firms, and the part of it that runs in circles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import linprog

Pair = tuple[str, str]

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
    bounds = [(0.0, network[pair] / top) for pair in pairs]
    found = linprog(
        -np.ones(len(pairs)), A_eq=balance, b_eq=np.zeros(len(names)), bounds=bounds, method="highs"
    )
    return {pair: float(share) * top for pair, share in zip(pairs, found.x, strict=True)}

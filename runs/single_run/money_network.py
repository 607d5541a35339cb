"""Who pays whom as a network of firms, and the part of it that runs in circles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


def vendor_money(finance: NDArray[Any], sectors: Sequence[str]) -> float:
    """What chipmakers put into labs and clouds, as shares or as loans, in USD.

    Args:
        finance: cents paid (payer, payee) for claims and their repayment in some period.
        sectors: sector of each party, at least as many as ``finance`` has rows.
    """
    names = np.array(sectors[: len(finance)])
    givers, takers = names == "chipmakers", np.isin(names, ("labs", "clouds"))
    return float(finance[np.ix_(givers, takers)].sum() / 100)


def circular_part(network: Mapping[Pair, float]) -> dict[Pair, float]:
    """The largest circulation inside a network: the money that can be followed back to its payer.

    See ``market.networks.circularity.maximum_circulation``, which this applies to a network by
    name.

    Args:
        network: (payer, payee) -> amount, at least zero.

    Returns:
        The same pairs with the part of each flow that is circular; every party gets as much of
        it as it pays.
    """
    from market.networks.circularity import maximum_circulation

    row = {name: i for i, name in enumerate(sorted({name for pair in network for name in pair}))}
    flows = np.zeros((len(row), len(row)))
    for (payer, payee), usd in network.items():
        flows[row[payer], row[payee]] = usd
    circular = maximum_circulation(flows)
    return {pair: float(circular[row[pair[0]], row[pair[1]]]) for pair in network}

"""What happened in a market as tables: payments, circles of payments, compute contracts.

Every function takes a ``market.model.MarketModel``, or a view of its closed quarters
(``viz.recording.view.ModelView``). So the files of a finished run and the pages of the app, which
read a run that goes on, are of one making. Funding rounds are in
``market.indicators.rounds_frame``, events in ``market.events.events_frame``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from market.books.archive import sum_of_payments
from market.network_indicators import named_cycles
from market.networks.payments import same_family
from market.units import CU_HOURS

if TYPE_CHECKING:
    from market.model import MarketModel

Pair = tuple[str, str]


class Terms(Protocol):
    """What does not change in a compute contract; see ``market.books.contracts``."""

    @property
    def key(self) -> str:
        """Name of the contract."""

    @property
    def lab(self) -> str:
        """Company key of the buyer."""

    @property
    def cloud(self) -> str:
        """Company key of the seller."""

    @property
    def price_usd(self) -> float:
        """Price per CU, USD."""

    @property
    def start(self) -> int:
        """First quarter of delivery."""

    @property
    def ramp_quarters(self) -> int:
        """Quarters until full size."""

    @property
    def total_cents(self) -> int:
        """Value of all deliveries."""


def contract_states(contracts: Iterable[Any]) -> NDArray[np.float64]:
    """What changes in compute contracts, as it is now.

    Returns:
        Remaining, delivered and cancelled cents, and CU per quarter at full size, by contract
        (contracts, 4).
    """
    rows = [
        (c.remaining_cents, c.delivered_cents, c.cancelled_cents, c.capacity_cu) for c in contracts
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def contract_frame(
    contracts: Iterable[Terms],
    states: NDArray[np.float64],
    names: Mapping[str, str],
    label: Callable[[int], str],
) -> pd.DataFrame:
    """One row per compute contract, as it stood when its state was taken.

    Args:
        contracts: in the order of signing; those without a state were signed later.
        states: of ``contract_states`` (contracts, 4).
        names: company key -> name; who is not there is shown by its key.
        label: number of a quarter -> its label.

    Returns:
        Columns: contract, lab, cloud (names), lab_key, cloud_key, first_delivery (label),
        ramp_quarters, capacity_cu, price_usd_hour, total_usd, delivered_usd, cancelled_usd,
        rpo_usd.
    """
    rows = [
        {
            "contract": terms.key,
            "lab": names.get(terms.lab, terms.lab),
            "cloud": names.get(terms.cloud, terms.cloud),
            "lab_key": terms.lab,
            "cloud_key": terms.cloud,
            "first_delivery": label(terms.start),
            "ramp_quarters": terms.ramp_quarters,
            "capacity_cu": capacity,
            "price_usd_hour": terms.price_usd / CU_HOURS,
            "total_usd": terms.total_cents / 100,
            "delivered_usd": delivered / 100,
            "cancelled_usd": cancelled / 100,
            "rpo_usd": left / 100,
        }
        for terms, (left, delivered, cancelled, capacity) in zip(
            contracts, states.tolist(), strict=False
        )
    ]
    return pd.DataFrame(rows)


def money_flow_frame(model: MarketModel, quarters: range) -> pd.DataFrame:
    """Payments above zero between parties in closed quarters together.

    Returns:
        Columns: payer, payer_sector, payee, payee_sector, goods_usd (for goods, services and
        income), financing_usd (shares, loans, bonds and their repayment), is_internal (between a
        lab and its parent). A pair has two rows when the one bought the other meanwhile.
    """
    ledger = model.ledger
    names, sectors = ledger.parties, ledger.accounts.sectors
    goods, financing = _by_family(model, quarters)
    payers, payees, inside = np.nonzero((goods + financing) > 0)
    return pd.DataFrame(
        {
            "payer": [names[i] for i in payers],
            "payer_sector": [sectors[i] for i in payers],
            "payee": [names[i] for i in payees],
            "payee_sector": [sectors[i] for i in payees],
            "goods_usd": goods[payers, payees, inside] / 100,
            "financing_usd": financing[payers, payees, inside] / 100,
            "is_internal": inside == 1,
        }
    )


def _by_family(model: MarketModel, quarters: range) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cents paid for goods and as finance: between families, inside one (payers, payees, 2)."""
    size = len(model.ledger.parties)
    goods = np.zeros((size, size, 2), dtype=np.int64)
    financing = goods.copy()
    for quarter in quarters:
        paid = sum_of_payments(model.ledger.archives[quarter : quarter + 1], size)
        is_internal = same_family(model, quarter)
        for total, part in zip((goods, financing), paid, strict=True):
            total[..., 0] += np.where(is_internal, 0, part)
            total[..., 1] += np.where(is_internal, part, 0)
    return goods, financing


def money_cycle_frame(model: MarketModel, quarters: range) -> pd.DataFrame:
    """The circles of payments between labs, clouds and chipmakers in closed quarters together.

    Returns:
        Columns: cycle ("A > B > C > A"), amount_usd (what each pays the next), firms (how many),
        names (of the firms, each once).
    """
    rows = [
        (str(cycle), cycle.amount, len(cycle.names), cycle.names)
        for cycle in named_cycles(model, quarters)
    ]
    return pd.DataFrame(rows, columns=["cycle", "amount_usd", "firms", "names"])


def circular_part(network: Mapping[Pair, float], firms: Sequence[str] = ()) -> dict[Pair, float]:
    """The largest circulation inside a network: the money that can be followed back to its payer.

    See ``market.networks.circulation.maximum_circulation``, to which this gives a network by
    label.

    Args:
        network: (payer, payee) -> amount, at least zero.
        firms: all payers and payees, in any order; those of the network when omitted.

    Returns:
        The same pairs with the part of each flow that is circular; every party gets as much of
        it as it pays.

    Raises:
        KeyError: a payer or payee is not among the firms.
    """
    from market.networks.circulation import maximum_circulation

    known: Collection[str] = firms or sorted({name for pair in network for name in pair})
    place = {name: number for number, name in enumerate(known)}
    paid = np.zeros((len(place), len(place)))
    for (payer, payee), amount in network.items():
        paid[place[payer], place[payee]] = amount
    labels = pd.Index(list(place), dtype=object)
    circular: Any = maximum_circulation(pd.DataFrame(paid, index=labels, columns=labels))
    return {pair: float(circular.at[pair]) for pair in network}


def vendor_money(finance: NDArray[Any], sectors: Sequence[str]) -> float:
    """What chipmakers put into labs and clouds, as shares or as loans, in USD.

    Args:
        finance: cents paid (payer, payee) for claims and their repayment in some period.
        sectors: sector of each party, at least as many as ``finance`` has rows.
    """
    names = np.array(sectors[: len(finance)])
    givers, takers = names == "chipmakers", np.isin(names, ("labs", "clouds"))
    return float(finance[np.ix_(givers, takers)].sum() / 100)

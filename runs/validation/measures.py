"""What is measured in a run of the validation: statistics, each a number, and series by quarter.

A statistic is one function of a ``Record`` with a decorator; it looks at the quarters of the record
only, so the same function measures a whole run and the quarters after two twins have parted.
Freezes and cuts are read from the events and indicators that the model records; nothing here
decides anew what a freeze is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from market.books.journal import WRITE_OFF
from runs.problems import nearest

if TYPE_CHECKING:
    import pandas as pd

    from agents.institution import Institution
    from market.model import MarketModel

type Floats = NDArray[np.float64]

BUST = 0.6
"""CapEx (mean of two quarters) under this part of its earlier peak is a bust: gate G2."""
FALL = 0.25
"""Orders, or chip revenue, so far under their four-quarter maximum have fallen."""
YEARS_OF_REVENUE, QUARTERS_OF_HOARD = 2.0, 4
"""A firm hoards when its cash is over so many years of its revenue for more than so long."""
FIRST = 12
"""Quarters that count as the first ones of a run: gate G5."""
FIVE_YEARS = 20


class Record:
    """Series of a run, from a quarter on.

    Args:
        model: after its last quarter.
        start: first quarter that counts.
        stop: quarter before which it ends; None for the last one that was simulated.
    """

    def __init__(self, model: MarketModel, start: int = 0, stop: int | None = None) -> None:
        """Read nothing yet."""
        self.model, self.start = model, start
        self.stop = model.quarter if stop is None else min(stop, model.quarter)
        self._tables: dict[type, dict[str, pd.DataFrame]] = {}
        self._frames: dict[type, pd.DataFrame] = {}

    def __len__(self) -> int:
        return max(0, self.stop - self.start)

    def series(self, name: str) -> Floats:
        """One value per quarter; nan where there is none.

        Args:
            name: an indicator of the market ("capex_usd"), of a firm ("chips.cash_usd"), the sum
                over a group of firms ("clouds:cash_usd"), or a name of ``OWN_SERIES``.

        Raises:
            ValueError: there is no such indicator or firm.
        """
        if name in OWN_SERIES:
            return OWN_SERIES[name](self)
        group, colon, indicator = name.partition(":")
        if colon:
            firms = getattr(self.model, group).values()
            values = [self.of_firm(firm, indicator) for firm in firms]
            return np.nansum(values, axis=0) if values else np.zeros(len(self))
        key, dot, indicator = name.partition(".")
        if dot:
            return self.of_firm(self.model.institution(key), indicator)
        columns = self.model.datacollector.model_vars
        if name not in columns:
            raise ValueError(f"there is no indicator {name!r}; {nearest(name, list(columns))}")
        return self._cut([nan if value is None else float(value) for value in columns[name]])

    def of_firm(self, firm: Institution, indicator: str) -> Floats:
        """An indicator of a firm, one value per quarter."""
        tables = self._tables.setdefault(type(firm), {})
        if indicator not in tables:
            if type(firm) not in self._frames:
                collector = self.model.datacollector
                self._frames[type(firm)] = collector.get_agenttype_vars_dataframe(type(firm))
            frame = self._frames[type(firm)]
            if indicator not in frame:
                close = nearest(indicator, [str(each) for each in frame.columns])
                raise ValueError(f"{firm.key} has no indicator {indicator!r}; {close}")
            tables[indicator] = frame[indicator].astype("float64").unstack("AgentID")
        column = tables[indicator][firm.unique_id].reindex(range(1, self.model.quarter + 1))
        return self._cut(column.to_numpy(dtype=np.float64))

    def _cut(self, values: Sequence[float] | Floats) -> Floats:
        return np.asarray(values, dtype=np.float64)[self.start : self.stop]

    def quarters_of(self, event: str) -> list[int]:
        """Quarters of the events of a kind, counted from the start of the run."""
        found = (each.quarter for each in self.model.events.select(event))
        return [quarter for quarter in found if self.start <= quarter < self.stop]

    def firms(self, *groups: str) -> Iterator[tuple[str, Institution]]:
        """Group and firm of all firms of some groups."""
        for group in groups:
            for firm in getattr(self.model, group).values():
                yield group, firm

    @cached_property
    def capex(self) -> Floats:
        """CapEx of all clouds, USD per quarter."""
        return self.series("capex_usd")


# --- series of more than one indicator


def _other_rpo(record: Record) -> Floats:
    """RPO of clouds' customers outside the labs, USD."""
    return record.series("rpo_usd") - record.series("labs:rpo_usd")


def _labs_profit(record: Record) -> Floats:
    """What labs earn: cash burnt, with the other sign, USD per quarter."""
    return -record.series("labs:burn_usd")


def _investors_gain(record: Record) -> Floats:
    """Growth of what investors own beyond their debts, over what it was, per quarter."""
    worth = record.series("investors:assets_usd")
    change = np.full(len(worth), nan)
    change[1:] = np.diff(worth) / np.where(worth[:-1] > 0, worth[:-1], nan)
    return change


OWN_SERIES: dict[str, Callable[[Record], Floats]] = {
    "other_rpo_usd": _other_rpo,
    "labs_profit_usd": _labs_profit,
    "investors_growth": _investors_gain,
}
"""Name -> series that is none of the model's indicators."""


# --- pure functions of series


def total(values: Floats) -> float:
    """Sum of the quarters that have a value; nan without any quarter."""
    return float(np.nansum(values)) if len(values) else nan


def mean(values: Floats) -> float:
    """Mean of the quarters that have a value; nan without any."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else nan


def last(values: Floats) -> float:
    """Value of the last quarter; nan without any."""
    return float(values[-1]) if len(values) else nan


def trough_over_peak(capex: Floats) -> float:
    """Deepest fall of two-quarter mean CapEx: its smallest part of its earlier peak, 0 to 1.

    nan for fewer than three quarters, or when nothing was ever spent.
    """
    if len(capex) < 3:
        return nan
    pairs = (capex[1:] + capex[:-1]) / 2
    peaks = np.maximum.accumulate(pairs)
    return float((pairs[peaks > 0] / peaks[peaks > 0]).min()) if (peaks > 0).any() else nan


def first_fall(values: Floats, fall: float = FALL, memory: int = 4) -> float:
    """First quarter so far under the maximum of the last ``memory`` quarters; nan for none."""
    for quarter in range(1, len(values)):
        before = values[max(0, quarter - memory) : quarter]
        if before.max() > 0 and values[quarter] <= (1 - fall) * before.max():
            return float(quarter)
    return nan


def longest_streak(flags: Sequence[bool] | NDArray[np.bool_]) -> int:
    """Most quarters one after another of which something is true."""
    longest = here = 0
    for flag in flags:
        here = here + 1 if flag else 0
        longest = max(longest, here)
    return longest


# --- statistics


STATISTICS: dict[str, Callable[[Record], float]] = {}
"""Name -> function of a record."""


def statistic[F: Callable[[Record], float]](function: F) -> F:
    """Register a statistic under its function's name."""
    STATISTICS[function.__name__] = function
    return function


def check_statistics(names: Sequence[str]) -> None:
    """Raise ValueError, with the nearest name, for a statistic that is not there."""
    for name in names:
        if name not in STATISTICS:
            raise ValueError(f"there is no statistic {name!r}; {nearest(name, list(STATISTICS))}")


def measured(record: Record, names: Sequence[str]) -> tuple[float | None, ...]:
    """Values of statistics; None where there is none."""
    values = (float(STATISTICS[name](record)) for name in names)
    return tuple(None if isnan(value) else value for value in values)


@statistic
def capex(record: Record) -> float:
    """CapEx of all clouds, summed, USD."""
    return total(record.capex)


@statistic
def peak_capex(record: Record) -> float:
    """Largest CapEx of a quarter, USD."""
    return float(record.capex.max()) if len(record) else nan


@statistic
def orders(record: Record) -> float:
    """Capacity that all clouds ordered, thousand chips."""
    return total(record.series("orders_thousand"))


@statistic
def first_orders(record: Record) -> float:
    """The same in the first twelve quarters."""
    return total(record.series("orders_thousand")[:FIRST])


@statistic
def trough(record: Record) -> float:
    """Deepest trough of CapEx over its earlier peak (mean of two quarters)."""
    return trough_over_peak(record.capex)


@statistic
def bust(record: Record) -> float:
    """1 when that is under 0.6, else 0."""
    found = trough_over_peak(record.capex)
    return nan if isnan(found) else float(found < BUST)


@statistic
def chip_revenue(record: Record) -> float:
    """Revenue of all chipmakers, summed, USD."""
    return total(record.series("chip_revenue_usd"))


@statistic
def raised(record: Record) -> float:
    """Equity that labs raised, summed, USD."""
    return total(record.series("raised_usd"))


@statistic
def labs_raised(record: Record) -> float:
    """Money that labs raised, summed, USD."""
    return total(record.series("labs_raised_usd"))


@statistic
def written_down(record: Record) -> float:
    """What chipmakers' stock lost in value, summed, USD."""
    return total(record.series("stock_written_down_usd"))


@statistic
def freeze(record: Record) -> float:
    """1 when funding froze, else 0."""
    return float(bool(record.quarters_of("funding freeze")))


@statistic
def freeze_5y(record: Record) -> float:
    """1 when funding froze within the first five years, else 0."""
    first = record.quarters_of("funding freeze")
    return float(bool(first) and first[0] < record.start + FIVE_YEARS)


@statistic
def late_freeze(record: Record) -> float:
    """1 when funding froze after the first five years only, else 0."""
    first = record.quarters_of("funding freeze")
    return float(bool(first) and first[0] >= record.start + FIVE_YEARS)


@statistic
def freeze_quarter(record: Record) -> float:
    """Quarter of the first freeze, from the start of the run; nan for none."""
    return float(next(iter(record.quarters_of("funding freeze")), nan))


@statistic
def short_quarters(record: Record) -> float:
    """Quarters in which under half of the money needed was raised."""
    limit = record.model.parameters.funding.freeze_ratio
    return float((record.series("raised_ratio") < limit).sum())


@statistic
def failed_round_quarter(record: Record) -> float:
    """Quarter of the first round that failed, from the start of the run; nan for none."""
    return float(next(iter(record.quarters_of("failed round")), nan))


@statistic
def order_cut_quarter(record: Record) -> float:
    """First quarter with orders of all clouds a quarter under their maximum of four quarters."""
    return record.start + first_fall(record.series("orders_thousand"))


@statistic
def chip_fall_quarter(record: Record) -> float:
    """First quarter with chip revenue a quarter under its maximum of four quarters."""
    return record.start + first_fall(record.series("chip_revenue_usd"))


def _failures(record: Record, *groups: str) -> float:
    """Firms of some groups that failed, of all institutions when none is named."""
    chosen = [firm for _, firm in record.firms(*groups)] if groups else None
    names = {firm.name for firm in chosen or record.model.institutions()}
    found = record.model.events.select("default")
    return float(len({e.agent for e in found if record.start <= e.quarter < record.stop} & names))


@statistic
def failures(record: Record) -> float:
    """Firms that failed."""
    return _failures(record)


@statistic
def lab_failures(record: Record) -> float:
    """Labs that failed."""
    return _failures(record, "labs")


@statistic
def cloud_failures(record: Record) -> float:
    """Clouds that failed."""
    return _failures(record, "clouds")


@statistic
def chipmaker_failures(record: Record) -> float:
    """Chipmakers that failed."""
    return _failures(record, "chipmakers")


@statistic
def valuations(record: Record) -> float:
    """Value of all labs with shares, mean of the quarters, USD."""
    return mean(record.series("labs_valuation_usd"))


@statistic
def labs_revenue(record: Record) -> float:
    """Revenue of all labs, summed, USD."""
    return total(record.series("labs_revenue_usd"))


@statistic
def dry_powder(record: Record) -> float:
    """Money that investors could put into rounds, mean of the quarters, USD."""
    return mean(record.series("dry_powder_usd"))


@statistic
def rpo(record: Record) -> float:
    """RPO of all clouds, mean of the quarters, USD."""
    return mean(record.series("rpo_usd"))


@statistic
def capacity(record: Record) -> float:
    """Compute in service in the last quarter, CU."""
    return last(record.series("capacity_cu"))


@statistic
def power(record: Record) -> float:
    """Power drawn in the last quarter, GW."""
    return last(record.series("power_gw"))


@statistic
def rent(record: Record) -> float:
    """Rent without contract, mean of the quarters, USD per accelerator-hour."""
    return mean(record.series("spot_price_usd_hour"))


@statistic
def bank_ratio(record: Record) -> float:
    """Lowest capital of the bank over its assets."""
    ratios = record.series("bank_capital_ratio")
    return float(np.nanmin(ratios)) if len(ratios) else nan


@statistic
def bank_under_floor(record: Record) -> float:
    """1 when the bank stopped lending for lack of capital, else 0."""
    return float(bool(record.quarters_of("bank floor")))


@statistic
def cloud_cash(record: Record) -> float:
    """Cash of all clouds in the last quarter, USD."""
    return last(record.series("clouds:cash_usd"))


@statistic
def seat_moves(record: Record) -> float:
    """Seats that changed the lab, in shares of the market summed over the quarters."""
    shares = [record.of_firm(firm, "seat_share") for _, firm in record.firms("labs")]
    return float(sum(np.nansum(np.abs(np.diff(each))) for each in shares)) / 2


@statistic
def vendor_loans(record: Record) -> float:
    """Largest part of a quarter's chip revenue that chipmakers have lent to clouds."""
    lent = vendor_loans_usd(record.model)[record.start : record.stop]
    revenue = record.series("chip_revenue_usd")
    shares = lent[revenue > 0] / revenue[revenue > 0]
    return float(shares.max()) if len(shares) else nan


@statistic
def maker_losses(record: Record) -> float:
    """What chipmakers wrote off, loans and claims on failed customers, USD."""
    ledger, quarters = record.model.ledger, range(record.start, record.stop)
    losses = (
        ledger.flow(WRITE_OFF, maker.party, quarter)
        for _, maker in record.firms("chipmakers")
        for quarter in quarters
    )
    return abs(sum(losses)) / 100


@statistic
def hoards(record: Record) -> float:
    """Firms with cash of more than two years of their revenue for more than four quarters.

    Labs count with revenue and cash burnt, that is what they spend; clouds with their operating
    cash flow, which is under their revenue.
    """
    return _hoards(record, "labs", "clouds", "chipmakers")


@statistic
def lab_hoards(record: Record) -> float:
    """Labs among them."""
    return _hoards(record, "labs")


@statistic
def cloud_hoards(record: Record) -> float:
    """Clouds among them."""
    return _hoards(record, "clouds")


@statistic
def chipmaker_hoards(record: Record) -> float:
    """Chipmakers among them."""
    return _hoards(record, "chipmakers")


def _hoards(record: Record, *groups: str) -> float:
    found = 0
    for group, firm in record.firms(*groups):
        cash = record.of_firm(firm, "cash_usd")
        limit = 4 * YEARS_OF_REVENUE * _turnover(record, group, firm)
        found += longest_streak(cash > np.maximum(limit, 1e6)) > QUARTERS_OF_HOARD
    return float(found)


def _turnover(record: Record, group: str, firm: Institution) -> Floats:
    """What a firm turns over in a quarter, USD."""
    if group == "clouds":
        return record.of_firm(firm, "operating_cash_usd")
    revenue = record.of_firm(firm, "revenue_usd")
    if group == "labs":
        revenue = revenue + np.maximum(record.of_firm(firm, "burn_usd"), 0.0)
    return revenue


@statistic
def other_rpo_fall(record: Record) -> float:
    """Change of other customers' RPO in the three years after the peak of CapEx, at its lowest.

    nan in a run without a bust.
    """
    if not bust(record) or len(record) < 3:
        return nan
    peak = int(np.argmax(record.capex))
    owed = record.series("other_rpo_usd")[peak : peak + FIRST + 1]
    return float(owed[1:].min() / owed[0] - 1) if len(owed) > 1 and owed[0] > 0 else nan


@statistic
def rent_rises(record: Record) -> float:
    """Part of the quarters in which the rent rose."""
    moves = np.diff(record.series("spot_price_usd_hour"))
    return float((moves > 0).mean()) if len(moves) else nan


@statistic
def chip_share_low(record: Record) -> float:
    """Chips over CapEx, both for new sites, while building goes on: smallest of the quarters."""
    return _chip_share(record, min)


@statistic
def chip_share_high(record: Record) -> float:
    """Chips over CapEx, both for new sites, while building goes on: largest of the quarters."""
    return _chip_share(record, max)


def _chip_share(record: Record, way: Callable[[Sequence[float]], float]) -> float:
    """Over the quarters in which CapEx is not in a bust."""
    peaks = np.maximum.accumulate(record.capex)
    shares = record.series("new_site_chip_share")[record.capex >= BUST * peaks]
    known = [float(value) for value in shares if value > 0]
    return way(known) if known else nan


def vendor_loans_usd(model: MarketModel) -> Floats:
    """Loans of chipmakers to clouds that are owed at the end of each quarter, USD."""
    held = model.ledger.accounts.of_issuer.items()
    slots = np.array(
        [slot for (instrument, _), found in held if instrument == "vendor loans" for slot in found],
        dtype=np.int64,
    )
    closings = [archive.closing for archive in model.ledger.archives[-model.quarter :]]
    cents = [closing[slots[slots < len(closing)]].sum() for closing in closings]
    return np.asarray(cents, dtype=np.float64) / 100


def changes_of(values: Sequence[float]) -> list[float]:
    """Change of each quarter over the one before, as a part of it; nan without one over zero."""
    return [now / before - 1 if before > 0 else nan for before, now in pairwise(values)]


def record_series(record: Record, names: Sequence[str]) -> dict[str, list[float | None]]:
    """Series by name as a sweep stores them; a firm that this world lacks has no values."""
    return {name: _stored(record, name) for name in names}


def _stored(record: Record, name: str) -> list[float | None]:
    key, dot, _ = name.partition(".")
    firms: dict[str, Any] = {firm.key: firm for firm in record.model.institutions()}
    if dot and key not in firms:
        return [None] * len(record)
    return [None if isnan(value) else float(value) for value in record.series(name)]

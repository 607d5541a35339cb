"""A chipmaker: makes, prices and allocates chips, and finances customers that send it orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.institution import Institution
from agents.rules.pricing import chip_price
from agents.rules.vendor_finance import is_vendor_finance_worthwhile, vendor_limit
from market.books.ledger import cents
from market.books.settlement import Rank
from market.events import Event
from market.parameters.companies import ChipmakerParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_PRICE_CHANGE = 0.3
_TAX_SHARE = 0.15
"""Share of profit paid in tax (about what large chipmakers pay)."""


class Chipmaker(Institution):
    """A maker of accelerators with their network.

    Attributes:
        own: what the scenario states about it.
        price_usd: price of a thousand chips.
        output: chips that it can make in a quarter, thousands.
        backlog: ordered and not yet delivered, by cloud key ("" = other buyers), thousands.
        revenue_usd: revenue of the quarter.
        free_cash_flow_usd: of the last quarter, before payouts and vendor finance.
        vendor_offers: lab key -> equity that it will put into the lab's next round, USD.
    """

    sector = "chipmakers"

    def __init__(self, model: mesa.Model[Any, Any], key: str, own: ChipmakerParameters) -> None:
        """Create the chipmaker with the figures of the scenario; ``opening`` sets its books."""
        super().__init__(model, key, own.name, own.revenue_growth)
        self.own = own
        compute = self.market.parameters.compute
        self.reference_price_usd = 1e3 * compute.accelerator_cost_usd * compute.chip_share
        self.price_usd = self.reference_price_usd
        self.output = own.revenue_usd / self.price_usd
        self.backlog: dict[str, float] = {}
        self.normal_backlog_quarters = 1.0
        self.new_orders = 0.0
        self.revenue_usd = self.last_revenue_usd = own.revenue_usd
        self.other_ratio = 0.0
        self.free_cash_flow_usd = 0.25 * own.revenue_usd
        self.vendor_offers: dict[str, float] = {}
        self.vendor_refusals: dict[str, Event] = {}
        self.has_withdrawn = False
        self.value_usd = own.market_cap_usd
        self.has_opened = False
        self.quarters_delivered = 0
        self.share_calibration: float | None = None
        self._stock_thousands = 0.0
        self._drawn_cents = 0

    @property
    def unit_cost_usd(self) -> float:
        """Cost of a thousand chips."""
        return self.reference_price_usd * (1 - self.own.gross_margin)

    @property
    def margin(self) -> float:
        """Gross margin on the present price."""
        return 1 - self.unit_cost_usd / self.price_usd

    def order(self, buyer: str, thousands: float) -> None:
        """Take an order into the backlog."""
        if thousands > 0:
            self.new_orders += thousands
            self.backlog[buyer] = self.backlog.get(buyer, 0.0) + thousands

    def close_down(self) -> None:
        """Stop producing: a failed chipmaker leaves its orders undelivered."""
        self.backlog, self.vendor_offers = {}, {}
        self.output = self.revenue_usd = self.free_cash_flow_usd = self.value_usd = 0.0

    def set_price_and_output(self) -> None:
        """Price by the length of the order book; grow output towards a longer one."""
        rules = self.market.parameters.chipmaker_rules
        waiting = sum(self.backlog.values())
        backlog_quarters = waiting / max(self.output, 1e-9)
        if waiting > 0:
            self.price_usd = chip_price(
                self.price_usd,
                self.reference_price_usd,
                backlog_quarters,
                rules.normal_backlog_quarters * self.normal_backlog_quarters,
                rules.price_sensitivity,
                _MAX_PRICE_CHANGE,
            )
        if waiting > self.output:
            self.output = min(waiting, self.output * (1 + rules.capacity_growth))

    def produce(self) -> dict[str, float]:
        """Make chips for the backlog and share them pro rata; returns thousands by buyer."""
        waiting = sum(self.backlog.values())
        made = min(waiting, self.output)
        if made <= 0:
            return {}
        cost = cents(made * self.unit_cost_usd)
        market = self.market
        market.settlement.owe(self.party, market.rest, cost, "production inputs", Rank.OPERATIONS)
        market.ledger.build_stock("chip inventory", self.party, cost)
        self._stock_thousands += made
        share = made / waiting
        allocation = {buyer: amount * share for buyer, amount in self.backlog.items()}
        for buyer, amount in allocation.items():
            self.backlog[buyer] -= amount
        return allocation

    def draw_stock(self, thousands: float) -> None:
        """Take chips out of inventory at their average cost."""
        ledger = self.market.ledger
        book = ledger.balance("chip inventory", None, self.party) - self._drawn_cents
        left = self._stock_thousands
        cost = book if thousands >= left * (1 - 1e-9) else int(book * thousands / left)
        self._stock_thousands = max(0.0, left - thousands)
        self._drawn_cents += cost
        ledger.draw_stock("chip inventory", self.party, cost)

    def start_deliveries(self) -> None:
        """Begin to count what leaves the inventory in this batch of postings."""
        self._drawn_cents = 0

    def run(self) -> None:
        """Owe overhead and tax; book income from business outside the model."""
        market = self.market
        profit = self.revenue_usd * self.margin - self.own.overhead_usd
        costs = self.own.overhead_usd + _TAX_SHARE * max(0.0, profit)
        market.settlement.owe(
            self.party, market.rest, cents(costs), "overhead and tax", Rank.OPERATIONS
        )
        other = self.own.other_income_usd
        if other >= 0:
            market.ledger.pay(market.rest, self.party, cents(other), "other business")
        else:
            market.settlement.owe(self.party, market.rest, cents(-other), "other business")
        self.free_cash_flow_usd = self.revenue_usd * self.margin - costs + other

    def finances(
        self, returned: float, default_probability: float, exposure_usd: float, need_usd: float
    ) -> float:
        """Money that it puts into a customer, USD; zero when the orders do not pay for the risk.

        Args:
            returned: share of a unit given to the customer that comes back as orders.
            default_probability: of the customer, per quarter.
            exposure_usd: what it already has in the customer.
            need_usd: most that the customer can take.
        """
        rules = self.market.parameters.chipmaker_rules
        if not rules.has_vendor_finance or self.has_withdrawn or self.is_defaulted:
            return 0.0
        is_worth = is_vendor_finance_worthwhile(
            self.margin,
            returned,
            1 - (1 - default_probability) ** 4,
            rules.vendor_loss_given_default,
            rules.vendor_required_return,
        )
        if not is_worth:
            return 0.0
        cap = rules.concentration_cap * max(0.0, self.cash_usd + exposure_usd)
        limit = vendor_limit(
            max(0.0, self.free_cash_flow_usd), self.own.vendor_finance_share, exposure_usd, cap
        )
        return min(limit, need_usd, self.spendable_usd)

    def pay_out(self, holders: Sequence[tuple[int, int]]) -> None:
        """Return a share of free cash flow to the holders of its shares."""
        total = cents(self.own.payout_share * max(0.0, self.free_cash_flow_usd))
        if self.free_cash_usd * 100 > 2 * total:
            pay_dividends(self, total, holders)


def pay_dividends(payer: Institution, total: int, holders: Sequence[tuple[int, int]]) -> None:
    """Owe ``total`` cents to shareholders pro rata of value; the remainder stays with the firm."""
    value = sum(amount for _, amount in holders)
    if total <= 0 or value <= 0:
        return
    for holder, amount in holders:
        payer.market.settlement.owe(
            payer.party, holder, total * amount // value, "dividends", Rank.JUNIOR
        )

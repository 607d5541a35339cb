"""A chipmaker: makes, prices and allocates chips, and finances customers that send it orders."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING, Any

import mesa

from agents.absorption import bid_usd
from agents.cloud_provider import CloudProvider
from agents.listed_firm import PD_INTERCEPT, PD_LEVERAGE, ListedFirm
from agents.rules.chip_supply import (
    advance_wanted,
    chips_to_make,
    committed_inputs,
    expansion,
    stock_value,
    wanted_output,
)
from agents.rules.credit import expected_loss
from agents.rules.financing import default_probability, payout
from agents.rules.hardware import surprise_factor
from agents.rules.pricing import chip_price
from agents.rules.vendor_finance import (
    is_vendor_finance_worthwhile,
    return_share,
    vendor_limit,
    vendor_spread,
)
from agents.surprise import Surprise
from market.books.notes import evenly
from market.books.settlement import Rank
from market.events import Event
from market.parameters.companies import ChipmakerParameters
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.ai_lab import AILab
    from agents.institution import Institution
    from agents.private_firm import PrivateFirm
    from market.books.ledger import Ints

OTHER_BUYERS = ""
"""Key of buyers outside the model in a chipmaker's backlog."""
_ORDERS_KEPT = 0.5
"""Weight of the past in what a chipmaker takes for usual orders."""
_MAX_PRICE_CHANGE = 0.3
_NOTABLE_LOSS = 0.02
"""Part of revenue from which a write-down of stock is reported."""
_TAX_SHARE = 0.15
"""Share of profit paid in tax (about what large chipmakers pay)."""


class Chipmaker(ListedFirm):
    """A maker of accelerators with their network.

    Args:
        model: a model with the facilities of ``market.equip``.
        key: short name in the scenario; also the key of its random streams.
        stated: what the scenario states about it; each field has its unit and source.

    Attributes:
        stated: what the scenario states about it.
        price_usd: price of a thousand chips.
        output: chips that it can make in a quarter, thousands.
        expansions: output ordered and not ready, by the quarter in which it is, nearest first.
        commitments: chips whose inputs it must take and pay, by quarter, nearest first: a memo.
        backlog_ratio: order book over the normal one, when it last set its price.
        stock_thousands: chips made and not yet sold.
        written_down_usd: what the stock lost in value in the quarter.
        backlog: ordered and not yet delivered, by cloud key ("" = other buyers), thousands.
        revenue_usd: revenue of the quarter.
        free_cash_flow_usd: of the last quarter, before payouts and vendor finance.
        vendor_offers: lab key -> equity that it will put into the lab's next round, USD.
    """

    sector = "chipmakers"

    def __init__(self, model: mesa.Model[Any, Any], key: str, stated: ChipmakerParameters) -> None:
        """Create the chipmaker with the figures of the scenario; ``opening`` sets its books."""
        super().__init__(model, key, stated.name, stated.revenue_growth, stated.market_cap_usd)
        self.stated = stated
        compute = self.market.parameters.compute
        self.reference_price_usd = 1e3 * compute.accelerator_cost_usd * compute.chip_share
        self.price_usd = self.reference_price_usd
        self.output = stated.revenue_usd / self.price_usd
        self.output_surprise = Surprise(key, "output of chips")
        self.backlog: dict[str, float] = {}
        self.normal_backlog_quarters = 1.0
        self.new_orders = 0.0
        self.usual_orders = self.output
        self.revenue_usd = self.last_revenue_usd = stated.revenue_usd
        self.other_ratio = 0.0
        self.free_cash_flow_usd = 0.25 * stated.revenue_usd
        self.vendor_offers: dict[str, float] = {}
        self.vendor_refusals: dict[str, Event] = {}
        self.has_withdrawn = False
        self.has_opened = False
        self.quarters_delivered = 0
        rules = self.market.parameters.chipmaker_rules
        self.expansions: deque[float] = deque([0.0] * rules.capacity_lag_quarters)
        self.commitments: deque[float] = deque([0.0] * rules.commitment_quarters)
        self.backlog_ratio = 1.0
        self.stock_thousands = self.written_down_usd = 0.0
        self._made_at = 0.0
        self._extra_spending_usd = 0.0
        self._drawn_cents = 0

    @property
    def unit_cost_usd(self) -> float:
        """Cost of a thousand chips."""
        return self.reference_price_usd * (1 - self.stated.gross_margin)

    @property
    def margin(self) -> float:
        """Gross margin on the present price."""
        return 1 - self.unit_cost_usd / self.price_usd

    def order(self, buyer: str, thousands: float) -> None:
        """Take an order into the backlog."""
        if thousands > 0:
            self.new_orders += thousands
            self.backlog[buyer] = self.backlog.get(buyer, 0.0) + thousands

    def take_outside_orders(self) -> None:
        """Buyers outside the model order in step with the clouds' orders since the last time.

        They order no more than they can pay for (``outside_purse_usd``).
        """
        if self.has_opened:
            most = self.outside_purse_usd() / self.price_usd
            self.order(OTHER_BUYERS, min(self.other_ratio * self.new_orders, most))
            kept = _ORDERS_KEPT
            self.usual_orders = kept * self.usual_orders + (1 - kept) * self.new_orders
        self.has_opened, self.new_orders = True, 0.0

    def form_expectations(self) -> None:
        """Learn how revenue grew, once two quarters have been delivered."""
        if self.last_revenue_usd > 0 and self.quarters_delivered > 1:
            self.beliefs.observe(self.revenue_usd / self.last_revenue_usd - 1)

    def set_price_and_output(self) -> None:
        """Price by the length of the order book; order more output towards a longer one."""
        rules = self.market.parameters.chipmaker_rules
        self._extra_spending_usd = 0.0
        if self.expansions:
            self.output += self.expansions.popleft()
        waiting = sum(self.backlog.values())
        backlog_quarters = waiting / max(self.output, 1e-9)
        normal = rules.normal_backlog_quarters * self.normal_backlog_quarters
        self.backlog_ratio = backlog_quarters / max(normal, 1e-9)
        if waiting > 0:
            self.price_usd = chip_price(
                self.price_usd,
                self.reference_price_usd,
                backlog_quarters,
                normal,
                rules.price_sensitivity,
                _MAX_PRICE_CHANGE,
            )
        self.expand(self.plan_expansion())

    def plan_expansion(self) -> float:
        """Output per quarter that it wants to order now, thousand chips, before what it can pay."""
        rules = self.market.parameters.chipmaker_rules
        waiting = max(0.0, sum(self.backlog.values()) - self.stock_thousands)
        normal = rules.normal_backlog_quarters * self.normal_backlog_quarters * self.output
        wanted = wanted_output(
            self.usual_orders,
            max(0.0, self.beliefs.expected),
            rules.capacity_lag_quarters,
            waiting - normal,
            rules.backlog_workoff_quarters,
        )
        return expansion(
            wanted,
            self.output,
            sum(self.expansions),
            rules.capacity_growth,
            self.backlog_ratio,
            rules.capacity_rush,
        )

    def expand(self, thousands: float) -> None:
        """Order so much more output per quarter, as far as half of its ready money pays for it."""
        rules = self.market.parameters.chipmaker_rules
        each = rules.capacity_cost_quarters * self.unit_cost_usd
        most = 0.5 * self.spendable_usd / each if each > 0 else thousands
        ordered = min(thousands, most)
        if rules.capacity_lag_quarters > 0:
            self.expansions.append(ordered)
        else:
            self.output += ordered
        usd = ordered * each
        self.market.settlement.owe_asset(
            "chip capacity", self.party, self.market.parties.rest, cents(usd), ""
        )
        self._extra_spending_usd += usd

    def produce(self) -> dict[str, float]:
        """Make chips for the backlog and allocate them; returns thousands by buyer.

        What it has committed to take it takes and pays, whether or not it is on order; what is
        not on order goes into stock. Plant wears, and idle output costs and is lost in part.
        """
        waiting = sum(self.backlog.values())
        due = self.commitments.popleft() if self.commitments else 0.0
        able = self.output * self.luck_of_output()
        made = chips_to_make(waiting, self.stock_thousands, able, due)
        sold = min(waiting, self.stock_thousands + made)
        self._extra_spending_usd += (made - sold) * self.unit_cost_usd
        self.commit_inputs(sold)
        self._keep_plant(max(0.0, able - made))
        self._make(made)
        if sold <= 0:
            return {}
        allocation = self.allocate(sold)
        for buyer, amount in allocation.items():
            self.backlog[buyer] -= amount
        return allocation

    def luck_of_output(self) -> float:
        """Output of a quarter over what its plant makes on average."""
        rules = self.market.parameters.chipmaker_rules
        persistence, size = rules.output_persistence, rules.output_noise
        surprise = self.output_surprise.move(self.market, persistence, size)
        return surprise_factor(surprise, persistence, size, self.market.quarter + 1)

    def _make(self, thousands: float) -> None:
        """Owe the inputs of so many chips and put these into stock at cost."""
        if thousands <= 0:
            return
        market, cost = self.market, cents(thousands * self.unit_cost_usd)
        market.settlement.owe(
            self.party, market.parties.rest, cost, "production inputs", Rank.OPERATIONS
        )
        market.ledger.build_stock("chip inventory", self.party, cost)
        total = self.stock_thousands + thousands
        self._made_at += (market.quarter - self._made_at) * thousands / total
        self.stock_thousands = total

    def commit_inputs(self, sold: float) -> None:
        """Order the inputs that it takes ``commitment_quarters`` from now, whatever is sold then.

        Args:
            sold: chips that it delivers in this quarter, thousands.
        """
        rules = self.market.parameters.chipmaker_rules
        if rules.commitment_quarters == 0:
            return
        capacity = self.output + sum(list(self.expansions)[: rules.commitment_quarters])
        self.commitments.append(
            committed_inputs(
                sold,
                self.beliefs.expected,
                rules.commitment_quarters,
                capacity,
                rules.commitment_share,
                self.stock_thousands,
            )
        )

    def _keep_plant(self, idle: float) -> None:
        """Depreciate plant; pay for output that stands idle, part of which is not kept."""
        market, rules = self.market, self.market.parameters.chipmaker_rules
        life = rules.capacity_life_quarters
        book = market.ledger.balance("chip capacity", None, self.party)
        market.ledger.depreciate("chip capacity", self.party, book // life)
        usd = idle * self.unit_cost_usd * rules.idle_cost_share
        market.settlement.owe(
            self.party, market.parties.rest, cents(usd), "overhead and tax", Rank.OPERATIONS
        )
        self._extra_spending_usd += usd
        self.output = max(0.0, self.output - idle / life)

    def allocate(self, made: float) -> dict[str, float]:
        """Who gets the chips that are made (thousands): everybody a like part of the backlog.

        Returns:
            Thousands by buyer ("" = other buyers); ``made`` in all, for nobody more than ordered.
        """
        share = made / sum(self.backlog.values())
        return {buyer: amount * share for buyer, amount in self.backlog.items()}

    def ship(self, thousands: float) -> float:
        """Take chips out of stock for a buyer; returns the bill in USD."""
        usd = thousands * self.price_usd
        self.revenue_usd += usd
        self.draw_stock(thousands)
        return usd

    def draw_stock(self, thousands: float) -> None:
        """Take chips out of inventory at their average cost."""
        ledger = self.market.ledger
        book = ledger.balance("chip inventory", None, self.party) - self._drawn_cents
        left = self.stock_thousands
        cost = book if thousands >= left * (1 - 1e-9) else int(book * thousands / left)
        self.stock_thousands = max(0.0, left - thousands)
        self._drawn_cents += cost
        ledger.draw_stock("chip inventory", self.party, cost)

    def value_stock(self) -> None:
        """Write stock down to what it may be carried at: old chips, and more than sales will take.

        Chips in stock are worth as much less than new ones as they compute less.
        """
        market, rules = self.market, self.market.parameters.chipmaker_rules
        self.written_down_usd = 0.0
        ledger = market.ledger
        book = ledger.balance("chip inventory", None, self.party) - self._drawn_cents
        if self.stock_thousands <= 0 or book <= 0:
            return
        age = max(0.0, market.quarter - self._made_at)
        sales = self.revenue_usd / self.price_usd
        worth = stock_value(
            self.stock_thousands,
            book / 100 / self.stock_thousands,
            self.price_usd,
            (1 + market.parameters.compute.vintage_gain) ** (-age / 4),
            rules.stock_quarters * sales,
            rules.stock_salvage_share,
        )
        lost = max(0, book - cents(worth))
        ledger.scrap("chip inventory", self.party, lost)
        self.written_down_usd = lost / 100
        if self.written_down_usd > _NOTABLE_LOSS * max(self.revenue_usd, 1.0):
            self.report(
                "stock written down",
                self.written_down_usd,
                "USD",
                f"writes {some_money(self.written_down_usd)} off chips that nobody has ordered",
            )

    def start_deliveries(self) -> None:
        """Begin to count revenue, and what leaves the inventory in this batch of postings."""
        self._drawn_cents = 0
        self.last_revenue_usd, self.revenue_usd = self.revenue_usd, 0.0
        self.quarters_delivered += 1

    # --- advances

    def advance_asked_usd(self, cloud: CloudProvider) -> float:
        """Advance that it asks of a cloud now, USD: only when it is booked out."""
        rules = self.market.parameters.chipmaker_rules
        paid = self.market.ledger.balance("prepayments", self.party, cloud.party)
        return advance_wanted(
            self.backlog.get(cloud.key, 0.0),
            self.price_usd,
            rules.prepayment_share,
            paid / 100,
            self.backlog_ratio,
            rules.booked_out_ratio,
        )

    def advance_used(self, party: int, buyer: str, thousands: float) -> int:
        """Part of a buyer's advance that a delivery uses up, cents.

        Args:
            party: of the buyer in the ledger.
            buyer: its company key.
            thousands: of chips that are delivered; they have left the backlog.
        """
        paid = self.market.ledger.balance("prepayments", self.party, party)
        left = self.backlog.get(buyer, 0.0)
        if left <= 1e-9 * thousands:
            return paid
        return int(paid * thousands / (thousands + left))

    def run(self) -> None:
        """Owe overhead and tax; book income from business outside the model."""
        market = self.market
        profit = self.revenue_usd * self.margin - self.stated.overhead_usd
        costs = self.stated.overhead_usd + _TAX_SHARE * max(0.0, profit)
        market.settlement.owe(
            self.party, market.parties.rest, cents(costs), "overhead and tax", Rank.OPERATIONS
        )
        other = self.stated.other_income_usd
        if other >= 0:
            market.ledger.pay(market.parties.rest, self.party, cents(other), "other business")
        else:
            market.settlement.owe(self.party, market.parties.rest, cents(-other), "other business")
        self.free_cash_flow_usd = (
            self.revenue_usd * self.margin - costs + other - self._extra_spending_usd
        )

    def share_base_usd(self, trust: Mapping[str, float]) -> float:
        """Gross profit of the quarter and income outside the model, USD."""
        return self.revenue_usd * self.margin + self.stated.other_income_usd

    # --- vendor finance

    @property
    def is_vendor(self) -> bool:
        """Whether it finances customers at all."""
        rules = self.market.parameters.chipmaker_rules
        return rules.has_vendor_finance and not self.has_withdrawn and not self.is_defaulted

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
        if not self.is_vendor:
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
            max(0.0, self.free_cash_flow_usd), self.stated.vendor_finance_share, exposure_usd, cap
        )
        return min(limit, need_usd, self.spendable_usd)

    def money_returned(
        self, lab: AILab, clouds: Sequence[CloudProvider], paid: Ints | None = None
    ) -> float:
        """Share of a unit given to a lab that came back as chip orders over the last year.

        The lab's payments go to clouds; of a cloud's AI revenue as much returns as it spends on
        this chipmaker's chips, at most all of it.

        Args:
            lab: whose payments are followed.
            clouds: where they may go.
            paid: what each party paid each other one for goods and services over four quarters,
                cents (payer, payee), which many calls can share; read from the ledger if omitted.
        """
        flows = self.market.ledger.money_flows(4)[0] if paid is None else paid
        spend, orders = [], []
        paid_by_lab: list[int] = flows[lab.party].tolist()
        total = sum(paid_by_lab)
        if total <= 0:
            return 0.0
        for cloud in clouds:
            given = paid_by_lab[cloud.party]
            if given <= 0:
                continue
            chips = int(flows[cloud.party, self.party])
            earned = max(1.0, 100 * 4 * cloud.compute_revenue_usd)
            spend.append(given / total)
            orders.append(min(1.0, chips / earned))
        return return_share(spend, orders) if spend else 0.0

    def equity_offer_usd(
        self, lab: AILab, clouds: Sequence[CloudProvider], paid: Ints | None = None
    ) -> float:
        """Equity that it would put into the lab's next round, USD; arguments as money_returned."""
        if lab.is_refused or lab.parent is not None:
            return 0.0
        returned = self.money_returned(lab, clouds, paid)
        exposure = self.market.ledger.balance("private equity", lab.party, self.party) / 100
        need = max(lab.need_usd, lab.burn_usd())
        return self.finances(returned, lab.default_probability(), exposure, need)

    def stake_offer_usd(self, lab: str) -> float:
        """What it decided last quarter to offer a lab (company key), USD."""
        return self.vendor_offers.get(lab, 0.0)

    def honours_letter(self, lab: str) -> bool:
        """Whether it still finances customers: letters of intent bind nobody."""
        return self.is_vendor

    def honours_backstop(self, cloud: str) -> bool:
        """Whether it still rents what a cloud (company key) cannot sell, as it promised."""
        return self.is_vendor

    def offer_credit(self, clouds: Sequence[CloudProvider]) -> dict[str, float]:
        """Credit for clouds whose orders come back to it, USD by cloud key; none is left out as 0.

        As much as a part of the chips that it is to deliver, its cash flow and its limit for one
        customer allow, where a loan at ``loan_spread`` pays. All together get at most half of what
        it can spend.
        """
        rules, ledger = self.market.parameters.chipmaker_rules, self.market.ledger
        if not self.is_vendor:
            return {}
        wanted = {}
        for cloud in clouds:
            if self.loan_spread(cloud) > cloud.most_spread():
                continue
            exposure = ledger.balance("vendor loans", cloud.party, self.party) / 100
            cap = rules.concentration_cap * max(0.0, self.cash_usd + exposure)
            limit = vendor_limit(
                max(0.0, self.free_cash_flow_usd), self.stated.vendor_finance_share, exposure, cap
            )
            chips = cloud.chips_to_come(self.key) * self.price_usd
            wanted[cloud.key] = min(limit, rules.vendor_chip_share * chips)
        total = sum(wanted.values())
        share = min(1.0, 0.5 * self.spendable_usd / total) if total > 0 else 0.0
        return {key: usd * share for key, usd in wanted.items() if usd * share > 0}

    def loan_spread(self, cloud: CloudProvider) -> float:
        """Spread over the base rate at which it would lend to a cloud, per year.

        Orders that come back pay a part of it; it asks for a part of what others ask, if that
        covers the rest.
        """
        market = self.market
        rules, plans = market.parameters.chipmaker_rules, market.parameters.cloud_rules
        paid = market.ledger.payments_between(cloud.party, self.party, 4)
        returned = return_share([1.0], [min(1.0, paid / max(400.0 * cloud.capex_usd, 1.0))])
        loss = expected_loss(cloud.default_probability(), rules.vendor_loss_given_default)
        return vendor_spread(
            rules.vendor_required_return - plans.base_rate,
            loss,
            rules.vendor_pass_through * self.margin * returned,
            market.parameters.credit.vendor_loan_quarters / 4,
            cloud.spread(),
            rules.vendor_discount,
            rules.vendor_floor,
        )

    def lend(self, cloud: CloudProvider, usd: float, spread: float) -> None:
        """Lend to a cloud that buys its chips, at a spread over the base rate (per year)."""
        amount = cents(usd)
        if amount > 0:
            market, quarters = self.market, self.market.parameters.credit.vendor_loan_quarters
            rules, first = market.parameters.cloud_rules, market.quarter + 1
            market.notes.issue(
                "vendor loans",
                cloud.party,
                {self.party: amount},
                evenly(amount, first, first + quarters - 1),
                rules.base_rate + market.rate_rise,
                spread,
            )
            lent = amount / 100
            self.report(
                "vendor finance",
                lent,
                "USD",
                f"lends {some_money(lent)} to {cloud.name}, which buys its chips",
            )

    def report_stake(self, lab: str, usd: float) -> None:
        """Report equity put into a lab (its name) that is a customer of its customers."""
        self.report(
            "vendor finance",
            usd,
            "USD",
            f"puts {some_money(usd)} into {lab}, which buys where it sells",
        )

    def absorption_bid_usd(self, lab: PrivateFirm) -> float:
        """Most that it pays for a lab, USD; one that finances customers may buy one."""
        return bid_usd(self, lab) if self.is_vendor else 0.0

    def planned_payout_usd(self) -> float:
        """A share of free cash flow above what it keeps, and a part of what is beyond enough, USD.

        Cash of the start counts as needed only while turnover is of a like size: no idle hoard.
        """
        rules = self.market.parameters.chipmaker_rules
        first = self.stated.cash_usd
        most = rules.idle_cash_quarters * (self.revenue_usd + self.stated.overhead_usd)
        return payout(
            self.free_cash_usd,
            self.stated.payout_share * max(0.0, self.free_cash_flow_usd),
            min(rules.cash_kept * first, most),
            max(min(rules.excess_start * first, most), rules.excess_revenue * self.revenue_usd),
            rules.excess_payout,
        )

    # --- failure and opening

    def wind_up(self, firms: Sequence[Institution]) -> None:
        """Let its customers order elsewhere, scrap the stock; then as every firm.

        Args:
            firms: every firm of the market, itself and failed ones included, in its order.
        """
        waiting = {buyer: amount for buyer, amount in self.backlog.items() if amount > 0}
        self.close_down()
        makers = {f.key: f for f in firms if isinstance(f, Chipmaker) and f.is_active}
        clouds = {f.key: f for f in firms if isinstance(f, CloudProvider) and f.is_active}
        for buyer, thousands in waiting.items():
            if buyer in clouds:
                clouds[buyer].order_chips(thousands, makers)
        ledger = self.market.ledger
        for asset in ("chip inventory", "chip capacity"):
            ledger.scrap(asset, self.party, ledger.balance(asset, None, self.party))
        super().wind_up(firms)

    def lose_customer(self, customer: str) -> None:
        """Strike the orders of a failed customer (company key); it keeps what was paid ahead."""
        self.backlog.pop(customer, None)
        ledger, party = self.market.ledger, self.market.firms[customer].party
        paid = ledger.balance("prepayments", self.party, party)
        ledger.write_off("prepayments", self.party, party, paid)

    def close_down(self) -> None:
        """Stop producing: a failed chipmaker leaves its orders undelivered."""
        self.backlog, self.vendor_offers = {}, {}
        self.expansions, self.commitments = deque(), deque()
        self.stock_thousands = self.written_down_usd = 0.0
        self.output = self.revenue_usd = self.free_cash_flow_usd = self.value_usd = 0.0

    def open_debt(self, holders: Mapping[int, int]) -> None:
        """Open its bonds, which fall due evenly.

        Args:
            holders: cents by party.
        """
        total = sum(holders.values())
        if total > 0:
            kind = self.market.parameters.credit_classes[self.credit_class]
            due = evenly(total, 0, kind.opening_quarters - 1)
            self.market.notes.open("bonds", self.party, holders, due)

    def default_probability(self) -> float:
        """Probability of default per quarter, as lenders judge it by its debt alone."""
        yearly = 4 * max(self.revenue_usd * self.margin, 1e6)
        leverage = min(20.0, self.debt_usd() / yearly)
        return default_probability(leverage, inf, PD_INTERCEPT, PD_LEVERAGE, 0.0)

    def open_order_book(self) -> None:
        """Buyers outside the model take what the stated revenue leaves after the clouds' orders."""
        clouds = sum(self.backlog.values())
        others = max(0.0, self.output - clouds)
        self.order(OTHER_BUYERS, others)
        self.other_ratio = others / clouds if clouds > 0 else 0.0
        waiting = sum(self.backlog.values())
        self.output = max(self.output, waiting)
        self.normal_backlog_quarters = waiting / self.output if waiting > 0 else 1.0
        self._open_plant(waiting)

    def _open_plant(self, sold: float) -> None:
        """Plant half worn; expansions and commitments as if orders had grown so far as stated."""
        rules = self.market.parameters.chipmaker_rules
        growth = min(rules.capacity_growth, max(0.0, self.stated.revenue_growth))
        size = self.output
        for quarter in range(len(self.expansions)):
            self.expansions[quarter] = growth * size
            size += growth * size
        for quarter in range(len(self.commitments)):
            expected = sold * (1 + self.beliefs.expected) ** quarter
            self.commitments[quarter] = rules.commitment_share * min(expected, self.output)
        cost = self.output * self.unit_cost_usd * rules.capacity_cost_quarters
        self.market.ledger.open_asset("chip capacity", self.party, cents(0.5 * cost))

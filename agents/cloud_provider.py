"""A cloud provider: builds data centres, sells compute by contract, to others and on the spot."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa

from agents.institution import Institution
from agents.rules.capacity import capacity_order, desired_capacity, expected_use, is_worth_running
from agents.rules.financing import (
    Financing,
    credit_spread,
    debt_capacity,
    default_probability,
    pecking_order,
)
from agents.rules.lab_planning import runway_quarters
from market.books.ledger import cents
from market.books.settlement import Rank
from market.events import Event
from market.host import CU_HOURS
from market.parameters.companies import CloudParameters

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Vintage:
    """Chips of one year.

    Attributes:
        year: years since the first year of the scenario; older chips are negative.
        thousands: chips in service, thousands.
        efficiency: CU per thousand chips and quarter.
        depreciation_cents: straight-line depreciation per quarter of all of them.
        label: ledger label of its data centres, made from the year.
    """

    year: int
    thousands: float
    efficiency: float
    depreciation_cents: int = 0
    label: str = field(init=False)

    def __post_init__(self) -> None:
        """Name it once: the year never changes."""
        self.label = f"vintage {self.year:+d}"

    @property
    def capacity_cu(self) -> float:
        """CU per quarter."""
        return self.thousands * self.efficiency

    def add(self, thousands: float, efficiency: float) -> None:
        """Add chips; the vintage's efficiency becomes the mean."""
        total = self.thousands + thousands
        if total > 0:
            self.efficiency = (self.capacity_cu + thousands * efficiency) / total
        self.thousands = total


@dataclass
class Pipeline:
    """Data centres under way, in thousands of chips.

    Attributes:
        sites: cohorts by the quarter of building that they have reached, youngest first.
        waiting: built, waiting for power.
        powered: connected; their chips are on order.
        delivered: chips in the racks, in service from the next quarter.
    """

    site_quarters: int
    sites: deque[float] = field(default_factory=deque)
    waiting: float = 0.0
    powered: float = 0.0
    delivered: float = 0.0

    def __post_init__(self) -> None:
        """Start with empty building sites."""
        while len(self.sites) < self.site_quarters:
            self.sites.append(0.0)

    @property
    def total(self) -> float:
        """Everything under way, thousands of chips."""
        return sum(self.sites) + self.waiting + self.powered + self.delivered

    def begin(self, thousands: float) -> None:
        """Break ground for so many chips."""
        self.sites[0] += thousands

    def advance_sites(self) -> None:
        """A quarter of building passes; finished sites wait for power."""
        self.waiting += self.sites.pop()
        self.sites.appendleft(0.0)

    def connect(self, thousands: float) -> float:
        """Connect power for at most so many chips; returns how many were connected."""
        connected = min(thousands, self.waiting)
        self.waiting -= connected
        self.powered += connected
        return connected

    def receive(self, thousands: float) -> None:
        """Chips arrive for powered sites."""
        self.powered = max(0.0, self.powered - thousands)
        self.delivered += thousands

    def commission(self) -> float:
        """Take delivered chips into service; returns how many."""
        live, self.delivered = self.delivered, 0.0
        return live


# --- a cloud provider


_PD_INTERCEPT, _PD_LEVERAGE, _PD_RUNWAY = -8.0, 0.35, 4.0
_FIRST_VINTAGES = ((0, 0.50), (-1, 0.32), (-2, 0.18))
"""Assumed split of the installed compute over the present and the two former years' chips."""
_UPFRONT = 0.5
"""Part of site cost paid on ordering; the rest on delivery of the chips."""


class CloudProvider(Institution):
    """A cloud with its parent's other business.

    Attributes:
        own: what the scenario states about it.
        vintages: chips in service by year.
        pipeline: data centres under way.
        organic_cu: compute asked for by customers that are not labs, CU per quarter.
        capex_usd: CapEx of the quarter; ``orders`` the last quarters' orders in thousands of chips.
        ambition: derived factor on planned capacity that reproduces the first quarter's CapEx.
        conviction: derived factor on project value: who invests reveals a value above the hurdle.
        utilisation: compute asked for over capacity in the quarter.
    """

    sector = "clouds"

    def __init__(self, model: mesa.Model[Any, Any], key: str, own: CloudParameters) -> None:
        """Create the cloud with the figures of the scenario; ``opening`` sets its books."""
        super().__init__(model, key, own.name, own.organic_growth)
        self.own = own
        self.vintages: dict[int, Vintage] = {}
        self.pipeline = Pipeline(self.market.parameters.compute.site_quarters)
        self.organic_cu = self.first_organic_cu = own.capacity_cu * own.organic_share
        self.base_organic_cu = self.organic_cu
        self.last_organic_cu = 0.0
        self.asked_cu = self.sold_cu = self.sold_before_cu = self.freed_cu = 0.0
        self.rpo_coverage = 0.0
        self.other_cash_usd = self.first_other_capex_usd = 0.0
        self.own_chips_due = 0.0
        self.hurdle_share = self.funded_share = 1.0
        self.share_calibration: float | None = None
        self.last_cancellation: Event | None = None
        self.capex_usd = self.last_capex_usd = own.capex_usd
        self.orders: deque[float] = deque(maxlen=5)
        self.ambition = self.conviction = 1.0
        self.utilisation = 0.0
        self.compute_revenue_usd = self.last_operating_cash_usd = 0.0
        self.organic_sold_cu = 0.0
        self.is_cutting = False
        self.last_cut: Event | None = None
        self.financing = Financing(0.0, 0.0, 0.0, 0.0, 0.0)
        self.value_usd = own.market_cap_usd
        rules = self.market.parameters.compute
        gain = 1 + rules.vintage_gain
        for year, share in _FIRST_VINTAGES:
            efficiency = gain**year
            thousands = own.capacity_cu * share / efficiency
            self.vintages[year] = Vintage(year, thousands, efficiency)

    def close_down(self) -> None:
        """Stop building and selling: a failed cloud keeps neither orders nor demand."""
        self.capex_usd = self.compute_revenue_usd = self.last_operating_cash_usd = 0.0
        self.organic_cu = self.asked_cu = self.sold_cu = self.utilisation = 0.0
        self.value_usd = 0.0
        self.orders.clear()
        self.pipeline = Pipeline(self.market.parameters.compute.site_quarters)

    # --- capacity

    @property
    def capacity_cu(self) -> float:
        """Compute in service, CU per quarter."""
        return sum(v.capacity_cu for v in self.vintages.values()) if self.is_active else 0.0

    @property
    def power_gw(self) -> float:
        """Power that its chips in service draw, GW."""
        kilowatt = self.market.parameters.compute.kilowatt_per_accelerator
        return sum(v.thousands for v in self.vintages.values()) * kilowatt / 1e3

    def new_efficiency(self) -> float:
        """CU per thousand of the chips that are sold now."""
        gain = 1 + self.market.parameters.compute.vintage_gain
        return float(gain ** (self.market.quarter / 4))

    def running_cost_usd(self) -> float:
        """Power and upkeep of a thousand chips for a quarter, USD."""
        return self.market.parameters.compute.running_cost_usd_hour * CU_HOURS

    def age(self) -> None:
        """Depreciate data centres and commission what was delivered last quarter."""
        ledger = self.market.ledger
        for vintage in self.vintages.values():
            book = ledger.balance("data centres", None, self.party, vintage.label)
            amount = min(book, vintage.depreciation_cents)
            ledger.depreciate("data centres", self.party, amount, vintage.label)
        live = self.pipeline.commission()
        if live > 0:
            year = (self.market.quarter - 1) // 4
            gain = 1 + self.market.parameters.compute.vintage_gain
            vintage = self.vintages.setdefault(year, Vintage(year, 0.0, 1.0))
            vintage.add(live, gain ** ((self.market.quarter - 1) / 4))
            life = self.market.parameters.compute.useful_life_quarters
            book = ledger.balance("data centres", None, self.party, "under construction")
            share = live / max(live + self.pipeline.total, 1e-9)
            moved = round(book * share)
            ledger.sell_asset(
                "data centres",
                self.party,
                self.party,
                moved,
                moved,
                label="under construction",
                new_label=vintage.label,
            )
            vintage.depreciation_cents += moved // life

    def retire(self) -> None:
        """Scrap vintages whose rent no longer covers power and upkeep, or all old ones."""
        rules = self.market.parameters.compute
        newest = self.market.quarter // 4
        for year, vintage in list(self.vintages.items()):
            rent = self.market.spot_price_usd * vintage.efficiency
            is_too_old = not rules.has_reuse and newest - year > 2
            if is_too_old or not is_worth_running(rent, self.running_cost_usd()):
                ledger = self.market.ledger
                book = ledger.balance("data centres", None, self.party, vintage.label)
                ledger.scrap("data centres", self.party, book, vintage.label)
                del self.vintages[year]

    # --- plans

    def weighted_contracts_cu(self, quarter: int, pay: Mapping[str, float]) -> float:
        """Contracted compute of a quarter, each contract weighted by the chance that it is paid."""
        contracts = self.market.contracts.of_cloud(self.key)
        return sum(c.scheduled_cu(quarter) * pay.get(c.lab, 1.0) for c in contracts)

    def desired_cu(self, lead: int, pay: Mapping[str, float]) -> float:
        """Capacity that expected use ``lead`` quarters ahead asks for, before ambition, CU."""
        rules = self.market.parameters
        has_plan = rules.cloud_rules.has_rpo_planning
        ahead = self.market.quarter + (lead if has_plan else 0)
        contracted = self.weighted_contracts_cu(ahead, pay)
        use = expected_use(self.organic_cu, self.beliefs.expected, lead, contracted, 1.0)
        return desired_capacity(use, rules.cloud_rules.target_utilisation)

    def wanted_order(self, lead: int, pay: Mapping[str, float]) -> float:
        """Order that capacity plans ask for, thousands of chips, before finance."""
        rules = self.market.parameters
        order = capacity_order(
            self.ambition * self.desired_cu(lead, pay),
            self.capacity_cu,
            self.pipeline.total * self.new_efficiency(),
            rules.cloud_rules.adjustment_speed,
        )
        return order / self.new_efficiency()

    def learn_from_use(self) -> None:
        """Idle capacity wears off the ambition to build beyond demand."""
        rules = self.market.parameters.cloud_rules
        if self.utilisation < rules.target_utilisation and self.ambition > 1:
            self.ambition = 1 + (self.ambition - 1) * rules.ambition_memory

    def clears_hurdle(self, project_value: float, cost: float, hurdle: float) -> float:
        """Share of its projects that are worth more than the hurdle times their cost.

        Projects differ: their values are spread evenly around the mean, so that the share falls
        smoothly from one to zero as the mean value falls through the hurdle.
        """
        spread = self.market.parameters.cloud_rules.project_spread
        ratio = self.conviction * project_value / (hurdle * cost)
        return min(1.0, max(0.0, (ratio - 1 + spread) / spread))

    def leverage(self) -> float:
        """Debt over yearly operating cash flow."""
        yearly = 4 * max(self.last_operating_cash_usd, 1e6)
        return self.debt_usd() / yearly

    def default_probability(self) -> float:
        """Probability of default per quarter, as lenders judge it."""
        burn = max(0.0, self.capex_usd - self.last_operating_cash_usd)
        runway = runway_quarters(max(0.0, self.cash_usd), burn)
        return default_probability(
            min(self.leverage(), 20.0), runway, _PD_INTERCEPT, _PD_LEVERAGE, _PD_RUNWAY
        )

    def borrowing_rate(self, base_rate: float) -> float:
        """Yearly interest on its debt."""
        rules = self.market.parameters.cloud_rules
        spread = credit_spread(rules.spread, min(self.leverage(), 10.0), rules.spread_per_leverage)
        return base_rate + spread

    def plan_finance(
        self, wanted_usd: float, weighted_rpo_usd: float, vendor_usd: float, can_borrow: bool
    ) -> float:
        """Find money for the quarter's plans in pecking order; returns the part that is financed.

        Args:
            wanted_usd: CapEx that the plans of this quarter will cost, USD.
            weighted_rpo_usd: RPO weighted by the chance of payment, USD.
            vendor_usd: credit that chipmakers offer, USD.
            can_borrow: whether the banks lend; bonds of investment-grade clouds sell anyway.

        Returns:
            Share of ``wanted_usd`` for which money was found, 0 to 1.
        """
        rules = self.market.parameters.cloud_rules
        buffer = rules.cash_buffer_quarters * self.capex_usd
        own = max(0.0, self.free_cash_usd - buffer)
        shortfall = max(0.0, buffer - self.free_cash_usd)
        need = wanted_usd + shortfall
        ebitda = 4 * max(0.0, self.last_operating_cash_usd)
        room = debt_capacity(
            ebitda, self.debt_usd() - rules.rpo_advance_rate * weighted_rpo_usd, rules.max_leverage
        )
        if not (can_borrow or self.own.is_investment_grade):
            room = 0.0
        per_quarter = max(self.capex_usd, wanted_usd)
        self.financing = pecking_order(need, own, 0.0, min(room, 2 * per_quarter), vendor_usd)
        if wanted_usd <= 0:
            return 1.0
        return max(0.0, 1.0 - max(0.0, self.financing.cut) / wanted_usd)

    def planned_payout_usd(self) -> float:
        """Dividends and buy-backs: the usual amount and a part of excess cash; none when short."""
        rules = self.market.parameters.cloud_rules
        free = self.free_cash_usd
        if free < rules.cash_buffer_quarters * self.capex_usd + self.own.payout_usd:
            return 0.0
        excess = max(0.0, free - self.own.payout_usd - 2 * self.own.cash_usd)
        return self.own.payout_usd + rules.excess_payout * excess

    # --- books

    def sell_organic(self, sold_cu: float) -> None:
        """Book compute sold to customers that are not labs of the model."""
        market = self.market
        self.organic_sold_cu = sold_cu
        usd = sold_cu * market.spot_price_usd
        market.ledger.pay(market.rest, self.party, cents(usd), "compute")
        self.compute_revenue_usd += usd

    def run(self) -> None:
        """Owe power and upkeep; book the cash of the business outside AI."""
        market = self.market
        thousands = sum(v.thousands for v in self.vintages.values())
        running = thousands * self.running_cost_usd()
        market.settlement.owe(
            self.party, market.rest, cents(running), "power and upkeep", Rank.OPERATIONS
        )
        growth = (1 + market.parameters.cloud_rules.other_growth) ** 0.25 - 1
        if self.other_cash_usd >= 0:
            market.ledger.pay(market.rest, self.party, cents(self.other_cash_usd), "other business")
        else:
            loss = cents(-self.other_cash_usd)
            market.settlement.owe(self.party, market.rest, loss, "other business", Rank.OPERATIONS)
        self.last_operating_cash_usd = self.compute_revenue_usd - running + self.other_cash_usd
        self.other_cash_usd *= 1 + growth

    def spend_on_sites(self, usd: float) -> None:
        """Buy sites, buildings and power equipment on credit of the quarter."""
        market = self.market
        market.settlement.owe_asset(
            "data centres", self.party, market.rest, cents(usd), "under construction"
        )
        self.capex_usd += usd

    def spend_on_other_plant(self, usd: float) -> None:
        """Replace plant that does not serve AI; book value stays, so it is also depreciated."""
        market = self.market
        amount = cents(usd)
        book = market.ledger.balance("data centres", None, self.party, "other plant")
        market.settlement.owe_asset("data centres", self.party, market.rest, amount, "other plant")
        market.ledger.depreciate("data centres", self.party, min(book, amount), "other plant")
        self.capex_usd += usd

    def upfront_cost_usd(self) -> float:
        """Site cost of a thousand chips that is paid on ordering, USD."""
        rules = self.market.parameters.compute
        return 1e3 * rules.accelerator_cost_usd * (1 - rules.chip_share) * _UPFRONT

    def completion_cost_usd(self) -> float:
        """Site cost of a thousand chips that is paid when they arrive, USD."""
        return self.upfront_cost_usd() / _UPFRONT * (1 - _UPFRONT)

"""A cloud provider: builds data centres, sells compute by contract, to others and on the spot."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import mesa

from agents.data_centres import BuildingOutlook, Pipeline, Vintage
from agents.listed_firm import ListedFirm
from agents.rules.capacity import capacity_order, desired_capacity, expected_use, is_worth_running
from agents.rules.financing import (
    Financing,
    credit_spread,
    debt_capacity,
    default_probability,
    pecking_order,
)
from agents.rules.lab_planning import runway_quarters
from agents.rules.own_use import budget_growth, compute_for_budget
from agents.rules.valuation import MOST_VALUE_USD
from agents.surprise import Surprise
from market.books.settlement import Rank
from market.events import Event
from market.parameters.companies import CloudParameters
from market.units import CU_HOURS, cents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.chipmaker import Chipmaker
    from agents.institution import Institution

_PD_INTERCEPT, _PD_LEVERAGE, _PD_RUNWAY = -8.0, 0.35, 4.0
_FIRST_VINTAGES = ((0, 0.50), (-1, 0.32), (-2, 0.18))
"""Assumed split of the installed compute over the present and the two former years' chips."""
_UPFRONT = 0.5
"""Part of site cost paid on ordering; the rest on delivery of the chips."""
_MAX_PARTNER_PD = 0.05
"""It signs with labs whose probability of default per quarter is not above this."""
_CONTRACT_MARGIN = 0.3
"""Part of contracted revenue that the share market counts as profit."""
_CONTRACT_QUARTERS = 20.0
"""Quarters over which the share market spreads RPO."""


class CloudProvider(ListedFirm):
    """A cloud with its parent's other business.

    Args:
        model: a model with the facilities of ``market.equip``.
        key: short name in the scenario; also the key of its random streams.
        stated: what the scenario states about it; each field has its unit and source.

    Attributes:
        stated: what the scenario states about it.
        vintages: chips in service by year.
        pipeline: data centres under way.
        organic_cu: compute asked for by customers that are not labs, CU per quarter.
        own_budget_usd: what these would spend in the quarter at the rent of the start, USD.
        demand_surprise: of the growth of that budget.
        capex_usd: CapEx of the quarter; ``orders`` the last quarters' orders in thousands of chips.
        ambition: derived factor on planned capacity that reproduces the first quarter's CapEx.
        conviction: derived factor on project value: who invests reveals a value above the hurdle.
        utilisation: compute asked for over capacity in the quarter.
    """

    sector = "clouds"

    def __init__(self, model: mesa.Model[Any, Any], key: str, stated: CloudParameters) -> None:
        """Create the cloud with the figures of the scenario; ``opening`` sets its books.

        Its RPO has a column in the contract book from now on.
        """
        super().__init__(model, key, stated.name, stated.organic_growth, stated.market_cap_usd)
        self.stated = stated
        self.market.contracts.add_cloud(key)
        self.vintages: dict[int, Vintage] = {}
        self.pipeline = Pipeline(self.market.parameters.compute.site_quarters)
        self.organic_cu = self.own_budget_usd = self.first_own_budget_usd = 0.0
        self.last_organic_cu = 0.0
        self.demand_surprise = Surprise(key, "own use")
        self.open_own_use(stated.capacity_cu * stated.organic_share)
        self.asked_cu = self.sold_cu = self.sold_before_cu = self.freed_cu = 0.0
        self.rpo_coverage = 0.0
        self.other_cash_usd = self.first_other_capex_usd = 0.0
        self.most_other_cash_usd: float | None = None
        self.own_chips_due = 0.0
        self.hurdle_share = self.funded_share = 1.0
        self.last_cancellation: Event | None = None
        self.capex_usd = self.last_capex_usd = stated.capex_usd
        self.orders: deque[float] = deque(maxlen=5)
        self.ambition = self.conviction = 1.0
        self.utilisation = 0.0
        self.compute_revenue_usd = self.last_operating_cash_usd = 0.0
        self.organic_sold_cu = 0.0
        self.is_cutting = False
        self.last_cut: Event | None = None
        self.financing = Financing(0.0, 0.0, 0.0, 0.0, 0.0)
        rules = self.market.parameters.compute
        gain = 1 + rules.vintage_gain
        for year, share in _FIRST_VINTAGES:
            efficiency = gain**year
            thousands = stated.capacity_cu * share / efficiency
            self.vintages[year] = Vintage(year, thousands, efficiency)

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
            moved = min(book, round(book * share))
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

    def plan_order(self, outlook: BuildingOutlook) -> float:
        """Data centres that it wants to begin this quarter, thousands of chips, before finance.

        A part of the gap between wanted and present capacity, smoothed with the last order; what
        is contracted is built, of the rest the projects that clear the hurdle; growth is capped.
        What this returns is ordered as far as money is found for it.
        """
        rules = self.market.parameters.cloud_rules
        before = self.orders[-1] if self.orders else 0.0
        inertia = rules.order_inertia
        order = inertia * before + (1 - inertia) * self._gap_order(outlook)
        order *= self._share_worth_building(outlook)
        most = max(self.orders, default=0.0)
        return min(order, (1 + rules.order_growth_cap) * most) if most > 0 else order

    def _gap_order(self, outlook: BuildingOutlook) -> float:
        """Order that closes a part of the gap in capacity, thousands of chips."""
        order = capacity_order(
            self.ambition * self.desired_cu(outlook.lead, outlook.pay),
            self.capacity_cu,
            self.pipeline.total * self.new_efficiency(),
            self.market.parameters.cloud_rules.adjustment_speed,
        )
        return order / self.new_efficiency()

    def _share_worth_building(self, outlook: BuildingOutlook) -> float:
        """What is contracted is built; of the rest only the projects that clear the hurdle."""
        contracted = self.weighted_contracts_cu(self.market.quarter + outlook.lead, outlook.pay)
        backed = contracted / max(contracted + self.organic_cu, 1e-9)
        self.hurdle_share = self.clears_hurdle(
            outlook.project_value_usd, outlook.project_cost_usd, outlook.hurdle
        )
        return backed + (1 - backed) * self.hurdle_share

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

    def promised_load(self, lead: int) -> float:
        """Compute promised ``lead`` quarters ahead over capacity in service and under way."""
        ahead = self.market.quarter + lead
        promised = sum(c.scheduled_cu(ahead) for c in self.market.contracts.of_cloud(self.key))
        capacity = self.capacity_cu + self.pipeline.total * self.new_efficiency()
        return (promised + self.organic_cu) / max(capacity, 1e-9)

    def accepts_lab(self, default_probability: float) -> bool:
        """Whether it signs with a lab of this probability of default per quarter."""
        return default_probability <= _MAX_PARTNER_PD

    def stake_offer_usd(self, lab: str) -> float:
        """A share of the cash that CapEx leaves, for a lab (company key) that buys from it, USD."""
        if not any(c.lab == lab for c in self.market.contracts.of_cloud(self.key)):
            return 0.0
        return self.stated.strategic_share * max(0.0, self.spendable_usd - self.capex_usd)

    # --- finance

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

    def owe_debt_service(self) -> None:
        """Owe interest on all debt and the part of it that matures."""
        market = self.market
        base = market.parameters.cloud_rules.base_rate + market.rate_rise
        rate = self.borrowing_rate(base) / 4
        self.owe_service_of("loans", Rank.SECURED, rate)
        self.owe_service_of("bonds", Rank.SENIOR, rate)
        self.owe_service_of("vendor loans", Rank.JUNIOR, rate)

    def planned_spending_usd(self, order: float, outlook: BuildingOutlook) -> float:
        """What the plans cost this quarter, USD: new sites, chips that arrive, other plant.

        A large order is financed ahead: at least half of its full cost counts at once.

        Args:
            order: data centres that it wants to begin, thousands of chips.
            outlook: what it knows of the market.
        """
        arriving = self.pipeline.powered * (self.completion_cost_usd() + outlook.chips_usd)
        at_once = order * self.upfront_cost_usd() + arriving
        in_full = order * outlook.project_cost_usd + arriving
        return max(at_once, 0.5 * in_full) + self.first_other_capex_usd

    def weighted_rpo_usd(self, pay: Mapping[str, float]) -> float:
        """Its RPO from labs, each contract weighted by the chance that it is paid, USD."""
        contracts = self.market.contracts.of_cloud(self.key)
        return sum(c.remaining_cents / 100 * pay.get(c.lab, 1.0) for c in contracts)

    def wants_vendor_credit(self) -> bool:
        """Whether it asks chipmakers for credit; investment grade borrows cheaper from others."""
        return not self.stated.is_investment_grade

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
        most = self.outside_purse_usd()  # no more is built than the world can make
        own = min(most, max(0.0, self.free_cash_usd - buffer))
        shortfall = max(0.0, buffer - self.free_cash_usd)
        need = wanted_usd + shortfall
        ebitda = 4 * max(0.0, self.last_operating_cash_usd)
        room = debt_capacity(
            ebitda, self.debt_usd() - rules.rpo_advance_rate * weighted_rpo_usd, rules.max_leverage
        )
        room = min(room, most, max(0.0, MOST_VALUE_USD - self.debt_usd()))  # nor lent on more
        if not (can_borrow or self.stated.is_investment_grade):
            room = 0.0
        per_quarter = max(self.capex_usd, wanted_usd)
        self.financing = pecking_order(need, own, 0.0, min(room, 2 * per_quarter), vendor_usd)
        if wanted_usd <= 0:
            return 1.0
        return max(0.0, 1.0 - max(0.0, self.financing.cut) / wanted_usd)

    def raise_debt(self) -> None:
        """Borrow what ``financing`` foresees: bonds of investment grade, loans of the others."""
        market, amount = self.market, cents(self.financing.bonds)
        if self.stated.is_investment_grade:
            market.ledger.issue("bonds", self.party, market.parties.rest, amount)
        else:
            market.ledger.issue("loans", self.party, market.parties.bank, amount)

    def begin_building(self, order: float) -> None:
        """Begin the part of an order (thousands of chips) that is financed; replace other plant."""
        self.last_capex_usd, self.capex_usd = self.capex_usd, 0.0
        ordered = order * self.funded_share
        self.orders.append(ordered)
        self.pipeline.begin(ordered)
        self.spend_on_sites(ordered * self.upfront_cost_usd())
        self.spend_on_other_plant(self.first_other_capex_usd * self.funded_share)

    def begins_to_cut(self) -> float | None:
        """How far orders are under their four-quarter maximum when that is a new CapEx cut.

        Returns:
            The fall, 0 to 1; None when it is no cut, or one that has been reported.
        """
        orders = list(self.orders)
        most = max(orders[:-1], default=0.0)
        fall = 1 - orders[-1] / most if most > 0 else 0.0
        was_cutting = self.is_cutting
        self.is_cutting = fall >= self.market.parameters.cloud_rules.capex_cut_ratio
        return fall if self.is_cutting and not was_cutting else None

    def report_cut(self, fall: float, causes: tuple[Event | None, ...]) -> None:
        """Report a CapEx cut with its reasons."""
        reasons = []
        if self.funded_share < 1:
            reasons.append(f"only {self.funded_share:.0%} of its plans could be financed")
        if self.hurdle_share < 1:
            reasons.append(f"only {self.hurdle_share:.0%} of uncontracted projects pay")
        if self.utilisation < self.market.parameters.cloud_rules.target_utilisation:
            reasons.append(f"{self.utilisation:.0%} of its capacity is asked for")
        reasons.append(f"demand is expected to grow {self.beliefs.expected:z.0%} a quarter")
        self.last_cut = self.report(
            "capex cut",
            100 * fall,
            "%",
            f"orders {fall:.0%} less than at its peak: {', '.join(reasons)}",
            causes,
        )

    def planned_payout_usd(self) -> float:
        """Dividends and buy-backs: the usual amount and a part of excess cash; none when short."""
        rules = self.market.parameters.cloud_rules
        free = self.free_cash_usd
        if free < rules.cash_buffer_quarters * self.capex_usd + self.stated.payout_usd:
            return 0.0
        excess = max(0.0, free - self.stated.payout_usd - 2 * self.stated.cash_usd)
        return self.stated.payout_usd + rules.excess_payout * excess

    def share_base_usd(self, trust: Mapping[str, float]) -> float:
        """Operating cash flow and a margin on contracts, as far as the labs are trusted, USD."""
        contracts = self.market.contracts.of_cloud(self.key)
        weighted = sum(c.remaining_cents / 100 * trust[c.lab] for c in contracts)
        return self.last_operating_cash_usd + _CONTRACT_MARGIN * weighted / _CONTRACT_QUARTERS

    # --- demand outside the model

    def form_expectations(self) -> None:
        """Learn how demand outside the model grew."""
        if self.last_organic_cu > 0:
            self.beliefs.observe(self.organic_cu / self.last_organic_cu - 1)

    def roll_organic_rpo(self, revenue_usd: float) -> None:
        """Customers outside the model renew: their RPO keeps its coverage of their revenue."""
        book = self.market.contracts
        if self.rpo_coverage <= 0 or revenue_usd <= 0:
            return
        delivered = min(cents(revenue_usd), cents(book.other_rpo_usd(self.key)))
        target = cents(min(self.rpo_coverage * revenue_usd, MOST_VALUE_USD))
        signed = max(0, target - cents(book.other_rpo_usd(self.key)) + delivered)
        book.roll_other(self.key, signed, delivered)

    def open_own_use(self, cu: float) -> None:
        """Open what its own customers and products use: so many CU at the rent of the start."""
        self.organic_cu = cu
        self.own_budget_usd = self.first_own_budget_usd = cu * self._first_rent_usd()

    def _first_rent_usd(self) -> float:
        """Rent of a CU at the start, USD."""
        return self.market.parameters.compute.list_price_usd_hour * CU_HOURS

    def grow_own_use(self) -> None:
        """Budgets of its own customers and products grow; what they buy depends on the rent.

        Growth fades with size and follows what is seen of labs and start-ups, with a surprise that
        lasts. The world's product limits the budgets.
        """
        market, rules = self.market, self.market.parameters.compute
        first, surprise = self.first_own_budget_usd, self.demand_surprise
        growth = budget_growth(
            self.own_budget_usd / first if first > 0 else 0.0,
            rules.own_growth + self.stated.organic_growth - rules.own_growth_stated,
            rules.own_fade,
            rules.demand_ceiling,
            market.progress_seen,
            rules.own_seen_weight,
        )
        growth += surprise.move(market, rules.demand_persistence, rules.demand_noise)
        most = max(first, self.outside_purse_usd())
        self.own_budget_usd = min(most, self.own_budget_usd * max(0.0, 1 + growth))
        self.last_organic_cu = self.organic_cu
        self.organic_cu = compute_for_budget(
            self.own_budget_usd, self._first_rent_usd(), market.spot_price_usd, rules.own_elasticity
        )

    def report_reletting(self) -> None:
        """Report freed capacity that others took over."""
        taken = min(self.freed_cu, max(0.0, self.sold_cu - self.sold_before_cu))
        if taken > 0.01 * self.capacity_cu:
            self.report(
                "capacity re-let",
                taken,
                "CU",
                f"lets {taken:,.0f} CU again that a contract had freed",
                (self.last_cancellation,),
            )
            self.freed_cu = 0.0

    # --- chips

    def order_chips(self, thousands: float, makers: Mapping[str, Chipmaker]) -> None:
        """Order chips for connected sites from its suppliers, the rest of its own design.

        Args:
            thousands: of chips.
            makers: chipmakers that take orders, by company key.
        """
        self.own_chips_due += thousands * self.stated.own_chip_share
        bought = thousands * (1 - self.stated.own_chip_share)
        suppliers = {key: part for key, part in self.stated.suppliers.items() if key in makers}
        total = sum(suppliers.values())
        if total <= 0:
            self.own_chips_due += bought
            return
        for key, part in suppliers.items():
            makers[key].order(self.key, bought * part / total)

    def receive_chips(self, seller: int, thousands: float, usd: float) -> None:
        """Take a delivery: owe a part now and the rest a quarter later, and rack the chips."""
        amount = cents(usd)
        later = int(amount * self.market.parameters.chipmaker_rules.trade_credit_share)
        self.market.settlement.owe_asset(
            "data centres", self.party, seller, amount, "under construction", later
        )
        self.capex_usd += usd
        self._rack(thousands)

    def receive_own_chips(self, chips_usd: float) -> None:
        """Take the chips of its own design, which come from outside at the price of others."""
        thousands, self.own_chips_due = self.own_chips_due, 0.0
        if thousands > 0:
            self.spend_on_sites(thousands * chips_usd)
            self._rack(thousands)

    def _rack(self, thousands: float) -> None:
        """Rack chips: the rest of the site cost is paid."""
        self.pipeline.receive(thousands)
        self.spend_on_sites(thousands * self.completion_cost_usd())

    # --- failure

    def wind_up(self, firms: Sequence[Institution]) -> None:
        """End contracts, sell data centres, pass customers on, cancel orders; then as every firm.

        Args:
            firms: every firm of the market, itself and failed ones included, in its order.
        """
        survivors = [f for f in firms if isinstance(f, CloudProvider) and f.is_active]
        book = self.market.contracts
        for contract in book.of_cloud(self.key):
            book.cancel(contract)
        book.cancel_other(self.key)
        self.sell_data_centres(survivors)
        self.pass_on_customers(survivors)
        for firm in firms:
            firm.lose_customer(self.key)
        self.close_down()
        super().wind_up(firms)

    def sell_data_centres(self, survivors: Sequence[CloudProvider]) -> None:
        """Sell the estate to the richest survivor, at a discount, if it can pay; else scrap it."""
        market, ledger = self.market, self.market.ledger
        price_share = 1 - market.parameters.default.collateral_discount
        books = {
            v.year: ledger.balance("data centres", None, self.party, v.label)
            for v in self.vintages.values()
        }
        price = int(sum(books.values()) * price_share)
        buyers = [
            c for c in survivors if c.free_cash_usd * 100 > 2 * price and c.cash_usd * 100 >= price
        ]
        buyer = max(buyers, key=lambda c: c.free_cash_usd, default=None)
        for year, vintage in self.vintages.items():
            book = books[year]
            if buyer is None:
                ledger.scrap("data centres", self.party, book, vintage.label)
                continue
            paid = int(book * price_share)
            ledger.sell_asset("data centres", self.party, buyer.party, book, paid, vintage.label)
            buyer.take_over(vintage, paid)
        self.vintages = {}
        for label in ("other plant", "under construction"):
            book = ledger.balance("data centres", None, self.party, label)
            ledger.scrap("data centres", self.party, book, label)

    def take_over(self, vintage: Vintage, paid_cents: int) -> None:
        """Run and depreciate the chips of another cloud, bought for so much."""
        own = self.vintages.setdefault(vintage.year, Vintage(vintage.year, 0.0, vintage.efficiency))
        own.add(vintage.thousands, vintage.efficiency)
        own.depreciation_cents += paid_cents // self.market.parameters.compute.useful_life_quarters

    def pass_on_customers(self, survivors: Sequence[CloudProvider]) -> None:
        """Its customers outside the model go to the survivors, by capacity."""
        capacity = sum(cloud.capacity_cu for cloud in survivors)
        for cloud in survivors:
            share = cloud.capacity_cu / capacity if capacity > 0 else 0.0
            cloud.organic_cu += share * self.organic_cu
            cloud.own_budget_usd += share * self.own_budget_usd
            cloud.first_own_budget_usd += share * self.first_own_budget_usd
            cloud.last_organic_cu += share * self.last_organic_cu

    def close_down(self) -> None:
        """Stop building and selling: a failed cloud keeps neither orders nor demand."""
        self.capex_usd = self.compute_revenue_usd = self.last_operating_cash_usd = 0.0
        self.organic_cu = self.asked_cu = self.sold_cu = self.utilisation = 0.0
        self.value_usd = 0.0
        self.orders.clear()
        self.pipeline = Pipeline(self.market.parameters.compute.site_quarters)

    # --- opening

    def open_pipeline(self, outlook: BuildingOutlook, makers: Mapping[str, Chipmaker]) -> None:
        """Open sites under construction and derive what its plans rest on.

        Derived: orders of the past, which grew like organic demand, so that the first quarter's
        CapEx is the stated one; ``conviction`` so that at the start a project is worth the stated
        multiple of its cost; ``ambition`` so that the capacity rule orders what the pipeline
        implies.

        Args:
            outlook: of the start.
            makers: chipmakers that take orders, by company key.
        """
        market, rules = self.market, self.market.parameters.cloud_rules
        growth = 1 + max(0.0, self.stated.organic_growth)
        sites = market.parameters.compute.site_quarters
        late = self.completion_cost_usd() + outlook.chips_usd
        ai_capex = self.stated.capex_usd - self.first_other_capex_usd
        first = ai_capex / (self.upfront_cost_usd() + late / growth**sites)
        self.orders.extend(first / growth**age for age in range(4, 0, -1))
        for age in range(1, sites):
            self.pipeline.sites[age] = first / growth**age
        self.pipeline.powered = first / growth**sites
        self.order_chips(self.pipeline.powered, makers)
        value, cost = outlook.project_value_usd, outlook.project_cost_usd
        if value > 0:
            self.conviction = rules.project_value_ratio * cost / value
        built = self._share_worth_building(outlook)
        self.hurdle_share = 1.0
        carried = rules.order_inertia * first / growth
        target = max(0.0, first / max(built, 1e-9) - carried) / (1 - rules.order_inertia)
        plain = self.capacity_cu + self.pipeline.total * self.new_efficiency()
        wanted = target * self.new_efficiency() / rules.adjustment_speed + plain
        ahead = self.desired_cu(outlook.lead, outlook.pay)
        self.ambition = wanted / ahead if ahead > 0 else 0.0
        total = self.pipeline.total * self.upfront_cost_usd()
        market.ledger.open_asset("data centres", self.party, cents(total), "under construction")

    # --- books

    def open_debt(self) -> None:
        """Open its debt: bonds of investment grade, bank loans of the others."""
        market, debt = self.market, cents(self.stated.debt_usd)
        if self.stated.is_investment_grade:
            market.ledger.open_position("bonds", self.party, market.parties.rest, debt)
        else:
            market.ledger.open_position("loans", self.party, market.parties.bank, debt)

    def sell_organic(self, sold_cu: float) -> None:
        """Book compute sold to customers that are not labs of the model, as far as they can pay."""
        market = self.market
        self.organic_sold_cu = sold_cu
        usd = min(sold_cu * market.spot_price_usd, self.outside_purse_usd())
        market.ledger.pay(market.parties.rest, self.party, cents(usd), "compute")
        self.compute_revenue_usd += usd

    def run(self) -> None:
        """Owe power and upkeep; book the cash of the business outside AI."""
        market = self.market
        thousands = sum(v.thousands for v in self.vintages.values())
        running = thousands * self.running_cost_usd()
        market.settlement.owe(
            self.party, market.parties.rest, cents(running), "power and upkeep", Rank.OPERATIONS
        )
        growth = (1 + market.parameters.cloud_rules.other_growth) ** 0.25 - 1
        if self.other_cash_usd >= 0:
            market.ledger.pay(
                market.parties.rest, self.party, cents(self.other_cash_usd), "other business"
            )
        else:
            loss = cents(-self.other_cash_usd)
            market.settlement.owe(
                self.party, market.parties.rest, loss, "other business", Rank.OPERATIONS
            )
        self.last_operating_cash_usd = self.compute_revenue_usd - running + self.other_cash_usd
        self._grow_other_business(growth)

    def _grow_other_business(self, growth: float) -> None:
        """Business outside AI grows, until it is its part of the world's product.

        A gain or a loss that was larger from the start stays what it was.
        """
        if self.most_other_cash_usd is None:
            self.most_other_cash_usd = max(self.outside_purse_usd(), abs(self.other_cash_usd))
        most = self.most_other_cash_usd
        self.other_cash_usd = min(most, max(-most, self.other_cash_usd * (1 + growth)))

    def spend_on_sites(self, usd: float) -> None:
        """Buy sites, buildings and power equipment on credit of the quarter."""
        market = self.market
        market.settlement.owe_asset(
            "data centres", self.party, market.parties.rest, cents(usd), "under construction"
        )
        self.capex_usd += usd

    def spend_on_other_plant(self, usd: float) -> None:
        """Replace plant that does not serve AI; book value stays, so it is also depreciated."""
        market = self.market
        amount = cents(usd)
        book = market.ledger.balance("data centres", None, self.party, "other plant")
        market.settlement.owe_asset(
            "data centres", self.party, market.parties.rest, amount, "other plant"
        )
        market.ledger.depreciate("data centres", self.party, min(book, amount), "other plant")
        self.capex_usd += usd

    def upfront_cost_usd(self) -> float:
        """Site cost of a thousand chips that is paid on ordering, USD."""
        rules = self.market.parameters.compute
        return 1e3 * rules.accelerator_cost_usd * (1 - rules.chip_share) * _UPFRONT

    def completion_cost_usd(self) -> float:
        """Site cost of a thousand chips that is paid when they arrive, USD."""
        return self.upfront_cost_usd() / _UPFRONT * (1 - _UPFRONT)

"""A cloud provider: builds data centres, sells compute by contract, to others and on the spot."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import mesa

from agents.absorption import bid_usd
from agents.data_centres import (
    ANYWHERE,
    BuildingOutlook,
    Pipeline,
    RentExperience,
    Vintage,
    region_shares,
)
from agents.estate import Estate
from agents.estate_parts import (
    Bid,
    Slice,
    hand_over_contracts,
    hand_over_customers,
    planned_use_cu,
    security_cents,
    sell_parts,
    temper_ambition,
)
from agents.listed_firm import PD_INTERCEPT, PD_LEVERAGE, ListedFirm
from agents.rules.capacity import (
    ambition_kept,
    capacity_order,
    desired_capacity,
    expected_use,
    is_worth_running,
    promised_use,
    wanted_at_user_cost,
)
from agents.rules.credit import Lent, covenant_room, shared_out
from agents.rules.demand import budget_growth
from agents.rules.financing import (
    Financing,
    Means,
    asked_credit,
    debt_capacity,
    default_probability,
    money_found,
    payout,
)
from agents.rules.hardware import (
    failure_share,
    kilowatt_of,
    share_with_power,
    surprise_factor,
)
from agents.rules.lab_planning import runway_quarters
from agents.rules.valuation import MOST_VALUE_USD, answer_to_value
from agents.surprise import Surprise
from market.books.notes import BUCKET, evenly, stated_ladder
from market.books.settlement import Rank
from market.events import Event
from market.parameters.companies import CloudParameters
from market.units import CU_HOURS, cents, some_money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.chipmaker import Chipmaker
    from agents.institution import Institution
    from agents.private_firm import PrivateFirm

_PD_RUNWAY = 4.0
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
        organic_cu: compute asked for by its own customers and products, CU per quarter.
        startup_cu: compute that start-ups asked it for, CU per quarter.
        freed_slots: places with power and shell whose chips are gone, thousands of chips.
        refill_thousands: chips that it plans to put into such places in this quarter.
        failed_thousands: chips that died in the quarter.
        refresh_capex_usd: part of CapEx that is chips for such places.
        site_capex_usd: part of CapEx that is for new AI sites; ``site_chips_usd`` chips in it.
        capex_usd: CapEx of the quarter; ``orders`` the last quarters' orders in thousands of chips.
        ambition: derived factor on planned capacity that reproduces the first quarter's CapEx.
        planned_growth: growth of use on which plans rest, per quarter: a slow mean of beliefs.
        conviction: derived factor on project value: who invests reveals a value above the hurdle.
        first_worth: value of a project over hurdle and cost at the start, at reference rates.
        rents: its experience with rents that it expected.
        pace: how fast it builds in the quarter what it has begun; 1 when all goes to plan.
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
        self.pipeline = self._no_sites()
        self.freed_slots = self.refill_thousands = self.failed_thousands = 0.0
        self.refresh_capex_usd = self.site_capex_usd = self.site_chips_usd = 0.0
        self.organic_cu = self.first_organic_cu = stated.capacity_cu * stated.organic_share
        self.base_organic_cu = self.organic_cu
        self.last_organic_cu = 0.0
        self.startup_cu = self.last_startup_cu = 0.0
        self.demand_surprise = Surprise(key, "own use")
        self.pace_surprise, self.pace = Surprise(key, "pace of building"), 1.0
        self.asked_cu = self.sold_cu = self.sold_before_cu = self.freed_cu = 0.0
        self.rpo_coverage = 0.0
        self.other_cash_usd = self.first_other_cash_usd = self.first_other_capex_usd = 0.0
        self.most_other_cash_usd: float | None = None
        self.own_chips_due = 0.0
        self.hurdle_share = self.funded_share = 1.0
        self.last_cancellation: Event | None = None
        self.capex_usd = self.last_capex_usd = stated.capex_usd
        self.orders: deque[float] = deque(maxlen=5)
        self.planned_growth = self.beliefs.expected
        self.ambition = self.conviction = 1.0
        self.first_worth = 0.0
        self.rents = RentExperience()
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
        return sum([v.capacity_cu for v in self.vintages.values()]) if self.is_serving else 0.0

    @property
    def is_serving(self) -> bool:
        """Whether it delivers compute: it is active, or its creditors run its data centres."""
        return self.is_active or self.is_in_administration

    @property
    def power_gw(self) -> float:
        """Power that its chips in service draw, GW."""
        rules = self.market.parameters.compute
        first, fall = rules.kilowatt_per_accelerator, rules.kilowatt_fall
        return sum(
            v.thousands * kilowatt_of(first, fall, v.year) / 1e3 for v in self.vintages.values()
        )

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
                self.free_slots(vintage.thousands)
                del self.vintages[year]

    @property
    def outside_cu(self) -> float:
        """Compute asked for without contracts of labs, CU per quarter."""
        return self.organic_cu + self.startup_cu

    def lose_failed_chips(self) -> None:
        """Scrap the chips that die in the quarter, the expected part of each year's chips."""
        rules, ledger = self.market.parameters.compute, self.market.ledger
        self.failed_thousands = 0.0
        for vintage in self.vintages.values():
            age = self.market.quarter - 4 * vintage.year
            share = failure_share(age, rules.failure_rate, rules.wear_rate, rules.wear_quarters)
            if share > 0:
                book = ledger.balance("data centres", None, self.party, vintage.label)
                ledger.scrap("data centres", self.party, int(book * share), vintage.label)
                self.failed_thousands += vintage.lose(share)
        self.free_slots(self.failed_thousands)

    def free_slots(self, thousands: float) -> None:
        """Keep power and shell of chips that are gone."""
        self.freed_slots += thousands

    # --- plans

    def weighted_contracts_cu(self, quarter: int, pay: Mapping[str, float]) -> float:
        """Contracted compute of a quarter, each contract weighted by the chance that it is paid."""
        contracts = self.market.contracts.of_cloud(self.key)
        return sum([c.scheduled_cu(quarter) * pay.get(c.lab, 1.0) for c in contracts])

    def desired_cu(self, lead: int, pay: Mapping[str, float]) -> float:
        """Capacity that expected use ``lead`` quarters ahead asks for, before ambition, CU."""
        rules = self.market.parameters
        has_plan = rules.cloud_rules.has_rpo_planning
        ahead = self.market.quarter + (lead if has_plan else 0)
        contracted = self.weighted_contracts_cu(ahead, pay)
        use = expected_use(self.outside_cu, self.planned_growth, lead, contracted, 1.0)
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
        speed = self.market.parameters.cloud_rules.adjustment_speed
        return self._order_at(outlook, speed, self.refill_thousands)

    def _order_at(self, outlook: BuildingOutlook, speed: float, refills: float = 0.0) -> float:
        """Order that closes this part of the gap, thousands of chips; refills are under way."""
        efficiency = self.new_efficiency()
        order = capacity_order(
            self.ambition * self.desired_cu(outlook.lead, outlook.pay) * self._wanted_at(outlook),
            self.capacity_cu,
            (self.pipeline.total + refills) * efficiency,
            speed,
        )
        return order / efficiency

    def plan_refresh(self, outlook: BuildingOutlook) -> float:
        """Places with power and shell that it wants to fill with new chips, in thousands of them.

        As many as close the gap in capacity, since they need neither site nor power, at the speed
        of its crews; of those without contract, the part that clears the hurdle at the cost of the
        chips alone. What this returns is ordered as far as money is found for it.
        """
        most = self.market.parameters.cloud_rules.refresh_speed * self.freed_slots
        if most <= 0:
            return 0.0
        backed = self._backed_share(outlook)
        paying = self.clears_hurdle(outlook.project_value_usd, outlook.chips_usd, outlook.hurdle)
        wanted = self._order_at(outlook, 1.0) * (backed + (1 - backed) * paying)
        return min(most, wanted)

    def fit_to_power(self, order: float, power_in_use: float) -> float:
        """Part of an order (thousands of chips) that it begins when power is short.

        Args:
            order: data centres that it wants to begin.
            power_in_use: power that all sites under way need over the power in sight.
        """
        return order * share_with_power(power_in_use)

    def _wanted_at(self, outlook: BuildingOutlook) -> float:
        """Factor on wanted capacity: beyond contracts it answers to value over cost."""
        elasticity = self.market.parameters.cloud_rules.user_cost_elasticity
        backed = self._backed_share(outlook)
        wanted = wanted_at_user_cost(outlook.worth, self.first_worth, elasticity)
        return backed + (1 - backed) * wanted

    def _backed_share(self, outlook: BuildingOutlook) -> float:
        """Part of expected use that contracts stand behind."""
        contracted = self.weighted_contracts_cu(self.market.quarter + outlook.lead, outlook.pay)
        return contracted / max(contracted + self.outside_cu, 1e-9)

    def _share_worth_building(self, outlook: BuildingOutlook) -> float:
        """What is contracted is built; of the rest only the projects that clear the hurdle."""
        backed = self._backed_share(outlook)
        self.hurdle_share = self.clears_hurdle(
            outlook.project_value_usd, outlook.project_cost_usd, outlook.hurdle
        )
        return backed + (1 - backed) * self.hurdle_share

    def review_growth(self) -> None:
        """Plan on a slow mean of expected growth: not every surprise lasts until delivery."""
        memory = self.market.parameters.cloud_rules.growth_memory
        self.planned_growth += (1 - memory) * (self.beliefs.expected - self.planned_growth)

    def meet_delays(self) -> None:
        """Learn how fast it builds in this quarter: sites, and plant outside AI."""
        rules = self.market.parameters.cloud_rules
        persistence, size = rules.pace_persistence, rules.pace_noise
        self.pace_surprise.move(self.market, persistence, size)
        quarters = self.market.quarter + 1
        self.pace = surprise_factor(self.pace_surprise.value, persistence, size, quarters)

    def learn_from_use(self) -> None:
        """Idle capacity wears off the ambition to build beyond demand."""
        rules = self.market.parameters.cloud_rules
        if self.ambition > 1:
            kept = ambition_kept(self.utilisation, rules.target_utilisation, rules.ambition_memory)
            self.ambition = 1 + (self.ambition - 1) * kept

    def learn_from_rents(self, outlook: BuildingOutlook) -> None:
        """Compare the rent with what was expected of it when the sites delivered now were begun."""
        memory = self.market.parameters.cloud_rules.discipline_memory
        self.rents.observe(
            self.market.spot_price_usd, outlook.expected_rent_usd, outlook.lead, memory
        )

    def conviction_now(self) -> float:
        """Conviction of the start, moved by its share price and by its experience with rents."""
        strength = self.market.parameters.cloud_rules.discipline
        price = answer_to_value(self.value_usd, self.usual_value_usd, strength)
        return float(self.conviction * price * self.rents.experience**strength)

    def clears_hurdle(self, project_value: float, cost: float, hurdle: float) -> float:
        """Share of its projects that are worth more than the hurdle times their cost.

        Projects differ: their values are spread evenly around the mean, so that the share falls
        smoothly from one to zero as the mean value falls through the hurdle.
        """
        spread = self.market.parameters.cloud_rules.project_spread
        ratio = self.conviction_now() * project_value / (hurdle * cost)
        return min(1.0, max(0.0, (ratio - 1 + spread) / spread))

    def promised_load(self, lead: int) -> float:
        """Compute promised ``lead`` quarters ahead over capacity in service and under way."""
        ahead = self.market.quarter + lead
        promised = sum(c.scheduled_cu(ahead) for c in self.market.contracts.of_cloud(self.key))
        capacity = self.capacity_cu + self.pipeline.total * self.new_efficiency()
        return (promised + self.outside_cu) / max(capacity, 1e-9)

    def accepts_lab(self, default_probability: float) -> bool:
        """Whether it signs with a lab of this probability of default per quarter."""
        return default_probability <= _MAX_PARTNER_PD

    def stake_offer_usd(self, lab: str) -> float:
        """A share of the cash that CapEx leaves, for a lab (company key) that buys from it, USD."""
        if not any(c.lab == lab for c in self.market.contracts.of_cloud(self.key)):
            return 0.0
        return self.stated.strategic_share * max(0.0, self.spendable_usd - self.capex_usd)

    def absorption_bid_usd(self, lab: PrivateFirm) -> float:
        """Most that it pays for a lab, USD: it would save its margin on the lab's contracts."""
        promised = self.market.contracts.rpo_usd(lab=lab.key, cloud=self.key)
        return bid_usd(self, lab, _CONTRACT_MARGIN * promised)

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
            min(self.leverage(), 20.0), runway, PD_INTERCEPT, PD_LEVERAGE, _PD_RUNWAY
        )

    @property
    def credit_class(self) -> str:
        """Kind of issuer that it is to lenders."""
        return "ig" if self.stated.is_investment_grade else "hy"

    def spread(self) -> float:
        """Spread over the base rate at which it borrows now, per year."""
        kind = self.market.parameters.credit_classes[self.credit_class]
        return self.market.quotes.spreads.get(self.key, kind.base_spread)

    def planned_spending_usd(self, order: float, outlook: BuildingOutlook) -> float:
        """What the plans cost this quarter, USD: new sites, chips for them and others, other plant.

        A large order is financed ahead: at least half of its full cost counts at once.

        Args:
            order: data centres that it wants to begin, thousands of chips.
            outlook: what it knows of the market.
        """
        refills = (self.pipeline.refilling + self.refill_thousands) * outlook.chips_usd
        arriving = self.pipeline.powered * (self.completion_cost_usd() + outlook.chips_usd)
        paid = self.market.ledger.assets(self.party, "prepayments") / 100
        arriving = max(0.0, arriving + refills - paid)
        at_once = order * self.upfront_cost_usd() + arriving
        in_full = order * outlook.project_cost_usd + arriving
        return max(at_once, 0.5 * in_full) + self.other_capex_usd()

    def other_capex_usd(self) -> float:
        """CapEx outside AI, USD: it moves with the cash of that business, its means, and its pace.

        Where that business earned nothing at the start its CapEx stays what it was.
        """
        if self.first_other_cash_usd <= 0:
            return self.first_other_capex_usd * self.pace
        means = max(0.0, self.other_cash_usd / self.first_other_cash_usd)
        return self.first_other_capex_usd * means * self.pace

    def weighted_rpo_usd(self, pay: Mapping[str, float]) -> float:
        """Its RPO from labs, each contract weighted by the chance that it is paid, USD.

        What its own lab has contracted is no RPO: nobody lends on it.
        """
        contracts = [c for c in self.market.contracts.of_cloud(self.key) if not c.is_internal]
        return sum(c.remaining_cents / 100 * pay.get(c.lab, 1.0) for c in contracts)

    def wants_vendor_credit(self) -> bool:
        """Whether it asks chipmakers for credit: each cloud does, and takes what is cheaper."""
        return True

    def chips_to_come(self, maker: str) -> float:
        """Thousands of chips that it is to get from a chipmaker (company key) soon."""
        suppliers = self.stated.suppliers
        total, due = sum(suppliers.values()), self.pipeline.powered + self.pipeline.refilling
        part = suppliers.get(maker, 0.0) / total if total > 0 else 0.0
        return part * (1 - self.stated.own_chip_share) * due

    def most_spread(self) -> float:
        """Spread over which it borrows nothing, per year."""
        return self.market.parameters.credit_classes[self.credit_class].most_spread

    def falls_due_usd(self) -> float:
        """Debt that falls due in this quarter, USD."""
        notes = self.market.notes.of_issuer(self.party).values()
        return sum(ladder.called for ladder in notes) / 100

    def asked_credit_usd(
        self, wanted_usd: float, weighted_rpo_usd: float, cheap_usd: float = 0.0
    ) -> float:
        """Debt that it asks lenders for, for the quarter's plans, USD; see ``plan_finance``."""
        return asked_credit(self._means(wanted_usd, weighted_rpo_usd), cheap_usd)

    def plan_finance(
        self,
        wanted_usd: float,
        weighted_rpo_usd: float,
        vendor_usd: float,
        filled: float = 1.0,
        cheap_usd: float = 0.0,
    ) -> float:
        """Find money for the quarter's plans in pecking order; returns the part that is financed.

        First own cash beyond what it keeps, then vendors that ask less than other lenders, then
        debt, then dearer vendors; last the cash it keeps, down to what falls due soon.

        Args:
            wanted_usd: CapEx that the plans of this quarter will cost, USD.
            weighted_rpo_usd: RPO weighted by the chance of payment, USD.
            vendor_usd: credit that chipmakers offer for more than lenders ask, USD.
            filled: part of the debt that it asked for (``asked_credit_usd``) which lenders take.
            cheap_usd: credit that chipmakers offer for less than lenders ask, USD.

        Returns:
            Share of ``wanted_usd`` for which money was found, 0 to 1.
        """
        means = self._means(wanted_usd, weighted_rpo_usd)
        self.financing = money_found(means, filled, vendor_usd, cheap_usd)
        if wanted_usd <= 0:
            return 1.0
        return max(0.0, 1.0 - max(0.0, self.financing.cut) / wanted_usd)

    def _means(self, wanted_usd: float, weighted_rpo_usd: float) -> Means:
        """What the plans of the quarter need, and what there is for them; arguments as above.

        Free cash is net of what falls due, so debt that matures is asked for anew; the covenants
        bind what comes on top of it.
        """
        rules = self.market.parameters.cloud_rules
        free, buffer, kept = self.free_cash_usd, self._cash_buffer_usd(), self._cash_kept_usd()
        most = self.outside_purse_usd()  # no more is built than the world can make
        ebitda = 4 * max(0.0, self.last_operating_cash_usd)
        room = debt_capacity(
            ebitda, self.debt_usd() - rules.rpo_advance_rate * weighted_rpo_usd, rules.max_leverage
        )
        room = min(room, self._covenant_room_usd(ebitda, room)) + self.falls_due_usd()
        room = min(room, most, max(0.0, MOST_VALUE_USD - self.debt_usd()))  # nor lent on more
        own = max(0.0, free - kept)
        return Means(
            need=wanted_usd + max(0.0, buffer - free),
            own=min(most, own),
            room=min(room, 2 * max(self.capex_usd, wanted_usd) + self.falls_due_usd()),
            reserve=min(most, max(0.0, free - buffer - own)),
        )

    def _covenant_room_usd(self, ebitda_usd: float, most_usd: float) -> float:
        """Debt that it can add while yearly operating cash covers interest as lenders ask, USD."""
        market, rules = self.market, self.market.parameters
        base = rules.cloud_rules.base_rate + market.rate_rise
        interest = market.notes.yearly_interest_cents(self.party, base) / 100
        coverage, rate = rules.credit.least_coverage, base + self.spread()
        return covenant_room(ebitda_usd, interest, coverage, rate, most_usd)

    def _cash_buffer_usd(self) -> float:
        """Cash that no plan may spend, for what falls due, USD."""
        return self.market.parameters.cloud_rules.cash_buffer_quarters * self.capex_usd

    def _cash_kept_usd(self) -> float:
        """Cash that it keeps while it can borrow, USD."""
        kept = self.market.parameters.cloud_rules.cash_kept * self.stated.cash_usd
        return max(kept, self._cash_buffer_usd())

    def raise_debt(self, lent: Sequence[Lent] = ()) -> None:
        """Borrow what ``financing`` foresees, from those who have money for it.

        Args:
            lent: what lenders have for it; without a market the rest of the economy lends.
        """
        market, quarter = self.market, self.market.quarter
        amount = int(100 * self.financing.bonds)  # lenders have no cent more
        if lent:
            amount = min(amount, int(100 * sum(part.usd for part in lent)))
        kind = market.parameters.credit_classes[self.credit_class]
        base = market.parameters.cloud_rules.base_rate + market.rate_rise
        sold = shared_out(amount, lent or (Lent(market.parties.rest, "bonds", 1.0),))
        for instrument, holders in sold.items():
            total = sum(holders.values())
            due = evenly(total, quarter + kind.tenor_from, quarter + kind.tenor_to, BUCKET)
            is_floating, spread = instrument == "loans", self.spread()
            market.notes.issue(
                instrument, self.party, holders, due, base, spread, is_floating=is_floating
            )

    def begin_building(self, order: float) -> None:
        """Begin the part of an order (thousands of chips) that is financed; replace other plant."""
        self.last_capex_usd, self.capex_usd = self.capex_usd, 0.0
        self.refresh_capex_usd = self.site_capex_usd = self.site_chips_usd = 0.0
        ordered = order * self.funded_share
        self.orders.append(ordered)
        self.pipeline.begin(ordered)
        upfront = ordered * self.upfront_cost_usd()
        self.spend_on_sites(upfront)
        self.site_capex_usd += upfront
        self.spend_on_other_plant(self.other_capex_usd() * self.funded_share)

    def begin_refresh(self, makers: Mapping[str, Chipmaker]) -> None:
        """Order chips for the places that it wants to refill, as far as they are financed.

        Args:
            makers: chipmakers that take orders, by company key.
        """
        thousands = min(self.freed_slots, self.refill_thousands * self.funded_share)
        self.refill_thousands = 0.0
        if thousands > 0:
            self.freed_slots -= thousands
            self.pipeline.refill(thousands)
            self.order_chips(thousands, makers)

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
        """Dividends and buy-backs: the usual amount and a part of excess cash, USD.

        They give way before CapEx: none while plans are cut for want of money, and none from the
        cash that it keeps.
        """
        rules = self.market.parameters.cloud_rules
        if self.funded_share < 1:
            return 0.0
        enough = max(rules.excess_start * self.stated.cash_usd, rules.excess_capex * self.capex_usd)
        return payout(
            self.free_cash_usd,
            self.stated.payout_usd,
            self._cash_kept_usd(),
            enough,
            rules.excess_payout,
        )

    def share_base_usd(self, trust: Mapping[str, float]) -> float:
        """Operating cash flow and a margin on contracts, as far as the labs are trusted, USD."""
        contracts = self.market.contracts.of_cloud(self.key)
        weighted = sum(c.remaining_cents / 100 * trust[c.lab] for c in contracts)
        return self.last_operating_cash_usd + _CONTRACT_MARGIN * weighted / _CONTRACT_QUARTERS

    # --- demand outside the model

    def count_startups(self, asked_cu: float, growth: float | None) -> None:
        """Take note of what start-ups ask for, CU; what they asked before is taken like for like.

        Start-ups that move from one cloud to another are no growth of use.

        Args:
            asked_cu: of this cloud.
            growth: of what they ask of all clouds, 0.1 = 10% more than a quarter ago; None when
                that is not known: then it is taken to be what is expected of use.
        """
        growth = self.beliefs.expected if growth is None else growth
        self.last_startup_cu = asked_cu / (1 + growth) if growth > -1 else self.startup_cu
        self.startup_cu = asked_cu

    def form_expectations(self) -> None:
        """Learn how demand outside the model grew."""
        before = self.last_organic_cu + self.last_startup_cu
        if self.last_organic_cu > 0:
            self.beliefs.observe(self.outside_cu / before - 1)

    def roll_organic_rpo(self, revenue_usd: float) -> None:
        """Customers outside the model renew for the use that they expect ahead."""
        book = self.market.contracts
        quarters = self.market.parameters.cloud_rules.renewal_quarters
        coverage = self.rpo_coverage * promised_use(
            self.beliefs.expected, self.stated.organic_growth, quarters
        )
        if self.rpo_coverage <= 0 or revenue_usd <= 0:
            return
        delivered = min(cents(revenue_usd), cents(book.other_rpo_usd(self.key)))
        target = cents(min(coverage * revenue_usd, MOST_VALUE_USD))
        signed = max(0, target - cents(book.other_rpo_usd(self.key)) + delivered)
        book.roll_other(self.key, signed, delivered)

    def grow_own_use(self, seen: float) -> None:
        """Budgets of its own customers grow with what they see and by chance; the rent does more.

        Args:
            seen: progress that customers see, over that of the start.
        """
        market, rules = self.market, self.market.parameters.compute
        size = self.base_organic_cu / self.first_organic_cu if self.first_organic_cu > 0 else 1.0
        growth = budget_growth(
            rules.budget_growth_share * self.stated.organic_growth,
            size,
            rules.demand_fade,
            rules.demand_ceiling,
            rules.demand_seen_weight,
            seen,
        )
        growth += self.demand_surprise.move(market, rules.demand_persistence, rules.demand_noise)
        most = self.outside_purse_usd() / market.spot_price_usd
        self.base_organic_cu *= max(0.0, 1 + growth)
        first = rules.list_price_usd_hour * CU_HOURS
        cheaper = (first / market.spot_price_usd) ** rules.demand_elasticity
        self.last_organic_cu = self.organic_cu
        self.base_organic_cu = min(self.base_organic_cu, most / cheaper)
        self.organic_cu = self.base_organic_cu * cheaper

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

    def pay_advances(self, makers: Mapping[str, Chipmaker]) -> None:
        """Pay in advance what booked-out chipmakers ask, out of half of what it can spend.

        Args:
            makers: chipmakers that take orders, by company key.
        """
        asked = {key: maker.advance_asked_usd(self) for key, maker in makers.items()}
        total = sum(asked.values())
        if total <= 0:
            return
        share = min(1.0, 0.5 * self.spendable_usd / total)
        for key, usd in asked.items():
            self.market.ledger.issue(
                "prepayments", makers[key].party, self.party, int(100 * usd * share)
            )

    def receive_chips(
        self, seller: int, thousands: float, usd: float, advance_cents: int = 0
    ) -> None:
        """Take a delivery: use the advance, owe a part now, the rest later, and rack the chips.

        Args:
            seller: party of the chipmaker.
            thousands: of chips.
            usd: the bill.
            advance_cents: part of the bill that was paid in advance.
        """
        paid = min(cents(usd), advance_cents)
        amount = cents(usd) - paid
        self.market.ledger.deliver_prepaid(
            "data centres", seller, self.party, paid, label="under construction"
        )
        later = int(amount * self.market.parameters.chipmaker_rules.trade_credit_share)
        self.market.settlement.owe_asset(
            "data centres", self.party, seller, amount, "under construction", later
        )
        self.capex_usd += usd
        self._rack(thousands, usd)

    def receive_own_chips(self, chips_usd: float) -> None:
        """Take the chips of its own design, which come from outside at the price of others."""
        thousands, self.own_chips_due = self.own_chips_due, 0.0
        if thousands > 0:
            usd = thousands * chips_usd
            self.spend_on_sites(usd)
            self._rack(thousands, usd)

    def _rack(self, thousands: float, usd: float) -> None:
        """Rack chips that cost so much: for new sites, the rest of the site cost is paid."""
        new = self.pipeline.receive(thousands)
        share = new / thousands if thousands > 0 else 1.0
        rest = new * self.completion_cost_usd()
        self.spend_on_sites(rest)
        self.refresh_capex_usd += (1 - share) * usd
        self.site_chips_usd += share * usd
        self.site_capex_usd += share * usd + rest

    # --- failure

    def wind_up(self, firms: Sequence[Institution]) -> None:
        """Stop building and cancel orders; let creditors run what works; then as every firm.

        Contracts and own customers are served as long as its creditors run its data centres. When
        they fall short themselves, everything stops.

        Args:
            firms: every firm of the market, itself and failed ones included, in its order.
        """
        for firm in firms:
            firm.lose_customer(self.key)
        is_over, self.estate = self.is_in_administration, None
        if is_over or not (self.vintages or self.pipeline.delivered):
            self.shut_down()
        else:
            self.stop_building()
            self.estate = Estate(self)
        super().wind_up(firms)

    def stop_building(self) -> None:
        """Give up what is not in the racks, and the business outside AI with its plant."""
        under_way = self.pipeline
        lost = 1 - under_way.delivered / under_way.total if under_way.total > 0 else 1.0
        self._scrap("under construction", lost)
        self._scrap("other plant")
        self.pipeline = self._no_sites()
        self.pipeline.delivered = under_way.delivered
        self._plan_nothing()

    def _scrap(self, label: str, share: float = 1.0) -> None:
        ledger = self.market.ledger
        book = ledger.balance("data centres", None, self.party, label)
        ledger.scrap("data centres", self.party, min(book, round(book * share)), label)

    def _plan_nothing(self) -> None:
        self.capex_usd = self.value_usd = self.other_cash_usd = self.own_chips_due = 0.0
        self.freed_slots = self.refill_thousands = 0.0
        self.refresh_capex_usd = self.site_capex_usd = self.site_chips_usd = 0.0
        self.orders.clear()

    def shut_down(self) -> None:
        """End all contracts, scrap what is left, and keep neither customers nor capacity."""
        book = self.market.contracts
        for contract in book.of_cloud(self.key):
            book.cancel(contract)
        book.cancel_other(self.key)
        for vintage in self.vintages.values():
            self._scrap(vintage.label)
        self._scrap("under construction")
        self._scrap("other plant")
        self.vintages = {}
        self.pipeline = self._no_sites()
        self._plan_nothing()
        self.compute_revenue_usd = self.last_operating_cash_usd = 0.0
        self.organic_cu = self.base_organic_cu = self.last_organic_cu = 0.0
        self.startup_cu = self.last_startup_cu = 0.0
        self.asked_cu = self.sold_cu = self.utilisation = 0.0

    def is_estate_over(self) -> bool:
        """Whether nothing is left that works."""
        has_time = self.market.parameters.default.has_administration
        return not (has_time and (self.vintages or self.pipeline.delivered))

    def plant_worth_cents(self) -> int:
        """What its creditors count on: see ``estate_parts.security_cents``."""
        return security_cents(self)

    def reserve_cents(self) -> int:
        """Power and upkeep of a quarter of all chips in service."""
        thousands = sum(v.thousands for v in self.vintages.values())
        return cents(thousands * self.running_cost_usd())

    def estate_bid_usd(self) -> float:
        """Money that it puts into data centres of failed clouds in a quarter, USD.

        A part of the cash beyond what it keeps back for its own CapEx.
        """
        rules = self.market.parameters
        spare = self.spendable_usd - rules.cloud_rules.cash_buffer_quarters * self.capex_usd
        return rules.default.estate_purchase_share * max(0.0, spare)

    def sell_data_centres(self, bids: Sequence[Bid]) -> None:
        """Sell parts of its data centres, as a failed cloud, with their customers and contracts.

        Args:
            bids: what each survivor can pay this quarter.
        """
        slices = sell_parts(self, bids)
        if not slices:
            return
        before = [planned_use_cu(part.buyer) for part in slices]
        self.pass_on_contracts(slices)
        self.pass_on_customers(slices)
        for part, use in zip(slices, before, strict=True):
            temper_ambition(part.buyer, use)
        sold, usd = sum(part.share for part in slices), sum(part.cents for part in slices) / 100
        self.report(
            "estate sale",
            usd,
            "USD",
            f"its creditors sell {sold:.0%} of its data centres for {some_money(usd)}",
            (self.market.events.latest("default", agent=self.name),),
        )

    def take_over(self, vintage: Vintage, paid_cents: int) -> None:
        """Run and depreciate the chips of another cloud, bought for so much."""
        own = self.vintages.setdefault(vintage.year, Vintage(vintage.year, 0.0, vintage.efficiency))
        own.add(vintage.thousands, vintage.efficiency)
        own.depreciation_cents += paid_cents // self.market.parameters.compute.useful_life_quarters

    def pass_on_contracts(self, slices: Sequence[Slice]) -> None:
        """Who bought a part of its data centres delivers that part of its contracts."""
        hand_over_contracts(self, slices)

    def _no_sites(self) -> Pipeline:
        """A pipeline without anything under way, with its regions of power."""
        rules = self.market.parameters
        shares = region_shares(self.stated.regions, rules.power_regions) or {ANYWHERE: 1.0}
        return Pipeline(rules.compute.site_quarters, shares)

    def pass_on_customers(self, slices: Sequence[Slice]) -> None:
        """Its customers outside the model go with the parts that are sold."""
        hand_over_customers(self, slices)

    # --- opening

    def open_startup_use(self, asked_cu: float) -> None:
        """Take what start-ups ask for off the stated use of its other customers."""
        self.startup_cu = asked_cu
        self.organic_cu = max(0.0, self.organic_cu - asked_cu)
        self.first_organic_cu = self.base_organic_cu = self.organic_cu

    def open_pipeline(self, outlook: BuildingOutlook, makers: Mapping[str, Chipmaker]) -> None:
        """Open sites under construction and derive what its plans rest on.

        Derived: orders of the past, which grew like organic demand, so that the first quarter's
        CapEx is the stated one; ``conviction`` so that at the start a project is worth the stated
        multiple of its cost; ``ambition`` so that the capacity rule orders what the pipeline
        implies.

        Args:
            outlook: of the start, at the reference discount and rates.
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
        self.first_worth = outlook.worth
        if value > 0:
            self.conviction = rules.project_value_ratio * cost / value
        organic = self.organic_cu
        self.organic_cu *= 1 + self.beliefs.expected  # it grows before the first plans are made
        built, ahead = (
            self._share_worth_building(outlook),
            self.desired_cu(outlook.lead, outlook.pay),
        )
        self.organic_cu, self.hurdle_share = organic, 1.0
        carried = rules.order_inertia * first / growth
        target = max(0.0, first / max(built, 1e-9) - carried) / (1 - rules.order_inertia)
        plain = self.capacity_cu + self.pipeline.total * self.new_efficiency()
        wanted = target * self.new_efficiency() / rules.adjustment_speed + plain
        self.ambition = wanted / ahead if ahead > 0 else 0.0
        total = self.pipeline.total * self.upfront_cost_usd()
        market.ledger.open_asset("data centres", self.party, cents(total), "under construction")

    # --- books

    def open_debt(self, holders: Mapping[str, Mapping[int, int]]) -> None:
        """Open its debt, which falls due as stated, and evenly for what is not.

        Args:
            holders: cents by instrument and party; together the stated debt.
        """
        market, stated = self.market, self.stated
        kind = market.parameters.credit_classes[self.credit_class]
        for instrument, parts in holders.items():
            due = stated_ladder(
                sum(parts.values()),
                stated.debt_due,
                market.parameters.start,
                kind.opening_quarters,
            )
            market.notes.open(instrument, self.party, parts, due, is_floating=instrument == "loans")

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

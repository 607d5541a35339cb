"""An AI lab: sells seats and subscriptions, buys compute, and lives on funding rounds."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

from agents.absorption import bid_usd
from agents.cloud_provider import CloudProvider
from agents.consumers import Audience
from agents.estate import Estate
from agents.institution import Institution
from agents.private_firm import PrivateFirm
from agents.rules.capacity import is_worth_running
from agents.rules.financing import default_probability
from agents.rules.lab_planning import (
    commitment_headroom,
    funding_need,
    projected_cash,
    race_training,
    reliability,
    runway_quarters,
    training_wish,
)
from agents.rules.pricing import list_price
from agents.rules.usage import seat_bill, wanted_use, work_of_seat
from agents.surprise import Surprise
from market.books.settlement import Rank
from market.parameters.companies import LabParameters
from market.units import cents, some_money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


MONTHS = 3.0
_LOWEST_PRICE_EUR = 0.01
_HIGHEST_PRICE_USD = 10_000.0
"""Reservation price of a seat per month: dearer than the wage of who sits on it, nobody buys it."""
_MOST_CONTRACTS_USD = 1e13
"""Nobody promises a lab, or is promised, more than twice what the dearest firm is worth."""
_LEAST_SHARE_CHANGE = 1e-9
"""A smaller change of the seat share is rounding of sums."""
_PD_INTERCEPT, _PD_BURDEN, _PD_RUNWAY = -6.0, 0.25, 5.0
"""Log-odds of default in a quarter of a lab without burden or burn, and their weights: judged."""
_NEAR_QUARTERS = 4
"""A hole in the cash plan within a year cannot wait."""
_TRIFLE_USD = 1000.0
"""What rounding may leave of a contract: its end is not worth a report."""
_SMALLEST_GAP = 0.05
"""A contract is signed when the gap is at least this part of the lab's compute."""


class Offer(NamedTuple):
    """What a lab offers enterprises.

    Attributes:
        price_eur: price of a seat at the use of the start, EUR per month.
        reliability: share of tasks done right, 0 to 1.
    """

    price_eur: float
    reliability: float


class ContractPlan(NamedTuple):
    """A compute contract that a lab wants to sign.

    Attributes:
        cloud: company key of the seller.
        capacity_cu: compute per quarter, CU.
        price_usd: USD per CU.
    """

    cloud: str
    capacity_cu: float
    price_usd: float


class AILab(PrivateFirm):
    """A lab. It decides prices, training, compute commitments and how much to raise.

    Args:
        model: a model with the facilities of ``market.equip``.
        key: short name in the scenario; also the key of its random streams.
        stated: what the scenario states about it; each field has its unit and source.

    Attributes:
        stated: what the scenario states about it.
        parent: company key of the firm that owns and funds it; None when it has to raise money.
        parents: (first quarter, parent): whose it has been, the present one last.
        reliability: share of tasks done right, 0 to 1.
        price_eur: enterprise list price: what a seat of the use of the start pays, EUR per month.
        seats: enterprise seats sold.
        seat_use: use of a seat, over that of the start.
        work: work that a seat has for the product, over that of the start.
        audience: its consumers.
        inference_cu, training_cu: compute used in the quarter.
        inherited_seats, inherited_users: seats and consumers that came from failed labs this
            quarter.
    """

    sector = "labs"

    def __init__(self, model: mesa.Model[Any, Any], key: str, stated: LabParameters) -> None:
        """Open the lab with the figures of the scenario."""
        super().__init__(
            model,
            key,
            stated.name,
            growth=stated.revenue_growth,
            valuation_usd=stated.valuation_usd,
            is_listed=stated.is_listed,
        )
        self.stated = stated
        self.parent = stated.parent
        self.parents: list[tuple[int, str | None]] = [(0, stated.parent)]
        self.reliability = stated.reliability
        self.cumulative_training_cu = stated.cumulative_training_cu
        self.first_known_cu = 0.0
        self.training_target_cu = self.training_cu = stated.training_cu
        self.training_wish_cu = stated.training_cu
        self.inference_cu = 0.0
        self.price_eur = stated.enterprise_price_eur
        self.price_offset_eur = 0.0
        self.seats = 0.0
        self.seat_use = self.work = 1.0
        self.use_surprise = Surprise(key, "use per seat")
        self.release_surprise = Surprise(key, "releases")
        self.seat_share = stated.enterprise_share
        self.share_change = 0.0
        self.audience = Audience()
        self.enterprise_revenue_usd = 0.0
        self.inherited_seats = self.inherited_users = 0.0
        self.staff_cost_usd = stated.staff_cost_usd
        self.compute_cost_usd = 0.0
        self.is_open = stated.enters_quarter == 0
        self.delivered_cu = self.first_delivered_cu = self.on_demand_cu = 0.0

    @property
    def is_active(self) -> bool:
        """Whether it sells now."""
        return self.is_open and not self.is_defaulted

    @property
    def is_serving(self) -> bool:
        """Whether it has customers: it is active, or its creditors run its product."""
        return self.is_active or self.is_in_administration

    @property
    def offered_price_eur(self) -> float:
        """List price with any imposed discount; nan when it sells nothing."""
        return self.bill_eur(1.0)

    def bill_eur(self, use: float) -> float:
        """Bill of a seat for a stated use, EUR per month: what customers compare.

        A base and use times a price per unit: both move with the list price, which follows what
        compute costs. An imposed discount is one on the bill.

        Args:
            use: use of a seat over that of the start; the same for all labs that are compared.

        Returns:
            EUR per seat per month; nan when it sells nothing.
        """
        if not self.is_serving:
            return nan
        return self._between_limits(self.price_eur * use + self.price_offset_eur)

    @property
    def seat_bill_eur(self) -> float:
        """What a seat pays on average, EUR per month; nan when it sells nothing."""
        return self.bill_eur(self.seat_use)

    def _between_limits(self, price_eur: float) -> float:
        """The price, at least a cent and at most the reservation price of a seat."""
        highest = _HIGHEST_PRICE_USD / self.market.parameters.enterprise.usd_per_eur
        return min(highest, max(_LOWEST_PRICE_EUR, price_eur))

    def form_expectations(self) -> None:
        """Learn how revenue grew, like for like: users of a failed lab who came are no growth."""
        if self.last_revenue_usd > 0:
            own = self.revenue_usd - self.inherited_usd
            self.beliefs.observe(own / self.last_revenue_usd - 1)

    @property
    def inherited_usd(self) -> float:
        """Revenue of the quarter from users who came from failed labs, USD."""
        seats = min(1.0, self.inherited_seats / max(self.seats, 1e-9))
        users = min(1.0, self.inherited_users / max(self.audience.users, 1e-9))
        consumers = self.revenue_usd - self.enterprise_revenue_usd
        return seats * self.enterprise_revenue_usd + users * consumers

    # --- sales

    def learn(self, frontier_cu: float) -> None:
        """Turn training, its own and what spills over, into reliability and work for its seats.

        Releases go well or badly, and fit the work of the seats better or worse, for some time.
        The lab's efficiency is derived: it makes the reliability of the start the stated one.

        Args:
            frontier_cu: most that any lab has trained with in all, CU.
        """
        rules = self.market.parameters.lab_rules
        known = self.cumulative_training_cu + rules.knowledge_spillover * frontier_cu
        if self.first_known_cu <= 0:
            self.first_known_cu = known
        self.reliability = reliability(
            known,
            self.first_known_cu,
            self.stated.reliability,
            max(rules.reliability_ceiling, self.stated.reliability),
            rules.scaling_exponent,
            self.release_surprise.value,
        )
        self.release_surprise.move(self.market, rules.release_persistence, rules.release_noise)
        seats = self.market.parameters.enterprise
        surprise = self.use_surprise.value
        self.work = work_of_seat(known, self.first_known_cu, seats.use_exponent, surprise)
        self.use_surprise.move(self.market, seats.use_persistence, seats.use_noise)

    def seat_cost_eur(self) -> float:
        """Inference cost of a seat at the use of the start, EUR per month."""
        market, rules = self.market, self.market.parameters
        compute = rules.lab_rules.seat_usage * market.usage_index * self.stated.price_advantage
        usd = compute * self.compute_price_usd() / MONTHS
        return usd / rules.enterprise.usd_per_eur

    def compute_price_usd(self) -> float:
        """Average price per CU that it pays: contracts first, the rest at the spot price."""
        contracts = self.market.contracts.of_lab(self.key)
        due = [(c.scheduled_cu(self.market.quarter), c.price_usd) for c in contracts]
        volume = sum(cu for cu, _ in due)
        if volume <= 0:
            return self.market.spot_price_usd
        return min(self.market.spot_price_usd, sum(cu * price for cu, price in due) / volume)

    def set_price(self, rivals: Sequence[Offer]) -> None:
        """Cost plus a mark-up; who lost share looks at the best rival; reports a large cut.

        Args:
            rivals: what the others offered before anybody changed a price.
        """
        rules = self.market.parameters.lab_rules
        weight = 100 * self.market.parameters.enterprise.quality_weight_eur
        best = max(rivals, key=lambda r: weight * r.reliability - r.price_eur, default=None)
        before = self.price_eur
        price = list_price(
            before,
            self.seat_cost_eur(),
            rules.seat_markup,
            nan if best is None else best.price_eur,
            0.0 if best is None else weight * (self.reliability - best.reliability),
            self.share_change,
            rules.price_speed,
            rules.price_floor_ratio,
        )
        if self.market.averted.holds("price cut", self.name, self.market.quarter):
            price = max(price, before)
        self.price_eur = self._between_limits(price)
        fall = 1 - self.price_eur / before
        if fall >= rules.price_cut_event:
            events = self.market.events
            since = max(0, self.market.quarter - 2)
            causes = (
                events.latest("switch wave", since=since),
                events.latest("entry", since=since),
                events.latest("shock", since=since),
            )
            self.report("price cut", 100 * fall, "%", f"cuts its seat price by {fall:.0%}", causes)

    def sell(self, seats: float, seat_share: float, audience: Audience) -> None:
        """Book the quarter's sales to enterprises and consumers."""
        market, rules = self.market, self.market.parameters.enterprise
        change = seat_share - self.seat_share
        self.share_change = change if abs(change) > _LEAST_SHARE_CHANGE else 0.0
        self.seat_share = seat_share
        self.seats, self.audience = seats, audience
        self.seat_use = self.use_of_a_seat()
        self.enterprise_revenue_usd = (
            seats * self.seat_bill_eur * MONTHS * rules.usd_per_eur if seats > 0 else 0.0
        )
        ledger = market.ledger
        ledger.pay(
            market.parties.enterprises, self.party, cents(self.enterprise_revenue_usd), "seats"
        )
        ledger.pay(
            market.parties.households,
            self.party,
            cents(audience.subscriptions_usd),
            "subscriptions",
        )
        ledger.pay(market.parties.rest, self.party, cents(audience.ads_usd), "advertising")
        self.last_revenue_usd = self.revenue_usd
        self.revenue_usd = (
            self.enterprise_revenue_usd + audience.subscriptions_usd + audience.ads_usd
        )
        if self.first_revenue_usd is None:
            self.first_revenue_usd = self.revenue_usd

    def use_of_a_seat(self) -> float:
        """Use that a seat pays for, over that of the start: its work, as far as budgets go.

        A unit of use costs the list price and takes the compute that a seat took at the start. So
        compute keeps its part of the bill while the list price keeps its mark-up on cost.
        """
        rules = self.market.parameters.enterprise
        bill = seat_bill(
            self.price_eur,
            self.stated.enterprise_price_eur,
            wanted_use(rules.base_share, self.work),
            rules.budget_median_eur,
            rules.budget_sigma,
        )
        return bill / self.price_eur

    # --- compute

    def inference_need_cu(self) -> float:
        """Compute that its users ask for in this quarter, CU."""
        seats = self.seats * self.seat_use * self.market.parameters.lab_rules.seat_usage
        usage = self.audience.usage_cu + seats
        return usage * self.market.usage_index * self.stated.price_advantage

    def contracted_cu(self, quarter: int) -> float:
        """Compute under contract for a quarter, CU."""
        return sum([c.scheduled_cu(quarter) for c in self.market.contracts.of_lab(self.key)])

    def committed_usd(self, quarter: int) -> float:
        """Take-or-pay cost of a quarter, USD."""
        contracts = self.market.contracts.of_lab(self.key)
        return sum([c.scheduled_cu(quarter) * c.price_usd for c in contracts])

    def contract_plan(self, quarters: int) -> tuple[list[float], list[float]]:
        """``contracted_cu`` (CU) and ``committed_usd`` (USD) of each of the coming quarters."""
        contracts = self.market.contracts.of_lab(self.key)
        if not contracts:
            return [0.0] * quarters, [0.0] * quarters
        plans = [c.schedule_cu(self.market.quarter + 1, quarters) for c in contracts]
        costs = [
            [cu * c.price_usd for cu in plan] for c, plan in zip(contracts, plans, strict=True)
        ]
        contracted = [sum(due) for due in zip(*plans, strict=True)]
        committed = [sum(due) for due in zip(*costs, strict=True)]
        return contracted, committed

    def plan_training(self, best_rival_cu: float, purse_usd: float) -> None:
        """Wanted training compute: own growth, the race, what cash allows; less after a failure.

        The wish stays when money is short, and fades slowly; what is bought is what cash allows.

        Args:
            best_rival_cu: most that a rival trains with, CU per quarter.
            purse_usd: free cash of its own and of its parent, USD.
        """
        rules = self.market.parameters.lab_rules
        affordable = max(0.0, purse_usd) / rules.planning_quarters / self.market.spot_price_usd
        wish = training_wish(
            self.training_wish_cu,
            min(self.training_wish_cu, affordable),
            rules.training_growth,
            self.beliefs.expected,
            rules.wish_memory,
        )
        self.training_wish_cu = race_training(wish, best_rival_cu, rules.race_matching, inf)
        most = self.training_target_cu if self.failed_rounds else self.training_wish_cu
        self.training_target_cu = min(most, affordable)

    def spot_demand_cu(self) -> float:
        """Compute that it asks for on the spot beyond its contracts, CU.

        For users and training; after a failed round for users only. A lab without a parent spends
        at most half of its free cash, one with a parent at most its part of the world's product.
        A failed one buys for its users only, from what they pay.
        """
        if self.is_in_administration:
            means = max(0.0, self.cash_usd - self.running_staff_usd()) / self.market.spot_price_usd
            return min(self.inference_need_cu(), means)
        inference = max(0.0, self.inference_need_cu() - self.delivered_cu)
        training = max(0.0, self.inference_need_cu() + self.training_target_cu - self.delivered_cu)
        wanted = inference if self.failed_rounds else training
        if self.parent is None:
            return min(wanted, max(0.0, self.free_cash_usd) / 2 / self.market.spot_price_usd)
        return min(wanted, self.outside_purse_usd() / self.market.spot_price_usd)

    def use_compute(self, delivered_cu: float, on_demand_cu: float) -> None:
        """Serve users first and train with the rest."""
        need = self.inference_need_cu()
        self.inference_cu = min(need, delivered_cu + on_demand_cu)
        self.training_cu = delivered_cu + on_demand_cu - self.inference_cu
        self.cumulative_training_cu += self.training_cu

    def pay_staff(self) -> None:
        """Owe staff and other costs, which grow with revenue."""
        if self.first_revenue_usd is None:
            return
        if self.is_in_administration:
            self._owe_staff(self.running_staff_usd())
            return
        share = self.market.parameters.lab_rules.staff_revenue_share
        growth = max(0.0, self.revenue_usd - self.first_revenue_usd)
        self._owe_staff(self.stated.staff_cost_usd + share * growth)

    def _owe_staff(self, usd: float) -> None:
        self.staff_cost_usd = usd
        self.market.settlement.owe(
            self.party,
            self.market.parties.rest,
            cents(self.staff_cost_usd),
            "wages",
            Rank.OPERATIONS,
        )

    # --- plans

    def burn_usd(self) -> float:
        """Cash burnt in the quarter, USD; zero when it earns money."""
        return max(0.0, self.compute_cost_usd + self.staff_cost_usd - self.revenue_usd)

    def runway(self) -> float:
        """Quarters that its cash lasts at the present burn."""
        return runway_quarters(max(0.0, self.free_cash_usd), self.burn_usd())

    def default_probability(self) -> float:
        """Probability of default per quarter, as its partners judge it."""
        if self.parent is not None:
            return 0.0025
        ahead = self.market.quarter + self.market.parameters.lab_rules.planning_quarters
        burden = self.committed_usd(ahead) / max(self.revenue_usd, 1.0)
        return default_probability(
            min(burden, 20.0), self.runway(), _PD_INTERCEPT, _PD_BURDEN, _PD_RUNWAY
        )

    def project_need(self, promised_usd: float) -> None:
        """Set what its cash plan lacks: in all (``need_usd``), within a year, until the exit.

        The plan is made with the training that it wishes for, whether it can pay for it or not.

        Args:
            promised_usd: unconditional equity that arrives within the horizon, USD.
        """
        rules, funding = self.market.parameters.lab_rules, self.market.parameters.funding
        quarters, near = rules.need_quarters, min(_NEAR_QUARTERS, rules.need_quarters)
        horizon = max(quarters, funding.exit_quarters)
        cash = self.free_cash_usd + promised_usd
        path = projected_cash(
            cash,
            self.revenue_usd,
            self.beliefs.expected,
            rules.growth_fade,
            self._planned_costs(horizon),
            horizon,
        )
        burn = max(0.0, (cash - path[quarters - 1]) / quarters)
        self.need_usd = funding_need(path[:quarters], rules.buffer_quarters * burn)
        self.hole_usd = funding_need(path[:near], rules.buffer_quarters * burn)
        self.later_money_usd = funding_need(path, 0.0)

    def _planned_costs(self, quarters: int) -> list[float]:
        """Compute and staff of each of the coming quarters by its plans, USD."""
        rules, spot = self.market.parameters.lab_rules, self.market.spot_price_usd
        use, growth, revenue = self.inference_need_cu(), self.beliefs.expected, self.revenue_usd
        contracted, committed = self.contract_plan(quarters)
        costs = []
        for ahead in range(quarters):
            use *= 1 + growth
            revenue *= 1 + growth
            growth *= rules.growth_fade
            spare = max(0.0, use + self.training_wish_cu - contracted[ahead])
            more = rules.staff_revenue_share * max(0.0, revenue - self.revenue_usd)
            costs.append(committed[ahead] + spare * spot + self.staff_cost_usd + more)
        return costs

    def compute_gap_cu(self, lead: int) -> float:
        """Compute that it wants ``lead`` quarters ahead beyond its contracts, CU per quarter."""
        rules = self.market.parameters.lab_rules
        use, growth = self.inference_need_cu(), self.beliefs.expected
        for ahead in range(lead):
            use *= 1 + growth * rules.growth_fade**ahead
        training = self.training_target_cu * (1 + rules.training_growth) ** lead
        return max(0.0, use + training - self.contracted_cu(self.market.quarter + lead))

    def headroom_usd(self, parent_purse_usd: float = 0.0) -> float:
        """Value of contracts that it may still sign, USD.

        Args:
            parent_purse_usd: free cash of a parent, which counts as equity; infinite when the
                parent sells the compute itself.
        """
        if self.failed_rounds:
            return 0.0
        multiple = self.market.parameters.lab_rules.commitment_multiple
        rpo = self.market.contracts.rpo_usd(lab=self.key)
        return commitment_headroom(self.valuation_usd + parent_purse_usd, multiple, rpo)

    def plan_contract(
        self, loads: Mapping[str, float], lead: int, purse_usd: float = 0.0
    ) -> ContractPlan | None:
        """Contract that it wants to sign now with the least loaded cloud; None when it wants none.

        It fills the gap in its compute ``lead`` quarters ahead as far as its headroom allows.

        Args:
            loads: clouds that would sell to it, by company key, with the part of their capacity
                that is promised.
            lead: quarters until delivery begins.
            purse_usd: free cash of a parent; infinite when the parent sells the compute itself.
        """
        rules = self.market.parameters
        gap = self.compute_gap_cu(lead)
        smallest = _SMALLEST_GAP * max(self.delivered_cu, 1.0)
        if gap < smallest or self.is_refused or not loads:
            return None
        cloud = min(loads, key=lambda key: loads[key])
        price = self.market.spot_price_usd * (1 - rules.compute.contract_discount)
        duration = rules.lab_rules.contract_quarters
        most = max(0.0, _MOST_CONTRACTS_USD - self.market.contracts.owed_usd(self.key))
        capacity = min(gap, min(most, self.headroom_usd(purse_usd)) / (price * duration))
        return None if capacity < smallest else ContractPlan(cloud, capacity, price)

    # --- funding

    def promised_usd(self) -> float:
        """Unconditional promised equity that falls due within the planning horizon, USD."""
        if self.is_refused:
            return 0.0
        market = self.market
        last = market.quarter + market.parameters.lab_rules.planning_quarters
        total = 0.0
        for promise in market.commitments:
            if promise.lab != self.key or promise.is_conditional or promise.is_void:
                continue
            left = range(promise.drawn, promise.tranches)
            total += sum(promise.tranche_usd for k in left if promise.first_quarter + k <= last)
        return total

    def is_in_need(self) -> bool:
        """Whether its plan lacks money and either cash or runway runs short."""
        target = self.market.parameters.funding.runway_target_quarters
        return self.need_usd > 0 and (self.hole_usd > 0 or self.runway() < target)

    def has_good_price(self) -> bool:
        """Whether investors would pay so much more than at the last mark that it raises anyway."""
        rules = self.market.parameters.funding
        is_time = self.market.quarter - self.last_round >= rules.round_gap_quarters
        good = (1 + rules.opportunistic_premium) * self.valuation_usd
        return is_time and not self.failed_rounds and self.fair_value_usd() > good

    def ask_usd(self, market_usd: float) -> float:
        """What it asks for in a round of this quarter, USD; 0 when it holds none.

        In need: what its plan lacks, at most the part of itself that it is ready to sell, and no
        more than the market would bear unless it is short within a year. At a good price a fixed
        part of its value, as long as its cash then lasts no longer than its plan. A lab with a
        parent holds no round.

        Args:
            market_usd: its part of what investors could put into rounds, USD.
        """
        rules = self.market.parameters.funding
        if self.parent is not None or self.valuation_usd <= 0:
            return 0.0
        if self.is_in_need():
            return min(self._most_sold_usd(), self.need_usd, max(self.hole_usd, market_usd))
        if not self.has_good_price():
            return 0.0
        costs = self.compute_cost_usd + self.staff_cost_usd
        room = self.market.parameters.lab_rules.need_quarters * costs - self.free_cash_usd
        return max(0.0, min(rules.opportunistic_share * self.valuation_usd, market_usd, room))

    def _most_sold_usd(self) -> float:
        """Size of a round that sells as much of it as it is ready to sell at once, USD."""
        cap = self.market.parameters.funding.dilution_cap
        return cap / (1 - cap) * self.valuation_usd

    def unmet_need_usd(self) -> float:
        """What it lacks within a year, as far as one round could bring it, asked for or not."""
        if self.parent is not None or not self.is_active:
            return 0.0
        return min(self.hole_usd, self._most_sold_usd())

    def planned_payout_usd(self) -> float:
        """A lab that earns money pays out a part of the cash beyond the costs of its plan, USD."""
        costs = self.compute_cost_usd + self.staff_cost_usd
        kept = self.market.parameters.lab_rules.need_quarters * costs
        is_earning = self.revenue_usd > costs and self.need_usd <= 0
        share = self.market.parameters.lab_rules.payout_share
        return share * max(0.0, self.free_cash_usd - kept) if is_earning else 0.0

    def ask_parent_usd(self) -> float:
        """Money that it asks its parent for: its need, at most what is due and a quarter's burn."""
        if self.parent is None or self.is_refused:
            return 0.0
        due = max(0.0, -self.free_cash_usd)
        return max(due, min(self.need_usd, due + self.burn_usd()))

    def give_up_contracts(self, clouds: Mapping[str, CloudProvider], short: float = 1.0) -> None:
        """Cancel contracts not yet begun, latest first, until RPO fits the valuation; owe the fee.

        Args:
            clouds: the sellers, by company key.
            short: part of the money asked that was not raised: of the RPO that does not fit, the
                same part is given up.
        """
        market, rules = self.market, self.market.parameters.lab_rules
        book, limit = market.contracts, rules.commitment_multiple * self.valuation_usd
        limit += (1 - short) * max(0.0, book.rpo_usd(lab=self.key) - limit)
        later = [c for c in book.of_lab(self.key) if not c.is_begun(market.quarter)]
        for contract in sorted(later, key=lambda c: (-c.start, c.key)):
            excess = book.rpo_usd(lab=self.key) - limit
            if excess <= 0:
                break
            usd = book.cancel(contract, min(1.0, excess / (contract.remaining_cents / 100))) / 100
            free = min(contract.terminable_cents, cents(usd))
            contract.terminable_cents -= free
            cloud, fee = clouds[contract.cloud], cents(rules.cancellation_fee * (usd - free / 100))
            market.settlement.owe(self.party, cloud.party, fee, "cancellation fees")
            cloud.last_cancellation = self.report(
                "contract cancelled",
                usd,
                "USD",
                f"gives up {some_money(usd)} of compute at {cloud.name} that had not begun",
                (self.last_failure,),
            )

    # --- sale

    def is_for_sale(self) -> bool:
        """Whether its owners would sell it: its round has just failed and its cash runs out."""
        has_failed = self.last_failure is not None and (
            self.last_failure.quarter == self.market.quarter
        )
        has_shares = self.market.ledger.units(self.party) > 0
        if self.parent is not None or self.is_refused or not (has_failed and has_shares):
            return False
        least = self.market.parameters.lab_rules.absorption_runway_quarters * self.burn_usd()
        return self.free_cash_usd < least

    def reserve_price_usd(self) -> float:
        """Least that its owners take, USD: what they would recover of its value if it failed."""
        return self.market.parameters.funding.recovery * self.valuation_usd

    def absorption_bid_usd(self, lab: PrivateFirm) -> float:
        """Most that it pays for a rival, USD; nothing while it needs money itself."""
        is_sound = self.is_active and self.parent is None and self.need_usd <= 0
        return bid_usd(self, lab) if is_sound else 0.0

    def join(self, parent: str, price_usd: float) -> None:
        """Belong to a firm (company key) that bought it; its shares are worth what it paid."""
        self._belong_to(parent)
        self.valuation_usd = price_usd
        self.failed_rounds, self.last_failure = 0, None

    def leave_parent(self) -> None:
        """Be on its own when its parent has failed, if it has shares to sell."""
        if self.market.ledger.units(self.party) > 0:
            self._belong_to(None)

    def _belong_to(self, parent: str | None) -> None:
        self.parent = parent
        self.parents.append((self.market.quarter, parent))

    # --- failure

    def wind_up(self, firms: Sequence[Institution]) -> None:
        """Reject its contracts and stop training; creditors may run its product; as every firm.

        Args:
            firms: every firm of the market, itself and failed ones included, in its order.
        """
        self.reject_contracts({f.key: f for f in firms if isinstance(f, CloudProvider)})
        is_over, self.estate = self.is_in_administration, None
        self.training_cu = self.training_target_cu = 0.0
        self.delivered_cu = self.on_demand_cu = 0.0
        self.need_usd = self.valuation_usd = 0.0
        if is_over or self._has_run_off():
            self.shut_down()
        else:
            self.estate = Estate(self)
        super().wind_up(firms)

    def running_staff_usd(self) -> float:
        """Staff and other cost of running its product without building the next, USD."""
        return self.market.parameters.lab_rules.staff_revenue_share * self.revenue_usd

    def _has_run_off(self) -> bool:
        """Whether its creditors have run its product long enough, or it does not pay."""
        market = self.market
        since = market.quarter if self.estate is None else self.estate.since
        rules = market.parameters.lab_rules
        cost = self.inference_need_cu() * market.spot_price_usd + self.running_staff_usd()
        is_paid = self.revenue_usd > 0 and is_worth_running(self.revenue_usd, cost)
        has_time = market.quarter - since < rules.run_off_quarters
        return not (market.parameters.default.has_administration and has_time and is_paid)

    def is_estate_over(self) -> bool:
        """Whether its users have left, or no longer pay for their compute."""
        return self._has_run_off()

    def leaving_share(self) -> float:
        """Part of its users who leave in this quarter: all when it has stopped, 0 to 1."""
        if self.is_active:
            return 0.0
        return (
            self.market.parameters.lab_rules.run_off_leaving if self.is_in_administration else 1.0
        )

    def reject_contracts(self, clouds: Mapping[str, CloudProvider]) -> None:
        """End all its contracts; the capacity that they used is free to be let again.

        Args:
            clouds: the sellers, by company key.
        """
        market = self.market
        default = market.events.latest("default", agent=self.name)
        for contract in market.contracts.of_lab(self.key):
            cloud = clouds[contract.cloud]
            used = contract.scheduled_cu(market.quarter)
            usd = market.contracts.cancel(contract) / 100
            cloud.freed_cu += used
            if usd < _TRIFLE_USD:
                continue
            cloud.last_cancellation = self.report(
                "contract cancelled",
                usd,
                "USD",
                f"fails to honour {some_money(usd)} of compute at {cloud.name}",
                (default,),
            )

    def shut_down(self) -> None:
        """Stop selling, training and asking for money: it keeps no customer."""
        self.seats = self.seat_share = self.share_change = 0.0
        self.audience = Audience()
        self.revenue_usd = self.last_revenue_usd = self.enterprise_revenue_usd = 0.0
        self.inference_cu = self.training_cu = self.training_target_cu = 0.0
        self.delivered_cu = self.on_demand_cu = 0.0
        self.compute_cost_usd = self.staff_cost_usd = 0.0
        self.need_usd = self.hole_usd = self.later_money_usd = self.valuation_usd = 0.0

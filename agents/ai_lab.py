"""An AI lab: sells seats and subscriptions, buys compute, and lives on funding rounds."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

from agents.cloud_provider import CloudProvider
from agents.consumers import Audience
from agents.institution import Institution
from agents.private_firm import PrivateFirm
from agents.rules.financing import default_probability
from agents.rules.lab_planning import (
    commitment_headroom,
    funding_need,
    projected_cash,
    race_training,
    reliability,
    runway_quarters,
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
        reliability: share of tasks done right, 0 to 1.
        price_eur: enterprise list price: what a seat of the use of the start pays, EUR per month.
        seats: enterprise seats sold.
        seat_use: use of a seat, over that of the start.
        work: work that a seat has for the product, over that of the start.
        audience: its consumers.
        inference_cu, training_cu: compute used in the quarter.
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
        self.reliability = stated.reliability
        self.cumulative_training_cu = stated.cumulative_training_cu
        self.first_known_cu = 0.0
        self.training_target_cu = self.training_cu = stated.training_cu
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
        self.staff_cost_usd = stated.staff_cost_usd
        self.compute_cost_usd = 0.0
        self.is_open = stated.enters_quarter == 0
        self.delivered_cu = self.first_delivered_cu = self.on_demand_cu = 0.0

    @property
    def is_active(self) -> bool:
        """Whether it sells now."""
        return self.is_open and not self.is_defaulted

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
        if not self.is_active:
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
        """Learn how revenue grew."""
        if self.last_revenue_usd > 0:
            self.beliefs.observe(self.revenue_usd / self.last_revenue_usd - 1)

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
        return sum(c.scheduled_cu(quarter) for c in self.market.contracts.of_lab(self.key))

    def committed_usd(self, quarter: int) -> float:
        """Take-or-pay cost of a quarter, USD."""
        contracts = self.market.contracts.of_lab(self.key)
        return sum(c.scheduled_cu(quarter) * c.price_usd for c in contracts)

    def contract_plan(self, quarters: int) -> tuple[list[float], list[float]]:
        """``contracted_cu`` (CU) and ``committed_usd`` (USD) of each of the coming quarters."""
        contracts = self.market.contracts.of_lab(self.key)
        first, ahead = self.market.quarter + 1, range(quarters)
        plans = [(c.schedule_cu(first, quarters), c.price_usd) for c in contracts]
        contracted = [sum(plan[k] for plan, _ in plans) for k in ahead]
        committed = [sum(plan[k] * price for plan, price in plans) for k in ahead]
        return contracted, committed

    def plan_training(self, best_rival_cu: float, purse_usd: float) -> None:
        """Wanted training compute: own growth, the race, what cash allows; less after a failure.

        Args:
            best_rival_cu: most that a rival trains with, CU per quarter.
            purse_usd: free cash of its own and of its parent, USD.
        """
        rules = self.market.parameters.lab_rules
        wanted = self.training_target_cu * (1 + rules.training_growth)
        affordable = max(0.0, purse_usd) / rules.planning_quarters / self.market.spot_price_usd
        if self.failed_rounds:
            self.training_target_cu = min(self.training_target_cu, affordable)
        else:
            self.training_target_cu = race_training(
                wanted, best_rival_cu, rules.race_matching, affordable
            )

    def spot_demand_cu(self) -> float:
        """Compute that it asks for on the spot beyond its contracts, CU.

        For users and training; after a failed round for users only. A lab without a parent spends
        at most half of its free cash, one with a parent at most its part of the world's product.
        """
        inference = max(0.0, self.inference_need_cu() - self.delivered_cu)
        training = max(0.0, self.inference_need_cu() + self.training_target_cu - self.delivered_cu)
        wanted = inference if self.failed_rounds else training
        if self.stated.parent is None:
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
        share = self.market.parameters.lab_rules.staff_revenue_share
        growth = max(0.0, self.revenue_usd - self.first_revenue_usd)
        self.staff_cost_usd = self.stated.staff_cost_usd + share * growth
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
        if self.stated.parent is not None:
            return 0.0025
        ahead = self.market.quarter + self.market.parameters.lab_rules.planning_quarters
        burden = self.committed_usd(ahead) / max(self.revenue_usd, 1.0)
        return default_probability(
            min(burden, 20.0), self.runway(), _PD_INTERCEPT, _PD_BURDEN, _PD_RUNWAY
        )

    def project_need(self, promised_usd: float) -> None:
        """Set ``need_usd`` to the deepest hole of the cash plan plus a buffer.

        Args:
            promised_usd: unconditional equity that arrives within the horizon, USD.
        """
        market, rules = self.market, self.market.parameters.lab_rules
        use, growth = self.inference_need_cu(), self.beliefs.expected
        costs, revenue = [], self.revenue_usd
        fee = rules.staff_revenue_share
        contracted, committed = self.contract_plan(rules.planning_quarters)
        for ahead in range(rules.planning_quarters):
            growth_then = growth * rules.growth_fade**ahead
            use *= 1 + growth_then
            revenue *= 1 + growth_then
            spare = max(0.0, use + self.training_target_cu - contracted[ahead])
            if self.failed_rounds:
                spare = max(0.0, use - contracted[ahead])
            staff = self.staff_cost_usd + fee * max(0.0, revenue - self.revenue_usd)
            costs.append(committed[ahead] + spare * market.spot_price_usd + staff)
        path = projected_cash(
            self.free_cash_usd + promised_usd,
            self.revenue_usd,
            growth,
            rules.growth_fade,
            costs,
            rules.planning_quarters,
        )
        burn = max(0.0, (self.free_cash_usd + promised_usd - path[-1]) / rules.planning_quarters)
        self.need_usd = funding_need(path, rules.buffer_quarters * burn)

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
        most = max(0.0, _MOST_CONTRACTS_USD - self.market.contracts.rpo_usd(lab=self.key))
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
            if promise.lab != self.key or promise.condition_gw > 0 or promise.is_void:
                continue
            left = range(promise.drawn, promise.tranches)
            total += sum(promise.tranche_usd for k in left if promise.first_quarter + k <= last)
        return total

    def wants_round(self) -> bool:
        """A round is worth the trouble when it brings some quarters of burn, or cash runs out.

        A lab with a parent holds none.
        """
        if self.stated.parent is not None or self.need_usd <= 0 or self.valuation_usd <= 0:
            return False
        smallest = self.market.parameters.funding.minimum_round_quarters * self.burn_usd()
        return self.need_usd >= smallest or self.free_cash_usd < 2 * self.burn_usd()

    def ask_parent_usd(self) -> float:
        """Money that it asks its parent for: its need, at most what is due and a quarter's burn."""
        if self.stated.parent is None or self.is_refused:
            return 0.0
        due = max(0.0, -self.free_cash_usd)
        return max(due, min(self.need_usd, due + self.burn_usd()))

    def give_up_contracts(self, clouds: Mapping[str, CloudProvider]) -> None:
        """Cancel contracts not yet begun, latest first, until RPO fits the valuation; owe the fee.

        Args:
            clouds: the sellers, by company key.
        """
        market, rules = self.market, self.market.parameters.lab_rules
        book, limit = market.contracts, rules.commitment_multiple * self.valuation_usd
        later = [c for c in book.of_lab(self.key) if not c.is_begun(market.quarter)]
        for contract in sorted(later, key=lambda c: (-c.start, c.key)):
            excess = book.rpo_usd(lab=self.key) - limit
            if excess <= 0:
                break
            usd = book.cancel(contract, min(1.0, excess / (contract.remaining_cents / 100))) / 100
            cloud, fee = clouds[contract.cloud], cents(rules.cancellation_fee * usd)
            market.settlement.owe(self.party, cloud.party, fee, "cancellation fees")
            cloud.last_cancellation = self.report(
                "contract cancelled",
                usd,
                "USD",
                f"gives up {some_money(usd)} of compute at {cloud.name} that had not begun",
                (self.last_failure,),
            )

    # --- failure

    def wind_up(self, firms: Sequence[Institution]) -> None:
        """Reject its contracts and stop; then as every firm.

        Args:
            firms: every firm of the market, itself and failed ones included, in its order.
        """
        self.reject_contracts({f.key: f for f in firms if isinstance(f, CloudProvider)})
        self.close_down()
        super().wind_up(firms)

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
            cloud.last_cancellation = self.report(
                "contract cancelled",
                usd,
                "USD",
                f"fails to honour {some_money(usd)} of compute at {cloud.name}",
                (default,),
            )

    def close_down(self) -> None:
        """Stop selling, training and asking for money: a failed lab keeps no customer."""
        self.seats = self.seat_share = self.share_change = 0.0
        self.audience = Audience()
        self.revenue_usd = self.last_revenue_usd = self.enterprise_revenue_usd = 0.0
        self.inference_cu = self.training_cu = self.training_target_cu = 0.0
        self.delivered_cu = self.on_demand_cu = 0.0
        self.compute_cost_usd = self.staff_cost_usd = 0.0
        self.need_usd = self.valuation_usd = 0.0

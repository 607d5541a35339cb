"""A cohort of AI start-ups: many firms that live on the same venture money as the labs."""

from __future__ import annotations

from typing import Any

import mesa

from agents.funding_round import Book, Terms
from agents.private_firm import PrivateFirm
from agents.rules.funding_game import critical_for_share, filled_share, required_multiple
from agents.rules.startups import (
    Spending,
    dying_share,
    next_revenue,
    planned_spending,
    wanted_growth,
)
from agents.rules.valuation import MOST_VALUE_USD
from market.parameters.companies import StartupParameters
from market.units import cents, some_money


class StartupCohort(PrivateFirm):
    """A cohort of firms with one account, whose rounds fill in part.

    Each quarter some of its firms hold a round; a share of the rounds closes. What a cohort spends
    is its cash over a runway and its revenue, on compute and staff. Firms without money cut and
    die: their equity is gone, and so is their use of compute.

    Args:
        model: a model with the facilities of ``market.equip``.
        key: short name in the scenario.
        stated: what the scenario states about it; each field has its unit and source.

    Attributes:
        stated: what the scenario states about it.
        spending_usd: what it spends in the quarter; ``compute_usd`` the part meant for compute and
            ``compute_paid_usd`` what it paid for as much as there was.
        asked_cu: compute that it asks for in the quarter, CU; ``delivered_cu`` what it got.
        filled: share of its firms' rounds that closed in the quarter; ``expected_fill`` what it
            expects of the next.
        died: share of its firms that died in the quarter.
        wished_cash_usd: cash of its best times, which fades slowly: its size if money were there.
    """

    sector = "startups"
    has_exits = True

    def __init__(self, model: mesa.Model[Any, Any], key: str, stated: StartupParameters) -> None:
        """Open the cohort with the figures of the scenario."""
        super().__init__(
            model,
            key,
            stated.name,
            growth=stated.revenue_growth,
            valuation_usd=stated.valuation_usd,
        )
        self.stated = stated
        self.revenue_usd = stated.revenue_usd
        self.spending_usd = self.compute_usd = self.compute_paid_usd = 0.0
        self.burn_usd = 0.0
        self.asked_cu = self.delivered_cu = 0.0
        self.filled = self.expected_fill = 1.0
        self.died = 0.0
        self._cash_before_usd = self.wished_cash_usd = stated.cash_usd
        self._is_starved = False

    @property
    def is_active(self) -> bool:
        """Whether it takes part in the market: it has firms left."""
        return not self.is_defaulted

    # --- a quarter

    def form_expectations(self) -> None:
        """Learn how revenue grew."""
        if self.last_revenue_usd > 0:
            self.beliefs.observe(self.revenue_usd / self.last_revenue_usd - 1)

    def plan_spending(self) -> Spending:
        """What it spends in the quarter, on compute and on staff."""
        rules = self.market.parameters.startup_rules
        return planned_spending(
            max(0.0, self.free_cash_usd),
            self.revenue_usd,
            rules.runway_quarters,
            rules.thrift,
            self.expected_fill,
            rules.compute_spending_share,
        )

    def begin_quarter(self) -> None:
        """Sell, and plan what to spend; what it asks for of compute follows from it."""
        market = self.market
        if self.first_revenue_usd is None:
            self.first_revenue_usd = self.revenue_usd
        self._cash_before_usd = max(0.0, self.free_cash_usd)
        plan = self.plan_spending()
        sales = min(self.revenue_usd, self.outside_purse_usd())
        market.ledger.pay(market.parties.rest, self.party, cents(sales), "start-up sales")
        self.burn_usd, self.spending_usd, self.compute_usd = plan.burn, plan.total, plan.compute
        self.asked_cu = plan.compute / market.spot_price_usd
        self.delivered_cu = self.compute_paid_usd = 0.0
        market.ledger.pay(self.party, market.parties.rest, int(100 * plan.staff), "wages")

    def buy_compute(self, cloud: int, cu: float) -> float:
        """Pay a cloud (its party) at once for so much compute; returns the USD."""
        market = self.market
        usd = min(cu * market.spot_price_usd, self.compute_usd - self.compute_paid_usd)
        amount = int(100 * max(0.0, usd))
        market.ledger.pay(self.party, cloud, amount, "compute")
        self.delivered_cu += cu
        self.compute_paid_usd += amount / 100
        return amount / 100

    def grow(self) -> None:
        """Revenue follows what was burnt; firms without a round, and some others, die."""
        rules = self.market.parameters.startup_rules
        paid = self.revenue_usd / self.spending_usd if self.spending_usd > 0 else 1.0
        self.died = dying_share(
            rules.death_rate, self.filled, rules.runway_quarters, min(1.0, paid)
        )
        grown = next_revenue(self.revenue_usd, self.burn_usd, rules.burn_multiple, rules.churn)
        self.last_revenue_usd = self.revenue_usd
        self.revenue_usd = min(grown, self.outside_purse_usd()) * (1 - self.died)
        self.valuation_usd *= 1 - self.died
        memory = rules.fill_memory
        seen = min(1.0, self.filled / rules.target_fill) if self.asked_usd > 0 else 1.0
        self.expected_fill = memory * self.expected_fill + (1 - memory) * seen
        fade = self.market.parameters.lab_rules.wish_memory
        self.wished_cash_usd = max(self.cash_usd, fade * self.wished_cash_usd)

    # --- rounds

    def ask_usd(self, market_usd: float) -> float:
        """Cash that it wants beyond what it has: that of last quarter, and growth."""
        rules = self.market.parameters.startup_rules
        if self.stated.cash_usd <= 0 or self.valuation_usd <= 0:
            return 0.0
        size = max(self._cash_before_usd / self.stated.cash_usd, 1e-9)
        growth = wanted_growth(
            size, rules.growth_cap, rules.growth_fade, self.beliefs.expected, rules.least_growth
        )
        return max(0.0, self._cash_before_usd * (1 + growth) - max(0.0, self.free_cash_usd))

    def unmet_need_usd(self) -> float:
        """What a cohort of its former size would need to replace what it burns in a quarter."""
        if self.is_defaulted or self.valuation_usd <= 0:
            return 0.0
        return self.wished_cash_usd / self.market.parameters.startup_rules.runway_quarters

    def accept_terms(self, book: Book) -> Terms:
        """The highest price at which the wanted share of rounds closes, and the share that does."""
        market = self.market
        rules, funding = market.parameters.startup_rules, market.parameters.funding
        kappa, spread = book.hardness(), rules.hardness_spread
        critical = critical_for_share(kappa, rules.target_fill, spread) if book.offered_usd else 1.0
        multiple = required_multiple(critical, book.required_return, funding.recovery)
        highest = min(MOST_VALUE_USD, (1 + rules.price_step) * self.valuation_usd)
        least = (1 - rules.price_step) * self.valuation_usd
        least = max(least, self.lowest_price_usd(book.exit_value_usd, book.ask_usd))
        price = min(highest, max(least, book.exit_value_usd / multiple - book.ask_usd))
        self.filled = filled_share(kappa, book.critical_hardness(price), spread)
        raised = min(self.filled * book.ask_usd, book.offered_usd)
        return book.fill_pro_rata(raised, price)

    def lowest_price_usd(self, exit_value_usd: float, ask_usd: float) -> float:
        """Price under which a lower one draws nobody, see ``funding.exit_multiple_cap``."""
        return exit_value_usd / self.market.parameters.funding.exit_multiple_cap - ask_usd

    def close_round(self, terms: Terms) -> None:
        """Sell new shares; report when half of its firms and more find no money."""
        before = self.raised_usd
        self.valuation_usd = max(terms.pre_money_usd, 1.0)
        price = self.valuation_usd * 100 / self.market.ledger.units(self.party)
        for giver, usd in terms.parts:
            self.sell_shares(giver.party, usd, price)
        self.round_usd = self.raised_usd - before
        self.last_round = self.market.quarter
        is_starved = self.filled < self.market.parameters.funding.freeze_ratio
        if is_starved and not self._is_starved:
            self.last_failure = self.report(
                "failed round",
                self.asked_usd,
                "USD",
                f"{self.filled:.0%} of its firms raise what they ask, {some_money(self.asked_usd)} "
                "in all",
            )
        self._is_starved = is_starved

    def book_mark(self) -> None:
        """Carry its shares at its valuation wherever they are held; its rounds set the price."""
        self.mark_shares(self.valuation_usd, "private equity")

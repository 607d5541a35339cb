"""What everybody sees of the progress of labs and start-ups, which moves own use of compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.progress import seen_progress, smoothed

if TYPE_CHECKING:
    from market.parameters.supply import ComputeMarketParameters


class Progress:
    """Progress of the frontier's training and of applications, each over that of the start.

    Applications are a stock of what start-ups have spent, a part of which is forgotten in each
    quarter. It opens when they first spend, so that it grows as fast as is assumed of the start.
    In a world in which no start-up ever spent, labs have the whole weight; in one without labs,
    what is seen stays as it was.

    Attributes:
        labs: what is seen of the frontier's training; 1 = as fast as at the start.
        applications: what is seen of applications, likewise.
        seen: both together, likewise: what moves own use.
    """

    def __init__(self, rules: ComputeMarketParameters) -> None:
        """Begin as fast as at the start."""
        self._rules = rules
        self._first_growth = self._stock = 0.0
        self.labs = self.applications = self.seen = 1.0

    def observe(self, training_growth: float, spending_usd: float) -> float:
        """See a quarter; returns ``seen``.

        Args:
            training_growth: growth of the training stock of the lab that has the largest one.
            spending_usd: what start-ups spent in the quarter, USD.
        """
        rules = self._rules
        if self._first_growth <= 0:
            self._first_growth = training_growth
        if self._first_growth > 0:
            new = seen_progress(training_growth, self._first_growth, rules.seen_cap)
            self.labs = smoothed(self.labs, new, rules.seen_memory)
        weight = self._see_applications(spending_usd)
        self.seen = (1 - weight) * self.labs + weight * self.applications
        return self.seen

    def _see_applications(self, spending_usd: float) -> float:
        """Add to the stock of applications; returns the weight that they have."""
        rules = self._rules
        if self._stock <= 0:
            self._stock = spending_usd / (rules.application_growth + rules.application_decay)
        if self._stock <= 0:
            return 0.0
        growth = spending_usd / self._stock - rules.application_decay
        self._stock *= 1 + growth
        new = seen_progress(growth, rules.application_growth, rules.seen_cap)
        self.applications = smoothed(self.applications, new, rules.seen_memory)
        return rules.application_weight

"""What the world sees of progress: training done by labs, applications built by start-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.rules.demand import progress_seen

if TYPE_CHECKING:
    from market.parameters.supply import ComputeMarketParameters


class Progress:
    """The progress that customers of clouds see, over that of the first quarter.

    No calendar is in it: who trains and builds less shows less. Without start-ups all of it is
    training.

    Attributes:
        training: impression of the growth of the best-trained lab's training.
        applications: impression of the growth of what start-ups have built.
        stock_usd: what they have built and is in use, at cost; None before the first quarter.
    """

    def __init__(self) -> None:
        """Start with the impressions of the start: one each."""
        self.training = self.applications = 1.0
        self.stock_usd: float | None = None
        self._trained_cu = 0.0
        self._first_training = self._first_applications = 0.0

    def observe(self, trained_cu: float, spent_usd: float, rules: ComputeMarketParameters) -> None:
        """Learn from a quarter.

        Args:
            trained_cu: most that any lab has trained with in all, CU.
            spent_usd: what start-ups spent in the quarter.
            rules: how impressions are formed.
        """
        if self.stock_usd is None:
            self._open(trained_cu, spent_usd, rules)
            return
        self._observe_training(trained_cu, rules)
        before = self.stock_usd
        self.stock_usd = before * (1 - rules.application_life) + spent_usd
        built = self.stock_usd / before - 1 if before > 0 else 0.0
        self.applications = progress_seen(
            self.applications, built, self._first_applications, rules.seen_memory
        )

    def _observe_training(self, trained_cu: float, rules: ComputeMarketParameters) -> None:
        """Learn from training, like for like: when the best lab is gone, from its rival's on."""
        before, self._trained_cu = self._trained_cu, trained_cu
        if 0 < trained_cu < before:
            return
        growth = max(0.0, trained_cu / before - 1) if before > 0 else 0.0
        if self._first_training <= 0:
            self._first_training = growth
        self.training = progress_seen(
            self.training, growth, self._first_training, rules.seen_memory
        )

    def _open(self, trained_cu: float, spent_usd: float, rules: ComputeMarketParameters) -> None:
        """The stock of the start: what would grow as it does at this spending."""
        self._trained_cu = trained_cu
        self._first_applications = _FIRST_GROWTH if spent_usd > 0 else 0.0
        self.stock_usd = spent_usd / (rules.application_life + _FIRST_GROWTH)

    def seen(self, rules: ComputeMarketParameters) -> float:
        """Progress seen, one at the start."""
        weight = rules.application_weight if self._first_applications > 0 else 0.0
        return weight * self.applications + (1 - weight) * self.training


_FIRST_GROWTH = 0.12
"""Growth of applications at the start, per quarter: start-ups' spending grew by 10 to 16%."""

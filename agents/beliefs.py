"""Beliefs about the growth of one's own fundamentals (Brock and Hommes 1998)."""

from __future__ import annotations

from agents.rules.expectations import expected_growth, forecasts, heuristic_shares, update_fitness
from market.parameters.demand import ExpectationParameters

_LOWEST, _HIGHEST = -0.4, 0.4
"""Bounds on one quarter's growth that a forecaster takes seriously."""


class GrowthBeliefs:
    """Three heuristics that compete on their past errors.

    They forecast growth of the firm's own revenue, use or orders, never a private mark that the
    firms themselves set: scored on those, the trend rule would prove itself.

    Attributes:
        expected: growth expected for the next quarter, per quarter.
        shares: weights of the heuristics in it.
    """

    __slots__ = ("_anchor", "_fitness", "_last", "_predicted", "_rules", "expected", "shares")

    def __init__(self, growth: float, rules: ExpectationParameters) -> None:
        """Start from the growth seen last (per quarter); ``rules`` are ExpectationParameters."""
        self._rules = rules
        self._last = self._anchor = growth
        self._fitness = [0.0, 0.0, 0.0]
        self._predicted = (growth, growth, growth)
        self.shares: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3)
        self.expected = growth
        self._forecast(growth)

    def observe(self, growth: float) -> float:
        """Learn the growth of a quarter; returns the growth now expected for the next one."""
        rules = self._rules
        growth = min(_HIGHEST, max(_LOWEST, growth))
        self._fitness = [
            update_fitness(fitness, growth - predicted, rules.fitness_memory)
            for fitness, predicted in zip(self._fitness, self._predicted, strict=True)
        ]
        memory = rules.anchor_memory
        self._anchor = memory * self._anchor + (1 - memory) * growth
        previous, self._last = self._last, growth
        self._forecast(previous)
        return self.expected

    def _forecast(self, previous: float) -> None:
        rules = self._rules
        self._predicted = forecasts(
            self._last,
            previous,
            self._anchor,
            (1 + rules.long_run_growth) ** 0.25 - 1,
            rules.reversion,
            rules.extrapolation,
        )
        fundamentalist, trend, anchored = self._predicted
        if rules.has_trend_beliefs:
            self.shares = heuristic_shares(self._fitness, rules.intensity)
            guess = expected_growth((fundamentalist, trend, anchored), self.shares)
        else:
            two = heuristic_shares((self._fitness[0], self._fitness[2]), rules.intensity)
            self.shares = (two[0], 0.0, two[1])
            guess = expected_growth((fundamentalist, anchored), two)
        self.expected = min(_HIGHEST, max(_LOWEST, guess))

"""The enterprise customers of a market as columns: one row per customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.rules.adoption import bass_adopters
from agents.rules.enterprise_choice import choose_providers, choose_secondaries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from market.facilities import Market

MILLION = 1e6
NO_PROVIDER = -1
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class CustomerPopulation(mesa.Agent[Any]):
    """All enterprise customers, stepped together; every column has one entry per customer.

    Attributes:
        provider: index of the primary provider in the list of offers, -1 for none.
        secondary: index of the second provider, -1 for none.
        seats: seats bought when the customer buys.
        switching_cost: EUR per seat per month.
        quality_weight: worth of a point of reliability, EUR per seat per month.
        minimum_reliability: reliability needed, 0 to 1.
        contract_end: first quarter in which the customer is free.
        is_adopter: whether the customer buys at all by now.
        providers: keys of the providers that the indices mean.
        seats_of: seats by provider after the last choice (len(providers),).
        moved_seats: seats whose primary provider changed in the last choice.
    """

    def __init__(
        self,
        model: mesa.Model[Any, Any],
        providers: Sequence[str],
        shares: Sequence[float],
        reliabilities: Sequence[float],
    ) -> None:
        """Draw the population from the parameters of the model.

        Args:
            model: a model with the facilities of ``market.facilities.equip``.
            providers: keys of all that may ever sell seats.
            shares: share of the seats in use of each provider at the start; scaled to sum to one.
            reliabilities: reliability of each provider at the start.
        """
        super().__init__(model)
        self.market: Market = model  # type: ignore[assignment]
        self.providers = list(providers)
        rules = self.market.parameters.enterprise
        draws = self.market.streams.generator("enterprise customers", "population")
        special = list(self.market.parameters.demanding_customers.values())
        count = rules.customers + len(special)
        self.size = count
        self._threshold = draws.random(count)
        self.seats: Floats = np.exp(rules.seat_size_sigma * draws.standard_normal(count))
        self.switching_cost: Floats = rules.switching_cost_median_eur * np.exp(
            rules.switching_cost_sigma * draws.standard_normal(count)
        )
        self.minimum_reliability: Floats = np.clip(
            rules.minimum_reliability_mean
            + rules.minimum_reliability_spread * draws.standard_normal(count),
            0.0,
            0.999,
        )
        self.quality_weight: Floats = rules.quality_weight_eur * np.exp(
            rules.quality_weight_sigma * draws.standard_normal(count)
        )
        self.contract_end: Ints = draws.integers(0, rules.contract_quarters, count)
        self.has_second = draws.random(count) < rules.multi_homing_share
        self.provider: Ints = np.full(count, NO_PROVIDER, dtype=np.int64)
        self.secondary: Ints = np.full(count, NO_PROVIDER, dtype=np.int64)
        self._adoption = 0.0
        if rules.seats_market_million > 0:
            self._adoption = min(1.0, rules.seats_now_million / rules.seats_market_million)
        self.is_adopter = self._threshold < self._adoption
        self._scale_seats(rules.seats_now_million, rules.seats_market_million)
        for row, customer in enumerate(special, start=rules.customers):
            self.seats[row] = customer.seats
            self.switching_cost[row] = customer.switching_cost_eur
            self.minimum_reliability[row] = customer.minimum_reliability
            self._threshold[row], self.is_adopter[row] = 0.0, self._adoption > 0
        self._assign_providers(np.asarray(shares, dtype=float), np.asarray(reliabilities))
        self.seats_of: Floats = np.zeros(len(self.providers))
        self.customers_of: Ints = np.zeros(len(self.providers), dtype=np.int64)
        self.moved_seats = 0.0
        self._count_seats()

    def _scale_seats(self, now_million: float, market_million: float) -> None:
        for mask, million in (
            (self.is_adopter, now_million),
            (~self.is_adopter, max(0.0, market_million - now_million)),
        ):
            total = self.seats[mask].sum()
            if total > 0:
                self.seats[mask] *= million * MILLION / total

    def _assign_providers(self, shares: Floats, reliabilities: Floats) -> None:
        """Hand adopters to the providers so that seat shares are met; they are served already."""
        if shares.sum() <= 0:
            return
        wanted = shares / shares.sum() * self.seats[self.is_adopter].sum()
        rows = np.flatnonzero(self.is_adopter)
        rows = rows[np.argsort(-self.minimum_reliability[rows], kind="stable")]
        for row in rows.tolist():
            fits = (reliabilities >= self.minimum_reliability[row]) & (shares > 0)
            open_to = np.where(fits if fits.any() else shares > 0, wanted, -np.inf)
            chosen = int(np.argmax(open_to))
            wanted[chosen] -= self.seats[row]
            self.provider[row] = chosen
            if row < self.market.parameters.enterprise.customers:
                need = min(self.minimum_reliability[row], reliabilities[chosen])
                self.minimum_reliability[row] = need

    def choose(self, prices: Floats, reliabilities: Floats) -> None:
        """Adopt, choose primary and secondary providers, and count seats.

        Args:
            prices: EUR per seat per month of each provider; nan = not on offer (len(providers),).
            reliabilities: share of tasks done right (len(providers),).
        """
        rules = self.market.parameters.enterprise
        quarter = self.market.quarter
        qualities = 100.0 * reliabilities
        before = self.provider
        is_free = self.contract_end <= quarter
        cost = self.switching_cost
        if not rules.has_price_switching:
            cost = np.full(self.size, np.inf)
        chosen = choose_providers(
            before,
            prices,
            qualities,
            reliabilities,
            self.minimum_reliability,
            cost,
            self.quality_weight,
            is_free,
        )
        chosen = np.where(self.is_adopter, chosen, NO_PROVIDER)
        moved = chosen != before
        self.moved_seats = float(self.seats[moved & (before >= 0)].sum())
        renewed = (is_free | moved) & (chosen >= 0)
        self.contract_end = np.where(renewed, quarter + rules.contract_quarters, self.contract_end)
        self.provider = chosen
        if rules.multi_homing_share > 0:
            second = choose_secondaries(
                chosen,
                prices,
                qualities,
                reliabilities,
                self.minimum_reliability,
                self.quality_weight,
            )
            stale = renewed | (self.secondary == chosen) | ~self._is_offered(self.secondary, prices)
            second = np.where(stale, second, self.secondary)
            self.secondary = np.where(self.has_second & (chosen >= 0), second, NO_PROVIDER)
        self._count_seats()
        self._adopt()

    @staticmethod
    def _is_offered(provider: Ints, prices: Floats) -> NDArray[np.bool_]:
        """Whether a provider is there and on offer."""
        return (provider >= 0) & ~np.isnan(prices[np.maximum(provider, 0)])

    def _adopt(self) -> None:
        rules = self.market.parameters.enterprise
        self._adoption += bass_adopters(
            self._adoption, 1.0, rules.bass_innovation, rules.bass_imitation
        )
        if rules.seats_market_million > 0:
            self.is_adopter = self.is_adopter | (self._threshold < self._adoption)

    def _count_seats(self) -> None:
        rules = self.market.parameters.enterprise
        size = len(self.providers)
        has = self.provider >= 0
        both = has & (self.secondary >= 0)
        second = rules.secondary_seat_share * self.seats[both]
        seats = np.bincount(self.provider[has], self.seats[has], size)
        seats -= np.bincount(self.provider[both], second, size)
        seats += np.bincount(self.secondary[both], second, size)
        self.seats_of = seats[:size]
        self.customers_of = np.bincount(self.provider[has], minlength=size)[:size]

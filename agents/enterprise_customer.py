"""An enterprise customer: it moves when a rival is more than its switching cost cheaper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from agents.rules.enterprise_choice import choose_provider

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_PROVIDER = -1


class EnterpriseCustomer(mesa.Agent[Any]):
    """One customer that buys seats from a provider.

    Attributes:
        provider: index of its provider in the list of offers, -1 for none.
        seats: seats that it buys.
        switching_cost: price gap it does not move for, EUR per seat per month.
        minimum_reliability: reliability that it needs, 0 to 1.
        quality_weight: worth of a point of quality, EUR per seat per month.
        contract_end: first quarter in which it is free to move.
    """

    def __init__(
        self,
        model: mesa.Model[Any, Any],
        *,
        provider: int = NO_PROVIDER,
        seats: float = 1.0,
        switching_cost: float = 3.0,
        minimum_reliability: float = 0.0,
        quality_weight: float = 0.0,
        contract_end: int = 0,
    ) -> None:
        """Create the customer in any Mesa model."""
        super().__init__(model)
        self.provider = provider
        self.seats = seats
        self.switching_cost = switching_cost
        self.minimum_reliability = minimum_reliability
        self.quality_weight = quality_weight
        self.contract_end = contract_end

    def choose(
        self,
        prices: Sequence[float],
        qualities: Sequence[float],
        reliabilities: Sequence[float],
        quarter: int = 0,
    ) -> bool:
        """Apply the rule of ``agents.rules.enterprise_choice``; returns whether it moved.

        Args:
            prices: EUR per seat per month of each provider, nan = not on offer.
            qualities: points of quality of each provider.
            reliabilities: share of tasks done right by each provider.
            quarter: present quarter, compared with the end of its contract.
        """
        before = self.provider
        self.provider = choose_provider(
            before,
            prices,
            qualities,
            reliabilities,
            self.minimum_reliability,
            self.switching_cost,
            self.quality_weight,
            quarter >= self.contract_end,
        )
        return self.provider != before

"""An enterprise customer: it moves when a rival is more than its switching cost cheaper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from agents.columns.agent import ColumnAgent
from agents.columns.storage import column
from agents.rules import enterprise_choice
from agents.rules.enterprise_choice import NO_PROVIDER, next_renewal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.customers.population import CustomerPopulation


class CustomerBehaviour:
    """What a customer does, whatever its data are kept in.

    Attributes:
        provider: index of its primary provider in the list of offers, -1 for none.
        secondary: index of its second provider, -1 for none.
        seats: seats that it buys.
        switching_cost: price gap it does not move for, EUR per seat per month.
        minimum_reliability: reliability that it needs, 0 to 1.
        quality_weight: worth of a point of quality, EUR per seat per month.
        contract_end: first quarter in which it is free to move.
        has_second: whether it wants a second provider.
        is_adopter: whether it buys at all by now.
    """

    provider: int
    secondary: int
    seats: float
    switching_cost: float
    minimum_reliability: float
    quality_weight: float
    contract_end: int
    has_second: bool
    is_adopter: bool

    def choose(
        self,
        prices: Sequence[float],
        qualities: Sequence[float],
        reliabilities: Sequence[float],
        quarter: int = 0,
        *,
        contract_quarters: int = 1,
        is_tender: bool = False,
        has_price_switching: bool = True,
    ) -> bool:
        """Choose providers by the rule for one customer; returns whether it moved.

        The rule is ``choose_provider`` and ``choose_secondary`` of
        ``agents.rules.enterprise_choice``. A population calls this method when its ``path`` is
        ``"objects"``; ordinary runs use the rule for columns, which gives the same answers.

        A second provider is chosen when the contract is renewed, when the customer moves, and
        when the present one is gone.

        Args:
            prices: EUR per seat per month of each provider, nan = not on offer.
            qualities: points of quality of each provider.
            reliabilities: share of tasks done right by each provider.
            quarter: present quarter, compared with the end of its contract.
            contract_quarters: length of a new contract.
            is_tender: whether it puts its seats out to tender now.
            has_price_switching: off: it never moves for a better offer.
        """
        if not self.is_adopter:
            return False
        before, is_free = self.provider, quarter >= self.contract_end
        need, weight = self.minimum_reliability, self.quality_weight
        cost = self.switching_cost if has_price_switching else float("inf")
        offers = prices, qualities, reliabilities, need
        self.provider = enterprise_choice.choose_provider(
            before, *offers, cost, weight, is_free, is_tender
        )
        has_moved = self.provider != before
        is_renewed = is_free and self.provider >= 0
        if is_renewed:
            self.contract_end = next_renewal(self.contract_end, quarter, contract_quarters)
        if self.provider < 0 or not self.has_second:
            self.secondary = NO_PROVIDER
        elif has_moved or is_renewed or self._has_lost_second(prices):
            self.secondary = enterprise_choice.choose_secondary(self.provider, *offers, weight)
        return has_moved

    def _has_lost_second(self, prices: Sequence[float]) -> bool:
        return self.secondary >= 0 and prices[self.secondary] != prices[self.secondary]


class SingleCustomer(CustomerBehaviour, mesa.Agent[Any]):
    """One customer as a Mesa agent of its own, for a model with few of them.

    Args:
        model: any Mesa model; nothing of ``market.equip`` is needed. The other arguments are the
            attributes of ``CustomerBehaviour``.
    """

    def __init__(  # noqa: PLR0913 - the attributes of a customer
        self,
        model: mesa.Model[Any, Any],
        *,
        provider: int = NO_PROVIDER,
        secondary: int = NO_PROVIDER,
        seats: float = 1.0,
        switching_cost: float = 3.0,
        minimum_reliability: float = 0.0,
        quality_weight: float = 0.0,
        contract_end: int = 0,
        has_second: bool = False,
        is_adopter: bool = True,
    ) -> None:
        """Create the customer in any Mesa model; see ``CustomerBehaviour`` for the arguments."""
        super().__init__(model)
        self.provider = provider
        self.secondary = secondary
        self.seats = seats
        self.switching_cost = switching_cost
        self.minimum_reliability = minimum_reliability
        self.quality_weight = quality_weight
        self.contract_end = contract_end
        self.has_second = has_second
        self.is_adopter = is_adopter


class EnterpriseCustomer(CustomerBehaviour, ColumnAgent):
    """One row of a ``CustomerPopulation``; reads and writes go to the columns.

    Args:
        model: a model with the facilities of ``market.equip``, whose population gets the row.
        values: attribute of ``CustomerBehaviour`` -> value; the column's default when omitted.
    """

    population: CustomerPopulation

    provider = column(np.int8, NO_PROVIDER, doc="Primary provider, -1 for none.")
    secondary = column(np.int8, NO_PROVIDER, doc="Second provider, -1 for none.")
    seats = column(np.float64, 1.0, unit="seats", doc="Seats, in whole 1024ths.")
    switching_cost = column(
        np.float64, 3.0, unit="EUR per seat per month", doc="Price gap it does not move for."
    )
    need_level = column(np.uint16, 0, doc="Code of the least reliability.")
    weight_class = column(np.uint8, 0, doc="Code of the weight of quality.")
    contract_end = column(np.int16, 0, unit="quarter", doc="First quarter in which it is free.")
    has_second = column(np.bool_, False, doc="Whether it wants a second provider.")
    is_adopter = column(np.bool_, True, doc="Whether it buys at all by now.")

    @property
    def minimum_reliability(self) -> float:
        """Reliability that it needs, 0 to 1; a new value is added to the levels."""
        return float(self.population.need_levels[self.need_level])

    @minimum_reliability.setter
    def minimum_reliability(self, value: float) -> None:
        self.need_level = self.population.code_of_need(value)

    @property
    def quality_weight(self) -> float:
        """Worth of a point of reliability; a new value is added to the classes."""
        return float(self.population.weights[self.weight_class])

    @quality_weight.setter
    def quality_weight(self, value: float) -> None:
        self.weight_class = self.population.code_of_weight(value)

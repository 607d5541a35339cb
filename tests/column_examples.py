"""The same agents twice: as one object each, and as rows of columns."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from agents import ColumnAgent, column


class Behaviour:
    """What a shopper does, whatever its data are kept in."""

    model: Any
    unique_id: Any
    cash: float
    size: int
    kind: str
    is_open: bool

    def pay(self, amount: float) -> float:
        """Pay an amount; returns what is left."""
        self.cash -= amount
        return self.cash

    def swap(self) -> None:
        """Turn its state around."""
        self.is_open = not self.is_open
        self.size = -self.size

    def leave_if_small(self) -> bool:
        """Leave the model if it is of the smallest size; whether it left."""
        if self.size == -3:
            self.remove()  # type: ignore[attr-defined]
            return True
        return False

    def push_out(self) -> int | None:
        """Remove the next one of its kind whose number divides by five; returns the number."""
        for other in self.model.agents_by_type[type(self)]:
            if other.unique_id > self.unique_id and other.unique_id % 5 == 0:
                number: int = other.unique_id
                other.remove()
                return number
        return None

    def split(self) -> int | None:
        """Make another of its kind if it is rich; returns its number."""
        if self.cash < 2 or len(self.model.agents) > 40:
            return None
        self.cash /= 2
        return type(self)(self.model, cash=self.cash, kind=self.kind).unique_id  # type: ignore[call-arg,no-any-return]

    @property
    def wealth(self) -> float:
        """Cash by size: an attribute that is no column."""
        return self.cash * self.size


class PlainShopper(Behaviour, mesa.Agent[Any]):
    """One object per shopper."""

    def __init__(
        self,
        model: Any,
        cash: float = 1.5,
        size: int = 0,
        kind: str = "a",
        is_open: bool = False,
    ) -> None:
        super().__init__(model)
        self.cash, self.size, self.kind, self.is_open = cash, size, kind, is_open


class RowShopper(Behaviour, ColumnAgent):
    """One row per shopper."""

    cash: float = column(np.float64, 1.5, unit="EUR", doc="Money.")
    size: int = column(np.int8, doc="A whole number.")
    kind: str = column("U3", "a", doc="A short text.")
    is_open: bool = column(np.bool_, doc="A state.")


class Shop(mesa.Agent[Any]):
    """An ordinary agent in the same model."""

    cash = 7.25
    size = 3

    def pay(self, amount: float) -> float:
        """Pay an amount; returns what is left."""
        self.cash -= amount
        return self.cash

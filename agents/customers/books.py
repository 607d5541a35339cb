"""How many customers and seats each provider has, kept up to date by what changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class CustomerBooks:
    """Customers and seats by (primary, second) provider, and the moves of the last choice.

    Index -1 (the last row or column) stands for none. Seats are whole 1024ths, so that booking
    changes gives the same bits as counting anew, in whatever order.

    Attributes:
        pair_seats: seats by primary and second provider (providers + 1, providers + 1).
        pair_customers: customers likewise.
        flow_seats: seats whose primary provider changed in the last choice, from row to column;
            the last row holds newcomers, the last column who gave up.
    """

    def __init__(self, providers: int, secondary_share: float) -> None:
        """Open empty books; ``secondary_share`` is the part of seats bought from the second."""
        shape = (providers + 1, providers + 1)
        self.secondary_share = secondary_share
        self.pair_seats: Floats = np.zeros(shape)
        self.pair_customers: Ints = np.zeros(shape, dtype=np.int64)
        self.flow_seats: Floats = np.zeros(shape)

    @property
    def counts(self) -> tuple[Floats, Ints, Floats]:
        """The three tables, as the choosing forms write them."""
        return self.pair_seats, self.pair_customers, self.flow_seats

    def start_quarter(self) -> None:
        """Forget the moves of the last choice."""
        self.flow_seats[:] = 0.0

    def recount(
        self, provider: NDArray[np.int8], secondary: NDArray[np.int8], seats: Floats
    ) -> None:
        """Count customers and seats from their columns."""
        rows = np.flatnonzero(provider >= 0)
        side = self.pair_seats.shape[0]
        codes = _pair_codes(provider[rows], secondary[rows], side)
        self.pair_seats[:] = np.bincount(codes, seats[rows], side * side).reshape(side, side)
        self.pair_customers[:] = np.bincount(codes, minlength=side * side).reshape(side, side)

    def book(
        self,
        seats: Floats,
        old: tuple[NDArray[np.int8], NDArray[np.int8]],
        new: tuple[NDArray[np.int8], NDArray[np.int8]],
    ) -> None:
        """Book customers that leave the old (primary, second) pair for the new one."""
        side = self.pair_seats.shape[0]
        before, after = _pair_codes(*old, side), _pair_codes(*new, side)
        size = side * side
        change = np.bincount(after, seats, size) - np.bincount(before, seats, size)
        self.pair_seats += change.reshape(side, side)
        moved = np.bincount(after, minlength=size) - np.bincount(before, minlength=size)
        self.pair_customers += moved.reshape(side, side)
        self.note_moves(seats, old[0], new[0])

    def note_moves(self, seats: Floats, old: NDArray[np.int8], new: NDArray[np.int8]) -> None:
        """Add seats to the flows from an old to a new primary provider."""
        side = self.flow_seats.shape[0]
        flows = np.bincount(_pair_codes(old, new, side), seats, side * side)
        flows[:: side + 1] = 0.0
        self.flow_seats += flows.reshape(side, side)

    def seats_of(self) -> Floats:
        """Seats by provider, second ones included (providers,)."""
        both = self.pair_seats[:-1, :-1]
        second = self.secondary_share * (both.sum(axis=0) - both.sum(axis=1))
        return np.asarray(self.pair_seats[:-1].sum(axis=1) + second)

    def customers_of(self) -> Ints:
        """Customers by primary provider (providers,)."""
        return np.asarray(self.pair_customers[:-1].sum(axis=1))

    def moved_seats(self) -> float:
        """Seats whose primary provider changed or was given up in the last choice."""
        return float(self.flow_seats[:-1].sum())


def _pair_codes(first: NDArray[np.int8], second: NDArray[np.int8], side: int) -> NDArray[np.intp]:
    """One number for two providers; -1 counts as the last one."""
    return np.asarray((first % side).astype(np.intp) * side + second % side)

"""The identities that every batch of postings must keep, checked exactly in integer cents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class IdentityViolation(RuntimeError):
    """An accounting identity does not hold.

    Attributes:
        identity: "I1" to "I10".
        quarter: label of the quarter.
        posting: the posting, account or contract concerned.
        amount: what is missing or too much, in cents (CU for I9).
    """

    def __init__(self, identity: str, quarter: str, posting: str, amount: float) -> None:
        """Keep the parts and make the message."""
        super().__init__(f"{identity} violated in {quarter}: {posting}: off by {amount} cents")
        self.identity, self.quarter = identity, quarter
        self.posting, self.amount = posting, amount


def check_rpo(
    opening: Ints,
    signed: Ints,
    delivered: Ints,
    cancelled: Ints,
    closing: Ints,
    names: Sequence[str],
    quarter: str,
) -> None:
    """I8: RPO(t) = RPO(t-1) + signed - delivered - cancelled, to the cent."""
    gap = opening + signed - delivered - cancelled - closing
    if gap.any():
        row = int(np.flatnonzero(gap)[0])
        raise IdentityViolation("I8", quarter, f"RPO of {names[row]}", int(gap[row]))


def check_compute(
    delivered: Floats,
    capacity: Floats,
    names: Sequence[str],
    quarter: str,
    tolerance: float = 1e-9,
) -> None:
    """I9: compute delivered is at most the installed capacity of each vintage."""
    excess = delivered - capacity
    over = excess > tolerance * np.maximum(1.0, capacity)
    if over.any():
        row = int(np.flatnonzero(over)[0])
        raise IdentityViolation("I9", quarter, f"compute of {names[row]}", float(excess[row]))

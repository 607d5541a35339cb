"""How much one visitor may ask of the server."""

from __future__ import annotations

MAX_CUSTOMERS = 1_000_000
MAX_QUARTERS = 120
MAX_SEED = 2**32 - 1
MAX_CHANGES = 200
MAX_SHOCKS = 20
MAX_FINISHED = 12
"""Finished worlds that the server keeps for all visitors."""
IDLE_S = 30.0
"""A session's thread ends after so many seconds without work."""

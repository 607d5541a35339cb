"""Words around the shocks; those of a shock itself stand in its class (``market.shocks``)."""

from __future__ import annotations

ALL_OF = "all {group}"
OWN_CHANGES = "Changed in this world: {changes}."
OWN_SHOCKS = "Struck in this world: {shocks}."

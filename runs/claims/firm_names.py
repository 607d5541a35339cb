"""Names of companies for texts, from the scenario that the claims are about."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from market.scenario import load_scenario

    world = load_scenario("reference")
    groups = (world.labs, world.clouds, world.chipmakers, world.investors)
    return {key: firm.name for group in groups for key, firm in group.items()}


def firm_name(key: str) -> str:
    """Name of a company of the reference scenario; the key itself when it has none."""
    return _names().get(key, key)

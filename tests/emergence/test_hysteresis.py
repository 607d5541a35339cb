"""E7: funding freezes at one inflow of savings and thaws at another, at the same time of the boom.

Histories are compared at equal quarters, so that what grows with time plays no part: both come
from one state, one had its inflow and one had none, and then both get the same inflow.
"""

from __future__ import annotations

from functools import cache

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario
from runs.twin_runs.interventions import ScaleInflow
from runs.twin_runs.pairs import clone

BEGIN, PAST, AFTER = 8, 8, 6
"""Quarters before the histories part, of the two pasts, and of the present that is measured."""
SEEDS = range(12)


def thrifty_world() -> MarketParameters:
    """The reference with a tenth of the cash and twice the inflow: investors live on savings."""
    data = load_scenario("reference").model_dump()
    for investor in data["investors"].values():
        if investor["kind"] != "parent":
            investor["cash_usd"] *= 0.1
            investor["inflow_usd"] *= 2
    return MarketParameters.model_validate(data)


@cache
def states() -> list[MarketModel]:
    """The states from which the histories part, one per seed."""
    world = thrifty_world()
    return [MarketModel(world, seed=seed).run(BEGIN) for seed in SEEDS]


def raised_share(past: float, present: float) -> float:
    """Raised over needed in all rounds of the present, all seeds together, given both inflows."""
    needed = raised = 0.0
    for state in states():
        model = clone(state)
        ScaleInflow(past)(model)
        model.run(PAST)
        ScaleInflow(present)(model)
        columns = model.run(AFTER).datacollector.model_vars
        asked, ratios = columns["needed_usd"][-AFTER:], columns["raised_ratio"][-AFTER:]
        needed += sum(asked)
        raised += sum(usd * ratio for usd, ratio in zip(asked, ratios, strict=True) if usd > 0)
    return raised / needed


def test_freeze_and_thaw_lie_at_different_inflows() -> None:
    """Half of what is needed is the limit of a freeze.

    Without inflow a market that had money two years before stays open (78% raised) and one that
    had none is frozen (42%): the inflow at which it freezes depends on the past. What remembers is
    the stock of dry powder. The usual inflow thaws it, not to where it would have been.
    """
    assert raised_share(past=0.0, present=0.0) < 0.5 < raised_share(past=1.0, present=0.0)
    assert 0.5 < raised_share(past=0.0, present=1.0) < raised_share(past=1.0, present=1.0)

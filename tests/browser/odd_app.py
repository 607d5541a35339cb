"""The app with a model that misbehaves on request: served by tests only.

A world of 11 quarters raises in its eighth; in a world of 12 quarters each step takes a second.
"""

import time

from market.model import MarketModel
from market.phases.commitments import plan_commitments as plan
from viz.app import Layout, page

FAILING, SLOW = 11, 12


def plan_commitments(model: MarketModel) -> None:
    """Plan as ever, but for the two odd worlds."""
    if model.parameters.quarters == FAILING and model.quarter == 7:
        raise ZeroDivisionError("a rule divided by nothing")
    if model.parameters.quarters == SLOW:
        time.sleep(1.0)
    plan(model)


MarketModel.phases = MarketModel.phases.replace("plan_commitments", plan_commitments)
__all__ = ["Layout", "page"]

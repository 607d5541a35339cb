"""What claims about shocks measure: the difference of an indicator by quarter after a shock."""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from runs.claims.measures import pair_measure

if TYPE_CHECKING:
    import pandas as pd

    from market.model import MarketModel
    from runs.twin_runs.pairs import Pair

_FRAMES: WeakKeyDictionary[Any, dict[tuple[type, int], pd.DataFrame]] = WeakKeyDictionary()
"""Tables of firms of finished models: a model and a quarter have many measures."""


@pair_measure
def impulse(pair: Pair, indicator: str, quarter: str) -> float:
    """What the intervention changed in an indicator, as a part of its value without.

    Args:
        pair: finished twins.
        indicator: of the whole market ("capex_usd") or of a firm ("KEY.value_usd").
        quarter: counted from the parting, "0" is the first that can differ.

    Returns:
        With over without, less one; nan where there is no value, or none above zero without.
    """
    number = pair.since + int(quarter)
    base, shocked = (_value_at(model, indicator, number) for model in (pair.base, pair.shocked))
    return shocked / base - 1 if base > 0 else nan


def _value_at(model: MarketModel, indicator: str, quarter: int) -> float:
    key, dot, name = indicator.partition(".")
    if quarter >= model.quarter:
        return nan
    if not dot:
        value = model.datacollector.model_vars[indicator][quarter]
        return nan if value is None else float(value)
    firm = model.institution(key)
    frames = _FRAMES.setdefault(model, {})
    if (type(firm), model.quarter) not in frames:
        frame = model.datacollector.get_agenttype_vars_dataframe(type(firm))
        frames[type(firm), model.quarter] = frame
    rows = frames[type(firm), model.quarter][name].xs(firm.unique_id, level="AgentID")
    return float(rows.get(quarter + 1, nan))


@pair_measure
def entrant_share(pair: Pair, lab: str) -> float:
    """Part of the enterprise seats that a lab has at the end, with the intervention."""
    share = float(pair.shocked.labs[lab].seat_share)
    return 0.0 if isnan(share) else share


@pair_measure
def gap_at(pair: Pair, indicator: str, quarter: str) -> float:
    """Part of an indicator that is missing in a quarter after the parting; see ``impulse``."""
    return -impulse(pair, indicator, quarter)


@pair_measure
def gap(pair: Pair, indicator: str) -> float:
    """Part of the sum of an indicator since the parting that is missing; nan for none without."""
    sums = []
    for model in (pair.base, pair.shocked):
        values = (_value_at(model, indicator, q) for q in range(pair.since, model.quarter))
        sums.append(sum(value for value in values if not isnan(value)))
    return 1 - sums[1] / sums[0] if sums[0] > 0 else nan

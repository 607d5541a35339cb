"""What claims about power measure: GW behind the compute of a lab and of a cloud."""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING

from runs.claims.measures import measure
from runs.claims.measures.measures_economics import firm_series

if TYPE_CHECKING:
    from market.model import MarketModel


def gw_per_cu(model: MarketModel, quarter: int) -> float:
    """Power of the chips in service over their compute, GW per CU; nan without any."""
    columns = model.datacollector.model_vars
    capacity = float(columns["capacity_cu"][quarter])
    return float(columns["power_gw"][quarter]) / capacity if capacity > 0 else nan


@measure
def lab_gw(model: MarketModel, lab: str, quarter: str) -> float:
    """Power behind the compute that a lab uses in a quarter, GW; 0 once it has failed."""
    number = int(quarter)
    used = firm_series(model, lab, "inference_cu")[number]
    used += firm_series(model, lab, "training_cu")[number]
    is_gone = firm_series(model, lab, "is_defaulted")[number] > 0
    return 0.0 if is_gone or isnan(used) else used * gw_per_cu(model, number)


@measure
def reaches_gw(model: MarketModel, lab: str, gw: str, until: str) -> float:
    """1 when a lab's compute draws so many GW in some quarter up to one, else 0."""
    used = zip(
        firm_series(model, lab, "inference_cu"),
        firm_series(model, lab, "training_cu"),
        firm_series(model, lab, "is_defaulted"),
        strict=True,
    )
    found = [
        (inference + training) * gw_per_cu(model, quarter)
        for quarter, (inference, training, is_gone) in enumerate(used)
        if quarter <= int(until) and not is_gone
    ]
    return float(any(value >= float(gw) for value in found))


@measure
def cloud_gw(model: MarketModel, cloud: str, quarter: str) -> float:
    """Power of a cloud's chips in service in a quarter, GW."""
    number = int(quarter)
    return firm_series(model, cloud, "capacity_cu")[number] * gw_per_cu(model, number)

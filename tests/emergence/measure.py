"""Helpers of the emergence tests: fingerprints of parameters and runs, small variations."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from market.model import MarketModel
from market.parameters.world import MarketParameters


def parameter_hash(parameters: MarketParameters) -> str:
    """Fingerprint of all parameters."""
    return hashlib.sha256(parameters.model_dump_json().encode()).hexdigest()


def series(model: MarketModel) -> pd.DataFrame:
    """The indicators of a run by quarter number, without the labels."""
    frame = model.datacollector.get_model_vars_dataframe()
    return frame.drop(columns=["quarter", "quarter_number"])


def run_hash(model: MarketModel) -> str:
    """Fingerprint of a run: all series, all events, all closing balances."""
    digest = hashlib.sha256()
    digest.update(series(model).to_csv(float_format="%.17g").encode())
    for event in model.events:
        digest.update(repr((event.quarter, event.kind, event.agent, event.size)).encode())
    for archive in model.ledger.archives:
        digest.update(archive.closing.tobytes())
    return digest.hexdigest()


def varied(parameters: MarketParameters, path: str, value: Any) -> MarketParameters:
    """A copy with the value at a dotted path replaced, checked anew."""
    data = parameters.model_dump()
    *parents, last = path.split(".")
    place = data
    for key in parents:
        place = place[key]
    place[last] = value
    return MarketParameters.model_validate(data)


def scaled_investors(parameters: MarketParameters, factor: float) -> MarketParameters:
    """A copy in which every investor holds and receives ``factor`` times the money."""
    data = parameters.model_dump()
    for investor in data["investors"].values():
        investor["cash_usd"] *= factor
        investor["inflow_usd"] *= factor
    return MarketParameters.model_validate(data)

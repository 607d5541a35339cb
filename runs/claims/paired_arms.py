"""Two arms of a study, run by run: what a change does to the same world with the same seed."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runs.claims.results import Results

if TYPE_CHECKING:
    from collections.abc import Mapping

PAIR = ["point", "replicate"]


def paired(results: Results, study: str, output: str, arm: str, base: str) -> pd.DataFrame:
    """An output in two arms, one row per point and seed: columns ``arm`` and ``base``.

    Pairs of which one run failed are left out; a missing value is nan.
    """
    found = {
        name: results.frame(study, which).set_index(PAIR)[output].astype("float64")
        for name, which in (("arm", arm), ("base", base))
    }
    return pd.DataFrame(found).loc[lambda pairs: pairs.index.isin(_shared(found))]


def _shared(found: Mapping[str, pd.Series[float]]) -> pd.Index[int]:
    return found["arm"].index.intersection(found["base"].index)


def gains(pairs: pd.DataFrame, *, is_relative: bool) -> pd.Series[float]:
    """Arm less base by pair, or that over base; nan where a value is missing or base is not > 0."""
    change = pairs["arm"] - pairs["base"]
    if not is_relative:
        return change
    return change / pairs["base"].where(pairs["base"] > 0, nan)


def with_gain(
    results: Results, study: str, output: str, arm: str, base: str, *, is_relative: bool
) -> Results:
    """The same study with one row per pair and the gain as ``output``, to ask what drives it."""
    gain = gains(paired(results, study, output, arm, base), is_relative=is_relative)
    frame = results.frame(study, arm).set_index(PAIR)
    frame = frame.loc[frame.index.isin(gain.index)].copy()
    frame[output] = gain.reindex(frame.index).to_numpy(dtype=np.float64)
    return Results({study: frame.reset_index()}, {study: results.varied[study]}, results.is_quick)

"""G10 and S3: where ten years lead over the uncertain worlds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from market.parameters.world import quarter_index, quarter_label
from runs.picture_style import percent_tick
from runs.twin_runs.results import share_effect
from runs.validation.answers.pictures import fan
from runs.validation.gate import WORDS, Chart, Found, Gate
from runs.validation.results import Results, quantile_effect, resampled

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


TRIAL, ARM = "long-run", "as-is"
LOW, HIGH = 0.05, 0.95
SCALES = {
    "power_gw": 1.0,
    "spot_price_usd_hour": 1.0,
    "chip_revenue_over_capex": 1.0,
    "investors_growth": 1.0,
}
"""What a series is divided by where that is not a billion."""
KINDS = {"labs": "lab_hoards", "clouds": "cloud_hoards", "chipmakers": "chipmaker_hoards"}
CHECKPOINTS = (3, 11, 19, 29, 39)
"""Quarters whose ranges the table shows, from the start, as far as the runs go."""


def ranges(gate: Gate, results: Results) -> Found:
    """G10: all its parts."""
    of = partial(results.values, TRIAL, arm=ARM)
    power, revenue = of("power"), year_totals(results, "labs_revenue_usd", 2030)
    effects = {
        "power-low": quantile_effect(power, LOW),
        "power-high": quantile_effect(power, HIGH),
        "rent": results.mean(TRIAL, "rent_rises", ARM),
        "revenue": resampled(revenue, _width),
        "hoards": share_effect((of("hoards") > 0).astype("float64").tolist()),
        "chips-low": quantile_effect(of("chip_share_low"), LOW),
        "chips-high": quantile_effect(of("chip_share_high"), HIGH),
        "rpo": results.mean(TRIAL, "other_rpo_fall", ARM),
    }
    shares = ("chips-low", "chips-high", "rent", "hoards")
    chart = Chart("shares", tuple((gate.says(name), effects[name]) for name in shares), "share")
    names = ("power_gw", "labs_revenue_usd", "chip_revenue_over_capex")
    kinds = [
        gate.says("hoard-of", kind=kind, share=percent_tick(round(float((of(name) > 0).mean()), 2)))
        for kind, name in KINDS.items()
    ]
    notes = (gate.says("hoards-note", kinds=", ".join(kinds)),)
    return Found(effects, (chart,), drawings=_fans(results, names), notes=notes)


def _width(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> object:
    """How many times the value at the upper end of the range is that at the lower end."""
    low, high = np.quantile(rows, (LOW, HIGH), axis=-1)
    return high / np.where(low > 0, low, np.nan)


def year_totals(results: Results, series: str, year: int) -> list[float]:
    """Sum of a series over the quarters of a calendar year, one per run; none when it is later."""
    start = start_of(results)
    first = quarter_index(start, f"{year}Q1")
    frame = results.series[TRIAL]
    chosen = frame[frame["quarter"].between(first, first + 3)]
    sums = chosen.groupby("run_id")[series].agg(["sum", "count"])
    return [float(total) for total in sums.loc[sums["count"] == 4, "sum"]]


def start_of(results: Results) -> str:
    """Label of the first quarter."""
    from market.scenario import load_scenario

    return load_scenario(results.setting.scenario).start


def told(gate: Gate, results: Results) -> Found:
    """S3: the middle 90% of each series at some quarters; nothing is asked."""
    names = results.trials[TRIAL].series
    start = start_of(results)
    rows = []
    for name in names:
        quantiles = _quantiles(results, name)
        for quarter in (each for each in CHECKPOINTS if each in quantiles.index):
            ends = quantiles.loc[quarter].to_numpy(dtype=np.float64) / scale_of(name)
            label = quarter_label(start, quarter)
            rows.append((gate.says(f"series-{_text_name(name)}"), label, *ends.tolist()))
    table = pd.DataFrame(rows, columns=["series", "quarter", "low", "median", "high"])
    shown = ("capex_usd", "spot_price_usd_hour", "raised_usd")
    notes = tuple(gate.says(f"why-{_text_name(name)}") for name in names)
    return Found({}, drawings=_fans(results, shown), tables={"ranges": table}, notes=notes)


def scale_of(series: str) -> float:
    """What a series is divided by for readers."""
    return SCALES.get(series, 1e9)


def _text_name(series: str) -> str:
    return series.replace(":", "-").replace("_", "-")


def _quantiles(results: Results, series: str) -> pd.DataFrame:
    """Columns low, middle and high, by quarter."""
    frame = results.series[TRIAL]
    by_quarter = frame.groupby("quarter")[series]
    ends = {"low": LOW, "middle": 0.5, "high": HIGH}
    return pd.DataFrame({name: by_quarter.quantile(share) for name, share in ends.items()})


def _fans(results: Results, names: tuple[str, ...]) -> dict[str, Callable[[], Drawing]]:
    return {_text_name(name): partial(_fan, results, name) for name in names}


def _fan(results: Results, name: str) -> Drawing:
    return fan(_quantiles(results, name), scale_of(name), WORDS(f"axis-{_text_name(name)}"))

"""Charts of worlds side by side: a line for each, and the difference to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.charts.fan import band_series, line
from viz.charts.series import frame_option, legend, scaled
from viz.words.compare import LINES

if TYPE_CHECKING:
    import pandas as pd

    from viz.charts.theme import Theme
    from viz.world.compare_results import Comparison

DASHES = ("solid", "dashed", "dotted", "solid")
MEANS = ("defaults",)
"""Indicators of which the mean is drawn: the median of a few whole numbers says little."""


def lines_option(comparison: Comparison, name: str, theme: Theme) -> dict[str, Any]:
    """An indicator in each world: its median over the runs, with the middle half of the runs.

    Args:
        comparison: the worlds.
        name: indicator, a key of ``LINES``.
        theme: colours.
    """
    _, _, unit, divisor = LINES[name]
    series: list[dict[str, Any]] = []
    labels: list[str] = []
    for number, (world, ensemble) in enumerate(
        zip(comparison.names, comparison.ensembles, strict=True)
    ):
        colour = theme.series[number]
        labels = max(labels, ensemble.labels, key=len)
        if name in MEANS:
            values = [float(value) for value in ensemble.values(name).mean(axis=0)]
            middle = scaled(values, divisor)
        else:
            band = ensemble.band(name)
            low, middle, high = (
                scaled([float(v) for v in band[column]], divisor)
                for column in ("low_50", "median", "high_50")
            )
            series += band_series(low, high, f"{world}, half of the runs", colour, 0.12)
        series.append(line(world, middle, colour, 2.2, dashes=DASHES[number % len(DASHES)]))
    option = frame_option(labels, unit, theme)
    names = {**legend(comparison.names, theme), "type": "scroll", "left": 60}
    return {**option, "legend": names, "series": series}


def lines_frame(comparison: Comparison, name: str) -> pd.DataFrame:
    """Table behind ``lines_option``: world, then the columns of ``Ensemble.band`` and the mean."""
    import pandas as pd

    frames = [
        ensemble.band(name).assign(world=world, mean=ensemble.values(name).mean(axis=0))
        for world, ensemble in zip(comparison.names, comparison.ensembles, strict=True)
    ]
    return pd.concat(frames, ignore_index=True)


def gap_option(comparison: Comparison, name: str, theme: Theme) -> dict[str, Any]:
    """Difference of each world to the first, with the 95% interval of its mean."""
    _, _, unit, divisor = LINES[name]
    series: list[dict[str, Any]] = []
    labels: list[str] = []
    for number in range(1, len(comparison.names)):
        gaps = comparison.gaps(name, number)
        labels = max(labels, list(gaps["quarter"]), key=len)
        mean, low, high = (
            scaled([float(v) for v in gaps[column]], divisor) for column in ("mean", "low", "high")
        )
        world, colour = comparison.names[number], theme.series[number]
        series += band_series(low, high, f"{world}, interval", colour, 0.16)
        series.append(line(world, mean, colour, 2.2, dashes=DASHES[number % len(DASHES)]))
    zero = {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": False},
        "lineStyle": {"color": theme.text, "type": "solid", "width": 1},
        "data": [{"yAxis": 0}],
    }
    if series:
        series[-1] = {**series[-1], "markLine": zero}
    option = frame_option(labels, unit, theme)
    return {**option, "legend": legend(comparison.names[1:], theme), "series": series}


def gap_frame(comparison: Comparison, name: str) -> pd.DataFrame:
    """Table behind ``gap_option``: world, then the columns of ``Comparison.gaps``."""
    import pandas as pd

    others = range(1, len(comparison.names))
    frames = [comparison.gaps(name, n).assign(world=comparison.names[n]) for n in others]
    return pd.concat(frames, ignore_index=True)

"""How pictures look: colours that the colour-blind can tell apart, fonts, sizes and axes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, StrMethodFormatter

BLUE, RED, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PINK, BLACK, GREY = "#56B4E9", "#CC79A7", "#000000", "#9A9A9A"
LINES = (BLUE, RED, GREEN, ORANGE, SKY, PINK, BLACK, GREY)
"""The palette of Okabe and Ito (2008), without its yellow, and a grey."""

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 11.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "legend.frameon": False,
    "savefig.dpi": 150.0,
}
SIZE = (9.0, 5.0)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the settings of the project only, whatever the user's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def new_figure(size: tuple[float, float] = SIZE) -> Figure:
    """An empty figure that belongs to no window."""
    return Figure(figsize=size, layout="constrained")


def label_quarters(axes: Axes, labels: Sequence[str]) -> None:
    """Name the quarters on the x axis: every year at its first quarter, or every quarter."""
    last = len(labels) - 1
    if last < 10:
        ticks = list(range(len(labels)))
        names = list(labels)
    else:
        ticks = [i for i, label in enumerate(labels) if label.endswith("Q1")]
        step = 1 + len(ticks) // 14
        ticks = ticks[::step]
        names = [labels[i][:4] for i in ticks]
    axes.set_xticks(ticks, names)
    axes.set_xlim(-0.5, last + 0.5)
    axes.set_xlabel("Quarter" if last < 10 else "Year (tick at its first quarter)")


def headline(axes: Axes, text: str) -> None:
    """Title of a chart, in lines that fit the figure."""
    axes.set_title(textwrap.fill(text, 95))


def group_thousands(axes: Axes) -> None:
    """Write the numbers of the y axis like 1,200."""
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def percent_ticks(axis: Axis) -> None:
    """Write the shares of an axis in per cent with the decimals they need: 2.5%, 5%, 10%."""
    axis.set_major_formatter(FuncFormatter(lambda share, _: percent_tick(share)))


def percent_tick(share: float) -> str:
    """A share in per cent, with four decimals at most: 0.025 is "2.5%"."""
    return f"{round(100 * share, 4) + 0.0:.10g}%"  # adding nought turns -0 into 0


def legend_outside(axes: Axes) -> None:
    """Legend to the right of the axes, so that it hides no line."""
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))


def draw_lines(
    axes: Axes, series: Sequence[tuple[str, Sequence[float]]], scale: float = 1.0
) -> None:
    """One line per named series, told apart by colour and, past the palette, by dashes."""
    for i, (name, values) in enumerate(series):
        dashes = "-" if i < len(LINES) else "--"
        points = [value / scale for value in values]
        axes.plot(range(len(points)), points, dashes, color=LINES[i % len(LINES)], label=name)

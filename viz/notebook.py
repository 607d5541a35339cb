"""The charts of the app in a notebook cell, or in any Solara app, for a model of your own.

    from market import MarketModel
    from viz.notebook import chart, timeline

    model = MarketModel("reference", seed=42).run()
    chart(model, "funding")

Needs Jupyter with the ``solara`` server extension, which comes with Solara, so that ECharts is
served from your own machine. The cell also holds the chart as a still picture, so that GitHub,
nbconvert and print show it too.
"""

from __future__ import annotations

import base64
import math
from functools import partial
from typing import TYPE_CHECKING, Any

from viz.charts.picture import option_png
from viz.charts.series import (
    PANELS,
    asked_and_shown,
    panel_frame,
    panel_option,
    shares_frame,
    shares_option,
    timeline_frame,
    timeline_height,
    timeline_option,
)
from viz.charts.theme import LIGHT, Theme
from viz.recording.snapshot import FirmInfo
from viz.widgets.chart_card import ChartCard
from viz.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    import reacton.core

    from market.events import Event
    from market.model import MarketModel

CHARTS: tuple[str, ...] = (*(panel.key for panel in PANELS), "shares")
"""Names that ``chart`` knows."""


class ModelSeries:
    """A model, run so far as it is, as the charts read a recording.

    Args:
        model: any ``MarketModel`` that has made at least one step.
    """

    def __init__(self, model: MarketModel) -> None:
        self.model = model
        horizon = max(model.quarter, model.parameters.quarters)
        self.labels = [model.parameters.quarter_label(quarter) for quarter in range(horizon)]
        self.quarters_recorded = model.quarter
        self.events: list[Event] = list(model.events)
        self.firms = [
            FirmInfo(key, firm.name, kind)
            for kind in ("labs", "startups", "clouds", "chipmakers", "investors")
            for key, firm in getattr(model, kind).items()
        ]

    def series(self, name: str) -> list[float | None]:
        """A market indicator by quarter; None = no value."""
        if name in self.model.datacollector.model_vars:
            return [_number(value) for value in self.model.datacollector.model_vars[name]]
        from market.network_indicators import network_series

        return [_number(value) for value in network_series(self.model).market[name]]

    def firm_series(self, key: str, name: str) -> list[float | None]:
        """An indicator of one firm by quarter."""
        firm = self.model.institution(key)
        frame = self.model.datacollector.get_agenttype_vars_dataframe(type(firm))
        return [_number(v) for v in frame[frame["name"] == firm.name][name].tolist()]


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def chart(
    model: MarketModel,
    name: str,
    *,
    twin: MarketModel | None = None,
    theme: Theme = LIGHT,
    height: str = "280px",
) -> reacton.core.ValueElement:
    """One panel of the live page.

    Args:
        model: a model that has been run.
        name: one of ``CHARTS``.
        twin: the same world without a shock, drawn as a dashed line with the difference.
        theme: ``viz.charts.theme.LIGHT`` or ``DARK``.
        height: CSS height.

    Raises:
        ValueError: there is no such chart; the text names those there are.
    """
    if name not in CHARTS:
        raise ValueError(f"no chart {name!r}; there are: {', '.join(CHARTS)}")
    title, shown = asked_and_shown(name)
    recording: Any = ModelSeries(model)
    ghost: Any = ModelSeries(twin) if twin is not None else None
    last = recording.quarters_recorded - 1
    if name == "shares":
        option = shares_option(recording, theme, last, ghost)
        frame = partial(shares_frame, recording)
    else:
        panel = next(panel for panel in PANELS if panel.key == name)
        option = panel_option(recording, panel, theme, last, ghost)
        frame = partial(panel_frame, recording, panel, ghost)
    card = ChartCard(title, option, question=shown, height=height, frame=frame, name=name)
    return _with_picture(card, partial(option_png, option, title, shown, theme, height))


def timeline(model: MarketModel, *, theme: Theme = LIGHT) -> reacton.core.ValueElement:
    """What happened when: all marked events of a model that has been run."""
    recording: Any = ModelSeries(model)
    option = timeline_option(recording, theme, recording.quarters_recorded - 1)
    height = timeline_height(recording)
    card = ChartCard(
        WORDS("live-events-title"),
        option,
        question=WORDS("live-events-shown"),
        height=height,
        frame=partial(timeline_frame, recording),
        name="events",
    )
    words = WORDS("live-events-title"), WORDS("live-events-shown")
    return _with_picture(card, partial(option_png, option, *words, theme, height))


# --- what a cell holds


WIDGET = "application/vnd.jupyter.widget-view+json"


def _with_picture(
    card: reacton.core.ValueElement, draw: Callable[[], bytes]
) -> reacton.core.ValueElement:
    """A chart that also leaves its picture behind when a notebook cell shows it."""
    card._ipython_display_ = partial(_show, card, draw)
    return card


def _show(card: reacton.core.ValueElement, draw: Callable[[], bytes]) -> None:
    """Put a chart into the cell: the living one, and its picture for those who cannot run it.

    Solara would add a line of HTML that says that no chart can be shown; programs that run no
    widgets prefer HTML to a picture, so that line is left out. The chart is let go when its last
    view is closed.
    """
    import IPython.display
    import ipywidgets
    import reacton.core

    picture = base64.b64encode(draw()).decode()
    box = ipywidgets.VBox(_view_count=0)
    shown: Any = card
    for frame in reacton.core.jupyter_decorator_components:
        shown = frame(children=[shown])
    _, context = reacton.render(shown, container=box)

    def let_go(change: Any) -> None:
        if change.old and not change.new:
            context.close()
            box.close()

    box.observe(let_go, "_view_count")
    data = {
        WIDGET: {"version_major": 2, "version_minor": 0, "model_id": box.model_id},
        "image/png": picture,
        "text/plain": card.kwargs["label"],
    }
    show: Any = IPython.display.display
    show(data, raw=True)

"""A notebook cell keeps each chart as a picture, for programs that run no widgets."""

from __future__ import annotations

import base64
from typing import Any

import IPython.display
import matplotlib.colors as mpl_colors
import nbformat
import numpy as np
import pytest
from ipywidgets.widgets import widget as instances
from matplotlib.figure import Figure

from market import MarketModel
from viz.charts import picture
from viz.charts.series import PANELS, panel_option
from viz.charts.theme import DARK, LIGHT
from viz.notebook import CHARTS, WIDGET, ModelSeries, chart, timeline

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def model() -> MarketModel:
    """A run with a failed round."""
    return MarketModel("minimal", seed=3).run()


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What IPython is told to show."""
    shown: list[dict[str, Any]] = []

    def display(data: dict[str, Any], *, raw: bool) -> None:
        assert raw
        shown.append(data)

    monkeypatch.setattr(IPython.display, "display", display)
    return shown


def closed(data: dict[str, Any]) -> None:
    """Show a chart in one view and close that, as a browser does."""
    box = instances._instances[data[WIDGET]["model_id"]]
    assert box.children
    box._view_count = 1
    box._view_count = 0
    assert data[WIDGET]["model_id"] not in instances._instances


@pytest.mark.parametrize("name", [*CHARTS, "events"])
def test_a_cell_holds_the_chart_and_its_picture(
    name: str, model: MarketModel, cell: list[dict[str, Any]]
) -> None:
    shown = timeline(model) if name == "events" else chart(model, name, twin=model)
    shown._ipython_display_()
    (data,) = cell
    assert base64.b64decode(data["image/png"]).startswith(PNG)
    assert data["text/plain"]
    assert "text/html" not in data  # nbconvert and GitHub would show that in place of the picture
    closed(data)


def test_the_outputs_are_those_of_a_valid_notebook(
    model: MarketModel, cell: list[dict[str, Any]]
) -> None:
    chart(model, "funding")._ipython_display_()
    output = nbformat.v4.new_output("display_data", cell[0])
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("chart", outputs=[output])])
    nbformat.validate(book)
    closed(cell[0])


def figure_of(option: dict[str, Any], theme: Any = LIGHT) -> Figure:
    return picture._figure(option, "Title", "Question", theme, "280px")


def test_the_picture_shows_the_numbers_of_the_chart(model: MarketModel) -> None:
    recording: Any = ModelSeries(model)
    panel = next(each for each in PANELS if each.key == "funding")
    option = panel_option(recording, panel, LIGHT, model.quarter - 1, recording)
    (axes,) = figure_of(option).axes
    drawn = {line.get_label(): line for line in axes.get_lines()}
    for each in option["series"]:
        if "stack" not in each:
            line = drawn[each["name"]]
            wanted = np.array([np.nan if v is None else v for v in each["data"]], dtype=float)
            np.testing.assert_array_equal(np.asarray(line.get_ydata(), dtype=float), wanted)
            assert mpl_colors.to_hex(line.get_color()) == each["lineStyle"]["color"].lower()
    assert len(axes.collections) == 1  # the area between the two worlds
    marks = [line for line in axes.get_lines() if len(line.get_xdata()) == 1]
    points = [p for each in option["series"] for p in each.get("markPoint", {}).get("data", ())]
    assert len(marks) == len(points) > 0
    assert axes.get_ylabel() == "bn USD"


def test_what_lies_after_the_cursor_is_pale_and_named_once(model: MarketModel) -> None:
    recording: Any = ModelSeries(model)
    panel = next(each for each in PANELS if each.key == "power")
    (axes,) = figure_of(panel_option(recording, panel, LIGHT, 5)).axes
    legend = axes.get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == len(panel.lines)
    assert {line.get_alpha() for line in axes.get_lines()} == {1, 0.3}


def test_a_dark_picture_is_dark(model: MarketModel) -> None:
    recording: Any = ModelSeries(model)
    figure = figure_of(panel_option(recording, PANELS[0], DARK, 5), DARK)
    assert mpl_colors.to_hex(figure.get_facecolor()) == DARK.surface.lower()


def test_the_same_chart_gives_the_same_bytes(model: MarketModel) -> None:
    recording: Any = ModelSeries(model)
    option = panel_option(recording, PANELS[0], LIGHT, 5)
    first, second = (
        picture.option_png(option, "Title", "", LIGHT, height="200px") for _ in range(2)
    )
    assert first == second

"""Charts outside the app: in a notebook cell and in Mesa's SolaraViz."""

import json
from pathlib import Path

import ipyvuetify
import pytest
import reacton.core
import solara

import viz
from market import MarketModel
from viz import solara_viz
from viz.notebook import CHARTS, chart, timeline
from viz.recording.recording import Recording
from viz.widgets.chart_card import ChartWidget
from viz.world.worlds import World


@solara.component
def Cell(model: MarketModel) -> None:
    """What a notebook shows of a model."""
    timeline(model)
    for name in CHARTS:
        chart(model, name, twin=model)


def test_a_notebook_shows_every_chart() -> None:
    model = MarketModel("minimal", seed=3).run(6)
    _, context = solara.render(Cell(model), handle_error=False)
    widgets = context.find(ChartWidget).widgets
    assert [widget.name for widget in widgets] == ["events", *CHARTS]
    assert all(json.loads(widget.option_json)["series"] for widget in widgets[1:])
    context.close()


def test_a_model_and_a_recording_give_the_same_chart() -> None:
    from viz.charts.series import PANELS, panel_option
    from viz.charts.theme import LIGHT

    recording = Recording(World("minimal", seed=3)).run_to_end()
    model = MarketModel("minimal", seed=3).run()
    _, context = solara.render(Cell(model), handle_error=False)
    for panel in PANELS:
        [widget] = [w for w in context.find(ChartWidget).widgets if w.name == panel.key]
        wanted = panel_option(recording, panel, LIGHT, model.quarter - 1, recording)
        assert json.loads(widget.option_json) == json.loads(json.dumps(wanted))
    context.close()


def test_an_unknown_chart_is_refused() -> None:
    with pytest.raises(ValueError, match="no chart 'fundng'; there are: funding"):
        chart(MarketModel("minimal"), "fundng")


@solara.component
def Framed() -> None:
    """The example inside Solara's frame, which holds its side bar."""
    with solara.AppLayout():
        solara_viz.Page()


def test_solara_viz_shows_our_charts_of_its_own_model() -> None:
    _, context = solara.render(Framed(), handle_error=False)
    assert not context.find(ChartWidget).widgets  # nothing has happened yet, and it says so
    button = next(b for b in context.find(ipyvuetify.Btn).widgets if b.children == ["Step"])
    button.click()
    names = {widget.name for widget in context.find(ChartWidget).widgets}
    assert names == {"events", *solara_viz.SHOWN}
    context.close()


def test_the_dashboard_model_stops_at_its_end() -> None:
    model = solara_viz.DashboardModel("minimal", seed="7", recovery=0.3)
    assert model.parameters.funding.recovery == 0.3
    while model.running:
        model.step()
    assert model.quarter == model.parameters.quarters


def test_every_cell_of_the_notebook_runs() -> None:
    text = (Path(viz.__file__).parent / "example.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(not c["outputs"] for c in notebook["cells"] if c["cell_type"] == "code")
    space: dict[str, object] = {}
    shown = []
    for cell in cells:
        lines = cell.split("\n")
        exec(compile("\n".join(lines[:-1]), "example.ipynb", "exec"), space)
        try:
            shown.append(eval(compile(lines[-1], "example.ipynb", "eval"), space))
        except SyntaxError:
            exec(compile(lines[-1], "example.ipynb", "exec"), space)
    assert len(shown) == len(cells) - 1
    charts = [each for each in shown if isinstance(each, reacton.core.Element)]
    assert len(charts) == 3
    assert len(shown[-1]) == 5

"""Widgets of the shell without a browser: messages to it, tables, key figures."""

import base64
import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import solara

from viz.recording.recording import Recording
from viz.widgets.chart_card import ChartCard, ChartWidget, EChart, option_text, table_message
from viz.widgets.frame import KEY_FIGURES, as_text, difference, figures
from viz.world.worlds import World

FRAME = pd.DataFrame({"quarter": ["2025Q3", "2025Q4"], "usd": [1.5, None]})


def shown(element: Any) -> ChartWidget:
    """The widget of a chart that is rendered."""
    _, context = solara.render(element, handle_error=False)
    try:
        widget: ChartWidget = context.find(ChartWidget).widget
        return widget
    finally:
        context.close()


@solara.component
def Plain(clicks: list[dict[str, Any]]) -> None:
    EChart({"series": [{"data": [1.0]}]}, label="One point", on_click=clicks.append)


@solara.component
def Card() -> None:
    ChartCard("How many?", {}, question="Number", frame=lambda: FRAME, note="A note")


def test_a_chart_goes_over_as_one_text_and_clicks_come_back() -> None:
    clicks: list[dict[str, Any]] = []
    widget = shown(Plain(clicks))
    assert json.loads(widget.option_json) == {"series": [{"data": [1.0]}]}
    assert widget.is_clickable
    assert widget.title == ""
    widget.vue_click({"name": "a"})
    assert clicks == [{"name": "a"}]


def test_a_card_names_its_file_after_its_title() -> None:
    widget = shown(Card())
    assert (widget.name, widget.label, widget.note) == ("how-many", "How many? Number", "A note")
    assert widget.has_table
    assert not widget.is_clickable


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_open_in_pandas(kind: str) -> None:
    message = json.loads(table_message(lambda: FRAME, "how-many", kind, 1))
    content = io.BytesIO(base64.b64decode(message["base64"]))
    read = pd.read_csv if kind == "csv" else pd.read_parquet
    found = read(content)
    assert message["name"] == f"how-many.{kind}"
    assert found["usd"].tolist()[0] == 1.5
    assert found["quarter"].tolist() == ["2025Q3", "2025Q4"]


def test_a_table_that_fails_says_so() -> None:
    def broken() -> pd.DataFrame:
        raise RuntimeError("no rows")

    message = json.loads(table_message(broken, "a", "csv", 2))
    assert message == {"problem": "The table could not be made: no rows", "number": 2}


def test_two_equal_tables_are_two_messages() -> None:
    widget = shown(Card())
    widget.vue_want_table("csv")
    first = widget.table_json
    widget.vue_want_table("csv")
    assert first != widget.table_json
    widget.vue_want_table("exe")
    assert json.loads(widget.table_json)["number"] == 2


def test_options_become_plain_json() -> None:
    option = {"data": [np.float64(1.5), float("nan"), np.int64(2)], "more": np.array([1.0, np.inf])}
    assert json.loads(option_text(option)) == {"data": [1.5, None, 2], "more": [1.0, None]}


def test_figures_have_units() -> None:
    assert as_text("labs_cash_usd", 12.43e9) == "12.4 bn USD"
    assert as_text("raised_ratio", 0.5) == "50%"
    assert as_text("raised_ratio", None) == "no rounds"
    assert as_text("spot_price_usd_hour", 2.309) == "2.31 USD/h"
    assert as_text("commitments_over_revenue", 4.7) == "4.7 years"
    assert as_text("defaults", 1.0) == "1 firm"


def test_differences_are_words() -> None:
    assert difference("capex_usd", 110.0, 100.0) == "+10%"
    assert difference("capex_usd", 100.1, 100.0) == "no change"
    assert difference("capex_usd", 100.0, None) == ""
    assert difference("defaults", 3.0, 1.0) == "2 more"
    assert difference("utilisation", 0.8, 0.7) == "+10 points"


def test_every_key_figure_is_shown_and_compared() -> None:
    recording = Recording(World("minimal")).run_to_end()
    found = figures(recording, 6)
    assert [figure.name for figure in found] == list(KEY_FIGURES)
    assert next(f.change for f in found if f.name == "capex_usd").endswith("in a year")
    twin = figures(recording, 6, recording)
    assert [f.change for f in twin if f.name == "capex_usd"] == ["no change in this seed"]

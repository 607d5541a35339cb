"""Numbers and sentences that readers stumbled over: separators, intervals, headlines, counts."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from viz.charts.ensembles import tip
from viz.pages import about
from viz.pages.data import number_text
from viz.pages.story import story_html
from viz.recording.money import circle_note
from viz.recording.recording import Recording
from viz.recording.story_parts import StoryPart, story_of, value_share
from viz.widgets.controls import parameter_tree
from viz.widgets.frame import items_html
from viz.world.sweep_view import scaled_label
from viz.world.worlds import World


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.23456789e11, "123,456,789,000"),
        (106298824686.0, "106,298,824,686"),
        (0.000293477, "0.000293477"),
        (0.245293, "0.245293"),
        (1.1e-05, "0.000011"),
        (0.0, "0"),
        (-2450.5, "-2,450.5"),
        (float("nan"), "nan"),
    ],
)
def test_tables_are_shown_without_powers_of_ten(value: float, text: str) -> None:
    assert number_text(value) == text


def test_large_sums_are_shown_in_bn_with_bounds_in_the_same_unit() -> None:
    infos = {info.path: info for info in parameter_tree("reference")}
    capital = infos["bank.capital_usd"]
    assert (capital.unit, capital.scale) == ("bn USD", 1e9)
    assert capital.bounds == "0 to 500,000"
    assert infos["labs.openai.cash_usd"].group == "Lab: OpenAI"
    assert infos["compute.accelerator_cost_usd"].scale == 1.0
    contract = next(
        i for i in infos.values() if i.path.startswith("compute_contracts.openai-oracle")
    )
    assert contract.group == "Compute contract: OpenAI – Oracle"
    assert not any("e+" in info.bounds for info in infos.values() if info.scale == 1e9)


def test_a_part_of_something_is_shown_in_percent() -> None:
    label = scaled_label("Least part at which a round closes", "1 of what is asked", [0.25])
    assert (label.unit, label.word(0.25)) == ("% of what is asked", "25")


def test_tips_carry_their_interval() -> None:
    assert tip("a firm fails", 18.75, 8.9, 35.3, "%") == "a firm fails: 18.8% (8.9 to 35.3)"
    assert tip("CapEx", 1234.5, None, None, "bn USD") == "CapEx: 1,234 bn USD"
    assert tip("CapEx", None, None, None) == "CapEx: no value"


def test_what_breaks_first_is_a_list() -> None:
    recording = Recording(World()).run_to_end()
    [turn] = [part for part in story_of(recording) if part.title == "What breaks first"]
    assert turn.is_list
    page = story_html([StoryPart("A <b>", ("one", "<two>"), is_list=True)])
    assert page.endswith("<ul><li>one</li><li>&lt;two&gt;</li></ul>")


def labs_recording(values: dict[str, float], fallen: tuple[str, ...]) -> Any:
    """A recording of labs of some value, some of which fail in the second quarter."""
    firms = [SimpleNamespace(key=name, name=name, kind="labs") for name in values]
    events = [SimpleNamespace(kind="default", agent=name, quarter=1) for name in fallen]
    found = SimpleNamespace(
        firms=firms,
        events=events,
        labels=["2025Q3", "2025Q4"],
        quarters_recorded=2,
        series=lambda _name: [0.1, 0.1],
        firm_series=lambda key, _name: [values[key]],
    )
    return cast("Recording", found)


def test_the_storey_falls_only_when_labs_of_half_the_value_fall() -> None:
    from viz.recording import story_parts

    values = {"large": 300.0, "middle": 150.0, "small": 10.0}
    small = labs_recording(values, ("small",))
    assert story_parts._verdict(small).title.endswith("one lab falls, and the house stands")
    two = labs_recording(values, ("small", "middle"))
    assert story_parts._verdict(two).title.endswith("2 labs fall, and the house stands")
    large = labs_recording(values, ("large",))
    assert story_parts._verdict(large).title.endswith("the labs' storey falls")
    assert value_share(large, ["large", "small"]) == pytest.approx(310 / 460)


def test_a_quarter_and_its_year_are_told_apart() -> None:
    recording: Any = SimpleNamespace(
        labels=["2025Q3"],
        series=lambda name: [0.41] if name == "circularity" else [0.15],
    )
    text = circle_note(recording, 0)
    assert text.startswith("In 2025Q3 alone 41% runs in circles, over the four quarters")
    assert "15%" in text
    unknown: Any = SimpleNamespace(labels=["2025Q3"], series=lambda _name: [None])
    assert circle_note(unknown, 0) == ""


def test_about_counts_the_same_values_in_chart_and_words() -> None:
    from viz.charts.theme import LIGHT

    rows = about.values_of("minimal")
    drawn = sum(about.trust_option(rows, LIGHT)["series"][0]["data"])
    words = about.sources_html(rows)
    assert f"of the {drawn} values" in words and f"the same {drawn}" in words
    known = sum(row.confidence != "assumed" for row in about.figures_of(rows))
    assert f"The {known} of" in words


def test_several_problems_of_a_link_are_a_list() -> None:
    assert items_html(["one", "<two>"]) == "<li>one</li><li>&lt;two&gt;</li>"

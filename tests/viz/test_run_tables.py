"""The data page: every table, as files, and the command that makes the run again."""

import io
import json
import shlex
from zipfile import ZipFile

import pandas as pd
import pytest

from market.scenario import load_scenario
from viz.pages.data import ALL, TABLES, again_html, make_file, preview_html, rows
from viz.recording.recording import Recording
from viz.recording.tables import command_of, everything, parameter_frame, run_tables, table_name
from viz.widgets.shock_menu import own_words
from viz.widgets.take_away import file_message
from viz.words import WORDS
from viz.world.worlds import ShockStep, World

QUARTER = 3


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording(World("minimal", (("quarters", 5),))).run_to_end()


def test_every_table_of_the_list_is_there(recording: Recording) -> None:
    tables = run_tables(recording, QUARTER)
    assert list(tables) == list(TABLES)
    frames = {name: make() for name, make in tables.items()}
    assert len(frames["market"]) == 5
    assert frames["balance-sheet"].index.tolist()[-1]
    assert [row["name"] for row in rows("2026Q2")] == [*TABLES, ALL]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_opens_in_pandas(recording: Recording, name: str) -> None:
    made = run_tables(recording, QUARTER)[name]()
    title, _, content = make_file(recording, QUARTER, name, "csv")
    back = pd.read_csv(io.BytesIO(content)) if len(made.columns) else made
    assert len(back) == len(made)
    assert title.endswith(".csv")
    title, _, content = make_file(recording, QUARTER, name, "parquet")
    assert len(pd.read_parquet(io.BytesIO(content))) == len(made)
    assert title.startswith("minimal-1-change-seed42-")


def test_the_archive_holds_all_and_is_the_same_each_time(recording: Recording) -> None:
    content = everything(recording, QUARTER)
    assert content == everything(recording, QUARTER)
    with ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 2 * len(TABLES)


def test_names_of_files_tell_the_quarter_where_it_counts(recording: Recording) -> None:
    assert table_name(recording, "market", QUARTER) == "minimal-1-change-seed42-market"
    label = recording.labels[QUARTER].lower()
    assert (
        table_name(recording, "revaluation", QUARTER)
        == f"minimal-1-change-seed42-revaluation-{label}"
    )


def test_the_command_makes_the_same_world() -> None:
    shocks = (ShockStep(2, "rate rise", None, 0.02, 3),)
    world = World("reference", (("funding.recovery", 0.25),), 7, shocks)
    words = shlex.split(command_of(world))
    assert words[:5] == ["kaartenhuis", "run", "reference", "--seed", "7"]
    settings = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
    made = load_scenario("reference", settings)
    assert made.funding.recovery == 0.25
    assert made.shocks == world.parameters.shocks
    assert words[-1] == "results/reference-1-change-1-shock-seed7"


def test_tables_of_a_struck_world_say_so() -> None:
    struck = World("reference", (("funding.recovery", 0.25),), 7, (ShockStep(2, "rate rise"),))
    frame = parameter_frame(struck).set_index("path")["value"]
    assert frame["shocks.visitor-1.kind"] == "rate rise"
    assert frame["description"].endswith("Differs from it here: 1 change, 1 shock.")
    assert "Differs" not in parameter_frame(World()).set_index("path")["value"]["description"]
    assert own_words(struck) == (
        "Changed in this world: funding.recovery=0.25. "
        "Struck in this world: 2026Q1: Interest rates rise (0 percentage points)."
    )
    assert own_words(World()) == ""


def test_a_table_that_cannot_be_made_is_said(recording: Recording) -> None:
    message = file_message(
        lambda name, kind: make_file(recording, 99, name, kind), "flows", "csv", 1
    )
    assert "could not be made" in json.loads(message)["problem"]
    assert "problem" in json.loads(
        file_message(lambda name, kind: make_file(recording, 1, name, kind), "no", "csv", 2)
    )


def test_previews_name_rows_and_say_when_there_are_none() -> None:
    matrix = pd.DataFrame({"Labs": [1.0]}, index=["Deposits"])
    assert "<td>Deposits</td>" in preview_html("Matrix", matrix)
    assert WORDS("data-empty-table") in preview_html("Rounds", pd.DataFrame(columns=["lab"]))


def test_link_and_command_are_escaped(recording: Recording) -> None:
    text = again_html(recording, "?set=a%3D<script>")
    assert "<script>" not in text
    assert "kaartenhuis run minimal" in text

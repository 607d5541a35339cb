"""Every table of a run, by name, made when somebody wants it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from viz.recording.downloads import csv_bytes, file_name, parquet_bytes, zip_bytes
from viz.world.worlds import differences

if TYPE_CHECKING:
    import pandas as pd

    from viz.recording.recording import Recording
    from viz.world.worlds import World

type MakeFrame = Callable[[], "pd.DataFrame"]


def run_tables(recording: Recording, quarter: int) -> Mapping[str, MakeFrame]:
    """Tables of a run.

    Args:
        recording: at least one quarter is recorded.
        quarter: the quarter of contracts, flows and matrices.

    Returns:
        Name, a key of ``viz.words.data.TABLES`` -> function that makes the table.
    """
    from runs.single_run.data_dictionary import data_dictionary

    first = max(0, quarter - 3)
    tables: dict[str, MakeFrame] = {
        "market": recording.frame,
        "firms": recording.firms_frame,
        "events": recording.events_frame,
        "rounds": recording.rounds_frame,
        "contracts": partial(recording.contracts, quarter),
        "flows": partial(recording.flows, first, quarter),
        "cycles": partial(recording.cycles, first, quarter),
        "balance-sheet": partial(recording.matrix, "balance-sheet", quarter),
        "transactions-flow": partial(recording.matrix, "transactions-flow", quarter),
        "revaluation": partial(recording.matrix, "revaluation", quarter),
        "parameters": partial(parameter_frame, recording.world),
        "dictionary": data_dictionary,
    }
    return tables


def parameter_frame(world: World) -> pd.DataFrame:
    """Every value of a world, shocks included: path, value, unit, meaning, source, confidence."""
    import pandas as pd

    from market.scenario import read_scenario, scenario_table

    scenario = read_scenario(world.scenario, settings_of(world))
    frame = pd.DataFrame(scenario_table(scenario))
    frame["value"] = frame["value"].map(str)
    if words := differences(world):
        own = frame["path"] == "description"
        frame.loc[own, "value"] += f" Differs from it here: {', '.join(words)}."
    return frame


def table_name(recording: Recording, name: str, quarter: int) -> str:
    """File name of a table without its ending: world, seed, table, and quarter where it counts."""
    world = recording.world
    whole = ("market", "firms", "events", "rounds", "parameters", "dictionary")
    label = None if name in whole else recording.labels[quarter]
    return file_name(world_name(world), name, label, suffix="x")[:-2]


def world_name(world: World) -> str:
    """A world as part of a file name: "reference-seed42", "reference-1-change-2-shocks-seed7"."""
    words = [word.replace(" ", "-") for word in differences(world)]
    return "-".join([world.scenario, *words, f"seed{world.seed}"])


def everything(recording: Recording, quarter: int) -> bytes:
    """All tables as CSV and Parquet in one archive."""
    files: dict[str, bytes] = {}
    for name, make in run_tables(recording, quarter).items():
        frame, stem = make(), table_name(recording, name, quarter)
        files[f"{stem}.csv"] = csv_bytes(frame)
        files[f"{stem}.parquet"] = parquet_bytes(frame)
    return zip_bytes(files)


def command_of(world: World) -> str:
    """The command line that makes the same run."""
    import shlex

    words = ["kaartenhuis", "run", world.scenario, "--seed", str(world.seed)]
    for setting in settings_of(world):
        words += ["--set", setting]
    return shlex.join([*words, "--out", f"results/{world_name(world)}"])


def settings_of(world: World) -> list[str]:
    """How a world differs from its scenario, as the command line writes it."""
    from market.scenario_text import toml_value
    from viz.world.worlds import change_text

    settings = [change_text(path, value) for path, value in world.changes]
    for number, step in enumerate(world.shocks, start=1):
        values = {"kind": step.kind, "quarter": step.quarter, "size": step.size}
        values |= {"target": step.target} if step.target is not None else {}
        values |= {"quarters": step.quarters} if step.quarters is not None else {}
        settings += [
            f"shocks.visitor-{number}.{key}={toml_value(value)}" for key, value in values.items()
        ]
    return settings

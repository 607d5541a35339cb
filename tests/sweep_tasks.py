"""Small sweeps for tests: runs that cost nothing, raise, kill their process or never end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from runs.sweep.manifest import canonical_sha256
from runs.sweep.one_run import RunResult
from runs.sweep.plan import SweepPlan, design_table

OUTPUTS = pa.schema(
    [
        pa.field("square", pa.float64()),
        pa.field("is_even", pa.bool_()),
        pa.field("third", pa.int64()),
        pa.field("name", pa.string()),
    ]
)


@dataclass(frozen=True)
class Trouble:
    """A task whose runs do what ``deeds`` tells, see ``_do``: run_id -> "raise" or the like.

    Attributes:
        seconds: length of each run.
        once: folder in which a deed leaves a mark; with a mark it is not done again.
        timeout_s: as for every task.
    """

    deeds: Mapping[int, str] = field(default_factory=dict)
    seconds: float = 0.0
    once: str = ""
    timeout_s: float | None = None
    has_series: bool = False

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        run_id = row["run_id"]
        if self.seconds:
            time.sleep(self.seconds)
        deed = self.deeds.get(run_id, "")
        if deed and self.once:
            mark = Path(self.once) / str(run_id)
            deed = "" if mark.exists() else deed
            mark.touch()
        _do(deed, run_id)
        values = (run_id**2 / 7, run_id % 2 == 0, run_id // 3 or None, f"run {row['seed']}")
        series = {"a": [0.0, 1.0 * run_id], "b": [None, 2.0]} if self.has_series else None
        return RunResult(run_id, "ok", values, series, seconds=0.001)


def _do(deed: str, run_id: int) -> None:
    if deed == "raise":
        raise ValueError(f"run {run_id} does not like it")
    if deed == "kill":
        os._exit(7)
    if deed == "stop":  # no watchdog inside the process can help
        os.kill(os.getpid(), signal.SIGSTOP)
    while deed == "hang":
        time.sleep(0.01)
    while deed == "spin":  # compiled code that keeps the interpreter to itself
        sum(range(10**9))


def make_plan(runs: int = 20, *, part_rows: int = 3, **task: Any) -> SweepPlan:
    """A sweep of some runs with a task of this module."""
    work = Trouble(**task)
    frame = pd.DataFrame(
        {
            "run_id": range(runs),
            "point": [run // 2 for run in range(runs)],
            "arm": ["with" if run % 2 else "" for run in range(runs)],
            "replicate": [0] * runs,
            "seed": [1000 + run for run in range(runs)],
            "funding.recovery": [run / 10 for run in range(runs)],
            "lab.depth": pd.array([None if run % 2 else run for run in range(runs)], dtype="Int64"),
        }
    )
    spec = {"runs": runs, "part_rows": part_rows, "series": work.has_series}
    return SweepPlan(
        name="trouble",
        design=design_table(frame),
        outputs=OUTPUTS,
        task=work,
        spec=spec,
        identity=canonical_sha256(spec),
        files={"experiment.toml": f"runs = {runs}\n"},
        varied=("funding.recovery", "lab.depth"),
        series=("a", "b") if work.has_series else (),
        part_rows=part_rows,
    )

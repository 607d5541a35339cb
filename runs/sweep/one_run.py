"""One run of a sweep: step the model, measure it, and never let an error out.

Everything here is at module level and can be pickled: it is what workers execute.
"""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Literal, Protocol

from runs.own_model import OwnModel, class_of
from runs.sweep.workers import SILENT, Notes, own_notes

if TYPE_CHECKING:
    from market.model import MarketModel
    from market.parameters.world import MarketParameters

type Status = Literal["ok", "failed", "crashed", "timeout"]
STATUSES: tuple[Status, ...] = ("ok", "failed", "crashed", "timeout")
KEYS = ("quarter_number", "quarter")
"""Columns that name the quarter; series number the quarters instead."""


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What one run is.

    Attributes:
        run_id: its number in the plan, counted from 0.
        parameters: the world.
        seed: root of the random streams.
        quarters: length; None for the scenario's.
        outputs: names of what is measured at the end, see ``runs.single_run.outcomes``.
        has_series: whether each quarter's indicators are kept.
        timeout_s: longest time allowed, seconds; None for no limit.
        own_model: the user's model class; None for ``MarketModel``.
    """

    run_id: int
    parameters: MarketParameters
    seed: int
    quarters: int | None = None
    outputs: tuple[str, ...] = ()
    has_series: bool = False
    timeout_s: float | None = None
    own_model: OwnModel | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of one run of many: what was measured, or how it went wrong; small and pickled.

    A sweep stores it as a row (``runs.sweep.store``); an ensemble of the app keeps those that are
    "ok" as ``viz.world.ensembles.Member``. A run with its model is a
    ``runs.single_run.simulate.Run``.

    Attributes:
        run_id: its number in the plan.
        status: "ok", "failed" (it raised), "crashed" (it killed its process) or "timeout".
        values: one value per output; empty unless the status is "ok".
        series: indicator -> its value in each quarter; None when not kept.
        error: last line of the traceback, or what is known of the end.
        traceback: where it was raised.
        seconds: wall time; never part of the results.
    """

    run_id: int
    status: Status
    values: tuple[Any, ...] = ()
    series: dict[str, list[float | None]] | None = None
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0


class Task(Protocol):
    """How to do any run of a plan; pickled once and sent to the workers."""

    @property
    def timeout_s(self) -> float | None:
        """Longest time allowed for a run, seconds; None for no limit."""

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        """Do the run that a row of the design describes."""


def execute_run(spec: RunSpec) -> RunResult:
    """Do one run.

    Returns:
        The measured outputs. A run that raises gives the status "failed"; one that is over its
        time at the end of a quarter gives "timeout".
    """
    began = perf_counter()
    deadline = None if spec.timeout_s is None else monotonic() + spec.timeout_s
    try:
        model = class_of(spec.own_model)(spec.parameters, seed=spec.seed)
        last = model.parameters.quarters if spec.quarters is None else spec.quarters
        for _ in model.each_quarter(last):
            if deadline is not None and monotonic() > deadline:
                text = f"over {spec.timeout_s:g} s after quarter {model.quarter} of {last}"
                return RunResult(spec.run_id, "timeout", error=text, seconds=perf_counter() - began)
        values = _measure(model, spec.outputs)
        series = model_series(model) if spec.has_series else None
    except Exception as error:
        return failed(spec.run_id, error, perf_counter() - began)
    return RunResult(spec.run_id, "ok", values, series, seconds=perf_counter() - began)


def _measure(model: MarketModel, names: Sequence[str]) -> tuple[Any, ...]:
    from runs.single_run.outcomes import measure

    measured = measure(model, names)
    return tuple(measured[name] for name in names)


def model_series(model: MarketModel) -> dict[str, list[float | None]]:
    """Indicators of the whole market by name, one value per quarter; keys are left out."""
    columns = model.datacollector.model_vars
    return {
        name: [None if value is None else float(value) for value in values]
        for name, values in columns.items()
        if name not in KEYS
    }


def series_names() -> tuple[str, ...]:
    """Names of what ``model_series`` gives."""
    from market.indicators import MODEL_INDICATORS

    return tuple(indicator.name for indicator in MODEL_INDICATORS if indicator.name not in KEYS)


def failed(run_id: int, error: Exception, seconds: float = 0.0) -> RunResult:
    """The result of a run that raised."""
    last = traceback.format_exception_only(error)[-1].strip()
    text = "".join(traceback.format_exception(error))
    return RunResult(run_id, "failed", error=last, traceback=text, seconds=seconds)


CRASHED = "its process died, also when it ran alone"


def stuck_result(run_id: int, place: str) -> RunResult:
    """The result of a run that the watchdog ended at some place in the code."""
    text = SILENT if place == SILENT else "stuck inside a quarter; its process was ended"
    return RunResult(run_id, "timeout", error=text, traceback=place)


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """Results of some runs of a chunk, which code and packages made them, and which process."""

    results: tuple[RunResult, ...]
    fingerprint: str
    process: str


@lru_cache(maxsize=4)
def _task(blob: bytes) -> Task:
    task: Task = pickle.loads(blob)
    return task


def execute_chunk(
    blob: bytes, rows: Sequence[Mapping[str, Any]], own: OwnModel | None = None
) -> ChunkResult | None:
    """Do runs one after another in a worker.

    Args:
        blob: the pickled task.
        rows: rows of the design.
        own: the user's model class, whose source is part of the code that made the results.

    Returns:
        Their results in order; None when the sweep was told to stop before the first began.
    """
    from runs.sweep.manifest import PROCESS, worker_fingerprint

    notes = own_notes()
    if notes is not None and notes.must_stop():
        return None
    made_by = worker_fingerprint(own)
    task = _task(blob)
    results = tuple(_noted_run(task, row, notes) for row in rows)
    return ChunkResult(results, made_by, PROCESS)


def _noted_run(task: Task, row: Mapping[str, Any], notes: Notes | None) -> RunResult:
    if notes is None:
        return attempt(task, row)
    notes.begin(int(row["run_id"]), task.timeout_s)
    try:
        return attempt(task, row)
    finally:
        notes.end()


def attempt(task: Task, row: Mapping[str, Any]) -> RunResult:
    """Do the run of a row of the design; whatever it raises becomes a result."""
    try:
        return task.execute(row)
    except Exception as error:
        return failed(int(row["run_id"]), error)

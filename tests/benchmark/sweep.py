"""What a sweep costs beside its runs: ratios on this machine, printed side by side.

Run it with ``python tests/benchmark/sweep.py``; ``--runs`` sets the number of runs of the model,
``--noop`` the number of runs that do nothing; ``--batch`` compares with Mesa alone. Ratios travel
between machines, times do not.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from runs.experiments.sweeps import run_plan
from runs.files import read_lines
from runs.sweep.one_run import RunResult
from runs.sweep.plan import SweepPlan, design_table
from runs.sweep.results import TIMINGS
from runs.sweep.workers import Backend, InProcess, Processes


@dataclass(frozen=True)
class ModelRuns:
    """Runs of the minimal scenario; every seed gives another one."""

    timeout_s: float | None = None

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        return RunResult(row["run_id"], "ok", (model_run(row["seed"]),))


@dataclass(frozen=True)
class TimedRuns:
    """Runs of a fixed amount of work in Python, about 50 ms of processor time each."""

    work: int
    timeout_s: float | None = None

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        began = time.perf_counter()
        value = burn(self.work)
        return RunResult(row["run_id"], "ok", (value,), seconds=time.perf_counter() - began)


@dataclass(frozen=True)
class NoRuns:
    """Runs that do nothing."""

    timeout_s: float | None = None

    def execute(self, row: Mapping[str, Any]) -> RunResult:
        return RunResult(row["run_id"], "ok", (1.0,))


def model_run(seed: int) -> float:
    from market.model import MarketModel

    model = MarketModel(minimal(), seed=seed).run()
    return float(sum(model.datacollector.model_vars["capex_usd"]))


def minimal() -> Any:
    from market.scenario import load_scenario

    if not hasattr(minimal, "world"):
        minimal.world = load_scenario("minimal")  # type: ignore[attr-defined]
    return minimal.world


def burn(work: int) -> float:
    total = 0.0
    for number in range(work):
        total += number * 1e-9
    return total


def calibrate(seconds: float) -> int:
    """Amount of work that takes so many seconds of processor time."""
    best = min(_clocked(lambda: burn(100_000), time.process_time) for _ in range(20))
    return round(100_000 * seconds / best)


def plan_of(task: Any, runs: int) -> SweepPlan:
    frame = pd.DataFrame(
        {"run_id": range(runs), "point": range(runs), "arm": "", "replicate": 0}
        | {"seed": range(runs)}
    )
    schema = pa.schema([pa.field("capex_usd", pa.float64())])
    return SweepPlan("benchmark", design_table(frame), schema, task, {}, "0")


def _clocked(call: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    call()
    return clock() - began


def swept(task: Any, runs: int, backend: Backend) -> tuple[float, float]:
    """Wall seconds of a sweep into a new folder, and seconds inside its runs.

    Workers are warm at its begin and still there at its end.
    """
    folder = Path(tempfile.mkdtemp(prefix="kaartenhuis-benchmark-"))
    try:
        run_plan(plan_of(task, 8), folder / "warm", Kept(backend))
        wall = _clocked(lambda: run_plan(plan_of(task, runs), folder / "sweep", Kept(backend)))
        backend.close(at_once=False)
        entries = read_lines(folder / "sweep" / TIMINGS)
        return wall, sum(sum(entry["seconds"].values()) for entry in entries)
    finally:
        shutil.rmtree(folder)


class Kept:
    """A backend that survives a sweep, so that its workers are warm for the next."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def close(self, *, at_once: bool) -> None:
        del at_once


def overhead(runs: int) -> None:
    """The clock of a shared machine wavers by more than the cost, so each sweep is its own loop."""
    task = TimedRuns(calibrate(0.05))
    rows = [{"run_id": number, "seed": number} for number in range(runs)]
    for _ in range(3):
        loop = _clocked(lambda: [task.execute(row) for row in rows])
        print(f"bare loop                    {1000 * loop / runs:8.2f} ms per run")
        for name, backend in (("sweep in this process", InProcess()), ("one worker", Processes(1))):
            wall, inside = swept(task, runs, backend)
            each = f"{1000 * wall / runs:8.2f} ms per run"
            print(f"{name:28} {each}  {wall / inside - 1:+.2%} beside the time inside the runs")


def throughput(runs: int) -> None:
    """Wall time of the same sweep with one worker and with two."""
    pairs = [(swept(ModelRuns(), runs, Processes(n))[0], n) for n in (1, 2, 1, 2)]
    one, two = (min(seconds for seconds, n in pairs if n == count) for count in (1, 2))
    print(f"model runs, one process      {runs / one:8.1f} runs per second")
    print(f"model runs, two processes    {runs / two:8.1f} runs per second  x {one / two:.2f}")


def beside_mesa(runs: int, processes: int) -> None:
    """The same runs by mesa.batch_run, which keeps everything in memory and writes nothing.

    Both start their processes within the time that is measured.
    """
    import warnings

    import mesa

    from market.model import MarketModel

    warnings.simplefilter("ignore")
    world = minimal()
    folder = Path(tempfile.mkdtemp(prefix="kaartenhuis-benchmark-"))
    plan = plan_of(ModelRuns(), runs)
    ours = _clocked(lambda: run_plan(plan, folder, Processes(processes)))
    shutil.rmtree(folder)

    def batch() -> None:
        mesa.batch_run(
            MarketModel,
            {"parameters": [world]},
            rng=list(range(runs)),
            number_processes=processes,
            max_steps=world.quarters,
            data_collection_period=-1,
            display_progress=False,
        )

    theirs = _clocked(batch)
    print(f"sweep, {processes} processes           {1000 * ours / runs:8.2f} ms per run")
    print(f"mesa.batch_run, {processes} processes  {1000 * theirs / runs:8.2f} ms per run")


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def memory(runs: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kaartenhuis-benchmark-"))
    seen: list[tuple[int, float]] = []
    from runs.experiments.sweeps import SweepOptions
    from runs.sweep.runner import Progress

    def look(progress: Progress) -> None:
        if progress.done * 10 // runs > len(seen):
            seen.append((progress.done, resident_mb()))

    try:
        run = lambda: run_plan(  # noqa: E731
            plan_of(NoRuns(), runs), folder / "sweep", Processes(2), SweepOptions(progress=look)
        )
        seconds = _clocked(run)
    finally:
        shutil.rmtree(folder)
    print(f"{runs:,} runs that do nothing: {1e6 * seconds / runs:.0f} us per run")
    for done, size in seen:
        print(f"  {done:>9,} runs stored, parent holds {size:.0f} MB")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--noop", type=int, default=100_000)
    parser.add_argument("--batch", type=int, help="only this many runs beside mesa.batch_run")
    wish = parser.parse_args(arguments)
    if wish.batch is not None:
        beside_mesa(wish.batch, 2)
        return
    overhead(max(wish.runs // 2, 16))
    throughput(wish.runs)
    for processes in (1, 2):
        beside_mesa(wish.runs, processes)
    memory(wish.noop)


if __name__ == "__main__":
    main(sys.argv[1:])

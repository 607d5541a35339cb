"""What a sweep would cost: its number of runs, and time and disk from a few probe runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.sweep.executors import one_thread_each
from runs.sweep.one_run import RunResult, attempt
from runs.sweep.parts import encode, result_rows, series_rows
from runs.sweep.plan import SweepPlan
from runs.sweep.sweep_progress import duration, size

PROBES, MOST_NAMES = 3, 12


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sweep would cost.

    Attributes:
        seconds: wall time of each probe run.
        total_seconds: processor time of all runs.
        disk_bytes: size of the results.
        statuses: how the probe runs ended.
        errors: what those that did not end well said.
    """

    seconds: tuple[float, ...]
    total_seconds: float
    disk_bytes: int
    statuses: tuple[str, ...]
    errors: tuple[str, ...]


def estimate(plan: SweepPlan) -> Estimate:
    """Do the first, the middle and the last run of a plan, one after another, and store nothing."""
    numbers = sorted({0, plan.runs // 2, plan.runs - 1})[:PROBES]
    rows = [plan.design.slice(number, 1).to_pylist()[0] for number in numbers]
    with one_thread_each():
        attempt(plan.task, rows[0])  # the first run of a process compiles and imports
        results = [attempt(plan.task, row) for row in rows]
    seconds = tuple(result.seconds for result in results)
    return Estimate(
        seconds=seconds,
        total_seconds=sum(seconds) / len(seconds) * plan.runs,
        disk_bytes=_disk(plan, results),
        statuses=tuple(result.status for result in results),
        errors=tuple(result.error for result in results if result.error),
    )


def _disk(plan: SweepPlan, results: list[RunResult]) -> int:
    """Bytes of all parts, from a part that is filled with the probe runs."""
    design = plan.rows(0)
    filled = [results[i % len(results)] for i in range(design.num_rows)]
    part = len(encode(result_rows(design, plan.outputs, filled)))
    if plan.series:
        part += len(encode(series_rows(plan.series, filled)))
    files = sum(len(text.encode()) for text in plan.files.values())
    return part * plan.parts + len(encode(plan.design)) + files


def estimate_lines(plan: SweepPlan, workers: int) -> list[str]:
    """What ``sweep --dry-run`` prints."""
    found = estimate(plan)
    low, high = min(found.seconds), max(found.seconds)
    shown = duration(low) if high < 1.05 * low else f"{duration(low)} to {duration(high)}"
    number = len(found.seconds)
    lines = [
        f"{plan.name}: {count_text(plan)}",
        f"varied   {_few(plan.varied)}",
        f"outputs  {_few(plan.outputs.names)}",
        f"probe    {number} run{'s' if number > 1 else ''} took {shown} each",
        f"time     about {duration(found.total_seconds / workers)} with {workers} "
        f"worker{'s' if workers > 1 else ''}",
        f"disk     about {size(found.disk_bytes)}",
    ]
    bad = [status for status in found.statuses if status != "ok"]
    if bad:
        lines.append(f"careful  {len(bad)} of the probe runs ended {bad[0]}: {found.errors[0]}")
    return [*lines, "nothing was written"]


def _few(names: Sequence[str]) -> str:
    """Names in a row, the first of many only."""
    left = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {left} more" if left > 0 else "") or "nothing"


def count_text(plan: SweepPlan) -> str:
    """Points x arms x replications = runs."""
    columns = (("point", "point"), ("arm", "arm"), ("replicate", "replication"))
    counts = [(len(plan.design.column(name).unique()), word) for name, word in columns]
    parts = [f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in counts]
    return f"{' x '.join(parts)} = {plan.runs:,} run{'' if plan.runs == 1 else 's'}"

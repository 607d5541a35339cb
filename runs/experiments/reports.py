"""What is said of a sweep, as lines: how far it is, what failed, what it would cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from runs.experiments.sweeps import Replay, SweepSummary
from runs.problems import Refused
from runs.sweep.manifest import kaartenhuis, read_manifest, resume_command
from runs.sweep.one_run import RunResult, attempt
from runs.sweep.parts import encode, result_rows, series_rows
from runs.sweep.plan import SweepPlan
from runs.sweep.results import (
    count_statuses,
    read_errors,
    read_journal,
    read_seconds,
    stored_statuses,
)
from runs.sweep.runner import duration, size
from runs.sweep.store import is_locked
from runs.sweep.workers import one_thread_each

PROBES, MOST_NAMES = 3, 12


def status_of(folder: Path) -> dict[str, Any]:
    """How far a sweep is, as JSON can hold it."""
    manifest = read_manifest(folder)
    journal = read_journal(folder)
    statuses = count_statuses(journal)
    seconds = read_seconds(folder)
    is_running = is_locked(folder)
    state = manifest["status"]
    if state == "running" and not is_running:
        state = "broken off"
    return {
        "name": manifest["name"],
        "status": state,
        "is_running": is_running,
        "runs": manifest["runs"],
        "stored": sum(statuses.values()),
        "statuses": dict(sorted(statuses.items())),
        "parts": manifest["parts"],
        "parts_stored": len(journal),
        "run_seconds_total": round(sum(seconds.values()), 3),
        "run_seconds_median": round(median(seconds.values()), 6) if seconds else None,
        "started": manifest["sessions"][0]["started"],
        "ended": manifest["sessions"][-1]["ended"],
        "git": manifest["git"],
        "versions": manifest["versions"],
    }


def status_lines(folder: Path, found: dict[str, Any]) -> list[str]:
    """``status_of`` for people."""
    lines = [
        f"{found['name']}: {'running now' if found['is_running'] else found['status']}",
        f"runs     {found['stored']:,} of {found['runs']:,} stored{_counts(found['statuses'])}",
        f"parts    {found['parts_stored']:,} of {found['parts']:,}",
    ]
    if found["run_seconds_median"] is not None:
        each = f"{1000 * found['run_seconds_median']:.1f} ms"
        lines.append(f"time     {found['run_seconds_total']:,.1f} s of runs, median {each} each")
    lines.append(f"started  {found['started']}")
    if found["ended"] is not None and not found["is_running"]:
        lines.append(f"ended    {found['ended']}")
    if found["stored"] < found["runs"] and not found["is_running"]:
        lines.append(f"go on    {resume_command(folder)}")
    if any(status != "ok" for status in found["statuses"]):
        lines.append(f"why      {kaartenhuis('failures', str(folder))}")
    return lines


def _counts(statuses: dict[str, int]) -> str:
    text = ", ".join(f"{count:,} {status}" for status, count in statuses.items())
    return f": {text}" if text else ""


def failure_lines(folder: Path, limit: int) -> list[str]:
    """Failed runs: how many of each kind, then a list."""
    read_manifest(folder)
    stored = stored_statuses(folder)
    errors = read_errors(folder)
    if not stored:
        return ["no run failed"]
    reasons = {run: f"{stored[run]}: {_reason(errors, run)}" for run in sorted(stored)}
    lines = [f"{count:,} x {why}" for why, count in Counter(reasons.values()).most_common(limit)]
    lines.append("")
    lines += [f"run {run}  {why}" for run, why in list(reasons.items())[:limit]]
    if len(reasons) > limit:
        lines.append(f"and {len(reasons) - limit:,} more: add --limit {len(reasons)}")
    where = str(folder)
    lines.append(
        f"traceback: {kaartenhuis('failures', where, '--run-id', str(next(iter(reasons))))}"
    )
    lines.append(f"again: {kaartenhuis('retry', where)}")
    return lines


def _reason(errors: dict[int, dict[str, Any]], run_id: int) -> str:
    return str(errors.get(run_id, {}).get("error") or "nothing is known")


def one_failure(folder: Path, run_id: int) -> list[str]:
    """All that is known of one failed run; raises Refused when it did not fail."""
    stored = stored_statuses(folder)
    if run_id not in stored:
        known = ", ".join(map(str, sorted(stored)[:12])) or "none"
        raise Refused(f"run {run_id} has no failure; runs that have: {known}")
    entry = read_errors(folder).get(run_id, {})
    lines = [f"run {run_id} {stored[run_id]}: {entry.get('error') or 'nothing is known'}"]
    lines += str(entry.get("traceback", "")).rstrip().splitlines()
    return [*lines, f"do it again: {kaartenhuis('replay', str(folder), '--run-id', str(run_id))}"]


def replay_lines(done: Replay) -> list[str]:
    """A run done again beside its stored row."""
    from runs.single_run.story import align

    rows = [["", "stored", "now"]]
    rows += [[name, str(done.stored[name]), str(done.fresh[name])] for name in done.stored]
    lines = list(align(rows))
    if done.result.traceback:
        lines += ["", done.result.traceback.rstrip()]
    if done.is_same:
        return [*lines, "the same bytes"]
    return [*lines, f"other bytes: {', '.join(done.differences) or 'other types'}"]


def summary_lines(summary: SweepSummary) -> list[str]:
    """How a call ended, and what to do next."""
    counts = _counts(dict(summary.statuses))
    rate = summary.computed / summary.seconds if summary.seconds > 0 else 0.0
    lines = [
        f"{summary.status}: {summary.done:,} of {summary.runs:,} runs stored{counts}",
        f"{summary.computed:,} computed now in {summary.seconds:.1f} s ({rate:.1f} per second)",
        f"results in {summary.folder}",
    ]
    if summary.not_ok:
        lines.append(f"why runs failed: {kaartenhuis('failures', str(summary.folder))}")
    if summary.done < summary.runs:
        lines.append(f"to go on: {resume_command(summary.folder)}")
    return lines


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

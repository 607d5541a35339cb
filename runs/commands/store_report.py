"""What the commands about a sweep print, as lines."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from runs.experiments.sweep import Replay, SweepSummary
from runs.sweep.manifest import kaartenhuis, read_manifest, resume_command
from runs.sweep.parts import read_lines
from runs.sweep.store_lock import is_locked
from runs.sweep.stored import TIMINGS, count_statuses, read_errors, read_journal, stored_statuses
from runs.sweep_problems import Refused


def status_of(folder: Path) -> dict[str, Any]:
    """How far a sweep is, as JSON can hold it."""
    manifest = read_manifest(folder)
    journal = read_journal(folder)
    statuses = count_statuses(journal)
    seconds: dict[str, float] = {}
    for entry in read_lines(folder / TIMINGS):
        seconds |= entry["seconds"]
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

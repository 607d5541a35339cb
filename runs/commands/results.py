"""Commands about the folder of a sweep: status, failures, retry, replay, verify, export."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal

import typer

from runs.experiments.sweeps import Replay, SweepSummary
from runs.files import check_place, write_file
from runs.problems import BROKEN, MOST_JOBS, Refused, SweepProblem
from runs.sweep.manifest import kaartenhuis, read_manifest, resume_command
from runs.sweep.results import (
    count_statuses,
    read_errors,
    read_journal,
    read_seconds,
    stored_statuses,
)
from runs.sweep.store import is_locked


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


# --- commands about the folder of a sweep


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder given to sweep -o.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (status, failures, retry, replay, verify, export):
        app.command()(command)


def status(
    folder: Folder,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Tell how far a sweep is, how its runs ended and how long they took."""
    import json

    found = status_of(folder)
    lines = [json.dumps(found, indent=2)] if is_json else status_lines(folder, found)
    typer.echo("\n".join(lines))


def failures(
    folder: Folder,
    run_id: Annotated[
        int | None, typer.Option(min=0, help="Print all that is known about this run.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Longest list of runs.")] = 20,
) -> None:
    """List the runs that failed, crashed or were over their time, with the reason."""
    found = failure_lines(folder, limit) if run_id is None else one_failure(folder, run_id)
    typer.echo("\n".join(found))


def retry(
    folder: Folder,
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=0, max=MOST_JOBS, help="Worker processes.")
    ] = 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler, in place of -j.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--status", help="failed, crashed or timeout; may be repeated."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Although the code or a package has changed.")
    ] = False,
) -> None:
    """Run again what did not end well; all other rows stay as they are."""
    from runs.experiments.sweeps import SweepOptions, retry_plan, stored_plan
    from runs.problems import nearest
    from runs.sweep.workers import choose_backend

    known = ["failed", "crashed", "timeout"]
    for name in only or ():
        if name not in known:
            raise SweepProblem(f"--status {name!r}: {nearest(name, known)}")
    plan = stored_plan(folder)
    options = SweepOptions(force=force, argv=sys.argv, on_interrupt=say_interrupted)
    backend = choose_backend(jobs=jobs, scheduler=scheduler)
    summary = retry_plan(plan, folder, backend, options, statuses=only or known)
    typer.echo("\n".join(summary_lines(summary)))
    raise typer.Exit(summary.exit_code)


def say_interrupted(number: int) -> None:
    """What a command prints at the first Ctrl-C."""
    del number
    sys.stderr.write("\nfinishing what is in flight; press Ctrl-C again to leave at once\n")


def say_left(folder: Path) -> None:
    """What a command prints at the second Ctrl-C."""
    from runs.sweep.manifest import resume_command

    sys.stderr.write(f"left at once; to go on: {resume_command(folder)}\n")


def replay(
    folder: Folder,
    run_id: Annotated[int, typer.Option(min=0, help="Number of the run.")],
) -> None:
    """Do one run again, alone, and compare it with its stored row (exit code 1: other bytes)."""
    from runs.experiments.sweeps import replay as replay_run
    from runs.experiments.sweeps import stored_plan
    from runs.sweep.manifest import environment_changes, read_manifest

    plan = stored_plan(folder)
    changes = environment_changes(read_manifest(folder), plan.own_model)
    done = replay_run(plan, folder, run_id)
    typer.echo("\n".join(replay_lines(done)))
    for change in changes:
        typer.echo(f"since then: {change}", err=True)
    if not done.is_same:
        raise typer.Exit(BROKEN)


def verify(folder: Folder) -> None:
    """Check every file against the hash that was stored (exit code 1: something is wrong)."""
    from runs.sweep.manifest import read_manifest
    from runs.sweep.results import digest
    from runs.sweep.results import verify as verify_folder

    found = verify_folder(folder)
    for finding in found:
        typer.echo(f"{finding.file}: {finding.problem}")
    if found:
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        typer.echo(f"{count}: sweep with --resume does these parts again", err=True)
        raise typer.Exit(BROKEN)
    manifest = read_manifest(folder)
    typer.echo(f"whole: {manifest['runs']:,} runs in {manifest['parts']:,} parts")
    typer.echo(f"digest {digest(folder)}")


def export(
    folder: Folder,
    is_csv: Annotated[bool, typer.Option("--csv", help="As CSV.")] = False,
    is_xlsx: Annotated[bool, typer.Option("--xlsx", help="As an Excel workbook.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="New file; CSV goes to standard output without it."),
    ] = None,
    series: Annotated[
        bool, typer.Option("--series", help="The quarters of all runs, in place of the runs.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file when it is there.")
    ] = False,
) -> None:
    """Write the results for other programs."""
    from runs.sweep.results import csv_text, xlsx_bytes

    if is_csv == is_xlsx:
        raise SweepProblem("say either --csv or --xlsx")
    kind: Literal["runs", "series"] = "series" if series else "runs"
    if is_csv and out is None:
        sys.stdout.write(csv_text(folder, kind))
        return
    target = out or Path(f"{folder.resolve().name}.xlsx")
    check_place(target, "--out")
    if target.exists() and not overwrite:
        raise Refused(f"{target} is there already: name another file or add --overwrite")
    content = csv_text(folder, kind).encode() if is_csv else xlsx_bytes(folder, kind)
    write_file(target, content)
    typer.echo(f"written to {target}", err=True)

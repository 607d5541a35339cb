"""Commands about the folder of a sweep: status, failures, retry, replay, verify, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from runs.files import check_place, write_file
from runs.problems import BROKEN, MOST_JOBS, Refused, SweepProblem
from runs.tables import DecimalOption

if TYPE_CHECKING:
    from runs.sweep.plan import SweepPlan


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

    from runs.experiments.reports import status_lines, status_of

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
    from runs.experiments.reports import failure_lines, one_failure

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
    from runs.experiments.reports import summary_lines
    from runs.experiments.sweeps import SweepOptions, retry_plan
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
    from runs.experiments.reports import replay_lines
    from runs.experiments.sweeps import replay as replay_run
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
    decimal: DecimalOption = ".",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file when it is there.")
    ] = False,
) -> None:
    """Write the results for other programs."""
    from runs.sweep.results import csv_export, xlsx_export

    if is_csv == is_xlsx:
        raise SweepProblem("say either --csv or --xlsx")
    if is_xlsx and decimal != ".":
        raise SweepProblem("--decimal belongs to --csv: a workbook shows numbers as Excel is set")
    kind: Literal["runs", "series"] = "series" if series else "runs"
    if is_csv and out is None:
        sys.stdout.write(csv_export(folder, kind, decimal))
        return
    target = out or Path(f"{folder.resolve().name}.xlsx")
    check_place(target, "--out")
    if target.exists() and not overwrite:
        raise Refused(f"{target} is there already: name another file or add --overwrite")
    content = csv_export(folder, kind, decimal).encode() if is_csv else xlsx_export(folder, kind)
    write_file(target, content)
    typer.echo(f"written to {target}", err=True)


# --- what a folder holds


def stored_plan(folder: Path) -> SweepPlan:
    """The plan that a folder holds, whatever it is the plan of: experiment, scenarios or study.

    Raises:
        Refused: the folder holds no sweep, or its copies of the files were changed.
    """
    from runs.own_model import make_importable
    from runs.sweep.manifest import read_manifest

    manifest = read_manifest(folder)
    if manifest.get("own_model"):
        make_importable(manifest["own_model"]["folder"])
    if manifest["spec"].get("kind") == "scenarios":
        from runs.experiments.scenario_sweep import stored_scenario_plan

        plan = stored_scenario_plan(folder, manifest["spec"])
    elif manifest["spec"].get("kind") == "study":
        from runs.claims.studies import stored_study_plan

        plan = stored_study_plan(manifest["spec"])
    elif manifest["spec"].get("kind") == "trial":
        from runs.validation.trials import stored_trial_plan

        plan = stored_trial_plan(manifest["spec"])
    else:
        from runs.experiments.plan import stored_experiment_plan

        plan = stored_experiment_plan(folder)
    if plan.identity != manifest["identity"]:
        raise Refused(f"{folder}: its files are not those that it was made from; see verify")
    return plan

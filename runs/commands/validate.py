"""``kaartenhuis validate``: what the economy must do, put to the test."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runs.files import check_place
from runs.own_model import ModelOption, own_model
from runs.problems import MOST_JOBS, MOST_SEED, SweepProblem, UserProblem, nearest

if TYPE_CHECKING:
    from runs.sweep.runner import SweepProgress
    from runs.validation.make import PlannedTrial, ValidationOutcome, ValidationRequest
    from runs.validation.trials import Worlds

DEFAULT_FOLDER = Path("results/validation")
BOTH = "both"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(validate)


def validate(  # noqa: PLR0913, PLR0917 - the options of the command
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help="Folder of the report.")
    ] = DEFAULT_FOLDER,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="G1,...", help="Only these gates; may be repeated."),
    ] = None,
    worlds: Annotated[
        str, typer.Option(metavar="WORLDS", help="reference, uncertain, or both.")
    ] = BOTH,
    seeds: Annotated[int | None, typer.Option(min=2, help="Seeds (100; quick: 20).")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few seeds: minutes, and wide intervals.")
    ] = False,
    scenario: Annotated[
        str, typer.Option(help="Name of a scenario, or a TOML file, in place of the reference.")
    ] = "reference",
    quarters: Annotated[
        int | None, typer.Option(min=1, max=400, help="Length of the runs; default: ten years.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Root of all seeds.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j", "--jobs", min=0, max=MOST_JOBS, help="Worker processes (all cores); 0: none."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on in the folder.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Delete the validation in the folder first.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Resume although code or packages changed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("-n", "--dry-run", help="Check all and list the runs; no more.")
    ] = False,
    list_gates: Annotated[
        bool, typer.Option("--list", help="List the gates with what they ask.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    model: ModelOption = None,
) -> None:
    """Test whether money reaches the build-out, with the right signs, and write the report."""
    from runs.validation.make import ValidationRequest
    from runs.validation.trials import SEED

    check_place(out, "--out")
    if resume and overwrite:
        raise SweepProblem("--resume and --overwrite exclude each other")
    request = ValidationRequest(
        folder=out,
        seeds=seeds,
        only=tuple(each for text in only or () for each in text.split(",") if each.strip()),
        worlds=_worlds(worlds),
        is_quick=quick,
        seed=SEED if seed is None else seed,
        scenario=_scenario(scenario),
        quarters=quarters,
        jobs=(os.cpu_count() or 1) if jobs is None else jobs,
        resume=resume,
        overwrite=overwrite,
        force=force,
        argv=tuple(sys.argv),
        model=None if own_model(model) is None else model,
    )
    if list_gates:
        _list(request)
    elif dry_run:
        _say_plan(request)
    else:
        _validate(request, is_quiet=quiet)


def _worlds(text: str) -> tuple[Worlds, ...]:
    from runs.validation.trials import WORLDS

    if text == BOTH:
        return WORLDS
    found = tuple(each for each in WORLDS if each == text)
    if not found:
        raise UserProblem(f"--worlds: {text!r}: {nearest(text, [*WORLDS, BOTH])}")
    return found


def _scenario(name: str) -> str:
    """A scenario by name, or the whole path of a file, so that the folder can be resumed."""
    from market.scenario import scenario_names

    return (
        name if name in scenario_names() or not Path(name).is_file() else str(Path(name).resolve())
    )


def _list(request: ValidationRequest) -> None:
    from runs.commands.scenarios import table_text

    rows = [(gate.id, gate.title, gate.says("asks")) for gate in request.gates]
    typer.echo(table_text(("gate", "title", "asks"), rows))


def _say_plan(request: ValidationRequest) -> None:
    from runs.commands.scenarios import table_text
    from runs.validation.make import plan_trials

    planned = plan_trials(request)
    rows = [
        (each.trial.name, each.worlds, f"{each.plan.runs:,}", each.trial.meaning)
        for each in planned
    ]
    total = sum(each.plan.runs for each in planned)
    typer.echo(table_text(("trial", "worlds", "runs", "what it is for"), rows))
    typer.echo(f"{len(planned)} trials, {total:,} runs, pairs of twins or states")


def _validate(request: ValidationRequest, *, is_quiet: bool) -> None:
    from runs.commands.announcer import Announcer
    from runs.commands.results import say_interrupted
    from runs.validation.make import validate as run_all

    announcer = Announcer("trial", is_quiet=is_quiet)

    def announce(planned: PlannedTrial, number: int, count: int) -> SweepProgress:
        return announcer.begin(planned.name, planned.folder, planned.plan.runs, number, count)

    try:
        outcome = run_all(request, announce=announce, on_interrupt=say_interrupted)
    finally:
        announcer.close()
    if outcome.files is None:
        typer.echo(f"to go on: {_again(request)}", err=True)
    else:
        _tell(outcome)
    raise typer.Exit(outcome.exit_code)


def _again(request: ValidationRequest) -> str:
    from runs.sweep.manifest import kaartenhuis

    words = [word for word in request.argv[1:] if word not in {"--overwrite", "--resume"}]
    return kaartenhuis(*words, "--resume")


def _tell(outcome: ValidationOutcome) -> None:
    """What is missed, then the table."""
    from runs.commands.scenarios import table_text
    from runs.validation.report import console_rows, lines_of, said

    missed = [said(line) for line in lines_of(outcome.judged, "missed")]
    typer.echo(f"missed: {len(missed)}")
    for each in missed:
        typer.echo(f"  {each}")
    heads = ("gate", "worlds", "what", "asked", "measured", "95% interval", "verdict")
    typer.echo(table_text(heads, console_rows(outcome.judged)))
    lost = {name: summary.not_ok for name, summary in outcome.sweeps.items() if summary.not_ok}
    for name, count in lost.items():
        typer.echo(f"trial {name}: {count} runs failed and are left out", err=True)
    if outcome.files is not None:
        typer.echo(f"report: {outcome.files.html} ({outcome.seconds:,.0f} s)")

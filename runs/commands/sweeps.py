"""``kaartenhuis sweep`` and ``kaartenhuis experiment ...``: run, estimate, list, check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runs.files import check_place
from runs.own_model import ModelOption, own_model
from runs.problems import MOST_JOBS, MOST_SEED, SweepProblem

if TYPE_CHECKING:
    from runs.experiments.experiment import Experiment
    from runs.sweep.plan import SweepPlan


# --- ``kaartenhuis sweep`` and ``kaartenhuis experiment ...``


experiment_app = typer.Typer(
    help="List and check experiments; list their keys and outputs.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Name = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Name of one, or a TOML file.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(sweep)
    app.add_typer(experiment_app, name="experiment")


def sweep(  # noqa: PLR0913, PLR0917 - the options of the command
    experiment: Name,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder of the results.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j", "--jobs", min=0, max=MOST_JOBS, help="Worker processes (1); 0: in this process."
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler, in place of -j.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the sweep in the folder.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Delete the sweep in the folder first.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Resume although the experiment, code or packages changed."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("-n", "--dry-run", help="Check all, estimate time and disk; no more.")
    ] = False,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a parameter of every run."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=...", help="Vary: a,b,c or low:high:step or low..high."),
    ] = None,
    design: Annotated[
        str | None, typer.Option(help="grid, lhs, sobol, morris, or a CSV file of points.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="Samples of lhs, sobol or morris.")
    ] = None,
    levels: Annotated[
        int | None, typer.Option(min=2, help="Levels of a range in a grid or in morris.")
    ] = None,
    replications: Annotated[
        int | None, typer.Option(min=1, help="Runs of each point and arm.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Root of all seeds.")
    ] = None,
    outputs: Annotated[
        list[str] | None, typer.Option(metavar="NAME,...", help="What is measured.")
    ] = None,
    quarters: Annotated[int | None, typer.Option(min=1, help="Length of the runs.")] = None,
    max_failures: Annotated[
        str | None, typer.Option(metavar="N|P%", help="Stop when more runs than this fail.")
    ] = None,
    run_timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Longest time of a run.")
    ] = None,
    keep_series: Annotated[
        bool, typer.Option("--keep-series", help="Keep each quarter's market indicators.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    model: ModelOption = None,
) -> None:
    """Run an experiment: many runs, stored part by part, to be resumed after any end."""
    if out is not None:
        check_place(out, "--out")
    if resume and overwrite:
        raise SweepProblem("--resume and --overwrite exclude each other")
    if scheduler is not None and jobs is not None:
        raise SweepProblem("--scheduler and --jobs exclude each other")
    workers = 1 if jobs is None else jobs
    if model is not None:
        own_model(model)
    found = _read(
        experiment,
        changes=changes or (),
        vary=vary or (),
        design=design,
        samples=samples,
        levels=levels,
        replications=replications,
        seed=seed,
        outputs=_split(outputs),
        quarters=quarters,
        max_failures=max_failures,
        run_timeout_s=run_timeout,
        series=True if keep_series else None,
        model=model,
    )
    plan = _plan(found)
    if dry_run:
        from runs.experiments.reports import estimate_lines

        typer.echo("\n".join(estimate_lines(plan, max(workers, 1))))
        return
    if out is None:
        raise SweepProblem(f"name a folder for the results, such as -o results/{found.name}")
    options = {"resume": resume, "overwrite": overwrite, "force": force}
    _run(plan, out, {"jobs": workers, "scheduler": scheduler}, options, quiet)


def _split(names: list[str] | None) -> list[str] | None:
    if not names:
        return None
    return [name.strip() for text in names for name in text.split(",") if name.strip()]


def _read(name: str, **options: Any) -> Experiment:
    from runs.experiments.text import read_experiment

    return read_experiment(name, **options)


def _plan(experiment: Experiment) -> SweepPlan:
    """The plan, with its limit on failures checked too."""
    from runs.experiments.plan import plan_sweep
    from runs.sweep.runner import failure_limit

    plan = plan_sweep(experiment)
    failure_limit(plan.max_failures, plan.runs)
    return plan


def _run(
    plan: SweepPlan, out: Path, where: dict[str, Any], wish: dict[str, bool], is_quiet: bool
) -> None:
    """Run what is missing, and end with the exit code that tells how it went."""
    from runs.commands.results import say_interrupted, say_left
    from runs.experiments.reports import count_text, summary_lines
    from runs.experiments.sweeps import SweepOptions, run_plan
    from runs.sweep.results import count_statuses, read_journal
    from runs.sweep.runner import SweepProgress
    from runs.sweep.workers import choose_backend

    if not is_quiet:
        typer.echo(f"{plan.name}: {count_text(plan)}", err=True)
    done = sum(count_statuses(read_journal(out)).values()) if wish["resume"] else 0
    progress = SweepProgress(sys.stderr, plan.runs, done, is_quiet=is_quiet)
    options = SweepOptions(**wish, progress=progress, argv=sys.argv, on_interrupt=say_interrupted)
    try:
        summary = run_plan(plan, out, choose_backend(**where), options)
    except KeyboardInterrupt:
        say_left(out)
        raise
    finally:
        progress.close()
    typer.echo("\n".join(summary_lines(summary)))
    raise typer.Exit(summary.exit_code)


# --- experiments


@experiment_app.command("list")
def list_experiments() -> None:
    """List the experiments that come with the package."""
    from runs.experiments.experiment import experiment_names
    from runs.experiments.text import read_experiment

    names = experiment_names()
    width = max((len(name) for name in names), default=0)
    for name in names:
        typer.echo(f"{name:<{width}}  {read_experiment(name).description}")


@experiment_app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="TOML files or names of experiments.")],
) -> None:
    """Check experiments, each of their points too; the first error ends with exit code 2."""
    from runs.experiments.reports import count_text

    for name in files:
        typer.echo(f"{name}: valid; {count_text(_plan(_read(name)))}")


@experiment_app.command()
def schema() -> None:
    """List the keys of an experiment file."""
    from runs.commands.scenarios import table_text
    from runs.experiments.experiment import key_rows

    typer.echo(table_text(("key", "type", "default", "meaning"), key_rows()))


@experiment_app.command()
def outputs(
    scenario: Annotated[
        str, typer.Argument(help="Scenario whose firms are listed: a name or a TOML file.")
    ] = "reference",
) -> None:
    """List what can be measured at the end of a run."""
    from runs.commands.run import read
    from runs.commands.scenarios import table_text
    from runs.experiments.experiment import output_rows

    rows = output_rows(read(scenario).parameters)
    typer.echo(table_text(("output", "unit", "meaning"), rows))

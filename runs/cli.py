"""The command line. Heavy packages are imported by the commands that need them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import typer

from market.parameters.schema import shortened
from runs.commands import analyses as analysis_commands
from runs.commands import claims as claims_command
from runs.commands import deals as deals_command
from runs.commands import losses as losses_command
from runs.commands import results as store_commands
from runs.commands import sweeps as sweep_commands
from runs.commands import twins as twins_command
from runs.commands import ui as ui_command
from runs.commands import validate as validate_command
from runs.commands.scenarios import scenario_app, show_schema
from runs.files import NO_WORKING_FOLDER
from runs.own_model import ModelOption
from runs.problems import UserProblem
from runs.streams import OutputFailed, Terminated, prepare_streams, silence, termination_raises
from runs.tables import DecimalOption

OK, INTERNAL, USAGE, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143
LONGEST_LINE = 800
"""Characters of an error; a longer one quotes something that is far too long."""

app = typer.Typer(
    help="A simulation of the AI investment boom: who finances whom, and how it may end.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        typer.echo(f"kaartenhuis {version('kaartenhuis')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""


@app.command()
def run(  # noqa: PLR0913, PLR0917 - the options of the command
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a TOML file.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a parameter; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Root of all random streams.")] = 42,
    quarters: Annotated[
        int | None, typer.Option(min=1, help="Length of the run; default: the scenario's.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="New folder for data, matrices and pictures.")
    ] = None,
    matrix: Annotated[
        list[str] | None,
        typer.Option(metavar="QUARTER", help="Print the balance-sheet matrix of a quarter."),
    ] = None,
    flow_matrix: Annotated[
        list[str] | None,
        typer.Option(metavar="QUARTER", help="Print the transactions-flow matrix of a quarter."),
    ] = None,
    revaluation_matrix: Annotated[
        list[str] | None,
        typer.Option(metavar="QUARTER", help="Print the revaluation matrix of a quarter."),
    ] = None,
    by: Annotated[
        Literal["sector", "party"], typer.Option(help="Columns of printed matrices.")
    ] = "sector",
    decimal: DecimalOption = ".",
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="New Excel workbook with all tables.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the results of an earlier run.")
    ] = False,
    why: Annotated[
        list[int] | None,
        typer.Option(
            metavar="EVENT", help="Print an event and what came before and could reach it."
        ),
    ] = None,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Ask twins without each cause of --why what changes."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print only the chains of --why, as JSON.")
    ] = False,
    no_pictures: Annotated[
        bool, typer.Option("--no-pictures", help="Write no pictures to the folder.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="No progress and no story: only what is asked for.")
    ] = False,
    model: ModelOption = None,
) -> None:
    """Run a scenario and tell what happened."""
    from runs.commands.run import RunRequest, run_and_report

    run_and_report(
        RunRequest(
            scenario=scenario,
            changes=tuple(changes or ()),
            seed=seed,
            quarters=quarters,
            out=out,
            matrices=tuple(
                (kind, label)
                for kind, labels in (
                    ("balance-sheet", matrix),
                    ("transactions-flow", flow_matrix),
                    ("revaluation", revaluation_matrix),
                )
                for label in labels or ()
            ),
            by=by,
            decimal=decimal,
            xlsx=xlsx,
            overwrite=overwrite,
            why=tuple(why or ()),
            has_twins=confirm,
            is_json=as_json,
            has_pictures=not no_pictures,
            is_quiet=quiet,
            model=model,
        )
    )


@app.command()
def bench(
    scenario: Annotated[
        str, typer.Option(help="Name of a scenario, or a TOML file.")
    ] = "reference",
    repeat: Annotated[int, typer.Option(min=1, help="Number of runs.")] = 5,
    quarters: Annotated[int | None, typer.Option(min=1, help="Length of the runs.")] = None,
) -> None:
    """Measure the processor time of a run and of each of its phases."""
    from runs.commands.run import read
    from runs.single_run.benchmark import measure, report

    changes = () if quarters is None else (f"quarters={quarters}",)
    typer.echo(report(measure(read(scenario, changes), repeat)))


app.add_typer(scenario_app, name="scenario")
app.command("schema")(show_schema)
deals_command.register(app)
sweep_commands.register(app)
store_commands.register(app)
analysis_commands.register(app)
ui_command.register(app)
claims_command.register(app)
validate_command.register(app)
twins_command.register(app)
losses_command.register(app)


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done. 1: an internal error, or the system could not write. 2: wrong usage or an invalid
    file. 3 to 6: see ``runs.problems``. 130, 143: ended from outside. Errors are one line.
    """
    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        _refuse_broken_text(given)
        result = app(args=given, prog_name="kaartenhuis", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        silence(sys.stdout)
        return INTERNAL
    except Terminated:
        return _fail("terminated", TERMINATED)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", INTERRUPTED)
    except Exception as error:
        return _explain(error)
    if result == INTERRUPTED:
        return _fail("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else OK


def _refuse_broken_text(arguments: Sequence[str]) -> None:
    """Raise UserProblem for an argument whose bytes are no text: results hold it as text."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise UserProblem(f"argument {shortened(argument)!r} is not UTF-8 text") from None


def _explain(error: Exception) -> int:
    """Print an error in one line and return the exit code; a bug is raised again."""
    if isinstance(error, OSError):
        return _explain_system(error)
    kind = type(error).__name__
    if isinstance(error, UserProblem):
        return _fail(str(error), error.exit_code)
    if kind == "NoArgsIsHelpError":  # a command group without a command
        typer.echo(str(error), err=True)
        return USAGE
    if hasattr(error, "format_message"):  # what typer says about wrong options
        return _fail(str(error.format_message()), USAGE)
    if kind == "IdentityViolation":
        return _fail(str(error), INTERNAL)
    if isinstance(error, MemoryError):
        return _fail("the memory is full", INTERNAL)
    raise error


def _explain_system(error: OSError) -> int:
    """Print what the system refuses: to write to standard output, or something about a file."""
    if isinstance(error, OutputFailed):
        silence(sys.stdout)
        return _fail(f"cannot write to standard output: {error}", INTERNAL)
    try:
        Path.cwd()
    except OSError:
        return _fail(NO_WORKING_FOLDER, USAGE)
    reason = error.strerror or str(error) or type(error).__name__
    return _fail(
        f"{shortened(str(error.filename))}: {reason}" if error.filename else reason, INTERNAL
    )


def _fail(message: str, code: int) -> int:
    line = " ".join(message.split())
    if len(line) > LONGEST_LINE:  # keep what is named first and what would do last
        line = f"{line[: LONGEST_LINE // 2]} ... {line[-LONGEST_LINE // 2 :]}"
    if line:
        with suppress(OSError):  # nobody reads standard error: the exit code must do
            typer.echo(f"error: {line}", err=True)
    return code


def main() -> None:
    """Entry point of ``kaartenhuis``."""
    prepare_streams()
    with termination_raises():
        code = execute()
    sys.exit(code)

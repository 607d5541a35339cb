"""``kaartenhuis scenario ...`` and ``kaartenhuis schema``: read, check and write scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from market.parameters.schema import shortened
from runs.files import check_place
from runs.problems import UserProblem, nearest

scenario_app = typer.Typer(
    help="List, show, check and write scenarios.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_LONGEST_CELL = 60


@scenario_app.command("list")
def list_scenarios() -> None:
    """List the scenarios that come with the package."""
    from market.scenario import describe, scenario_names
    from runs.problems import scenario_problems

    names = scenario_names()
    width = max((len(name) for name in names), default=0)
    with scenario_problems():
        typer.echo("\n".join(f"{name:<{width}}  {describe(name)}" for name in names))


@scenario_app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of a scenario, or a TOML file.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a parameter; may be repeated."),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Show every value of a scenario with unit, source and confidence."""
    from market.scenario import ValueRow, scenario_table
    from runs.commands.run import read

    rows = scenario_table(read(name, changes or ()))
    if as_csv:
        typer.echo(csv_text(ValueRow._fields, rows), nl=False)
        return
    cells = [(r.path, value_text(r.value), r.unit, r.confidence, r.source) for r in rows]
    typer.echo(table_text(("path", "value", "unit", "confidence", "source"), cells))


@scenario_app.command()
def shocks(
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """List the kinds of shock: what each strikes, its sizes, and what it does."""
    from market.parameters.shocks import ShockRow, shock_table

    rows = shock_table()
    if as_csv:
        typer.echo(csv_text(ShockRow._fields, rows), nl=False)
        return
    cells = [(r.kind, r.strikes, r.sizes_text, f"{r.title}. {r.meaning}") for r in rows]
    typer.echo(table_text(("kind", "strikes", "size", "meaning"), cells))


@scenario_app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="TOML files or names of scenarios.")],
) -> None:
    """Check scenarios; the first error ends the command with exit code 2."""
    from runs.commands.run import read

    for name in files:
        p = read(name).parameters
        firms = len(p.companies())
        typer.echo(f"{name}: valid; {p.quarters} quarters from {p.start}, {firms} firms")


@scenario_app.command()
def new(
    file: Annotated[Path, typer.Argument(help="File to write, such as mine.toml.")],
    base: Annotated[str, typer.Option("--from", help="Scenario to start from.")] = "reference",
) -> None:
    """Write a commented scenario file that extends another one."""
    from market.scenario import scenario_names
    from runs.commands.run import read

    check_place(file)
    if not file.parent.is_dir():
        raise UserProblem(f"cannot write {file}: there is no folder {file.parent}")
    if base not in scenario_names():
        hint = nearest(base, scenario_names())
        raise UserProblem(f"there is no scenario {shortened(base)!r} to start from: {hint}")
    text = template(file.stem, base, read(base).parameters)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
    except FileExistsError:
        raise UserProblem(f"{file} exists: name a new file") from None
    except OSError as error:
        raise UserProblem(f"cannot write {file}: {error.strerror}") from None
    typer.echo(f"{file} written; try: kaartenhuis run {file}")


def template(name: str, base: str, parameters: Any) -> str:
    """A scenario file that changes one value and shows, in comments, what else may be changed."""
    label = parameters.quarter_label(min(4, parameters.quarters - 1))
    lab = next(iter(parameters.labs), "lab")
    recovery = parameters.funding.recovery
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f"""\
# A scenario of Kaartenhuis. It starts from another one and states only what differs.
# Check it:  kaartenhuis scenario check FILE      Run it:  kaartenhuis run FILE
# All values:  kaartenhuis scenario show {base}       All parameters:  kaartenhuis schema
extends = "{base}"
name = "{quoted}"
description = "The scenario {base} with changes of my own."

# A value stands alone, or with its source and how far it may be trusted
# (seen, derived, checked, unverified, assumed, theory).
[funding]
recovery = {{ value = {recovery}, source = "my own judgement", confidence = "assumed" }}

# A firm's figures are found under its key:
# [labs.{lab}]
# cash_usd = 20e9

# An event from outside, at a quarter's label or number (0 = first). Kinds and sizes:
# kaartenhuis scenario shocks
# [shocks.no-more-money]
# kind = "refuse funding"
# quarter = "{label}"
# target = "{lab}"

# What the other scenario has can be left out; this line must stand above the first [table]:
# remove = ["shocks.no-more-money"]
"""


def show_schema(
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List every parameter: type, unit, default, bounds, meaning, source, confidence."""
    from market.scenario import SchemaRow, schema_table

    rows = schema_table()
    if as_csv and as_json:
        raise UserProblem("choose one of --csv and --json")
    if as_json:
        import json

        typer.echo(json.dumps([row._asdict() for row in rows], indent=2, ensure_ascii=False))
    elif as_csv:
        typer.echo(csv_text(SchemaRow._fields, rows), nl=False)
    else:
        cells = [(r.path, r.default, r.unit, r.bounds, r.meaning) for r in rows]
        typer.echo(table_text(("path", "default", "unit", "bounds", "meaning"), cells))


def value_text(value: Any) -> str:
    """A value as a scenario file writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV with a header."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([value_text(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def table_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns; the last column is not cut."""
    table = [tuple(header), *rows]
    last = len(header) - 1
    widths = [min(_LONGEST_CELL, max(len(row[i]) for row in table)) for i in range(last)]
    lines = []
    for row in table:
        cells = (_cut(cell).ljust(width) for cell, width in zip(row, widths, strict=False))
        lines.append("  ".join([*cells, row[last]]).rstrip())
    return "\n".join(lines)


def _cut(cell: str) -> str:
    return cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - 3] + "..."

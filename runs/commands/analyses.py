"""Commands that ask what a sweep says: sensitivity, discover, compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from runs.problems import NOT_YET
from runs.tables import Decimal, DecimalOption

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.figure import Figure

    from runs.analysis.frame import Analysis

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder given to sweep -o.")]
ArmOption = Annotated[str | None, typer.Option(help="Arm to look at, when there are several.")]
MissingOption = Annotated[
    float | None,
    typer.Option(
        metavar="X", help="Value for runs that ended well but have none: it never happened."
    ),
]
MaxLostOption = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        min=0.0,
        max=1.0,
        help="Largest share of the design that may be left out for runs without a value.",
    ),
]
CsvOption = Annotated[Path | None, typer.Option("--csv", help="Write the table to this file.")]
PictureOption = Annotated[
    Path | None, typer.Option(help="Draw a picture to this file: .png, .svg or .pdf.")
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (sensitivity, discover, compare):
        app.command()(command)


def sensitivity(  # noqa: PLR0913, PLR0917 - the options of the command
    folder: Folder,
    output: Annotated[str, typer.Option(help="Output to explain.")],
    method: Annotated[
        Literal["sobol", "morris", "pawn"] | None,
        typer.Option(help="Default: that of the design; pawn for designs without one."),
    ] = None,
    arm: ArmOption = None,
    missing: MissingOption = None,
    max_lost: MaxLostOption = 0.1,
    interval: Annotated[
        float | None,
        typer.Option(
            metavar="WIDTH",
            min=0.0,
            help="Exit code 7 while an interval of the index is wider than this.",
        ),
    ] = None,
    seed: SeedOption = 1,
    csv: CsvOption = None,
    decimal: DecimalOption = ".",
    picture: PictureOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Tell which parameters drive an output, with intervals; while the sweep runs, too."""
    from runs.analysis.report import check_targets
    from runs.analysis.sensitivity import (
        MORRIS_LEVELS,
        Question,
        interval_note,
        morris_effects,
        pawn_indices,
        sobol_indices,
    )

    check_targets(csv, picture, overwrite)
    _refuse_idle_decimal(decimal, csv)
    frame, spec, cut = _read_finished(folder)
    question = Question(
        output, frame.attrs["varied"], arm=arm, missing=missing, max_lost=max_lost, seed=seed
    )
    design = spec.get("design") or {}
    chosen = method or design.get("method")
    if chosen == "sobol":
        found = sobol_indices(frame, question)
    elif chosen == "morris":
        found = morris_effects(frame, question, design.get("levels") or MORRIS_LEVELS)
    else:
        found = pawn_indices(frame, question)
    sure, is_met = interval_note(found, interval)
    found = _noted(found, cut, sure)

    def draw() -> Figure:
        from runs.analysis.report import sensitivity_picture

        return sensitivity_picture(found)

    _report(found, csv, decimal, picture, draw)
    if not is_met:
        raise typer.Exit(NOT_YET)


def discover(  # noqa: PLR0913, PLR0917 - the options of the command
    folder: Folder,
    where: Annotated[
        str, typer.Option(help="Condition on outputs, such as 'freeze == true and defaults > 2'.")
    ],
    method: Annotated[
        Literal["prim", "cart"], typer.Option(help="One box, or the rules of a tree.")
    ] = "prim",
    arm: ArmOption = None,
    density: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Wanted density of the box of prim.")
    ] = 0.8,
    depth: Annotated[int, typer.Option(min=1, max=10, help="Depth of the tree of cart.")] = 4,
    max_lost: MaxLostOption = 0.1,
    csv: CsvOption = None,
    decimal: DecimalOption = ".",
    peeling: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every box of prim to this CSV file.")
    ] = None,
    picture: PictureOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Tell in which region of the parameters a condition on the outputs holds."""
    from runs.analysis.discovery import cart_rules, find_cases, peeling_table, prim_box
    from runs.analysis.report import check_targets, table_lines, write_csv

    check_targets(csv, picture, overwrite)
    check_targets(peeling, None, overwrite)
    _refuse_idle_decimal(decimal, csv, peeling)
    _refuse_idle_options(method, density=density, depth=depth, peeling=peeling)
    frame, _, cut = _read_finished(folder)
    cases = find_cases(frame, where, frame.attrs["varied"], arm, max_lost)
    if method == "cart":
        rules = _noted(cart_rules(cases, depth), cut)

        def draw_rules() -> Figure:
            from runs.analysis.report import rules_picture

            return rules_picture(rules)

        _report(rules, csv, decimal, picture, draw_rules)
        return
    found = prim_box(cases, density)

    def draw_box() -> Figure:
        from runs.analysis.report import discovery_picture

        return discovery_picture(found)

    _report(_noted(found.analysis, cut), csv, decimal, picture, draw_box)
    boxes = peeling_table(found)
    if peeling is not None:
        write_csv(boxes, peeling, decimal)
        typer.echo(f"written to {peeling}", err=True)
    shown = boxes.iloc[:: 1 + len(boxes) // 12, :5]
    typer.echo("\n".join(["", "on the way (--peeling FILE has every box and its limits):"]))
    typer.echo("\n".join(table_lines(shown)))


def _refuse_idle_options(method: str, *, density: float, depth: int, peeling: Path | None) -> None:
    """An option that would do nothing is a mistake of the user."""
    from runs.analysis.frame import AnalysisProblem

    if method == "cart" and (density != 0.8 or peeling is not None):
        name = "--peeling" if peeling is not None else "--density"
        raise AnalysisProblem(f"{name} belongs to --method prim, not to cart")
    if method == "prim" and depth != 4:
        raise AnalysisProblem("--depth belongs to --method cart, not to prim")


def _refuse_idle_decimal(decimal: Decimal, *targets: Path | None) -> None:
    """The decimal sign is that of a CSV file, so there must be one."""
    from runs.analysis.frame import AnalysisProblem

    if decimal != "." and not any(targets):
        raise AnalysisProblem("--decimal is the sign of a CSV file: add --csv FILE")


def compare(
    folder: Folder,
    output: Annotated[
        list[str] | None,
        typer.Option(help="Output to compare; may be repeated; default: all numbers."),
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="ARM", help="Arm to compare with; default: the first.")
    ] = None,
    missing: MissingOption = None,
    csv: CsvOption = None,
    decimal: DecimalOption = ".",
    picture: PictureOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Compare arms pair by pair: the same point, the same seed, another world."""
    from runs.analysis.comparison import compare_arms, pairs_of
    from runs.analysis.report import check_targets

    check_targets(csv, picture, overwrite)
    _refuse_idle_decimal(decimal, csv)
    frame, _, cut = _read_finished(folder)
    found = _noted(compare_arms(frame, output, baseline, missing), cut)

    def draw() -> Figure:
        from runs.analysis.report import comparison_picture

        rows = [found.table[name].tolist() for name in ("output", "baseline", "arm")]
        pairs = {
            (name, arm): pairs_of(frame, name, base, arm, missing)
            for name, base, arm in zip(*rows, strict=True)
        }
        return comparison_picture(found, pairs)

    _report(found, csv, decimal, picture, draw)


def _read_finished(folder: Path) -> tuple[pd.DataFrame, dict[str, Any], str]:
    """What of a sweep can be analysed now, the experiment, and what is missing, in words."""
    from runs.analysis.frame import finished_part

    frame, spec = read_sweep(folder)
    part, cut = finished_part(frame)
    return part, spec, cut


def _noted(found: Analysis, *notes: str) -> Analysis:
    """An analysis with further notes; empty ones are left out."""
    return replace(found, notes=(*found.notes, *(note for note in notes if note)))


def read_sweep(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """All runs of a design, done or not, and the experiment as the manifest holds it.

    A run that is not stored has the status "not run" and no outputs.
    """
    import pandas as pd

    from runs.analysis.frame import NOT_RUN, with_gaps
    from runs.sweep.manifest import read_manifest
    from runs.sweep.results import load, read_design

    frame = load(folder)
    spec: dict[str, Any] = read_manifest(folder).get("spec", {})
    design: pd.DataFrame = read_design(folder).to_pandas()
    rest = design[~design["run_id"].isin(frame["run_id"])]
    if len(rest):
        names = frame.attrs
        rest = rest.assign(status=NOT_RUN).reindex(columns=frame.columns)
        if len(frame):
            frame = with_gaps(frame)
            rest = rest.astype({name: frame[name].dtype for name in names["outputs"]})
            rest = pd.concat([frame, rest], ignore_index=True)
        frame = rest
        frame.attrs = names
    return frame, spec


def _report(
    found: Analysis,
    csv: Path | None,
    decimal: Decimal,
    picture: Path | None,
    draw: Callable[[], Figure],
) -> None:
    """Print an analysis, and write its table and picture where asked."""
    from runs.analysis.report import lines_of, write_csv, write_picture

    typer.echo("\n".join(lines_of(found)))
    if csv is not None:
        write_csv(found.table, csv, decimal)
        typer.echo(f"written to {csv}", err=True)
    if picture is not None:
        write_picture(draw, picture)
        typer.echo(f"written to {picture}", err=True)

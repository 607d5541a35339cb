"""``kaartenhuis losses``: who finally pays for a failure, a freeze or another event."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from runs.files import check_place, write_file
from runs.own_model import ModelOption, own_model
from runs.problems import MOST_SEED, UserProblem
from runs.tables import Decimal, DecimalOption, csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from market.model import MarketModel
    from runs.own_model import OwnModel
    from runs.single_run.losses import By, Losses

TABLE, LINES, PICTURE = "payers.csv", "losses.csv", "payers.png"
"""Files of a folder."""


@dataclass(frozen=True, slots=True)
class LossRequest:
    """The options of the command; see ``losses``."""

    scenario: str
    changes: tuple[str, ...]
    do: str
    quarter: str | None
    event: int | None
    after: int
    seed: int
    replications: int
    has_twin: bool
    own: OwnModel | None


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(losses)


def losses(  # noqa: PLR0913, PLR0917 - the options of the command
    scenario: Annotated[
        str, typer.Argument(help="Name of a scenario, or a TOML file.")
    ] = "reference",
    firm: Annotated[
        str | None, typer.Option(metavar="FIRM", help="Company key of who is made to fail.")
    ] = None,
    do: Annotated[
        str | None,
        typer.Option(
            metavar="KIND[:TARGET[:SIZE]]", help="Done in place of a failure, as in `twins`."
        ),
    ] = None,
    quarter: Annotated[
        str | None, typer.Option(metavar="QUARTER", help="When: a label (2027Q3) or a number.")
    ] = None,
    event: Annotated[
        int | None, typer.Option(min=0, metavar="EVENT", help="Instead: an event of the run.")
    ] = None,
    booked: Annotated[
        bool, typer.Option("--booked", help="What the run books for --event, without a twin.")
    ] = False,
    after: Annotated[
        int, typer.Option(min=1, max=400, help="Quarters that count from the event on.")
    ] = 12,
    replications: Annotated[
        int, typer.Option(min=1, max=1000, help="Pairs of twins, of this seed and the next ones.")
    ] = 1,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a parameter; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Root of all seeds.")] = 42,
    by: Annotated[
        Literal["sector", "party"], typer.Option(help="A row for each sector or each party.")
    ] = "sector",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for tables, picture.")
    ] = None,
    decimal: DecimalOption = ".",
    model: ModelOption = None,
) -> None:
    """Tell who finally pays for a failure, a freeze or another event."""
    if out is not None:
        check_place(out, "--out")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UserProblem(f"--out {out}: name a new or an empty folder")
    asked = [given is not None for given in (firm, do, event)]
    if sum(asked) != 1:
        raise UserProblem("give one of --firm, --do and --event")
    if (event is None) == (quarter is None):
        raise UserProblem("--firm and --do need --quarter, and --event has its own")
    if booked and event is None:
        raise UserProblem("--booked is about an event of the run: add --event EVENT")
    if replications > 1 and event is not None:
        raise UserProblem("--replications needs --firm or --do: an event is of one run")
    request = LossRequest(
        scenario=scenario,
        changes=tuple(changes or ()),
        do=f"fail:{firm}" if firm is not None else do or "",
        quarter=quarter,
        event=event,
        after=after,
        seed=seed,
        replications=replications,
        has_twin=not booked,
        own=own_model(model),
    )
    found = measured(request)
    table, what, how = _told(found, by)
    if out is not None:
        _write(out, found, table, what, how, decimal)
    from runs.single_run.loss_words import losses_text

    typer.echo(losses_text(table, what, how))


def measured(request: LossRequest) -> list[Losses]:
    """The losses of an event of the run, or of every pair of twins.

    Raises:
        UserProblem: the event, firm or quarter are not known, or nothing can be told of them.
    """
    if request.event is not None:
        return [_of_event(request, request.event)]
    return _of_twins(request)


def _of_event(request: LossRequest, number: int) -> Losses:
    """Losses of an event of the run: against the twin without it, or as booked."""
    from runs.commands.run import read
    from runs.own_model import class_of
    from runs.single_run.losses import booked_losses
    from runs.twin_runs.losses import event_effect

    world = read(request.scenario, request.changes).parameters
    model: MarketModel = class_of(request.own)(world, seed=request.seed).run()
    count = len(model.events)
    if number >= count:
        known = f"its events are 0 to {count - 1}" if count else "nothing happened in it"
        raise UserProblem(f"the run has no event {number}: {known}")
    asked = model.events[number]
    if not request.has_twin:
        last = min(model.quarter, asked.quarter + request.after)
        labels = [model.events.label(quarter) for quarter in range(last)]
        return booked_losses(model.ledger, list(model.events), asked, labels)
    try:
        return event_effect(model, asked, min(request.after, model.quarter - asked.quarter))
    except ValueError as error:
        raise UserProblem(f"--event {number}: {error}; --booked needs no twin") from None


def _of_twins(request: LossRequest) -> list[Losses]:
    """Losses of an intervention in each pair of twins."""
    from tqdm import tqdm

    from runs.claims.studies import intervention_of
    from runs.commands.run import read
    from runs.commands.twins import study_of
    from runs.twin_runs.losses import loss_effect
    from runs.twin_runs.pairs import TwinPlan, twin_pair

    study = study_of(
        request.scenario, request.do, request.changes, request.quarter, None, request.after
    )
    setting = study.twins
    if setting is None or setting.quarter is None:
        raise UserProblem("--quarter: no quarter is named")
    world = read(request.scenario, request.changes).parameters
    plan = TwinPlan(
        world,
        intervention_of(setting, setting.size),
        setting.quarter,
        request.after,
        model_class=request.own,
    )
    label = world.quarter_label(setting.quarter)
    name = world.companies()[setting.target].name if setting.target else ""
    kind = "failure" if setting.intervention == "fail" else f"shock {setting.intervention!r}"
    what = f"the {kind} {'of ' if kind == 'failure' else 'on '}{name or 'all'} in {label}"
    found = []
    seeds = range(request.seed, request.seed + request.replications)
    for seed in tqdm(seeds, unit="pair", file=sys.stderr, disable=len(seeds) == 1, leave=False):
        try:
            pair = twin_pair(plan, seed)
        except ValueError as error:
            if len(seeds) == 1:
                raise UserProblem(f"--quarter: {error}") from None
            continue  # it has failed before in this history
        if pair is not None:
            found.append(loss_effect(pair, what))
    if not found:
        raise UserProblem(f"in none of {len(seeds)} histories could it be done in {label}")
    return found


def _told(found: Sequence[Losses], by: By) -> tuple[pd.DataFrame, str, str]:
    """The table of one or many, with the clauses that name it."""
    from runs.twin_runs.losses import mean_table

    first = found[0]
    if len(found) == 1:
        return first.table(by), first.what, first.how
    return mean_table(found, by), first.what, f"{first.how}, mean of {len(found)} pairs"


def _write(
    out: Path, found: Sequence[Losses], table: pd.DataFrame, what: str, how: str, decimal: Decimal
) -> None:
    """Write the table of payers, all lines behind it, and the picture."""
    import io

    import pandas as pd

    from runs.picture_style import house_style
    from runs.single_run.loss_pictures import payers_picture

    lines = [each.lines_frame() for each in found]
    for number, frame in enumerate(lines):
        frame.insert(0, "pair", number)
    picture = io.BytesIO()
    with house_style():
        figure = payers_picture(table, what, how)
        figure.savefig(picture, format="png", metadata={"Software": None})
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserProblem(f"cannot write to {out}: {error.strerror or error}") from None
    write_file(out / TABLE, csv_text(table, decimal).encode())
    write_file(out / LINES, csv_text(pd.concat(lines, ignore_index=True), decimal).encode())
    write_file(out / PICTURE, picture.getvalue())

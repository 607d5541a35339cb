"""What ``kaartenhuis run`` does: read, check, simulate, write, tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from market.scenario import Scenario, read_scenario
from runs.problems import UserProblem, scenario_problems
from runs.tables import Decimal, check_workbook

if TYPE_CHECKING:
    from market.model import MarketModel
    from runs.single_run.simulate import Run
    from runs.twin_runs.confirmation import Confirmation


@dataclass(frozen=True, slots=True)
class RunRequest:
    """The options of ``kaartenhuis run``; ``matrices`` holds (kind, quarter label).

    ``has_twins``: whether twins are asked of the causes of the events in ``why``.
    """

    scenario: str
    changes: tuple[str, ...]
    seed: int
    quarters: int | None
    out: Path | None
    matrices: tuple[tuple[str, str], ...]
    by: Literal["sector", "party"]
    overwrite: bool
    why: tuple[int, ...]
    has_twins: bool
    is_json: bool
    has_pictures: bool
    is_quiet: bool
    model: str | None = None
    decimal: Decimal = "."
    xlsx: Path | None = None


def read(name: str, changes: Sequence[str] = ()) -> Scenario:
    """Load a scenario with changes; raises UserProblem when anything is wrong with them."""
    with scenario_problems():
        return read_scenario(name, changes)


def run_and_report(request: RunRequest) -> None:
    """Do what was asked; raises UserProblem before the run where it can be known."""
    from runs.own_model import own_model
    from runs.single_run.simulate import quarter_of, simulate

    _check_why(request)
    own = own_model(request.model)
    request = replace(request, model=own.name if own else None)
    changes = list(request.changes)
    if request.quarters is not None:
        changes.append(f"quarters={request.quarters}")
    scenario = read(request.scenario, changes)
    parameters = scenario.parameters
    numbers = [
        quarter_of(label, parameters.start, parameters.quarters) for _, label in request.matrices
    ]
    if request.out is not None:
        from runs.single_run.run_folder import check_folder

        check_folder(request.out, overwrite=request.overwrite)
    elif request.decimal != ".":
        raise UserProblem("--decimal is the sign of the CSV files in a folder: add --out DIR")
    if request.xlsx is not None:
        check_workbook(request.xlsx, overwrite=request.overwrite)
    with _progress(parameters.quarters, request.is_quiet) as advance:
        result = simulate(scenario, seed=request.seed, on_quarter=advance, model_class=own)
    _check_events(result, request.why)
    if request.out is not None:
        from runs.single_run.run_folder import write_outputs

        write_outputs(
            result,
            request.out,
            overwrite=request.overwrite,
            command=_command(request),
            has_pictures=request.has_pictures,
            own_model=own,
            decimal=request.decimal,
        )
        if not request.is_quiet:
            typer.echo(f"results written to {request.out}", err=True)
    if request.xlsx is not None:
        from runs.single_run.run_folder import write_workbook

        write_workbook(result, request.xlsx, _command(request))
        if not request.is_quiet:
            typer.echo(f"workbook written to {request.xlsx}", err=True)
    _print(result, request, numbers)


class _Advance:
    """Callback that moves a progress bar on by a quarter."""

    def __init__(self, total: int, is_quiet: bool) -> None:
        from tqdm import tqdm

        self.bar = tqdm(total=total, unit="quarter", file=sys.stderr, disable=is_quiet, leave=False)

    def __call__(self, model: MarketModel) -> None:
        self.bar.update()


@contextmanager
def _progress(total: int, is_quiet: bool) -> Iterator[_Advance]:
    advance = _Advance(total, is_quiet)
    try:
        yield advance
    finally:
        advance.bar.close()


def _check_why(request: RunRequest) -> None:
    """Raise UserProblem for options that say something about ``--why`` only, without it."""
    for name, given in (("--confirm", request.has_twins), ("--json", request.is_json)):
        if given and not request.why:
            raise UserProblem(f"{name} is about the events of --why: add --why EVENT")
    if request.is_json and request.matrices:
        raise UserProblem("--json prints the chains of --why only: ask for matrices without it")


def _check_events(run: Run, ids: Sequence[int]) -> None:
    count = len(run.model.events)
    for number in ids:
        if not 0 <= number < count:
            known = f"its events are 0 to {count - 1}" if count else "nothing happened in it"
            raise UserProblem(f"the run has no event {number}: {known}")


def _command(request: RunRequest) -> list[str]:
    """The command with all that decides the results, and no path of the machine."""
    command = ["kaartenhuis", "run", os.path.basename(request.scenario)]
    for change in request.changes:
        command += ["--set", change]
    command += ["--seed", str(request.seed)]
    if request.quarters is not None:
        command += ["--quarters", str(request.quarters)]
    if request.model is not None:
        command += ["--model", request.model]
    if request.decimal != ".":
        command += ["--decimal", request.decimal]
    return command if request.has_pictures else [*command, "--no-pictures"]


def _print(run: Run, request: RunRequest, numbers: Sequence[int]) -> None:
    parts = []
    if request.is_json:
        typer.echo(chains_json(run, request.why, has_twins=request.has_twins))
        return
    if not request.is_quiet:
        from runs.single_run.story import tell

        parts.append(tell(run))
    for (kind, label), number in zip(request.matrices, numbers, strict=True):
        parts.append(matrix_text(run, kind, label, number, request.by))
    parts += [chain_text(run, number, has_twins=request.has_twins) for number in request.why]
    if parts:
        typer.echo("\n\n".join(parts))


def chain_text(run: Run, number: int, *, has_twins: bool) -> str:
    """An event with what came before and could reach it, and what twins say of that.

    Raises:
        UserProblem: the run cannot be done again.
    """
    log = run.model.events
    lines = [f"Why event {number}:", run.model.why(number)]
    if has_twins:
        lines.append(str(_confirmed(run, number)))
    elif log[number].causes:
        lines.append("Which of them made it happen is not known yet: --confirm asks twins.")
    return "\n".join(lines)


def _confirmed(run: Run, number: int) -> Confirmation:
    from runs.twin_runs.confirmation import confirm

    try:
        return confirm(run.model, number)
    except ValueError as error:
        raise UserProblem(f"--confirm: {error}") from None


def chains_json(run: Run, numbers: Sequence[int], *, has_twins: bool) -> str:
    """The chains of some events as JSON: a list with event, chain and, if asked, confirmation."""
    import json
    from dataclasses import asdict

    log, found = run.model.events, []
    for number in numbers:
        chain = [
            {**asdict(each), "label": log.label(each.quarter)}
            for each in reversed(log.chain(number))
        ]
        one: dict[str, object] = {"event": number, "chain": chain}
        if has_twins:
            one["confirmation"] = _confirmed(run, number).to_dict()
        found.append(one)
    return json.dumps(found, indent=2, ensure_ascii=False)


def matrix_text(
    run: Run, kind: str, label: str, quarter: int, by: Literal["sector", "party"]
) -> str:
    """A matrix of a quarter in bn USD; an empty cell is zero, a sum that must be zero shows 0."""
    from runs.single_run.run_folder import STATEMENTS
    from runs.single_run.story import align

    matrix = STATEMENTS[kind](run.model.ledger, quarter, by=by)
    title = f"{kind.replace('-', ' ').capitalize()} matrix, {label} (bn USD)"
    rows = [["", *(str(column) for column in matrix.columns)]]
    for name, values in matrix.iterrows():
        cells = (
            f"{value:,.2f}" if value != 0 else "0" if "Sum" in (name, column) else ""
            for column, value in values.items()
        )
        rows.append([str(name), *cells])
    return "\n".join([title, *align(rows)])

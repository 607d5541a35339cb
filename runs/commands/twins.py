"""``kaartenhuis twins``: one state, an intervention in one of two twins, and the difference."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import nullcontext
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.parameters.schema import shortened
from runs.files import check_place
from runs.own_model import ModelOption, own_model
from runs.problems import MOST_JOBS, MOST_SEED, OK, SweepProblem, UserProblem, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from market.parameters.world import MarketParameters
    from runs.claims.studies import Study
    from runs.twin_runs.results import Effect

LESS = "_without"
"""Ends the name of an effect that is measured in the other twin."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(twins)


def twins(  # noqa: PLR0913, PLR0917 - the options of the command
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a TOML file.")],
    do: Annotated[
        list[str],
        typer.Option(
            metavar="KIND[:TARGET[:SIZE]]",
            help="What is done to one twin; repeat it for more arms with the same seeds.",
        ),
    ],
    quarter: Annotated[
        str | None, typer.Option(metavar="QUARTER", help="When: a label (2027Q3) or a number.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="EVENT", help="When: two quarters before an event.")
    ] = None,
    after: Annotated[
        int, typer.Option(min=1, max=400, help="Quarters that the twins run then.")
    ] = 12,
    replications: Annotated[int, typer.Option(min=2, help="Pairs of twins of each arm.")] = 20,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a parameter of both twins."),
    ] = None,
    outputs: Annotated[
        list[str] | None, typer.Option(metavar="NAME,...", help="Measured in both twins too.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Root of all seeds.")] = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder that keeps all pairs.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j", "--jobs", min=0, max=MOST_JOBS, help="Worker processes (all cores); 0: none."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on in the folder.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    model: ModelOption = None,
) -> None:
    """Do something to one of two twins, and measure what it changes."""
    if out is not None:
        check_place(out, "--out")
    if (quarter is None) == (before is None):
        raise SweepProblem("give either --quarter or --before")
    own = own_model(model)
    names = [name.strip() for text in outputs or () for name in text.split(",") if name.strip()]
    studies = [
        study_of(scenario, text, tuple(changes or ()), quarter, before, after) for text in do
    ]
    studies = [study.model_copy(update={"model": own.name if own else ""}) for study in studies]
    if len({study.name for study in studies}) < len(studies):
        raise SweepProblem("--do: two arms are the same")
    workers = (os.cpu_count() or 1) if jobs is None else jobs
    holder: Any = tempfile.TemporaryDirectory(prefix="kaartenhuis-") if out is None else None
    with holder or nullcontext(out) as place:
        frames = {
            study.name: _run(
                study,
                Path(place) / study.name,
                names,
                replications,
                seed,
                workers,
                resume=resume,
                is_quiet=quiet,
            )
            for study in studies
        }
    for study in studies:
        typer.echo("\n".join(report(study, frames[study.name], names)) + "\n")


def study_of(
    scenario: str,
    text: str,
    changes: tuple[str, ...],
    quarter: str | None,
    before: str | None,
    after: int,
) -> Study:
    """One arm: what ``--do`` says, as a study.

    Raises:
        UserProblem: kind, target, size, event or quarter are not known, with the nearest.
    """
    from market.events import KINDS
    from market.parameters.shocks import shock_kinds
    from runs.claims.studies import OTHERS, Study, TwinSetting
    from runs.commands.run import read

    parameters = read(scenario, changes).parameters
    kind, target, size = _parts(text)
    known = [*shock_kinds(), *OTHERS]
    if kind not in known:
        raise UserProblem(f"--do: there is no intervention {kind!r}; {nearest(kind, known)}")
    firms = [*parameters.companies()]
    if target and target not in firms:
        raise UserProblem(f"--do: there is no firm {target!r}; {nearest(target, firms)}")
    if kind == "fail" and not target:
        raise UserProblem("--do: fail needs a firm, such as fail:" + firms[0])
    if kind in shock_kinds():
        _refuse_impossible(parameters, kind, target, size)
    elif kind == "inflow":
        _refuse_inflow(parameters, target, size)
    sizes = shock_kinds()[kind].sizes is not None if kind in shock_kinds() else kind == "inflow"
    if size and not sizes:
        raise UserProblem(f"--do: {kind} has no size: write {':'.join(text.split(':')[:2])}")
    if before is not None and before not in KINDS:
        raise UserProblem(f"--before: there is no event {before!r}; {nearest(before, list(KINDS))}")
    setting = TwinSetting(
        intervention=kind,
        target=target,
        size=size,
        quarter=None if quarter is None else _quarter(quarter, parameters),
        before=before or "",
        quarters_after=after,
    )
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    return Study(
        name=name, meaning=text, kind="twins", scenario=scenario, changes=changes, twins=setting
    )


def _refuse_impossible(parameters: MarketParameters, kind: str, target: str, size: float) -> None:
    """Raise what is wrong with a shock before anything runs: its size, or whom it strikes."""
    from pydantic import ValidationError

    shock = {"kind": kind, "quarter": 0, "target": target or None, "size": size}
    try:
        parameters.changed(shocks={"do": shock})
    except ValidationError as error:
        text = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        raise UserProblem(f"--do: {text.replace('shocks.do.', '')}") from None


def _refuse_inflow(parameters: MarketParameters, target: str, factor: float) -> None:
    """Raise UserProblem for an investor that is none, or a factor that no savers could pay."""
    from runs.twin_runs.interventions import MOST_INFLOW

    investors = list(parameters.investors)
    if target and target not in investors:
        raise UserProblem(f"--do: {target!r} is no investor; {nearest(target, investors)}")
    if not 0 <= factor <= MOST_INFLOW:
        raise UserProblem(f"--do: the factor of inflow must be from 0 to {MOST_INFLOW:g}")


def _parts(text: str) -> tuple[str, str, float]:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) > 3:
        form = "KIND, KIND:TARGET or KIND:TARGET:SIZE"
        raise UserProblem(f"--do: {shortened(text)!r} must be {form}")
    kind, target, size = (*parts, "", "")[:3]
    try:
        number = float(size or 0.0)
    except ValueError:
        number = nan
    if not isfinite(number):
        what = f"the size {shortened(size)!r} of {shortened(text)!r}"
        raise UserProblem(f"--do: {what} must be a finite number")
    return kind, target, number


def _quarter(text: str, parameters: MarketParameters) -> int:
    from runs.single_run.simulate import quarter_of

    if not (text.isascii() and text.isdigit()):
        return quarter_of(text, parameters.start, parameters.quarters)
    if len(text) > 9 or int(text) >= parameters.quarters:
        raise UserProblem(f"--quarter: {shortened(text)} must be 0 to {parameters.quarters - 1}")
    return int(text)


def _run(
    study: Study,
    folder: Path,
    names: Sequence[str],
    replications: int,
    seed: int,
    jobs: int,
    *,
    resume: bool,
    is_quiet: bool,
) -> pd.DataFrame:
    from runs.claims.studies import WITHOUT, study_plan
    from runs.experiments.sweeps import SweepOptions, run_plan
    from runs.sweep.results import load
    from runs.sweep.runner import SweepProgress
    from runs.sweep.workers import choose_backend
    from runs.twin_runs.measures import EFFECTS

    wanted = (*EFFECTS, *names, *(f"{WITHOUT}{name}" for name in names))
    plan = study_plan(study, replications, seed=seed, outputs=wanted)
    progress = SweepProgress(sys.stderr, plan.runs, is_quiet=is_quiet)
    options = SweepOptions(resume=resume and folder.exists(), progress=progress, argv=sys.argv)
    try:
        summary = run_plan(plan, folder, choose_backend(jobs=jobs), options)
    finally:
        progress.close()
    if summary.exit_code != OK:
        raise typer.Exit(summary.exit_code)
    return load(folder)


def report(study: Study, frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Effects of an arm with their intervals, as lines."""
    from runs.claims.studies import WITHOUT
    from runs.single_run.story import align
    from runs.twin_runs.measures import EFFECTS

    parted = frame["struck_firm_fails"].notna() | frame["capex_gap"].notna()
    target = study.twins.target if study.twins else ""
    head = f"{study.meaning} in {study.scenario}: {int(parted.sum())} pairs of twins"
    if not parted.all():
        head += f" ({int((~parted).sum())} never came to the quarter)"
    rows = [["effect", "with it", "95% interval", "without", "unit  meaning"]]
    for effect in EFFECTS.values():
        found = _effect(frame, effect.name, effect.kind == "share")
        if not found.n or effect.name.endswith(LESS) or (not target and "struck" in effect.name):
            continue
        other = ""
        if f"{effect.name}{LESS}" in EFFECTS:
            other = f"{_effect(frame, effect.name + LESS, False).mean:.3g}"
        rows.append([effect.name, *_cells(found), other, f"{effect.unit:<9}{effect.meaning}"])
    for name in names:
        base = frame[f"{WITHOUT}{name}"].astype("float64").mean()
        cells = _cells(_difference(frame, name))
        rows.append(
            [f"{name}, more", *cells, f"{base:.3g}", "the difference, and the level without"]
        )
    texts = [row.pop() for row in rows]
    lines = zip(align(rows), texts, strict=True)
    return [head, *(f"{line}  {text}" for line, text in lines)]


def _effect(frame: pd.DataFrame, name: str, is_share: bool) -> Effect:
    from runs.twin_runs.results import mean_effect, share_effect

    values = frame[name].astype("float64").tolist()
    return share_effect(values) if is_share else mean_effect(values)


def _difference(frame: pd.DataFrame, name: str) -> Effect:
    from runs.claims.studies import WITHOUT
    from runs.twin_runs.results import mean_effect

    gap = frame[name].astype("float64") - frame[f"{WITHOUT}{name}"].astype("float64")
    return mean_effect(gap.tolist())


def _cells(effect: Effect) -> list[str]:
    return [f"{effect.mean:.3g}", f"{effect.low:.3g} to {effect.high:.3g}"]

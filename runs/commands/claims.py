"""``kaartenhuis claims``: the claims of the article, put to the test."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runs.files import check_place
from runs.own_model import ModelOption, own_model
from runs.problems import MOST_JOBS, MOST_SEED, SweepProblem

if TYPE_CHECKING:
    from runs.claims.make import ClaimsOutcome, ClaimsRequest, PlannedStudy
    from runs.sweep.runner import SweepProgress

DEFAULT_FOLDER = Path("results/claims")
_PLAIN = str.maketrans("\u00a0\u2212\u2019\u201c\u201d", ' -\'""')
"""Signs of a set text as those of any terminal."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(claims)


def claims(  # noqa: PLR0913, PLR0917 - the options of the command
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help="Folder of the report.")
    ] = DEFAULT_FOLDER,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="C01,...", help="Only these claims; may be repeated."),
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(min=2, help="Size of the ensembles (200; quick: 16).")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small ensembles: minutes, and wide intervals.")
    ] = False,
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
        bool, typer.Option("--overwrite", help="Delete the report in the folder first.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Resume although code or packages changed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("-n", "--dry-run", help="Check all and list the runs; no more.")
    ] = False,
    list_claims: Annotated[
        bool, typer.Option("--list", help="List the claims with their questions.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    model: ModelOption = None,
) -> None:
    """Put the claims of the article to the test and write the report."""
    from runs.claims.make import ClaimsRequest
    from runs.claims.studies import SEED

    check_place(out, "--out")
    if resume and overwrite:
        raise SweepProblem("--resume and --overwrite exclude each other")
    request = ClaimsRequest(
        folder=out,
        replicates=replicates,
        only=tuple(each for text in only or () for each in text.split(",") if each.strip()),
        is_quick=quick,
        seed=SEED if seed is None else seed,
        jobs=(os.cpu_count() or 1) if jobs is None else jobs,
        resume=resume,
        overwrite=overwrite,
        force=force,
        argv=tuple(sys.argv),
        model=None if own_model(model) is None else model,
    )
    if list_claims:
        _list(request)
    elif dry_run:
        _say_plan(request)
    else:
        _make(request, is_quiet=quiet)


def _list(request: ClaimsRequest) -> None:
    from runs.claims.claim import select_claims
    from runs.commands.scenarios import table_text

    rows = [(claim.id, claim.title, claim.question) for claim in select_claims(request.only)]
    typer.echo(table_text(("claim", "says", "question"), rows))


def _say_plan(request: ClaimsRequest) -> None:
    from runs.claims.make import plan_studies
    from runs.commands.scenarios import table_text

    planned = plan_studies(request)
    rows = [
        (each.study.name, each.study.kind, f"{each.plan.runs:,}", each.study.meaning)
        for each in planned
    ]
    total = sum(each.plan.runs for each in planned)
    typer.echo(table_text(("study", "kind", "runs", "what it is for"), rows))
    typer.echo(f"{len(planned)} studies, {total:,} runs or pairs of twins")


def _make(request: ClaimsRequest, *, is_quiet: bool) -> None:
    from runs.claims.make import make_report
    from runs.commands.announcer import Announcer
    from runs.commands.results import say_interrupted

    announcer = Announcer("study", is_quiet=is_quiet)

    def announce(planned: PlannedStudy, number: int, count: int) -> SweepProgress:
        return announcer.begin(planned.study.name, planned.folder, planned.plan.runs, number, count)

    try:
        outcome = make_report(request, announce=announce, on_interrupt=say_interrupted)
    finally:
        announcer.close()
    if outcome.files is None:
        typer.echo(f"to go on: {_again(request)}", err=True)
    else:
        _tell(outcome)
    raise typer.Exit(outcome.exit_code)


def _again(request: ClaimsRequest) -> str:
    from runs.sweep.manifest import kaartenhuis

    words = [word for word in request.argv[1:] if word not in {"--overwrite", "--resume"}]
    return kaartenhuis(*words, "--resume")


def _tell(outcome: ClaimsOutcome) -> None:
    """The front page of the report as lines."""
    import textwrap

    from runs.claims.report_words import polish

    for claim, answer in outcome.answers:
        head = f"{claim.id}  {claim.title}: {answer.verdict.upper()}"
        typer.echo(head)
        sentence = textwrap.fill(polish(answer.sentence), 94)
        typer.echo(textwrap.indent(sentence, "     ").translate(_PLAIN))
    lost = {name: summary.not_ok for name, summary in outcome.sweeps.items() if summary.not_ok}
    for name, count in lost.items():
        typer.echo(f"study {name}: {count} runs failed and are left out", err=True)
    if outcome.files is not None:
        typer.echo(f"report: {outcome.files.html} ({outcome.seconds:,.0f} s)")

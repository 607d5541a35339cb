"""Run the studies that claims need, answer the claims and write the report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from runs.claims.claim import Answer, Claim, load_claims, select_claims
from runs.claims.results import Results
from runs.claims.studies import SEED, Study, studies_of, study_plan
from runs.problems import OK, SOME_FAILED, Refused

if TYPE_CHECKING:
    from runs.claims.report import ReportFiles
    from runs.experiments.sweeps import SweepSummary
    from runs.sweep.plan import SweepPlan
    from runs.sweep.runner import ProgressCallback
    from runs.sweep.workers import Backend

MARK, STUDIES = "claims-run.json", "studies"
REPLICATES, QUICK_REPLICATES = 200, 16


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """What a report is made of.

    Attributes:
        folder: where it is written, with the runs of its studies.
        replicates: size of the ensembles; None for 200, or 16 when quick.
        only: ids of claims; all for none.
        is_quick: small ensembles.
        seed: root of all seeds.
        jobs: worker processes; 0 runs all in this process.
        resume, overwrite, force: as in ``run_sweep``.
        argv: the command, for the manifests.
        model: the user's model class, "package.module:Class"; None for ``MarketModel``.
    """

    folder: Path
    replicates: int | None = None
    only: tuple[str, ...] = ()
    is_quick: bool = False
    seed: int = SEED
    jobs: int = 0
    resume: bool = False
    overwrite: bool = False
    force: bool = False
    argv: tuple[str, ...] = ()
    model: str | None = None

    @property
    def size(self) -> int:
        """Replicates that will be used."""
        if self.replicates is not None:
            return self.replicates
        return QUICK_REPLICATES if self.is_quick else REPLICATES

    @property
    def is_partial(self) -> bool:
        """Whether the report leaves out claims."""
        return len(select_claims(self.only)) < len(load_claims())

    @property
    def identity(self) -> dict[str, Any]:
        """What a folder must agree with to be resumed."""
        size, model = self.size, self.model
        return {"replicates": size, "seed": self.seed, "is_quick": self.is_quick, "model": model}


@dataclass(frozen=True)
class PlannedStudy:
    """A study with its plan and the folder of its runs."""

    study: Study
    plan: SweepPlan
    folder: Path


@dataclass
class ClaimsOutcome:
    """How a call ended.

    Attributes:
        answers: claims with their answers, in order; none when it was interrupted.
        sweeps: study -> how its sweep ended.
        files: what was written.
        seconds: wall time.
        exit_code: what the command returns.
    """

    answers: list[tuple[Claim, Answer]] = field(default_factory=list)
    sweeps: dict[str, SweepSummary] = field(default_factory=dict)
    files: ReportFiles | None = None
    seconds: float = 0.0
    exit_code: int = OK


def plan_studies(request: ClaimsRequest) -> list[PlannedStudy]:
    """The studies that the chosen claims need, checked, before anything is run.

    Raises:
        UserProblem: a claim is not known.
        ExperimentError, ValueError: a study is not valid.
    """
    claims = select_claims(request.only)
    for claim in claims:
        function_of(claim)
    model = {"model": request.model or ""}
    found = [study.model_copy(update=model) for study in studies_of(claims)]
    return [
        PlannedStudy(
            study,
            study_plan(study, request.size, seed=request.seed, is_quick=request.is_quick),
            request.folder / STUDIES / study.name,
        )
        for study in found
    ]


def prepare_folder(request: ClaimsRequest) -> None:
    """Make the folder, or check that it is this report's.

    Raises:
        Refused: it holds something else, or a report and neither resume nor overwrite was asked.
    """
    folder, mark = request.folder, request.folder / MARK
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file: name another folder")
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise Refused(f"{folder} holds something else than a claims report: name another")
        if request.overwrite:
            shutil.rmtree(folder)
        elif not request.resume:
            raise Refused(f"{folder} holds a claims report: --resume goes on, --overwrite deletes")
        else:
            _check_same(request, json.loads(mark.read_text(encoding="utf-8")))
            return
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(request.identity, indent=2) + "\n", encoding="utf-8")


def _check_same(request: ClaimsRequest, stored: dict[str, Any]) -> None:
    for key, value in request.identity.items():
        if stored.get(key) != value:
            reason = f"was made with {key} = {stored.get(key)}, now it is {value}"
            raise Refused(f"{request.folder} {reason}: ask for the same, or name another folder")


@contextmanager
def workers(jobs: int) -> Iterator[Backend]:
    """Where all studies run: the same processes for one after another, or this process."""
    from runs.sweep.workers import InProcess, KeptProcesses

    if jobs <= 0:
        yield InProcess()
        return
    kept = KeptProcesses(jobs)
    try:
        yield kept
    finally:
        kept.end()


def run_study(
    planned: PlannedStudy,
    request: ClaimsRequest,
    backend: Backend,
    *,
    progress: ProgressCallback | None = None,
    on_interrupt: Callable[[int], None] | None = None,
) -> SweepSummary:
    """Run what is missing of a study; errors as in ``runs.run_sweep``."""
    from runs.experiments.sweeps import SweepOptions, run_plan

    options = SweepOptions(
        resume=planned.folder.exists(),
        force=request.force,
        progress=progress,
        argv=request.argv,
        on_interrupt=on_interrupt,
    )
    return run_plan(planned.plan, planned.folder, backend, options)


def read_results(planned: Sequence[PlannedStudy], *, is_quick: bool = False) -> Results:
    """The stored runs of finished studies."""
    from runs.sweep.results import load

    frames, varied = {}, {}
    for each in planned:
        frame = load(each.folder)
        frames[each.study.name] = frame[frame["status"] == "ok"].reset_index(drop=True)
        varied[each.study.name] = each.plan.varied
    return Results(frames, varied, is_quick)


def answer_claim(claim: Claim, results: Results) -> Answer:
    """The answer to a claim by its own function.

    A claim that the model answers by assumption is not testable here, whatever its figures: it
    keeps them, and says why.

    Raises:
        KeyError: a study that it needs was not run.
    """
    answer = function_of(claim)(claim, results)
    if not isinstance(answer, Answer):
        raise TypeError(f"{claim.id}: {claim.function} gave no Answer")
    if claim.assumed:
        return replace(answer, verdict="not testable", drivers=(), corners=())
    return answer


def function_of(claim: Claim) -> Callable[[Claim, Results], Any]:
    """The function that answers a claim; raises ValueError when there is none."""
    module, _, name = claim.function.partition(":")
    try:
        found: Callable[[Claim, Results], Any] = getattr(
            import_module(f"runs.claims.answers.{module}"), name
        )
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{claim.id}: there is no function {claim.function}") from error
    return found


def make_report(
    request: ClaimsRequest,
    *,
    announce: Callable[[PlannedStudy, int, int], ProgressCallback | None],
    on_interrupt: Callable[[int], None] | None = None,
) -> ClaimsOutcome:
    """Run all, answer all, write all.

    Args:
        request: what to make.
        announce: called before each study with it, its number and their count; gives the callback
            that hears of its progress.
        on_interrupt: called with the signal at the first Ctrl-C or SIGTERM.

    Returns:
        How it ended; when it was interrupted there are no answers and all runs are kept.

    Raises:
        UserProblem: a claim is not known, or the folder is refused.
        SweepProblem: a study cannot begin or go on.
    """
    began = monotonic()
    planned = plan_studies(request)
    prepare_folder(request)
    outcome = ClaimsOutcome()
    with workers(request.jobs) as backend:
        for number, each in enumerate(planned, start=1):
            heard = announce(each, number, len(planned))
            summary = run_study(each, request, backend, progress=heard, on_interrupt=on_interrupt)
            outcome.sweeps[each.study.name] = summary
            if summary.status != "finished":
                outcome.exit_code = summary.exit_code
                return outcome
    results = read_results(planned, is_quick=request.is_quick)
    claims = select_claims(request.only)
    outcome.answers = [(claim, answer_claim(claim, results)) for claim in claims]
    outcome.seconds = monotonic() - began
    outcome.files = _write(request, planned, outcome)
    is_whole = all(summary.not_ok == 0 for summary in outcome.sweeps.values())
    outcome.exit_code = OK if is_whole else SOME_FAILED
    return outcome


def _write(
    request: ClaimsRequest, planned: Sequence[PlannedStudy], outcome: ClaimsOutcome
) -> ReportFiles:
    from runs.claims.report import write_report
    from runs.claims.report_words import report_context

    context = report_context(request, planned, outcome)
    return write_report(request.folder, outcome.answers, context)

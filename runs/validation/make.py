"""Run the trials that gates need, measure and judge the gates, and write the report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from runs.claims.make import workers
from runs.problems import OK, SOME_FAILED, Refused
from runs.validation.gate import Gate, Judged, function_of, judge, load_gates, select_gates
from runs.validation.report import ReportContext, ReportFiles, TrialFacts, write_report
from runs.validation.results import Results
from runs.validation.trials import SEED, WORLDS, Setting, Trial, Worlds, trial_plan, trials_of

if TYPE_CHECKING:
    from runs.experiments.sweeps import SweepSummary
    from runs.sweep.plan import SweepPlan
    from runs.sweep.runner import ProgressCallback
    from runs.sweep.workers import Backend

MARK, TRIALS = "validation-run.json", "trials"
SEEDS, QUICK_SEEDS = 100, 20


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """What a validation is made of.

    Attributes:
        folder: where it is written, with the runs of its trials.
        seeds: seeds of a trial; None for 100, or 20 when quick.
        only: ids of gates; all for none.
        worlds: kinds of worlds in which gates are asked.
        is_quick: fewer seeds.
        seed: root of all seeds.
        scenario: name or file; the gates are meant for the reference.
        quarters: length of the runs; None for what each trial says.
        jobs: worker processes; 0 runs all in this process.
        resume, overwrite, force: as in ``run_sweep``.
        argv: the command, for the manifests.
        model: the user's model class, "package.module:Class"; None for ``MarketModel``.
    """

    folder: Path
    seeds: int | None = None
    only: tuple[str, ...] = ()
    worlds: tuple[Worlds, ...] = WORLDS
    is_quick: bool = False
    seed: int = SEED
    scenario: str = "reference"
    quarters: int | None = None
    jobs: int = 0
    resume: bool = False
    overwrite: bool = False
    force: bool = False
    argv: tuple[str, ...] = ()
    model: str | None = None

    @property
    def size(self) -> int:
        """Seeds that will be used."""
        if self.seeds is not None:
            return self.seeds
        return QUICK_SEEDS if self.is_quick else SEEDS

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The gates that were chosen and are asked in the worlds that were chosen."""
        return tuple(gate for gate in select_gates(self.only) if set(gate.worlds) & {*self.worlds})

    @property
    def is_partial(self) -> bool:
        """Whether the validation leaves out gates, or worlds."""
        return len(self.gates) < len(load_gates()) or len(self.worlds) < len(WORLDS)

    def setting(self, worlds: Worlds) -> Setting:
        """In what its trials are run."""
        return Setting(
            worlds=worlds,
            seeds=self.size,
            is_quick=self.is_quick,
            seed=self.seed,
            scenario=self.scenario,
            quarters=self.quarters,
            model=self.model or "",
        )

    @property
    def identity(self) -> dict[str, Any]:
        """What a folder must agree with to be resumed."""
        names = ("is_quick", "seed", "scenario", "quarters", "model")
        return {"seeds": self.size} | {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class PlannedTrial:
    """A trial in one kind of worlds with its plan and the folder of its runs."""

    trial: Trial
    worlds: Worlds
    plan: SweepPlan
    folder: Path

    @property
    def name(self) -> str:
        """What people read of it."""
        return f"{self.trial.name} ({self.worlds})"


@dataclass
class ValidationOutcome:
    """How a call ended.

    Attributes:
        judged: gates with what came of them, in order; none when it was interrupted.
        sweeps: trial -> how its sweep ended.
        files: what was written.
        seconds: wall time.
        exit_code: what the command returns.
    """

    judged: list[Judged] = field(default_factory=list)
    sweeps: dict[str, SweepSummary] = field(default_factory=dict)
    files: ReportFiles | None = None
    seconds: float = 0.0
    exit_code: int = OK


def plan_trials(request: ValidationRequest) -> list[PlannedTrial]:
    """The trials that the chosen gates need, checked, before anything is run.

    A trial of which this version has no arm, because a parameter is still to come, is left out.

    Raises:
        UserProblem: a gate is not known.
        ExperimentError, ValueError: a trial is not valid.
    """
    for gate in request.gates:
        function_of(gate)
    found = []
    for worlds in request.worlds:
        names = [name for gate in request.gates if worlds in gate.worlds for name in gate.trials]
        for trial in trials_of(names):
            if trial.present:
                plan = trial_plan(trial, request.setting(worlds))
                folder = request.folder / TRIALS / f"{trial.name}-{worlds}"
                found.append(PlannedTrial(trial, worlds, plan, folder))
    return found


def prepare_folder(request: ValidationRequest) -> None:
    """Make the folder, or check that it is this validation's.

    Raises:
        Refused: it holds something else, or a validation and neither resume nor overwrite was
            asked.
    """
    folder, mark = request.folder, request.folder / MARK
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file: name another folder")
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise Refused(f"{folder} holds something else than a validation: name another")
        if request.overwrite:
            shutil.rmtree(folder)
        elif not request.resume:
            raise Refused(f"{folder} holds a validation: --resume goes on, --overwrite deletes")
        else:
            _check_same(request, json.loads(mark.read_text(encoding="utf-8")))
            return
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(request.identity, indent=2) + "\n", encoding="utf-8")


def _check_same(request: ValidationRequest, stored: dict[str, Any]) -> None:
    for key, value in request.identity.items():
        if stored.get(key) != value:
            reason = f"was made with {key} = {stored.get(key)}, now it is {value}"
            raise Refused(f"{request.folder} {reason}: ask for the same, or name another folder")


def run_trial(
    planned: PlannedTrial,
    request: ValidationRequest,
    backend: Backend,
    *,
    progress: ProgressCallback | None = None,
    on_interrupt: Callable[[int], None] | None = None,
) -> SweepSummary:
    """Run what is missing of a trial; errors as in ``runs.run_sweep``."""
    from runs.experiments.sweeps import SweepOptions, run_plan

    options = SweepOptions(
        resume=planned.folder.exists(),
        force=request.force,
        progress=progress,
        argv=request.argv,
        on_interrupt=on_interrupt,
    )
    return run_plan(planned.plan, planned.folder, backend, options)


def read_results(
    planned: Sequence[PlannedTrial], worlds: Worlds, request: ValidationRequest
) -> Results:
    """The stored runs of the finished trials in one kind of worlds."""
    from runs.sweep.results import load, load_series

    chosen = [each for each in planned if each.worlds == worlds]
    frames, series = {}, {}
    for each in chosen:
        frame = load(each.folder)
        frames[each.trial.name] = frame[frame["status"] == "ok"].reset_index(drop=True)
        if each.plan.series:
            series[each.trial.name] = load_series(each.folder)
    trials = {each.trial.name: each.trial for each in chosen}
    return Results(trials, frames, series, request.setting(worlds))


def judge_all(
    gates: Sequence[Gate], planned: Sequence[PlannedTrial], request: ValidationRequest
) -> list[Judged]:
    """Every gate with its figures in each kind of worlds, and its verdicts."""
    results = {worlds: read_results(planned, worlds, request) for worlds in request.worlds}
    found = []
    for gate in gates:
        measured = {
            worlds: function_of(gate)(gate, results[worlds])
            for worlds in request.worlds
            if worlds in gate.worlds
        }
        found.append(judge(gate, measured))
    return found


def validate(
    request: ValidationRequest,
    *,
    announce: Callable[[PlannedTrial, int, int], ProgressCallback | None],
    on_interrupt: Callable[[int], None] | None = None,
) -> ValidationOutcome:
    """Run all, judge all, write all.

    Args:
        request: what to do.
        announce: called before each trial with it, its number and their count; gives the callback
            that hears of its progress.
        on_interrupt: called with the signal at the first Ctrl-C or SIGTERM.

    Returns:
        How it ended; when it was interrupted nothing is judged and all runs are kept.

    Raises:
        UserProblem: a gate is not known, or the folder is refused.
        SweepProblem: a trial cannot begin or go on.
    """
    began = monotonic()
    planned = plan_trials(request)
    prepare_folder(request)
    outcome = ValidationOutcome()
    with workers(request.jobs) as backend:
        for number, each in enumerate(planned, start=1):
            heard = announce(each, number, len(planned))
            summary = run_trial(each, request, backend, progress=heard, on_interrupt=on_interrupt)
            outcome.sweeps[each.name] = summary
            if summary.status != "finished":
                return replace(outcome, exit_code=summary.exit_code)
    outcome.judged = judge_all(request.gates, planned, request)
    outcome.files = write_report(
        request.folder, outcome.judged, report_context(request, planned, outcome)
    )
    outcome.seconds = monotonic() - began
    is_whole = all(summary.not_ok == 0 for summary in outcome.sweeps.values())
    outcome.exit_code = OK if is_whole else SOME_FAILED
    return outcome


def report_context(
    request: ValidationRequest, planned: Sequence[PlannedTrial], outcome: ValidationOutcome
) -> ReportContext:
    """What the report says of its making."""
    trials = tuple(
        TrialFacts(
            each.name,
            each.trial.meaning,
            each.plan.runs,
            outcome.sweeps[each.name].not_ok,
            each.plan.identity[:12],
        )
        for each in planned
    )
    return ReportContext(
        request.size,
        request.seed,
        request.scenario,
        request.worlds,
        request.is_quick,
        request.is_partial,
        trials,
        command_of(request),
    )


def command_of(request: ValidationRequest) -> str:
    """The command that makes the same figures, wherever it is written to."""
    from runs.sweep.manifest import kaartenhuis

    words = ["validate", "--seeds", str(request.size), "--seed", str(request.seed)]
    words += ["--quick"] if request.is_quick else []
    words += ["--scenario", request.scenario] if request.scenario != "reference" else []
    words += ["--quarters", str(request.quarters)] if request.quarters else []
    words += ["--worlds", request.worlds[0]] if len(request.worlds) == 1 else []
    words += ["--only", ",".join(request.only)] if request.only else []
    words += ["--model", request.model] if request.model else []
    return kaartenhuis(*words)

"""What a report says of its own making: ensembles, seeds, hashes, versions and the command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.make import ClaimsOutcome, ClaimsRequest, PlannedStudy


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """An ensemble behind the report.

    Attributes:
        name, kind, meaning: of the study.
        runs: runs or pairs of twins. failed: those that are left out.
        identity: hash of its worlds, design and measures; the same hash gives the same runs.
        scenarios: names of its worlds.
    """

    name: str
    kind: str
    meaning: str
    runs: int
    failed: int
    identity: str
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UncertainParameter:
    """A parameter that varies, with its range and why."""

    path: str
    low: float
    high: float
    why: str


@dataclass(frozen=True, slots=True)
class ReportContext:
    """Everything around the answers.

    Attributes:
        replicates, seed, is_quick: what was asked for.
        is_partial: whether claims are left out.
        studies: the ensembles. uncertain: the parameters that vary together.
        scenarios: scenario -> hash of its parameters.
        versions: package -> version. model: hash of the model's code. git: commit, "" if unknown.
        command: what makes the report again.
    """

    replicates: int
    seed: int
    is_quick: bool
    is_partial: bool
    studies: tuple[StudyFacts, ...]
    uncertain: tuple[UncertainParameter, ...]
    scenarios: dict[str, str]
    versions: dict[str, str]
    model: str
    git: str
    command: str

    @property
    def runs(self) -> int:
        """All runs and pairs of twins."""
        return sum(study.runs for study in self.studies)

    @property
    def failed(self) -> int:
        """Runs that ended badly and are left out."""
        return sum(study.failed for study in self.studies)

    def behind(self, claim: Claim) -> str:
        """What an answer rests on: ensembles with their runs, seed, and hashes of the worlds."""
        studies = [study for study in self.studies if study.name in claim.studies]
        if not studies:
            return "no runs"
        sizes = ", ".join(f"{study.name} ({study.runs:,})" for study in studies)
        worlds = dict.fromkeys(name for study in studies for name in study.scenarios)
        hashes = ", ".join(f"{name} {self.scenarios[name]}" for name in worlds)
        return f"{sizes}; root seed {self.seed}; worlds with their hash: {hashes}"


def report_context(
    request: ClaimsRequest, planned: Sequence[PlannedStudy], outcome: ClaimsOutcome
) -> ReportContext:
    """What a report says of how it was made; it holds no time, so equal runs give equal bytes."""
    from runs.claims.make import is_partial
    from runs.sweep.manifest import git_state, model_sha256, versions

    git = git_state() or {}
    studies = tuple(
        StudyFacts(
            each.study.name,
            each.study.kind,
            each.study.meaning,
            each.plan.runs,
            outcome.sweeps[each.study.name].not_ok,
            each.plan.identity[:12],
            _scenario_names(each),
        )
        for each in planned
    )
    return ReportContext(
        replicates=request.size,
        seed=request.seed,
        is_quick=request.is_quick,
        is_partial=is_partial(request),
        studies=studies,
        uncertain=uncertain_facts(),
        scenarios=_scenario_hashes(planned),
        versions=versions(),
        model=model_sha256()[:12],
        git=str(git.get("commit") or "")[:12],
        command=command_of(request),
    )


def uncertain_facts() -> tuple[UncertainParameter, ...]:
    """The parameters of the hypercube with their ranges and reasons."""
    import tomllib

    from runs.claims.studies import UNCERTAIN

    tree = tomllib.loads(UNCERTAIN.read_text(encoding="utf-8"))["vary"]
    return tuple(
        UncertainParameter(path, float(entry["low"]), float(entry["high"]), str(entry["why"]))
        for path, entry in tree.items()
    )


def _scenario_hashes(planned: Sequence[PlannedStudy]) -> dict[str, str]:
    from market.scenario import load_scenario
    from runs.sweep.manifest import canonical_sha256

    names = {name for each in planned for name in _scenario_names(each)}
    return {
        name: canonical_sha256(load_scenario(name).model_dump(mode="json"))[:12]
        for name in sorted(names)
    }


def _scenario_names(planned: PlannedStudy) -> tuple[str, ...]:
    study = planned.study
    names = [arm.scenario or study.scenario for arm in study.arms.values()]
    return tuple(dict.fromkeys(names or [study.scenario]))


def command_of(request: ClaimsRequest) -> str:
    """The command that makes the same report, without the place of its folder."""
    from runs.sweep.manifest import kaartenhuis

    words = ["claims", "--quick"] if request.is_quick else ["claims"]
    if request.replicates is not None:
        words += ["--replicates", str(request.replicates)]
    if request.only:
        words += ["--only", ",".join(request.only)]
    return kaartenhuis(*words, "--seed", str(request.seed))

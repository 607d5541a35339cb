"""What the report says that belongs to no single claim: summary, context, and its making."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from runs.claims.claim import (
    CONFIDENCE,
    VERDICTS,
    WORDS,
    Verdict,
    interval_text,
    load_kill_criteria,
    number,
    verdict_words,
)

if TYPE_CHECKING:
    from runs.claims.claim import Answer, Claim, Corner, Driver, Estimate, KillCriterion, Spread
    from runs.claims.make import ClaimsOutcome, ClaimsRequest, PlannedStudy


SYMBOLS: dict[Verdict, str] = {
    "holds": "●",
    "does not hold": "○",
    "depends": "◐",
    "not testable": "–",
}


def limits() -> list[str]:
    """Where the model is wrong about the world."""
    return WORDS.each("report-limits")


def verdict_meaning(verdict: Verdict) -> str:
    """What a verdict says, in a sentence."""
    return WORDS(f"verdict-{verdict.replace(' ', '-')}-meaning")


def methods() -> list[tuple[str, str]]:
    """How it was done: titles and paragraphs."""
    texts = WORDS.each("report-methods")
    titles = (WORDS(f"report-methods-{number}-title") for number in range(1, len(texts) + 1))
    return list(zip(titles, texts, strict=True))


_UNIT = re.compile(r"(?<=\d) (?=(?:bn|trn|USD|EUR|GW)(?!\w))")
_HYPHEN = re.compile(r"(?<![\w.,–-])-(?=\d)")
_MINUS = "\u2212"
_MINUS_ZERO = re.compile(rf"{_MINUS}0(?![\d.,])")
_QUOTED = re.compile(r'"([^"]*)"')
_NO_BREAK = "\u00a0"


def polish(text: object) -> str:
    """A text as it is set: quotes and minus signs, no break between a number and its unit."""
    found = _UNIT.sub(_NO_BREAK, str(text))
    found = _MINUS_ZERO.sub("0", _HYPHEN.sub(_MINUS, found))
    return _QUOTED.sub(r"“\1”", found).replace("'", "’")


def parameter_words(path: str) -> str:
    """What a parameter is, with its unit: "Discount rate in the H-model (per year)".

    A path that is no parameter, such as the column of a size, is given back.
    """
    from market.parameters.schema import Leaf, find

    leaf = find(path.split("."))
    if not isinstance(leaf, Leaf) or not leaf.field.description:
        return path
    unit = f" ({leaf.unit})" if leaf.unit not in ("", "1") else ""
    return leaf.field.description.rstrip(".") + unit


def size_words(context: ReportContext) -> str:
    """How large the report's ensembles are, and whether runs failed."""
    size = WORDS(
        "report-size",
        runs=f"{context.runs:,}",
        replicates=context.replicates,
        seed=context.seed,
    )
    if not context.failed:
        return size
    return f"{size} {WORDS('report-failed', failed=f'{context.failed:,}')}"


def dominant_words(spread: Spread) -> str:
    """Which of parameters and chance dominates; an interval that is too wide tells neither."""
    if spread.low < 0.25 and spread.high > 0.75:
        return WORDS("dominant-unclear")
    return spread.dominant


def spread_words(spread: Spread) -> str:
    """Which of parameters and chance dominates, in a sentence."""
    if isnan(spread.parameter_share):
        return WORDS("spread-same", points=spread.points)
    name = dominant_words(spread)
    return WORDS(
        "spread-parts",
        dominant=f"{name[0].upper()}{name[1:]}",
        parameters=f"{spread.parameter_share:.0%}",
        points=spread.points,
        low=f"{spread.low:.0%}",
        high=f"{spread.high:.0%}",
        seeds=f"{spread.seed_share:.0%}",
    )


def driver_words(driver: Driver) -> str:
    """How an outcome moves with a parameter: "rises with it (+0.56)", or that it may be chance."""
    if abs(driver.strength) < driver.chance:
        chance = f"{driver.chance:.2f}"
        return WORDS("driver-chance", strength=f"{driver.strength:+.2f}", chance=chance)
    return WORDS(
        "driver-rises" if driver.strength > 0 else "driver-falls",
        strength=f"{driver.strength:+.2f}",
    )


def real_drivers(answer: Answer) -> list[Driver]:
    """The parameters that move an outcome by more than chance may."""
    return [driver for driver in answer.drivers if abs(driver.strength) >= driver.chance]


def chance_words(answer: Answer) -> str:
    """What is said of parameters that chance alone may have brought forward; "" for none."""
    doubtful = [d for d in answer.drivers if abs(d.strength) < d.chance]
    if not doubtful:
        return ""
    if len(doubtful) == len(answer.drivers):
        return WORDS("drivers-all-chance", chance=f"{doubtful[0].chance:.2f}")
    names = "; ".join(f"{parameter_words(d.parameter)} ({d.strength:+.2f})" for d in doubtful)
    return WORDS("drivers-chance", names=names, chance=f"{doubtful[0].chance:.2f}")


def bull_words(answer: Answer) -> str:
    """Where, within the public ranges, another verdict comes out: the best case of the other side.

    Empty for an answer whose drivers were not looked for.
    """
    if not answer.drivers:
        return ""
    if not answer.corners:
        return WORDS("bull-none-strong")
    verdicts = {corner.verdict for corner in answer.corners}
    if answer.verdict in VERDICTS and verdicts == {answer.verdict}:
        return WORDS("bull-nowhere")
    others = [c for c in answer.corners if c.verdict != answer.verdict]
    return WORDS("bull-cases", cases="; ".join(_corner_words(corner) for corner in others))


def _corner_words(corner: Corner) -> str:
    thirds = ", ".join(
        WORDS("bull-upper" if is_upper else "bull-lower", parameter=parameter_words(path))
        for path, is_upper in corner.thirds
    )
    return WORDS(
        "bull-case",
        thirds=thirds,
        verdict=verdict_words(corner.verdict),
        outcome=number(corner.outcome),
        runs=corner.runs,
    )


def kill_criteria(answers: Answers) -> list[KillCriterion]:
    """What would show the answers wrong, of the claims that are answered."""
    ids = {claim.id for claim, _ in answers}
    return [each for each in load_kill_criteria() if each.claim in ids]


def end_words(outcome: float, verdict: str) -> str:
    """Outcome and verdict in a third of a parameter's range: "holds (0.71)"."""
    return WORDS("driver-end", verdict=verdict_words(verdict), outcome=number(outcome))


def n_words(estimate: Estimate) -> str:
    """What a figure rests on; a dash for one that no run gave."""
    return f"{estimate.n:,}" if estimate.n else "–"


def interval_words(estimate: Estimate) -> str:
    """What an interval is; a figure that no run gave has none of confidence."""
    if isnan(estimate.value):
        return WORDS("interval-no-run")
    if estimate.interval == CONFIDENCE and not estimate.n:
        return WORDS("interval-not-from-runs")
    return interval_text(estimate.interval)


def range_words(low: float, high: float) -> str:
    """Two ends with "to" between them, rounded for reading: "0.78 to 0.96"."""
    return WORDS("range", low=number(low), high=number(high))


# --- what all answers together say


type Answers = Sequence[tuple[Claim, Answer]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A parameter that moves answers by more than chance.

    Attributes:
        parameter: its path.
        moves: claims whose outcome it moves.
        decides: those of them whose verdict differs between the lower and the upper third.
    """

    parameter: str
    moves: tuple[str, ...]
    decides: tuple[str, ...]


def by_verdict(answers: Answers) -> list[tuple[Verdict, list[Claim]]]:
    """Each verdict with its claims; verdicts that none has are left out."""
    groups = [(v, [claim for claim, answer in answers if answer.verdict == v]) for v in VERDICTS]
    return [(verdict, claims) for verdict, claims in groups if claims]


def turning_parameters(answers: Answers) -> list[Turn]:
    """The parameters that move answers, those that decide most verdicts first.

    A parameter counts for a claim when it is among the strongest there and its correlation is
    larger than chance gives.
    """
    moves: dict[str, list[str]] = {}
    decides: dict[str, list[str]] = {}
    for claim, answer in answers:
        for driver in answer.drivers:
            if abs(driver.strength) < driver.chance:
                continue
            moves.setdefault(driver.parameter, []).append(claim.id)
            if driver.low_verdict != driver.high_verdict:
                decides.setdefault(driver.parameter, []).append(claim.id)
    turns = [Turn(name, tuple(ids), tuple(decides.get(name, ()))) for name, ids in moves.items()]
    return sorted(turns, key=lambda t: (-len(t.decides), -len(t.moves), t.parameter))


def spread_sentence(answers: Answers) -> str:
    """Whether ignorance or chance dominates, over all answers; "" where none tells."""
    found = Counter(dominant_words(answer.spread) for _, answer in answers if answer.spread)
    if not found:
        return ""
    parts = (
        WORDS("spread-all-part", dominant=name, count=count) for name, count in found.most_common()
    )
    return WORDS("spread-all", outcomes=found.total(), parts="; ".join(parts))


# --- what a report says of its own making


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
            return WORDS("report-no-runs")
        sizes = ", ".join(f"{study.name} ({study.runs:,})" for study in studies)
        worlds = dict.fromkeys(name for study in studies for name in study.scenarios)
        hashes = ", ".join(f"{name} {self.scenarios[name]}" for name in worlds)
        return WORDS("report-behind", sizes=sizes, seed=self.seed, hashes=hashes)


def report_context(
    request: ClaimsRequest, planned: Sequence[PlannedStudy], outcome: ClaimsOutcome
) -> ReportContext:
    """What a report says of how it was made; it holds no time, so equal runs give equal bytes."""
    from runs.own_model import own_model
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
        is_partial=request.is_partial,
        studies=studies,
        uncertain=uncertain_facts(),
        scenarios=_scenario_hashes(planned),
        versions=versions(),
        model=model_sha256(own_model(request.model))[:12],
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
    if request.model is not None:
        words += ["--model", request.model]
    return kaartenhuis(*words, "--seed", str(request.seed))

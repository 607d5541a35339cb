"""What the report says that belongs to no single claim: summary, context, and its making."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from runs.claims.claim import CONFIDENCE, VERDICTS, Verdict, number

if TYPE_CHECKING:
    from runs.claims.claim import Answer, Claim, Driver, Estimate, Spread
    from runs.claims.make import ClaimsOutcome, ClaimsRequest, PlannedStudy


TITLE = "Is it a house of cards?"
SUBTITLE = "The claims of an article on the AI investment boom, put to the test in a simulation"
LEAD = (
    "In November 2025 a Dutch article on a technology podcast asked whether the AI boom rests on "
    "a house of cards: a chipmaker finances a lab, the lab buys cloud, and the cloud buys chips. "
    "This report takes each of its claims, says beforehand what would count as true, and tests it "
    "in Kaartenhuis, an agent-based simulation in which whatever one party pays, another receives."
)
LIMITS: tuple[str, ...] = (
    "It is a simulation, not a forecast. Its rules are stated and its figures are public, but many "
    "are unverified, and most values for the behaviour of firms and investors are judged. An "
    "answer is true of this model within the ranges it was given.",
    "The financial system is one bank with the capital of all banks of the United States. There "
    "are no insurers, private credit funds or special vehicles through which losses would spread. "
    'So "no 2008" is nearly built in.',
    "Groups are too safe: a cloud has the cash flow of its whole group, and its customers other "
    "than labs never fail. Labs live on equity alone, and nobody buys a failing rival.",
    "All labs that ask for money in a quarter face investors of the same mood, so failures "
    "cluster more than they may in the world.",
    "The build-out is too large and power binds too little: the model connects more power, and "
    "rents out compute more cheaply, than forecasts of grids and gas allow.",
    "Chip revenue over CapEx leaves its observed band (0.42 to 0.51) in the course of ten years.",
    "Wages, taxes, inflation and monetary policy are outside: a bust costs no jobs here.",
)
METHODS: tuple[tuple[str, str], ...] = (
    (
        "Rules first",
        "Each claim has a file with its question, its experiment and the rule of its verdict. The "
        'rules were fixed before a run was looked at. "Holds" and "does not hold" need the '
        'whole interval on one side of the threshold; anything between "depends". Where a rule '
        "counts cases (C26, C27: in none of the pairs, cells of a map) the count decides.",
    ),
    (
        "Chance and ignorance apart",
        "The same world is run with many seeds: that shows chance. Then the uncertain parameters "
        "vary together over their ranges (a Latin hypercube) with two seeds at each point: that "
        "shows what nobody knows. The shares of both in the spread of an outcome come from an "
        "analysis of variance.",
    ),
    (
        "What an answer turns on",
        "The parameters with the largest rank correlation with the outcome, and what the rule "
        "would say in the lower and the upper third of their ranges.",
    ),
    (
        "Twins",
        "The effect of a failure or a shock is the difference between two copies of one world, of "
        "which one is struck. Both draw the same random numbers, so that nothing else differs.",
    ),
    (
        "Intervals",
        "95% confidence, unless a row says that it shows the middle 90% of the runs. Shares have "
        "Wilson's interval, means Student's t. Runs that share a point count as fewer.",
    ),
)
VERDICT_MEANING: dict[Verdict, str] = {
    "holds": "The rule is met, with the whole interval.",
    "does not hold": "The rule is failed, with the whole interval.",
    "depends": "It is true in part of the cases; the answer says which.",
    "not testable": "The model cannot tell; the answer says why.",
}
SYMBOLS: dict[Verdict, str] = {
    "holds": "●",
    "does not hold": "○",
    "depends": "◐",
    "not testable": "–",
}
DISCLAIMER = (
    "A simulation on public and partly unverified figures: it shows what may follow from stated "
    "rules, not what will happen. No investment advice."
)


TURNS_TITLE = "What the answers turn on"
TURNS_LEGEND = (
    "A parameter is listed for a claim when it is among the three strongest there and its "
    "correlation is larger than chance gives. Verdicts differ between the lower and the upper "
    "third of its range."
)
NO_TURNS = "In ensembles this small no parameter moves an outcome by more than chance may."
QUICK = (
    "This is the quick version. Its ensembles are small, so intervals are wide, and more claims "
    '"depend" than in the full report.'
)
INTERVALS_LEGEND = "Brackets hold the interval of the figure before them."

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
    failed = f" {context.failed:,} failed and are left out." if context.failed else ""
    return (
        f"{context.runs:,} runs and pairs of twins, ensembles of {context.replicates}, root seed "
        f"{context.seed}.{failed}"
    )


def dominant_words(spread: Spread) -> str:
    """Which of parameters and chance dominates; an interval that is too wide tells neither."""
    if spread.low < 0.25 and spread.high > 0.75:
        return "too few points to tell"
    return spread.dominant


def spread_words(spread: Spread) -> str:
    """Which of parameters and chance dominates, in a sentence."""
    if isnan(spread.parameter_share):
        return f"The outcome is the same in all runs of the {spread.points} points."
    name = dominant_words(spread)
    return (
        f"{name[0].upper()}{name[1:]}: {spread.parameter_share:.0%} of the variance lies "
        f"between the {spread.points} points of the uncertain parameters ({spread.low:.0%} to "
        f"{spread.high:.0%}), {spread.seed_share:.0%} between seeds of one point."
    )


def driver_words(driver: Driver) -> str:
    """How an outcome moves with a parameter: "rises with it (+0.56)", or that it may be chance."""
    if abs(driver.strength) < driver.chance:
        return f"may be chance ({driver.strength:+.2f}; chance gives up to ±{driver.chance:.2f})"
    return f"{'rises' if driver.strength > 0 else 'falls'} with it ({driver.strength:+.2f})"


def end_words(outcome: float, verdict: str) -> str:
    """Outcome and verdict in a third of a parameter's range: "holds (0.71)"."""
    return f"{verdict} ({number(outcome)})"


def n_words(estimate: Estimate) -> str:
    """What a figure rests on; a dash for one that no run gave."""
    return f"{estimate.n:,}" if estimate.n else "–"


def interval_words(estimate: Estimate) -> str:
    """What an interval is; a figure that no run gave has none of confidence."""
    if isnan(estimate.value):
        return "no run gave one"
    return estimate.interval if estimate.n or estimate.interval != CONFIDENCE else "not from runs"


def range_words(low: float, high: float) -> str:
    """A range: "0.78 to 0.96"."""
    return f"{number(low)} to {number(high)}"


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
    parts = [f"{name} in {count}" for name, count in found.most_common()]
    return f"Where the spread of {found.total()} outcomes comes from: {'; '.join(parts)}."


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

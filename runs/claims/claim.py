"""A claim of the article, one file each in ``catalogue/``, and what an answer to it is.

A rule stands in its file before any run is looked at. Companies are data: a file gives the roles
("lab", "cloud", ...) that its function works with.

The words of an answer stand apart from the statistics. An answer function computes figures and
picks a verdict; what is said of them stands in the file of the claim, such as
``words/en/C13.ftl``, under these names:

- ``C13-sentence``, ``C13-boundary``: the answer in a line, and on what it depends;
- ``C13-explanation-1`` and on, ``C13-notes-1`` and on: paragraphs, as many as there are;
- ``C13-limits-title``, ``-caption``, ``-alt``: of the picture "C13-limits";
- ``C13-scarce-table``: title of the table "C13-scarce";
- any other name that the function asks for.

``report.ftl`` holds what belongs to no claim, ``pictures.ftl`` the words that pictures share.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runs.problems import UserProblem, nearest
from runs.words import Figure, Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawing

    from runs.twin_runs.results import Effect


FOLDER = Path(__file__).parent / "catalogue"
KILL_FILE = Path(__file__).parent / "kill.toml"

type Verdict = Literal["holds", "does not hold", "depends", "not testable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict.__value__)


class Show(BaseModel):
    """What the app opens for a claim: a world, a tab, and a quarter.

    Attributes:
        scenario, changes, seed: the world. tab: key of a tab of the app.
        quarter: label of the quarter to go to, such as "2028Q2"; "" for the last one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: str = "reference"
    changes: tuple[str, ...] = ()
    seed: int = 42
    tab: str = "live"
    quarter: str = Field(default="", pattern=r"^([0-9]{4}Q[1-4])?$")


class Claim(BaseModel):
    """One claim of the article.

    Attributes:
        id: "C01" to "C33".
        title: a few words.
        says: the article's sentence.
        question: what is asked, in plain words.
        public: what public figures say.
        sources: where they stand.
        contradicts: a figure of the article that public sources contradict; "" for none.
        experiment: what is done.
        rule: how the verdict is found, fixed before any run.
        structure: the structural choice of the model on which the verdict turns.
        assumed: why the model answers it by assumption, so that it is not testable here; "" where
            the runs decide.
        function: "module:function" in ``runs.claims`` that gives the answer.
        studies: the studies whose runs it needs.
        thresholds: numbers of the rule.
        roles: role -> company key, or other text.
        outputs: study -> what this claim needs measured in it.
        show: what the app opens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^C[0-9]{2}$")
    title: str
    says: str
    question: str
    public: str
    sources: tuple[str, ...] = ()
    contradicts: str = ""
    experiment: str
    rule: str
    structure: str
    assumed: str = ""
    function: str = Field(pattern=r"^[a-z_]+:[a-z_0-9]+$")
    studies: tuple[str, ...] = ()
    thresholds: dict[str, float] = {}
    roles: dict[str, str] = {}
    outputs: dict[str, tuple[str, ...]] = {}
    show: Show = Show()


class KillCriterion(BaseModel):
    """A public figure that, seen by a date, would show an answer wrong.

    Attributes:
        claim: id of the claim.
        against: the verdict that would be wrong.
        by: label of the last quarter in which it counts.
        watch: the figure, where it is published, and what it was.
        wrong_if: what has to be seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: str = Field(pattern=r"^C[0-9]{2}$")
    against: Verdict
    by: str = Field(pattern=r"^[0-9]{4}Q[1-4]$")
    watch: str
    wrong_if: str


class _KillFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria: tuple[KillCriterion, ...]


@lru_cache(maxsize=1)
def load_kill_criteria() -> tuple[KillCriterion, ...]:
    """What would show answers wrong, in the order of the file; ValueError when it is not valid."""
    return _read(_KillFile, KILL_FILE).criteria


@lru_cache(maxsize=1)
def load_claims() -> tuple[Claim, ...]:
    """All claims in order of their ids.

    Raises:
        ValueError: a file is not valid.
    """
    files = sorted(FOLDER.glob("C*.toml"))
    claims = tuple(read_claim(path) for path in files)
    for path, claim in zip(files, claims, strict=True):
        if path.stem != claim.id:
            raise ValueError(f"{path.name}: holds claim {claim.id!r}")
    return claims


def read_claim(path: Path) -> Claim:
    """Read one file of the catalogue; raises ValueError with the file, key and value."""
    return _read(Claim, path)


def _read[Model: BaseModel](cls: type[Model], path: Path) -> Model:
    try:
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls.model_validate(tree)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def select_claims(only: Sequence[str]) -> tuple[Claim, ...]:
    """The claims with the given ids, in the order of the catalogue; all for none.

    Raises:
        UserProblem: an id is not known.
    """
    claims = load_claims()
    known = [claim.id for claim in claims]
    wanted = [each.strip().upper() for each in only]
    for each in wanted:
        if each not in known:
            raise UserProblem(f"--only: there is no claim {each!r}; {nearest(each, known)}")
    return tuple(claim for claim in claims if not wanted or claim.id in wanted)


# --- what an answer to a claim is


WORDS = Words(Path(__file__).parent / "words")
"""All texts of the claims and of their report."""

SINCE = "quarters since "
"""Begins the unit of a figure that is a quarter of the run: "quarters since 2025Q3"."""
CONFIDENCE, RUNS = "confidence", "runs"
"""Kinds of intervals; their words are "interval-confidence" and "interval-runs"."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure with its interval.

    Attributes:
        name: what it is, in words a reader understands.
        value: the figure, in the unit; nan where nothing could be measured.
        low, high: ends of its interval, in the unit; nan where there are too few values.
        unit: "share", "USD bn", "quarters", ...; after ``SINCE`` stands the first quarter, and
            the figure is a date.
        n: how many runs or pairs it rests on.
        interval: ``CONFIDENCE``, ``RUNS``, or words of the claim for another interval.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    n: int
    interval: str = CONFIDENCE

    @classmethod
    def of(cls, name: str, effect: Effect, unit: str, scale: float = 1.0) -> Estimate:
        """An estimate from a mean with its interval, times ``scale``."""
        values = (effect.mean * scale, effect.low * scale, effect.high * scale)
        return cls(name, *values, unit, effect.n)

    def __str__(self) -> str:
        """The figure as the report writes it: "16% (9 to 27)", "3.1 USD bn (2.8 to 3.4)"."""
        if isnan(self.value):
            return WORDS("not-measured")
        if self.unit.startswith(SINCE):
            return self._dates()
        is_share = self.unit == "share"
        factor, unit = (100.0, "%") if is_share else (1.0, f" {unit_words(self.unit)}".rstrip())
        value = f"{number(self.value * factor)}{unit}"
        if isnan(self.low) or isnan(self.high):
            return value
        return with_interval(value, number(self.low * factor), number(self.high * factor))

    def _dates(self) -> str:
        from market.parameters.world import quarter_label

        start = self.unit.removeprefix(SINCE)
        labels = (
            WORDS("no-number") if isnan(each) else quarter_label(start, round(each))
            for each in (self.value, self.low, self.high)
        )
        return with_interval(*labels)


def number(value: float) -> str:
    """A number with about three digits and thousands grouped; nan is "none"."""
    if isnan(value):
        return WORDS("no-number")
    size = abs(value)
    digits = 0 if size >= 100 or value == round(value) else 1 if size >= 10 else 2
    if 0 < size < 0.1:
        return f"{value:.2g}"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_interval(value: str, low: str, high: str) -> str:
    """A figure with its interval: "55% (45 to 65)"."""
    return WORDS("with-interval", value=value, low=low, high=high)


def interval_text(interval: str) -> str:
    """What an interval is: the words of a kind, or those that the claim gave."""
    return WORDS(f"interval-{interval}") if interval in {CONFIDENCE, RUNS} else interval


def unit_words(unit: str) -> str:
    """A unit as readers see it; words that a claim gave for a unit of its own stay."""
    slug = unit.lower().replace(" ", "-")
    return WORDS(f"unit-{slug}") if f"unit-{slug}" in WORDS else unit


def verdict_words(verdict: str) -> str:
    """A verdict as readers see it; what is no verdict, such as "clouds stand", stays."""
    return WORDS(f"verdict-{verdict.replace(' ', '-')}") if verdict in VERDICTS else verdict


@dataclass(frozen=True, slots=True)
class Driver:
    """A parameter on which the answer turns.

    Attributes:
        parameter: its path.
        strength: rank correlation of outcome and parameter, -1 to 1.
        chance: size of a correlation under which it may be chance.
        low_end, high_end: mean outcome in the lower and the upper third of its range.
        low_verdict, high_verdict: what the rule would say in each third.
        low, high: the range.
    """

    parameter: str
    strength: float
    chance: float
    low_end: float
    high_end: float
    low_verdict: str
    high_verdict: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Corner:
    """The runs in which the strongest parameters all push an outcome one way.

    Attributes:
        thirds: parameter -> whether it is in the upper third of its range, else in the lower.
        outcome: mean outcome there.
        verdict: what the rule would say there.
        runs: how many runs.
    """

    thirds: tuple[tuple[str, bool], ...]
    outcome: float
    verdict: str
    runs: int


class Drivers(tuple[Driver, ...]):
    """The parameters on which an answer turns, strongest first, with the corners they span.

    Attributes:
        corners: where they all push the outcome up, and where down; none when too few runs do, or
            no parameter moves it by more than chance may.
    """

    corners: tuple[Corner, ...] = ()


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the spread of an outcome comes from.

    Attributes:
        outcome: what is measured.
        parameter_share: part of its variance between points of the uncertain parameters.
        seed_share: part between seeds at the same point.
        low, high: interval of ``parameter_share``.
        points: number of points.
    """

    outcome: str
    parameter_share: float
    seed_share: float
    low: float
    high: float
    points: int

    @property
    def dominant(self) -> str:
        """Which of both dominates, in words."""
        if isnan(self.parameter_share):
            return WORDS("dominant-neither")
        if self.low > 0.5:
            return WORDS("dominant-parameters")
        return WORDS("dominant-chance" if self.high < 0.5 else "dominant-both")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is drawn when the report is written.

    Attributes:
        name: name of its file, without extension; letters, digits and hyphens.
        title: what it shows, as a statement or a question.
        caption: how to read it, with number of runs.
        alt: what a reader who cannot see it should know.
        draw: makes the figure, in ``runs.picture_style``.
    """

    name: str
    title: str
    caption: str
    alt: str
    draw: Callable[[], Drawing]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report: ``name`` of its file, a title, and the rows."""

    name: str
    title: str
    frame: pd.DataFrame


@dataclass(frozen=True)
class Answer:
    """The answer to one claim.

    Attributes:
        verdict: by the rule of the claim.
        sentence: the answer in one line with its main figure, for the front page.
        estimates: all figures, the one that decides first.
        boundary: on what it depends, or where the verdict would change.
        explanation: paragraphs in plain words.
        pictures, tables: what shows it.
        drivers: the parameters that matter most, at most three.
        corners: what comes out where the strongest of them push one way.
        spread: parameter against seed uncertainty of the deciding figure.
        notes: limits of this answer.
    """

    verdict: Verdict
    sentence: str
    estimates: tuple[Estimate, ...] = ()
    boundary: str = ""
    explanation: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    drivers: tuple[Driver, ...] = ()
    corners: tuple[Corner, ...] = ()
    spread: Spread | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The texts of one claim; called with the end of a name, "sentence" for "C13-sentence"."""

    claim: str

    def __call__(self, name: str, /, **figures: Figure) -> str:
        """The text of a name, with its figures; errors as in ``Words``."""
        return WORDS(f"{self.claim}-{name}", **figures)

    def each(self, name: str, /, **figures: Figure) -> tuple[str, ...]:
        """The texts "name-1", "name-2" and so on, as many as there are."""
        return tuple(WORDS.each(f"{self.claim}-{name}", **figures))

    def joined(self, name: str, items: Sequence[str]) -> str:
        """Items as one text: the text of a name joins what it calls ``so_far`` and ``next``."""
        return reduce(lambda so_far, each: self(name, so_far=so_far, next=each), items)

    def picture(self, name: str, draw: Callable[[], Drawing], /, **figures: Figure) -> Picture:
        """A picture with its title, caption and description for those who cannot see it."""
        title, caption, alt = (
            self(f"{name}-{part}", **figures) for part in ("title", "caption", "alt")
        )
        return Picture(f"{self.claim}-{name}", title, caption, alt, draw)

    def table(self, name: str, frame: pd.DataFrame, /, **figures: Figure) -> Table:
        """A table with its title."""
        return Table(f"{self.claim}-{name}", self(f"{name}-table", **figures), frame)

    def answer(  # noqa: PLR0913 - the parts of an answer
        self,
        verdict: Verdict,
        figures: Mapping[str, Figure],
        *,
        sentence: str | None = None,
        boundary: str | None = None,
        explanation: Iterable[str] | None = None,
        notes: Iterable[str] | None = None,
        estimates: Iterable[Estimate] = (),
        pictures: Iterable[Picture] = (),
        tables: Iterable[Table] = (),
        drivers: tuple[Driver, ...] = (),
        spread: Spread | None = None,
    ) -> Answer:
        """An answer whose sentence, boundary, explanation and notes stand in the claim's file.

        Args:
            verdict: by the rule of the claim.
            figures: what these texts name.
            sentence: where it is not that of the file.
            boundary: the same.
            explanation: the same.
            notes: the same.
            estimates: as in ``Answer``, as all that follow.
            pictures: what shows it.
            tables: what shows it.
            drivers: the parameters that matter most.
            spread: parameter against seed uncertainty.
        """
        return Answer(
            verdict,
            self("sentence", **figures) if sentence is None else sentence,
            estimates=tuple(estimates),
            boundary=self("boundary", **figures) if boundary is None else boundary,
            explanation=tuple(
                self.each("explanation", **figures) if explanation is None else explanation
            ),
            pictures=tuple(pictures),
            tables=tuple(tables),
            drivers=drivers,
            corners=drivers.corners if isinstance(drivers, Drivers) else (),
            spread=spread,
            notes=tuple(self.each("notes", **figures) if notes is None else notes),
        )


def words_of(claim: Claim) -> ClaimWords:
    """The texts of a claim."""
    return ClaimWords(claim.id)

"""A gate: what is asked of the economy, and what came of it.

What is asked stands in a file of ``gates/`` before any run is looked at. A function of ``answers/``
turns the runs of one kind of worlds into figures with intervals; the verdict follows from the
figures and what is asked alone. All words stand in ``words/en``: ``gates.ftl`` for the gates,
``report.ftl`` for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from math import inf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from market.parameters.schema import find
from runs.claims.claim import number
from runs.problems import UserProblem, nearest
from runs.validation.trials import WORLDS, Worlds, load_trials, read_declaration
from runs.words import Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawing

    from runs.twin_runs.results import Effect
    from runs.validation.results import Results


FOLDER = Path(__file__).parent / "gates"
WORDS = Words(Path(__file__).parent / "words")
"""All texts of the validation."""

type Verdict = Literal["met", "missed", "open"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict.__value__)
type Unit = Literal["share", "change", "points", "count", "gw", "times", "bn"]
"""Units of figures: shares and changes are written in per cent, points are of a chance."""


class Part(BaseModel):
    """One thing that a gate asks.

    Attributes:
        at_least, at_most: bounds of the figure; None for no bound.
        unit: of the figure.
        is_strict: whether a figure at a bound itself is beyond it: "under 0%".
        precision: what is asked "within its error": missed only when the whole interval lies beyond
            a bound, met when it does not and is no wider than this to each side. Without it, a
            part is met only when the whole interval lies within the bounds.
        needs: parameters without which it cannot be measured; it is open until they exist.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_least: float | None = None
    at_most: float | None = None
    unit: Unit = "share"
    is_strict: bool = False
    precision: float | None = None
    needs: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> Part:
        if self.at_least is None and self.at_most is None:
            raise ValueError("asks nothing: needs at_least or at_most")
        if self.is_strict and None not in {self.at_least, self.at_most}:
            raise ValueError("is_strict: a range includes its ends")
        return self

    @property
    def missing(self) -> tuple[str, ...]:
        """The parameters that it needs and this version does not have."""
        return tuple(path for path in self.needs if find(path.split(".")) is None)

    def verdict(self, effect: Effect | None) -> Verdict:
        """By the interval of what was measured; open where nothing was, or it cannot tell."""
        if effect is None or self.missing or isnan(effect.low) or isnan(effect.high):
            return "open"
        if self._is_beyond(effect.low) and self._is_beyond(effect.high) and self._one_side(effect):
            return "missed"
        if not self._is_beyond(effect.low) and not self._is_beyond(effect.high):
            return "met"
        is_close = self.precision is not None and effect.high - effect.low <= 2 * self.precision
        return "met" if is_close else "open"

    def _is_beyond(self, value: float) -> bool:
        """Whether a value is not what is asked."""
        low = -inf if self.at_least is None else self.at_least
        high = inf if self.at_most is None else self.at_most
        return not (low < value < high if self.is_strict else low <= value <= high)

    def _one_side(self, effect: Effect) -> bool:
        """Whether an interval does not reach over all that is asked."""
        bounds = [each for each in (self.at_least, self.at_most) if each is not None]
        return not any(effect.low < bound < effect.high for bound in bounds)

    def asked(self) -> str:
        """What is asked, in words: "at most -20%"."""
        low, high = (
            "" if bound is None else figure(bound, self.unit)
            for bound in (self.at_least, self.at_most)
        )
        form = "range" if low and high else "least" if low else "most"
        strict = "-strict" if self.is_strict else ""
        text = WORDS(f"asked-{form}{strict}", low=low, high=high)
        return text if self.precision is None else WORDS("asked-lenient", asked=text)


class Gate(BaseModel):
    """One gate.

    Attributes:
        id: "G1" to "G12", or "S1" and on for what is held against facts.
        function: "module:function" in ``answers/`` that gives its figures.
        trials: the ensembles that it needs.
        worlds: in which worlds it is asked.
        parts: what is asked, by name; none where figures are only told.
        numbers: other numbers that its function works with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[GS][0-9]{1,2}$")
    function: str = Field(pattern=r"^[a-z_]+:[a-z_0-9]+$")
    trials: tuple[str, ...]
    worlds: tuple[Worlds, ...] = WORLDS
    parts: dict[str, Part] = {}
    numbers: dict[str, float] = {}

    @property
    def title(self) -> str:
        """A few words."""
        return WORDS(f"{self.id}-title")

    def says(self, name: str, /, **figures: str | int) -> str:
        """A text of this gate."""
        return WORDS(f"{self.id}-{name}", **figures)


@lru_cache(maxsize=1)
def load_gates() -> tuple[Gate, ...]:
    """All gates in order: G1 to G12, then S1 and on; raises ValueError for a file that is wrong."""
    gates = [read_declaration(Gate, path) for path in FOLDER.glob("*.toml")]
    for gate in gates:
        for name in gate.trials:
            if name not in load_trials():
                close = nearest(name, list(load_trials()))
                raise ValueError(f"{gate.id}: there is no trial {name!r}: {close}")
    return tuple(sorted(gates, key=lambda gate: (gate.id[0], int(gate.id[1:]))))


def select_gates(only: Sequence[str]) -> tuple[Gate, ...]:
    """The gates of some ids, in their order; all for none.

    Raises:
        UserProblem: an id is not known.
    """
    known = [gate.id for gate in load_gates()]
    wanted = [each.strip().upper() for each in only]
    for each in wanted:
        if each not in known:
            raise UserProblem(f"--only: there is no gate {each!r}; {nearest(each, known)}")
    return tuple(gate for gate in load_gates() if not wanted or gate.id in wanted)


def function_of(gate: Gate) -> Callable[[Gate, Results], Found]:
    """The function that measures a gate; raises ValueError when there is none."""
    module, _, name = gate.function.partition(":")
    try:
        found: Callable[[Gate, Results], Found] = getattr(
            import_module(f"runs.validation.answers.{module}"), name
        )
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{gate.id}: there is no function {gate.function}") from error
    return found


# --- what came of a gate


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures with intervals, drawn one under the other, beside what is asked.

    Attributes:
        name: end of the name of its texts, "ladder" for "G1-ladder-title".
        rows: label and figure, from above.
        unit: of the figures.
        part: the part whose bounds are drawn; "" for none.
        has_intervals: whether its lines are confidence intervals; its own caption says what else.
    """

    name: str
    rows: tuple[tuple[str, Effect], ...]
    unit: str = "share"
    part: str = ""
    has_intervals: bool = True


@dataclass(frozen=True)
class Found:
    """What a function measured in one kind of worlds.

    Attributes:
        effects: part -> figure with interval; a part that could not be measured is left out.
        charts: what shows it, at least one where anything was measured.
        drawings: pictures that are no intervals: name -> function that draws it.
        tables: name -> rows for readers.
        names: part -> which of many it concerns, such as the mechanisms that moved nothing.
        notes: sentences.
    """

    effects: Mapping[str, Effect]
    charts: tuple[Chart, ...] = ()
    drawings: Mapping[str, Callable[[], Drawing]] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a part of a gate in one kind of worlds.

    Attributes:
        gate, part, worlds: which.
        what, asked: in words.
        effect: what was measured; None for nothing.
        unit: of the figure.
        verdict: met, missed or open.
        reason: why it is open, or which of many it concerns; "" for neither.
    """

    gate: str
    part: str
    worlds: Worlds
    what: str
    asked: str
    effect: Effect | None
    unit: str
    verdict: Verdict
    reason: str = ""

    @property
    def measured(self) -> str:
        """The figure in words."""
        return "" if self.effect is None else figure(self.effect.mean, self.unit)

    @property
    def interval(self) -> str:
        """Its interval in words; "" for a count, which has none."""
        if self.effect is None or isnan(self.effect.low) or self.effect.low == self.effect.high:
            return ""
        ends = (figure(end, self.unit) for end in (self.effect.low, self.effect.high))
        return WORDS("interval", **dict(zip(("low", "high"), ends, strict=True)))


@dataclass(frozen=True)
class Judged:
    """A gate with what came of it in each kind of worlds."""

    gate: Gate
    found: Mapping[Worlds, Found]
    lines: tuple[Line, ...]

    @property
    def verdict(self) -> Verdict | None:
        """Missed when any part is, else open when any is; None where nothing is asked."""
        given = {line.verdict for line in self.lines}
        return next((each for each in ("missed", "open", "met") if each in given), None)


def judge(gate: Gate, found: Mapping[Worlds, Found]) -> Judged:
    """The lines of a gate, worlds after worlds."""
    lines = [
        _line(gate, name, part, worlds, each)
        for worlds, each in found.items()
        for name, part in gate.parts.items()
    ]
    return Judged(gate, found, tuple(lines))


def _line(gate: Gate, name: str, part: Part, worlds: Worlds, found: Found) -> Line:
    effect = found.effects.get(name)
    verdict = part.verdict(effect)
    named = found.names.get(name, "")
    reasons = [_why_open(part, effect)] if verdict == "open" else []
    reason = "; ".join([*reasons, *([named] if named else [])])
    return Line(
        gate.id, name, worlds, gate.says(name), part.asked(), effect, part.unit, verdict, reason
    )


def _why_open(part: Part, effect: Effect | None) -> str:
    if part.missing:
        return WORDS("open-until", parameters=", ".join(part.missing))
    if effect is None or isnan(effect.mean):
        return WORDS("open-nothing")
    return WORDS("open-few") if isnan(effect.low) else WORDS("open-undecided")


def exactly(value: float, n: int) -> Effect:
    """A count or another figure that has no interval: it is what it is."""
    from runs.twin_runs.results import Effect

    return Effect(value, value, value, n)


def figure(value: float, unit: str) -> str:
    """A figure with its unit as the table writes it: "-23%", "0.3 standard errors"."""
    if isnan(value):
        return WORDS("no-number")
    if unit in {"share", "change"}:
        return WORDS("unit-percent", number=number(round(100 * value, 1) + 0.0))
    return WORDS(f"unit-{unit}", number=number(round(value, 3) + 0.0))


def as_json(value: Any) -> Any:
    """A number as JSON can hold it; None for one that does not exist."""
    return None if isinstance(value, float) and isnan(value) else value

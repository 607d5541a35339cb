"""Results of a sweep, made ready for analysis, and conditions on them.

Every analysis takes the frame of ``runs.load`` (or any frame with its columns) and reads no files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from market.parameters.schema import shortened
from runs.problems import UserProblem, nearest

Floats = NDArray[np.float64]
OK = "ok"
NOT_RUN = "not run"
"""Status of a run that is not stored yet."""
NO_VALUE = "without a value"
LAYOUT = ("sample", "block")
MAX_LOST = 0.1
"""Share of the results that an analysis may leave out before it refuses to answer."""


class AnalysisProblem(UserProblem):
    """An analysis that cannot be made of these results, and why."""


@dataclass(frozen=True)
class Analysis:
    """What an analysis found.

    Attributes:
        method: its name.
        output: what was explained.
        table: the result, one row per parameter, rule or arm.
        notes: what a reader must know beside the table, one line each: runs left out, noise.
        title: the finding in one line.
    """

    method: str
    output: str
    table: pd.DataFrame
    notes: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class Points:
    """Outputs of the points of a design.

    Attributes:
        inputs: the varied parameters, one row per point, ordered by point.
        layout: ``sample`` and ``block`` of each point, for Sobol and Morris designs.
        values: the output, shape (points, replicates); nan where there is none.
        lost: how many runs have no value, by reason.
    """

    inputs: pd.DataFrame
    layout: pd.DataFrame
    values: Floats
    lost: Counter[str]

    @property
    def means(self) -> Floats:
        """Mean of the output over the replicates; nan for a point that lacks one of them."""
        mean: Floats = self.values.mean(axis=1)
        return mean


def by_point(
    frame: pd.DataFrame,
    output: str,
    varied: Sequence[str],
    arm: str | None = None,
    missing: float | None = None,
) -> Points:
    """Arrange the runs of one arm by point and replicate.

    Args:
        frame: runs, as ``runs.load`` gives them.
        output: column to explain: a number, or true and false (1 and 0).
        varied: columns of the varied parameters.
        arm: the arm; may be left out when there is one only.
        missing: value of runs that ended well but have none, since the thing never happened.

    Raises:
        AnalysisProblem: a name is unknown, the output is a text, or the arm must be chosen.
    """
    runs = one_arm(frame, arm)
    values, lost = output_values(runs, output, missing)
    if not varied:
        raise AnalysisProblem("nothing was varied in this sweep: there is nothing to explain")
    points = sorted(runs["point"].unique().tolist())
    replicates = sorted(runs["replicate"].unique().tolist())
    grid = np.full((len(points), len(replicates)), np.nan)
    attributes = runs.drop_duplicates("point").sort_values("point").reset_index(drop=True)
    rows = np.searchsorted(points, runs["point"].to_numpy(dtype=np.int64))
    columns = np.searchsorted(replicates, runs["replicate"].to_numpy(dtype=np.int64))
    grid[rows, columns] = values
    if grid.size > len(runs):
        lost[NOT_RUN] += grid.size - len(runs)
    layout = [name for name in LAYOUT if name in attributes.columns]
    return Points(attributes[list(varied)], attributes[layout], grid, lost)


def finished_part(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The runs of a sweep that goes on, cut to a design without gaps.

    Sweeps do the first replicate of all before the second of any, and the points of a sample
    together, so what is done at any time is a fair sample of the design. Kept are the first
    replicates of those samples (points, for designs without samples) of which all are done: as many
    replicates as keep most runs.

    Args:
        frame: all runs of the design; those that are not stored have the status ``NOT_RUN``.

    Returns:
        The frame and what was cut, in one line; the same frame and "" when nothing is missing.

    Raises:
        AnalysisProblem: no sample or point has all its runs.
    """
    is_done = frame["status"] != NOT_RUN
    if is_done.all():
        return frame, ""
    name = "sample" if "sample" in frame.columns else "point"
    best: pd.Series | None = None
    for last in sorted(frame["replicate"].unique().tolist()):
        asked = frame["replicate"] <= last
        late = frame.loc[asked & ~is_done, name]
        kept = asked & ~frame[name].isin(late)
        if best is None or kept.sum() > best.sum():
            best = kept
    done = f"{int(is_done.sum()):,} of {len(frame):,} runs are done"
    if best is None or not best.any():
        raise AnalysisProblem(f"no {name} has all its runs yet: {done}; ask again later")
    part = frame[best]
    part.attrs = dict(frame.attrs)
    units = [f"{part[name].nunique():,} of {frame[name].nunique():,} {name}s"]
    if (count := frame["replicate"].nunique()) > 1:
        units.append(f"{part['replicate'].nunique():,} of {count:,} replicates")
    return part, f"not finished: {done}; this is of {' and '.join(units)}"


def with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with flags and whole numbers in the types of pandas that may be missing."""
    kinds = {"b": "boolean", "i": "Int64"}
    types = {name: kinds[d.kind] for name, d in frame.dtypes.items() if d.kind in kinds}
    return frame.astype({name: kind for name, kind in types.items() if name in output_names(frame)})


def one_arm(frame: pd.DataFrame, arm: str | None) -> pd.DataFrame:
    """Runs of an arm; raises AnalysisProblem when it is unknown or must be chosen."""
    arms = [str(name) for name in dict.fromkeys(frame["arm"].tolist())]
    if arm is None:
        if len(arms) > 1:
            raise AnalysisProblem(f"this sweep has arms: choose one with --arm: {', '.join(arms)}")
        return frame
    if arm not in arms:
        has_arms = any(arms)
        hint = nearest(arm, arms) if has_arms else "this sweep has no arms"
        raise AnalysisProblem(f"--arm {arm!r}: {hint}")
    return frame[frame["arm"] == arm]


def output_values(
    runs: pd.DataFrame, output: str, missing: float | None = None
) -> tuple[Floats, Counter[str]]:
    """The output of each run as a number, nan where there is none, and why there is none.

    A value for what is missing applies to runs that ended well only: a failed run has no value.

    Raises:
        AnalysisProblem: the output is unknown or a text.
    """
    check_name(runs, output)
    column = runs[output]
    is_number = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    if not (is_number or column.isna().all()):
        raise AnalysisProblem(
            f"output {output!r} is a text: choose a number or a true-or-false output"
        )
    values = np.array(
        [np.nan if pd.isna(value) else float(value) for value in column.tolist()], dtype=np.float64
    )
    values[~np.isfinite(values)] = np.nan
    if missing is not None:
        values[np.isnan(values)] = missing
    status = runs["status"].to_numpy(dtype=object)
    values[status != OK] = np.nan
    reasons = [str(s) if s != OK else NO_VALUE for s in status[np.isnan(values)].tolist()]
    return values, Counter(reasons)


def check_name(runs: pd.DataFrame, output: str) -> None:
    """Raise AnalysisProblem unless the sweep measured this output."""
    known = output_names(runs)
    if output not in known:
        raise AnalysisProblem(f"--output {output!r} is not in this sweep: {nearest(output, known)}")


def output_names(runs: pd.DataFrame) -> list[str]:
    """Names of the outputs of a frame: as noted by ``runs.load``, or all after ``status``."""
    if "outputs" in runs.attrs:
        return [str(name) for name in runs.attrs["outputs"]]
    fixed = ("run_id", "point", "arm", "replicate", "seed", "sample", "block", "status")
    varied = runs.attrs.get("varied", ())
    return [str(name) for name in runs.columns if name not in fixed and name not in varied]


def lost_notes(points: Points, lost: int, total: int, what: str, max_lost: float) -> list[str]:
    """What had to be left out, in words; no lines when nothing was.

    Args:
        points: where the runs were lost.
        lost: units of the analysis (points, base samples, trajectories) that are left out.
        total: all of them.
        what: their name, in the plural.
        max_lost: largest share that may be left out.

    Raises:
        AnalysisProblem: more than that is lost.
    """
    if not points.lost:
        return []
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(points.lost.items()))
    note = (
        f"left out: {lost:,} of {total:,} {what}, because {points.lost.total():,} of"
        f" {points.values.size:,} runs have no value ({reasons})"
    )
    if lost > max_lost * total or lost == total:
        hint = "; --missing X gives runs that ended well a value" if NO_VALUE in points.lost else ""
        raise AnalysisProblem(f"{note}; more than {max_lost:.0%}: see --max-lost{hint}")
    return [note]


def noise_notes(values: Floats) -> list[str]:
    """How much of the variance comes from the seeds rather than from the parameters.

    Variance components of a crossed design of points and seeds (Searle, Casella and McCulloch
    1992, chapter 4), by the method of moments, over the points that have all replicates.

    Args:
        values: the output, shape (points, replicates).
    """
    replicates = values.shape[1]
    if replicates < 2:
        return ["one replicate: the share of chance is not known (sweep with --replications)"]
    whole = values[~np.isnan(values).any(axis=1)]
    noise, left = noise_shares(whole)
    return [
        f"seeds make {noise:.0%} of the variance of one run and {left:.0%} of the variance of the"
        f" means over {replicates} replicates"
    ]


def noise_shares(values: Floats) -> tuple[float, float]:
    """Share of noise in the variance of one run, and in that of the means over replicates.

    Args:
        values: the output, shape (points, replicates), both at least 2, without gaps.
    """
    points, replicates = values.shape
    if points < 2 or not values.var() > 0:
        return 0.0, 0.0
    means, seeds = values.mean(axis=1), values.mean(axis=0)
    rest = values - means[:, None] - seeds[None, :] + values.mean()
    chance = float((rest**2).sum()) / ((points - 1) * (replicates - 1))
    between = float(means.var(ddof=1))
    signal = max(between - chance / replicates, 0.0)
    common = max(float(seeds.var(ddof=1)) - chance / points, 0.0)
    total = signal + common + chance
    left = min(chance / replicates / between, 1.0) if between > 0 else 1.0
    return (common + chance) / total, left


def codes(inputs: pd.DataFrame) -> Floats:
    """Inputs as numbers, shape (points, parameters); texts become ranks, "does not apply" nan."""
    columns = [_codes_of(inputs[name]) for name in inputs.columns]
    return np.column_stack(columns) if columns else np.empty((len(inputs), 0))


def _codes_of(column: pd.Series) -> Floats:
    raw = column.tolist()
    if is_text(column):
        order = {text: float(i) for i, text in enumerate(texts_of(column))}
        return np.array([order.get(value, np.nan) for value in raw], dtype=np.float64)
    return np.array([np.nan if pd.isna(v) else float(v) for v in raw], dtype=np.float64)


def is_text(column: pd.Series) -> bool:
    """Whether a parameter has words for values."""
    return any(isinstance(value, str) for value in column.tolist())


def texts_of(column: pd.Series) -> list[str]:
    """The words of a parameter, ordered."""
    return sorted({value for value in column.tolist() if isinstance(value, str)})


# --- conditions on outputs, such as ``freeze == true and defaults > 2``, read without running code


SIGNS = ("==", "!=", "<=", ">=", "<", ">")
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<sign>==|!=|<=|>=|<|>)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    | (?P<word>[A-Za-z_](?:[\w.:-]|\(\d+\))*)
    | (?P<bracket>[()])
    | (?P<other>\S)
    )""",
    re.VERBOSE,
)
DEEPEST = 50
FORM = "write such as 'freeze == true' or 'defaults > 2 and not cut'"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def holds(frame: pd.DataFrame, condition: str) -> pd.Series:
    """Where a condition on outputs holds.

    ``name SIGN value`` with == != < <= > >=; ``name`` alone for true-or-false outputs; ``and``,
    ``or``, ``not`` and brackets. Values: a number, true, false, a text (quotes may be left out)
    or null: ``name == null`` holds where a run that ended well has no value.

    Args:
        frame: runs, as ``runs.load`` gives them.
        condition: the text.

    Returns:
        True, False or missing for each run. It is missing where the run has not ended well, and
        where it depends on a value that is not there.

    Raises:
        AnalysisProblem: the text is no condition, or names no output of the frame.
    """
    reader = _Reader(frame, _tokens(condition), condition)
    found = reader.either()
    reader.end()
    return found.mask(frame["status"] != "ok", pd.NA)


def _tokens(condition: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(condition):
        kind = match.lastgroup or "other"
        if kind == "other":
            problem = "'=' compares nothing: write ==" if match[kind] == "=" else FORM
            raise AnalysisProblem(f"--where {shortened(condition)!r}: {match[kind]!r}: {problem}")
        found.append(_Token(kind, match[kind]))
    return found


class _Reader:
    """Reads tokens from left to right: ``or`` of ``and`` of ``not`` of comparisons."""

    def __init__(self, frame: pd.DataFrame, tokens: Sequence[_Token], condition: str) -> None:
        self.frame, self.tokens, self.condition = frame, list(tokens), condition
        self.known = output_names(frame)
        self.depth = 0

    def problem(self, reason: str) -> AnalysisProblem:
        return AnalysisProblem(f"--where {shortened(self.condition)!r}: {reason}")

    def peek(self) -> str:
        return self.tokens[0].text if self.tokens else ""

    def take(self, what: str) -> _Token:
        if not self.tokens:
            raise self.problem(f"{what} is missing at the end; {FORM}")
        return self.tokens.pop(0)

    def end(self) -> None:
        if self.tokens:
            raise self.problem(f"{self.peek()!r} is too much: join with 'and' or 'or'; {FORM}")

    def either(self) -> pd.Series:
        found = self.both()
        while self.peek() == "or":
            self.tokens.pop(0)
            found = found | self.both()
        return found

    def both(self) -> pd.Series:
        found = self.one()
        while self.peek() == "and":
            self.tokens.pop(0)
            found = found & self.one()
        return found

    def one(self) -> pd.Series:
        token = self.take("a condition")
        if token.text in {"not", "("}:
            return self.inner(token.text)
        if token.kind != "word":
            raise self.problem(f"{token.text!r} stands where an output should; {FORM}")
        return self.comparison(token.text)

    def inner(self, word: str) -> pd.Series:
        """What stands after a "not" or between brackets, so many deep at the most."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.problem(f"more than {DEEPEST} 'not' and brackets inside one another")
        if word == "not":
            found = ~self.one()
        else:
            found = self.either()
            if self.take("a closing bracket").text != ")":
                raise self.problem("a closing bracket is missing")
        self.depth -= 1
        return found

    def comparison(self, name: str) -> pd.Series:
        if name not in self.known:
            raise self.problem(f"{name!r} is not in this sweep: {nearest(name, self.known)}")
        column = self.frame[name]
        is_flag = pd.api.types.is_bool_dtype(column)
        if self.peek() not in SIGNS:
            if not is_flag:
                raise self.problem(f"{name!r} is no true-or-false output: compare it with a value")
            return column.astype("boolean")
        sign = self.take("a sign").text
        value = self.value(name, self.take("a value"), column)
        if value is None:
            if sign not in {"==", "!="}:
                raise self.problem("null can only be compared with == and !=")
            return (column.isna() == (sign == "==")).astype("boolean")
        if isinstance(value, bool | str) and sign not in {"==", "!="}:
            raise self.problem(f"{name!r} can only be compared with == and !=")
        return _compare(column, sign, value)

    def value(self, name: str, token: _Token, column: pd.Series) -> Any:
        """The value of a token, of the type of the output."""
        if token.text == "null":
            return None
        if pd.api.types.is_bool_dtype(column):
            if token.text not in {"true", "false"}:
                raise self.problem(f"{name!r} is true or false, not {token.text!r}")
            return token.text == "true"
        if pd.api.types.is_numeric_dtype(column):
            if token.kind != "number":
                raise self.problem(f"{name!r} is a number: compare it with one, not {token.text!r}")
            return float(token.text)
        if token.kind in {"sign", "bracket"} or token.text in {"and", "or", "not"}:
            raise self.problem(f"{token.text!r} stands where a value should; {FORM}")
        text = token.text.strip("\"'")
        choices = sorted({value for value in column.tolist() if isinstance(value, str)})
        if choices and text not in choices:
            raise self.problem(f"{name!r} is never {text!r}: {nearest(text, choices)}")
        return text


def _compare(column: pd.Series, sign: str, value: Any) -> pd.Series:
    methods = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
    found: pd.Series = getattr(column, methods[sign])(value).astype("boolean")
    return found.mask(column.isna(), pd.NA)

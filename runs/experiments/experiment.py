"""Experiments: which scenario, which parameters vary and how, what is measured, how often.

An experiment is a TOML file. ``[experiment]`` names the scenario and the outputs, ``[vary]`` the
parameters that vary, ``[design]`` how their values are chosen, ``[[arms]]`` worlds that are
compared at each point with the same seeds. Only ``[experiment]`` is compulsory.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticUndefined

from runs.problems import ExperimentError, nearest
from runs.single_run.outcomes import OUTCOMES, WAYS, market_indicators

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters


FOLDER = Path(__file__).resolve().parent / "shipped"
SUFFIX = ".toml"
DEFAULT_OUTPUTS = ("freeze", "cut_quarter", "defaults", "capex_usd:max", "labs_revenue_usd:last")

type Scalar = bool | int | float | str
type Method = Literal["grid", "lhs", "sobol", "morris", "csv"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)


def _key(default: Any, doc: str, **rules: Any) -> Any:
    return Field(default, description=doc, **rules)


class Vary(_Frozen):
    """How one parameter varies: over some values, or over a range.

    A parameter that counts something takes whole numbers of the range, both ends included.
    """

    values: tuple[Scalar, ...] | None = _key(None, "The values, in order.", min_length=1)
    low: float | None = _key(None, "Lower end of a range.")
    high: float | None = _key(None, "Upper end of the range.")
    scale: Literal["linear", "log"] = _key("linear", "How the range is covered: linear or log.")
    levels: int | None = _key(None, "Values that a grid takes from the range.", ge=2)
    when: str | None = _key(
        None,
        "Condition on another varied parameter, such as 'path == value'; where it does not hold, "
        "the scenario's own value stands.",
    )

    @field_validator("values", mode="before")
    @classmethod
    def _list_to_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _values_or_range(self) -> Vary:
        if (self.values is None) == (self.low is None and self.high is None):
            raise ValueError("needs either values, or low and high")
        if self.values is not None:
            if self.scale != "linear" or self.levels is not None:
                raise ValueError("scale and levels belong to a range with low and high")
            texts = [repr(value) for value in self.values]
            if len(set(texts)) < len(texts):
                raise ValueError("names a value twice")
            return self
        if self.low is None or self.high is None or not self.low < self.high:
            raise ValueError("needs low and high, low under high")
        if self.scale == "log" and self.low <= 0:
            raise ValueError("needs low over 0 on a log scale")
        return self


class Design(_Frozen):
    """How the points are chosen."""

    method: Method = _key("grid", "How points are chosen: grid, lhs, sobol, morris or csv.")
    samples: int | None = _key(
        None,
        "Points of lhs (100), base samples of sobol (64, a power of two), trajectories of morris "
        "(10).",
        ge=1,
    )
    levels: int | None = _key(
        None, "Values that a grid takes from each range; steps of morris (4, even).", ge=2
    )
    file: str | None = _key(None, "CSV with one point per line, for method csv.")

    @model_validator(mode="after")
    def _fits_the_method(self) -> Design:
        if (self.method == "csv") != (self.file is not None):
            raise ValueError("method csv and a file belong together")
        if self.samples is not None and self.method in {"grid", "csv"}:
            raise ValueError(f"samples do nothing for method {self.method}")
        if self.levels is not None and self.method not in {"grid", "morris"}:
            raise ValueError(f"levels do nothing for method {self.method}")
        if self.method == "morris" and (self.levels or 4) % 2:
            raise ValueError("levels of morris must be even")
        if self.method == "sobol":
            _check_power_of_two(self.samples or 64)
        return self


def _check_power_of_two(samples: int) -> None:
    if samples & (samples - 1):
        under = 1 << (samples.bit_length() - 1)
        raise ValueError(
            f"samples of sobol must be a power of two: {under} or {2 * under}, not {samples}"
        )


class Arm(_Frozen):
    """A world that is compared with the other arms, with the same seeds at each point."""

    name: str = _key(..., "Short name: letters, digits, - and _.", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    set: dict[str, Any] = _key({}, "Parameters that differ in this arm: path = value.")
    scenario: str | None = _key(None, "Scenario of this arm; default: the experiment's.")


class Experiment(_Frozen):
    """A sweep of many runs, before anything is run.

    Attributes:
        folder: where relative paths of the file start; not part of the identity.
        origin: the file, as messages name it; not part of the identity.
    """

    name: str = _key(..., "Short name.", min_length=1, max_length=80)
    description: str = _key("", "What it asks.")
    scenario: str = _key(..., "Scenario: its name, or a path from the experiment's file.")
    model: str | None = _key(
        None, "Model class of your own, 'package.module:Class'; default: MarketModel."
    )
    changes: tuple[str, ...] = _key((), "Changes to every scenario, such as 'quarters=20'.")
    seed: int = _key(1, "Root of all seeds.", ge=0, lt=2**63)
    replications: int = _key(1, "Runs of each point and arm; the seeds are shared.", ge=1)
    outputs: tuple[str, ...] = _key(
        DEFAULT_OUTPUTS, "What is measured at the end of a run.", min_length=1
    )
    series: bool = _key(False, "Whether each quarter's indicators of the market are kept.")
    quarters: int | None = _key(None, "Length of the runs; default: the scenario's.", ge=1, le=400)
    run_timeout_s: float | None = _key(None, "Longest time of a run, seconds.", gt=0, le=1e7)
    max_failures: int | str | None = _key(
        None, "Stop when more runs than this are not ok: a number, or a share like '5%'."
    )
    design: Design = Field(default_factory=Design)
    vary: dict[str, Vary] = Field(default_factory=dict)
    arms: tuple[Arm, ...] = ()
    folder: str = ""
    origin: str = ""

    @field_validator("outputs", "changes", "arms", mode="before")
    @classmethod
    def _list_to_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _parts_fit(self) -> Experiment:
        names = [arm.name for arm in self.arms]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"arms: two are called {doubles[0]!r}")
        if self.design.method == "csv" and self.vary:
            raise ValueError("vary: the points come from a CSV file, so nothing else varies")
        for arm in self.arms:
            for path in arm.set:
                if path in self.vary:
                    raise ValueError(f"arms: {arm.name} sets {path}, which varies")
        self._one_length()
        return self

    def _one_length(self) -> None:
        """Refuse a second length: ``quarters`` stands over all others."""
        keys = [change.split("=")[0].strip() for change in self.changes]
        others = [
            *(["vary"] if "quarters" in self.vary else []),
            *(["changes"] if "quarters" in keys else []),
            *(f"arm {arm.name}" for arm in self.arms if "quarters" in arm.set),
        ]
        if self.quarters is not None and others:
            raise ValueError(f"quarters: {others[0]} gives them too; keep one of the two")

    def path(self, name: str) -> Path:
        """A file that the experiment names."""
        return Path(self.folder) / name


TOP_KEYS = ("experiment", "design", "vary", "arms")
EXPERIMENT_KEYS = tuple(
    key
    for key in Experiment.model_fields
    if key not in {"design", "vary", "arms", "folder", "origin"}
)


def experiment_names() -> list[str]:
    """Names of the experiments that come with the package."""
    return sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}"))


def locate(name_or_path: str | Path) -> Path:
    """The file that a name or path means; raises ExperimentError when there is none."""
    text = os.fspath(name_or_path)
    if text in experiment_names():
        return FOLDER / f"{text}{SUFFIX}"
    path = Path(text)
    try:
        if text and path.is_file():
            return path
        reason = "is a folder: name a file" if text and path.is_dir() else ""
    except (OSError, ValueError):  # a name too long, a zero byte
        reason = ""
    hint = nearest(path.name.removesuffix(SUFFIX), experiment_names())
    raise ExperimentError(
        "", f"{text!r} {reason}" if reason else f"there is no experiment {text!r}; {hint}"
    )


# --- tables for people who write experiments


_TYPES = {"bool": "true or false", "int": "whole number", "float": "number", "str": "text"}


def key_rows() -> list[tuple[str, str, str, str]]:
    """Key, type, default and meaning of everything that an experiment file may say."""
    tables: list[tuple[str, Any, tuple[str, ...]]] = [
        ("experiment.", Experiment, EXPERIMENT_KEYS),
        ("design.", Design, tuple(Design.model_fields)),
        ('vary."PATH".', Vary, tuple(Vary.model_fields)),
        ("arms.", Arm, tuple(Arm.model_fields)),
    ]
    return [
        (prefix + key, *_describe(model.model_fields[key]))
        for prefix, model, keys in tables
        for key in keys
    ]


def _describe(field: Any) -> tuple[str, str, str]:
    kind = str(getattr(field.annotation, "__name__", field.annotation))
    text = str(field.annotation) if "|" in str(field.annotation) or "[" in kind else kind
    default = field.get_default(call_default_factory=True)
    shown = "" if default is PydanticUndefined or default is None else _value(default)
    return _type(text), shown, field.description or ""


def _type(text: str) -> str:
    """A Python type in words."""
    if text.startswith("int | str"):
        return "number or share"
    first = text.replace(" | None", "").split(" | ")[0]
    if first.startswith("tuple"):
        return "list"
    if first.startswith(("dict", "typing.Literal")):
        return "table" if first.startswith("dict") else "word"
    return _TYPES.get(first, "word")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | dict):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def output_rows(parameters: MarketParameters) -> list[tuple[str, str, str]]:
    """Name, unit and meaning of everything that can be measured in a world."""
    from market.indicators import MODEL_INDICATORS, indicators_of_group
    from market.network_indicators import FIRM_NETWORK, MARKET_NETWORK

    rows = [(o.name, o.unit, o.meaning) for o in OUTCOMES.values()]
    rows.append(("defaulted:FIRM", "1", "Whether this firm failed."))
    names = market_indicators()
    rows += [
        (f"{i.name}:WAY", i.unit, i.meaning)
        for i in (*MODEL_INDICATORS, *MARKET_NETWORK)
        if i.name in names
    ]
    words = {group: group.removesuffix("s").upper() for group in parameters.company_sections()}
    rows += [
        (f"{word}.{i.name}:WAY", i.unit, i.meaning)
        for group, word in words.items()
        for i in (*indicators_of_group(group), *FIRM_NETWORK)
    ]
    rows += [(f"WAY = {way}", "", meaning) for way, meaning in WAYS.items()]
    return rows + [
        (f"{words[group]} = {key}", "", own.name)
        for group, firms in parameters.company_groups().items()
        for key, own in firms.items()
    ]

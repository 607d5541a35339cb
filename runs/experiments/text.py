"""Experiment files and options as text: parse, lay options over, refuse, and write."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from market.parameters.schema import dotted, shortened, too_deep
from market.scenario import ScenarioError, file_text, parse, parse_path, toml_key, toml_value
from runs.experiments.experiment import (
    EXPERIMENT_KEYS,
    FOLDER,
    TOP_KEYS,
    Arm,
    Design,
    Experiment,
    Method,
    Vary,
)
from runs.problems import ExperimentError, nearest

type Tree = dict[str, Any]
METHODS: tuple[str, ...] = get_args(Method.__value__)
_DESIGN_OPTIONS = ("samples", "levels")
_MANY = 10_000


def parse_file(path: Path) -> Tree:
    """A file as a tree in its normal form, see ``normal``."""
    origin = origin_of(path)
    try:
        tree = normal(parse(file_text(path, origin), origin), origin)
    except ScenarioError as error:
        raise ExperimentError(origin, error.reason, path=error.path) from None
    tree["experiment"].setdefault("name", path.stem)
    return tree


def origin_of(path: Path) -> str:
    """How messages name a file."""
    return path.stem if path.parent == FOLDER else str(path)


def normal(tree: Mapping[str, Any], origin: str) -> Tree:
    """A tree with all four tables, where each varied parameter has its whole path as key."""
    for key in tree:
        if key not in TOP_KEYS:
            home = " (it belongs into [experiment])" if key in EXPERIMENT_KEYS else ""
            raise ExperimentError(origin, f"unknown key; {nearest(key, TOP_KEYS)}{home}", path=key)
    for key, kind in zip(TOP_KEYS, (dict, dict, dict, list), strict=True):
        if not isinstance(tree.get(key, kind()), kind):
            what = "a list: write [[arms]]" if kind is list else f"a table: write [{key}]"
            raise ExperimentError(origin, f"must be {what}", path=key)
    arms = [_normal_arm(arm, origin) for arm in tree.get("arms", [])]
    vary = {path: _short(value) for path, value in _flat(tree.get("vary", {}), Vary, origin)}
    return {
        "experiment": dict(tree.get("experiment", {})),
        "design": dict(tree.get("design", {})),
        "vary": vary,
        "arms": arms,
    }


def _normal_arm(arm: Any, origin: str) -> Any:
    if not isinstance(arm, dict) or not isinstance(arm.get("set", {}), dict):
        return arm  # refused by the declaration
    changes = dict(_flat(arm.get("set", {}), None, origin))
    return {**arm, "set": changes} if changes else dict(arm)


def _flat(
    tree: Tree, leaf: type[Vary] | None, origin: str, at: str = ""
) -> Iterator[tuple[str, Any]]:
    """Values by whole path, whether the file quotes the path or nests tables."""
    for key, value in tree.items():
        path = f"{at}.{key}" if at else key
        is_end = not isinstance(value, dict)
        if leaf is not None and isinstance(value, dict):
            is_end = not value or any(name in leaf.model_fields for name in value)
            is_end |= all(not isinstance(inner, dict | list) for inner in value.values())
        if is_end:
            yield path, value
        else:
            yield from _flat(value, leaf, origin, path)


def _short(value: Any) -> Any:
    """A bare list means values."""
    return {"values": value} if isinstance(value, list) else value


# --- options


def lay_over(
    tree: Tree,
    *,
    changes: Sequence[str],
    vary: Sequence[str],
    design: str | None,
    options: Mapping[str, Any],
) -> None:
    """Change a tree as options say; see ``runs.experiments.experiment.read_experiment``."""
    given = {key: value for key, value in options.items() if value is not None}
    if design is not None:
        tree["design"] = _design_option(design, tree)
    for key in _DESIGN_OPTIONS:
        if key in given:
            tree["design"][key] = given.pop(key)
    tree["experiment"].update(given)
    before = tree["experiment"].get("changes", [])
    if changes:
        tree["experiment"]["changes"] = [*before, *changes] if isinstance(before, list) else before
    for text in vary:
        path, how = parse_vary(text)
        when = tree["vary"].get(path, {})
        if isinstance(when, dict) and "when" in when:
            how["when"] = when["when"]
        tree["vary"][path] = how
    if changes:
        own = {parse_vary(text)[0] for text in vary}
        _refuse_idle(changes, [path for path in tree["vary"] if path not in own], tree["arms"])


def _refuse_idle(changes: Sequence[str], varied: Sequence[str], arms: Sequence[Any]) -> None:
    """Refuse ``--set`` of a parameter to which each run gives another value anyway."""
    for text in changes:
        path = text.partition("=")[0].strip()
        if path in varied:
            raise ExperimentError(
                f"--set {shortened(text)}", f"it varies; use --vary {shortened(text)}"
            )
        for arm in arms:
            if isinstance(arm, dict) and path in arm.get("set", {}):
                name = arm.get("name")
                raise ExperimentError(f"--set {shortened(text)}", f"arm {name} sets it")


def _design_option(text: str, tree: Tree) -> Tree:
    if text in METHODS:
        before = tree["design"]
        return before if before.get("method", "grid") == text else {"method": text}
    if text.lower().endswith(".csv"):
        tree["vary"] = {}
        return {"method": "csv", "file": str(Path(text).absolute())}
    hint = nearest(text, METHODS)
    raise ExperimentError(f"--design {text}", f"is neither a method nor a CSV file; {hint}")


def parse_vary(text: str) -> tuple[str, Tree]:
    """An option such as ``path=1,2,3``, ``path=0:1:0.25`` (both ends) or ``path=0..1``."""
    origin = f"--vary {shortened(text)!r}"
    forms = "path=a,b,c or path=low:high:step or path=low..high"
    key, equals, right = text.partition("=")
    if not equals or not key.strip() or not right.strip():
        raise ExperimentError(origin, f"must be {forms}")
    try:
        path = dotted(parse_path(key.strip(), origin))
    except ScenarioError as error:
        raise ExperimentError("", str(error)) from None
    if ".." in right:
        low, high = (_number(part, origin, forms) for part in _two(right, "..", origin, forms))
        return path, {"low": low, "high": high}
    parts = right.split(":")
    if len(parts) == 3:
        low, high, step = (_number(part, origin, forms) for part in parts)
        return path, {"values": _steps(low, high, step, origin)}
    return path, {"values": [value_of(part) for part in right.split(",")]}


def _two(text: str, mark: str, origin: str, forms: str) -> list[str]:
    parts = text.split(mark)
    if len(parts) != 2:
        raise ExperimentError(origin, f"must be {forms}")
    return parts


def _number(text: str, origin: str, forms: str) -> int | float:
    value = value_of(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = shortened(text.strip())
        raise ExperimentError(origin, f"{what!r} is not a number: must be {forms}")
    return value


def value_of(text: str) -> Any:
    """Text as TOML reads it; a bare word is a text."""
    try:
        value = tomllib.loads(f"value = {text.strip()}")["value"]
    except (ValueError, RecursionError):
        return text.strip()
    return text.strip() if too_deep(value) else value


def _steps(low: float, high: float, step: float, origin: str) -> list[int | float]:
    """Low to high by steps, high included when a step ends there; free of rounding noise."""
    if not step > 0 or not low <= high:
        raise ExperimentError(origin, "needs low:high:step with low under high and step over 0")
    try:
        steps = (high - low) / step
    except OverflowError:  # whole numbers of hundreds of digits
        steps = inf
    if not steps < _MANY:  # infinite and undefined ones too
        many = f"{steps + 1:,.0f}" if steps < 1e15 else "far too many"
        reason = f"gives {many} values: at most {_MANY:,}; take a longer step"
        raise ExperimentError(origin, reason)
    count = int(steps + 1e-9) + 1
    if all(isinstance(number, int) for number in (low, high, step)):
        return [int(low + i * step) for i in range(count)]
    return [float(f"{low + i * step:.12g}") for i in range(count)]


# --- checking


def validate(tree: Tree, path: Path | None, folder: str = "") -> Experiment:
    """A tree in its normal form as an experiment; raises ExperimentError."""
    origin = origin_of(path) if path is not None else ""
    place = str(path.parent) if path is not None else folder
    _refuse_unknown(tree, origin)
    parts = {key: tree[key] for key in ("design", "vary", "arms")}
    try:
        return Experiment(**tree["experiment"], **parts, folder=place, origin=origin)
    except ValidationError as error:
        raise _explain(error, origin) from None


def _refuse_unknown(tree: Tree, origin: str) -> None:
    tables: list[tuple[str, Any, Sequence[str]]] = [
        ("experiment", tree["experiment"], EXPERIMENT_KEYS),
        ("design", tree["design"], tuple(Design.model_fields)),
    ]
    tables += [
        (f"vary.{path}", how, tuple(Vary.model_fields)) for path, how in tree["vary"].items()
    ]
    tables += [("arms", arm, tuple(Arm.model_fields)) for arm in tree["arms"]]
    for name, table, known in tables:
        if not isinstance(table, dict):
            raise ExperimentError(origin, "must be a table", path=name, value=table)
        for key in table:
            if key not in known:
                reason = f"unknown key; {nearest(key, known)}"
                raise ExperimentError(origin, reason, path=f"{name}.{key}")


def _explain(error: ValidationError, origin: str) -> ExperimentError:
    """The first problem that pydantic found, as a line of ours."""
    first = error.errors(include_url=False)[0]
    loc = [str(part) for part in first["loc"]]
    while loc and loc[-1] in {"bool", "int", "float", "str"}:  # branches of a union
        loc.pop()
    if loc and loc[0] in EXPERIMENT_KEYS:
        loc.insert(0, "experiment")
    path = ".".join(loc)
    cause = first.get("ctx", {}).get("error")
    if cause is not None:
        return ExperimentError(origin, str(cause), path=path)
    if first["type"] == "missing":
        return ExperimentError(origin, "is missing", path=path)
    value = first["input"]
    if first["type"] == "literal_error":
        choices = METHODS if path == "design.method" else ("linear", "log")
        return ExperimentError(origin, nearest(str(value), choices), path=path, value=value)
    return ExperimentError(origin, _expected(first), path=path, value=value)


_KINDS = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must be of letters, digits, - and _, at most 40",
}


def _expected(first: Any) -> str:
    """What the value should have been."""
    if first["loc"][0] == "max_failures":
        return "must be a number of runs, or a share like '5%'"
    if len(first["loc"]) > 1 and str(first["loc"][-1]) in {"bool", "int", "float", "str"}:
        return "must be a number, true, false or a text"
    found = str(first["msg"]).replace("Input should be", "must be").replace("valid ", "")
    return _KINDS.get(first["type"], found)


# --- writing


def experiment_text(experiment: Experiment) -> str:
    """An experiment as a file that reads back equal, in a fixed order."""
    data = experiment.model_dump(exclude_defaults=True)
    lines = ["[experiment]"]
    lines += [f"{key} = {_toml(data[key])}" for key in EXPERIMENT_KEYS if key in data]
    if "design" in data:
        lines += ["", "[design]", *(f"{key} = {_toml(v)}" for key, v in data["design"].items())]
    if experiment.vary:
        lines += ["", "[vary]"]
        lines += [f"{toml_key(path)} = {_toml(how)}" for path, how in data["vary"].items()]
    for arm in data.get("arms", ()):
        lines += ["", "[[arms]]", *(f"{key} = {_toml(value)}" for key, value in arm.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return toml_value(value)

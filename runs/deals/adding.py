"""A deal written into a scenario file: checked first, so that nothing half-written stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from market.parameters.deals import key_of
from market.scenario import (
    Scenario,
    ScenarioError,
    file_text,
    parse,
    read_scenario,
    scenario_names,
    toml_key,
    toml_value,
)
from runs.files import draft_of, write_atomically
from runs.problems import UserProblem, nearest


def deal_text(key: str, values: Mapping[str, Any], *, is_table: bool = False) -> str:
    """A deal as TOML: an entry of ``[[deals]]``, or the table ``[deals.key]``."""
    lines = [f"{name} = {toml_value(value)}\n" for name, value in values.items()]
    if is_table:
        return f"[deals.{toml_key(key)}]\n" + "".join(lines)
    return f"[[deals]]\nkey = {toml_value(key)}\n" + "".join(lines)


def add_deal(
    file: Path, values: Mapping[str, Any], *, key: str | None = None, base: str = "reference"
) -> tuple[str, Scenario]:
    """Add a deal at the end of a scenario file; a file that is not there extends ``base``.

    Args:
        file: scenario file.
        values: what the deal states, by name of the parameter.
        key: its key; without one "from-to", with a number when that is taken.
        base: scenario that a new file extends.

    Returns:
        The key, and the scenario with the deal.

    Raises:
        UserProblem: a value is wrong, the key is taken, or the file cannot be written. The file
            is as it was before.
    """
    before, known, is_table = _before(file, base)
    if key is not None and key in known:
        raise UserProblem(f"--key: {file} has a deal {key!r}: name another key")
    key = key or _free_key(key_of(str(values.get("from", "")), str(values.get("to", ""))), known)
    text = before + deal_text(key, values, is_table=is_table)
    scenario = _checked(file, text, key)
    try:
        write_atomically(file, text.encode())
    except OSError as error:
        raise UserProblem(f"cannot write {file}: {error.strerror}") from None
    return key, scenario


def _before(file: Path, base: str) -> tuple[str, set[str], bool]:
    """The text so far, the keys of deals there are, and whether deals stand in tables."""
    if file.is_symlink() or file.exists():
        try:
            scenario = read_scenario(file)
            text = file_text(file, str(file))
        except ScenarioError as error:
            raise UserProblem(str(error)) from None
        is_table = isinstance(parse(text, str(file)).get("deals"), dict)
        return text.rstrip("\n") + "\n\n", set(scenario.parameters.deals), is_table
    if not file.parent.is_dir():
        raise UserProblem(f"cannot write {file}: there is no folder {file.parent}")
    if base not in scenario_names():
        raise UserProblem(
            f"there is no scenario {base!r} to start from: {nearest(base, scenario_names())}"
        )
    head = f"extends = {toml_value(base)}\nname = {toml_value(file.stem)}\n"
    about = f'description = "The scenario {base} with deals of my own."\n\n'
    return head + about, set(read_scenario(base).parameters.deals), False


def _free_key(key: str, known: set[str]) -> str:
    number = 2
    free = key
    while free in known:
        free, number = f"{key}-{number}", number + 1
    return free


def _checked(file: Path, text: str, key: str) -> Scenario:
    """The scenario of a text, read from a draft beside the file: what it extends may lie there."""
    draft = draft_of(file, ".new.toml")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        return read_scenario(draft)
    except OSError as error:
        raise UserProblem(f"cannot write {file}: {error.strerror}") from None
    except ScenarioError as error:
        hint = ""
        if error.path in {f"deals.{key}.from", f"deals.{key}.to"}:
            hint = " (--outside takes a party that is no firm of the scenario)"
        raise UserProblem(str(error).replace(str(draft.resolve()), str(file)) + hint) from None
    finally:
        draft.unlink(missing_ok=True)

"""Conditions on outputs, such as ``freeze == true and defaults > 2``, read without running code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from runs.analysis.analysis_frame import AnalysisProblem, output_names
from runs.problems import nearest

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
            raise AnalysisProblem(f"--where {condition!r}: {match[kind]!r}: {problem}")
        found.append(_Token(kind, match[kind]))
    return found


class _Reader:
    """Reads tokens from left to right: ``or`` of ``and`` of ``not`` of comparisons."""

    def __init__(self, frame: pd.DataFrame, tokens: Sequence[_Token], condition: str) -> None:
        self.frame, self.tokens, self.condition = frame, list(tokens), condition
        self.known = output_names(frame)

    def problem(self, reason: str) -> AnalysisProblem:
        return AnalysisProblem(f"--where {self.condition!r}: {reason}")

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
        if token.text == "not":
            return ~self.one()
        if token.text == "(":
            found = self.either()
            if self.take("a closing bracket").text != ")":
                raise self.problem("a closing bracket is missing")
            return found
        if token.kind != "word":
            raise self.problem(f"{token.text!r} stands where an output should; {FORM}")
        return self.comparison(token.text)

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

"""Rules of the house that no linter knows: size, names, chance, sets and the calendar."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from source_tree import PACKAGES, ROOT, parsed, python_files

MAX_LINES = 750
LONG_CLASSES = {"agents/cloud_provider.py": 1100}
"""Files that hold one class and may be longer: no class is cut in pieces for its length."""
GENERATORS = {"BitGenerator", "Generator", "PCG64", "Philox", "SeedSequence", "default_rng"}
CLOCKS = {"datetime", "time"}
QUARTER_LABEL = re.compile(r"(19|20)\d\d(Q[1-4])?")


def test_files_stay_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files(*PACKAGES, "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > LONG_CLASSES.get(str(path.relative_to(ROOT)), MAX_LINES)
    }
    assert not long


def test_every_file_says_what_it_is() -> None:
    silent = [name for name, tree in parsed(*PACKAGES, "tests") if not ast.get_docstring(tree)]
    assert silent == []


def test_no_module_is_named_like_the_standard_library() -> None:
    names = {path.stem: path for path in python_files(*PACKAGES)}
    names |= {path.parent.name: path for path in python_files(*PACKAGES)}
    assert sorted(set(names) & sys.stdlib_module_names) == []


def company_names() -> list[str]:
    """Names of the firms in the reference scenario."""
    path = ROOT / "runs" / "scenarios" / "reference.toml"
    scenario: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    firms = [
        (key, firm)
        for sector in ("labs", "clouds", "chipmakers")
        for key, firm in scenario[sector].items()
        if isinstance(firm, dict)
    ]
    return sorted({str(firm.get("name", key)) for key, firm in firms})


def test_no_company_is_named_in_the_code() -> None:
    names = company_names()
    assert names
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names), re.IGNORECASE)
    found = [
        (str(path.relative_to(ROOT)), match.group())
        for path in python_files(*PACKAGES)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def chance_outside_streams(tree: ast.AST) -> list[str]:
    """Imports of `random` and uses of numpy's global generator."""
    found = [name for name in imported_modules(tree) if name.split(".")[0] == "random"]
    found += [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value) in {"np.random", "numpy.random"}
        and node.attr not in GENERATORS
    ]
    return found


def loops_over_sets(tree: ast.AST) -> list[str]:
    """Loops whose order is the order of a set made on the spot."""
    loops = [node.iter for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension)]
    return [
        ast.unparse(loop)
        for loop in loops
        if isinstance(loop, ast.Set | ast.SetComp)
        or (isinstance(loop, ast.Call) and ast.unparse(loop.func) in {"set", "frozenset"})
    ]


def is_quarter(node: ast.expr) -> bool:
    """Whether the expression is the current quarter, or arithmetic on it."""
    if isinstance(node, ast.BinOp):
        return is_quarter(node.left) or is_quarter(node.right)
    name = getattr(node, "id", None) or getattr(node, "attr", None)
    return name in {"quarter", "steps"}


def is_date(constant: ast.AST, against_quarter: bool) -> bool:
    """Whether a literal is a date: a label, or a positive number a quarter is compared with."""
    value = getattr(constant, "value", None)
    if isinstance(value, str):
        return QUARTER_LABEL.fullmatch(value) is not None
    return type(value) is int and value > 0 and against_quarter


def literals(side: ast.AST) -> Iterator[ast.AST]:
    """Numbers that stand alone or in a list on a side of a comparison, and all texts in it."""
    members = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
    yield from members
    yield from (part for part in ast.walk(side) if isinstance(getattr(part, "value", None), str))


def branches_on_calendar(tree: ast.AST) -> list[str]:
    """Comparisons of the current quarter with a date; the first quarter (0) may be asked for."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            against = any(is_quarter(side) for side in sides)
            parts = [part for side in sides for part in literals(side)]
        elif isinstance(node, ast.Match):
            against = is_quarter(node.subject)
            parts = [part for case in node.cases for part in ast.walk(case.pattern)]
        else:
            continue
        if any(is_date(part, against) for part in parts):
            found.append(ast.unparse(node).splitlines()[0])
    return found


AGENT_SETS = {"agents/columns/agent_sets.py"}
"""It names the type of the generator that Mesa's sets carry and shuffle with."""


def test_chance_comes_from_named_streams() -> None:
    found = {
        name: hits for name, tree in parsed(*PACKAGES) if (hits := chance_outside_streams(tree))
    }
    assert {name for name in found if name not in AGENT_SETS} == set()
    assert all(found[name] == ["random.Random"] for name in AGENT_SETS)


def test_no_loop_follows_the_order_of_a_set() -> None:
    found = {name: hits for name, tree in parsed(*PACKAGES) if (hits := loops_over_sets(tree))}
    assert not found


def test_the_world_reads_no_clock() -> None:
    found = [
        name
        for name, tree in parsed("market", "agents")
        if any(module.split(".")[0] in CLOCKS for module in imported_modules(tree))
    ]
    assert found == []


def test_no_rule_knows_the_calendar() -> None:
    found = {
        name: hits
        for name, tree in parsed("market", "agents")
        if (hits := branches_on_calendar(tree))
    }
    assert not found


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        (chance_outside_streams, "import random"),
        (chance_outside_streams, "from random import choice"),
        (chance_outside_streams, "import numpy as np\nx = np.random.normal()"),
        (loops_over_sets, "for x in {1, 2}: pass"),
        (loops_over_sets, "y = [x for x in set(z)]"),
        (branches_on_calendar, "if quarter > 6: freeze()"),
        (branches_on_calendar, "x = 1 if self.ledger.quarter + 1 == 8 else 0"),
        (branches_on_calendar, "if label == '2027Q1': freeze()"),
        (branches_on_calendar, "if model.quarter in (3, 4): freeze()"),
        (branches_on_calendar, "match quarter:\n    case 6: freeze()"),
    ],
)
def test_the_scans_find_what_they_look_for(scan: Any, code: str) -> None:
    assert scan(ast.parse(code))


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        (chance_outside_streams, "rng = np.random.default_rng(np.random.SeedSequence(1))"),
        (loops_over_sets, "for x in sorted({1, 2}): pass"),
        (branches_on_calendar, "if quarter == 0: open_books()"),
        (branches_on_calendar, "if quarter >= contract.ends: end()"),
        (branches_on_calendar, "if funding[quarter] > 6: go()"),
        (branches_on_calendar, "if quarter < events[-1].quarter: refuse()"),
        (branches_on_calendar, "if contract.start == quarter - 1: begin()"),
    ],
)
def test_the_scans_leave_honest_code_alone(scan: Any, code: str) -> None:
    assert not scan(ast.parse(code))

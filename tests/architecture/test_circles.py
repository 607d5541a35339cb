"""No modules import one another in a circle when they run; circles of types are listed here."""

import ast
import importlib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import networkx as nx
import pytest
from source_tree import PACKAGES, ROOT, parsed

Kind = Literal["at once", "in a function", "for types"]

CIRCLES: dict[tuple[str, str], str] = {
    ("market.phases.*", "market.model"): (
        "A phase is a function of the model, and the model lists its phases."
    ),
    ("market.shocks", "market.model"): (
        "A shock acts on the model, and the model applies the shocks of its scenario."
    ),
    ("market.indicators", "market.model"): (
        "An indicator measures the model, and the model collects its indicators."
    ),
    ("market.parameters.shocks", "market.shocks"): (
        "A statement of a shock gives the class that acts; the class says what may be stated."
    ),
    ("market.host", "agents.institution"): (
        "Firms read the market through a protocol, and the market of the protocol has firms."
    ),
    ("agents.estate", "agents.institution"): (
        "A failed firm has an estate, and the estate pays the creditors of the firm."
    ),
    ("agents.institution", "agents.private_firm"): ("Any firm may bid for a lab; a lab is a firm."),
    ("agents.estate_parts", "agents.cloud_provider"): (
        "A failed cloud sells parts of its data centres, and clouds buy them."
    ),
    ("agents.cloud_provider", "agents.chipmaker"): (
        "A cloud chooses whose chips it orders; a chipmaker chooses to which cloud it lends."
    ),
    ("agents.consumers", "agents.ai_lab"): (
        "Consumers choose among labs; a lab sells what they chose."
    ),
    ("agents.customers.customer", "agents.customers.population"): (
        "A customer is a row of a population, and the population makes the customers."
    ),
    ("agents.columns.*", "agents.columns.column_set"): (
        "A row, a selection and an agent name the population that they are of."
    ),
    ("agents.columns.*", "agents.columns.agent"): (
        "An agent adds its row to a population, and sets are of agents."
    ),
    ("runs.claims.report_words", "runs.claims.make"): (
        "The report tells of the request that it answers; who makes the report writes it."
    ),
    ("viz.recording.*", "viz.recording.recording"): (
        "Tables and stories are made from a recording, and a recording offers them."
    ),
    ("viz.session.work", "viz.session.state"): (
        "Work in the background tells the state of the page, and the state begins the work."
    ),
}
"""Importer and imported (patterns) of the imports for types that point upwards -> the reason.

Without these, imports for types run one way too.
"""

BY_NAME: dict[str, str] = {
    "market.parameters.shocks": "kinds of shock register themselves; asked for when first needed",
    "runs.claims.make": "a claim's file names the function that answers it",
    "runs.claims.measures": "measures register themselves; asked for when first needed",
    "runs.validation.gate": "a gate's file names the function that measures it",
    "runs.own_model": "the user names a model class",
    "viz.app": "a tab's page is imported when the tab is first opened",
}
"""Modules that import what only a running program knows the name of -> what that is."""


class Import(NamedTuple):
    """One import of a module of ours by another, and where it stands."""

    importer: str
    imported: str
    kind: Kind
    place: str


# --- reading the source


def module_of(path: str) -> str:
    """Dotted name of the module in a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def modules() -> dict[str, tuple[str, ast.Module]]:
    """Dotted name -> path and syntax tree of every module of the packages."""
    return {module_of(path): (path, tree) for path, tree in parsed(*PACKAGES)}


@cache
def homes(package: str) -> dict[str, str]:
    """Name -> module that defines it, for packages that import their public names on first use."""
    is_package = Path(ROOT, *package.split("."), "__init__.py").is_file()
    return getattr(importlib.import_module(package), "_HOMES", {}) if is_package else {}


def imported_by(node: ast.AST) -> Iterator[str]:
    """Modules of ours that a statement or call imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules())
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "write the whole name of a module"
        package = node.module or ""
        if package in modules():
            for alias in node.names:
                whole = f"{package}.{alias.name}"
                yield whole if whole in modules() else homes(package).get(alias.name, package)
    elif is_import_by_name(node) and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
        name = str(node.args[0].value)  # type: ignore[attr-defined]
        yield from (each for each in (name,) if each in modules())


def is_import_by_name(node: ast.AST) -> bool:
    """Whether it is a call of ``import_module`` or ``__import__``."""
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).rsplit(".", maxsplit=1)[-1] in {"import_module", "__import__"}


def imports_in(node: ast.AST, importer: str, path: str, kind: Kind = "at once") -> Iterator[Import]:
    """Every import of ours in a syntax tree, with its kind."""
    for imported in imported_by(node):
        if imported != importer:
            yield Import(importer, imported, kind, f"{path}:{getattr(node, 'lineno', 1)}")
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    inner: Kind = "in a function" if is_function and kind == "at once" else kind
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        for child in node.body:
            yield from imports_in(child, importer, path, "for types")
        for child in node.orelse:
            yield from imports_in(child, importer, path, inner)
        return
    for child in ast.iter_child_nodes(node):
        yield from imports_in(child, importer, path, inner)


@cache
def all_imports() -> tuple[Import, ...]:
    """Every import of one module of ours by another."""
    return tuple(
        found for name, (path, tree) in modules().items() for found in imports_in(tree, name, path)
    )


# --- circles


def graph(imports: Iterable[Import]) -> "nx.DiGraph[str]":
    """Modules and who imports whom."""
    return nx.DiGraph((each.importer, each.imported) for each in imports)


def circles(imports: Iterable[Import]) -> list[str]:
    """One circle for each group of modules that import one another, line by line."""
    known = list(imports)
    whole, found = graph(known), []
    for group in nx.strongly_connected_components(whole):
        if len(group) > 1:
            steps = nx.find_cycle(whole.subgraph(group), min(group))
            places = {(e.importer, e.imported): f"{e.place}, {e.kind}" for e in reversed(known)}
            found.append("\n".join(f"{a} -> {b} ({places[a, b]})" for a, b in steps))
    return found


def is_listed(each: Import, line: tuple[str, str]) -> bool:
    """Whether an import is one for types that a line of the list means."""
    importer, imported = line
    fits = fnmatchcase(each.importer, importer) and fnmatchcase(each.imported, imported)
    return fits and each.kind == "for types"


def one_way() -> list[Import]:
    """All imports but those that the list names."""
    return [each for each in all_imports() if not any(is_listed(each, line) for line in CIRCLES)]


def test_no_circle_when_the_program_runs() -> None:
    found = circles(each for each in all_imports() if each.kind != "for types")
    assert found == [], (
        "Modules import one another in a circle:\n\n"
        + "\n\n".join(found)
        + "\n\nMove what both need into a module that imports neither. An import in a function "
        "counts too: it only hides the circle."
    )


def test_circles_of_types_are_those_of_the_list() -> None:
    found = circles(one_way())
    assert found == [], (
        "Imports for types close a circle that CIRCLES does not know:\n\n"
        + "\n\n".join(found)
        + "\n\nMove the type to a module below both, or add the import that points upwards to "
        "CIRCLES in tests/architecture/test_circles.py, with the reason."
    )


@pytest.mark.parametrize("line", CIRCLES)
def test_each_line_of_the_list_is_needed(line: tuple[str, str]) -> None:
    meant = [each for each in all_imports() if is_listed(each, line)]
    assert circles([*one_way(), *meant]), f"{line} closes no circle any more: take it off the list"
    assert CIRCLES[line].endswith("."), "say why in a sentence"


def test_imports_by_name_are_known() -> None:
    """No linter sees them, so each place says what it imports; names in the code are imports."""
    found = {
        name
        for name, (_, tree) in modules().items()
        for node in ast.walk(tree)
        if is_import_by_name(node) and not isinstance(node.args[0], ast.Constant)  # type: ignore[attr-defined]
    }
    lazy = {name for name in modules() if homes(name)}
    assert found - lazy == set(BY_NAME), "BY_NAME in tests/architecture/test_circles.py lists them"


def test_a_package_offers_names_of_its_own_or_below() -> None:
    """What ``__init__`` imports on first use stands in the package."""
    strange = {
        f"{package}.{name}": home
        for package in modules()
        for name, home in homes(package).items()
        if home not in modules() or not home.startswith(f"{package}.")
    }
    assert strange == {}


# --- the scan finds what it looks for


@pytest.mark.parametrize(
    ("code", "imported", "kind"),
    [
        ("import market.model", "market.model", "at once"),
        ("from market import model", "market.model", "at once"),
        ("from market.model import MarketModel", "market.model", "at once"),
        ("from market import MarketModel", "market.model", "at once"),
        ("try:\n    import market.model\nexcept ImportError: pass", "market.model", "at once"),
        ("class A:\n    import market.model", "market.model", "at once"),
        ("def f():\n    import market.model", "market.model", "in a function"),
        ("def f():\n    import_module('market.model')", "market.model", "in a function"),
        ("if TYPE_CHECKING:\n    import market.model", "market.model", "for types"),
        ("if typing.TYPE_CHECKING:\n    import market.model", "market.model", "for types"),
        ("if TYPE_CHECKING:\n    x = 1\nelse:\n    import market.model", "market.model", "at once"),
    ],
)
def test_kinds_of_imports(code: str, imported: str, kind: str) -> None:
    (found,) = imports_in(ast.parse(code), "market.units", "market/units.py")
    assert (found.imported, found.kind) == (imported, kind)


def test_imports_of_others_and_of_itself_are_left_out() -> None:
    code = (
        "import numpy\nfrom pathlib import Path\nimport market.units\nimport_module('distributed')"
    )
    assert list(imports_in(ast.parse(code), "market.units", "market/units.py")) == []


@pytest.mark.parametrize("kind", ["at once", "in a function", "for types"])
def test_a_new_circle_is_found_and_told(kind: Kind) -> None:
    new = Import("market.units", "market.model", kind, "market/units.py:9")
    (told,) = circles([*one_way(), new])
    assert f"market.units -> market.model (market/units.py:9, {kind})" in told
    assert told.count("->") > 1

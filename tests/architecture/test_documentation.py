"""What documents promise: docstrings say something, references resolve, the reference builds."""

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pydantic
import pytest
from source_tree import PACKAGES, ROOT, parsed

FILLERS = {"a", "an", "and", "as", "by", "for", "from", "in", "is", "it", "its", "of", "or"}
FILLERS |= {"that", "the", "this", "to", "with"}
FILES = {"csv", "html", "json", "lock", "md", "parquet", "py", "svg", "toml", "xlsx"}
QUOTED = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)+)(?:\(\))?`")
NUMERIC = re.compile(r"^(?!.*Callable).*\b(int|float|Floats|Ints|NDArray|ArrayLike)\b")
UNITS = re.compile(
    r"USD|EUR|cents?|quarters?|seconds?|shares?|ratio|factor|number|index|count|how many|numbers"
    r"|ids?\b|seats?|points|seed|length|shape|from 0|0 to 1|per cent|unit|runs?|rate|price",
    re.IGNORECASE,
)

Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public(tree: ast.AST, owner: str = "") -> Iterator[tuple[str, Defined]]:
    """Public classes, functions and methods, with their dotted name in the file."""
    for node in getattr(tree, "body", []):
        if isinstance(node, Defined) and not node.name.startswith("_"):
            name = f"{owner}.{node.name}".lstrip(".")
            yield name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, name)


def words(text: str) -> set[str]:
    """The words of a text or name in the singular, fillers left out."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)
    return {word.lower().removesuffix("s") for word in found} - FILLERS


def only_repeats(name: str, text: str) -> bool:
    """Whether a docstring has no word that the name has not."""
    return words(text) <= words(name)


def is_described_elsewhere(node: Defined) -> bool:
    """Whether it is the setter of a property, or a further signature of one function."""
    marks = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(mark == "overload" or mark.endswith(".setter") for mark in marks)


def test_no_public_docstring_repeats_the_name() -> None:
    empty = [
        f"{path}: {name}: {text!r}"
        for path, tree in parsed(*PACKAGES)
        for name, node in public(tree)
        if not is_described_elsewhere(node)
        and only_repeats(name, text := ast.get_docstring(node) or "")
    ]
    assert empty == []


@pytest.mark.parametrize(
    ("name", "text", "is_empty"),
    [
        ("run_value", "The run value.", True),
        ("TabBar.open_tab", "Open a tab.", True),
        ("Ledger.parties", "The parties of the ledger.", True),
        ("Ledger.parties", "Names of all parties, by party id.", False),
        ("silent", "", True),
    ],
)
def test_what_counts_as_a_repetition(name: str, text: str, is_empty: bool) -> None:
    assert only_repeats(name, text) == is_empty


# --- references


@cache
def our_classes() -> dict[str, list[tuple[str, ast.ClassDef]]]:
    """Name of a class -> the files that define one of that name, with its syntax tree."""
    found: dict[str, list[tuple[str, ast.ClassDef]]] = {}
    for path, tree in parsed(*PACKAGES):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append((path, node))
    return found


def has_attribute(name: str, attribute: str) -> bool:
    """Whether a class of ours, or one that it stems from, defines or sets an attribute."""
    for path, node in our_classes().get(name, []):
        own = {n.name for n in ast.walk(node) if isinstance(n, Defined)}
        own |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        own |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
        bases = [ast.unparse(base).split("[")[0].split(".")[-1] for base in node.bases]
        if attribute in own or any(has_attribute(base, attribute) for base in bases):
            return True
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        if hasattr(getattr(module, name, None), attribute):
            return True
    return False


def resolves(reference: str) -> bool:
    """Whether a dotted name leads to something that can be imported, or set on a class."""
    parts = reference.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        rest = parts[end:]
        while rest:
            if inspect.isclass(found) and len(rest) == 1:
                return hasattr(found, rest[0]) or has_attribute(found.__name__, rest[0])
            if not hasattr(found, rest[0]):
                return False
            found = getattr(found, rest.pop(0))
        return True
    return False


def is_broken(reference: str) -> bool:
    """Whether something in backticks claims to be a name of ours and is not."""
    first, last = reference.split(".", maxsplit=1)[0], reference.rsplit(".", maxsplit=1)[-1]
    if last in FILES:
        return False
    if first in PACKAGES:
        return not resolves(reference)
    if first in our_classes() and reference.count(".") == 1:
        return not has_attribute(first, last)
    return False


def docstrings(path: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every docstring of a file with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | Defined) and (text := ast.get_docstring(node)):
            yield f"{path}:{getattr(node, 'lineno', 1)}", text


def test_references_in_docstrings_resolve() -> None:
    found = [
        (where, reference)
        for path, tree in parsed(*PACKAGES)
        for where, text in docstrings(path, tree)
        for reference in QUOTED.findall(text)
    ]
    assert len(found) > 100
    assert [f"{where}: {name}" for where, name in found if is_broken(name)] == []


@pytest.mark.parametrize(
    "reference",
    ["market.books.ledger.Ledgers", "market.nowhere", "Ledger.pays", "agents.AILab.fly"],
)
def test_a_broken_reference_is_found(reference: str) -> None:
    assert is_broken(reference)


@pytest.mark.parametrize(
    "reference",
    ["market.equip", "Ledger.pay", "agents.AILab.price_eur", "Institution.key", "runs.csv"],
)
def test_a_good_reference_is_left_alone(reference: str) -> None:
    assert not is_broken(reference)


# --- what documents name


DOCUMENTS = [
    str(path.relative_to(ROOT))
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob(".github/**/*.md")])
    + [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.md"))]
    if path.name != "CHANGELOG.md"  # tells of names that were
]
STANDS_FOR = {
    "firm": "Institution",
    "ledger": "Ledger",
    "model": "MarketModel",
    "settlement": "Settlement",
    "streams": "RandomStreams",
}
"""Variable in a document -> class of ours that it is of."""
NOT_OURS = {"DaskCluster", "model.utilities"}
"""Names of others, and of the user's own classes in examples."""
SOURCE = re.compile(r"(?:market|agents|runs|viz|tests|\.ci|\.github)/[\w./*-]*")
LOOKS_LIKE_CODE = re.compile(r"[A-Za-z]*[a-z0-9]_\w+|[A-Z][a-z]+[A-Z]\w*|\w+\(\)")


def named_in(document: str) -> list[str]:
    """What a document writes in backticks, and the lines of its blocks of shell commands."""
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = re.findall(r"^```bash\n(.*?)^```$", text, flags=re.S | re.M)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    return [*"".join(blocks).splitlines(), *re.findall(r"`([^`\n]+)`", prose)]


@cache
def known_words() -> set[str]:
    """Every name that the packages define, use as a keyword or write as a text."""
    found = {"minimal", *(path.stem for path in (ROOT / "agents" / "rules").glob("*.py"))}
    for _, tree in parsed(*PACKAGES):
        for node in ast.walk(tree):
            found |= {getattr(node, field, None) for field in ("name", "id", "attr", "arg")}
            found |= {node.value} if isinstance(node, ast.Constant) else set()
    return {word for word in found if isinstance(word, str)}


def chain(node: ast.AST) -> list[str]:
    """The names of ``a.b.c``; nothing for what is no chain of names."""
    if isinstance(node, ast.Attribute):
        before = chain(node.value)
        return [*before, node.attr] if before else []
    return [node.id] if isinstance(node, ast.Name) else []


def lost_names(text: str) -> list[str]:
    """Names of ours in a piece of Python that lead nowhere, arguments of calls included."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    lost = []
    for node in ast.walk(tree):
        names = chain(node)
        if (
            len(names) > 1
            and names[-2] in STANDS_FOR
            and not has_attribute(STANDS_FOR[names[-2]], names[-1])
        ):
            lost.append(".".join(names))
        if len(names) > 1 and names[0] not in STANDS_FOR and is_broken(".".join(names)):
            lost.append(".".join(names))
        if isinstance(node, ast.Call):
            lost += lost_arguments(node)
    return [name for name in lost if name not in NOT_OURS]


def lost_arguments(call: ast.Call) -> list[str]:
    """Arguments that a function or class of ours does not take by that name."""
    names = chain(call.func)
    if not names or names[0] not in {*PACKAGES, *exported_classes()}:
        return []
    owner = exported_classes().get(names[0]) or importlib.import_module(names[0])
    called = owner if len(names) == 1 else getattr(owner, names[-1], None)
    if called is None:
        return []
    taken = inspect.signature(called).parameters.values()
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken):
        return []
    known = {each.name for each in taken}
    return [str(each.arg) for each in call.keywords if each.arg not in known]


@cache
def exported_classes() -> dict[str, Any]:
    """Public classes by their name."""
    return {name.rpartition(".")[2]: v for name, v in exported().items() if inspect.isclass(v)}


@cache
def commands() -> dict[str, set[str]]:
    """Command, such as "scenario list" -> its options; "" has those of all."""
    import click
    import typer

    from runs.cli import app

    found: dict[str, set[str]] = {"": {"--help"}}

    def walk(command: Any, name: str) -> None:
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
        found[name], found[""] = options, found[""] | options
        for child, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {child}".strip())

    top: click.Command = typer.main.get_command(app)
    walk(top, "")
    return found


def lost_command(text: str) -> list[str]:
    """Commands, goals of make and options in a text that do not exist."""
    first, *rest = text.split()
    if first == "make":
        goals = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
        return [goal for goal in rest if goal not in goals]
    if first != "kaartenhuis":
        return [first] if re.fullmatch(r"--[a-z-]+", first) and first not in commands()[""] else []
    words = [word for word in rest if not word.startswith("-")]
    name = " ".join(words[:1])
    is_group = any(known.startswith(f"{name} ") for known in commands()) and len(words) > 1
    name = " ".join(words[:2]) if is_group else name
    options = [word.split("=")[0] for word in rest if word.startswith("-")]
    if name not in commands():
        return [name]
    return [option for option in options if option not in commands()[name]]


def what_is_lost(text: str, folder: Path) -> list[str]:
    """What a text in backticks names and is not there."""
    if SOURCE.fullmatch(text):
        places = [*ROOT.glob(text.rstrip("/")), *folder.glob(text.rstrip("/"))]
        is_written = text.startswith("runs/part-")  # a folder of results has such files
        return [] if places or is_written else [text]
    if LOOKS_LIKE_CODE.fullmatch(text):
        return [] if text.removesuffix("()") in known_words() | NOT_OURS else [text]
    return lost_command(text) or lost_names(text)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_names_exists(document: str) -> None:
    folder = (ROOT / document).parent
    lost = [lost for text in named_in(document) for lost in what_is_lost(text, folder)]
    assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        "market/contagion.py",
        "market/nowhere/",
        "wanted_order",
        "BankAgent",
        "insert_between()",
        "market.contagion.rank",
        "AILab.fly",
        "model.bank_agent",
        "model.ledger.book_twice()",
        'ledger.proclaim(row="carbon tax")',
        "market.equip(model, parameters, dice=1)",
        'runs.twins("reference", luck=1)',
        "make money",
        "kaartenhuis gamble",
        "kaartenhuis scenario gamble",
        "kaartenhuis run reference --luck",
        "--luck",
    ],
)
def test_what_is_not_there_is_found(text: str) -> None:
    assert what_is_lost(text, ROOT) != []


@pytest.mark.parametrize(
    "text",
    [
        "market/model.py",
        "templates/report.html",
        "plan_order",
        "model.ledger.commit()",
        "market.equip(model, parameters, seed=...)",
        "make docs",
        "kaartenhuis scenario shocks",
        "kaartenhuis run minimal --quiet",
        "--out",
        "E[x]",
        "rows | plain_set",
    ],
)
def test_what_is_there_is_left_alone(text: str) -> None:
    assert what_is_lost(text, ROOT) == []


def test_the_changelog_says_where_modules_went() -> None:
    """Its table: no module of the old name is left, and where it is now exists."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) > 10
    for row in rows:
        old, new = (re.findall(r"`(\w+(?:\.\w+)+)`", cell) for cell in row[:2])
        assert old
        assert [name for name in old if importlib.util.find_spec(name)] == []
        assert [name for name in new if not resolves(name)] == []


# --- public names


def exported() -> dict[str, Any]:
    """Dotted name -> class or function that a package of ours lists as public."""
    found = {}
    for package in ("market", "agents", "runs"):
        module = importlib.import_module(package)
        folders = [m.name for m in pkgutil.walk_packages(module.__path__, f"{package}.") if m.ispkg]
        for name in (package, *folders):
            folder = importlib.import_module(name)
            for public_name in getattr(folder, "__all__", ()):
                value = getattr(folder, public_name)
                if inspect.isclass(value) or inspect.isfunction(value):
                    found[f"{name}.{public_name}"] = value
    return found


def explained(value: Any) -> str:
    """The docstring of a function; of a class that of it, its bases of ours and ``__init__``."""
    if not inspect.isclass(value):
        return inspect.getdoc(value) or ""
    ours = [c for c in value.__mro__ if c.__module__.split(".")[0] in PACKAGES]
    texts = [c.__doc__ for c in ours] + [
        vars(c)["__init__"].__doc__ for c in ours if "__init__" in vars(c)
    ]
    return "\n".join(inspect.cleandoc(text) for text in texts if text)


def entry(text: str, parameter: str) -> str | None:
    """What the Args or Attributes of a docstring say of a parameter."""
    pattern = rf"^ +(?:\w+, )*{parameter}(?:, \w+)*:(.*(?:\n {{6,}}.*)*)"
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        listed = rf"^ +[\w, \n]*\b{parameter}\b[\w, \n]*:(.*(?:\n {{6,}}.*)*)"
        found = re.search(listed, text, re.MULTILINE)
    return found[1] if found else None


def parameters(value: Callable[..., Any]) -> Iterator[inspect.Parameter]:
    """What a function or class is called with."""
    for parameter in inspect.signature(value).parameters.values():
        if parameter.name != "self" and not parameter.name.startswith("_"):
            yield parameter


def is_field_with_text(value: Any, name: str) -> bool:
    """Whether a parameter is a field of a pydantic model with a description of its own."""
    if inspect.isclass(value) and issubclass(value, pydantic.BaseModel):
        return bool(value.model_fields[name].description)
    return False


@pytest.mark.parametrize("name", exported())
def test_a_public_name_tells_what_it_takes_and_gives(name: str) -> None:
    value = exported()[name]
    text = explained(value)
    for parameter in parameters(value):
        if is_field_with_text(value, parameter.name):
            continue
        said = entry(text, parameter.name)
        assert said and said.strip(), f"{parameter.name} is not described"
        if NUMERIC.search(str(parameter.annotation)):
            assert UNITS.search(f"{parameter.name} {said}"), f"{parameter.name} has no unit"
    if inspect.isfunction(value) and str(value.__annotations__.get("return")) not in (
        "None",
        "Any",
    ):
        assert "Returns:" in text


# --- the reference


def test_the_reference_builds_without_a_warning(tmp_path: Path) -> None:
    """``make docs``, into another folder: a page for every module, an index and a search."""
    script = ROOT / ".ci" / "docs"
    subprocess.run(
        [sys.executable, script, tmp_path], check=True, capture_output=True, cwd=tmp_path
    )
    pages = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")}
    for path, _ in parsed("market", "agents", "runs"):
        page = path.removesuffix("/__init__.py").removesuffix(".py") + ".html"
        assert page in pages or path.endswith("__main__.py"), path
    assert 'href="market.html"' in (tmp_path / "index.html").read_text(encoding="utf-8")
    equip = (tmp_path / "market.html").read_text(encoding="utf-8")
    assert 'id="equip"' in equip

"""Which texts the code of the claims and of the app asks for: read from its syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fluent.syntax.ast import Message, MessageReference, VariableReference
from fluent.syntax.visitor import Visitor

from runs.claims.claim import VERDICTS, WORDS, Claim
from runs.words import Words

FOLDER = Path("runs/claims")
CONVENTION = {"picture": ("title", "caption", "alt"), "table": ("table",)}
PARTS = {"sentence": "", "boundary": "", "explanation": r"-\d+", "notes": r"-\d+"}
ENDS = {"WORDS": "", "WORDS.each": r"-\d+", "text_or": "", "texts_by_key": r"-[\w-]+"}
"""Function that asks a catalogue -> what follows its first argument in the names of the texts."""
ANY = r"[\w-]+"


@dataclass(frozen=True)
class Asked:
    """A call for texts.

    Attributes:
        names: pattern of the names of the messages.
        figures: what is passed.
        where: module and line. is_needed: whether there has to be such a message.
    """

    names: str
    figures: frozenset[str]
    where: str
    is_needed: bool = True


class _Inside(Visitor):
    def __init__(self) -> None:
        self.figures: set[str] = set()
        self.messages: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:
        self.figures.add(node.id.name)

    def visit_MessageReference(self, node: MessageReference) -> None:
        self.messages.add(node.id.name)


def figures_of(words: Words, name: str) -> set[str]:
    """The figures that a message names, itself or through others."""
    inside = _Inside()
    inside.visit(words.messages[name])
    return inside.figures.union(*(figures_of(words, each) for each in inside.messages))


def quoted(message: Message) -> set[str]:
    """The messages that a message refers to."""
    inside = _Inside()
    inside.visit(message)
    return inside.messages


def check_texts(words: Words, names: set[str], asked: Iterable[Asked], prefix: str = "") -> None:
    """Each name is asked for, each call finds a text, and gives the figures that it names.

    Args:
        words: the catalogue.
        names: the names that have to be asked for, without the prefix.
        asked: the calls.
        prefix: what all the names begin with.
    """
    unused = set(names)
    for each in asked:
        found = {name for name in names if re.fullmatch(each.names, name)}
        assert found or not each.is_needed, f"{each.where}: there is no text {each.names!r}"
        unused -= found
        for name in found:
            missing = figures_of(words, prefix + name) - each.figures
            assert not missing, f"{each.where}: {prefix}{name} also names {sorted(missing)}"
    assert sorted(unused) == []


def asked_in(tree: ast.AST, where: str) -> list[Asked]:
    """What the code of a module asks of a catalogue by names."""
    found = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (end := ENDS.get(ast.unparse(call.func))) is not None:
            figures = frozenset(each.arg for each in call.keywords if each.arg)
            names = pattern_of(call.args[0]) + end
            found.append(Asked(names, figures, f"{where}:{call.lineno}"))
    return found


def asked_at_import(tree: ast.AST, where: str) -> list[Asked]:
    """What a module asks outside of its functions, and so when it is imported."""

    class Functions(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            node.body = [ast.Pass()]
            return node

        def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
            node.body = [ast.Pass()]
            return node

        def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
            node.body = ast.Constant(None)
            return node

    return asked_in(Functions().visit(deepcopy(tree)), where)


@cache
def tree_of(module: str) -> ast.Module:
    """Syntax of a module of the claims, such as ``"answers.circle"``."""
    path = FOLDER / f"{module.replace('.', '/')}.py"
    return ast.parse(path.read_text(encoding="utf-8"))


def modules() -> list[str]:
    """The modules of the claims, packages apart."""
    paths = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.py"))
    return [".".join(path.with_suffix("").parts) for path in paths if path.stem != "__init__"]


@cache
def functions_of(module: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree_of(module).body if isinstance(node, ast.FunctionDef)}


@cache
def imports_of(module: str) -> dict[str, tuple[str, str]]:
    """Name in a module -> module of the claims and name there."""
    found = {}
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("runs.claims."):
            home = (node.module or "").removeprefix("runs.claims.")
            found |= {name.asname or name.name: (home, name.name) for name in node.names}
    return found


def reached(function: str) -> set[tuple[str, str]]:
    """The functions of the claims that one uses, and itself: (module, name)."""
    module, _, name = function.partition(":")
    todo, found = [(f"answers.{module}", name)], set()
    while todo:
        home, called = todo.pop()
        if (home, called) in found or called not in functions_of(home):
            continue
        found.add((home, called))
        names = {n.id for n in ast.walk(functions_of(home)[called]) if isinstance(n, ast.Name)}
        todo += [imports_of(home).get(name, (home, name)) for name in names]
    return found


def texts_of(module: str) -> list[str]:
    """The texts in the code of a module, but for docstrings, errors, units, verdicts, places."""
    nodes = list(ast.walk(tree_of(module)))
    docstrings = [n.value for n in nodes if isinstance(n, ast.Expr)]
    errors = [inner for n in nodes if isinstance(n, ast.Raise) for inner in ast.walk(n)]
    places = [n.value for n in nodes if isinstance(n, ast.keyword) and n.arg == "loc"]
    skipped = {id(each) for each in (*docstrings, *errors, *places)}
    found = [n.value for n in nodes if isinstance(n, ast.Constant) and id(n) not in skipped]
    return [
        text
        for text in found
        if isinstance(text, str)
        and text not in VERDICTS
        and f"unit-{text.lower().replace(' ', '-')}" not in WORDS
    ]


def pattern_of(node: ast.expr) -> str:
    """A pattern of the texts that an expression can be."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(
            pattern_of(part) if isinstance(part, ast.Constant) else ANY for part in node.values
        )
    if isinstance(node, ast.IfExp):
        return f"(?:{pattern_of(node.body)}|{pattern_of(node.orelse)})"
    return ANY


def asked_of_claim(claim: Claim) -> list[Asked]:
    """What the answer to a claim asks its file for; names without the id of the claim."""
    return [
        asked
        for module, name in reached(claim.function)
        for call in ast.walk(functions_of(module)[name])
        if isinstance(call, ast.Call)
        for asked in _of_call(call, f"{module}:{call.lineno}")
    ]


def _of_call(call: ast.Call, where: str) -> Iterator[Asked]:
    keywords = frozenset(each.arg for each in call.keywords if each.arg)
    if isinstance(call.func, ast.Name) and call.func.id == "say":
        yield Asked(pattern_of(call.args[0]), keywords, where)
    if not isinstance(call.func, ast.Attribute) or ast.unparse(call.func.value) != "say":
        return
    kind, first = call.func.attr, pattern_of(call.args[0])
    if kind == "each":
        yield Asked(rf"{first}-\d+", keywords, where, is_needed=False)
    elif kind == "joined":
        yield Asked(first, frozenset({"so_far", "next"}), where)
    elif kind == "answer":
        assert isinstance(call.args[1], ast.Dict), where
        passed = frozenset(ast.literal_eval(key) for key in call.args[1].keys if key)
        for part, end in PARTS.items():
            if part not in keywords:
                yield Asked(part + end, passed, where, is_needed=not end)
    else:
        for end in CONVENTION[kind]:
            yield Asked(f"{first}-{end}", keywords, where)


def asked_of_all() -> list[Asked]:
    """What the code and the templates ask of the texts that belong to no claim."""
    found = []
    for module in modules():
        found += asked_in(tree_of(module), module)
    page = (FOLDER / "templates" / "report.html").read_text(encoding="utf-8")
    for name, rest in re.findall(r'text\("([\w-]+)"((?:[^()]|\([^()]*\))*)\)', page):
        figures = frozenset(re.findall(r"(?:^|,) ?(\w+)=", rest))
        found.append(Asked(re.escape(name), figures, f"report.html: {name}"))
    return found

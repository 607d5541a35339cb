"""The table "Where to change what" is true: each change is made in a copy, and its effect seen.

The files are those that the table names. A recipe says what is changed in them by patterns of code
and not by paths, so it stays when modules move.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from source_tree import PACKAGES, ROOT

HEADING = "## Where to change what"
PATH = re.compile(r"`((?:\w+/)+(?:[\w-]+\.\w+)?)`")

Edit = tuple[str, str]
"""Pattern that one of the named files has exactly once, and what takes its place."""


@dataclass(frozen=True)
class Recipe:
    """How a row of the table is tried.

    Attributes:
        edits: changes of files that the row names.
        first: name of a function in the files or folders named, and its new first statement.
        files: last part of a folder named, name and text of a new file in it; in the text FOLDER
            is the folder as a module.
        runs: what Python is asked, and a text that it must print then and not before.
    """

    runs: tuple[tuple[tuple[str, ...], str], ...]
    edits: tuple[Edit, ...] = ()
    first: tuple[str, str] | None = None
    files: tuple[tuple[str, str, str], ...] = ()


def script(text: str) -> tuple[str, ...]:
    """Arguments that let Python run a text."""
    return "-c", text


SHOWN = """
import json
import ipywidgets, solara
from viz import app
state, _ = app.open_page("?scenario=minimal&tab={tab}")
_, context = solara.render(app.Tabs(state), handle_error=False)
print(json.dumps(ipywidgets.Widget.get_manager_state()["state"]))
"""

RECIPES = {
    "a rule": Recipe(
        first=("list_price", "return 77.0"),
        runs=(
            (
                script(
                    "from market import MarketModel\n"
                    "print(MarketModel('minimal').run(2).labs['lab'].price_eur)"
                ),
                "77.0",
            ),
        ),
    ),
    "an agent type": Recipe(
        files=(
            (
                "agents",
                "auditor.py",
                '''"""An auditor."""
import mesa


class Auditor(mesa.Agent):
    """Looks at the books in every quarter."""

    def __init__(self, model):
        super().__init__(model)
        self.seen = []

    def look(self):
        """Note the quarter, when the bank has something."""
        if self.model.ledger.net_worth(self.model.ledger.bank) > 0:
            self.seen.append(self.model.quarter)
''',
            ),
        ),
        edits=(
            (r"\A((?:.|\n)*?\n)(from agents\.)", r"\1from agents.auditor import Auditor\n\2"),
            (r"(\n +)(self\.bank = )", r"\1self.auditor = Auditor(self)\1\2"),
            (
                r"(\n +phases: Phases = )",
                "\n    def audit(self):\n"
                '        """The auditor looks at the books."""\n'
                "        self.auditor.look()\n\n\\1",
            ),
            (r"(\n +)(test_bank_capital,\n)", r"\1audit,\1\2"),
        ),
        runs=(
            (
                script(
                    "from market import MarketModel\n"
                    "model = MarketModel('minimal').run(3)\n"
                    "print('audits in', model.auditor.seen)"
                ),
                "audits in [0, 1, 2]",
            ),
        ),
    ),
    "a shock": Recipe(
        edits=(
            (
                r"(\n\n\nclass RateRise)",
                "\n\n\nclass Strike(Shock):\n"
                '    """Staff strikes.\n\n    Seats cost so much more while it lasts.\n    """\n\n'
                '    kind = "strike"\n'
                '    targets = "labs"\n'
                '    sizes = Size("EUR", 0.0, 50.0, "Rise", default=5.0)\n'
                '    hits = ("seats",)\n\n'
                "    def apply(self, model: MarketModel) -> None:\n"
                '        """Seats become dearer."""\n'
                "        for lab in self.struck(model.labs):\n"
                "            lab.price_offset_eur = self.size\n"
                r"\1",
            ),
        ),
        runs=(
            (
                script(
                    "from market import MarketModel, load_scenario\n"
                    "changes = ['shocks.own.kind=\"strike\"', 'shocks.own.quarter=1']\n"
                    "world = load_scenario('minimal', [*changes, 'shocks.own.size=9'])\n"
                    "print('offset', MarketModel(world).run(2).labs['lab'].price_offset_eur)"
                ),
                "offset 9.0",
            ),
            (("-m", "runs", "scenario", "shocks"), "strike"),
        ),
    ),
    "a scenario": Recipe(
        files=(
            (
                "scenarios",
                "quiet-start.toml",
                'name = "quiet-start"\ndescription = "Two quarters of the small world."\n'
                'extends = "minimal"\nquarters = 2\n',
            ),
        ),
        runs=(
            (("-m", "runs", "scenario", "list"), "Two quarters of the small world."),
            (("-m", "runs", "run", "quiet-start"), "quiet-start"),
        ),
    ),
    "an indicator": Recipe(
        edits=(
            (
                r"(\nMODEL_INDICATORS: [^\n]+\n)",
                r'\1    Indicator("firms_alive", "firms", "Firms that live.",'
                "\n        lambda m: sum(not f.is_defaulted for f in m.institutions())),\n",
            ),
        ),
        runs=(
            (
                script(
                    "from market import MarketModel\n"
                    "frame = MarketModel('minimal').run(2).datacollector"
                    ".get_model_vars_dataframe()\n"
                    "print(list(frame['firms_alive']))"
                ),
                "[8, 8]",
            ),
            (("-m", "runs", "run", "minimal", "--out", "OUT", "--no-pictures"), ""),
            (script("print(open('OUT/data-dictionary.csv').read())"), "Firms that live."),
            (script("print(open('OUT/model.csv').readline())"), "firms_alive"),
        ),
    ),
    "a chart": Recipe(
        edits=(
            (
                r"(\nPANELS: tuple[^\n]+\n)",
                r'\1    Panel("bank", ("bank_capital_ratio",), "%", 0.01),' "\n",
            ),
            (
                r"(\n)(live-panel-cash-title)",
                r"\1live-panel-bank-title = Is the bank safe?\n"
                r"live-panel-bank-shown = Bank capital over assets, %\n"
                r"live-line-bank_capital_ratio = Capital ratio\n\2",
            ),
        ),
        runs=((script(SHOWN.format(tab="live")), "Is the bank safe?"),),
    ),
    "a page": Recipe(
        files=(
            (
                "pages",
                "hello.py",
                '"""Hello."""\nimport solara\n\n\n@solara.component\ndef HelloPage(state):\n'
                '    """Say hello and the quarter."""\n'
                '    solara.Text(f"We are in quarter {state.quarter.value}.")\n',
            ),
        ),
        edits=(
            (r"(\nPAGES: [^\n]+\n)", r'\1    ("hello", "FOLDER.hello", "HelloPage"),' "\n"),
            (r"(\n)(frame-tab-story)", r"\1frame-tab-hello = Good day\n\2"),
        ),
        runs=(
            (script(SHOWN.format(tab="hello")), "We are in quarter 19."),
            (script(SHOWN.format(tab="hello")), "Good day"),
        ),
    ),
    "a word of the app": Recipe(
        edits=((r"(\nframe-tab-story = )\w+", r"\1Tale"),),
        runs=((script(SHOWN.format(tab="about")), "Tale"),),
    ),
    "a claim": Recipe(
        files=(
            (
                "catalogue",
                "C34.toml",
                'id = "C34"\ntitle = "A try"\nsays = "All is well."\nquestion = "Is all well?"\n'
                'public = "Nothing."\nexperiment = "None."\nrule = "Holds when seven is seven."\n'
                'structure = "None."\nfunction = "tries:seven"\nthresholds = { seven = 7.0 }\n',
            ),
            (
                "answers",
                "tries.py",
                '"""Answer to a try."""\nfrom runs.claims.claim import words_of\n\n\n'
                "def seven(claim, results):\n"
                '    """Whether seven is seven."""\n'
                '    seven = claim.thresholds["seven"]\n'
                '    return words_of(claim).answer("holds", {"seven": f"{seven:.0f}"})\n',
            ),
            (
                "en",
                "C34.ftl",
                "C34-sentence = Well: { $seven } is seven.\nC34-boundary = It never turns.\n",
            ),
        ),
        runs=(
            (("-m", "runs", "claims", "--list"), "Is all well?"),
            (("-m", "runs", "claims", "--only", "C34", "-o", "OUT", "-j", "0", "--quick"), "C34"),
            (script("print(open('OUT/report.md').read())"), "Well: 7 is seven."),
            (script("print(open('OUT/report.html').read())"), "Well: 7 is seven."),
        ),
    ),
    "an experiment": Recipe(
        files=(
            (
                "shipped",
                "two-worlds.toml",
                '[experiment]\nname = "two-worlds"\ndescription = "Two short runs."\n'
                'scenario = "minimal"\nquarters = 1\noutputs = ["defaults"]\n\n'
                '[design]\nmethod = "grid"\n\n[vary]\n'
                '"funding.recovery" = { values = [0.2, 0.4] }\n',
            ),
        ),
        runs=(
            (("-m", "runs", "experiment", "list"), "Two short runs."),
            (("-m", "runs", "sweep", "two-worlds", "-o", "OUT", "-j", "0", "--quiet"), "2 ok"),
        ),
    ),
}


def table() -> dict[str, list[str]]:
    """Row -> paths that it names, folders with a slash at the end."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").split(HEADING)[1].split("\n## ")[0]
    cells = [line.strip("| ").split(" | ", 1) for line in text.splitlines() if line.startswith("|")]
    return {cell[0]: PATH.findall(cell[1]) for cell in cells[2:]}


def python_files(root: Path, paths: list[str]) -> list[Path]:
    """The files named, and those in the folders named."""
    files = [root / path for path in paths if not path.endswith("/")]
    return files + [f for path in paths if path.endswith("/") for f in (root / path).glob("*.py")]


def edit(root: Path, paths: list[str], change: Edit) -> None:
    """Make a change in the one file named that has its pattern."""
    pattern, replacement = change
    files = [root / path for path in paths if not path.endswith("/")]
    found = [file for file in files if re.search(pattern, file.read_text(encoding="utf-8"))]
    assert len(found) == 1, f"{pattern} stands in {found} of {files}"
    text, count = re.subn(pattern, replacement, found[0].read_text(encoding="utf-8"))
    assert count == 1, f"{pattern} stands {count} times in {found[0]}"
    found[0].write_text(text, encoding="utf-8")


def put_first(root: Path, paths: list[str], function: str, statement: str) -> None:
    """Make a statement the first one of the function of a name, which the files named define."""
    for file in python_files(root, paths):
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                lines = text.splitlines(keepends=True)
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines.insert(body[0].lineno - 1, f"    {statement}\n")
                file.write_text("".join(lines), encoding="utf-8")
                return
    raise AssertionError(f"no function {function} in {paths}")


def apply(root: Path, paths: list[str], recipe: Recipe) -> None:
    """Make all changes of a recipe below ``root``."""
    folders = {Path(path).name: path for path in paths if path.endswith("/")}
    module = next(iter(folders.values()), "").strip("/").replace("/", ".")
    for pattern, replacement in recipe.edits:
        edit(root, paths, (pattern, replacement.replace("FOLDER", module)))
    if recipe.first is not None:
        put_first(root, paths, *recipe.first)
    for folder, name, text in recipe.files:
        (root / folders[folder] / name).write_text(text, encoding="utf-8")


def ask(root: Path, arguments: tuple[str, ...], folder: Path) -> str:
    """What Python prints about the packages below ``root``, asked in a folder of its own."""
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages in a folder of their own."""
    root = tmp_path / "copy"
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return root


@pytest.mark.parametrize("row", RECIPES)
def test_a_change_where_the_table_says_has_its_effect(row: str, copy: Path) -> None:
    paths, recipe = table()[row], RECIPES[row]
    apply(copy, paths, recipe)
    place = script("import market; print(market.__file__)")
    assert str(copy) in ask(copy, place, copy.parent)
    for arguments, expected in recipe.runs:
        assert expected in ask(copy, arguments, copy.parent), arguments


def test_every_path_of_the_table_exists() -> None:
    rows = table()
    assert set(RECIPES) < set(rows)
    missing = [path for paths in rows.values() for path in paths if not (ROOT / path).exists()]
    assert missing == []
    assert all(rows[row] for row in RECIPES)

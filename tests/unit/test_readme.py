"""What the README files say is true: examples run, and what they name exists."""

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import ROOT

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import scenario_names, schema_table

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "market/README.md", "agents/README.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(README) if kind == language]


MODULE = re.compile(r"# (\w+\.py)\n")
"""First line of a block that is a file for the user to save."""


def save_files(folder: Path) -> None:
    """Write the files that the README asks its reader to save."""
    for text in blocks("python"):
        found = MODULE.match(text)
        if found is not None:
            (folder / found[1]).write_text(text, encoding="utf-8")


def commands(program: str) -> list[list[str]]:
    lines = [shlex.split(line) for block in blocks("bash") for line in block.splitlines()]
    return [line for line in lines if line[0] == program]


def names_in_code(document: str) -> list[str]:
    text = BLOCK.sub("", (ROOT / document).read_text(encoding="utf-8"))
    return CODE.findall(text)


def test_every_shell_line_is_run_by_a_test() -> None:
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    assert len(lines) == len(commands("kaartenhuis")) + len(commands("make")) > 10


def test_commands_of_the_readme_run(tmp_path: Path) -> None:
    save_files(tmp_path)
    for line in commands("kaartenhuis"):
        result = subprocess.run(
            [sys.executable, "-m", "runs", *line[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{shlex.join(line)}: {result.stderr}"
        assert result.stdout, shlex.join(line)
    assert (tmp_path / "results" / "manifest.json").is_file()
    assert (tmp_path / "results" / "pictures" / "money-flow-at-peak.png").is_file()


@pytest.mark.parametrize("goal", [line[1] for line in commands("make")])
def test_make_commands_of_the_readme_exist(goal: str) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    result = subprocess.run(
        ["make", "--dry-run", goal],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    wanted = {"run": "kaartenhuis run reference", "test": ".ci/check", "ui": "kaartenhuis ui"}
    assert wanted[goal] in result.stdout


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_python_of_the_readme_runs(
    number: int, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("python")[number], f"README block {number}", "exec"), {})
    assert capsys.readouterr().out or MODULE.match(blocks("python")[number])


def test_own_rule_of_the_readme_wins_the_customers(capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, object] = {}
    exec(compile(blocks("python")[-1], "README", "exec"), space)
    shares = capsys.readouterr().out.splitlines()
    first, last = (float(line.strip("[] ").split()[1]) for line in (shares[0], shares[-1]))
    assert first > 0.5
    assert last > 0.9


def test_figures_of_the_weaknesses_can_be_made_again(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "market" / "README.md").read_text(encoding="utf-8")
    codes = [code for kind, code in BLOCK.findall(text) if kind == "python"]
    (code,) = [code for code in codes if "range(20)" in code]
    exec(compile(code.replace("range(20)", "range(1)"), "market/README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("0 ")


def test_model_description_names_every_phase() -> None:
    text = (ROOT / "market" / "README.md").read_text(encoding="utf-8")
    phases = [*MarketModel.phases.names, "collect", "close_the_books"]
    assert len(phases) > 14
    assert [name for name in phases if f"`{name}`" not in text] == []


def test_readme_lists_the_scenarios() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|", README, re.MULTILINE)
    assert sorted(rows) == sorted(scenario_names())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_files_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    folder = (ROOT / document).parent
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    lost = [link for link in links if not (folder / link).exists()]
    top = re.compile(r"(?:market|agents|runs|tests)/[\w./*-]*")
    paths = [name for name in names_in_code(document) if top.fullmatch(name)]
    lost += [path for path in paths if not list(ROOT.glob(path.rstrip("/")))]
    assert lost == []
    assert links or paths


@pytest.mark.parametrize("document", DOCUMENTS)
def test_parameters_and_rules_named_in_documents_exist(document: str) -> None:
    paths = {row.path for row in schema_table()}
    paths |= {path.replace(".*.", ".") for path in paths}
    rules = {path.stem for path in (ROOT / "agents" / "rules").glob("[a-z]*.py")}
    lost, found = [], 0
    for name in names_in_code(document):
        match = re.fullmatch(r"([a-z_]+)\.([a-z_]+)", name)
        if match is None or match[1] not in rules | set(MarketParameters.model_fields):
            continue
        found += 1
        module = importlib.import_module(f"agents.rules.{match[1]}") if match[1] in rules else None
        if name not in paths and not hasattr(module, match[2]):
            lost.append(name)
    assert lost == []
    assert found > 20 or document == "README.md"


def test_picture_of_the_readme_is_small() -> None:
    assert (ROOT / "market" / "pictures" / "money-flow.png").stat().st_size < 200_000

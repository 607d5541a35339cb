"""Packages import in any order, are ours, and import one another in one direction."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import PACKAGES, PROJECT, ROOT, python_files

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

IMPORT_ALL = """
import importlib, pathlib, sys
package = importlib.import_module(sys.argv[1])
assert pathlib.Path(package.__file__).is_relative_to(sys.argv[2]), package.__file__
for name in getattr(package, "__all__", ()):
    assert getattr(package, name) is not None
"""


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_package_imported_first_works_and_is_ours(package: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", IMPORT_ALL, package, str(ROOT)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_unknown_name_of_a_lazy_package_is_an_attribute_error() -> None:
    code = "import market\ntry:\n    market.no_such_name\nexcept AttributeError:\n    print('ok')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "ok\n"


def test_imports_run_one_way() -> None:
    run = lint_imports(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_each_contract_breaks_when_it_should(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "market" / "model.py").write_text("")
    for folder in ("market/books", "runs/sweep", "viz/words"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
    (tmp_path / "market" / "books" / "ledger.py").write_text("import agents\nimport solara\n")
    (tmp_path / "agents" / "trader.py").write_text("import market.model\n")
    (tmp_path / "runs" / "cli.py").write_text("import viz\n")
    (tmp_path / "runs" / "sweep" / "store.py").write_text("import runs.cli\n")
    (tmp_path / "viz" / "app.py").write_text("")
    (tmp_path / "viz" / "words" / "frame.py").write_text("import viz.app\n")
    run = lint_imports(tmp_path)
    broken = re.findall(r"^(.+) BROKEN$", run.stdout, flags=re.MULTILINE)
    assert run.returncode == 1
    assert broken == [contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]]


@pytest.mark.parametrize("package", ["market", "runs", "viz"])
def test_what_stands_directly_in_a_package_has_its_layer(package: str) -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    layers = " ".join(layer for each in contracts for layer in each.get("layers", ()))
    named = set(re.findall(rf"\b{package}\.(\w+)", layers))
    depth = len((ROOT / package).parts)
    present = {path.parts[depth].removesuffix(".py") for path in python_files(package)}
    missing = sorted(present - named - {"__init__"})
    assert not missing, f"name these in the layers of pyproject.toml: {missing}"

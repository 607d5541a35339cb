"""Public names: those of each package, seen by type checkers too, and used by the documents."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from source_tree import ROOT

PUBLIC = {
    "agents": "AILab Bank Chipmaker CloudProvider ColumnAgent ColumnAgentSet ConsumerSegment "
    "CreditInvestor CustomerPopulation EnterpriseCustomer Institution Investor ListedFirm Offer "
    "PrivateFirm StartupCohort "
    "RowSet SingleCustomer column",
    "market": "CompanyParameters Ledger MarketModel MarketParameters Phase Shock equip "
    "load_scenario parameter",
    "market.books": "IdentityViolation Ledger UnansweredShortfall UndeclaredError "
    "balance_sheet_matrix revaluation_matrix transactions_flow_matrix",
    "market.networks": "FirmError cascade_sizes circulation_index clear clear_by_seniority "
    "debtrank debtrank_single_hit decompose_cycles default_cascade deleverage "
    "finn_cycling_index fire_sale gai_kapadia_odds joint_degrees "
    "largest_circulation named_networks rank round_trip_share spillovers "
    "threshold_response watts_cascade watts_odds",
    "runs": "RunConfig confirm digest load load_series make_experiment read_experiment "
    "run_scenarios run_sweep simulate twins verify",
}
"""Package -> what users import from it; a name goes only with a line in the changelog."""

DOCUMENTS = ("README.md", "market/README.md", "agents/README.md", "runs/README.md")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def names_for_type_checkers(package: str) -> set[str]:
    """What ``__init__`` imports under ``TYPE_CHECKING``."""
    path = ROOT.joinpath(*package.split("."), "__init__.py")
    (block,) = [
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {
        alias.asname or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_are_these_and_can_be_imported(package: str) -> None:
    module = importlib.import_module(package)
    names = PUBLIC[package].split()
    assert sorted(module.__all__) == sorted(names)
    assert names_for_type_checkers(package) == set(names)
    for name in names:
        space: dict[str, object] = {}
        exec(f"from {package} import {name}", space)
        assert getattr(space[name], "__name__", name) == name
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = module.no_such_name


@pytest.mark.parametrize("package", PUBLIC)
def test_a_package_alone_loads_nothing_heavy(package: str) -> None:
    """Names are imported on first use."""
    code = f"import sys, {package}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"mesa", "numpy", "pandas", "scipy"} & set(loaded.stdout.split())


def imports_of_ours(code: str) -> Iterator[tuple[str, str]]:
    """Package and name of everything of ours that an example imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in PUBLIC:
            yield from ((str(node.module), alias.name) for alias in node.names)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_examples_use_public_names(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    found = [pair for code in BLOCK.findall(text) for pair in imports_of_ours(code)]
    assert found
    inner = [
        (package, name) for package, name in found if name not in PUBLIC.get(package, "").split()
    ]
    assert inner == []

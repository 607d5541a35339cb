"""Whether the lower bounds that pyproject.toml declares work: installs them and runs quick tests.

    python tests/lower_bounds.py            the quick tests
    python tests/lower_bounds.py tests/unit all of these instead
    python3.12 tests/lower_bounds.py        on the oldest Python that is allowed

Each `>=X` of the dependencies and of the extras becomes `==X`, in an environment of its own in a
temporary folder; what they need in turn comes as the index has it. A bound that cannot be installed
or whose tests fail is too low: raise it. Needs a package index; ends with 1 when anything fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from mesa_versions import ROOT, make_environment, run_tests
from packaging.requirements import Requirement

TESTS = (
    "tests/accounting",
    "tests/regression/test_golden.py",
    "tests/replication",
    "tests/property/test_column_set.py",
    "tests/property/test_model.py",
    "tests/unit/agents",
    "tests/unit/phases",
    "tests/unit/rules",
    "tests/unit/sweeps",
    "tests/unit/test_claims_report.py",
    "tests/unit/test_cli.py",
    "tests/unit/test_parameters.py",
    "tests/unit/test_pictures.py",
    "tests/unit/test_scenario.py",
    "tests/unit/test_words.py",
    "tests/viz/test_charts_series.py",
    "tests/viz/test_examples.py",
    "tests/viz/test_session.py",
)
"""At least one file for each package that a bound names."""
NEW_BESIDE_OLD = ("-W", "default::DeprecationWarning")
"""An old package that uses what a newer one calls old is no failure of the bound."""


def declared(folder: Path = ROOT) -> list[Requirement]:
    """All requirements of a project and of its extras, without those that name itself."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {}).values()
    texts = [*project["dependencies"], *(text for extra in extras for text in extra)]
    found = [Requirement(text) for text in texts]
    return [each for each in found if each.name != project["name"]]


def lowest(requirement: Requirement) -> str:
    """The requirement with its lower bound as the only version; as it is when it has none."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    for bound in requirement.specifier:
        if bound.operator in {">=", "~="}:
            return f"{requirement.name}{extras}=={bound.version}"
    return f"{requirement.name}{extras}{requirement.specifier}"


def main(arguments: list[str]) -> int:
    """Install the lower bounds and run tests with them; returns how it ended."""
    pins = [lowest(requirement) for requirement in declared()]
    print("\n".join(pins))
    with tempfile.TemporaryDirectory(prefix="lower-bounds-") as folder:
        python = make_environment(Path(folder), pins)
        subprocess.run([str(python), "-m", "pip", "check"], check=False)
        end = run_tests(python, [*NEW_BESIDE_OLD, *(arguments or TESTS)])
    print(f"lower bounds: {'all well' if end == 0 else f'pytest ended with {end}'}")
    return int(end != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

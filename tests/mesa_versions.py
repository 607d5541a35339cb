"""Whether the model works on other versions of Mesa than the locked one, newer than allowed too.

    python tests/mesa_versions.py                  on 3.5.1 and on 4.0.0a0
    python tests/mesa_versions.py 4.0.0a0          on this version only
    python tests/mesa_versions.py 4.0.0a0 tests    all tests, or those named

Each version gets an environment of its own in a temporary folder: the packages of
requirements.lock but Mesa, then that Mesa, then Kaartenhuis without its own pin. There the tests
run that touch Mesa: agents, columns, data collection, phases, twins, Mesa's own batch run and
SolaraViz, and the golden series, which show that no number depends on the version. Needs a package
index; ends with 1 when a test fails anywhere.

What Mesa 4.0.0a0 took away or added, and how that is met:

- `mesa.batch_run`, `model.steps`, `reset_randomizer`, `reset_rng` and `Model(seed=)` are gone; the
  model uses none of them (`runs.run_scenarios` takes the place of `batch_run`, whose tests are
  skipped there).
- `Agent.remove` first asks for `current_action`, which `Agent.__init__` sets; agents in columns are
  not made by it and say that they have none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.5.1", "4.0.0a0")
TESTS = (
    "tests/accounting",
    "tests/regression/test_golden.py",
    "tests/property/test_column_set.py",
    "tests/property/test_model.py",
    "tests/unit/agents",
    "tests/unit/phases",
    "tests/unit/sweeps/test_run_scenarios.py",
    "tests/unit/test_agents_elsewhere.py",
    "tests/unit/test_indicators.py",
    "tests/unit/test_mesa_batch_run.py",
    "tests/unit/test_model_copies.py",
    "tests/unit/test_model_seeds.py",
    "tests/unit/test_open_to_users.py",
    "tests/unit/test_twins.py",
    "tests/viz/test_examples.py",
)


def environment(folder: Path, version: str) -> Path:
    """Make an environment with a version of Mesa; returns its Python."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    others = folder / "others.lock"
    kept = [line for line in lock if not line.lower().startswith("mesa==")]
    others.write_text("\n".join(kept) + "\n", encoding="utf-8")
    mesa = [f"mesa[network]=={version}", "-c", str(others)]
    return make_environment(folder, ["-r", str(others)], mesa)


def make_environment(folder: Path, *wanted: list[str]) -> Path:
    """Make an environment with packages and with Kaartenhuis, without its own pins."""
    kaartenhuis = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    return new_environment(folder, *wanted, kaartenhuis)


def new_environment(folder: Path, *wanted: list[str]) -> Path:
    """Make an environment with packages.

    Args:
        folder: where to.
        wanted: what to give to ``pip install``, one call after another.

    Returns:
        Its Python.
    """
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    for each in wanted:
        subprocess.run([*install, *each], check=True)
    return python


def run_tests(python: Path, tests: list[str]) -> int:
    """Run tests with an interpreter; returns pytest's exit code."""
    shown = "import mesa, sys; print('Mesa', mesa.__version__, 'Python', sys.version.split()[0])"
    subprocess.run([str(python), "-c", shown], check=True, cwd=ROOT)
    command = [str(python), "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def main(arguments: list[str]) -> int:
    """Try the versions that are asked for; returns how it ended."""
    versions = [each for each in arguments if each[0].isdigit()] or list(VERSIONS)
    tests = [each for each in arguments if not each[0].isdigit()] or list(TESTS)
    ends: dict[str, int] = {}
    for version in versions:
        with tempfile.TemporaryDirectory(prefix="mesa-") as folder:
            ends[version] = run_tests(environment(Path(folder), version), tests)
    for version, end in ends.items():
        print(f"Mesa {version}: {'all well' if end == 0 else f'pytest ended with {end}'}")
    return int(any(ends.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

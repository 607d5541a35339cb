"""``kaartenhuis`` says so when another distribution has the name of one of its packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kaartenhuis


def start(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell starts it, with a folder before all others on Python's path."""
    return subprocess.run(
        [sys.executable, "-m", "kaartenhuis", *words],
        env={**os.environ, "PYTHONPATH": str(path)},
        cwd=path,
        capture_output=True,
        text=True,
        check=False,
    )


def take(path: Path, name: str, owner: str = "") -> None:
    """Put a package of some name into a folder, and what a distribution leaves there of it."""
    (path / name).mkdir()
    (path / name / "__init__.py").write_text("raise RuntimeError('imported')\n")
    if owner:
        notes = path / f"{owner}-1.0.dist-info"
        notes.mkdir()
        (notes / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {owner}\nVersion: 1.0\n")
        (notes / "top_level.txt").write_text(f"{name}\n")


@pytest.mark.parametrize("name", kaartenhuis.PACKAGES)
def test_a_name_that_another_package_has_taken_is_one_line(name: str, tmp_path: Path) -> None:
    take(tmp_path, name)
    found = start(tmp_path, "--version")
    assert found.returncode == 1
    assert found.stdout == ""
    (line,) = found.stderr.splitlines()
    assert line.startswith(f"error: another package has the name {name!r}: {tmp_path / name}; ")
    assert "environment of its own" in line


def test_its_distribution_is_named_where_it_is_known(tmp_path: Path) -> None:
    take(tmp_path, "agents", owner="secret-agents")
    assert f"{tmp_path / 'agents'} (of secret-agents); " in start(tmp_path, "--version").stderr


def test_a_single_file_may_take_a_name_too(tmp_path: Path) -> None:
    (tmp_path / "runs.py").write_text("")
    assert f"the name 'runs': {tmp_path / 'runs.py'}; " in start(tmp_path, "--version").stderr


def test_without_strangers_the_command_starts(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()  # a folder of results is no package
    found = start(tmp_path, "--version")
    assert (found.returncode, found.stdout[:12]) == (0, "kaartenhuis ")
    assert kaartenhuis.taken() == ""

"""The lock pins every package, and nothing in the set-up names a package index."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from source_tree import PACKAGES, PROJECT, ROOT

PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+")


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_lock_holds_plain_pins_and_no_addresses() -> None:
    assert [line for line in pinned() if not PIN.fullmatch(line)] == []
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_lock_pins_all_direct_requirements_once() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    wanted = project["dependencies"] + [line for extra in extras for line in extra]
    names = [normalised(line.split("==")[0]) for line in pinned()]
    assert len(names) == len(set(names))
    direct = {normalised(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in wanted}
    direct.discard(normalised(project["name"]))  # "dev" takes in the other extras
    assert sorted(direct - set(names)) == []


def test_set_up_names_no_package_index() -> None:
    files = [ROOT / "Makefile", ROOT / "pyproject.toml", *sorted((ROOT / ".ci").iterdir())]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:///|index-url|find-links=", text), path.name
        assert "|| true" not in text, path.name


def test_wheel_ships_all_packages_with_their_data(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("kaartenhuis-*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    suffixes = {".py", ".toml", ".ftl"}
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in suffixes
    }
    assert sorted(ours - shipped) == []
    assert "runs/scenarios/reference.toml" in shipped
    assert {"runs/claims/words/en/C13.ftl", "viz/words/en/live.ftl"} <= shipped
    assert "kaartenhuis.py" in shipped

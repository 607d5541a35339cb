"""The app reads results from one folder, and from nowhere else."""

import json
from pathlib import Path

import pytest

from viz.world.folders import (
    DEFAULT,
    VARIABLE,
    FolderProblem,
    chosen_folder,
    confined,
    found_folders,
    read_json,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A chosen folder with two sweeps and a claims report, beside a file that is nobody's."""
    base = tmp_path / "results"
    for name, runs in (("gap", 12), ("deep/debt", 30)):
        (base / name).mkdir(parents=True)
        manifest = {"kind": "sweep", "name": name.upper(), "status": "finished", "runs": runs}
        (base / name / "manifest.json").write_text(json.dumps(manifest))
    (base / "claims").mkdir()
    (base / "claims" / "claims.json").write_text("[]")
    (base / "run").mkdir()
    (base / "run" / "manifest.json").write_text('{"scenario": "reference"}')
    (base / "torn").mkdir()
    (base / "torn" / "manifest.json").write_text('{"kind": "swe')
    (tmp_path / "secret.txt").write_text("secret")
    return base


def test_sweeps_are_found_and_nothing_else(root: Path) -> None:
    found = found_folders("sweep", root)
    assert [(f.name, f.title, f.runs) for f in found] == [
        ("deep/debt", "DEEP/DEBT", 30),
        ("gap", "GAP", 12),
    ]
    assert [f.name for f in found_folders("claims", root)] == ["claims"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert found_folders("sweep", tmp_path / "no") == []


def test_hidden_and_very_deep_folders_are_left_alone(root: Path) -> None:
    sweep = (root / "gap" / "manifest.json").read_text()
    for name in (".hidden", "a/b/c/d"):
        (root / name).mkdir(parents=True)
        (root / name / "manifest.json").write_text(sweep)
    assert [f.name for f in found_folders("sweep", root)] == ["deep/debt", "gap"]


def test_studies_of_a_claims_report_are_no_sweeps_of_their_own(root: Path) -> None:
    study = root / "claims" / "studies" / "reference"
    study.mkdir(parents=True)
    (study / "manifest.json").write_text((root / "gap" / "manifest.json").read_text())
    (root / "claims" / "claims-run.json").write_text("{}")
    assert [f.name for f in found_folders("sweep", root)] == ["deep/debt", "gap"]


def test_paths_inside_are_given(root: Path) -> None:
    assert confined("gap", root) == (root / "gap").resolve()
    assert confined(".", root) == root.resolve()


@pytest.mark.parametrize(
    "name",
    ["..", "../secret.txt", "gap/../../secret.txt", "/etc/passwd", "nothing", "a\0b", "x" * 5000],
)
def test_paths_outside_are_refused(root: Path, name: str) -> None:
    with pytest.raises(FolderProblem):
        confined(name, root)


def test_links_that_lead_outside_are_refused_and_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "manifest.json").write_text((root / "gap" / "manifest.json").read_text())
    (root / "link").symlink_to(outside)
    with pytest.raises(FolderProblem, match="not inside"):
        confined("link", root)
    assert "link" not in [f.name for f in found_folders("sweep", root)]


def test_the_folder_is_chosen_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert chosen_folder() == tmp_path.resolve()
    monkeypatch.delenv(VARIABLE)
    monkeypatch.chdir(tmp_path)
    assert chosen_folder() == (tmp_path / DEFAULT).resolve()


def test_json_that_cannot_be_read_is_nothing(root: Path) -> None:
    assert read_json(root / "torn" / "manifest.json") is None
    assert read_json(root / "none.json") is None

"""The one folder whose results the app may read: nothing outside it can be named from a page."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

VARIABLE = "KAARTENHUIS_FOLDER"
DEFAULT = "results"
SWEEP_FILE, CLAIMS_FILE, CLAIMS_MARK = "manifest.json", "claims.json", "claims-run.json"
MAX_DEPTH, MAX_FOLDERS, MAX_JSON_BYTES = 3, 500, 20_000_000

type Kind = Literal["sweep", "claims"]


class FolderProblem(ValueError):
    """A path that the app does not read, and why, in one line."""


@dataclass(frozen=True, slots=True)
class Found:
    """A folder with results.

    Attributes:
        name: its path under the chosen folder, with slashes; "." for the chosen folder itself.
        kind: what it holds.
        title: what it calls itself.
        status: of a sweep: "finished", "running" ...; empty for claims.
        runs: number of runs; 0 when it is not known.
    """

    name: str
    kind: Kind
    title: str
    status: str
    runs: int


def chosen_folder() -> Path:
    """The folder that ``KAARTENHUIS_FOLDER`` names, or ``results`` here; it need not be there."""
    return Path(os.environ.get(VARIABLE) or DEFAULT).resolve()


def confined(name: str, root: Path | None = None) -> Path:
    """The path of a folder or file under the chosen folder.

    Args:
        name: relative path, as ``Found.name`` gives it.
        root: chosen folder; default: ``chosen_folder()``.

    Raises:
        FolderProblem: the path leads outside, through links too, or is not there.
    """
    base = (root or chosen_folder()).resolve()
    try:
        path = (base / name).resolve()
        if not path.is_relative_to(base):
            raise FolderProblem(f"{name!r} is not inside the folder of results")
        if not path.exists():
            raise FolderProblem(f"{name!r} is not in the folder of results")
    except (OSError, ValueError) as error:
        if isinstance(error, FolderProblem):
            raise
        raise FolderProblem(f"{name[:80]!r} is not a path") from None
    return path


def found_folders(kind: Kind, root: Path | None = None) -> list[Found]:
    """Folders with results of a kind, by name; folders that cannot be read are left out."""
    base = (root or chosen_folder()).resolve()
    reader = _sweep if kind == "sweep" else _claims
    found = (reader(path, _name(path, base)) for path in _folders(base))
    return [each for each in found if each is not None]


def _name(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix()


def _folders(base: Path) -> Iterator[Path]:
    """The folder and those in it, a few levels deep; links are not followed."""
    for count, (place, folders, _) in enumerate(os.walk(base), start=1):
        path = Path(place)
        depth = len(path.relative_to(base).parts)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if depth >= MAX_DEPTH or (path / CLAIMS_MARK).exists():
            folders.clear()  # the studies of a claims report are shown with its claims
        yield path
        if count >= MAX_FOLDERS:
            return


def read_json(path: Path) -> Any:
    """What a JSON file holds; None when it is not there, too large or not JSON."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_JSON_BYTES:
            return None
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # not JSON, or nested too deeply to be read
        return None


def _sweep(path: Path, name: str) -> Found | None:
    manifest = read_json(path / SWEEP_FILE)
    if not isinstance(manifest, dict) or manifest.get("kind") != "sweep":
        return None
    runs = manifest.get("runs")
    title, status = str(manifest.get("name", name)), str(manifest.get("status", ""))
    return Found(name, "sweep", title, status, runs if isinstance(runs, int) else 0)


def _claims(path: Path, name: str) -> Found | None:
    if read_json(path / CLAIMS_FILE) is None:
        return None
    return Found(name, "claims", path.name, "", 0)

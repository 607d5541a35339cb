"""What a sweep's folder says about itself: what was asked, with which code, where and when."""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_hex
from typing import Any

from market.parameters.schema import shown
from runs.files import write_atomically
from runs.own_model import OwnModel, stored_entry
from runs.problems import Refused

MANIFEST = "manifest.json"
FORMAT, BY_RUN_ID = 2, 1
"""2: parts hold runs in the order of ``execution_order``. 1, which is read only: by run_id."""
PACKAGES = ("kaartenhuis", "mesa", "numpy", "pandas", "pyarrow", "numba")
ROOT = Path(__file__).resolve().parents[2]
SHAPE: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "status": str,
    "runs": int,
    "part_rows": int,
    "parts": int,
    "identity": str,
    "varied": list,
    "outputs": dict,
    "series": list,
    "spec": dict,
    "files": dict,
    "versions": dict,
    "own_model": (dict, type(None)),
    "git": (dict, type(None)),
    "platform": str,
    "sessions": list,
}
"""Keys that every manifest has, and their types."""
MODEL_FOLDERS = ("market", "agents")
PROCESS = token_hex(8)
"""Tells this process from all others."""


@cache
def versions() -> dict[str, str]:
    """Versions of all that can change a result's bytes."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def model_sha256(own: OwnModel | None = None) -> str:
    """Hash of the model's source code as it is on disk now; a user's own class is part of it."""
    total = hashlib.sha256()
    for folder in MODEL_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            total.update(path.relative_to(ROOT).as_posix().encode())
            total.update(path.read_bytes())
    if own is not None:
        total.update(own.sha256().encode())
    return total.hexdigest()


def fingerprint(own: OwnModel | None = None) -> str:
    """One line that differs when the code or a package differs."""
    packages = ", ".join(f"{name} {number}" for name, number in versions().items())
    return f"{packages}, model {model_sha256(own)[:12]}"


@cache
def worker_fingerprint(own: OwnModel | None = None) -> str:
    """``fingerprint`` when this process first did a run; it goes with all its results."""
    return fingerprint(own)


def git_state() -> dict[str, Any] | None:
    """Commit and whether files differ from it; None when the code is not in a git checkout."""
    if not (ROOT / ".git").exists():
        return None
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return None
    return {"commit": commit, "is_dirty": bool(_git("status", "--porcelain", "-uno"))}


def _git(*arguments: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def now() -> str:
    """The time, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def environment(own: OwnModel | None = None) -> dict[str, Any]:
    """Versions, code and platform, for the manifest."""
    return {
        "versions": versions(),
        "model_sha256": model_sha256(own),
        "own_model": stored_entry(own),
        "git": git_state(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def environment_changes(manifest: dict[str, Any], own: OwnModel | None = None) -> list[str]:
    """What differs between the environment of a manifest and this one, in words."""
    before = manifest.get("versions", {})
    changes = [
        f"{name} was {before.get(name, 'none')} and is {number}"
        for name, number in versions().items()
        if before.get(name, "none") != number
    ]
    if manifest.get("model_sha256") != model_sha256(own):
        changes.append("the code of the model has changed")
    return changes


def canonical_sha256(spec: Any) -> str:
    """Hash of anything that JSON can hold, the same for the same content."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Replace the manifest as a whole."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    write_atomically(folder / MANIFEST, text.encode())


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a sweep; raises Refused when the folder holds none."""
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = "holds no sweep" if folder.is_dir() else "is not there"
        raise Refused(f"{folder} {what}: name the folder given to sweep -o") from None
    except OSError as error:
        raise Refused(f"{folder / MANIFEST} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise Refused(f"{folder / MANIFEST} is damaged: {reason}") from None
    if not isinstance(manifest, dict) or manifest.get("kind") != "sweep":
        raise Refused(f"{folder} holds something else than a sweep")
    if manifest.get("format") not in (FORMAT, BY_RUN_ID):
        written = shown(manifest.get("format"))
        raise Refused(f"{folder} was written in format {written}, not {FORMAT}")
    if manifest["format"] == BY_RUN_ID:
        manifest.setdefault("own_model", None)
    problem = _misshapen(manifest)
    if problem:
        raise Refused(f"{folder / MANIFEST} is damaged: {problem}")
    return manifest


def _misshapen(manifest: dict[str, Any]) -> str:
    """What a manifest lacks that all readers rely on; empty when nothing."""
    for key, kind in SHAPE.items():
        if key not in manifest:
            return f"{key!r} is missing"
        if not isinstance(manifest[key], kind) or isinstance(manifest[key], bool):
            return f"{key!r} is not what it was"
    runs, rows, parts = (manifest[key] for key in ("runs", "part_rows", "parts"))
    if rows < 1 or not (parts - 1) * rows < runs <= parts * rows:
        return "'runs', 'parts' and 'part_rows' do not fit"
    texts = [*manifest["varied"], *manifest["series"], *manifest["files"].values()]
    for session in manifest["sessions"]:
        if not isinstance(session, dict) or {"argv", "started", "ended", "status"} - set(session):
            return "'sessions' are not what they were"
        texts += session["argv"] if isinstance(session["argv"], list) else [None]
    if not manifest["sessions"] or not all(isinstance(text, str) for text in texts):
        return "a list of texts is not what it was"
    own = manifest["own_model"]
    is_own = own is None or (isinstance(own, dict) and isinstance(own.get("folder"), str))
    return "" if is_own else "'own_model' is not what it was"


def session(argv: Sequence[str]) -> dict[str, Any]:
    """One call that worked on the sweep, for the manifest."""
    return {"argv": list(argv), "started": now(), "ended": None, "status": "running"}


def kaartenhuis(*words: str) -> str:
    """A command as it can be pasted into a shell."""
    return shlex.join(["kaartenhuis", *words])


def resume_command(folder: Path) -> str:
    """The command that goes on with a sweep.

    It is the command that was given last, with ``--resume`` in place of ``--overwrite``.
    """
    sessions = read_manifest(folder)["sessions"]
    commands = {"sweep", "claims"}
    given = [entry["argv"] for entry in sessions if commands & set(entry["argv"][:2])]
    if not given:
        return kaartenhuis("sweep", str(folder / "experiment.toml"), "-o", str(folder), "--resume")
    words = [word for word in given[-1][1:] if word not in {"--overwrite", "--resume"}]
    return kaartenhuis(*words, "--resume")

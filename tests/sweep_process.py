"""A sweep in a process of its own, for tests that kill it: ``python -m sweep_process DIR JSON``.

The JSON holds the keywords of ``make_plan`` and the options of ``run_plan``; ``jobs`` chooses the
backend, ``file_limit`` is the longest file that the system allows, bytes.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sweep_tasks import make_plan

from runs.experiments.sweeps import SweepOptions, run_plan
from runs.problems import UserProblem
from runs.sweep.workers import choose_backend

TESTS = Path(__file__).resolve().parent
OPTIONS = ("resume", "overwrite", "force", "max_failures")


def main(folder: str, text: str) -> int:
    wish = json.loads(text)
    if "file_limit" in wish:
        limit = wish.pop("file_limit")
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    options = SweepOptions(**{name: wish.pop(name) for name in OPTIONS if name in wish})
    backend = choose_backend(jobs=wish.pop("jobs", 2))
    deeds = {int(run): deed for run, deed in wish.pop("deeds", {}).items()}
    try:
        summary = run_plan(make_plan(deeds=deeds, **wish), Path(folder), backend, options)
    except UserProblem as problem:
        sys.stderr.write(f"error: {problem}\n")
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(json.dumps({"status": summary.status, "computed": summary.computed}) + "\n")
    return summary.exit_code


def start(folder: Path, **wish: Any) -> subprocess.Popen[str]:
    """Start a sweep; its process leads a group of its own, as in a terminal."""
    paths = [str(TESTS), str(TESTS.parent)]
    return subprocess.Popen(
        [sys.executable, "-m", "sweep_process", str(folder), json.dumps(wish)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(condition: Any, *, seconds: float = 30.0) -> Any:
    """Wait until something is true and return it; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("waited too long")


def parts_of(folder: Path) -> list[str]:
    """Names of the parts that are stored."""
    return sorted(path.name for path in (folder / "runs").glob("part-*.parquet"))


def children(pid: int) -> list[int]:
    """Processes that a process started: worker processes, and the tracker of resources."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(path.parent.name))
    return found


def workers(pid: int) -> list[int]:
    """Worker processes of a sweep."""
    found = []
    for child in children(pid):
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command:
            found.append(child)
    return found


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

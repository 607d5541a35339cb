"""The folder that a run leaves behind: complete or not there at all, and the same bytes each time.

Nothing in it depends on the clock or on the folder's place.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from market.books.statements import (
    balance_sheet_matrix,
    revaluation_matrix,
    transactions_flow_matrix,
)
from market.scenario import dump_scenario
from runs.problems import UserProblem
from runs.single_run.data_dictionary import agent_file, data_dictionary

if TYPE_CHECKING:
    from runs.single_run.simulate import Run

MANIFEST = "manifest.json"
_PACKAGES = ("kaartenhuis", "mesa", "numpy", "pandas", "pyarrow", "matplotlib")
STATEMENTS: dict[str, Callable[..., pd.DataFrame]] = {
    "balance-sheet": balance_sheet_matrix,
    "transactions-flow": transactions_flow_matrix,
    "revaluation": revaluation_matrix,
}
"""Name of a matrix -> function of ledger, quarter and columns that makes it, in bn USD."""


def check_folder(folder: Path, *, overwrite: bool = False) -> None:
    """Raise UserProblem unless results may be written to ``folder``.

    Only an empty folder, or with ``overwrite`` one that holds the results of a run, is replaced.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserProblem(f"{folder} is a file: name a folder for the results")
    if not any(folder.iterdir()):
        return
    if not overwrite:
        raise UserProblem(f"{folder} is not empty: name a new folder or add --overwrite")
    if not (folder / MANIFEST).is_file():
        raise UserProblem(f"{folder} holds no results of a run, so it is not overwritten")


def write_outputs(
    run: Run,
    folder: Path,
    *,
    overwrite: bool = False,
    command: Sequence[str] = (),
    has_pictures: bool = True,
) -> None:
    """Write everything about a run to ``folder``.

    The files are written next to it under another name and moved into place when complete.

    Args:
        run: the finished run.
        folder: where to; see ``check_folder``.
        overwrite: replace the results of an earlier run.
        command: the command that made the run, without paths of the machine.
        has_pictures: whether to draw the pictures.

    Raises:
        UserProblem: the folder may not be written.
    """
    check_folder(folder, overwrite=overwrite)
    target = folder.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise UserProblem(f"cannot write to {folder}: {error.strerror}") from None
    try:
        _write_all(run, draft, has_pictures=has_pictures)
        _write_manifest(run, draft, command)
        draft.chmod(0o755)
        _move_into_place(draft, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _move_into_place(draft: Path, target: Path) -> None:
    if not target.exists():
        os.replace(draft, target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    os.replace(target, old)
    try:
        os.replace(draft, target)
    except OSError:
        os.replace(old, target)
        raise
    shutil.rmtree(old)


def _write_all(run: Run, folder: Path, *, has_pictures: bool) -> None:
    _write_frame(run.market, folder / "model")
    for name, frame in run.agents.items():
        _write_frame(frame, folder / agent_file(name))
    _write_frame(run.events, folder / "events")
    for name, frame in (
        ("rounds", run.rounds),
        ("contracts", run.contracts),
        ("money-flows", run.money_flows),
        ("money-cycles", run.money_cycles),
        ("data-dictionary", data_dictionary()),
    ):
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    _write_matrices(run, folder / "matrices")
    (folder / "scenario.toml").write_text(resolved_scenario(run), encoding="utf-8", newline="\n")
    if has_pictures:
        from runs.single_run.pictures import write_pictures

        write_pictures(run, folder / "pictures")


def _write_frame(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path.with_suffix(".csv"), index=False, lineterminator="\n")
    frame.to_parquet(path.with_suffix(".parquet"), index=False)


def _write_matrices(run: Run, folder: Path) -> None:
    folder.mkdir()
    for quarter, label in enumerate(run.labels):
        for name, make in STATEMENTS.items():
            matrix = make(run.model.ledger, quarter)
            path = folder / f"{name}-{label}.csv"
            matrix.to_csv(path, index_label="row", lineterminator="\n")


def resolved_scenario(run: Run) -> str:
    """The scenario with every value written out, as TOML that loads back equal."""
    return str(dump_scenario(run.scenario.parameters, run.scenario.provenance))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_manifest(run: Run, folder: Path, command: Sequence[str]) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "scenario": run.scenario.parameters.name,
        "scenario_sha256": _sha256((folder / "scenario.toml").read_bytes()),
        "seed": run.seed,
        "quarters": len(run.labels),
        "first_quarter": run.labels[0],
        "last_quarter": run.labels[-1],
        "command": list(command),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "platform": f"{platform.system()} {platform.machine()}",
        "files": {
            path.relative_to(folder).as_posix(): _sha256(path.read_bytes()) for path in files
        },
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")

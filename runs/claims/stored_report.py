"""A report that was written, as the app reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs.claims.report import FORMAT, JSON
from runs.problems import UserProblem


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report in a folder.

    Attributes:
        folder: where it is.
        claims: one entry per claim, as ``report.as_json`` makes them.
        replicates, seed, is_quick, runs: of its ensembles.
        command: what makes it again.
    """

    folder: Path
    claims: tuple[dict[str, Any], ...]
    replicates: int
    seed: int
    is_quick: bool
    runs: int
    command: str

    def picture(self, file: str) -> str:
        """The SVG text of a picture that a claim names; raises UserProblem when it is not there."""
        path = (self.folder / file).resolve()
        if not path.is_relative_to(self.folder.resolve()) or path.suffix != ".svg":
            raise UserProblem(f"{file} is no picture of {self.folder}")
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise UserProblem(f"{path} cannot be read: {error.strerror}") from None


def load_report(folder: str | Path) -> StoredReport:
    """Read the report in a folder.

    Raises:
        UserProblem: there is none, or it cannot be read.
    """
    path = Path(folder) / JSON
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserProblem(f"{folder} holds no finished claims report: no {JSON}") from None
    except (OSError, ValueError) as error:
        raise UserProblem(f"{path} cannot be read: {error}") from None
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise UserProblem(f"{path} is no claims report of format {FORMAT}")
    return StoredReport(
        Path(folder),
        tuple(tree["claims"]),
        tree["replicates"],
        tree["seed"],
        tree["is_quick"],
        tree["runs"],
        tree["command"],
    )

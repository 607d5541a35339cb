"""Results of a sweep for other programs."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from runs.sweep.manifest import read_manifest
from runs.sweep.parts import write_atomically
from runs.sweep.stored import load, load_series
from runs.sweep_problems import Refused, SweepProblem

if TYPE_CHECKING:
    import pandas as pd

EXCEL_ROWS = 1_048_576


def _frame(folder: Path, kind: Literal["runs", "series"]) -> pd.DataFrame:
    return load(folder) if kind == "runs" else load_series(folder)


def csv_text(folder: Path, kind: Literal["runs", "series"]) -> str:
    """The results as CSV: a missing value is an empty cell."""
    text: str = _frame(folder, kind).to_csv(index=False, lineterminator="\n")
    return text


def xlsx_bytes(folder: Path, kind: Literal["runs", "series"]) -> bytes:
    """The results as an Excel workbook with a second sheet about the sweep.

    Raises:
        SweepProblem: openpyxl is not there, or a sheet does not hold so many rows.
    """
    import pandas as pd

    try:
        import_module("openpyxl")
    except ImportError:
        raise SweepProblem("--xlsx needs openpyxl: pip install 'kaartenhuis[excel]'") from None
    frame = _frame(folder, kind)
    if len(frame) >= EXCEL_ROWS:
        raise SweepProblem(f"{len(frame):,} rows do not fit on an Excel sheet: use --csv")
    manifest = read_manifest(folder)
    about = {key: manifest[key] for key in ("name", "status", "runs", "identity", "platform")}
    about |= {f"version of {name}": number for name, number in manifest["versions"].items()}
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="openpyxl") as book:
        frame.to_excel(book, sheet_name=kind, index=False, freeze_panes=(1, 0))
        rows = pd.DataFrame(list(about.items()), columns=["what", "value"])
        rows.to_excel(book, sheet_name="about", index=False)
    return file.getvalue()


def write_file(path: Path, content: bytes) -> None:
    """Write a file as a whole; raises Refused when that is not possible."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise Refused(f"cannot write {path}: {error.strerror}") from None

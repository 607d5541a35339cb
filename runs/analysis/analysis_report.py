"""Analyses as text, CSV and pictures: what the commands print and write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from runs.analysis.analysis_frame import Analysis, AnalysisProblem
from runs.problems import nearest
from runs.sweep.parts import write_atomically
from runs.sweep_problems import Refused

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES = (".png", ".svg", ".pdf")
_NO_DATE: Mapping[str, Mapping[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
SHARES = ("first", "total", "coverage", "density", "mass")
EMPTY = "-"


def lines_of(analysis: Analysis) -> list[str]:
    """Title, table and notes, as lines for a terminal; columns without any value are left out."""
    table = analysis.table.dropna(axis="columns", how="all").drop(
        columns="baseline", errors="ignore"
    )
    return [analysis.title, "", *table_lines(table), "", *analysis.notes]


def table_lines(table: pd.DataFrame) -> list[str]:
    """A table with aligned columns: words to the left, numbers to the right."""
    if table.empty:
        return ["(no rows)"]
    columns = []
    for name in table.columns:
        is_words = any(isinstance(value, str) for value in table[name].tolist())
        cells = [cell(name, value) for value in table[name].tolist()]
        width = max(len(text) for text in [name, *cells])
        columns.append(
            [text.ljust(width) if is_words else text.rjust(width) for text in [name, *cells]]
        )
    return ["  ".join(parts).rstrip() for parts in zip(*columns, strict=True)]


def cell(name: str, value: Any) -> str:
    """A value of a table as text: shares with three decimals, others with four digits."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return EMPTY
    if name.split("_", maxsplit=1)[0] in SHARES:
        return f"{value:.3f}"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e6):
        return f"{int(value):,}"
    return f"{value:,.4g}" if isfinite(value) else "inf"


def check_targets(csv: Path | None, picture: Path | None, is_overwriting: bool) -> None:
    """Refuse files that are there, folders that are not, and pictures of an unknown kind.

    Raises:
        AnalysisProblem: a file cannot be written there.
        Refused: it is there already.
    """
    if picture is not None and picture.suffix.lower() not in PICTURES:
        hint = nearest(picture.suffix.lower(), PICTURES)
        raise AnalysisProblem(f"--picture {picture}: unknown kind {picture.suffix!r}; {hint}")
    for path in (csv, picture):
        if path is None:
            continue
        if path.is_dir() or not path.parent.is_dir():
            what = "is a folder" if path.is_dir() else f"there is no folder {path.parent}"
            raise AnalysisProblem(f"{path}: {what}: name a file in a folder that is there")
        if path.exists() and not is_overwriting:
            raise Refused(f"{path} is there already: name another file or add --overwrite")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV with all its digits."""
    write_atomically(path, table.to_csv(index=False, lineterminator="\n").encode())


def write_picture(draw: Callable[[], Figure], path: Path) -> None:
    """Draw in the style of the house; the same result gives the same bytes."""
    from io import BytesIO

    import matplotlib as mpl

    from runs.picture_style import house_style

    content = BytesIO()
    kind = path.suffix.lower()
    with house_style():
        mpl.rcParams["svg.hashsalt"] = "kaartenhuis"
        draw().savefig(content, format=kind[1:], metadata=dict(_NO_DATE[kind]))
    write_atomically(path, content.getvalue())

"""Tables for spreadsheets: CSV with either decimal sign, and Excel workbooks.

Where numbers are written with a decimal comma, as in the Netherlands, spreadsheets split CSV at
semicolons. So ``--decimal ,`` changes both.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from runs.problems import Refused, UserProblem

if TYPE_CHECKING:
    import pandas as pd

type Decimal = Literal[".", ","]
SEPARATORS: Mapping[Decimal, str] = {".": ",", ",": ";"}
"""Decimal sign -> what stands between the cells."""
DecimalOption = Annotated[
    Literal[".", ","],
    typer.Option(help="Decimal sign of CSV; with a comma, semicolons stand between the cells."),
]
EXCEL_ROWS, EXCEL_NAME = 1_048_576, 31
"""Most rows of a sheet, and most letters of its name."""


def csv_text(frame: pd.DataFrame, decimal: Decimal = ".", index_label: str | None = None) -> str:
    """A table as CSV with all its digits; a missing value is an empty cell.

    Args:
        frame: the table.
        decimal: decimal sign of its numbers.
        index_label: name of the index in the first line; without it the index is left out.
    """
    if decimal != ".":
        plain: Any = {name: _plain(dtype) for name, dtype in frame.dtypes.items()}
        frame = frame.astype(plain)
    text: str = frame.to_csv(
        index=index_label is not None,
        index_label=index_label,
        sep=SEPARATORS[decimal],
        decimal=decimal,
        lineterminator="\n",
    )
    return text


def _plain(dtype: Any) -> Any:
    """The type with which pandas minds the decimal sign: it does not for its own ``Float64``."""
    return "float64" if str(dtype) in {"Float64", "Float32"} else dtype


def check_workbook(path: Path | None, *, overwrite: bool = False) -> None:
    """Refuse a workbook that cannot be written, before the work whose results it is to hold.

    Raises:
        UserProblem: openpyxl is not there, or the file has another ending or no folder.
        Refused: the file is there already.
    """
    try:
        import_module("openpyxl")
    except ImportError:
        raise UserProblem("--xlsx needs openpyxl: pip install 'kaartenhuis[excel]'") from None
    if path is None:
        return
    if path.suffix.lower() != ".xlsx":
        raise UserProblem(f"--xlsx {path}: name a file that ends in .xlsx")
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise UserProblem(f"--xlsx {path}: {what}: name a file in a folder that is there")
    if path.exists() and not overwrite:
        raise Refused(f"{path} is there already: name another file or add --overwrite")


def workbook_bytes(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """An Excel workbook, one sheet per table, with its first line held in view.

    Texts stay texts: one that begins with "=" is no formula.

    Args:
        sheets: name of the sheet -> its table.

    Raises:
        UserProblem: openpyxl is not there, or a sheet does not hold so many rows.
    """
    import pandas as pd

    check_workbook(None)
    for name, frame in sheets.items():
        if len(frame) >= EXCEL_ROWS:
            reason = f"{len(frame):,} rows do not fit on an Excel sheet: use --csv"
            raise UserProblem(f"{name}: {reason}")
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="openpyxl") as book:
        for name, frame in sheets.items():
            sheet_name = name[:EXCEL_NAME]
            frame.to_excel(book, sheet_name=sheet_name, index=False, freeze_panes=(1, 0))
            if any(dtype.kind not in "biuf" for dtype in frame.dtypes):
                _keep_texts(book.sheets[sheet_name])
    return file.getvalue()


def _keep_texts(sheet: Any) -> None:
    """Make every formula of a sheet the text that it was."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"

"""Tables as files to take away: frame in, bytes of a CSV or Parquet file out."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    import pandas as pd

CSV_TYPE = "text/csv"
PARQUET_TYPE = "application/vnd.apache.parquet"
ZIP_TYPE = "application/zip"
_UNSAFE = re.compile(r"[^a-z0-9.]+")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Date of files in an archive: always the same, so that equal tables give equal bytes."""


def file_name(*parts: object, suffix: str) -> str:
    """A file name that every system takes: "reference-42-capex.csv".

    Args:
        parts: what the file holds; empty parts are left out.
        suffix: ending, without its dot.
    """
    words = (_UNSAFE.sub("-", str(part).lower()).strip("-.") for part in parts if part is not None)
    return f"{'-'.join(word for word in words if word) or 'kaartenhuis'}.{suffix}"


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose index holds nothing: a named or textual index becomes the first columns."""
    import pandas as pd

    columns = [str(name) for name in frame.columns]
    named = frame.set_axis(columns, axis="columns")
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        return named
    if isinstance(frame.index, pd.MultiIndex):
        names = [
            f"level_{i}" if name is None else str(name) for i, name in enumerate(frame.index.names)
        ]
        return named.reset_index(names=names)
    name = frame.index.name
    return named.reset_index(names="row" if name is None else str(name))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV (UTF-8, commas, a missing value is an empty cell)."""
    text: str = plain(frame).to_csv(index=False, lineterminator="\n")
    return text.encode()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A table as a Parquet file; texts that stand between numbers make their column a text."""
    table = plain(frame)
    mixed = [name for name in table if _is_mixed(table[name])]
    for name in mixed:
        table[name] = table[name].map(lambda value: None if value is None else str(value))
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    return file.getvalue()


def _is_mixed(column: pd.Series) -> bool:
    """Whether a column holds values of several types, which Parquet refuses."""
    if column.dtype != object:
        return False
    return len({type(value) for value in column.dropna()}) > 1


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Several files as one archive; equal files give equal bytes."""
    sink = io.BytesIO()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = ZipInfo(name, _FIRST_DAY)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return sink.getvalue()

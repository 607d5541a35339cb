"""Reading the folder of a sweep: all runs as one frame, what failed, what is damaged; export.

Nothing here writes, so it may be used while the sweep goes on.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from runs.files import read_lines, sha256
from runs.problems import Refused
from runs.sweep.manifest import BY_RUN_ID, read_manifest
from runs.sweep.parts import DESIGN_COLUMNS, execution_order, part_name, rows_of_part
from runs.tables import Decimal, check_workbook, csv_text, workbook_bytes

if TYPE_CHECKING:
    import pandas as pd


DESIGN, JOURNAL, ERRORS, TIMINGS, LOCK = (
    "design.parquet",
    "parts.jsonl",
    "errors.jsonl",
    "timings.jsonl",
    "lock",
)
RUNS, SERIES, SCENARIOS = "runs", "series", "scenarios"
SEE_VERIFY = "see `kaartenhuis verify`"


def read_seconds(folder: Path) -> dict[str, float]:
    """Number of a run -> its wall time, seconds, as far as they are known."""
    found: dict[str, float] = {}
    for entry in read_lines(folder / TIMINGS):
        seconds = entry.get("seconds")
        if isinstance(seconds, dict):
            found |= {run: s for run, s in seconds.items() if isinstance(s, int | float)}
    return found


def load(folder: str | Path) -> pd.DataFrame:
    """All stored runs of a sweep as one frame.

    Args:
        folder: the folder of the sweep, finished or not.

    Returns:
        One row per run, ordered by ``run_id``: point, arm, replicate, seed, status, the varied
        parameters and the outputs. Outputs of a run that is not "ok" are missing, never zero.
        A column of whole numbers or of true and false with missing values has pandas' nullable
        type. ``frame.attrs`` holds the names: ``outputs`` and ``varied``.

    Raises:
        Refused: the folder holds no sweep, or a file in it cannot be read.
    """
    where = Path(folder)
    manifest = read_manifest(where)
    frame = _frame(_read_parts(where, RUNS, manifest))
    frame.attrs["outputs"] = list(manifest["outputs"])
    frame.attrs["varied"] = list(manifest["varied"])
    return frame


def load_series(folder: str | Path) -> pd.DataFrame:
    """Indicators of the whole market of all stored runs, by quarter.

    Args:
        folder: the folder of the sweep, finished or not.

    Returns:
        One row per run and quarter, ordered by ``run_id`` and ``quarter``.

    Raises:
        Refused: the sweep kept no series, or a file cannot be read.
    """
    where = Path(folder)
    manifest = read_manifest(where)
    if not manifest["series"]:
        raise Refused(f"{where} holds no series: sweep with --keep-series")
    return _frame(_read_parts(where, SERIES, manifest))


def _read_parts(folder: Path, kind: str, manifest: Mapping[str, Any]) -> pa.Table:
    journal = read_journal(folder)
    parts = [part for part in range(manifest["parts"]) if part in journal]
    tables = [read_table(folder / kind / part_name(part)) for part in parts]
    if tables:
        try:
            whole = pa.concat_tables(tables)
        except pa.ArrowException:
            other = next(t for t in tables if not t.schema.equals(tables[0].schema))
            path = folder / kind / part_name(parts[tables.index(other)])
            raise Refused(f"{path} has other columns than the first part: {SEE_VERIFY}") from None
        keys = ("run_id", "quarter") if kind == SERIES else ("run_id",)
        return whole.sort_by([(key, "ascending") for key in keys])
    design = read_design(folder).schema
    fields = [
        pa.field("status", pa.string()),
        *(pa.field(n, pa.float64()) for n in manifest["outputs"]),
    ]
    names = ["run_id", "quarter", *manifest["series"]]
    columns = pa.schema([*design, *fields] if kind == RUNS else [(n, pa.float64()) for n in names])
    return columns.empty_table()


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file of a sweep; raises Refused when it is none or lacks a column."""
    if not path.is_file():
        what = "is missing" if not path.exists() else "is no file"
        raise Refused(f"{path} {what}: {SEE_VERIFY}")
    try:
        table = pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).split("\n", maxsplit=1)[0]
        raise Refused(f"{path} cannot be read ({reason}): {SEE_VERIFY}") from None
    lost = [name for name in columns or () if name not in table.column_names]
    if lost:
        raise Refused(f"{path} has no column {lost[0]!r}: {SEE_VERIFY}")
    return table


def read_design(folder: Path) -> pa.Table:
    """The design of a sweep; raises Refused when it is not there or damaged."""
    table = read_table(folder / DESIGN)
    lost = [name for name in DESIGN_COLUMNS if name not in table.column_names]
    if lost:
        raise Refused(f"{folder / DESIGN} has no column {lost[0]!r}: {SEE_VERIFY}")
    return table


def _frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table in pandas; nullable types only where something is missing."""
    import pandas as pd

    frame: pd.DataFrame = table.to_pandas()
    for field in table.schema:
        if table.column(field.name).null_count:
            if pa.types.is_boolean(field.type):
                frame[field.name] = frame[field.name].astype("boolean")
            elif pa.types.is_integer(field.type):
                values = table.column(field.name).to_pylist()
                frame[field.name] = pd.array(values, dtype="Int64")
    return frame


def digest(folder: str | Path) -> str:
    """Hash over all parts in order: equal for equal results, whoever computed them.

    Args:
        folder: the folder of the sweep.

    Returns:
        The SHA-256 in hexadecimal digits.

    Raises:
        Refused: the folder holds no sweep, or a part is missing.
    """
    where = Path(folder)
    manifest = read_manifest(where)
    total = hashlib.sha256()
    for kind in (RUNS, SERIES) if manifest["series"] else (RUNS,):
        for part in range(manifest["parts"]):
            path = where / kind / part_name(part)
            try:
                total.update(path.read_bytes())
            except FileNotFoundError:
                raise Refused(
                    f"{where} is not finished: {kind}/{part_name(part)} is missing"
                ) from None
            except OSError as error:
                raise Refused(f"{path} cannot be read: {error.strerror}") from None
    return total.hexdigest()


def read_journal(folder: Path) -> dict[int, dict[str, Any]]:
    """Part -> its last entry in the journal; lines that are none are left out, as torn ones are."""
    return {
        entry["part"]: entry for entry in read_lines(folder / JOURNAL) if _is_journal_entry(entry)
    }


def _is_journal_entry(entry: Mapping[str, Any]) -> bool:
    statuses = entry.get("statuses")
    return (
        type(entry.get("part")) is int
        and isinstance(entry.get("sha256"), str)
        and isinstance(statuses, dict)
        and all(type(count) is int for count in statuses.values())
    )


def count_statuses(journal: Mapping[int, Mapping[str, Any]]) -> Counter[str]:
    """How many stored runs ended in which way."""
    total: Counter[str] = Counter()
    for entry in journal.values():
        total.update(entry["statuses"])
    return total


def damage(folder: Path, part: int, journal: Mapping[int, Mapping[str, Any]]) -> str:
    """Why a part is not done, in words; empty when it is whole."""
    entry = journal.get(part)
    if entry is None:
        return "not done"
    for kind, key in ((RUNS, "sha256"), (SERIES, "series_sha256")):
        if key not in entry:
            continue
        name = f"{kind}/{part_name(part)}"
        try:
            content = (folder / name).read_bytes()
        except OSError:
            return f"{name} is missing"
        if sha256(content) != entry[key]:
            return f"{name} is damaged: not the bytes that were written"
    return ""


def read_errors(folder: Path) -> dict[int, dict[str, Any]]:
    """run_id -> what is known of its failure, for runs whose stored status is not "ok"."""
    lines = read_lines(folder / ERRORS)
    entries = {entry["run_id"]: entry for entry in lines if type(entry.get("run_id")) is int}
    stored = stored_statuses(folder)
    return {run: entries[run] for run in sorted(entries) if stored.get(run, "ok") != "ok"}


def stored_statuses(folder: Path) -> dict[int, str]:
    """run_id -> status, for stored runs that are not "ok"."""
    found: dict[int, str] = {}
    for part, entry in sorted(read_journal(folder).items()):
        if any(status != "ok" for status in entry["statuses"]):
            with suppress(Refused):  # verify names it
                table = read_table(folder / RUNS / part_name(part), ["run_id", "status"])
                rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
                found |= {run_id: status for run_id, status in rows if status != "ok"}
    return found


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that ``verify`` found: the file, and what is wrong with it."""

    file: str
    problem: str


def verify(folder: str | Path) -> list[Finding]:
    """Check every file of a sweep against the hashes that were stored.

    Args:
        folder: the folder of the sweep, finished or not.

    Returns:
        What is wrong: files that are missing, damaged, or do not fit the design. Empty when the
        sweep is complete and whole.
    """
    where = Path(folder)
    manifest = read_manifest(where)
    found = []
    for name, expected in manifest["files"].items():
        path = where / name
        if not path.is_file():
            found.append(Finding(name, "is missing"))
        elif sha256(path.read_bytes()) != expected:
            found.append(Finding(name, "is damaged: not the bytes that were written"))
    journal = read_journal(where)
    order = _order(where, manifest)
    for part in range(manifest["parts"]):
        expected = rows_of_part(order, part, manifest["part_rows"])
        problem = damage(where, part, journal) or _misfit(where, part, expected)
        if problem:
            found.append(Finding(f"{RUNS}/{part_name(part)}", problem))
    return found


def _order(folder: Path, manifest: Mapping[str, Any]) -> Any:
    """The order of the runs; empty when the design cannot be read, which ``verify`` says itself."""
    if manifest["format"] == BY_RUN_ID:
        return np.arange(manifest["runs"])
    try:
        return execution_order(read_design(folder))
    except Refused:
        return np.empty(0, dtype=np.int64)


def _misfit(folder: Path, part: int, expected: list[int]) -> str:
    """Why a whole part does not belong here; empty when it does, or that is not known."""
    path = folder / RUNS / part_name(part)
    try:
        run_ids = read_table(path, ["run_id"]).column(0).to_pylist()
    except Refused:
        return "is no Parquet file"
    is_here = not expected or run_ids == expected
    return "" if is_here else "does not hold the runs of its place"


# --- results of a sweep for other programs


def _exported(folder: Path, kind: Literal["runs", "series"]) -> pd.DataFrame:
    return load(folder) if kind == "runs" else load_series(folder)


def csv_export(folder: Path, kind: Literal["runs", "series"], decimal: Decimal = ".") -> str:
    """The results as CSV: a missing value is an empty cell."""
    return csv_text(_exported(folder, kind), decimal)


def xlsx_export(folder: Path, kind: Literal["runs", "series"]) -> bytes:
    """The results as an Excel workbook with a second sheet about the sweep.

    Raises:
        UserProblem: openpyxl is not there, or a sheet does not hold so many rows.
    """
    import pandas as pd

    check_workbook(None)
    manifest = read_manifest(folder)
    about = {key: manifest[key] for key in ("name", "status", "runs", "identity", "platform")}
    about |= {f"version of {name}": number for name, number in manifest["versions"].items()}
    rows = pd.DataFrame(list(about.items()), columns=["what", "value"])
    return workbook_bytes({kind: _exported(folder, kind), "about": rows})

"""Files of a sweep: parts of rows, each written as a whole or not at all, the same bytes always."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from runs.sweep.one_run import RunResult

WRITER = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": True,
    "write_statistics": True,
}
"""Settings of the Parquet writer: fixed, since they decide the bytes."""
DESIGN_COLUMNS = ("run_id", "point", "arm", "replicate", "seed")
LAYOUT = ("sample", "block")
"""Columns that follow them in designs whose points belong together in samples."""
STATUS = "status"


def chunk_size(runs: int) -> int:
    """Runs per part: a function of the plan alone, so the bytes do not depend on the workers.

    Small plans are cut fine, so that there is work for many workers; large ones into parts of 16
    runs, which hide the cost of a task; very large ones into about a thousand parts.
    """
    fine = min(max(runs // 32, 1), 16)
    return max(fine, runs // 1024)


def execution_order(design: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    """In which order runs are done and stored: those done at any time are a fair sample of all.

    The first replicate of all points comes before the second of any. Within a replicate all arms of
    a point stand together, and points that belong to one sample (Sobol, Morris) too, sample by
    sample. Other points come in an order that is mixed as if by chance: any regular one falls in
    step with the levels of some grid, and does a level of its last parameter before the others.

    Args:
        design: rows with the columns ``DESIGN_COLUMNS``, and ``LAYOUT`` where there is one.

    Returns:
        Numbers of the rows, which are their run_ids.
    """
    first, last = len(DESIGN_COLUMNS), len(DESIGN_COLUMNS) + len(LAYOUT)
    has_layout = tuple(design.column_names[first:last]) == LAYOUT
    unit = design.column("sample" if has_layout else "point").to_numpy()
    place = unit if has_layout else _mixed(unit.astype(np.uint64))
    return np.lexsort((np.arange(design.num_rows), place, design.column("replicate").to_numpy()))


def _mixed(numbers: np.ndarray[Any, np.dtype[np.uint64]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Numbers without any order in them, always the same (SplitMix64, Steele et al. 2014)."""
    found = (numbers + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)  # products wrap around
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def rows_of_part(
    order: np.ndarray[Any, np.dtype[np.int64]], part: int, part_rows: int
) -> list[int]:
    """Runs of a part, by number: so many in the order of ``execution_order``."""
    found: list[int] = sorted(order[part * part_rows : (part + 1) * part_rows].tolist())
    return found


def part_name(part: int) -> str:
    """Name of the file of a part."""
    return f"part-{part:06d}.parquet"


def encode(table: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **WRITER)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def result_rows(design: pa.Table, outputs: pa.Schema, results: Sequence[RunResult]) -> pa.Table:
    """Rows of a part.

    Args:
        design: the rows of the design that the part covers.
        outputs: name and type of each output.
        results: one per row, in the same order.

    Returns:
        The columns of the design, the status, and the outputs, null unless the status is "ok".
    """
    columns = list(design.columns)
    columns.append(pa.array([result.status for result in results], pa.string()))
    for number, field in enumerate(outputs):
        values = [result.values[number] if result.values else None for result in results]
        columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=result_schema(design.schema, outputs))


def result_schema(design: pa.Schema, outputs: pa.Schema) -> pa.Schema:
    """Schema of the parts."""
    return pa.schema([*design, pa.field(STATUS, pa.string()), *outputs])


def series_rows(names: Sequence[str], results: Sequence[RunResult]) -> pa.Table:
    """Per-quarter rows of a part: run_id, quarter, and each indicator of the whole market."""
    lengths = [len(next(iter(r.series.values()), [])) if r.series else 0 for r in results]
    runs = [r.run_id for r, n in zip(results, lengths, strict=True) for _ in range(n)]
    quarters = [quarter for n in lengths for quarter in range(n)]
    arrays = [pa.array(runs, pa.int64()), pa.array(quarters, pa.int64())]
    for name in names:
        values = [value for r in results if r.series for value in r.series[name]]
        arrays.append(pa.array(values, pa.float64()))
    return pa.Table.from_arrays(arrays, schema=series_schema(names))


def series_schema(names: Sequence[str]) -> pa.Schema:
    """Schema of the series parts."""
    numbers = [pa.field("run_id", pa.int64()), pa.field("quarter", pa.int64())]
    return pa.schema([*numbers, *(pa.field(name, pa.float64()) for name in names)])


def replace_rows(path: Path, new: pa.Table, ids: Sequence[int]) -> pa.Table:
    """Stored rows with those of some runs replaced, ordered by run and quarter."""
    old = pq.read_table(path)
    kept = old.filter(pa.compute.invert(pa.compute.is_in(old["run_id"], pa.array(ids, pa.int64()))))
    keys = [(name, "ascending") for name in ("run_id", "quarter") if name in old.column_names]
    return pa.concat_tables([kept, new]).sort_by(keys).combine_chunks()

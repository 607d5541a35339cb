"""What the runner needs to know about a sweep: its design, its outputs, and how to do a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from runs.own_model import OwnModel
from runs.sweep.one_run import Task
from runs.sweep.parts import DESIGN_COLUMNS, chunk_size, execution_order, rows_of_part

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SweepPlan:
    """All runs of a sweep, before the first.

    Attributes:
        name: name of the experiment.
        design: one row per run, ordered by run_id from 0: run_id, point, arm, replicate, seed, and
            the varied parameters, null where they do not apply.
        outputs: name and type of each measured output.
        task: how to do a run; pickled for the workers.
        spec: the experiment, as JSON can hold it.
        identity: hash of all that decides the results, but for code and packages.
        files: copies of the experiment and of its scenarios: relative path -> text.
        varied: names of the varied parameters.
        series: indicators kept for each quarter; empty for none.
        max_failures: as in ``run_sweep``.
        part_rows: runs per part.
        own_model: the user's model class; None for ``MarketModel``.
    """

    name: str
    design: pa.Table
    outputs: pa.Schema
    task: Task
    spec: Mapping[str, Any]
    identity: str
    files: Mapping[str, str] = field(default_factory=dict)
    varied: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    max_failures: int | str | None = None
    part_rows: int = 0
    own_model: OwnModel | None = None

    def __post_init__(self) -> None:
        """Choose the size of the parts where none is given."""
        missing = [name for name in DESIGN_COLUMNS if name not in self.design.column_names]
        if missing:
            raise ValueError(f"the design has no column {missing[0]!r}")
        if self.design.column("run_id").to_pylist() != list(range(self.runs)):
            raise ValueError("run_id must count the rows of the design from 0")
        if self.part_rows <= 0:
            object.__setattr__(self, "part_rows", chunk_size(self.runs))

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.design.num_rows)

    @property
    def parts(self) -> int:
        """Number of parts."""
        return -(-self.runs // self.part_rows)

    @cached_property
    def order(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Runs in the order in which they are done."""
        return execution_order(self.design)

    @cached_property
    def _places(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Place of each run in that order."""
        return np.argsort(self.order)

    def rows(self, part: int) -> pa.Table:
        """Rows of the design that a part covers, by run_id."""
        return self.design.take(pa.array(self.run_ids(part), pa.int64()))

    def run_ids(self, part: int) -> list[int]:
        """Runs of a part, by number."""
        return rows_of_part(self.order, part, self.part_rows)

    def part_of(self, run_id: int) -> int:
        """The part that holds a run."""
        return int(self._places[run_id]) // self.part_rows


def design_table(frame: pd.DataFrame) -> pa.Table:
    """A design as an Arrow table without notes of pandas, so its bytes follow from its values."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.replace_schema_metadata(None).combine_chunks()

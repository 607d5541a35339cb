"""The run that is shown as one run of many, to be measured as those are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runs.sweep.one_run import series_names
from viz.world.ensembles import HELD, SEATS, Ensemble, Member

if TYPE_CHECKING:
    from viz.recording.recording import Recording


_EVENTS = {"freeze": "funding freeze", "cut": "capex cut", "default": "default"}
"""What is looked for in each run -> kind of event."""


def ensemble_of(recording: Recording) -> Ensemble:
    """A finished recording as an ensemble of one run."""
    series = np.array([recording.series(name) for name in series_names()], dtype=np.float64)
    events = list(recording.events)
    happened = {
        name: next((event.quarter for event in events if event.kind == kind), None)
        for name, kind in _EVENTS.items()
    }
    keys = {firm.name: firm.key for firm in recording.firms}
    failed = tuple(
        keys[event.agent] for event in events if event.kind == "default" and event.agent in keys
    )
    member = Member(
        0,
        recording.world.seed,
        series,
        happened,
        failed[0] if failed else None,
        failed,
        _measured(recording),
    )
    return Ensemble(recording.parameters, (member,))


def _measured(recording: Recording) -> dict[str, float | None]:
    """Seat shares of labs and assets of investors in the last quarter."""
    last = recording.snapshots[-1].firms
    measured: dict[str, float | None] = {}
    for group, name in ((recording.parameters.labs, SEATS), (recording.parameters.investors, HELD)):
        indicator = name.partition(":")[0]
        measured |= {f"{key}.{name}": last[key].get(indicator) for key in group}
    return measured

"""Running it: command line, outputs, pictures, and sweeps of many runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runs.experiments.scenario_sweep import RunConfig, run_scenarios
    from runs.experiments.sweeps import run_sweep
    from runs.experiments.text import make_experiment, read_experiment
    from runs.single_run.simulate import simulate
    from runs.sweep.results import digest, load, load_series, verify
    from runs.twin_runs.confirmation import confirm
    from runs.twin_runs.results import twins

_HOMES = {
    "RunConfig": "runs.experiments.scenario_sweep",
    "confirm": "runs.twin_runs.confirmation",
    "digest": "runs.sweep.results",
    "load": "runs.sweep.results",
    "load_series": "runs.sweep.results",
    "make_experiment": "runs.experiments.text",
    "read_experiment": "runs.experiments.text",
    "run_scenarios": "runs.experiments.scenario_sweep",
    "run_sweep": "runs.experiments.sweeps",
    "simulate": "runs.single_run.simulate",
    "twins": "runs.twin_runs.results",
    "verify": "runs.sweep.results",
}

__all__ = [
    "RunConfig",
    "confirm",
    "digest",
    "load",
    "load_series",
    "make_experiment",
    "read_experiment",
    "run_scenarios",
    "run_sweep",
    "simulate",
    "twins",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import on first use: the command line must start without pandas and Mesa."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Frames of sweeps with known answers, made from functions instead of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from runs.experiments.design import points_of, run_table
from runs.experiments.text import make_experiment
from runs.experiments.worlds import Varied


def designed(
    method: str,
    ranges: Mapping[str, tuple[float, float]],
    samples: int,
    replications: int = 1,
    arms: Sequence[str] = ("",),
) -> pd.DataFrame:
    """The runs of a design over ranges, without outputs."""
    tree = {
        "experiment": {"name": "t", "scenario": "minimal", "replications": replications},
        "design": {"method": method, "samples": samples},
        "vary": {name: {"low": low, "high": high} for name, (low, high) in ranges.items()},
    }
    experiment = make_experiment(tree)
    varied = [
        Varied(name, (name,), (), float(low), float(high), False, False, None, None)
        for name, (low, high) in ranges.items()
    ]
    return run_table(experiment, points_of(experiment, varied), list(ranges), list(arms))


def with_output(
    design: pd.DataFrame,
    varied: Sequence[str],
    function: Callable[[Any], Any],
    noise: float = 0.0,
) -> pd.DataFrame:
    """A design with the column ``y``: a function of the inputs, shape (parameters, runs)."""
    frame = design.copy()
    inputs = np.array([frame[name].astype(float).to_numpy() for name in varied])
    rng = np.random.default_rng(5)
    frame["status"] = "ok"
    frame["y"] = function(inputs) + noise * rng.normal(size=len(frame))
    frame.attrs = {"outputs": ["y"], "varied": list(varied)}
    return frame


def ishigami(x: Any) -> Any:
    """Function of Ishigami and Homma (1990), a = 7, b = 0.1."""
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])

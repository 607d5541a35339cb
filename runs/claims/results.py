"""What the studies gave, as the functions that answer claims read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runs.twin_effects import Effect, mean_effect, share_effect

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results:
    """Finished studies.

    Attributes:
        frames: study -> one row per run that ended well: run_id, point, arm, replicate, seed,
            varied parameters, outputs.
        varied: study -> names of the varied parameters.
        is_quick: whether the ensembles are those of the quick report.
    """

    frames: Mapping[str, pd.DataFrame]
    varied: Mapping[str, tuple[str, ...]]
    is_quick: bool = False

    def frame(self, study: str, arm: str | None = None) -> pd.DataFrame:
        """The runs of a study, of one arm when it is named.

        Raises:
            KeyError: the study was not run, or has no such arm.
        """
        if study not in self.frames:
            raise KeyError(f"study {study!r} was not run")
        frame = self.frames[study]
        if arm is None:
            return frame
        chosen = frame[frame["arm"] == arm]
        if chosen.empty:
            raise KeyError(f"study {study!r} has no runs in arm {arm!r}")
        return chosen

    def mean(self, study: str, output: str, arm: str | None = None) -> Effect:
        """Mean of an output with the t interval; runs without a value are left out."""
        return mean_effect(
            self.frame(study, arm)[output].to_numpy(dtype=np.float64, na_value=np.nan)
        )

    def share(self, study: str, output: str, arm: str | None = None) -> Effect:
        """Share of runs in which an output is true, with Wilson's interval."""
        return share_effect(
            self.frame(study, arm)[output].to_numpy(dtype=np.float64, na_value=np.nan)
        )

    def difference(self, study: str, output: str, arm: str, base: str) -> Effect:
        """Mean paired difference between two arms: same point and seed in both."""
        keys = ["point", "replicate"]
        one, two = (
            self.frame(study, name).set_index(keys)[output].astype("float64")
            for name in (arm, base)
        )
        return mean_effect((one - two).tolist())

"""What the studies gave, as the functions that answer claims read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from runs.twin_effects import Effect, mean_effect, share_effect, wilson

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
        """Mean of an output with the t interval; runs without a value are left out.

        Where points have several seeds, the points are the units.
        """
        frame = self.frame(study, arm)
        values = frame[output].astype("float64")
        if _has_several(frame):
            values = values.groupby(frame["point"]).mean()
        return mean_effect(values.tolist())

    def share(self, study: str, output: str, arm: str | None = None) -> Effect:
        """Share of runs in which an output is true, with Wilson's interval.

        Where points have several seeds, runs of one point are alike: the interval is that of the
        effective number of runs (Kish 1965), n / (1 + (seeds - 1) * correlation within a point).
        """
        frame = self.frame(study, arm)
        values = frame[output].astype("float64")
        plain = share_effect(values.tolist())
        if not _has_several(frame) or plain.n == 0:
            return plain
        from runs.claims.uncertainty import by_point, parameter_share

        table = by_point(frame, output)
        alike = parameter_share(table) if len(table) > 1 else 1.0
        alike = 1.0 if isnan(alike) else alike
        return wilson(plain.mean, plain.n, plain.n / (1 + (table.shape[1] - 1) * alike))

    def difference(self, study: str, output: str, arm: str, base: str) -> Effect:
        """Mean paired difference between two arms: same point and seed in both.

        Where points have several seeds, the points are the units.
        """
        keys = ["point", "replicate"]
        one, two = (
            self.frame(study, name).set_index(keys)[output].astype("float64")
            for name in (arm, base)
        )
        gap = one - two
        if _has_several(self.frame(study, arm)):
            gap = gap.groupby(level="point").mean()
        return mean_effect(gap.tolist())

    def excess(self, study: str, output: str) -> Effect:
        """Mean of an output of twins less the same in the twin without the intervention.

        Both are yes or no in each pair; where points have several seeds, the points are the units.
        """
        frame = self.frame(study)
        with_it, without = (frame[name].astype("float64") for name in (output, f"{output}_without"))
        own = Results({study: frame.assign(**{output: with_it - without})}, {study: ()})
        return own.mean(study, output)


def _has_several(frame: pd.DataFrame) -> bool:
    """Whether there are several points, each with several seeds."""
    points = frame["point"].nunique()
    return 1 < points < len(frame)

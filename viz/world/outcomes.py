"""What comes of a world, one number per run, and what a change does to it over pairs of runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Literal

import numpy as np

from runs.twin_runs.results import Effect, mean_effect, paired_share_effect, share_effect
from viz.words import WORDS
from viz.world.ensembles import EVENTS, HELD, SEATS, Ensemble, Floats, Member, firm_names

if TYPE_CHECKING:
    import pandas as pd

    from market.parameters.world import MarketParameters
    from viz.world.ensembles import Comparison


BILLION = 1e9
GROUPS = ("chance", "building", "failures", "seats", "losses")
"""Groups of outcomes to choose from; their titles are ``effects-group-GROUP``."""
type Unit = Literal["runs", "firms", "bn", "percent"]
type Verdict = Literal["more", "less", "chance", "same", "few", "none"]
type Measure = Callable[[Ensemble], Floats]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number of each run.

    Attributes:
        key: its name. group: one of ``GROUPS``. title: its name in words.
        unit: "runs" (0 or 100 in a run: a share of the runs in %), "firms", "bn" USD, "percent".
        better: 1 when more of it is better for all, -1 when it is worse, 0 when that depends on
            who asks.
        measure: its value in each run of an ensemble; nan where a run has none.
    """

    key: str
    group: str
    title: str
    unit: Unit
    better: int
    measure: Measure

    @property
    def unit_words(self) -> str:
        """The unit, for a reader."""
        return WORDS(f"effects-unit-{self.unit}")

    @property
    def digits(self) -> int:
        """Decimals that are shown of a middling value."""
        return {"runs": 0, "firms": 2}.get(self.unit, 1)


def outcomes_of(parameters: MarketParameters) -> list[Outcome]:
    """All outcomes of a world, group by group."""
    names = firm_names(parameters)
    fails = [
        Outcome(f"fails:{key}", "failures", name, "runs", -1, partial(_fails, key))
        for key, name in names.items()
    ]
    seats = [
        Outcome(f"seats:{key}", "seats", names[key], "percent", 0, partial(_seats, key))
        for key in parameters.labs
    ]
    return [*_market(), *fails, *seats, *_sectors(parameters)]


def _market() -> list[Outcome]:
    def of(key: str, group: str, unit: Unit, better: int, measure: Measure) -> Outcome:
        return Outcome(key, group, WORDS(f"effects-outcome-{key}"), unit, better, measure)

    return [
        *(of(event, "chance", "runs", -(event != "cut"), _happened(event)) for event in EVENTS),
        of("defaults", "chance", "firms", -1, _of_series("defaults", _last, 1.0)),
        of("capex_sum", "building", "bn", 0, _of_series("capex_usd", _sum)),
        of("capex_peak", "building", "bn", 0, _of_series("capex_usd", _highest)),
        of("raised", "building", "bn", 0, _of_series("raised_usd", _sum)),
        of("cash_last", "building", "bn", 0, _of_series("labs_cash_usd", _last)),
        of("revenue_last", "building", "bn", 0, _of_series("labs_revenue_usd", _last)),
        of("debt_peak", "building", "bn", 0, _of_series("clouds_debt_usd", _highest)),
    ]


def _sectors(parameters: MarketParameters) -> list[Outcome]:
    """What each sector is worth at the end: less than without a change is a loss."""
    worth: dict[str, tuple[Unit, Measure]] = {
        "labs": ("bn", _of_series("labs_valuation_usd", _last)),
        "clouds": ("bn", _of_series("clouds_value_usd", _last)),
        "chipmakers": ("bn", _of_series("chipmakers_value_usd", _last)),
        "investors": ("bn", partial(_held, tuple(parameters.investors))),
        "bank": ("percent", _of_series("bank_capital_ratio", _last, 0.01)),
    }
    return [
        Outcome(f"worth:{name}", "losses", WORDS(f"effects-worth-{name}"), unit, 1, measure)
        for name, (unit, measure) in worth.items()
    ]


# --- measures


def _last(values: Floats) -> Floats:
    """Last value of each run that there is; nan without any."""
    found = np.full(len(values), np.nan)
    for number, row in enumerate(values):
        known = row[~np.isnan(row)]
        if len(known):
            found[number] = known[-1]
    return found


def _sum(values: Floats) -> Floats:
    total: Floats = np.nansum(values, axis=1)
    return total


def _highest(values: Floats) -> Floats:
    highest: Floats = np.nanmax(values, axis=1)
    return highest


def _of_series(name: str, way: Callable[[Floats], Floats], divisor: float = BILLION) -> Measure:
    return lambda ensemble: way(ensemble.values(name)) / divisor


def _happened(event: str) -> Measure:
    return lambda ensemble: np.array(
        [100.0 * (member.happened[event] is not None) for member in ensemble.members]
    )


def _of_members(value: Callable[[Member], float | None], ensemble: Ensemble) -> Floats:
    found = (value(member) for member in ensemble.members)
    return np.array([np.nan if each is None else each for each in found], dtype=np.float64)


def _fails(key: str, ensemble: Ensemble) -> Floats:
    is_there = key in ensemble.firms

    def value(member: Member) -> float | None:
        is_known = is_there and member.measured is not None
        return 100.0 * (key in member.failed) if is_known else None

    return _of_members(value, ensemble)


def _seats(key: str, ensemble: Ensemble) -> Floats:
    def value(member: Member) -> float | None:
        share = (member.measured or {}).get(f"{key}.{SEATS}")
        return None if share is None else 100.0 * share

    return _of_members(value, ensemble)


def _held(keys: Sequence[str], ensemble: Ensemble) -> Floats:
    def value(member: Member) -> float | None:
        held = [(member.measured or {}).get(f"{key}.{HELD}") for key in keys]
        known = [usd for usd in held if usd is not None]
        return sum(known) / BILLION if known else None

    return _of_members(value, ensemble)


# --- over pairs


def level(comparison: Comparison, outcome: Outcome, world: int) -> Effect:
    """Mean of an outcome in a world of a comparison, with its interval (Wilson's for shares)."""
    values = outcome.measure(comparison.measured[world])
    if outcome.unit != "runs":
        return mean_effect(values)
    return _in_percent(share_effect(values / 100))


def difference(comparison: Comparison, outcome: Outcome, world: int) -> Effect:
    """Mean difference of an outcome to the first world, over pairs with the same seed.

    Shares of runs have the interval of Agresti & Min (2005), other numbers that of Student.
    """
    base, other = (outcome.measure(comparison.measured[number]) for number in (0, world))
    gaps = other - base
    if outcome.unit != "runs":
        return mean_effect(gaps)
    return _in_percent(paired_share_effect(gaps / 100))


def _in_percent(share: Effect) -> Effect:
    return Effect(100 * share.mean, 100 * share.low, 100 * share.high, share.n)


MIN_PAIRS = 8
"""With fewer pairs nothing is said of a difference: an interval of so few is hardly one."""


def verdict(gap: Effect, is_same: bool) -> Verdict:
    """What a difference over pairs says.

    Args:
        gap: with its interval.
        is_same: whether no pair differs.

    Returns:
        "more" or "less" where the interval excludes zero, "chance" where it does not, "same" where
        no pair differs, "few" with too few pairs, "none" without a value.
    """
    if gap.n == 0 or isnan(gap.mean):
        return "none"
    if is_same:
        return "same"
    if gap.n < MIN_PAIRS:
        return "few"
    return "more" if gap.low > 0 else "less" if gap.high < 0 else "chance"


@dataclass(frozen=True, slots=True)
class PairEffect:
    """What a change does to an outcome.

    Attributes:
        outcome: what is measured.
        before, after: mean of the worlds without and with the change.
        gap: difference over the pairs.
        verdict: what the difference says.
        here: the difference between the twins of one seed; None where it is not known.
    """

    outcome: Outcome
    before: Effect
    after: Effect
    gap: Effect
    verdict: Verdict
    here: float | None = None

    @property
    def tone(self) -> str:
        """What it is for all, "good" or "bad", where the pairs leave no doubt; "" otherwise."""
        sign = {"more": 1, "less": -1}.get(self.verdict, 0) * self.outcome.better
        return "good" if sign > 0 else "bad" if sign < 0 else ""


def pair_effects(
    comparison: Comparison, here: tuple[Ensemble, Ensemble] | None = None
) -> list[PairEffect]:
    """What the second world of a comparison does to every outcome of the first.

    Args:
        comparison: the world before a change and the one after it, paired.
        here: the same two worlds in one seed.
    """
    found = []
    for outcome in outcomes_of(comparison.ensembles[0].parameters):
        effect = effect_of(comparison, outcome, 1)
        found.append(effect if here is None else replace(effect, here=_gap_here(outcome, here)))
    return found


def effect_of(comparison: Comparison, outcome: Outcome, world: int) -> PairEffect:
    """What a world of a comparison does to an outcome of the first."""
    base, other = (outcome.measure(comparison.measured[number]) for number in (0, world))
    gap = difference(comparison, outcome, world)
    is_same = bool((other == base)[~np.isnan(other - base)].all())
    first, second = (level(comparison, outcome, number) for number in (0, world))
    return PairEffect(outcome, first, second, gap, verdict(gap, is_same))


def _gap_here(outcome: Outcome, twins: tuple[Ensemble, Ensemble]) -> float | None:
    base, other = (float(outcome.measure(each)[0]) for each in twins)
    return None if isnan(other - base) else other - base


def effects_frame(effects: Sequence[PairEffect]) -> pd.DataFrame:
    """One row per outcome: group, outcome, unit, before, after, difference, low, high, pairs."""
    import pandas as pd

    rows = [
        {
            "group": each.outcome.group,
            "outcome": each.outcome.key,
            "name": each.outcome.title,
            "unit": each.outcome.unit_words,
            "before": each.before.mean,
            "after": each.after.mean,
            "difference": each.gap.mean,
            "low": each.gap.low,
            "high": each.gap.high,
            "pairs": each.gap.n,
            "verdict": each.verdict,
            "in_this_seed": each.here,
        }
        for each in effects
    ]
    return pd.DataFrame(rows)

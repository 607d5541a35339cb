"""Paired twins: one state, one intervention, the same random numbers, and the difference.

A world runs to a quarter and is copied; the copy gets one intervention; both go on. Every draw is
keyed by agent, purpose and quarter (``market.random_streams``), so the twins share all that exists
in both, and they differ by the intervention and what follows from it, by nothing else.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from market.parameters.world import MarketParameters
from runs.own_model import ModelLike, class_of
from runs.twin_runs.interventions import Intervention, target_of
from runs.twin_runs.measures import failure_effects, order_of_failures

if TYPE_CHECKING:
    from market.model import MarketModel

type When = int | Before | Callable[[MarketModel], bool]


@dataclass(frozen=True, slots=True)
class Before:
    """A time before the first event of a kind, found by running the world once without twins.

    Attributes:
        event: kind of the event, see ``market.events.KINDS``.
        quarters: the twins part this many quarters before that of the event.
    """

    event: str
    quarters: int = 2


@dataclass(frozen=True)
class Pair:
    """Two finished twins.

    Attributes:
        base: without the intervention. shocked: with it.
        since: quarter in which they parted, the first that can differ.
        struck: key of the firm that was struck; None for no single firm.
    """

    base: MarketModel
    shocked: MarketModel
    since: int
    struck: str | None = None


def measure_failure(pair: Pair) -> dict[str, float]:
    """``failure_effects`` of a pair."""
    return failure_effects(pair.base, pair.shocked, since=pair.since, struck=pair.struck)


@dataclass(frozen=True)
class TwinPlan:
    """What is done for each seed; can be pickled when the intervention can.

    Attributes:
        world: the world of both twins.
        intervention: what is done to one of them.
        when: the quarter in which they part, a time before an event, or a test that is asked at
            the start of each quarter and says when.
        quarters_after: how many quarters they run from there.
        outputs: names of ``runs.single_run.outcomes`` that are measured over each twin's whole run.
        measure: numbers of a pair, the criteria C1 to C7 by default.
        model_class: what both twins are; None for ``MarketModel``.
    """

    world: MarketParameters
    intervention: Intervention
    when: When
    quarters_after: int = 12
    outputs: tuple[str, ...] = ()
    measure: Callable[[Pair], Mapping[str, float]] = measure_failure
    model_class: ModelLike = None


@dataclass(frozen=True)
class TwinRun:
    """What came of one seed.

    Attributes:
        seed: root of the random streams of both twins.
        since: quarter in which they parted; None when its time never came.
        effects: numbers of the pair.
        base, shocked: the outputs of each twin, and each quarter's indicators since they parted.
        failures, failures_without: (quarter, key) of who failed since, in order.
    """

    seed: int
    since: int | None
    effects: dict[str, float] = field(default_factory=dict)
    base: dict[str, Any] = field(default_factory=dict)
    shocked: dict[str, Any] = field(default_factory=dict)
    base_series: dict[str, list[float | None]] = field(default_factory=dict)
    shocked_series: dict[str, list[float | None]] = field(default_factory=dict)
    failures: tuple[tuple[int, str], ...] = ()
    failures_without: tuple[tuple[int, str], ...] = ()


def clone(model: MarketModel) -> MarketModel:
    """A copy of a model in its present state that goes on as the model itself would."""
    return copy.deepcopy(model)


def twin_pair(plan: TwinPlan, seed: int) -> Pair | None:
    """Run one pair of twins to its end.

    Returns:
        Both models; None when the time to part never came within the scenario's quarters.

    Raises:
        ValueError: the intervention is not valid in this world.
    """
    base = state_at(plan.world, plan.when, seed, plan.model_class)
    if base is None:
        return None
    since = base.quarter
    shocked = clone(base)
    plan.intervention(shocked)
    for model in (base, shocked):
        model.run(plan.quarters_after)
    return Pair(base, shocked, since, target_of(plan.intervention))


def state_at(
    world: MarketParameters, when: When, seed: int, model_class: ModelLike = None
) -> MarketModel | None:
    """A world at the start of the quarter that ``when`` tells; None when it never comes."""
    make = class_of(model_class)
    if isinstance(when, Before):
        events = make(world, seed=seed).run().events.select(when.event)
        if not events or events[0].quarter < when.quarters:
            return None
        when = events[0].quarter - when.quarters
    model = make(world, seed=seed)
    if isinstance(when, int):
        return model.run(when)
    if when(model) or any(when(model) for _ in model.each_quarter()):
        return model
    return None


def run_twins(plan: TwinPlan, seed: int) -> TwinRun:
    """Run and measure one pair of twins."""
    from runs.single_run.outcomes import measure
    from runs.sweep.one_run import model_series

    pair = twin_pair(plan, seed)
    if pair is None:
        return TwinRun(seed, None)
    since = pair.since
    return TwinRun(
        seed,
        since,
        effects=dict(plan.measure(pair)),
        base=dict(measure(pair.base, plan.outputs)),
        shocked=dict(measure(pair.shocked, plan.outputs)),
        base_series=_after(since, model_series(pair.base)),
        shocked_series=_after(since, model_series(pair.shocked)),
        failures=tuple(order_of_failures(pair.shocked, since)),
        failures_without=tuple(order_of_failures(pair.base, since)),
    )


def _after(since: int, series: Mapping[str, list[float | None]]) -> dict[str, list[float | None]]:
    return {name: values[since:] for name, values in series.items()}

"""Who pays for one event: the world with it less the same world without it, in the same chances.

Both twins lose; the difference is what the event does. In it contagion may be below zero: who
fails anyway, and later or cheaper with the event, counts so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from market.books.losses import changes_of_value, less, standing
from market.phases.averting import avert, reason_against
from runs.single_run.losses import SPREAD, By, Losses, by_channel, channels_of, name_of
from runs.twin_runs.pairs import clone

if TYPE_CHECKING:
    from market.events import Event
    from market.model import MarketModel
    from runs.twin_runs.pairs import Pair


def loss_effect(pair: Pair, what: str) -> Losses:
    """What an intervention costs, and whom: the struck twin less the other one.

    Args:
        pair: two finished twins.
        what: the intervention, as a clause: "the failure of Thin cloud in 2027Q1".
    """
    struck = None if pair.struck is None else pair.base.institution(pair.struck).name
    return _effect(pair.base, pair.shocked, pair.since, struck, what)


def event_effect(model: MarketModel, event: Event, quarters: int) -> Losses:
    """What an event of a run costs, and whom: the run less its twin without the event.

    The world runs anew to the quarter of the event and is copied; in the copy the event is kept
    from happening (``market.phases.averting``). A freeze of funding is measured, not done: there
    the failed rounds that made it are kept from happening, and the first of them is where the
    twins part.

    Args:
        model: a run that has passed the event, from its scenario and seed on.
        event: one of its events.
        quarters: how many quarters count, from that of the event on.

    Raises:
        ValueError: no twin without such an event can be made, or the run cannot be done again.
    """
    causes = _to_avert(model, event)
    since = causes[0].quarter
    again = type(model)(model.parameters, seed=model.streams.seed)
    if "phases" in vars(model):  # phases of this one model
        again.phases = model.phases
    twin = clone(again.run(since))
    for cause in causes:
        twin.run(cause.quarter - twin.quarter)
        avert(twin, cause)
    for each in (again, twin):
        each.run(event.quarter + quarters - each.quarter)
    if event.id >= len(again.events) or again.events[event.id] != event:
        raise ValueError("the same scenario and seed give another run up to this event")
    struck = event.agent if event.kind == "default" else None
    what = name_of(event, again.events.label(event.quarter))
    return _effect(twin, again, since, struck, what)


def _to_avert(model: MarketModel, event: Event) -> list[Event]:
    """The event, or what made it where that is all that can be averted, in order."""
    reason = reason_against(model, event)
    if not reason:
        return [event]
    causes = [model.events[number] for number in sorted(event.causes)]
    found = [cause for cause in causes if not reason_against(model, cause)]
    if event.kind != "funding freeze" or not found:
        raise ValueError(reason)
    return found


def _effect(
    base: MarketModel, shocked: MarketModel, since: int, struck: str | None, what: str
) -> Losses:
    last = min(base.quarter, shocked.quarter) - 1
    with_it, without = (
        changes_of_value(
            each.ledger, since, last, by_channel(channels_of(each.events, since, struck))
        )
        for each in (shocked, base)
    )
    label = shocked.events.label(last)
    how = f"less the twin without it, up to {label}"
    return Losses(what, how, less(with_it, without), standing(base.ledger, since))


def mean_table(losses: Sequence[Losses], by: By = "sector") -> pd.DataFrame:
    """Means over pairs of twins, and two standard errors of what each bears.

    Args:
        losses: of the pairs.
        by: a row per sector or per party.

    Returns:
        Columns: those of ``Losses.table``, and ``SPREAD`` (nan for one pair).
    """
    tables = [each.table(by).set_index(by) for each in losses]
    every = pd.concat(tables, keys=range(len(tables)), names=["pair"])
    order = list(dict.fromkeys(name for table in tables for name in table.index))
    groups = every.groupby(by)
    means = groups.mean().loc[order]
    means[SPREAD] = 2 * groups["borne_usd"].sem().loc[order]
    return means.reset_index()

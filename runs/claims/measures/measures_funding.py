"""What claims about funding measure: rounds of one lab, and when money is refused."""

from __future__ import annotations

from itertools import pairwise
from math import nan
from typing import TYPE_CHECKING

from runs.claims.measures import measure

if TYPE_CHECKING:
    from market.model import MarketModel

QUARTERS_A_YEAR = 4


@measure
def rounds_a_year(model: MarketModel, lab: str) -> float:
    """Rounds that a lab asked for, failed ones included, per year until it fails or the end."""
    asked = sum(1 for row in model.rounds if row[1] == lab)
    firm = model.labs[lab]
    ends = model.events.select("default", firm.name)
    quarters = ends[0].quarter + 1 if ends else model.quarter
    return QUARTERS_A_YEAR * asked / quarters


@measure
def up_rounds(model: MarketModel, lab: str) -> float:
    """Part of a lab's closed rounds that value it higher than its closed round before."""
    values = _round_values(model, lab)
    if len(values) < 2:
        return nan
    pairs = pairwise(values)
    return sum(1 for before, after in pairs if after > before) / (len(values) - 1)


def _round_values(model: MarketModel, lab: str) -> list[float]:
    """Value of a lab at the end of each quarter in which it closed a round, USD."""
    firm = model.labs[lab]
    collector = model.datacollector
    series = collector.get_agenttype_vars_dataframe(type(firm))["valuation_usd"]
    own = series.xs(firm.unique_id, level="AgentID").tolist()
    return [float(own[event.quarter]) for event in model.events.select("round", firm.name)]


@measure
def first_refused_quarter(model: MarketModel, lab: str) -> float:
    """Quarter in which a lab is first refused a round; nan when it never is."""
    refused = model.events.select("failed round", model.labs[lab].name)
    return float(refused[0].quarter) if refused else nan


@measure
def first_scarce_quarter(model: MarketModel, lab: str) -> float:
    """Quarter in which a lab first asks for more than all investors could pledge; nan if never."""
    scarce = [row[0] for row in model.rounds if row[1] == lab and row[2] > 1]
    return float(scarce[0]) if scarce else nan


@measure
def is_refused(model: MarketModel, lab: str) -> float:
    """1 when a lab is refused a round at least once, else 0."""
    return float(bool(model.events.select("failed round", model.labs[lab].name)))


@measure
def first_refused_usd(model: MarketModel, lab: str) -> float:
    """What a lab asked for in the first round that it was refused, USD; nan without one."""
    refused = model.events.select("failed round", model.labs[lab].name)
    return refused[0].size if refused else nan


@measure
def raised_before_refusal_usd(model: MarketModel, lab: str) -> float:
    """What a lab raised in rounds before the first refusal, or in the whole run, USD."""
    name = model.labs[lab].name
    refused = model.events.select("failed round", name)
    last = refused[0].quarter if refused else model.quarter
    return sum(e.size for e in model.events.select("round", name) if e.quarter < last)


@measure
def largest_hardness(model: MarketModel, lab: str) -> float:
    """Largest part of the investors' pledges that a round of a lab would have needed.

    1 is all that every investor is ready to put in; nan when the lab asked for no round.
    """
    found = [row[2] for row in model.rounds if row[1] == lab]
    return max(found) if found else nan

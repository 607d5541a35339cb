"""What claims about failures, shocks and funding measure."""

from __future__ import annotations

from itertools import pairwise
from math import isnan, nan
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from runs.claims.measures import measure, pair_measure
from runs.twin_runs.measures import order_of_failures

if TYPE_CHECKING:
    import pandas as pd

    from agents.institution import Institution
    from market.model import MarketModel
    from runs.twin_runs.pairs import Pair


QUARTERS_A_YEAR = 4


def time_of_failure(model: MarketModel, firm: str, since: int = 0) -> float:
    """Quarter of a firm's failure, from the start; nan when it does not fail from ``since`` on."""
    model.institution(firm)
    found = (quarter for quarter, key in order_of_failures(model, since) if key == firm)
    return float(next(found, nan))


@measure
def default_quarter(model: MarketModel, firm: str) -> float:
    """Quarter in which a firm fails; nan when it never does."""
    return time_of_failure(model, firm)


@pair_measure
def quarters_to(pair: Pair, firm: str) -> float:
    """Quarters from the parting to a firm's failure, with the intervention; nan for none."""
    return time_of_failure(pair.shocked, firm, pair.since) - pair.since


@pair_measure
def fails(pair: Pair, firm: str) -> float:
    """1 when a firm fails after the parting, with the intervention, else 0."""
    return float(time_of_failure(pair.shocked, firm, pair.since) >= pair.since)


@pair_measure
def fails_without(pair: Pair, firm: str) -> float:
    """1 when a firm fails after the parting in the other twin, else 0."""
    return float(time_of_failure(pair.base, firm, pair.since) >= pair.since)


def _value(firm: Institution) -> float:
    """Market value, USD, or assets less debts of a firm without shares; nothing after a failure.

    What a fund owes its savers is no debt here: a fund's losses are theirs.
    """
    if firm.is_defaulted:
        return 0.0
    fund_shares = firm.market.ledger.liabilities(firm.party, "fund shares") / 100
    return firm.market_value_usd() or firm.net_worth_usd + fund_shares


@pair_measure
def value_loss(pair: Pair, firm: str) -> float:
    """Part of its value at the end that a firm lost to the intervention; 1 when it fails.

    Market value of firms with shares, assets less debts of the others; nan where there is none
    without the intervention.
    """
    without, with_it = (_value(model.institution(firm)) for model in (pair.base, pair.shocked))
    return 1 - with_it / without if without > 0 else nan


@pair_measure
def debt_years(pair: Pair, cloud: str) -> float:
    """A cloud's debt at the start in years of its cash flow then; nan without cash flow."""
    own = pair.base.clouds[cloud].stated
    yearly = QUARTERS_A_YEAR * own.operating_cash_flow_usd
    return own.debt_usd / yearly if yearly > 0 else nan


@pair_measure
def promised_share(pair: Pair, lab: str, cloud: str) -> float:
    """Part of what customers have promised a cloud that a lab has promised.

    Contracts that the scenario states, those announced for later included, and the cloud's other
    RPO at the start.
    """
    parameters = pair.base.parameters
    contracts = [each for each in parameters.compute_contracts.values() if each.cloud == cloud]
    own = sum(each.total_usd for each in contracts if each.lab == lab)
    total = sum(each.total_usd for each in contracts) + parameters.clouds[cloud].other_rpo_usd
    return own / total if total > 0 else nan


@pair_measure
def bank_ratio_at_start(pair: Pair) -> float:
    """The banks' capital over assets in the quarter before the twins part."""
    return float(pair.base.datacollector.model_vars["bank_capital_ratio"][pair.since - 1])


@pair_measure
def lowest_bank_ratio(pair: Pair) -> float:
    """Lowest capital over assets of the banks after the parting, with the intervention."""
    return float(min(pair.shocked.datacollector.model_vars["bank_capital_ratio"][pair.since :]))


# --- what claims about shocks measure


_FRAMES: WeakKeyDictionary[Any, dict[tuple[type, int], pd.DataFrame]] = WeakKeyDictionary()
"""Tables of firms of finished models: a model and a quarter have many measures."""


@pair_measure
def impulse(pair: Pair, indicator: str, quarter: str) -> float:
    """What the intervention changed in an indicator, as a part of its value without.

    Args:
        pair: finished twins.
        indicator: of the whole market ("capex_usd") or of a firm ("KEY.value_usd").
        quarter: counted from the parting, "0" is the first that can differ.

    Returns:
        With over without, less one; nan where there is no value, or none above zero without.
    """
    number = pair.since + int(quarter)
    base, shocked = (_value_at(model, indicator, number) for model in (pair.base, pair.shocked))
    return shocked / base - 1 if base > 0 else nan


def _value_at(model: MarketModel, indicator: str, quarter: int) -> float:
    key, dot, name = indicator.partition(".")
    if quarter >= model.quarter:
        return nan
    if not dot:
        value = model.datacollector.model_vars[indicator][quarter]
        return nan if value is None else float(value)
    firm = model.institution(key)
    frames = _FRAMES.setdefault(model, {})
    if (type(firm), model.quarter) not in frames:
        frame = model.datacollector.get_agenttype_vars_dataframe(type(firm))
        frames[type(firm), model.quarter] = frame
    rows = frames[type(firm), model.quarter][name].xs(firm.unique_id, level="AgentID")
    return float(rows.get(quarter + 1, nan))


@pair_measure
def entrant_share(pair: Pair, lab: str) -> float:
    """Part of the enterprise seats that a lab has at the end, with the intervention."""
    share = float(pair.shocked.labs[lab].seat_share)
    return 0.0 if isnan(share) else share


@pair_measure
def gap_at(pair: Pair, indicator: str, quarter: str) -> float:
    """Part of an indicator that is missing in a quarter after the parting; see ``impulse``."""
    return -impulse(pair, indicator, quarter)


@pair_measure
def gap(pair: Pair, indicator: str) -> float:
    """Part of the sum of an indicator since the parting that is missing; nan for none without."""
    sums = []
    for model in (pair.base, pair.shocked):
        values = (_value_at(model, indicator, q) for q in range(pair.since, model.quarter))
        sums.append(sum(value for value in values if not isnan(value)))
    return 1 - sums[1] / sums[0] if sums[0] > 0 else nan


# --- what claims about funding measure


@measure
def rounds_a_year(model: MarketModel, lab: str) -> float:
    """Rounds that a lab asked for, failed ones included, per year until it fails or the end."""
    asked = sum(1 for held in model.rounds if held.lab == lab)
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
    scarce = [held.quarter for held in model.rounds if held.lab == lab and held.hardness > 1]
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
    found = [held.hardness for held in model.rounds if held.lab == lab]
    return max(found) if found else nan

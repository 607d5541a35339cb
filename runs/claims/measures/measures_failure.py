"""What claims about failures measure: who fails when, and what it costs each of the others."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from runs.claims.measures import measure, pair_measure
from runs.twin_runs.measures import order_of_failures

if TYPE_CHECKING:
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
    own = pair.base.clouds[cloud].own
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

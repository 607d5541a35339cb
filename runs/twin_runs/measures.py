"""What a failure does to the others: the criteria C1 to C7, measured on two finished twins.

All are pure functions of a world without and a world with an intervention, over the quarters from
the intervention to the end of the runs. The firm that is struck never counts itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from agents.cloud_provider import CloudProvider
    from agents.institution import Institution
    from market.model import MarketModel

YEARS_OF_CASH_FLOW = 2.0
"""A cloud whose opening debt is over this many years of its cash flow is debt-funded."""
MANY = 0.05
"""Part of the institutions whose failure is more than single failures (criterion C6)."""


@dataclass(frozen=True, slots=True)
class FailureEffect:
    """One measured effect.

    Attributes:
        name: key in what ``failure_effects`` returns.
        kind: "share" is 0 or 1 in one pair of twins, its mean a share of pairs; "mean" any number.
        unit: unit of the value.
        meaning: what it is, in a sentence.
        criterion: "C1" to "C7" where it is one of those.
    """

    name: str
    kind: Literal["share", "mean"]
    unit: str
    meaning: str
    criterion: str = ""


def _yes(name: str, meaning: str, criterion: str = "") -> tuple[FailureEffect, FailureEffect]:
    return (
        FailureEffect(name, "share", "1", f"Whether {meaning}.", criterion),
        FailureEffect(f"{name}_without", "share", "1", f"Whether {meaning}, in the other twin."),
    )


def _number(name: str, unit: str, meaning: str, criterion: str = "") -> FailureEffect:
    return FailureEffect(name, "mean", unit, meaning, criterion)


_FAILURES = (
    *_yes("struck_firm_fails", "the firm that is struck fails"),
    *_yes("chipmaker_fails", "a chipmaker fails", "C1"),
    *_yes("cloud_fails", "a cloud fails", "C2"),
    *_yes("self_funded_cloud_fails", "a cloud fails that lives on its cash flow"),
    *_yes("debt_funded_cloud_fails", "a cloud fails that lives on debt"),
    *_yes("many_fail", "more than 5% of the other institutions fail", "C6"),
    *_yes("bank_under_floor", "the bank's capital falls under its floor", "C7"),
    *_yes("bank_broke", "the bank owes more than it has"),
    *_yes("cloud_cuts", "a cloud cuts its CapEx"),
    *_yes("funding_freezes", "funding freezes"),
)
_NUMBERS = (
    _number("quarters_to_failure", "quarters", "Time until the firm that is struck fails."),
    _number("failed_share", "1", "Part of the other institutions that fail."),
    _number("failed_share_without", "1", "The same in the other twin."),
    _number("capex_gap", "1", "Part of CapEx that is missing, all quarters together.", "C3"),
    _number("chip_revenue_gap", "1", "Part of chip revenue that is missing."),
    _number("market_value_loss", "1", "Part of the clouds' and chipmakers' value lost.", "C4"),
    _number("clouds_value_loss", "1", "Part of the clouds' market value lost at the end."),
    _number("chipmakers_value_loss", "1", "Part of the chipmakers' market value lost at the end."),
    _number("equity_loss", "1", "Part of the others' and the bank's equity lost at the end.", "C4"),
    _number("net_worth_loss", "1", "Part of the others' and the bank's net worth lost.", "C4"),
    _number("bank_capital_loss", "1", "Part of the bank's capital lost at the end."),
    _number("direct_loss_usd", "USD", "Claims on the struck firm before it is struck."),
    _number("total_loss_usd", "USD", "Equity that the others and the bank lost at the end."),
    _number("total_over_direct", "1", "Total over direct loss; empty without claims.", "C5"),
)
EFFECTS: dict[str, FailureEffect] = {each.name: each for each in (*_FAILURES, *_NUMBERS)}
"""What ``failure_effects`` measures, by name. Gaps and losses are above zero when it hurts."""


def failure_effects(
    base: MarketModel, shocked: MarketModel, *, since: int, struck: str | None = None
) -> dict[str, float]:
    """What an intervention did to the others, by the names of ``EFFECTS``.

    Args:
        base: the twin without intervention, at its end.
        shocked: the twin with it, at the same quarter.
        since: quarter in which the intervention came, the first that counts.
        struck: key of the firm that was struck; None when no single firm was.

    Returns:
        One number per name; nan where there is none.

    Raises:
        ValueError: the twins stand at different quarters, or none has passed since.
    """
    if base.quarter != shocked.quarter or base.quarter <= since:
        raise ValueError(
            f"twins must stand at one quarter after {since}, not {base.quarter} and "
            f"{shocked.quarter}"
        )
    found = _failures(shocked, since, struck)
    found |= {f"{key}_without": value for key, value in _failures(base, since, struck).items()}
    found["quarters_to_failure"] = _time_of_failure(shocked, since, struck)
    found["capex_gap"] = _gap(base, shocked, "capex_usd", since)
    found["chip_revenue_gap"] = _gap(base, shocked, "chip_revenue_usd", since)
    found |= _value_losses(base, shocked) | _equity_losses(base, shocked, since, struck)
    return {name: found[name] for name in EFFECTS}


def is_debt_funded(cloud: CloudProvider) -> bool:
    """Whether a cloud's debt at the start was over two years of its cash flow then."""
    own = cloud.stated
    return own.debt_usd > YEARS_OF_CASH_FLOW * 4 * max(own.operating_cash_flow_usd, 0.0)


def order_of_failures(model: MarketModel, since: int = 0) -> list[tuple[int, str]]:
    """Who failed from a quarter on: (quarter, company key), in the order of the failures."""
    keys = {firm.name: firm.key for firm in model.institutions()}
    events = model.events.select("default")
    return [(e.quarter, keys[e.agent]) for e in events if e.quarter >= since]


def _failures(model: MarketModel, since: int, struck: str | None) -> dict[str, float]:
    failed = [key for _, key in order_of_failures(model, since)]
    others = [key for key in failed if key != struck]
    clouds = [model.clouds[key] for key in others if key in model.clouds]
    by_debt = [is_debt_funded(cloud) for cloud in clouds]
    alive = _alive_at(model, since, struck)
    share = len(others) / len(alive) if alive else 0.0
    ratios = model.datacollector.model_vars["bank_capital_ratio"][since:]
    floor = model.parameters.bank.capital_floor
    happened = {
        "struck_firm_fails": struck in failed,
        "chipmaker_fails": any(key in model.chipmakers for key in others),
        "cloud_fails": bool(clouds),
        "self_funded_cloud_fails": not all(by_debt),
        "debt_funded_cloud_fails": any(by_debt),
        "many_fail": share > MANY,
        "bank_under_floor": min(ratios) < floor,
        "bank_broke": min(ratios) < 0,
        "cloud_cuts": any(e.quarter >= since for e in model.events.select("capex cut")),
        "funding_freezes": any(e.quarter >= since for e in model.events.select("funding freeze")),
    }
    return {**{key: float(value) for key, value in happened.items()}, "failed_share": share}


def _alive_at(model: MarketModel, since: int, struck: str | None) -> list[Institution]:
    """Other institutions that had not failed before a quarter."""
    gone = {key: quarter for quarter, key in order_of_failures(model)}
    return [
        firm
        for firm in model.institutions()
        if firm.key != struck and gone.get(firm.key, since) >= since
    ]


def _time_of_failure(model: MarketModel, since: int, struck: str | None) -> float:
    times = (quarter - since for quarter, key in order_of_failures(model, since) if key == struck)
    return float(next(times, nan))


def _gap(base: MarketModel, shocked: MarketModel, indicator: str, since: int) -> float:
    """Part of an indicator's sum since a quarter that is missing."""
    without = sum(base.datacollector.model_vars[indicator][since:])
    return _lost(without, sum(shocked.datacollector.model_vars[indicator][since:]))


def _lost(without: float, with_it: float) -> float:
    return 1 - with_it / without if without > 0 else nan


def _value_losses(base: MarketModel, shocked: MarketModel) -> dict[str, float]:
    makers = [_value(each.active_chipmakers) for each in (base, shocked)]
    clouds = [_value(each.active_clouds) for each in (base, shocked)]
    return {
        "market_value_loss": _lost(makers[0] + clouds[0], makers[1] + clouds[1]),
        "clouds_value_loss": _lost(clouds[0], clouds[1]),
        "chipmakers_value_loss": _lost(makers[0], makers[1]),
    }


def _value(firms: Iterable[Institution]) -> float:
    return sum(firm.market_value_usd() for firm in firms)


def _net_worth(firm: Institution) -> float:
    """Assets less debts, USD: what is owed to owners (own shares, fund shares) is no debt."""
    ledger, party = firm.market.ledger, firm.party
    owned = ("private equity", "listed equity", "fund shares")
    return (ledger.net_worth(party) + sum(ledger.liabilities(party, each) for each in owned)) / 100


def _equity_losses(
    base: MarketModel, shocked: MarketModel, since: int, struck: str | None
) -> dict[str, float]:
    """Equity that the others and the bank lost, and what they had lent to the struck firm."""
    from market.networks.payments import claims_between, equity_of

    last = range(base.quarter - 1, base.quarter)
    nodes = [firm.party for firm in base.institutions() if firm.key != struck]
    nodes += [base.lender, base.ledger.bank]
    before, after = (equity_of(each.ledger, last)[0, nodes] / 100 for each in (base, shocked))
    lost = float(before.sum() - after.sum())
    direct = nan
    if struck is not None:
        first = max(0, since - 1)
        claims = claims_between(base.ledger, range(first, first + 1))[0]
        direct = float(claims[np.array(nodes), base.institution(struck).party].sum()) / 100
    bank = [each.bank.capital_usd() + each.lending_bank.capital_usd() for each in (base, shocked)]
    worth = [
        own + sum(_net_worth(f) for f in model.institutions() if f.key != struck)
        for own, model in zip(bank, (base, shocked), strict=True)
    ]
    return {
        "net_worth_loss": _lost(*worth),
        "equity_loss": _lost(float(before.sum()), float(after.sum())),
        "bank_capital_loss": _lost(*bank),
        "direct_loss_usd": direct,
        "total_loss_usd": lost,
        "total_over_direct": lost / direct if direct > 0 else nan,
    }

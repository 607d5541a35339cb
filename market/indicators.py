"""What is measured each quarter: a registry with units, and the collector built from it.

A new indicator is one function and one line here; one of your own, ``model.add_indicator``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from mesa.datacollection import DataCollector

from market.units import some_money

if TYPE_CHECKING:
    from agents.institution import Institution
    from agents.private_firm import PrivateFirm
    from market.model import MarketModel


BILLION = 1e9


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measured series.

    Attributes:
        name: column name, with its unit where it has one.
        unit: unit of the values.
        meaning: what it is, in a sentence.
        measure: function of the model (or of an agent) that gives the value.
    """

    name: str
    unit: str
    meaning: str
    measure: Callable[[Any], Any]


def private_firms(model: MarketModel) -> list[PrivateFirm]:
    """Labs and cohorts of start-ups, failed ones included."""
    return [*model.labs.values(), *model.startups.values()]


def _sum(items: Any, value: Callable[[Any], float]) -> float:
    return float(sum([value(item) for item in items]))


def capex_usd(model: MarketModel) -> float:
    """CapEx of all clouds in the quarter, USD."""
    return _sum(model.active_clouds, lambda c: c.capex_usd)


def chip_revenue_usd(model: MarketModel) -> float:
    """Revenue of all chipmakers from chips in the quarter, USD."""
    return _sum(model.active_chipmakers, lambda c: c.revenue_usd)


def chip_revenue_over_capex(model: MarketModel) -> float:
    """Chip revenue over CapEx of the clouds and the other large buyer, as analysts compute it.

    CapEx of buyers outside the model moves with the clouds' CapEx from its stated start.
    """
    first = sum(cloud.stated.capex_usd for cloud in model.clouds.values())
    capex = capex_usd(model)
    others = model.parameters.compute.other_buyers_capex_usd
    total = capex + (others * capex / first if first > 0 else 0.0)
    return chip_revenue_usd(model) / total if total > 0 else 0.0


def new_site_chip_share(model: MarketModel) -> float:
    """Chips for new AI sites over all CapEx for them; 0 while nobody builds."""
    capex = _sum(model.active_clouds, lambda c: c.site_capex_usd)
    chips = _sum(model.active_clouds, lambda c: c.site_chips_usd)
    return chips / capex if capex > 0 else 0.0


def utilisation(model: MarketModel) -> float:
    """Compute sold over compute in service, all clouds."""
    capacity = _sum(model.serving_clouds, lambda c: c.capacity_cu)
    sold = _sum(model.serving_labs, lambda lab: lab.delivered_cu) + _sum(
        model.serving_clouds, lambda c: c.sold_cu
    )
    return sold / capacity if capacity > 0 else 0.0


def rpo_usd(model: MarketModel) -> float:
    """RPO of all clouds, USD."""
    book = model.contracts
    return _sum(model.clouds, lambda k: book.rpo_usd(cloud=k) + book.other_rpo_usd(k))


def commitments_over_revenue(model: MarketModel) -> float:
    """Labs' RPO over their yearly revenue."""
    book = model.contracts
    owed = _sum(model.active_labs, lambda lab: book.rpo_usd(lab=lab.key))
    earned = 4 * _sum(model.active_labs, lambda lab: lab.revenue_usd)
    return owed / earned if earned > 0 else 0.0


def raised_ratio(model: MarketModel) -> float:
    """Raised over needed by labs and start-ups; nan when they need next to nothing.

    Want that was given up counts, a round that closed in part with what it raised.
    """
    return _raised_over_needed(model, private_firms(model))


def labs_raised_ratio(model: MarketModel) -> float:
    """Raised over needed by labs alone."""
    return _raised_over_needed(model, list(model.labs.values()))


def _raised_over_needed(model: MarketModel, firms: Sequence[PrivateFirm]) -> float:
    needed = _sum(firms, lambda f: f.needed_usd)
    worth = _sum(firms, lambda f: f.valuation_usd)
    if needed <= 0 or needed < model.parameters.funding.freeze_least_share * worth:
        return float("nan")
    return _sum(firms, lambda f: min(f.round_usd, f.needed_usd)) / needed


def dry_powder_usd(model: MarketModel) -> float:
    """Money that investors could put into rounds, USD."""
    can_borrow = model.bank.can_lend
    return _sum(model.active_investors, lambda i: i.dry_powder_usd(can_borrow))


def measure_freeze(model: MarketModel) -> None:
    """Record a freeze: two quarters with rounds, one after the other, that raise under half."""
    ratio = raised_ratio(model)
    limit = model.parameters.funding.freeze_ratio
    before = [r for r in model.raised_ratios[-1:] if r is not None and r < limit]
    model.raised_ratios.append(None if isnan(ratio) else ratio)
    if isnan(ratio) or ratio >= limit or not before:
        return
    run = 0
    for past in reversed(model.raised_ratios):
        if past is None or past >= limit:
            break
        run += 1
    if run > 2:  # the freeze goes on; it was reported when it began
        return
    since = max(0, model.quarter - 1)
    causes = [e.id for e in model.events.select("failed round") if e.quarter >= since]
    needed = _sum(private_firms(model), lambda firm: firm.needed_usd)
    model.events.record(
        model.quarter,
        "funding freeze",
        "the market",
        needed,
        "USD",
        f"labs and start-ups raise {ratio:.0%} of the {some_money(needed)} they need, the second "
        "quarter under half",
        tuple(causes),
    )


def quarter_number(model: MarketModel) -> int:
    """Quarters since the start of the run."""
    return model.quarter


MODEL_KEYS: tuple[Indicator, ...] = (
    Indicator("quarter_number", "quarters", "Quarters since the start of the run.", quarter_number),
)
"""What the rows of the market are joined by, beside the label ``quarter``."""

MODEL_INDICATORS: tuple[Indicator, ...] = (
    Indicator("quarter", "label", "Quarter that the row describes.", lambda m: m.label),
    Indicator(
        "labs_cash_usd",
        "USD",
        "Deposits of all labs.",
        lambda m: _sum(m.serving_labs, lambda a: a.cash_usd),
    ),
    Indicator(
        "labs_valuation_usd",
        "USD",
        "Value of all labs with shares.",
        lambda m: _sum(m.active_labs, lambda a: a.valuation_usd),
    ),
    Indicator(
        "labs_revenue_usd",
        "USD per quarter",
        "Revenue of all labs.",
        lambda m: _sum(m.serving_labs, lambda a: a.revenue_usd),
    ),
    Indicator(
        "labs_compute_cost_usd",
        "USD per quarter",
        "Compute that labs were invoiced.",
        lambda m: _sum(m.serving_labs, lambda a: a.compute_cost_usd),
    ),
    Indicator(
        "needed_usd",
        "USD",
        "Money that labs and start-ups need, want that was given up included.",
        lambda m: _sum(private_firms(m), lambda a: a.needed_usd),
    ),
    Indicator(
        "raised_usd",
        "USD",
        "Equity raised by labs and start-ups, promised tranches included.",
        lambda m: _sum(private_firms(m), lambda a: a.raised_usd),
    ),
    Indicator(
        "raised_ratio",
        "1",
        "Raised over needed in rounds of labs and start-ups; empty without need.",
        raised_ratio,
    ),
    Indicator(
        "labs_raised_ratio",
        "1",
        "Raised over needed in rounds of labs; empty without need.",
        labs_raised_ratio,
    ),
    Indicator(
        "labs_raised_usd",
        "USD",
        "Equity raised by labs, promised tranches included.",
        lambda m: _sum(m.labs.values(), lambda a: a.raised_usd),
    ),
    Indicator(
        "startups_raised_usd",
        "USD",
        "Equity raised by start-ups.",
        lambda m: _sum(m.startups.values(), lambda a: a.raised_usd),
    ),
    Indicator(
        "startups_spending_usd",
        "USD per quarter",
        "What start-ups spend, on compute and staff.",
        lambda m: _sum(m.active("startups"), lambda a: a.spending_usd),
    ),
    Indicator(
        "startups_compute_usd",
        "USD per quarter",
        "Compute that start-ups paid for.",
        lambda m: _sum(m.active("startups"), lambda a: a.compute_paid_usd),
    ),
    Indicator("dry_powder_usd", "USD", "Money investors could put into rounds.", dry_powder_usd),
    Indicator(
        "return_rise", "1", "Rise of required returns after failed rounds.", lambda m: m.return_rise
    ),
    Indicator("capex_usd", "USD per quarter", "CapEx of all clouds.", capex_usd),
    Indicator(
        "orders_thousand",
        "thousand chips",
        "Capacity ordered by all clouds.",
        lambda m: _sum(m.active_clouds, lambda c: c.orders[-1] if c.orders else 0.0),
    ),
    Indicator(
        "chip_revenue_usd", "USD per quarter", "Revenue of all chipmakers.", chip_revenue_usd
    ),
    Indicator(
        "chip_revenue_over_capex",
        "1",
        "Chip revenue over CapEx of clouds and others.",
        chip_revenue_over_capex,
    ),
    Indicator(
        "refresh_capex_usd",
        "USD per quarter",
        "CapEx for new chips in places whose old ones are gone.",
        lambda m: _sum(m.active_clouds, lambda c: c.refresh_capex_usd),
    ),
    Indicator(
        "new_site_chip_share",
        "1",
        "Chips for new AI sites over CapEx for them; 0 while nobody builds.",
        new_site_chip_share,
    ),
    Indicator(
        "chip_stock_usd",
        "USD",
        "Chips that chipmakers have made and not sold, as carried.",
        lambda m: _sum(
            m.active_chipmakers, lambda c: m.ledger.assets(c.party, "chip inventory") / 100
        ),
    ),
    Indicator(
        "stock_written_down_usd",
        "USD per quarter",
        "What chipmakers wrote off their stock.",
        lambda m: _sum(m.active_chipmakers, lambda c: c.written_down_usd),
    ),
    Indicator(
        "supply_commitments_usd",
        "USD",
        "Inputs that chipmakers must still take and pay (a memo).",
        lambda m: _sum(m.active_chipmakers, lambda c: sum(c.commitments) * c.unit_cost_usd),
    ),
    Indicator(
        "prepayments_usd",
        "USD",
        "Advances of clouds for chips on order.",
        lambda m: _sum(
            m.active_chipmakers, lambda c: m.ledger.liabilities(c.party, "prepayments") / 100
        ),
    ),
    Indicator(
        "chip_price_usd", "USD per chip", "Price of a chip.", lambda m: m.chip_price_usd() / 1e3
    ),
    Indicator("rpo_usd", "USD", "RPO of all clouds.", rpo_usd),
    Indicator(
        "commitments_over_revenue",
        "years of revenue",
        "Labs' RPO over yearly revenue.",
        commitments_over_revenue,
    ),
    Indicator(
        "capacity_cu",
        "CU",
        "Compute in service.",
        lambda m: _sum(m.serving_clouds, lambda c: c.capacity_cu),
    ),
    Indicator(
        "power_gw",
        "GW",
        "Power drawn by chips in service.",
        lambda m: _sum(m.serving_clouds, lambda c: c.power_gw),
    ),
    Indicator("power_queue_gw", "GW", "Finished sites without power.", lambda m: m.power_queue_gw),
    Indicator(
        "power_connected_gw",
        "GW per quarter",
        "Power connected for new sites in all regions.",
        lambda m: sum(region.connected_gw for region in m.power_regions.values()),
    ),
    Indicator("utilisation", "1", "Compute sold over compute in service.", utilisation),
    Indicator(
        "spot_price_usd_hour",
        "USD per accelerator-hour",
        "Rent without contract.",
        lambda m: m.spot_price_usd / 2.19e6,
    ),
    Indicator(
        "enterprise_seats",
        "seats",
        "Enterprise seats bought.",
        lambda m: float(m.customers.seats_of.sum()),
    ),
    Indicator(
        "progress_seen",
        "1",
        "Progress seen of labs and start-ups, over the start.",
        lambda m: m.progress.seen(m.parameters.compute),
    ),
    Indicator(
        "consumer_users",
        "people",
        "People who use an assistant weekly.",
        lambda m: m.consumers.users,
    ),
    Indicator(
        "clouds_debt_usd",
        "USD",
        "Debt of all clouds.",
        lambda m: _sum(m.serving_clouds, lambda c: c.debt_usd()),
    ),
    Indicator(
        "chipmakers_value_usd",
        "USD",
        "Market value of all chipmakers.",
        lambda m: _sum(m.active_chipmakers, lambda c: c.value_usd),
    ),
    Indicator(
        "clouds_value_usd",
        "USD",
        "Market value of all clouds.",
        lambda m: _sum(m.active_clouds, lambda c: c.value_usd),
    ),
    Indicator(
        "bank_capital_ratio",
        "1",
        "Capital over assets of the bank or of the banks that lend to AI, whichever is lower.",
        lambda m: min(m.bank.capital_ratio(), m.lending_bank.capital_ratio()),
    ),
    Indicator(
        "ai_bank_loans_usd",
        "USD",
        "Loans of banks to AI firms and to their lenders.",
        lambda m: m.lending_bank.ai_loans_cents() / 100,
    ),
    Indicator(
        "ai_bank_losses_usd",
        "USD",
        "Loans to AI firms and their lenders that banks wrote off in the quarter.",
        lambda m: m.lending_bank.losses_usd,
    ),
    Indicator(
        "credit_asked_usd",
        "USD",
        "Money that firms wanted to borrow in the quarter.",
        lambda m: sum(m.quotes.asked_usd.values()),
    ),
    Indicator(
        "credit_found_usd",
        "USD",
        "Money that firms found lenders for in the quarter.",
        lambda m: sum(m.quotes.found_usd.values()),
    ),
    Indicator(
        "defaults",
        "firms",
        "Firms that have failed so far.",
        lambda m: sum(1 for f in m.institutions() if f.is_defaulted),
    ),
)
"""Series of the whole market, one value a quarter."""

LAB_INDICATORS: tuple[Indicator, ...] = (
    Indicator("valuation_usd", "USD", "Value of all shares.", lambda a: a.valuation_usd),
    Indicator("revenue_usd", "USD per quarter", "Revenue.", lambda a: a.revenue_usd),
    Indicator(
        "enterprise_revenue_usd",
        "USD per quarter",
        "Revenue from seats.",
        lambda a: a.enterprise_revenue_usd,
    ),
    Indicator("burn_usd", "USD per quarter", "Cash burnt.", lambda a: a.burn_usd()),
    Indicator("need_usd", "USD", "What it wants to raise.", lambda a: a.need_usd),
    Indicator("raised_usd", "USD", "Equity raised.", lambda a: a.raised_usd),
    Indicator(
        "price_eur", "EUR per seat per month", "Offered seat price.", lambda a: a.offered_price_eur
    ),
    Indicator(
        "seat_bill_eur",
        "EUR per seat per month",
        "What a seat pays, use included.",
        lambda a: a.seat_bill_eur,
    ),
    Indicator(
        "seat_use",
        "1",
        "Use of a seat over that of the start.",
        lambda a: a.seat_use,
    ),
    Indicator("seat_share", "1", "Share of enterprise seats.", lambda a: a.seat_share),
    Indicator("users", "people", "Consumers of all tiers.", lambda a: a.audience.users),
    Indicator("reliability", "1", "Share of tasks done right.", lambda a: a.reliability),
    Indicator("inference_cu", "CU", "Compute for users.", lambda a: a.inference_cu),
    Indicator("training_cu", "CU", "Compute for training.", lambda a: a.training_cu),
    Indicator(
        "rpo_usd",
        "USD",
        "Compute it has committed to buy.",
        lambda a: a.market.contracts.rpo_usd(lab=a.key),
    ),
)
CLOUD_INDICATORS: tuple[Indicator, ...] = (
    Indicator("value_usd", "USD", "Market value.", lambda a: a.value_usd),
    Indicator("capex_usd", "USD per quarter", "CapEx.", lambda a: a.capex_usd),
    Indicator(
        "orders_thousand",
        "thousand chips",
        "Capacity ordered.",
        lambda a: a.orders[-1] if a.orders else 0.0,
    ),
    Indicator(
        "rpo_usd",
        "USD",
        "Revenue under contract and not yet delivered.",
        lambda a: a.market.contracts.rpo_usd(cloud=a.key) + a.market.contracts.other_rpo_usd(a.key),
    ),
    Indicator("capacity_cu", "CU", "Compute in service.", lambda a: a.capacity_cu),
    Indicator("utilisation", "1", "Compute asked for over capacity.", lambda a: a.utilisation),
    Indicator(
        "own_use_cu", "CU", "Compute that its own customers ask for.", lambda a: a.organic_cu
    ),
    Indicator("debt_usd", "USD", "Debt.", lambda a: a.debt_usd()),
    Indicator(
        "operating_cash_usd",
        "USD per quarter",
        "Operating cash flow.",
        lambda a: a.last_operating_cash_usd,
    ),
    Indicator("funded_share", "1", "Share of plans that was financed.", lambda a: a.funded_share),
    Indicator("spread", "1 per year", "Spread at which it borrows now.", lambda a: a.spread()),
    Indicator("hurdle_share", "1", "Share of projects that pay.", lambda a: a.hurdle_share),
)
CHIPMAKER_INDICATORS: tuple[Indicator, ...] = (
    Indicator("value_usd", "USD", "Market value.", lambda a: a.value_usd),
    Indicator("revenue_usd", "USD per quarter", "Revenue from chips.", lambda a: a.revenue_usd),
    Indicator(
        "backlog_thousand",
        "thousand chips",
        "Ordered, not delivered.",
        lambda a: float(sum(a.backlog.values())),
    ),
    Indicator("price_usd", "USD per chip", "Chip price.", lambda a: a.price_usd / 1e3),
    Indicator(
        "free_cash_flow_usd", "USD per quarter", "Free cash flow.", lambda a: a.free_cash_flow_usd
    ),
)
STARTUP_INDICATORS: tuple[Indicator, ...] = (
    Indicator("valuation_usd", "USD", "Value of all shares.", lambda a: a.valuation_usd),
    Indicator("revenue_usd", "USD per quarter", "Revenue.", lambda a: a.revenue_usd),
    Indicator("spending_usd", "USD per quarter", "What it spends.", lambda a: a.spending_usd),
    Indicator(
        "compute_usd", "USD per quarter", "Compute that it paid for.", lambda a: a.compute_paid_usd
    ),
    Indicator("needed_usd", "USD", "What it needs to raise.", lambda a: a.needed_usd),
    Indicator("raised_usd", "USD", "Equity raised.", lambda a: a.raised_usd),
    Indicator("filled", "1", "Share of its firms' rounds that closed.", lambda a: a.filled),
    Indicator("died", "per quarter", "Share of its firms that died.", lambda a: a.died),
)
INVESTOR_INDICATORS: tuple[Indicator, ...] = (
    Indicator("assets_usd", "USD", "All assets.", lambda a: a.assets_usd()),
    Indicator("loan_to_value", "1", "Debt over assets.", lambda a: a.loan_to_value()),
    Indicator("invested_usd", "USD per quarter", "Put into rounds.", lambda a: a.invested_usd),
    Indicator("past_return", "per quarter", "Smoothed return.", lambda a: a.past_return),
)
FIRM_INDICATORS: tuple[Indicator, ...] = (
    Indicator("cash_usd", "USD", "Deposits.", lambda a: a.cash_usd),
    Indicator("net_worth_usd", "USD", "Assets less liabilities.", lambda a: a.net_worth_usd),
    Indicator("expected_growth", "per quarter", "Growth it expects.", lambda a: a.beliefs.expected),
    Indicator("is_defaulted", "1", "Whether it has failed.", lambda a: a.is_defaulted),
)


FIRM_KEYS: tuple[Indicator, ...] = (
    Indicator(
        "quarter_number",
        "quarters",
        "Quarters since the start of the run.",
        lambda a: a.market.quarter,
    ),
    Indicator(
        "quarter",
        "label",
        "Quarter that the row describes.",
        lambda a: a.market.parameters.quarter_label(a.market.quarter),
    ),
    Indicator("key", "key", "Company key of the firm.", lambda a: a.key),
    Indicator("name", "text", "Name of the firm.", lambda a: a.name),
)
"""What the rows of firms are joined by."""


class OwnIndicator(NamedTuple):
    """An indicator that a user added: of a class of firms, or of the market (None)."""

    of: type | None
    indicator: Indicator


GROUP_INDICATORS: Mapping[str, tuple[Indicator, ...]] = {
    "labs": (*FIRM_INDICATORS, *LAB_INDICATORS),
    "clouds": (*FIRM_INDICATORS, *CLOUD_INDICATORS),
    "chipmakers": (*FIRM_INDICATORS, *CHIPMAKER_INDICATORS),
    "investors": (*FIRM_INDICATORS, *INVESTOR_INDICATORS),
    "startups": (*FIRM_INDICATORS, *STARTUP_INDICATORS),
}
"""Table of the scenario -> indicators of its firms."""


def indicators_of_group(group: str) -> tuple[Indicator, ...]:
    """Indicators of the firms in a table of the scenario; a new type has what all firms have."""
    return GROUP_INDICATORS.get(group, FIRM_INDICATORS)


def agent_indicators() -> dict[str, tuple[Indicator, ...]]:
    """Indicators by class name of the agents that have them."""
    classes = ("AILab", "CloudProvider", "Chipmaker", "Investor", "StartupCohort")
    return dict(zip(classes, GROUP_INDICATORS.values(), strict=True))


def indicators_of(cls: type, own: Iterable[OwnIndicator] = ()) -> tuple[Indicator, ...]:
    """Indicators of a class of firms: those of the nearest base that has some, then own ones.

    A subclass of a lab is measured like a lab, a firm of a new type by what all firms have.
    """
    known = agent_indicators()
    nearest = next((base.__name__ for base in cls.__mro__ if base.__name__ in known), None)
    found: tuple[Indicator, ...] = FIRM_INDICATORS if nearest is None else known[nearest]
    added = (each.indicator for each in own if each.of is not None and issubclass(cls, each.of))
    return (*found, *added)


def market_indicators(own: Iterable[OwnIndicator] = ()) -> tuple[Indicator, ...]:
    """Indicators of the whole market, own ones last."""
    return (*MODEL_INDICATORS, *(each.indicator for each in own if each.of is None))


@dataclass(frozen=True, slots=True)
class _Named:
    """An indicator of this package in a pickle: class of its agents ("" for the market), name."""

    group: str
    name: str


def _by_place() -> dict[_Named, Callable[[Any], Any]]:
    """Place of each indicator of this package -> its function."""
    groups = {"": (*MODEL_KEYS, *MODEL_INDICATORS), "Institution": FIRM_KEYS, **agent_indicators()}
    return {_Named(group, i.name): i.measure for group, each in groups.items() for i in each}


_PLAIN = frozenset({float, int, bool, str, type(None)})
"""Types of values that nobody can change later, so that no copy is kept in their place."""


class Collector(DataCollector):
    """Mesa's collector in a form that can be pickled, and quicker.

    Most indicators of this package are lambdas, so a pickle names them. Those that a user adds are
    pickled as they are: functions of a module can be, lambdas cannot.
    """

    def __init__(
        self, model_reporters: Mapping[str, Any], agenttype_reporters: Mapping[type, Any]
    ) -> None:
        """Take reporters of the market by name, and of agents by class and name."""
        super().__init__(  # type: ignore[no-untyped-call] # of Mesa
            model_reporters, agenttype_reporters=agenttype_reporters
        )

    def collect(self, model: MarketModel) -> None:
        """Measure a quarter: the first as Mesa does, which tries the reporters, the others alike.

        They leave out its copies of numbers and texts, and its choice among forms of reporters.
        """
        if not self._collection_steps:
            super().collect(model)  # type: ignore[no-untyped-call] # of Mesa
            return
        time, by_type = model.time, model.agents_by_type
        self._collection_steps.append(time)
        values = _kept([measure(model) for measure in self.model_reporters.values()])
        for name, value in zip(self.model_reporters, values, strict=True):
            self.model_vars[name].append(value)
        records = self._agenttype_records[time] = {}
        for cls, reporters in self.agenttype_reporters.items():
            measures = [*reporters.values()]
            agents = by_type[cls] if cls in by_type else model.agents.select(agent_type=cls)
            records[cls] = [
                (time, agent.unique_id, *_kept([measure(agent) for measure in measures]))
                for agent in agents
            ]

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled or copied: names in place of the functions of this package."""
        places = {measure: place for place, measure in _by_place().items()}

        def named(reporters: Mapping[str, Any]) -> dict[str, Any]:
            return {key: _named(places, reporter) for key, reporter in reporters.items()}

        return self.__dict__ | {
            "model_reporters": named(self.model_reporters),
            "agenttype_reporters": {c: named(r) for c, r in self.agenttype_reporters.items()},
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the functions of this package by their names."""
        known: dict[Any, Any] = {**_by_place()}
        self.__dict__.update(state)
        for reporters in (self.model_reporters, *self.agenttype_reporters.values()):
            for key, reporter in reporters.items():
                if isinstance(reporter, _Named):
                    reporters[key] = known[reporter]


def _kept(values: list[Any]) -> list[Any]:
    """Values as they are now, whatever becomes of what they were read from."""
    return values if _PLAIN.issuperset(map(type, values)) else deepcopy(values)


def _named(places: Mapping[Any, _Named], reporter: Any) -> Any:
    """A reporter as it is pickled; one that cannot be a key (a list) is none of ours."""
    return places.get(reporter, reporter) if callable(reporter) else reporter


def make_collector(model: MarketModel) -> DataCollector:
    """A Mesa DataCollector with every indicator, by agent class where it belongs to agents.

    Its frames carry number and label of the quarter, those of firms also key and name.
    """
    indicators = (*MODEL_KEYS, *market_indicators(model.own_indicators))
    collector = Collector({i.name: i.measure for i in indicators}, {})
    for firm in model.institutions():
        measure_class(model, collector, type(firm))
    return collector


def measure_class(model: MarketModel, collector: DataCollector, cls: type[Institution]) -> None:
    """Let a collector measure the firms of a class, unless it does so already."""
    if cls not in collector.agenttype_reporters:
        indicators = (*FIRM_KEYS, *indicators_of(cls, model.own_indicators))
        collector.agenttype_reporters[cls] = {i.name: i.measure for i in indicators}


def add_indicator(model: MarketModel, own: OwnIndicator) -> None:
    """Measure one more series; see ``MarketModel.add_indicator``."""
    name, collector = own.indicator.name, model.datacollector
    if own.of is None:
        taken = [*collector.model_reporters]
    else:
        taken = [i.name for i in (*FIRM_KEYS, *indicators_of(own.of, model.own_indicators))]
    if name in taken:
        raise ValueError(f"there is an indicator {name!r} already: choose another name")
    model.own_indicators.append(own)
    if own.of is None:
        collector.model_reporters[name], collector.model_vars[name] = own.indicator.measure, []
        return
    for cls, reporters in collector.agenttype_reporters.items():
        if issubclass(cls, own.of):
            reporters[name] = own.indicator.measure


def reporter(measure: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A measure as Mesa calls it with the model: it calls other callables without."""
    return partial(measure)


ROUND_COLUMNS = (
    "quarter_number",
    "quarter",
    "key",
    "lab",
    "hardness",
    "exit_multiple",
    "critical_hardness",
    "is_closed",
    "asked_usd",
    "raised_usd",
    "pre_money_usd",
)


def rounds_frame(model: Any) -> pd.DataFrame:
    """Funding rounds of a model, or of a view of one: one row per round, ``ROUND_COLUMNS``."""
    label, firms = model.parameters.quarter_label, {**model.labs, **model.startups}
    rows = [(q, label(q), key, firms[key].name, *figures) for q, key, *figures in model.rounds]
    return pd.DataFrame(rows, columns=list(ROUND_COLUMNS))

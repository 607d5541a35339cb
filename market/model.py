"""The market model: one step is one quarter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mesa

from agents.ai_lab import AILab
from agents.bank import Bank
from agents.chipmaker import Chipmaker
from agents.cloud_provider import CloudProvider
from agents.consumers import ConsumerSegment
from agents.customers.population import CustomerPopulation
from agents.institution import Institution
from agents.investor import Investor
from market.books.contracts import Backstop, ComputeContract, ContractBook, EquityCommitment
from market.books.ledger import Ledger
from market.books.settlement import ClearingResult, Settlement
from market.events import Event, EventLog
from market.host import equip
from market.indicators import make_collector, measure_freeze
from market.parameters.world import MarketParameters
from market.phases.building import (
    deliver_chips_and_advance_construction,
    plan_and_finance_building,
    produce_and_allocate_chips,
)
from market.phases.commitments import plan_commitments
from market.phases.compute import use_and_invoice_compute
from market.phases.failure import clear_obligations, resolve_defaults
from market.phases.funding import Round, hold_funding_rounds
from market.phases.marks import mark_to_market, test_bank_capital
from market.phases.opening import open_books
from market.phases.sales import (
    age_vintages_and_contracts,
    form_expectations,
    set_prices_and_sell,
)
from market.random_streams import RandomStreams
from market.scenario import load_scenario
from market.shocks import Shock, apply_shocks


class MarketModel(mesa.Model[Any, Any]):
    """A market of AI labs, clouds, chipmakers, investors and customers.

    Args:
        parameters: the world; the reference scenario when omitted. A name or path is loaded.
        seed: root of all random streams; 42 when omitted.

    Attributes:
        quarter: number of the present quarter, 0 at the start.
        ledger: all accounts. contracts: all compute contracts. events: what was measured.
        labs, clouds, chipmakers, investors: agents by company key.
        customers, consumers, bank_agent: the other agents.
        spot_price_usd: rent of a CU without contract, USD.
        lab_class, cloud_class, chipmaker_class, investor_class: what the firms are made of; a
            subclass of the model can put its own classes here.
    """

    lab_class: type[AILab] = AILab
    cloud_class: type[CloudProvider] = CloudProvider
    chipmaker_class: type[Chipmaker] = Chipmaker
    investor_class: type[Investor] = Investor

    parameters: MarketParameters
    ledger: Ledger
    settlement: Settlement
    contracts: ContractBook
    commitments: list[EquityCommitment]
    backstops: list[Backstop]
    events: EventLog
    streams: RandomStreams
    quarter: int
    households: int
    enterprises: int
    bank: int
    rest: int
    spot_price_usd: float
    usage_index: float
    rate_rise: float

    def __init__(
        self,
        parameters: MarketParameters | str | Path | None = None,
        *,
        seed: int | None = None,
    ) -> None:
        """Build the world and open its books."""
        root = 42 if seed is None else int(seed)
        super().__init__(rng=root)
        world = parameters
        if not isinstance(world, MarketParameters):
            world = load_scenario(world if world is not None else "reference")
        equip(self, world, seed=root)
        self.pending_contracts: list[tuple[ComputeContract, int]] = []
        self.rounds: list[Round] = []
        self.allocations: dict[str, dict[str, float]] = {}
        self.clearing = ClearingResult({}, 0, 0)
        self.return_rise = self.power_lost = self.power_queue_gw = 0.0
        self.raised_ratios: list[float | None] = []
        self.other_shares_usd, self.other_shares_index = 0.0, 1.0
        self.spot_utilisation = 1.0
        self.shocks_in_force: dict[str, Shock] = {}
        self._create_agents()
        open_books(self)
        self.spot_utilisation = self._opening_utilisation()
        self.first_rest_deposits = self.ledger.deposits(self.rest)
        self.datacollector = make_collector(self)
        self.running = True

    def _create_agents(self) -> None:
        p = self.parameters
        self.labs = {key: self.lab_class(self, key, own) for key, own in p.labs.items()}
        self.clouds = {key: self.cloud_class(self, key, own) for key, own in p.clouds.items()}
        self.chipmakers = {
            key: self.chipmaker_class(self, key, own) for key, own in p.chipmakers.items()
        }
        self.investors = {
            key: self.investor_class(self, key, own) for key, own in p.investors.items()
        }
        self.bank_agent = Bank(self)
        labs = list(self.labs.values())
        self.consumers = ConsumerSegment(self, labs)
        self.customers = CustomerPopulation(
            self,
            list(self.labs),
            [lab.own.enterprise_share if lab.is_open else 0.0 for lab in labs],
            [lab.reliability for lab in labs],
        )

    def step(self) -> None:
        """One quarter."""
        apply_shocks(self)
        age_vintages_and_contracts(self)
        form_expectations(self)
        set_prices_and_sell(self)
        use_and_invoice_compute(self)
        plan_commitments(self)
        hold_funding_rounds(self)
        plan_and_finance_building(self)
        produce_and_allocate_chips(self)
        deliver_chips_and_advance_construction(self)
        clear_obligations(self)
        resolve_defaults(self)
        mark_to_market(self)
        test_bank_capital(self)
        measure_freeze(self)
        self.datacollector.collect(self)
        self.close_the_books()

    def close_the_books(self) -> None:
        """Check every identity, archive the quarter and turn to the next."""
        self.contracts.close_quarter(self.quarter)
        self.ledger.close_quarter()
        rules = self.parameters.lab_rules
        self.usage_index *= (1 - rules.efficiency_gain) * (1 + rules.usage_growth)
        self.bank_agent.losses_usd = 0.0
        self.quarter += 1

    def run(self, quarters: int | None = None) -> MarketModel:
        """Step until ``quarters`` (default: the scenario's length) have passed; returns itself."""
        last = self.parameters.quarters if quarters is None else self.quarter + quarters
        while self.quarter < last and self.running:
            self.step()
        return self

    # --- who is there

    @property
    def active_labs(self) -> list[AILab]:
        """Labs that sell now."""
        return [lab for lab in self.labs.values() if lab.is_active]

    @property
    def active_clouds(self) -> list[CloudProvider]:
        """Clouds that have not failed."""
        return [cloud for cloud in self.clouds.values() if cloud.is_active]

    @property
    def active_chipmakers(self) -> list[Chipmaker]:
        """Chipmakers that have not failed."""
        return [chipmaker for chipmaker in self.chipmakers.values() if chipmaker.is_active]

    @property
    def active_investors(self) -> list[Investor]:
        """Investors that have not failed."""
        return [investor for investor in self.investors.values() if investor.is_active]

    def institutions(self) -> Iterator[Institution]:
        """Every firm, failed ones included, in the order of the scenario."""
        yield from self.labs.values()
        yield from self.clouds.values()
        yield from self.chipmakers.values()
        yield from self.investors.values()

    def institution(self, key: str) -> Institution:
        """The firm with a company key; raises KeyError when there is none."""
        groups: tuple[dict[str, Any], ...] = (
            self.labs,
            self.clouds,
            self.chipmakers,
            self.investors,
        )
        for group in groups:
            if key in group:
                firm: Institution = group[key]
                return firm
        raise KeyError(key)

    # --- shared state of the market

    @property
    def label(self) -> str:
        """Label of the present quarter."""
        return self.parameters.quarter_label(self.quarter)

    @property
    def build_lead(self) -> int:
        """Quarters from an order to compute in service when power is at hand."""
        return self.parameters.compute.site_quarters + 1

    def chip_price_usd(self) -> float:
        """Price of a thousand chips, weighted by the chipmakers' output."""
        output = sum(c.output for c in self.active_chipmakers)
        compute = self.parameters.compute
        if output <= 0:
            return 1e3 * compute.accelerator_cost_usd * compute.chip_share
        return sum(c.price_usd * c.output for c in self.active_chipmakers) / output

    def chip_price_index(self) -> float:
        """All-in cost of capacity over its cost at the start, moved by the chip price."""
        compute = self.parameters.compute
        full = 1e3 * compute.accelerator_cost_usd
        return 1 + (self.chip_price_usd() - compute.chip_share * full) / full

    def available_power_gw(self) -> float:
        """Power that can be connected this quarter: grid, then gas and reactors when built."""
        rules = self.parameters.compute
        power = rules.power_gw_quarter
        if self.quarter >= rules.gas_lead_quarters:
            power += rules.gas_gw_quarter
        if self.quarter >= rules.reactor_lead_quarters:
            power += rules.reactor_gw_quarter
        return power * (1 - self.power_lost)

    def mean_required_return(self) -> float:
        """Required return of round investors, weighted by dry powder."""
        can_borrow = self.bank_agent.can_lend
        weights = [
            (i.pledge_usd(can_borrow), i.own.required_return)
            for i in self.active_investors
            if i.has_rounds
        ]
        total = sum(weight for weight, _ in weights)
        return sum(w * r for w, r in weights) / total if total > 0 else 0.0

    def _opening_utilisation(self) -> float:
        """Compute asked for over capacity at the start: there the rent is the list price."""
        capacity = sum(cloud.capacity_cu for cloud in self.clouds.values())
        asked = sum(cloud.organic_cu for cloud in self.clouds.values())
        asked += sum(contract.scheduled_cu(0) for contract in self.contracts)
        return asked / capacity if capacity > 0 and asked > 0 else 1.0

    def why(self, event: Event | int) -> str:
        """The chain of events that led to an event, as sentences."""
        return self.events.explain(event)

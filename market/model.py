"""The market model: one step is one quarter."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import mesa
import numpy as np
import pandas as pd

from agents.ai_lab import AILab
from agents.bank import Bank, LendingBank
from agents.chipmaker import Chipmaker
from agents.cloud_provider import CloudProvider
from agents.consumers import ConsumerSegment
from agents.credit_investor import CreditInvestor
from agents.customers.population import CustomerPopulation
from agents.institution import Institution
from agents.investor import Investor
from agents.progress import Progress
from agents.startups import StartupCohort
from agents.surprise import Surprise
from market.books.contracts import Backstop, ComputeContract, ContractBook, EquityCommitment
from market.books.ledger import Ledger
from market.books.notes import NoteBook
from market.books.settlement import ClearingResult, Settlement
from market.events import Averted, Event, EventLog
from market.host import Parties, equip
from market.indicators import (
    Indicator,
    OwnIndicator,
    add_indicator,
    make_collector,
    measure_class,
    measure_freeze,
    reporter,
    rounds_frame,
)
from market.parameters.fields import nearest
from market.parameters.world import MarketParameters
from market.phases.absorption import sell_labs
from market.phases.building import (
    deliver_chips_and_advance_construction,
    plan_and_finance_building,
    produce_and_allocate_chips,
)
from market.phases.commitments import plan_commitments
from market.phases.compute import use_and_invoice_compute
from market.phases.failure import (
    clear_obligations,
    close_firms,
    resolve_defaults,
    run_estates,
)
from market.phases.funding import Round, hold_funding_rounds
from market.phases.marks import mark_to_market, test_bank_capital
from market.phases.opening import open_books
from market.phases.power import PowerRegion, new_power_gw, open_regions
from market.phases.quarter import Phase, PhaseFunction, Phases
from market.phases.sales import (
    age_vintages_and_contracts,
    form_expectations,
    set_prices_and_sell,
)
from market.quotes import Quotes
from market.random_streams import RandomStreams, RngLike, root_seed
from market.scenario import load_scenario
from market.shocks import Shock, apply_shocks
from market.units import CU_HOURS

DEFAULT_SEED = 42


class MarketModel(mesa.Model[Any, Any]):
    """A market of AI labs, clouds, chipmakers, investors and customers.

    Args:
        parameters: the world; the reference scenario when omitted. A name or path is loaded.
        seed: root of all random streams; 42 when omitted.
        rng: the same in the form of Mesa's models: a whole number, a sequence of them, a
            ``SeedSequence``, or a numpy generator, from which one number is drawn. ``rng=7`` is
            ``seed=7``. Nothing of this market draws from ``model.rng`` itself.

    Raises:
        ValueError: both ``seed`` and ``rng`` are given, or the seed has a fraction.

    A model can be pickled and copied before and after every quarter; the copy goes on as the
    model itself would. After the scenario's last quarter ``running`` is False, which ends
    ``run``, ``run_model``, ``batch_run`` and SolaraViz; who calls ``step`` all the same, or
    ``run`` with a number of quarters, gets more quarters of the same world.

    Attributes:
        quarter: number of the present quarter, 0 at the start.
        ledger: all accounts. contracts: all compute contracts. events: what was measured.
        firms: every institution by company key, failed and removed ones included.
        groups: the firms that the scenario lists, by group and key; a group is an attribute too:
        labs, clouds, chipmakers, investors, startups: agents by company key.
        customers, consumers, bank, lending_bank, credit_investors: the other agents.
        notes: all debts by when they fall due. quotes: what lenders ask of each issuer.
        spot_price_usd: rent of a CU without contract, USD.
        progress: what customers see of the progress of labs and start-ups.

    Attributes of the class, which a subclass can replace by its own:
        phases: the quarter, see ``insert_before`` and ``insert_after``.
        lab_class, cloud_class, chipmaker_class, investor_class, startup_class, customers_class,
            consumers_class, bank_class, lending_bank_class, credit_class: what agents are made of.
        firm_groups: table of the scenario -> attribute that names the class of its firms, which is
            made with model, key and parameters. Another type of firm is another line.
        parameters_class: what scenarios are read as; a subclass states the tables of own groups.
    """

    phases: Phases = Phases(
        apply_shocks,
        age_vintages_and_contracts,
        form_expectations,
        set_prices_and_sell,
        use_and_invoice_compute,
        plan_commitments,
        hold_funding_rounds,
        sell_labs,
        plan_and_finance_building,
        produce_and_allocate_chips,
        deliver_chips_and_advance_construction,
        clear_obligations,
        resolve_defaults,
        run_estates,
        mark_to_market,
        test_bank_capital,
        measure_freeze,
    )
    """The quarter. ``print(MarketModel.phases)`` tells what each phase does."""

    lab_class: type[AILab] = AILab
    cloud_class: type[CloudProvider] = CloudProvider
    chipmaker_class: type[Chipmaker] = Chipmaker
    investor_class: type[Investor] = Investor
    startup_class: type[StartupCohort] = StartupCohort
    customers_class: type[CustomerPopulation] = CustomerPopulation
    consumers_class: type[ConsumerSegment] = ConsumerSegment
    bank_class: type[Bank] = Bank
    lending_bank_class: type[LendingBank] = LendingBank
    credit_class: type[CreditInvestor] = CreditInvestor
    parameters_class: type[MarketParameters] = MarketParameters

    firm_groups: ClassVar[Mapping[str, str]] = {
        "labs": "lab_class",
        "clouds": "cloud_class",
        "chipmakers": "chipmaker_class",
        "investors": "investor_class",
        "startups": "startup_class",
    }
    groups: dict[str, dict[str, Any]]
    labs: dict[str, AILab]
    clouds: dict[str, CloudProvider]
    chipmakers: dict[str, Chipmaker]
    investors: dict[str, Investor]
    startups: dict[str, StartupCohort]

    firms: dict[str, Institution]
    is_opened: bool
    parameters: MarketParameters
    ledger: Ledger
    settlement: Settlement
    contracts: ContractBook
    commitments: list[EquityCommitment]
    backstops: list[Backstop]
    events: EventLog
    averted: Averted
    streams: RandomStreams
    quarter: int
    parties: Parties
    bank: Bank
    lending_bank: LendingBank
    notes: NoteBook
    quotes: Quotes
    lender: int
    credit_investors: dict[str, CreditInvestor]
    first_use_ahead: float
    spot_price_usd: float
    usage_index: float
    rate_rise: float

    def __init__(
        self,
        parameters: MarketParameters | str | Path | None = None,
        *,
        seed: RngLike | None = None,
        rng: RngLike | None = None,
    ) -> None:
        """Build the world and open its books."""
        if seed is not None and rng is not None:
            raise ValueError("give either seed or rng, not both")
        given = DEFAULT_SEED if seed is None and rng is None else rng if seed is None else seed
        root = root_seed(given)
        super().__init__(rng=root if np.isscalar(given) else given)
        self._rng_start = self.rng.bit_generator.state
        equip(self, self._world(parameters), seed=root)
        self.own_indicators: list[OwnIndicator] = []
        self.pending_contracts: list[tuple[ComputeContract, int]] = []
        self.rounds: list[Round] = []
        self.allocations: dict[str, dict[str, float]] = {}
        self.clearing = ClearingResult({}, 0, 0)
        self.return_rise = self.power_lost = self.power_queue_gw = 0.0
        self.power_regions: dict[str, PowerRegion] = open_regions(self)
        self.raised_ratios: list[float | None] = []
        self.other_shares_usd, self.other_shares_index = 0.0, 1.0
        self.spot_utilisation = 1.0
        self.progress, self.rent_surprise = Progress(), Surprise("compute market", "rent")
        self.first_use_ahead = self.startup_cu = 0.0
        self.shocks_in_force: dict[str, Shock] = {}
        self.create_agents()
        open_books(self)
        self.is_opened = True
        self.spot_utilisation = self._opening_utilisation()
        self.first_rest_deposits = self.ledger.deposits(self.parties.rest)
        self.datacollector = make_collector(self)
        self._measured_firms = len(self.firms)

    def _world(self, given: MarketParameters | str | Path | None) -> MarketParameters:
        """The parameters, with a table for every group of firms; ValueError when one has none."""
        kind = self.parameters_class
        tables = kind.company_sections()
        for group in self.firm_groups:
            if group not in tables:
                reason = f"{kind.__name__} lists no firms {group!r}{nearest(group, tables)}"
                raise ValueError(f"{type(self).__name__}.firm_groups: {reason}")
        if isinstance(given, kind):
            return given
        if not isinstance(given, MarketParameters):
            return load_scenario("reference" if given is None else given, parameters_class=kind)
        return kind.model_validate(given.model_dump())

    def create_agents(self) -> None:
        """Create every agent, before the books are opened.

        A subclass can create more: an ``Institution`` made here, with ``open_cash``, belongs to the
        opening balance sheet like all others.
        """
        p, self.groups = self.parameters, {}
        for group, class_name in self.firm_groups.items():
            make = getattr(self, class_name)
            self.groups[group] = {
                key: make(self, key, own) for key, own in getattr(p, group).items()
            }
            setattr(self, group, self.groups[group])
        self.bank = self.bank_class(self)
        self.lending_bank = self.lending_bank_class(self)
        self.credit_investors = {
            key: self.credit_class(self, key, own) for key, own in p.credit_investors.items()
        }
        labs = list(self.labs.values())
        self.consumers = self.consumers_class(self, labs)
        self.customers = self.customers_class(
            self,
            list(self.labs),
            [lab.stated.enterprise_share if lab.is_open else 0.0 for lab in labs],
            [lab.reliability for lab in labs],
        )

    # --- the quarter

    def step(self) -> None:
        """One quarter: its phases in their order, then data, checks and the next quarter."""
        for phase in self.phases:
            phase.run(self)
        self.collect()
        self.close_the_books()

    @classmethod
    def insert_before(cls, name: str, phase: Phase | PhaseFunction) -> None:
        """Add a phase to the quarter of this class, before another; never to that of its parents.

        Models that exist take part from their next quarter on. For one model only:
        ``model.phases = model.phases.insert_before(name, phase)``.

        Args:
            name: a phase of ``phases``.
            phase: a function of the model; or a ``Phase``, to give it another name.

        Raises:
            KeyError: there is no phase of that name; the nearest is named.
            TypeError: for ``MarketModel`` itself, whose quarter stays what it is.
            ValueError: a phase of the new one's name exists already.
        """
        cls._refuse_on_market_model()
        cls.phases = cls.phases.insert_before(name, phase)

    @classmethod
    def insert_after(cls, name: str, phase: Phase | PhaseFunction) -> None:
        """Add a phase to the quarter of this class, after another; see ``insert_before``."""
        cls._refuse_on_market_model()
        cls.phases = cls.phases.insert_after(name, phase)

    @classmethod
    def _refuse_on_market_model(cls) -> None:
        if cls is MarketModel:
            raise TypeError(
                "MarketModel keeps its quarter: write `class MyMarket(MarketModel): ...` "
                "and insert the phase into that"
            )

    def collect(self) -> None:
        """Measure the quarter, firms of a class that has joined since the start included."""
        if len(self.firms) > self._measured_firms:
            self._measured_firms = len(self.firms)
            for firm in self.firms.values():
                measure_class(self, self.datacollector, type(firm))
        self.datacollector.collect(self)

    def close_the_books(self) -> None:
        """Check every identity, archive the quarter and turn to the next."""
        self.contracts.close_quarter(self.quarter)
        self.ledger.close_quarter()
        self.notes.check(self.quarter)
        rules = self.parameters.lab_rules
        self.usage_index *= (1 - rules.efficiency_gain) * (1 + rules.usage_growth)
        self.bank.losses_usd = self.lending_bank.losses_usd = 0.0
        self.quarter += 1
        if self.quarter >= self.parameters.quarters:
            self.running = False

    def run(self, quarters: int | None = None) -> Self:
        """Step to the scenario's end, or ``quarters`` more, past that end too; returns itself."""
        for _ in self.each_quarter(quarters):
            pass
        return self

    def each_quarter(self, quarters: int | None = None) -> Iterator[Self]:
        """Step quarter by quarter: the loop of all who watch, time or stop a run between quarters.

        A model that stops itself before the scenario's end ends it; past that end, where
        ``running`` is always False, only the number of quarters counts.

        Args:
            quarters: how many more; None: to the scenario's end.

        Yields:
            The model itself after each quarter, before the next one begins.
        """
        last = self.parameters.quarters if quarters is None else self.quarter + quarters
        while self.quarter < last and (self.running or self.quarter >= self.parameters.quarters):
            self.step()
            yield self

    def reset_rng(self, rng: RngLike | None = None) -> None:
        """Give the random streams another root from now on; the state stays as it is.

        Args:
            rng: as for the model. None rewinds ``model.rng`` only: a draw of a named stream
                depends on its quarter, not on what was drawn before, so there is nothing to rewind.
        """
        if rng is None:
            self.rng.bit_generator.state = self._rng_start
            return
        self.streams = RandomStreams(root_seed(rng))
        self.rng = np.random.default_rng(rng)  # Mesa 4 has no reset of its own
        self._rng_start = self.rng.bit_generator.state

    def reset_randomizer(self, seed: int | None = None) -> None:
        """Refused: nothing of this market draws from ``model.random``."""
        raise NotImplementedError(
            "this market draws nothing from model.random: reset_rng(seed) changes its chances"
        )

    def __copy__(self) -> Self:
        """A whole copy: two models that share their books would both be wrong."""
        return copy.deepcopy(self)

    # --- who is there

    @property
    def active_labs(self) -> list[AILab]:
        """Labs that sell now."""
        return _active(self.labs.values())

    @property
    def active_clouds(self) -> list[CloudProvider]:
        """Clouds that have not failed."""
        return _active(self.clouds.values())

    @property
    def serving_clouds(self) -> list[CloudProvider]:
        """Clouds that deliver compute: active ones, and failed ones that their creditors run."""
        return [cloud for cloud in self.clouds.values() if cloud.is_serving]

    @property
    def serving_labs(self) -> list[AILab]:
        """Labs with customers: active ones, and failed ones that still run their product."""
        return [lab for lab in self.labs.values() if lab.is_serving]

    @property
    def active_chipmakers(self) -> list[Chipmaker]:
        """Chipmakers that have not failed."""
        return _active(self.chipmakers.values())

    @property
    def active_investors(self) -> list[Investor]:
        """Investors that have not failed."""
        return _active(self.investors.values())

    def active(self, group: str) -> list[Any]:
        """Firms of a group, such as "labs" or one of your own, that take part in the market.

        Raises:
            KeyError: there is no such group; the nearest is named.
        """
        if group not in self.groups:
            raise KeyError(f"no group of firms {group!r}{nearest(group, tuple(self.groups))}")
        return _active(self.groups[group].values())

    def institutions(self) -> Iterator[Institution]:
        """Every firm, failed ones included: in the order of the scenario, then as they joined."""
        yield from self.firms.values()

    def institution(self, key: str) -> Institution:
        """The firm with a company key; raises KeyError when there is none."""
        return self.firms[key]

    def wind_up(self, firm: Institution) -> None:
        """End a firm now, as one that files for bankruptcy: ``firm.remove()`` does it.

        What still works of it is run by its creditors, who sell it in parts; the rest ends, pays
        them by rank, and what is not paid is written off. What was posted before is committed. A
        firm that has failed is left alone.
        """
        if firm.is_defaulted:
            return
        self.ledger.commit("before a firm leaves")
        self.clearing.shortfalls.pop(firm.party, None)
        close_firms(self, {firm.party: 0})

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
        makers, compute = self.active_chipmakers, self.parameters.compute
        output = sum(c.output for c in makers)
        if output <= 0:
            return 1e3 * compute.accelerator_cost_usd * compute.chip_share
        return sum(c.price_usd * c.output for c in makers) / output

    def chip_price_index(self) -> float:
        """All-in cost of capacity over its cost at the start, moved by the chip price."""
        compute = self.parameters.compute
        full = 1e3 * compute.accelerator_cost_usd
        return 1 + (self.chip_price_usd() - compute.chip_share * full) / full

    def usual_rent_usd(self) -> float:
        """Rent of a CU at usual use, USD: its full cost, which falls as new chips get better."""
        compute = self.parameters.compute
        progress = (1 + compute.vintage_gain) ** (self.quarter / 4)
        return float(compute.list_price_usd_hour * CU_HOURS / progress * self.chip_price_index())

    def available_power_gw(self) -> float:
        """New power of all regions in this quarter, GW; endless in a world without regions."""
        if not self.power_regions:
            return float("inf")
        return sum(new_power_gw(self, region) for region in self.power_regions.values())

    def mean_required_return(self) -> float:
        """Required return of round investors, weighted by dry powder."""
        can_borrow = self.bank.can_lend
        weights = [
            (i.pledge_usd(can_borrow), i.stated.required_return)
            for i in self.active_investors
            if i.has_rounds
        ]
        total = sum(weight for weight, _ in weights)
        return sum(w * r for w, r in weights) / total if total > 0 else 0.0

    def _opening_utilisation(self) -> float:
        """Compute asked for over capacity at the start: there the rent is the list price."""
        capacity = sum(cloud.capacity_cu for cloud in self.clouds.values())
        asked = sum(cloud.outside_cu for cloud in self.clouds.values())
        asked += sum(contract.scheduled_cu(0) for contract in self.contracts)
        return asked / capacity if capacity > 0 and asked > 0 else 1.0

    # --- what is measured

    def add_indicator(
        self,
        name: str,
        measure: Callable[[Any], Any],
        *,
        unit: str,
        meaning: str,
        of: type[Institution] | None = None,
    ) -> None:
        """Measure one more number at the end of each quarter.

        It becomes a column of the model's frame, or of the frame of a class of firms, and of the
        output files with their dictionary.

        Args:
            name: column, with its unit where it has one, such as ``"premiums_usd"``.
            measure: function of the model, or of the firm.
            unit: unit of the values; "1" for a pure number.
            meaning: what it is, in a sentence.
            of: class of firms that are measured, with its subclasses; None: the whole market.

        Raises:
            RuntimeError: the run has begun, so the first quarters would lack it.
            ValueError: the name is taken.
        """
        if self.quarter > 0:
            raise RuntimeError(
                f"the run has begun ({self.quarter} quarters): add the indicator {name!r} before "
                "the first step, or its first quarters would be missing"
            )
        own = Indicator(name, unit, meaning, reporter(measure))
        add_indicator(self, OwnIndicator(of, own))

    def rounds_frame(self) -> pd.DataFrame:
        """Funding rounds, one row each.

        Columns: quarter_number, quarter (label), key and lab (of who asked: a lab or a cohort of
        start-ups), hardness, exit_multiple, critical_hardness, is_closed, asked_usd, raised_usd,
        pre_money_usd.
        """
        return rounds_frame(self)

    def averts(self, kind: str, agent: str) -> bool:
        """Whether an event (kind, name of the agent) is kept from happening this quarter."""
        return self.averted.holds(kind, agent, self.quarter)

    def why(self, event: Event | int) -> str:
        """An event and what came before and could reach it, a sentence for each event."""
        return self.events.explain(event)


def _active[F: Institution](firms: Iterable[F]) -> list[F]:
    """Those that take part in the market."""
    return [firm for firm in firms if firm.is_active]

"""Every method that agents/README.md says to override decides: overriding it changes a run.

The table "Override this" is read from the README: for each of its rows a subclass with that method
replaced goes into a ``MarketModel`` the public way, and the run must move as the row says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from small_world import small_world

import agents
from agents import AILab, CloudProvider
from agents.funding_round import Book, Terms
from agents.institution import Institution
from agents.rules.credit import Lent
from agents.rules.startups import Spending
from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario

README = Path(__file__).parents[2] / "agents" / "README.md"
SLOTS = {
    "AILab": "lab_class",
    "CloudProvider": "cloud_class",
    "Chipmaker": "chipmaker_class",
    "Investor": "investor_class",
    "StartupCohort": "startup_class",
    "CreditInvestor": "credit_class",
}
Method = Callable[..., Any]
"""A method, ``self`` first."""
Measure = Callable[[MarketModel], dict[str, float]]
"""What is measured, by company key; one entry "" when it is of the whole market."""


class Row(NamedTuple):
    """A row of the table: what a change does."""

    change: str
    direction: str
    is_each: bool


def table() -> dict[str, Row]:
    """The rows of "Override this" by class and method; every row says **up** or **down** once."""
    text = README.read_text(encoding="utf-8")
    section = text.split("## Override this")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+\.\w+)` \|[^|]+\|([^|]+)\|$", section, re.MULTILINE)
    found = {}
    for method, change in rows:
        (direction,) = re.findall(r"\*\*(up|down)\*\*", change)
        found[method] = Row(change, direction, " each " in change)
    return found


# --- changes: from the parent's method to the new one


def times(factor: float) -> Callable[[Method], Method]:
    """Return so many times what the parent returns."""
    return lambda parent: lambda self, *given: factor * parent(self, *given)


def always(answer: Any) -> Callable[[Method], Method]:
    """Return this, whatever is asked."""
    return lambda _: lambda _self, *_given: answer


def scaled(name: str, factor: float) -> Callable[[Method], Method]:
    """Do as the parent does, then multiply an attribute."""

    def change(parent: Method) -> Method:
        def method(self: Any, *given: Any) -> Any:
            result = parent(self, *given)
            setattr(self, name, factor * getattr(self, name))
            return result

        return method

    return change


def optimism(parent: Method) -> Method:
    """Learn as ever and expect a growth of 20% a quarter all the same."""

    def method(self: Any) -> None:
        parent(self)
        self.beliefs.expected = 0.2

    return method


def pessimism(parent: Method) -> Method:
    """Learn as ever and expect to shrink by a tenth a quarter all the same."""

    def method(self: Any) -> None:
        parent(self)
        self.beliefs.expected = -0.1

    return method


def bank_loans(decide: Method) -> Method:
    """Borrow everything from the bank."""

    def method(self: Any, lent: Any = ()) -> None:
        del lent
        decide(self, (Lent(self.market.lender, "loans", self.financing.bonds),))

    return method


def no_deal(_: Method) -> Method:
    """Agree on nothing, whatever the book says."""

    def method(self: Any, book: Book) -> Terms:
        return Terms(0.0, self.valuation_usd)

    return method


def own_chips(_: Method) -> Method:
    """Order nothing from chipmakers."""

    def method(self: Any, thousands: float, _makers: object) -> None:
        self.own_chips_due += thousands

    return method


def largest_first(_: Method) -> Method:
    """Serve whoever has ordered most before the others."""

    def method(self: Any, made: float) -> dict[str, float]:
        served = {}
        for buyer in sorted(self.backlog, key=lambda key: -self.backlog[key]):
            served[buyer] = min(made, self.backlog[buyer])
            made -= served[buyer]
        return served

    return method


def twice_the_money(parent: Method) -> Method:
    """Find money for an investment twice as large."""
    return lambda self, usd: parent(self, 2 * usd)


def alone(parent: Method) -> Method:
    """Leave as if no other cloud and no other chipmaker were there."""

    def method(self: Any, firms: Sequence[Institution]) -> None:
        parent(self, [firm for firm in firms if firm.sector not in ("clouds", "chipmakers")])

    return method


def to_nobody(parent: Method) -> Method:
    """Hand over as if nobody bought anything."""
    return lambda self, _buyers: parent(self, [])


def at_once(_: Method) -> Method:
    """Leave creditors nothing to run."""

    def method(self: Any, firms: Sequence[Institution]) -> None:
        self.shut_down()
        Institution.wind_up(self, firms)

    return method


def published(parent: Method) -> Method:
    """Leave what it has learnt to the other labs."""

    def method(self: Any, firms: Sequence[Institution]) -> None:
        for firm in firms:
            if isinstance(firm, AILab) and firm.is_active:
                firm.cumulative_training_cu += self.cumulative_training_cu
        parent(self, firms)

    return method


# --- measures


def of(group: str, name: str) -> Measure:
    """An attribute of every firm of a group."""
    return lambda model: {
        key: float(getattr(firm, name)) for key, firm in getattr(model, group).items()
    }


def of_survivors(name: str) -> Measure:
    """An attribute of every cloud that has not failed."""
    return lambda model: {cloud.key: float(getattr(cloud, name)) for cloud in model.active_clouds}


def last_orders(model: MarketModel) -> dict[str, float]:
    """Sites begun in the last quarter by each cloud, thousands of chips."""
    return {key: cloud.orders[-1] for key, cloud in model.clouds.items()}


def count(kind: str) -> Measure:
    """How many events of a kind there were."""
    return lambda model: {"": float(len(model.events.select(kind)))}


def size(kind: str) -> Measure:
    """Sum of the sizes of all events of a kind."""
    return lambda model: {"": sum(event.size for event in model.events.select(kind))}


def paid(row: str, group: str) -> Measure:
    """What firms of a group paid (>= 0) or got in the last four quarters as ``row``, cents."""

    def measure(model: MarketModel) -> dict[str, float]:
        total = {}
        for key, firm in getattr(model, group).items():
            total[key] = 0.0
            for quarter in range(model.quarter):
                for posting in model.ledger.postings(quarter):
                    if posting.row == row:
                        legs = (leg.amount for leg in posting.legs if leg.party == firm.name)
                        total[key] += sum(abs(amount) for amount in legs)
        return total

    return measure


def owed(instrument: str, group: str) -> Measure:
    """What each firm of a group owes, cents."""
    return lambda model: {
        key: float(model.ledger.liabilities(firm.party, instrument))
        for key, firm in getattr(model, group).items()
    }


def capacity(model: MarketModel) -> dict[str, float]:
    """Compute in service of each cloud, CU."""
    return {key: cloud.capacity_cu for key, cloud in model.clouds.items()}


def reliabilities(model: MarketModel) -> dict[str, float]:
    """Reliability of the labs that sell, 0 to 1."""
    return {lab.key: lab.reliability for lab in model.active_labs}


def order_books(model: MarketModel) -> dict[str, float]:
    """Orders in the books of the chipmakers that remain, thousands of chips."""
    return {maker.key: sum(maker.backlog.values()) for maker in model.active_chipmakers}


def least_capacity(model: MarketModel) -> dict[str, float]:
    """Compute in service of the smallest cloud, CU."""
    return {"": min(capacity(model).values())}


def all_capacity(model: MarketModel) -> dict[str, float]:
    """Compute in service, CU."""
    return {"": sum(capacity(model).values())}


def rounds(name: str) -> Measure:
    """Mean of a field of the rounds held; 0 without one."""

    def measure(model: MarketModel) -> dict[str, float]:
        values = [float(getattr(held, name)) for held in model.rounds]
        return {"": sum(values) / len(values) if values else 0.0}

    return measure


def years_in_service(model: MarketModel) -> dict[str, float]:
    """Years of chips that each cloud runs."""
    return {key: float(len(cloud.vintages)) for key, cloud in model.clouds.items()}


def owned_by_clouds(model: MarketModel) -> dict[str, float]:
    """Shares of labs that clouds have bought or held, millions."""
    ledger, labs = model.ledger, model.labs.values()
    return {
        key: sum(ledger.units(lab.party, cloud.party) for lab in labs) / 1e6
        for key, cloud in model.clouds.items()
    }


def owned_by_the_public(model: MarketModel) -> dict[str, float]:
    """Shares of start-ups that the public market holds."""
    public = model.investors["public"].party
    return {key: float(model.ledger.units(c.party, public)) for key, c in model.startups.items()}


def credit_cash(model: MarketModel) -> dict[str, float]:
    """Cash of credit investors, USD."""
    return {key: lender.cash_usd for key, lender in model.credit_investors.items()}


# --- worlds


@cache
def world(name: str) -> MarketParameters:
    """A shipped scenario, or one of two worlds in which the rule under test is alone.

    In "vendor credit" chipmakers lend to clouds; in "plain building" power is never short, and
    chips neither die nor are replaced where they stood, and all goes to plan.
    """
    if name == "vendor credit":
        return small_world(
            chipmaker_rules={"vendor_required_return": 0.0, "concentration_cap": 1.0},
            cloud_rules={"max_leverage": 0.0, "rpo_advance_rate": 0.0},
        )
    if name == "plain building":
        data = load_scenario("reference").model_dump()
        data["power_regions"] = {}
        data["cloud_rules"] |= {"refresh_speed": 0.0, "pace_noise": 0.0}
        data["chipmaker_rules"]["output_noise"] = 0.0
        data["compute"] |= {"price_sensitivity": 0.35, "failure_rate": 0.0, "wear_rate": 0.0}
        return MarketParameters.model_validate(data)
    if name == "short lives":
        return load_scenario("reference", ["compute.has_reuse=false"])
    return load_scenario(name)


def files(key: str) -> Callable[[MarketModel], None]:
    """A firm files for bankruptcy."""
    return lambda model: model.settlement.file(model.institution(key).party)


def clouds_lose_cash(model: MarketModel) -> None:
    """Every cloud loses nine tenths of its cash."""
    for cloud in model.clouds.values():
        model.ledger.pay(cloud.party, model.parties.rest, round(90 * cloud.cash_usd), "wages")
    model.ledger.commit("loss")


class Try(NamedTuple):
    """How a method is overridden, where and for how long, and what is measured.

    ``event`` happens after as many quarters as are run before it; then ``more`` are run.
    """

    change: Callable[[Method], Method]
    world: str
    quarters: int
    measure: Measure
    event: Callable[[MarketModel], None] | None = None
    more: int = 1


TABLE = table()
TRIES = {
    "AILab.form_expectations": Try(pessimism, "reference", 8, size("contract signed")),
    "AILab.set_price": Try(
        scaled("price_eur", 0.8), "reference", 4, of("labs", "offered_price_eur")
    ),
    "AILab.use_of_a_seat": Try(always(1.0), "reference", 8, of("labs", "enterprise_revenue_usd")),
    "AILab.plan_training": Try(
        scaled("training_target_cu", 2.0), "reference", 3, of("labs", "training_cu")
    ),
    "AILab.spot_demand_cu": Try(times(0.5), "reference", 1, of("labs", "on_demand_cu")),
    "AILab.plan_contract": Try(always(None), "reference", 8, size("contract signed")),
    "AILab.project_need": Try(scaled("hole_usd", 2.0), "minimal", 12, rounds("hardness")),
    "AILab.ask_usd": Try(always(0.0), "minimal", 12, count("round")),
    "AILab.has_good_price": Try(always(False), "reference", 8, size("round")),
    "AILab.lowest_price_usd": Try(times(2.0), "minimal", 12, count("round")),
    "AILab.accept_terms": Try(no_deal, "minimal", 12, rounds("raised_usd")),
    "AILab.exit_value_usd": Try(times(0.5), "reference", 5, rounds("pre_money_usd")),
    "AILab.ask_parent_usd": Try(always(0.0), "reference", 20, paid("parent funding", "labs")),
    "AILab.give_up_contracts": Try(
        always(None), "openai-fails", 16, paid("cancellation fees", "labs")
    ),
    "AILab.default_probability": Try(always(0.2), "plain building", 1, last_orders),
    "AILab.wind_up": Try(published, "reference", 7, reliabilities, files("anthropic"), 2),
    "CloudProvider.form_expectations": Try(optimism, "reference", 2, last_orders),
    "CloudProvider.retire": Try(always(None), "short lives", 24, years_in_service),
    "CloudProvider.accepts_lab": Try(always(False), "reference", 8, size("contract signed")),
    "CloudProvider.stake_offer_usd": Try(always(0.0), "reference", 12, owned_by_clouds),
    "CloudProvider.learn_from_use": Try(always(None), "plain building", 16, last_orders),
    "CloudProvider.plan_order": Try(times(2.0), "reference", 1, last_orders),
    "CloudProvider.plan_refresh": Try(
        always(0.0), "reference", 12, of("clouds", "refresh_capex_usd")
    ),
    "CloudProvider.plan_finance": Try(times(0.5), "reference", 1, last_orders),
    "CloudProvider.raise_debt": Try(bank_loans, "reference", 12, owed("loans", "clouds")),
    "CloudProvider.wants_vendor_credit": Try(
        always(False), "vendor credit", 3, size("vendor finance"), clouds_lose_cash
    ),
    "CloudProvider.order_chips": Try(own_chips, "reference", 8, of("chipmakers", "revenue_usd")),
    "CloudProvider.pay_advances": Try(
        always(None), "reference", 8, owed("prepayments", "chipmakers")
    ),
    "CloudProvider.planned_payout_usd": Try(
        always(0.0), "reference", 4, paid("dividends", "clouds")
    ),
    "CloudProvider.wind_up": Try(at_once, "reference", 7, all_capacity, files("oracle")),
    "CloudProvider.sell_data_centres": Try(
        to_nobody, "reference", 7, of_survivors("capacity_cu"), files("oracle")
    ),
    "CloudProvider.estate_bid_usd": Try(
        always(0.0), "reference", 7, of_survivors("capacity_cu"), files("oracle")
    ),
    "CloudProvider.pass_on_customers": Try(
        to_nobody, "reference", 7, of_survivors("organic_cu"), files("oracle")
    ),
    "Chipmaker.form_expectations": Try(optimism, "reference", 8, of("chipmakers", "output")),
    "Chipmaker.set_price_and_output": Try(
        scaled("price_usd", 1.1), "reference", 3, of("clouds", "capex_usd")
    ),
    "Chipmaker.plan_expansion": Try(times(2.0), "reference", 8, of("chipmakers", "output")),
    "Chipmaker.allocate": Try(largest_first, "plain building", 5, least_capacity),
    "Chipmaker.advance_asked_usd": Try(
        always(0.0), "reference", 8, owed("prepayments", "chipmakers")
    ),
    "Chipmaker.finances": Try(always(0.0), "reference", 8, size("vendor finance")),
    "Chipmaker.equity_offer_usd": Try(always(0.0), "minimal", 10, size("vendor finance")),
    "Chipmaker.offer_credit": Try(
        always({}), "vendor credit", 3, size("vendor finance"), clouds_lose_cash
    ),
    "Chipmaker.honours_letter": Try(always(False), "reference", 40, count("letter tranche")),
    "Chipmaker.honours_backstop": Try(
        always(False), "reference", 20, paid("compute", "chipmakers")
    ),
    "Chipmaker.planned_payout_usd": Try(always(0.0), "minimal", 4, paid("dividends", "chipmakers")),
    "Chipmaker.wind_up": Try(alone, "reference", 7, order_books, files("nvidia")),
    "Investor.pledge_usd": Try(times(0.5), "minimal", 12, rounds("hardness")),
    "Investor.may_join": Try(always(True), "minimal", 12, rounds("hardness")),
    "Investor.limit_multiple": Try(times(2.0), "reference", 3, rounds("raised_usd")),
    "Investor.bridge_offer_usd": Try(always(0.0), "reference", 30, size("bridge loan")),
    "Investor.exit_rate": Try(always(0.0), "reference", 4, owned_by_the_public),
    "Investor.return_uncalled": Try(always(0), "reference", 4, of("investors", "cash_usd")),
    "Investor.make_room": Try(twice_the_money, "reference", 4, owed("loans", "investors")),
    "Investor.margin_sale_usd": Try(always(0.0), "reference", 28, count("margin call")),
    "Investor.receive_savings": Try(always(0), "minimal", 6, of("investors", "cash_usd")),
    "Investor.pass_on_dividends": Try(always(0), "minimal", 8, of("investors", "cash_usd")),
    "CreditInvestor.room_usd": Try(always(0.0), "reference", 4, owed("bonds", "clouds")),
    "CreditInvestor.receive_savings": Try(always(0), "reference", 4, credit_cash),
    "StartupCohort.form_expectations": Try(optimism, "reference", 12, of("startups", "asked_usd")),
    "StartupCohort.plan_spending": Try(
        always(Spending(0.0, 0.0, 0.0, 0.0)), "reference", 2, paid("compute", "startups")
    ),
    "StartupCohort.ask_usd": Try(always(0.0), "reference", 6, of("startups", "spending_usd")),
    "StartupCohort.accept_terms": Try(no_deal, "reference", 6, of("startups", "spending_usd")),
    "StartupCohort.grow": Try(always(None), "reference", 6, of("startups", "revenue_usd")),
}


def run(wanted: Try, classes: dict[str, type]) -> dict[str, float]:
    """Measure a world with these classes of firms."""
    model = type("Changed", (MarketModel,), classes)(world(wanted.world), seed=1)
    model.run(wanted.quarters)
    if wanted.event is not None:
        wanted.event(model)
        model.run(wanted.more)
    return wanted.measure(model)


@cache
def unchanged(name: str) -> dict[str, float]:
    """What a try measures without the change."""
    return run(TRIES[name], {})


def changed(name: str) -> dict[str, float]:
    """What a try measures with the method overridden in a subclass of the agent."""
    class_name, method = name.split(".")
    parent = getattr(agents, class_name)
    own = type(f"Own{class_name}", (parent,), {method: TRIES[name].change(getattr(parent, method))})
    return run(TRIES[name], {SLOTS[class_name]: own})


def test_every_row_of_the_table_is_tried() -> None:
    assert sorted(TABLE) == sorted(TRIES)


@pytest.mark.parametrize("name", TABLE)
def test_an_override_moves_the_run_as_the_table_says(name: str) -> None:
    """In sum; and for each firm where the table says so."""
    row, before, after = TABLE[name], unchanged(name), changed(name)
    sign = 1 if row.direction == "up" else -1
    moves = {key: sign * (after[key] - before[key]) for key in before if before[key] == before[key]}
    assert sum(moves.values()) > 0
    if row.is_each:
        assert min(moves.values()) > 0, moves


def test_an_order_twice_as_large_is_ordered() -> None:
    """What a cloud plans is what it orders, before any rule of the phase comes in between."""
    before, after = unchanged("CloudProvider.plan_order"), changed("CloudProvider.plan_order")
    assert after == pytest.approx({key: 2 * order for key, order in before.items()})


def test_in_the_smallest_world_too_an_order_twice_as_large_is_ordered() -> None:
    """For three quarters: what was ordered before caps nothing of what the override answers."""
    wanted = Try(times(2.0), "minimal", 3, last_orders)
    own = type("Own", (CloudProvider,), {"plan_order": times(2.0)(CloudProvider.plan_order)})
    before, after = run(wanted, {}), run(wanted, {"cloud_class": own})
    assert after["cloud"] > 1.2 * before["cloud"]


def test_the_example_of_the_table_runs() -> None:
    section = README.read_text(encoding="utf-8").split("## Override this")[1].split("\n## ")[0]
    (code,) = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    space: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "agents/README.md", "exec"), space)
    model = space["Boom"]("minimal", seed=1).run(1)
    assert (
        model.clouds["cloud"].orders[-1]
        > MarketModel("minimal", seed=1).run(1).clouds["cloud"].orders[-1]
    )

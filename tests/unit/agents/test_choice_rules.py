"""The rule of three euros that a reader edits is the rule that runs, and it stands nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from numpy.typing import NDArray

import agents
from agents import CustomerPopulation, SingleCustomer
from agents.customers import kernel, population
from agents.rules import enterprise_choice
from agents.rules.enterprise_choice import PRICE_ROUNDING_EUR, OfferTable
from market.host import equip
from market.model import MarketModel
from market.parameters.world import MarketParameters

QUARTERS = 4
RULE = ("make_offer_table", "choose_providers", "choose_secondaries")
OFFERS = np.array([30.0, 26.5]), np.array([0.9, 0.9])
original = enterprise_choice.wants_to_move


def at_twice_the_cost(gain: Any, switching_cost: Any) -> Any:
    """Half as keen: the gain must be more than twice the switching cost."""
    return original(gain, 2 * switching_cost)


def moved_seats(path: str = "auto") -> float:
    """Seats that moved in a year of the reference scenario."""
    model = MarketModel("reference", seed=42)
    model.customers.path = path  # type: ignore[assignment]
    moved = 0.0
    for _ in range(QUARTERS):
        model.step()
        moved += model.customers.moved_seats
    return moved


def few(path: str = "auto", kind: type[CustomerPopulation] = CustomerPopulation) -> Any:
    """Buyers of one provider, with switching costs around three euros, in a bare Mesa model."""
    model = mesa.Model[Any, Any](rng=1)
    rules = {"customers": 400, "contract_quarters": 1, "tender_rate": 0.0}
    rules |= {"quality_weight_eur": 0.0, "minimum_reliability_spread": 0.0}
    equip(model, MarketParameters.model_validate({"enterprise": rules}), seed=3)
    customers = kind(model, ["one", "two"], [1.0, 0.0], [0.9, 0.9])
    customers.path = path  # type: ignore[assignment]
    return customers


def movers(customers: CustomerPopulation) -> int:
    """How many move to an offer that is 3.50 EUR cheaper."""
    customers.choose(*OFFERS)
    return int((customers.column("provider") == 1).sum())


# --- the functions


def test_a_year_of_the_reference_sees_customers_move() -> None:
    assert moved_seats() == moved_seats("objects") > 0


def test_twice_the_needed_gain_moves_fewer_seats(monkeypatch: pytest.MonkeyPatch) -> None:
    before = moved_seats()
    monkeypatch.setattr(enterprise_choice, "wants_to_move", at_twice_the_cost)
    assert moved_seats() < before
    assert moved_seats("objects") == moved_seats("arrays")  # both rules ask the one function


@pytest.mark.parametrize("name", RULE)
def test_an_ordinary_run_calls_the_rule_for_columns(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError(name)

    monkeypatch.setattr(enterprise_choice, name, fail)
    with pytest.raises(RuntimeError, match=name):
        moved_seats()
    assert moved_seats("objects") > 0  # which asks the rule for one customer only


def test_a_rule_for_columns_by_which_nobody_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    def stay(current: NDArray[np.int8], *_: Any, **__: Any) -> NDArray[np.int8]:
        return current

    monkeypatch.setattr(enterprise_choice, "choose_providers", stay)
    assert moved_seats() == 0


def test_a_rule_for_one_customer_by_which_nobody_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    def stay(current: int, *_: Any) -> int:
        return current

    offers = [30.0, 20.0], [0.0, 0.0], [0.9, 0.9]
    before, alone = moved_seats(), SingleCustomer(mesa.Model(rng=1), provider=0)
    monkeypatch.setattr(enterprise_choice, "choose_provider", stay)
    assert moved_seats("objects") == 0
    assert not alone.choose(*offers)
    assert moved_seats() == before  # which asks the rule for columns only
    monkeypatch.undo()
    assert alone.choose(*offers, quarter=1)


# --- the methods


MANY_SEATS = 60_000
"""About the median of those who buy at the start."""


class Loyal(CustomerPopulation):
    """Whoever has many seats never moves while it has a provider."""

    def choose_providers(
        self, rows: Any, code: NDArray[np.intp], table: OfferTable, is_tender: bool = False
    ) -> NDArray[np.int8]:
        chosen = super().choose_providers(rows, code, table, is_tender)
        held, seats = self.column("provider")[rows], self.column("seats")
        return np.where((seats[rows] > MANY_SEATS) & (held >= 0), held, chosen)


class Thrifty(CustomerPopulation):
    """Nobody buys from a second provider."""

    def choose_secondaries(
        self, rows: Any, primary: NDArray[np.int8], code: NDArray[np.intp], table: OfferTable
    ) -> NDArray[np.int8]:
        return np.full_like(primary, -1)


class Fond(CustomerPopulation):
    """The first provider's offer looks 5 EUR cheaper than it is."""

    def make_offer_table(
        self, prices: NDArray[np.float64], reliabilities: NDArray[np.float64]
    ) -> OfferTable:
        return super().make_offer_table(prices - 5.0 * (np.arange(prices.size) == 0), reliabilities)


def reference_with(kind: type[CustomerPopulation]) -> CustomerPopulation:
    """Customers of a kind of one's own after a year of the reference scenario."""

    class Market(MarketModel):
        customers_class = kind

    customers = Market("reference", seed=42).run(QUARTERS).customers
    assert type(customers) is kind
    return customers


def test_overridden_methods_change_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = reference_with(CustomerPopulation)
    start = MarketModel("reference", seed=42).customers
    large = start.column("seats") > MANY_SEATS
    held = large & (start.column("provider") >= 0)
    assert (usual.column("provider") != start.column("provider"))[held].any()
    loyal = reference_with(Loyal)
    assert (loyal.column("provider") == start.column("provider"))[held].all()
    assert (loyal.column("provider") != start.column("provider"))[~large].any()
    assert (usual.column("secondary") >= 0).any()
    assert (reference_with(Thrifty).column("secondary") < 0).all()
    assert reference_with(Fond).customers_of[0] > 1.2 * usual.customers_of[0]


# --- the compiled form gives way


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Large enough for the compiled form from the first quarter on."""
    monkeypatch.setattr(population, "COMPILED_AFTER", 0)
    kernel.gives_what_the_rule_gives.cache_clear()
    yield
    kernel.gives_what_the_rule_gives.cache_clear()


@pytest.fixture
def calls(at_once: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Blocks of rows that the compiled form was asked to look at, by call."""
    found: list[int] = []
    renew = kernel.renew

    def counted(blocks: Any, *given: Any, **options: Any) -> None:
        found.append(len(blocks))
        renew(blocks, *given, **options)

    kernel.gives_what_the_rule_gives()
    monkeypatch.setattr(kernel, "renew", counted)
    return found


def test_large_populations_take_the_compiled_form(calls: list[int]) -> None:
    assert movers(few()) == movers(few("arrays")) > 0
    assert calls == [1]


@pytest.mark.parametrize("path", ["auto", "arrays"])
def test_a_changed_function_runs_in_large_populations(
    monkeypatch: pytest.MonkeyPatch, calls: list[int], path: str
) -> None:
    before = movers(few(path))
    calls.clear()
    monkeypatch.setattr(enterprise_choice, "wants_to_move", at_twice_the_cost)
    assert 0 < movers(few(path)) < before
    assert calls == []
    with pytest.raises(ValueError, match="path: the compiled form holds the original rule"):
        few("compiled").choose(*OFFERS)


@pytest.mark.parametrize("name", RULE)
def test_each_function_of_the_rule_is_watched(
    monkeypatch: pytest.MonkeyPatch, calls: list[int], name: str
) -> None:
    function = getattr(enterprise_choice, name)
    seen = []

    def same(*given: Any, **options: Any) -> Any:
        seen.append(name)
        return function(*given, **options)

    monkeypatch.setattr(enterprise_choice, name, same)
    movers(few())
    assert seen
    assert calls == []


@pytest.mark.parametrize("kind", [Loyal, Thrifty, Fond])
def test_an_overridden_method_runs_in_large_populations(
    calls: list[int], kind: type[CustomerPopulation]
) -> None:
    assert movers(few("auto", kind)) == movers(few("arrays", kind))
    assert calls == []
    with pytest.raises(ValueError, match="path"):
        few("compiled", kind).choose(*OFFERS)


def test_a_method_replaced_in_one_population_runs(calls: list[int]) -> None:
    customers = few()
    customers.choose_providers = lambda rows, *_, **__: customers.column("provider")[rows].copy()
    assert movers(customers) == 0
    assert calls == []


def at_least_the_cost(gain: Any, switching_cost: Any) -> Any:
    """The rule with >= for >."""
    return gain >= switching_cost


def with_another_rounding(gain: Any, switching_cost: Any) -> Any:
    """The rule with a cent more."""
    return gain > switching_cost + 0.01


@pytest.mark.parametrize("edit", [at_least_the_cost, with_another_rounding])
def test_an_edited_file_is_noticed(
    monkeypatch: pytest.MonkeyPatch, at_once: None, edit: Any
) -> None:
    """The function is the same object, its text another: as after an edit of the file."""
    assert kernel.gives_what_the_rule_gives()
    kernel.gives_what_the_rule_gives.cache_clear()
    monkeypatch.setattr(enterprise_choice.wants_to_move, "__code__", edit.__code__)
    assert not kernel.gives_what_the_rule_gives()
    with pytest.raises(ValueError, match="path"):
        few("compiled").choose(*OFFERS)
    assert movers(few()) == movers(few("arrays"))


def test_another_rounding_holds_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enterprise_choice, "PRICE_ROUNDING_EUR", 1.0)
    kernel.gives_what_the_rule_gives.cache_clear()
    found = {movers(few(path)) for path in ("objects", "arrays", "compiled")}
    monkeypatch.undo()
    assert len(found) == 1
    assert found < {*range(movers(few()))}


# --- nowhere else

FOLDER = Path(agents.__file__).parents[1]
HOMES = {"enterprise_choice.py": 1, "kernel.py": 1}


def comparisons(path: Path) -> int:
    """Comparisons with a switching cost, as the rule makes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    return sum("switching_cost" in ast.unparse(node) for node in compared)


def test_the_rule_is_stated_once_and_compiled_once() -> None:
    files = [
        path for name in ("market", "agents", "runs") for path in (FOLDER / name).rglob("*.py")
    ]
    found = {path.name: count for path in files if (count := comparisons(path))}
    assert found == HOMES


def test_the_rounding_is_used_by_the_rule_alone() -> None:
    """Whoever writes the rule a further time needs it, to be exact at three euros."""
    assert PRICE_ROUNDING_EUR == 1e-9
    users = {
        path.name
        for name in ("market", "agents", "runs", "viz")
        for path in (FOLDER / name).rglob("*.py")
        if "PRICE_ROUNDING_EUR" in path.read_text(encoding="utf-8")
    }
    assert users == {*HOMES, "population.py"}  # which hands it to the compiled form

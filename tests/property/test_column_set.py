"""Agents in columns and Mesa's own: the same results, the same order, the same random draws."""

from __future__ import annotations

import copy
import operator
import pickle
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import mesa
import numpy as np
from column_examples import PlainShopper, RowShopper, Shop
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from mesa.agentset import AgentSet

from agents import ColumnAgentSet

CASH = st.one_of(st.sampled_from([0.0, -0.0, 1.5, 2.0, 1e16]), st.floats(-9, 9))
SIZE = st.integers(-3, 3)
KIND = st.sampled_from(["a", "b", "abc", ""])
VALUES = {"cash": CASH, "size": SIZE, "kind": KIND, "is_open": st.booleans()}
SHOPPER = st.fixed_dictionaries(VALUES)
SHOPPERS = st.lists(SHOPPER, min_size=1, max_size=10)
COLUMN = st.sampled_from(sorted(VALUES))
NUMBERS = ["cash", "size", "is_open", "wealth", "unique_id"]
NUMBER = st.sampled_from(NUMBERS)
AT_MOST = st.one_of(
    st.just(float("inf")), st.integers(-1, 9), st.sampled_from([0.0, 0.5, 1.0, 2.5])
)
METHODS: list[Any] = ["swap", "leave_if_small", "push_out", "split", lambda a: a.pay(0.1)]
METHOD = st.sampled_from(METHODS)
FILTERS: list[Any] = [None, lambda a: a.size > 0, lambda a: a.is_open, lambda a: a.unique_id % 3]
ORDERS: list[Any] = [lambda a: a.cash, lambda a: (a.cash, a.size), lambda a: a.size % 2]
KEYS = ["cash", "size", *ORDERS]
KEY = st.one_of(COLUMN, st.just("wealth"), st.sampled_from(ORDERS))
FUNCTIONS: list[Any] = [sum, len, sorted, np.sum, np.mean, np.std, np.median, np.max]
BINARY: list[Any] = [operator.or_, operator.and_, operator.sub, operator.xor]
IN_PLACE: list[Any] = [operator.ior, operator.iand, operator.isub, operator.ixor]
COMPARE: list[Any] = [operator.le, operator.lt, operator.eq, operator.ne, operator.ge, operator.gt]
PICK = st.integers(0, 9)


def seen(value: Any) -> Any:
    """A result in a form that can be compared: agents by number, and zeros with their sign."""
    if isinstance(value, mesa.Agent):
        return value.unique_id
    if isinstance(value, dict):
        return [(seen(key), seen(v)) for key, v in value.items()]
    if isinstance(value, Iterable) and not isinstance(value, str | np.ndarray):
        return [seen(each) for each in value]
    return type(value).__name__, repr(value)


def outcome(call: Callable[..., Any], *args: Any) -> Any:
    """What a call returns, or the kind of its error."""
    try:
        return seen(call(*args))
    except (AttributeError, KeyError, RuntimeWarning, TypeError, ValueError) as error:
        return type(error)


def two_models(
    shoppers: list[dict[str, Any]], shops: int, seed: int
) -> tuple[mesa.Model[Any, Any], mesa.Model[Any, Any]]:
    """The same agents as objects and as rows."""
    plain, rows = mesa.Model(rng=seed), mesa.Model(rng=seed)
    for model in (plain, rows):
        Shop.create_agents(model, shops)
    for values in shoppers:
        PlainShopper(plain, **values)
    columns = {name: [values[name] for values in shoppers] for name in VALUES}
    ColumnAgentSet(rows, RowShopper, len(shoppers), **columns)
    return plain, rows


@given(shoppers=SHOPPERS, shops=st.integers(0, 2), seed=PICK, at_most=AT_MOST)
@settings(max_examples=150)
def test_what_changes_nothing(
    shoppers: list[dict[str, Any]], shops: int, seed: int, at_most: float
) -> None:
    """Every way to read, on all shoppers, on a shuffled half of them, and on all agents."""
    questions: list[Callable[[Any], Any]] = [
        *(lambda s, f=f: s.select(f, at_most) for f in FILTERS),
        *(lambda s, k=k, up=up: s.sort(k, ascending=up) for k in KEYS for up in (True, False)),
        *(lambda s, k=k: s.groupby(k).count() for k in KEYS),
        *(lambda s, k=k: s.groupby(k).agg("cash", sum) for k in KEYS),
        *(lambda s, n=n, f=f: s.agg(n, f) for n in NUMBERS for f in [*FUNCTIONS, min, max]),
        *(lambda s, n=n: s.get(n) for n in [*NUMBERS, NUMBERS]),
        lambda s: s.map("pay", 0.0),
        lambda s: s.shuffle(),
        lambda s: s.select(agent_type=mesa.Agent, at_most=at_most),
        lambda s: s.select(agent_type=Shop, at_most=at_most),
    ]
    plain, rows = two_models(shoppers, shops, seed)
    for agents in (
        lambda m: m.agents,
        lambda m: m.agents_by_type[m.agent_types[-1]],
        lambda m: m.agents_by_type[m.agent_types[-1]].shuffle().select(at_most=0.5),
    ):
        one, other = agents(plain), agents(rows)
        for question in questions:
            assert outcome(question, one) == outcome(question, other)


@given(shoppers=SHOPPERS, shares=st.tuples(*[st.sampled_from([0.0, 0.4, 0.8, 1.0])] * 2), seed=PICK)
def test_algebra(shoppers: list[dict[str, Any]], shares: tuple[float, float], seed: int) -> None:
    """Sets of two shuffled selections: Python's order of elements, in all operations."""
    results = []
    for model, cls in zip(two_models(shoppers, 0, seed), (PlainShopper, RowShopper), strict=True):
        one, other = (model.agents_by_type[cls].shuffle().select(at_most=s) for s in shares)
        results.append([seen(compare(one, other)) for compare in [*COMPARE, type(one).isdisjoint]])
        for second in (other, other.to_list()):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # an empty set without random state
                results[-1] += [seen(combine(one, second)) for combine in BINARY]
                results[-1] += [seen(combine(one.select(), second)) for combine in IN_PLACE]
        results[-1].append(model.random.getstate())
    assert results[0] == results[1]


class TwoModels(RuleBasedStateMachine):
    """Every rule is done to both; pair 0 is all shoppers, the others are selections."""

    pairs: list[tuple[Any, Any]]

    @initialize(shoppers=SHOPPERS, shops=st.integers(0, 2), seed=PICK)
    def begin(self, shoppers: list[dict[str, Any]], shops: int, seed: int) -> None:
        self.plain, self.rows = two_models(shoppers, shops, seed)
        self.pairs = [
            (self.plain.agents_by_type[PlainShopper], self.rows.agents_by_type[RowShopper])
        ]

    def pair(self, pick: int) -> tuple[Any, Any]:
        return self.pairs[pick % len(self.pairs)]

    def keep(self, plain: Any, rows: Any) -> None:
        """Compare two sets, and go on with them as a pair."""
        assert seen(plain) == seen(rows)
        if not any(rows is known for _, known in self.pairs):
            self.pairs = [self.pairs[0], *self.pairs[1:][-3:], (plain, rows)]

    def both(self, pick: int, call: Callable[[Any], Any]) -> None:
        """Do the same to both sets of a pair and compare what comes of it."""
        plain, rows = self.pair(pick)
        assert outcome(call, plain) == outcome(call, rows)

    @invariant()
    def are_equal(self) -> None:
        for plain, rows in self.pairs:
            assert seen(plain) == seen(rows)
            assert len(plain) == len(rows)
        assert seen(self.plain.agents) == seen(self.rows.agents)
        assert self.plain.agent_id_counter == self.rows.agent_id_counter
        assert self.plain.random.getstate() == self.rows.random.getstate()

    # --- who is there

    @rule(values=SHOPPER)
    def create(self, values: dict[str, Any]) -> None:
        PlainShopper(self.plain, **values)
        RowShopper(self.rows, **values)

    @precondition(lambda self: len(self.rows.agents) < 40)
    @rule(cash=st.lists(CASH, max_size=4), kind=KIND)
    def create_many(self, cash: list[float], kind: str) -> None:
        given = {"cash": cash, "kind": kind}
        self.keep(
            PlainShopper.create_agents(self.plain, len(cash), **given),
            RowShopper.create_agents(self.rows, len(cash), **given),
        )

    @rule(pick=PICK, place=PICK)
    def remove(self, pick: int, place: int) -> None:
        if self.pair(pick)[1]:
            self.both(pick, lambda agents: agents.to_list()[place % len(agents)].remove())

    @precondition(lambda self: self.rows.agents_by_type.get(Shop))
    @rule()
    def remove_a_shop(self) -> None:
        for model in (self.plain, self.rows):
            for shop in list(model.agents_by_type.get(Shop, []))[:1]:
                shop.remove()

    # --- subsets and orders

    @rule(pick=PICK, test=st.sampled_from(FILTERS), at_most=AT_MOST, inplace=st.booleans())
    def select(self, pick: int, test: Any, at_most: float, inplace: bool) -> None:
        plain, rows = self.pair(pick)
        options = {"at_most": at_most, "inplace": inplace and rows is not self.pairs[0][1]}
        self.keep(plain.select(test, **options), rows.select(test, **options))

    @rule(pick=PICK, is_own=st.booleans(), at_most=AT_MOST)
    def select_a_type(self, pick: int, is_own: bool, at_most: float) -> None:
        plain, rows = self.pair(pick)
        types = (PlainShopper, RowShopper) if is_own else (Shop, Shop)
        self.keep(
            plain.select(agent_type=types[0], at_most=at_most),
            rows.select(agent_type=types[1], at_most=at_most),
        )

    @rule(pick=PICK)
    def where(self, pick: int) -> None:
        plain, rows = self.pair(pick)
        self.keep(plain.select(lambda a: a.cash > 1), rows.where(rows.array("cash") > 1))

    @rule(pick=PICK, inplace=st.booleans())
    def shuffle(self, pick: int, inplace: bool) -> None:
        plain, rows = self.pair(pick)
        inplace &= rows is not self.pairs[0][1]
        self.keep(plain.shuffle(inplace), rows.shuffle(inplace))

    @rule(pick=PICK, key=KEY, ascending=st.booleans(), inplace=st.booleans())
    def sort(self, pick: int, key: Any, ascending: bool, inplace: bool) -> None:
        plain, rows = self.pair(pick)
        inplace &= rows is not self.pairs[0][1]
        self.keep(plain.sort(key, ascending, inplace), rows.sort(key, ascending, inplace))

    @rule(pick=PICK, by=KEY, method=METHOD, name=NUMBER)
    def groupby(self, pick: int, by: Any, method: Any, name: str) -> None:
        self.both(pick, lambda agents: agents.groupby(by).count())
        self.both(pick, lambda agents: agents.groupby(by).agg(name, sum))
        self.both(pick, lambda agents: agents.groupby(by).map(list))
        self.both(pick, lambda agents: agents.groupby(by, "list").groups)
        self.both(pick, lambda agents: agents.groupby(by).map("do", method))
        self.both(pick, lambda agents: list(agents.groupby(by).do("shuffle_do", method)))

    @rule(pick=PICK, item=st.integers(-3, 9), start=st.integers(-3, 3))
    def item(self, pick: int, item: int, start: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            plain, rows = self.pair(pick)
            assert seen(plain[start:item:2]) == seen(rows[start:item:2])
            if -len(rows) <= item < len(rows):
                assert seen(plain[item]) == seen(rows[item])
        assert seen(plain.to_list()) == seen(rows.to_list())

    # --- what they do and know

    @rule(pick=PICK, method=METHOD, way=st.sampled_from(["do", "shuffle_do", "map"]))
    def act(self, pick: int, method: Any, way: str) -> None:
        self.both(pick, lambda agents: getattr(agents, way)(method))

    @rule(pick=PICK, way=st.sampled_from(["do", "shuffle_do", "map"]))
    def act_with_arguments(self, pick: int, way: str) -> None:
        self.both(pick, lambda agents: getattr(agents, way)("pay", amount=0.25))
        self.both(pick, lambda agents: getattr(agents, way)(operator.attrgetter("wealth")))
        self.both(pick, lambda agents: getattr(agents, way)("no_such_method"))

    @rule(pick=PICK, names=st.lists(st.one_of(COLUMN, NUMBER, st.just("nowhere")), max_size=3))
    def get(self, pick: int, names: list[str]) -> None:
        for wanted in (*names, names):
            self.both(pick, lambda agents, wanted=wanted: agents.get(wanted))
            self.both(pick, lambda agents, wanted=wanted: agents.get(wanted, "default", -1))
            self.both(pick, lambda agents, wanted=wanted: agents.get(wanted, "guess"))

    @rule(pick=PICK, name=COLUMN, data=st.data())
    def set_one_value(self, pick: int, name: str, data: st.DataObject) -> None:
        value = data.draw(VALUES[name])
        self.both(pick, lambda agents: agents.set(name, value))

    @rule(pick=PICK, name=NUMBER, functions=st.lists(st.sampled_from(FUNCTIONS), max_size=3))
    def agg(self, pick: int, name: str, functions: list[Any]) -> None:
        if self.pair(pick)[1]:
            for function in (*functions, [*functions, min, max]):
                self.both(pick, lambda agents, f=function: agents.agg(name, f))
        self.both(pick, lambda agents: agents.agg(name, min))  # of nobody: the same error

    # --- sets of agents

    @rule(pick=PICK, second=PICK, which=st.integers(0, 3), compare=st.sampled_from(COMPARE))
    def algebra(self, pick: int, second: int, which: int, compare: Any) -> None:
        (plain, rows), (plain_2, rows_2) = self.pair(pick), self.pair(second)
        assert compare(plain, plain_2) == compare(rows, rows_2)
        assert plain.isdisjoint(plain_2) == rows.isdisjoint(rows_2)
        combine, in_place = BINARY[which], IN_PLACE[which]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an empty set without a random state
            expected, listed = list(combine(plain, plain_2)), list(combine(plain, list(plain_2)))
            changed = AgentSet(plain, self.plain.random)
            changed = AgentSet(in_place(changed, copy.copy(plain_2)), self.plain.random)
        assert seen(listed) == seen(combine(rows, list(rows_2)))
        own = in_place(copy.copy(rows), copy.copy(rows_2))
        assert seen(own) == seen(changed)
        assert seen(in_place(rows.copy(), list(rows_2))) == seen(changed)
        self.keep(AgentSet(expected, self.plain.random), combine(rows, rows_2))

    @rule(pick=PICK, place=PICK, way=st.sampled_from(["add", "discard", "remove"]))
    def change_a_selection(self, pick: int, place: int, way: str) -> None:
        plain, rows = (copy.copy(agents) for agents in self.pair(pick))
        everybody, all_rows = self.pairs[0]
        if all_rows:
            agent = everybody.to_list()[place % len(everybody)]
            own = all_rows.to_list()[place % len(all_rows)]
            assert (agent in plain) == (own in rows)
            assert outcome(getattr(plain, way), agent) == outcome(getattr(rows, way), own)
            self.keep(plain, rows)

    @rule(pick=PICK)
    def pop_and_clear(self, pick: int) -> None:
        plain, rows = (copy.copy(agents) for agents in self.pair(pick))
        assert outcome(plain.pop) == outcome(rows.pop)
        self.keep(plain, rows)
        plain, rows = copy.copy(plain), copy.copy(rows)
        plain.clear()
        rows.clear()
        assert not plain
        assert not rows

    # --- the whole model

    @rule(way=st.sampled_from([copy.deepcopy, lambda state: pickle.loads(pickle.dumps(state))]))
    def copy_the_model(self, way: Callable[[Any], Any]) -> None:
        self.plain, self.rows, self.pairs = way((self.plain, self.rows, self.pairs))

    @rule(
        name=st.sampled_from(["cash", "size"]), test=st.sampled_from([None, lambda a: a.cash > 1])
    )
    def ask_everybody(self, name: str, test: Any) -> None:
        for call in (
            lambda m: m.agents.get(name),
            lambda m: m.agents.agg(name, [len, sum]),
            lambda m: m.agents.select(test),
            lambda m: m.agents.sort(name),
            lambda m: m.agents.shuffle(),
            lambda m: m.agents.groupby(name).count(),
            lambda m: m.agents.map("pay", 0.5),
            lambda m: m.agents.shuffle_do("pay", 0.5),
            lambda m: m.agents.set("cash", 2.5).get("cash"),
            lambda m: m.agents.copy().do("pay", 0.25),
            lambda m: len(m.agents),
        ):
            assert outcome(call, self.plain) == outcome(call, self.rows)


TwoModels.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_two_models = TwoModels.TestCase

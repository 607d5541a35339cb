"""Customers: seats, moves and switching costs as the population has them."""

import json
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from viz.charts.customers import (
    costs_frame,
    costs_option,
    lab_colours,
    lab_values,
    labs_frame,
    moves_option,
    prices_option,
    seats_option,
    streams_option,
    switched,
    would_go,
)
from viz.charts.theme import DARK, LIGHT
from viz.pages.customers import cut_price, gap_blocks
from viz.recording.firms import cut_status, no_offers, sellers
from viz.recording.recording import Recording
from viz.widgets.chart_card import option_text
from viz.words import WORDS
from viz.world.worlds import ShockStep, World, WorldProblem

CUT = 12


@cache
def recording() -> Recording:
    return Recording(World()).run_to_end()


def rival() -> str:
    """The lab with the third most seats before the cut: not the one that most buy from."""
    state = recording().snapshots[CUT].customers
    order = np.argsort(-state.seats)
    return state.keys[int(order[2])]


@cache
def cheaper() -> Recording:
    return Recording(World(shocks=(ShockStep(CUT, "price cut", rival(), 5.0),))).run_to_end()


def test_seats_add_up_to_the_market() -> None:
    frame = labs_frame(recording(), "seats")
    total = frame.drop(columns="quarter").sum(axis=1)
    market = recording().series("enterprise_seats")
    assert total.tolist() == pytest.approx(market)
    series = seats_option(recording(), LIGHT, CUT)["series"]
    drawn = sum(line["data"][CUT] for line in series)
    assert drawn == pytest.approx(total.iloc[CUT] / 1e6, rel=1e-3)


def test_prices_are_gaps_when_nothing_is_on_offer() -> None:
    values = lab_values(recording(), "prices")
    assert {*sellers(recording(), CUT)} == {k for k, v in values.items() if v[CUT] is not None}
    text = json.loads(option_text(prices_option(recording(), DARK, CUT)))
    assert text["yAxis"]["name"] == "EUR"


def test_a_lab_has_the_same_colour_in_every_world() -> None:
    assert lab_colours(recording(), LIGHT) == lab_colours(cheaper(), LIGHT)
    first = list(lab_colours(recording(), LIGHT).values())[:6]
    assert len({*first}) == 6


def test_moves_are_those_of_the_books() -> None:
    last = recording().quarters_recorded - 1
    total = sum(float(s.customers.switched.sum()) for s in recording().snapshots)
    everything = switched(recording(), 0, last, has_new=True)
    assert float(everything.to_numpy().sum()) == pytest.approx(total, rel=1e-3)
    assert WORDS("customers-new") in everything.index
    only = switched(recording(), 0, last)
    assert WORDS("customers-new") not in only.index
    assert WORDS("customers-gone") not in only.columns
    assert only.index.tolist() == only.columns.tolist()
    assert np.diag(only.to_numpy()).sum() == 0


def test_a_cut_wins_customers() -> None:
    name = recording().name_of(rival())
    without = switched(recording(), CUT, CUT + 1)
    moves = switched(cheaper(), CUT, CUT + 1)
    before = float(without[name].sum()) if name in without else 0.0
    assert float(moves[name].sum()) > before + 1e6
    option = streams_option(moves, {}, LIGHT)["series"][0]
    won = sum(link["value"] for link in option["links"] if link["target"] == f"to {name}")
    assert won * 1e3 == pytest.approx(float(moves[name].sum()), rel=1e-3)


def test_the_table_of_moves_names_giver_and_taker() -> None:
    moves = switched(cheaper(), CUT, CUT + 1)
    option = json.loads(option_text(moves_option(moves, LIGHT)))
    assert option["yAxis"]["data"] == moves.index.tolist()
    assert option["xAxis"]["data"] == moves.columns.tolist()
    cells = option["series"][0]["data"]
    top = max(cells, key=lambda cell: cell["value"][2])
    x, y, _ = top["value"]
    assert f"{moves.to_numpy().max() / 1e3:,.0f}" == top["label"]["formatter"]
    assert f"{moves.index[y]} to {moves.columns[x]}" in top["tooltip"]["formatter"]


def state(gaps: list[float]) -> Any:
    """Two labs with four seats each at costs of 0-1, 1-2, 2-3 EUR and more."""
    return SimpleNamespace(
        keys=("a", "b"),
        edges=np.array([0.0, 1.0, 2.0, 3.0]),
        costs=np.ones((2, 4)),
        gaps=np.array(gaps),
    )


@pytest.mark.parametrize(
    ("gap", "share"), [(-1.0, 0.0), (0.5, 0.125), (2.0, 0.5), (3.0, 0.75), (99.0, 0.75)]
)
def test_who_would_go(gap: float, share: float) -> None:
    assert would_go(state([gap, float("nan")])) == [pytest.approx(share), None]


def test_costs_are_all_seats_and_bars_below_the_gain_are_strong() -> None:
    snapshot = cheaper().snapshots[CUT].customers
    option = costs_option(cheaper(), CUT, LIGHT)
    bars = {s["name"]: s["data"] for s in option["series"] if s["type"] == "bar"}
    total = sum(bar["value"] for data in bars.values() for bar in data)
    assert total * 1e6 == pytest.approx(float(snapshot.costs.sum()), rel=1e-3)
    strong = 0
    for lab, key in enumerate(snapshot.keys):
        gain = float(snapshot.gaps[lab])
        for bar, edge in zip(bars.get(cheaper().name_of(key), []), snapshot.edges, strict=False):
            is_strong = bar["itemStyle"]["opacity"] == 1.0
            assert is_strong == bool(edge + 0.25 < gain)
            strong += is_strong
    assert strong > 0
    lines = option["series"][-1]["markLine"]["data"]
    median = cheaper().parameters.enterprise.switching_cost_median_eur
    assert median in [line["xAxis"] for line in lines]
    assert len(lines) == 1 + int((snapshot.gaps > 0).sum())
    frame = costs_frame(cheaper(), CUT)
    assert frame["seats"].sum() == pytest.approx(float(snapshot.costs.sum()))


def test_the_table_of_offers_names_the_best_rival() -> None:
    rows = gap_blocks(cheaper(), CUT)[0].rows
    assert [row.cells[0] for row in rows] == [
        cheaper().name_of(key) for key in sellers(cheaper(), CUT)
    ]
    name = cheaper().name_of(rival())
    assert all(row.cells[2] == name for row in rows if row.cells[0] != name)


def test_what_was_cut_is_said() -> None:
    assert cheaper().name_of(rival()) in cut_status(cheaper())
    assert "5 EUR" in cut_status(cheaper())
    assert cut_status(recording()) != cut_status(cheaper())


def twice(second: float, quarter: int = CUT + 5) -> World:
    """A world with a cut of 5 EUR, then another cut of the same lab."""
    first = ShockStep(CUT, "price cut", rival(), 5.0)
    return World(shocks=(first,)).with_shock(ShockStep(quarter, "price cut", rival(), second))


def test_a_second_cut_takes_the_place_of_the_first() -> None:
    lab = cheaper().name_of(rival())
    prices = [
        lab_values(Recording(world).run_to_end(), "prices")[rival()]
        for world in (cheaper().world, twice(5.0), twice(2.0))
    ]
    assert prices[0] == prices[1]
    once, _, other = ([price or 0.0 for price in row] for row in prices)
    assert other[CUT + 4] == once[CUT + 4]
    assert other[CUT + 5] - once[CUT + 5] == pytest.approx(3.0, abs=0.5)
    labels = cheaper().labels
    said = cut_status(Recording(twice(2.0)))
    assert f"{lab} asks 5 EUR less from {labels[CUT]} on, asks 2 EUR less from" in said
    assert said.count("EUR less") == 2
    assert cut_status(Recording(twice(5.0))) == cut_status(cheaper())


def page(world: World, quarter: int) -> tuple[Any, list[tuple[str, str, float]]]:
    """A page that shows a quarter, and the shocks that its session is told."""
    told: list[tuple[str, str, float]] = []
    session = SimpleNamespace(cursor=quarter, world=world, shock=lambda *given: told.append(given))
    return SimpleNamespace(session=session, touch=lambda: None), told


def test_the_same_cut_once_more_is_not_made() -> None:
    work: Any = SimpleNamespace(choices={})
    shown, told = page(cheaper().world, CUT + 5)
    cut_price(shown, work, rival(), 5.0)
    assert told == []
    assert f"already, since {cheaper().labels[CUT]}" in work.choices["cut_problem"]
    cut_price(shown, work, rival(), 2.0)
    assert told == [("price cut", rival(), 2.0)]
    assert work.choices["cut_problem"] == ""
    shown, told = page(twice(2.0), CUT + 2)
    cut_price(shown, work, rival(), 5.0)
    assert told == []
    shown, told = page(twice(2.0), CUT - 1)
    cut_price(shown, work, rival(), 5.0)
    assert told == [("price cut", rival(), 5.0)]


def test_a_cut_that_ends_is_told() -> None:
    world = World(shocks=(ShockStep(CUT, "price cut", rival(), 5.0, 4),))
    assert f"asks its old price from {cheaper().labels[CUT + 4]} on" in cut_status(Recording(world))


def test_prices_without_the_cut_are_dashed() -> None:
    option = prices_option(cheaper(), LIGHT, CUT, recording())
    lines = {line["id"]: line for line in option["series"]}
    name = cheaper().name_of(rival())
    ghost = lines[f"{name} ghost"]
    assert ghost["lineStyle"]["type"] == "dashed"
    assert ghost["data"][CUT] > lines[name]["data"][CUT]
    plain = prices_option(cheaper(), LIGHT, CUT)["series"]
    assert not any(line["id"].endswith("ghost") for line in plain)
    json.dumps(option, allow_nan=False)


def test_no_offers_is_told_truly() -> None:
    def of(*sold: bool) -> Any:
        states = [
            SimpleNamespace(keys=("a",), prices=np.array([1.0 if s else np.nan])) for s in sold
        ]
        return SimpleNamespace(
            labels=["q0", "q1", "q2"],
            quarters_recorded=len(sold),
            snapshots=[SimpleNamespace(customers=state) for state in states],
        )

    assert "any more in q2" in no_offers(of(True, False, False), 2)
    assert "yet in q0" in no_offers(of(False, True, False), 0)
    assert "in this run so far" in no_offers(of(False, False), 1)


def test_a_cut_that_is_not_possible_is_told() -> None:
    def refuse(kind: str, target: str, size: float) -> None:
        raise WorldProblem(f"{kind} {target} {size}")

    shown, told = page(World(), CUT)
    accept, shown.session.shock = shown.session.shock, refuse
    work: Any = SimpleNamespace(choices={})
    cut_price(shown, work, rival(), 2.5)
    assert work.choices["cut_problem"] == f"price cut {rival()} 2.5"
    cut_price(shown, work, "a", 2.5)
    assert "not possible here" in work.choices["cut_problem"]
    shown.session.shock = accept
    cut_price(shown, work, rival(), 2.5)
    assert work.choices["cut_problem"] == ""
    assert len(told) == 1

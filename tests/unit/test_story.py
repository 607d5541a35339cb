"""The story of a run: its words and numbers agree with the data."""

import pandas as pd
import pytest

from market.events import EventLog
from market.scenario import read_scenario
from market.units import money
from runs.single_run.frames import circular_part
from runs.single_run.money_network import firm_network
from runs.single_run.simulate import LAST_YEAR, PEAK_YEAR, WHOLE_RUN, Run, simulate
from runs.single_run.story import (
    align,
    circle,
    count,
    payments,
    reasons,
    sentence,
    table_by_year,
    tell,
    turning_points,
    weakest_link,
)


@pytest.fixture(scope="module")
def reference() -> Run:
    return simulate(read_scenario("reference", ["quarters=9"]), seed=3)


def flows(*rows: tuple[str, str, str, str, float, float]) -> pd.DataFrame:
    columns = ["payer", "payer_sector", "payee", "payee_sector", "goods_usd", "financing_usd"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(period=WHOLE_RUN, is_internal=False)


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (12.44e9, "12.4 bn USD"),
        (1234.4e9, "1,234 bn USD"),
        (999.6e9, "1,000 bn USD"),
        (310e6, "310 mn USD"),
        (-2e9, "-2.0 bn USD"),
        (0.0, "nothing"),
    ],
)
def test_money_in_words(usd: float, text: str) -> None:
    assert money(usd) == text


def test_counts_in_words() -> None:
    assert [count(n, "round") for n in (0, 1, 2)] == ["no rounds", "1 round", "2 rounds"]


def test_columns_are_aligned() -> None:
    assert align([["a", "1"], ["long", "100"]]) == ["a       1", "long  100"]
    assert align([]) == []


def test_the_circle_is_the_one_with_the_largest_smallest_leg() -> None:
    rows = flows(
        ("A", "labs", "B", "clouds", 300.0, 0.0),
        ("A", "labs", "D", "clouds", 500.0, 0.0),
        ("B", "clouds", "C", "chipmakers", 200.0, 0.0),
        ("D", "clouds", "C", "chipmakers", 20.0, 0.0),
        ("C", "chipmakers", "A", "labs", 0.0, 100.0),
    )
    rows[["goods_usd", "financing_usd"]] *= 1e9
    text = " ".join(circle(rows))
    assert "A paid B 300.0 bn USD" in text
    assert "B paid C 200.0 bn USD" in text
    assert "C put 100.0 bn USD into A" in text


def test_no_circle_without_money_from_a_chipmaker() -> None:
    rows = flows(
        ("A", "labs", "B", "clouds", 3.0, 0.0), ("B", "clouds", "C", "chipmakers", 2.0, 0.0)
    )
    assert "No chipmaker" in circle(rows)[0]


def test_payments_inside_a_family_are_not_told() -> None:
    rows = flows(("A", "labs", "B", "clouds", 3e9, 0.0), ("E", "labs", "F", "clouds", 5e9, 0.0))
    rows.loc[1, "is_internal"] = True
    text = "\n".join(payments(rows))
    assert "A to B" in text
    assert "E to F" not in text


def test_circulation_of_the_specified_example() -> None:
    network = {
        ("chip", "lab"): 100.0,
        ("lab", "cloud"): 300.0,
        ("cloud", "chip"): 240.0,
        ("investors", "lab"): 150.0,
        ("customers", "lab"): 120.0,
        ("cloud", "rest"): 70.0,
        ("chip", "rest"): 150.0,
        ("customers", "cloud"): 40.0,
    }
    circular = circular_part(network)
    assert sum(circular.values()) == pytest.approx(300.0)
    assert sum(circular.values()) / sum(network.values()) == pytest.approx(10 / 39)


def test_circulation_favours_no_path() -> None:
    network = {
        ("C", "A"): 100.0,
        ("A", "B1"): 300.0,
        ("A", "B2"): 100.0,
        ("B1", "C"): 300.0,
        ("B2", "C"): 100.0,
    }
    circular = circular_part(network)
    assert circular[("A", "B1")] == pytest.approx(75.0)
    assert circular[("A", "B2")] == pytest.approx(25.0)


def test_nothing_circulates_in_a_chain_or_in_nothing() -> None:
    assert circular_part({("A", "B"): 3.0, ("B", "C"): 2.0}) == pytest.approx(
        {("A", "B"): 0.0, ("B", "C"): 0.0}
    )
    assert circular_part({}) == {}


def test_the_circular_part_does_not_depend_on_the_order_of_the_firms() -> None:
    network = {("A", "B"): 5.0, ("B", "C"): 4.0, ("C", "A"): 3.0, ("B", "A"): 1.0}
    here, there = circular_part(network, ["C", "Z", "A", "B"]), circular_part(network)
    assert here == pytest.approx(there)
    assert sum(here.values()) == pytest.approx(11.0)
    with pytest.raises(KeyError):
        circular_part(network, ["A", "B"])


def test_the_network_keeps_what_reaches_the_firms() -> None:
    rows = flows(
        ("households", "households", "A", "labs", 4.0, 0.0),
        ("enterprises", "enterprises", "A", "labs", 5.0, 0.0),
        ("fund", "investors", "A", "labs", 0.0, 6.0),
        ("rest", "rest", "B", "clouds", 7.0, 8.0),
        ("A", "labs", "B", "clouds", 9.0, 0.0),
        ("A", "labs", "rest", "rest", 10.0, 0.0),
    )
    assert firm_network(rows) == {
        ("Customers", "A"): 9.0,
        ("Investors", "A"): 6.0,
        ("Lenders", "B"): 8.0,
        ("A", "B"): 9.0,
    }


# --- turning points


def test_reasons_follow_the_latest_cause_three_steps() -> None:
    log = EventLog("2025Q3")
    ids = [log.record(0, "shock", "A", 1.0, "", "begins").id]
    for quarter in range(1, 6):
        ids.append(log.record(quarter, "failed round", "A", 1.0, "USD", "fails", ids[-1:]).id)
    assert [event.id for event in reasons(log, log[5])] == [4, 3, 2]
    assert reasons(log, log[0]) == []
    assert sentence(log, log[1]) == "2025Q4, A: fails [1]"


def test_turning_points_tell_the_first_of_each_kind(reference: Run) -> None:
    text = "\n".join(turning_points(reference))
    for kind, title, absence in (
        ("failed round", "First failed round", "No round failed."),
        ("capex cut", "First CapEx cut", "No cloud cut its CapEx."),
        ("default", "First default", "No firm failed."),
    ):
        events = reference.model.events.select(kind)
        assert (title in text) == bool(events)
        assert (absence in text) == (not events)
        if events:
            assert f"[{events[0].id}]" in text


# --- against the data


def test_the_weakest_link_is_chosen_by_its_burden(reference: Run) -> None:
    labs = reference.agents["AILab"]
    first = labs[(labs["quarter"] == reference.labels[0]) & (labs["revenue_usd"] > 0)]
    burden = (first["rpo_usd"] / first["revenue_usd"]).tolist()
    name = first["name"].tolist()[burden.index(max(burden))]
    told = weakest_link(reference)
    assert told[1].startswith(f"{name} began with")
    raised = labs.loc[labs["name"] == name, "raised_usd"].sum()
    assert money(float(raised)) in told[2]


def test_the_table_sums_flows_and_takes_last_stocks(reference: Run) -> None:
    market = reference.market
    lines = table_by_year(market)
    assert lines[2].startswith("2025*")
    year = market[market["quarter"].str.startswith("2026")]
    (row,) = (line.split() for line in lines if line.startswith("2026"))
    assert float(row[2].replace(",", "")) == pytest.approx(year["capex_usd"].sum() / 1e9, abs=0.06)
    rpo = year["rpo_usd"].tolist()[-1] / 1e9
    assert float(row[7].replace(",", "")) == pytest.approx(rpo, abs=0.6)
    assert lines[-1] == "* part of the year"


def test_the_story_tells_what_was_raised(reference: Run) -> None:
    """Labs and start-ups live on the same money; each is told apart."""
    labs, young = (
        float(reference.market[f"{who}_raised_usd"].sum()) for who in ("labs", "startups")
    )
    told = tell(reference)
    assert f"The labs raised {money(labs)}:" in told
    assert f"AI start-ups raised {money(young)} beside them" in told
    names = {lab.name for lab in reference.model.labs.values()}
    rounds = [e for e in reference.model.events.select("failed round") if e.agent in names]
    assert f" and {len(rounds)} failed." in told


def test_money_flows_add_up_to_the_ledger(reference: Run) -> None:
    frame, ledger = reference.money_flows, reference.model.ledger
    quarters = reference.model.quarter
    goods, financing = ledger.money_flows(quarters + 1)
    whole = frame[frame["period"] == WHOLE_RUN]
    assert whole["goods_usd"].sum() == pytest.approx(goods.sum() / 100, rel=1e-12)
    assert whole["financing_usd"].sum() == pytest.approx(financing.sum() / 100, rel=1e-12)
    goods, _ = ledger.money_flows(5)
    last = frame[frame["period"] == LAST_YEAR]
    assert last["goods_usd"].sum() == pytest.approx(goods.sum() / 100, rel=1e-12)
    capex = reference.market["capex_usd"].tolist()
    assert reference.periods[PEAK_YEAR][-1] == capex.index(max(capex))


def test_agents_have_one_row_per_quarter_and_firm(reference: Run) -> None:
    for frame in reference.agents.values():
        firms = frame["name"].nunique()
        assert len(frame) == firms * len(reference.labels)
        assert frame["quarter"].tolist()[::firms] == reference.labels


def test_a_world_without_labs_has_a_story() -> None:
    empty = ["labs", "compute_contracts", "equity_commitments", "stakes", "shocks"]
    scenario = read_scenario("minimal", ["quarters=2"])
    data = scenario.parameters.model_dump() | {key: {} for key in empty}
    parameters = type(scenario.parameters).model_validate(data)
    run = simulate(type(scenario)(parameters, {}, "empty"))
    assert "There is no lab." in tell(run)

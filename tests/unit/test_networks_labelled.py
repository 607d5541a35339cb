"""Network measures by label: frames, graphs, series and dicts in any order, and what is refused."""

from __future__ import annotations

import doctest
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pandas as pd
import pytest
from source_tree import ROOT

from market.model import MarketModel
from market.network_indicators import contagion_ranking, named_cycles, network_series
from market.networks import cascades, circulation, clearing, contagion
from market.networks import circulation as circularity
from market.networks.cascades import (
    LabelledCascade,
    cascade_sizes,
    default_cascade,
    joint_degrees,
    watts_cascade,
)
from market.networks.circulation import (
    circulation_index,
    decompose_cycles,
    finn_cycling_index,
    finn_of_throughput,
    largest_circulation,
    maximum_circulation,
    round_trip_share,
)
from market.networks.clearing import LabelledClearing, clear, clear_by_seniority
from market.networks.contagion import LabelledRanking, debtrank, debtrank_single_hit, rank
from market.networks.payments import named_networks

NAMES = ["lab", "cloud", "maker", "bank"]
OTHER_ORDER = ["bank", "maker", "lab", "cloud"]
FLOWS = np.array(
    [[0.0, 80.0, 0.0, 5.0], [10.0, 0.0, 60.0, 8.0], [40.0, 6.0, 0.0, 0.0], [7.0, 0.0, 2.0, 0.0]]
)
PER_FIRM = np.array([20.0, 35.0, 15.0, 50.0])
SHOCK = np.array([1.0, 0.0, 0.25, 0.0])
PART = FLOWS * np.array([0.1, 0.5, 0.3, 1.0])[:, None]


def frame(values: np.ndarray[Any, Any] = FLOWS, columns: list[str] = OTHER_ORDER) -> pd.DataFrame:
    """The numbers by name, columns in another order than rows."""
    return pd.DataFrame(values, NAMES, NAMES)[columns]


def graph(values: np.ndarray[Any, Any] = FLOWS, weight: str = "weight") -> networkx.DiGraph:
    found = networkx.DiGraph()
    found.add_nodes_from(NAMES)
    for i, j in np.argwhere(values > 0).tolist():
        found.add_edge(NAMES[i], NAMES[j], **{weight: values[i, j]})
    return found


def series(values: np.ndarray[Any, Any] = PER_FIRM) -> pd.Series[Any]:
    """The numbers by name, in another order than the matrix."""
    return pd.Series(values, NAMES)[OTHER_ORDER]


def mapping(values: np.ndarray[Any, Any] = PER_FIRM) -> dict[str, Any]:
    return {name: values[NAMES.index(name)].item() for name in reversed(NAMES)}


BALANCED = (np.array([45.0, 20.0, 12.0, 6.0]), np.array([17.0, 28.0, 28.0, 10.0]))
MEASURES: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "debtrank": (debtrank, [FLOWS], [PER_FIRM, SHOCK]),
    "debtrank_single_hit": (debtrank_single_hit, [FLOWS], [PER_FIRM, SHOCK]),
    "circulation_index": (circulation_index, [FLOWS], []),
    "largest_circulation": (largest_circulation, [FLOWS], []),
    "maximum_circulation": (maximum_circulation, [FLOWS], []),
    "finn_cycling_index": (finn_cycling_index, [FLOWS], list(BALANCED)),
    "finn_of_throughput": (finn_of_throughput, [FLOWS], [FLOWS.sum(axis=0) + BALANCED[0]]),
    "round_trip_share": (round_trip_share, [FLOWS, PART], []),
    "clear": (clear, [FLOWS], [PER_FIRM, PER_FIRM / 2]),
    "rank": (rank, [FLOWS], [PER_FIRM, SHOCK]),
    "default_cascade": (default_cascade, [FLOWS], [PER_FIRM, SHOCK > 0.5]),
    "watts_cascade": (watts_cascade, [FLOWS], [np.array([0.4, 0.1, 0.9, 0.5]), SHOCK > 0.5]),
    "cascade_sizes": (cascade_sizes, [FLOWS], [PER_FIRM]),
}


def same(expected: Any, found: Any) -> bool:
    """Whether a result by label says bit for bit what arrays gave, in the order of the matrix."""
    if isinstance(found, LabelledClearing | LabelledRanking | LabelledCascade):
        is_series = [
            k for k in found.__dataclass_fields__ if not isinstance(getattr(found, k), list)
        ]
        if not isinstance(found, LabelledRanking):
            waves = [[NAMES[i] for i in wave] for wave in expected.waves]
            assert found.waves == waves
        if isinstance(found, LabelledClearing):
            assert list(found.recovery.columns) == NAMES
            assert np.array_equal(found.recovery.to_numpy(), expected.recovery)
            is_series.remove("recovery")
        elif isinstance(found, LabelledRanking):
            assert found.by_impact == [NAMES[i] for i in expected.by_impact]
            assert found.by_vulnerability == [NAMES[i] for i in expected.by_vulnerability]
        return all(same(getattr(expected, k), getattr(found, k)) for k in is_series)
    if isinstance(found, pd.DataFrame):
        assert list(found.columns) == NAMES
    if isinstance(found, pd.DataFrame | pd.Series):
        assert list(found.index) == NAMES
        return np.array_equal(found.to_numpy(), expected, equal_nan=expected.dtype != np.bool_)
    assert type(found) is float
    return bool(found == expected)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("matrix", [frame, graph])
@pytest.mark.parametrize("vector", [series, mapping])
def test_labels_in_any_order_give_the_very_numbers_of_arrays(
    name: str, matrix: Callable[[Any], Any], vector: Callable[[Any], Any]
) -> None:
    measure, networks, firms = MEASURES[name]
    expected = measure(*networks, *firms)
    found = measure(*map(matrix, networks), *map(vector, firms))
    assert same(expected, found)


@pytest.mark.parametrize("name", MEASURES)
def test_another_order_of_the_firms_changes_no_answer(name: str) -> None:
    measure, networks, firms = MEASURES[name]
    one = measure(*map(frame, networks), *map(series, firms))
    two = measure(*(frame(each).loc[OTHER_ORDER] for each in networks), *map(mapping, firms))
    for key in getattr(one, "__dataclass_fields__", {}):
        if isinstance(getattr(one, key), pd.Series):
            assert getattr(two, key).index.tolist() == OTHER_ORDER
            pd.testing.assert_series_equal(getattr(one, key), getattr(two, key)[NAMES])
    if isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, two[NAMES])
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, two.loc[NAMES, NAMES])
    elif isinstance(one, float):
        assert two == pytest.approx(one, rel=1e-9)


def test_classes_by_seniority_and_switches_go_by_label() -> None:
    classes, others = [PART, FLOWS - PART], [PER_FIRM / 4, PER_FIRM / 8]
    expected = clear_by_seniority(classes, PER_FIRM, others, alpha=0.9, beta=0.8)
    found = clear_by_seniority(
        [graph(classes[0]), frame(classes[1])],
        series(),
        [series(others[0]), mapping(others[1])],
        alpha=0.9,
        beta=0.8,
    )
    assert found.waves
    assert same(expected, found)
    passes = np.array([True, True, False, False])
    shares = round_trip_share(FLOWS, PART, FLOWS - PART, passes_on=passes)
    for given in (series(passes), mapping(passes)):
        by_name = round_trip_share(frame(), frame(PART), frame(FLOWS - PART), passes_on=given)
        assert same(shares, by_name)


def test_degrees_are_the_same_by_label() -> None:
    assert np.array_equal(joint_degrees(frame()), joint_degrees(FLOWS))
    assert np.array_equal(joint_degrees(graph()), joint_degrees(FLOWS))


def test_circles_bear_the_labels() -> None:
    expected = decompose_cycles(FLOWS, NAMES)
    assert len(expected) > 1
    assert decompose_cycles(frame()) == expected
    assert decompose_cycles(graph()) == expected
    numbers = decompose_cycles(pd.DataFrame(FLOWS))
    assert {name for cycle in numbers for name in cycle.names} == {"0", "1", "2", "3"}
    with pytest.raises(ValueError, match="names: the flows bring their own"):
        decompose_cycles(frame(), NAMES)
    with pytest.raises(ValueError, match="names: 4 different ones for flows without labels"):
        decompose_cycles(FLOWS)


def test_the_attribute_of_a_graph_that_holds_the_amount() -> None:
    paid = graph(weight="paid_usd")
    expected = debtrank(FLOWS, PER_FIRM, SHOCK)
    found = debtrank(paid, series(), series(SHOCK), weight="paid_usd")
    assert same(expected, found)
    with pytest.raises(
        ValueError, match=r"from 'lab' to 'cloud' has no 'paid_us'; did .*'paid_usd'"
    ):
        circulation_index(paid, weight="paid_us")
    with pytest.raises(ValueError, match=r"has no 'weight'$"):
        circulation_index(paid)
    for flows in (frame(), FLOWS):
        with pytest.raises(ValueError, match="weight: "):
            circulation_index(flows, weight="paid_usd")
    assert "weight" in inspect.signature(circulation_index).parameters


def test_any_label_that_can_be_told_apart_will_do() -> None:
    pairs = pd.MultiIndex.from_tuples([("us", 1), ("us", 2), ("nl", 1), ("nl", 2)])
    losses = debtrank(
        pd.DataFrame(FLOWS, pairs, pairs),
        pd.Series(PER_FIRM, pairs),
        dict(zip(pairs, SHOCK.tolist(), strict=True)),
    )
    assert losses.index.equals(pairs)
    numbered = networkx.from_numpy_array(FLOWS, create_using=networkx.DiGraph)
    by_number = debtrank(numbered, dict(enumerate(PER_FIRM)), dict(enumerate(SHOCK)))
    assert np.array_equal(by_number.to_numpy(), losses.to_numpy())
    empty = pd.DataFrame(dtype=float)
    assert clear(empty, {}).payments.empty


REFUSED: list[tuple[str, Callable[[], Any]]] = [
    (
        r"equity: 'Bank' not among the firms of the exposures; did you mean 'bank'\?; nothing for",
        lambda: rank(frame(), series().rename({"bank": "Bank"})),
    ),
    (r"^equity: nothing for 'bank'$", lambda: rank(frame(), series().drop("bank"))),
    (
        r"^equity: 'fund' not among the firms of the exposures$",
        lambda: rank(frame(), mapping() | {"fund": 1.0}),
    ),
    (
        r"'f0', 'f1', 'f2', 'f3', 'f4' and 3 more not among",
        lambda: rank(frame(), mapping() | {f"f{i}": 1.0 for i in range(8)}),
    ),
    (
        r"external assets: nothing for 'maker'",
        lambda: clear(graph(), {"lab": 1, "cloud": 1, "bank": 1}),
    ),
    (
        r"equity: 'bank' is there twice",
        lambda: rank(frame(), pd.concat([series(), series()[:1]])),
    ),
    (
        r"flows: the row 'lab' is there twice",
        lambda: circulation_index(frame().rename(index={"cloud": "lab"})),
    ),
    (
        r"flows: the column 'lab' is there twice",
        lambda: circulation_index(frame().rename(columns={"cloud": "lab"})),
    ),
    (
        r"flows \(columns\): 'clod' not among the firms of the flows; did you mean 'cloud'",
        lambda: circulation_index(frame().rename(columns={"cloud": "clod"})),
    ),
    (
        r"flows \(columns\): nothing for 'lab'",
        lambda: circulation_index(frame().drop(columns="lab")),
    ),
    (
        r"financing \(rows\): nothing for 'maker'",
        lambda: round_trip_share(frame(), frame(PART).drop(index="maker")),
    ),
    (
        r"financing: nothing for 'maker'",
        lambda: round_trip_share(frame(), graph(PART).subgraph(["lab", "cloud", "bank"])),
    ),
    (
        r"equity: the exposures have labels, so give one value per label, as a Series or a dict, "
        r"got ndarray",
        lambda: rank(frame(), PER_FIRM),
    ),
    (r"equity: given by label, but the exposures have no labels", lambda: rank(FLOWS, series())),
    (
        r"shock: given by label, but the exposures",
        lambda: debtrank(FLOWS, PER_FIRM, shock=mapping(SHOCK)),
    ),
    (
        r"financing: the payments have labels, so give the financing by label too",
        lambda: round_trip_share(frame(), PART),
    ),
    (
        r"passes on: the payments have labels",
        lambda: round_trip_share(frame(), frame(PART), passes_on=[True] * 4),
    ),
    (
        r"passes on: True or False, got 'no' for 'lab'",
        lambda: round_trip_share(
            frame(), frame(PART), passes_on=dict.fromkeys(NAMES, True) | {"lab": "no"}
        ),
    ),
    (
        r"exposures: networks by label are measured one at a time; a stack is a numpy array",
        lambda: rank([frame(), frame()], [series(), series()]),
    ),
    (
        r"classes are a list of matrices, got DataFrame",
        lambda: clear_by_seniority(frame(), series()),
    ),
    (r"flows by label are a DataFrame or a DiGraph, got dict", lambda: circulation_index({"a": 1})),
    (r"flows: a graph is a DiGraph", lambda: circulation_index(graph().to_undirected())),
    (
        r"flows: a graph is a DiGraph .*got MultiDiGraph",
        lambda: circulation_index(networkx.MultiDiGraph(graph())),
    ),
    (
        r"flows run between different firms: 'cloud' has 3.0 with itself",
        lambda: circulation_index(frame(FLOWS + np.diag([0.0, 3.0, 0.0, 0.0]))),
    ),
    (
        r"flows are finite numbers >= 0, got -80.0 from 'lab' to 'cloud'",
        lambda: circulation_index(frame(-FLOWS)),
    ),
    (
        r"flows are finite numbers >= 0, got nan from 'lab' to 'bank'",
        lambda: circulation_index(frame().astype("Float64").mask(lambda f: f == 5.0)),
    ),
    (r"flows are numbers: ", lambda: circulation_index(frame().astype(object).replace(5.0, "x"))),
    (
        r"external assets: finite numbers >= 0, got -1.0 for 'cloud'",
        lambda: clear(frame(), mapping() | {"cloud": -1.0}),
    ),
    (
        r"external assets are numbers, got None for 'cloud'",
        lambda: clear(frame(), mapping() | {"cloud": None}),
    ),
    (
        r"compartment 'lab' gets 57 and gives 95: add",
        lambda: finn_cycling_index(frame(), mapping(np.zeros(4)), mapping(BALANCED[1] - 7)),
    ),
    (
        r"flows: the row number 1 has no name",
        lambda: circulation_index(frame().rename(index={"cloud": None})),
    ),
]


@pytest.mark.parametrize(("words", "call"), REFUSED)
def test_what_does_not_fit_is_refused_by_name(words: str, call: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_plain_lists_stay_plain() -> None:
    found = debtrank(FLOWS.tolist(), PER_FIRM.tolist(), shock=SHOCK.tolist())
    assert isinstance(found, np.ndarray)
    assert np.array_equal(found, debtrank(FLOWS, PER_FIRM, SHOCK))
    with pytest.raises(ValueError, match=r"equity: one number per firm, shape \(4,\), got \(3,\)"):
        debtrank(FLOWS, PER_FIRM[:3], SHOCK)


@pytest.mark.parametrize("module", [clearing, contagion, circulation, circularity, cascades])
def test_every_public_measure_of_matrices_takes_labels(module: Any) -> None:
    takers = {
        name
        for name, each in vars(module).items()
        if inspect.isfunction(each)
        and each.__module__ == module.__name__
        and not name.startswith("_")
    }
    assert takers
    for name in takers:
        assert "weight" in inspect.signature(getattr(module, name)).parameters, name


def test_the_examples_in_the_docstrings_are_true() -> None:
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    shown = [clear, debtrank, decompose_cycles, default_cascade, round_trip_share]
    for measure in shown:
        for test in finder.find(measure, globs=dict(vars(inspect.getmodule(measure)))):
            assert test.examples
            assert runner.run(test).failed == 0


# --- networks of a model by name


@pytest.fixture(scope="module")
def model() -> MarketModel:
    return MarketModel("minimal", seed=3).run(6)


def test_networks_of_a_model_by_name_give_its_own_indicators(model: MarketModel) -> None:
    found = named_networks(model, range(4, 5))
    measured = network_series(model, range(4, 5))
    firms = found.is_firm.index[found.is_firm]
    names = [*(firm.name for firm in model.institutions()), model.lending_bank.name, "bank"]
    among = found.among(names)
    ranking, own = rank(among.claims, among.equity), contagion_ranking(model, range(4, 5))
    assert ranking.impact.max() > 0
    assert ranking.impact.to_numpy() == pytest.approx(own.impact[0], rel=1e-9)
    returns = round_trip_share(
        found.payments, found.financing, found.goods, passes_on=found.is_firm
    )
    expected = measured.firms["round_trip_share"][0]
    assert returns[list(measured.names)].to_numpy() == pytest.approx(expected, nan_ok=True)
    share = circulation_index(found.among(firms).payments)
    assert share == pytest.approx(measured.market["circularity"][0], rel=1e-9)
    cycles = decompose_cycles(found.among(firms).payments)
    assert cycles == named_cycles(model, range(4, 5))


def test_networks_of_a_model_hold_what_its_ledger_says(model: MarketModel) -> None:
    found, ledger = named_networks(model, by="key"), model.ledger
    cloud = next(iter(model.clouds.values()))
    lab = next(iter(model.labs.values()))
    quarters = len(ledger.archives) + 1
    paid = ledger.payments_between(lab.party, cloud.party, quarters) / 100
    assert paid > 0
    assert found.goods.loc[lab.key, cloud.key] == pytest.approx(paid)
    assert found.deposits[cloud.key] == pytest.approx(ledger.deposits(cloud.party) / 100)
    owed = sum(
        ledger.liabilities(cloud.party, kind)
        for kind in ("loans", "bonds", "vendor loans", "receivables", "prepayments")
    )
    assert found.debts.loc[cloud.key].sum() == pytest.approx(owed / 100)
    assert (found.claims + 1e-6 >= found.debts.T).all(axis=None)  # shares come on top
    others = found.debts.drop(columns=[*model.clouds]).loc[[*model.clouds]].sum(axis=1)
    among = found.among(model.clouds)
    assert clear(among.debts, among.deposits, others).payments.index.tolist() == [*model.clouds]
    with pytest.raises(KeyError, match="nobody"):
        found.among(["nobody"])
    with pytest.raises(ValueError, match="by: 'name' or 'key', got 'id'"):
        named_networks(model, by="id")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no quarter is closed"):
        named_networks(MarketModel("minimal"))


def test_the_examples_of_the_model_description_run(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "market" / "README.md").read_text(encoding="utf-8")
    examples = [part for part in text.split("```python\n")[1:] if "named_networks" in part]
    ranking, stress = (example.split("```")[0] for example in examples)
    exec(ranking, {})
    printed = capsys.readouterr().out
    assert printed.count("'") == 6
    exec(stress, scope := {})
    printed = capsys.readouterr().out
    assert printed.count("at most fall with another one") == 3
    assert scope["sizes"].max() > 0
    assert scope["sale"].is_settled
    assert (scope["added"] >= -1).all()  # one dollar


OUTSIDE = """
import networkx, pandas
import market
from market.networks.clearing import clear
from market.networks.contagion import debtrank
from market.networks.payments import named_networks

assert market.__file__.startswith({root!r})
owed = networkx.DiGraph()
owed.add_edge("lab", "cloud", usd=100.0)
owed.add_edge("cloud", "maker", usd=90.0)
cash = pandas.Series({{"maker": 5.0, "lab": 60.0, "cloud": 20.0}})
found = clear(owed, cash, weight="usd")
print(found.waves, found.payments["cloud"])
try:
    clear(owed, cash.rename({{"cloud": "clouds"}}), weight="usd")
except ValueError as error:
    print(error)
found = named_networks(market.MarketModel("minimal", seed=1).run(4))
losses = debtrank(found.claims, found.equity, (found.sectors == "labs").astype(float))
print(losses[found.sectors == "labs"].min(), losses["bank"] >= 0)
"""


def test_from_a_folder_outside_the_checkout(tmp_path: Path) -> None:
    script = tmp_path / "by_name.py"
    script.write_text(OUTSIDE.format(root=str(ROOT)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "[['lab'], ['cloud']] 80.0"
    assert lines[1] == (
        "external assets: 'clouds' not among the firms of the liabilities; did you mean 'cloud'?; "
        "nothing for 'cloud'"
    )
    assert lines[2] == "1.0 True"

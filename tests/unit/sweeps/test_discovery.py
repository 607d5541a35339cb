"""Conditions on outputs, and discovery with failures, replicates, words and gaps."""

import builtins
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis_frames import designed, with_output

from runs.analysis.discovery import cart_rules, find_cases, limit_of, prim_box
from runs.analysis.frame import AnalysisProblem, holds

NAMES = ["a", "b"]
RANGES = dict.fromkeys(NAMES, (0.0, 1.0))


@pytest.fixture
def runs() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "status": ["ok", "ok", "failed", "ok"],
            "freeze": pd.array([True, False, None, True], dtype="boolean"),
            "freeze_quarter": pd.array([3, None, None, 9], dtype="Int64"),
            "capex_usd:max": [1e12, 2e12, np.nan, 3e12],
            "spot:at(8)": [-1.0, 0.5, np.nan, 2.0],
            "first_default": ["acme", None, None, "other firm"],
        }
    )
    frame.attrs["outputs"] = list(frame.columns[1:])
    return frame


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("freeze", [True, False, None, True]),
        ("freeze == true", [True, False, None, True]),
        ("freeze != true", [False, True, None, False]),
        ("not freeze", [False, True, None, False]),
        ("freeze_quarter < 5", [True, None, None, False]),
        ("freeze_quarter == null", [False, True, None, False]),
        ("freeze_quarter != null", [True, False, None, True]),
        ("freeze and freeze_quarter < 5", [True, False, None, False]),
        ("capex_usd:max > 1.5e12", [False, True, None, True]),
        ("spot:at(8)>=-1", [True, True, None, True]),
        ("spot:at(8) < -.5 or capex_usd:max >= 3e12", [True, False, None, True]),
        ("freeze or freeze and not freeze", [True, False, None, True]),
        ("(freeze or capex_usd:max > 1) and not freeze", [False, True, None, False]),
        ("not (freeze and freeze_quarter > 5)", [True, True, None, False]),
        ("first_default == acme", [True, None, None, False]),
        ("first_default == 'other firm'", [False, None, None, True]),
        ("first_default == null", [False, True, None, False]),
    ],
)
def test_conditions_are_read_and_unknown_stays_unknown(
    runs: pd.DataFrame, condition: str, expected: list[bool | None]
) -> None:
    found = [None if pd.isna(value) else value for value in holds(runs, condition).tolist()]
    assert found == expected


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("", "a condition is missing"),
        ("freze", "did you mean 'freeze'"),
        ("freeze = true", "write =="),
        ("freeze == 1", "is true or false, not '1'"),
        ("freeze > true", "only be compared with == and !="),
        ("freeze == true freeze", "'freeze' is too much"),
        ("(freeze", "closing bracket"),
        ("capex_usd:max", "compare it with a value"),
        ("capex_usd:max >", "a value is missing"),
        ("capex_usd:max > high", "is a number"),
        ("capex_usd:max < null", "null can only"),
        ("first_default == acne", "did you mean 'acme'"),
        ("first_default == (", "where a value should"),
        ("3 > capex_usd:max", "'3' stands where an output should"),
        ("__import__('os')", "is not in this sweep"),
        ("freeze; freeze", "';'"),
        ("status == ok", "'status' is not in this sweep"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_line(
    runs: pd.DataFrame, condition: str, message: str
) -> None:
    with pytest.raises(AnalysisProblem) as caught:
        holds(runs, condition)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def sweep(points: int = 300, replications: int = 1) -> pd.DataFrame:
    design = designed("lhs", RANGES, points, replications=replications)
    return with_output(design, NAMES, lambda x: x[0])


def test_failed_runs_are_left_out_and_counted() -> None:
    frame = sweep()
    frame.loc[[1, 2, 3], "status"] = ["failed", "crashed", "crashed"]
    frame.loc[4, "y"] = np.nan
    cases = find_cases(frame, "y > 0.5", NAMES)
    assert len(cases.share) == 296
    assert cases.notes[0].startswith("left out: 4 of 300 points")
    assert "(2 crashed, 1 failed, 1 without a value)" in cases.notes[0]
    for notes in (prim_box(cases).analysis.notes, cart_rules(cases).notes):
        assert cases.notes[0] in notes
    with pytest.raises(AnalysisProblem, match="more than 1%"):
        find_cases(frame, "y > 0.5", NAMES, max_lost=0.01)


@pytest.mark.parametrize(("condition", "word"), [("y > 9", "never"), ("y < 9", "always")])
def test_what_holds_always_or_never_has_no_region(condition: str, word: str) -> None:
    with pytest.raises(AnalysisProblem, match=word):
        find_cases(sweep(), condition, NAMES)


def test_replicates_make_shares() -> None:
    frame = sweep(200, replications=4)
    rng = np.random.default_rng(8)
    frame["y"] = np.where(frame["a"] > 0.7, rng.random(800) < 0.75, False).astype(float)
    cases = find_cases(frame, "y == 1", NAMES)
    assert len(cases.share) == 200
    found = prim_box(cases, min_density=0.7)
    assert found.box.density == pytest.approx(0.75, abs=0.08)
    assert found.analysis.table["parameter"].tolist() == ["a"]
    assert cart_rules(cases, depth=1).table["density"][0] == pytest.approx(0.75, abs=0.05)


def test_words_flags_and_whole_numbers_read_as_such() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"point": range(400), "arm": "", "replicate": 0, "status": "ok"})
    frame["rule"] = rng.choice(["low", "mid", "high"], 400)
    frame["is_open"] = rng.random(400) < 0.5
    frame["delay"] = rng.integers(1, 9, 400)
    frame["hit"] = (frame["rule"] != "mid") & frame["is_open"] & (frame["delay"] >= 4)
    frame.attrs = {"outputs": ["hit"], "varied": ["rule", "is_open", "delay"]}
    cases = find_cases(frame, "hit", ["rule", "is_open", "delay"])
    found = prim_box(cases, min_density=0.99)
    assert limit_of(cases, found.box, 0)[2] == "high or low"
    assert limit_of(cases, found.box, 1)[2] == "true"
    assert limit_of(cases, found.box, 2)[0] == 4.0
    assert (found.box.coverage, found.box.density) == (1.0, 1.0)
    rule = cart_rules(cases).table["rule"][0]
    assert rule == "rule is not mid and is_open and delay > 3.5"


def test_where_a_parameter_does_not_apply_its_limit_holds() -> None:
    frame = sweep(400)
    frame["b"] = frame["b"].where(frame["a"] < 0.5)
    frame["hit"] = (frame["b"] > 0.6) | frame["b"].isna()
    frame.attrs["outputs"] = ["hit"]
    cases = find_cases(frame, "hit", NAMES)
    found = prim_box(cases, min_density=0.99)
    assert found.box.inside[frame["b"].isna().to_numpy()].all()
    assert found.box.coverage > 0.95
    table = cart_rules(cases).table
    assert table["coverage"].sum() > 0.98
    assert "(or does not apply)" in table["rule"][0]


def test_cart_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *rest, **named)

    cases = find_cases(sweep(), "y > 0.5", NAMES)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(AnalysisProblem, match=r"kaartenhuis\[analysis\]"):
        cart_rules(cases)

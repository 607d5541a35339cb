"""Scenario discovery on regions that are known in advance."""

import numpy as np
import pandas as pd
import pytest
from analysis_frames import designed, with_output

from runs.analysis.discovery import (
    Cases,
    cart_rules,
    choose_box,
    find_cases,
    peeling_table,
    prim_box,
)

NAMES = ["a", "b", "c", "d"]


def box_cases(noise: float = 0.0, points: int = 1000) -> Cases:
    """Cases in the box a > 0.6 and b < 0.5 (a fifth of all points); c and d do nothing."""
    design = designed("lhs", dict.fromkeys(NAMES, (0.0, 1.0)), points)
    frame = with_output(design, NAMES, lambda x: 1.0 * ((x[0] > 0.6) & (x[1] < 0.5)))
    flip = np.random.default_rng(1).random(points) < noise
    frame["hit"] = (frame["y"] > 0.5) ^ flip
    frame.attrs["outputs"] = ["hit"]
    return find_cases(frame, "hit == true", NAMES)


def limits(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {row["parameter"]: (row["low"], row["high"]) for _, row in table.iterrows()}


def test_prim_finds_a_known_box() -> None:
    found = prim_box(box_cases(), min_density=0.99)
    assert found.box.coverage > 0.9
    assert found.box.density > 0.97
    edges = limits(found.analysis.table)
    assert sorted(edges) == ["a", "b"]
    assert edges["a"][0] == pytest.approx(0.6, abs=0.03)
    assert edges["b"][1] == pytest.approx(0.5, abs=0.03)
    assert np.isnan(edges["a"][1])
    assert (found.analysis.table["quasi_p"] < 1e-10).all()


def test_prim_keeps_the_box_when_every_tenth_answer_is_wrong() -> None:
    found = prim_box(box_cases(noise=0.1), min_density=0.87)
    edges = limits(found.analysis.table)
    assert edges["a"][0] == pytest.approx(0.6, abs=0.06)
    assert edges["b"][1] == pytest.approx(0.5, abs=0.06)
    assert 0.87 <= found.box.density <= 0.93


def test_peeling_gives_up_coverage_for_density() -> None:
    assert peeling_table(prim_box(box_cases()))["density"].is_monotonic_increasing
    table = peeling_table(prim_box(box_cases(noise=0.1)))
    assert table["coverage"].is_monotonic_decreasing
    assert table["density"].iloc[-1] > 0.9
    assert table["mass"].iloc[-1] < 0.06
    assert table["mass"].iloc[0] == 1
    assert table["density"].iloc[0] == pytest.approx(0.1 + 0.2 * 0.8, abs=0.03)


def test_peeling_goes_on_where_no_slice_helps() -> None:
    # Half of the points at both ends are cases, more than elsewhere, so each first slice lowers the
    # density; the middle is nothing but cases.
    x = (np.arange(200) + 0.5) / 200
    is_end = (abs(x - 0.5) > 0.44) & (np.arange(200) % 2 == 0)
    frame = pd.DataFrame({"a": x, "hit": (abs(x - 0.5) < 0.1) | is_end})
    frame = frame.assign(point=range(200), arm="", replicate=0, status="ok")
    frame.attrs = {"outputs": ["hit"], "varied": ["a"]}
    found = prim_box(find_cases(frame, "hit", ["a"]), min_density=0.9)
    assert found.peeling[1].density < found.peeling[0].density
    assert found.box.density >= 0.9
    assert found.box.coverage > 0.7


def test_pasting_puts_back_what_peeling_took_too_much() -> None:
    # Large peels overshoot the edge of the box; the same slices do not fit back, smaller ones do.
    cases = box_cases()
    found = prim_box(cases, min_density=1.0, peel=0.3)
    peeled = choose_box(found.peeling, 1.0)
    assert found.box.coverage > peeled.coverage + 0.03
    assert found.box.density == 1


def test_limits_that_may_be_chance_are_named() -> None:
    rng = np.random.default_rng(4)
    frame = designed("lhs", dict.fromkeys(NAMES, (0.0, 1.0)), 60).assign(status="ok")
    frame["hit"] = rng.random(60) < 0.3
    frame.attrs = {"outputs": ["hit"], "varied": NAMES}
    found = prim_box(find_cases(frame, "hit", NAMES), min_density=0.5).analysis
    weak = found.table.loc[found.table["quasi_p"] > 0.05, "parameter"].tolist()
    assert weak
    assert found.notes[-1].endswith(f"limits of {', '.join(weak)}")


def test_a_limit_that_the_density_does_not_need_is_dropped() -> None:
    cases = box_cases(noise=0.1)
    for min_density in (0.5, 0.7, 0.85):
        found = prim_box(cases, min_density=min_density)
        assert found.box.density >= min_density
        assert (found.analysis.table["quasi_p"] <= 0.05).all()
        assert sorted(found.analysis.table["parameter"]) in (["a"], ["a", "b"])


def test_cart_finds_the_same_box_in_words() -> None:
    found = cart_rules(box_cases(), depth=2)
    assert len(found.table) == 1
    row = found.table.iloc[0]
    assert row["coverage"] > 0.97
    assert row["density"] > 0.97
    words = row["rule"].split()
    assert words[:2] == ["a", ">"]
    assert float(words[2]) == pytest.approx(0.6, abs=0.01)
    assert words[3:6] == ["and", "b", "<="]
    assert float(words[6]) == pytest.approx(0.5, abs=0.01)
    accuracy = float(found.notes[1].split()[1].strip("%"))
    assert accuracy > 97


def test_cart_says_when_it_only_guesses() -> None:
    frame = designed("lhs", dict.fromkeys(NAMES, (0.0, 1.0)), 300).assign(status="ok")
    frame["hit"] = np.random.default_rng(4).random(300) < 0.3
    frame.attrs = {"outputs": ["hit"], "varied": NAMES}
    assert "no better than a guess" in cart_rules(find_cases(frame, "hit", NAMES)).title

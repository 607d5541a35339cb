"""Gates: what they declare, and what their functions say of made-up results with a known answer."""

from __future__ import annotations

import re
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from html_page import Page
from validation_examples import GATES, frame, measured, results, spread, verdicts, yes

from market.parameters.world import quarter_index
from market.scenario import load_scenario
from runs.claims.studies import uncertain_parameters
from runs.problems import UserProblem
from runs.single_run.outcomes import firm_indicators, market_indicators
from runs.twin_runs.results import Effect
from runs.validation.facts import LAST, Fact, load_facts, spread_table, start_table
from runs.validation.gate import WORDS, Part, function_of, judge, select_gates
from runs.validation.measures import (
    OWN_SERIES,
    STATISTICS,
    first_fall,
    longest_streak,
    trough_over_peak,
)
from runs.validation.report import ReportContext, TrialFacts, write_report
from runs.validation.trials import (
    SCENARIOS,
    STEPS,
    Setting,
    load_trials,
    step_values,
    trial_plan,
)

MONEY = ["x0", "x0-25", "x0-5", "x1", "x1-5", "x2", "x3", "x5", "x10"]


# --- what is declared


@pytest.mark.parametrize("gate", GATES.values(), ids=lambda gate: gate.id)
def test_every_gate_is_whole(gate):
    assert callable(function_of(gate))
    assert gate.says("asks").endswith("?")
    assert gate.says("how").endswith(".")
    assert gate.title
    for part in gate.parts:
        assert gate.says(part)


def test_the_gates_are_those_of_the_specification():
    assert list(GATES) == [*(f"G{n}" for n in range(1, 13)), "S1", "S2", "S3"]


def test_every_trial_is_needed_and_every_text_is_of_a_gate():
    assert {name for gate in GATES.values() for name in gate.trials} == set(load_trials())
    page = {"gates.ftl", "report.ftl"}
    assert {path.name for path in WORDS.files} == page
    for name in WORDS:
        head = name.split("-")[0]
        assert head in GATES or not re.match(r"^[GS]\d", head)


@pytest.mark.parametrize("trial", load_trials().values(), ids=lambda trial: trial.name)
@pytest.mark.parametrize("worlds", ["reference", "uncertain"])
def test_every_trial_can_be_planned_in_its_worlds(trial, worlds):
    if not trial.present:
        assert any(not arm.is_there for arm in trial.arms.values())
        return
    setting = Setting(worlds=worlds, seeds=2, is_quick=True)
    plan = trial_plan(trial, setting)
    assert plan.outputs.names == list(trial.outputs)
    assert plan.identity == trial_plan(trial, setting).identity
    assert plan.identity != trial_plan(trial, Setting(worlds=worlds, seeds=2, seed=1)).identity
    shared = plan.design.to_pandas().groupby("seed")["arm"].nunique()
    assert set(shared) == {len(trial.present)}  # all arms share their seeds


def test_series_and_mechanisms_name_what_there_is():
    world = load_scenario("reference")
    firms = firm_indicators(world)
    known = {*market_indicators(), *OWN_SERIES}
    for trial in load_trials().values():
        for name in trial.kept:
            group, colon, indicator = name.partition(":")
            key, dot, of_firm = name.partition(".")
            if colon:
                assert indicator in firms[next(iter(getattr(world, group)))]
            elif dot:
                assert of_firm in firms[key]
            else:
                assert name in known
        assert all(arm.moves in STATISTICS for arm in trial.arms.values() if arm.moves)
        for path in trial.steps:
            assert path in uncertain_parameters()


def test_steps_are_equal_on_the_scale_of_the_range():
    values = step_values("funding.exit_growth_fade")
    assert len(values) == STEPS + 1
    assert np.allclose(np.diff(values), values[1] - values[0])
    logs = np.log(step_values("lab_rules.commitment_multiple"))
    assert np.allclose(np.diff(logs), logs[1] - logs[0])


def test_an_unknown_gate_is_refused_with_the_nearest():
    with pytest.raises(UserProblem, match=r"no gate 'G13'; did you mean 'G3"):
        select_gates(["G13"])


def test_worlds_of_trials_are_files_of_the_folder():
    assert {trial.scenario for trial in load_trials().values() if trial.scenario} == {
        path.stem for path in SCENARIOS.glob("*.toml")
    }


# --- verdicts


@pytest.mark.parametrize(
    ("part", "low", "high", "verdict"),
    [
        ({"at_most": -0.2}, -0.3, -0.25, "met"),
        ({"at_most": -0.2}, -0.1, 0.0, "missed"),
        ({"at_most": -0.2}, -0.3, -0.1, "open"),
        ({"at_least": 0.1, "at_most": 0.9}, 0.2, 0.5, "met"),
        ({"at_least": 0.1, "at_most": 0.9}, 0.0, 0.05, "missed"),
        ({"at_least": 0.1, "at_most": 0.9}, 0.0, 0.2, "open"),
        ({"at_least": 0.1, "at_most": 0.9}, 0.0, 1.0, "open"),
        ({"at_most": 0.0, "precision": 0.1}, -0.05, 0.05, "met"),
        ({"at_most": 0.0, "precision": 0.1}, -0.5, 0.5, "open"),
        ({"at_most": 0.0, "precision": 0.1}, 0.01, 0.05, "missed"),
        ({"at_most": 0.0, "is_strict": True}, 0.0, 0.0, "missed"),
        ({"at_most": 0.0}, 0.0, 0.0, "met"),
        ({"at_most": 0.0}, nan, nan, "open"),
        ({"at_most": 0.0, "needs": ("funding.not_yet",)}, -2.0, -1.0, "open"),
    ],
)
def test_a_verdict_follows_from_the_interval(part, low, high, verdict):
    assert Part(**part).verdict(Effect((low + high) / 2, low, high, 20)) == verdict


def test_what_is_not_measured_is_open_and_says_why():
    line = judge(GATES["G12"], {"reference": measured("G12", {"states": states([], [])})}).lines[0]
    assert (line.verdict, line.measured, line.interval) == ("open", "", "")
    assert line.reason


# --- the functions of the gates


def money(capex, busts=None, freezes=None):
    """Runs of the ladder of money: means of CapEx, seeds that go bust, and seeds that freeze."""
    return {
        "money": {
            arm: {
                "capex": spread(capex[place]),
                "trough": spread(0.7),
                "bust": yes((busts or [0] * 9)[place]),
                "freeze_5y": yes((freezes or [0] * 9)[place]),
                "late_freeze": yes(0),
            }
            for place, arm in enumerate(MONEY)
        }
    }


RISING = [50, 60, 70, 80, 85, 90, 92, 95, 100]


def test_g1_is_met_where_money_carries_capex_and_missed_where_not():
    found = measured("G1", money(RISING))
    assert found.effects["fall"].mean == pytest.approx(-0.5)
    assert verdicts("G1", found) == {"fall": "met", "monotone": "met", "credit": "met"}
    flat = measured("G1", money([98, 97, 99, 99, 60, 99, 99, 99, 100]))
    assert verdicts("G1", flat) == {"fall": "missed", "monotone": "missed", "credit": "missed"}
    assert flat.names["monotone"] == "× 1 → × 1.5"


def test_g2_is_met_where_only_scarce_money_goes_bust():
    scarce = verdicts("G2", measured("G2", money(RISING, [20] * 3 + [10] * 5 + [0])))
    assert scarce == {"abundant": "met", "scarce": "met"}
    always = verdicts("G2", measured("G2", money(RISING, [20] * 9)))
    assert always == {"abundant": "missed", "scarce": "open"}  # 20 of 20 may still be 90%


def twins(rows):
    """Twins: seed, quarter or firm, and a statistic with and without what was done."""
    table = pd.DataFrame(rows)
    table["point"], table["arm"], table["status"] = 0, "as-is", "ok"
    return table


def droughts(effect):
    rows = [
        {
            "replicate": seed,
            "start": start,
            "is_growing": float(start < 20),
            "with:orders": 100 * (1 + effect) + seed % 2 if start < 20 else nan,
            "without:orders": 100.0 + seed % 2 if start < 20 else nan,
            "with:failures": 1.0,
            "without:failures": 0.0,
        }
        for seed in range(10)
        for start in (4, 8, 20)
    ]
    return {"drought": twins(rows)}


def test_g3_counts_the_pairs_that_grow_and_asks_for_a_tenth():
    found = measured("G3", droughts(-0.25))
    assert found.effects["all"].n == 10  # pairs of a seed count as one
    assert found.effects["all"].mean == pytest.approx(-0.25, abs=0.01)
    assert verdicts("G3", found) == {"all": "met", "weakest": "met"}
    assert verdicts("G3", measured("G3", droughts(0.02))) == {"all": "missed", "weakest": "missed"}


def bankruptcies(capex, failures):
    rows = [
        {
            "replicate": seed,
            "start": 8,
            "target": target,
            "with:capex": 100 * (1 + capex * number) + seed % 2,
            "without:capex": 100.0 + seed % 2,
            "with:failures": failures + (seed == 0),
            "without:failures": 0.0,
        }
        for seed in range(10)
        for number, target in enumerate(("microsoft", "aws"), start=1)
    ]
    return {"bankruptcy": twins(rows)}


def test_g4_asks_the_firm_with_the_weakest_effect():
    found = measured("G4", bankruptcies(-0.1, 1.0))
    assert found.names["capex"] == "Microsoft Azure"
    assert found.effects["capex"].mean == pytest.approx(-0.1, abs=0.01)
    assert verdicts("G4", found) == {"capex": "met", "failures": "met"}
    worse = verdicts("G4", measured("G4", bankruptcies(0.1, -2.0)))
    assert worse == {"capex": "missed", "failures": "missed"}


def signs(orders, capex, beliefs, freezes, jump=0):
    """All that G5 reads."""
    fades = ["fade-80", "fade-84", "fade-88", "fade-92", "fade-96"]
    dearer = {
        arm: {"first_orders": spread(100 * (1 + orders)), "capex": spread(100 * (1 + capex))}
        for arm in ("interest", "discount", "spread")
    }
    trial = load_trials()["edges"]
    edges = {
        name: {"freeze_5y": yes(4 + (jump if name.endswith("-07") else 0))}
        for name in trial.present
    }
    return {
        "signs": {"as-is": {"first_orders": spread(100), "capex": spread(100)}} | dearer,
        "beliefs": {
            arm: {"freeze_5y": yes(count)} for arm, count in zip(fades, beliefs, strict=True)
        },
        "edges": edges,
        **money(RISING, freezes=freezes),
    }


def test_g5_is_met_with_the_right_signs():
    fewer = [20, 18, 12, 8, 6, 5, 4, 2, 0]
    found = measured("G5", signs(-0.05, -0.01, [20, 12, 8, 4, 1], fewer))
    given = verdicts("G5", found)
    assert {part for part, verdict in given.items() if verdict == "open"} == {
        "required-spread",
        "credit",
    }
    assert "missed" not in given.values()


def test_g5_is_missed_with_the_wrong_ones():
    more = [0, 2, 4, 5, 6, 8, 12, 18, 20]
    found = measured("G5", signs(0.0, 0.05, [0, 4, 8, 12, 20], more, jump=16))
    given = verdicts("G5", found)
    for part in ("interest", "interest-later", "beliefs", "beliefs-ends", "money-ends", "edge"):
        assert given[part] == "missed", part
    assert found.effects["edge"].mean == pytest.approx(0.8)


def circle(move):
    base = {"capex": 100, "chip_revenue": 50, "valuations": 20}
    rows = {}
    for arm, factor in (("as-is", 1.0), ("no-vendors", 1 + move), ("no-circle", 1 + move)):
        rows[arm] = {name: spread(value * factor) for name, value in base.items()}
        rows[arm] |= {
            "freeze_5y": yes(10 if factor == 1 else 10 + round(50 * abs(move))),
            "lab_failures": yes(5),
            "vendor_loans": spread(0.02),
        }
    return {"circle": rows}


def test_g6_counts_what_the_circle_moves():
    found = measured("G6", circle(-0.1))
    assert found.effects["moves"].mean == 4
    assert verdicts("G6", found) == {"moves": "met", "circle-moves": "met", "loans": "met"}
    assert found.effects["loans"].mean == 1.0
    still = verdicts("G6", measured("G6", circle(0.0)))
    assert still["moves"] == still["circle-moves"] == "missed"


def test_g7_and_g8_measure_and_stay_open_until_credit_exists():
    one = {"peak_capex": spread(110), "cloud_failures": yes(20), "maker_losses": spread(2e9)}
    none = {"peak_capex": spread(100), "cloud_failures": yes(5), "maker_losses": spread(0)}
    makers = {"chipmaker_failures": yes(0)}
    found = measured("G7", {"telecom": {"with-loans": one | makers, "without": none | makers}})
    assert found.effects["boom"].mean == pytest.approx(0.1)
    assert found.effects["losses"].mean == pytest.approx(2)
    assert set(verdicts("G7", found).values()) <= {"met", "open"}
    places = load_trials()["bank"].arms
    arms = {name: {"bank_under_floor": yes(2 * place)} for place, name in enumerate(places)}
    banks = measured("G8", {"bank": arms})
    assert (banks.effects["safe"].mean, banks.effects["broken"].mean) == (0.0, 0.7)


def mechanisms(n, off, wrong=()):
    """All mechanisms move their statistic, but those of ``off``; those of ``wrong`` backwards."""
    rows = {"as-is": {}}
    for name, arm in load_trials()["mechanisms"].present.items():
        if not arm.moves:
            continue
        rows.setdefault(arm.against or "as-is", {})[arm.moves] = spread(100, n=n)
        sign = 0 if name in off else -1 if arm.falls else 1
        rows[name] = {arm.moves: spread(100 * (1 + 0.2 * (-sign if name in wrong else sign)), n=n)}
    return {"mechanisms": {arm: outputs for arm, outputs in rows.items() if outputs}}


def test_g9_names_what_moves_nothing_and_what_moves_the_wrong_way():
    good = measured("G9", mechanisms(200, ()))
    assert verdicts("G9", good) == {"still": "met", "against": "met"}
    bad = measured("G9", mechanisms(200, ("leverage",), ("vendor-finance",)))
    assert verdicts("G9", bad) == {"still": "missed", "against": "missed"}
    assert (bad.names["still"], bad.names["against"]) == ("leverage", "vendor-finance")
    few = measured("G9", mechanisms(20, ("leverage",)))
    assert verdicts("G9", few)["still"] == "open"  # with few pairs nothing is known to be still


def test_a_mechanism_of_a_crisis_adds_its_change_to_the_crisis():
    arms = load_trials()["mechanisms"].present
    world = load_scenario("reference")
    poor, without = (arms[name].apply(world) for name in ("poor", "absorption"))
    cash = [each.investors["thrive"].cash_usd for each in (world, poor, without)]
    assert cash[0] == 4 * cash[1] == 4 * cash[2]
    assert poor.lab_rules.has_absorption
    assert not without.lab_rules.has_absorption


def long_run(scale, n=100):
    """Worlds whose last power and revenue are spread by a factor around something plausible."""
    rng = np.random.default_rng(1)
    power = 45 * np.exp(scale * rng.uniform(-0.4, 0.4, n))
    outputs = {
        "power": power,
        "rent_rises": rng.uniform(0.3, 0.5, n),
        "hoards": np.zeros(n),
        "lab_hoards": np.zeros(n),
        "cloud_hoards": np.zeros(n),
        "chipmaker_hoards": np.zeros(n),
        "chip_share_low": rng.uniform(0.4, 0.45, n),
        "chip_share_high": rng.uniform(0.5, 0.55, n),
        "other_rpo_fall": rng.uniform(-0.3, -0.1, n),
    }
    start = quarter_index(load_scenario("reference").start, "2030Q1")
    revenue = 100 * np.exp(scale * rng.uniform(-1, 1, n))
    series = pd.DataFrame(
        [
            {"run_id": run, "quarter": start + q, "labs_revenue_usd": revenue[run]}
            for run in range(n)
            for q in range(4)
        ]
    )
    for name in load_trials()["long-run"].series:
        series[name] = series.get(name, 1.0)
    return {"long-run": {"as-is": outputs}}, series


def test_g10_asks_for_places_that_are_possible():
    trials, series = long_run(1.0)
    found = measured("G10", trials, **{"long-run": series})
    assert 5 < found.effects["revenue"].mean < 9
    given = verdicts("G10", found)
    assert "missed" not in given.values()
    assert given["power-low"] == given["revenue"] == given["rpo"] == "met"
    trials, series = long_run(0.1)
    assert verdicts("G10", measured("G10", trials, **{"long-run": series}))["revenue"] == "missed"
    trials["long-run"]["as-is"]["power"] = trials["long-run"]["as-is"]["power"] * 3
    far = measured("G10", trials, **{"long-run": series})
    assert verdicts("G10", far)["power-high"] == "missed"


def test_s3_tells_ranges_and_asks_nothing():
    trials, series = long_run(1.0)
    found = measured("S3", trials, **{"long-run": series.assign(quarter=series["quarter"] + 1)})
    assert not verdicts("S3", found)
    table = found.tables["ranges"]
    assert (table["low"] <= table["high"]).all()
    assert len(found.notes) == len(load_trials()["long-run"].series)


def dates(gap, n=60):
    """Runs that freeze at different times, with a cut of orders so many quarters later."""
    freezes = np.array([10.0 + (number * 7) % 23 for number in range(n)])
    cuts = freezes + gap
    return {
        "long-run": {
            "as-is": {
                "freeze_quarter": freezes,
                "order_cut_quarter": cuts,
                "chip_fall_quarter": cuts + 2,
            }
        }
    }


def test_g11_tells_an_order_from_chance():
    assert verdicts("G11", measured("G11", dates(2)))["excess"] == "met"
    before = measured("G11", dates(-6))
    assert verdicts("G11", before)["excess"] == "missed"
    assert dict(before.charts[0].rows)["orders before the first short round"].mean == 1.0


def states(own, control):
    """States with so many of four continuations that freeze, and their controls."""
    table = pd.DataFrame({"freezes": own, "control_freezes": control}, dtype=float)
    table["state_quarter"], table["continued"], table["control_continued"] = 10.0, 4.0, 4.0
    table["point"], table["arm"], table["status"] = 0, "as-is", "ok"
    return table


def test_g12_asks_for_states_that_decide():
    good = measured("G12", {"states": states([4, 3, 4, 3] * 10, [0, 1, 0, 1] * 10)})
    assert good.effects["ratio"].mean == pytest.approx(7)
    assert verdicts("G12", good) == {"freezes": "met", "ratio": "met"}
    bad = measured("G12", {"states": states([1, 1, 0, 1] * 10, [1, 1, 0, 1] * 10)})
    assert verdicts("G12", bad) == {"freezes": "missed", "ratio": "missed"}


# --- the report of all gates


def everything():
    """Made-up results of every trial that this version can run."""
    trials, long = long_run(1.0)
    first = growing(np.linspace(0.0, 0.3, 20))
    makers = {name: yes(1) for name in ("cloud_failures", "chipmaker_failures")}
    carriers = {"peak_capex": spread(9), "maker_losses": spread(1e9)} | makers
    trials["long-run"]["as-is"] |= dates(2, 100)["long-run"]["as-is"]
    given = {
        **signs(-0.05, 0.0, [20, 12, 8, 4, 1], [20, 18, 12, 8, 6, 5, 4, 2, 0]),
        **droughts(-0.2),
        **bankruptcies(-0.1, 1.0),
        **circle(-0.1),
        **mechanisms(20, ("leverage",)),
        **trials,
        "telecom": {"with-loans": carriers, "without": carriers},
        "bank": {name: {"bank_under_floor": yes(2)} for name in load_trials()["bank"].arms},
        "states": states([4, 3] * 10, [0, 1] * 10),
        "first-quarters": {"as-is": {"capex": [1.0]}},
    }
    money_series = pd.DataFrame({"run_id": range(9), "quarter": 0, "capex_usd": 1e9})
    series = {"money": money_series, "long-run": long, "first-quarters": first}
    whole = results(given, **series)
    return [judge(gate, {"reference": function_of(gate)(gate, whole)}) for gate in GATES.values()]


WAITING = {
    "G5-arm-required-spread",
    "G5-freeze-credit-title",
    "G5-freeze-credit-caption",
    "G9-waiting",
}
"""Texts of what needs parameters that are still to come."""


def test_the_report_of_all_gates_uses_every_text(tmp_path, monkeypatch):
    asked = set()
    made = WORDS._made
    monkeypatch.setattr(
        WORDS, "_kept", lambda name, figures: asked.add(name) or made(name, figures)
    )
    facts = (TrialFacts("money (reference)", "What it is for.", 180, 0, "abc"),)
    context = ReportContext(20, 1, "reference", ("reference",), True, False, facts, "kaartenhuis")
    written = write_report(tmp_path, everything(), context)
    page = Page(written.html.read_text(encoding="utf-8"))
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    texts = {name for name in WORDS if name.split("-")[0] in GATES}
    assert texts - asked == WAITING
    assert written.data.read_text(encoding="utf-8").count('"verdict"') > len(GATES)
    first = {path.name: path.read_bytes() for path in tmp_path.rglob("*.*")}
    write_report(tmp_path, everything(), context)
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*.*")} == first


# --- facts


def test_no_fact_is_later_than_it_may_be():
    for fact in load_facts().values():
        assert max(fact.values) <= LAST
    with pytest.raises(ValueError, match="not after"):
        Fact(series="a", kind="flow", values={"2025Q4": 1.0}, source="x", confidence="seen")


def test_a_change_over_a_gap_is_spread_and_stands_once():
    values = {"2024Q1": 1.0, "2024Q3": 1.21, "2025Q3": 1.21}
    fact = Fact(series="a", kind="flow", values=values, source="x", confidence="seen")
    assert fact.changes == {"2024Q3": pytest.approx(0.1), "2025Q3": pytest.approx(0.0)}
    assert fact.start == 1.21


def growing(rates):
    """Runs of five quarters in which all series of the facts grow at a rate of their own."""
    rows = [
        {"run_id": run, "quarter": q}
        | {fact.series: fact.start * (1 + rate) ** q for fact in load_facts().values()}
        for run, rate in enumerate(rates)
        for q in range(5)
    ]
    return pd.DataFrame(rows)


def test_s1_compares_start_values_and_s2_the_spread():
    wide, narrow = growing(np.linspace(-0.6, 3.0, 200)), growing(np.linspace(0.10, 0.11, 50))
    table = spread_table(wide)
    assert (table["share"] >= 0.8).all()
    trials = {"first-quarters": {"as-is": {"capex": [1.0]}}}
    assert verdicts("S2", measured("S2", trials, **{"first-quarters": wide}))["series"] == "met"
    found = measured("S2", trials, **{"first-quarters": narrow})
    assert verdicts("S2", found) == {"series": "missed", "changes": "missed"}
    assert "capex-microsoft" in found.names["series"]
    good = measured("S1", trials, **{"first-quarters": narrow})
    assert verdicts("S1", good)["agree"] == "met"
    doubled = narrow.copy()
    doubled[[name for name in doubled if "usd" in name]] *= 2
    bad = measured("S1", trials, **{"first-quarters": doubled})
    assert verdicts("S1", bad)["agree"] == "missed"
    assert "capex-aws" in bad.names["agree"]


def test_a_series_that_the_runs_lack_is_told_and_covers_nothing():
    table = spread_table(growing([0.1]).drop(columns="capex_usd")).set_index("fact")
    assert np.isnan(table.loc["capex", "share"])
    starts = start_table({}, {}).set_index("fact")
    assert starts["deviation"].isna().all()


# --- pure functions of series


def test_a_trough_is_the_deepest_fall_under_an_earlier_peak():
    values = np.array([1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 4.0])
    assert trough_over_peak(values) == pytest.approx(0.5)
    assert trough_over_peak(np.array([1.0, 2.0, 3.0])) == 1.0
    assert np.isnan(trough_over_peak(np.array([1.0, 2.0])))


def test_a_fall_and_a_streak():
    assert first_fall(np.array([1.0, 2.0, 1.6, 1.5, 1.0])) == 3
    assert np.isnan(first_fall(np.array([1.0, 1.0, 1.0])))
    assert longest_streak([True, True, False, True]) == 2


def test_frames_of_examples_have_the_columns_of_a_sweep():
    assert list(frame({"a": {"x": [1.0]}}))[:4] == ["run_id", "point", "replicate", "arm"]


def test_no_text_of_a_part_is_left_out_of_the_files():
    text = Path("runs/validation/words/en/gates.ftl").read_text(encoding="utf-8")
    for gate in GATES.values():
        assert f"## {gate.id}\n" in text

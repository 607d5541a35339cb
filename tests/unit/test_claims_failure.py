"""Claims about failures and shocks (C26, C27, C28, C30, C31): measures, rules, maps, answers."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pandas as pd
import pytest

from market.scenario import load_scenario
from runs.claims.answers.banks import banks_text, room_of
from runs.claims.answers.banks import verdict_of as banks_verdict
from runs.claims.answers.criteria import (
    Criteria,
    criteria,
    first_debt_that_falls,
    grid,
    map_cells,
    where_it_fails,
)
from runs.claims.answers.failure import criteria_text, difference_of_means, verdict_of
from runs.claims.answers.failure import verdict_on_positions as positions_verdict
from runs.claims.answers.failure_order import LAB_FIRST, order_table, times, with_first
from runs.claims.answers.failure_order import verdict_of as order_verdict
from runs.claims.answers.failure_tables import boundary_text
from runs.claims.answers.shocks import moved_words, warns
from runs.claims.claim import VERDICTS, load_claims, words_of
from runs.claims.make import answer_claim
from runs.claims.measures import measure_model, measure_pair
from runs.claims.results import Results
from runs.claims.studies import load_studies, outputs_of, uncertain_parameters
from runs.picture_style import house_style
from runs.twin_runs.interventions import Fail
from runs.twin_runs.measures import EFFECTS
from runs.twin_runs.pairs import TwinPlan, twin_pair
from runs.twin_runs.results import Effect

CLAIMS = {c.id: c for c in load_claims() if c.id in ("C26", "C27", "C28", "C30", "C31")}
RULE = CLAIMS["C26"].thresholds
NONE, SOME = Effect(0.0, -0.03, 0.03, 100), Effect(0.3, 0.2, 0.4, 100)
UNSURE = Effect(0.03, -0.02, 0.08, 100)


# --- measures


@pytest.fixture(scope="module")
def pair():
    """Twins of the reference world that part in 2026Q1: in one the main cloud files."""
    plan = TwinPlan(load_scenario("reference"), Fail("oracle"), 2, quarters_after=3)
    found = twin_pair(plan, 5)
    assert found is not None
    return found


def test_who_fails_is_measured_in_each_twin(pair):
    assert measure_pair(pair, "fails(oracle)") == 1
    assert measure_pair(pair, "fails_without(oracle)") == 0
    assert measure_pair(pair, "quarters_to(oracle)") == 0
    assert isnan(measure_pair(pair, "quarters_to(microsoft)"))
    assert measure_model(pair.shocked, "default_quarter(oracle)") == 2
    assert isnan(measure_model(pair.base, "default_quarter(oracle)"))


def test_a_firm_that_fails_loses_all_its_value_and_others_some(pair):
    assert measure_pair(pair, "value_loss(oracle)") == 1
    assert -1 < measure_pair(pair, "value_loss(nvidia)") < 1
    assert -1 < measure_pair(pair, "value_loss(softbank)") < 1


def test_debt_and_promises_are_those_of_the_scenario(pair):
    assert measure_pair(pair, "debt_years(oracle)") == pytest.approx(105 / (4 * 8.1))
    promised = 300 / (300 + 9.072 + 145.9)
    assert measure_pair(pair, "promised_share(openai, oracle)") == pytest.approx(promised)
    assert measure_pair(pair, "promised_share(anthropic, oracle)") == 0


def test_an_impulse_is_a_relative_difference_by_quarter(pair):
    for indicator in ("capex_usd", "oracle.capex_usd", "microsoft.value_usd"):
        key, dot, name = indicator.partition(".")
        expected = []
        for model in (pair.base, pair.shocked):
            if dot:
                frame = model.datacollector.get_agenttype_vars_dataframe(type(model.clouds[key]))
                rows = frame[name].xs(model.clouds[key].unique_id, level="AgentID")
                expected.append(rows.get(4, nan))
            else:
                expected.append(model.datacollector.model_vars[indicator][3])
        found = measure_pair(pair, f"impulse({indicator}, 1)")
        assert found == pytest.approx(expected[1] / expected[0] - 1, nan_ok=True)
    assert isnan(measure_pair(pair, "impulse(capex_usd, 9)"))
    first = measure_pair(pair, "impulse(capex_usd, 1)")
    assert measure_pair(pair, "gap_at(capex_usd, 1)") == -first
    assert measure_pair(pair, "gap(oracle.capex_usd)") > 0.5


def test_the_banks_ratio_is_measured_before_and_after(pair):
    ratios = pair.shocked.datacollector.model_vars["bank_capital_ratio"]
    assert measure_pair(pair, "bank_ratio_at_start()") == ratios[1]
    assert measure_pair(pair, "lowest_bank_ratio()") == min(ratios[2:])


def test_an_unknown_firm_is_refused(pair):
    with pytest.raises(KeyError, match="nobody"):
        measure_pair(pair, "fails(nobody)")


# --- rules


def _criteria(**changes) -> Criteria:
    parts = {"chipmaker": NONE, "cloud": NONE, "many": NONE, "bank": NONE, "capex": SOME}
    return Criteria(**(parts | changes), pairs=100)


def _maps(share: float) -> dict[str, pd.DataFrame]:
    met = np.arange(100) < 100 * share
    return {"a": pd.DataFrame({"is_met": met})}


def test_the_claim_holds_only_with_all_criteria_and_nearly_all_cells():
    assert verdict_of(_criteria(), _maps(0.95), RULE) == "holds"
    assert verdict_of(_criteria(), _maps(0.5), RULE) == "depends"
    assert verdict_of(_criteria(cloud=SOME), _maps(0.5), RULE) == "depends"
    assert verdict_of(_criteria(cloud=SOME), _maps(0.05), RULE) == "does not hold"


def test_what_the_pairs_cannot_tell_is_neither_met_nor_missed():
    assert verdict_of(_criteria(cloud=UNSURE), _maps(0.95), RULE) == "depends"
    assert verdict_of(_criteria(cloud=UNSURE), _maps(0.05), RULE) == "depends"
    small_cut = Effect(0.1, 0.05, 0.15, 100)
    assert verdict_of(_criteria(capex=small_cut), _maps(0.05), RULE) == "does not hold"
    assert verdict_of(_criteria(capex=Effect(0.25, 0.1, 0.4, 9)), _maps(1.0), RULE) == "depends"
    say = words_of(CLAIMS["C26"])
    sides = _criteria(cloud=UNSURE, many=SOME).surely(RULE)
    assert sides == {
        "chipmaker": "met",
        "cloud": "open",
        "many": "missed",
        "bank": "met",
        "capex": "met",
    }
    assert criteria_text(say, sides) == (
        "Surely missed: no wave of failures. Met or missed, the pairs cannot tell: no cloud falls."
    )
    assert criteria_text(say, dict.fromkeys(sides, "met")) == "All criteria are surely met."


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("chipmaker", Effect(0.051, 0, 0.1, 9)),
        ("cloud", Effect(0.051, 0, 0.1, 9)),
        ("many", Effect(0.051, 0, 0.1, 9)),
        ("bank", Effect(0.051, 0, 0.1, 9)),
        ("capex", Effect(0.19, 0.1, 0.3, 9)),
    ],
)
def test_each_criterion_has_its_threshold(name, effect):
    met = _criteria(**{name: effect}).met(RULE)
    assert [key for key, value in met.items() if not value] == [name]
    assert all(_criteria(cloud=Effect(0.05, 0, 0.1, 9)).met(RULE).values())


def test_no_2008_needs_banks_and_institutions_to_stand():
    rule = CLAIMS["C27"].thresholds
    assert banks_verdict({"a": NONE}, {"a": NONE}, 0.5, rule) == "holds"
    assert banks_verdict({"a": NONE}, {"a": SOME}, 0.5, rule) == "depends"
    assert banks_verdict({"a": NONE, "b": SOME}, {"a": NONE}, 0.5, rule) == "does not hold"
    assert banks_verdict({"a": UNSURE}, {"a": NONE}, 0.5, rule) == "depends"
    assert banks_verdict({"a": NONE}, {"a": UNSURE}, 0.5, rule) == "depends"


def test_banks_that_no_failure_reaches_are_not_tested():
    rule = CLAIMS["C27"].thresholds
    assert banks_verdict({"a": NONE}, {"a": NONE}, 0.09, rule) == "not testable"
    assert banks_verdict({"a": NONE}, {"a": SOME}, 0.09, rule) == "not testable"
    assert room_of(_banks()) == pytest.approx(0.4)


def test_the_weakest_link_is_first_and_fails_most_often():
    rule = CLAIMS["C28"].thresholds
    often, seldom = Effect(0.9, 0.8, 1.0, 50), Effect(0.2, 0.1, 0.3, 50)
    assert order_verdict(often, True, rule) == "holds"
    assert order_verdict(often, False, rule) == "depends"
    assert order_verdict(seldom, True, rule) == "does not hold"
    assert order_verdict(Effect(1.0, 0.5, 1.0, 4), True, rule) == "not testable"
    assert order_verdict(Effect(0.8, 0.6, 0.9, 50), True, rule) == "depends"
    assert order_verdict(Effect(0.3, 0.2, 0.4, 50), True, rule) == "depends"


def _banks(*broken: float) -> pd.DataFrame:
    before = [0.0605, 0.07, 0.10]
    return pd.DataFrame(
        {"struck": "A", "lender": "bonds", "before": before, "under_floor": broken or [0.0] * 3}
    )


def test_the_map_of_banks_says_where_the_floor_is_broken():
    stated = "when about 40% of their capital is lost; the most that any of these failures costs"
    say = words_of(CLAIMS["C27"])
    found = banks_text(say, _banks(), 0.02, "B")
    assert stated in found
    assert "2.0% (B). No boundary was found: with capital of 6.05%" in found
    found = banks_text(say, _banks(1.0, 0.5, 0.0), 0.02, "B")
    assert "capital of 7.00% of assets or less (A fails, bonds: in 50% of the pairs)" in found


def _impulse(low: float, high: float) -> pd.DataFrame:
    return pd.DataFrame({"low": [0.0, low], "high": [0.0, high]})


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((-0.23, -0.28, -0.18), "23% less (18 to 28)"),
        ((-0.04, -0.084, 0.004), "4% less (8% less to 0.4% more)"),
        ((0.11, -0.0044, 0.22), "11% more (0.4% less to 22% more)"),
        ((0.05, 0.02, 0.08), "5% more (2 to 8)"),
    ],
)
def test_a_change_is_told_with_its_direction(ends, words):
    assert moved_words(*ends) == words


def test_a_warning_moves_lab_and_chipmaker():
    falls, still, unsure = _impulse(-0.3, -0.1), _impulse(-0.02, 0.01), _impulse(-0.2, 0.1)
    assert warns(falls, falls, 0.05) == "holds"
    assert warns(still, still, 0.05) == "does not hold"
    assert warns(falls, still, 0.05) == "depends"
    assert warns(falls, unsure, 0.05) == "depends"


def test_positions_have_two_parts():
    less, same = Effect(-0.2, -0.3, -0.1, 9), Effect(0.0, -0.1, 0.1, 9)
    assert positions_verdict(True, less) == "holds"
    assert positions_verdict(True, same) == positions_verdict(False, less) == "depends"
    assert positions_verdict(False, same) == "does not hold"
    apart = difference_of_means(Effect(0.5, 0.2, 0.8, 9), Effect(0.1, -0.3, 0.5, 7))
    assert (apart.mean, apart.low, apart.high) == pytest.approx((0.4, -0.1, 0.9))
    assert apart.n == 7


# --- maps and orders


def _map_frame() -> pd.DataFrame:
    """Two dependences and three debts, two pairs each; the lab lives in one cell."""
    rows = []
    for number, (dependence, debt) in enumerate(
        (a, b) for a in (0.3, 0.7) for b in (1.0, 2.0, 3.0)
    ):
        for replicate in (0, 1):
            falls = dependence > 0.5 and debt > 1.5
            rows.append(
                {
                    "point": number,
                    "replicate": replicate,
                    "arm": "x",
                    "promised_share(lab, cloud)": dependence,
                    "debt_years(cloud)": debt,
                    "struck_firm_fails": float((dependence, debt) != (0.3, 3.0)),
                    "fails(cloud)": float(falls),
                    "fails_without(cloud)": 0.0,
                    "chipmaker_fails": 0.0,
                    "chipmaker_fails_without": 0.0,
                    "many_fail": 0.0,
                    "many_fail_without": 0.0,
                    "bank_under_floor": 0.0,
                    "bank_under_floor_without": 0.0,
                    "capex_gap": 0.25 + 0.01 * replicate,
                }
            )
    return pd.DataFrame(rows)


def test_a_map_tells_where_the_rule_is_met():
    results = Results({"m": _map_frame()}, {"m": ()})
    cells = map_cells(results, "m", "cloud", "lab", RULE)
    met = grid(cells.assign(met=cells["is_met"].astype(float)), "met")
    assert met.to_numpy().tolist() == [[1, 1], [1, 0], [0, 0]]  # no pair fails in the last left
    assert cells["stands"].sum() == 3
    assert cells["pairs"].tolist() == [2, 2, 0, 2, 2, 2]
    assert first_debt_that_falls(cells, 0.05)[0.7] == 2.0
    assert isnan(first_debt_that_falls(cells, 0.05)[0.3])
    assert "2.0 years of cash flow where 70%" in boundary_text(
        words_of(CLAIMS["C26"]), {"cloud": cells}, 0.05
    )


def test_only_pairs_in_which_the_struck_firm_fails_count():
    frame = _map_frame().assign(cloud_fails=1.0, cloud_fails_without=0.0)
    frame.loc[frame["struck_firm_fails"] == 0, "cloud_fails"] = 0.0
    results = Results({"m": frame}, {"m": ()})
    assert criteria(results, "m").cloud.mean == pytest.approx(10 / 12)
    assert criteria(where_it_fails(results, "m"), "m").cloud.mean == 1


def test_what_falls_without_the_failure_too_is_no_effect_of_it():
    frame = _map_frame().assign(cloud_fails=1.0, cloud_fails_without=1.0, point=0)
    results = Results({"m": frame}, {"m": ()})
    assert criteria(results, "m").cloud.mean == 0
    assert results.share("m", "cloud_fails").mean == 1
    spared = Results({"m": frame.assign(cloud_fails=0.0)}, {"m": ()})
    assert criteria(spared, "m").cloud.mean == -1


def test_an_added_risk_of_nothing_has_a_width():
    """Of 12 pairs none differs: the exact upper end of Wilson's interval is z2 / (n + z2)."""
    frame = _map_frame().assign(cloud_fails=0.0, cloud_fails_without=0.0, point=0)
    found = Results({"m": frame}, {"m": ()}).added_risk("m", "cloud_fails")
    end = 1.959964**2 / (12 + 1.959964**2)
    assert (found.mean, found.low, found.high) == pytest.approx((0.0, -end, end))


def _order() -> Results:
    frame = pd.DataFrame(
        {
            "point": range(4),
            "replicate": 0,
            "arm": "",
            "default_quarter(lab)": [5.0, 9.0, nan, 7.0],
            "default_quarter(cloud)": [7.0, 9.0, nan, nan],
            "default_quarter(other)": [1.0, nan, nan, nan],
        }
    )
    return Results({"u": frame}, {"u": ()})


def test_the_lab_is_first_only_when_it_is_alone():
    first = with_first(_order(), "u", "default_quarter", ["lab", "cloud"]).frame("u")
    assert first[LAB_FIRST].tolist() == [1.0, 0.0, 1.0]


def test_the_order_of_failures_counts_firsts_among_all():
    table = order_table(_order(), "u", "default_quarter").set_index("firm")
    assert table["fails"].to_dict() == {"lab": 0.75, "cloud": 0.5, "other": 0.25}
    assert table["first"].to_dict() == {"lab": 0.5, "cloud": 0.25, "other": 0.25}
    assert times(_order().frame("u"), "default_quarter").shape == (4, 3)


# --- answers


def _made_up(seed: int) -> Results:
    """Results of every study with made-up values for all outputs."""
    rng = np.random.default_rng(seed)
    names = dict.fromkeys(name for claim in CLAIMS.values() for name in claim.studies)
    frames, varied = {}, {}
    for name in names:
        study = load_studies()[name]
        worlds = [
            (arm, debt) for arm in study.arms or {"": None} for debt in range(len(_grid(study)))
        ]
        size = 24 if study.uncertain else 4
        rows = [
            (arm, debt, point, r) for arm, debt in worlds for point in range(size) for r in (0, 1)
        ]
        frame = pd.DataFrame(rows, columns=["arm", "debt", "point", "replicate"])
        varied[name] = tuple(uncertain_parameters()) if study.uncertain else tuple(study.vary)
        columns = {path: rng.random(len(frame)) for path in varied[name]}
        columns |= {out: _values(rng, out, frame) for out in outputs_of(name)}
        for path in study.vary:
            columns[path] = np.array(_grid(study))[frame["debt"]]
        frames[name] = pd.concat([frame, pd.DataFrame(columns)], axis=1)
    return Results(frames, varied)


def _grid(study) -> tuple[float, ...]:
    return next(iter(study.vary.values()), (0.0,))


def _values(rng, output, frame):
    size = len(frame)
    name = output.partition("(")[0]
    if (name in EFFECTS and EFFECTS[name].kind == "share") or name in ("fails", "fails_without"):
        return (rng.random(size) < 0.6).astype(float)
    if name in ("default_quarter", "quarters_to"):
        return np.where(rng.random(size) < 0.5, rng.integers(0, 12, size), nan)
    if name in ("debt_years", "promised_share"):
        codes = frame["debt" if name == "debt_years" else "arm"].astype("category").cat.codes
        return codes.to_numpy() / 10 + 0.1
    return rng.normal(0.1, 0.2, size)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_every_answer_is_whole_and_its_pictures_can_be_drawn(claim):
    answer = answer_claim(claim, _made_up(3))
    assert answer.verdict in VERDICTS
    assert answer.sentence.endswith(".")
    assert answer.estimates
    assert answer.boundary
    assert answer.notes
    assert len(answer.drivers) <= 3
    assert answer.spread is not None
    assert all(len(table.frame) for table in answer.tables)
    with house_style():
        for picture in answer.pictures:
            assert picture.draw().axes

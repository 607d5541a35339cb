"""The machinery of the claims: catalogue, studies, spread, drivers, hazard."""

from __future__ import annotations

import re
from math import isnan, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runs.claims import make
from runs.claims.answers.funding import hazard_table, threshold_verdict
from runs.claims.claim import SINCE, Answer, Estimate, load_claims, read_claim, select_claims
from runs.claims.make import ClaimsRequest, answer_claim, plan_studies, prepare_folder
from runs.claims.measures import check_measure
from runs.claims.results import (
    Results,
    bounded,
    design_effect,
    drivers,
    least_correlation,
    mean_by_point,
    parameter_share,
    rank_correlation,
    rate_per_year,
    share_by_point,
    spread,
)
from runs.claims.studies import (
    StudyTask,
    load_studies,
    outputs_of,
    study_plan,
    uncertain_parameters,
)
from runs.problems import Refused, UserProblem
from runs.twin_runs.results import Effect

CLAIMS = load_claims()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_claim_is_complete(claim):
    assert claim.question.endswith("?")
    assert len(claim.rule) > 40
    assert claim.structure.endswith(".")
    studies = load_studies()
    assert all(name in studies for name in claim.studies)
    assert set(claim.outputs) <= set(claim.studies)
    module, _, function = claim.function.partition(":")
    text = (Path("runs/claims/answers") / f"{module}.py").read_text(encoding="utf-8")
    assert re.search(rf"^def {function}\(", text, re.MULTILINE)


@pytest.mark.parametrize("study", load_studies().values(), ids=lambda study: study.name)
def test_every_study_can_be_planned(study):
    plan = study_plan(study, 2, is_quick=True)
    assert plan.runs >= 2
    assert plan.outputs.names == list(outputs_of(study.name))
    assert plan.identity == study_plan(study, 2, is_quick=True).identity
    assert plan.identity != study_plan(study, 2, is_quick=True, seed=1).identity


def test_a_study_has_the_same_seeds_in_every_arm_and_study():
    one, two = (
        study_plan(load_studies()[name], 3).design.to_pandas()
        for name in ("reference", "uncertain")
    )
    assert one["seed"].tolist()[:2] == two["seed"].tolist()[:2]


def test_an_uncertain_study_covers_each_range_once():
    plan = study_plan(load_studies()["uncertain"], 10)
    frame = plan.design.to_pandas().drop_duplicates("point")
    for name, entry in uncertain_parameters().items():
        values = frame[name].astype(float)
        assert entry["low"] <= values.min() < values.max() <= entry["high"]
        if entry.get("scale") != "log":
            unit = (values - entry["low"]) / (entry["high"] - entry["low"])
            assert sorted((unit * 10).astype(int)) == list(range(10))


def test_a_run_of_a_study_gives_its_outputs():
    plan = study_plan(load_studies()["reference"], 2)
    task = plan.task
    assert isinstance(task, StudyTask)
    row = plan.rows(0).to_pylist()[0]
    result = task.execute(row)
    assert result.status == "ok", result.traceback
    assert len(result.values) == len(plan.outputs.names)


def test_a_wrong_claim_file_names_file_and_key(tmp_path):
    path = tmp_path / "C99.toml"
    path.write_text('id = "C99"\ntitel = "x"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"C99\.toml: .*\n.*title"):
        read_claim(path)


def test_an_unknown_claim_is_refused_with_the_nearest():
    with pytest.raises(UserProblem, match="no claim 'C3X'; did you mean"):
        select_claims(["c3x"])


def test_an_unknown_measure_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'up_rounds'"):
        check_measure("up_round(a)", is_pair=False)


# --- folders


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    for wish in ({}, {"resume": True}, {"overwrite": True}):
        with pytest.raises(Refused, match="something else"):
            prepare_folder(ClaimsRequest(tmp_path, **wish))
    assert (tmp_path / "letter.txt").exists()


def test_a_report_is_resumed_only_when_asked_and_the_same(tmp_path):
    folder = tmp_path / "report"
    prepare_folder(ClaimsRequest(folder, replicates=5))
    with pytest.raises(Refused, match="--resume goes on"):
        prepare_folder(ClaimsRequest(folder, replicates=5))
    prepare_folder(ClaimsRequest(folder, replicates=5, resume=True))
    with pytest.raises(Refused, match="made with replicates = 5, now it is 6"):
        prepare_folder(ClaimsRequest(folder, replicates=6, resume=True))


def test_only_the_studies_that_are_needed_are_planned(tmp_path):
    planned = plan_studies(ClaimsRequest(tmp_path, replicates=2, only=("C33",)))
    assert [each.study.name for each in planned] == ["reference", "uncertain"]


# --- figures


def test_estimates_read_as_a_newspaper_writes_them():
    assert str(Estimate("a", 0.155, 0.1, 0.21, "share", 9)) == "15.5% (10 to 21)"
    assert str(Estimate("a", 12345.6, nan, nan, "USD bn", 9)) == "12,346 USD bn"
    assert str(Estimate("a", 3.0, 1.0, 7.0, f"{SINCE}2025Q3", 9)) == "2026Q2 (2025Q4 to 2027Q2)"
    assert str(Estimate("a", nan, nan, nan, "share", 0)) == "not measured"


def test_the_verdict_follows_the_interval():
    assert threshold_verdict(Effect(0.6, 0.55, 0.65, 9), 0.5, 0.1) == "holds"
    assert threshold_verdict(Effect(0.05, 0.01, 0.1, 9), 0.5, 0.1) == "does not hold"
    assert threshold_verdict(Effect(0.5, 0.45, 0.6, 9), 0.5, 0.1) == "depends"
    assert threshold_verdict(Effect(nan, nan, nan, 0), 0.5, 0.1) == "not testable"


def test_hazard_counts_those_at_risk():
    table = hazard_table(pd.Series([1.0, 1.0, 3.0, nan]), pd.Series(range(4)), horizon=5)
    assert table["at_risk"].tolist() == [4, 4, 2, 2, 1]
    assert table["hazard"].tolist() == [0.0, 0.5, 0.0, 0.5, 0.0]
    assert table["share"].tolist() == [0.0, 0.5, 0.5, 0.75, 0.75]
    assert ((table["low"] <= table["hazard"]) & (table["hazard"] <= table["high"])).all()


def test_a_rate_per_year_counts_the_years_at_risk():
    """Two events after 4 and 8 quarters, one run without in 12: 2 in 6 years (Garwood 1936)."""
    found = rate_per_year(pd.Series([3.0, 7.0, nan]), pd.Series(range(3)), horizon=12)
    assert found.mean == pytest.approx(2 / 6)
    assert (found.low, found.high) == pytest.approx((0.2422 / 6, 7.2247 / 6), rel=1e-3)
    none = rate_per_year(pd.Series([nan, nan]), pd.Series(range(2)), horizon=12)
    assert (none.mean, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(3.6889 / 6, rel=1e-3)


def test_a_rate_counts_seeds_of_one_point_as_fewer():
    quarters = np.array([1.0, 1.0, 3.0, nan, 3.0, nan, nan, 2.0])
    once = rate_per_year(pd.Series(quarters), pd.Series(range(8)), horizon=5)
    alike = pd.Series(np.arange(8).repeat(2))
    twice = rate_per_year(pd.Series(quarters.repeat(2)), alike, horizon=5)
    assert (twice.mean, twice.low, twice.high) == pytest.approx((once.mean, once.low, once.high))


def test_corners_are_where_the_strongest_parameters_push_one_way():
    """The outcome is a + b: high where both are high; c is idle."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.random((60, 3)), columns=["a", "b", "c"])
    frame = frame.assign(point=range(60), replicate=0, arm="", value=frame["a"] + frame["b"])
    results = Results({"u": frame}, {"u": ("a", "b", "c")})
    found = drivers(results, "u", "value", lambda e: "holds" if e.mean > 1 else "does not hold")
    down, up = found.corners
    assert dict(down.thirds) == {"a": False, "b": False}
    assert dict(up.thirds) == {"a": True, "b": True}
    assert down.outcome < 0.7
    assert up.outcome > 1.3
    assert (down.verdict, up.verdict) == ("does not hold", "holds")
    assert down.runs >= 3
    alike = frame.assign(value=(np.arange(60) % 2).astype(float), c=np.arange(60) // 2)
    idle = drivers(Results({"u": alike}, {"u": ("c",)}), "u", "value", lambda _: "holds")
    assert [abs(each.strength) < each.chance for each in idle] == [True]
    assert idle.corners == ()


@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.assumed], ids=lambda claim: claim.id)
def test_what_is_answered_by_assumption_is_not_testable_here(claim, monkeypatch):
    drawn = Answer("holds", "It is so.", drivers=drivers(_results(), "u", "value", lambda _: "x"))
    monkeypatch.setattr(make, "function_of", lambda _: lambda *_: drawn)
    found = answer_claim(claim, Results({}, {}))
    assert (found.verdict, found.sentence) == ("not testable", "It is so.")
    assert found.drivers == found.corners == ()
    plain = claim.model_copy(update={"assumed": ""})
    assert answer_claim(plain, Results({}, {})) == drawn


def test_the_rule_of_a_freeze_can_fail_either_way():
    claim = next(each for each in load_claims() if each.id == "C33")
    size = 120

    def verdict(quarters: np.ndarray) -> str:
        frame = pd.DataFrame(
            {
                "point": range(size),
                "replicate": 0,
                "arm": "",
                "freeze": ~np.isnan(quarters),
                "freeze_quarter": quarters,
            }
        )
        frames = dict.fromkeys(("reference", "uncertain"), frame)
        return answer_claim(claim, Results(frames, dict.fromkeys(frames, ()))).verdict

    often = np.full(size, 15.0)
    never = np.full(size, nan)
    assert verdict(often) == "holds"
    assert verdict(np.append(often[:1], never[1:])) == "does not hold"
    assert verdict(np.where(np.arange(size) < size / 2, often, never)) == "depends"


def test_the_hazard_counts_seeds_of_one_point_as_fewer():
    """Seeds that agree count once: two seeds each are worth one, and the end is the headline."""
    quarters = np.array([1.0, 1.0, 3.0, nan, nan, 2.0, nan, 4.0])
    points = pd.Series(np.arange(8).repeat(2))
    once = hazard_table(pd.Series(quarters), pd.Series(range(8)), horizon=5)
    twice = hazard_table(pd.Series(quarters.repeat(2)), points, horizon=5)
    for name in ("hazard", "low", "high", "share", "share_low", "share_high"):
        assert twice[name].tolist() == pytest.approx(once[name].tolist())
    assert twice["at_risk"].tolist() == [2 * each for each in once["at_risk"]]
    frame = pd.DataFrame({"point": range(8), "replicate": 0, "arm": "", "yes": quarters < 5})
    frame = pd.concat([frame, frame.assign(replicate=1)], ignore_index=True)
    headline = Results({"u": frame}, {"u": ()}).share("u", "yes")
    assert twice["share_high"].iloc[-1] == pytest.approx(headline.high)


# --- spread and drivers


def test_variance_is_split_as_it_was_made():
    rng = np.random.default_rng(1)
    points = rng.normal(0, 2, (4000, 1))
    values = points + rng.normal(0, 1, (4000, 2))
    assert parameter_share(values) == pytest.approx(4 / 5, abs=0.02)
    assert parameter_share(np.repeat(points, 2, axis=1)) == pytest.approx(1.0)
    assert parameter_share(rng.normal(0, 1, (4000, 2))) == pytest.approx(0.0, abs=0.05)
    assert isnan(parameter_share(np.ones((5, 2))))


def _results(points: int = 60) -> Results:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"point": np.repeat(np.arange(points), 2)})
    frame["replicate"] = np.tile([0, 1], points)
    frame["arm"] = ""
    for name in ("strong", "weak", "none"):
        frame[name] = np.repeat(rng.random(points), 2)
    noise = rng.normal(0, 0.1, 2 * points)
    frame["value"] = 3 * frame["strong"] - frame["weak"] + noise
    frame["happens"] = frame["value"] > 1.0
    return Results({"u": frame}, {"u": ("none", "strong", "weak")})


def test_the_drivers_are_found_in_order_and_with_their_sign():
    found = drivers(_results(), "u", "value", lambda e: "holds" if e.low > 1 else "depends")
    assert [each.parameter for each in found][:2] == ["strong", "weak"]
    assert found[0].strength > 0.8
    assert found[1].strength < 0
    assert (found[0].low_verdict, found[0].high_verdict) == ("depends", "holds")
    assert found[0].low_end < found[0].high_end


def test_the_ends_of_a_driver_count_points_not_seeds():
    results = _results()
    frame = results.frame("u")
    found = drivers(results, "u", "value", lambda e: f"{e.n}")[0]
    x = frame[found.parameter]
    part = frame[x <= np.quantile(x, 1 / 3)]
    assert found.low_verdict == str(part["point"].nunique())
    alone = drivers(
        Results({"u": frame[frame["replicate"] == 0]}, results.varied), "u", "value", lambda e: ""
    )
    assert found.chance == alone[0].chance


def test_idle_parameters_seldom_pass_for_drivers():
    """Of 400 studies of ten idle parameters about 20 find one; with one test each it were 160."""
    rng = np.random.default_rng(3)
    names = tuple("abcdefghij")
    hits = 0
    for _ in range(400):
        frame = pd.DataFrame(rng.random((40, 10)), columns=list(names))
        frame = frame.assign(point=range(40), replicate=0, arm="", value=rng.random(40))
        found = drivers(Results({"u": frame}, {"u": names}), "u", "value", lambda e: "")
        hits += abs(found[0].strength) > found[0].chance
    assert 5 <= hits <= 36
    assert least_correlation(101, 1) == pytest.approx(1.96 / 10, abs=1e-3)


def test_differences_and_excesses_count_points_not_seeds():
    frame = pd.DataFrame(
        {
            "point": [0, 0, 1, 1, 2, 2] * 2,
            "replicate": [0, 1] * 6,
            "arm": ["a"] * 6 + ["b"] * 6,
            "value": [1, 1, 2, 2, 3, 3, 0, 0, 0, 0, 0, 0],
            "many": [True, True, True, False, True, True] * 2,
            "many_without": [False, False, True, False, True, False] * 2,
        }
    )
    results = Results({"u": frame, "a": frame[frame["arm"] == "a"]}, {"u": (), "a": ()})
    gap = results.difference("u", "value", "a", "b")
    assert (gap.mean, gap.n) == (2, 3)
    assert gap.high == pytest.approx(2 + 4.302653 / 3**0.5, abs=1e-5)
    excess = results.excess("a", "many")
    assert (excess.mean, excess.n) == (0.5, 3)


def test_the_spread_says_what_dominates():
    found = spread(_results(), "u", "value")
    assert found is not None
    assert found.parameter_share > 0.9
    assert found.dominant == "uncertain parameters"
    assert found.low <= found.parameter_share <= found.high


def test_seeds_of_one_point_do_not_count_twice():
    results = _results()
    share = results.share("u", "happens")
    frame = results.frame("u")
    alone = Results({"u": frame[frame["replicate"] == 0]}, {"u": ()}).share("u", "happens")
    assert share.n == 120
    assert share.high - share.low == pytest.approx(alone.high - alone.low, rel=0.2)


def test_runs_of_one_point_are_worth_as_many_as_they_differ():
    points = pd.Series([0, 0, 1, 1, 2, 2])
    alike = pd.Series([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    assert design_effect(alike, points) == pytest.approx(2.0)
    assert design_effect(pd.Series([0.0, 1.0] * 3), points) == 1.0
    assert design_effect(alike[::2], points[::2]) == 1.0
    # by hand: means 0, 1 and 0.5 around 0.5; only the last point differs within
    mixed = pd.Series([0.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    within, around = 0.5 / 3, (2 * 0.5**2 + 2 * 0.5**2 + 0.0) / 2
    between = (around - within) / 2
    assert design_effect(mixed, points) == pytest.approx(1 + between / (between + within))


def test_missing_runs_leave_points_of_unlike_size():
    points = pd.Series([0, 0, 1, 1, 2, 2])
    values = pd.Series([0.0, 0.0, 1.0, 1.0, nan, 1.0])
    assert design_effect(values, points) == pytest.approx((4 + 4 + 1) / 5)
    assert share_by_point(values, points).n == 5
    mean = mean_by_point(values, points)
    assert (mean.mean, mean.n) == (pytest.approx(2 / 3), 3)


def test_shares_stay_between_nought_and_one():
    assert bounded(Effect(0.5, -0.6, 1.6, 5)) == Effect(0.5, 0.0, 1.0, 5)
    assert bounded(Effect(0.5, 0.4, 0.6, 5)) == Effect(0.5, 0.4, 0.6, 5)
    few = bounded(Effect(0.5, -0.6, 1.6, 2))
    assert few.mean == 0.5
    assert isnan(few.low)
    assert isnan(few.high)


def test_rank_correlation_is_that_of_ranks():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1.0)
    assert rank_correlation(x, np.ones(4)) == 0.0

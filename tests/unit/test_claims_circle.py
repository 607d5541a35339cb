"""Claims about contracts, the circle of capital, backlog and a listing (C01 to C06, C08 to C12)."""

from __future__ import annotations

from functools import lru_cache
from math import isnan, nan
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from claims_checks import check_answer

from market.model import MarketModel
from market.phases.funding import Round
from market.scenario import load_scenario
from runs.claims.answers.contracts import nearest_words, warning_table
from runs.claims.claim import load_claims, words_of
from runs.claims.fans import fan_table
from runs.claims.make import answer_claim, function_of
from runs.claims.measures import measure_model
from runs.claims.measures.contracts import written_off_usd
from runs.claims.measures.failure import first_scarce_quarter, largest_hardness
from runs.claims.results import Results, firm_name, gains, paired, with_gain
from runs.claims.studies import load_studies, study_plan
from runs.picture_style import new_figure, percent_tick, percent_ticks

IDS = ("C01", "C02", "C03", "C04", "C05", "C06", "C08", "C09", "C10", "C11", "C12")
CLAIMS = {claim.id: claim for claim in load_claims() if claim.id in IDS}


@pytest.fixture(scope="module")
def failed():
    """A run in which the lab fails in quarter 10, some of its great contract delivered."""
    changes = [
        "quarters=14",
        "compute_contracts.openai-oracle.start_quarter=1",
        "shocks.refusal.quarter=2",
        "lab_rules.has_renegotiation=false",
    ]
    return MarketModel(load_scenario("openai-fails", changes), seed=3).run()


# --- measures


def test_every_part_of_a_contract_is_paid_lost_cancelled_or_left(failed):
    parts = [measure_model(failed, f"contract_{p}(openai-oracle)") for p in ("cancelled", "left")]
    paid = measure_model(failed, "contract_paid(openai-oracle)")
    delivered = failed.contracts["openai-oracle"].delivered_cents / 3e13
    assert 0 < paid < delivered  # the last invoice was not paid in full
    assert sum(parts) + delivered == pytest.approx(1.0)


def test_what_is_written_off_is_the_shortfall_of_the_default(failed):
    (default,) = failed.events.select("default", "OpenAI")
    lost = sum(written_off_usd(failed, "openai", cloud) for cloud in failed.clouds)
    assert lost == pytest.approx(default.size, abs=1.0)


def test_the_roll_forward_of_rpo_adds_up(failed):
    for cloud in failed.clouds:
        lines = ("opening", "signed", "delivered", "cancelled", "closing")
        opening, signed, delivered, cancelled, closing = (
            measure_model(failed, f"lab_rpo({cloud}, {line})") for line in lines
        )
        assert opening + signed - delivered - cancelled == pytest.approx(closing, abs=0.01)
    with pytest.raises(ValueError, match="no line"):
        measure_model(failed, "lab_rpo(oracle, lost)")


def test_opening_rpo_is_the_reported_figure_and_two_thirds_come_from_one_customer(failed):
    assert measure_model(failed, "opening_rpo(oracle)") == pytest.approx(455e9, rel=0.001)
    assert measure_model(failed, "opening_part(oracle, openai)") == pytest.approx(0.659, abs=0.001)
    assert measure_model(failed, "opening_rpo(aws)") == pytest.approx(200e9, rel=0.001)


def test_a_letter_pays_whole_steps_and_the_other_promise_does_not_count(failed):
    steps = measure_model(failed, "letter_steps_by(nvidia-openai, 99)")
    assert measure_model(failed, "letter_drawn(nvidia-openai)") == steps / 10
    assert measure_model(failed, "letter_steps_by(softbank-openai, 99)") == 1
    paid = [e for e in failed.events.select("letter tranche") if e.agent == "OpenAI"]
    assert len(paid) == steps + 1


def test_chips_are_bought_where_the_scenario_says(failed):
    assert measure_model(failed, "share_of_chips(oracle, nvidia)") == pytest.approx(0.92, abs=0.01)
    assert 0.2 < measure_model(failed, "paid_of_capex(oracle, nvidia)") < 0.7


def test_cover_and_obligations_end_with_the_lab(failed):
    assert 0 < measure_model(failed, "own_cover(openai, 0, 3)") < 1
    assert isnan(measure_model(failed, "own_cover(openai, 13, 13)"))
    assert measure_model(failed, "years_promised(openai, 1)") > 30
    assert isnan(measure_model(failed, "years_promised(openai, 13)"))


def test_the_circle_is_gone_without_vendor_money():
    """The scenario takes out all of the circle: what chipmakers give, and what clouds give."""
    none = MarketModel(load_scenario("no-circle", ["quarters=8"]), seed=3).run()
    with_it = MarketModel(load_scenario("reference", ["quarters=8"]), seed=3).run()
    assert measure_model(none, "circular_part(0, 7)") == pytest.approx(0.0, abs=1e-9)
    assert measure_model(with_it, "circular_part(0, 7)") > 0.05
    assert isnan(measure_model(with_it, "circular_part(0, 11)"))
    assert measure_model(none, "put_into_firms(nvidia)") == 0
    assert measure_model(with_it, "put_into_firms(nvidia)") > 1e9
    for cloud in none.clouds:
        assert measure_model(none, f"put_into_firms({cloud})") == 0


def test_a_listing_is_a_state_or_an_event():
    changes = ["quarters=6", "labs.openai.is_listed=true", "funding.ipo_revenue_usd=0"]
    model = MarketModel(load_scenario("reference", changes), seed=3).run()
    assert measure_model(model, "listed_quarter(openai)") == 0
    found = model.events.select("ipo", "Anthropic")
    expected = found[0].quarter if found else nan
    assert measure_model(model, "listed_quarter(anthropic)") == pytest.approx(expected, nan_ok=True)
    assert firm_name("openai") == "OpenAI"
    assert firm_name("nobody") == "nobody"


# --- answers from runs that are made up

TRUTH = {
    "C01": ({"contract_paid": 1.0}, {"contract_paid": 0.1}, {"contract_paid": 0.7}),
    "C02": ({"paid_of_capex": 0.5}, {"paid_of_capex": 0.1}, {"paid_of_capex": 0.25}),
    "C03": ({"letter_drawn": 1.0}, {"letter_drawn": 0.2}, {"letter_drawn": 0.7}),
    "C04": (
        {"circular_part": 0.3, "own_cover": 0.5},
        {"circular_part": 0.0, "own_cover": 0.5},
        {"circular_part": 0.3, "own_cover": 0.9},
    ),
    "C06": (
        {"softbank.round": 0.2, "nvidia.round": 0.2},
        {"softbank.round": 0.0, "nvidia.round": 0.05},
        {"softbank.round": 0.0, "nvidia.round": 0.2},
    ),
    "C08": ({"at(0)": 2.7e9, "at(1)": 3e9}, {"at(0)": 4e9, "at(1)": 5e9}, None),
    "C09": ({"years": 40.0}, {"years": 1.0}, {"years": 3.0}),
    "C10": ({"known_delivered": 0.9}, {"known_delivered": 0.2}, {"known_delivered": 0.6}),
    "C11": (None, {"known_delivered": 0.9}, None),
}
VERDICTS = ("holds", "does not hold", "depends")
CASES = [
    (claim, verdict, values)
    for claim, cases in TRUTH.items()
    for verdict, values in zip(VERDICTS, cases, strict=True)
    if values is not None
]


@lru_cache(maxsize=1)
def designs():
    """Design, outputs and varied parameters of the studies that these claims use."""
    plans = {}
    for name in ("reference", "uncertain", "vendor-equity", "listing"):
        wanted = (out for claim in CLAIMS.values() for out in claim.outputs.get(name, ()))
        outputs = tuple(sorted(set(wanted)))
        plans[name] = study_plan(load_studies()[name], 20, is_quick=True, outputs=outputs)
    return {name: (p.design.to_pandas(), p.outputs.names, p.varied) for name, p in plans.items()}


def made_up(values, arms_values=None):
    """Runs of all studies whose outputs are 0.5, or what is given for a part of their names."""
    frames, varied = {}, {}
    for name, (design, outputs, parameters) in designs().items():
        rows, columns = np.arange(len(design)), {}
        for number, output in enumerate(outputs):
            value = next((v for part, v in values.items() if part in output), 0.5)
            columns[output] = value * (1 + 1e-3 * np.sin(rows * (number + 1)))
            if output.startswith(("defaulted", "is_refused", "freeze", "cut")):
                columns[output] = (rows % 3 == 0).astype(float)
        frame = pd.concat([design, pd.DataFrame(columns)], axis=1)
        for (arm, output), value in (arms_values or {}).items():
            if output in frame:
                frame.loc[frame["arm"] == arm, output] = value
        frames[name], varied[name] = frame, parameters
    return Results(frames, varied)


@pytest.mark.parametrize(("claim", "verdict", "values"), CASES)
def test_the_rule_gives_each_verdict(claim, verdict, values):
    assert function_of(CLAIMS[claim])(CLAIMS[claim], made_up(values)).verdict == verdict


@pytest.mark.parametrize(("rise", "verdict"), [(1.2, "holds"), (1.0, "does not hold")])
def test_valuations_are_compared_pair_by_pair(rise, verdict):
    output = "openai.valuation_usd:at(8)"
    answer = answer_claim(CLAIMS["C05"], made_up({output: 5e11}, {("with", output): rise * 5e11}))
    assert answer.verdict == verdict
    assert answer.estimates[0].value == pytest.approx(rise - 1, abs=0.002)


@pytest.mark.parametrize(("refused", "verdict"), [(0.0, "holds"), (1.0, "does not hold")])
def test_a_listing_is_compared_pair_by_pair(refused, verdict):
    output = "is_refused(openai)"
    results = made_up({}, {("shut", output): 1.0, ("listed", output): refused})
    answer = answer_claim(CLAIMS["C12"], results)
    assert answer.verdict == verdict
    assert answer.estimates[0].value == 1 - refused


@pytest.mark.parametrize("claim", IDS)
def test_every_answer_says_what_it_shows_and_draws_it(claim):
    answer = answer_claim(CLAIMS[claim], made_up({"revenue": 3e9}))
    check_answer(claim, answer)


# --- helpers


def test_pairs_meet_at_point_and_seed_and_a_missing_run_drops_its_pair():
    frame = pd.DataFrame(
        {
            "point": [0, 0, 1, 1, 2],
            "replicate": 0,
            "arm": ["a", "b", "a", "b", "a"],
            "x": [3.0, 2.0, 5.0, 0.0, 9.0],
            "p": 1.0,
        }
    )
    results = Results({"s": frame}, {"s": ("p",)})
    pairs = paired(results, "s", "x", "a", "b")
    assert gains(pairs, is_relative=False).tolist() == [1.0, 5.0]
    assert gains(pairs, is_relative=True).tolist() == pytest.approx([0.5, nan], nan_ok=True)
    gain = with_gain(results, "s", "x", "a", "b", is_relative=False)
    assert gain.frame("s")["x"].tolist() == [1.0, 5.0]


def test_a_fan_has_the_quarters_of_its_outputs_in_order():
    frame = pd.DataFrame({"x:at(8)": [1.0, 2.0, 3.0], "x:at(2)": [nan, 5.0, 5.0], "y(a, 3)": nan})
    table = fan_table(Results({"s": frame}, {"s": ()}), "s", list(frame))
    assert table["quarter"].tolist() == [2, 8]
    assert table["label"].tolist() == ["2026Q1", "2027Q3"]
    assert table["runs"].tolist() == [2, 3]
    assert table["p50"].tolist() == [5.0, 2.0]


def test_thirds_leave_out_who_was_refused_before():
    frame = pd.DataFrame(
        {
            "years_promised(a, 8)": [1.0, 2.0, 3.0, 9.0, nan],
            "first_refused_quarter(a)": [nan, nan, 12.0, 4.0, nan],
            "is_refused(a)": [0.0, 0.0, 1.0, 1.0, 0.0],
            "defaulted:a": [False, False, True, True, False],
            "point": range(5),
        }
    )
    table = warning_table(frame, "a", 8)
    assert table["runs"].tolist() == [1, 1, 1]
    assert table["refused"].tolist() == [0.0, 0.0, 1.0]
    assert table["failed"].tolist() == [0.0, 0.0, 1.0]


def test_thirds_count_seeds_of_one_point_as_fewer():
    once = pd.DataFrame(
        {
            "years_promised(a, 8)": np.arange(1.0, 31.0),
            "first_refused_quarter(a)": nan,
            "is_refused(a)": np.arange(30) % 2 == 0,
            "defaulted:a": np.arange(30) % 3 == 0,
            "point": range(30),
        }
    )
    twice = pd.concat([once, once], ignore_index=True).sort_values("point")
    tables = [warning_table(frame, "a", 8) for frame in (once, twice)]
    assert tables[1]["runs"].tolist() == [20, 20, 20]
    for name in ("refused", "refused_low", "refused_high", "failed_low", "failed_high"):
        assert tables[1][name].tolist() == pytest.approx(tables[0][name].tolist())


@pytest.mark.parametrize(
    ("share", "text"), [(0.025, "2.5%"), (-0.1, "-10%"), (0.3, "30%"), (1e-17, "0%"), (-0.0, "0%")]
)
def test_a_tick_says_what_it_stands_for(share, text):
    assert percent_tick(share) == text


def test_ticks_at_steps_of_two_and_a_half_are_not_rounded():
    axes = new_figure().subplots()
    axes.set_yticks([-0.05, -0.025, 0, 0.025])
    percent_ticks(axes.yaxis)
    shown = axes.yaxis.get_major_formatter().format_ticks(axes.get_yticks())
    assert shown == ["-5%", "-2.5%", "0%", "2.5%"]


def test_scarce_is_a_round_that_needs_more_than_all_pledges():
    rounds = [
        Round(1, "a", 0.4, 0, 0, True),
        Round(3, "b", 2.0, 0, 0, False),
        Round(5, "a", 1.1, 0, 0, False),
    ]
    model: Any = SimpleNamespace(rounds=rounds)
    assert first_scarce_quarter(model, "a") == 5
    assert first_scarce_quarter(model, "b") == 3
    assert isnan(first_scarce_quarter(model, "c"))
    assert largest_hardness(model, "a") == 1.1


def test_the_lowest_public_figure_is_told_beside_the_reported_one():
    rule = {"article_usd": 179e9, "public_usd": 200e9, "least_public_usd": 195e9, "far": 0.10}
    say = words_of(CLAIMS["C10"])
    (text,) = nearest_words(say, rule)
    assert "from 195 to 200 bn" in text
    assert "8.2% off, which the rule calls neither near nor too far off" in text
    del rule["least_public_usd"]
    assert nearest_words(say, rule) == ()

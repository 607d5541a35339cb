"""Claims about customers: lead, need, price, quality and late entry (C21 to C25, C32)."""

from __future__ import annotations

from functools import lru_cache
from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from claims_checks import check_answer

from market.model import MarketModel
from market.scenario import load_scenario
from market.shocks import Enter, PriceCut
from runs.claims.answers.customers import entry_table
from runs.claims.answers.switching import closed_form, gap_for, gap_table, worth_of_a_point
from runs.claims.claim import load_claims
from runs.claims.make import answer_claim, function_of
from runs.claims.measures import measure_model, measure_pair
from runs.claims.results import Results
from runs.claims.studies import SIZE, load_studies, outputs_of, study_plan
from runs.twin_runs.pairs import TwinPlan, twin_pair

IDS = ("C21", "C22", "C23", "C24", "C25", "C32")
CLAIMS = {claim.id: claim for claim in load_claims() if claim.id in IDS}


@pytest.fixture(scope="module")
def world():
    """Six quarters of the reference scenario."""
    return MarketModel(load_scenario("reference", ["quarters=6"]), seed=3).run()


def price_cut(study, arm, gap, customers):
    """A pair of twins as the study has it, with other numbers of customers."""
    chosen = load_studies()[study]
    changes = [*chosen.changes, f"enterprise.customers={customers}"]
    changes += [f"{path}={value}" for path, value in chosen.arms[arm].changes.items()]
    plan = TwinPlan(
        load_scenario("reference", changes),
        PriceCut("gemini", gap),
        chosen.twins.quarter,
        chosen.twins.quarters_after,
    )
    return twin_pair(plan, 11)


# --- measures


@pytest.mark.parametrize("gap", [2.0, 3.0, 5.0])
def test_in_the_articles_world_a_gap_moves_who_has_a_lower_switching_cost(gap):
    pair = price_cut("price-gap-1", "article", gap, 40_000)
    moved = measure_pair(pair, "moved_to(gemini)")
    assert moved == pytest.approx(closed_form(gap, 3.0, 0.6), abs=0.04)
    assert measure_model(pair.base, "moved_now()") == 0


def test_contracts_delay_who_moves():
    stated, free = (price_cut("price-gap-1", arm, 4.0, 4000) for arm in ("stated", "no-contracts"))
    slow, fast = (measure_pair(pair, "moved_to(gemini)") for pair in (stated, free))
    assert 0 < slow < fast / 2


def test_nobody_moves_without_a_cut():
    assert measure_pair(price_cut("price-gap-1", "stated", 0.0, 500), "moved_to(gemini)") == 0


def test_parts_of_enterprise_spending_sum_to_one(world):
    parts = [measure_model(world, f"enterprise_part({key}, 0, 3)") for key in world.labs]
    assert sum(parts) == pytest.approx(1.0)
    assert parts[list(world.labs).index("anthropic")] > 0.3
    assert isnan(measure_model(world, "enterprise_part(openai, 4, 6)"))


def test_needs_fall_with_reliability_and_end_with_the_run(world):
    needs = [measure_model(world, f"needs_above({key}, 0)") for key in ("anthropic", "mistral")]
    assert 0 < needs[0] < needs[1] < 1
    assert measure_model(world, "needs_above(openai, 5)") < measure_model(
        world, "needs_above(openai, 0)"
    )
    assert isnan(measure_model(world, "needs_above(openai, 6)"))
    assert isnan(measure_model(world, "needs_above(apple, 0)"))  # it sells nothing


def test_a_lab_becomes_good_enough_once(world):
    assert measure_model(world, "reliable_quarter(openai, 0.5)") == 0
    assert measure_model(world, "reliable_quarter(openai, 0.81)") > 0
    assert isnan(measure_model(world, "reliable_quarter(openai, 0.999)"))


def test_half_of_the_customers_have_two_providers(world):
    assert measure_model(world, "two_providers()") == pytest.approx(0.5, abs=0.15)
    alone = load_scenario("reference", ["quarters=2", "enterprise.multi_homing_share=0"])
    assert measure_model(MarketModel(alone, seed=3).run(), "two_providers()") == 0


def test_all_customers_asked_at_once_follow_the_distribution_of_switching_costs():
    large = MarketModel(load_scenario("reference", ["enterprise.customers=20000"]), seed=3)
    assert measure_model(large, "would_move(0, 0)") == 0
    assert measure_model(large, "would_move(3, 0)") == pytest.approx(0.5, abs=0.03)
    assert measure_model(large, "would_move(5, 0)") == pytest.approx(
        closed_form(5.0, 3.0, 0.6), abs=0.03
    )
    assert measure_model(large, "would_move(0, 4)") > measure_model(large, "would_move(0, 2)")


def test_an_entrant_takes_consumers_from_others():
    setting = load_studies()["late-entry"].twins
    plan = TwinPlan(
        load_scenario("reference", ["quarters=9"]),
        Enter(setting.target),
        setting.quarter,
        5,
    )
    pair = twin_pair(plan, 3)
    parts = [measure_pair(pair, f"users_part(apple, {after})") for after in (0, 2, 4)]
    assert 0 < parts[0] < parts[1] < parts[2] < 0.2
    lost = [measure_pair(pair, f"users_lost({key}, 4)") for key in pair.base.labs]
    assert sum(lost) == pytest.approx(0.0, abs=1e-12)  # what others lose the entrant has
    assert -min(lost) == parts[2]
    assert isnan(measure_pair(pair, "users_part(apple, 5)"))


def test_parts_of_several_rounds_are_borrowed_to_the_cent():
    """Parts of three rounds were each rounded up, and the margin loan was a cent too small."""
    study = load_studies()["quality-or-price"]
    changes = [*study.changes, "labs.gemini.reliability=0.81"]
    model = MarketModel(load_scenario("reference", changes), seed=285568495).run(6)
    assert model.quarter == 6


# --- rules


@lru_cache(maxsize=1)
def designs():
    """Design, outputs and varied parameters of the studies that these claims use."""
    plans = {}
    for name in dict.fromkeys(study for claim in CLAIMS.values() for study in claim.studies):
        wanted = {out for claim in CLAIMS.values() for out in claim.outputs.get(name, ())}
        assert wanted <= set(outputs_of(name))
        plan = study_plan(load_studies()[name], 20, is_quick=True, outputs=tuple(sorted(wanted)))
        plans[name] = (plan.design.to_pandas(), plan.outputs.names, plan.varied)
    return plans


def made_up(values):
    """Runs whose outputs are 0.5, or what is given for (part of the arm, part of the output)."""
    frames, varied = {}, {}
    for name, (design, outputs, parameters) in designs().items():
        rows = np.arange(len(design))
        wave = 1 + 1e-3 * np.sin(rows + 1)
        columns = dict.fromkeys(outputs, 0.5 * wave)
        frame = pd.concat([design, pd.DataFrame(columns)], axis=1)
        for (arm, part), value in values.items():
            here = frame["arm"].str.startswith(arm) if arm else np.full(len(frame), True)
            for output in outputs:
                if part in output:
                    frame.loc[here, output] = (value * wave)[here]
        frames[name], varied[name] = frame, parameters
    return Results(frames, varied)


RULES = [
    ("C21", "holds", {("", "part(anthropic"): 0.6, ("", "part(openai"): 0.2}),
    ("C21", "does not hold", {("", "part(anthropic"): 0.2, ("", "part(openai"): 0.6}),
    (
        "C21",
        "depends",
        {
            ("", "part(anthropic"): 0.6,
            ("", "part(openai"): 0.2,
            ("", "part(anthropic, 18"): 0.1,
        },
    ),
    ("C22", "holds", {("", "needs_above"): 0.2}),
    ("C22", "does not hold", {("", "needs_above"): 0.001}),
    ("C22", "depends", {("", "needs_above"): 0.03}),
    ("C23", "holds", {("", "moved_to"): 0.7}),
    ("C23", "does not hold", {("", "moved_to"): 0.1}),
    ("C23", "depends", {("", "moved_to"): 0.4}),
    (
        "C24",
        "holds",
        {("", "seat"): 0.2, ("cheaper", "seat"): 0.3, ("better", "seat"): 0.4},
    ),
    (
        "C24",
        "does not hold",
        {("", "seat"): 0.2, ("cheaper", "seat"): 0.3, ("better", "seat"): 0.2},
    ),
    (
        "C24",
        "depends",
        {("", "seat"): 0.2, ("cheaper", "seat"): 0.3, ("better", "seat"): 0.23},
    ),
    ("C25", "holds", {("", "users_part"): 0.4}),
    ("C25", "does not hold", {("", "users_part"): 0.1}),
    ("C32", "holds", {("", "seats"): 4e8, ("right-70", "seats"): 1e8}),
    ("C32", "does not hold", {("", "seats"): 4e8, ("right-70", "seats"): 3.8e8}),
    ("C32", "depends", {("", "seats"): 4e8, ("right-70", "seats"): 2.6e8}),
]


@pytest.mark.parametrize(("claim", "verdict", "values"), RULES)
def test_the_rule_gives_each_verdict(claim, verdict, values):
    assert function_of(CLAIMS[claim])(CLAIMS[claim], made_up(values)).verdict == verdict


def test_entry_depends_where_only_many_choosers_make_it_a_move_of_masses():
    results = made_up({("", "users_part"): 0.1})
    frame = results.frames["late-entry"]
    many = frame["labs.apple.entry_users_share"].astype(float) == 0.75
    frame.loc[many, "users_part(apple, 8)"] = 0.3
    assert function_of(CLAIMS["C25"])(CLAIMS["C25"], results).verdict == "depends"


def test_two_pairs_a_field_do_not_judge_the_entry():
    results = made_up({("", "users_part"): 0.4})
    few = results.frames["late-entry"].query("replicate < 2")
    answer = answer_claim(
        CLAIMS["C25"], Results(results.frames | {"late-entry": few}, results.varied)
    )
    assert answer.verdict == "not testable"
    assert answer.boundary.startswith("Too few pairs")


@pytest.mark.parametrize("claim", IDS)
def test_every_answer_says_what_it_shows_and_draws_it(claim):
    rising = {("cheaper", "seat"): 0.6, ("better", "seat"): 0.7}
    answer = answer_claim(CLAIMS[claim], made_up(rising))
    assert answer.tables
    check_answer(claim, answer)


# --- helpers


def test_the_closed_form_is_half_at_the_median():
    assert closed_form(3.0, 3.0, 0.6) == 0.5
    assert closed_form(0.0, 3.0, 0.6) == 0.0
    assert closed_form(10.0, 3.0, 0.6) == pytest.approx(0.9776, abs=1e-4)


def test_the_gap_for_a_share_lies_between_the_gaps():
    results = made_up({("", "moved_to"): 0.1})
    for study in ("price-gap-1", "price-gap-4", "price-gap-8"):
        frame = results.frames[study]
        frame["moved_to(gemini)"] = frame[SIZE].astype(float) / 10
    table = gap_table(results, "moved_to(gemini)", CLAIMS["C23"].thresholds)
    assert gap_for(table, "price-gap-4", "stated", 0.5) == pytest.approx(5.0)
    assert gap_for(table, "price-gap-4", "stated", 0.6) == pytest.approx(6.0)
    assert isnan(gap_for(table, "price-gap-4", "stated", 1.1))


def test_a_point_is_worth_the_price_cut_that_wins_as_much():
    table = pd.DataFrame(
        {
            "way": ["cheaper"] * 4 + ["better"] * 4,
            "x": [2, 4, 6, 8] * 2,
            "year": 1,
            "mean": [0.1, 0.2, 0.3, 0.4, 0.15, 0.3, 0.5, nan],
        }
    )
    assert worth_of_a_point(table, 2) == pytest.approx(1.5)
    assert worth_of_a_point(table, 4) == pytest.approx(1.5)
    assert isnan(worth_of_a_point(table, 6))


def test_the_table_of_entry_has_a_row_for_each_field_and_year():
    table = entry_table(made_up({}), "apple")
    assert len(table) == 4 * 3 * 3
    assert sorted(table["chooses_again"].unique()) == [0.04, 0.1, 0.2]

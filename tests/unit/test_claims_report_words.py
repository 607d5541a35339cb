"""Words and sums of the report."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pandas as pd
import pytest
from claims_examples import answer, claim, context, driver, many_answers

from runs.claims.claim import (
    Answer,
    Corner,
    Estimate,
    Spread,
    Table,
    load_claims,
    load_kill_criteria,
)
from runs.claims.report_html import MOST_ROWS, breakable_code, cell_text, cells, share_strip
from runs.claims.report_markdown import plain
from runs.claims.report_words import (
    bull_words,
    by_verdict,
    chance_words,
    dominant_words,
    driver_words,
    end_words,
    interval_words,
    kill_criteria,
    n_words,
    parameter_words,
    polish,
    real_drivers,
    spread_sentence,
    spread_words,
    turning_parameters,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("59% and 3% of 100 bn USD", "59% and 3% of 100~bn USD"),
        ("from -10% to 0.42-0.51", "from {minus}10% to 0.42-0.51"),
        ("(-0% to -0.5)", "(0% to {minus}0.5)"),
        ('so "no 2008" isn\'t', "so “no 2008” isn’t"),
        ("two-sided, C01-x, 5 bnx", "two-sided, C01-x, 5 bnx"),
    ],
)
def test_texts_are_set_as_in_print(text, expected):
    assert polish(text) == expected.format(minus="\u2212").replace("~", "\u00a0")


def test_marks_of_markdown_are_escaped():
    assert plain("a *b* <c> [d]\ne") == r"a \*b\* \<c\> \[d\] e"


def test_a_parameter_is_told_by_its_meaning_and_unit():
    assert parameter_words("valuation.discount") == "Discount rate in the H-model (per year)"
    assert parameter_words("shock_size") == "shock_size"
    assert parameter_words("valuation") == "valuation"


def test_a_driver_says_when_it_may_be_chance():
    assert driver_words(driver("a.b", 0.6)) == "rises with it (+0.60)"
    assert driver_words(driver("a.b", -0.6)) == "falls with it (-0.60)"
    assert driver_words(driver("a.b", 0.1)) == "may be chance (+0.10; chance gives up to ±0.20)"
    assert end_words(0.7123, "holds") == "holds (0.71)"


def test_a_table_of_drivers_leaves_out_what_may_be_chance():
    mixed = replace(answer(1), drivers=(driver("valuation.discount", 0.6), driver("b.b", 0.1)))
    assert [each.parameter for each in real_drivers(mixed)] == ["valuation.discount"]
    assert chance_words(mixed) == "May be chance (under 0.20): b.b (+0.10)."
    idle = replace(answer(1), drivers=(driver("a.a", 0.1), driver("b.b", -0.1)))
    assert real_drivers(idle) == []
    assert chance_words(idle).startswith("No parameter moves the outcome by more than chance may")
    assert chance_words(replace(answer(1), drivers=(driver("a.a", 0.6),))) == ""


def test_the_other_side_gets_its_best_case():
    up = Corner((("valuation.discount", True), ("b.b", False)), 0.7, "does not hold", 12)
    same = Corner((("valuation.discount", False), ("b.b", True)), 0.1, "holds", 9)
    strong = (driver("valuation.discount"),)
    found = replace(answer(1), drivers=strong, corners=(same, up))
    assert bull_words(found) == (
        "upper third of Discount rate in the H-model (per year), lower third of b.b: "
        "does not hold (0.7, 12 runs)."
    )
    assert bull_words(replace(found, corners=(same, same))).startswith("Not found: where the")
    assert bull_words(replace(found, corners=())).startswith("Not found: no parameter moves")
    assert bull_words(replace(found, drivers=())) == ""


def test_kill_criteria_are_of_the_claims_that_are_answered():
    known = {each.id for each in load_claims()}
    criteria = load_kill_criteria()
    assert {each.claim for each in criteria} <= known
    assert len({(each.claim, each.against, each.by) for each in criteria}) == len(criteria)
    assert {each.against for each in criteria} <= {"holds", "does not hold"}
    chosen = kill_criteria([(claim(33), answer(33))])
    assert {each.claim for each in chosen} == {"C33"}
    assert kill_criteria([(claim(2), answer(2))]) == []


def spread(low: float, high: float, share: float = 0.5) -> Spread:
    return Spread("it", share, 1 - share, low, high, 16)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.6, 0.9, "uncertain parameters"),
        (0.1, 0.4, "chance (the seed)"),
        (0.3, 0.7, "both about equally"),
        (0.0, 1.0, "too few points to tell"),
    ],
)
def test_what_dominates_follows_the_interval(low, high, expected):
    assert dominant_words(spread(low, high)) == expected


def test_a_constant_outcome_has_no_spread():
    assert spread_words(spread(nan, nan, nan)).startswith("The outcome is the same in all runs")
    assert spread_words(spread(0.6, 0.9, 0.7)).startswith("Uncertain parameters: 70% of")


def test_claims_are_grouped_in_the_order_of_the_verdicts():
    answers = many_answers(3)
    answers[0] = (answers[0][0], replace(answers[0][1], verdict="depends"))
    groups = [(verdict, [each.id for each in claims]) for verdict, claims in by_verdict(answers)]
    assert groups == [("holds", ["C02", "C03"]), ("depends", ["C01"])]


def test_parameters_count_when_they_move_more_than_chance():
    def with_drivers(number: int, *drivers):
        return claim(number), replace(answer(number), drivers=drivers)

    turns = turning_parameters(
        [
            with_drivers(1, driver("a.a", 0.6, high="holds"), driver("b.b", -0.5)),
            with_drivers(2, driver("a.a", -0.3, high="holds"), driver("c.c", 0.1)),
        ]
    )
    assert [(t.parameter, t.moves, t.decides) for t in turns] == [
        ("b.b", ("C01",), ("C01",)),
        ("a.a", ("C01", "C02"), ()),
    ]


def test_the_sum_of_spreads_counts_answers_that_have_one():
    answers = [*many_answers(2), (claim(3), Answer("depends", "No runs."))]
    text = "Where the spread of 2 outcomes comes from: uncertain parameters in 2."
    assert spread_sentence(answers) == text
    assert spread_sentence(answers[2:]) == ""


def test_an_answer_names_its_ensembles_seed_and_worlds():
    text = "reference (100); root seed 7; worlds with their hash: reference 0123456789ab"
    assert context().behind(claim(1)) == text
    assert context().behind(claim(2, studies=())) == "no runs"


def test_cells_are_written_for_readers():
    values = [True, None, nan, 1234567.8, 0.123456, 5, "x"]
    expected = ["yes", "–", "–", "1,234,568", "0.123", "5", "x"]
    assert [cell_text(value) for value in values] == expected
    frame = pd.DataFrame({"a_b": range(40), "is_c": [True] * 40, "d": ["x"] * 40})
    shown = cells(Table("t", "T", frame))
    assert shown["heads"] == ["a b", "is c", "d"]
    assert shown["numeric"] == [True, False, False]
    assert (len(shown["rows"]), shown["hidden"]) == (MOST_ROWS, 40 - MOST_ROWS)
    assert shown["rows"][0] == ["0", "yes", "x"]


def test_strips_are_drawn_for_shares_only():
    drawn = str(share_strip(Estimate("a", 0.5, 0.25, 0.75, "share", 9)))
    assert 'x1="25.0"' in drawn
    assert 'cx="50.0"' in drawn
    for other in (
        Estimate("a", 0.5, 0.25, 0.75, "USD bn", 9),
        Estimate("a", 0.5, -0.1, 0.75, "share", 9),
        Estimate("a", nan, nan, nan, "share", 0),
    ):
        assert str(share_strip(other)) == ""


def test_names_break_after_dots_and_underscores():
    assert str(breakable_code("a.b_c<")) == "<code>a.<wbr>b_<wbr>c&lt;</code>"


def test_a_figure_that_no_run_gave_has_no_interval_of_confidence():
    public = Estimate("public", 0.1, 0.1, 0.1, "share", 0)
    assert (n_words(public), interval_words(public)) == ("–", "not from runs")
    named = replace(public, interval="range of public figures")
    assert interval_words(named) == "range of public figures"
    assert interval_words(replace(public, value=nan)) == "no run gave one"
    measured = replace(public, n=1200)
    assert (n_words(measured), interval_words(measured)) == ("1,200", "95% confidence interval")

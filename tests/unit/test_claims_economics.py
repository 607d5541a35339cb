"""Measures and answers of the claims about tiers, power, returns and advertising."""

from __future__ import annotations

from math import isnan
from types import SimpleNamespace

import pandas as pd
import pytest

from agents.rules.demand import mean_usage_truncated_pareto
from market.model import MarketModel
from market.units import CU_HOURS
from runs.claims.answers.economics import (
    AD_INCOME,
    LEAST,
    TAIL,
    advertising,
    boundary_usd,
    break_even,
    returns,
    top_tier,
)
from runs.claims.answers.power import homes
from runs.claims.claim import select_claims
from runs.claims.measures import measure_model
from runs.claims.measures.returns import (
    HOURS,
    _has_good_year,
    accelerator_cost_usd,
    compute_price_usd,
    site_return,
    vintage_return,
)
from runs.claims.results import Results
from runs.twin_runs.results import mean_effect


@pytest.fixture(scope="module")
def model():
    return MarketModel("reference", seed=3).run()


def measured(model, text):
    return measure_model(model, text)


# --- tiers


def test_the_margin_of_a_tier_is_price_less_use(model):
    p = model.parameters
    rules, people = p.lab_rules, p.consumers
    use = mean_usage_truncated_pareto(
        rules.pro_usage_minimum, rules.pro_usage_cap, rules.pro_usage_tail
    )
    cost = compute_price_usd(model, "openai", 0)
    expected = people.pro_price_usd * people.net_revenue_share - use / 3 * cost
    assert measured(model, "tier_margin_usd(openai, pro, 0)") == pytest.approx(expected)
    assert measured(model, "tier_margin_usd(openai, free, 0)") < 0
    assert cost < p.compute.list_price_usd_hour * CU_HOURS


def test_use_follows_growth_and_efficiency(model):
    rules = model.parameters.lab_rules
    factor = ((1 - rules.efficiency_gain) * (1 + rules.usage_growth)) ** 4
    cost = [compute_price_usd(model, "openai", quarter) for quarter in (0, 4)]
    margins = [measured(model, f"tier_margin_usd(openai, free, {q})") for q in (0, 4)]
    assert margins[1] / margins[0] == pytest.approx(factor * cost[1] / cost[0])


def test_an_unknown_tier_is_refused(model):
    with pytest.raises(ValueError, match="free, plus, pro or seat"):
        measured(model, "tier_margin_usd(openai, gold, 0)")


def test_parts_of_revenue_are_parts(model):
    for lab in ("openai", "anthropic"):
        for quarter in (0, 8, 13):
            part = measured(model, f"consumer_part({lab}, {quarter})")
            assert 0 <= part <= 1
            assert 0 <= measured(model, f"advertising_part({lab}, {quarter})") <= part


# --- breaking even


def test_a_good_year_is_four_quarters_in_a_row():
    assert _has_good_year([1.0] * 4, [0.0] * 4, 3)
    assert not _has_good_year([1.0] * 8, [0, 0, 0, 1, 0, 0, 0, 1], 7)
    assert not _has_good_year([1.0] * 8, [1, 1, 1, 1, 0, 0, 0, 0], 6)
    assert _has_good_year([1.0] * 8, [1, 1, 1, 1, 0, 0, 0, 0], 7)
    assert not _has_good_year([0.0] * 8, [0.0] * 8, 7)  # who sells nothing does not break even


def test_a_parents_lab_and_a_failed_one_are_told_apart(model):
    failed = model.events.select("default", model.labs["openai"].name)
    if failed and failed[0].quarter < 21:
        assert measured(model, "lab_gw(openai, 39)") == 0.0
    assert measured(model, "breaks_even(openai, 2)") == 0.0
    assert measured(model, "capex_over_revenue(21)") > measured(model, "capex_over_revenue(39)")


# --- power


def test_gigawatts_add_up_to_what_the_chips_draw(model):
    drawn = model.datacollector.model_vars["power_gw"][8]
    clouds = sum(measured(model, f"cloud_gw({key}, 8)") for key in model.clouds)
    assert clouds == pytest.approx(drawn)
    labs = sum(measured(model, f"lab_gw({key}, 8)") for key in model.labs)
    assert 0 < labs < drawn


def test_reaching_is_a_matter_of_time(model):
    assert measured(model, "reaches_gw(openai, 0.5, 0)") == 1.0
    assert measured(model, "reaches_gw(openai, 1000, 39)") == 0.0


def test_ten_gigawatts_are_eight_million_homes():
    answer = homes(select_claims(["C16"])[0], Results({}, {}))
    assert answer.verdict == "does not hold"
    assert answer.estimates[0].value == pytest.approx(8.33, abs=0.01)


# --- returns


def stub(rent: float, **changes: float) -> MarketModel:
    compute = {
        "vintage_gain": 0.2,
        "running_cost_usd_hour": 0.3,
        "useful_life_quarters": 22,
        "contract_discount": 0.1,
        "accelerator_cost_usd": 50_000.0,
        "chip_share": 0.5,
    } | changes
    columns = {
        "spot_price_usd_hour": [rent] * 40,
        "utilisation": [0.5] * 40,
        "chip_price_usd": [30_000.0] * 4 + [15_000.0] * 36,
    }
    parameters = SimpleNamespace(
        compute=SimpleNamespace(**compute), valuation=SimpleNamespace(discount=0.1)
    )
    return SimpleNamespace(  # type: ignore[return-value]
        parameters=parameters, datacollector=SimpleNamespace(model_vars=columns)
    )


def annuity(quarters: int) -> float:
    v = 1.1**-0.25
    return v * (1 - v**quarters) / (1 - v)


def test_the_return_at_a_constant_rent_is_an_annuity():
    model = stub(2.0)
    expected = HOURS * (2.0 - 0.3) * 0.5 * annuity(22) / 50_000.0
    assert vintage_return(model, "0", "reuse") == pytest.approx(expected)
    once = HOURS * (2.0 - 0.3) * 0.5 * annuity(8) / 50_000.0
    assert vintage_return(model, "0", "once") == pytest.approx(once)
    contract = HOURS * (2.0 * 0.9 - 0.3) * annuity(22) / 50_000.0
    assert vintage_return(model, "0", "contract") == pytest.approx(contract)


def test_later_chips_do_more_work_and_cost_what_chips_cost_then():
    model = stub(2.0)
    assert accelerator_cost_usd(model, 4) == pytest.approx(50_000.0 * 0.75)
    expected = HOURS * (2.0 * 1.2 - 0.3) * 0.5 * annuity(22) / (50_000.0 * 0.75)
    assert vintage_return(model, "1", "reuse") == pytest.approx(expected)


def test_chips_whose_rent_does_not_cover_power_earn_nothing():
    assert vintage_return(stub(0.2), "0", "reuse") == 0.0


@pytest.mark.parametrize(
    ("use", "years", "left"),
    [
        # 25,000 USD are not chips; 58 of 80 quarters are left of them, due after 5.5 years
        ("reuse", "20", 25_000 * 58 / 80 / 1.689117),
        ("contract", "30", 25_000 * 98 / 120 / 1.689117),
        ("once", "20", 25_000 * 72 / 80 / 1.21),  # after two years
        ("reuse", "5", 0.0),  # the site does not outlive its chips
    ],
)
def test_what_is_left_of_the_site_counts_when_its_chips_leave(use, years, left):
    model = stub(2.0)
    gap = site_return(model, "0", use, years) - vintage_return(model, "0", use)
    assert gap == pytest.approx(left / 50_000, rel=1e-6)


def test_a_site_is_free_as_soon_as_its_chips_do_not_cover_power():
    assert site_return(stub(0.2), "0", "reuse", "20") == pytest.approx(0.5)
    # dearer or cheaper chips do not change what the site costs
    assert site_return(stub(0.2), "1", "reuse", "20") == pytest.approx(25_000 / 37_500)


# --- answers


def _frame(**columns: list[float]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame(columns)
    frame["arm"], frame["replicate"], frame["point"] = "", range(size), 0
    return frame


def test_the_boundary_lies_between_the_values_that_were_run():
    parts = {usd: mean_effect([part] * 2) for usd, part in ((0, 0.0), (2, 0.05), (4, 0.15))}
    assert boundary_usd(parts, 0.1) == pytest.approx(3.0)
    assert isnan(boundary_usd(parts, 0.9))


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ([0.0, 0.2, 0.3], "holds"),
        ([0.0, 0.05, 0.3], "depends"),
        ([0.0, 0.01, 0.02], "does not hold"),
    ],
)
def test_advertising_is_judged_over_the_whole_range(parts, verdict):
    claim = select_claims(["C20"])[0]
    values = [part + noise for part in parts for noise in (-0.001, 0.0, 0.001)]
    frame = _frame(
        **{
            AD_INCOME: [0.0] * 3 + [1.0] * 3 + [15.0] * 3,
            "advertising_part(openai, 17)": values,
            "is_refused(openai)": [True, True, False] + [False] * 6,
        }
    )
    answer = advertising(claim, Results({"advertising": frame}, {"advertising": (AD_INCOME,)}))
    assert answer.verdict == verdict
    assert "refused money in 67% (21 to 94) of the runs without advertising" in answer.boundary
    assert "in 0% (0 to 56) at 15 USD" in answer.boundary


@pytest.mark.parametrize(
    ("margin", "verdict"), [(-5.0, "holds"), (5.0, "does not hold"), (0.0, "depends")]
)
def test_the_flat_rate_is_judged_by_its_interval(margin, verdict):
    claim = select_claims(["C07"])[0]
    spread = [margin - 1, margin + 1, margin - 0.5, margin + 0.5]
    names = list(claim.outputs["uncertain"])
    frame = _frame(**dict.fromkeys(names, spread))
    usage = _frame(
        **{
            LEAST: [4e-5, 4e-5, 8e-5, 8e-5],
            TAIL: [1.25, 2.0, 1.25, 2.0],
            "first_year_margin_usd(openai, pro)": [-1.0, 1.0, -2.0, 2.0],
        }
    )
    results = Results(
        {"uncertain": frame, "tier-usage": usage}, {"uncertain": (), "tier-usage": ()}
    )
    answer = top_tier(claim, results)
    assert answer.verdict == verdict
    assert "50% of the patterns" in answer.sentence
    assert all(picture.draw() for picture in answer.pictures)


@pytest.mark.parametrize(("even", "verdict"), [(0.0, "holds"), (1.0, "does not hold")])
def test_the_doubt_holds_where_labs_never_break_even(even, verdict):
    claim = select_claims(["C18"])[0]
    frame = _frame(**{name: [even] * 40 for name in claim.outputs["uncertain"]})
    answer = break_even(claim, Results({"uncertain": frame}, {"uncertain": ()}))
    assert answer.verdict == verdict


@pytest.mark.parametrize(("shift", "verdict"), [(0.5, "holds"), (0.0, "depends")])
def test_a_data_centre_is_judged_with_its_site_and_shown_without(shift, verdict):
    claim = select_claims(["C29"])[0]
    names = claim.outputs["uncertain"]
    bare = {name: 0.4 * name.startswith(("vintage", "mean_vintage")) for name in names}
    noise = (-0.1, -0.05, 0.05, 0.1)
    frame = _frame(
        **{name: [1 + shift - less + each for each in noise] for name, less in bare.items()}
    )
    answer = returns(claim, Results({"uncertain": frame}, {"uncertain": ()}))
    assert answer.verdict == verdict
    assert f"{0.6 + shift:.2f} times the cost" in answer.notes[0]
    figures = [picture.draw() for picture in answer.pictures]
    assert f"{1 + shift:.2f} times" in figures[0].axes[0].get_title()
    assert f"{1 + shift:.2f} times" in answer.sentence


def test_the_outputs_of_the_site_carry_its_stated_life():
    claim = select_claims(["C29"])[0]
    names = ("building_years", "shortest_building_years", "longest_building_years")
    for name in names:
        output = f"mean_site_return(reuse, {claim.thresholds[name]:g})"
        assert output in claim.outputs["uncertain"]

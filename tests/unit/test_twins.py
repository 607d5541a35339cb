"""Twins share all but the intervention; their criteria are measured on both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import isnan, nan
from pickle import dumps, loads

import pytest
from emergence.measure import run_hash
from scipy.stats import bootstrap
from small_world import small_model, small_world

from market.model import MarketModel
from market.shocks import Shock, impose, make_fail
from runs import twins
from runs.twin_runs.interventions import (
    Fail,
    NewSeed,
    ScaleInflow,
    Together,
    cheaper_by,
    delay_power,
    enter_lab,
    nothing,
    raise_rates,
    refuse_funding,
    scale_dry_powder,
    target_of,
    withdraw_vendor_money,
)
from runs.twin_runs.measures import EFFECTS, failure_effects, is_debt_funded, order_of_failures
from runs.twin_runs.pairs import Before, TwinPlan, clone, state_at, twin_pair
from runs.twin_runs.results import bootstrap_effect, mean_effect, share_effect


def history(model: MarketModel, until: int) -> list[bytes]:
    """Closing balances of the first quarters."""
    return [archive.closing.tobytes() for archive in model.ledger.archives[:until]]


# --- clones


@pytest.mark.parametrize("quarter", [0, 5])
def test_a_clone_goes_on_with_the_same_bytes(quarter: int) -> None:
    model = small_model(seed=3).run(quarter)
    copy = clone(model)
    whole = small_model(seed=3).run(quarter + 6)
    assert run_hash(copy.run(6)) == run_hash(whole)
    assert run_hash(model.run(6)) == run_hash(whole)  # the clone has moved nothing in it


def test_a_clone_has_agents_and_accounts_of_its_own() -> None:
    model = small_model().run(2)
    copy = clone(model)
    assert all(agent.model is copy for agent in copy.agents)
    assert copy.ledger is not model.ledger
    assert all(firm.market is copy for firm in copy.institutions())


def test_twins_without_intervention_are_the_same_to_the_last_bit() -> None:
    pair = twin_pair(TwinPlan(small_world(), nothing, 3, 6), seed=2)
    assert pair is not None
    assert run_hash(pair.base) == run_hash(pair.shocked)


@pytest.mark.parametrize(
    "intervention",
    [refuse_funding("a"), Fail("thin"), Fail("a"), cheaper_by("b", 3.01), raise_rates(0.05)],
)
def test_twins_differ_only_from_the_intervention_on(intervention: Shock | Fail) -> None:
    pair = twin_pair(TwinPlan(small_world(), intervention, 4, 5), seed=1)
    assert pair is not None
    assert history(pair.base, 4) == history(pair.shocked, 4)
    assert history(pair.base, 9)[-1] != history(pair.shocked, 9)[-1]
    assert run_hash(pair.base) == run_hash(small_model(seed=1).run(9))


# --- interventions


def test_a_shock_in_a_running_world_is_the_shock_of_a_scenario() -> None:
    shock = {"kind": "price cut", "quarter": 3, "quarters": 2, "target": "b", "size": 4.0}
    planned = small_model(shocks={"intervention-1": shock}).run(8)
    free = small_model().run(3)
    cheaper_by("b", 4.0, quarters=2)(free)
    assert run_hash(free.run(5)) == run_hash(planned)


@pytest.mark.parametrize(
    ("intervention", "kind", "target"),
    [
        (refuse_funding("a"), "refuse funding", "a"),
        (withdraw_vendor_money("maker"), "withdraw vendor finance", "maker"),
        (enter_lab("b"), "enter", "b"),
        (delay_power(0.4, 2), "power delay", None),
        (raise_rates(0.01), "rate rise", None),
        (scale_dry_powder(0.2), "dry powder", None),
    ],
)
def test_interventions_become_shocks_of_the_world(
    intervention: Shock, kind: str, target: str | None
) -> None:
    model = small_model().run(2)
    intervention(model)
    (shock,) = model.parameters.shocks.values()
    assert (shock.kind, shock.target, shock.quarter) == (kind, target, 2)
    assert [e.shock for e in model.run(1).events.select("shock")] == [kind]


def test_two_interventions_go_together() -> None:
    both = Together((raise_rates(0.01), refuse_funding("a")))
    model = small_model().run(1)
    both(model)
    assert len(model.parameters.shocks) == 2
    assert target_of(both) == "a"
    assert loads(dumps(both)) == both


def test_a_shock_on_nobody_is_refused() -> None:
    model = small_model()
    with pytest.raises(ValueError, match="does not exist; known: a, b"):
        impose(model, "refuse funding", "maker")
    assert not model.parameters.shocks


@pytest.mark.parametrize("key", ["a", "thin", "maker", "holding"])
def test_any_firm_can_fail_and_the_accounts_hold(key: str) -> None:
    model = small_model().run(3)
    Fail(key)(model)
    model.run(4)
    assert order_of_failures(model)[0] == (3, key)
    event = model.events.select("default")[0]
    assert event.text.startswith("files for bankruptcy")
    assert "shock" in {model.events[cause].kind for cause in event.causes}


def test_a_firm_that_files_leaves_its_cash_to_its_creditors() -> None:
    """Bond funds hold notes of the weak cloud: they lose when its estate is poor."""
    owing = {"thin": {"debt_usd": 22e9}}
    poor = twin_pair(TwinPlan(small_world(clouds=owing), Fail("thin"), 1, 1), seed=1)
    cash = {"thin": {"debt_usd": 22e9, "cash_usd": 60e9}}
    rich = twin_pair(TwinPlan(small_world(clouds=cash), Fail("thin"), 1, 1), seed=1)
    assert poor is not None
    assert rich is not None
    losses = [pair.shocked.credit_investors["bondfunds"].loss for pair in (poor, rich)]
    assert losses[0] > 0
    assert losses[1] < 0.1 * losses[0]
    unstruck = [pair.base.credit_investors["bondfunds"].loss for pair in (poor, rich)]
    assert max(unstruck) < 0.1 * losses[0]  # its price moves a little without a failure too


def test_only_living_firms_fail() -> None:
    model = small_model().run(1)
    with pytest.raises(ValueError, match="no firm 'x'"):
        make_fail(model, "x")
    make_fail(model, "thin")
    model.run(1)
    with pytest.raises(ValueError, match="failed already"):
        make_fail(model, "thin")


def test_a_new_seed_changes_the_future_only() -> None:
    pair = twin_pair(TwinPlan(small_world(), NewSeed(99), 4, 4), seed=1)
    assert pair is not None
    assert history(pair.base, 4) == history(pair.shocked, 4)
    assert run_hash(pair.base) != run_hash(pair.shocked)


def test_savers_give_what_an_intervention_says() -> None:
    model = small_model().run(1)
    ScaleInflow(0.5, "fund")(model)
    ScaleInflow(0.25, "fund")(model)  # a factor on what the scenario states, not on the last
    assert [i.stated.inflow_usd for i in model.investors.values()] == [0.0, 0.25e9, 1e9, 0.0]
    with pytest.raises(ValueError, match="from 0 to 100"):
        ScaleInflow(-1.0)(model)
    with pytest.raises(ValueError, match="no investor 'x'"):
        ScaleInflow(1.0, "x")(model)


# --- when twins part


def test_twins_part_before_an_event() -> None:
    shock = {"kind": "rate rise", "quarter": 5, "size": 0.01}
    world = small_world(shocks={"s": shock})
    model = state_at(world, Before("shock", 2), seed=1)
    assert model is not None
    assert model.quarter == 3
    assert not model.events.select("shock")
    assert state_at(world, Before("shock", 6), seed=1) is None
    assert state_at(world, Before("capacity re-let", 2), seed=1) is None


def test_twins_part_when_a_test_says_so() -> None:
    model = state_at(small_world(), lambda m: m.labs["a"].failed_rounds > 0 or m.quarter == 5, 1)
    assert model is not None
    assert model.quarter <= 5


def test_a_time_that_never_comes_leaves_a_run_without_twins() -> None:
    result = twins(small_world(quarters=3), nothing, seeds=[1, 2], when=lambda m: False)
    assert result.pairs == []
    assert result.table["since"].isna().all()
    with pytest.raises(KeyError, match="no twins parted"):
        result.effect("capex_gap")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "either quarter or when"),
        ({"quarter": 1, "when": Before("round")}, "either quarter or when"),
        ({"quarter": -1}, "quarter 0 or later"),
        ({"quarter": 1, "quarters_after": 0}, "at least one quarter"),
        ({"when": Before("rain")}, "no kind of event"),
    ],
)
def test_wrong_times_are_refused(arguments: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        twins(small_world(), nothing, seeds=1, **arguments)  # type: ignore[arg-type]


# --- results


def test_a_result_has_effects_a_table_and_quarters() -> None:
    outputs = ("capex_usd:sum", "freeze", "freeze_quarter")
    result = twins(
        small_world(), Fail("thin"), seeds=4, quarter=2, quarters_after=5, outputs=outputs
    )
    assert result.table["seed"].tolist() == [0, 1, 2, 3]
    assert result.effect("struck_firm_fails").mean == 1.0
    assert result.effect("quarters_to_failure").mean == 0.0
    sums = result.table["capex_usd:sum"] - result.table["capex_usd:sum_without"]
    assert result.effect("capex_usd:sum").mean == pytest.approx(sums.mean())
    quarters = result.by_quarter("capex_usd")
    assert len(quarters) == 5
    assert quarters["mean"].sum() == pytest.approx(sums.mean())
    assert result.change("struck_firm_fails").mean == 1.0
    assert set(result.effects.index) == {*EFFECTS, *outputs}


def test_an_executor_changes_nothing() -> None:
    plain = twins(small_world(), refuse_funding("a"), seeds=3, quarter=2, quarters_after=3)
    with ThreadPoolExecutor(2) as pool:
        given = twins(
            small_world(),
            refuse_funding("a"),
            seeds=3,
            quarter=2,
            quarters_after=3,
            executor=pool,
        )
    assert repr(plain.runs) == repr(given.runs)
    made = twins(
        small_world(),
        refuse_funding("a"),
        seeds=3,
        quarter=2,
        quarters_after=3,
        executor=lambda: ThreadPoolExecutor(1),
    )
    assert repr(made.runs) == repr(plain.runs)


# --- criteria


def test_twins_that_are_alike_have_no_effects() -> None:
    pair = twin_pair(TwinPlan(small_world(), nothing, 2, 4), seed=1)
    assert pair is not None
    found = failure_effects(pair.base, pair.shocked, since=2)
    assert list(found) == list(EFFECTS)
    for name in (
        "capex_gap",
        "chip_revenue_gap",
        "market_value_loss",
        "equity_loss",
        "net_worth_loss",
    ):
        assert found[name] == 0.0
    assert found["total_loss_usd"] == 0.0
    assert isnan(found["direct_loss_usd"])


def test_a_failed_chipmaker_counts_for_others_but_not_for_itself() -> None:
    pair = twin_pair(TwinPlan(small_world(), Fail("maker"), 2, 4), seed=1)
    assert pair is not None
    own = failure_effects(pair.base, pair.shocked, since=2, struck="maker")
    other = failure_effects(pair.base, pair.shocked, since=2, struck="a")
    assert (own["struck_firm_fails"], own["chipmaker_fails"]) == (1.0, 0.0)
    assert other["chipmaker_fails"] == 1.0
    assert other["many_fail"] == 1.0
    assert other["failed_share"] >= 1 / 8
    assert own["chipmakers_value_loss"] == 1.0
    assert own["direct_loss_usd"] > 0
    books = [
        pair_model.bank.capital_usd()
        + pair_model.lending_bank.capital_usd()
        + sum(
            (firm.market.ledger.assets(firm.party) / 100 - firm.debt_usd())
            - firm.market.ledger.liabilities(firm.party, "receivables") / 100
            for firm in pair_model.institutions()
            if firm.key != "maker"
        )
        for pair_model in (pair.base, pair.shocked)
    ]
    assert own["net_worth_loss"] == pytest.approx(1 - books[1] / books[0])
    assert own["total_over_direct"] == own["total_loss_usd"] / own["direct_loss_usd"]


def test_a_cloud_is_debt_funded_by_its_figures() -> None:
    kinds = {}
    for debt in (63.9e9, 64.1e9):
        model = small_model(clouds={"big": {"debt_usd": debt, "operating_cash_flow_usd": 8e9}})
        kinds[debt] = is_debt_funded(model.clouds["big"])
    assert kinds == {63.9e9: False, 64.1e9: True}


def test_the_kind_of_cloud_that_fails_is_told() -> None:
    clouds = {"thin": {"debt_usd": 20e9}}
    pair = twin_pair(TwinPlan(small_world(clouds=clouds), Fail("thin"), 1, 2), seed=1)
    assert pair is not None
    found = failure_effects(pair.base, pair.shocked, since=1)
    kinds = (found["debt_funded_cloud_fails"], found["self_funded_cloud_fails"])
    assert kinds == (1.0, 0.0)


def test_twins_at_different_quarters_are_refused() -> None:
    with pytest.raises(ValueError, match="one quarter after"):
        failure_effects(small_model().run(2), small_model().run(3), since=1)


# --- intervals


def test_the_t_interval_is_the_one_of_the_tables() -> None:
    """Of 1 to 5 the mean is 3 and the half-width 2.776 times 0.7071 (t with 4 degrees)."""
    effect = mean_effect([1.0, 2.0, nan, 3.0, 4.0, 5.0])
    assert (effect.mean, effect.n) == (3.0, 5)
    assert effect.high - 3 == pytest.approx(2.776445 * 0.7071068, rel=1e-6)
    assert mean_effect([]).n == 0
    assert isnan(mean_effect([2.0]).low)


def test_a_share_of_none_has_an_upper_bound() -> None:
    """Wilson's bounds: 0 of 10 is at most 0.2775, and 5 of 10 lies in 0.2366 to 0.7634."""
    none, half = share_effect([0.0] * 10), share_effect([0.0, 1.0] * 5)
    assert (none.low, none.high) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert (half.low, half.high) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    with pytest.raises(ValueError, match="zeros and ones"):
        share_effect([0.5])


def test_the_bootstrap_interval_is_that_of_scipy() -> None:
    values = [0.0, 1.0, 1.0, 0.0, -1.0, 1.0, 0.0, 0.0, 1.0, 1.0] * 4
    ours = bootstrap_effect(values)
    theirs = bootstrap(
        (values,), lambda x, axis: x.mean(axis=axis), method="percentile", rng=1
    ).confidence_interval
    assert ours == bootstrap_effect(values)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.03)

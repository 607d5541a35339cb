"""What a change does: outcomes, verdicts, pairs in the background, and what a page says of them."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np
import pytest

from runs.twin_runs.interventions import cheaper_by
from runs.twin_runs.pairs import TwinPlan, twin_pair
from runs.twin_runs.results import Effect, paired_share_effect
from viz.jobs import ensemble_job
from viz.jobs.ensemble_job import FINISHED, WorkerPool
from viz.jobs.pairs_job import PairsJob
from viz.recording.member import ensemble_of
from viz.recording.recording import Recording
from viz.session import effects as session_effects
from viz.session.work import Work
from viz.widgets import effects as widget
from viz.world.outcomes import GROUPS, PairEffect, outcomes_of, pair_effects, verdict
from viz.world.worlds import ShockStep, World, baselines, before

CALM = World("minimal", (("quarters", 6),))
LAB = next(iter(CALM.parameters.labs))
STRUCK = CALM.with_shock(ShockStep(1, "refuse funding", LAB))


class Inline(WorkerPool):
    """A pool that does each run at once, in this process."""

    def __init__(self) -> None:
        super().__init__(1)
        self.calls = 0

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        future.set_result(function(*arguments))
        return future


@pytest.fixture(autouse=True)
def _nothing_finished() -> None:
    FINISHED.clear()


@pytest.fixture(scope="module")
def job() -> PairsJob:
    FINISHED.clear()
    return PairsJob(CALM, STRUCK, 8, pool=Inline()).start().wait()


def by_key(job: PairsJob) -> dict[str, PairEffect]:
    return {each.outcome.key: each for each in pair_effects(job.comparison)}


# --- the statistic


def test_few_pairs_that_differ_are_not_called_sure() -> None:
    """A resampled interval excludes zero from 4 of 20 on, where the sign test says p = 0.125."""
    assert paired_share_effect([1.0] * 4 + [0.0] * 16).low < 0
    assert paired_share_effect([1.0] * 6 + [0.0] * 14).low > 0
    nothing = paired_share_effect([0.0] * 20)
    assert nothing.mean == 0 and nothing.low < 0 < nothing.high
    assert paired_share_effect([1.0] * 20).high == 1
    assert paired_share_effect([nan]).n == 0
    with pytest.raises(ValueError, match="-1, 0 and 1"):
        paired_share_effect([0.5])


def test_the_interval_of_pairs_covers_the_truth() -> None:
    rng = np.random.default_rng(1)
    draws = rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.6, 0.3], size=(400, 20))
    found = [paired_share_effect(gaps) for gaps in draws]
    covered = np.mean([each.low <= 0.2 <= each.high for each in found])
    assert covered > 0.93


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (Effect(1.0, 0.2, 1.8, 20), "more"),
        (Effect(-1.0, -1.8, -0.2, 20), "less"),
        (Effect(1.0, -0.2, 2.2, 20), "chance"),
        (Effect(1.0, 0.2, 1.8, 3), "few"),
        (Effect(nan, nan, nan, 0), "none"),
    ],
)
def test_a_verdict_needs_an_interval_without_zero(gap: Effect, said: str) -> None:
    assert verdict(gap, is_same=False) == said


def test_a_colour_needs_an_interval_without_zero(job: PairsJob) -> None:
    effect = by_key(job)["defaults"]
    for said, tone in (
        ("more", "bad"),
        ("less", "good"),
        ("chance", ""),
        ("same", ""),
        ("few", ""),
    ):
        assert replace(effect, verdict=said).tone == tone
    building = replace(by_key(job)["capex_sum"], verdict="more")
    assert building.tone == ""  # more building is better for some and worse for others


# --- what is measured


def test_outcomes_hold_firms_labs_and_sectors() -> None:
    parameters = CALM.parameters
    outcomes = outcomes_of(parameters)
    keys = [each.key for each in outcomes]
    assert len(set(keys)) == len(keys)
    assert {each.group for each in outcomes} == set(GROUPS)
    assert {f"fails:{key}" for key in parameters.companies()} <= set(keys)
    assert {f"seats:{key}" for key in parameters.labs} <= set(keys)
    assert {"freeze", "capex_sum", "worth:clouds", "worth:bank"} <= set(keys)


def test_a_recording_is_measured_as_a_run_of_many(job: PairsJob) -> None:
    seed = job.comparison.ensembles[1].members[2].seed
    recording = ensemble_of(Recording(replace(STRUCK, seed=seed)).run_to_end())
    for outcome in outcomes_of(STRUCK.parameters):
        there = outcome.measure(job.comparison.ensembles[1])[2]
        np.testing.assert_array_equal(outcome.measure(recording)[0], there, outcome.key)


# --- pairs in the background


def test_pairs_are_the_twins_of_a_run() -> None:
    """A shock of a scenario and one that strikes a copied model are the same intervention."""
    struck = CALM.with_shock(ShockStep(2, "price cut", LAB, 3.0))
    found = PairsJob(CALM, struck, 2, pool=Inline()).start().wait().comparison
    plan = TwinPlan(CALM.parameters, cheaper_by(LAB, 3.0), 2, CALM.parameters.quarters - 2)
    for number, member in enumerate(found.ensembles[1].members):
        pair = twin_pair(plan, member.seed)
        assert pair is not None
        series = pair.shocked.datacollector.model_vars["labs_cash_usd"]
        np.testing.assert_allclose(found.ensembles[1].values("labs_cash_usd")[number], series)


def test_a_lab_without_funding_ends_with_less(job: PairsJob) -> None:
    assert (job.status, job.done, job.failed) == ("finished", 8, 0)
    cash = by_key(job)["cash_last"]
    assert cash.gap.n == 8
    assert (cash.verdict, cash.gap.mean < 0) == ("less", True)


def test_what_was_run_is_not_run_again() -> None:
    pool = Inline()
    PairsJob(CALM, STRUCK, 8, pool=pool).start().wait()
    assert pool.calls == 16
    PairsJob(CALM, replace(STRUCK, seed=7), 8, pool=pool).start().wait()
    assert pool.calls == 16
    more = PairsJob(CALM, STRUCK, 10, pool=pool).start().wait()
    assert (pool.calls, more.done) == (20, 10)
    other = CALM.with_shock(ShockStep(2, "refuse funding", LAB))
    PairsJob(CALM, other, 8, pool=pool).start().wait()
    assert pool.calls == 28


def test_a_job_that_is_cancelled_before_it_begins_runs_nothing() -> None:
    pool = Inline()
    job = PairsJob(CALM, STRUCK, 8, wait_s=30.0, pool=pool).start()
    assert job.is_running
    job.cancel()
    assert (job.status, job.done, pool.calls) == ("cancelled", 0, 0)
    assert job.comparison.runs == 0
    assert [each.verdict for each in pair_effects(job.comparison)] == ["none"] * len(
        outcomes_of(CALM.parameters)
    )


def test_worlds_without_a_change_are_run_before_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = Inline()
    monkeypatch.setattr(ensemble_job, "server_pool", lambda: pool)
    work = Work()
    session_effects.prepare(work, STRUCK)
    assert work.calm is None  # it has a change: its pairs are run
    plain = World("minimal")
    session_effects.prepare(work, plain)
    assert work.calm is not None
    work.calm.wait()
    assert pool.calls == 20
    PairsJob(plain, plain.with_change("quarters", 6), 8, pool=pool).start().wait()
    assert pool.calls == 28


# --- the world before a change


def test_the_baseline_is_the_world_before_the_change() -> None:
    plain = World("minimal")
    assert before(plain) is None
    assert before(CALM) == plain
    assert before(STRUCK) == CALM
    assert [(each.kind, each.world) for each in baselines(STRUCK)] == [
        ("shocks", CALM),
        ("changes", replace(STRUCK, changes=())),
        ("all", plain),
        ("scenario", World()),
    ]
    assert [each.kind for each in baselines(World())] == []
    assert [each.kind for each in baselines(World("no-circle"))] == ["scenario"]


def test_a_shock_that_only_the_changed_world_can_feel_has_no_such_baseline() -> None:
    late = CALM.with_change("quarters", 30).with_shock(ShockStep(25, "refuse funding", LAB))
    assert "changes" not in [each.kind for each in baselines(replace(late, scenario="minimal"))]


# --- what a page says


def test_pairs_of_another_world_are_not_shown(job: PairsJob) -> None:
    work = Work(pairs=job)
    assert session_effects.job_of(work, replace(STRUCK, seed=5)) is job
    assert session_effects.job_of(work, CALM) is None
    assert session_effects.job_of(work, World()) is None


def test_rows_say_what_may_be_chance(job: PairsJob) -> None:
    found = pair_effects(job.comparison)
    rows, _ = widget.rows_of(found, "building")
    cash = next(row for row in rows if row["key"] == "cash_last")
    assert (cash["verdict"], cash["says"]) == ("less", "less")
    assert cash["gap"].startswith("-") and " to " in cash["span"]
    assert -1 <= min(cash["places"]) <= max(cash["places"]) <= 1
    unsure = [replace(each, verdict="chance") for each in found]
    assert {row["says"] for row in widget.rows_of(unsure, "chance")[0]} == {"may be chance"}
    assert {row["tone"] for row in widget.rows_of(unsure, "chance")[0]} == {""}


def test_firms_that_never_fail_are_counted_not_listed(job: PairsJob) -> None:
    rows, others = widget.rows_of(pair_effects(job.comparison), "failures")
    assert len(rows) + others == len(CALM.parameters.companies())


def test_the_card_tells_how_far_it_is(job: PairsJob) -> None:
    assert widget.status(None) == "No pair of this world has been run yet."
    assert widget.status(job) == "8 pairs of worlds."
    waiting = PairsJob(CALM, STRUCK, 8, wait_s=30.0, pool=Inline()).start()
    assert widget.status(waiting) == "The first pairs are on their way."
    waiting.cancel()
    assert "rests on 0 pairs" in widget.status(waiting)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.0, 1, "0"), (-0.04, 1, "0"), (0.4, 2, "+0.40"), (-6252.3, 1, "-6,252"), (nan, 1, "–")],
)
def test_differences_have_signs_and_separators(value: float, digits: int, text: str) -> None:
    assert widget.signed(value, digits) == text

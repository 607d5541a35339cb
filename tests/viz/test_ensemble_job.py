"""Ensembles in the background: progress, cancel, deaths of workers, and what the runs say."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from threading import Event
from typing import Any, ClassVar

import numpy as np
import pytest

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario, read_scenario
from runs.experiments.design import replicate_seed
from runs.single_run.simulate import simulate
from viz.jobs import ensemble_job
from viz.jobs.ensemble_job import FINISHED, EnsembleJob, Share, TooManyRuns, WorkerPool
from viz.world.ensembles import EVENTS, Ensemble, Member

QUARTERS = 5


class Inline(WorkerPool):
    """A pool that does each run at once, in this process."""

    def __init__(self, before: Callable[[int], None] | None = None) -> None:
        super().__init__(1)
        self.calls = 0
        self._before = before

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        if self._before is not None:
            self._before(self.calls)
        future.set_result(function(*arguments))
        return future


@pytest.fixture(autouse=True)
def _nothing_finished() -> None:
    FINISHED.clear()


@pytest.fixture(scope="module")
def world() -> MarketParameters:
    return load_scenario("minimal", [f"quarters={QUARTERS}"])


def test_runs_are_those_of_a_plain_run(world: MarketParameters) -> None:
    job = EnsembleJob(world, 3, pool=Inline()).start().wait()
    assert (job.status, job.done, job.failed, job.problem) == ("finished", 3, 0, "")
    member = job.ensemble.members[1]
    assert member.seed == replicate_seed(1, 1)
    run = simulate(read_scenario("minimal", [f"quarters={QUARTERS}"]), seed=member.seed)
    plain = run.market["capex_usd"].to_numpy(dtype=np.float64)
    np.testing.assert_array_equal(job.ensemble.values("capex_usd")[1], plain)


def test_processes_give_the_same_and_outlive_a_death(world: MarketParameters) -> None:
    here = EnsembleJob(world, 4, pool=Inline()).start().wait().ensemble
    FINISHED.clear()
    pool = WorkerPool(1)
    victim = pool.submit(os.getpid).result(60)
    os.kill(victim, signal.SIGKILL)
    there = EnsembleJob(world, 4, pool=pool).start().wait(60)
    assert there.status == "finished"
    np.testing.assert_array_equal(
        there.ensemble.values("labs_cash_usd"), here.values("labs_cash_usd")
    )
    assert pool.is_running
    pool.close()
    assert not pool.is_running


def test_idle_processes_are_let_go() -> None:
    pool = WorkerPool(1, idle_s=0.01)
    pool.enter()
    assert pool.submit(abs, -3).result(60) == 3
    pool.leave()
    deadline = Event()
    for _ in range(500):
        if not pool.is_running:
            break
        deadline.wait(0.02)
    assert not pool.is_running


def test_cancel_keeps_what_has_come(world: MarketParameters) -> None:
    seen: list[int] = []
    pool = Inline(lambda call: job.cancel() if call == 3 else None)
    job = EnsembleJob(world, 50, pool=pool, on_change=lambda: seen.append(job.done))
    job.start().wait()
    assert job.status == "cancelled"
    assert 1 <= job.done < 10
    assert job.done == len(job.ensemble.members)
    assert seen[-1] == job.done


def test_workers_that_die_for_ever_end_the_job(world: MarketParameters) -> None:
    def die(_call: int) -> None:
        raise BrokenExecutor

    job = EnsembleJob(world, 3, pool=Inline(die)).start().wait()
    assert job.status == "failed"
    assert "memory" in job.problem


class Frail:
    """Stands for ``Processes``: runs with some seeds take their process along."""

    deadly: ClassVar[set[int]] = set()

    def __init__(self, jobs: int) -> None:
        self.window = 2 * jobs + 1
        self.breaks_as_a_whole = True
        self._begun: list[int] = []

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        [row] = next(each for each in arguments if isinstance(each, list))
        if row["seed"] in self.deadly:
            self._begun.append(row["run_id"])
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(function(*arguments))
        return future

    def is_death(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def after_death(self) -> tuple[dict[int, str], list[int]]:
        begun, self._begun = self._begun, []
        return {}, begun

    def close(self, *, at_once: bool) -> None:
        assert at_once


@pytest.fixture
def frail(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerPool]:
    monkeypatch.setattr(ensemble_job, "Processes", Frail)
    pool = WorkerPool(2)
    yield pool
    pool.close()


def test_a_run_that_kills_its_process_is_counted_and_harms_nobody_else(
    world: MarketParameters, frail: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Frail, "deadly", {replicate_seed(1, 2)})
    deadly, other = EnsembleJob(world, 5, pool=frail), EnsembleJob(world, 6, root=8, pool=frail)
    for job in (deadly, other):
        job.start()
    for job in (deadly, other):
        job.wait()
    assert (deadly.status, deadly.done, deadly.failed) == ("finished", 5, 1)
    assert deadly.problem == "run 3: its process died, also when it ran alone"
    assert [member.number for member in deadly.ensemble.members] == [0, 1, 3, 4]
    assert (other.status, other.done, other.failed, other.problem) == ("finished", 6, 0, "")
    assert frail.generation == 1  # the second time it died in a process of its own


def test_many_runs_that_kill_their_process_end_the_job(
    world: MarketParameters, frail: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Frail, "deadly", {replicate_seed(1, number) for number in range(3, 30)})
    job = EnsembleJob(world, 30, pool=frail).start().wait()
    assert (job.status, job.failed) == ("failed", ensemble_job.MAX_CRASHES + 1)
    assert [member.number for member in job.ensemble.members] == [0, 1, 2]
    assert "memory" in job.problem


def test_jobs_of_one_pool_number_their_runs_apart() -> None:
    pool = WorkerPool(1)
    assert [pool.numbers(3), pool.numbers(2)] == [range(3), range(3, 5)]


def test_a_death_is_told_to_every_job_that_had_runs_there(
    frail: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Frail, "deadly", {1})
    one, two = Share(frail), Share(frail)
    frail.submit(lambda _, rows: rows, b"", [{"seed": 1, "run_id": 4}])
    assert one.after_death() == two.after_death() == ({}, [4])
    assert frail.generation == 1
    assert Share(frail).after_death() == ({}, [])
    for share in (one, two):
        share.close(at_once=False)


def test_a_run_that_fails_is_counted_and_named(
    world: MarketParameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_model: object) -> None:
        raise RuntimeError("a rule broke")

    phases = MarketModel.phases.replace("hold_funding_rounds", broken)
    monkeypatch.setattr(MarketModel, "phases", phases)
    job = EnsembleJob(world, 2, pool=Inline()).start().wait()
    assert (job.status, job.failed, job.ensemble.members) == ("finished", 2, ())
    assert "a rule broke" in job.problem
    assert job.ensemble.band("capex_usd")["median"].isna().all()
    assert job.ensemble.chance("freeze")["share"].isna().all()


def test_what_is_done_is_not_done_again(world: MarketParameters) -> None:
    EnsembleJob(world, 2, pool=Inline()).start().wait()
    pool = Inline()
    again = EnsembleJob(world, 2, pool=pool).start()
    assert (again.status, again.done, pool.calls) == ("finished", 2, 0)


def test_a_page_that_is_gone_ends_its_job(world: MarketParameters) -> None:
    def gone() -> None:
        raise RuntimeError("no page")

    job = EnsembleJob(world, 50, pool=Inline(), on_change=gone).start().wait()
    assert job.status == "cancelled"
    assert job.done < 50


@pytest.mark.parametrize("replicates", [0, 1, ensemble_job.MAX_REPLICATES + 1])
def test_size_is_bounded(world: MarketParameters, replicates: int) -> None:
    with pytest.raises(TooManyRuns, match="2 to 500"):
        EnsembleJob(world, replicates)


def test_a_large_world_gets_fewer_runs() -> None:
    large = load_scenario("minimal", ["enterprise.customers=1000000"])
    EnsembleJob(large, 20)
    with pytest.raises(TooManyRuns, match="at most 20 runs"):
        EnsembleJob(large, 21)


# --- what the runs say


def made_up(world: MarketParameters) -> Ensemble:
    """Four runs: funding freezes in quarters 1 and 3, or never; the lab fails in one of them."""
    members = []
    lab = next(iter(world.labs))
    for number, freeze in enumerate([1, 3, None, None]):
        series = np.full((40, QUARTERS), float(number))
        failed = (lab,) if number == 0 else ()
        happened = {"freeze": freeze, "cut": None, "default": 2 if failed else None}
        first = lab if failed else None
        members.append(Member(number, number, series, happened, first, failed))
    return Ensemble(world, tuple(members))


def test_chances_add_up_over_the_quarters(world: MarketParameters) -> None:
    chance = made_up(world).chance("freeze")
    assert chance["share"].tolist() == [0, 0.25, 0.25, 0.5, 0.5]
    assert (chance["low"] <= chance["share"]).all() and (chance["share"] <= chance["high"]).all()
    assert chance["high"][0] == pytest.approx(0.4899, abs=1e-3)  # Wilson, 0 of 4
    assert chance["quarter"].tolist()[0] == world.start


def test_bands_are_quantiles_and_missing_values_are_left_out(world: MarketParameters) -> None:
    ensemble = made_up(world)
    ensemble.members[3].series[:, 2] = np.nan
    band = ensemble.band("capex_usd")
    assert band["median"].tolist() == [1.5, 1.5, 1.0, 1.5, 1.5]
    assert band["runs"].tolist() == [4, 4, 3, 4, 4]
    assert (band["low_90"] <= band["low_50"]).all() and (band["high_50"] <= band["high_90"]).all()
    with pytest.raises(KeyError):
        ensemble.band("no_such_indicator")


def test_first_failures_count_every_run(world: MarketParameters) -> None:
    table = made_up(world).first_failures()
    assert table["firm"].tolist()[0] == "nobody failed"
    assert table["share"].tolist() == [0.75, 0.25]
    assert table["key"].tolist()[1] in world.labs


def test_outcomes_have_a_row_per_run(world: MarketParameters) -> None:
    table = made_up(world).outcomes()
    assert table["freeze_quarter"].isna().tolist() == [False, False, True, True]
    assert table["defaults"].tolist() == [1, 0, 0, 0]
    assert set(EVENTS) == {"freeze", "cut", "default"}


def test_rank_of_a_value(world: MarketParameters) -> None:
    ensemble = made_up(world)
    assert ensemble.rank("capex_usd", 0, 1.0) == 0.375  # one under it, one equal
    assert ensemble.rank("capex_usd", 0, None) is None


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    import threading

    assert [t.name for t in threading.enumerate() if t.name == "ensemble" and t.is_alive()] == []

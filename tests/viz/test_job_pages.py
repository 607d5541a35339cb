"""What the pages of jobs say, without a browser."""

from dataclasses import replace
from typing import Any

import pytest

from viz.jobs.ensemble_job import EnsembleJob
from viz.pages import compare, ensemble
from viz.session.work import Work, end_work, work_of
from viz.world.ensembles import Comparison, Ensemble, shortened
from viz.world.outcomes import difference, level, outcomes_of
from viz.world.worlds import ShockStep, World

WORLD = World("minimal", (("quarters", 3),))


@pytest.fixture(scope="module")
def made() -> Ensemble:
    from concurrent.futures import Future

    from viz.jobs.ensemble_job import WorkerPool

    class Here(WorkerPool):
        """A pool that does each run at once."""

        def submit(self, function: Any, *arguments: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_result(function(*arguments))
            return future

    return EnsembleJob(WORLD.parameters, 3, pool=Here(1)).start().wait().ensemble


class Job:
    """A job at some point of its life."""

    def __init__(self, status: str, done: int, failed: int = 0, problem: str = "") -> None:
        self.status, self.done, self.failed, self.problem = status, done, failed, problem
        self.total, self.is_running, self.is_cancelled = 40, status == "running", False

    def cancel(self) -> None:
        self.is_cancelled = True


def work(job: Any, world: World = WORLD) -> Work:
    return Work(ensemble=job, ensemble_world=world)


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (Job("running", 7), "7 of 40 runs are done."),
        (Job("finished", 40), "40 runs of “minimal”, with your changes."),
        (Job("cancelled", 9), "rest on the 9 runs"),
        (Job("finished", 40, 2, "run 3: it broke"), "2 runs stopped with an error"),
    ],
)
def test_status_of_an_ensemble(job: Job, words: str) -> None:
    assert words in ensemble.status(work(job), WORLD)


def test_few_runs_and_another_world_are_said() -> None:
    assert "20 or more" in ensemble.status(work(Job("cancelled", 9)), WORLD)
    other = replace(WORLD, shocks=(ShockStep(1, "rate rise", None, 0.01),))
    assert "another world" in ensemble.status(work(Job("finished", 40)), other)
    assert "another world" not in ensemble.status(work(Job("finished", 40)), replace(WORLD, seed=5))
    assert ensemble.status(Work(), WORLD) == ""


def test_the_summary_names_all_chances(made: Ensemble) -> None:
    text = ensemble.summary(made)
    assert text.startswith("Up to ")
    for words in ("funding freezes in", "cuts its CapEx in", "a firm fails in"):
        assert words in text


def test_the_table_of_a_comparison(made: Ensemble) -> None:
    comparison = Comparison(("a <b>", "second"), (made, made)).paired()
    text = compare.table_html(comparison, "chance")
    assert "a &lt;b&gt;" in text and "<b>)" not in text
    assert text.count("the same in every run") == text.count("<tr data-outcome")
    assert text.count("<tr data-outcome") == 4


def test_worlds_of_different_length_are_compared_over_what_they_share(made: Ensemble) -> None:
    same = Comparison(("a", "b"), (made,) * 2)
    assert "not run for the same time" not in compare.table_html(same, "chance")
    late = [replace(m, happened={"freeze": 2, "cut": 1, "default": None}) for m in made.members]
    long = Ensemble(made.parameters, tuple(late))
    short = shortened(long, 2)
    assert [member.happened["freeze"] for member in short.members] == [None] * 3
    comparison = Comparison(("long", "short"), (long, short))
    outcomes = {each.key: each for each in outcomes_of(made.parameters)}
    for key, outcome in outcomes.items():
        gap = difference(comparison, outcome, 1)
        is_known = outcome.group not in ("failures", "seats") and key != "worth:investors"
        assert gap.n == (3 if is_known else 0), key  # what holds at the end is not known before
        assert gap.mean == 0 or not is_known, key
    assert level(comparison, outcomes["freeze"], 0).mean == 0
    raised = long.values("raised_usd")[:, :2].sum(axis=1).mean()
    assert level(comparison, outcomes["raised"], 0).mean * 1e9 == pytest.approx(raised)
    text = compare.table_html(comparison, "chance")
    assert "“long” 3 quarters, “short” 2 quarters" in text
    assert f"to {made.labels[1]}" in text


@pytest.mark.parametrize(
    ("value", "text"), [(0.04, "0"), (-0.04, "0"), (12.34, "+12.3"), (-1234.5, "-1,234")]
)
def test_differences_carry_their_sign(value: float, text: str) -> None:
    assert compare.signed(value) == text


def test_what_keeps_worlds_from_being_compared() -> None:
    assert "at least two" in compare.problem(Work(), ["reference"])
    assert "first 4" in compare.problem(Work(), ["a", "b", "c", "d", "e"])
    assert compare.problem(Work(), ["a", "b"]) == ""


def test_a_visitor_who_leaves_ends_his_jobs() -> None:
    jobs: tuple[Any, Any] = (Job("running", 1), Job("running", 1))
    here = Work(ensemble=jobs[0], comparison=(jobs[1],))
    here.close()
    assert all(job.is_cancelled for job in jobs)
    with pytest.raises(RuntimeError):
        here.touch()


def test_work_ends_with_its_state() -> None:
    class State:
        """Stands for what a visitor looks at."""

    state: Any = State()
    here = work_of(state)
    assert work_of(state) is here
    end_work(state)
    assert here.is_over
    assert work_of(state) is not here


def test_news_wait_for_the_page_but_the_last_do_not() -> None:
    job: Any = Job("running", 1)
    here = Work(ensemble=job)
    with here.drawing():
        pass
    before = here.version.peek()
    here.report()
    assert here.version.peek() == before
    job.is_running = False
    here.report()
    assert here.version.peek() != before

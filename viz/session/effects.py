"""The effect of what a visitor changed, over pairs of worlds: started as he changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from viz.jobs.ensemble_job import EnsembleJob, TooManyRuns
from viz.jobs.pairs_job import DEFAULT_PAIRS, MAX_PAIRS, PairsJob
from viz.recording.member import ensemble_of
from viz.world.outcomes import MIN_PAIRS, PairEffect, pair_effects
from viz.world.worlds import Baseline, World, WorldProblem, baselines, before

if TYPE_CHECKING:
    from viz.recording.recording import Recording
    from viz.session.state import AppState
    from viz.session.work import Work


CALM_S = 0.5
"""Seconds without another change after which the pairs of a changed world begin."""
AT_ONCE_CUSTOMERS = 20_000
"""The pairs of a larger world are run when somebody asks for them, not by themselves."""
BASELINE, PAIRS, PROBLEM = "effect_baseline", "effect_pairs", "effect_problem"
"""Choices of the visitor: kind of the baseline, number of pairs; what kept them from being run."""


def baseline_of(work: Work, world: World) -> Baseline | None:
    """What the world that is shown is measured against; None when nothing in it is changed."""
    found = baselines(world)
    keys = [each.kind for each in found]
    if not keys:
        return None
    return found[keys.index(work.choice(BASELINE, keys, keys[0]))]


def pairs_wanted(work: Work) -> int:
    """How many pairs the visitor wants."""
    wanted = int(work.choices.get(PAIRS, DEFAULT_PAIRS))
    return min(MAX_PAIRS, max(MIN_PAIRS, wanted))


def job_of(work: Work, world: World) -> PairsJob | None:
    """The pairs of the world that is shown, whatever its seed; None when they are of another."""
    job, baseline = work.pairs, baseline_of(work, world)
    if job is None or baseline is None:
        return None
    is_same = _seedless(job.after) == _seedless(world)
    return job if is_same and _seedless(job.before) == _seedless(baseline.world) else None


def follow(work: Work, world: World) -> None:
    """Begin the pairs of the world that is shown, unless they are there; others are stopped."""
    wanted = job_of(work, world)
    if wanted is not None and wanted.total >= pairs_wanted(work):
        return
    if wanted is None and world.parameters.enterprise.customers > AT_ONCE_CUSTOMERS:
        stop(work)
        return
    measure(work, world, wait_s=CALM_S if wanted is None else 0.0)


def measure(work: Work, world: World, *, wait_s: float = 0.0) -> None:
    """Begin the pairs of a world; pairs of another are stopped."""
    stop(work)
    baseline = baseline_of(work, world)
    if baseline is None:
        return
    work.choices[PROBLEM] = ""
    try:
        job = PairsJob(
            baseline.world,
            world,
            pairs_wanted(work),
            wait_s=wait_s,
            on_change=work.report,
        )
    except (TooManyRuns, WorldProblem) as error:
        work.choices[PROBLEM] = str(error)
        work.touch()
        return
    work.pairs = job
    job.start()
    work.touch()


def stop(work: Work) -> None:
    """Stop the pairs that are being run; what is complete stays."""
    for job in (work.pairs, work.calm):
        if job is not None:
            job.cancel()


def prepare(work: Work, world: World) -> None:
    """Run the worlds without a change before there is one: half of all pairs are then done."""
    parameters = world.parameters
    if before(world) is not None or parameters.enterprise.customers > AT_ONCE_CUSTOMERS:
        return
    stop(work)
    work.calm = EnsembleJob(parameters, DEFAULT_PAIRS, own_model=world.own_model).start()


def effects_of(state: AppState, job: PairsJob) -> list[PairEffect]:
    """What is known of the effect now, with what the twin of the shown seed says beside it."""
    shown, ghost = state.recording, state.ghost
    is_twin = ghost is not None and _is_twin(job, shown, ghost)
    mark = (job.done, shown.world.seed if is_twin else None)
    if job.kept is None or job.kept[0] != mark:
        twins = (ensemble_of(ghost), ensemble_of(shown)) if is_twin and ghost is not None else None
        job.kept = (mark, pair_effects(job.comparison, twins))
    return job.kept[1]


def _is_twin(job: PairsJob, shown: Recording, ghost: Recording) -> bool:
    """Whether both finished recordings are of the two worlds of a job, in one seed."""
    worlds = (_seedless(ghost.world), _seedless(shown.world))
    is_whole = shown.is_finished and ghost.is_finished
    return is_whole and worlds == (_seedless(job.before), _seedless(job.after))


def _seedless(world: World) -> World:
    return replace(world, seed=0)

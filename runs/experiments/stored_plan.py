"""The plan of a sweep from its folder, for commands that run some of it again."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from runs.sweep.manifest import read_manifest
from runs.sweep.plan import SweepPlan
from runs.sweep_problems import Refused


def stored_plan(folder: Path) -> SweepPlan:
    """The plan that a folder holds.

    Raises:
        Refused: the folder holds no sweep, or its copies of the files were changed.
    """
    manifest = read_manifest(folder)
    if manifest["spec"].get("kind") == "scenarios":
        from runs.experiments.scenario_sweep import stored_scenario_plan

        plan = stored_scenario_plan(folder, manifest["spec"])
    elif manifest["spec"].get("kind") == "study":
        plan = import_module("runs.claims.studies").stored_study_plan(manifest["spec"])
    else:
        from runs.experiments.plan import stored_experiment_plan

        plan = stored_experiment_plan(folder)
    if plan.identity != manifest["identity"]:
        raise Refused(f"{folder}: its files are not those that it was made from; see verify")
    return plan

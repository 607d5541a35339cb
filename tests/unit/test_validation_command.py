"""``kaartenhuis validate``: a tiny validation, killed and resumed, and what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from html_page import Page
from sweep_process import is_alive, until, workers

from market.model import MarketModel
from market.scenario import load_scenario
from runs.cli import execute
from runs.experiments.sweeps import replay
from runs.problems import ExperimentError
from runs.sweep.results import load, read_journal
from runs.twin_runs.interventions import NewSeed
from runs.twin_runs.pairs import clone
from runs.validation.make import ValidationRequest, plan_trials
from runs.validation.measures import Record, measured, record_series, vendor_loans_usd
from runs.validation.trials import (
    STATE,
    Parting,
    Setting,
    Trial,
    TrialArm,
    load_trials,
    stored_trial_plan,
    trial_plan,
)
from runs.validation.worlds import Change, no_ceiling

BIN = Path(sys.executable).parent
TINY = ["--scenario", "minimal", "--quarters", "10", "--seeds", "2", "--quick"]
GATES = ["--only", "G1,G2,G3", "--only", "G4,S2"]


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in a folder that is a result."""
    names = ("report.html", "validation.json", "tables/*", "trials/*/runs/*", "trials/*/series/*")
    found = sorted(path for name in names for path in folder.glob(name))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny validation."""
    folder = tmp_path_factory.mktemp("validation") / "out"
    assert execute(["validate", *TINY, *GATES, "-j", "0", "--quiet", "-o", str(folder)]) == 0
    return folder


def test_a_validation_writes_its_table_in_three_forms(done: Path) -> None:
    tree = json.loads((done / "validation.json").read_text(encoding="utf-8"))
    assert [gate["id"] for gate in tree["gates"]] == ["G1", "G2", "G3", "G4", "S2"]
    table = pd.read_parquet(done / "tables" / "gates.parquet")
    assert list(table["worlds"].unique()) == ["reference", "uncertain"]
    assert set(table["verdict"]) <= {"met", "missed", "open"}
    assert len(table) == sum(len(gate["lines"]) for gate in tree["gates"])
    assert len(pd.read_csv(done / "tables" / "gates.csv")) == len(table)
    assert len(tree["missed"]) == (table["verdict"] == "missed").sum()
    assert (table.loc[table["verdict"] == "open", "reason"] != "").all()


def test_the_page_needs_nothing_else_and_begins_with_what_is_missed(done: Path) -> None:
    text = (done / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert text.index('id="missed"') < text.index('id="front"') < text.index('id="G1"')
    for gate in ("G1", "G2", "G3", "G4", "S2"):
        assert f'<article id="{gate}"' in text
    assert page.tags.count("svg") >= 5


def test_a_killed_validation_goes_on_with_the_same_bytes(done: Path, tmp_path: Path) -> None:
    words = ["validate", *TINY, *GATES, "-j", "2", "-o", "out"]
    process = subprocess.Popen(
        [str(BIN / "kaartenhuis"), *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    trials = tmp_path / "out" / "trials"
    until(lambda: sum(len(read_journal(each)) for each in trials.glob("*")) >= 2, seconds=90)
    started = workers(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    until(lambda: not any(is_alive(pid) for pid in started))
    assert not (tmp_path / "out" / "report.html").exists()
    again = ["validate", *TINY, *GATES, "-j", "0", "--quiet", "-o", str(tmp_path / "out")]
    assert execute(again) == 5  # never resumed without a word
    assert execute([*again, "--resume"]) == 0
    assert contents(tmp_path / "out") == contents(done)


def test_another_validation_is_not_resumed(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["validate", *TINY, "-o", str(done), "-j", "0", "--resume", "--seed", "7"]
    assert execute(words) == 5
    assert "was made with seed = 2025, now it is 7" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "G13"], "there is no gate 'G13'; did you mean 'G3'?"),
        (["--only", "X"], "choose one of G1 to S3"),
        (["--worlds", "uncertian"], "did you mean 'uncertain'?"),
        (["--scenario", "minimall"], "did you mean 'minimal'?"),
        (["--seeds", "1"], "--seeds"),
        (["--quick", "--quickly"], "--quick"),
        (["--model", "nowhere:Model"], "nowhere"),
        (["--resume", "--overwrite"], "exclude each other"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert execute(["validate", "-o", str(tmp_path / "out"), "-j", "0", *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_plan_and_the_list_run_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["validate", "--list"]) == 0
    assert capsys.readouterr().out.count("\n") == 16  # a head and 15 gates
    assert execute(["validate", "-n", "--quick", "--only", "G1", "--worlds", "reference"]) == 0
    assert "1 trials, 180 runs" in capsys.readouterr().out


def test_a_trial_is_a_sweep_that_can_be_replayed(done: Path) -> None:
    folder = done / "trials" / "drought-uncertain"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    plan = stored_trial_plan(manifest["spec"])
    assert plan.identity == manifest["identity"]
    assert replay(plan, folder, 3).is_same
    assert set(load(folder)["status"]) == {"ok"}


def test_a_trial_whose_parameters_are_still_to_come_is_left_out() -> None:
    request = ValidationRequest(Path("nowhere"), seeds=2, only=("G5",), worlds=("reference",))
    names = [each.trial.name for each in plan_trials(request)]
    waiting = [name for name in load_trials() if not load_trials()[name].present]
    assert not set(names) & set(waiting)


# --- how worlds are made and runs measured


def test_money_scales_every_investor_and_nothing_else() -> None:
    world = load_scenario("minimal")
    rich = Change(money=10.0).apply(world)
    for key, investor in world.investors.items():
        assert rich.investors[key].cash_usd == 10 * investor.cash_usd
        assert rich.investors[key].inflow_usd == 10 * investor.inflow_usd
    back = Change(money=0.1).apply(rich)
    assert back.labs == world.labs
    assert back.investors["one"].cash_usd == pytest.approx(world.investors["one"].cash_usd)


def test_a_world_without_a_ceiling_grows_on() -> None:
    world = load_scenario("minimal")
    low = Change(set={"compute.demand_ceiling": 1.5}).apply(world)
    free = Change(has_ceiling=False).apply(low)
    assert free.compute.demand_ceiling == no_ceiling("compute.demand_ceiling")
    used = [MarketModel(each, seed=1).run(16).clouds["cloud"].organic_cu for each in (low, free)]
    assert used[1] > 1.5 * used[0]


def test_changes_add_multiply_and_reach_every_entry() -> None:
    world = load_scenario("minimal")
    change = Change(
        add={"cloud_rules.base_rate": 0.02},
        times={"investors.*.required_return": 2.0},
        set={"clouds.*.is_investment_grade": False},
    )
    found = change.apply(world)
    assert found.cloud_rules.base_rate == pytest.approx(world.cloud_rules.base_rate + 0.02)
    assert found.investors["four"].required_return == pytest.approx(0.12)
    assert not found.clouds["cloud"].is_investment_grade


def test_a_change_that_leads_nowhere_is_refused_before_any_run() -> None:
    trial = Trial(name="x", meaning="x", arms={"a": TrialArm(set={"clouds.nix.cash_usd": 1.0})})
    with pytest.raises(ExperimentError, match=r"trial x: arms.a: no parameter 'clouds.nix"):
        trial_plan(trial, Setting(scenario="minimal", seeds=2))


def test_a_drought_takes_money_from_labs() -> None:
    """Twins of one state: with a drought labs raise less while it lasts."""
    trial = Trial(
        name="dry",
        meaning="x",
        statistics=("raised",),
        parts=Parting(kind="drought", starts=(4,), size=0.0, quarters=6, after=6),
    )
    plan = trial_plan(trial, Setting(scenario="minimal", seeds=6))
    rows = [plan.task.execute(row) for row in plan.design.to_pylist()]
    assert {row.status for row in rows} == {"ok"}
    gaps = [row.values[1] - row.values[2] for row in rows]
    assert sum(gaps) < 0
    assert max(gaps) <= 0


def test_a_drought_ends() -> None:
    shock = {"kind": "drought", "quarter": 2, "quarters": 2, "size": 0.0}
    world = load_scenario("minimal").changed(shocks={"dry": shock})
    model, inflows = MarketModel(world, seed=1), []
    for _ in range(5):
        cash = model.investors["one"].stated.inflow_usd
        model.run(1)
        inflows.append((cash, model.investors["one"].stated.inflow_usd))
    stated = world.investors["one"].inflow_usd
    assert [after for _, after in inflows] == [stated, stated, 0.0, 0.0, stated]


def test_states_go_on_with_other_seeds() -> None:
    trial = Trial(name="s", meaning="x", parts=Parting(kind="seed", after=4, seeds=2))
    plan = trial_plan(trial, Setting(scenario="minimal", seeds=3))
    assert plan.outputs.names == list(STATE)
    rows = [plan.task.execute(row) for row in plan.design.to_pylist()]
    assert {row.status for row in rows} == {"ok"}
    found = [row.values for row in rows if row.values[0] is not None]
    assert found  # minimal freezes within its five years
    assert all(own <= total == 2 for _, own, total, _, _ in found)


def test_a_record_of_twins_sees_only_what_comes_after() -> None:
    model = MarketModel(load_scenario("minimal"), seed=3).run(6)
    twin = clone(model)
    NewSeed(5)(twin)
    whole, rest = Record(twin.run(4)), Record(twin, 6)
    assert (len(whole), len(rest)) == (10, 4)
    assert whole.series("capex_usd")[6:].tolist() == rest.series("capex_usd").tolist()
    assert measured(rest, ["capex"])[0] == pytest.approx(rest.series("cloud.capex_usd").sum())
    sums = whole.series("clouds:cash_usd")
    assert sums.tolist() == whole.series("cloud.cash_usd").tolist()
    stored = record_series(whole, ["capex_usd", "nobody.cash_usd"])
    assert stored["nobody.cash_usd"] == [None] * 10
    assert len(vendor_loans_usd(twin)) == 10


def test_a_series_that_is_not_there_is_refused_with_the_nearest() -> None:
    record = Record(MarketModel(load_scenario("minimal"), seed=3).run(1))
    with pytest.raises(ValueError, match="did you mean 'capex_usd'"):
        record.series("capex_us")
    with pytest.raises(ValueError, match="did you mean 'cash_usd'"):
        record.series("cloud.cash_us")

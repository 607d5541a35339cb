"""A model class of one's own, used with public names only from a folder outside the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_world import small_world

from market.model import MarketModel
from market.scenario import read_scenario
from runs import RunConfig, load, run_scenarios, run_sweep, twins
from runs.cli import execute
from runs.experiments.text import make_experiment
from runs.own_model import ModelProblem, OwnModel, class_of, own_model
from runs.single_run.simulate import simulate
from runs.twin_runs.interventions import Fail

MODEL = '''"""A market of mine."""
from market import MarketModel
from {parts} import FACTOR


class Mine(MarketModel):
    """Chips cost FACTOR times as much."""

    def chip_price_usd(self):
        return FACTOR * super().chip_price_usd()


class Second(Mine):
    """One built on the other."""


class Bare:
    """No model."""


class Odd(MarketModel):
    """Made in a way of its own."""

    def __init__(self, size):
        super().__init__("minimal")
'''
EXPERIMENT = """[experiment]
name = "mine"
scenario = "minimal"
model = "{module}:Mine"
replications = 4
quarters = 4
outputs = ["capex_usd:max"]
"""
NUMBERS = iter(range(1000))


class Folder:
    """A user's own folder with modules of names that no other test has used."""

    def __init__(self, path: Path) -> None:
        number = next(NUMBERS)
        self.path, self.module, self.parts = path, f"mymodel{number}", f"myparts{number}"
        self.write("3")
        (path / f"{self.module}.py").write_text(MODEL.format(parts=self.parts))
        (path / "mine.toml").write_text(EXPERIMENT.format(module=self.module))

    @property
    def name(self) -> str:
        """Name of the class that the tests run."""
        return f"{self.module}:Mine"

    def write(self, factor: str) -> None:
        """Write the second module, from which the first takes its number."""
        (self.path / f"{self.parts}.py").write_text(f"FACTOR = {factor}\n")

    def run(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command here, as a user does."""
        place = cwd or self.path
        line = [str(Path(sys.executable).with_name("kaartenhuis")), *words]
        return subprocess.run(line, cwd=place, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    made = Folder(tmp_path)
    yield made
    for name in (made.module, made.parts):
        sys.modules.pop(name, None)


def most_spent(model: type[MarketModel]) -> list[float]:
    """What the runs of ``EXPERIMENT`` measure with another class."""
    config = RunConfig(("capex_usd:max",), replications=4, seed=1, quarters=4)
    found = run_scenarios(["minimal"], config, model_class=model)
    return found["capex_usd:max"].tolist()


# --- the command line


def test_run_with_an_own_class(folder: Folder) -> None:
    words = ("run", "minimal", "--quarters", "4", "--quiet", "--no-pictures", "--out")
    assert folder.run(*words, "own", "--model", folder.name).returncode == 0
    assert execute([*words, "usual"]) == 0
    own, usual = (Path(name, "model.csv").read_text() for name in ("own", "usual"))
    assert own != usual
    manifest = json.loads(Path("own", "manifest.json").read_text())
    assert manifest["command"][-3:-1] == ["--model", folder.name]
    assert manifest["own_model"]["class"] == folder.name
    assert len(manifest["own_model"]["sha256"]) == 64
    assert str(folder.path) not in json.dumps(manifest)
    assert "own_model" not in json.loads(Path("usual", "manifest.json").read_text())
    again = [*manifest["command"][1:], "--quiet", "--out", "again"]
    assert execute(again) == 0
    assert Path("again", "model.csv").read_text() == own


def test_sweep_in_workers_is_replayed_anywhere_and_guarded(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    """The class reaches spawned workers; an edit of what it imports refuses the resume."""
    done = folder.run("sweep", "mine.toml", "-o", "out", "-j", "2")
    assert done.returncode == 0, done.stderr
    found = load("out")["capex_usd:max"].tolist()
    assert found == most_spent(class_of(folder.name)) != most_spent(MarketModel)
    elsewhere = folder.run("replay", str(folder.path / "out"), "--run-id", "3", cwd=Path("/"))
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert "the same bytes" in elsewhere.stdout
    resume = ("sweep", "mine.toml", "-o", "out", "--resume", "-j", "0")
    assert execute(resume) == 0
    folder.write("4")
    capsys.readouterr()
    assert execute(resume) == 5
    assert "the code of the model has changed" in capsys.readouterr().err
    changed = folder.run("replay", "out", "--run-id", "3")
    assert changed.returncode == 1
    assert "since then: the code of the model has changed" in changed.stderr
    folder.write("3")
    assert execute(resume) == 0


def test_another_class_is_another_experiment(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = ("sweep", "mine.toml", "-o", "out", "-j", "0", "--replications", "1")
    assert execute(sweep) == 0
    assert f'model = "{folder.name}"' in Path("out", "experiment.toml").read_text()
    assert json.loads(Path("out", "manifest.json").read_text())["spec"]["model"] == folder.name
    for other in ("market:MarketModel", f"{folder.module}:Second"):
        assert execute([*sweep, "--resume", "--model", other]) == 5
        assert "the experiment is another one" in capsys.readouterr().err


def test_twins_of_an_own_class(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["twins", "minimal", "--do", "fail:cloud", "--quarter", "1", "--after", "3"]
    words += ["--replications", "2", "-j", "0", "--quiet", "--outputs", "capex_usd:max"]
    assert execute(words) == 0
    usual = capsys.readouterr().out
    assert execute([*words, "--model", folder.name]) == 0
    assert capsys.readouterr().out != usual


def test_claims_say_how_to_make_them_again(folder: Folder) -> None:
    from runs.claims.make import ClaimsRequest, plan_studies
    from runs.claims.report_words import command_of

    request = ClaimsRequest(folder.path / "claims", 2, ("C33",), model=folder.name)
    assert command_of(request).split()[-4:-2] == ["--model", folder.name]
    planned = plan_studies(request)
    usual = plan_studies(ClaimsRequest(folder.path / "claims", 2, ("C33",)))
    for mine, other in zip(planned, usual, strict=True):
        assert mine.plan.own_model == own_model(folder.name)
        assert mine.plan.identity != other.plan.identity
        assert other.plan.own_model is None


def test_claims_runs_are_of_the_class(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["claims", "--only", "C33", "--replicates", "2", "-j", "0", "--quiet", "-o"]
    assert execute([*words, "own", "--model", folder.name]) == 0
    assert execute([*words, "usual"]) == 0
    own, usual = (Path(name, "studies") for name in ("own", "usual"))
    names = sorted(path.name for path in own.iterdir())
    assert names == sorted(path.name for path in usual.iterdir()) != []
    assert any(not load(own / name).equals(load(usual / name)) for name in names)
    capsys.readouterr()
    assert execute([*words, "usual", "--resume", "--model", folder.name]) == 5
    assert "was made with model = None" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("{module}:Min", "module '{module}' has no class 'Min'; did you mean 'Mine'?"),
        ("{module}x:Mine", "there is no module '{module}x' in this folder"),
        ("{module}x:Mine", "did you mean '{module}'?"),
        ("no.such:Mine", "there is no module 'no' in this folder"),
        ("{module}.sub:Mine", "there is no module '{module}.sub'"),
        ("{module}:Bare", "is not a subclass of market.MarketModel"),
        ("{module}:Odd", "must be made as MarketModel is, from (parameters, seed=...)"),
        ("{module}", "must be package.module:Class, such as mymodel:Mine"),
        ("{module}:", "must be package.module:Class"),
        ("..:x", "must be package.module:Class"),
        ("json:dumps", "is not a subclass of market.MarketModel"),
        ("broken:Mine", "module 'broken' cannot be imported: SyntaxError: "),
        ("lacking:Mine", "module 'lacking' cannot be imported: No module named 'nowhere'"),
    ],
)
def test_what_is_no_model_is_told_in_one_line(
    folder: Folder, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.py").write_text("class Mine(:\n")
    Path("lacking.py").write_text("import nowhere\n")
    given, expected = name.format(module=folder.module), text.format(module=folder.module)
    for words in (
        ["run", "minimal"],
        ["sweep", "mine.toml", "-n"],
        ["twins", "minimal", "--do", "fail:lab", "--quarter", "1"],
        ["claims", "-n"],
        ["ui", "--no-open"],
    ):
        assert execute([*words, "--model", given]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert said.startswith(f"error: model {given!r}: ")
        assert expected in said
    Path("bad.toml").write_text(EXPERIMENT.replace("{module}:Mine", given))
    assert execute(["experiment", "check", "bad.toml"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: bad.toml: experiment.model = ")
    assert expected in said


# --- Python


def test_python_takes_a_class_or_its_name(folder: Folder) -> None:
    mine = class_of(folder.name)
    assert mine.__name__ == "Mine"
    world = small_world(quarters=3)
    config = RunConfig(("capex_usd:max",), 1)
    frames = [
        run_scenarios([world], config, model_class=given) for given in (mine, folder.name, None)
    ]
    values = [frame["capex_usd:max"].item() for frame in frames]
    assert values[0] == values[1] != values[2]
    runs = [simulate(read_scenario("minimal", ["quarters=3"]), model_class=m) for m in (mine, None)]
    assert [type(run.model) for run in runs] == [mine, MarketModel]
    pairs = [
        twins(world, Fail("thin"), seeds=1, quarter=1, quarters_after=2, model_class=given)
        for given in (mine, folder.name, None)
    ]
    series = [pair.runs[0].base_series["capex_usd"] for pair in pairs]
    assert series[0] == series[1] != series[2]
    tree = {"name": "x", "scenario": "minimal", "quarters": 3, "outputs": ["capex_usd:max"]}
    run_sweep(make_experiment({"experiment": tree}), "own", model_class=mine)
    run_sweep(make_experiment({"experiment": tree}), "usual")
    assert load("own")["capex_usd:max"].item() != load("usual")["capex_usd:max"].item()


def test_a_class_made_in_a_function_runs_here_and_is_refused_elsewhere() -> None:
    class Local(MarketModel):
        """Nobody else can import it."""

    assert (
        type(simulate(read_scenario("minimal", ["quarters=1"]), model_class=Local).model) is Local
    )
    with pytest.raises(ModelProblem, match="made inside a function"):
        run_scenarios(["minimal"], model_class=Local)
    with pytest.raises(ModelProblem, match="is not a subclass"):
        simulate(read_scenario("minimal"), model_class=Path)  # type: ignore[arg-type]


def test_a_class_of_a_script_reaches_its_workers(folder: Folder) -> None:
    """A script is imported again by its workers, under another name."""
    Path("script.py").write_text(
        "from market import MarketModel\n"
        "import runs\n"
        "class Here(MarketModel):\n"
        "    def chip_price_usd(self):\n"
        "        return 3 * super().chip_price_usd()\n"
        "if __name__ == '__main__':\n"
        "    config = runs.RunConfig(('capex_usd:max',), 4, 1, quarters=4)\n"
        "    for jobs in (0, 2):\n"
        "        frame = runs.run_scenarios(['minimal'], config, model_class=Here, jobs=jobs)\n"
        "        print(frame['capex_usd:max'].tolist())\n"
    )
    done = subprocess.run(
        [sys.executable, "script.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    expected = str(most_spent(class_of(folder.name)))
    assert done.stdout.splitlines() == [expected, expected]


def test_source_holds_bases_and_what_they_import_from_their_folder(folder: Folder) -> None:
    package = folder.path / "mypackage"
    package.mkdir()
    files = {
        "__init__": "",
        "base": "import json, numpy\nfrom market import MarketModel\nfrom . import rules\n"
        "class Base(MarketModel): pass\n",
        "rules": "def late():\n    from mypackage.deep import x\n",
        "deep": "x = 1\n",
        "unused": "y = 1\n",
        "top": "from mypackage.base import Base\nclass Top(Base): pass\n",
    }
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
    own = own_model("mypackage.top:Top")
    assert own is not None
    assert own.folder == str(folder.path.resolve())
    before, used = own.sha256(), ["base", "deep", "rules", "top"]
    assert list(own.sources()) == ["mypackage", *(f"mypackage.{name}" for name in used)]
    (package / "unused.py").write_text("y = 2\n")
    assert own.sha256() == before
    for name in ("deep", "base"):
        (package / f"{name}.py").write_text(files[name] + "# edited\n")
        assert own.sha256() != before
        (package / f"{name}.py").write_text(files[name])
    assert own.sha256() == before


def test_the_class_of_the_package_is_the_default() -> None:
    for given in (None, MarketModel, "market:MarketModel", "market.model:MarketModel"):
        assert own_model(given) is None
        assert class_of(given) is MarketModel


# --- the app


def test_app_runs_the_class_of_its_server(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    from runs.commands.ui import server_settings
    from viz.jobs.claims_run import own_command
    from viz.jobs.ensemble_job import EnsembleJob
    from viz.recording.recording import Recording
    from viz.recording.tables import command_of
    from viz.world import worlds

    settings = server_settings(None, folder.name)
    monkeypatch.setenv(worlds.MODEL, settings[worlds.MODEL])
    worlds.server_model.cache_clear()
    try:
        changes = (("quarters", 3),)
        world = worlds.World("minimal", changes)
        assert world.own_model == OwnModel(folder.name, str(folder.path))
        assert f"--model {folder.name}" in command_of(world)
        assert own_command()[-2:] == ["--model", folder.name]
        usual = worlds.World("minimal", changes, own_model=None)
        assert "--model" not in command_of(usual)
        spent = [Recording(each).run_to_end().series("capex_usd") for each in (world, usual)]
        model = class_of(folder.name)("minimal", seed=42).run(3)
        assert spent[0] == model.datacollector.model_vars["capex_usd"] != spent[1]
        jobs = [EnsembleJob(w.parameters, 2, own_model=w.own_model) for w in (world, usual)]
        ends = [job.start().wait(120).ensemble.members for job in jobs]
        assert [len(members) for members in ends] == [2, 2]
        assert not (ends[0][0].series == ends[1][0].series).all()
    finally:
        worlds.server_model.cache_clear()


def test_app_opens_runs_of_its_own_class_only(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viz.world import worlds
    from viz.world.sweep_view import SweepView, ViewProblem

    sweep = ("sweep", "mine.toml", "-o", "out", "-j", "0", "--replications", "1", "--set")
    assert execute([*sweep, "funding.recovery=0.2"]) == 0
    view = SweepView.open(Path("out"))
    with pytest.raises(ViewProblem, match=f"made with {folder.name}, and this app runs another"):
        view.world(0, Path("out"))
    monkeypatch.setenv(worlds.MODEL, folder.name)
    worlds.server_model.cache_clear()
    try:
        world = view.world(0, Path("out"))
        assert world.own_model == own_model(folder.name)
    finally:
        worlds.server_model.cache_clear()


def test_a_recording_ends_where_its_model_stops(folder: Folder) -> None:
    from viz.recording.recording import Recording
    from viz.world.worlds import World

    with Path(f"{folder.module}.py").open("a") as file:
        file.write(
            "\nclass Stops(MarketModel):\n    def step(self):\n        super().step()\n"
            "        self.running = self.quarter < 2\n"
        )
    world = World("minimal", (("quarters", 5),), own_model=own_model(f"{folder.module}:Stops"))
    recording = Recording(world).run_to_end()
    assert recording.is_finished
    assert recording.quarters_recorded == 2
    assert recording.story()


def test_the_installed_command_is_here() -> None:
    """The tests above run it as a user does."""
    assert os.access(Path(sys.executable).with_name("kaartenhuis"), os.X_OK)

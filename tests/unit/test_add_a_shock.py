"""A shock of one's own is one file outside the package: all that there is for shocks takes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pickle import dumps, loads
from types import ModuleType

import pytest
from small_world import small_model, small_world

from market.model import MarketModel
from market.parameters import shocks as shock_parameters
from market.phases.causes import causes_of_failed_round, shock_on
from market.scenario import ScenarioError, load_scenario, schema_table
from market.shocks import Shock, Size, impose
from runs.claims.studies import TwinSetting
from runs.cli import execute
from runs.twin_runs.pairs import TwinPlan, twin_pair

SHOCK = '''\
"""Savers change their minds."""

from market.shocks import Shock, Size


class SavingsGlut(Shock):
    """Savers give more.

    Every quarter this fund gets so many times what savers give it else.
    """

    kind = "savings glut"
    targets = "investors"
    sizes = Size("times normal savings", 0.0, 20.0, "Savings", default=5.0)
    hits = ("supply of funding",)

    def apply(self, model):
        self.before = {}
        for investor in self.struck(model.investors):
            self.before[investor.key] = investor.stated
            more = {"inflow_usd": self.size * investor.stated.inflow_usd}
            investor.stated = investor.stated.model_copy(update=more)

    def undo(self, model):
        for investor in self.struck(model.investors):
            investor.stated = self.before[investor.key]


class Strike(Shock):
    """A chipmaker delivers nothing.

    It asks for no money and gets none.
    """

    kind = "strike"
    targets = "chipmakers"
    needs_target = True

    def apply(self, model):
        for chipmaker in self.struck(model.chipmakers):
            chipmaker.has_withdrawn = True
'''
SCENARIO = """\
extends = "minimal"
name = "glut"
[shocks.glut]
kind = "savings glut"
quarter = 2
quarters = 3
size = 10.0
"""
WORKER = """\
import pickle, sys
world, setting = pickle.load(sys.stdin.buffer)
from market.model import MarketModel
from runs.claims.studies import intervention_of
if world is not None:
    model = MarketModel(world.changed(quarters=5), seed=1).run()
else:
    model = MarketModel("minimal", seed=1)
    intervention_of(setting, 2.0)(model)
    model.run(1)
print([event.shock for event in model.events.select("shock")])
"""
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the checkout with the shock and a scenario that names it."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "my_shocks.py").write_text(SHOCK, encoding="utf-8")
    (folder / "glut.toml").write_text(SCENARIO, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def own(folder: Path) -> Iterator[ModuleType]:
    """The module with the shocks, imported for these tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shock_parameters, "_KINDS", dict(shock_parameters.shock_kinds()))
        patch.syspath_prepend(folder)
        yield import_module("my_shocks")
        del sys.modules["my_shocks"]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in that folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = execute(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def inflows(model: MarketModel) -> list[float]:
    return [investor.stated.inflow_usd for investor in model.investors.values()]


# --- scenario files and the model


def test_a_scenario_file_names_it_and_the_run_feels_it(folder: Path) -> None:
    world = load_scenario(folder / "glut.toml")
    model = MarketModel(world, seed=1)
    calm = MarketModel("minimal", seed=1).run(7)
    normal, found = inflows(model), []
    for _ in range(7):
        model.step()
        found.append(inflows(model))
    more = [10.0 * each for each in normal]
    assert found == [normal] * 2 + [more] * 3 + [normal] * 2
    cash = [sum(i.cash_usd for i in each.investors.values()) for each in (model, calm)]
    assert cash[0] > cash[1]


def test_its_event_carries_kind_unit_and_size(folder: Path) -> None:
    model = MarketModel(load_scenario(folder / "glut.toml"), seed=1).run(3)
    (event,) = model.events.select("shock")
    assert (event.shock, event.size, event.unit) == ("savings glut", 10.0, "times normal savings")
    assert model.events.to_frame()["shock"].tolist().count("savings glut") == 1


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("shocks.glut.size=21", "a savings glut must be from 0 to 20 (times normal savings)"),
        ("shocks.glut.target=lab", "names no such entry; known: four, one"),
        ("shocks.glut.target=twoo", "did you mean 'two'?"),
        ("shocks.glut.kind=savings glutt", "is not a known choice; did you mean 'savings glut'?"),
        ("shocks.glut.kind=strike", "a strike needs a target, one of the chipmakers"),
    ],
)
def test_what_its_class_does_not_allow_is_refused(folder: Path, override: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(folder / "glut.toml", [override])
    assert words in str(caught.value)


def test_it_is_a_cause_of_what_it_hits(own: ModuleType) -> None:
    model = small_model().run(1)
    own.SavingsGlut(size=0.0)(model)
    model.run(1)
    event = shock_on(model, None, "supply of funding")
    assert event is not None
    assert event.shock == "savings glut"
    assert event in causes_of_failed_round(model, model.labs["a"])
    assert shock_on(model, None, "building") is None


# --- command line


def test_the_command_line_lists_it(cli: Cli) -> None:
    code, out, _ = cli("scenario", "shocks")
    assert code == 0
    (line,) = [line for line in out.splitlines() if line.startswith("savings glut")]
    assert "one of the investors, or all" in line
    assert "0 to 20 times normal savings" in line
    assert line.endswith(
        "Savers give more. Every quarter this fund gets so many times what savers give it else."
    )
    assert "strike,one of the chipmakers," in cli("scenario", "shocks", "--csv")[1]
    assert "price cut, rate rise" in cli("schema", "--json")[1]
    rows = {row.path: row for row in schema_table()}
    assert rows["shocks.*.kind"].type.endswith("savings glut, strike")
    assert "savings glut: times normal savings, 0 to 20" in rows["shocks.*.size"].meaning


def test_the_command_line_runs_it(cli: Cli, folder: Path) -> None:
    setting = ["--set", "shocks.glut.size=3", "--quarters", "4", "--no-pictures"]
    assert cli("run", "glut.toml", *setting, "--out", "out", "--quiet")[0] == 0
    table = (folder / "out" / "events.csv").read_text(encoding="utf-8")
    assert ",shock,savings glut,the market,3.0,times normal savings," in table
    assert cli("scenario", "check", "out/scenario.toml")[0] == 0
    code, out, _ = cli("scenario", "show", "glut.toml")
    assert code == 0
    assert "savings glut" in out
    kind = ["shocks.x.kind=savings glut", "shocks.x.quarter=1", "shocks.x.size=99"]
    code, _, err = cli("run", "minimal", *(word for each in kind for word in ("--set", each)))
    assert code == 2
    assert "from 0 to 20 (times normal savings)" in err


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ("savings glut::30", "from 0 to 20"),
        ("savings glut:lab:2", "'lab' does not exist"),
        ("strike", "needs a target"),
        ("savings glit", "did you mean 'savings glut'?"),
    ],
)
def test_twins_refuse_before_they_run(cli: Cli, do: str, words: str) -> None:
    code, _, err = cli("twins", "minimal", "--do", do, "--quarter", "2", "--replications", "2")
    assert code == 2
    assert words in err


@pytest.mark.parametrize("what", ["world", "study"])
def test_a_fresh_process_knows_it_from_what_it_is_given(folder: Path, what: str) -> None:
    """A worker of a sweep gets a world or a setting, which bring the shock's module along."""
    setting = TwinSetting(intervention="savings glut", quarter=2)
    given = (load_scenario(folder / "glut.toml"), None) if what == "world" else (None, setting)
    root = str(Path(__file__).parents[2])
    found = subprocess.run(
        [sys.executable, "-c", WORKER],
        input=dumps(given),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([root, str(folder)])},
        capture_output=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr.decode()
    assert found.stdout.decode() == "['savings glut']\n"


# --- twins and interventions


def test_one_of_two_twins_can_be_struck(own: ModuleType) -> None:
    shock = own.SavingsGlut("fund", 5.0, 2)
    assert loads(dumps(shock)) == shock
    pair = twin_pair(TwinPlan(small_world(), shock, 2, 3), seed=1)
    assert pair is not None
    assert (pair.struck, pair.since) == ("fund", 2)
    cash = [each.investors["fund"].cash_usd for each in (pair.base, pair.shocked)]
    assert cash[1] > cash[0] + 4e9  # a billion a quarter, four more for two quarters
    assert inflows(pair.base) == inflows(pair.shocked)


def test_it_can_be_imposed_on_a_running_world() -> None:
    model = small_model().run(1)
    impose(model, "savings glut", "fund", 2.0)
    assert inflows(model.run(1)) == [0.0, 2e9, 1e9, 0.0]
    with pytest.raises(ValueError, match="from 0 to 20"):
        impose(model, "savings glut", "fund", -1.0)


# --- app


def test_the_menu_of_the_app_offers_it_with_its_words_and_bounds() -> None:
    from viz.widgets.shock_menu import offer_of
    from viz.world.worlds import World

    world = World("minimal").parameters
    offer = offer_of(world, "savings glut")
    assert offer is not None
    assert (offer.title, offer.kind) == ("Savers give more", "savings glut")
    assert offer.meaning.startswith("Every quarter this fund gets so many times")
    assert (offer.unit, offer.size, offer.low, offer.high) == ("times normal savings", 5.0, 0, 20)
    assert offer.targets[:2] == (("", "all investors"), ("one", "Fund one"))
    assert offer.model_size(99.0) == 20.0
    strike = offer_of(world, "strike")
    assert strike is not None
    assert (strike.targets, strike.unit) == ((("chip", "The chipmaker"),), "")


def test_the_app_strikes_with_it_and_keeps_a_ghost() -> None:
    from viz.recording.finished import FinishedWorlds
    from viz.recording.recording import Recording
    from viz.session.link import decode, encode
    from viz.session.session import Session
    from viz.widgets.shock_menu import own_words
    from viz.world.worlds import ShockStep, World, WorldProblem

    world = World("minimal").with_shock(ShockStep(6, "savings glut", "one", 5.0))
    assert own_words(world) == (
        "Struck in this world: 2027Q1: Savers give more (Fund one, 5 times normal savings)."
    )
    link, problems = decode(encode(world))
    assert (link.world, problems) == (world, [])
    session = Session(world, finished=FinishedWorlds())
    try:
        struck, ghost = session.recording, session.ghost
        assert ghost is not None
        calm = Recording(World("minimal")).run_to_end()
        for name in ("labs_cash_usd", "raised_usd"):
            assert ghost.series(name) == calm.series(name)
            assert struck.series(name)[:6] == calm.series(name)[:6]
        assert struck.series("raised_usd") != calm.series("raised_usd")
        assert struck.events_frame()["shock"].tolist().count("savings glut") == 1
        with pytest.raises(WorldProblem, match="from 0 to 20"):
            session.shock("savings glut", None, 21.0)
    finally:
        session.close()


def test_a_sweep_over_its_size_is_labelled_in_its_words(folder: Path) -> None:
    from viz.world.sweep_view import parameter_label

    label = parameter_label("shocks.glut.size", load_scenario(folder / "glut.toml"), [1.0, 2.0])
    assert (label.text, label.unit) == ("Savings", "times normal savings")


# --- declarations that cannot be


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "Savings: glut"}, "is no name for a kind"),
        ({"kind": "failure"}, "is no name for a kind"),
        ({"kind": "new", "hits": ("suply of funding",)}, "did you mean 'supply of funding'?"),
        ({"kind": "new", "needs_target": True}, "one of a group of firms"),
        ({"kind": "new", "__doc__": None}, "docstring"),
        ({"kind": "rate rise"}, "declared by market.shocks.RateRise already"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(body: dict[str, object], words: str) -> None:
    before = dict(shock_parameters.shock_kinds())
    with pytest.raises(ValueError, match="New: ") as caught:
        type("New", (Shock,), {"__doc__": "New.\n\nIt is new.", "apply": print, **body})
    assert words in str(caught.value)
    assert dict(shock_parameters.shock_kinds()) == before


def test_a_group_that_is_not_there_is_named() -> None:
    shock = type("Off", (Shock,), {"__doc__": "Off.", "kind": "off", "targets": "labz"})
    with pytest.raises(ValueError, match="off: targets: 'labz' is no group of firms"):
        shock.targets_in(small_world())


def test_what_is_offered_must_be_allowed() -> None:
    with pytest.raises(ValueError, match="Loss: 2 is not from 0 to 1"):
        Size("share", 0.0, 1.0, "Loss", default=2.0)

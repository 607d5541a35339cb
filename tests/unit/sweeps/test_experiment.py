"""Experiment files and options: what they mean, and what is refused with what would do."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runs.experiments.experiment import Experiment
from runs.experiments.plan import experiment_hash, plan_sweep
from runs.experiments.text import experiment_text, make_experiment, parse_vary, read_experiment
from runs.problems import ExperimentError

FILE = """
[experiment]
scenario = "minimal"
outputs = ["freeze", "capex_usd:max"]
seed = 3
quarters = 2

[design]
method = "lhs"
samples = 4

[vary]
"funding.recovery" = { low = 0.1, high = 0.5 }
enterprise.customers = [100, 200]
"labs.lab.cash_usd" = { low = 1e9, high = 4e9, scale = "log", when = "funding.recovery > 0.3" }

[[arms]]
name = "as-it-is"

[[arms]]
name = "hard"
set = { "funding.signal_noise" = 0.2 }
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str = FILE, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def refusal(path: Path | str, **options: Any) -> str:
    """The line that says why an experiment is refused, with the file's folder left out."""
    with pytest.raises(ExperimentError) as caught:
        plan_sweep(read_experiment(path, **options))
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{Path(path).parent}/", "")


def test_a_file_is_read(write: Write) -> None:
    experiment = read_experiment(write())
    assert (experiment.name, experiment.seed, experiment.replications) == ("mine", 3, 1)
    assert list(experiment.vary) == [
        "funding.recovery",
        "enterprise.customers",
        "labs.lab.cash_usd",
    ]
    assert experiment.vary["enterprise.customers"].values == (100, 200)
    assert [arm.name for arm in experiment.arms] == ["as-it-is", "hard"]
    assert experiment.arms[1].set == {"funding.signal_noise": 0.2}


def test_it_reads_back_equal(write: Write) -> None:
    experiment = read_experiment(write(), changes=["bank.capital_floor=0.05"], max_failures="5%")
    again = make_experiment(tomllib.loads(experiment_text(experiment)))
    places = {"folder": experiment.folder, "origin": experiment.origin}
    assert again.model_copy(update=places) == experiment


def test_options_lie_over_the_file(write: Write) -> None:
    experiment = read_experiment(
        write(),
        changes=["bank.capital_floor=0.1"],
        vary=["enterprise.customers=50,60,70", "compute.chip_share=0.4..0.6"],
        samples=8,
        seed=9,
        replications=2,
        outputs=["cut"],
        quarters=None,
    )
    assert (experiment.seed, experiment.replications, experiment.quarters) == (9, 2, 2)
    assert experiment.outputs == ("cut",)
    assert experiment.design.samples == 8
    assert experiment.vary["enterprise.customers"].values == (50, 60, 70)
    assert experiment.vary["compute.chip_share"].high == 0.6
    assert all(w.bank.capital_floor == 0.1 for w in worlds(experiment))


def worlds(experiment: Experiment) -> list[Any]:
    task: Any = plan_sweep(experiment).task
    return list(task.worlds.values())


def test_another_design_forgets_the_settings_of_the_first(write: Write) -> None:
    assert read_experiment(write(), design="lhs").design.samples == 4
    assert read_experiment(write(), design="morris").design.samples is None
    csv = read_experiment(write(), design="points.csv")
    assert (csv.design.method, csv.vary) == ("csv", {})


@pytest.mark.parametrize(
    ("text", "path", "how"),
    [
        ("a.b=1,2,3", "a.b", {"values": [1, 2, 3]}),
        ("a.b=true, false", "a.b", {"values": [True, False]}),
        ("a.b=2027Q1,2028Q1", "a.b", {"values": ["2027Q1", "2028Q1"]}),
        ("a.b=5", "a.b", {"values": [5]}),
        ("a.b=0:1:0.25", "a.b", {"values": [0.0, 0.25, 0.5, 0.75, 1.0]}),
        ("a.b=0:0.3:0.1", "a.b", {"values": [0.0, 0.1, 0.2, 0.3]}),
        ("a.b=2:9:3", "a.b", {"values": [2, 5, 8]}),
        ("a.b=1e9..2e9", "a.b", {"low": 1e9, "high": 2e9}),
        ("a.b=-1..1", "a.b", {"low": -1, "high": 1}),
    ],
)
def test_ways_to_say_what_varies(text: str, path: str, how: dict[str, Any]) -> None:
    assert parse_vary(text) == (path, how)


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b=", "=1", "a.b=1..2..3", "a.b=1..x", "a.b=1:2:0", "a.b=1:true:2", "a b=1"],
)
def test_a_way_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match="--vary"):
        parse_vary(text)


def test_too_many_values_are_refused() -> None:
    with pytest.raises(ExperimentError, match="gives 1,000,001 values"):
        parse_vary("a.b=0:1:1e-6")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("seed = 3", "sed = 3", "experiment.sed: unknown key; did you mean 'seed'?"),
        ("seed = 3", "seed = -3", "experiment.seed = -3: must be greater than or equal to 0"),
        ("seed = 3", 'seed = "x"', "experiment.seed = 'x': must be a whole number"),
        ("seed = 3", "max_failures = 1.5", "must be a number of runs, or a share like '5%'"),
        ('"lhs"', '"lsh"', "design.method = 'lsh': did you mean 'lhs'?"),
        ("samples = 4", "samples = 0", "design.samples = 0: must be greater"),
        ('"lhs"', '"sobol"\nlevels = 4', "design: levels do nothing for method sobol"),
        ("low = 0.1", "lo = 0.1", "vary.funding.recovery.lo: unknown key; did you mean 'low'?"),
        ("low = 0.1", "low = 0.7", "vary.funding.recovery: needs low and high, low under high"),
        ('"log"', '"lgo"', "scale = 'lgo': did you mean 'log'?"),
        ("low = 1e9", "low = 0", "needs low over 0 on a log scale"),
        ("[100, 200]", "[]", "vary.enterprise.customers.values = (): must not be empty"),
        ("[100, 200]", "[100, 100]", "vary.enterprise.customers: names a value twice"),
        ("[100, 200]", "[[1]]", "must be a number, true, false or a text"),
        ("[design]", "[desing]", "desing: unknown key; did you mean 'design'?"),
        ('name = "hard"', 'name = "as-it-is"', "arms: two are called 'as-it-is'"),
        ('name = "hard"', 'name = "a b"', "must be of letters, digits, - and _"),
        ("funding.signal_noise", "funding.recovery", "arms: hard sets funding.recovery, which"),
        ("[[arms]]", "[arms]", "not valid TOML"),
        ('scenario = "minimal"\n', "", "experiment.scenario: is missing"),
        ('"minimal"', '"minmal"', "there is no scenario"),
        ("funding.signal_noise", "funding.signal_nois", "did you mean 'signal_noise'?"),
        ("0.2 }", "-0.2 }", "arms.hard: override 'funding.signal_noise=-0.2'"),
        ('"freeze"', '"freze"', "outputs = 'freze': is no outcome; did you mean 'freeze'?"),
        ("funding.recovery", "funding.recovry", "'funding.recovry'; did you mean 'recovery'?"),
        ("labs.lab.cash", "labs.lba.cash", "arm as-it-is has no 'labs.lba'; did you mean 'lab'"),
        ('"labs.lab.cash_usd"', '"labs.lab"', "'labs.lab' is a table, not a parameter"),
        ("[100, 200]", "[100, 1.5]", "1.5 must be a whole number"),
        ("[100, 200]", "[100, true]", "true must be a whole number"),
        ("high = 0.5", "high = 1.5", "must be a number >= 0, < 1"),
        ("funding.recovery >", "funding.recover >", "'funding.recover' does not vary"),
        ("funding.recovery >", "funding.recovery =", "must be 'path == value'"),
        ("recovery > 0.3", "recovery > high", "'high' must be a number"),
        ("recovery > 0.3", "recovery > 0.3", ""),
    ],
)
def test_what_is_wrong_is_named(write: Write, old: str, new: str, reason: str) -> None:
    assert old in FILE
    path = write(FILE.replace(old, new))
    if reason:
        text = refusal(path)
        assert reason in text
        assert text.startswith("mine.toml: ")
    else:
        assert plan_sweep(read_experiment(path)).runs == 8


def test_a_samples_option_that_does_not_fit(write: Write) -> None:
    text = refusal(write(), design="sobol", samples=9)
    assert text.endswith("samples of sobol must be a power of two: 8 or 16, not 9")


@pytest.mark.parametrize("name", ["nope", "", "nope.toml", "a\0b", "x" * 5000])
def test_an_experiment_that_is_not_there(name: str) -> None:
    with pytest.raises(ExperimentError, match="there is no experiment"):
        read_experiment(name)


def test_files_that_cannot_be_read(tmp_path: Path, write: Write) -> None:
    assert "is a folder" in refusal(tmp_path)
    path = write()
    path.write_bytes(b"name = \xff")
    assert refusal(path) == "mine.toml: cannot be read: is not UTF-8 text"


def test_conditions_in_a_circle(write: Write) -> None:
    circle = FILE.replace("high = 0.5 }", 'high = 0.5, when = "labs.lab.cash_usd > 2e9" }')
    assert "conditions go in a circle: funding.recovery -> labs.lab.cash_usd" in refusal(
        write(circle)
    )


def test_a_quarter_may_be_a_label(write: Write) -> None:
    text = '[experiment]\nscenario = "openai-fails"\n[vary]\n"{}" = ["2026Q1", 4]\n'
    name = next(iter(tomllib.loads(SHOCKED)["shocks"]))
    experiment = read_experiment(write(text.format(f"shocks.{name}.quarter")))
    design = plan_sweep(experiment).design
    assert design.column(f"shocks.{name}.quarter").to_pylist() == [2, 4]
    wrong = write(text.format(f"shocks.{name}.quarter").replace("2026Q1", "2020Q1"))
    assert "'2020Q1' is no quarter from 2025Q3 on" in refusal(wrong)
    never = write(text.format(f"shocks.{name}.quarter").replace("2026Q1", "never"))
    assert "'never' cannot vary" in refusal(never)


SHOCKED = (
    Path(__file__).resolve().parents[3] / "runs" / "scenarios" / "openai-fails.toml"
).read_text(encoding="utf-8")


# --- identity


def test_the_hash_is_of_what_decides_the_results(write: Write) -> None:
    first = read_experiment(write())
    same = read_experiment(
        write(name="other.toml"), name="other", max_failures=3, run_timeout_s=9.0
    )
    assert experiment_hash(first) == experiment_hash(same)
    for change in (
        {"seed": 4},
        {"samples": 5},
        {"outputs": ["cut"]},
        {"changes": ["funding.freeze_ratio=0.4"]},
        {"vary": ["enterprise.customers=100"]},
    ):
        assert experiment_hash(read_experiment(write(), **change)) != experiment_hash(first)


def test_a_changed_scenario_file_is_another_experiment(write: Write) -> None:
    write('extends = "minimal"\nname = "own"\n', "world.toml")
    path = write(FILE.replace('"minimal"', '"world.toml"'), "mine.toml")
    before = experiment_hash(read_experiment(path))
    write('extends = "minimal"\nname = "own"\n[funding]\nfreeze_ratio = 0.3\n', "world.toml")
    assert experiment_hash(read_experiment(path)) != before

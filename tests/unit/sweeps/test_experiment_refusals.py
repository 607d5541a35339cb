"""What an experiment may not say twice: an option or a key that would do nothing is refused."""

from pathlib import Path
from typing import Any

import pytest

from runs.experiments.plan import plan_sweep
from runs.experiments.text import make_experiment, parse_vary, read_experiment
from runs.problems import ExperimentError

FILE = """
[experiment]
scenario = "minimal"
outputs = ["freeze"]
[vary]
"funding.recovery" = [0.1, 0.2]
[[arms]]
name = "a"
[[arms]]
name = "b"
set = { "bank.capital_floor" = 0.05 }
"""


def make(**keys: Any) -> Any:
    others = {key: keys.pop(key) for key in ("vary", "arms", "design") if key in keys}
    plain = {"name": "x", "scenario": "minimal", "outputs": ["freeze"]}
    return {"experiment": {**plain, **keys}, **others}


@pytest.mark.parametrize(
    ("tree", "who"),
    [
        (make(quarters=4, vary={"quarters": [4, 6]}), "vary"),
        (make(quarters=4, changes=["quarters = 6"]), "changes"),
        (make(quarters=4, arms=[{"name": "a", "set": {"quarters": 6}}]), "arm a"),
    ],
)
def test_a_second_length_is_refused(tree: Any, who: str) -> None:
    with pytest.raises(ExperimentError, match=f"quarters: {who} gives them too; keep one"):
        make_experiment(tree)
    del tree["experiment"]["quarters"]
    assert plan_sweep(make_experiment(tree)).runs >= 1


def test_set_of_what_varies_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "e.toml"
    file.write_text(FILE)
    change = "funding.recovery=0.3"
    with pytest.raises(ExperimentError, match=r"--set funding.recovery=0.3: it varies; use --vary"):
        read_experiment(file, changes=[change])
    # Given together with --vary, the change is the value that the scenario needs to be valid.
    both = read_experiment(file, changes=[change], vary=["funding.recovery=0.4,0.5"])
    assert both.vary["funding.recovery"].values == (0.4, 0.5)


def test_set_of_what_an_arm_sets_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "e.toml"
    file.write_text(FILE)
    with pytest.raises(ExperimentError, match=r"--set bank.capital_floor=0.1: arm b sets it"):
        read_experiment(file, changes=["bank.capital_floor=0.1"])


def test_a_quarter_after_the_last_is_refused() -> None:
    late = make(quarters=4, outputs=["capex_usd:at(4)"])
    with pytest.raises(ExperimentError, match=r"after the last quarter; did you mean 'at\(3\)'"):
        plan_sweep(make_experiment(late))
    late["experiment"]["outputs"] = ["capex_usd:at(3)"]
    assert plan_sweep(make_experiment(late)).runs == 1


def test_a_late_quarter_may_be_measured_where_the_length_varies() -> None:
    plan = plan_sweep(make_experiment(make(outputs=["capex_usd:at(5)"], vary={"quarters": [4, 6]})))
    results = [plan.task.execute(row) for row in plan.design.to_pylist()]
    assert [result.status for result in results] == ["ok", "ok"]
    assert results[0].values == (None,)
    assert results[1].values[0] > 0


def test_a_value_out_of_bounds_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("funding.recovery\n0.2\n\n7\n")
    tree = make(design={"method": "csv", "file": "p.csv"})
    with pytest.raises(ExperimentError, match=r"p.csv, line 4: point 1: funding.recovery = 7.0"):
        plan_sweep(make_experiment(tree, tmp_path))


@pytest.mark.parametrize("steps", ["0:1e308:1e-308", "0:inf:1", "0:20000:1"])
def test_too_many_steps_are_refused(steps: str) -> None:
    with pytest.raises(ExperimentError, match=r"values: at most 10,000; take a longer step"):
        parse_vary(f"funding.recovery={steps}")


def test_a_quote_that_does_not_end_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('funding.recovery\n0.2\n"0.3\n')
    tree = make(design={"method": "csv", "file": "p.csv"})
    with pytest.raises(ExperimentError, match=r"p.csv, line 3: is no CSV: unexpected end"):
        plan_sweep(make_experiment(tree, tmp_path))

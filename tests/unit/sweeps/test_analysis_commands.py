"""Commands sensitivity, discover and compare on a real small sweep and on folders with failures."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from analysis_frames import designed, with_output
from sweep_tasks import make_plan

from runs.analysis.comparison import compare_arms, pairs_of
from runs.analysis.discovery import cart_rules, find_cases, prim_box
from runs.analysis.report import (
    comparison_picture,
    discovery_picture,
    rules_picture,
    sensitivity_picture,
    table_lines,
    write_picture,
)
from runs.analysis.sensitivity import Question, morris_effects, pawn_indices, sobol_indices
from runs.cli import execute
from runs.commands.analyses import read_sweep
from runs.experiments.sweeps import SweepOptions, run_plan
from runs.sweep.workers import InProcess

EXPERIMENT = """
[experiment]
scenario = "minimal"
quarters = 4
outputs = ["labs_revenue_usd:last", "labs_cash_usd:last", "freeze", "freeze_quarter", "defaults"]
replications = 2
[design]
method = "{method}"
samples = {samples}
[vary]
"funding.recovery" = {{ low = 0.1, high = 0.9 }}
"consumers.paying_growth" = {{ low = 0.0, high = 0.3 }}
[[arms]]
name = "base"
[[arms]]
name = "noisy"
set = {{ "funding.signal_noise" = 0.5 }}
"""
NAMES = ["a", "b"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Sobol sweep with arms of the smallest scenario, through the command line."""
    place = tmp_path_factory.mktemp("sweep")
    (place / "e.toml").write_text(EXPERIMENT.format(method="sobol", samples=4))
    assert execute(["sweep", str(place / "e.toml"), "-o", str(place / "out"), "-j", "0"]) == 0
    return place / "out"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A sweep of 40 runs, two of which failed."""
    plan = make_plan(40, deeds={5: "raise", 8: "raise"})
    run_plan(plan, tmp_path / "broken", InProcess(), SweepOptions())
    return tmp_path / "broken"


def ask(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = execute([str(word) for word in words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_sensitivity_prints_and_writes_what_it_found(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv, png = tmp_path / "t.csv", tmp_path / "t.png"
    words = ["sensitivity", folder, "--output", "labs_revenue_usd:last", "--arm", "base"]
    code, out, err = ask(capsys, *words, "--csv", csv, "--picture", png)
    assert code == 0, err
    assert "consumers.paying_growth drives labs_revenue_usd:last most" in out
    assert "4 base samples" in out
    table = pd.read_csv(csv)
    assert table["parameter"][0] == "consumers.paying_growth"
    assert png.read_bytes().startswith(b"\x89PNG")
    code, _, err = ask(capsys, *words, "--csv", csv)
    assert code == 5
    assert "--overwrite" in err
    assert ask(capsys, *words, "--csv", csv, "--overwrite")[0] == 0


def test_compare_prints_every_number_and_says_what_it_cannot_compare(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(capsys, "compare", folder, "--picture", tmp_path / "c.svg")
    assert code == 0, err
    assert "labs_cash_usd:last" in out
    assert "not compared: output 'freeze_quarter'" in out
    assert "16 points, 2 replicates" in out
    assert (tmp_path / "c.svg").read_text().startswith("<?xml")


def test_discover_finds_the_region_of_an_output(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame, _ = read_sweep(folder)
    middle = float(frame["labs_revenue_usd:last"].median())
    where = f"labs_revenue_usd:last > {middle:g}"
    words = ["discover", folder, "--arm", "base", "--where", where]
    code, out, err = ask(capsys, *words, "--peeling", tmp_path / "p.csv", "--density", "0.7")
    assert code == 0, err
    assert "consumers.paying_growth" in out
    assert pd.read_csv(tmp_path / "p.csv")["mass"][0] == 1
    code, _, err = ask(capsys, *words, "--method", "cart")
    assert (code, "too few for a tree" in err) == (2, True)


def test_failed_runs_are_printed_never_a_zero(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sensitivity", broken, "--output", "square", "--arm", ""]
    code, out, err = ask(capsys, *words, "--method", "pawn", "--max-lost", "0.2")
    assert code == 2  # ten points each: the message of PAWN
    assert "too few for PAWN" in err
    code, out, err = ask(capsys, "discover", broken, "--where", "square > 80", "--arm", "")
    assert code == 0, err
    assert "left out: 1 of 20 points, because 1 of 20 runs have no value (1 failed)" in out
    code, out, err = ask(capsys, "discover", broken, "--where", "square > 80", "--max-lost", "0")
    assert code == 2


def test_runs_that_were_never_done_are_counted(broken: Path) -> None:
    frame, _ = read_sweep(broken)
    assert len(frame) == 40
    part = sorted((broken / "runs").glob("part-*"))[0]
    lines = (broken / "parts.jsonl").read_text().splitlines()
    (broken / "parts.jsonl").write_text(
        "".join(f"{line}\n" for line in lines if json.loads(line)["part"] != 0)
    )
    part.unlink()
    frame, _ = read_sweep(broken)
    assert len(frame) == 40
    assert (frame["status"] == "not run").sum() == 3
    assert frame.attrs["varied"] == ["funding.recovery", "lab.depth"]
    assert frame.loc[frame["status"] == "not run", "square"].isna().all()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sensitivity", "{}", "--output", "x"], "choose one with --arm: base, noisy"),
        (["sensitivity", "{}", "--output", "freze", "--arm", "base"], "did you mean 'freeze'"),
        (["sensitivity", "{}", "--output", "defaults", "--arm", "base"], "is 0 in all runs"),
        (["discover", "{}", "--where", "frze", "--arm", "base"], "did you mean 'freeze'"),
        (["discover", "{}", "--where", "defaults > 0", "--arm", "base"], "never holds"),
        (["discover", "{}", "--where", "freeze", "--depth", "3"], "belongs to --method cart"),
        (
            ["discover", "{}", "--where", "freeze", "--method", "cart", "--peeling", "p.csv"],
            "--peeling belongs to --method prim",
        ),
        (["compare", "{}", "--baseline", "bas"], "did you mean 'base'"),
        (["compare", "{}", "--picture", "c.jpg"], "unknown kind '.jpg'"),
        (["compare", "{}", "--csv", "no/such/c.csv"], "there is no folder"),
        (["compare", "{}/runs"], "holds no sweep"),
    ],
)
def test_what_cannot_be_answered_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    code, out, err = ask(capsys, *(word.replace("{}", str(folder)) for word in words))
    assert code in {2, 5}
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_pictures_are_titled_labelled_and_the_same_each_time(tmp_path: Path) -> None:
    ranges = dict.fromkeys(NAMES, (0.0, 1.0))
    ask_about = Question("y", NAMES, resamples=30)

    def made(method: str) -> pd.DataFrame:
        return with_output(designed(method, ranges, 32), NAMES, lambda x: 2 * x[0] + x[1])

    arms = with_output(designed("lhs", ranges, 8, arms=["p", "q"]), NAMES, lambda x: x[0])
    comparison = compare_arms(arms)
    cases = find_cases(made("lhs"), "y > 1.5", NAMES)
    draws = {
        "sobol": lambda: sensitivity_picture(sobol_indices(made("sobol"), ask_about)),
        "morris": lambda: sensitivity_picture(morris_effects(made("morris"), ask_about)),
        "pawn": lambda: sensitivity_picture(pawn_indices(made("lhs"), ask_about)),
        "prim": lambda: discovery_picture(prim_box(cases)),
        "cart": lambda: rules_picture(cart_rules(cases)),
        "compare": lambda: comparison_picture(
            comparison, {("y", "q"): pairs_of(arms, "y", "p", "q")}
        ),
    }
    for name, draw in draws.items():
        figure = draw()
        assert figure.get_suptitle(), name
        assert all(axes.get_xlabel() for axes in figure.axes), name
    for suffix in (".png", ".svg", ".pdf"):
        for copy in ("1", "2"):
            write_picture(draws["sobol"], tmp_path / f"{copy}{suffix}")
        first, second = ((tmp_path / f"{copy}{suffix}").read_bytes() for copy in "12")
        assert first == second


def test_tables_read_in_a_terminal() -> None:
    table = pd.DataFrame({"parameter": ["a", "bb"], "first": [0.12345, np.nan], "n": [3, 12000]})
    assert table_lines(table) == [
        "parameter  first       n",
        "a          0.123       3",
        "bb             -  12,000",
    ]
    assert table_lines(table.head(0)) == ["(no rows)"]

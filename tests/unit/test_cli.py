"""The command line: every command, its exit codes and its one-line errors."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from market.books.identities import IdentityViolation
from market.scenario import load_scenario, scenario_names
from runs.cli import execute
from runs.single_run import simulate
from runs.single_run.story import DISCLAIMER

SHORT = ["run", "minimal", "--quarters", "3"]
HEAVY = ["mesa", "pandas", "matplotlib", "numpy", "pyarrow", "rich", "tqdm"]

Result = tuple[int, str, str]
Cli = Callable[..., Result]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        code = execute(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def shell(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_lists_the_commands(cli: Cli) -> None:
    code, out, _ = cli("--help")
    assert code == 0
    assert all(name in out for name in ("run", "scenario", "schema", "bench"))


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from runs.cli import execute; execute(['run', '--help']);"
        f"print('loaded', [name for name in {HEAVY} if name in sys.modules])"
    )
    found = shell(sys.executable, "-c", code, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == "loaded []"


def test_python_m_runs_is_the_same_program(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("kaartenhuis")
    first = shell(sys.executable, "-m", "runs", "--version", cwd=tmp_path)
    second = shell(str(command), "--version", cwd=tmp_path)
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout
    assert first.stdout.startswith("kaartenhuis ")


def test_a_reader_that_stops_early_sees_no_traceback(tmp_path: Path) -> None:
    found = shell("sh", "-c", f"'{sys.executable}' -m runs schema | head -1", cwd=tmp_path)
    assert found.stderr == ""
    assert found.stdout.startswith("path")


@pytest.mark.parametrize("group", [[], ["scenario"]])
def test_a_group_without_a_command_explains_itself(cli: Cli, group: list[str]) -> None:
    code, _, err = cli(*group)
    assert code == 2
    assert "Commands:" in err


# --- run


def test_run_tells_a_story_and_shows_progress(cli: Cli) -> None:
    code, out, err = cli(*SHORT)
    assert code == 0
    for heading in ("MONEY RAISED", "WHO PAID WHOM", "TURNING POINTS", "THE WEAKEST LINK"):
        assert heading in out
    assert out.startswith("minimal: 2025Q3 to 2026Q1 (3 quarters), seed 42\n")
    assert out.rstrip().endswith(DISCLAIMER)
    assert "3" in err
    assert list(Path().iterdir()) == []


def test_run_is_repeatable_and_depends_on_seed_and_parameters(cli: Cli) -> None:
    plain = cli(*SHORT)[1]
    assert cli(*SHORT)[1] == plain
    poor = cli(*SHORT, "--set", "labs.lab.cash_usd=1e8", "--set", "labs.lab.staff_cost_usd=2e9")
    assert poor[0] == 0
    assert poor[1] != plain
    assert "seed 7" in cli(*SHORT, "--seed", "7")[1]


def test_quiet_says_only_what_was_asked_for(cli: Cli) -> None:
    assert cli(*SHORT, "--quiet") == (0, "", "")
    code, out, err = cli(*SHORT, "--quiet", "--matrix", "2025Q4", "--by", "party")
    assert (code, err) == (0, "")
    assert out.startswith("Balance sheet matrix, 2025Q4 (bn USD)\n")
    lab = load_scenario("minimal").labs["lab"].name
    assert lab in out.splitlines()[1]


@pytest.mark.parametrize(
    ("option", "title", "row"),
    [
        ("--matrix", "Balance sheet matrix", "deposits"),
        ("--flow-matrix", "Transactions flow matrix", "compute"),
        ("--revaluation-matrix", "Revaluation matrix", "net worth"),
    ],
)
def test_matrices_have_sums_of_zero(cli: Cli, option: str, title: str, row: str) -> None:
    code, out, _ = cli(*SHORT, "--quiet", option, "2026Q1")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == f"{title}, 2026Q1 (bn USD)"
    assert any(line.startswith(row) for line in lines)
    assert set(lines[-1].split()[1:]) == {"0"}


def test_matrices_change_no_number(cli: Cli) -> None:
    plain = cli(*SHORT)[1]
    with_matrix = cli(*SHORT, "--matrix", "2025Q3", "--flow-matrix", "2026Q1")[1]
    assert with_matrix.startswith(plain.rstrip("\n"))


def test_why_follows_an_event_back(cli: Cli) -> None:
    code, out, _ = cli("run", "minimal", "--quiet", "--why", "0")
    assert code == 0
    assert out.startswith("Why event 0:\n20")


REFUSED = (
    *("run", "minimal", "--quiet", "--quarters", "10", "--seed", "2"),
    *("--set", "shocks.no.kind=refuse funding", "--set", "shocks.no.quarter=0"),
    *("--set", "shocks.no.target=lab", "--set", "labs.lab.cash_usd=2e9"),
    *("--set", "labs.lab.staff_cost_usd=1e9", "--set", "investors.one.cash_usd=900e9"),
)


def first_failed_round(cli: Cli) -> tuple[int, int]:
    """Numbers of the first failed round of the lab that nobody funds, and of the refusal."""
    for number in range(40):
        _, out, _ = cli(*REFUSED, "--why", str(number), "--json")
        event = json.loads(out)[0]["chain"][0]
        if event["kind"] == "failed round":
            return number, event["causes"][0]
    raise AssertionError("no round failed")


def test_a_chain_claims_no_more_than_it_knows_until_twins_are_asked(cli: Cli) -> None:
    number, refusal = first_failed_round(cli)
    code, plain, _ = cli(*REFUSED, "--why", str(number))
    assert code == 0
    assert "came before and could reach it" in plain
    assert "because" not in plain
    assert plain.endswith("--confirm asks twins.\n")
    code, asked, err = cli(*REFUSED, "--why", str(number), "--confirm")
    assert (code, err) == (0, "")
    assert asked.startswith(plain[: plain.index("Which of them")])
    assert f"Without [{refusal}] " in asked
    assert "): confirmed" in asked


def test_chains_as_json(cli: Cli) -> None:
    number, refusal = first_failed_round(cli)
    code, out, err = cli(*REFUSED, "--why", str(number), "--why", "0", "--confirm", "--json")
    assert (code, err) == (0, "")
    chain, other = json.loads(out)
    assert chain["event"] == chain["chain"][0]["id"] == number
    assert [event["id"] for event in chain["chain"][1:]] == [refusal]
    assert chain["chain"][1]["label"] == "2025Q3"
    (test,) = chain["confirmation"]["tests"]
    assert (test["causes"], test["is_confirmed"]) == ([refusal], True)
    assert other["event"] == 0


def test_out_writes_the_files(cli: Cli) -> None:
    code, _, err = cli(*SHORT, "--out", "results", "--no-pictures")
    assert code == 0
    assert "results written to results" in err
    assert Path("results", "manifest.json").is_file()
    assert not Path("results", "pictures").exists()
    code, _, err = cli(*SHORT, "--out", "results", "--no-pictures", "--overwrite", "--quiet")
    assert (code, err) == (0, "")


# --- scenario and schema


def test_scenario_list_names_every_scenario(cli: Cli) -> None:
    code, out, _ = cli("scenario", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == scenario_names()


def test_scenario_show_prints_values_with_their_sources(cli: Cli) -> None:
    code, out, _ = cli("scenario", "show", "minimal", "--set", "funding.recovery=0.31")
    assert code == 0
    assert out.splitlines()[0].split() == ["path", "value", "unit", "confidence", "source"]
    (line,) = (line for line in out.splitlines() if line.startswith("funding.recovery "))
    assert line.split()[1] == "0.31"


def test_scenario_show_prints_csv(cli: Cli) -> None:
    code, out, _ = cli("scenario", "show", "reference", "--csv")
    rows = {row["path"]: row for row in csv.DictReader(io.StringIO(out))}
    assert code == 0
    assert float(rows["enterprise.switching_cost_median_eur"]["value"]) == 3.0
    assert all(row["confidence"] for row in rows.values())


def test_scenario_check_accepts_all_that_come_with_the_package(cli: Cli) -> None:
    code, out, _ = cli("scenario", "check", *scenario_names())
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == scenario_names()
    assert all(": valid; " in line for line in out.splitlines())


@pytest.mark.parametrize("base", scenario_names())
def test_scenario_new_writes_a_file_that_is_valid_and_like_its_base(cli: Cli, base: str) -> None:
    code, out, _ = cli("scenario", "new", "mine.toml", "--from", base)
    assert code == 0
    assert "mine.toml" in out
    mine, origin = load_scenario("mine.toml"), load_scenario(base)
    changed = {"name": origin.name, "description": origin.description}
    assert mine.model_copy(update=changed) == origin
    assert cli("scenario", "check", "mine.toml")[0] == 0


def test_the_examples_in_a_new_file_are_valid(cli: Cli) -> None:
    cli("scenario", "new", "mine.toml", "--from", "minimal")
    text = Path("mine.toml").read_text(encoding="utf-8")
    for line in ("[labs.", "cash_usd", "[shocks", "kind", "quarter", "target"):
        assert f"\n# {line}" in text
        text = text.replace(f"\n# {line}", f"\n{line}")
    Path("mine.toml").write_text(text, encoding="utf-8")
    parameters = load_scenario("mine.toml")
    assert parameters.shocks["no-more-money"].quarter == 4
    assert parameters.labs["lab"].cash_usd == 20e9


def test_schema_in_three_forms(cli: Cli) -> None:
    code, out, _ = cli("schema")
    assert code == 0
    assert any(line.startswith("funding.recovery ") for line in out.splitlines())
    rows = list(csv.DictReader(io.StringIO(cli("schema", "--csv")[1])))
    assert json.loads(cli("schema", "--json")[1]) == rows
    assert all(row["meaning"] and row["unit"] for row in rows)


def test_bench_measures_every_phase(cli: Cli) -> None:
    code, out, _ = cli("bench", "--scenario", "minimal", "--repeat", "1")
    assert code == 0
    for name in ("hold funding rounds", "mark to market", "in all", "identity checks"):
        (line,) = (line for line in out.splitlines() if name in line)
        assert float(line.split()[-2].replace(",", "")) > 0


# --- errors


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["rnu"], "did you mean 'run'"),
        (["run"], "missing argument"),
        (["run", "minimol"], "did you mean 'minimal'"),
        (["run", "missing/folder.toml"], "there is no scenario"),
        (["run", "minimal", "--sede", "1"], "--seed"),
        (["run", "minimal", "--seed", "-1"], "--seed"),
        (["run", "minimal", "--seed", "x"], "--seed"),
        (["run", "minimal", "--quarters", "0"], "--quarters"),
        (["run", "minimal", "--quarters", "401"], "quarters"),
        (["run", "minimal", "--by", "firm"], "'sector', 'party'"),
        (["run", "minimal", "--set", "funding.recoverry=0.3"], "did you mean 'recovery'"),
        (["run", "minimal", "--set", "funding.recovery=lots"], "funding.recovery"),
        (["run", "minimal", "--set", "funding.recovery=7"], "funding.recovery"),
        (["run", "minimal", "--set", "funding.recovery"], "funding.recovery"),
        (["run", "minimal", "--matrix", "2099Q4"], "the nearest is 2030q2"),
        (["run", "minimal", "--matrix", "2025Q2"], "the nearest is 2025q3"),
        (["run", "minimal", "--flow-matrix", "2026q1"], "did you mean '2026q1'"),
        (["run", "minimal", "--revaluation-matrix", "soon"], "choose one of 2025q3 to 2030q2"),
        ([*SHORT, "--why", "999"], "no event 999"),
        ([*SHORT, "--why", "999", "--confirm"], "no event 999"),
        ([*SHORT, "--why", "-1"], "no event -1"),
        ([*SHORT, "--confirm"], "add --why event"),
        ([*SHORT, "--json"], "add --why event"),
        ([*SHORT, "--why", "0", "--json", "--matrix", "2026Q1"], "ask for matrices without it"),
        (["scenario", "show", "refrence"], "did you mean 'reference'"),
        (["scenario", "check", "bad.toml"], "bad.toml"),
        (["scenario", "new", "bad.toml"], "exists"),
        (["scenario", "new", "new.toml", "--from", "minmal"], "did you mean 'minimal'"),
        (["scenario", "new", "missing/new.toml"], "cannot write"),
        (["schema", "--csv", "--json"], "choose one"),
        (["bench", "--scenario", "minimul"], "did you mean 'minimal'"),
        ([*SHORT, "--out", "bad.toml"], "is a file"),
        ([*SHORT, "--out", "full"], "not empty"),
        ([*SHORT, "--out", "full", "--overwrite"], "holds no results"),
    ],
)
def test_what_a_user_does_wrong_is_one_line_and_exit_code_2(
    cli: Cli, arguments: list[str], text: str
) -> None:
    Path("bad.toml").write_text('extends = "minimal"\n[funding]\nrecovery = [1]\n')
    Path("full").mkdir()
    Path("full", "thesis.txt").write_text("years of work")
    code, out, err = cli(*arguments)
    line = err.splitlines()[-1].split("\r")[-1].strip()
    assert (code, out) == (2, "")
    assert line.startswith("error: ")
    assert text in line.lower()
    assert "Traceback" not in err
    assert sorted(path.name for path in Path().iterdir()) == ["bad.toml", "full"]
    assert [path.name for path in Path("full").iterdir()] == ["thesis.txt"]


def test_a_violated_identity_is_one_line_and_exit_code_1(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise IdentityViolation("I1", "2026Q1", "pay wages", 1)

    monkeypatch.setattr(simulate, "simulate", stop)
    code, out, err = cli(*SHORT, "--quiet")
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert "I1" in err
    assert "2026Q1" in err
    assert len(err.splitlines()) == 1


def test_a_bug_is_not_hidden(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(simulate, "simulate", stop)
    with pytest.raises(KeyError, match="a bug"):
        cli(*SHORT, "--quiet")


def test_an_interrupted_run_says_so(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulate, "simulate", stop)
    assert cli(*SHORT, "--quiet") == (130, "", "error: interrupted\n")

"""Files and options that nobody would write by accident: one line, the right code, nothing left."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from market.books.journal import LARGEST_AMOUNT
from market.parameters.schema import DEEPEST, LARGEST_USD, too_deep
from runs.cli import execute
from runs.files import LONGEST_NAME, draft_of, write_atomically
from runs.problems import MOST_JOBS

DEEP = ".".join(["a"] * 1000)
DIGITS = "9" * 300
MORE = "9" * 400
FIRST = "extends = 'minimal'\n"
EXPERIMENT = "[experiment]\nscenario = 'minimal'\nquarters = 2\noutputs = ['capex_usd:max']\n"

type Refuse = Callable[..., str]


@pytest.fixture
def refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Refuse:
    """Give arguments to the command; the line with which it refuses them, with nothing written."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, code: int = 2) -> str:
        before = sorted(tmp_path.rglob("*"))
        assert execute(arguments) == code
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("error: ")
        assert len(err.splitlines()) == 1
        assert len(err) < 900
        assert sorted(tmp_path.rglob("*")) == before
        return err

    return call


def test_the_ledger_and_the_files_agree_on_the_largest_amount() -> None:
    assert LARGEST_USD * 100 == LARGEST_AMOUNT


# --- TOML


@pytest.mark.parametrize(
    "text",
    [
        f"{DEEP} = 1",
        f"[{DEEP}]\nx = 1",
        f"[[{DEEP}]]\nx = 1",
        "x = " + "{a = " * 1000 + "1" + "}" * 1000,
        "x = " + "{a = " * 200 + "1" + "}" * 200,
        "labs.lab.cash_usd = " + "{value = " * 200 + "1" + "}" * 200,
        "start = " + "[" * 1000 + "]" * 1000,
        "start = " + "[" * 100 + "]" * 100,
    ],
)
def test_deep_tables(text: str, refused: Refuse, tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text(FIRST + text, encoding="utf-8")
    line = refused("run", "deep.toml", "--out", "out")
    assert "deep.toml: " in line
    assert f"more than {DEEPEST} tables or lists stand inside one another" in line
    (tmp_path / "deep.toml").write_text(f"{EXPERIMENT}[vary]\n{text}", encoding="utf-8")
    line = refused("sweep", "deep.toml", "-o", "out")
    assert "stand inside one another" in line


def test_the_deepest_table_that_is_read() -> None:
    tree: dict[str, object] = {"x": 1}
    for _ in range(DEEPEST - 1):
        tree = {"a": tree}
    assert too_deep(tree) == ""
    assert too_deep({"a": tree, "b": [1, [2]]}) == ".".join(["a"] * DEEPEST + ["x"])


def test_deep_paths_in_options(refused: Refuse, tmp_path: Path) -> None:
    assert "bad path 'a.a.a" in refused("run", "minimal", "--set", f"{DEEP}=1")
    nested = "funding.recovery=" + "[" * 100 + "]" * 100
    assert "inside one another" in refused("run", "minimal", "--set", nested)
    (tmp_path / "remove.toml").write_text(f"{FIRST}remove = ['{DEEP}']", encoding="utf-8")
    assert "remove.toml: bad path" in refused("run", "remove.toml")
    assert "--vary 'a.a.a" in refused(
        "sweep", "vendor-finance-by-dry-powder", "--vary", f"{DEEP}=1,2", "-n"
    )


@pytest.mark.parametrize("digits", [DIGITS, MORE, "9" * 5000])
def test_integers_of_hundreds_of_digits(digits: str, refused: Refuse, tmp_path: Path) -> None:
    for path in ("funding.recovery", "quarters", "enterprise.customers", "labs.lab.cash_usd"):
        assert path in refused("run", "minimal", "--set", f"{path}={digits}", "--out", "x")
        (tmp_path / "many.toml").write_text(f"{FIRST}{path} = {digits}", encoding="utf-8")
        assert "many.toml: " in refused("run", "many.toml", "--out", "x")
        vary = f"{EXPERIMENT}[vary]\n'{path}' = [{digits}]"
        (tmp_path / "e.toml").write_text(vary.replace("quarters = 2\n", ""), encoding="utf-8")
        assert "e.toml: " in refused("sweep", "e.toml", "-o", "out")
    (tmp_path / "e.toml").write_text(EXPERIMENT, encoding="utf-8")
    for how in (f"0:{digits}:1", f"0..{digits}", f"{digits}:{digits}:{digits}", digits):
        refused("sweep", "e.toml", "-n", "--vary", f"funding.recovery={how}")
    refused("run", "minimal", "--quarters", digits)
    refused("sweep", "e.toml", "-o", "out", "--seed", digits)
    refused("sweep", "e.toml", "-o", "out", "--replications", digits)
    refused("sweep", "e.toml", "-o", "out", "--max-failures", f"-{digits}")
    refused("twins", "minimal", "--do", "fail:lab", "--quarter", digits)
    refused("twins", "minimal", "--do", "fail:lab", "--quarter", "2", "--seed", digits)
    refused("twins", "minimal", "--do", "fail:lab", "--quarter", "2", "--after", digits)


@pytest.mark.parametrize("usd", ["1e15", "1e17", "1e300", "-1e16", DIGITS])
def test_money_beyond_the_ledger(usd: str, refused: Refuse, tmp_path: Path) -> None:
    line = refused("run", "minimal", "--set", f"labs.lab.cash_usd={usd}", "--out", "out")
    assert "override 'labs.lab.cash_usd=" in line
    assert "labs.lab.cash_usd = " in line
    path = "clouds.cloud.operating_cash_flow_usd"
    (tmp_path / "rich.toml").write_text(f"{FIRST}{path} = {usd}", encoding="utf-8")
    assert f"rich.toml: {path} = " in refused("run", "rich.toml", "--out", "out")


def test_the_file_that_states_a_wrong_start_is_named(refused: Refuse, tmp_path: Path) -> None:
    reason = "start = '2025Q5': must be a quarter such as 2025Q3"
    (tmp_path / "base.toml").write_text("extends = 'reference'\nstart = '2025Q5'", encoding="utf-8")
    (tmp_path / "child.toml").write_text("extends = 'base.toml'", encoding="utf-8")
    for name in ("base.toml", "child.toml"):
        assert f"base.toml: {reason}" in refused("run", name)
    line = refused("run", "reference", "--set", "start=2025Q5")
    assert line == f"error: override 'start=2025Q5': {reason}\n"


@pytest.mark.parametrize("size", ["nan", "inf", "-inf"])
def test_sizes_of_shocks_that_are_no_numbers(size: str, refused: Refuse, tmp_path: Path) -> None:
    shock = f"[shocks.x]\nkind = 'refuse funding'\nquarter = 1\nsize = {size}"
    (tmp_path / "shock.toml").write_text(FIRST + shock, encoding="utf-8")
    line = refused("run", "shock.toml", "--out", "out")
    assert f"shock.toml: shocks.x.size = {size}: must be finite" in line
    for what in ("rate rise:", "fail:lab", "refuse funding:lab", "inflow:one"):
        line = refused("twins", "minimal", "--do", f"{what}:{size}", "--quarter", "2")
        assert f"the size '{size}' of '{what}:{size}' must be a finite number" in line


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("inflow:lab:0.5", "'lab' is no investor; choose one of: one, two"),
        ("inflow::-1", "from 0 to 100"),
        ("inflow:one:1e9", "from 0 to 100"),
        ("inflow:ome:1", "did you mean 'one'?"),
        ("fail:lab:3", "fail has no size: write fail:lab"),
        ("refuse funding:lab:3", "refuse funding has no size"),
        ("refuse funding:cloud", "cloud"),
        ("rate rise:lab:0.01", "strikes the whole market"),
        ("power delay::2", "must be from 0 to 1"),
    ],
)
def test_twins_that_cannot_be(what: str, reason: str, refused: Refuse) -> None:
    line = refused("twins", "minimal", "--do", what, "--quarter", "2", "-o", "out", "--quiet")
    assert "--do: " in line
    assert reason in line


# --- places


@pytest.mark.parametrize("place", ["x" * 300, "x/" + "y" * 300, "loop", "loop/x", "file/x"])
def test_places_that_cannot_be(place: str, refused: Refuse, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    (tmp_path / "e.toml").write_text(EXPERIMENT, encoding="utf-8")
    sweep = ["vendor-finance-by-dry-powder", "-j", "0", "--quiet"]
    for command in (
        ["run", "minimal", "--quarters", "1", "--out"],
        ["sweep", *sweep, "-o"],
        ["twins", "minimal", "--do", "fail:lab", "--quarter", "2", "-j", "0", "-o"],
        ["claims", "--quick", "--only", "C01", "-j", "0", "-o"],
        ["scenario", "new"],
    ):
        line = refused(*command, place)
        assert place[:20] in line
        assert "name another place" in line


def test_names_as_long_as_may_be(tmp_path: Path) -> None:
    for name in ("x" * LONGEST_NAME, "€" * (LONGEST_NAME // 3), "short"):
        path = tmp_path / name
        assert len(draft_of(path).name.encode()) <= LONGEST_NAME
        write_atomically(path, b"whole")
        assert path.read_bytes() == b"whole"
    assert draft_of(tmp_path / "short").name == ".short.tmp"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_new_scenario_makes_no_folders(refused: Refuse) -> None:
    line = refused("scenario", "new", "a/b/c.toml")
    assert line == "error: cannot write a/b/c.toml: there is no folder a/b\n"


def test_folders_made_for_results_go_when_these_fail(
    refused: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("runs.single_run.run_folder._write_text", fail)
    line = refused(
        "run", "minimal", "--quarters", "1", "--quiet", "--no-pictures", "--out", "new/out"
    )
    assert line == "error: cannot write to new/out: No space left on device\n"


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="the system has no such devices")
def test_designs_and_scenarios_are_read_from_files_alone(refused: Refuse, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "folder.csv").mkdir()
    for name in ("pipe.csv", "zero.csv", "folder.csv", "loop.csv", "none.csv"):
        line = refused("sweep", "vendor-finance-by-dry-powder", "--design", name, "-n")
        assert f"{name}: " in line
        for device in ("/dev/zero", "/dev/null"):
            design = f"{EXPERIMENT}[design]\nmethod = 'csv'\nfile = '{device}'"
            (tmp_path / "e.toml").write_text(design, encoding="utf-8")
            assert f"{device}: is no file" in refused("experiment", "check", "e.toml")
            (tmp_path / "e.toml").unlink()
    for name in ("pipe.csv", "/dev/zero", "folder.csv"):
        refused("run", name)
        refused("experiment", "check", name)


def test_files_that_are_far_too_large(refused: Refuse, tmp_path: Path) -> None:
    for name in ("huge.toml", "huge.csv"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(10**11)  # no block of it is on the disk
    assert "huge.toml: is larger than 20 MB" in refused("run", "huge.toml")
    assert "huge.toml: is larger than 20 MB" in refused("experiment", "check", "huge.toml")
    line = refused("sweep", "vendor-finance-by-dry-powder", "--design", "huge.csv", "-n")
    assert "huge.csv: is larger than 2000 MB" in line


# --- options


def test_more_processes_than_any_machine_has(refused: Refuse) -> None:
    line = refused("sweep", "vendor-finance-by-dry-powder", "-o", "out", "-j", "9" * 30)
    assert f"{MOST_JOBS}" in line


def test_time_limits_that_no_clock_holds(refused: Refuse) -> None:
    for text in ("1e300", "nan", "inf", "-1", "0"):
        line = refused(
            "sweep", "vendor-finance-by-dry-powder", "-o", "out", "-j", "1", "--run-timeout", text
        )
        assert "experiment.run_timeout_s" in line


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 1000 + "capex_usd:max > 1" + ")" * 1000,
        "not " * 1000 + "freeze",
        "(" * 1000,
        ")" * 1000,
        "capex_usd:max > 1" + " and capex_usd:max > 1" * 2000,
        "capex_usd:max > " + MORE,
        "'" * 1001,
    ],
)
def test_conditions(
    condition: str, tmp_path: Path, refused: Refuse, capsys: pytest.CaptureFixture[str]
) -> None:
    varied = f"{EXPERIMENT}[vary]\n'funding.recovery' = [0.1, 0.2]"
    (tmp_path / "e.toml").write_text(varied, encoding="utf-8")
    assert execute(("sweep", "e.toml", "-o", "out", "-j", "0", "--quiet")) == 0
    capsys.readouterr()
    line = refused("discover", "out", "--where", condition)
    assert line.startswith("error: --where ")

"""Spreadsheets: the decimal sign of every CSV file, and workbooks."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runs.cli import execute
from runs.experiments.sweeps import run_sweep
from runs.experiments.text import make_experiment
from runs.problems import UserProblem
from runs.tables import EXCEL_ROWS, csv_text, workbook_bytes

RUN = ("run", "minimal", "--quarters", "3", "--quiet", "--no-pictures")
FRAME = pd.DataFrame(
    {
        "name": ["a;b", "=1+1"],
        "half": [0.5, np.nan],
        "maybe": pd.array([1.25, None], "Float64"),
        "count": pd.array([1, None], "Int64"),
        "flag": [True, False],
    }
)


def test_a_point_is_the_sign_unless_asked() -> None:
    assert csv_text(FRAME) == "name,half,maybe,count,flag\na;b,0.5,1.25,1,True\n=1+1,,,,False\n"


def test_with_a_comma_semicolons_stand_between_the_cells() -> None:
    expected = 'name;half;maybe;count;flag\n"a;b";0,5;1,25;1;True\n=1+1;;;;False\n'
    assert csv_text(FRAME, ",") == expected


def same(left: Path, right: Path) -> None:
    """Compare a CSV file with points with one with commas."""
    with_comma = pd.read_csv(right, sep=";", decimal=",")
    pd.testing.assert_frame_equal(pd.read_csv(left), with_comma, check_exact=True)


def test_every_file_of_a_run_has_the_sign(tmp_path: Path) -> None:
    assert execute([*RUN, "--out", str(tmp_path / "point")]) == 0
    assert execute([*RUN, "--out", str(tmp_path / "comma"), "--decimal", ","]) == 0
    files = sorted((tmp_path / "point").rglob("*.csv"))
    assert len(files) > 12
    for path in files:
        same(path, tmp_path / "comma" / path.relative_to(tmp_path / "point"))
    command = (tmp_path / "comma" / "manifest.json").read_text()
    assert '"--decimal",\n    ","' in command


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep with two arms over a range."""
    folder = tmp_path_factory.mktemp("tables") / "sweep"
    tree = {
        "experiment": {
            "name": "s",
            "scenario": "minimal",
            "quarters": 4,
            "outputs": ["labs_cash_usd:last", "freeze"],
        },
        "design": {"method": "lhs", "samples": 24},
        "vary": {"labs.lab.cash_usd": {"low": 2e9, "high": 8e9}},
        "arms": [{"name": "base"}, {"name": "harder", "set": {"funding.signal_noise": 0.5}}],
    }
    run_sweep(make_experiment(tree), folder)
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("export", "{}", "--csv", "-o"),
        ("sensitivity", "{}", "--output", "labs_cash_usd:last", "--arm", "base", "--csv"),
        ("discover", "{}", "--where", "labs_cash_usd:last > 4.5e9", "--arm", "base", "--csv"),
        ("discover", "{}", "--where", "labs_cash_usd:last > 4.5e9", "--arm", "base", "--peeling"),
        ("compare", "{}", "--csv"),
    ],
)
def test_every_table_of_a_sweep_has_the_sign(
    words: tuple[str, ...], sweep: Path, tmp_path: Path
) -> None:
    given = [word.format(sweep) for word in words]
    assert execute([*given, str(tmp_path / "point.csv")]) == 0
    assert execute([*given, str(tmp_path / "comma.csv"), "--decimal", ","]) == 0
    same(tmp_path / "point.csv", tmp_path / "comma.csv")
    assert "," in (tmp_path / "comma.csv").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (RUN, "--decimal is the sign of the CSV files in a folder: add --out DIR"),
        (("compare", "{}"), "--decimal is the sign of a CSV file: add --csv FILE"),
        (("export", "{}", "--xlsx"), "--decimal belongs to --csv: a workbook shows"),
    ],
)
def test_a_sign_without_a_file_is_refused(
    words: tuple[str, ...], message: str, sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute([*(word.format(sweep) for word in words), "--decimal", ","]) == 2
    assert message in capsys.readouterr().err


def test_a_run_becomes_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "run.xlsx"
    assert execute([*RUN, "--out", str(tmp_path / "out"), "--xlsx", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    stems = {each.stem for each in (tmp_path / "out").glob("*.csv")}
    assert stems | {"balance-sheet", "transactions-flow", "revaluation", "about"} == set(
        book.sheetnames
    )
    known = pd.read_csv(tmp_path / "out" / "model.csv")
    found = pd.read_excel(path, sheet_name="model")
    assert found["labs_cash_usd"].tolist() == known["labs_cash_usd"].tolist()
    matrix = pd.read_excel(path, sheet_name="balance-sheet")
    assert matrix["quarter"].unique().tolist() == known["quarter"].tolist()
    assert ["command", "kaartenhuis run minimal --seed 42 --quarters 3 --no-pictures"] in [
        [cell.value for cell in row] for row in book["about"]
    ]


def test_texts_of_a_workbook_are_no_formulas(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (tmp_path / "a.xlsx").write_bytes(
        workbook_bytes({"a name that is longer than 31 letters": FRAME})
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.title == "a name that is longer than 31 l"
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["B2"].value == 0.5


def test_too_many_rows_for_a_sheet_are_refused() -> None:
    pytest.importorskip("openpyxl")
    with pytest.raises(UserProblem, match=r"long: 1,048,576 rows do not fit .* use --csv"):
        workbook_bytes({"long": pd.DataFrame({"a": range(EXCEL_ROWS)})})


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("run.csv", 2, "name a file that ends in .xlsx"),
        ("no/run.xlsx", 2, "there is no folder"),
        ("there.xlsx", 5, "is there already: name another file or add --overwrite"),
    ],
)
def test_a_workbook_that_cannot_be_written_is_refused_before_the_run(
    name: str, code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openpyxl")
    (tmp_path / "there.xlsx").write_text("mine")
    assert execute([*RUN, "--xlsx", str(tmp_path / name)]) == code
    assert message in capsys.readouterr().err
    assert (tmp_path / "there.xlsx").read_text() == "mine"


def test_without_openpyxl_it_says_how_to_get_it(
    tmp_path: Path,
    sweep: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    for words in ([*RUN, "--xlsx", str(tmp_path / "a.xlsx")], ["export", str(sweep), "--xlsx"]):
        assert execute(words) == 2
        expected = "error: --xlsx needs openpyxl: pip install 'kaartenhuis[excel]'\n"
        assert capsys.readouterr().err == expected

"""``kaartenhuis twins``: arms on the command line."""

from __future__ import annotations

import pytest

from runs.cli import execute

BASE = ["twins", "minimal", "--after", "4", "--replications", "2", "-j", "0", "--quiet"]


def test_two_arms_are_measured_from_one_state(capsys, tmp_path):
    words = ["--do", "refuse funding:lab", "--do", "price cut:lab:3", "--quarter", "4"]
    assert execute([*BASE, *words, "-o", str(tmp_path), "--outputs", "capex_usd:sum"]) == 0
    text = capsys.readouterr().out
    assert text.count("2 pairs of twins") == 2
    assert "capex_gap" in text
    assert "capex_usd:sum, more" in text
    folders = sorted(path.name for path in tmp_path.iterdir())
    assert folders == ["price-cut-lab-3", "refuse-funding-lab"]
    assert execute([*BASE, *words, "-o", str(tmp_path), "--outputs", "capex_usd:sum"]) == 5
    capsys.readouterr()
    again = [*BASE, *words, "-o", str(tmp_path), "--outputs", "capex_usd:sum", "--resume"]
    assert execute(again) == 0
    assert capsys.readouterr().out == text


def test_a_label_and_a_number_name_the_same_quarter(capsys):
    assert execute([*BASE, "--do", "price cut:lab:3", "--quarter", "2026Q3"]) == 0
    label = capsys.readouterr().out
    assert execute([*BASE, "--do", "price cut:lab:3", "--quarter", "4"]) == 0
    assert capsys.readouterr().out == label


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--do", "refuse fundng:lab", "--quarter", "4"], "did you mean 'refuse funding'?"),
        (["--do", "refuse funding:lap", "--quarter", "4"], "did you mean 'lab'?"),
        (["--do", "price cut:lab:three", "--quarter", "4"], "'three' of 'price cut:lab:three'"),
        (["--do", "fail", "--quarter", "4"], "fail needs a firm"),
        (["--do", "price cut:lab:3", "--quarter", "999"], "must be 0 to"),
        (["--do", "price cut:lab:3", "--before", "funding freez"], "'funding freeze'?"),
        (["--do", "price cut:lab:3"], "either --quarter or --before"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words, message, capsys):
    assert execute([*BASE, *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1

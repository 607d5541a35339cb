"""The report as it is written: all files, the same bytes, no text that becomes markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import isnan

import pandas as pd
import pytest
from claims_examples import HOSTILE, context, hostile_answers, many_answers, picture, table
from html_page import Page

from runs.claims import load_report
from runs.claims.claim import load_kill_criteria
from runs.claims.report import write_report
from runs.claims.report_html import draw
from runs.problems import UserProblem


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("report")
    write_report(path, many_answers(), context())
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile")
    write_report(path, hostile_answers(), context(is_quick=False))
    return path


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_all_files_are_there(folder):
    names = ["C01-places", "C02-places", "C03-places", "drivers", "estimates", "verdicts"]
    assert sorted(contents(folder)) == sorted(
        [
            "claims.json",
            *(f"pictures/C0{number}-line.svg" for number in (1, 2, 3)),
            "report.html",
            "report.md",
            *(f"tables/{name}.{kind}" for name in names for kind in ("csv", "parquet")),
        ]
    )


def test_same_answers_same_bytes(folder, tmp_path):
    write_report(tmp_path, many_answers(), context())
    assert contents(tmp_path) == contents(folder)


def test_page_needs_nothing_else(folder):
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert len(set(page.ids)) == len(page.ids)
    assert len(page.links) > 20
    assert [link for link in page.links if link[1:] not in page.ids or link[0] != "#"] == []
    assert not re.search(r"@import|url\((?!#)", (folder / "report.html").read_text())


def test_every_claim_is_on_the_front_and_has_its_section(folder):
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    for number in ("C01", "C02", "C03"):
        assert number in page.ids
        assert page.links.count(f"#{number}") >= 2
    assert page.tags.count("article") == 3
    assert page.tags.count("figure") == 3


def test_no_text_becomes_markup(hostile):
    page = Page((hostile / "report.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    as_set = HOSTILE.replace("'", "’").replace('"quoted"', "“quoted”")
    words = "".join(page.words)
    assert words.count(as_set) >= 15
    text = (hostile / "report.md").read_text(encoding="utf-8")
    assert "<script" not in text.replace(r"\<script", "")
    assert "*star*" not in text.replace(r"\*star\*", "")
    rows = [line for line in text.splitlines() if line.startswith("| C01")]
    kill = sum(each.claim == "C01" for each in load_kill_criteria())
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [4, *[6] * kill, 4]


def test_an_answer_without_figures_has_a_section(hostile):
    text = (hostile / "report.html").read_text(encoding="utf-8")
    section = text[text.index('<article id="C02"') :]
    section = section[: section.index("</article>")]
    assert "The model cannot tell." in section
    assert "This answer rests on no runs." in section
    assert "<table" not in section


def test_tables_hold_all_figures(folder):
    estimates = pd.read_parquet(folder / "tables" / "estimates.parquet")
    assert estimates["claim"].tolist() == ["C01"] * 3 + ["C02"] * 3 + ["C03"] * 3
    first = estimates.iloc[0]
    assert (first["value"], first["low"], first["high"], first["n"]) == (0.59, 0.38, 0.78, 100)
    assert isnan(estimates.iloc[2]["value"])
    for name in ("estimates", "verdicts", "drivers", "C01-places"):
        csv = pd.read_csv(folder / "tables" / f"{name}.csv")
        pd.testing.assert_frame_equal(csv, pd.read_parquet(folder / "tables" / f"{name}.parquet"))


def test_long_tables_are_cut_and_say_so(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "6 rows more in tables/C01-places.csv" in text
    assert text.count("<td>north</td>") == 0
    assert len(pd.read_csv(folder / "tables" / "C01-places.csv")) == 30


def test_quick_and_partial_reports_and_failed_runs_are_told(folder, hostile, tmp_path):
    quick = (folder / "report.html").read_text(encoding="utf-8")
    full = (hostile / "report.html").read_text(encoding="utf-8")
    assert "quick version" in quick
    assert "quick version" not in full
    assert "2 failed and are left out" in quick
    write_report(tmp_path, many_answers(1), context(is_partial=True))
    assert "part of the claims" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "part of the claims" not in quick


def test_files_of_an_earlier_report_go(tmp_path):
    write_report(tmp_path, many_answers(2), context())
    (tmp_path / "tables" / "letter.txt").write_text("dear", encoding="utf-8")
    write_report(tmp_path, many_answers(1), context())
    names = contents(tmp_path)
    assert "pictures/C02-line.svg" not in names
    assert "tables/C02-places.csv" not in names
    assert names["tables/letter.txt"] == b"dear"


@pytest.mark.parametrize("part", ["pictures", "tables"])
def test_two_of_one_name_are_refused_before_anything_is_written(part, tmp_path):
    answers = many_answers(2)
    made = {"pictures": (picture("C01-line"),), "tables": (table("C01-places"),)}
    claim, answer = answers[1]
    answers[1] = (claim, replace(answer, **{part: made[part]}))
    with pytest.raises(ValueError, match=f"two {part} are called 'C01-"):
        write_report(tmp_path, answers, context())
    assert contents(tmp_path) == {}


def test_pictures_keep_text_and_glyph_scales():
    drawn = draw(picture("C09-x", "a 'b' <c>"))
    assert ">a 'b' &lt;c&gt;</text>" in drawn.svg
    assert len(drawn.svg) < 40_000
    assert drawn.svg == draw(picture("C09-x", "a 'b' <c>")).svg
    assert "#C09-x-figure_1 *{" in drawn.svg
    assert all(each.startswith("C09-x-") for each in re.findall(r'\bid="([^"]*)"', drawn.svg))
    other = draw(picture("C10-y", "a 'b' <c>"))
    assert other.svg.count("C10-y-") == drawn.svg.count("C09-x-")


# --- as the app reads it


def test_the_app_reads_what_was_written(folder):
    report = load_report(folder)
    assert [claim["id"] for claim in report.claims] == ["C01", "C02", "C03"]
    assert (report.replicates, report.seed, report.is_quick, report.runs) == (50, 7, True, 100)
    first = report.claims[0]
    assert first["estimates"][0]["text"] == "59% (38 to 78)"
    assert first["estimates"][2]["value"] is None
    assert first["show"]["scenario"] == "reference"
    assert report.picture(first["pictures"][0]["file"]).startswith("<svg")


def test_pictures_outside_the_report_are_refused(folder):
    report = load_report(folder)
    for file in ("../secret.svg", "claims.json", "/etc/x.svg"):
        with pytest.raises(UserProblem, match="is no picture of"):
            report.picture(file)
    with pytest.raises(UserProblem, match="cannot be read"):
        report.picture("pictures/none.svg")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "holds no finished claims report"),
        ("{", "cannot be read"),
        ("[]", "is no claims report of format 1"),
        (json.dumps({"format": 99}), "is no claims report of format 1"),
    ],
)
def test_a_folder_without_a_report_is_told(tmp_path, text, reason):
    if text is not None:
        (tmp_path / "claims.json").write_text(text, encoding="utf-8")
    with pytest.raises(UserProblem, match=reason):
        load_report(tmp_path)

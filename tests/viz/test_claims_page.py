"""Claims in the app: from a report, from the catalogue, and the worlds they are shown in."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from runs.claims.claim import Show, load_claims
from runs.problems import UserProblem
from viz.charts.theme import LIGHT
from viz.pages.claims import latest, read_view
from viz.recording.money import money_picture
from viz.recording.recording import Recording
from viz.words import WORDS
from viz.world.claims_view import (
    SYMBOLS,
    TONES,
    detail_html,
    from_catalogue,
    from_report,
    lines,
    shown_by,
)
from viz.world.worlds import World, WorldProblem

CLAIM: dict[str, Any] = {
    "id": "C01",
    "title": "A <contract>",
    "says": "It is signed.",
    "question": "Is it paid?",
    "public": "Confirmed.",
    "contradicts": "",
    "experiment": "Runs.",
    "rule": "Holds when paid.",
    "verdict": "holds",
    "answer": "Paid in 90% (80 to 95) of the runs.",
    "boundary": "On revenue.",
    "explanation": ["Since <b>revenue</b> grows."],
    "notes": ["One model."],
    "estimates": [{"name": "paid", "text": "90% (80 to 95)", "n": 20, "interval": "95%"}],
    "drivers": [],
    "spread": "chance",
    "pictures": [{"file": "pictures/c01.svg", "title": "Paid", "caption": "20 runs."}],
    "show": {
        "scenario": "reference",
        "changes": ["funding.recovery=0.3"],
        "seed": 7,
        "tab": "firms",
    },
}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "claims"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "c01.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    tree = {"format": 1, "replicates": 20, "seed": 1, "is_quick": True, "runs": 40}
    tree |= {"command": "kaartenhuis claims", "claims": [CLAIM]}
    (folder / "claims.json").write_text(json.dumps(tree))
    return folder


def test_a_report_is_read(report: Path) -> None:
    view = from_report(report, "claims")
    assert "1 holds" in view.summary and "quick" in view.summary and "40 runs" in view.summary
    [line] = lines(view)
    assert (line["symbol"], line["tone"]) == ("✓", "good")
    assert line["sentence"].startswith("Paid in 90%")


def test_all_about_a_claim_is_escaped_and_has_its_picture(report: Path) -> None:
    view = from_report(report, "claims")
    found = detail_html(view, view.claims[0])
    assert "<b>revenue</b>" not in found and "&lt;b&gt;revenue" in found
    assert "data:image/svg+xml;base64," in found
    for words in (
        "Confirmed.",
        "90% (80 to 95)",
        "One model.",
        "Holds when paid.",
    ):
        assert words in found
    (report / "pictures" / "c01.svg").unlink()
    assert "<img" not in detail_html(view, view.claims[0])


def test_the_catalogue_stands_in_for_a_report() -> None:
    view = from_catalogue()
    assert [line["id"] for line in lines(view)] == [claim.id for claim in load_claims()]
    assert {line["verdict"] for line in lines(view)} == {WORDS("claims-not-tested")}
    assert view.claims[0]["rule"] in detail_html(view, view.claims[0]).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert view.find("C99") is None


def test_every_claim_can_be_shown() -> None:
    from viz.app import PAGES

    tabs = [key for key, _, _ in PAGES]
    for claim in from_catalogue().claims:
        assert shown_by(claim).tab in tabs


def test_the_world_of_a_claim() -> None:
    shown = shown_by(CLAIM)
    world = shown.world
    assert (world.seed, shown.tab, world.parameters.funding.recovery) == (7, "firms", 0.3)
    assert shown.quarter is None
    assert shown_by({**CLAIM, "show": {"quarter": "2028Q2"}}).quarter == 11
    for show in (
        {"scenario": "nowhere"},
        {"changes": ["funding.recovery"]},
        {"quarter": "2045Q1"},
    ):
        with pytest.raises(WorldProblem):
            shown_by({**CLAIM, "show": show})


def test_a_quarter_to_show_has_the_form_of_one() -> None:
    assert Show(quarter="2028Q2").quarter == "2028Q2"
    for text in ("2028", "2028Q5", "2028Q2 "):
        with pytest.raises(ValidationError):
            Show(quarter=text)


def test_circles_are_shown_where_money_runs_in_circles() -> None:
    """A claim about circles or about money that goes on opens a quarter in which there is some."""
    recording = Recording(World()).run_to_end()
    for claim_id, payer, payee in (
        ("C02", "oracle", "nvidia"),
        ("C03", "nvidia", "openai"),
        ("C04", "openai", "oracle"),
        ("C06", "softbank", "openai"),
    ):
        claim = from_catalogue().find(claim_id)
        assert claim is not None
        shown = shown_by(claim)
        assert (shown.world, shown.tab) == (World(), "network")
        assert shown.quarter is not None
        picture = money_picture(recording, shown.quarter, 4)
        assert picture.index > 0.1, claim_id
        assert picture.arrow(payer, payee) is not None, claim_id


def test_a_report_that_cannot_be_read_is_said(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTENHUIS_FOLDER", str(report.parent))
    assert read_view("claims")[1] == ""
    (report / "claims.json").write_text('{"format": 99}')
    view, trouble = read_view("claims")
    assert "format" in trouble and not view.summary
    assert "not inside" in read_view("../elsewhere")[1]
    with pytest.raises(UserProblem):
        from_report(report, "claims")


def test_every_verdict_has_a_sign_and_a_colour() -> None:
    from runs.claims.claim import VERDICTS

    assert set(VERDICTS) == set(SYMBOLS) == set(TONES)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
    assert all(hasattr(LIGHT, tone) for tone in TONES.values())


def test_a_full_report_is_shown_before_a_quick_one(report: Path) -> None:
    from viz.world.folders import Found

    names = ("claims", "claims-quick")
    assert latest([Found(n, "claims", n, "", 0) for n in reversed(names)]) == "claims"
    assert latest([]) == ""

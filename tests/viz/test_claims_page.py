"""Claims in the app: from a report, from the catalogue, and a report made in the background."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from runs.claims.catalogue import load_claims
from runs.problems import UserProblem
from viz.claims_run import ClaimsRun, claims_run
from viz.claims_view import detail_html, from_catalogue, from_report, lines, world_of
from viz.pages.claims import latest, read_view, status
from viz.texts_claims import NOT_TESTED, SYMBOLS, TONES
from viz.theme import LIGHT
from viz.worlds import WorldProblem

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
    assert {line["verdict"] for line in lines(view)} == {NOT_TESTED}
    assert view.claims[0]["rule"] in detail_html(view, view.claims[0]).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert view.find("C99") is None


def test_every_claim_can_be_shown() -> None:
    from viz.app import PAGES

    tabs = [key for key, _, _ in PAGES]
    for claim in from_catalogue().claims:
        _, tab = world_of(claim)
        assert tab in tabs


def test_the_world_of_a_claim() -> None:
    world, tab = world_of(CLAIM)
    assert (world.seed, tab, world.parameters.funding.recovery) == (7, "firms", 0.3)
    with pytest.raises(WorldProblem):
        world_of({**CLAIM, "show": {"scenario": "nowhere"}})
    with pytest.raises(WorldProblem):
        world_of({**CLAIM, "show": {"changes": ["funding.recovery"]}})


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
    from runs.claims.answers import VERDICTS

    assert set(VERDICTS) == set(SYMBOLS) == set(TONES)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
    assert all(hasattr(LIGHT, tone) for tone in TONES.values())


def test_a_full_report_is_shown_before_a_quick_one(report: Path) -> None:
    from viz.folders import Found

    names = ("claims", "claims-quick")
    assert latest([Found(n, "claims", n, "", 0) for n in reversed(names)]) == "claims"
    assert latest([]) == ""


# --- a report in the background

COMMAND = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
folder.mkdir(parents=True, exist_ok=True)
with open(folder / "calls", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + chr(10))
mode = (folder.parent / "mode").read_text()
if mode == "refused" and "--overwrite" not in sys.argv:
    print("the code of the model has changed", file=sys.stderr)
    raise SystemExit(5)
if mode == "broken":
    print("no room on the disk", file=sys.stderr)
    raise SystemExit(1)
for number in (1, 2, 3):
    print(f"study {number} of 3, s{number}: 8 runs", file=sys.stderr, flush=True)
    if mode == "slow":
        try:
            time.sleep(30)
        except KeyboardInterrupt:
            raise SystemExit(130)
(folder / "claims.json").write_text("{}")
"""


@pytest.fixture
def run(tmp_path: Path) -> ClaimsRun:
    (tmp_path / "command.py").write_text(COMMAND)
    (tmp_path / "mode").write_text("well")
    return ClaimsRun(tmp_path, [sys.executable, str(tmp_path / "command.py")])


def calls(run: ClaimsRun) -> list[list[str]]:
    return [json.loads(line) for line in (run.folder / "calls").read_text().splitlines()]


def test_a_run_tells_its_progress_and_ends(run: ClaimsRun) -> None:
    heard: list[tuple[str, int, int]] = []
    run.listen(lambda: heard.append((run.status, run.done, run.total)))
    run.start()
    run.wait(30)
    assert (run.status, run.done, run.total, run.problem) == ("finished", 3, 3, "")
    assert heard[-1] == ("finished", 3, 3)
    assert "--quick" in calls(run)[0] and "--resume" not in calls(run)[0]
    assert status(run)


def test_a_run_can_be_cancelled_and_gone_on_with(run: ClaimsRun, tmp_path: Path) -> None:
    (tmp_path / "mode").write_text("slow")
    run.start()
    end = time.monotonic() + 20
    while run.total == 0 and time.monotonic() < end:
        time.sleep(0.02)
    began = time.monotonic()
    run.cancel()
    run.wait(20)
    assert run.status == "cancelled"
    assert time.monotonic() - began < 15
    (run.folder / "claims-run.json").write_text("{}")
    (tmp_path / "mode").write_text("well")
    run.start()
    run.wait(30)
    assert run.status == "finished"
    assert "--resume" in calls(run)[-1]


def test_after_new_code_it_begins_anew(run: ClaimsRun, tmp_path: Path) -> None:
    run.folder.mkdir()
    (run.folder / "claims-run.json").write_text("{}")
    (tmp_path / "mode").write_text("refused")
    run.start()
    run.wait(30)
    assert run.status == "finished"
    assert ["--overwrite" in call for call in calls(run)] == [False, True]


def test_what_goes_wrong_is_said(run: ClaimsRun, tmp_path: Path) -> None:
    (tmp_path / "mode").write_text("broken")
    run.start()
    run.wait(30)
    assert (run.status, run.problem) == ("failed", "no room on the disk")


def test_a_listener_whose_page_is_gone_is_forgotten(run: ClaimsRun) -> None:
    heard: list[int] = []

    def gone() -> None:
        heard.append(1)
        raise RuntimeError("no page")

    run.listen(gone)
    run.start()
    run.wait(30)
    assert heard == [1]
    assert run.status == "finished"


def test_visitors_share_a_run(tmp_path: Path) -> None:
    assert claims_run(tmp_path) is claims_run(tmp_path)

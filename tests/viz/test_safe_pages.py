"""Names and contents of files are text; no input ends in a traceback or a path of the server."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import solara
from source_tree import ROOT

from viz.pages.claims import read_view
from viz.recording import recording as recordings
from viz.recording.recording import Recording
from viz.session.link import decode
from viz.widgets.safe import Guarded, Text, told
from viz.world.folders import VARIABLE, found_folders
from viz.world.sweep_view import SweepView, ViewProblem
from viz.world.worlds import World

MARKUP = "a<img src=x onerror=alert(1)>"
DEEP = "[" * 200_000


def drawn(element: Any) -> str:
    """All HTML that an element draws."""
    box, rendered = solara.render(element, handle_error=False)
    try:
        found: list[str] = []
        todo = [box]
        while todo:
            each = todo.pop()
            if isinstance(each, str):
                found.append(each)
                continue
            todo += list(getattr(each, "children", ()))
            slots = getattr(each, "v_slots", None) or ()
            todo += [child for slot in slots for child in slot.get("children", ())]
            found.append(str((getattr(each, "attributes", None) or {}).get("innerHTML", "")))
            found.append(str(getattr(each, "inner_html", "") or ""))
            found.append(str(getattr(each, "unsafe_innerHTML", "") or ""))
        return " ".join(found)
    finally:
        rendered.close()


def test_a_text_is_shown_as_it_is_written() -> None:
    found = drawn(Text("p", f"{MARKUP} & more"))
    assert "&lt;img src=x" in found and "&amp; more" in found
    assert "<img" not in found


def html_calls() -> list[tuple[str, ast.Call]]:
    """Every place that hands HTML to the page."""
    found = []
    for path in sorted((ROOT / "viz").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "solara.HTML":
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def is_safe(value: ast.expr) -> bool:
    """A function that makes HTML, escaped parts, or constants."""
    if isinstance(value, ast.Call):
        name = ast.unparse(value.func)
        is_ours = name == "WORDS" and not value.keywords  # a text of the app without figures
        return is_ours or name.endswith(("_html", "escape"))
    if isinstance(value, ast.JoinedStr):
        parts = [part.value for part in value.values if isinstance(part, ast.FormattedValue)]
        return all(is_safe(part) for part in parts)
    name = ast.unparse(value)
    return name.isupper() or name == "preview"


def test_html_is_made_by_functions_that_escape_and_nowhere_else() -> None:
    calls = html_calls()
    assert len(calls) > 5
    for place, call in calls:
        given = {each.arg: each.value for each in call.keywords}
        assert len(call.args) == 1, f"{place}: the content is text: use Text"
        assert is_safe(given["unsafe_innerHTML"]), place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/home/x/results/claims.json cannot be read", "claims.json cannot be read"),
        ("No such file: '/etc/ssl/passwd'", "No such file: 'passwd'"),
        (r"C:\Users\me\x.txt is gone", "x.txt is gone"),
        ("labs/clouds or a/b at http://a/b/c", "labs/clouds or a/b at http://a/b/c"),
    ],
)
def test_no_folder_of_the_server_is_told(text: str, words: str) -> None:
    assert told(text) == words
    assert told(ValueError(text)) == words


def test_a_part_that_cannot_be_drawn_is_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    @solara.component
    def broken(path: str) -> None:
        raise OSError(f"{path} is gone")

    @solara.component
    def whole() -> None:
        with solara.Div():
            Text("p", "the rest")
            Guarded(broken, "/home/secret/file")

    found = drawn(whole())
    assert "could not be drawn (OSError)" in found and "the rest" in found
    assert "secret" not in found and "Traceback" not in found
    assert "/home/secret/file is gone" in caplog.text


# --- folders


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("content", [DEEP, '{"a":' * 100_000, "1" * 6_000, "\x00", '{"a": 1', "[]"])
def test_a_file_that_cannot_be_read_is_passed_over(folder: Path, content: str) -> None:
    for name in ("claims.json", "manifest.json"):
        (folder / name).write_text(content)
        inner = folder / "in" / MARKUP.replace("/", "")
        inner.mkdir(parents=True, exist_ok=True)
        (inner / name).write_text(content)
    assert found_folders("sweep") == []
    for each in found_folders("claims"):
        view, trouble = read_view(each.name)
        assert trouble and view.claims and not view.summary
        assert "Traceback" not in trouble and str(folder) not in told(trouble)
    with pytest.raises(ViewProblem) as caught:
        SweepView.open(folder)
    assert str(folder) not in told(caught.value)


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"claims": None},
        {"claims": [1]},
        {"claims": [{"id": 1}]},
        {"claims": [{"verdict": []}], "replicates": 1, "seed": 1, "is_quick": 1, "runs": "x"},
    ],
)
def test_a_report_of_another_form_is_a_sentence(folder: Path, tree: dict[str, Any]) -> None:
    (folder / "claims.json").write_text(json.dumps({"format": 1} | tree))
    view, trouble = read_view(".")
    assert "cannot be read" in trouble and view.claims


# --- links


@pytest.mark.parametrize(
    "query",
    [
        "set=" + ".".join(["a"] * 3_000) + "=1",
        "set=" + "a." * 3_000,
        'set="a"' + '."a"' * 2_000 + "=1",
        "set=funding.recovery=" + DEEP[:15_000],
        "set=funding.recovery=" + '{"a":' * 3_000,
        "set=quarters=" + "9" * 5_000,
        "set=quarters=1e999",
        "set=enterprise.customers=-1e308",
        "seed=" + "9" * 5_000,
        "shock=" + ":".join(["1"] * 5_000),
        "shock=" + "9" * 4_400 + ":freeze",
        "shock=1:funding_freeze::nan",
        "scenario=" + DEEP[:15_000],
        "tab=" + MARKUP,
        "quarter=" + "9" * 5_000,
        "set=" + MARKUP + "=1",
        "%00&%ff&set=%00=1&;=;",
        "&" * 5_000,
        "a=1&" * 600,
        "x" * 20_000,
    ],
)
def test_a_hostile_link_opens_the_world_with_a_short_message(query: str) -> None:
    link, problems = decode(query)
    assert link.world.parameters.quarters > 0
    assert all(len(each) < 1_200 for each in problems)


# --- work


def test_the_work_of_a_world_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MAX_WORK_S", 0.0)
    found = Recording(World("minimal")).run_to_end()
    assert found.quarters_recorded == 1
    assert found.problem is not None and "seconds of work" in found.problem.message

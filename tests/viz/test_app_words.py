"""The texts of the app: every one is used, every one that is asked for is there, and whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from words_checks import ANY, asked_at_import, asked_in, check_texts, quoted

from market.parameters.world import MarketParameters
from runs.words import Words, WordsProblem, read_texts
from viz.app import PAGES
from viz.charts.firms import PANELS as FIRM_PANELS
from viz.charts.series import LOOKS, PANELS
from viz.recording.recording import ERRORS
from viz.widgets.controls import panel_words
from viz.widgets.frame import STEPS
from viz.words import WORDS, slug, text_or, texts_by_key

APP = Path("viz")
MODULES = sorted(path for path in APP.rglob("*.py") if path.parent.name != "words")
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
PANEL = ("player", "world", "shocks", "parameters")


@pytest.mark.parametrize("path", WORDS.files, ids=lambda path: path.name)
def test_a_file_holds_whole_texts_of_its_own_subject(path):
    messages = read_texts(path)
    assert messages
    for message in messages:
        assert message.value is not None
        assert not message.attributes
        assert message.id.name.startswith(f"{path.stem}-")


def test_the_texts_are_those_that_the_app_asks_for():
    asked = [each for path, tree in TREES.items() for each in asked_in(tree, str(path))]
    assert [each.where for each in asked if each.names.startswith((ANY, "(?:" + ANY))] == []
    check_texts(WORDS, set(WORDS), asked)


def test_no_text_is_asked_for_when_a_module_is_imported():
    found = [each for path, tree in TREES.items() for each in asked_at_import(tree, str(path))]
    assert found == []


def test_a_call_at_import_is_seen():
    late = ast.parse('def f(x=WORDS("a")):\n    return WORDS("b")\n')
    assert [each.names for each in asked_at_import(late, "m")] == ["a"]
    early = ast.parse('class A:\n    title = WORDS("c")\n')
    assert [each.where for each in asked_at_import(early, "m")] == ["m:2"]


def test_a_text_refers_to_texts_that_are_there():
    for message in WORDS.messages.values():
        assert quoted(message) <= set(WORDS)


def keys_of(subject: str, end: str = "") -> set[str]:
    """The keys that have a text: what stands between a subject and an end in the names."""
    names = [name.removesuffix(end) for name in WORDS if name.endswith(end)]
    return {each.removeprefix(f"{subject}-") for each in names if each.startswith(f"{subject}-")}


def test_keys_of_the_code_have_texts_and_no_others():
    assert keys_of("frame-tab") == {key for key, _, _ in PAGES}
    assert keys_of("frame-event") == {slug(kind) for kind in LOOKS}
    assert keys_of("frame-error") == {kind.__name__ for kind in ERRORS}
    assert keys_of("live-line") == {name for panel in PANELS for name in panel.lines}
    assert keys_of("live-panel", "-title") == {
        *(panel.key for panel in PANELS),
        "shares",
        "regions",
    }
    firm_panels = {panel for panels in FIRM_PANELS.values() for panel in panels}
    assert keys_of("firms-panel", "-title") == {panel.key for panel in firm_panels}
    assert keys_of("firms-line") == {name for panel in firm_panels for name in panel.lines}
    assert len(keys_of("tour-step", "-text")) == len(STEPS)


def test_every_group_of_parameters_has_a_title():
    """The panel shows no name or start, and shocks stand apart."""
    apart = {"name", "description", "start", "shocks"}
    assert keys_of("parameters-group") == set(MarketParameters.model_fields) - apart


def test_the_panel_sends_the_words_that_its_templates_ask_for():
    templates = "".join(Path(f"viz/vue/{name}.vue").read_text("utf-8") for name in PANEL)
    asked = {key for key in keys_of("controls") if re.search(rf"\bw\.{key}\b", templates)}
    sent = json_keys(panel_words())
    assert sent == asked
    assert "{bounds}" in panel_words()


def json_keys(text: str) -> set[str]:
    return set(ast.literal_eval(text))


def test_texts_of_several_keys_and_of_keys_that_have_none():
    assert texts_by_key("frame-event", ["capex cut", "entry"]) == {
        "capex cut": "CapEx cut",
        "entry": "Entry",
    }
    assert text_or("frame-event-of-nobody", "eclipse") == "eclipse"
    with pytest.raises(WordsProblem, match="frame-event-eclipse"):
        texts_by_key("frame-event", ["eclipse"])


@pytest.mark.parametrize(("number", "text"), [(1, "1 claim"), (0, "0 claims"), (21, "21 claims")])
def test_a_number_chooses_the_form_of_a_text(number, text):
    assert WORDS("claims-count", n=number) == text


def test_another_language_is_another_folder(tmp_path, monkeypatch):
    (tmp_path / "nl").mkdir()
    (tmp_path / "nl" / "frame.ftl").write_text("frame-no-change = ongewijzigd\n", encoding="utf-8")
    from viz.widgets import frame

    monkeypatch.setattr(frame, "WORDS", Words(tmp_path, "nl"))
    assert frame.difference("capex_usd", 1.0, 1.0) == "ongewijzigd"

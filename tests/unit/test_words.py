"""The catalogue of texts: Fluent files, read strictly."""

from __future__ import annotations

import pytest

from runs.words import Words, WordsProblem

TEXT = """
### A file of texts.

greeting = Dear { $name }, you are { $age }.
long =
    A text that goes on
    over two lines.
broken = one{ "\\u000A" }two
part-1 = First.
part-2 = Second { $name }.
part-4 = Never reached.
bare =
    .attribute = Of no text.
"""


@pytest.fixture
def words(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "all.ftl").write_text(TEXT, encoding="utf-8")
    return Words(tmp_path)


def test_figures_stand_in_a_text_as_they_are_given(words):
    assert words("greeting", name="1,234.50%", age=12345) == "Dear 1,234.50%, you are 12345."


def test_a_text_is_one_paragraph_but_for_breaks_that_are_asked_for(words):
    assert words("long") == "A text that goes on over two lines."
    assert words("broken") == "one\ntwo"


def test_numbered_texts_end_at_the_first_gap(words):
    assert words.each("part", name="x") == ["First.", "Second x."]
    assert words.each("none") == []


def test_an_unknown_text_is_refused_with_the_nearest(words):
    with pytest.raises(WordsProblem, match=r"no text 'greting' in .*did you mean 'greeting'"):
        words("greting")


def test_a_message_without_a_text_is_refused(words):
    with pytest.raises(WordsProblem, match="bare has no text"):
        words("bare")


def test_a_text_never_shows_a_figure_that_was_not_given(words):
    with pytest.raises(WordsProblem, match=r"greeting: .*age"):
        words("greeting", name="A")


@pytest.mark.parametrize("figure", [0.5, None, b"x"])
def test_a_figure_is_written_by_the_caller(words, figure):
    with pytest.raises(TypeError, match="greeting: the figure age is no text"):
        words("greeting", name="A", age=figure)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("greeting = { $name\n", "bad.ftl: 'greeting = { \\$name' is no message"),
        ("just words\n", "bad.ftl: 'just words' is no message"),
        ("-term = a term\n", "bad.ftl: '-term' is no message"),
        ("one = a\none = b\n", "bad.ftl: there are two texts 'one'"),
        ("long = again\n", "there are two texts 'long'"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(words, text, reason):
    (words.folder / "en" / "bad.ftl").write_text(text, encoding="utf-8")
    with pytest.raises(WordsProblem, match=reason):
        list(words)


def test_a_file_that_is_no_text_is_refused(words):
    (words.folder / "en" / "bad.ftl").write_bytes(b"one = \xff\n")
    with pytest.raises(WordsProblem, match=r"bad\.ftl cannot be read"):
        words("long")


def test_a_whole_number_chooses_between_forms_and_is_not_grouped(words):
    text = (
        "rounds =\n    { $n ->\n        [one] { $n } round\n       *[other] { $n } rounds\n    }\n"
    )
    (words.folder / "en" / "forms.ftl").write_text(text, encoding="utf-8")
    assert words("rounds", n=1) == "1 round"
    assert words("rounds", n=12345) == "12345 rounds"
    assert words("rounds", n=-5) == "-5 rounds"
    assert words("rounds", n="1") == "1 rounds"


def test_a_text_without_figures_is_made_once(words, monkeypatch):
    assert words("long") == "A text that goes on over two lines."
    monkeypatch.setattr(words._bundle, "format_pattern", None)
    assert words("long") == "A text that goes on over two lines."

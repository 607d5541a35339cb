"""The texts of the claims: every one is used, every one that is asked for is there, and whole."""

from __future__ import annotations

import re

import pytest
from words_checks import (
    ANY,
    FOLDER,
    asked_of_all,
    asked_of_claim,
    check_texts,
    quoted,
    reached,
    texts_of,
)

from runs.claims.claim import WORDS, ClaimWords, load_claims, words_of
from runs.words import WordsProblem, read_texts

CLAIMS = load_claims()
WORDS_OF_A_SENTENCE = re.compile(r"[a-z]{2,},? [a-z]{2,},? [a-z]{2,}")
SHARED = {"report", "pictures"}


@pytest.mark.parametrize("path", WORDS.files, ids=lambda path: path.name)
def test_a_file_holds_whole_texts_of_its_own(path):
    messages = read_texts(path)
    assert messages
    ids = {claim.id for claim in CLAIMS}
    assert path.stem in ids | SHARED
    for message in messages:
        assert message.value is not None
        assert not message.attributes
        if path.stem in ids:
            assert message.id.name.startswith(f"{path.stem}-")
        else:
            assert message.id.name.split("-")[0] not in ids


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_texts_of_a_claim_are_those_that_its_answer_asks_for(claim):
    prefix = f"{claim.id}-"
    names = {name.removeprefix(prefix) for name in WORDS if name.startswith(prefix)}
    assert "sentence" in names
    check_texts(WORDS, names, asked_of_claim(claim), prefix)


def test_the_texts_of_no_claim_are_those_that_are_asked_for():
    ids = tuple(f"{claim.id}-" for claim in CLAIMS)
    names = {name for name in WORDS if not name.startswith(ids)}
    asked = [each for each in asked_of_all() if not each.names.startswith(ANY)]
    check_texts(WORDS, names, asked)


def test_every_unit_is_one_of_a_figure():
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
    for name in WORDS:
        if name.startswith("unit-"):
            assert f'"{WORDS(name)}"' in code


def test_no_sentence_stands_in_the_code_of_an_answer():
    modules = {module for claim in CLAIMS for module, _ in reached(claim.function)}
    found = [text for module in sorted(modules) for text in texts_of(module)]
    assert [text for text in found if WORDS_OF_A_SENTENCE.search(text)] == []


def test_a_text_refers_to_texts_that_are_there():
    for message in WORDS.messages.values():
        assert quoted(message) <= set(WORDS)


def test_paragraphs_are_numbered_without_a_gap():
    for name in WORDS:
        stem, _, number = name.rpartition("-")
        if number.isdigit() and int(number) > 1 and re.search("explanation$|notes$|limits$", stem):
            assert f"{stem}-{int(number) - 1}" in WORDS


def test_a_claim_without_the_text_is_told():
    with pytest.raises(WordsProblem, match=r"no text 'C13-sentense'.*did you mean 'C13-sentence'"):
        words_of(CLAIMS[12])("sentense")
    with pytest.raises(WordsProblem, match="C13-sentence"):
        words_of(CLAIMS[12])("sentence", often="2")


def test_items_are_joined_as_the_text_says():
    say = ClaimWords("C27")
    assert say.joined("boundary-and", ["A"]) == "A"
    assert say.joined("boundary-and", ["A", "B", "C"]) == "A and B and C"

"""What is refused in a scenario file or override, and what the line says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from market.scenario import ScenarioError, read_scenario

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def refusal(path: str | Path, *overrides: str) -> str:
    """The line with which a scenario is refused."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path, overrides)
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[funding]\nrecovery = = 1", ["not valid TOML", "line 2"]),
        ("[fundign]\nrecovery = 0.1", ["fundign", "unknown key", "'funding'"]),
        ("[funding]\nrecovry = 0.1", ["funding.recovry", "unknown key", "'recovery'"]),
        ("[funding]\nrecovery = 1.5", ["funding.recovery = 1.5", "number >= 0, < 1"]),
        ("[funding]\nrecovery = '0.1'", ["funding.recovery = '0.1'", "must be a number"]),
        ("[funding]\nrecovery = true", ["funding.recovery = true", "must be a number"]),
        ("[funding]\nrecovery = nan", ["funding.recovery = nan", "must be finite"]),
        ("[funding]\nrecovery = -inf", ["funding.recovery = -inf", "must be finite"]),
        ("[funding.recovery]\nx = 1", ["funding.recovery", "is a value, not a table"]),
        ("funding = 3", ["funding = 3", "must be a table"]),
        ("labs = []", ["labs = []", "must be a table"]),
        ("quarters = 0", ["quarters = 0", "whole number >= 1, <= 400"]),
        ("quarters = 2.5", ["quarters = 2.5", "whole number"]),
        ("start = '2025-07'", ["start = '2025-07'", "2025Q3"]),
        ('start = "2025Q3\\n"', ["must be a quarter"]),
        ("extends = 'referense'", ["extends", "'referense'", "did you mean 'reference'?"]),
        ("extends = 3", ["extends = 3", "must name a scenario"]),
        ("extends = 'minimal'\nremove = ['labs.lob']", ["remove", "labs.lob", "'lab'"]),
        ("extends = 'minimal'\nremove = ['']", ["bad path ''"]),
        ("extends = 'minimal'\nremove = ['a\\nb']", ["bad path"]),
        ("[funding]\nrecovery = { value = { x = 1 } }", ["is a value, not a table"]),
        ("[funding]\nrecovery = { source = 'x' }", ["is a value, not a table"]),
        ("extends = 'minimal'\nremove = 'labs.lab'", ["remove", "list of paths"]),
        ("extends = 'minimal'\n[stakes.public-chip]\nholder = 'publc'", ["'publc'", "'public'"]),
        ("extends = 'minimal'\n[investors.one]\nkind = 'ventur'", ["'ventur'", "'venture'"]),
        ("[labs.a]\nname = 'A'", ["labs.a.cash_usd", "is missing"]),
        (
            "[shocks.x]\nkind = 'rate rise'\nquarter = '2026Q5'",
            ["shocks.x.quarter = '2026Q5'", "label"],
        ),
        (
            "[shocks.x]\nkind = 'rate rise'\nquarter = '2024Q1'",
            ["shocks.x.quarter = '2024Q1'", "before the start"],
        ),
        (
            "[shocks.x]\nkind = 'rate rise'\nquarter = 'never'",
            ["shocks.x.quarter = 'never'", "number of quarters"],
        ),
        (
            "[funding]\nrecovery = { value = 0.1, sorce = 'x' }",
            ["funding.recovery.sorce", "'source'"],
        ),
        (
            "[funding]\nrecovery = { value = 0.1, confidence = 'sene' }",
            ["funding.recovery.confidence = 'sene'", "'seen'"],
        ),
        ("[funding]\nrecovery = { value = 0.1, source = 3 }", ["funding.recovery.source = 3"]),
        ("quarters = " + "9" * 5000, ["not valid TOML"]),
        ("[funding]\nrecovery = " + "9" * 400, ["funding.recovery = 999", "must be"]),
        ("x = " + "[" * 5000 + "]" * 5000, ["mine.toml"]),
    ],
)
def test_a_bad_file_is_refused_in_one_line(text: str, parts: list[str], write: Write) -> None:
    line = refusal(write(text))
    assert "mine.toml" in line
    assert [part for part in parts if part not in line] == []


def test_an_unknown_name_gets_the_nearest() -> None:
    assert "did you mean 'reference'?" in refusal("refrence")
    assert "minimal" in refusal("")
    assert "there is no scenario" in refusal("a\0b")
    assert "there is no scenario" in refusal("x" * 5000)


def test_a_folder_or_binary_file_is_refused(tmp_path: Path) -> None:
    assert "there is no scenario" in refusal(tmp_path)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in refusal(tmp_path / "b.toml")


def test_a_circle_of_extensions_is_named(write: Write) -> None:
    write('extends = "two.toml"', "one.toml")
    path = write('extends = "one.toml"', "two.toml")
    line = refusal(path)
    assert "extend each other" in line
    assert line.count("two.toml") >= 2


def test_the_file_that_is_wrong_is_named(write: Write) -> None:
    write('extends = "minimal"\n[funding]\nrecovery = 7\n', "base.toml")
    child = write('extends = "base.toml"\nname = "child"\n', "child.toml")
    assert "base.toml: funding.recovery = 7" in refusal(child)


@pytest.mark.parametrize("gone", ["clouds.cloud", "clouds.cloud.name"])
def test_the_file_that_removes_what_is_needed_is_named(write: Write, gone: str) -> None:
    child = write(f'extends = "minimal"\nremove = ["{gone}"]\n', "child.toml")
    line = refusal(child)
    assert str(child) in line
    assert "cloud" in line


def test_what_is_removed_and_stated_anew_is_the_latest_files(write: Write) -> None:
    text = 'extends = "minimal"\nremove = ["clouds.cloud"]\n'
    base = write(text + '[clouds.cloud]\nname = "Anew"\n', "base.toml")
    line = refusal(base)
    assert "is missing" in line
    assert "base.toml: clouds.cloud.cash_usd" in line


@pytest.mark.parametrize(
    ("override", "parts"),
    [
        ("funding.recovery", ["path=value"]),
        ("=3", ["path=value"]),
        ("funding.recovery=", ["path=value"]),
        ("fund ing=3", ["bad path"]),
        ("funding.recovery=1\nquarters=3", ["one line"]),
        ("funding.recovry=0.3", ["funding.recovry", "'recovery'"]),
        ("funding.recovery=2", ["funding.recovery = 2", "< 1"]),
        ("funding.recovery=lots", ["funding.recovery = 'lots'", "number"]),
        ("funding=3", ["funding = 3", "table"]),
        ("name.x=3", ["name", "not a table"]),
        ("labs.lob.cash_usd=3", ["override 'labs.lob", "labs.lob.name", "is missing"]),
        ("clouds.clowd.cash_usd=3", ["clouds.clowd.name", "is missing; did you mean 'cloud'?"]),
    ],
)
def test_a_bad_override_is_refused_in_one_line(override: str, parts: list[str]) -> None:
    line = refusal("minimal", override)
    assert [part for part in parts if part not in line] == []

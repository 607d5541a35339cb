"""The drawer of "why?" with the keyboard, a claim's world, and a report that two visitors see."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FOCUS_IN = "document.querySelector('.kh-why')?.contains(document.activeElement)"
ASK = "[data-rows=firm-events] [data-pick^='why:']"


def test_the_drawer_takes_the_focus_closes_on_escape_and_gives_it_back(
    opened: Callable[..., Any],
) -> None:
    page = opened("?tab=firms")
    page.locator(ASK).nth(1).focus()
    asked = page.evaluate("document.activeElement.dataset.pick")
    page.keyboard.press("Enter")
    page.wait_for_function(FOCUS_IN)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.test") == "why-close"
    page.keyboard.press("Escape")
    page.wait_for_selector(".kh-why", state="detached")
    page.wait_for_function(f"document.activeElement.dataset.pick === '{asked}'")
    page.keyboard.press("Enter")
    page.wait_for_function(FOCUS_IN)
    page.click("[data-test=why-close]")
    page.wait_for_selector(".kh-why", state="detached")
    page.wait_for_function(f"document.activeElement.dataset.pick === '{asked}'")


def test_a_claim_compares_its_own_world_with_the_reference(opened: Callable[..., Any]) -> None:
    page = opened("?tab=compare")
    page.check("[data-test=worlds-deepseek]")  # a choice of before does not stay
    for claim, own in (("C17", "power-delays"), ("C26", "openai-fails")):
        page.click("#tab-claims")
        page.click(f"[data-test=claim-{claim}]")
        page.click(f"[data-test=show-{claim}]")
        page.wait_for_selector("[data-test=compare-form]")
        page.wait_for_function(f"document.querySelector('[data-test=worlds-{own}]').checked")
        ticked = page.eval_on_selector_all(
            "[data-test=compare-form] input:checked", "all => all.map((e) => e.dataset.test)"
        )
        assert ticked == ["worlds-reference", f"worlds-{own}"]


def test_a_claim_opens_its_quarter(opened: Callable[..., Any]) -> None:
    page = opened("?tab=claims")
    page.click("[data-test=claim-C04]")
    page.click("[data-test=show-C04]")
    page.wait_for_selector(".kh-open-tab[data-tab=network]")
    page.wait_for_function(
        "document.querySelector('[data-test=quarter]').innerText.includes('2029Q1')"
    )


@pytest.fixture
def other_server(serve_folder: Callable[[Path], Any], tmp_path: Path) -> Iterator[str]:
    """A server with a folder of its own: a report is begun in it."""
    with serve_folder(tmp_path) as server:
        yield server.url


def test_every_visitor_sees_a_report_being_made(page: Any, browser: Any, other_server: str) -> None:
    context = browser.new_context()
    other = context.new_page()
    for each in (page, other):
        each.goto(f"{other_server}?tab=claims")
        each.wait_for_selector("[data-test=cancel-claims]:disabled")
    page.click("[data-test=make]")
    other.wait_for_selector("[data-test=cancel-claims]:enabled")
    other.wait_for_function(
        "document.querySelector('[data-test=status]').innerText.includes('studies')"
    )
    other.click("[data-test=cancel-claims]")
    for each in (page, other):
        each.wait_for_selector("[data-test=make]:enabled")
        assert "Cancelled" in each.inner_text("[data-test=status]")
    context.close()
    page.goto("about:blank")  # its server ends before it does

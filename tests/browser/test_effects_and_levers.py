"""Effects over pairs, and levers, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest

STRUCK = "?scenario=minimal&set=quarters%3D8&shock=1:rate+rise::0.02"
DONE = "[data-test=effect-status][data-running=no]"
LONG_MS = 120_000
LATEST = "document.querySelector('[data-chart=levers-0] .kh-plot').getAttribute('data-drawn')"


def test_a_shock_shows_its_effect_over_pairs(
    opened: Callable[..., Any], open_tab: Callable[[str], None], snap: Callable[[str], None]
) -> None:
    page = opened(f"{STRUCK}&tab=live")
    page.wait_for_selector(DONE, timeout=LONG_MS)
    card = page.locator("[data-test=effects]")
    assert "20 pairs of worlds" in card.inner_text()
    assert "the same world without the shock" in card.inner_text()
    assert "in this seed" in card.inner_text()
    verdicts = page.locator("[data-effect]").evaluate_all(
        "rows => rows.map(r => r.dataset.verdict)"
    )
    assert len(verdicts) == 4
    assert set(verdicts) <= {"more", "less", "chance", "same"}
    for row in page.locator("[data-verdict=chance]").all():
        assert row.locator(".kh-good, .kh-bad").count() == 0
        assert "may be chance" in row.inner_text()
    for group in ("building", "seats", "failures", "losses"):
        page.click(f"[data-test=effect-group-{group}]")
        page.wait_for_selector(f".kh-chip-on[data-test=effect-group-{group}]")
    page.wait_for_selector("[data-effect='worth:clouds']")
    snap("effects")
    open_tab("network")
    line = page.wait_for_selector("[data-test=effect-line]").inner_text()
    assert "The shock over 20 pairs of worlds" in line
    assert "in this seed" in page.inner_text("[data-kpi=capex_usd] .kh-kpi-change")


def test_more_pairs_can_be_run_and_cancelled(opened: Callable[..., Any]) -> None:
    page = opened(f"{STRUCK}&tab=live")
    page.wait_for_selector(DONE, timeout=LONG_MS)
    page.click("[data-test=effect-more]")
    page.wait_for_selector("[data-test=effect-cancel]")
    page.click("[data-test=effect-cancel]")
    page.wait_for_selector(DONE)
    text = page.inner_text("[data-test=effect-status]")
    assert "Cancelled" in text or "100 pairs" in text  # it may have been quicker


def test_the_baseline_can_be_chosen(opened: Callable[..., Any]) -> None:
    page = opened(f"{STRUCK}&tab=live")
    page.wait_for_selector("[data-test=effect-baseline]")
    assert page.input_value("[data-test=effect-baseline]") == "shocks"
    page.select_option("[data-test=effect-baseline]", "changes")
    page.wait_for_selector(".kh-effects h3:has-text('What does the change do?')")


@pytest.mark.parametrize("is_dark", [False, True])
def test_a_moved_lever_is_answered_at_once(
    opened: Callable[..., Any], snap: Callable[[str], None], is_dark: bool
) -> None:
    page = opened("?tab=levers")
    if is_dark:
        page.click("[data-test=theme]")
    page.wait_for_selector("[data-chart=levers-0] .kh-plot[data-drawn]")
    levers = page.locator("[data-lever]")
    assert levers.count() == 10
    path = levers.first.get_attribute("data-lever")
    drawn = int(page.evaluate(LATEST))
    levers.first.locator("input[type=range]").evaluate(
        """(slider) => {
            slider.value = 900;
            slider.dispatchEvent(new Event('input'));
            slider.dispatchEvent(new Event('change'));
        }"""
    )
    page.wait_for_function(f"{LATEST} > {drawn}")
    page.wait_for_function(f"location.search.includes('{path}')")
    page.wait_for_selector("[data-chart=levers-0] .kh-card-note:has-text('without the change')")
    page.wait_for_selector("[data-test=effects]")
    assert page.locator(".kh-lever-changed").count() == 1
    page.wait_for_selector(DONE, timeout=LONG_MS)
    snap(f"levers-{'dark' if is_dark else 'light'}")
    page.click("[data-test=levers-back]")
    page.wait_for_function(f"!location.search.includes('{path}')")
    page.wait_for_selector("[data-test=effects]", state="detached")


def test_the_chart_stays_in_sight_on_a_phone(
    opened: Callable[..., Any], page: Any, snap: Callable[[str], None]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened("?tab=levers")
    page.wait_for_selector("[data-chart=levers-0] .kh-plot[data-drawn]")
    page.locator("[data-lever] >> nth=9").scroll_into_view_if_needed()
    page.mouse.wheel(0, 120)
    box = page.locator("[data-chart=levers-0] .kh-plot").bounding_box()
    assert 0 <= box["y"] < 400
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    snap("levers-phone")


def test_large_sums_are_typed_in_bn(opened: Callable[..., Any]) -> None:
    page = opened("?tab=live&set=bank.capital_usd=1500000000000")
    page.click("[data-test=parameters] > summary")
    page.fill("[data-test=search]", "bank capital")
    field = page.locator("[data-path='bank.capital_usd'] input")
    assert field.input_value() == "1,500"
    field.fill("2,500")
    field.blur()
    page.click("[data-test=apply]")
    page.wait_for_function("location.search.includes('bank.capital_usd=2500000000000')")
    assert field.input_value() == "2,500"


def test_each_problem_of_a_link_is_an_item(opened: Callable[..., Any]) -> None:
    page = opened("?seed=abc&set=nonsense&set=quarters=100000")
    assert page.locator("[data-test=link] li").count() == 3


def test_the_tour_leaves_the_headline_in_sight(opened: Callable[..., Any]) -> None:
    page = opened()
    page.click("text=Tour")
    page.wait_for_selector("[data-test=tour]")
    page.wait_for_timeout(900)
    box = page.locator(".kh-article h1").first.bounding_box()
    assert box["y"] >= 0

"""Network, firms and customers in a real browser: drawn, clicked, and moved by a price cut."""

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
from shell_page import is_drawn

BUSY = "2028Q4"
"""A quarter of the reference world in which money runs in circles."""

PLACE = """async ([name, key]) => {
    const plot = document.querySelector(`[data-chart=${name}] .kh-plot`);
    const url = `${window.solara.cdn}/echarts@5.4.0/dist/echarts.min.js`;
    const echarts = await new Promise((done) => requirejs([url], done));
    const chart = echarts.getInstanceByDom(plot);
    const node = chart.getOption().series[0].data.find((each) => each.name === key);
    return chart.convertToPixel('grid', node.value);
}"""
"""JavaScript: where a node of a network stands in its drawing."""


def at_quarter(page: Any, tab: str, label: str = BUSY) -> None:
    """Show a quarter by the slider and wait for it."""
    labels = page.evaluate("() => Number(document.querySelector('[data-test=slider]').max)")
    number = (int(label[:4]) - 2025) * 4 + int(label[-1]) - 3
    assert 0 <= number <= labels
    page.evaluate(
        """(number) => {
            const slider = document.querySelector('[data-test=slider]');
            slider.value = number;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            slider.dispatchEvent(new Event('change', { bubbles: true }));
        }""",
        number,
    )
    page.wait_for_selector(f"[data-test=quarter]:has-text('{label}')")
    page.wait_for_selector(f".kh-open-tab[data-tab={tab}]")


def test_the_network_is_drawn_and_explained(
    opened: Callable[..., Any], snap: Callable[[str], None]
) -> None:
    page = opened("?tab=network")
    page.select_option("[data-test=network_period]", "quarter")
    at_quarter(page, "network", "2025Q3")  # which has none
    page.wait_for_selector("[data-rows=loops]:has-text('no money comes back')")
    page.click("[data-rows=loops] [data-pick^='quarter:']")
    page.wait_for_selector("[data-pick^='loop:']")
    is_drawn(page, "network")
    is_drawn(page, "streams")
    words = page.inner_text("[data-chart=network] .kh-card-question")
    assert re.search(r"\d+(\.\d)?% of what labs, clouds and chipmakers pay one another", words)
    snap("network")
    x, y = page.evaluate(PLACE, ["network", "nvidia"])
    page.locator("[data-chart=network] .kh-plot").click(position={"x": x, "y": y})
    page.wait_for_selector("[data-rows=network-detail] [data-pick^='books:']")
    arrow = page.locator("[data-rows=network-detail] [data-pick^='flow:']").first
    arrow.click()
    page.wait_for_selector("[data-rows=network-detail]:has-text('What was it paid for?')")
    snap("network-arrow")


def test_a_circle_and_a_period_can_be_chosen(opened: Callable[..., Any]) -> None:
    page = opened("?tab=network")
    at_quarter(page, "network")
    page.wait_for_selector(f"[data-chart=network] .kh-card-question:has-text('{BUSY}')")
    circle = page.locator("[data-pick^='loop:']").first
    circle.click()
    page.wait_for_selector(".kh-rows-picked")
    page.locator(".kh-rows-picked [data-pick^='loop:']").click()
    page.wait_for_selector(".kh-rows-picked", state="detached")
    before = page.inner_text("[data-chart=network] .kh-card-question")
    page.select_option("[data-test=network_period]", "quarter")
    page.wait_for_function(
        "(text) => document.querySelector('[data-chart=network] .kh-card-question')"
        ".innerText !== text",
        arg=before,
    )
    page.select_option("[data-test=network_scope]", "all")
    page.wait_for_selector("[data-pick='firm:group:rest']")
    is_drawn(page, "network")


def test_the_books_of_a_firm(
    opened: Callable[..., Any], snap: Callable[[str], None], tmp_path: Any
) -> None:
    page = opened("?tab=firms")
    at_quarter(page, "firms", "2030Q1")
    for name in ("firm-balance", "firm-flows"):
        is_drawn(page, name)
    page.click("[data-rows=firm-events] [data-pick^='why:'] >> nth=0")
    page.wait_for_selector(".kh-why .kh-reason")
    page.click("[data-test=why-close]")
    page.select_option("[data-test=firm]", "nvidia")
    page.wait_for_selector("[data-rows=firm-head]:has-text('NVIDIA')")
    snap("firms")
    with page.expect_download() as waiting:
        page.click("[data-rows=firm-sheet] .kh-card-menu")
        page.click(".v-menu__content.menuable__content__active >> text=CSV")
    file = tmp_path / "sheet.csv"
    waiting.value.save_as(file)
    assert "instrument" in pd.read_csv(file).columns


def test_who_pays_is_shown_of_a_firm_that_failed(
    opened: Callable[..., Any], snap: Callable[[str], None]
) -> None:
    page = opened("?tab=firms")
    page.select_option("[data-test=firm]", "nvidia")
    page.wait_for_selector("[data-rows=firm-head]:has-text('NVIDIA')")
    assert page.locator("[data-chart=firm-payers]").count() == 0
    page.select_option("[data-test=firm]", "anthropic")
    is_drawn(page, "firm-payers")
    assert "never added" in page.inner_text("[data-chart=firm-payers]")
    snap("firms-payers")


def test_the_matrices_add_up_to_zero(
    opened: Callable[..., Any], snap: Callable[[str], None]
) -> None:
    page = opened("?tab=firms")
    for kind in ("balance-sheet", "transactions-flow"):
        page.select_option("[data-test=matrix_kind]", kind)
        card = page.locator(f"[data-chart=matrix-{kind}]")
        card.scroll_into_view_if_needed()
        is_drawn(page, f"matrix-{kind}")
        assert "The books balance" in card.inner_text()
    page.select_option("[data-test=matrix_by]", "party")
    page.wait_for_timeout(300)
    snap("firms-matrix")


def test_a_cheaper_rival_wins_seats(
    opened: Callable[..., Any], snap: Callable[[str], None]
) -> None:
    page = opened("?tab=customers")
    page.click("[data-test=cut-back]")
    page.wait_for_selector("[data-test=cut]")
    is_drawn(page, "switching-costs")
    page.select_option("[data-test=cut_lab]", "gemini")
    page.fill("[data-test=cut_eur]", "4.5")
    page.press("[data-test=cut_eur]", "Tab")
    page.click("[data-test=cut]")
    page.wait_for_selector("[data-test=cut-form]:has-text('asks 4.5 EUR less')")
    page.wait_for_function(
        "document.querySelector('[data-test=slider]').value"
        " == document.querySelector('[data-test=slider]').max"
    )
    assert "dashed" in page.inner_text("[data-chart=seat-shares]")
    page.select_option("[data-test=moves_period]", "run")
    page.locator("[data-chart=moves]").scroll_into_view_if_needed()
    for name in ("moves", "move-streams"):
        is_drawn(page, name)
    snap("customers-cut")


def test_what_is_being_typed_stays_while_the_world_plays(opened: Callable[..., Any]) -> None:
    page = opened("?tab=customers")
    page.click("[data-test=reset]")
    page.wait_for_function("document.querySelector('[data-test=slider]').value == 0")
    page.click("[data-test=play]")
    page.locator("[data-test=cut_eur]").press_sequentially("7", delay=50)
    first = page.input_value("[data-test=slider]")
    page.wait_for_function(f"document.querySelector('[data-test=slider]').value > {int(first) + 1}")
    assert page.input_value("[data-test=cut_eur]").endswith("7")
    page.fill("[data-test=cut_eur]", "99")
    page.press("[data-test=cut_eur]", "Tab")
    page.wait_for_function("document.querySelector('[data-test=cut_eur]').value == 30")


def test_the_three_pages_fit_a_phone(
    opened: Callable[..., Any], open_tab: Callable[[str], None], snap: Callable[[str], None]
) -> None:
    page = opened("?tab=network")
    page.set_viewport_size({"width": 390, "height": 844})
    for tab, chart in (
        ("network", "network"),
        ("firms", "firm-balance"),
        ("customers", "switching-costs"),
    ):
        open_tab(tab)
        page.locator(f"[data-chart={chart}]").scroll_into_view_if_needed()
        is_drawn(page, chart)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"the page {tab} is {wide} px wide"
        snap(f"phone-{tab}")

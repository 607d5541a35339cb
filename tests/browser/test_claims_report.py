"""The claims report in a window, on a phone, in the dark and on paper."""

import pytest
from claims_examples import context, hostile_answers, many_answers

from runs.claims.report_html import draw_all, html_report

A4_INSIDE_MARGINS = 673
"""Width of the text on A4 in CSS pixels: 210 mm less two margins of 16 mm."""


@pytest.fixture(scope="module")
def report_html():
    answers = [*hostile_answers(), *many_answers(6)[3:]]
    return html_report(answers, draw_all(answers), context())


@pytest.mark.parametrize(
    ("width", "media"),
    [
        (1280, "screen"),
        (768, "screen"),
        (390, "screen"),
        (320, "screen"),
        (A4_INSIDE_MARGINS, "print"),
    ],
)
def test_nothing_is_wider_than_the_window(page, report_html, width, media):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media=media)
    page.set_content(report_html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_pictures_are_drawn_on_white_in_the_dark(page, report_html):
    page.emulate_media(color_scheme="dark")
    page.set_content(report_html)
    ground = "element => getComputedStyle(element).backgroundColor"
    red, green, blue = page.eval_on_selector("body", ground).strip("rgb()").split(",")
    assert max(int(red), int(green), int(blue)) < 60
    assert page.eval_on_selector(".picture", ground) == "rgb(255, 255, 255)"


def test_links_of_the_front_page_lead_to_the_claims(page, report_html):
    page.set_content(report_html)
    page.click("table.front a[href='#C05']")
    top = page.eval_on_selector("#C05", "element => element.getBoundingClientRect().top")
    assert abs(top) < 5

"""Ensemble, compare, sweeps, claims and data in a real browser."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shell_page import is_drawn

from market.scenario import load_scenario
from runs.experiments.sweeps import run_sweep
from runs.experiments.text import read_experiment

SLOW_MS = 120_000
"""Longest time for work in the background, however busy the machine."""
EXPERIMENT = """
[experiment]
name = "cash-and-recovery"
description = "Does a lab with less cash fail?"
scenario = "minimal"
quarters = 4
replications = 2
outputs = ["capex_usd:max", "defaults"]

[vary]
"funding.recovery" = { values = [0.1, 0.5] }
"labs.LAB.cash_usd" = { values = [1e9, 20e9, 40e9] }
"""
CLAIM = {
    "id": "C28",
    "title": "The weakest link",
    "says": "It fails first.",
    "question": "Who fails first?",
    "public": "Nobody knows.",
    "contradicts": "",
    "experiment": "Runs.",
    "rule": "Holds when it fails first.",
    "verdict": "holds",
    "answer": "It fails first in 75% (41 to 93) of the runs.",
    "show": {"scenario": "minimal", "changes": ["quarters=6"], "seed": 5, "tab": "data"},
}
PIXEL_OF_CELL = """async ([chart, at]) => {
    const url = `${window.solara.cdn}/echarts@5.4.0/dist/echarts.min.js`;
    const echarts = await new Promise((done) => requirejs([url], done));
    for (let tries = 0; tries < 200; tries += 1) {  // the page may be drawing the chart anew
        const plot = document.querySelector(`[data-chart=${chart}] .kh-plot`);
        const drawn = plot && echarts.getInstanceByDom(plot);
        const pixel = drawn && drawn.convertToPixel({seriesIndex: 0}, at);
        if (pixel && pixel.every(Number.isFinite)) return pixel;
        await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`${chart} was not drawn`);
}"""

pytestmark = pytest.mark.usefixtures("_stored")


@pytest.fixture(scope="module")
def _stored(app_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A sweep in the folder of results."""
    text = EXPERIMENT.replace("LAB", next(iter(load_scenario("minimal").labs)))
    file = tmp_path_factory.mktemp("experiment") / "small.toml"
    file.write_text(text)
    run_sweep(read_experiment(file), app_folder / "small")


def click_at(page: Any, chart: str, at: list[float]) -> None:
    """Click on a mark of a chart, given in its coordinates."""
    x, y = page.evaluate(PIXEL_OF_CELL, [chart, at])
    page.locator(f"[data-chart={chart}] .kh-plot").click(position={"x": x, "y": y})


def status_has(page: Any, form: str, words: str) -> None:
    page.wait_for_selector(
        f"[data-test={form}] [data-test=status]:has-text('{words}')", timeout=SLOW_MS
    )


def test_an_ensemble_tells_its_progress_and_draws_its_fans(
    opened: Callable[..., Any], snap: Callable[[str], None]
) -> None:
    page = opened("?scenario=minimal&set=quarters%3D6&tab=ensemble")
    page.wait_for_selector(".kh-empty")
    page.fill("[data-test=runs]", "24")
    page.press("[data-test=runs]", "Tab")
    page.click("[data-test=start]")
    page.wait_for_selector("[data-test=ensemble-form] .kh-bar")
    status_has(page, "ensemble-form", "24 runs of")
    for chart in ("ensemble-chance", "ensemble-first", "ensemble-capex_usd"):
        is_drawn(page, chart)
    assert "%" in page.inner_text(".kh-summary")
    snap("ensemble")
    page.click("#tab-live")
    page.click("#tab-ensemble")
    is_drawn(page, "ensemble-chance")  # what was computed is still there
    before = page.evaluate("location.search")
    click_at(page, "ensemble-first", [1.0, 0])
    page.wait_for_selector(".kh-open-tab[data-tab=live]")
    page.wait_for_function(
        f"location.search !== {before!r} && location.search.includes('seed=')", timeout=SLOW_MS
    )


def test_an_ensemble_can_be_cancelled_while_the_page_answers(opened: Callable[..., Any]) -> None:
    page = opened("?tab=ensemble")
    page.fill("[data-test=runs]", "500")
    page.press("[data-test=runs]", "Tab")
    page.click("[data-test=start]")
    status_has(page, "ensemble-form", "of 500 runs")
    page.click("#tab-data")
    page.wait_for_selector(".kh-open-tab[data-tab=data]")
    page.click("#tab-ensemble")
    page.wait_for_selector("[data-test=cancel]:not([disabled])")
    page.click("[data-test=cancel]")
    status_has(page, "ensemble-form", "Cancelled")


def test_worlds_are_compared_run_by_run(
    opened: Callable[..., Any], snap: Callable[[str], None]
) -> None:
    page = opened("?scenario=minimal&set=quarters%3D6&tab=compare")
    assert page.is_checked("[data-test=worlds-minimal]")  # the world before the change
    assert page.is_checked("[data-test=worlds-here]")
    page.uncheck("[data-test=worlds-minimal]")
    page.wait_for_selector("[data-test=problem]:has-text('at least two')")
    page.check("[data-test=worlds-minimal]")
    page.wait_for_selector("[data-test=compare]:not([disabled])")
    page.fill("[data-test=compare_runs]", "4")
    page.press("[data-test=compare_runs]", "Tab")
    page.click("[data-test=compare]")
    status_has(page, "compare-form", "4 runs of each world")
    is_drawn(page, "compare-capex_usd")
    assert "minimal (yardstick)" in page.inner_text("[data-test=compare-table]")
    page.select_option("[data-test=compare_group]", "building")
    page.wait_for_selector("[data-outcome=capex_peak]")
    snap("compare")


def test_a_sweep_is_a_map_or_a_curve_and_opens_its_runs(
    opened: Callable[..., Any], snap: Callable[[str], None]
) -> None:
    page = opened("?tab=sweeps")
    is_drawn(page, "sweep-heat")
    assert "12 runs stored" in page.inner_text("[data-test=sweeps-form]")
    snap("sweep-map")
    page.select_option("[data-test=second]", "")
    is_drawn(page, "sweep-response")
    snap("sweep-curve")
    page.select_option("[data-test=second]", index=1)
    is_drawn(page, "sweep-heat")
    click_at(page, "sweep-heat", [1, 2])
    page.wait_for_selector(".kh-open-tab[data-tab=live]")
    page.wait_for_function("location.search.includes('scenario=minimal')")
    search = page.evaluate("decodeURIComponent(location.search)")
    assert "funding.recovery=0.5" in search and "cash_usd=40000000000" in search
    assert "seed=" in search


def test_claims_are_listed_answered_and_shown(
    opened: Callable[..., Any], snap: Callable[[str], None], app_folder: Path
) -> None:
    page = opened("?tab=claims")
    page.wait_for_selector("[data-test=claims]")
    assert "not tested yet" in page.inner_text("[data-test=claims]")
    tree = {"format": 1, "replicates": 8, "seed": 1, "is_quick": True, "runs": 16}
    tree |= {"command": "kaartenhuis claims", "claims": [CLAIM]}
    (app_folder / "claims").mkdir(exist_ok=True)
    (app_folder / "claims" / "claims.json").write_text(json.dumps(tree))
    page.click("[data-test=refresh]")
    page.wait_for_selector("[data-test=claim-C28] .kh-tone-good:has-text('holds')")
    page.click("[data-test=claim-C28]")
    detail = page.inner_text("[data-test=detail-C28]")
    assert "Holds when it fails first." in detail
    snap("claims")
    page.click("[data-test=show-C28]")
    page.wait_for_selector(".kh-open-tab[data-tab=data]")
    page.wait_for_function("location.search.includes('scenario=minimal')")
    assert "seed=5" in page.evaluate("location.search")


def test_tables_are_taken_away(
    opened: Callable[..., Any], snap: Callable[[str], None], tmp_path: Path
) -> None:
    page = opened("?scenario=minimal&set=quarters%3D6&tab=data")
    files = {}
    for name, kind in (("market", "csv"), ("firms", "parquet"), ("all", "zip")):
        with page.expect_download() as download:
            page.click(f"[data-test=take-{name}-{kind}]")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        files[name] = path
    assert len(pd.read_csv(files["market"])) == 6
    assert set(pd.read_parquet(files["firms"])["kind"]) >= {"labs", "clouds"}
    assert files["all"].stat().st_size > 10_000
    page.click("[data-test=show-balance-sheet]")
    page.wait_for_selector("[data-test=preview]:has-text('Balance-sheet')")
    assert "kaartenhuis run minimal" in page.inner_text("[data-test=command]")
    link = page.get_attribute("[data-test=link]", "href")
    assert "quarters" in link and "tab=data" in link
    snap("data")
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 400
    snap("data-phone")

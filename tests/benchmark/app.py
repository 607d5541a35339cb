"""How quick the browser app is, in a real Chromium on this machine: server and browser share it.

    python tests/benchmark/app.py                 all of it, about two minutes
    python tests/benchmark/app.py --sessions 20   more visitors at once

Prints the time to the first picture, quarters per second of a playing world (a replay; and while a
world and its twin are simulated), how soon a click is answered while a model step takes a second,
what many visitors at once get, and the memory that a visitor takes of the server.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
DRAWN = ".kh-plot[data-drawn] canvas"
PLACE = "+document.querySelector('[data-test=slider]').value"
END = "((s) => s.value == s.max)(document.querySelector('[data-test=slider]'))"
FASTEST = "20"
SIZE = {"width": 1280, "height": 900}
MILLION = "set=enterprise.customers%3D1000000"

type Open = Callable[..., Any]


def main(sessions: int) -> None:
    """Serve the app, measure, and print a line per figure."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import FLAGS, find_browser, serve

    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder)) as server,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)

        def opened(query: str = "", url: str = server.url) -> Any:
            page = browser.new_context(viewport=SIZE).new_page()
            page.goto(url + query)
            page.wait_for_selector(DRAWN, timeout=120_000)
            return page

        first_picture(opened)
        many(opened, server.process.pid, sessions)
        playing(opened)
        million(opened)
        with serve(Path(folder), str(ROOT / "tests" / "browser" / "odd_app.py")) as slow:
            clicks(lambda query: opened(query, slow.url))
        browser.close()


def first_picture(opened: Open) -> None:
    """From the address to the first chart that has been drawn, on a server that is warm."""
    found = []
    for _ in range(6):
        began = time.perf_counter()
        page = opened()
        found.append(time.perf_counter() - began)
        page.context.close()
    print(f"first picture: {median(found):.2f} s (first visitor {found[0]:.2f} s)")


def rate(page: Any, *, is_struck: bool = False) -> float:
    """Quarters per second from the first to the last, as fast as the app lets it play."""
    page.select_option("[data-test=speed]", FASTEST)
    page.click("[data-test=reset]")
    page.wait_for_function(f"{PLACE} == 0")
    page.click("[data-test=play]")
    if is_struck:
        page.click("[data-test=strike]")
    began, start = time.perf_counter(), page.evaluate(PLACE)
    page.wait_for_function(END, timeout=120_000)
    return float((page.evaluate(PLACE) - start) / (time.perf_counter() - began))


def playing(opened: Open) -> None:
    """Every tab with pictures of the run, as a replay and as a new world with its twin."""
    for number, tab in enumerate(("story", "live", "network", "firms", "customers")):
        page = opened(f"?tab={tab}&seed={number + 100}")
        replay = rate(page)
        struck = rate(page, is_struck=True)
        print(f"{tab}: {replay:.1f} quarters/s replayed, {struck:.1f} simulated with a twin")
        page.context.close()


def million(opened: Open) -> None:
    """A world of a million enterprise customers."""
    began = time.perf_counter()
    page = opened(f"?tab=customers&{MILLION}")
    first = time.perf_counter() - began
    page.wait_for_function(END, timeout=120_000)
    last = time.perf_counter() - began
    print(f"a million customers: first picture {first:.1f} s, all 40 quarters {last:.1f} s")
    page.context.close()


def many(opened: Open, pid: int, sessions: int) -> None:
    """Visitors at once, each with a world of his own and all playing."""
    before = memory_mb(pid)
    same = [opened("?tab=live") for _ in range(sessions)]
    shared = memory_mb(pid)
    own = [opened(f"?tab=live&seed={1000 + number}") for number in range(sessions)]
    after = memory_mb(pid)
    for page in same:
        page.context.close()
    for page in own:
        page.select_option("[data-test=speed]", FASTEST)
        page.click("[data-test=reset]")
    for page in own:
        page.click("[data-test=play]")
    began, starts = time.perf_counter(), [page.evaluate(PLACE) for page in own]
    time.sleep(6)
    ends, took = [page.evaluate(PLACE) for page in own], time.perf_counter() - began
    rates = [(end - start) / took for start, end in zip(starts, ends, strict=True)]
    print(
        f"{sessions} visitors at once, one browser: {min(rates):.1f} to {max(rates):.1f} quarters/s"
        f" each, {sum(rates):.0f} in all"
    )
    print(
        f"memory per visitor: {(shared - before) / sessions:.1f} MB with the world of the first "
        f"screen, {(after - shared) / sessions:.1f} MB with another; server {after:.0f} MB"
    )
    for page in own:
        page.context.close()


def clicks(opened: Open) -> None:
    """How soon another tab is there while each step of the model takes a second."""
    page = opened("?set=quarters%3D12&set=enterprise.customers%3D20001&tab=live")
    found = []
    for key in ("about", "data", "about", "data", "about"):
        began = time.perf_counter()
        page.click(f"#tab-{key}")
        page.wait_for_selector(f".kh-open-tab[data-tab={key}]")
        found.append(1000 * (time.perf_counter() - began))
    print(f"a click while steps take a second: {median(found):.0f} ms (at most {max(found):.0f})")


def memory_mb(pid: int) -> float:
    """Resident memory of a process, MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sessions", type=int, default=10, help="visitors at once (10)")
    main(parser.parse_args().sessions)

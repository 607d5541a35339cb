"""Take the pictures of the README: a walk through the app. Run by hand, never by a test.

    python tests/browser/walk.py [FOLDER OF RESULTS]

The folder may hold a claims report; its front page is the last picture.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
PICTURES = ROOT / "viz" / "pictures"
SIZE = {"width": 1280, "height": 1120}
STRUCK = "shock=8:refuse+funding:openai"
"""The largest lab is refused all money from 2027Q3 on."""


def main(folder: Path) -> None:
    """Serve the app, walk through it, and write the pictures."""
    from playwright.sync_api import sync_playwright

    from runs.commands.ui import LOCAL, free_port, server_command, server_settings
    from tests.browser.conftest import FLAGS, find_browser

    port = free_port(LOCAL, 0)
    command = server_command(LOCAL, port)
    server = subprocess.Popen(command, env=server_settings(folder), cwd=ROOT)
    PICTURES.mkdir(exist_ok=True)
    try:
        url = f"http://{LOCAL}:{port}/"
        wait_for(url)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
            walk(browser.new_page(viewport=SIZE), url)
            browser.close()
    finally:
        server.terminate()
        server.wait()


def wait_for(url: str) -> None:
    """Wait until the server answers."""
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(url)


def walk(page: Any, url: str) -> None:
    """One picture for each step."""
    page.goto(url)
    page.click("[data-test=tour-no]")
    take(page, "story")
    page.goto(f"{url}?tab=network&quarter=2028Q2")
    take(page, "network")
    page.goto(f"{url}?tab=live&{STRUCK}")
    page.wait_for_timeout(4000)
    take(page, "shock")
    page.goto(f"{url}?tab=customers&quarter=2028Q4")
    take(page, "customers")
    page.goto(f"{url}?tab=claims")
    take(page, "claims")


def take(page: Any, name: str) -> None:
    """Write a picture when the page has come to rest."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(4000)
    from PIL import Image

    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    way = Image.Quantize.MAXCOVERAGE  # small marks keep their colours, and k-means all others
    none = Image.Dither.NONE
    few = picture.quantize(256, method=way, kmeans=3, dither=none)  # a third of the size
    few.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))

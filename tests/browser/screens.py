"""Take a picture of every page at three widths, light and dark, to be looked at before a release.

python tests/browser/screens.py [FOLDER OF RESULTS]     writes build/screenshots
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
PICTURES = ROOT / "build" / "screenshots"
SIZES = ((1280, 900), (1920, 1080), (390, 844))
STRUCK = "shock=4:refuse+funding:openai"
"""Beside all pages of the first screen's world: the live page of a world that is struck."""
TALLEST = 6000
"""Pixels of a page that are kept."""


def main(folder: Path) -> None:
    """Serve the app and write the pictures."""
    from playwright.sync_api import sync_playwright
    from walk import wait_for

    from runs.commands.ui import LOCAL, free_port, server_command, server_settings
    from tests.browser.conftest import FLAGS, find_browser
    from viz.app import PAGES

    addresses = {key: f"?tab={key}" for key, _, _ in PAGES}
    addresses |= {"live-struck": f"?tab=live&{STRUCK}", "story-struck": f"?{STRUCK}"}
    port = free_port(LOCAL, 0)
    command = server_command(LOCAL, port)
    server = subprocess.Popen(command, env=server_settings(folder), cwd=ROOT)
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        url = f"http://{LOCAL}:{port}/"
        wait_for(url)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
            for width, height in SIZES:
                for theme in ("light", "dark"):
                    size = {"width": width, "height": height}
                    context = browser.new_context(viewport=size, color_scheme=theme)
                    context.add_init_script("localStorage.setItem('kaartenhuis-tour-seen', '1')")
                    for name, query in addresses.items():
                        take(context, url + query, f"{name}-{width}-{theme}")
                    context.close()
            browser.close()
    finally:
        server.terminate()
        server.wait()


def take(context: Any, address: str, name: str) -> None:
    """One picture of a whole page that has come to rest."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("[data-test=play]")
    page.wait_for_timeout(1500)
    running = page.locator("[data-test=effect-status]")
    if running.count():
        page.wait_for_selector("[data-test=effect-status][data-running=no]", timeout=120_000)
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**size, "height": min(TALLEST, height)})
    page.wait_for_timeout(800)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))

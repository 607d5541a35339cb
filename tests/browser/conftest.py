"""A real server and a real Chromium: what every browser test uses.

A test fails on any error in the browser's console, any exception in the page, any response of 400
or more and any request to another host.
"""

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runs.commands.ui import LOCAL, free_port, server_command, server_settings

HERE = Path(__file__).parent
SHOTS = HERE / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
WHOLE_HEIGHT = "document.documentElement.scrollHeight"


def find_browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def why_not() -> str | None:
    """Why the browser tests cannot run here; None when they can."""
    if find_browser() is None:
        return f"no browser: none of {', '.join(BROWSERS)} is installed"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = why_not()
    if reason is None or os.environ.get("CI"):
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = find_browser()
    assert path is not None, why_not()
    return {"executable_path": path, "args": FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOCAL}:{port}/", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


class Server:
    """A server of the app in a process of its own."""

    def __init__(self, folder: Path, app: str | None = None) -> None:
        self.port = free_port(LOCAL, 0)
        self.url = f"http://{LOCAL}:{self.port}/"
        command = server_command(LOCAL, self.port)
        if app is not None:
            command[command.index("viz.app")] = app
        self.log = folder / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, env=server_settings(folder), stdout=log, stderr=log, cwd=HERE.parents[1]
            )

    def wait(self, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if answers(self.port):
                return
            time.sleep(0.1)
        pytest.fail(f"the server did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def serve(folder: Path, app: str | None = None) -> Iterator[Server]:
    """A server that answers, until the end of the block."""
    server = Server(folder, app)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server under test may read."""
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="session")
def app_server(app_folder: Path) -> Iterator[Server]:
    with serve(app_folder) as server:
        yield server


@pytest.fixture(scope="session")
def serve_app(app_folder: Path) -> Callable[[str], Any]:
    """Serve another app than the ordinary one: a context manager that takes its path."""
    return lambda app: serve(app_folder, app)


@pytest.fixture(scope="session")
def serve_folder() -> Callable[[Path], Any]:
    """Serve the app with another folder of results: a context manager that takes it."""
    return serve


@pytest.fixture(scope="session")
def app_url(app_server: Server) -> str:
    """Address of the first screen."""
    return app_server.url


class Watch:
    """Collects what must not happen in a page."""

    def __init__(self, page: Any) -> None:
        self.found: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"exception: {error}"))
        page.on("response", self._response)
        page.on("request", self._request)
        page.on("requestfailed", self._failed)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.found.append(f"console: {message.text}")

    def _response(self, response: Any) -> None:
        if response.status >= 400:
            self.found.append(f"{response.status}: {response.url}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((f"http://{LOCAL}:", f"ws://{LOCAL}:", "data:", "blob:")):
            self.found.append(f"other host: {request.url}")

    def _failed(self, request: Any) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # the page was left
            self.found.append(f"failed: {request.url} {request.failure}")


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A page that must stay free of errors."""
    yield from watched(context)


def watched(context: Any) -> Iterator[Any]:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    watch = Watch(page)
    yield page
    page.close()
    assert watch.found == []


@pytest.fixture
def snap(page: Any) -> Callable[[str], None]:
    """Keep a picture of the whole page under a name, in a window as high as the page."""

    def keep(name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        size = page.viewport_size
        page.set_viewport_size({**size, "height": page.evaluate(WHOLE_HEIGHT)})
        page.wait_for_function("!document.querySelector('[data-stale]')")
        page.screenshot(path=SHOTS / f"{name}.png")
        page.set_viewport_size(size)

    return keep


@pytest.fixture
def opened(page: Any, app_url: str) -> Callable[..., Any]:
    """Open the app, wait for its first drawing, and return the page."""

    def open_at(query: str = "") -> Any:
        page.goto(app_url + query)
        page.wait_for_selector("[data-test=play]")
        return page

    return open_at


@pytest.fixture
def open_tab(page: Any) -> Callable[[str], None]:
    """Open a tab and wait for its page."""

    def go(key: str) -> None:
        page.click(f"#tab-{key}")
        page.wait_for_selector(f".kh-open-tab[data-tab={key}]")

    return go

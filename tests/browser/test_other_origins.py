"""Other pages cannot use the app: another origin, a name that leads here, a frame; in Chromium."""

import http.server
import json
import re
import socket
import struct
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from runs.commands.ui import server_settings

from . import conftest
from .conftest import FLAGS, LOCAL, PATIENCE_MS, find_browser, serve

KERNEL = "/jupyter/api/kernels/0a0a0a0a-1111-2222/channels?session_id=a"
OPEN_SOCKET = """url => new Promise(done => {
  const socket = new WebSocket(url);
  socket.onopen = () => done("open");
  socket.onerror = () => done("refused");
})"""
MARKUP = "a<img src=x onerror=window.hacked=1>"


@pytest.fixture(scope="module")
def other_site() -> Iterator[str]:
    """A page of another origin: another port of this machine."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>other</title><link rel=icon href=data:,>")

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer((LOCAL, 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOCAL}:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def stranger(context: Any, other_site: str) -> Iterator[Any]:
    """A page of the other origin; what is refused is an error in its console, and meant."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(other_site)
    yield page
    page.close()


def test_a_page_of_another_origin_opens_no_socket(stranger: Any, app_url: str) -> None:
    own = app_url.replace("http", "ws").rstrip("/") + KERNEL
    assert stranger.evaluate(OPEN_SOCKET, own) == "refused"


def test_a_page_of_another_origin_reads_nothing(stranger: Any, app_url: str) -> None:
    get = "url => fetch(url, {mode: 'no-cors'}).then(r => r.type, () => 'failed')"
    assert stranger.evaluate(get, app_url) in ("failed", "opaque")
    size = """url => new Promise(done => { const i = new Image(); i.onload = () => done(i.width);
      i.onerror = () => done(0); i.src = url; })"""
    assert stranger.evaluate(size, app_url + "static/assets/favicon.png") == 0


def test_a_page_on_another_port_cannot_frame_it(stranger: Any, app_url: str) -> None:
    stranger.evaluate(
        "url => { const f = document.createElement('iframe'); f.src = url; f.id = 'f';"
        "document.body.append(f); return new Promise(done => { f.onload = () => done(1); }); }",
        app_url,
    )
    frame = stranger.query_selector("#f").content_frame()
    assert frame.query_selector(".kh-app") is None
    assert "Kaartenhuis" not in frame.content()


def test_a_link_from_another_page_opens_the_app(stranger: Any, app_url: str) -> None:
    stranger.evaluate("url => { location.href = url; }", app_url + "?tab=about")
    stranger.wait_for_selector(".kh-open-tab[data-tab=about]")


def test_a_name_that_leads_here_is_refused(playwright: Any, app_url: str) -> None:
    port = app_url.rsplit(":", 1)[1].strip("/")
    mapped = [*FLAGS, f"--host-resolver-rules=MAP rebound.example {LOCAL}"]
    browser = playwright.chromium.launch(executable_path=find_browser(), args=mapped)
    try:
        page = browser.new_page()
        answer = page.goto(f"http://rebound.example:{port}/")
        assert answer.status == 403
        assert "does not answer to the name" in page.content()
        assert page.query_selector(".kh-app") is None
        url = f"ws://rebound.example:{port}{KERNEL}"
        assert page.evaluate(OPEN_SOCKET, url) == "refused"
    finally:
        browser.close()


# --- raw sockets


def test_a_socket_without_an_origin_is_refused(app_url: str) -> None:
    own = app_url.replace("http", "ws").rstrip("/") + KERNEL
    for origin in (None, "null", "http://evil.example"):
        with pytest.raises(InvalidStatus):
            connect(own, origin=origin, open_timeout=20)


def memory_mb(pid: int) -> float:
    """Memory that a process holds now, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
def test_garbage_is_dropped_and_costs_nothing(app_server: Any, app_url: str) -> None:
    own, origin = app_url.replace("http", "ws").rstrip("/") + KERNEL, app_url.rstrip("/")
    before = memory_mb(app_server.process.pid)
    garbage: list[Any] = [struct.pack("!i", 40_000_000) + b"0000", b"", "[" * 200_000, "{}", "\0"]
    with connect(own, origin=origin, open_timeout=20) as open_socket:  # type: ignore[arg-type]
        for each in garbage:
            open_socket.send(each)
        header = {"msg_type": "kernel_info_request", "msg_id": "1", "session": "", "username": ""}
        message = {"header": header, "content": {}, "channel": "shell", "metadata": {}}
        open_socket.send(json.dumps(message | {"parent_header": {}}))
        assert "kernel_info_reply" in "".join(str(open_socket.recv(20)) for _ in range(3))
        open_socket.send(bytes(1_000_000))  # more than a message may have
        with pytest.raises(ConnectionClosed):
            while True:
                open_socket.recv(20)
    assert memory_mb(app_server.process.pid) < before + 50
    assert "Traceback" not in app_server.log.read_text()


# --- behind a proxy with a path prefix


@pytest.fixture
def stripping_proxy() -> Iterator[Callable[[int], int]]:
    """A proxy that takes "/app" off each path and passes the rest on; gives its port."""
    listeners: list[socket.socket] = []

    def pump(source: socket.socket, target: socket.socket, strips: bool) -> None:
        try:
            while data := source.recv(65_536):
                if strips:
                    data = re.sub(rb"\A(GET|POST) /app/", rb"\1 /", data)
                target.sendall(data)
        except OSError:
            pass
        finally:
            target.close()

    def relay(listener: socket.socket, port: int) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection((LOCAL, port))
            for pair in ((client, server, True), (server, client, False)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    def start(port: int) -> int:
        listener = socket.create_server((LOCAL, 0))
        listeners.append(listener)
        threading.Thread(target=relay, args=(listener, port), daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for each in listeners:
        each.close()


def asks_for_token(port: int) -> bool:
    """Whether a server is there and refuses who has no token."""
    try:
        urllib.request.urlopen(f"http://{LOCAL}:{port}/", timeout=5)
    except urllib.error.HTTPError as error:
        return error.code == 403
    except OSError:
        return False
    return False


@pytest.fixture(scope="module")
def shielded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server under the prefix "/app" that asks for a token, over a folder that means harm."""
    folder = tmp_path_factory.mktemp("harm")
    claim = {"id": "C01", "title": MARKUP, "question": MARKUP, "verdict": "holds", "answer": MARKUP}
    tree = {"format": 1, "replicates": 1, "seed": 1, "is_quick": True, "runs": 1, "command": ""}
    for name in (MARKUP, f"{MARKUP} quick"):
        (folder / name).mkdir()
        (folder / name / "claims.json").write_text(json.dumps(tree | {"claims": [claim]}))
    (folder / "manifest.json").write_text("[" * 200_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOLARA_ROOT_PATH", "/app")
        patch.setattr(conftest, "answers", asks_for_token)
        patch.setattr(
            conftest, "server_settings", lambda place: server_settings(place, None, "s3cret")
        )
        with serve(folder) as server:
            yield server


def test_the_token_is_asked_for_and_never_copied(shielded: Any, context: Any) -> None:
    page = context.new_page()
    assert page.goto(shielded.url).status == 403
    assert "asks for a token" in page.content()
    page.goto(shielded.url + "app/?token=s3cret&tab=about")
    page.wait_for_selector(".kh-open-tab[data-tab=about]")
    assert page.evaluate("location.search") == "?tab=about"
    assert "s3cret" not in page.evaluate("window.kaartenhuisLink")
    assert page.evaluate("document.cookie.includes('s3cret')") is False
    page.close()


@pytest.mark.parametrize("is_stripped", [False, True])
def test_behind_a_prefix_that_is_kept_or_stripped(
    shielded: Any, page: Any, stripping_proxy: Callable[[int], int], is_stripped: bool
) -> None:
    port = stripping_proxy(shielded.port) if is_stripped else shielded.port
    page.context.add_cookies(
        [{"name": f"kaartenhuis-{shielded.port}", "value": "s3cret", "url": f"http://{LOCAL}"}]
    )
    page.goto(f"http://{LOCAL}:{port}/app/?tab=live")
    page.wait_for_selector(".kh-open-tab[data-tab=live]")
    page.click("#tab-about")
    page.wait_for_selector(".kh-open-tab[data-tab=about]")
    page.wait_for_function("location.search === '?tab=about'")
    assert page.evaluate("location.pathname") == "/app/"
    assert page.evaluate("window.kaartenhuisLink").endswith("/app/?tab=about")
    assert "does not end with root path" not in shielded.log.read_text()


def test_names_are_text_and_no_traceback_is_shown(shielded: Any, page: Any) -> None:
    page.context.add_cookies(
        [{"name": f"kaartenhuis-{shielded.port}", "value": "s3cret", "url": f"http://{LOCAL}"}]
    )
    page.goto(shielded.url + "app/?tab=claims&set=" + "a." * 3_000 + "a=1")
    page.wait_for_selector("[data-test=claim-C01]")
    page.click("[data-test=claim-C01]")
    page.wait_for_selector("[data-test=detail-C01]")
    assert MARKUP in page.inner_text(".kh-summary")
    assert MARKUP in page.inner_text("[data-test=detail-C01]")
    page.click("#tab-sweeps")
    page.wait_for_selector(".kh-open-tab[data-tab=sweeps]")
    assert page.evaluate("window.hacked === undefined")
    words = page.inner_text("body")
    assert "no key has so many parts" in words
    assert "Traceback" not in words and str(shielded.log.parent) not in words

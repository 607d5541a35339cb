"""The doorkeeper and the routes behind it: headers, prefix, token; nothing writes or calls out."""

import asyncio
import hashlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shell_page import finished

from viz.server.__main__ import plain_prefix, routes
from viz.server.guard import Guard, innermost
from viz.server.rules import Rules

pytestmark = pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated")
PORT = 8765
ASSET = "/_solara/cdn/echarts@5.4.0/dist/echarts.min.js"
NEEDED = {
    "/",
    "/jupyter/api/kernels/{kernel_id}/{name}",
    "/_solara/api/close/{kernel_id}",
    "/_solara/cdn",
    "/static/assets",
    "/jupyter/nbextensions",
    "/static",
}
REFUSED = {
    "/readyz",
    "/resourcez",
    "/jupyter/api/kernels/{id}",
    "/{fullpath}",
    "/{fullpath:path}",
    "/_solara/api/evict/{kernel_id}",
    "/static/public",
}


class Answer:
    """What an ASGI application sent."""

    def __init__(self, sent: list[dict[str, Any]]) -> None:
        self.sent = sent
        self.status = sent[0].get("status")
        pairs = sent[0].get("headers", ())
        self.headers = {name.decode().lower(): value.decode() for name, value in pairs}
        self.body = b"".join(each.get("body", b"") for each in sent)


def ask(app: Any, path: str = "/", *, kind: str = "http", **given: Any) -> Answer:
    """Ask an ASGI application; ``given``: method, query, and headers with "_" for "-"."""
    method, query = given.pop("method", "GET"), given.pop("query", "")
    named = {"host": f"127.0.0.1:{PORT}"} | {key.replace("_", "-"): v for key, v in given.items()}
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
        "server": ("127.0.0.1", PORT),
        "client": ("127.0.0.1", 5),
    } | ({"method": method} if kind == "http" else {})
    sent: list[dict[str, Any]] = []

    first = [{"type": f"{kind}.{'request' if kind == 'http' else 'connect'}"}]

    async def receive() -> dict[str, Any]:
        if not first:
            await asyncio.Event().wait()  # the visitor says no more, and stays
        return first.pop()

    async def send(message: Any) -> None:
        sent.append(dict(message))

    finished(app(scope, receive, send))
    return Answer(sent)


class Echo:
    """An application that says what it was asked."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["path"].endswith("/static/fails"):
            raise OSError("/home/secret/file")
        headers = [(b"x-frame-options", b"ALLOWALL"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def served() -> Any:
    """The app's own routes behind the doorkeeper."""
    return Guard(routes(), Rules())


def test_every_route_of_the_library_is_known() -> None:
    """A new version with another route fails here, until somebody has looked at it."""
    from solara.server import starlette

    assert {route.path for route in starlette.routes} == NEEDED | REFUSED
    ours: Any = routes()
    assert {route.path for route in ours.routes} == NEEDED


def test_a_refusal_is_one_line_with_the_headers_of_every_answer() -> None:
    for answer in (ask(Guard(Echo(), Rules())), ask(Guard(Echo(), Rules()), host="evil.example")):
        assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.status == 403
    assert answer.body.count(b"\n") == 1
    assert b"--allow-host" in answer.body


def test_a_refused_websocket_is_closed_before_it_is_open() -> None:
    echo = Echo()
    answer = ask(Guard(echo, Rules()), "/jupyter/api/kernels/0a0a0a0a/channels", kind="websocket")
    assert [each["type"] for each in answer.sent] == ["websocket.close"]
    assert echo.scopes == []


def test_an_error_inside_says_nothing_of_the_server(caplog: pytest.LogCaptureFixture) -> None:
    answer = ask(Guard(Echo(), Rules()), "/static/fails")
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert "OSError: /home/secret/file (test_server_guard.py:" in caplog.text
    assert "Traceback" not in caplog.text


def test_an_error_is_named_with_its_place() -> None:
    try:
        raise ExceptionGroup("both", [ExceptionGroup("in", [ValueError("two\nlines")])])
    except ExceptionGroup as error:
        assert innermost(error) == "ValueError: two lines"


@pytest.mark.parametrize("path", ["/app/static/x.js", "/static/x.js"])
def test_a_prefix_may_be_stripped_by_the_proxy_or_kept(path: str) -> None:
    echo = Echo()
    assert ask(Guard(echo, Rules(prefix="/app")), path).status == 200
    assert echo.scopes[0]["path"] == "/app/static/x.js"
    assert echo.scopes[0]["root_path"] == "/app"


def test_a_path_that_only_begins_like_the_prefix_is_another() -> None:
    assert ask(Guard(Echo(), Rules(prefix="/app")), "/application").status == 404
    assert ask(Guard(Echo(), Rules(prefix="/app")), "/app").status == 200
    assert [plain_prefix(text) for text in ("", "/", "app", "/a/b/")] == ["", "", "/app", "/a/b"]


def test_a_visitor_cannot_name_another_prefix() -> None:
    echo = Echo()
    ask(Guard(echo, Rules()), x_script_name="//evil.example", script_name="//evil.example")
    assert not [name for name, _ in echo.scopes[0]["headers"] if b"script" in name]


def test_the_token_goes_into_a_cookie_and_out_of_the_address() -> None:
    guard = Guard(Echo(), Rules(token="secret", prefix="/app"))
    answer = ask(guard, "/app/", query="token=secret&tab=live&set=a.b=1")
    assert answer.status == 303
    assert answer.headers["location"] == "/app/?tab=live&set=a.b=1"
    cookie = answer.headers["set-cookie"]
    assert cookie == f"kaartenhuis-{PORT}=secret; Path=/app; HttpOnly; SameSite=Lax"
    assert ask(guard, "/app/", cookie=cookie.split(";")[0]).body == b"ok"
    assert ask(guard, "/app/").status == 403


# --- the routes themselves


def state_of(folder: Path) -> str:
    """Names, sizes and times of all that lies in a folder, as one text."""
    found = sorted(folder.rglob("*"))
    lines = [f"{each} {each.lstat().st_mtime_ns} {each.lstat().st_size}" for each in found]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.fixture
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whatever would call another machine or start a program is noted, and fails."""
    tried: list[str] = []

    def note(*arguments: object, **_options: object) -> None:
        tried.append(str(arguments))
        raise AssertionError(arguments)

    monkeypatch.setattr(socket, "create_connection", note)
    monkeypatch.setattr(socket, "getaddrinfo", note)
    monkeypatch.setattr(socket.socket, "connect", note)
    monkeypatch.setattr(subprocess, "Popen", note)
    yield tried
    assert tried == []


@pytest.mark.usefixtures("no_way_out")
def test_no_route_writes_deletes_or_calls_out(served: Any) -> None:
    from solara.server import settings, starlette

    cdn = Path(settings.assets.proxy_cache_dir)
    static = Path(starlette.server.solara_static)
    before = [state_of(cdn), state_of(static.parent)]
    assert ask(served, ASSET).status == 200
    paths = [
        "/_solara/cdn/echarts@5.4.0/dist",
        "/_solara/cdn/echarts@5.4.0/dist/",
        "/_solara/cdn/echarts@5.4.0",
        "/_solara/cdn/no-such-package@1.0.0/x.js",
        "/_solara/cdn/left-pad",
        "/_solara/cdn/../../../etc/passwd",
        "/_solara/cdn/%2e%2e/%2e%2e/pyvenv.cfg",
        "/static/../settings.py",
        "/static/assets/../../settings.py",
        "/static/public/app.py",
        "/jupyter/nbextensions/../../../../etc/passwd",
        "/jupyter/nbextensions",
    ]
    for path in paths:
        for method in ("GET", "HEAD", "POST", "DELETE", "PUT"):
            answer = ask(served, path, method=method, origin=f"http://127.0.0.1:{PORT}")
            assert answer.status in (404, 405), (method, path)
    assert [state_of(cdn), state_of(static.parent)] == before


def test_an_asset_is_kept_by_browsers(served: Any) -> None:
    assert "immutable" in ask(served, ASSET).headers["cache-control"]


def test_closing_an_unknown_page_does_nothing(served: Any) -> None:
    path, query = "/_solara/api/close/0a0a0a0a-1111", "session_id=a"
    own = f"http://127.0.0.1:{PORT}"
    assert ask(served, path, method="POST", query=query, origin=own).status == 200
    assert ask(served, path, method="POST", query=query).status == 403
    assert ask(served, path, method="POST", query=query, origin="http://a.example").status == 403
    assert ask(served, path, method="GET", query=query).status == 405

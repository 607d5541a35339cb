"""Who may ask the server: names, origins, paths and the token, as pure functions."""

from dataclasses import replace

import pytest

from viz.server.rules import (
    Asked,
    Rules,
    brings_token,
    cookie_name,
    own_names,
    refusal,
    split_host,
    without_token,
)

HOST = "127.0.0.1:8765"
SOCKET = "/jupyter/api/kernels/0a0a0a0a-1111/channels"
OWN = Rules()


def asked(
    path: str = "/", *, kind: str = "http", method: str = "GET", query: str = "", **headers: str
) -> Asked:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Asked(kind, method, path, query, {"host": HOST, **named}, ("127.0.0.1", 8765))


def socket(origin: str | None = f"http://{HOST}", host: str = HOST) -> Asked:
    given = {"host": host} | ({} if origin is None else {"origin": origin})
    return asked(SOCKET, kind="websocket", query="session_id=a", **given)


@pytest.mark.parametrize(
    ("host", "is_answered"),
    [
        ("127.0.0.1:8765", True),
        ("localhost:8765", True),
        ("LOCALHOST.:8765", True),
        ("localhost:9000", True),  # a port of this machine that is passed on to the server's
        ("[::1]:8765", True),
        ("[::ffff:127.0.0.1]:8765", True),
        ("evil.example", False),
        ("evil.example:8765", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("127.0.0.1@evil.example", False),
        ("127.0.0.1:8765, evil.example", False),
        ("192.0.2.7:8765", False),
        ("0.0.0.0:8765", False),
        ("", False),
        ("[::1", False),
        ("127.0.0.1:port", False),
    ],
)
def test_only_names_that_are_served_are_answered(host: str, is_answered: bool) -> None:
    for rules in (OWN, replace(OWN, token="secret")):
        status, reason = refusal(asked(host=host, cookie="kaartenhuis-8765=secret"), rules)
        assert (status == 0) == is_answered, reason


@pytest.mark.parametrize(
    ("origin", "is_answered"),
    [
        (f"http://{HOST}", True),
        ("http://127.0.0.1:9999", False),
        ("http://127.0.0.1", False),
        ("http://localhost:8765", False),
        ("http://evil.example", False),
        (f"http://{HOST}.evil.example", False),
        (f"http://{HOST}@evil.example", False),
        (f"http://{HOST}/path", False),
        (f"file://{HOST}", False),
        ("null", False),
        ("", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_a_websocket_comes_from_a_page_of_this_server(
    origin: str | None, is_answered: bool
) -> None:
    assert (refusal(socket(origin), OWN)[0] == 0) == is_answered
    given = {} if origin is None else {"origin": origin}
    post = asked("/_solara/api/close/0a0a0a0a", method="POST", query="session_id=a", **given)
    assert (refusal(post, OWN)[0] == 0) == is_answered


@pytest.mark.parametrize(
    ("fetch", "path", "is_answered"),
    [
        (("none", "navigate", "document"), "/", True),
        (("same-origin", "no-cors", "image"), "/static/assets/favicon.png", True),
        (("cross-site", "navigate", "document"), "/", True),  # somebody follows a link
        (("same-site", "navigate", "document"), "/", True),
        (("cross-site", "no-cors", "image"), "/", False),
        (("cross-site", "no-cors", "script"), "/static/main-vuetify.js", False),
        (("same-site", "cors", "empty"), "/", False),
        (("cross-site", "navigate", "iframe"), "/", False),
        (("cross-site", "navigate", "document"), "/static/main-vuetify.js", False),
    ],
)
def test_what_another_page_asks_is_refused_but_for_a_link(
    fetch: tuple[str, str, str], path: str, is_answered: bool
) -> None:
    names = ("sec_fetch_site", "sec_fetch_mode", "sec_fetch_dest")
    request = asked(path, **dict(zip(names, fetch, strict=True)))
    assert (refusal(request, OWN)[0] == 0) == is_answered


def test_a_frame_is_answered_where_that_is_meant() -> None:
    frame = asked(sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="iframe")
    rules = Rules(embedders=("https://school.example",))
    assert refusal(frame, OWN)[0] == 403
    assert refusal(frame, rules)[0] == 0
    assert OWN.frame_ancestors == "frame-ancestors 'self'"
    assert rules.frame_ancestors == "frame-ancestors 'self' https://school.example"


def test_an_allowed_name_is_answered_and_its_pages_too() -> None:
    rules = Rules(allowed=frozenset({"model.example"}))
    assert refusal(asked(host="model.example"), rules)[0] == 0
    assert refusal(socket("https://model.example", "model.example"), rules)[0] == 0
    assert refusal(socket("https://model.example", HOST), rules)[0] == 0  # Host not passed on
    assert refusal(socket("https://model.example:444", HOST), rules)[0] == 403
    on_port = Rules(allowed=frozenset({"model.example:444"}))
    assert refusal(socket("https://model.example:444", HOST), on_port)[0] == 0
    assert refusal(asked(host="model.example"), on_port)[0] == 403


def test_every_address_of_the_machine_is_served_when_all_are() -> None:
    rules = Rules(own_names("0.0.0.0", "Box"))
    request = replace(asked(host="192.0.2.7:8765"), server=("192.0.2.7", 8765))
    assert refusal(request, rules)[0] == 0
    assert refusal(asked(host="box:8765"), rules)[0] == 0
    assert refusal(replace(request, server=("192.0.2.8", 8765)), rules)[0] == 403
    assert "box" not in own_names("127.0.0.1", "box")
    assert "192.0.2.7" in own_names("192.0.2.7", "box")


@pytest.mark.parametrize(
    "path",
    [
        "/readyz",
        "/resourcez",
        "/jupyter/api/kernels/0a0a0a0a",
        "/_solara/api/evict/0a0a0a0a",
        "/_solara/cdn",
        "/_solara/auth/login",
        "/static/public/x",
        "/anything",
        "//",
        "/../etc/passwd",
    ],
)
def test_a_path_that_the_app_does_not_need_is_not_there(path: str) -> None:
    wanted = 404 if path != "/static/public/x" else 0  # no such file: see test_server_guard
    for method in ("GET", "HEAD"):
        assert refusal(asked(path, method=method), OWN)[0] == wanted
    assert refusal(asked(path, kind="websocket", origin=f"http://{HOST}"), OWN)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/_solara/cdn/echarts@5.4.0/dist/echarts.min.js"])
def test_nothing_but_reading(method: str, path: str) -> None:
    assert refusal(asked(path, method=method, origin=f"http://{HOST}"), OWN)[0] == 405


def test_a_socket_without_the_page_is_not_opened() -> None:
    assert refusal(replace(socket(), query=""), OWN)[0] == 404
    assert refusal(replace(socket(), path=SOCKET.replace("0a0a", "!")), OWN)[0] == 404


def test_a_token_is_asked_for_until_the_cookie_holds_it() -> None:
    rules = Rules(token="secret")
    assert refusal(asked(), rules)[0] == 403
    assert refusal(asked(query="token=wrong"), rules)[0] == 403
    assert refusal(asked(query="token=s%C3%A9cret"), rules)[0] == 403
    assert refusal(socket(), rules)[0] == 403
    assert refusal(asked("/static/main-vuetify.js", query="token=secret"), rules)[0] == 403
    assert refusal(asked(query="tab=live&token=secret"), rules)[0] == 0
    assert brings_token(asked(query="token=secret"), rules)
    cookie = f"other=1; {cookie_name(8765)}=secret"
    assert refusal(asked(cookie=cookie), rules)[0] == 0
    assert refusal(asked(cookie=cookie.replace("8765", "8766")), rules)[0] == 403
    assert not brings_token(asked(query="token="), OWN)


def test_the_address_that_is_seen_has_no_token() -> None:
    assert without_token("token=secret&set=a.b=1&tab=live&token=x") == "set=a.b=1&tab=live"
    assert without_token("token=secret") == ""


def test_a_host_is_taken_apart() -> None:
    assert split_host("[0:0:0:0:0:0:0:1]:80") == ("::1", "80")
    assert split_host("Name") == ("name", "")
    assert split_host("a b") == ("", "")

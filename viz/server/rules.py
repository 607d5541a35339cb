"""Who may ask this server, and for what: pure functions of a request's address and headers.

A page of another origin must not drive the app, read its figures or frame it, whether it names the
server itself or has a name of its own that leads here (DNS rebinding). So the name that is asked
for (``Host``) must be one that is served, what a page asks must come from a page of this server
(``Origin``, ``Sec-Fetch-Site``), and only paths that the app needs are answered at all.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from viz.words import WORDS

PAGE = "/"
ASSETS = ("/_solara/cdn/", "/static/assets/", "/jupyter/nbextensions/", "/static/")
CLOSE = re.compile(r"/_solara/api/close/[0-9A-Za-z-]{8,64}")
SOCKET = re.compile(r"/jupyter/api/kernels/[0-9A-Za-z-]{8,64}/channels")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN = "token"
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/@\[\]]+)(?::(\d{1,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_SAME = ("same-origin", "none")


@dataclass(frozen=True)
class Rules:
    """What one server answers.

    Attributes:
        names: host names and addresses that are served, without ports; those of loopback always.
        allowed: further names ("name" or "name:port"), such as that of a proxy in front.
        embedders: origins that may show the app in a frame of theirs.
        token: what the address must carry at the first visit; "" = nothing.
        prefix: path under which a proxy shows the app, such as "/app"; "" = none.
    """

    names: frozenset[str] = LOOPBACK
    allowed: frozenset[str] = frozenset()
    embedders: tuple[str, ...] = ()
    token: str = ""
    prefix: str = ""

    @property
    def frame_ancestors(self) -> str:
        """The ``Content-Security-Policy`` of every answer."""
        return " ".join(("frame-ancestors 'self'", *self.embedders))


@dataclass(frozen=True)
class Asked:
    """A request, or the opening of a websocket.

    Attributes:
        kind: "http" or "websocket". method: "GET", ...; "GET" for a websocket.
        path: decoded path without the prefix. query: undecoded.
        headers: by lower-case name; one that came more than once is joined with ", ".
        server: address and port on which it arrived.
    """

    kind: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    server: tuple[str, int] = ("", 0)


def refusal(asked: Asked, rules: Rules) -> tuple[int, str]:
    """Status and reason of a refusal; (0, "") when the request is answered.

    Names and origins come first, so that a stranger does not even learn which paths there are.
    """
    if not is_served(asked.headers.get("host", ""), asked.server[0], rules):
        return 403, WORDS("frame-refused-host")
    if not is_from_here(asked, rules):
        return 403, WORDS("frame-refused-origin")
    status, reason = _path_refusal(asked)
    if status:
        return status, reason
    if not has_token(asked, rules):
        return 403, WORDS("frame-refused-token")
    return 0, ""


def _path_refusal(asked: Asked) -> tuple[int, str]:
    """Whether the app needs this path, by this method."""
    if asked.kind == "websocket":
        page = parse_qs(asked.query).get("session_id", [""])[0]
        is_known = SOCKET.fullmatch(asked.path) is not None and bool(page)
        return (0, "") if is_known else (404, WORDS("frame-refused-path"))
    if CLOSE.fullmatch(asked.path):
        if asked.method != "POST":
            return 405, WORDS("frame-refused-method")
        is_known = bool(parse_qs(asked.query).get("session_id"))
        return (0, "") if is_known else (404, WORDS("frame-refused-path"))
    if asked.path != PAGE and not asked.path.startswith(ASSETS):
        return 404, WORDS("frame-refused-path")
    return (0, "") if asked.method in ("GET", "HEAD") else (405, WORDS("frame-refused-method"))


# --- names


def split_host(text: str) -> tuple[str, str]:
    """Name and port of a ``Host``: ("::1", "8765"); the port may be "", a bad text gives ("", "").

    Addresses are written in their shortest form, names in lower case.
    """
    found = _HOST.fullmatch(text.strip())
    if found is None:
        return "", ""
    return plain_name(found[1]), found[2] or ""


def plain_name(name: str) -> str:
    """A name in lower case without its last dot, or an address in its shortest form."""
    bare = name.strip("[]")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return name.lower().rstrip(".")
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def is_served(host: str, arrived_at: str, rules: Rules) -> bool:
    """Whether a ``Host`` is one of this server's.

    Args:
        host: the header.
        arrived_at: address of this machine on which the request arrived: it is served, and a page
            elsewhere cannot give a name of its own to look like an address.
        rules: names that are served.
    """
    name, port = split_host(host)
    if not name:
        return False
    if name in rules.names or is_allowed(name, port, rules):
        return True
    return bool(arrived_at) and name == plain_name(arrived_at)


def is_allowed(name: str, port: str, rules: Rules) -> bool:
    """Whether a name is one of ``--allow-host``: without a port it stands for every port."""
    return any(
        name == wanted and (not wanted_port or wanted_port == port)
        for wanted, wanted_port in map(split_host, rules.allowed)
    )


# --- origins


def is_from_here(asked: Asked, rules: Rules) -> bool:
    """Whether a page of this server asks, or nobody's page but a person who follows a link.

    A websocket and a POST must say that they come from here. What merely reads must not say that it
    comes from elsewhere, but for the page itself, which any link may lead to.
    """
    headers = asked.headers
    origin = headers.get("origin")
    if origin is not None and not is_own_origin(origin, headers.get("host", ""), rules):
        return False
    if asked.kind == "websocket" or asked.method not in ("GET", "HEAD"):
        return origin is not None
    if headers.get("sec-fetch-site", "none") in _SAME:
        return True
    goes_to = headers.get("sec-fetch-dest", "")
    is_opened = goes_to == "document" or (bool(rules.embedders) and goes_to in ("iframe", "frame"))
    return is_opened and headers.get("sec-fetch-mode") == "navigate" and asked.path == PAGE


def is_own_origin(origin: str, host: str, rules: Rules) -> bool:
    """Whether an ``Origin`` is the one that the page of this server has.

    It is when it has name and port of the ``Host``. Behind a proxy that does not pass the ``Host``
    on it is one of ``--allow-host``, on the port given there or on the ordinary one.
    """
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    name, port = split_host(parts.netloc)
    if parts.scheme not in _DEFAULT_PORTS or not name or parts.path or parts.query:
        return False
    ordinary = _DEFAULT_PORTS[parts.scheme]
    own_name, own_port = split_host(host)
    if (name, port or ordinary) == (own_name, own_port or ordinary):
        return True
    return any(
        name == wanted and (port or ordinary) == (wanted_port or ordinary)
        for wanted, wanted_port in map(split_host, rules.allowed)
    )


# --- the token


def cookie_name(port: int) -> str:
    """Name of the cookie that holds the token: browsers share cookies between ports."""
    return f"kaartenhuis-{port}"


def has_token(asked: Asked, rules: Rules) -> bool:
    """Whether the address or the cookie carries the token; yes when none is asked for."""
    return not rules.token or brings_token(asked, rules) or _keeps_token(asked, rules)


def brings_token(asked: Asked, rules: Rules) -> bool:
    """Whether the address of the page carries the token."""
    if not rules.token or asked.kind != "http" or asked.path != PAGE:
        return False
    return any(_is_same(each, rules.token) for each in parse_qs(asked.query).get(TOKEN, []))


def _keeps_token(asked: Asked, rules: Rules) -> bool:
    """Whether the cookie holds it, from an earlier visit."""
    name = cookie_name(asked.server[1])
    for part in re.split(r"[;,]", asked.headers.get("cookie", "")):
        key, _, value = part.strip().partition("=")
        if key == name and _is_same(value, rules.token):
            return True
    return False


def _is_same(given: str, token: str) -> bool:
    """Whether two texts are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def without_token(query: str) -> str:
    """A query without the token: the address that is seen, kept and copied."""
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != TOKEN]
    return urlencode(pairs, safe=":,/.=")


def own_names(host: str, machine: str, further: Sequence[str] = ()) -> frozenset[str]:
    """Names under which a server is served.

    Args:
        host: address that it listens on; "0.0.0.0" and "::" stand for all of the machine's, which
            are recognised by the address on which a request arrives.
        machine: name of the machine; served when it is not loopback alone that is listened on.
        further: other names.
    """
    name = plain_name(host)
    names = {*LOOPBACK, *map(plain_name, further)}
    if name not in LOOPBACK and not name.startswith("127."):
        names.add(plain_name(machine))
    if name not in ("0.0.0.0", "::"):
        names.add(name)
    return frozenset(each for each in names if each)

"""The doorkeeper in front of the app: answers what the rules allow, refuses the rest."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from viz.server.frames import is_usable
from viz.server.rules import (
    Asked,
    Rules,
    brings_token,
    cookie_name,
    refusal,
    without_token,
)
from viz.words import WORDS

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Message, Receive, Send], Awaitable[None]]

LOG = logging.getLogger(__name__)
MAX_UNUSABLE = 50
"""A websocket is closed after so many messages that no page sends."""
POLICY_VIOLATION = 1008
_PREFIX_HEADERS = (b"script-name", b"x-script-name")
"""A visitor could name another server with these, and the library would send all others there."""


class Guard:
    """An ASGI application around the app.

    Args:
        app: what is guarded.
        rules: what it answers.
    """

    def __init__(self, app: App, rules: Rules) -> None:
        self.app = app
        self.rules = rules

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, open a websocket, or refuse either."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = asked_of(scope, self.rules)
        status, reason = refusal(asked, self.rules)
        if status:
            LOG.info("refused %s %.80r: %s", asked.method, asked.path, reason)
            await self._refuse(scope, send, status, reason)
        elif brings_token(asked, self.rules):
            await self._keep_token(asked, scope, send)
        else:
            await self._answer(asked, scope, receive, send)

    async def _answer(self, asked: Asked, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on; an error inside ends in one line of the log and one on the screen."""
        has_begun = False

        async def told(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._headers(message.get("headers", ()))}
            await send(message)

        if asked.kind == "websocket":
            receive = only_usable(receive, send)
        try:
            await self.app(inner_scope(scope, asked, self.rules), receive, told)
        except Exception as error:
            LOG.error("%s %.80r failed: %s", asked.method, asked.path, innermost(error))
            LOG.debug("in full", exc_info=True)
            if not has_begun:
                await self._refuse(scope, send, 500, WORDS("frame-refused-error"))

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        """Headers of an answer, with what tells the browser who may use it."""
        own = {
            b"content-security-policy": self.rules.frame_ancestors.encode(),
            b"cross-origin-opener-policy": b"same-origin",
            b"cross-origin-resource-policy": b"same-origin",
            b"referrer-policy": b"same-origin",
            b"x-content-type-options": b"nosniff",
        }
        if not self.rules.embedders:
            own[b"x-frame-options"] = b"SAMEORIGIN"
        return [*((name, value) for name, value in given if name not in own), *own.items()]

    async def _refuse(self, scope: Message, send: Send, status: int, reason: str) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
            return
        kind = (b"content-type", b"text/plain; charset=utf-8")
        await self._say(send, status, [kind], f"{reason}\n".encode())

    async def _keep_token(self, asked: Asked, scope: Message, send: Send) -> None:
        """Put the token into a cookie, and go to the address without it: none is ever copied."""
        query = without_token(asked.query)
        place = f"{self.rules.prefix}{asked.path}" + (f"?{query}" if query else "")
        path = self.rules.prefix or "/"
        cookie = f"{cookie_name(asked.server[1])}={self.rules.token}; Path={path}; HttpOnly"
        is_safe = scope.get("scheme") == "https"
        foreign = is_safe and self.rules.embedders
        cookie += "; SameSite=None; Secure" if foreign else "; SameSite=Lax"
        if is_safe and not foreign:
            cookie += "; Secure"
        headers = [
            (b"location", place.encode("latin-1", "replace")),
            (b"set-cookie", cookie.encode()),
            (b"cache-control", b"no-store"),
        ]
        await self._say(send, 303, headers, b"")

    async def _say(
        self, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        length = (b"content-length", str(len(body)).encode())
        start = {"type": "http.response.start", "status": status}
        await send(start | {"headers": self._headers([*headers, length])})
        await send({"type": "http.response.body", "body": body})


def asked_of(scope: Message, rules: Rules) -> Asked:
    """What an ASGI scope asks for; the prefix of a proxy may have been stripped by it or not."""
    headers: dict[str, str] = {}
    for raw, value in scope.get("headers", ()):
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        joint = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{joint}{text}" if name in headers else text
    path: str = scope["path"]
    if rules.prefix and (path == rules.prefix or path.startswith(rules.prefix + "/")):
        path = path[len(rules.prefix) :] or "/"
    server = scope.get("server") or ("", 0)
    query = scope.get("query_string", b"").decode("latin-1")
    place = (str(server[0]), int(server[1] or 0))
    return Asked(scope["type"], scope.get("method", "GET"), path, query, headers, place)


def inner_scope(scope: Message, asked: Asked, rules: Rules) -> Message:
    """The scope for the app: its own prefix, whatever the proxy or the visitor says."""
    headers = [(n, v) for n, v in scope.get("headers", ()) if n.lower() not in _PREFIX_HEADERS]
    path = rules.prefix + asked.path
    return {**scope, "headers": headers, "path": path, "root_path": rules.prefix}


def only_usable(receive: Receive, send: Send) -> Receive:
    """Receive from a websocket, without the messages that no page of the app sends."""
    unusable = 0

    async def usable() -> Message:
        nonlocal unusable
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            text = message.get("text")
            if is_usable(message.get("bytes") or b"" if text is None else text):
                return message
            unusable += 1
            if unusable == 1:
                LOG.warning("a message that no page of the app sends was left out")
            if unusable >= MAX_UNUSABLE:
                LOG.warning("a websocket was closed: it sent nothing that a page sends")
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
                return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

    return usable


def innermost(error: BaseException) -> str:
    """An error in one line: what it is, and where it was raised."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f" ({code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{place}".replace("\n", " ")[:400]

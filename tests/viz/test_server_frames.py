"""Messages of a page on its websocket: what the app sends passes, all else is left out."""

import json
import os
import random
import struct
import tracemalloc
from typing import Any

import pytest
from shell_page import finished

from viz.server.frames import MAX_BYTES, MAX_DEPTH, MAX_PARTS, is_usable
from viz.server.guard import MAX_UNUSABLE, only_usable


def message(kind: str = "comm_msg", *, channel: str = "shell", **content: Any) -> dict[str, Any]:
    given = {"comm_id": "a", "data": {"method": "custom", "content": {}}} | content
    header = {"msg_type": kind, "msg_id": "1", "session": "s", "username": ""}
    return {"header": header, "content": given, "channel": channel, "metadata": {}}


def frame(parts: list[bytes]) -> bytes:
    places, at = [], 4 * (len(parts) + 1)
    for part in parts:
        places.append(at)
        at += len(part)
    return struct.pack(f"!{len(parts) + 1}I", len(parts), *places) + b"".join(parts)


USED = [
    message(),
    message("kernel_info_request"),
    message("comm_info_request", target_name="jupyter.widget"),
    message("shutdown_request", channel="control"),
    message("comm_open", target_name="solara.control"),
    message("comm_open", target_name="jupyter.widget.control", data={}),
    message("comm_close"),
    message(data={"method": "update", "state": {"open": True}}),
    message(data={"method": "app-status"}),
    message(data={"method": "run", "args": {"path": "/?tab=live", "appName": None}}),
]
UNUSABLE = [
    [],
    1,
    None,
    {},
    {"header": {}, "content": {}, "channel": "shell"},
    message(channel="iopub"),
    message("execute_request", code="1"),
    message("comm_open", target_name="jupyter.widget"),
    message("comm_open", target_name=["solara.control"]),
    message(comm_id=3),
    message(data=[]),
    message(data={"method": "evict"}),
    message(data={"method": "reload"}),
    message(data={"method": "update", "state": []}),
    message(data={"method": "run", "args": {"appName": "other"}}),
    message(data={"method": "run", "args": {"path": 5}}),
    message() | {"header": {"msg_type": ["comm_msg"], "msg_id": "1"}},
]


@pytest.mark.parametrize("given", USED)
def test_what_a_page_sends_passes(given: dict[str, Any]) -> None:
    assert is_usable(json.dumps(given))
    assert is_usable(frame([json.dumps(given).encode()]))
    assert is_usable(frame([json.dumps(given).encode(), b"bytes", b""]))


@pytest.mark.parametrize("given", UNUSABLE)
def test_what_no_page_sends_is_left_out(given: Any) -> None:
    assert not is_usable(json.dumps(given))
    assert not is_usable(frame([json.dumps(given).encode()]))


GOOD = json.dumps(message()).encode()


@pytest.mark.parametrize(
    "given",
    [
        struct.pack("!i", 40_000_000) + b"0000",
        struct.pack("!i", -1) + b"0000",
        struct.pack("!iI", 0, 8) + GOOD,
        struct.pack("!iI", 1, 4) + GOOD,
        struct.pack("!iI", 1, 9_000) + GOOD,
        struct.pack("!iII", 2, 12, 2**32 - 1) + GOOD,
        struct.pack("!iII", 2, 12, 0) + GOOD,
        frame([GOOD] + [b""] * MAX_PARTS),
        frame([GOOD, bytes(MAX_BYTES)]),
        b"",
        b"\x00\x00\x00\x01",
        "[" * 200_000,
        '{"header":' * 20_000,
        "1" * 10_000,
        '"\\ud800',
        json.dumps(message(data={"method": "custom", "content": " " * MAX_BYTES})),
        "{" + '"a":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}",
    ],
)
def test_a_frame_that_lies_costs_nothing(given: str | bytes) -> None:
    tracemalloc.start()
    assert not is_usable(given)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4_000_000


def test_random_frames_cost_nothing() -> None:
    chance = random.Random(5)
    tracemalloc.start()
    for _ in range(3_000):
        assert not is_usable(os.urandom(chance.randrange(200)))
        cut = bytearray(frame([GOOD, b"xx"]))
        cut[chance.randrange(12)] = chance.randrange(1, 256)
        is_usable(bytes(cut))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1_000_000


def heard(messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the app hears of a websocket, and what is sent to the page meanwhile."""
    waiting, sent, found = iter(messages), [], []

    async def receive() -> Any:
        return next(waiting)

    async def send(each: Any) -> None:
        sent.append(each)

    async def listen() -> None:
        usable = only_usable(receive, send)
        while not found or found[-1]["type"] != "websocket.disconnect":
            found.append(dict(await usable()))

    finished(listen())
    return found, sent


def test_the_app_hears_only_what_it_can_use() -> None:
    good = {"type": "websocket.receive", "text": GOOD.decode()}
    bad = {"type": "websocket.receive", "bytes": b"0000000000"}
    end = {"type": "websocket.disconnect", "code": 1000}
    assert heard([{"type": "websocket.connect"}, bad, good, bad, end]) == (
        [{"type": "websocket.connect"}, good, end],
        [],
    )
    found, sent = heard([bad] * MAX_UNUSABLE)
    assert [each["type"] for each in found] == ["websocket.disconnect"]
    assert [each["type"] for each in sent] == ["websocket.close"]

"""What a page may say on its websocket: messages are looked at before the library reads them.

The library believes a frame's own count of its parts and makes room for that many. Here a frame
must be small, of few parts that lie where it says, one of the kinds of message that a page sends,
and with the fields of that kind; all else is left out.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

MAX_BYTES = 256 * 1024
"""Of one message; the longest address that a browser can ask for here has 64 kB."""
MAX_PARTS = 32
MAX_DEPTH = 64
OTHERS = ("kernel_info_request", "comm_info_request", "shutdown_request")
TARGETS = ("solara.control", "jupyter.widget.control")
"""What a page may open. It makes no widgets: those are made here and shown there."""
_WORD = struct.Struct("!I")


def is_usable(message: str | bytes) -> bool:
    """Whether a message is one that the page of the app may send."""
    if len(message) > MAX_BYTES:
        return False
    text = message if isinstance(message, str) else _first_part(message)
    if text is None:
        return False
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return _is_flat(found) and _is_message(found)


def _first_part(frame: bytes) -> bytes | None:
    """The text of a frame of parts; None when its parts are not as it says.

    A frame holds the number of its parts, then the place of each, then the parts, one after
    another; numbers have four bytes, the first part is the text.
    """
    if len(frame) < 2 * _WORD.size:
        return None
    (count,) = _WORD.unpack_from(frame)
    if not 1 <= count <= MAX_PARTS or len(frame) < _WORD.size * (count + 1):
        return None
    places = struct.unpack_from(f"!{count}I", frame, _WORD.size)
    ends = [*places[1:], len(frame)]
    if places[0] != _WORD.size * (count + 1):
        return None
    if any(start > end for start, end in zip(places, ends, strict=True)):
        return None
    return frame[places[0] : ends[0]]


def _is_flat(found: Any) -> bool:
    """Whether tables and lists lie at most ``MAX_DEPTH`` deep in one another."""
    level = [found]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        if not inner:
            return True
        level = inner
    return False


def _is_message(found: Any) -> bool:
    """Whether it has the fields of one of the kinds of message that a page sends."""
    if not isinstance(found, dict) or found.get("channel") not in ("shell", "control"):
        return False
    header, content = found.get("header"), found.get("content")
    if not isinstance(header, dict) or not isinstance(content, dict):
        return False
    kind = header.get("msg_type")
    if not isinstance(kind, str) or not isinstance(header.get("msg_id"), str):
        return False
    if kind == "comm_info_request":
        return isinstance(content.get("target_name", ""), str | None)
    check = _CHECKS.get(kind)
    if check is None:
        return kind in OTHERS
    return isinstance(content.get("comm_id"), str) and check(content)


def _is_opening(content: Mapping[str, Any]) -> bool:
    return content.get("target_name") in TARGETS and isinstance(content.get("data"), dict)


def _is_data(content: Mapping[str, Any]) -> bool:
    """Data of a widget, or a command to the library: run the app, or ask whether it runs."""
    data = content.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("method"), str):
        return False
    if data["method"] == "run":
        args = data.get("args")
        if not isinstance(args, dict) or not isinstance(args.get("path", ""), str):
            return False
        return args.get("appName") in (None, "", "__default__")
    if data["method"] == "update":
        return isinstance(data.get("state"), dict)
    return data["method"] in ("custom", "request_state", "request_states", "app-status")


def _is_closing(content: Mapping[str, Any]) -> bool:
    return isinstance(content.get("data", {}), dict)


_CHECKS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "comm_open": _is_opening,
    "comm_msg": _is_data,
    "comm_close": _is_closing,
}

"""What several tests ask of the shell and of the server."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

AT_END = "((slider) => slider.value == slider.max)(document.querySelector('[data-test=slider]'))"
"""JavaScript: whether the last quarter is shown."""


def slider(page: Any) -> int:
    """Number of the quarter that is shown."""
    return int(page.input_value("[data-test=slider]"))


def quarter(page: Any) -> str:
    """Label of the quarter that is shown."""
    return str(page.inner_text("[data-test=quarter]"))


def is_drawn(page: Any, name: str) -> None:
    """Wait until a chart has been drawn and has painted something.

    A card may be drawn anew while it is looked at, when its run ends or its size changes; a chart
    that stays empty fails after the page's time limit.
    """
    page.wait_for_selector(f"[data-chart={name}] .kh-plot[data-drawn] canvas")
    page.wait_for_function(
        """(name) => {
            const canvas = document.querySelector(`[data-chart=${name}] canvas`);
            if (!canvas || !canvas.width || !canvas.height) return false;
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return pixels.data.some((value) => value !== 0);
        }""",
        arg=name,
    )


def finished[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns; in a thread of its own, for browser tests leave a loop in ours."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, coroutine).result()

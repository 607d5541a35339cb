"""A name that a link brings along is text everywhere: ECharts reads tooltips as HTML."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from viz.charts.customers import costs_option, moves_option, streams_option, switched
from viz.charts.firms import matrix_option
from viz.charts.network import network_option, sankey_option
from viz.charts.theme import LIGHT
from viz.recording.money import money_picture
from viz.recording.recording import Recording
from viz.session.link import decode, encode
from viz.world.worlds import World

MARKUP = '<img src=x onerror="alert(1)">Lab & Sons'
LAST = 11


@cache
def recording() -> Recording:
    world = World(changes=(("labs.openai.name", MARKUP), ("quarters", LAST + 1)))
    assert decode(encode(world, None, ""))[0].world == world
    return Recording(world).run_to_end()


def options() -> dict[str, dict[str, Any]]:
    shown, year = recording(), money_picture(recording(), LAST, 4, "ai", 100)
    moves = switched(shown, 0, LAST)
    return {
        "network": network_option(year, LIGHT),
        "sankey": sankey_option(year, LIGHT),
        "moves": moves_option(moves, LIGHT),
        "streams": streams_option(moves, {}, LIGHT),
        "costs": costs_option(shown, LAST, LIGHT),
        "matrix": matrix_option(shown.matrix("balance-sheet", LAST, "party"), LIGHT),
    }


def tips(option: Any) -> Iterator[str]:
    """All tooltips of an option that ECharts shows as HTML."""
    if isinstance(option, dict):
        tip = option.get("tooltip")
        if isinstance(tip, dict) and isinstance(tip.get("formatter"), str):
            yield tip["formatter"]
        for value in option.values():
            yield from tips(value)
    elif isinstance(option, list):
        for value in option:
            yield from tips(value)


@pytest.mark.parametrize("chart", ["network", "sankey", "moves", "streams", "costs", "matrix"])
def test_a_tooltip_holds_no_markup_of_a_name(chart: str) -> None:
    found = [tip for tip in tips(options()[chart]) if "Lab &" in tip]
    assert found
    assert not [tip for tip in found if "<img" in tip or "& Sons" in tip.replace("&amp; Sons", "")]

"""Colours and fonts of the app, light and dark; safe for colour-blind readers.

The colours are those of Okabe and Ito (2008, "Color Universal Design"), made lighter on a dark
ground where contrast asks for it, and a violet. A kind of firm keeps its colour everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FIRM_KINDS = ("labs", "clouds", "chipmakers", "startups", "investors", "bank", "customers")
"""Kinds of firm that have a colour of their own; all others are grey."""

FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """What a chart needs to know about looks.

    Attributes:
        is_dark: whether the ground is dark.
        ground: colour of the page. surface: colour of a card.
        text: colour of text. faint: colour of secondary text, at least 4.5 : 1 on the surface.
        line: colour of axes and borders. grid: colour of grid lines.
        series: colours of lines, in the order of use.
        kinds: colour by kind of firm, see ``FIRM_KINDS``.
        good, warning, bad: colours by severity. circle: colour of money that comes back.
        ghost: colour of the world without the shock.
        font: CSS font family.
    """

    is_dark: bool
    ground: str
    surface: str
    text: str
    faint: str
    line: str
    grid: str
    series: tuple[str, ...]
    kinds: dict[str, str]
    good: str
    warning: str
    bad: str
    circle: str
    ghost: str
    font: str = FONT

    def kind_colour(self, kind: str) -> str:
        """Colour of a kind of firm; grey for what has none."""
        return self.kinds.get(kind, self.faint)

    def text_style(self, size: int = 12) -> dict[str, Any]:
        """ECharts ``textStyle`` of ordinary text, ``size`` in px."""
        return {"color": self.text, "fontFamily": self.font, "fontSize": size}

    def base(self) -> dict[str, Any]:
        """ECharts options that every chart shares: font, colours, tooltip, no animation."""
        return {
            "animation": False,
            "backgroundColor": "transparent",
            "color": list(self.series),
            "textStyle": self.text_style(),
            "tooltip": self.tooltip(),
        }

    def tooltip(self, trigger: str = "item") -> dict[str, Any]:
        """ECharts tooltip that stays inside its chart and can be read on this ground."""
        return {
            "trigger": trigger,
            "confine": True,
            "backgroundColor": self.surface,
            "borderColor": self.line,
            "textStyle": self.text_style(12),
            "extraCssText": "max-width:320px;white-space:pre-line;",
        }

    def axis(self, **more: Any) -> dict[str, Any]:
        """ECharts axis in the colours of the theme; ``more`` is added to it."""
        return {
            "axisLine": {"lineStyle": {"color": self.line}},
            "axisTick": {"show": False},
            "axisLabel": {"color": self.faint, "fontFamily": self.font, "fontSize": 11},
            "nameTextStyle": {"color": self.faint, "fontFamily": self.font, "fontSize": 11},
            "splitLine": {"lineStyle": {"color": self.grid}},
            **more,
        }


LIGHT = Theme(
    is_dark=False,
    ground="#f6f5f1",
    surface="#ffffff",
    text="#1d2530",
    faint="#5b6472",
    line="#c9ccd1",
    grid="#eceae4",
    series=("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#1d2530"),
    kinds={
        "labs": "#D55E00",
        "clouds": "#0072B2",
        "chipmakers": "#009E73",
        "startups": "#8C6BB1",
        "investors": "#CC79A7",
        "bank": "#E69F00",
        "customers": "#56B4E9",
    },
    good="#00795A",
    warning="#A66F00",
    bad="#C03A00",
    circle="#C8102E",
    ghost="#7b8494",
)

DARK = Theme(
    is_dark=True,
    ground="#12161c",
    surface="#1b212a",
    text="#e8eaee",
    faint="#a7b0bd",
    line="#4a5362",
    grid="#2a313c",
    series=("#56B4E9", "#F0843C", "#3CC79C", "#E3A0C5", "#F0E442", "#B9A3F5", "#e8eaee"),
    kinds={
        "labs": "#F0843C",
        "clouds": "#4E9BD6",
        "chipmakers": "#3CC79C",
        "startups": "#B9A3F5",
        "investors": "#E3A0C5",
        "bank": "#F2B93B",
        "customers": "#8CCBF2",
    },
    good="#3CC79C",
    warning="#F2B93B",
    bad="#FF8552",
    circle="#FF6B7D",
    ghost="#8b95a5",
)
"""The two themes."""

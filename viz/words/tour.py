"""Words of the guided tour. English."""

from __future__ import annotations

WORDS = {
    "title": "Guided tour",
    "offer": "First time here? A tour of seven steps takes a minute.",
    "start": "Take the tour",
    "no": "No, thanks",
    "next": "Next",
    "back": "Back",
    "done": "Done",
    "end": "Close",
}

STEPS: list[dict[str, str]] = [
    {
        "tab": "story",
        "target": ".kh-article",
        "title": "A finished run, told",
        "text": "The simulation has already run: labs bought compute, clouds built, investors "
        "paid or did not. The story says what happened in this world.",
    },
    {
        "tab": "live",
        "target": ".kh-player",
        "title": "Play it again",
        "text": "Play shows the same world quarter by quarter. Pause, step back, or drag the "
        "slider to any quarter.",
    },
    {
        "tab": "live",
        "target": "[data-chart=funding]",
        "title": "One question per panel",
        "text": "Marks are things that happened: a failed round, a default. Click a mark and the "
        "app tells which earlier events led to it.",
    },
    {
        "tab": "network",
        "target": "#tab-network",
        "title": "Who pays whom",
        "text": "The money network shows the payments of a quarter. What comes back to where it "
        "started is drawn in red: that is the circle.",
    },
    {
        "tab": "live",
        "target": "[data-test=shocks]",
        "title": "What if?",
        "text": "Strike the running world. The world without the shock stays as a dashed line, "
        "and the difference is the effect of the shock.",
    },
    {
        "tab": "live",
        "target": "[data-test=parameters]",
        "title": "Doubt the numbers",
        "text": "Every parameter has a unit, bounds, a source and a confidence. Change one, and "
        "see whether the story still holds.",
    },
    {
        "tab": "ensemble",
        "target": "#tab-ensemble",
        "title": "One run is one history",
        "text": "The ensemble runs the same world many times with other chance events. Believe "
        "what happens often, not what happens once.",
    },
]
"""Steps: tab to open, CSS selector of what is pointed at, title and text."""

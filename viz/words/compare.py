"""Words of the compare page. English."""

from __future__ import annotations

LINES: dict[str, tuple[str, str, str, float]] = {
    "labs_cash_usd": (
        "How much money do the labs have left?",
        "Deposits of all AI labs, middle run (median)",
        "bn USD",
        1e9,
    ),
    "capex_usd": (
        "How much is being built?",
        "CapEx of all clouds per quarter, middle run (median)",
        "bn USD",
        1e9,
    ),
    "raised_usd": (
        "How much do investors bring?",
        "Money raised by labs per quarter, middle run (median)",
        "bn USD",
        1e9,
    ),
    "labs_valuation_usd": (
        "What are the labs said to be worth?",
        "Value of all labs, middle run (median)",
        "bn USD",
        1e9,
    ),
    "labs_revenue_usd": (
        "How much do the labs earn?",
        "Revenue of all labs per quarter, middle run (median)",
        "bn USD",
        1e9,
    ),
    "defaults": ("How many firms fail?", "Firms that have failed, mean of the runs", "firms", 1.0),
}
"""Indicator -> question, what is shown, unit of the axis, indicator over shown value."""

OUTCOMES: dict[str, tuple[str, str]] = {
    "freeze": ("Funding freezes", "% of runs"),
    "cut": ("A cloud cuts its CapEx", "% of runs"),
    "default": ("A firm fails", "% of runs"),
    "defaults": ("Firms that fail", "firms"),
    "capex_peak": ("Highest CapEx of a quarter", "bn USD"),
    "raised": ("Money that labs raise in all", "bn USD"),
    "cash_last": ("Labs’ cash at the end", "bn USD"),
    "revenue_last": ("Labs’ revenue in the last quarter", "bn USD"),
}
"""Outcome of a run -> its name and unit."""

TITLE = "What difference does it make?"
INTRO = (
    "Each world is run with the same seeds, so run number 7 meets the same luck in all of them. "
    "What is left between two runs is the difference between the worlds."
)
PICK = "Worlds to compare (the first is the yardstick)"
HERE = "the world you look at"
NUMBER = "Runs of each world"
START = "Compare"
CANCEL = "Cancel"
EMPTY = "Pick two or more worlds and press “{start}”."
TOO_FEW = "Pick at least two worlds."
TOO_MANY = "At most {number} worlds fit on one page; the first {number} are compared."
RUNNING = "{done} of {total} runs are done."
FINISHED = "{runs} runs of each world."
CANCELLED = "Cancelled: only runs that were done in all worlds are compared ({runs} of each)."
TABLE_TITLE = "The differences in figures"
TABLE_NOTE = (
    "Differences are means over pairs of runs with the same seed, against “{base}”, with their "
    "95% interval. Bold: the interval does not hold zero, so chance alone seldom explains it."
)
LENGTHS_NOTE = (
    "These worlds do not run for the same time ({lengths}): all figures of this table are measured "
    "from the first quarter to {label}, the last that all of them have."
)
LENGTH = "“{world}” {quarters} quarters"
OUTCOME, BASE = "Outcome", "{world} (yardstick)"
NO_PAIR = "No pair of runs is complete yet."
DIFFERENCE_TITLE = "How far apart, quarter by quarter?"
DIFFERENCE_QUESTION = "CapEx: difference to the yardstick, mean of the pairs with 95% interval"
SHOW = "Open in Play"
SAME = "the same in every run"

"""Words of the ensemble page. English."""

from __future__ import annotations

FANS: dict[str, tuple[str, str, str, float]] = {
    "labs_cash_usd": (
        "How much money do the labs have left?",
        "Deposits of all AI labs",
        "bn USD",
        1e9,
    ),
    "labs_valuation_usd": (
        "What are the labs said to be worth?",
        "Value of all labs at the price of their latest rounds",
        "bn USD",
        1e9,
    ),
    "capex_usd": ("How much is being built?", "CapEx of all clouds per quarter", "bn USD", 1e9),
    "raised_usd": (
        "How much do investors bring?",
        "Money raised by labs per quarter",
        "bn USD",
        1e9,
    ),
    "labs_revenue_usd": (
        "How much do the labs earn?",
        "Revenue of all labs per quarter",
        "bn USD",
        1e9,
    ),
    "rpo_usd": (
        "How much has been promised and not yet delivered?",
        "RPO: revenue under contract of all clouds",
        "bn USD",
        1e9,
    ),
    "spot_price_usd_hour": (
        "What does compute cost?",
        "Rent of an accelerator without contract",
        "USD per hour",
        1.0,
    ),
    "defaults": ("How many firms fail?", "Firms that have failed so far", "firms", 1.0),
}
"""Indicator -> question, what is shown, unit of the axis, indicator over shown value."""

BAND_90, BAND_50 = "9 of 10 runs", "half of them"
MEDIAN, OWN = "median", "this run"
QUANTILE_NAMES = {
    "low_90": "5% of the runs lie lower",
    "low_50": "25% lie lower",
    "high_50": "25% lie higher",
    "high_90": "5% lie higher",
}
EVENT_NAMES = {
    "freeze": "funding freezes",
    "cut": "a cloud cuts its CapEx",
    "default": "a firm fails",
}
CHANCE_TITLE = "How likely is a freeze, a cut, a failure?"
CHANCE_QUESTION = (
    "Share of the runs in which it has happened up to each quarter, with its 95% interval"
)
FIRST_TITLE = "Who fails first?"
FIRST_QUESTION = "Share of the runs in which this firm is the first to fail, with its 95% interval"
NOBODY = "nobody fails"
PICK_NOTE = "Click a bar to open one of its runs."
RUNS_TITLE = "Which history happens when?"
RUNS_QUESTION = "Each dot is a run: when a firm first failed, and the CapEx of its best quarter"

TITLE = "One run is one possible history. What do many say?"
INTRO = (
    "The same world is run again and again. Only chance differs: which round finds its last "
    "investor, which customer looks around in which quarter. The bands show how much of what you "
    "see in one run is luck."
)
NUMBER = "Number of runs"
START = "Run the ensemble"
AGAIN = "Run again"
CANCEL = "Cancel"
OPEN_RUN = "Open a run in Play"
EMPTY = (
    "No ensemble of this world yet. {number} runs take about {seconds} s on this machine when "
    "nobody else is computing; charts are drawn as the runs come in."
)
RUNNING = "{done} of {total} runs are done."
FINISHED = "{runs} runs of “{world}”{changes}."
CANCELLED = "Cancelled: the charts rest on the {runs} runs that were done."
SOME_FAILED = "{failed} runs stopped with an error and are left out; the last one: {problem}"
FEW = "With so few runs the bands say little: use 20 or more."
ELSEWHERE = "This ensemble belongs to another world than the one you look at now; run it again."
CHANGED = ", with your changes"
SUMMARY_CHANCE = "{event} in {share} of the runs ({low} to {high})"
SUMMARY = "Up to {quarter}: {parts}."
FOOTNOTE = (
    "Seeds are the same in every world, so ensembles of two worlds can be compared run by run. "
    "The intervals are about chance only, not about whether the parameters are right."
)
TOO_MANY = "{problem}."

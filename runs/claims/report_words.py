"""Words of the report that belong to no single claim."""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING

from runs.claims.answer_part import CONFIDENCE, number

if TYPE_CHECKING:
    from runs.claims.answer_part import Driver, Estimate, Spread, Verdict
    from runs.claims.report_context import ReportContext

TITLE = "Is it a house of cards?"
SUBTITLE = "The claims of an article on the AI investment boom, put to the test in a simulation"
LEAD = (
    "In November 2025 a Dutch article on a technology podcast asked whether the AI boom rests on "
    "a house of cards: a chipmaker finances a lab, the lab buys cloud, and the cloud buys chips. "
    "This report takes each of its claims, says beforehand what would count as true, and tests it "
    "in Kaartenhuis, an agent-based simulation in which whatever one party pays, another receives."
)
LIMITS: tuple[str, ...] = (
    "It is a simulation, not a forecast. Its rules are stated and its figures are public, but many "
    "are unverified, and most values for the behaviour of firms and investors are judged. An "
    "answer is true of this model within the ranges it was given.",
    "The financial system is one bank with the capital of all banks of the United States. There "
    "are no insurers, private credit funds or special vehicles through which losses would spread. "
    'So "no 2008" is nearly built in.',
    "Groups are too safe: a cloud has the cash flow of its whole group, and its customers other "
    "than labs never fail. Labs live on equity alone, and nobody buys a failing rival.",
    "All labs that ask for money in a quarter face investors of the same mood, so failures "
    "cluster more than they may in the world.",
    "The build-out is too large and power binds too little: the model connects more power, and "
    "rents out compute more cheaply, than forecasts of grids and gas allow.",
    "Chip revenue over CapEx leaves its observed band (0.42 to 0.51) in the course of ten years.",
    "Wages, taxes, inflation and monetary policy are outside: a bust costs no jobs here.",
)
METHODS: tuple[tuple[str, str], ...] = (
    (
        "Rules first",
        "Each claim has a file with its question, its experiment and the rule of its verdict. The "
        'rules were fixed before a run was looked at. "Holds" and "does not hold" need the '
        'whole interval on one side of the threshold; anything between "depends". Where a rule '
        "counts cases (C26, C27: in none of the pairs, cells of a map) the count decides.",
    ),
    (
        "Chance and ignorance apart",
        "The same world is run with many seeds: that shows chance. Then the uncertain parameters "
        "vary together over their ranges (a Latin hypercube) with two seeds at each point: that "
        "shows what nobody knows. The shares of both in the spread of an outcome come from an "
        "analysis of variance.",
    ),
    (
        "What an answer turns on",
        "The parameters with the largest rank correlation with the outcome, and what the rule "
        "would say in the lower and the upper third of their ranges.",
    ),
    (
        "Twins",
        "The effect of a failure or a shock is the difference between two copies of one world, of "
        "which one is struck. Both draw the same random numbers, so that nothing else differs.",
    ),
    (
        "Intervals",
        "95% confidence, unless a row says that it shows the middle 90% of the runs. Shares have "
        "Wilson's interval, means Student's t. Runs that share a point count as fewer.",
    ),
)
VERDICT_MEANING: dict[Verdict, str] = {
    "holds": "The rule is met, with the whole interval.",
    "does not hold": "The rule is failed, with the whole interval.",
    "depends": "It is true in part of the cases; the answer says which.",
    "not testable": "The model cannot tell; the answer says why.",
}
SYMBOLS: dict[Verdict, str] = {
    "holds": "●",
    "does not hold": "○",
    "depends": "◐",
    "not testable": "–",
}
DISCLAIMER = (
    "A simulation on public and partly unverified figures: it shows what may follow from stated "
    "rules, not what will happen. No investment advice."
)


TURNS_TITLE = "What the answers turn on"
TURNS_LEGEND = (
    "A parameter is listed for a claim when it is among the three strongest there and its "
    "correlation is larger than chance gives. Verdicts differ between the lower and the upper "
    "third of its range."
)
NO_TURNS = "In ensembles this small no parameter moves an outcome by more than chance may."
QUICK = (
    "This is the quick version. Its ensembles are small, so intervals are wide, and more claims "
    '"depend" than in the full report.'
)
INTERVALS_LEGEND = "Brackets hold the interval of the figure before them."

_UNIT = re.compile(r"(?<=\d) (?=(?:bn|trn|USD|EUR|GW)(?!\w))")
_HYPHEN = re.compile(r"(?<![\w.,–-])-(?=\d)")
_MINUS = "\u2212"
_MINUS_ZERO = re.compile(rf"{_MINUS}0(?![\d.,])")
_QUOTED = re.compile(r'"([^"]*)"')
_NO_BREAK = "\u00a0"


def polish(text: object) -> str:
    """A text as it is set: quotes and minus signs, no break between a number and its unit."""
    found = _UNIT.sub(_NO_BREAK, str(text))
    found = _MINUS_ZERO.sub("0", _HYPHEN.sub(_MINUS, found))
    return _QUOTED.sub(r"“\1”", found).replace("'", "’")


def parameter_words(path: str) -> str:
    """What a parameter is, with its unit: "Discount rate in the H-model (per year)".

    A path that is no parameter, such as the column of a size, is given back.
    """
    from market.parameters.scenario_schema import Leaf, find

    leaf = find(path.split("."))
    if not isinstance(leaf, Leaf) or not leaf.field.description:
        return path
    unit = f" ({leaf.unit})" if leaf.unit not in ("", "1") else ""
    return leaf.field.description.rstrip(".") + unit


def size_words(context: ReportContext) -> str:
    """How large the report's ensembles are, and whether runs failed."""
    failed = f" {context.failed:,} failed and are left out." if context.failed else ""
    return (
        f"{context.runs:,} runs and pairs of twins, ensembles of {context.replicates}, root seed "
        f"{context.seed}.{failed}"
    )


def dominant_words(spread: Spread) -> str:
    """Which of parameters and chance dominates; an interval that is too wide tells neither."""
    if spread.low < 0.25 and spread.high > 0.75:
        return "too few points to tell"
    return spread.dominant


def spread_words(spread: Spread) -> str:
    """Which of parameters and chance dominates, in a sentence."""
    if isnan(spread.parameter_share):
        return f"The outcome is the same in all runs of the {spread.points} points."
    name = dominant_words(spread)
    return (
        f"{name[0].upper()}{name[1:]}: {spread.parameter_share:.0%} of the variance lies "
        f"between the {spread.points} points of the uncertain parameters ({spread.low:.0%} to "
        f"{spread.high:.0%}), {spread.seed_share:.0%} between seeds of one point."
    )


def driver_words(driver: Driver) -> str:
    """How an outcome moves with a parameter: "rises with it (+0.56)", or that it may be chance."""
    if abs(driver.strength) < driver.chance:
        return f"may be chance ({driver.strength:+.2f}; chance gives up to ±{driver.chance:.2f})"
    return f"{'rises' if driver.strength > 0 else 'falls'} with it ({driver.strength:+.2f})"


def end_words(outcome: float, verdict: str) -> str:
    """Outcome and verdict in a third of a parameter's range: "holds (0.71)"."""
    return f"{verdict} ({number(outcome)})"


def n_words(estimate: Estimate) -> str:
    """What a figure rests on; a dash for one that no run gave."""
    return f"{estimate.n:,}" if estimate.n else "–"


def interval_words(estimate: Estimate) -> str:
    """What an interval is; a figure that no run gave has none of confidence."""
    if isnan(estimate.value):
        return "no run gave one"
    return estimate.interval if estimate.n or estimate.interval != CONFIDENCE else "not from runs"


def range_words(low: float, high: float) -> str:
    """A range: "0.78 to 0.96"."""
    return f"{number(low)} to {number(high)}"

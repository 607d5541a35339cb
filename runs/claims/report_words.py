"""Words of the report that belong to no single claim."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from runs.claims.answers import number

if TYPE_CHECKING:
    from runs.claims.answers import Driver, Spread, Verdict

TITLE = "Is it a house of cards?"
SUBTITLE = "The claims of an article on the AI investment boom, put to the test in a simulation"
LEAD = (
    "In November 2025 a Dutch technology magazine asked whether the AI boom rests on a house of "
    "cards: a circle in which a chipmaker finances a lab, the lab buys cloud, and the cloud buys "
    "chips. This report takes each of its claims, states beforehand what would count as true, and "
    "tests it in Kaartenhuis, an agent-based simulation whose accounts close to the cent."
)
LIMITS: tuple[str, ...] = (
    "It is a simulation, not a forecast. Its rules are stated and its figures are public, but many "
    "are unverified and the behaviour of firms and investors is assumed. An answer is true of this "
    "model within the ranges it was given.",
    "In the long run the model is too generous with power: more AI capacity is connected by the "
    "2030s than forecasts of grids and gas allow.",
    "Chip revenue over CapEx leaves its observed band (0.42 to 0.51) after 2028.",
    "One bank with the capital of all banks of the United States stands for the financial system, "
    "and non-bank lenders are not modelled one by one. So losses at a single bank or fund cannot "
    'be seen, and "no 2008" comes easily.',
    "All labs of a quarter face investors of the same mood, so failures cluster more than they "
    "may in the world. Failed firms are not replaced.",
)
METHODS: tuple[tuple[str, str], ...] = (
    (
        "Rules first",
        "Each claim has a file with its question, its experiment and the rule of its verdict. The "
        'rules were fixed before a run was looked at. "Holds" and "does not hold" need the '
        'whole interval on one side of the threshold; anything between "depends".',
    ),
    (
        "Chance and ignorance apart",
        "The same world is run with many seeds: that shows chance. Then the uncertain parameters "
        "vary together over their ranges (a Latin hypercube) with two seeds at each point: that "
        "shows what we do not know. The shares of both in the spread of an outcome come from an "
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
        "95 % confidence, unless a row says that it shows the middle 90 % of the runs. Shares have "
        "Wilson's interval, means Student's t. Runs that share a point count as fewer.",
    ),
)
VERDICT_MEANING: dict[Verdict, str] = {
    "holds": "The rule is met with the whole interval.",
    "does not hold": "The rule is failed with the whole interval.",
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


def spread_words(spread: Spread) -> str:
    """Which of parameters and chance dominates, in a sentence."""
    if isnan(spread.parameter_share):
        return f"The outcome is the same in all runs of the {spread.points} points."
    return (
        f"{spread.dominant.capitalize()}: {spread.parameter_share:.0%} of the variance lies "
        f"between the {spread.points} points of the uncertain parameters ({spread.low:.0%} to "
        f"{spread.high:.0%}), {spread.seed_share:.0%} between seeds of one point."
    ).replace("%", " %")


def driver_words(driver: Driver) -> str:
    """How an outcome moves with a parameter: "rises with it (+0.56)", or that it may be chance."""
    if abs(driver.strength) < driver.chance:
        return f"may be chance ({driver.strength:+.2f}, chance gives up to ±{driver.chance:.2f})"
    return f"{'rises' if driver.strength > 0 else 'falls'} with it ({driver.strength:+.2f})"


def range_words(low: float, high: float) -> str:
    """A range: "0.78 to 0.96"."""
    return f"{number(low)} to {number(high)}"

"""Answers to the claims about customers: who leads, who is good enough, who comes late."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Driver, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import DATE, label, middle, percent, threshold_verdict
from runs.claims.firm_names import firm_name
from runs.claims.pictures_customers import parts_by_year, share_by_quarter
from runs.claims.report_words import parameter_words
from runs.claims.results import Results
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import Effect

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim

SPANS = {"2025Q3": (0, 0), "2026 and 2027": (2, 9), "2030": (18, 21)}
"""Quarters over which enterprise spending is compared."""
AHEAD = "ahead"
NEED_QUARTERS = (0, 1, 3, 5, 9, 13, 21)


# --- who leads in the enterprise


def _part(lab: str, span: tuple[int, int]) -> str:
    return f"enterprise_part({lab}, {span[0]}, {span[1]})"


def _with_lead(claim: Claim, results: Results, span: tuple[int, int]) -> Results:
    """The uncertain runs with a column that is 1 where the rival's part is the larger one."""
    frame = results.frame("uncertain").copy()
    lab, rival = (
        frame[_part(claim.roles[role], span)].astype("float64") for role in ("lab", "rival")
    )
    frame[AHEAD] = (rival > lab).astype("float64").where(rival.notna() & lab.notna())
    return Results({"uncertain": frame}, {"uncertain": results.varied["uncertain"]})


def enterprise_lead(claim: Claim, results: Results) -> Answer:
    """Whether the rival gets more of what enterprises spend, and for how long."""
    rule, lab, rival = claim.thresholds, claim.roles["lab"], claim.roles["rival"]
    spans = list(SPANS.values())
    soon, late = (_with_lead(claim, results, span) for span in spans[1:])
    ahead_soon, ahead_late = (each.share("uncertain", AHEAD) for each in (soon, late))

    def verdict_of(first: Effect, last: Effect) -> Verdict:
        if isnan(first.low) or isnan(last.low):
            return "not testable"
        if min(first.low, last.low) >= rule["often"]:
            return "holds"
        return "does not hold" if first.high <= rule["seldom"] else "depends"

    keys = claim.roles["labs"].split()
    parts = {
        firm_name(key): [results.mean("uncertain", _part(key, span)) for span in spans]
        for key in keys
    }
    table = pd.DataFrame(
        [
            (span, name, part.mean, part.low, part.high, part.n)
            for number, span in enumerate(SPANS)
            for name, part in ((name, found[number]) for name, found in parts.items())
        ],
        columns=["time", "lab", "part", "low", "high", "runs"],
    )
    names = firm_name(rival), firm_name(lab)
    return Answer(
        verdict_of(ahead_soon, ahead_late),
        f"{names[0]} gets more of enterprise spending than {names[1]} in {percent(ahead_soon)} of "
        f"the runs in 2026 and 2027, and in {percent(ahead_late)} in 2030.",
        estimates=(
            Estimate.of(f"runs with {names[0]} ahead in 2026 and 2027", ahead_soon, "share"),
            Estimate.of(f"runs with {names[0]} ahead in 2030", ahead_late, "share"),
            *(
                Estimate.of(f"{name}: part of enterprise spending, {time}", found[number], "share")
                for number, time in enumerate(SPANS)
                for name, found in parts.items()
                if name in names
            ),
        ),
        boundary=_lead_boundary(parts, names),
        explanation=(
            "Customers weigh price and reliability. A lead in reliability is worn off by rivals "
            "that train more and learn from the best, and by the price that a lab in front asks.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-parts",
                "Who gets what enterprises spend?",
                f"Means over {ahead_soon.n} runs with uncertain parameters.",
                "Three stacked bars, for 2025Q3, 2026 to 2027, and 2030.",
                partial(
                    parts_by_year,
                    pd.DataFrame(
                        {name: [each.mean for each in found] for name, found in parts.items()},
                        index=list(SPANS),
                    ),
                    "What enterprises spend, by lab",
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-parts", "Parts of enterprise spending", table),),
        drivers=drivers(
            late, "uncertain", AHEAD, lambda part: verdict_of(ahead_soon, part), is_share=True
        ),
        spread=spread(late, "uncertain", AHEAD),
        notes=(
            "The shares of seats of 2025Q3 are put in from the survey of mid-2025: 25, 32 and 20 "
            "points, divided by the 80 that the labs of this model hold. What they get of the "
            "spending differs a little, as their prices do. The fall and rise before it are not "
            "simulated. A lab that failed gets nothing, so a failure of one puts the "
            "other ahead.",
        ),
    )


def _lead_boundary(parts: dict[str, list[Effect]], names: tuple[str, str]) -> str:
    rival, lab = (parts[name] for name in names)
    gaps = [100 * (one.mean - two.mean) for one, two in zip(rival, lab, strict=True)]
    return (
        f"The lead is {gaps[0]:+.0f} points at the start, {gaps[1]:+.0f} in 2026 and 2027, and "
        f"{gaps[2]:+.0f} in 2030, on average."
    )


# --- who is good enough


def enterprise_grade(claim: Claim, results: Results) -> Answer:
    """What part of the market needs more than the lab can do."""
    rule, lab = claim.thresholds, claim.roles["lab"]
    first = f"needs_above({lab}, 0)"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["many"], rule["few"])

    needy = results.mean("uncertain", first)
    two = results.mean("uncertain", "two_providers()")
    keys = claim.roles["labs"].split()
    by_lab = {
        key: [results.mean("uncertain", f"needs_above({key}, {quarter})") for quarter in (0, 9)]
        for key in keys
    }
    rows = [
        (quarter, *_four(results.mean("uncertain", f"needs_above({lab}, {quarter})")))
        for quarter in NEED_QUARTERS
    ]
    path = pd.DataFrame(rows, columns=["x", "mean", "low", "high", "runs"])
    ready = middle(
        f"quarter in which the lab does {rule['demanding']:.1%} right",
        results.frame("uncertain")[f"reliable_quarter({lab}, {rule['demanding']})"],
        DATE,
    )
    table = pd.DataFrame(
        [
            (firm_name(key), label(quarter), *_four(found))
            for key, pair in by_lab.items()
            for quarter, found in zip((0, 9), pair, strict=True)
        ],
        columns=["lab", "quarter", "needs_more", "low", "high", "runs"],
    )
    named = firm_name(lab)
    found = drivers(results, "uncertain", first, verdict_of)
    return Answer(
        verdict_of(needy),
        f"{percent(needy)} of all seats need more than {named} gives in 2025Q3; a customer "
        f"that needs {rule['demanding']:.1%} can take it from {label(ready.value)} on.",
        estimates=(
            Estimate.of(f"seats that need more than {named} gives, 2025Q3", needy, "share"),
            Estimate.of(f"the same in {label(9)}", by_lab[lab][1], "share"),
            ready,
            *(
                Estimate.of(
                    f"seats that need more than {firm_name(key)} gives, 2025Q3",
                    by_lab[key][0],
                    "share",
                )
                for key in keys
                if key != lab
            ),
            Estimate.of("seats of customers with two providers, at the end", two, "share"),
        ),
        boundary=_needs_boundary(found, rule["demanding"], ready.value),
        explanation=(
            "A customer does not buy from a lab under its need, at any price. Needs are spread "
            "around a mean of 60 to 80%, so that the lab's own figure near 80% shuts it out of "
            "much of the market at the one end and of almost none at the other.",
            "Many customers buy from two labs, so to be turned down as the first is not to be out.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-needs",
                "How many seats need more than the lab gives?",
                f"Means over {needy.n} points of the uncertain parameters, 95% intervals.",
                "A curve that falls from 2025Q3 on.",
                partial(
                    share_by_quarter,
                    path,
                    [label(quarter) for quarter in range(NEED_QUARTERS[-1] + 1)],
                    f"Seats that {named} is not good enough for",
                    "Part of all seats",
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-needs", "Seats that need more than a lab gives", table),),
        drivers=found,
        spread=spread(results, "uncertain", first),
        notes=(
            "Nobody publishes reliability as customers feel it: both the labs' figures and the "
            "needs are assumed. The travel site's own case is put in as a need between two labs.",
        ),
    )


def _needs_boundary(found: tuple[Driver, ...], demanding: float, ready: float) -> str:
    text = (
        f"In half of the runs or more the lab is good enough for a customer that needs "
        f"{demanding:.1%} by {label(ready)}."
    )
    if found:
        first = found[0]
        text += (
            f' Where "{parameter_words(first.parameter)}" is in the lower third of its range, '
            f"{first.low_end:.1%} of the seats need too much, in the upper third "
            f"{first.high_end:.1%}."
        )
    return text


def _four(effect: Effect) -> tuple[float, float, float, int]:
    return effect.mean, effect.low, effect.high, effect.n

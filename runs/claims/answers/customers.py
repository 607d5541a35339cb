"""Answers to the claims about customers: who leads, who is good enough, who comes late."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.funding import DATE, label, middle, percent, threshold_verdict
from runs.claims.claim import Answer, Driver, Estimate, Picture, Table, Verdict
from runs.claims.pictures_customers import parts_by_year, share_by_quarter, share_map
from runs.claims.report_words import parameter_words
from runs.claims.results import Results, bounded, drivers, firm_name, spread
from runs.twin_runs.results import Effect, mean_effect

if TYPE_CHECKING:
    from runs.claims.claim import Claim


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


# --- answer to the claim that consumers switch en masse to a late assistant on their device


RATE = "consumers.switching_rate"
YEARS = (1, 2, 3)


def entry_table(results: Results, lab: str) -> pd.DataFrame:
    """Part of consumers that an entrant has, by first choice, rate of choosing again and year.

    Returns:
        Columns first_choice, chooses_again, year, part, low, high, pairs.
    """
    frame, rows = results.frame("late-entry"), []
    choice, again = (
        frame[name].astype("float64") for name in (f"labs.{lab}.entry_users_share", RATE)
    )
    for first, rate in sorted(set(zip(choice, again, strict=True))):
        group = frame[(choice == first) & (again == rate)]
        for year in YEARS:
            parts = group[f"users_part({lab}, {4 * year})"].astype("float64")
            found = bounded(mean_effect(parts.tolist()))
            rows.append((first, rate, year, found.mean, found.low, found.high, found.n))
    columns = ["first_choice", "chooses_again", "year", "part", "low", "high", "pairs"]
    return pd.DataFrame(rows, columns=columns)


def field(table: pd.DataFrame, first: float, rate: float, year: int) -> Effect:
    """One field of ``entry_table``."""
    here = (table["first_choice"] == first) & (table["chooses_again"] == rate)
    row = table[here & (table["year"] == year)].iloc[0]
    part, low, high = (float(row[name]) for name in ("part", "low", "high"))
    return Effect(part, low, high, int(row["pairs"]))


def late_entry(claim: Claim, results: Results) -> Answer:
    """Whether a quarter of consumers moves within two years."""
    rule, lab = claim.thresholds, claim.roles["lab"]
    table = entry_table(results, lab)
    modest, great = (field(table, rule[name], rule["rate"], 2) for name in ("modest", "great"))
    apart = results.mean("late-entry-uncertain", f"users_part({lab}, 8)")
    lost, value, revenue = (
        results.mean("late-entry-uncertain", output)
        for output in (
            f"users_lost({claim.roles['incumbent']}, 8)",
            f"impulse({claim.roles['incumbent']}.valuation_usd, 8)",
            f"impulse({claim.roles['incumbent']}.revenue_usd, 8)",
        )
    )

    def verdict_of(small: Effect, large: Effect) -> Verdict:
        if isnan(small.low) or isnan(large.high):
            return "not testable"
        if small.low >= rule["en_masse"]:
            return "holds"
        return "does not hold" if large.high < rule["en_masse"] else "depends"

    named, rival = firm_name(lab), firm_name(claim.roles["incumbent"])
    second = table[table["year"] == 2]
    after = second.pivot(index="first_choice", columns="chooses_again", values="part")
    output = f"users_part({lab}, 8)"
    return Answer(
        verdict_of(modest, great),
        f"When half of those who choose again take {named}, it has {percent(apart)} of consumers "
        "after two years: few choose again.",
        estimates=(
            Estimate.of(f"{named}'s part after two years, half of choosers", apart, "share"),
            Estimate.of("the same, a quarter of choosers", modest, "share"),
            Estimate.of("the same, three quarters of choosers", great, "share"),
            Estimate.of(f"part of consumers that {rival} loses by it", lost, "share"),
            Estimate.of(f"change of {rival}'s revenue after two years", revenue, "share"),
            Estimate.of(f"change of {rival}'s value after two years", value, "share"),
        ),
        boundary=_boundary(second, rule),
        explanation=(
            f"{rule['rate']:.0%} of consumers choose again in a quarter, so that "
            f"{1 - (1 - rule['rate']) ** 8:.0%} have within two years. However good the "
            "newcomer is, it gets no more than its part of these and of new users.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-entry",
                "How many consumers move within two years?",
                f"Means over {modest.n} pairs a field; en masse is a quarter (red line).",
                "A map whose shares rise with the part of choosers and the rate of choosing.",
                partial(
                    share_map,
                    after,
                    f"{named}'s part of all consumers after two years",
                    "Part of consumers that choose again in a quarter",
                    "Part of choosers that take it",
                    levels=(rule["en_masse"],),
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-entry", "Part of consumers that the entrant has", table),),
        drivers=drivers(
            results, "late-entry-uncertain", output, lambda effect: verdict_of(effect, effect)
        ),
        spread=spread(results, "late-entry-uncertain", output),
        notes=(
            "How many take it, and how many choose again, are assumed: no survey measures them. "
            "The model has consumers of the whole world, not of one country, and a new default "
            "does not by itself make anybody choose again; on a phone it may.",
            "So the answer nearly follows from what is assumed: the share that chooses again in "
            "two years, times the part of it that takes the newcomer.",
        ),
    )


def _boundary(table: pd.DataFrame, rule: dict[str, float]) -> str:
    """Where en masse is reached, by the fields of one year with their intervals."""
    share = f"{rule['en_masse']:.0%}"
    if table["low"].isna().all():
        return f"Too few pairs a field to say where {share} within two years is reached."
    fast = table[table["low"] >= rule["en_masse"]]
    if fast.empty:
        return f"{share} within two years is reached nowhere on the map."
    cases = [
        f"{rate:.0%} of consumers choose again in a quarter and {group['first_choice'].min():.0%} "
        "of these take it"
        for rate, group in fast.groupby("chooses_again")
    ]
    return f"{share} within two years is reached where " + ", or ".join(cases) + "."

"""Answers to the claims about customers: who leads, who is good enough, who comes late."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.funding import DATE, label, middle, percent, threshold_verdict
from runs.claims.claim import Answer, ClaimWords, Driver, Estimate, Verdict, words_of
from runs.claims.pictures_customers import parts_by_year, share_by_quarter, share_map
from runs.claims.report_words import parameter_words
from runs.claims.results import Results, bounded, drivers, firm_name, spread
from runs.twin_runs.results import Effect, mean_effect

if TYPE_CHECKING:
    from runs.claims.claim import Claim


SPANS = {"start": (0, 0), "soon": (2, 9), "late": (18, 21)}
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
    say = words_of(claim)
    rule, lab, rival = claim.thresholds, claim.roles["lab"], claim.roles["rival"]
    spans, times = list(SPANS.values()), [say(f"span-{span}") for span in SPANS]
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
            for number, span in enumerate(times)
            for name, part in ((name, found[number]) for name, found in parts.items())
        ],
        columns=["time", "lab", "part", "low", "high", "runs"],
    )
    names = firm_name(rival), firm_name(lab)
    return say.answer(
        verdict_of(ahead_soon, ahead_late),
        {
            "rival": names[0],
            "lab": names[1],
            "ahead_soon": percent(ahead_soon),
            "ahead_late": percent(ahead_late),
        },
        estimates=(
            Estimate.of(say("figure-ahead-soon", rival=names[0]), ahead_soon, "share"),
            Estimate.of(say("figure-ahead-late", rival=names[0]), ahead_late, "share"),
            *(
                Estimate.of(
                    say("figure-part", name=name, time=time),
                    found[number],
                    "share",
                )
                for number, time in enumerate(times)
                for name, found in parts.items()
                if name in names
            ),
        ),
        boundary=_lead_boundary(say, parts, names),
        pictures=(
            say.picture(
                "parts",
                partial(
                    parts_by_year,
                    pd.DataFrame(
                        {name: [each.mean for each in found] for name, found in parts.items()},
                        index=times,
                    ),
                    say("parts-headline"),
                ),
                runs=ahead_soon.n,
            ),
        ),
        tables=(say.table("parts", table),),
        drivers=drivers(
            late, "uncertain", AHEAD, lambda part: verdict_of(ahead_soon, part), is_share=True
        ),
        spread=spread(late, "uncertain", AHEAD),
    )


def _lead_boundary(say: ClaimWords, parts: dict[str, list[Effect]], names: tuple[str, str]) -> str:
    rival, lab = (parts[name] for name in names)
    gaps = [100 * (one.mean - two.mean) for one, two in zip(rival, lab, strict=True)]
    return say("boundary", start=f"{gaps[0]:+.0f}", soon=f"{gaps[1]:+.0f}", late=f"{gaps[2]:+.0f}")


# --- who is good enough


def enterprise_grade(claim: Claim, results: Results) -> Answer:
    """What part of the market needs more than the lab can do."""
    say = words_of(claim)
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
        say("figure-ready", demanding=f"{rule['demanding']:.1%}"),
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
    return say.answer(
        verdict_of(needy),
        {
            "needy": percent(needy),
            "lab": named,
            "demanding": f"{rule['demanding']:.1%}",
            "ready": label(ready.value),
        },
        estimates=(
            Estimate.of(say("figure-need-more", lab=named), needy, "share"),
            Estimate.of(say("figure-need-more-later", quarter=label(9)), by_lab[lab][1], "share"),
            ready,
            *(
                Estimate.of(
                    say("figure-need-more", lab=firm_name(key)),
                    by_lab[key][0],
                    "share",
                )
                for key in keys
                if key != lab
            ),
            Estimate.of(say("figure-two-providers"), two, "share"),
        ),
        boundary=_needs_boundary(say, found, rule["demanding"], ready.value),
        pictures=(
            say.picture(
                "needs",
                partial(
                    share_by_quarter,
                    path,
                    [label(quarter) for quarter in range(NEED_QUARTERS[-1] + 1)],
                    say("needs-headline", lab=named),
                    say("needs-y"),
                ),
                points=needy.n,
            ),
        ),
        tables=(say.table("needs", table),),
        drivers=found,
        spread=spread(results, "uncertain", first),
    )


def _needs_boundary(
    say: ClaimWords, found: tuple[Driver, ...], demanding: float, ready: float
) -> str:
    text = say("boundary", demanding=f"{demanding:.1%}", ready=label(ready))
    if not found:
        return text
    first = found[0]
    driver = say(
        "boundary-driver",
        parameter=parameter_words(first.parameter),
        low_end=f"{first.low_end:.1%}",
        high_end=f"{first.high_end:.1%}",
    )
    return f"{text} {driver}"


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
    say = words_of(claim)
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
    return say.answer(
        verdict_of(modest, great),
        {
            "lab": named,
            "apart": percent(apart),
            "rate": f"{rule['rate']:.0%}",
            "chosen": f"{1 - (1 - rule['rate']) ** 8:.0%}",
        },
        estimates=(
            Estimate.of(say("figure-part-half", lab=named), apart, "share"),
            Estimate.of(say("figure-part-quarter"), modest, "share"),
            Estimate.of(say("figure-part-three-quarters"), great, "share"),
            Estimate.of(say("figure-rival-users", rival=rival), lost, "share"),
            Estimate.of(say("figure-rival-revenue", rival=rival), revenue, "share"),
            Estimate.of(say("figure-rival-value", rival=rival), value, "share"),
        ),
        boundary=_boundary(say, second, rule),
        pictures=(
            say.picture(
                "entry",
                partial(
                    share_map,
                    after,
                    say("entry-headline", lab=named),
                    say("entry-x"),
                    say("entry-y"),
                    levels=(rule["en_masse"],),
                ),
                pairs=modest.n,
            ),
        ),
        tables=(say.table("entry", table),),
        drivers=drivers(
            results, "late-entry-uncertain", output, lambda effect: verdict_of(effect, effect)
        ),
        spread=spread(results, "late-entry-uncertain", output),
    )


def _boundary(say: ClaimWords, table: pd.DataFrame, rule: dict[str, float]) -> str:
    """Where en masse is reached, by the fields of one year with their intervals."""
    share = f"{rule['en_masse']:.0%}"
    if table["low"].isna().all():
        return say("boundary-too-few", share=share)
    fast = table[table["low"] >= rule["en_masse"]]
    if fast.empty:
        return say("boundary-nowhere", share=share)
    cases = [
        say("boundary-case", rate=f"{rate:.0%}", first_choice=f"{group['first_choice'].min():.0%}")
        for rate, group in fast.groupby("chooses_again")
    ]
    return say("boundary", share=share, cases=say.joined("boundary-or", cases))

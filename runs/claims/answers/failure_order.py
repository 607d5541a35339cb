"""Answer to the claim that the largest lab is the weakest link: who fails first, and how often."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runs.claims.answers.funding import DATE, middle, percent
from runs.claims.claim import Answer, Estimate, Picture, Table, Verdict
from runs.claims.pictures_failure import order_of_failure
from runs.claims.results import Results, drivers, firm_name, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runs.claims.claim import Claim
    from runs.twin_runs.results import Effect


PROMISE, AS_IT_IS = "promise-halved", "uncertain"
ANNOUNCED, HALF, TENTH = "announced", "half", "tenth"
ARMS = {ANNOUNCED: "with its promise as announced", HALF: "with half of it", TENTH: "with a tenth"}
"""How much of the promise there is: the arms of the study, and the same worlds as they are."""


def failures(results: Results, firms: tuple[str, ...]) -> Results:
    """Both studies as one, with a column for each firm, named by its key: 1 where it fails.

    They have the same points and seeds, so that their runs are pairs.
    """
    announced = results.frame(AS_IT_IS).assign(arm=ANNOUNCED)
    frame = pd.concat([announced, results.frame(PROMISE)], ignore_index=True)
    fails = {key: frame[f"default_quarter({key})"].notna().astype(float) for key in firms}
    return Results({PROMISE: frame.assign(**fails)}, {PROMISE: ()}, results.is_quick)


def promise_text(claim: Claim, results: Results) -> str:
    """How often the lab and its cloud fail with less of the promise."""
    lab, cloud = claim.roles["lab"], claim.roles["cloud"]
    found = failures(results, (lab, cloud))
    shares = {
        key: {arm: percent(found.share(PROMISE, key, arm)) for arm in ARMS} for key in (lab, cloud)
    }
    gap = found.difference(PROMISE, lab, HALF, ANNOUNCED)
    sure = "fewer" if gap.high < 0 else "more" if gap.low > 0 else "not surely fewer or more"
    return (
        f"With half of what it has promised {firm_name(cloud)}, for half the compute, "
        f"{firm_name(lab)} fails in {shares[lab][HALF]} of the runs, {sure} than with all of it "
        f"({shares[lab][ANNOUNCED]}); with a tenth in {shares[lab][TENTH]}. {firm_name(cloud)} "
        f"then fails in {shares[cloud][HALF]} and {shares[cloud][TENTH]}, against "
        f"{shares[cloud][ANNOUNCED]}: it builds for that promise on credit."
    )


def promise_estimates(claim: Claim, results: Results) -> tuple[Estimate, ...]:
    """The lab's failures by how much it has promised."""
    lab = claim.roles["lab"]
    found = failures(results, (lab,))
    return tuple(
        Estimate.of(f"{firm_name(lab)} fails, {words}", found.share(PROMISE, lab, arm), "share")
        for arm, words in ARMS.items()
    )


# --- answer to the claim that the largest lab is the weakest link


FREE, CHANCE, BLOW = "uncertain", "reference", "failure-no-money"
FREE_TIME, BLOW_TIME = "default_quarter", "quarters_to"
LAB_FIRST, LAB_FAILS = "lab is first", "lab fails"


def weakest_link(claim: Claim, results: Results) -> Answer:
    """Whether the lab fails before, and more often than, the others."""
    rule, roles = claim.thresholds, claim.roles
    three = [roles[role] for role in ("lab", "cloud", "chipmaker")]
    first = with_first(results, FREE, FREE_TIME, three)
    fails = first.share(FREE, LAB_FIRST)
    free, blow = (
        order_table(results, study, name) for study, name in ((FREE, FREE_TIME), (BLOW, BLOW_TIME))
    )
    weakest = str(free.iloc[0]["firm"]) if len(free) else "nobody"
    verdict = verdict_of(fails, weakest == firm_name(roles["lab"]), rule)
    own = fails_effect(results, FREE, FREE_TIME, roles["lab"])
    borrower = fails_effect(results, FREE, FREE_TIME, roles["holding"])
    names = {role: firm_name(key) for role, key in roles.items()}
    when = results.frame(FREE)[f"{FREE_TIME}({roles['lab']})"]
    return Answer(
        verdict,
        f"{names['lab']} fails within ten years in {percent(own)} of the runs, and first of the "
        f"three in {percent(fails)} of the {fails.n} runs in which it, {names['cloud']} or "
        f"{names['chipmaker']} fails. The first of all to fall is most often "
        f"{_most_often_first(free)}.",
        estimates=(
            Estimate.of(f"{names['lab']} is the first of the three to fail", fails, "share"),
            Estimate.of(f"{names['lab']} fails within ten years", own, "share"),
            *(
                Estimate.of(
                    f"{names[role]} fails within ten years",
                    fails_effect(results, FREE, FREE_TIME, roles[role]),
                    "share",
                )
                for role in ("cloud", "chipmaker", "holding")
            ),
            middle(f"quarter in which {names['lab']} fails", when, DATE),
            *(
                Estimate.of(
                    f"{names[role]} fails within three years when no investor gives",
                    fails_effect(results, BLOW, BLOW_TIME, roles[role]),
                    "share",
                )
                for role in ("lab", "cloud", "chipmaker", "holding")
            ),
            Estimate.of(
                f"{names['lab']} fails, reference parameters",
                fails_effect(results, CHANCE, FREE_TIME, roles["lab"]),
                "share",
            ),
            *promise_estimates(claim, results),
        ),
        boundary=(
            f"{_ranking(free)} {_lead(results, roles['lab'])}When no investor gives any money, the "
            f"first to fall is most often {_most_often_first(blow)}. {promise_text(claim, results)}"
        ),
        explanation=(
            "A lab lives on equity that it must ask for again and again, and so do its smaller "
            "rivals; those with a parent do not. A cloud lives on what its customers pay, so it "
            "falls after a lab, if at all.",
            f"Leverage is not where the first crack comes: {names['holding']}, which borrows "
            f"against its stakes, fails in {percent(borrower)} of the runs.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-order",
                "Who fails, and who fails first?",
                f"{len(results.frame(FREE))} runs with uncertain parameters over ten years, and "
                f"{len(results.frame(BLOW))} in which no investor gives labs money from 2027Q3 "
                "on (three years). Firms that fail in the same quarter are first together.",
                f"Bars by firm; {weakest} fails most often.",
                partial(
                    order_of_failure,
                    {
                        "Nothing is done to anybody (ten years)": free,
                        "No investor gives any lab money from 2027Q3 on (three years)": blow,
                    },
                    f"{weakest} fails most often",
                ),
            ),
        ),
        tables=(
            Table(f"{claim.id}-order", "Who fails, and who first: nothing is done", free),
            Table(f"{claim.id}-order-no-money", "The same when no investor gives", blow),
        ),
        drivers=drivers(
            with_fails(results, FREE, FREE_TIME, roles["lab"]),
            FREE,
            LAB_FAILS,
            lambda effect: f"it fails in {effect.mean:.0%} of the runs",
            is_share=True,
        ),
        spread=spread(with_fails(results, FREE, FREE_TIME, roles["lab"]), FREE, LAB_FAILS),
        notes=NOTES,
    )


NOTES = (
    "Small labs may look weaker than they are: nobody buys a failing lab here, and in the world "
    "most small labs end in a sale.",
    "The holding and the funds cannot be broken by a fall of markets outside AI.",
    "The chipmaker cannot fall easily: it holds cash, owes little and makes to order.",
    "The runs with less of the promise were added after the first answers; the rule leaves them "
    "out.",
)


def verdict_of(first: Effect, is_weakest: bool, rule: Mapping[str, float]) -> Verdict:
    """The rule: first of the three often enough, and nobody fails in more runs."""
    if first.n < rule["fewest"]:
        return "not testable"
    if first.low >= rule["often"] and is_weakest:
        return "holds"
    return "does not hold" if first.high <= rule["seldom"] else "depends"


def times(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Quarter of failure of every firm (columns: keys); nan for none."""
    columns = [each for each in frame if str(each).startswith(f"{name}(")]
    table = frame[columns].astype("float64")
    return table.set_axis([str(each)[len(name) + 1 : -1] for each in columns], axis=1)


def with_first(results: Results, study: str, name: str, firms: Sequence[str]) -> Results:
    """Runs in which one of some firms fails, and whether the first of them (alone) is the lab.

    Args:
        results: finished studies.
        study: which one.
        name: measure that gives the time of a failure.
        firms: keys, the lab first.
    """
    frame = results.frame(study)
    table = times(frame, name)[list(firms)]
    some = table.notna().any(axis=1).to_numpy()
    lab = table[firms[0]].to_numpy()[some]
    others = table[list(firms[1:])].fillna(np.inf).min(axis=1).to_numpy()[some]
    chosen = frame[some].assign(**{LAB_FIRST: (lab < others).astype(float)})
    return _only(results, study, chosen)


def with_fails(results: Results, study: str, name: str, firm: str) -> Results:
    """All runs, and whether a firm fails."""
    frame = results.frame(study)
    fails = times(frame, name)[firm].notna().astype(float)
    return _only(results, study, frame.assign(**{LAB_FAILS: fails}))


def _only(results: Results, study: str, frame: pd.DataFrame) -> Results:
    chosen = {study: frame.reset_index(drop=True)}
    return Results(chosen, {study: results.varied[study]}, results.is_quick)


def fails_effect(results: Results, study: str, name: str, firm: str) -> Effect:
    """Share of runs in which a firm fails."""
    return with_fails(results, study, name, firm).share(study, LAB_FAILS)


def order_table(results: Results, study: str, name: str) -> pd.DataFrame:
    """Firms that fail in some run, most often first.

    Returns:
        Columns firm, fails (share of runs) with its interval, first (share of runs in which it is
        the first of all firms, or among them), median_time (quarters from the start, or from the
        parting of the twins).
    """
    table = times(results.frame(study), name)
    earliest = table.min(axis=1)
    rows = []
    for key in table:
        if not table[key].notna().any():
            continue
        fails = fails_effect(results, study, name, str(key))
        first = float((table[key] == earliest).mean())
        ends = (fails.mean, fails.low, fails.high)
        rows.append((firm_name(str(key)), *ends, first, float(table[key].median())))
    columns = ["firm", "fails", "fails_low", "fails_high", "first", "median_time"]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(["fails", "first"], ascending=False, ignore_index=True)


def _ranking(table: pd.DataFrame) -> str:
    """Who fails most often, and who comes next."""
    shares = [f"{row.firm} ({row.fails:.0%} of the runs)" for row in table.head(2).itertuples()]
    return f"Most often of all fails {', then '.join(shares)}." if shares else "Nobody fails."


def _lead(results: Results, lab: str) -> str:
    """In how many more runs the lab fails than the other firm that fails most often."""
    others = times(results.frame(FREE), FREE_TIME).drop(columns=lab).notna().mean()
    if others.empty or not others.max() > 0:
        return ""
    other = str(others.idxmax())
    table = times(results.frame(FREE), FREE_TIME).notna().astype(float)
    gap = results.frame(FREE).assign(**{LAB_FAILS: table[lab] - table[other]})
    lead = _only(results, FREE, gap).mean(FREE, LAB_FAILS)
    return (
        f"That {firm_name(lab)} fails in more runs than {firm_name(other)} is "
        f"{'sure' if lead.low > 0 else 'not sure'}: {100 * lead.mean:+.0f} points "
        f"({100 * lead.low:.0f} to {100 * lead.high:.0f}). "
    )


def _most_often_first(table: pd.DataFrame) -> str:
    """Name of the firm that is most often the first, with its share."""
    if table.empty:
        return "nobody"
    row = table.sort_values("first", ascending=False).iloc[0]
    return f"{row['firm']} (in {row['first']:.0%} of the runs)"

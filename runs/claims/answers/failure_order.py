"""Answer to the claim that the largest lab is the weakest link: who fails first, and how often."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runs.claims.answers.funding import DATE, middle, percent
from runs.claims.claim import Answer, ClaimWords, Estimate, Verdict, words_of
from runs.claims.pictures_failure import order_of_failure
from runs.claims.results import Results, drivers, firm_name, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runs.claims.claim import Claim
    from runs.twin_runs.results import Effect


PROMISE, AS_IT_IS = "promise-halved", "uncertain"
ANNOUNCED, HALF, TENTH = "announced", "half", "tenth"
ARMS = (ANNOUNCED, HALF, TENTH)
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
    say = words_of(claim)
    lab, cloud = claim.roles["lab"], claim.roles["cloud"]
    found = failures(results, (lab, cloud))
    shares = {
        key: {arm: percent(found.share(PROMISE, key, arm)) for arm in ARMS} for key in (lab, cloud)
    }
    gap = found.difference(PROMISE, lab, HALF, ANNOUNCED)
    sure = "fewer" if gap.high < 0 else "more" if gap.low > 0 else "unsure"
    return say(
        "promise",
        cloud=firm_name(cloud),
        lab=firm_name(lab),
        lab_half=shares[lab][HALF],
        sure=say(f"promise-{sure}"),
        lab_all=shares[lab][ANNOUNCED],
        lab_tenth=shares[lab][TENTH],
        cloud_half=shares[cloud][HALF],
        cloud_tenth=shares[cloud][TENTH],
        cloud_all=shares[cloud][ANNOUNCED],
    )


def promise_estimates(claim: Claim, results: Results) -> tuple[Estimate, ...]:
    """The lab's failures by how much it has promised."""
    say = words_of(claim)
    lab = claim.roles["lab"]
    found = failures(results, (lab,))
    return tuple(
        Estimate.of(
            say("figure-promise", lab=firm_name(lab), promise=say(f"promise-{arm}")),
            found.share(PROMISE, lab, arm),
            "share",
        )
        for arm in ARMS
    )


# --- answer to the claim that the largest lab is the weakest link


FREE, CHANCE, BLOW = "uncertain", "reference", "failure-no-money"
FREE_TIME, BLOW_TIME = "default_quarter", "quarters_to"
LAB_FIRST, LAB_FAILS = "lab_is_first", "lab_fails"


def weakest_link(claim: Claim, results: Results) -> Answer:
    """Whether the lab fails before, and more often than, the others."""
    say = words_of(claim)
    rule, roles = claim.thresholds, claim.roles
    three = [roles[role] for role in ("lab", "cloud", "chipmaker")]
    first = with_first(results, FREE, FREE_TIME, three)
    fails = first.share(FREE, LAB_FIRST)
    free, blow = (
        order_table(results, study, name) for study, name in ((FREE, FREE_TIME), (BLOW, BLOW_TIME))
    )
    weakest = str(free.iloc[0]["firm"]) if len(free) else say("nobody")
    verdict = verdict_of(fails, weakest == firm_name(roles["lab"]), rule)
    own = fails_effect(results, FREE, FREE_TIME, roles["lab"])
    borrower = fails_effect(results, FREE, FREE_TIME, roles["holding"])
    names = {role: firm_name(key) for role, key in roles.items()}
    when = results.frame(FREE)[f"{FREE_TIME}({roles['lab']})"]
    return say.answer(
        verdict,
        {
            "lab": names["lab"],
            "own": percent(own),
            "fails": percent(fails),
            "runs": fails.n,
            "cloud": names["cloud"],
            "chipmaker": names["chipmaker"],
            "first": _most_often_first(say, free),
            "ranking": f"{_ranking(say, free)} {_lead(say, results, roles['lab'])}".strip(),
            "first_without_money": _most_often_first(say, blow),
            "promise": promise_text(claim, results),
            "holding": names["holding"],
            "borrower": percent(borrower),
        },
        estimates=(
            Estimate.of(say("figure-lab-first", lab=names["lab"]), fails, "share"),
            Estimate.of(say("figure-lab-fails", lab=names["lab"]), own, "share"),
            *(
                Estimate.of(
                    say("figure-firm-fails", firm=names[role]),
                    fails_effect(results, FREE, FREE_TIME, roles[role]),
                    "share",
                )
                for role in ("cloud", "chipmaker", "holding")
            ),
            middle(say("figure-lab-fails-quarter", lab=names["lab"]), when, DATE),
            *(
                Estimate.of(
                    say("figure-firm-fails-without-money", firm=names[role]),
                    fails_effect(results, BLOW, BLOW_TIME, roles[role]),
                    "share",
                )
                for role in ("lab", "cloud", "chipmaker", "holding")
            ),
            Estimate.of(
                say("figure-lab-fails-reference", lab=names["lab"]),
                fails_effect(results, CHANCE, FREE_TIME, roles["lab"]),
                "share",
            ),
            *promise_estimates(claim, results),
        ),
        pictures=(
            say.picture(
                "order",
                partial(
                    order_of_failure,
                    {say("panel-nothing"): free, say("panel-no-money"): blow},
                    say("order-headline", weakest=weakest),
                ),
                runs=len(results.frame(FREE)),
                runs_without_money=len(results.frame(BLOW)),
                weakest=weakest,
            ),
        ),
        tables=(say.table("order", free), say.table("order-no-money", blow)),
        drivers=drivers(
            with_fails(results, FREE, FREE_TIME, roles["lab"]),
            FREE,
            LAB_FAILS,
            lambda effect: say("driver-fails", effect=f"{effect.mean:.0%}"),
            is_share=True,
        ),
        spread=spread(with_fails(results, FREE, FREE_TIME, roles["lab"]), FREE, LAB_FAILS),
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


def _ranking(say: ClaimWords, table: pd.DataFrame) -> str:
    """Who fails most often, and who comes next."""
    shares = [
        say("ranking-firm", firm=str(row.firm), share=f"{row.fails:.0%}")
        for row in table.head(2).itertuples()
    ]
    if not shares:
        return say("ranking-nobody")
    return say("ranking", firms=say.joined("ranking-then", shares))


def _lead(say: ClaimWords, results: Results, lab: str) -> str:
    """In how many more runs the lab fails than the other firm that fails most often."""
    others = times(results.frame(FREE), FREE_TIME).drop(columns=lab).notna().mean()
    if others.empty or not others.max() > 0:
        return ""
    other = str(others.idxmax())
    table = times(results.frame(FREE), FREE_TIME).notna().astype(float)
    gap = results.frame(FREE).assign(**{LAB_FAILS: table[lab] - table[other]})
    lead = _only(results, FREE, gap).mean(FREE, LAB_FAILS)
    return say(
        "lead",
        lab=firm_name(lab),
        other=firm_name(other),
        sure=say("lead-sure" if lead.low > 0 else "lead-not-sure"),
        lead=f"{100 * lead.mean:+.0f}",
        lead_low=f"{100 * lead.low:.0f}",
        lead_high=f"{100 * lead.high:.0f}",
    )


def _most_often_first(say: ClaimWords, table: pd.DataFrame) -> str:
    """Name of the firm that is most often the first, with its share."""
    if table.empty:
        return say("nobody")
    row = table.sort_values("first", ascending=False).iloc[0]
    return say("first", firm=row["firm"], share=f"{row['first']:.0%}")

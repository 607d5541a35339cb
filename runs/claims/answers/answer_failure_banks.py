"""Answer to the claim that no financial crisis like that of 2008 is in the making."""

from __future__ import annotations

from functools import partial
from math import nan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import percent
from runs.claims.answers.criteria import where_it_fails
from runs.claims.answers.failure_bank_map import FLOOR, banks_table, banks_text
from runs.claims.answers.failure_tables import who_else_fails
from runs.claims.answers.failure_texts import spared_text
from runs.claims.firm_names import firm_name
from runs.claims.pictures_circle import intervals
from runs.claims.pictures_failure import bank_map
from runs.claims.uncertainty import drivers, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.catalogue import Claim
    from runs.claims.results import Results
    from runs.twin_runs.twin_effects import Effect

STRUCK = {
    "failure-lab": "lab",
    "failure-enterprise-lab": "enterprise_lab",
    "failure-debt-cloud": "debt_cloud",
    "failure-large-cloud": "cloud",
}
MAIN = "failure-lab"
LOW, MANY = "bank_under_floor", "many_fail"


def not_a_2008(claim: Claim, results: Results) -> Answer:
    """Whether a failure brings down the banks, or many firms."""
    rule = claim.thresholds
    failed = {study: where_it_fails(results, study) for study in STRUCK}
    known = {s: each for s, each in failed.items() if len(each.frame(s)) >= rule["fewest"]}
    if not known:
        return Answer("not testable", "None of the struck firms fails often enough to tell.")
    low = {study: each.share(study, LOW) for study, each in known.items()}
    many = {study: each.share(study, MANY) for study, each in known.items()}
    verdict = verdict_of(low, many, rule)
    table, banks = failures_table(claim, known), banks_table(claim, results)
    costs = {s: float(each.frame(s)["bank_capital_loss"].max()) for s, each in known.items()}
    costliest = max(costs, key=lambda study: costs[study])
    dearest = _firm(claim, costliest)
    pairs = sum(len(each.frame(study)) for study, each in known.items())
    broke = sum(float(each.frame(s)[LOW].astype(float).sum()) for s, each in known.items())
    without = {study: each.share(study, f"{MANY}_without") for study, each in known.items()}
    often = max(many, key=lambda study: many[study].mean)
    others = who_else_fails(known, {study: claim.roles[STRUCK[study]] for study in known})
    return Answer(
        verdict,
        f"In {broke:.0f} of {pairs} failures the banks' capital falls under its floor; more than "
        f"5% of the other institutions fail in up to {percent(many[often])} of the pairs "
        f"(when {_firm(claim, often)} fails; {percent(without[often])} without its failure).",
        estimates=(
            *(
                Estimate.of(f"bank under its floor, {_firm(claim, study)} fails", each, "share")
                for study, each in low.items()
            ),
            *(
                Estimate.of(f"over 5% of others fail, {_firm(claim, study)} fails", each, "share")
                for study, each in many.items()
            ),
            *(
                Estimate.of(f"the same without, {_firm(claim, study)}", each, "share")
                for study, each in without.items()
            ),
            *(
                Estimate.of(
                    f"added by the failure, {_firm(claim, study)}",
                    each.excess(study, MANY),
                    "share",
                )
                for study, each in known.items()
            ),
            Estimate(
                "largest part of bank capital lost in a pair",
                *(costs[costliest], nan, nan, "share", pairs),
                "the largest of all pairs",
            ),
        ),
        boundary=f"{net_text(claim, known)} {banks_text(banks, costs[costliest], dearest)}",
        explanation=(
            "A 2008 needs two things: losses that reach the banks, and banks too thin to bear "
            "them. Equity bears most of what a failed lab owes its owners, and a cloud's bonds lie "
            "with funds and savers. What reaches the banks is small beside their capital.",
            "Firms do fail together: labs that live on the same investors' mood. The rows "
            '"without" show how often several fail with nobody struck; what a failure adds is the '
            "difference within the pairs.",
            *spared_text(others, known),
        ),
        pictures=(
            Picture(
                f"{claim.id}-waves",
                "Does one failure pull down others?",
                f"{pairs} pairs with uncertain parameters, two failures or more besides the struck "
                "firm within twelve quarters; 95% intervals.",
                "Shares of pairs in which several other firms fail, with and without the failure.",
                partial(
                    intervals,
                    waves(claim, known),
                    "Several firms fail in some worlds, struck or not",
                    "share of pairs in which more than 5% of the other institutions fail",
                ),
            ),
            Picture(
                f"{claim.id}-banks",
                "How thin must the banks be?",
                "Part of the banks' capital that a failure costs, by what they have before, with "
                "clouds' debt as bonds and as bank loans. Above the dashed line the floor is "
                "broken. Means of up to "
                f"{int(banks['pairs'].max())} pairs with reference parameters.",
                "Lines of losses, and a rising line of what the banks can lose.",
                partial(bank_map, banks, FLOOR, "What a failure costs the banks"),
            ),
        ),
        tables=(
            Table(f"{claim.id}-failures", "Banks and institutions by failure", table),
            Table(
                f"{claim.id}-others",
                "Who else fails, with each failure and without it",
                others.drop(columns=["study", "key"]),
            ),
            Table(f"{claim.id}-banks", "Where it would reach the banks", banks),
        ),
        drivers=drivers(
            known.get(MAIN, results),
            MAIN,
            MANY,
            lambda effect: "none" if effect.mean <= rule["many"] else "several firms fail",
            is_share=True,
        ),
        spread=spread(known.get(MAIN, results), MAIN, MANY),
        notes=NOTES,
    )


NOTES = (
    "This answer is nearly built in: the model has one bank with the capital of all banks of a "
    "large country, and none of what spread losses in 2008 (short-term funding, derivatives, "
    "insurers, private credit, special vehicles).",
    "Fund savers bear the funds' losses. What they would then no longer buy is outside the model.",
)


def net_text(claim: Claim, known: Mapping[str, Results]) -> str:
    """What each failure adds to waves of failures, and whether any surely adds."""
    added = {study: each.excess(study, MANY) for study, each in known.items()}
    parts = [
        f"{_firm(claim, study)} {100 * each.mean:+.0f} ({100 * each.low:.0f} to "
        f"{100 * each.high:.0f})"
        for study, each in added.items()
    ]
    surely = [_firm(claim, study) for study, each in added.items() if each.low > 0]
    end = f"surely more with {' and '.join(surely)}" if surely else "none surely adds any"
    return (
        "The rule counts every wave of failures in the twin with the failure. Net of the twin "
        f"without it, the points added are: {'; '.join(parts)}: {end}."
    )


def verdict_of(
    low: Mapping[str, Effect], many: Mapping[str, Effect], rule: Mapping[str, float]
) -> Verdict:
    """The rule: nobody else falls in any pair, or the banks surely fall too often."""
    banks_stand = all(each.mean <= rule["bank"] for each in low.values())
    if banks_stand and all(each.mean <= rule["many"] for each in many.values()):
        return "holds"
    is_crisis = any(each.low > rule["crisis"] for each in low.values())
    return "does not hold" if is_crisis else "depends"


def _firm(claim: Claim, study: str) -> str:
    return firm_name(claim.roles[STRUCK[study]])


def waves(claim: Claim, known: Mapping[str, Results]) -> dict[str, list[Estimate]]:
    """How often several others fail, by failure: with it, and in the twin without."""
    outputs = {"with the failure": MANY, "in the twin without it": f"{MANY}_without"}
    return {
        words: [
            Estimate.of(f"{_firm(claim, study)} is struck", each.share(study, output), "share")
            for study, each in known.items()
        ]
        for words, output in outputs.items()
    }


def failures_table(claim: Claim, known: Mapping[str, Results]) -> pd.DataFrame:
    """One row per failure: how often banks and institutions fall, with and without it."""
    rows = []
    for study, each in known.items():
        frame = each.frame(study)
        names = (LOW, f"{LOW}_without", "bank_broke", MANY, f"{MANY}_without")
        shares = (frame[name].astype(float).mean() for name in names)
        losses = frame["bank_capital_loss"].astype(float)
        rows.append((_firm(claim, study), len(frame), *shares, losses.mean(), losses.max()))
    columns = ["struck", "pairs", "bank_under_floor", "bank_under_floor_without", "bank_broke"]
    columns += ["many_fail", "many_fail_without", "bank_capital_lost", "bank_capital_lost_most"]
    return pd.DataFrame(rows, columns=columns)

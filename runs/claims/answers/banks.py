"""Answer to the claim that no financial crisis like that of 2008 is in the making."""

from __future__ import annotations

from functools import partial
from math import nan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import where_it_fails
from runs.claims.answers.failure_tables import spared_text, who_else_fails
from runs.claims.answers.funding import percent
from runs.claims.claim import Answer, Estimate, Picture, Table, Verdict
from runs.claims.pictures_failure import bank_map
from runs.claims.pictures_money import intervals
from runs.claims.results import drivers, firm_name, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim
    from runs.claims.results import Results
    from runs.twin_runs.results import Effect


BANKS = {"failure-map-bank": "lab", "failure-map-bank-cloud": "debt_cloud"}
"""Study -> role of the firm that is struck."""
FLOOR = 0.06
"""Capital over assets under which the reference scenario's banks stop lending."""
ARMS = {"bonds": "clouds' debt is bonds, as stated", "bank-loans": "clouds' debt is bank loans"}


def banks_table(claim: Claim, results: Results) -> pd.DataFrame:
    """What each failure costs the banks, by who has lent to the clouds and by the banks' capital.

    Returns:
        One row per firm that is struck, lender and capital: struck, lender, bank.capital_usd,
        pairs, before (capital over assets), lowest and lowest_of_all (the lowest afterwards, mean
        and least of the pairs), lost and lost_most (part of the capital), under_floor and
        many_fail (shares of pairs). Only pairs in which the struck firm fails.
    """
    tables = []
    for study, role in BANKS.items():
        frame = where_it_fails(results, study).frame(study)
        frame = frame.astype({"bank_under_floor": float, "many_fail": float})
        table = frame.groupby(["arm", "bank.capital_usd"]).agg(
            pairs=("bank_under_floor", "size"),
            before=("bank_ratio_at_start()", "mean"),
            lowest=("lowest_bank_ratio()", "mean"),
            lowest_of_all=("lowest_bank_ratio()", "min"),
            lost=("bank_capital_loss", "mean"),
            lost_most=("bank_capital_loss", "max"),
            under_floor=("bank_under_floor", "mean"),
            many_fail=("many_fail", "mean"),
        )
        table.insert(0, "struck", firm_name(claim.roles[role]))
        tables.append(table.reset_index())
    found = pd.concat(tables, ignore_index=True)
    found["arm"] = found["arm"].map(ARMS)
    columns = ["struck", *(name for name in found if name != "struck")]
    return found[columns].rename(columns={"arm": "lender"})


def banks_text(banks: pd.DataFrame, worst: float, who: str) -> str:
    """Where on the map of banks the floor is broken, and how far off it is as stated.

    Args:
        banks: as ``banks_table`` makes it.
        worst: largest part of the banks' capital that any failure costs.
        who: name of the firm with that failure.
    """
    room = 1 - FLOOR / float(banks["before"].max())
    stated = (
        f"As stated, the banks reach their floor when about {room:.0%} of their capital is lost; "
        f"the most that any of these failures costs is {worst:.1%} ({who})."
    )
    broken = banks[banks["under_floor"] > 0]
    if broken.empty:
        return (
            f"{stated} No boundary was found: with capital of {banks['before'].min():.2%} of "
            "assets, hardly over the floor, they still stand."
        )
    first = broken.sort_values("before").iloc[-1]
    return (
        f"{stated} The floor is broken with capital of {first['before']:.2%} of assets or less "
        f"({first['struck']} fails, {first['lender']}: in {first['under_floor']:.0%} of the pairs)."
    )


# --- answer to the claim that no financial crisis like that of 2008 is in the making


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

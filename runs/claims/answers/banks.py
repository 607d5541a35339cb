"""Answer to the claim that no financial crisis like that of 2008 is in the making."""

from __future__ import annotations

from functools import partial
from math import nan
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import where_it_fails
from runs.claims.answers.failure_tables import spared_text, who_else_fails
from runs.claims.answers.funding import percent
from runs.claims.claim import Answer, ClaimWords, Estimate, Verdict, words_of
from runs.claims.pictures_failure import bank_map
from runs.claims.pictures_money import intervals
from runs.claims.results import drivers, firm_name, spread, with_added

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim
    from runs.claims.results import Results
    from runs.twin_runs.results import Effect


BANKS = {"failure-map-bank": "lab", "failure-map-bank-cloud": "debt_cloud"}
"""Study -> role of the firm that is struck."""
FLOOR = 0.06
"""Capital over assets under which the reference scenario's banks stop lending."""
LENDERS = ("bonds", "bank-loans")
"""Arms of the studies: what the clouds' debt is."""


def banks_table(claim: Claim, results: Results) -> pd.DataFrame:
    """What each failure costs the banks, by who has lent to the clouds and by the banks' capital.

    Returns:
        One row per firm that is struck, lender and capital: struck, lender, bank.capital_usd,
        pairs, before (capital over assets), lowest and lowest_of_all (the lowest afterwards, mean
        and least of the pairs), lost and lost_most (part of the capital), under_floor and
        many_fail (shares of pairs). Only pairs in which the struck firm fails.
    """
    tables, say = [], words_of(claim)
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
    found["arm"] = found["arm"].map({arm: say(f"lender-{arm}") for arm in LENDERS})
    columns = ["struck", *(name for name in found if name != "struck")]
    return found[columns].rename(columns={"arm": "lender"})


def banks_text(say: ClaimWords, banks: pd.DataFrame, worst: float, who: str) -> str:
    """Where on the map of banks the floor is broken, and how far off it is as stated.

    Args:
        say: the texts of the claim.
        banks: as ``banks_table`` makes it.
        worst: largest part of the banks' capital that any failure costs.
        who: name of the firm with that failure.
    """
    stated = say("boundary-stated", room=f"{room_of(banks):.0%}", worst=f"{worst:.1%}", who=who)
    broken = banks[banks["under_floor"] > 0]
    if broken.empty:
        return say("boundary-none-found", stated=stated, least=f"{banks['before'].min():.2%}")
    first = broken.sort_values("before").iloc[-1]
    return say(
        "boundary-broken",
        stated=stated,
        capital=f"{first['before']:.2%}",
        struck=first["struck"],
        lender=first["lender"],
        share=f"{first['under_floor']:.0%}",
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
    say = words_of(claim)
    rule = claim.thresholds
    failed = {study: where_it_fails(results, study) for study in STRUCK}
    known = {s: each for s, each in failed.items() if len(each.frame(s)) >= rule["fewest"]}
    if not known:
        return Answer("not testable", say("untestable"))
    low = {study: each.added_risk(study, LOW) for study, each in known.items()}
    many = {study: each.share(study, MANY) for study, each in known.items()}
    added = {study: each.added_risk(study, MANY) for study, each in known.items()}
    table, banks = failures_table(claim, known), banks_table(claim, results)
    costs = {s: float(each.frame(s)["bank_capital_loss"].max()) for s, each in known.items()}
    verdict = verdict_of(low, added, max(costs.values()) / room_of(banks), rule)
    costliest = max(costs, key=lambda study: costs[study])
    dearest = _firm(claim, costliest)
    pairs = sum(len(each.frame(study)) for study, each in known.items())
    broke = sum(float(each.frame(s)[LOW].astype(float).sum()) for s, each in known.items())
    net = with_added(known.get(MAIN, results), MAIN, MANY)
    without = {study: each.share(study, f"{MANY}_without") for study, each in known.items()}
    often = max(many, key=lambda study: many[study].mean)
    others = who_else_fails(known, {study: claim.roles[STRUCK[study]] for study in known})
    return say.answer(
        verdict,
        {
            "broke": f"{broke:.0f}",
            "pairs": pairs,
            "many": percent(many[often]),
            "often": _firm(claim, often),
            "without": percent(without[often]),
        },
        notes=(
            *((say("no-channel"),) if verdict == "not testable" else ()),
            *say.each("notes"),
        ),
        estimates=(
            *(
                Estimate.of(
                    say("figure-bank-under-floor", firm=_firm(claim, study)),
                    each,
                    "share",
                )
                for study, each in low.items()
            ),
            *(
                Estimate.of(
                    say("figure-many-fail", firm=_firm(claim, study)),
                    each,
                    "share",
                )
                for study, each in many.items()
            ),
            *(
                Estimate.of(
                    say("figure-many-fail-without", firm=_firm(claim, study)), each, "share"
                )
                for study, each in without.items()
            ),
            *(
                Estimate.of(say("figure-added", firm=_firm(claim, study)), each, "share")
                for study, each in added.items()
            ),
            Estimate(
                say("figure-capital-lost"),
                *(costs[costliest], nan, nan, "share", pairs),
                say("interval-largest"),
            ),
        ),
        boundary=f"{net_text(claim, known)} {banks_text(say, banks, costs[costliest], dearest)}",
        explanation=(*say.each("explanation"), *spared_text(say, others, known)),
        pictures=(
            say.picture(
                "waves",
                partial(intervals, waves(claim, known), say("waves-headline"), say("waves-x")),
                pairs=pairs,
            ),
            say.picture(
                "banks",
                partial(bank_map, banks, FLOOR, say("banks-headline")),
                pairs=int(banks["pairs"].max()),
            ),
        ),
        tables=(
            say.table("failures", table),
            say.table("others", others.drop(columns=["study", "key"])),
            say.table("banks", banks),
        ),
        drivers=drivers(
            net,
            MAIN,
            MANY,
            lambda effect: (
                say("driver-none") if effect.mean <= rule["many"] else say("driver-several")
            ),
        ),
        spread=spread(net, MAIN, MANY),
    )


def net_text(claim: Claim, known: Mapping[str, Results]) -> str:
    """What each failure adds to waves of failures, and whether any surely adds."""
    say = words_of(claim)
    added = {study: each.added_risk(study, MANY) for study, each in known.items()}
    parts = [
        say(
            "boundary-added",
            firm=_firm(claim, study),
            added=f"{100 * each.mean:+.0f}",
            added_low=f"{100 * each.low:.0f}",
            added_high=f"{100 * each.high:.0f}",
        )
        for study, each in added.items()
    ]
    surely = [_firm(claim, study) for study, each in added.items() if each.low > 0]
    end = say("boundary-not-surely")
    if surely:
        end = say("boundary-surely", firms=say.joined("boundary-and", surely))
    return say("boundary-net", parts="; ".join(parts), end=end)


def verdict_of(
    low: Mapping[str, Effect],
    many: Mapping[str, Effect],
    reached: float,
    rule: Mapping[str, float],
) -> Verdict:
    """The rule.

    Args:
        low: risk of a bank under its floor that each failure adds.
        many: risk of a wave of failures that each adds.
        reached: what the costliest failure takes from the banks over what they can lose.
        rule: thresholds of the claim.
    """
    if reached < rule["channel"]:
        return "not testable"
    banks_stand = all(each.high <= rule["bank"] for each in low.values())
    if banks_stand and all(each.high <= rule["many"] for each in many.values()):
        return "holds"
    is_crisis = any(each.low > rule["crisis"] for each in low.values())
    return "does not hold" if is_crisis else "depends"


def room_of(banks: pd.DataFrame) -> float:
    """Part of their capital that the banks can lose before their floor, as stated.

    Args:
        banks: as ``banks_table`` makes it.
    """
    return 1 - FLOOR / float(banks["before"].max())


def _firm(claim: Claim, study: str) -> str:
    return firm_name(claim.roles[STRUCK[study]])


def waves(claim: Claim, known: Mapping[str, Results]) -> dict[str, list[Estimate]]:
    """How often several others fail, by failure: with it, and in the twin without."""
    say = words_of(claim)
    outputs = {say("waves-with"): MANY, say("waves-without"): f"{MANY}_without"}
    return {
        words: [
            Estimate.of(
                say("figure-struck", firm=_firm(claim, study)),
                each.share(study, output),
                "share",
            )
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

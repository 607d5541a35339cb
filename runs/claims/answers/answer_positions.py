"""Answer to the claim that the hyperscalers and the enterprise lab stand apart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import percent
from runs.claims.answers.criteria import FAILS
from runs.claims.firm_names import firm_name
from runs.claims.pictures_circle import intervals
from runs.claims.results import Results
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import Effect

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim

LARGEST, ANCHOR, FREE = "failure-lab", "failure-anchor", "uncertain"
EXTRA = "extra loss of value"
QUARTER = 8
"""Quarter in which the network of claims is looked at: that of the parting."""


def positions(claim: Claim, results: Results) -> Answer:
    """Whether hyperscalers lose less than the main cloud, and the enterprise lab costs less."""
    roles = claim.roles
    large, main = roles["hyperscalers"].split(), roles["cloud"]
    limit = claim.thresholds["fails"]
    extra = {key: extra_loss(results, key, main).mean(LARGEST, EXTRA) for key in large}
    fails = {key: results.share(LARGEST, f"fails({key})") for key in large}
    apart = difference_of_means(
        results.mean(ANCHOR, "capex_gap"), results.mean(LARGEST, "capex_gap")
    )
    first = all(extra[key].high < 0 and fails[key].mean <= limit for key in large)
    names = {role: firm_name(roles[role]) for role in ("lab", "enterprise_lab", "cloud")}
    most = max(large, key=lambda key: results.mean(LARGEST, f"value_loss({key})").mean)
    loss = results.mean(LARGEST, f"value_loss({most})")
    own = results.mean(LARGEST, f"value_loss({main})")
    table = position_table(claim, results)
    return Answer(
        verdict_of(first, apart),
        f"Refusing {names['lab']} costs {names['cloud']} {percent(own)} of its value, and the "
        f"hyperscaler that loses most, {firm_name(most)}, {percent(loss)}; with "
        f"{names['enterprise_lab']} in its place {names['cloud']} loses "
        f"{percent(results.mean(ANCHOR, f'value_loss({main})'))}.",
        estimates=(
            *(
                Estimate.of(
                    f"value that {firm_name(key)} loses, less that of {names['cloud']}",
                    effect,
                    "share",
                )
                for key, effect in extra.items()
            ),
            *(
                Estimate.of(f"{firm_name(key)} fails with {names['lab']}", effect, "share")
                for key, effect in fails.items()
            ),
            Estimate.of(
                f"CapEx missing, {names['lab']} refused",
                results.mean(LARGEST, "capex_gap"),
                "share",
            ),
            Estimate.of(
                f"CapEx missing, {names['enterprise_lab']} with the largest contract refused",
                results.mean(ANCHOR, "capex_gap"),
                "share",
            ),
            Estimate.of("the second less the first", apart, "share"),
            *(
                Estimate.of(
                    f"{names['cloud']} fails, {names[role]} refused",
                    results.share(study, f"fails({main})"),
                    "share",
                )
                for role, study in (("lab", LARGEST), ("enterprise_lab", ANCHOR))
            ),
            Estimate.of(
                f"{names['enterprise_lab']} with the largest contract fails when refused",
                results.share(ANCHOR, FAILS),
                "share",
            ),
        ),
        boundary=(
            f"First part {'met' if first else 'not met'}: what counts is the cash flow behind the "
            "contract. Second part "
            f"{'met' if apart.high < 0 else 'not met'}: whose name stands under the contract "
            "matters less than that one cloud builds for one customer."
        ),
        explanation=(
            f"{firm_name(most)} has {_promise(results, roles['lab'], most):.0%} of its backlog "
            f"from {names['lab']}, but other customers and a group's cash flow pay for what it "
            "builds.",
            f"As stated, {names['enterprise_lab']} has promised no cloud more than "
            f"{_largest_promise(results, roles['enterprise_lab'], claim):.0%} of that cloud's "
            f"backlog; {names['lab']} has promised {names['cloud']} "
            f"{_promise(results, roles['lab'], main):.0%}.",
        ),
        pictures=(position_picture(claim, results),),
        tables=(Table(f"{claim.id}-positions", "Exposure and position by cloud", table),),
        drivers=drivers(
            extra_loss(results, most, main),
            LARGEST,
            EXTRA,
            lambda effect: "loses less" if effect.high < 0 else "unsure or more",
        ),
        spread=spread(extra_loss(results, most, main), LARGEST, EXTRA),
        notes=(
            "A group's value is kept up by its cash flow from other business, which no failure in "
            "the model touches: hyperscalers look safer here than they may be.",
            "The systemic impact counts claims (shares, debt at book), not promises: who has only "
            "promised to buy has no weight in it.",
        ),
    )


def extra_loss(results: Results, cloud: str, main: str) -> Results:
    """Pairs with what a cloud lost of its value less what the main cloud lost of its own."""
    frame = results.frame(LARGEST)
    losses = (frame[f"value_loss({key})"].astype("float64") for key in (cloud, main))
    chosen = frame.assign(**{EXTRA: next(losses) - next(losses)}).dropna(subset=[EXTRA])
    return Results({LARGEST: chosen}, {LARGEST: results.varied[LARGEST]}, results.is_quick)


def difference_of_means(one: Effect, two: Effect) -> Effect:
    """Difference of two means of separate ensembles: standard errors add in squares."""
    half = ((one.high - one.mean) ** 2 + (two.high - two.mean) ** 2) ** 0.5
    mean = one.mean - two.mean
    return Effect(mean, mean - half, mean + half, min(one.n, two.n))


def verdict_of(hyperscalers_apart: bool, costs: Effect) -> Verdict:
    """The rule: both parts, neither, or one."""
    parts = (hyperscalers_apart, costs.high < 0)
    return "holds" if all(parts) else "depends" if any(parts) else "does not hold"


def _clouds(claim: Claim) -> list[str]:
    roles = claim.roles
    return [*roles["hyperscalers"].split(), roles["cloud"], *roles["others"].split()]


def _largest_promise(results: Results, lab: str, claim: Claim) -> float:
    return max(_promise(results, lab, key) for key in _clouds(claim))


def _promise(results: Results, lab: str, cloud: str) -> float:
    """Part of a cloud's backlog that a lab has promised, the same in all pairs."""
    return float(results.frame(LARGEST)[f"promised_share({lab}, {cloud})"].iloc[0])


def position_table(claim: Claim, results: Results) -> pd.DataFrame:
    """One row per cloud: promises of both labs, losses, failures, place in the network."""
    rows = []
    labs = (claim.roles["lab"], claim.roles["enterprise_lab"])
    for key in _clouds(claim):
        promised = (_promise(results, lab, key) for lab in labs)
        losses = (results.mean(study, f"value_loss({key})").mean for study in (LARGEST, ANCHOR))
        falls = (results.share(study, f"fails({key})").mean for study in (LARGEST, ANCHOR))
        network = (
            results.mean(FREE, f"{key}.{name}:at({QUARTER})").mean
            for name in ("systemic_impact", "vulnerability")
        )
        rows.append((firm_name(key), *promised, *losses, *falls, *network))
    columns = ["cloud", "backlog_of_lab", "backlog_of_enterprise_lab", "value_lost_lab_refused"]
    columns += ["value_lost_anchor_refused", "fails_lab_refused", "fails_anchor_refused"]
    return pd.DataFrame(rows, columns=[*columns, "systemic_impact", "vulnerability"])


def position_picture(claim: Claim, results: Results) -> Picture:
    """Value lost by cloud, for both tenants."""
    roles = claim.roles
    groups = {
        f"{firm_name(roles[role])} refused": [
            Estimate.of(firm_name(key), results.mean(study, f"value_loss({key})"), "share")
            for key in _clouds(claim)
        ]
        for role, study in (("lab", LARGEST), ("enterprise_lab", ANCHOR))
    }
    main = f"value_loss({roles['cloud']})"
    lost = [f"{results.mean(study, main).mean:.0%}" for study in (LARGEST, ANCHOR)]
    pairs = len(results.frame(LARGEST)), len(results.frame(ANCHOR))
    return Picture(
        f"{claim.id}-positions",
        "Which cloud loses what with its tenant?",
        f"Part of its value that each cloud has lost after three years. The largest contract is "
        f"{firm_name(roles['lab'])}'s in the first ({pairs[0]} pairs) and "
        f"{firm_name(roles['enterprise_lab'])}'s in the second ({pairs[1]}); 95% intervals.",
        "Losses of value by cloud; the main cloud loses most, whoever its tenant is.",
        partial(
            intervals,
            groups,
            f"{firm_name(roles['cloud'])} loses {' or '.join(lost)} of its value, by who signs",
            "part of its value lost after three years",
        ),
    )

"""Answers to the claims about a lab's failure: who survives it, and who stands apart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import FAILS, Criteria, criteria, map_cells, where_it_fails
from runs.claims.answers.failure_tables import (
    EARLY,
    MAIN,
    REFERENCE,
    all_criteria,
    boundary_text,
    cells_text,
    few_pairs,
    net_text,
    one_frame,
    who_fails,
)
from runs.claims.answers.funding import middle, percent
from runs.claims.claim import Answer, Estimate, Picture, Table, Verdict
from runs.claims.pictures_failure import failure_maps
from runs.claims.pictures_money import intervals
from runs.claims.results import Results, drivers, firm_name, spread
from runs.twin_runs.results import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim


MAPS = {"failure-map-cloud": "cloud", "failure-map-hyperscaler": "hyperscaler"}


def what_falls_with_the_lab(claim: Claim, results: Results) -> Answer:
    """Whether chipmaker, clouds and banks stand when the lab fails, and what is cut."""
    rule, roles = claim.thresholds, claim.roles
    failed = where_it_fails(results, MAIN)
    if len(failed.frame(MAIN)) < rule["fewest"]:
        return Answer("not testable", "The lab fails in too few pairs to tell what falls with it.")
    found = criteria(failed, MAIN)
    maps = {
        roles[role]: map_cells(results, study, roles[role], roles["lab"], rule)
        for study, role in MAPS.items()
    }
    missed = [name for name, is_met in found.met(rule).items() if not is_met]
    reasons = f"Missed: {', '.join(missed)}." if missed else "All criteria are met."
    return Answer(
        verdict_of(found, maps, rule),
        sentence(found, failed, roles["chipmaker"]),
        estimates=estimates(claim, results, failed),
        boundary=" ".join(
            (reasons, net_text(failed), cells_text(maps), boundary_text(maps, rule["cloud"]))
        ),
        explanation=explanation(claim, failed),
        pictures=(map_picture(claim, maps, failed), criteria_picture(claim, results)),
        tables=(
            Table(f"{claim.id}-criteria", "What each failure does", all_criteria(claim, results)),
            Table(
                f"{claim.id}-who-fails",
                "Who fails with the lab",
                who_fails(failed).drop(columns="key"),
            ),
            Table(f"{claim.id}-map", "Cells of the map", one_frame(maps)),
        ),
        drivers=drivers(
            failed,
            MAIN,
            "cloud_fails",
            lambda effect: "clouds stand" if effect.mean <= rule["cloud"] else "a cloud falls",
            is_share=True,
        ),
        spread=spread(failed, MAIN, "cloud_fails"),
        notes=(*NOTES, few_pairs(maps)),
    )


NOTES = (
    "The model is probably too kind to CapEx: when a lab fails its users go to rivals at once and "
    "none gives up, so as much compute is rented as before. A panic that stops all orders is not "
    "in it.",
    "The chipmaker cannot fall easily: it holds cash, owes little and makes to order. Its value "
    "swings widely in both twins in these years, so what it loses is known only roughly.",
    "The main cloud builds for the contract whoever holds it, and nobody rescues it: no rights "
    "issue, no state, no purchase by a richer firm.",
    "The criteria were fixed for the world with the failure; they count also what falls without "
    "it. The twelve quarters begin when the money is refused, so part of them lie before the "
    "failure.",
)


def verdict_of(
    found: Criteria, maps: Mapping[str, pd.DataFrame], rule: Mapping[str, float]
) -> Verdict:
    """The rule: all criteria in the uncertain pairs, and in how many cells of the map."""
    is_met = all(found.met(rule).values())
    cells = float(pd.concat(list(maps.values()))["is_met"].mean())
    if is_met and cells >= rule["holds_cells"]:
        return "holds"
    return "does not hold" if not is_met and cells <= rule["fails_cells"] else "depends"


def sentence(found: Criteria, failed: Results, chipmaker: str) -> str:
    """The answer in a line."""
    without = failed.share(MAIN, "cloud_fails_without")
    maker = failed.share(MAIN, f"fails({chipmaker})")
    return (
        f"When the lab fails, a cloud falls in {percent(found.cloud)} of the pairs "
        f"({without.mean:.0%} without its failure) and {firm_name(chipmaker)} in "
        f"{maker.mean:.0%}; in the three years from the refusal on {percent(found.capex)} of CapEx "
        "is missing."
    )


def estimates(claim: Claim, results: Results, failed: Results) -> tuple[Estimate, ...]:
    """All figures, the deciding ones first."""
    cloud, maker = (claim.roles[role] for role in ("cloud", "chipmaker"))
    yes = (
        ("a cloud fails (C2)", "cloud_fails"),
        ("a cloud fails in the twin without", "cloud_fails_without"),
        ("a cloud that lives on debt fails", "debt_funded_cloud_fails"),
        ("a cloud that lives on its cash flow fails", "self_funded_cloud_fails"),
        ("a chipmaker fails (C1)", "chipmaker_fails"),
        ("over 5% of the others fail (C6)", "many_fail"),
        ("the same in the twin without", "many_fail_without"),
        ("the bank's capital is under its floor (C7)", "bank_under_floor"),
        (f"{firm_name(cloud)} fails", f"fails({cloud})"),
        (f"{firm_name(maker)} fails", f"fails({maker})"),
    )
    frame = failed.frame(MAIN)
    return (
        *(Estimate.of(name, failed.share(MAIN, output), "share") for name, output in yes),
        *(
            Estimate.of(f"added by the failure: {name}", failed.excess(MAIN, output), "share")
            for name, output in (("a cloud", "cloud_fails"), ("over 5% of others", "many_fail"))
        ),
        Estimate.of("CapEx missing over 12 quarters (C3)", failed.mean(MAIN, "capex_gap"), "share"),
        *(
            Estimate.of(name, failed.mean(MAIN, output), "share")
            for name, output in (
                (f"CapEx of {firm_name(cloud)} missing", f"gap({cloud}.capex_usd)"),
                ("revenue of all labs missing after 12 quarters", "gap_at(labs_revenue_usd, 11)"),
                ("consumers missing after 12 quarters", "gap_at(consumer_users, 11)"),
            )
        ),
        Estimate.of("chip revenue missing", failed.mean(MAIN, "chip_revenue_gap"), "share"),
        Estimate.of(
            "value of clouds and chipmakers lost at the end (C4)",
            failed.mean(MAIN, "market_value_loss"),
            "share",
        ),
        middle(
            f"value that {firm_name(cloud)} loses, median", frame[f"value_loss({cloud})"], "share"
        ),
        middle(
            f"value that {firm_name(maker)} loses, median", frame[f"value_loss({maker})"], "share"
        ),
        middle("total over direct loss (C5), median", frame["total_over_direct"], "times"),
        Estimate.of("the refused lab fails", results.share(MAIN, FAILS), "share"),
        Estimate.of(
            "it fails without being refused", results.share(MAIN, f"{FAILS}_without"), "share"
        ),
        Estimate.of("a cloud fails, all pairs", results.share(MAIN, "cloud_fails"), "share"),
        Estimate.of("CapEx missing, all pairs", results.mean(MAIN, "capex_gap"), "share"),
        Estimate.of(
            "a cloud fails, reference parameters", results.share(REFERENCE, "cloud_fails"), "share"
        ),
        Estimate.of(
            "CapEx missing, reference parameters", results.mean(REFERENCE, "capex_gap"), "share"
        ),
        Estimate.of("the lab fails, refused a year earlier", results.share(EARLY, FAILS), "share"),
        Estimate.of(
            "a cloud fails, lab refused a year earlier",
            results.share(EARLY, "cloud_fails"),
            "share",
        ),
    )


def explanation(claim: Claim, failed: Results) -> tuple[str, ...]:
    """What happens, in plain words, with its figures."""
    lab, cloud = claim.roles["lab"], claim.roles["cloud"]
    time = middle("", failed.frame(MAIN)["quarters_to_failure"], "quarters")

    def mean(output: str) -> str:
        return percent(failed.mean(MAIN, output))

    return (
        f"Refused all money, {firm_name(lab)} lives on what it has for a median of "
        f"{time.value:.0f} quarters. Then its contracts are rejected, and the compute built for "
        "them is let to others at what the market gives.",
        f"{firm_name(cloud)} has borrowed to build for one customer; whether it stands is a matter "
        "of what it owes and how much of its promised revenue that customer is. Clouds that live "
        "on a group's cash flow lose value, not their lives.",
        f"In the twelve quarters from the refusal on {mean('capex_gap')} of all CapEx is missing, "
        f"and {mean(f'gap({cloud}.capex_usd)')} of that of {firm_name(cloud)}. At their end "
        f"consumers are {mean('gap_at(consumer_users, 11)')} fewer: rivals take over most users "
        "of the lab, and rent compute for them elsewhere.",
    )


def map_picture(claim: Claim, maps: Mapping[str, pd.DataFrame], failed: Results) -> Picture:
    """The regime map."""
    titles = {f"{firm_name(cloud)} holds the contract": cells for cloud, cells in maps.items()}
    pairs = int(next(iter(maps.values()))["pairs"].max())
    lab, cloud, frame = claim.roles["lab"], claim.roles["cloud"], failed.frame(MAIN)
    stated = (frame[f"promised_share({lab}, {cloud})"], frame[f"debt_years({cloud})"])
    return Picture(
        f"{claim.id}-map",
        "When does the cloud fall with its largest customer?",
        "Share of pairs in which the cloud that holds the contract fails within twelve quarters; "
        f"up to {pairs} pairs a cell, reference "
        "parameters. Left the main cloud, right a hyperscaler in its place.",
        "Two heat maps by debt and dependence; the main cloud falls at the upper right.",
        partial(
            failure_maps,
            titles,
            claim.thresholds["cloud"],
            "A cloud falls with the lab where debt and dependence meet",
            (float(stated[0].median()), float(stated[1].median())),
        ),
    )


def criteria_picture(claim: Claim, results: Results) -> Picture:
    """Criteria of the failures side by side."""
    studies = {
        f"{firm_name(claim.roles['lab'])} refused": MAIN,
        f"{firm_name(claim.roles['enterprise_lab'])} files": "failure-enterprise-lab",
        f"{firm_name(claim.roles['debt_cloud'])} files": "failure-debt-cloud",
        f"{firm_name(claim.roles['cloud'])} files": "failure-large-cloud",
    }
    groups = {}
    for name, study in studies.items():
        own = criteria(where_it_fails(results, study), study)
        groups[name] = (
            Estimate.of("another cloud fails", own.cloud, "share"),
            Estimate.of("a chipmaker fails", own.chipmaker, "share"),
            Estimate.of("over 5% of institutions fail", own.many, "share"),
            Estimate.of("bank under its floor", own.bank, "share"),
            Estimate.of("CapEx missing", own.capex, "share"),
        )
    return Picture(
        f"{claim.id}-criteria",
        "What does each failure do to the others?",
        "Pairs with uncertain parameters in which the struck firm fails; 95% intervals.",
        "Shares of pairs by criterion for four different failures.",
        partial(
            intervals,
            groups,
            "No chipmaker and no bank falls with any of them"
            if _nobody_falls(groups)
            else "What each failure does to the others within twelve quarters",
            "share of pairs; of CapEx in the last row",
        ),
    )


def _nobody_falls(groups: Mapping[str, tuple[Estimate, ...]]) -> bool:
    return all(rows[1].value == 0 and rows[3].value == 0 for rows in groups.values())


# --- answer to the claim that the hyperscalers and the enterprise lab stand apart


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
        verdict_on_positions(first, apart),
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


def verdict_on_positions(hyperscalers_apart: bool, costs: Effect) -> Verdict:
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

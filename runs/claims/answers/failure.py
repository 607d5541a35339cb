"""Answers to the claims about a lab's failure: who survives it, and who stands apart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import (
    FAILS,
    MET,
    MISSED,
    OPEN,
    Criteria,
    criteria,
    map_cells,
    where_it_fails,
)
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
from runs.claims.answers.funding import middle, percent, points
from runs.claims.claim import Answer, ClaimWords, Estimate, Picture, Verdict, words_of
from runs.claims.pictures_failure import failure_maps
from runs.claims.pictures_money import intervals
from runs.claims.results import Results, drivers, firm_name, spread, with_added
from runs.twin_runs.results import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim


MAPS = {"failure-map-cloud": "cloud", "failure-map-hyperscaler": "hyperscaler"}
SHOWN = {
    "lab": MAIN,
    "enterprise_lab": "failure-enterprise-lab",
    "debt_cloud": "failure-debt-cloud",
    "cloud": "failure-large-cloud",
}
"""Role of a firm that is struck -> the study in which it is."""


def what_falls_with_the_lab(claim: Claim, results: Results) -> Answer:
    """Whether chipmaker, clouds and banks stand when the lab fails, and what is cut."""
    say = words_of(claim)
    rule, roles = claim.thresholds, claim.roles
    failed = where_it_fails(results, MAIN)
    if len(failed.frame(MAIN)) < rule["fewest"]:
        return Answer("not testable", say("untestable"))
    found = criteria(failed, MAIN)
    maps = {
        roles[role]: map_cells(results, study, roles[role], roles["lab"], rule)
        for study, role in MAPS.items()
    }
    added = with_added(failed, MAIN, "cloud_fails")
    return say.answer(
        verdict_of(found, maps, rule),
        {},
        sentence=sentence(say, found, failed, roles["chipmaker"]),
        estimates=estimates(claim, results, failed),
        boundary=" ".join(
            (
                criteria_text(say, found.surely(rule)),
                net_text(say, failed),
                cells_text(say, maps),
                boundary_text(say, maps, rule["cloud"]),
            )
        ),
        explanation=explanation(claim, failed),
        pictures=(map_picture(claim, maps, failed), criteria_picture(claim, results)),
        tables=(
            say.table("criteria", all_criteria(claim, results)),
            say.table("who-fails", who_fails(failed).drop(columns="key")),
            say.table("map", one_frame(maps)),
        ),
        drivers=drivers(
            added,
            MAIN,
            "cloud_fails",
            lambda effect: (
                say("driver-stand") if effect.mean <= rule["cloud"] else say("driver-falls")
            ),
        ),
        spread=spread(added, MAIN, "cloud_fails"),
        notes=(*say.each("notes"), few_pairs(say, maps)),
    )


def verdict_of(
    found: Criteria, maps: Mapping[str, pd.DataFrame], rule: Mapping[str, float]
) -> Verdict:
    """The rule: all criteria surely in the uncertain pairs, and in how many cells of the map."""
    sides = found.surely(rule).values()
    cells = float(pd.concat(list(maps.values()))["is_met"].mean())
    if all(side == MET for side in sides) and cells >= rule["holds_cells"]:
        return "holds"
    is_missed = any(side == MISSED for side in sides)
    return "does not hold" if is_missed and cells <= rule["fails_cells"] else "depends"


def criteria_text(say: ClaimWords, sides: Mapping[str, str]) -> str:
    """Which criteria are surely missed, and of which the interval tells neither."""
    parts = []
    for side in (MISSED, OPEN):
        names = [say(f"criterion-{name}") for name, found in sides.items() if found == side]
        if names:
            parts.append(say(f"sides-{side}", criteria=", ".join(names)))
    return " ".join(parts) or say("boundary-all-met")


def sentence(say: ClaimWords, found: Criteria, failed: Results, chipmaker: str) -> str:
    """The answer in a line: first how strongly a failure reaches CapEx, then whom it fells."""
    with_it, without = (failed.share(MAIN, f"cloud_fails{end}") for end in ("", "_without"))
    maker = failed.added_risk(MAIN, f"fails({chipmaker})", f"fails_without({chipmaker})")
    return say(
        "sentence",
        cloud=points(found.cloud),
        with_it=f"{with_it.mean:.0%}",
        without=f"{without.mean:.0%}",
        chipmaker=firm_name(chipmaker),
        maker=points(maker),
        capex=percent(found.capex),
    )


def estimates(claim: Claim, results: Results, failed: Results) -> tuple[Estimate, ...]:
    """All figures, the deciding ones first."""
    say = words_of(claim)
    cloud, maker = (claim.roles[role] for role in ("cloud", "chipmaker"))
    risks = (
        (say("added-cloud"), "cloud_fails"),
        (say("added-chipmaker"), "chipmaker_fails"),
        (say("added-many"), "many_fail"),
        (say("added-bank"), "bank_under_floor"),
    )
    yes = (
        (say("figure-cloud-fails-c2"), "cloud_fails"),
        (say("figure-cloud-fails-without"), "cloud_fails_without"),
        (say("figure-debt-cloud-fails"), "debt_funded_cloud_fails"),
        (say("figure-cash-cloud-fails"), "self_funded_cloud_fails"),
        (say("figure-chipmaker-fails-c1"), "chipmaker_fails"),
        (say("figure-many-fail-c6"), "many_fail"),
        (say("figure-many-fail-without"), "many_fail_without"),
        (say("figure-bank-under-floor-c7"), "bank_under_floor"),
        (say("figure-main-cloud-fails", cloud=firm_name(cloud)), f"fails({cloud})"),
        (say("figure-maker-fails", maker=firm_name(maker)), f"fails({maker})"),
    )
    frame = failed.frame(MAIN)
    return (
        Estimate.of(say("figure-capex-missing-c3"), failed.mean(MAIN, "capex_gap"), "share"),
        *(
            Estimate.of(say("figure-added", name=name), failed.added_risk(MAIN, output), "share")
            for name, output in risks
        ),
        *(Estimate.of(name, failed.share(MAIN, output), "share") for name, output in yes),
        *(
            Estimate.of(name, failed.mean(MAIN, output), "share")
            for name, output in (
                (
                    say("figure-cloud-capex-missing", cloud=firm_name(cloud)),
                    f"gap({cloud}.capex_usd)",
                ),
                (say("figure-revenue-missing"), "gap_at(labs_revenue_usd, 11)"),
                (say("figure-consumers-missing"), "gap_at(consumer_users, 11)"),
            )
        ),
        Estimate.of(
            say("figure-chip-revenue-missing"), failed.mean(MAIN, "chip_revenue_gap"), "share"
        ),
        Estimate.of(
            say("figure-value-lost-c4"),
            failed.mean(MAIN, "market_value_loss"),
            "share",
        ),
        middle(
            say("figure-cloud-value-lost", cloud=firm_name(cloud)),
            frame[f"value_loss({cloud})"],
            "share",
        ),
        middle(
            say("figure-maker-value-lost", maker=firm_name(maker)),
            frame[f"value_loss({maker})"],
            "share",
        ),
        middle(say("figure-total-over-direct-c5"), frame["total_over_direct"], "times"),
        Estimate.of(say("figure-refused-lab-fails"), results.share(MAIN, FAILS), "share"),
        Estimate.of(
            say("figure-lab-fails-without"),
            results.share(MAIN, f"{FAILS}_without"),
            "share",
        ),
        Estimate.of(say("figure-cloud-fails-all"), results.share(MAIN, "cloud_fails"), "share"),
        Estimate.of(say("figure-capex-missing-all"), results.mean(MAIN, "capex_gap"), "share"),
        Estimate.of(
            say("figure-cloud-fails-reference"),
            results.share(REFERENCE, "cloud_fails"),
            "share",
        ),
        Estimate.of(
            say("figure-capex-missing-reference"),
            results.mean(REFERENCE, "capex_gap"),
            "share",
        ),
        Estimate.of(say("figure-lab-fails-earlier"), results.share(EARLY, FAILS), "share"),
        Estimate.of(
            say("figure-cloud-fails-earlier"),
            results.share(EARLY, "cloud_fails"),
            "share",
        ),
    )


def explanation(claim: Claim, failed: Results) -> tuple[str, ...]:
    """What happens, in plain words, with its figures."""
    say = words_of(claim)
    lab, cloud = claim.roles["lab"], claim.roles["cloud"]
    time = middle("", failed.frame(MAIN)["quarters_to_failure"], "quarters")

    def mean(output: str) -> str:
        return percent(failed.mean(MAIN, output))

    return (
        say("explanation-1", lab=firm_name(lab), time=f"{time.value:.0f}"),
        say("explanation-2", cloud=firm_name(cloud)),
        say(
            "explanation-3",
            capex=mean("capex_gap"),
            cloud_capex=mean(f"gap({cloud}.capex_usd)"),
            cloud=firm_name(cloud),
            consumers=mean("gap_at(consumer_users, 11)"),
        ),
    )


def map_picture(claim: Claim, maps: Mapping[str, pd.DataFrame], failed: Results) -> Picture:
    """The regime map."""
    say = words_of(claim)
    titles = {
        say("panel-holds-contract", cloud=firm_name(cloud)): cells for cloud, cells in maps.items()
    }
    pairs = int(next(iter(maps.values()))["pairs"].max())
    lab, cloud, frame = claim.roles["lab"], claim.roles["cloud"], failed.frame(MAIN)
    stated = (frame[f"promised_share({lab}, {cloud})"], frame[f"debt_years({cloud})"])
    return say.picture(
        "map",
        partial(
            failure_maps,
            titles,
            claim.thresholds["cloud"],
            say("map-headline"),
            (float(stated[0].median()), float(stated[1].median())),
        ),
        pairs=pairs,
    )


def criteria_picture(claim: Claim, results: Results) -> Picture:
    """Criteria of the failures side by side."""
    say = words_of(claim)
    names = {role: firm_name(claim.roles[role]) for role in SHOWN}
    studies = {
        say("struck-refused" if role == "lab" else "struck-files", firm=names[role]): study
        for role, study in SHOWN.items()
    }
    groups = {}
    for name, study in studies.items():
        own = criteria(where_it_fails(results, study), study)
        groups[name] = (
            Estimate.of(say("figure-another-cloud-fails"), own.cloud, "share"),
            Estimate.of(say("figure-chipmaker-fails"), own.chipmaker, "share"),
            Estimate.of(say("figure-many-fail"), own.many, "share"),
            Estimate.of(say("figure-bank-under-floor"), own.bank, "share"),
            Estimate.of(say("figure-capex-missing"), own.capex, "share"),
        )
    return say.picture(
        "criteria",
        partial(
            intervals,
            groups,
            say("criteria-headline") if _nobody_falls(groups) else say("criteria-headline-some"),
            say("criteria-x"),
        ),
    )


def _nobody_falls(groups: Mapping[str, tuple[Estimate, ...]]) -> bool:
    return all(rows[1].value == 0 and rows[3].value == 0 for rows in groups.values())


# --- answer to the claim that the hyperscalers and the enterprise lab stand apart


LARGEST, ANCHOR, FREE = "failure-lab", "failure-anchor", "uncertain"
EXTRA = "extra_loss"
QUARTER = 8
"""Quarter in which the network of claims is looked at: that of the parting."""


def positions(claim: Claim, results: Results) -> Answer:
    """Whether hyperscalers lose less than the main cloud, and the enterprise lab costs less."""
    say = words_of(claim)
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
    return say.answer(
        verdict_on_positions(first, apart),
        {
            "lab": names["lab"],
            "cloud": names["cloud"],
            "own": percent(own),
            "most": firm_name(most),
            "loss": percent(loss),
            "enterprise_lab": names["enterprise_lab"],
            "other": percent(results.mean(ANCHOR, f"value_loss({main})")),
            "first": say("part-met" if first else "part-not-met"),
            "second": say("part-met" if apart.high < 0 else "part-not-met"),
            "promise": f"{_promise(results, roles['lab'], most):.0%}",
            "largest_promise": f"{_largest_promise(results, roles['enterprise_lab'], claim):.0%}",
            "main_promise": f"{_promise(results, roles['lab'], main):.0%}",
        },
        estimates=(
            *(
                Estimate.of(
                    say(
                        "figure-extra-loss",
                        hyperscaler=firm_name(key),
                        cloud=names["cloud"],
                    ),
                    effect,
                    "share",
                )
                for key, effect in extra.items()
            ),
            *(
                Estimate.of(
                    say("figure-hyperscaler-fails", hyperscaler=firm_name(key), lab=names["lab"]),
                    effect,
                    "share",
                )
                for key, effect in fails.items()
            ),
            Estimate.of(
                say("figure-capex-missing-lab", lab=names["lab"]),
                results.mean(LARGEST, "capex_gap"),
                "share",
            ),
            Estimate.of(
                say(
                    "figure-capex-missing-anchor",
                    enterprise_lab=names["enterprise_lab"],
                ),
                results.mean(ANCHOR, "capex_gap"),
                "share",
            ),
            Estimate.of(say("figure-capex-difference"), apart, "share"),
            *(
                Estimate.of(
                    say("figure-cloud-fails", cloud=names["cloud"], lab=names[role]),
                    results.share(study, f"fails({main})"),
                    "share",
                )
                for role, study in (("lab", LARGEST), ("enterprise_lab", ANCHOR))
            ),
            Estimate.of(
                say(
                    "figure-anchor-fails",
                    enterprise_lab=names["enterprise_lab"],
                ),
                results.share(ANCHOR, FAILS),
                "share",
            ),
        ),
        pictures=(position_picture(claim, results),),
        tables=(say.table("positions", table),),
        drivers=drivers(
            extra_loss(results, most, main),
            LARGEST,
            EXTRA,
            lambda effect: say("driver-less") if effect.high < 0 else say("driver-unsure"),
        ),
        spread=spread(extra_loss(results, most, main), LARGEST, EXTRA),
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
    say = words_of(claim)
    roles = claim.roles
    groups = {
        say("refused", lab=firm_name(roles[role])): [
            Estimate.of(firm_name(key), results.mean(study, f"value_loss({key})"), "share")
            for key in _clouds(claim)
        ]
        for role, study in (("lab", LARGEST), ("enterprise_lab", ANCHOR))
    }
    main = f"value_loss({roles['cloud']})"
    lost = [f"{results.mean(study, main).mean:.0%}" for study in (LARGEST, ANCHOR)]
    pairs = len(results.frame(LARGEST)), len(results.frame(ANCHOR))
    return say.picture(
        "positions",
        partial(
            intervals,
            groups,
            say(
                "positions-headline",
                cloud=firm_name(roles["cloud"]),
                losses=say.joined("positions-or", lost),
            ),
            say("positions-x"),
        ),
        lab=firm_name(roles["lab"]),
        lab_pairs=pairs[0],
        enterprise_lab=firm_name(roles["enterprise_lab"]),
        enterprise_pairs=pairs[1],
    )

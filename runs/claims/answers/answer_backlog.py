"""Answers to the claims about backlog: obligations over revenue, and RPO of clouds."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import middle, percent, threshold_verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.firm_names import firm_name
from runs.claims.pictures_circle import intervals, roll_forward
from runs.claims.results import share_by_point
from runs.claims.uncertainty import drivers, spread
from runs.twin_runs.twin_effects import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.catalogue import Claim
    from runs.claims.results import Results

BILLION = 1e9
THIRDS = ("lowest third", "middle third", "highest third")


def obligations_over_revenue(claim: Claim, results: Results) -> Answer:
    """Years of revenue that a lab has promised, and whether many of them warn."""
    lab, rule = claim.roles["lab"], claim.thresholds
    output = f"years_promised({lab}, {rule['quarter']:.0f})"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["many"], rule["few"])

    years = results.mean("uncertain", output)
    asked = claim.outputs["uncertain"]
    table = fan_table(results, "uncertain", [a for a in asked if a.startswith("years_promised")])
    later = warning_table(results.frame("uncertain"), lab, round(rule["warning_quarter"]))
    groups = {
        name: tuple(
            Estimate(row["third"], row[key], row[f"{key}_low"], row[f"{key}_high"], "share", 0)
            for _, row in later.iterrows()
        )
        for name, key in (("refused money later", "refused"), ("fails later", "failed"))
    }
    frame = results.frame("uncertain")
    until = middle("middle of the runs", frame[output], "years of revenue")
    top, bottom = later.iloc[-1], later.iloc[0]
    panel = Panel(
        "Years of revenue that the lab has promised",
        table,
        "years of revenue",
        marks=((rule["many"], "many"), (rule["few"], "few")),
        is_log=True,
    )
    return Answer(
        verdict_of(years),
        f"At the end of 2025 the lab has promised {years.mean:,.0f} years of its revenue "
        f"({years.low:,.0f} to {years.high:,.0f}).",
        estimates=(
            Estimate.of("obligations over yearly revenue, end of 2025", years, "years"),
            until,
            *(
                Estimate(
                    f"refused later, {row['third']} of obligations after two years",
                    row["refused"],
                    row["refused_low"],
                    row["refused_high"],
                    "share",
                    int(row["runs"]),
                )
                for _, row in later.iterrows()
            ),
        ),
        boundary=(
            "The figure falls fast as revenue grows: see the picture for when it passes five and "
            "two years."
        ),
        explanation=(
            "Signed take-or-pay contracts only; letters of intent and announced plans are not in.",
            "As an alarm: of the runs with the highest figure after two years, "
            f"{top['refused']:.0%} are refused money later, of those with the lowest "
            f"{bottom['refused']:.0%}.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-years-promised",
                "How many years of revenue are promised?",
                f"Runs with uncertain parameters ({years.n}) in which the lab still sells.",
                "A falling band of lines on a logarithmic axis.",
                partial(draw_fans, [panel]),
            ),
            Picture(
                f"{claim.id}-alarm",
                "Do many years of promises warn of trouble?",
                "Runs not refused in the first two years, in thirds by obligations over revenue "
                "after two years; 95% intervals.",
                "Shares refused and failed later, by third.",
                partial(intervals, groups, "What happens later, by thirds", "share of runs"),
            ),
        ),
        tables=(
            Table(f"{claim.id}-by-quarter", "Obligations over revenue by quarter", table),
            Table(f"{claim.id}-alarm", "What happens later, by thirds of obligations", later),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "Labs that still sell are shown: those that fail leave the picture, which lowers the "
            "late figures.",
        ),
    )


def warning_table(frame: pd.DataFrame, lab: str, quarter: int) -> pd.DataFrame:
    """Share refused money, and share failed, after a quarter, by thirds of obligations then.

    Runs in which the lab was refused by that quarter, or no longer sells, are left out. In the
    intervals runs of one point count as fewer.
    """
    years = frame[f"years_promised({lab}, {quarter})"].astype("float64")
    refused = frame[f"first_refused_quarter({lab})"].astype("float64")
    kept = frame[years.notna() & ~(refused <= quarter)]
    order = years[kept.index].rank(method="first")
    third = np.ceil(3 * order / max(1, len(kept))).clip(1, 3) - 1
    rows: list[dict[str, Any]] = []
    for number, name in enumerate(THIRDS):
        part = kept[third == number]
        in_third = frame.index.isin(part.index)
        row: dict[str, Any] = {
            "third": name,
            "runs": len(part),
            "years_promised": float(years[part.index].mean()),
        }
        for key, column in (("refused", f"is_refused({lab})"), ("failed", f"defaulted:{lab}")):
            effect = share_by_point(frame[column].where(in_third), frame["point"])
            row |= {key: effect.mean, f"{key}_low": effect.low, f"{key}_high": effect.high}
        rows.append(row)
    return pd.DataFrame(rows)


def backlog(claim: Claim, results: Results) -> Answer:
    """A cloud's RPO: the article's figure, its largest customer, and what is delivered."""
    cloud, rule = claim.roles["cloud"], claim.thresholds
    output = f"known_delivered({cloud})"
    off = abs(rule["article_usd"] / rule["public_usd"] - 1)

    def verdict_of(effect: Effect) -> Verdict:
        if off > rule["far"] or effect.high <= rule["lost"]:
            return "does not hold"
        is_kept = off <= rule["near"] and effect.low >= rule["delivered"]
        return "not testable" if isnan(effect.low) else "holds" if is_kept else "depends"

    kept = results.mean("uncertain", output)
    one = results.mean("uncertain", f"opening_part({cloud}, {claim.roles['customer']})")
    opening = results.mean("uncertain", f"opening_rpo({cloud})")
    asked = claim.outputs["uncertain"]
    table = fan_table(results, "uncertain", [a for a in asked if ".rpo_usd:at(" in a])
    lines = roll_forward_table(results, cloud)
    bn = 1 / BILLION
    marks = ((rule["article_usd"] * bn, "the article"), (rule["public_usd"] * bn, "reported"))
    panel = Panel("RPO of the cloud", table, "USD bn", BILLION, marks)
    return Answer(
        verdict_of(kept),
        f"The article's {rule['article_usd'] * bn:,.0f} bn USD is {off:.1%} off the reported "
        f"{rule['public_usd'] * bn:,.0f}; {percent(kept)} of the labs' part is delivered.",
        estimates=(
            Estimate.of(
                "delivered, of the contracts with labs known by November 2025", kept, "share"
            ),
            Estimate("the article's figure against the reported one", off, off, off, "share", 0),
            Estimate.of("RPO at the start", opening, "USD bn", bn),
            Estimate.of(f"part of it from {firm_name(claim.roles['customer'])}", one, "share"),
        ),
        boundary=_boundary(lines),
        explanation=(
            "RPO at the end of a quarter is RPO before, plus signed, less delivered, less "
            "cancelled: the simulation checks it to the cent every quarter.",
            "Customers outside the model renew by assumption, so only the labs' part is at risk "
            "here, unless the cloud itself fails.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-rpo",
                "How does the RPO go on?",
                f"Runs with uncertain parameters ({kept.n}), all customers.",
                f"A band of lines by quarter from {opening.mean * bn:,.0f} bn USD.",
                partial(draw_fans, [panel]),
            ),
            Picture(
                f"{claim.id}-roll-forward",
                "Where does the labs' part of the RPO go?",
                f"Means of {kept.n} runs over ten years, contracts with labs only.",
                "Bars: opening, signed, delivered, cancelled, closing.",
                partial(
                    roll_forward,
                    lines,
                    f"{kept.mean:.0%} of the labs' known contracts is delivered",
                ),
            ),
        ),
        tables=(
            Table(f"{claim.id}-by-quarter", "RPO by quarter, bn USD", in_bn(table)),
            Table(f"{claim.id}-roll-forward", "Roll-forward of the RPO from labs", lines),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "Public RPO is a whole group's, with all its products; the model holds it against "
            "compute for AI only. Organic demand outside the model is a trend, not decided.",
            *nearest_words(rule),
        ),
    )


def in_bn(table: pd.DataFrame) -> pd.DataFrame:
    """A table of quantiles of USD, in bn USD with one digit."""
    levels = [name for name in table if str(name)[1:].isdigit()]
    return table.assign(**{str(name): (table[name] / BILLION).round(1) for name in levels})


def nearest_words(rule: Mapping[str, float]) -> tuple[str, ...]:
    """What the rule says of the lowest public figure, where there are several."""
    if "least_public_usd" not in rule:
        return ()
    least = rule["least_public_usd"]
    off = abs(rule["article_usd"] / least - 1)
    verdict = "too far off" if off > rule["far"] else "neither near nor too far off"
    return (
        f"Public figures of the middle of 2025 run from {least / BILLION:,.0f} to "
        f"{rule['public_usd'] / BILLION:,.0f} bn. Against the lower one the article's figure is "
        f"{off:.1%} off, which the rule calls {verdict}.",
    )


def roll_forward_table(results: Results, cloud: str) -> pd.DataFrame:
    """Mean of each line over the runs in USD bn; what leaves is negative."""
    rows = []
    for line in ("opening", "signed", "delivered", "cancelled", "closing"):
        effect = results.mean("uncertain", f"lab_rpo({cloud}, {line})")
        sign = -1 if line in {"delivered", "cancelled"} else 1
        ends = sorted((sign * effect.low / BILLION, sign * effect.high / BILLION))
        rows.append((line, sign * effect.mean / BILLION, *ends))
    return pd.DataFrame(rows, columns=["line", "usd_bn", "low", "high"])


def _boundary(lines: pd.DataFrame) -> str:
    size = dict(zip(lines["line"], lines["usd_bn"], strict=True))
    return (
        f"Of {size['opening'] + size['signed']:,.0f} bn USD from labs, old and new, "
        f"{-size['delivered']:,.0f} bn is delivered within ten years, {-size['cancelled']:,.0f} bn "
        f"cancelled, and {size['closing']:,.0f} bn is left."
    )

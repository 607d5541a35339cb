"""Answers to the claims about contracts and backlog: what is promised, paid and passed on."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runs.claims.answers.funding import middle, percent, threshold_verdict
from runs.claims.claim import Answer, Estimate, Picture, Table, Verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_money import intervals, parts_paid, roll_forward, steps_paid
from runs.claims.results import bounded, drivers, firm_name, mean_by_point, share_by_point, spread
from runs.twin_runs.results import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runs.claims.claim import Claim
    from runs.claims.results import Results


BILLION = 1e9
FULL = 0.999
"""A contract is paid in full from this share on: invoices are rounded to cents."""


def numbers(frame: pd.DataFrame, output: str) -> list[float]:
    """A column as floats without the missing ones."""
    return frame[output].astype("float64").dropna().tolist()


def contract_paid(claim: Claim, results: Results) -> Answer:
    """What part of a take-or-pay contract is paid."""
    key, rule = claim.roles["contract"], claim.thresholds
    output = f"contract_paid({key})"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["paid"], rule["unpaid"])

    paid = bounded(results.mean("uncertain", output))
    frame = results.frame("uncertain")
    part = frame[output].astype("float64")
    in_full = share_by_point((part >= FULL).astype("float64").where(part.notna()), frame["point"])
    fates = fates_of(frame, output, claim)
    table = fate_table(fates, frame["point"])
    means = dict(zip(table["at the end"], table["part_paid"], strict=True))
    parts = {name: values.dropna().tolist() for name, values in fates.items()}
    total = rule["total_usd"] / BILLION
    middle_part = middle("middle of the runs", part, "share")
    return Answer(
        verdict_of(paid),
        f"On average {percent(paid)} of the {total:,.0f} bn USD is paid; all of it in "
        f"{percent(in_full)} of the runs.",
        estimates=(
            Estimate.of("part of the contract that is paid, mean", paid, "share"),
            middle_part,
            Estimate.of("runs in which all of it is paid", in_full, "share"),
            Estimate.of("paid, in USD", paid, "USD bn", total),
            Estimate.of(
                "cancelled before delivery, mean",
                results.mean("uncertain", f"contract_cancelled({key})"),
                "share",
            ),
            Estimate.of(
                "paid with the reference parameters", results.mean("reference", output), "share"
            ),
        ),
        boundary=(
            f"Where both firms live on, {_mean_share(means['both live'])} of it is paid; where the "
            f"lab has failed by the end, {_mean_share(means['the lab has failed'])}."
        ),
        explanation=(
            "The lab owes the agreed amount for what the cloud delivers, used or not. It may give "
            "up parts that have not begun after a failed round, for a fee; in a default all that "
            "is left is rejected. Invoices that are never paid are taken off.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-part-paid",
                "How much of the contract is paid?",
                f"All {len(frame):,} runs with uncertain parameters, by what became of both firms.",
                f"A histogram with its mean at {paid.mean:.0%}.",
                partial(parts_paid, parts, f"On average {paid.mean:.0%} of the contract is paid"),
            ),
        ),
        tables=(Table(f"{claim.id}-fates", "Part paid by what became of them", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "The two parties do not renegotiate price or date here, as real ones would: a contract "
            "is paid, given up before it begins, or rejected in default.",
        ),
    )


def _mean_share(part: float) -> str:
    return "none (no such run)" if isnan(part) else f"{100 * part:.0f}%"


def fates_of(frame: pd.DataFrame, output: str, claim: Claim) -> dict[str, pd.Series[float]]:
    """Part paid in each run, by what became of lab and cloud; nan in runs with another fate."""
    part = frame[output].astype("float64")
    lab = frame[f"defaulted:{claim.roles['lab']}"].astype(bool)
    cloud = frame[f"defaulted:{claim.roles['cloud']}"].astype(bool)
    chosen = {
        "both live": ~lab & ~cloud,
        "the lab has failed": lab & ~cloud,
        "the cloud has failed": cloud & ~lab,
        "both have failed": lab & cloud,
    }
    return {name: part.where(rows) for name, rows in chosen.items()}


def fate_table(fates: dict[str, pd.Series[float]], points: pd.Series[int]) -> pd.DataFrame:
    """Runs, mean part paid and its interval by fate; points with several seeds are the units."""
    rows = []
    for name, parts in fates.items():
        effect = bounded(mean_by_point(parts, points))
        rows.append((name, int(parts.count()), effect.mean, effect.low, effect.high))
    return pd.DataFrame(rows, columns=["at the end", "runs", "part_paid", "low", "high"])


def pass_through(claim: Claim, results: Results) -> Answer:
    """What part of a cloud's CapEx reaches a chipmaker."""
    rule = claim.thresholds
    pair = f"({claim.roles['cloud']}, {claim.roles['chipmaker']})"
    output = f"paid_of_capex{pair}"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["passes"], rule["stays"])

    passed = results.mean("uncertain", output)
    every = results.mean("uncertain", "chip_revenue_over_capex:mean")
    asked = claim.outputs["uncertain"]
    table = fan_table(results, "uncertain", [each for each in asked if ":at(" in each])
    band = (rule["band_low"], rule["band_high"])
    inside = table[(table["p50"] >= band[0]) & (table["p50"] <= band[1])]["label"].tolist()
    panel = Panel("Chip revenue over CapEx of all large buyers", table, "ratio", band=band)
    return Answer(
        verdict_of(passed),
        f"{percent(passed)} of the cloud's CapEx reaches the chipmaker over ten years.",
        estimates=(
            Estimate.of("part of the cloud's CapEx that reaches the chipmaker", passed, "share"),
            Estimate.of(
                "part of its chips that it buys there (an input)",
                results.mean("uncertain", f"share_of_chips{pair}"),
                "share",
            ),
            Estimate.of("chip revenue over CapEx, all large buyers, mean", every, "share"),
            Estimate(
                "public figures since 2024",
                (band[0] + band[1]) / 2,
                *band,
                "share",
                0,
                "range of public figures",
            ),
        ),
        boundary=(
            f"The median lies in the public band of {band[0]} to {band[1]} in these of the "
            f"quarters shown: {', '.join(inside) if inside else 'none'}."
        ),
        explanation=(
            "CapEx is sites, power and other plant besides chips. Chips come after the sites are "
            "connected, so the ratio rises when building slows down and falls when it ends.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-chips-of-capex",
                "How much of CapEx goes into chips?",
                f"Runs with uncertain parameters ({passed.n}); shaded red: public figures.",
                f"A band of lines by quarter; its mean over ten years is {every.mean:.2f}.",
                partial(draw_fans, [panel]),
            ),
        ),
        tables=(Table(f"{claim.id}-by-quarter", "Chip revenue over CapEx by quarter", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "Where the median leaves the public band the model is wrong about the world, or the "
            "band of two boom years does not last; the two cannot be told apart yet.",
            "Who supplies whom is an input: the cloud never changes its chipmaker in the model. So "
            "is the part of a site's cost that is chips and networking (compute.chip_share), which "
            "does not vary here. The answer mostly repeats it; that is why its interval is narrow.",
        ),
    )


def letter_drawn(claim: Claim, results: Results) -> Answer:
    """What part of a letter of intent is drawn, as stated and with certain steps."""
    key, rule = claim.roles["letter"], claim.thresholds
    output, early = f"letter_drawn({key})", f"letter_steps_by({key}, 13)"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["drawn"], rule["undrawn"])

    drawn = results.mean("uncertain", output)
    letter = rule["letter_usd"] / BILLION
    certain = results.mean("vendor-equity", output, "certain")
    arms = {
        "steps by chance, as stated": numbers(results.frame("vendor-equity", "with"), output),
        "every step certain": numbers(results.frame("vendor-equity", "certain"), output),
    }
    steps = {name: [10 * part for part in parts] for name, parts in arms.items()}
    return Answer(
        verdict_of(drawn),
        f"On average {percent(drawn)} of the {letter:,.0f} bn USD is drawn within ten years; "
        f"{percent(certain)} even when every step is certain once its condition is met.",
        estimates=(
            Estimate.of("part of the letter that is drawn", drawn, "share"),
            Estimate.of("drawn, in USD", drawn, "USD bn", letter),
            Estimate.of("drawn when every step is certain", certain, "share"),
            Estimate.of(
                "steps drawn by the end of 2028", results.mean("uncertain", early), "steps"
            ),
        ),
        boundary=(
            "Three things stop a step: chance (30% each, an assumption), too few gigawatts live, "
            "and the lab's failure. The arm with certain steps leaves the last two."
        ),
        explanation=(
            "Each step needs another gigawatt in the lab's use. A step whose condition is met is "
            "carried out with a chance of 70%, or it lapses; after a default the letter is void.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-steps",
                "How many of the ten steps are paid?",
                "The same worlds twice: with the stated chance per step, and with certain steps.",
                f"Bars by number of steps; the mean is {10 * drawn.mean:.1f} of ten.",
                partial(steps_paid, steps, 10, f"{drawn.mean:.0%} of the letter is drawn"),
            ),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "The chance of 70% per step is a choice of the modeller, and with it alone no more "
            "than 70% could be drawn on average; the arm with certain steps bounds its effect.",
        ),
    )


def revenue_this_year(claim: Claim, results: Results) -> Answer:
    """Revenue of the calendar year in which the runs start, and the start value."""
    lab, rule = claim.roles["lab"], claim.thresholds
    frame = results.frame("uncertain")
    first, second = (frame[f"{lab}.revenue_usd:at({k})"].astype("float64") for k in (0, 1))
    year, start, end = (
        mean_by_point(usd, frame["point"])
        for usd in (rule["half_year_usd"] + first + second, 4 * first, 4 * second)
    )
    low, high = (rule["article_usd"] * (1 + sign * rule["near"]) for sign in (-1, 1))
    is_outside = year.low > high or year.high < low
    verdict: Verdict = "does not hold" if is_outside else "depends"
    if low <= year.low and year.high <= high:
        verdict = "holds"
    public, bn = rule["public_annualised_usd"], 1 / BILLION
    estimates = (
        Estimate.of("revenue in 2025, reported half year included", year, "USD bn", bn),
        Estimate.of("annualised in 2025Q3, where the runs start", start, "USD bn", bn),
        Estimate.of("annualised in 2025Q4", end, "USD bn", bn),
    )
    gap = start.mean / public - 1
    marks = ((rule["article_usd"] * bn, "the article"), (public * bn, "public, August 2025"))
    return Answer(
        verdict,
        f"Revenue in 2025 is {year.mean * bn:.1f} bn USD in the runs ({year.low * bn:.1f} to "
        f"{year.high * bn:.1f}), against the article's {rule['article_usd'] * bn:.0f}; they start "
        f"at {start.mean * bn:.1f} bn annualised.",
        estimates=estimates,
        boundary="10 bn is right as the annualised revenue of June 2025.",
        explanation=(
            "The figure counts for all else: commitments over revenue, the cover of costs and the "
            "need for money start from it.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-revenue",
                "Revenue at the start, against the article and public figures",
                f"Means of {len(frame):,} runs with 95% intervals.",
                f"Revenue in 2025 at {year.mean * bn:.1f} bn USD.",
                partial(
                    intervals,
                    {"runs": estimates},
                    f"Revenue in 2025 is {year.mean * bn:.1f} bn USD in the runs",
                    "USD bn",
                    marks,
                    is_share=False,
                ),
            ),
        ),
        notes=(
            f"The start value comes from users, seats and prices and is {gap:+.0%} from the public "
            f"{public * bn:.0f} bn: the model is that far off at its start.",
        ),
    )


# --- answers to the claims about backlog


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

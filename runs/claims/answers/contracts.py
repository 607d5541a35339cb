"""Answers to the claims about contracts and backlog: what is promised, paid and passed on."""

from __future__ import annotations

from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runs.claims.answers.funding import middle, percent, threshold_verdict
from runs.claims.claim import Answer, ClaimWords, Estimate, Verdict, words_of
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
    say = words_of(claim)
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
    means = dict(zip(table["fate"], table["part_paid"], strict=True))
    parts = {say(f"fate-{name}"): values.dropna().tolist() for name, values in fates.items()}
    total = rule["total_usd"] / BILLION
    middle_part = middle(say("figure-middle"), part, "share")
    return say.answer(
        verdict_of(paid),
        {
            "paid": percent(paid),
            "total": f"{total:,.0f}",
            "in_full": percent(in_full),
            "both_live": _mean_share(say, means["both-live"]),
            "lab_failed": _mean_share(say, means["lab-failed"]),
        },
        estimates=(
            Estimate.of(say("figure-paid"), paid, "share"),
            middle_part,
            Estimate.of(say("figure-paid-in-full"), in_full, "share"),
            Estimate.of(say("figure-paid-usd"), paid, "USD bn", total),
            Estimate.of(
                say("figure-cancelled"),
                results.mean("uncertain", f"contract_cancelled({key})"),
                "share",
            ),
            Estimate.of(say("figure-paid-reference"), results.mean("reference", output), "share"),
        ),
        pictures=(
            say.picture(
                "part-paid",
                partial(parts_paid, parts, say("part-paid-headline", paid=f"{paid.mean:.0%}")),
                runs=f"{len(frame):,}",
                paid=f"{paid.mean:.0%}",
            ),
        ),
        tables=(say.table("fates", _fates_in_words(say, table)),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def _mean_share(say: ClaimWords, part: float) -> str:
    return say("none-such") if isnan(part) else f"{100 * part:.0f}%"


def _fates_in_words(say: ClaimWords, table: pd.DataFrame) -> pd.DataFrame:
    fates = [say(f"fate-{each}") for each in table["fate"]]
    return table.assign(fate=fates).rename(columns={"fate": say("head-fate")})


def fates_of(frame: pd.DataFrame, output: str, claim: Claim) -> dict[str, pd.Series[float]]:
    """Part paid in each run, by what became of lab and cloud; nan in runs with another fate."""
    part = frame[output].astype("float64")
    lab = frame[f"defaulted:{claim.roles['lab']}"].astype(bool)
    cloud = frame[f"defaulted:{claim.roles['cloud']}"].astype(bool)
    chosen = {
        "both-live": ~lab & ~cloud,
        "lab-failed": lab & ~cloud,
        "cloud-failed": cloud & ~lab,
        "both-failed": lab & cloud,
    }
    return {name: part.where(rows) for name, rows in chosen.items()}


def fate_table(fates: dict[str, pd.Series[float]], points: pd.Series[int]) -> pd.DataFrame:
    """Runs, mean part paid and its interval by fate; points with several seeds are the units."""
    rows = []
    for name, parts in fates.items():
        effect = bounded(mean_by_point(parts, points))
        rows.append((name, int(parts.count()), effect.mean, effect.low, effect.high))
    return pd.DataFrame(rows, columns=["fate", "runs", "part_paid", "low", "high"])


def pass_through(claim: Claim, results: Results) -> Answer:
    """What part of a cloud's CapEx reaches a chipmaker."""
    say = words_of(claim)
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
    panel = Panel(say("panel-ratio"), table, say("axis-ratio"), band=band)
    return say.answer(
        verdict_of(passed),
        {
            "passed": percent(passed),
            "band_low": f"{band[0]}",
            "band_high": f"{band[1]}",
            "quarters": ", ".join(inside) if inside else say("quarters-none"),
        },
        estimates=(
            Estimate.of(say("figure-passed-on"), passed, "share"),
            Estimate.of(
                say("figure-share-of-chips"),
                results.mean("uncertain", f"share_of_chips{pair}"),
                "share",
            ),
            Estimate.of(say("figure-chips-over-capex"), every, "share"),
            Estimate(
                say("figure-public"),
                (band[0] + band[1]) / 2,
                *band,
                "share",
                0,
                say("interval-public"),
            ),
        ),
        pictures=(
            say.picture(
                "chips-of-capex",
                partial(draw_fans, [panel]),
                runs=passed.n,
                every=f"{every.mean:.2f}",
            ),
        ),
        tables=(say.table("by-quarter", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def letter_drawn(claim: Claim, results: Results) -> Answer:
    """What part of a letter of intent is drawn, as stated and with certain steps."""
    say = words_of(claim)
    key, rule = claim.roles["letter"], claim.thresholds
    output, early = f"letter_drawn({key})", f"letter_steps_by({key}, 13)"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["drawn"], rule["undrawn"])

    drawn = results.mean("uncertain", output)
    letter = rule["letter_usd"] / BILLION
    certain = results.mean("vendor-equity", output, "certain")
    arms = {
        say("arm-stated"): numbers(results.frame("vendor-equity", "with"), output),
        say("arm-certain"): numbers(results.frame("vendor-equity", "certain"), output),
    }
    steps = {name: [10 * part for part in parts] for name, parts in arms.items()}
    return say.answer(
        verdict_of(drawn),
        {"drawn": percent(drawn), "letter": f"{letter:,.0f}", "certain": percent(certain)},
        estimates=(
            Estimate.of(say("figure-drawn"), drawn, "share"),
            Estimate.of(say("figure-drawn-usd"), drawn, "USD bn", letter),
            Estimate.of(say("figure-drawn-if-certain"), certain, "share"),
            Estimate.of(say("figure-steps-by-2028"), results.mean("uncertain", early), "steps"),
        ),
        pictures=(
            say.picture(
                "steps",
                partial(steps_paid, steps, 10, say("steps-headline", drawn=f"{drawn.mean:.0%}")),
                drawn=f"{10 * drawn.mean:.1f}",
            ),
        ),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def revenue_this_year(claim: Claim, results: Results) -> Answer:
    """Revenue of the calendar year in which the runs start, and the start value."""
    say = words_of(claim)
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
        Estimate.of(say("figure-revenue-2025"), year, "USD bn", bn),
        Estimate.of(say("figure-annualised-start"), start, "USD bn", bn),
        Estimate.of(say("figure-annualised-end"), end, "USD bn", bn),
    )
    gap = start.mean / public - 1
    marks = ((rule["article_usd"] * bn, say("mark-article")), (public * bn, say("mark-public")))
    return say.answer(
        verdict,
        {
            "year": f"{year.mean * bn:.1f}",
            "year_low": f"{year.low * bn:.1f}",
            "year_high": f"{year.high * bn:.1f}",
            "article": f"{rule['article_usd'] * bn:.0f}",
            "start": f"{start.mean * bn:.1f}",
            "gap": f"{gap:+.0%}",
            "public": f"{public * bn:.0f}",
        },
        estimates=estimates,
        pictures=(
            say.picture(
                "revenue",
                partial(
                    intervals,
                    {"runs": estimates},
                    say("revenue-headline", year=f"{year.mean * bn:.1f}"),
                    say("revenue-x"),
                    marks,
                    is_share=False,
                ),
                runs=f"{len(frame):,}",
                year=f"{year.mean * bn:.1f}",
            ),
        ),
    )


# --- answers to the claims about backlog


THIRDS = ("lowest", "middle", "highest")


def obligations_over_revenue(claim: Claim, results: Results) -> Answer:
    """Years of revenue that a lab has promised, and whether many of them warn."""
    say = words_of(claim)
    lab, rule = claim.roles["lab"], claim.thresholds
    output = f"years_promised({lab}, {rule['quarter']:.0f})"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["many"], rule["few"])

    years = results.mean("uncertain", output)
    asked = claim.outputs["uncertain"]
    table = fan_table(results, "uncertain", [a for a in asked if a.startswith("years_promised")])
    later = warning_table(results.frame("uncertain"), lab, round(rule["warning_quarter"]))
    later["third"] = [say(f"third-{each}") for each in later["third"]]
    groups = {
        name: tuple(
            Estimate(row["third"], row[key], row[f"{key}_low"], row[f"{key}_high"], "share", 0)
            for _, row in later.iterrows()
        )
        for name, key in ((say("alarm-refused"), "refused"), (say("alarm-failed"), "failed"))
    }
    frame = results.frame("uncertain")
    until = middle(say("figure-middle"), frame[output], "years of revenue")
    top, bottom = later.iloc[-1], later.iloc[0]
    panel = Panel(
        say("panel-years"),
        table,
        say("axis-years-revenue"),
        marks=((rule["many"], say("mark-many")), (rule["few"], say("mark-few"))),
        is_log=True,
    )
    return say.answer(
        verdict_of(years),
        {
            "years": f"{years.mean:,.0f}",
            "years_low": f"{years.low:,.0f}",
            "years_high": f"{years.high:,.0f}",
            "top": f"{top['refused']:.0%}",
            "bottom": f"{bottom['refused']:.0%}",
        },
        estimates=(
            Estimate.of(say("figure-years-promised"), years, "years"),
            until,
            *(
                Estimate(
                    say("figure-refused-later", third=row["third"]),
                    row["refused"],
                    row["refused_low"],
                    row["refused_high"],
                    "share",
                    int(row["runs"]),
                )
                for _, row in later.iterrows()
            ),
        ),
        pictures=(
            say.picture("years-promised", partial(draw_fans, [panel]), runs=years.n),
            say.picture("alarm", partial(intervals, groups, say("alarm-headline"), say("alarm-x"))),
        ),
        tables=(say.table("by-quarter", table), say.table("alarm", later)),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
    )


def warning_table(frame: pd.DataFrame, lab: str, quarter: int) -> pd.DataFrame:
    """Share refused money, and share failed, after a quarter, by thirds of obligations then.

    The column third holds a name of ``THIRDS``. Runs in which the lab was refused by that
    quarter, or no longer sells, are left out. In the intervals runs of one point count as fewer.
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
    say = words_of(claim)
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
    marks = (
        (rule["article_usd"] * bn, say("mark-article")),
        (rule["public_usd"] * bn, say("mark-reported")),
    )
    panel = Panel(say("panel-rpo"), table, say("axis-usd-bn"), BILLION, marks)
    return say.answer(
        verdict_of(kept),
        {
            "article": f"{rule['article_usd'] * bn:,.0f}",
            "off": f"{off:.1%}",
            "public": f"{rule['public_usd'] * bn:,.0f}",
            "kept": percent(kept),
        },
        estimates=(
            Estimate.of(say("figure-delivered"), kept, "share"),
            Estimate(say("figure-article-off"), off, off, off, "share", 0),
            Estimate.of(say("figure-rpo-start"), opening, "USD bn", bn),
            Estimate.of(
                say("figure-customer-part", customer=firm_name(claim.roles["customer"])),
                one,
                "share",
            ),
        ),
        boundary=_boundary(say, lines),
        pictures=(
            say.picture(
                "rpo", partial(draw_fans, [panel]), runs=kept.n, opening=f"{opening.mean * bn:,.0f}"
            ),
            say.picture(
                "roll-forward",
                partial(roll_forward, lines, say("roll-forward-headline", kept=f"{kept.mean:.0%}")),
                runs=kept.n,
            ),
        ),
        tables=(say.table("by-quarter", in_bn(table)), say.table("roll-forward", lines)),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(*say.each("notes"), *nearest_words(say, rule)),
    )


def in_bn(table: pd.DataFrame) -> pd.DataFrame:
    """A table of quantiles of USD, in bn USD with one digit."""
    levels = [name for name in table if str(name)[1:].isdigit()]
    return table.assign(**{str(name): (table[name] / BILLION).round(1) for name in levels})


def nearest_words(say: ClaimWords, rule: Mapping[str, float]) -> tuple[str, ...]:
    """What the rule says of the lowest public figure, where there are several."""
    if "least_public_usd" not in rule:
        return ()
    least = rule["least_public_usd"]
    off = abs(rule["article_usd"] / least - 1)
    verdict = say("nearest-too-far") if off > rule["far"] else say("nearest-neither")
    return (
        say(
            "notes-nearest",
            least=f"{least / BILLION:,.0f}",
            public=f"{rule['public_usd'] / BILLION:,.0f}",
            off=f"{off:.1%}",
            verdict=verdict,
        ),
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


def _boundary(say: ClaimWords, lines: pd.DataFrame) -> str:
    size = dict(zip(lines["line"], lines["usd_bn"], strict=True))
    return say(
        "boundary",
        promised=f"{size['opening'] + size['signed']:,.0f}",
        delivered=f"{-size['delivered']:,.0f}",
        cancelled=f"{-size['cancelled']:,.0f}",
        left=f"{size['closing']:,.0f}",
    )

"""What happened in a run, told for a reader who has not seen the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from market.events import BEFORE
from market.units import money
from runs.single_run.frames import vendor_money
from runs.single_run.simulate import WHOLE_RUN

if TYPE_CHECKING:
    from market.events import Event, EventLog
    from runs.single_run.simulate import Run


TURNS: tuple[tuple[str, str, str], ...] = (
    ("failed round", "First failed round", "No round failed."),
    ("funding freeze", "First funding freeze", "There was no funding freeze."),
    ("capex cut", "First CapEx cut", "No cloud cut its CapEx."),
    ("default", "First default", "No firm failed."),
    ("bank floor", "Bank in trouble", "The bank kept its capital above its floor."),
)
"""Kind of event, what a reader calls its first occurrence, and what to say when there is none."""
_STEPS = 3


def turning_points(run: Run) -> list[str]:
    """First event of each kind, what came before it and could reach it, and who failed."""
    log = run.model.events
    lines = ["TURNING POINTS (in brackets: the event's number, for --why and --confirm)"]
    missing = []
    for kind, title, absence in TURNS:
        events = log.select(kind)
        if not events:
            missing.append(absence)
            continue
        lines.append(f"{title}: {sentence(log, events[0])}")
        for step, cause in enumerate(reasons(log, events[0])):
            lead = "and before that" if step else BEFORE
            lines.append(f"    {lead}: {sentence(log, cause)}")
    if missing:
        lines.append(" ".join(missing))
    failed = log.select("default")
    if failed:
        names = (f"{e.agent} ({log.label(e.quarter)})" for e in failed)
        lines.append(f"Failed firms: {', '.join(names)}.")
    return lines


def sentence(log: EventLog, event: Event) -> str:
    """One event in words: "2027Q1, Lab fails to raise 3.0 bn USD [12]"."""
    return f"{log.label(event.quarter)}, {event.agent}: {event.text.rstrip('. ')} [{event.id}]"


def reasons(log: EventLog, event: Event) -> list[Event]:
    """Up to three steps back from an event: each time the latest that could reach it."""
    found: list[Event] = []
    while event.causes and len(found) < _STEPS:
        event = log[max(event.causes)]
        found.append(event)
    return found


# --- what happened in a run, told for a reader who has not seen the model


DISCLAIMER = (
    "A simulation on public and partly unverified figures: it shows what may follow from stated "
    "rules, not what will happen. No investment advice."
)
_BIGGEST = 3
_FLOWS = 6
FIRMS = ("labs", "clouds", "chipmakers")


def count(number: int, noun: str) -> str:
    """A number with its noun: "no rounds", "1 round", "3 rounds"."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def tell(run: Run) -> str:
    """The whole story, ready to print."""
    parts = [
        heading(run),
        financing(run),
        payments(run.money_flows),
        turning_points(run),
        weakest_link(run),
        table_by_year(run.market),
        [DISCLAIMER],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def heading(run: Run) -> list[str]:
    """Name, time and seed of the run, and what the scenario shows."""
    p, labels = run.model.parameters, run.labels
    quarters = count(len(labels), "quarter")
    title = f"{p.name}: {labels[0]} to {labels[-1]} ({quarters}), seed {run.seed}"
    return [title, "=" * len(title), *([p.description] if p.description else [])]


def financing(run: Run) -> list[str]:
    """What labs and start-ups raised: rounds, letters of intent, vendors."""
    labs = [lab.name for lab in run.model.labs.values()]
    events = run.events[run.events["agent"].isin(labs)]
    closed, failed = (events[events["kind"] == kind] for kind in ("round", "failed round"))
    letters = events[events["kind"] == "letter tranche"]
    raised, young = (
        float(run.market[name].sum()) for name in ("labs_raised_usd", "startups_raised_usd")
    )
    lines = ["MONEY RAISED"]
    lines.append(
        f"The labs raised {money(raised)}: {count(len(closed), 'funding round')} closed and "
        f"{len(failed) or 'none'} failed."
    )
    if len(letters):
        lines.append(
            f"{count(len(letters), 'tranche').capitalize()} promised earlier brought "
            f"{money(letters['size'].sum())} of it."
        )
    if young > 0:
        lines.append(f"AI start-ups raised {money(young)} beside them, from the same investors.")
    parent = run.parent_funding_usd
    if parent > 0:
        lines.append(f"Labs that have a parent got {money(parent)} more from it.")
    given = given_by_vendors(run)
    if given:
        lines.append(
            f"Chipmakers lent to or invested in their own customers in "
            f"{count(len(given), 'quarter')}: {money(sum(given))}."
        )
    top = closed.sort_values(["size", "id"], ascending=[False, True]).head(_BIGGEST)
    if len(top):
        lines.append("The biggest rounds:")
        rows = top.to_dict("records")
        lines += [f"  {row['quarter']}  {row['agent']} {row['text']}" for row in rows]
    return lines


def given_by_vendors(run: Run) -> list[float]:
    """What chipmakers put into labs and clouds, USD, in each quarter in which they did."""
    ledger = run.model.ledger
    sectors = ledger.accounts.sectors
    amounts = [vendor_money(each.finance, sectors) for each in ledger.archives]
    return [usd for usd in amounts if usd > 0]


def payments(flows: pd.DataFrame) -> list[str]:
    """Who paid whom: the largest flows between firms, and the circle of money."""
    run = flows[(flows["period"] == WHOLE_RUN) & ~flows["is_internal"]]
    firms = run[run["payer_sector"].isin(FIRMS) & run["payee_sector"].isin(FIRMS)]
    top = firms.sort_values(["goods_usd", "payer", "payee"], ascending=[False, True, True])
    lines = ["WHO PAID WHOM (for goods and services in the whole run, between firms)"]
    named = top[top["goods_usd"] > 0].head(_FLOWS).to_dict("records")
    rows = [[f"  {r['payer']} to {r['payee']}", money(r["goods_usd"])] for r in named]
    return [*lines, *align(rows), *circle(run)]


def circle(run: pd.DataFrame) -> list[str]:
    """The largest circle lab > cloud > chipmaker > lab, by its smallest leg."""
    sector = dict(zip(run["payer"], run["payer_sector"], strict=True))
    pairs = list(zip(run["payer"], run["payee"], strict=True))
    goods = dict(zip(pairs, run["goods_usd"], strict=True))
    gifts = dict(zip(pairs, run["financing_usd"], strict=True))
    circles = [
        (goods.get((lab, cloud), 0.0), goods.get((cloud, maker), 0.0), usd, lab, cloud, maker)
        for (maker, lab), usd in gifts.items()
        if usd > 0 and sector.get(maker) == "chipmakers" and sector.get(lab) == "labs"
        for cloud, kind in sector.items()
        if kind == "clouds"
    ]
    best = max(circles, key=lambda c: (min(c[:3]), c[0]), default=None)
    if best is None or min(best[:3]) <= 0:
        return ["No chipmaker put money into a lab whose compute runs on its chips."]
    paid, ordered, given, lab, cloud, maker = best
    return [
        "The circle of money:",
        f"  {lab} paid {cloud} {money(paid)} for compute; {cloud} paid {maker} {money(ordered)}",
        f"  for chips; {maker} put {money(given)} into {lab}.",
    ]


def weakest_link(run: Run) -> list[str]:
    """How the lab fared that began with the largest commitments over its revenue."""
    lines = ["THE WEAKEST LINK"]
    if "AILab" not in run.agents:
        return [*lines, "There is no lab."]
    labs = run.agents["AILab"]
    first = labs[(labs["quarter"] == run.labels[0]) & (labs["revenue_usd"] > 0)]
    burden = first["rpo_usd"] / (4 * first["revenue_usd"])
    if not len(burden) or burden.max() <= 0:
        return [*lines, "No lab had committed itself to compute at the start."]
    name = str(first["name"].tolist()[burden.tolist().index(burden.max())])
    path = labs[labs["name"] == name]
    begin, end = path.iloc[0], path.iloc[-1]
    lines.append(
        f"{name} began with compute commitments of {money(begin['rpo_usd'])}, "
        f"{burden.max():,.0f} times its revenue of a year ({money(4 * begin['revenue_usd'])})."
    )
    lines.append(
        f"It raised {money(path['raised_usd'].sum())}; its value went from "
        f"{money(begin['valuation_usd'])} to {money(end['valuation_usd'])} "
        f"(highest: {money(path['valuation_usd'].max())})."
    )
    died = path[path["is_defaulted"].astype(bool)]
    if len(died):
        lines.append(f"It failed in {died.iloc[0]['quarter']}.")
    else:
        lines.append(
            f"It still stands in {end['quarter']}, with {money(end['cash_usd'])} of cash, "
            f"{money(4 * end['revenue_usd'])} of revenue a year and commitments of "
            f"{money(end['rpo_usd'])}."
        )
    return lines


_COLUMNS: tuple[tuple[str, str, str, float, int], ...] = (
    ("Labs' revenue", "labs_revenue_usd", "sum", 1e9, 1),
    ("CapEx", "capex_usd", "sum", 1e9, 1),
    ("Chip revenue", "chip_revenue_usd", "sum", 1e9, 1),
    ("Needed", "needed_usd", "sum", 1e9, 1),
    ("Raised", "raised_usd", "sum", 1e9, 1),
    ("Labs' cash", "labs_cash_usd", "last", 1e9, 1),
    ("RPO", "rpo_usd", "last", 1e9, 0),
    ("Rent USD/h", "spot_price_usd_hour", "last", 1.0, 2),
    ("Power GW", "power_gw", "last", 1.0, 1),
)
"""Heading, indicator, how quarters make a year, divisor, digits."""


def table_by_year(market: pd.DataFrame) -> list[str]:
    """A few series by calendar year; a year with fewer than four quarters is marked."""
    years = market["quarter"].str[:4]
    table = pd.DataFrame(
        {
            title: market.groupby(years)[column].agg(how) / divisor
            for title, column, how, divisor, _ in _COLUMNS
        }
    )
    quarters = market.groupby(years)["quarter"].count().tolist()
    rows = [["Year", *(column[0] for column in _COLUMNS)]]
    for (year, values), number in zip(table.iterrows(), quarters, strict=True):
        mark = "" if number == 4 else "*"
        cells = (f"{v:,.{c[4]}f}" for v, c in zip(values, _COLUMNS, strict=True))
        rows.append([f"{year}{mark}", *cells])
    lines = [
        "YEAR BY YEAR (bn USD unless stated; needed and raised by labs and start-ups; cash, RPO, "
        "rent and power at the end of the year)"
    ]
    lines += align(rows)
    if min(quarters, default=4) < 4:
        lines.append("* part of the year")
    return lines


def align(rows: Iterable[list[str]]) -> list[str]:
    """Rows of cells as lines: the first column to the left, the others to the right."""
    table = list(rows)
    if not table:
        return []
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in table
    ]

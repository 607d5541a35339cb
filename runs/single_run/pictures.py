"""Pictures of a run: each is one function from frames to a figure, titled with its finding."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from runs.picture_style import (
    BLUE,
    GREEN,
    GREY,
    LINES,
    RED,
    draw_lines,
    group_thousands,
    headline,
    house_style,
    label_quarters,
    legend_outside,
    new_figure,
    percent_ticks,
)
from runs.single_run.loss_pictures import payers_picture
from runs.single_run.money_network import money_flow_network
from runs.single_run.simulate import LAST_YEAR, PEAK_YEAR

if TYPE_CHECKING:
    from runs.single_run.simulate import Run

BILLION = 1e9


def _by_name(frame: pd.DataFrame, column: str) -> list[tuple[str, list[float]]]:
    """One series per firm, in the order of the scenario."""
    names = list(dict.fromkeys(frame["name"]))
    return [(str(name), frame.loc[frame["name"] == name, column].tolist()) for name in names]


def _bn(usd: float) -> str:
    """An amount of USD in bn, with the decimals that it deserves; nothing (nan) is zero."""
    billions = 0.0 if isnan(usd) else usd / BILLION
    return f"{billions:,.{0 if billions >= 10 else 1}f} bn USD"


def _quarters(frame: pd.DataFrame) -> list[str]:
    return [str(label) for label in dict.fromkeys(frame["quarter"])]


def labs_cash_and_value(labs: pd.DataFrame) -> Figure:
    """Cash and valuation of each lab that has had either (class frame of the labs)."""
    shown = labs.groupby("name")[["cash_usd", "valuation_usd"]].transform("max").max(axis=1) > 0
    frame, labels = labs[shown], _quarters(labs)
    figure = new_figure((9.0, 6.5))
    upper, lower = figure.subplots(2, 1, sharex=True)
    value = frame.groupby("quarter", sort=False)["valuation_usd"].sum()
    peak = str(value.idxmax()) if len(value) else "no quarter"
    fall = 1 - float(value.iloc[-1]) / float(value.max()) if (value > 0).any() else 0.0
    after = f", and {fall:.0%} less at the end" if fall >= 0.01 else ""
    after = ", and nothing at the end" if fall == 1.0 else after
    headline(upper, f"Labs are worth most in {peak}: {_bn(value.max())}{after}")
    draw_lines(upper, _by_name(frame, "valuation_usd"), BILLION)
    draw_lines(lower, _by_name(frame, "cash_usd"), BILLION)
    upper.set_ylabel("Valuation (bn USD)")
    lower.set_ylabel("Cash (bn USD)")
    for axes in (upper, lower):
        axes.set_ylim(bottom=0)
        group_thousands(axes)
    legend_outside(upper)
    label_quarters(lower, labels)
    return figure


def capex_and_cuts(clouds: pd.DataFrame, events: pd.DataFrame) -> Figure:
    """CapEx of each cloud, stacked, with a mark where a CapEx cut was measured."""
    labels, series = _quarters(clouds), _by_name(clouds, "capex_usd")
    figure = new_figure()
    axes = figure.subplots()
    bottom = [0.0] * len(labels)
    for i, (name, values) in enumerate(series):
        heights = [value / BILLION for value in values]
        axes.bar(range(len(labels)), heights, bottom=bottom, color=LINES[i % 8], label=name)
        bottom = [b + h for b, h in zip(bottom, heights, strict=True)]
    cuts = events[events["kind"] == "capex cut"]
    top = max(bottom, default=0.0)
    places = [labels.index(str(label)) for label in dict.fromkeys(cuts["quarter"])]
    if places:
        heights = [bottom[i] + 0.04 * top for i in places]
        axes.plot(places, heights, "v", color="black", label="CapEx cut")
    peak = labels[bottom.index(top)] if labels else ""
    cut = "no cloud cuts"
    if len(cuts):
        cut = f"cuts: {len(cuts)}, the first in {cuts.iloc[0]['quarter']}"
    headline(axes, f"CapEx peaks in {peak} at {_bn(top * BILLION)}; {cut}")
    axes.set_ylabel("CapEx (bn USD per quarter)")
    legend_outside(axes)
    label_quarters(axes, labels)
    return figure


def rpo_by_cloud(clouds: pd.DataFrame) -> Figure:
    """RPO of each cloud."""
    figure = new_figure()
    axes = figure.subplots()
    series = _by_name(clouds, "rpo_usd")
    draw_lines(axes, series, BILLION)
    most = max(series, key=lambda item: max(item[1]))
    headline(
        axes, f"Contracted and not yet delivered: {most[0]} holds most, up to {_bn(max(most[1]))}"
    )
    axes.set_ylabel("RPO at the end of the quarter (bn USD)")
    axes.set_ylim(bottom=0)
    group_thousands(axes)
    legend_outside(axes)
    label_quarters(axes, _quarters(clouds))
    return figure


def enterprise_share(labs: pd.DataFrame) -> Figure:
    """Share of enterprise seats of each lab that ever had any."""
    shown = labs.groupby("name")["seat_share"].transform("max") > 0
    frame = labs[shown]
    figure = new_figure()
    axes = figure.subplots()
    series = _by_name(frame, "seat_share")
    draw_lines(axes, series)
    title = "No lab sells enterprise seats"
    if series:
        best = max(series, key=lambda item: item[1][-1])
        title = f"{best[0]} ends with {best[1][-1]:.0%} of enterprise seats, from {best[1][0]:.0%}"
        legend_outside(axes)
    headline(axes, title)
    axes.set_ylabel("Share of enterprise seats")
    percent_ticks(axes.yaxis)
    axes.set_ylim(bottom=0)
    label_quarters(axes, _quarters(labs))
    return figure


def needed_and_raised(market: pd.DataFrame) -> Figure:
    """Money asked in rounds and equity raised per quarter, with quarters under half in orange."""
    figure = new_figure()
    axes = figure.subplots()
    places = range(len(market))
    short = market["raised_ratio"] < 0.5
    needed, raised = market["needed_usd"] / BILLION, market["raised_usd"] / BILLION
    axes.bar(places, needed, color="#D9D9D9", width=0.9, label="Needed in rounds")
    axes.bar(places, raised, color=BLUE, width=0.5, label="Raised, promised tranches included")
    if short.any():
        marks = [i for i, is_short in enumerate(short) if is_short]
        height = [float(needed.iloc[i]) + 0.02 * float(needed.max()) for i in marks]
        axes.plot(marks, height, "v", color=RED, label="Rounds raise under half of the need")
    total, count = float(raised.sum()), int(short.sum())
    headline(
        axes,
        f"Labs raise {_bn(total * BILLION)}; rounds bring less than half of the need "
        f"in {count} of {len(market)} quarters",
    )
    axes.set_ylabel("bn USD per quarter")
    legend_outside(axes)
    label_quarters(axes, market["quarter"].tolist())
    return figure


_TIMELINE: tuple[tuple[str, str], ...] = (
    ("bank floor", RED),
    ("default", RED),
    ("funding freeze", RED),
    ("failed round", RED),
    ("capex cut", RED),
    ("contract cancelled", RED),
    ("margin call", RED),
    ("shock", "black"),
    ("entry", "black"),
    ("switch wave", GREY),
    ("price cut", GREY),
    ("capacity re-let", GREY),
    ("contract signed", GREEN),
    ("vendor finance", BLUE),
    ("letter tranche", BLUE),
    ("ipo", BLUE),
    ("round", BLUE),
)
"""Kinds of events from the top, with the colour of bad, neutral and good news."""
_SPELLING = {"capex cut": "CapEx cut", "ipo": "listing of shares", "round": "closed round"}


def event_timeline(events: pd.DataFrame, labels: list[str]) -> Figure:
    """All events by quarter and kind; the size of a point is the number of events."""
    kinds = [(kind, colour) for kind, colour in _TIMELINE if (events["kind"] == kind).any()]
    figure = new_figure((9.0, 1.6 + 0.3 * max(1, len(kinds))))
    axes = figure.subplots()
    for row, (kind, colour) in enumerate(reversed(kinds)):
        counts = events[events["kind"] == kind].groupby("quarter_number")["id"].count()
        sizes = [18.0 * number for number in counts]
        axes.scatter(list(counts.index), [row] * len(counts), sizes, color=colour, alpha=0.8)
    names = [
        f"{_SPELLING.get(kind, kind)} ({int((events['kind'] == kind).sum())})"
        for kind, _ in reversed(kinds)
    ]
    axes.set_yticks(range(len(kinds)), names)
    axes.set_ylim(-0.7, max(1, len(kinds)) - 0.3)
    bad = events[events["kind"].isin([kind for kind, colour in kinds if colour == RED])]
    title = "Nothing breaks"
    if len(bad):
        kind = str(bad.iloc[0]["kind"])
        title = f"First bad news: {_SPELLING.get(kind, kind)}, {bad.iloc[0]['quarter']}"
    headline(axes, title)
    label_quarters(axes, labels)
    axes.set_xlabel(f"{axes.get_xlabel()}; larger points: more events; orange: bad news")
    return figure


def pictures_of(run: Run) -> dict[str, Callable[[], Figure]]:
    """File name, without suffix -> function that draws the picture from the frames of the run."""
    labs, clouds = run.agents.get("AILab"), run.agents.get("CloudProvider")
    found: dict[str, Callable[[], Figure]] = {}
    if labs is not None:
        found["labs-cash-and-value"] = lambda: labs_cash_and_value(labs)
        found["enterprise-share"] = lambda: enterprise_share(labs)
    if clouds is not None:
        found["capex"] = lambda: capex_and_cuts(clouds, run.events)
        found["rpo"] = lambda: rpo_by_cloud(clouds)
    sectors = dict.fromkeys(_names(labs), "labs") | dict.fromkeys(_names(clouds), "clouds")
    sectors |= dict.fromkeys(_names(run.agents.get("Chipmaker")), "chipmakers")
    for name, period in (("money-flow", LAST_YEAR), ("money-flow-at-peak", PEAK_YEAR)):
        quarters = run.periods[period]
        found[name] = partial(
            money_flow_network,
            run.money_flows[run.money_flows["period"] == period],
            sectors,
            run.labels[quarters.start : quarters.stop],
        )
    found["needed-and-raised"] = lambda: needed_and_raised(run.market)
    found["events"] = lambda: event_timeline(run.events, run.labels)
    if len(run.losses):
        found["who-pays"] = lambda: worst_failure(run.losses, run.labels[-1])
    return found


def worst_failure(losses: pd.DataFrame, last: str) -> Figure:
    """Who pays for the failure by which most debts are lost, by the books of the run.

    Args:
        losses: of ``runs.single_run.simulate.Run.losses``, with a failure at least.
        last: label of the last quarter.
    """
    event = losses.groupby("event")["lost_usd"].sum().idxmax()
    rows = losses[losses["event"] == event]
    name, quarter = rows.iloc[0]["agent"], rows.iloc[0]["quarter"]
    table = rows.drop(columns=["event", "quarter", "agent"])
    return payers_picture(table, f"the failure of {name} in {quarter}", f"as booked up to {last}")


def _names(frame: pd.DataFrame | None) -> list[str]:
    return [] if frame is None else [str(name) for name in dict.fromkeys(frame["name"])]


def write_pictures(run: Run, folder: Path) -> None:
    """Draw every picture of a run as PNG; the same run gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    with house_style():
        for name, draw in pictures_of(run).items():
            draw().savefig(folder / f"{name}.png", metadata={"Software": None})

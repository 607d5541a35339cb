"""``kaartenhuis deals ...``: public deals of a scenario, listed, shown, added and checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from market.parameters.deals import DEAL_TYPES, PLACES
from runs.commands.scenarios import csv_text, table_text, value_text
from runs.files import check_place
from runs.problems import MOST_SEED, SOME_FAILED, UserProblem, nearest

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters
    from runs.deals.listing import DealRow, SumRow
    from runs.deals.progress import DealState

deals_app = typer.Typer(
    help="Public deals: list, show, add and check them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
ScenarioArgument = Annotated[str, typer.Argument(help="Name of a scenario, or a TOML file.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a parameter; may be repeated."),
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print as CSV, in USD.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(deals_app, name="deals")


@deals_app.command("list")
def list_deals(  # noqa: PLR0913, PLR0917 - the options of the command
    scenario: ScenarioArgument = "reference",
    changes: SetOption = None,
    firm: Annotated[str | None, typer.Option(metavar="KEY", help="Only deals of a firm.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Only deals of a type.")] = None,
    stands: Annotated[
        str | None, typer.Option("--place", help="Only deals that are: " + ", ".join(PLACES) + ".")
    ] = None,
    excluded: Annotated[
        bool, typer.Option("--excluded", help="Only deals that are left out, with the reason.")
    ] = False,
    totals: Annotated[
        bool, typer.Option("--totals", help="Sums by type and by firm in place of the deals.")
    ] = False,
    run: Annotated[
        bool, typer.Option("--run", help="Run it: announced, binding and paid by quarter.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Seed of that run.")] = 42,
    quarters: Annotated[
        int | None, typer.Option(min=1, help="Length of that run; default: the scenario's.")
    ] = None,
    as_csv: CsvOption = False,
) -> None:
    """List deals with amounts in bn USD, and where each stands in the books."""
    from runs.commands.run import read
    from runs.deals.listing import deal_rows

    if sum((excluded or stands is not None, totals, run)) > 1:
        raise UserProblem("choose one of --place or --excluded, --totals and --run")
    more = () if quarters is None else (f"quarters={quarters}",)
    world = read(scenario, (*(changes or ()), *more)).parameters
    _check_choice("--type", kind, DEAL_TYPES)
    _check_choice("--place", stands, PLACES)
    chosen = _chosen(world, firm, kind)
    rows = [row for row in deal_rows(world) if row.key in chosen]
    if run:
        _say_run(world, seed, chosen, as_csv=as_csv)
    elif totals:
        _say_totals(world, rows, as_csv=as_csv)
    else:
        wanted = "left out" if excluded else stands
        rows = [row for row in rows if row.place == wanted or (wanted is None and row.counts)]
        _say_rows(rows, as_csv=as_csv)


def _check_choice(option: str, value: str | None, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise UserProblem(f"{option}: {value!r}: {nearest(value, choices)}")


def _chosen(world: MarketParameters, firm: str | None, kind: str | None) -> set[str]:
    """Keys of the deals of a firm and a type, where these are given."""
    deals = world.deals.items()
    parties = {party for _, deal in deals for party in (deal.giver, deal.to)}
    if firm is not None and firm not in parties:
        known = sorted({*world.companies(), *parties})
        if firm not in known:
            raise UserProblem(f"--firm: {firm!r}: {nearest(firm, known)}")
    return {
        key
        for key, deal in deals
        if firm in {None, deal.giver, deal.to} and kind in {None, deal.type}
    }


def _billions(usd: float) -> str:
    return f"{usd / 1e9:,.1f}" if usd else "-"


def _say_rows(rows: Sequence[DealRow], *, as_csv: bool) -> None:
    from runs.deals.listing import DealRow, total

    if as_csv:
        typer.echo(csv_text(DealRow._fields, rows), nl=False)
        return
    heads = (
        *("date", "key", "from", "to", "type", "firm", "conditional", "terminable", "paid"),
        *("stands", "where, or why not"),
    )
    cells = [
        (
            *(row.date, row.key, row.giver, row.to, row.type),
            *map(_billions, (row.firm_usd, row.conditional_usd, row.terminable_usd, row.paid_usd)),
            *(row.place, row.reason),
        )
        for row in rows
    ]
    typer.echo(table_text(heads, cells))
    typer.echo(_in_words(total(rows)) if any(r.counts for r in rows) else f"{len(rows)} deals")


def _in_words(found: SumRow) -> str:
    return (
        f"{found.deals} deals, {_billions(found.amount_usd)} bn USD: "
        f"{_billions(found.firm_usd)} firm, {_billions(found.conditional_usd)} conditional, "
        f"{_billions(found.terminable_usd)} terminable; {_billions(found.booked_usd)} booked"
    )


def _say_totals(world: MarketParameters, rows: Sequence[DealRow], *, as_csv: bool) -> None:
    """Sums by type, by who gives and by who gets; deals that are left out do not count."""
    from runs.deals.listing import SumRow, sums

    names = {company.name for company in world.companies().values()}
    others = "firms outside the scenario"
    groups = {
        "type": sums(rows, lambda row: row.type),
        "stands": sums(rows, lambda row: row.place),
        "from": sums(rows, lambda row: row.giver if row.giver in names else others),
        "to": sums(rows, lambda row: row.to if row.to in names else others),
    }
    if as_csv:
        cells = [(by, *each) for by, found in groups.items() for each in found]
        typer.echo(csv_text(("by", *SumRow._fields), cells), nl=False)
        return
    for by, found in groups.items():
        heads = (by, "deals", "amount", "firm", "conditional", "terminable", "paid", "booked")
        table = [(each.name, str(each.deals), *map(_billions, each[2:])) for each in found]
        typer.echo(table_text(heads, table) + "\n")


def _say_run(world: MarketParameters, seed: int, chosen: set[str], *, as_csv: bool) -> None:
    """Announced against binding against paid, by quarter; as CSV by deal too."""
    from market.model import MarketModel
    from runs.deals.progress import DealState, deal_states

    model = MarketModel(world, seed=seed)
    states: list[list[DealState]] = []
    for _ in model.each_quarter():
        states.append([each for each in deal_states(model) if each.key in chosen])
    if as_csv:
        flat = [each for quarter in states for each in quarter]
        typer.echo(csv_text(DealState._fields, flat), nl=False)
        return
    heads = (
        *("quarter", "announced", "binding", "paid so far"),
        *("booked: announced", "binding", "paid so far", "given up"),
    )
    typer.echo(table_text(heads, [_quarter_cells(quarter) for quarter in states if quarter]))
    typer.echo("bn USD; deals that are not booked stand as they were announced")


def _quarter_cells(quarter: Sequence[DealState]) -> tuple[str, ...]:
    booked = [each for each in quarter if each.is_booked]
    return (
        quarter[0].quarter,
        _billions(sum(each.announced_usd for each in quarter)),
        _billions(sum(each.binding_usd for each in quarter)),
        _billions(sum(each.paid_usd for each in quarter)),
        _billions(sum(each.announced_usd for each in booked)),
        _billions(sum(each.binding_usd for each in booked)),
        _billions(sum(each.paid_usd for each in booked)),
        _billions(sum(each.given_up_usd for each in booked)),
    )


@deals_app.command()
def show(
    key: Annotated[str, typer.Argument(help="Key of a deal.")],
    scenario: ScenarioArgument = "reference",
    changes: SetOption = None,
) -> None:
    """Show a deal: what it says, where it stands, and what it becomes in the books."""
    from market.parameters.deals import made_by
    from runs.commands.run import read
    from runs.deals.listing import place

    world = read(scenario, changes or ()).parameters
    if key not in world.deals:
        raise UserProblem(f"there is no deal {key!r} in {scenario}: {nearest(key, [*world.deals])}")
    deal = world.deals[key]
    values: dict[str, Any] = deal.model_dump()
    stands = place(world, deal)
    lines = [(name, _shown(world, name, value)) for name, value in values.items()]
    lines.append(("stands", f"{stands.name}: {stands.reason}"))
    for (table, entry), of in made_by(world.model_dump()).items():
        if of == key:
            made = getattr(world, table)[entry].model_dump().items()
            lines += [(f"{table}.{entry}.{name}", value_text(value)) for name, value in made]
    width = max(len(name) for name, _ in lines)
    typer.echo("\n".join(f"{name:<{width}}  {text}".rstrip() for name, text in lines))


def _shown(world: MarketParameters, name: str, value: Any) -> str:
    if name == "start" and value is not None:
        return world.quarter_label(value)
    return value_text(value)


@deals_app.command()
def add(  # noqa: PLR0913, PLR0917 - the values of a deal
    file: Annotated[Path, typer.Argument(help="Scenario file; a new one extends --base.")],
    giver: Annotated[str, typer.Option("--from", metavar="KEY", help="Who pays or buys.")],
    to: Annotated[str, typer.Option("--to", metavar="KEY", help="Who gets or delivers.")],
    kind: Annotated[str, typer.Option("--type", help=", ".join(DEAL_TYPES) + ".")],
    date: Annotated[str, typer.Option(metavar="DATE", help="Such as 2025-09-10 or 2025-09.")],
    firm: Annotated[float | None, typer.Option(metavar="USD", help="Part that binds.")] = None,
    conditional: Annotated[
        float | None, typer.Option(metavar="USD", help="Part with a condition.")
    ] = None,
    terminable: Annotated[
        float | None, typer.Option(metavar="USD", help="Part that may be given up for nothing.")
    ] = None,
    paid: Annotated[
        float | None, typer.Option(metavar="USD", help="Paid before the start.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="QUARTER", help="First delivery or tranche: 2026Q3.")
    ] = None,
    years: Annotated[float | None, typer.Option(help="How long it runs.")] = None,
    gw: Annotated[float | None, typer.Option(help="Power that it is about.")] = None,
    capacity: Annotated[float | None, typer.Option(metavar="CU", help="Compute a quarter.")] = None,
    ramp: Annotated[int | None, typer.Option(metavar="QUARTERS", help="To full size.")] = None,
    initial_share: Annotated[float | None, typer.Option(help="Share of that at first.")] = None,
    tranches: Annotated[int | None, typer.Option(help="Tranches of equity.")] = None,
    probability: Annotated[
        float | None, typer.Option(help="Chance of a conditional tranche.")
    ] = None,
    share: Annotated[float | None, typer.Option(help="Part of all shares held for it.")] = None,
    outside: Annotated[
        bool, typer.Option("--outside", help="A party is no firm of the scenario.")
    ] = False,
    left_out: Annotated[str | None, typer.Option(help="Why it does not count.")] = None,
    terms: Annotated[str | None, typer.Option(help="What else was said.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it was read.")] = None,
    confidence: Annotated[str | None, typer.Option(help="seen, derived, assumed, ...")] = None,
    key: Annotated[str | None, typer.Option(help="Its key; default: from-to.")] = None,
    base: Annotated[str, typer.Option(help="Scenario that a new file extends.")] = "reference",
) -> None:
    """Write a deal into a scenario file; it is checked first, and an error writes nothing."""
    from runs.deals.adding import add_deal
    from runs.deals.listing import place

    check_place(file)
    given: dict[str, Any] = {
        "date": date,
        "from": giver,
        "to": to,
        "type": kind,
        "firm_usd": firm,
        "conditional_usd": conditional,
        "terminable_usd": terminable,
        "paid_usd": paid,
        "start": start,
        "years": years,
        "gw": gw,
        "capacity_cu": capacity,
        "ramp_quarters": ramp,
        "initial_share": initial_share,
        "tranches": tranches,
        "probability": probability,
        "share": share,
        "outside": outside or None,
        "left_out": left_out,
        "terms": terms,
        "source": source,
        "confidence": confidence,
    }
    values = {name: value for name, value in given.items() if value is not None}
    key, scenario = add_deal(file, values, key=key, base=base)
    stands = place(scenario.parameters, scenario.parameters.deals[key])
    typer.echo(f"{file}: deal {key} added; it is {stands.name}: {stands.reason}")


@deals_app.command()
def check(
    scenario: ScenarioArgument = "reference",
    changes: SetOption = None,
    as_csv: CsvOption = False,
) -> None:
    """Check that the opening equals the public totals; exit code 3 when it does not."""
    from market.model import MarketModel
    from runs.commands.run import read
    from runs.deals.checks import Checked, check_deals, public_totals, twins

    world = read(scenario, changes or ()).parameters
    found = check_deals(MarketModel(world, seed=1))
    if as_csv:
        cells = [(*each, each.is_met) for each in found]
        typer.echo(csv_text((*Checked._fields, "is_met"), cells), nl=False)
    else:
        heads = ("what", "least", "most", "found", "", "where from")
        rows = [
            (each.what, *map(_figure, each[1:4]), "ok" if each.is_met else "MISSED", each.source)
            for each in found
        ]
        typer.echo(table_text(heads, rows))
        for one, other in twins(world):
            typer.echo(f"may be one deal: {one} and {other}")
        if world.start != public_totals().quarter:
            typer.echo(f"public totals are of {public_totals().quarter}: not compared")
        missed = sum(not each.is_met for each in found)
        typer.echo(f"{len(world.deals)} deals, {len(found)} checks, {missed} missed")
    if not all(each.is_met for each in found):
        raise typer.Exit(SOME_FAILED)


def _figure(value: float) -> str:
    """An amount in bn USD, or a part of all shares."""
    return f"{value / 1e9:,.2f}" if abs(value) >= 1e6 or value == 0 else f"{value:.3f}"

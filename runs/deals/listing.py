"""The deals of a scenario as rows, and their sums by type and by firm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from market.parameters.deals import DealParameters, Place, place_of
from market.parameters.world import MarketParameters


class DealRow(NamedTuple):
    """One deal of a scenario: what it says, and where it stands (``market.parameters.deals``)."""

    key: str
    date: str
    giver: str
    to: str
    type: str
    amount_usd: float
    firm_usd: float
    conditional_usd: float
    terminable_usd: float
    paid_usd: float
    place: str
    reason: str
    confidence: str
    source: str

    @property
    def counts(self) -> bool:
        """Whether it belongs into sums: a deal that is left out stands in others, or is none."""
        return self.place != "left out"


class SumRow(NamedTuple):
    """Sums of deals, USD: by what they have in common."""

    name: str
    deals: int
    amount_usd: float
    firm_usd: float
    conditional_usd: float
    terminable_usd: float
    paid_usd: float
    booked_usd: float


def place(parameters: MarketParameters, deal: DealParameters) -> Place:
    """Where a deal stands in a scenario."""
    return place_of(deal, parameters.company_groups(), parameters.start)


def deal_rows(parameters: MarketParameters) -> list[DealRow]:
    """Every deal of a scenario, by date."""
    names = {key: company.name for key, company in parameters.companies().items()}
    rows = []
    for key, deal in parameters.deals.items():
        stands = place(parameters, deal)
        rows.append(
            DealRow(
                key,
                deal.date,
                names.get(deal.giver, deal.giver),
                names.get(deal.to, deal.to),
                deal.type,
                deal.amount_usd,
                deal.firm_usd,
                deal.conditional_usd,
                deal.terminable_usd,
                deal.paid_usd,
                stands.name,
                stands.reason,
                deal.confidence,
                deal.source,
            )
        )
    return sorted(rows, key=lambda row: (row.date, row.key))


def _sum(name: str, rows: Sequence[DealRow]) -> SumRow:
    return SumRow(
        name,
        len(rows),
        sum(row.amount_usd for row in rows),
        sum(row.firm_usd for row in rows),
        sum(row.conditional_usd for row in rows),
        sum(row.terminable_usd for row in rows),
        sum(row.paid_usd for row in rows),
        sum(row.amount_usd for row in rows if row.place == "booked"),
    )


def sums(rows: Iterable[DealRow], by: Callable[[DealRow], str]) -> list[SumRow]:
    """Sums of the deals that count, by what a function says of each, largest first."""
    groups: dict[str, list[DealRow]] = {}
    for row in rows:
        if row.counts:
            groups.setdefault(by(row), []).append(row)
    found = [_sum(name, group) for name, group in groups.items()]
    return sorted(found, key=lambda each: (-each.amount_usd, each.name))


def total(rows: Iterable[DealRow]) -> SumRow:
    """The sum of all deals that count."""
    return _sum("all", [row for row in rows if row.counts])

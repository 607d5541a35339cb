"""Whether the opening of a scenario equals the public totals, and counts no deal twice."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from market.parameters.fields import Confidence
from runs.deals.listing import place

if TYPE_CHECKING:
    from market.model import MarketModel
    from market.parameters.deals import DealParameters
    from market.parameters.world import MarketParameters

FILE = Path(__file__).parent / "totals.toml"
NEAR = 0.1
"""Part by which the first quarter may miss the operating cash flow that a scenario states: it grows
within the quarter."""
SLACK = 1.01
"""What a part may be over the whole that contains it: figures are rounded."""
TWIN_DAYS = 180
"""Days within which two deals alike look like one that two papers report."""


class PublicTotal(BaseModel):
    """A public figure about a firm at the end of ``quarter`` of ``totals.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    firm: str
    what: Literal["rpo", "debt", "share", "compute revenue", "paid for shares", "compute contracts"]
    of: str = ""
    value: float = Field(gt=0)
    tolerance: float = Field(default=0.01, gt=0, lt=1)
    source: str
    confidence: Confidence


class Checked(NamedTuple):
    """One check: what is compared, the least and most it may be, what was found, and where from."""

    what: str
    low: float
    high: float
    found: float
    source: str

    @property
    def is_met(self) -> bool:
        """Whether what was found lies within the bounds."""
        return self.low <= self.found <= self.high


class Totals(BaseModel):
    """The public totals of a quarter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quarter: str
    totals: tuple[PublicTotal, ...]


@lru_cache
def public_totals() -> Totals:
    """What ``totals.toml`` says."""
    return Totals.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


def check_deals(model: MarketModel) -> list[Checked]:
    """Hold the opening of a world against public totals and against its own deals.

    Args:
        model: of the scenario, before its first step; one step of it is run.

    Returns:
        Each comparison. Public totals are left out when the scenario starts in another quarter,
        or has not the firm.
    """
    world = model.parameters
    found = list(_wholes(world))
    totals = public_totals()
    known = world.companies() if world.start == totals.quarter else {}
    asked = [t for t in totals.totals if t.firm in known and (not t.of or t.of in known)]
    before = {total: opening_usd(model, total) for total in asked}
    cash = {key: cloud.stated.operating_cash_flow_usd for key, cloud in model.clouds.items()}
    next(model.each_quarter())
    for total in asked:
        usd = opening_usd(model, total) if total.what == "compute revenue" else before[total]
        room = total.tolerance * total.value
        name = f"{total.firm}: {total.what}{f' of {total.of}' if total.of else ''}"
        found.append(Checked(name, total.value - room, total.value + room, usd, total.source))
    for key, stated in cash.items():
        room = NEAR * abs(stated)
        usd = model.clouds[key].last_operating_cash_usd
        text = "stated in the scenario"
        found.append(
            Checked(f"{key}: operating cash flow", stated - room, stated + room, usd, text)
        )
    return found


def opening_usd(model: MarketModel, total: PublicTotal) -> float:
    """What a world has of what a public total says: USD, or a part of all shares."""
    world, firm = model.parameters, total.firm
    if total.what == "rpo":
        return model.contracts.rpo_usd(cloud=firm) + model.contracts.other_rpo_usd(firm)
    if total.what == "debt":
        return float(getattr(world.companies()[firm], "debt_usd", 0.0))
    if total.what == "share":
        stakes = world.stakes.values()
        return sum(s.share for s in stakes if s.holder == firm and s.issuer == total.of)
    if total.what == "compute revenue":
        return model.clouds[firm].compute_revenue_usd
    if total.what == "compute contracts":
        own = world.compute_contracts.values()
        return sum(
            c.total_usd
            for c in own
            if c.lab == firm and c.cloud == total.of and c.signed_quarter == 0
        )
    kind = {"equity"}
    deals = [d for d in world.deals.values() if d.type in kind and not d.left_out]
    return sum(d.paid_usd for d in deals if d.giver == firm and d.to == total.of)


def _wholes(world: MarketParameters) -> Iterator[Checked]:
    """What deals say is drawn or sold lies within what the scenario states of the firm."""
    for key, company in world.companies().items():
        mine = [d for d in world.deals.values() if d.to == key]
        mine = [d for d in mine if place(world, d).name == "opening"]
        debt = sum(d.paid_usd for d in mine if d.type == "debt")
        if debt > 0:
            stated = float(getattr(company, "debt_usd", 0.0))
            text = "drawn loans and notes of its deals lie within its stated debt"
            yield Checked(f"{key}: debt of its deals", 0.0, SLACK * stated, debt, text)
        sold = sum(d.open_usd for d in mine if d.type == "compute contract")
        if sold > 0:
            stated = float(getattr(company, "other_rpo_usd", 0.0))
            text = "what others bought lies within its stated RPO from others than labs"
            yield Checked(f"{key}: sold to others", 0.0, SLACK * stated, sold, text)


def twins(world: MarketParameters) -> list[tuple[str, str]]:
    """Pairs of deals that may be one: same parties, type and amount, within half a year."""
    deals = [(key, deal) for key, deal in world.deals.items() if not deal.left_out]
    return [
        (key, other)
        for n, (key, deal) in enumerate(deals)
        for other, second in deals[n + 1 :]
        if deal.amount_usd > 0 and _is_alike(deal, second)
    ]


def _is_alike(deal: DealParameters, other: DealParameters) -> bool:
    same = (deal.giver, deal.to, deal.type) == (other.giver, other.to, other.type)
    usd = abs(deal.amount_usd - other.amount_usd)
    if not same or usd > 0.01 * deal.amount_usd:
        return False
    return abs((_day(deal.date) - _day(other.date)).days) <= TWIN_DAYS


def _day(text: str) -> date:
    year, month, *day = map(int, text.split("-"))
    return date(year, month, min(28, day[0]) if day else 1)

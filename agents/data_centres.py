"""Chips by vintage, and the pipeline of sites, power and racks that brings new ones."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from agents.rules.valuation import LEAST_ANSWER, MOST_ANSWER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from market.parameters.supply import PowerRegionParameters


@dataclass(slots=True)
class Vintage:
    """Chips of one year.

    Attributes:
        year: years since the first year of the scenario; older chips are negative.
        thousands: chips in service, thousands.
        efficiency: CU per thousand chips and quarter.
        depreciation_cents: straight-line depreciation per quarter of all of them.
        label: ledger label of its data centres, made from the year.
    """

    year: int
    thousands: float
    efficiency: float
    depreciation_cents: int = 0
    label: str = field(init=False)

    def __post_init__(self) -> None:
        """Name it once: the year never changes."""
        self.label = f"vintage {self.year:+d}"

    @property
    def capacity_cu(self) -> float:
        """CU per quarter."""
        return self.thousands * self.efficiency

    def lose(self, share: float) -> float:
        """Lose a part of the chips, with their depreciation; returns how many thousands."""
        lost = self.thousands * share
        self.thousands -= lost
        self.depreciation_cents -= int(self.depreciation_cents * share)
        return lost

    def add(self, thousands: float, efficiency: float) -> None:
        """Add chips; the vintage's efficiency becomes the mean."""
        total = self.thousands + thousands
        if total > 0:
            self.efficiency = (self.capacity_cu + thousands * efficiency) / total
        self.thousands = total


ANYWHERE = ""
"""Region of sites in a world that states no regions of power."""


def region_shares(
    stated: Mapping[str, float], regions: Mapping[str, PowerRegionParameters]
) -> dict[str, float]:
    """Parts of a cloud's sites in each region; they sum to one.

    Args:
        stated: what the scenario says about the cloud; when nothing, its sites follow the power.
        regions: of the scenario.
    """
    weights = {key: value for key, value in stated.items() if value > 0}
    if not weights:
        weights = {
            key: own.grid_gw_quarter + own.gas_gw_quarter + own.reactor_gw_quarter
            for key, own in regions.items()
        }
    total = sum(weights.values())
    if total <= 0:
        return {key: 1 / len(weights) for key in weights}
    return {key: weight / total for key, weight in weights.items()}


@dataclass
class Pipeline:
    """Data centres under way, in thousands of chips.

    Attributes:
        site_quarters: quarters of building before a site asks for power.
        shares: part of its sites in each region of power, by region key.
        sites: cohorts by the quarter of building that they have reached, youngest first.
        queues: built, waiting for power, by region key.
        powered: connected; their chips are on order.
        refilling: places whose chips are gone; new chips for them are on order.
        delivered: chips in the racks, in service from the next quarter.
    """

    site_quarters: int
    shares: Mapping[str, float] = field(default_factory=lambda: {ANYWHERE: 1.0})
    sites: deque[float] = field(default_factory=deque)
    queues: dict[str, float] = field(default_factory=dict)
    powered: float = 0.0
    refilling: float = 0.0
    delivered: float = 0.0

    def __post_init__(self) -> None:
        """Start with empty building sites and queues."""
        while len(self.sites) < self.site_quarters:
            self.sites.append(0.0)
        for region in self.shares:
            self.queues.setdefault(region, 0.0)

    @property
    def waiting(self) -> float:
        """Built and waiting for power, in all regions."""
        return sum(self.queues.values())

    @property
    def total(self) -> float:
        """Everything under way, thousands of chips."""
        building = sum(self.sites) + self.waiting
        return building + self.powered + self.refilling + self.delivered

    def begin(self, thousands: float) -> None:
        """Break ground for so many chips."""
        self.sites[0] += thousands

    def refill(self, thousands: float) -> None:
        """Put so many chips on order for places that have power and shell."""
        self.refilling += thousands

    def advance_sites(self, pace: float = 1.0) -> None:
        """A quarter of building passes; finished sites wait for power in their regions.

        Args:
            pace: quarters of building that get done, 0 or more, 1 when all goes to plan. What is
                missing of a quarter stays behind as that part of the sites that were due; what is
                beyond it comes from those due next, at most all of them.
        """
        due, late = self.sites.pop(), max(0.0, 1.0 - pace)
        finished = (1.0 - late) * due
        self.sites.appendleft(0.0)
        early = min(1.0, max(0.0, pace - 1.0)) * self.sites[-1]
        self.sites[-1] += late * due - early
        finished += early
        for region, share in self.shares.items():
            self.queues[region] += share * finished

    def connect(self, region: str, thousands: float) -> float:
        """Connect power for at most so many chips in a region; returns how many were connected."""
        connected = min(thousands, self.queues[region])
        self.queues[region] -= connected
        self.powered += connected
        return connected

    def receive(self, thousands: float) -> float:
        """Chips arrive, for new sites and refills alike; returns how many are for new sites."""
        ordered = self.powered + self.refilling
        share = self.powered / ordered if ordered > 0 else 1.0
        new = thousands * share
        self.powered = max(0.0, self.powered - new)
        self.refilling = max(0.0, self.refilling - (thousands - new))
        self.delivered += thousands
        return new

    def commission(self) -> float:
        """Take delivered chips into service; returns how many."""
        live, self.delivered = self.delivered, 0.0
        return live


@dataclass
class RentExperience:
    """What a cloud has learned from rents that turned out other than it expected.

    Attributes:
        expected: rents that were expected for the coming quarters, USD per CU, the next one first.
        experience: slow mean of rents over what was expected of them when sites were begun.
    """

    expected: deque[float] = field(default_factory=deque)
    experience: float = 1.0

    def observe(self, rent: float, expected: float, lead: int, memory: float) -> None:
        """Learn a rent, and note what is expected of the one at delivery.

        Args:
            rent: of this quarter, USD per CU.
            expected: of the quarter ``lead`` quarters ahead, USD per CU; 0 = nothing is expected.
            lead: quarters from an order to compute in service.
            memory: weight of the past, 0 to 1.
        """
        self.expected.append(expected)
        if len(self.expected) <= lead:
            return
        then = self.expected.popleft()
        if then > 0:
            ratio = min(MOST_ANSWER, max(LEAST_ANSWER, rent / then))
            self.experience = memory * self.experience + (1 - memory) * ratio


class BuildingOutlook(NamedTuple):
    """What a cloud knows of the market when it plans data centres.

    Attributes:
        lead: quarters from an order to compute in service when power is at hand.
        pay: chance that each lab still pays then, by lab key; 1 for whom it does not name.
        hurdle: how many times its cost a project must be worth before it is built.
        project_value_usd: present value of what a thousand new chips earn.
        project_cost_usd: what a thousand new chips cost with their site.
        chips_usd: price of a thousand chips.
        expected_rent_usd: rent of a CU that is expected at delivery, USD; 0 = none is stated.
    """

    lead: int
    pay: Mapping[str, float]
    hurdle: float
    project_value_usd: float
    project_cost_usd: float
    chips_usd: float
    expected_rent_usd: float = 0.0

    @property
    def worth(self) -> float:
        """Present value of a project over its hurdle and cost; 1 where it just pays."""
        return self.project_value_usd / max(self.hurdle * self.project_cost_usd, 1e-9)

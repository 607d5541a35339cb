"""The enterprise customers at the start: who they are and whom they buy from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from market.parameters.companies import DemandingCustomerParameters
    from market.parameters.demand import EnterpriseParameters

NO_PROVIDER = -1
MILLION = 1e6
SEAT_PARTS = 1024
"""Seats are whole 1024ths: sums of them are exact in floating point, whatever their order."""

WEIGHT_CLASSES = 32
"""Equally likely classes of the weight of quality."""

NEED_LEVELS: tuple[float, ...] = tuple(percent / 100 for percent in range(100))
"""Needs for reliability are whole percents, 0 to 0.99."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Opening:
    """Columns of a population, one entry per customer, and what goes with them.

    Attributes:
        columns: name -> array, as ``EnterpriseCustomer`` declares them.
        need_levels: least reliability by code. weights: EUR per seat and point by code.
        adoption_order: rows in the order in which they adopt.
        adopted: how many of them have adopted. adoption: share of the market that has.
    """

    columns: dict[str, NDArray[Any]]
    need_levels: Floats
    weights: Floats
    adoption_order: NDArray[np.int32]
    adopted: int
    adoption: float


def whole_parts(seats: Floats) -> Floats:
    """Round seats above zero to whole 1024ths, at least one; writes to the array given."""
    has_seats = seats > 0
    seats *= SEAT_PARTS
    np.rint(seats, out=seats)
    np.maximum(seats, has_seats, out=seats)
    seats /= SEAT_PARTS
    return seats


def weight_classes(median: float, sigma: float) -> Floats:
    """Mid-points of equally likely classes of a log-normal weight (WEIGHT_CLASSES,)."""
    middle = [NormalDist().inv_cdf((c + 0.5) / WEIGHT_CLASSES) for c in range(WEIGHT_CLASSES)]
    return median * np.exp(sigma * np.array(middle))


def draw_population(
    rules: EnterpriseParameters,
    special: Sequence[DemandingCustomerParameters],
    draws: np.random.Generator,
) -> Opening:
    """Draw customers from the parameters; nobody has a provider yet.

    Rows are exchangeable, so dates of renewal are dealt out in order of the rows, and kinds (need
    and weight) in order within a date: customers of one date and kind lie together in memory. The
    special customers are the last rows and adopt first.
    """
    count, specials = rules.customers, len(special)
    size = count + specials
    order = np.arange(-specials, count, dtype=np.int32) % np.int32(max(size, 1))
    draws.shuffle(order[specials:])
    adoption = first_adoption(rules)
    adopted = specials + round(customers_at(rules, adoption) * count) if adoption > 0 else 0
    is_adopter = np.zeros(size, dtype=np.bool_)
    is_adopter[order[:adopted]] = True
    columns: dict[str, NDArray[Any]] = {
        "provider": np.full(size, NO_PROVIDER, dtype=np.int8),
        "secondary": np.full(size, NO_PROVIDER, dtype=np.int8),
        "contract_end": np.zeros(size, dtype=np.int16),
        "need_level": np.zeros(size, dtype=np.uint16),
        "weight_class": np.zeros(size, dtype=np.uint8),
        "seats": _log_normal(draws, size, 1.0, rules.seat_size_sigma),
        "switching_cost": _log_normal(
            draws, size, rules.switching_cost_median_eur, rules.switching_cost_sigma
        ),
        "has_second": draws.random(size, dtype=np.float32) < rules.multi_homing_share,
        "is_adopter": is_adopter,
    }
    _deal_kinds(rules, columns, draws)
    _scale(columns["seats"][:count], is_adopter[:count], rules)
    _place_special(columns, special, count)
    whole_parts(columns["seats"])
    levels = np.array([*NEED_LEVELS, *(customer.minimum_reliability for customer in special)])
    weights = weight_classes(rules.quality_weight_eur, rules.quality_weight_sigma)
    return Opening(columns, levels, weights, order, adopted, adoption)


def first_adoption(rules: EnterpriseParameters) -> float:
    """Share of the market's seats that are bought at the start."""
    if rules.seats_market_million <= 0:
        return 0.0
    return min(1.0, rules.seats_now_million / rules.seats_market_million)


def customers_at(rules: EnterpriseParameters, adoption: float) -> float:
    """Share of customers that buy when so much of the market's seats are bought, 0 to 1.

    More customers than seats have adopted at the start, for the first ones buy few seats each; the
    others follow in step with the seats.
    """
    first = first_adoption(rules)
    share = max(first, rules.customers_now_share)
    return share + (1 - share) * (adoption - first) / (1 - first) if first < 1 else 1.0


def _log_normal(draws: np.random.Generator, size: int, median: float, sigma: float) -> Floats:
    numbers = draws.standard_normal(size)
    numbers *= sigma
    np.exp(numbers, out=numbers)
    numbers *= median
    return numbers


def _place_special(
    columns: dict[str, NDArray[Any]], special: Sequence[DemandingCustomerParameters], first: int
) -> None:
    """Give the last rows what the scenario says of them."""
    for number, customer in enumerate(special):
        columns["seats"][first + number] = customer.seats
        columns["switching_cost"][first + number] = customer.switching_cost_eur
        columns["need_level"][first + number] = len(NEED_LEVELS) + number
        columns["weight_class"][first + number] = WEIGHT_CLASSES // 2


def _deal_kinds(
    rules: EnterpriseParameters, columns: dict[str, NDArray[Any]], draws: np.random.Generator
) -> None:
    """Deal out dates of renewal, and needs and weights in rising order within each date."""
    count, dates = rules.customers, rules.contract_quarters
    end = np.repeat(
        np.arange(dates, dtype=np.int16), np.diff(np.arange(dates + 1) * count // dates)
    )
    need = draws.standard_normal(count, dtype=np.float32)
    need *= np.float32(100 * rules.minimum_reliability_spread)
    need += np.float32(100 * rules.minimum_reliability_mean)
    np.rint(np.clip(need, 0.0, 99.0, out=need), out=need)
    kind = need.astype(np.uint32)
    kind += len(NEED_LEVELS) * end.astype(np.uint32)
    kind *= WEIGHT_CLASSES
    kind += draws.integers(0, WEIGHT_CLASSES, count, dtype=np.uint8)
    kind.sort()
    columns["contract_end"][:count] = end
    columns["weight_class"][:count] = kind % WEIGHT_CLASSES
    columns["need_level"][:count] = kind // WEIGHT_CLASSES % len(NEED_LEVELS)


def _scale(seats: Floats, is_adopter: NDArray[np.bool_], rules: EnterpriseParameters) -> None:
    """Scale seats so that adopters hold those in use, and the others the rest of the market."""
    later = max(0.0, rules.seats_market_million - rules.seats_now_million)
    for mask, million in ((is_adopter, rules.seats_now_million), (~is_adopter, later)):
        total = seats[mask].sum()
        if total > 0:
            np.multiply(seats, million * MILLION / total, out=seats, where=mask)


def assign_providers(
    opening: Opening,
    providers: Sequence[str],
    shares: Floats,
    reliabilities: Floats,
    ordinary: int,
) -> None:
    """Hand adopters to the providers so that seat shares are met; they are served already.

    The most demanding choose first; the order in which providers are listed changes nothing. An
    ordinary customer (a row below ``ordinary``) that nobody
    serves as it needs is taken to need what its provider gives.
    """
    rows = opening.adoption_order[: opening.adopted]
    if shares.sum() <= 0 or rows.size == 0:
        return
    level = opening.columns["need_level"]
    seats = opening.columns["seats"]
    falling = np.argsort(np.argsort(-opening.need_levels, kind="stable")).astype(np.uint16)
    rows = rows[np.argsort(falling[level[rows]], kind="stable")]  # small integers sort fastest
    need = opening.need_levels[level[rows]]
    wanted = shares / shares.sum() * seats[rows].sum()
    by_name = np.array(sorted(range(len(providers)), key=providers.__getitem__))
    given = np.empty(rows.size, dtype=np.int8)
    edges = [0, *(np.flatnonzero(np.diff(need)) + 1).tolist(), rows.size]
    for first, last in pairwise(edges):
        fits = (reliabilities >= need[first]) & (shares > 0)
        open_to = by_name[(fits if fits.any() else shares > 0)[by_name]]
        own = seats[rows[first:last]]
        parts = np.cumsum(fill_deepest(wanted[open_to], float(own.sum())))
        chosen = np.searchsorted(parts[:-1], np.cumsum(own) - own / 2, side="right")
        given[first:last] = open_to[chosen]
        wanted[open_to] -= np.bincount(chosen, own, open_to.size)
    opening.columns["provider"][rows] = given
    floor = np.searchsorted(np.array(NEED_LEVELS), reliabilities, side="right") - 1
    lower = (rows < ordinary) & (need > reliabilities[given])
    level[rows[lower]] = floor[given[lower]]


def fill_deepest(wanted: Floats, amount: float) -> Floats:
    """Deal out an amount so that the largest wants are met first and shrink to one level."""
    if amount <= 0:
        return np.zeros_like(wanted)
    falling = np.sort(wanted)[::-1]
    waters = (np.cumsum(falling) - amount) / np.arange(1, falling.size + 1)
    level = waters[np.flatnonzero(falling > waters)[-1]]
    return np.asarray(np.maximum(wanted - level, 0.0))

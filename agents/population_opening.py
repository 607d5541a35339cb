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
    from market.company_parameters import DemandingCustomerParameters
    from market.demand_parameters import EnterpriseParameters

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
    """Round seats above zero to whole 1024ths, at least one."""
    return np.maximum(np.rint(seats * SEAT_PARTS), seats > 0) / SEAT_PARTS


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
    order = np.append(np.arange(count, count + specials), draws.permutation(count))
    adoption = 0.0
    if rules.seats_market_million > 0:
        adoption = min(1.0, rules.seats_now_million / rules.seats_market_million)
    adopted = specials + round(adoption * count) if adoption > 0 else 0
    end = np.arange(count) * rules.contract_quarters // max(count, 1)
    need, weight = _draw_kinds(rules, end, draws)
    levels = np.array([*NEED_LEVELS, *(c.minimum_reliability for c in special)])
    costs = rules.switching_cost_median_eur * np.exp(
        rules.switching_cost_sigma * draws.standard_normal(count)
    )
    seats = np.exp(rules.seat_size_sigma * draws.standard_normal(count))
    is_adopter = np.zeros(count + specials, dtype=np.bool_)
    is_adopter[order[:adopted]] = True
    _scale(seats, is_adopter[:count], rules.seats_now_million, rules.seats_market_million)
    numbers = np.arange(specials)
    columns: dict[str, NDArray[Any]] = {
        "provider": np.full(count + specials, NO_PROVIDER, dtype=np.int8),
        "secondary": np.full(count + specials, NO_PROVIDER, dtype=np.int8),
        "seats": whole_parts(np.append(seats, [c.seats for c in special])),
        "switching_cost": np.append(costs, [c.switching_cost_eur for c in special]),
        "need_level": np.append(need, len(NEED_LEVELS) + numbers).astype(np.uint16),
        "weight_class": np.append(weight, 0 * numbers + WEIGHT_CLASSES // 2).astype(np.uint8),
        "contract_end": np.append(end, 0 * numbers).astype(np.int16),
        "has_second": draws.random(count + specials, dtype=np.float32) < rules.multi_homing_share,
        "is_adopter": is_adopter,
    }
    weights = weight_classes(rules.quality_weight_eur, rules.quality_weight_sigma)
    return Opening(columns, levels, weights, order.astype(np.int32), adopted, adoption)


def _draw_kinds(
    rules: EnterpriseParameters, end: NDArray[np.int64], draws: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw level of need and class of weight, in rising order within each date of renewal."""
    need = rules.minimum_reliability_mean + rules.minimum_reliability_spread * (
        draws.standard_normal(end.size)
    )
    level = np.rint(100 * np.clip(need, 0.0, 0.99)).astype(np.int64)
    kind = np.sort(
        (end * 100 + level) * WEIGHT_CLASSES + draws.integers(0, WEIGHT_CLASSES, end.size)
    )
    return kind // WEIGHT_CLASSES % 100, kind % WEIGHT_CLASSES


def _scale(
    seats: Floats, is_adopter: NDArray[np.bool_], now_million: float, market_million: float
) -> None:
    """Scale seats so that adopters hold those in use, and the others the rest of the market."""
    later = max(0.0, market_million - now_million)
    for mask, million in ((is_adopter, now_million), (~is_adopter, later)):
        total = seats[mask].sum()
        if total > 0:
            seats[mask] *= million * MILLION / total


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
    need = opening.need_levels[level[rows]]
    in_order = np.argsort(-need, kind="stable")
    rows, need = rows[in_order], need[in_order]
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

"""How fast a population of enterprise customers chooses, beside other ways to write the same rule.

    python tests/benchmark/customers.py                 1e3 to 1e6 customers, all ways
    python tests/benchmark/customers.py 1e3 1e6 1e7     other sizes
    python tests/benchmark/customers.py --quarters 20 --objects-up-to 1e5

All ways take the same decisions quarter by quarter, interleaved in one process: equal counts and
seats are checked after every quarter. The rule is the full one: needs, switching costs, weights of
quality, contracts, tenders, adoption and second providers. Times are wall-clock, best and median.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import mesa
import numpy as np

from agents.customers.arrays import Columns
from agents.customers.customer import SingleCustomer
from agents.customers.population import CustomerPopulation
from agents.rules.enterprise_choice import (
    choose_providers,
    choose_secondaries,
    make_offer_table,
    next_renewal,
    wants_to_move,
)
from market.host import equip
from market.parameters.world import MarketParameters

PROVIDERS = ("a", "b", "c", "d", "e")
SHARES = (0.35, 0.25, 0.2, 0.15, 0.05)
OBJECTS_UP_TO = 1e6


class Buyers(mesa.Model[Any, Any]):
    """A bare Mesa model whose customers choose among five providers."""

    def __init__(self, customers: int, path: str = "auto", threads: int = 1) -> None:
        super().__init__(rng=1)
        rules = {"customers": customers, "seats_market_million": 400, "seats_now_million": 380}
        equip(self, MarketParameters.model_validate({"enterprise": rules}), seed=1)
        self.reliabilities = np.array([0.82, 0.80, 0.79, 0.75, 0.70])
        started = time.perf_counter()
        self.customers = CustomerPopulation(self, PROVIDERS, SHARES, self.reliabilities)
        self.seconds = time.perf_counter() - started
        self.customers.path, self.customers.threads = path, threads


def offers(quarters: int, swing: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Prices and reliabilities by quarter: prices wander around 30 EUR in steps of ``swing``."""
    draws = np.random.default_rng(7)
    distance, path = np.zeros(len(PROVIDERS)), []
    for quarter in range(quarters):
        distance = 0.9 * distance + swing * draws.standard_normal(len(PROVIDERS))
        reliabilities = np.array([0.82, 0.80, 0.79, 0.75, 0.70]) + 0.002 * quarter
        path.append((np.round(30 + distance, 2), np.round(reliabilities, 3)))
    return path


class Ours:
    """The population itself."""

    def __init__(self, size: int, path: str, threads: int = 1) -> None:
        self.model = Buyers(size, path, threads)
        self.customers = self.model.customers
        self.bytes = sum(c.nbytes for c in self.customers.storage()) / size

    def prepare(self) -> None:
        """What is not timed."""

    def choose(self, prices: np.ndarray, reliabilities: np.ndarray) -> None:
        self.customers.choose(prices, reliabilities)
        self.model.quarter += 1

    def outcome(self) -> tuple[list[int], list[float]]:
        return self.customers.customers_of.tolist(), self.customers.seats_of.tolist()


class Peer:
    """What the other ways share: their own copy of the columns, contracts, adoption, counting."""

    def __init__(self, size: int) -> None:
        self.model = Buyers(size)
        own = self.model.customers
        self.stated = own
        self.columns = Columns(*(own.column(name).copy() for name in Columns._fields))
        self.is_adopter = own.column("is_adopter").copy()
        self.rules = self.model.parameters.enterprise
        self.need, self.weight = own.minimum_reliability, own.quality_weight
        self.bytes = sum(c.nbytes for c in self.columns) / size

    def prepare(self) -> None:
        """What is not timed."""

    def tenders(self) -> np.ndarray:
        return self.stated._draw_tenders()

    def close(self) -> None:
        self.stated._has_chosen = self.stated._adopted
        self.stated._adopt()
        self.is_adopter = self.stated.column("is_adopter").copy()
        self.model.quarter += 1

    def settle(self, chosen: np.ndarray, second: np.ndarray, is_free: np.ndarray) -> None:
        """Contracts, second providers and counts of all customers, whatever chose them."""
        c, rules = self.columns, self.rules
        chosen = np.where(self.is_adopter, chosen, -1)
        renewed = is_free & (chosen >= 0)
        end = next_renewal(c.contract_end, self.model.quarter, rules.contract_quarters)
        c.contract_end[:] = np.where(renewed, end, c.contract_end)
        fresh = renewed | (chosen != c.provider)
        second = np.where(fresh, second, c.secondary)
        c.secondary[:] = np.where(c.has_second & (chosen >= 0), second, -1)
        c.provider[:] = chosen
        self.count()

    def count(self) -> None:
        c, size = self.columns, len(PROVIDERS)
        has = np.flatnonzero(c.provider >= 0)
        both = has[c.secondary[has] >= 0]
        share, seats = self.rules.secondary_seat_share, c.seats
        first = np.bincount(c.provider[has], seats[has], size)
        lent = np.bincount(c.secondary[both], seats[both], size)
        lent -= np.bincount(c.provider[both], seats[both], size)
        self.seats_of = first + share * lent
        self.customers_of = np.bincount(c.provider[has], minlength=size)

    def outcome(self) -> tuple[list[int], list[float]]:
        return self.customers_of.tolist(), self.seats_of.tolist()


class PlainArrays(Peer):
    """numpy, K offers per customer: what one writes first, and no part of the model."""

    def choose(self, prices: np.ndarray, reliabilities: np.ndarray) -> None:
        c, quality = self.columns, 100 * reliabilities
        is_free = c.contract_end <= self.model.quarter
        must = c.provider < 0
        must[self.tenders()] = True
        best = self.best(prices, quality, reliabilities, np.full(c.provider.size, -1))
        j, k = np.maximum(c.provider, 0), np.maximum(best, 0)
        gain = (prices[j] - prices[k]) + self.weight * (quality[k] - quality[j])
        leaves = (reliabilities[j] < self.need) | wants_to_move(gain, c.switching_cost)
        chosen = np.where(must | (leaves & is_free), best, c.provider)
        self.settle(chosen, self.best(prices, quality, reliabilities, chosen), is_free)
        self.close()

    def best(
        self,
        prices: np.ndarray,
        qualities: np.ndarray,
        reliabilities: np.ndarray,
        excluded: np.ndarray,
    ) -> np.ndarray:
        """Best provider of each customer, by one pass per provider."""
        best = np.full(excluded.size, -1, dtype=np.int64)
        best_value = np.full(excluded.size, -np.inf)
        for k, price in enumerate(prices):
            value = self.weight * qualities[k] - price
            is_better = (value > best_value) & (self.need <= reliabilities[k]) & (excluded != k)
            np.copyto(best, k, where=is_better)
            np.copyto(best_value, value, where=is_better)
        return best


class TableOfOffers(Peer):
    """The rule for columns, asked for every customer in every quarter."""

    def choose(self, prices: np.ndarray, reliabilities: np.ndarray) -> None:
        c = self.columns
        is_free = c.contract_end <= self.model.quarter
        table = make_offer_table(
            prices, 100 * reliabilities, reliabilities, self.stated.need_levels, self.stated.weights
        )
        in_tender = np.zeros(c.provider.size, dtype=bool)
        in_tender[self.tenders()] = True
        code = table.codes_of(c.need_level, c.weight_class)
        chosen = choose_providers(c.provider, code, c.switching_cost, table, is_free, in_tender)
        self.settle(chosen, choose_secondaries(chosen, code, table), is_free)
        self.close()


class PlainCustomer(SingleCustomer):
    """A Mesa agent that knows whether its seats are out to tender."""

    is_tender = False

    def step(self, *offer: Any, quarter: int = 0, contract_quarters: int = 1) -> None:
        """Choose."""
        self.choose(*offer, quarter, contract_quarters=contract_quarters, is_tender=self.is_tender)


class Objects(Peer):
    """One plain Mesa agent per customer; only the Mesa call is timed."""

    def __init__(self, size: int, method: str) -> None:
        super().__init__(size)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.world, self.method = mesa.Model(rng=1), method
        names = ("provider", "secondary", "seats", "switching_cost", "contract_end", "has_second")
        data = {name: getattr(self.columns, name).tolist() for name in names}
        data |= {"minimum_reliability": self.need.tolist(), "quality_weight": self.weight.tolist()}
        data |= {"is_adopter": self.is_adopter.tolist()}
        rows = zip(*data.values(), strict=True)
        self.agents = [
            PlainCustomer(self.world, **dict(zip(data, row, strict=True))) for row in rows
        ]
        self.bytes = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / size

    def prepare(self) -> None:
        tenders = set(self.tenders().tolist())
        for row, agent in enumerate(self.agents):
            agent.is_tender, agent.is_adopter = row in tenders, bool(self.is_adopter[row])

    def choose(self, prices: np.ndarray, reliabilities: np.ndarray) -> None:
        offer = prices.tolist(), (100 * reliabilities).tolist(), reliabilities.tolist()
        getattr(self.world.agents, self.method)(
            "step",
            *offer,
            quarter=self.model.quarter,
            contract_quarters=self.rules.contract_quarters,
        )

    def outcome(self) -> tuple[list[int], list[float]]:
        self.columns.provider[:] = [a.provider for a in self.agents]
        self.columns.secondary[:] = [a.secondary for a in self.agents]
        self.count()
        self.close()
        return super().outcome()


WAYS: dict[str, Callable[[int], Any]] = {
    "Mesa, shuffle_do": lambda n: Objects(n, "shuffle_do"),
    "Mesa, do": lambda n: Objects(n, "do"),
    "numpy, N x K": PlainArrays,
    "numpy, offer table": TableOfOffers,
    "ours, arrays": lambda n: Ours(n, "arrays"),
    "ours, compiled": lambda n: Ours(n, "compiled"),
    "ours, 2 threads": lambda n: Ours(n, "compiled", 2),
}


def compare(size: int, quarters: int, swing: float, objects_up_to: float) -> None:
    """Print time and memory of all ways for one size."""
    made: dict[str, Any] = {}
    for name, make in WAYS.items():
        if size <= objects_up_to or not name.startswith("Mesa"):
            made[name] = make(size)
    times: dict[str, list[float]] = {name: [] for name in made}
    moved = []
    for quarter, offer in enumerate(offers(quarters, swing)):
        outcomes = []
        for name, way in made.items():
            way.prepare()
            started = time.perf_counter()
            way.choose(*offer)
            times[name].append(time.perf_counter() - started)
            outcomes.append(way.outcome())
        if any(outcome != outcomes[0] for outcome in outcomes):
            raise SystemExit(f"quarter {quarter}: the ways disagree: {outcomes}")
        last = made["ours, arrays"].customers
        moved.append(last.moved_seats / max(1.0, float(last.seats_of.sum())))
    settled = quarters // 3  # at first many move, because the opening is no equilibrium
    ours = median(times["ours, compiled"][settled:])
    creation = made["ours, compiled"].model.seconds
    share = median(moved[settled:])
    print(f"\n{size:,} customers, steps of prices {swing} EUR: {share:.1%} of the seats")
    print(f"move in a quarter (median of {quarters}); created in {creation * 1e3:,.1f} ms")
    print(f"  {'':20}{'best ms':>12}{'median ms':>12}{'times ours':>12}{'B/customer':>12}")
    for name, seconds in times.items():
        middle = median(seconds[settled:])
        print(
            f"  {name:20}{min(seconds[settled:]) * 1e3:12,.3f}{middle * 1e3:12,.3f}"
            f"{middle / ours:12,.1f}{made[name].bytes:12,.0f}"
        )


FIRST_USE = """
import time
start = time.perf_counter()
import numba
numba_there = time.perf_counter()
import numpy as np, customers
world = customers.Buyers(1000, "compiled")
begin = time.perf_counter()
world.customers.choose(*customers.offers(1, 0.5)[0])
print(numba_there - start, time.perf_counter() - begin)
"""


def print_first_use() -> None:
    """Print what the first compiled choice of a process costs, without and with cached code."""
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as cache:
        path = os.pathsep.join((str(here), str(here.parents[1])))
        around = {**os.environ, "NUMBA_CACHE_DIR": cache, "PYTHONPATH": path}
        for name in ("first on a machine, compiled", "first in a process, code cached"):
            done = subprocess.run(
                [sys.executable, "-c", FIRST_USE],
                env=around,
                capture_output=True,
                text=True,
                check=True,
            )
            importing, first = (float(word) for word in done.stdout.split())
            print(f"{name}: {first:.2f} s, and {importing:.2f} s for importing numba")


def main() -> None:
    """Compare for each size, and for calm and stormy prices."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sizes", nargs="*", type=float, default=[1e3, 1e4, 1e5, 1e6])
    parser.add_argument("--quarters", type=int, default=16)
    parser.add_argument("--objects-up-to", type=float, default=OBJECTS_UP_TO)
    parser.add_argument("--swings", nargs="*", type=float, default=[0.5, 0.0, 3.0])
    given = parser.parse_args()
    print_first_use()
    for size in given.sizes:
        for number, swing in enumerate(given.swings):
            up_to = given.objects_up_to if number == 0 else 0
            compare(int(size), given.quarters, swing, up_to)


if __name__ == "__main__":
    main()

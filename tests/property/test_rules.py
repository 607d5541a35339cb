"""Properties that the decision rules keep for all inputs."""

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agents.rules.capacity import option_hurdle
from agents.rules.demand import bass_adopters, consumer_shares, mean_usage_truncated_pareto
from agents.rules.enterprise_choice import (
    choose_provider,
    choose_providers,
    choose_secondaries,
    choose_secondary,
    make_offer_table,
)
from agents.rules.expectations import expected_growth, forecasts, heuristic_shares
from agents.rules.financing import default_probability, deleveraging_sale, pecking_order
from agents.rules.funding_game import critical_hardness, settle_round
from agents.rules.valuation import h_model_multiple

Offers = tuple[list[float], list[float], list[float]]

# Small grids, so that ties and gaps of exactly the switching cost happen often.
PRICES = st.one_of(
    st.sampled_from([17.0, 20.0, 23.0, 19.99, 16.99, math.nan]), st.floats(0.0, 60.0)
)
QUALITIES = st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.floats(0.0, 10.0))
LEVELS = st.sampled_from([0.5, 0.7, 0.9])
COSTS = st.one_of(st.sampled_from([0.0, 3.0, 3.01]), st.floats(0.0, 20.0))
WEIGHTS = st.sampled_from([0.0, 1.0, 1.5, 3.0])
MONEY = st.floats(0.0, 1e12)


@st.composite
def markets(draw: st.DrawFn) -> tuple[Offers, list[tuple[int, float, float, float, bool]]]:
    """Return offers and customers (current, need, cost, weight, is_free)."""
    providers = draw(st.integers(1, 5))
    offers = (
        draw(st.lists(PRICES, min_size=providers, max_size=providers)),
        draw(st.lists(QUALITIES, min_size=providers, max_size=providers)),
        draw(st.lists(LEVELS, min_size=providers, max_size=providers)),
    )
    customer = st.tuples(st.integers(-1, providers - 1), LEVELS, COSTS, WEIGHTS, st.booleans())
    return offers, draw(st.lists(customer, min_size=1, max_size=8))


class Columns:
    """Customers as columns of one's own, as the docstring of the rule for columns shows."""

    def __init__(
        self, offers: Offers, customers: list[tuple[int, float, float, float, bool]]
    ) -> None:
        current, need, cost, weight, is_free = zip(*customers, strict=True)
        levels, level = np.unique(need, return_inverse=True)
        weights, weight_class = np.unique(weight, return_inverse=True)
        self.table = make_offer_table(*map(np.array, offers), levels, weights)
        self.code = self.table.codes_of(level, weight_class)
        self.current, self.cost, self.is_free = map(np.array, (current, cost, is_free))

    def choose(self, current: NDArray[np.int64]) -> NDArray[np.int64]:
        """Whom they buy from next when they buy from ``current`` now."""
        return choose_providers(current, self.code, self.cost, self.table, self.is_free)


@given(markets())
@settings(max_examples=200)
def test_population_chooses_as_its_customers_do(
    market: tuple[Offers, list[tuple[int, float, float, float, bool]]],
) -> None:
    offers, customers = market
    columns = Columns(offers, customers)
    chosen = columns.choose(columns.current)
    singly = [choose_provider(c[0], *offers, *c[1:]) for c in customers]
    assert chosen.tolist() == singly
    second = choose_secondaries(chosen, columns.code, columns.table)
    pairs = zip(singly, customers, strict=True)
    assert second.tolist() == [choose_secondary(k, *offers, c[1], c[3]) for k, c in pairs]


@given(markets())
@settings(max_examples=100)
def test_nobody_moves_to_a_worse_or_unfit_provider(
    market: tuple[Offers, list[tuple[int, float, float, float, bool]]],
) -> None:
    (prices, qualities, levels), customers = market
    for current, need, cost, weight, is_free in customers:
        k = choose_provider(current, prices, qualities, levels, need, cost, weight, is_free)
        if k in (current, -1):
            continue
        assert levels[k] >= need
        assert not math.isnan(prices[k])
        if current >= 0 and not math.isnan(prices[current]):
            assert is_free
            gain = prices[current] - prices[k] + weight * (qualities[k] - qualities[current])
            assert gain > cost or levels[current] < need


@given(markets())
@settings(max_examples=100)
def test_a_second_choice_changes_nothing(
    market: tuple[Offers, list[tuple[int, float, float, float, bool]]],
) -> None:
    offers, customers = market
    columns = Columns(offers, customers)
    once = columns.choose(columns.current)
    assert (columns.choose(once) == once).all()


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6),
    st.floats(0.0, 1e6),
)
def test_heuristic_shares_are_shares_and_rank_as_fitness(
    fitness: list[float], intensity: float
) -> None:
    shares = heuristic_shares(fitness, intensity)
    assert math.isclose(sum(shares), 1.0, rel_tol=1e-12)
    order = sorted(range(len(fitness)), key=fitness.__getitem__)
    assert all(shares[a] <= shares[b] for a, b in itertools.pairwise(order))
    mean = expected_growth(fitness, shares)
    slack = 1e-9 * (1.0 + max(map(abs, fitness)))
    assert min(fitness) - slack <= mean <= max(fitness) + slack


@given(st.floats(-0.5, 0.5), st.floats(0.0, 1.0), st.floats(0.0, 2.0))
def test_forecasts_agree_in_a_steady_state(growth: float, reversion: float, trend: float) -> None:
    assert forecasts(growth, growth, growth, growth, reversion, trend) == (growth,) * 3


@given(MONEY, MONEY, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_bass_stays_within_the_market(adopted: float, size: float, p: float, q: float) -> None:
    assert 0.0 <= bass_adopters(adopted, size, p, q) <= max(0.0, size - adopted)


@given(
    st.lists(
        st.tuples(st.floats(0.0, 1.0), st.one_of(st.just(math.nan), st.floats(-50.0, 50.0))),
        min_size=1,
        max_size=6,
    ).filter(lambda rows: any(not math.isnan(u) for _, u in rows)),
    st.floats(0.0, 1.0),
    st.floats(0.01, 10.0),
)
def test_consumer_shares_sum_to_one(
    rows: list[tuple[float, float]], rate: float, scale: float
) -> None:
    raw = np.array([share for share, _ in rows])
    shares = consumer_shares(raw / max(1.0, raw.sum()), [u for _, u in rows], rate, scale)
    assert math.isclose(shares.sum(), 1.0, rel_tol=1e-12)
    assert (shares >= 0.0).all()
    assert all(share == 0.0 for share, row in zip(shares, rows, strict=True) if math.isnan(row[1]))


@given(MONEY, MONEY, st.lists(MONEY, max_size=6))
def test_a_round_raises_the_need_or_nothing(
    need: float, vendor: float, pledges: list[float]
) -> None:
    result = settle_round(need, vendor, pledges)
    paid = math.fsum(result.contributions)
    if result.is_closed:
        assert result.raised == need
        assert math.isclose(paid + min(need, vendor), need, rel_tol=1e-9, abs_tol=1e-6)
        assert all(c <= p for c, p in zip(result.contributions, pledges, strict=True))
    else:
        assert math.fsum(pledges) < need - vendor
        assert result.raised == paid == 0.0


@given(st.floats(0.0, 20.0), st.floats(0.0, 1.0), st.floats(0.0, 0.9), st.floats(0.0, 0.5))
def test_critical_hardness_falls_with_the_required_return(
    multiple: float, required: float, recovery: float, more: float
) -> None:
    low = critical_hardness(multiple, required + more, recovery)
    high = critical_hardness(multiple, required, recovery)
    assert 0.0 <= low <= high <= 1.0


@given(MONEY, st.lists(st.floats(-1e12, 1e12), min_size=4, max_size=4))
def test_pecking_order_adds_up_and_is_an_order(need: float, sources: list[float]) -> None:
    plan = pecking_order(need, *sources)
    assert math.isclose(math.fsum(plan), need, rel_tol=1e-12, abs_tol=1e-3)
    assert min(plan) >= 0.0
    for rank, source in enumerate(sources):
        if any(used > 0.0 for used in plan[rank + 1 :]):  # a later source is tapped
            assert plan[rank] == max(0.0, source)


@given(MONEY, MONEY, st.floats(0.0, 0.95))
def test_a_sale_never_exceeds_the_collateral(debt: float, collateral: float, target: float) -> None:
    sale = deleveraging_sale(debt, collateral, target)
    assert 0.0 <= sale <= collateral
    left = collateral - sale
    if left > 0.0:
        assert debt - sale <= target * left + 1e-3


@given(st.floats(0.001, 0.2), st.floats(0.0, 0.99), st.floats(0.0, 1.0), st.floats(0.0, 0.5))
def test_uncertainty_raises_the_hurdle(
    discount: float, drift_ratio: float, volatility: float, more: float
) -> None:
    drift = discount * drift_ratio
    calm = option_hurdle(discount, drift, volatility)
    assert calm >= 1.0
    assert option_hurdle(discount, drift, volatility + more) >= calm * (1.0 - 1e-9)


@given(st.floats(0.01, 1e6), st.floats(1.0, 1e6), st.floats(0.05, 8.0), st.floats(0.01, 2.0))
def test_mean_usage_is_bounded_and_falls_with_the_tail_index(
    minimum: float, ratio: float, tail: float, more: float
) -> None:
    cap = minimum * ratio
    heavy = mean_usage_truncated_pareto(minimum, cap, tail)
    assert minimum <= heavy <= cap
    assert mean_usage_truncated_pareto(minimum, cap, tail + more) <= heavy * (1.0 + 1e-6)


@given(st.floats(0.0, 100.0), st.floats(0.0, 40.0), st.floats(-10.0, 0.0), st.floats(0.0, 10.0))
def test_default_probability_rises_with_debt_and_falls_with_runway(
    leverage: float, runway: float, intercept: float, more: float
) -> None:
    chance = default_probability(leverage, runway, intercept, 0.3, 4.0)
    assert 0.0 <= chance <= 1.0
    assert default_probability(leverage + more, runway, intercept, 0.3, 4.0) >= chance
    assert default_probability(leverage, runway + more, intercept, 0.3, 4.0) <= chance


@given(st.floats(-0.2, 0.4), st.floats(-0.01, 0.01), st.floats(0.0, 40.0), st.floats(0.011, 0.2))
def test_a_dearer_discount_never_raises_the_multiple(
    short: float, long: float, half_life: float, discount: float
) -> None:
    multiple = h_model_multiple(short, long, half_life, discount)
    assert multiple >= h_model_multiple(short, long, half_life, discount * 1.5) >= 0.0

"""Threshold cascades against an exact one, firm by firm, and what theory says of them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.networks import cascade_sizes, debtrank, default_cascade, watts_cascade

Matrix = list[list[int]]
Case = tuple[Matrix, list[int], list[bool]]
"""Exposures, buffers, and who fails at first."""

PARTS = st.integers(0, 8).map(lambda n: Fraction(n, 8))


@st.composite
def cases(draw: st.DrawFn, largest: int = 8) -> Case:
    """Draw a network of claims with buffers (0 for some) and first failures."""
    size = draw(st.integers(1, largest))
    amounts = st.lists(st.one_of(st.just(0), st.integers(1, 9)), min_size=size, max_size=size)
    claims = draw(st.lists(amounts, min_size=size, max_size=size))
    for i in range(size):
        claims[i][i] = 0
    buffer = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    return claims, buffer, draw(st.lists(st.booleans(), min_size=size, max_size=size))


def one_by_one(case: Case, part: Fraction, order: list[int]) -> list[bool]:
    """Look at the firms in an order, over and over, in rationals, until nobody falls."""
    claims, buffer, first = case
    failed = list(first)
    while True:
        before = list(failed)
        for i in order:
            lost = part * sum(claims[i][j] for j in order if failed[j])
            failed[i] = failed[i] or (lost > 0 and lost >= buffer[i])
        if failed == before:
            return failed


@settings(max_examples=150)
@given(cases(), PARTS, st.data())
def test_any_order_of_looking_fells_the_same_firms(
    case: Case, recovery: Fraction, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(case[1]))))
    found = default_cascade(*case, recovery=float(recovery))
    assert found.is_failed.tolist() == one_by_one(case, 1 - recovery, order)


@settings(max_examples=100)
@given(cases(), PARTS)
def test_losses_are_the_claims_on_the_failed(case: Case, recovery: Fraction) -> None:
    """What is lost adds up to what the failed owe, and the waves to the failed."""
    claims = np.array(case[0], dtype=float)
    found = default_cascade(*case, recovery=float(recovery))
    owed = claims.sum(axis=0)[found.is_failed].sum() * float(1 - recovery)
    assert found.losses.sum() == pytest.approx(owed, rel=1e-12)
    waves = [firm for wave in found.waves for firm in wave.tolist()]
    assert sorted(waves) == np.flatnonzero(found.is_failed).tolist()
    stands = ~found.is_failed & (np.array(case[1]) > 0)
    assert (found.losses[stands] < np.array(case[1])[stands]).all()


@settings(max_examples=100)
@given(cases(), st.data())
def test_more_of_anything_bad_saves_nobody(case: Case, data: st.DataObject) -> None:
    """More failures, larger claims, smaller buffers and less recovery fell the same and more."""
    claims, buffer, first = case
    fallen = default_cascade(claims, buffer, first, recovery=0.25).is_failed
    size = len(buffer)
    more = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    thinner = [own - data.draw(st.integers(0, own)) for own in buffer]
    larger = np.array(claims) * data.draw(st.integers(1, 3))
    for worse in (
        default_cascade(claims, buffer, np.logical_or(first, more), recovery=0.25),
        default_cascade(claims, thinner, first, recovery=0.25),
        default_cascade(larger, buffer, first, recovery=0.25),
        default_cascade(claims, buffer, first, recovery=0.125),
    ):
        assert (worse.is_failed >= fallen).all()


@settings(max_examples=60)
@given(cases(), st.data())
def test_the_order_of_the_firms_and_the_unit_change_nothing(
    case: Case, data: st.DataObject
) -> None:
    claims, buffer, first = (np.array(each) for each in case)
    order = data.draw(st.permutations(range(len(buffer))))
    found = default_cascade(claims, buffer, first)
    moved = default_cascade(1e9 * claims[np.ix_(order, order)], 1e9 * buffer[order], first[order])
    assert moved.is_failed.tolist() == found.is_failed[order].tolist()
    assert moved.losses == pytest.approx(1e9 * found.losses[order], rel=1e-12)


@settings(max_examples=60)
@given(cases())
def test_sizes_are_each_firm_alone(case: Case) -> None:
    claims, buffer, _ = case
    sizes, size = cascade_sizes(claims, buffer, recovery=0.5), len(buffer)
    for firm in range(size):
        alone = np.arange(size) == firm
        found = default_cascade(claims, buffer, alone, recovery=0.5)
        assert sizes[firm] == found.is_failed.sum() - 1
    both = cascade_sizes([claims, claims], [buffer, buffer], recovery=0.5)
    assert both.tolist() == [sizes.tolist()] * 2


@settings(max_examples=100)
@given(cases())
def test_who_falls_loses_everything_in_debtrank_too(case: Case) -> None:
    """DebtRank hands on the losses of those that stand as well."""
    claims, buffer, first = case
    buffer = [max(1, own) for own in buffer]
    fallen = default_cascade(claims, buffer, first).is_failed
    losses = debtrank(claims, buffer, np.array(first, dtype=float))
    assert (losses[fallen] >= 1 - 1e-9).all()


@settings(max_examples=100)
@given(cases(), st.integers(1, 10))
def test_watts_counts_links(case: Case, tenths: int) -> None:
    """With equal links it is a cascade of defaults with a buffer of threshold times links."""
    links = (np.array(case[0]) > 0).astype(float)
    size, first = len(links), np.array(case[2])
    found = watts_cascade(links, np.full(size, tenths / 10), first)
    same = default_cascade(links, tenths / 10 * links.sum(axis=1), first)
    assert found.is_failed.tolist() == same.is_failed.tolist()

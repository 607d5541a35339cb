"""Threshold cascades: by hand, on the edge, and inputs that are refused."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pytest

from market.networks import cascade_odds as odds_module
from market.networks import (
    cascade_sizes,
    default_cascade,
    gai_kapadia_odds,
    joint_degrees,
    threshold_response,
    watts_cascade,
    watts_odds,
)

CHAIN = [[0, 30, 0, 0], [0, 0, 20, 0], [0, 0, 0, 10], [0, 0, 0, 0]]
"""Each holds claims on the next one."""


def test_a_chain_by_hand() -> None:
    found = default_cascade(CHAIN, [40, 20, 5, 1], [False, False, False, True])
    assert [wave.tolist() for wave in found.waves] == [[3], [2], [1]]
    assert found.losses.tolist() == [30, 20, 10, 0]
    assert cascade_sizes(CHAIN, [40, 20, 5, 1]).tolist() == [0, 0, 1, 2]
    half = default_cascade(CHAIN, [40, 20, 5, 1], [False, False, False, True], recovery=0.5)
    assert [wave.tolist() for wave in half.waves] == [[3], [2]]
    assert half.losses.tolist() == [0, 10, 5, 0]


@pytest.mark.parametrize("debtors", range(1, 60))
def test_a_loss_that_just_reaches_the_buffer_fells_whatever_rounds(debtors: int) -> None:
    """The sum of all parts of a buffer may round below it."""
    claims = np.zeros((debtors + 1, debtors + 1))
    claims[0, 1:] = 0.3 / debtors
    first = np.arange(debtors + 1) > 0
    assert default_cascade(claims, np.full(debtors + 1, 0.3), first).is_failed.all()
    assert not default_cascade(claims, np.full(debtors + 1, 0.3001), first).is_failed[0]


def test_without_a_first_failure_nothing_happens() -> None:
    found = default_cascade(CHAIN, [0, 0, 0, 0], [False] * 4)
    assert (found.is_failed.any(), found.losses.tolist(), found.waves) == (False, [0] * 4, [])
    assert cascade_sizes(np.zeros((0, 0)), []).size == 0
    assert default_cascade(np.zeros((0, 0)), [], []).waves == []


def test_a_firm_without_a_buffer_falls_with_its_first_loss_only() -> None:
    found = default_cascade([[0, 1, 0], [0, 0, 0], [0, 0, 0]], [0, 9, 0], [False, True, False])
    assert found.is_failed.tolist() == [True, True, False]


def test_watts_takes_shares_of_links() -> None:
    """A watches B for 1 and C for 3: C's going is three quarters of what it sees."""
    links, nobody_else = [[0, 1, 3], [0, 0, 0], [1, 1, 0]], [0.75, 1, 1]
    assert watts_cascade(links, nobody_else, [False, False, True]).is_failed[0]
    assert not watts_cascade(links, [0.76, 1, 1], [False, False, True]).is_failed[0]
    assert not watts_cascade(links, nobody_else, [False, True, False]).is_failed[0]


def test_degrees_of_a_chain() -> None:
    joint = joint_degrees(CHAIN)
    assert joint.tolist() == [[0, 1 / 4], [1 / 4, 1 / 2]]


def test_thresholds_of_several_kinds() -> None:
    """Half of the firms fall at a half of their links, half at all of them."""
    response = threshold_response([0.5, 1.0], 4)
    assert response.tolist() == [
        [0, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0.5, 1, 0],
        [0, 0, 0.5, 1],
    ]
    assert threshold_response(0.0, 3)[2].tolist() == [0, 1, 1]


def test_networks_without_links_stay_whole() -> None:
    for odds in (gai_kapadia_odds([[1.0]], [[0.0]]), watts_odds([1.0], [[0.0]])):
        assert (odds.growth, odds.frequency, odds.extent) == (0, 0, 0)
    assert watts_odds([1.0], [[0.0]], first=0.25).extent == 0.25


def test_a_ring_in_which_everybody_falls() -> None:
    """One debtor and one creditor each: the failure of one goes round, at the very edge of one."""
    joint = np.array([[0, 0], [0, 1.0]])
    odds = gai_kapadia_odds(joint, threshold_response(1.0, 2))
    assert (odds.growth, odds.is_global) == (1.0, False)
    assert gai_kapadia_odds(joint, threshold_response(1.0, 2), first=0.1).extent == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: default_cascade([[0, -1], [1, 0]], [1, 1], [True, False]), "exposures are num"),
        (lambda: default_cascade(CHAIN, [1, 1], [True] * 4), r"buffer: one number per firm"),
        (lambda: default_cascade(CHAIN, [1, 1, 1, -1], [True] * 4), "buffer are numbers >= 0"),
        (lambda: default_cascade(CHAIN, [1] * 4, [1, 0, 0, 0]), "failed: one bool per firm"),
        (lambda: default_cascade(CHAIN, [1] * 4, [True]), r"failed: one bool .*\(4,\), got"),
        (
            lambda: default_cascade(CHAIN, [1] * 4, [True] * 4, recovery=1.1),
            "recovery: a part of claims, 0 to 1, got 1.1",
        ),
        (lambda: default_cascade([CHAIN], [1] * 4, [True] * 4), "one square matrix"),
        (lambda: cascade_sizes(CHAIN, [1] * 4, recovery=float("nan")), "recovery: "),
        (lambda: watts_cascade(CHAIN, [np.nan] * 4, [True] * 4), "threshold are numbers >= 0"),
        (lambda: joint_degrees(np.zeros((0, 0))), "no firms"),
        (lambda: threshold_response([], 3), "threshold: shares >= 0"),
        (lambda: threshold_response(-0.1, 3), "threshold: shares >= 0"),
        (lambda: threshold_response(0.1, 0), "size: at least 1"),
        (lambda: watts_odds([0.5, 0.4], np.zeros((2, 2))), "add up to one"),
        (lambda: watts_odds([1.5, -0.5], np.zeros((2, 2))), "add up to one"),
        (lambda: watts_odds([[1.0]], [[0.0]]), "degrees: shares of firms in 1 equal"),
        (lambda: watts_odds([0.5, 0.5], [[0.0]]), r"response: the shape \(2, 2\)"),
        (lambda: watts_odds([0.5, 0.5], [[0, 0], [0, 2]]), "chances of 0 to 1"),
        (lambda: watts_odds([0.5, 0.5], [[0, 0], [1, 1]]), "0 at m = 0"),
        (
            lambda: watts_odds([0, 0, 1], [[0, 0, 0], [0, 0, 0], [0, 1, 0.5]]),
            "more failures never save",
        ),
        (lambda: watts_odds([0, 1], [[0, 0], [0, 1]], first=2.0), "first: a share"),
        (lambda: gai_kapadia_odds([[0, 1.0], [0, 0]], np.zeros((2, 2))), "each claim is a debt"),
    ],
)
def test_wrong_numbers_are_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(odds_module).attempted > 0
    assert doctest.testmod(odds_module).failed == 0

"""Known answers on cycling: Finn's index of Cone Spring, and the specified circle of payments."""

import numpy as np
import pytest
from numpy.typing import NDArray

from market.networks.circulation import (
    circulation_index,
    decompose_cycles,
    finn_cycling_index,
    largest_circulation,
    maximum_circulation,
    round_trip_share,
)

CONE_SPRING = ("plants", "bacteria", "detritus feeders", "carnivores", "detritus")
ENERGY = {
    ("plants", "detritus"): 8881,
    ("bacteria", "detritus feeders"): 75,
    ("bacteria", "detritus"): 1600,
    ("detritus feeders", "carnivores"): 370,
    ("detritus feeders", "detritus"): 200,
    ("carnivores", "detritus"): 167,
    ("detritus", "bacteria"): 5205,
    ("detritus", "detritus feeders"): 2309,
}
"""Energy flows of the Cone Spring ecosystem, kcal per square metre and year (Tilly 1968)."""

PARTIES = ("chip", "lab", "cloud", "investors", "customers", "rest")
PAYMENTS = {
    ("chip", "lab"): 100,
    ("lab", "cloud"): 300,
    ("cloud", "chip"): 240,
    ("investors", "lab"): 150,
    ("customers", "lab"): 120,
    ("cloud", "rest"): 70,
    ("chip", "rest"): 150,
    ("customers", "cloud"): 40,
}


def matrix(names: tuple[str, ...], flows: dict[tuple[str, str], int]) -> NDArray[np.float64]:
    found = np.zeros((len(names), len(names)))
    for (first, second), amount in flows.items():
        found[names.index(first), names.index(second)] = amount
    return found


def test_cone_spring() -> None:
    flows = matrix(CONE_SPRING, ENERGY)
    inflows = np.array([11184, 0, 0, 0, 635])
    respiration = np.array([2003, 3275, 1814, 203, 3109])
    exports = np.array([300, 255, 0, 0, 860])
    assert (inflows + flows.sum(axis=0)).sum() == 30626
    index = finn_cycling_index(flows, inflows, respiration + exports)
    assert index == pytest.approx(0.0919389893, abs=5e-11)


def test_circulation_of_the_specified_payments() -> None:
    flows = matrix(PARTIES, PAYMENTS)
    assert largest_circulation(flows) == pytest.approx(300, rel=1e-15)
    assert circulation_index(flows) == pytest.approx(10 / 39, rel=1e-15)
    circle = {(0, 1): 100.0, (1, 2): 100.0, (2, 0): 100.0}
    circular = maximum_circulation(flows)
    for (i, j), amount in np.ndenumerate(circular):
        assert amount == pytest.approx(circle.get((i, j), 0.0), rel=1e-11)


def test_the_specified_circle_by_name() -> None:
    (cycle,) = decompose_cycles(matrix(PARTIES, PAYMENTS), PARTIES)
    assert str(cycle) == "chip > lab > cloud > chip"
    assert cycle.amount == pytest.approx(100, rel=1e-11)


def test_round_trip_of_the_specified_financier() -> None:
    """The chipmaker's 100 are 100 of the 370 that the lab gets; it spends 300 of them at the cloud.

    The cloud gets 340 and pays the chipmaker 240 of them: 300/370 * 240/340 comes back. Of the
    investors' money nothing does: they have no revenue.
    """
    flows = matrix(PARTIES, PAYMENTS)
    financing = np.zeros_like(flows)
    for payer in ("chip", "investors"):
        row = PARTIES.index(payer), PARTIES.index("lab")
        financing[row] = flows[row]
    share = round_trip_share(flows, financing)
    assert share[0] == pytest.approx(300 / 370 * 240 / 340, rel=1e-15)
    assert share[3] == 0
    assert np.isnan(share[[1, 2, 4, 5]]).all()

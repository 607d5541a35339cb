"""Whatever the parameters: no identity breaks, nothing crashes, no figure is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from property.random_worlds import random_worlds

from market.model import MarketModel
from market.parameters.world import MarketParameters

MAY_BE_EMPTY = {"quarter", "raised_ratio", "labs_raised_ratio"}


def check_books(model: MarketModel) -> None:
    """I4 and I6 once more, from outside: net worth is real assets, nobody is overdrawn."""
    ledger = model.ledger
    parties = range(len(ledger.parties))
    real = sum(
        ledger.assets(party, asset)
        for party in parties
        for asset in ("data centres", "chip inventory", "chip capacity")
    )
    assert sum(ledger.net_worth(party) for party in parties) == real
    assert all(ledger.deposits(party) >= 0 for party in parties)


@settings(max_examples=40)
@given(random_worlds(), st.integers(0, 1000))
def test_any_world_keeps_its_books(parameters: MarketParameters, seed: int) -> None:
    """Ten quarters in which every batch passes I1 to I10 and every indicator is a number."""
    model = MarketModel(parameters, seed=seed).run(10)
    check_books(model)
    frame = model.datacollector.get_model_vars_dataframe()
    figures = frame.drop(columns=list(MAY_BE_EMPTY)).to_numpy(dtype=float)
    assert np.isfinite(figures).all(), frame.columns
    for index, event in enumerate(model.events):
        assert event.id == index
        assert all(cause < event.id for cause in event.causes)

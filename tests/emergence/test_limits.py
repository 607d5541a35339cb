"""E12: without an AI sector nothing moves for 100 quarters."""

from __future__ import annotations

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario


def test_an_empty_world_stands_still() -> None:
    """No company, no flow, no event: every balance stays what it was, for 100 quarters."""
    model = MarketModel(MarketParameters(), seed=1)
    before = {
        party: (model.ledger.deposits(party), model.ledger.net_worth(party))
        for party in range(len(model.ledger.parties))
    }
    model.run(100)
    after = {
        party: (model.ledger.deposits(party), model.ledger.net_worth(party)) for party in before
    }
    assert after == before
    assert len(model.events) == 0
    assert all((archive.transactions == 0).all() for archive in model.ledger.archives)


def test_a_century_keeps_its_books() -> None:
    """After 400 quarters of growth outside AI the accounts still close; an error would stop it."""
    model = MarketModel(load_scenario("reference"), seed=1).run(400)
    assert model.quarter == 400
    assert model.ledger.net_worth(model.parties.bank) > 0

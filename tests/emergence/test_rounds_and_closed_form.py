"""E5: rounds in the model agree with the closed form of the global game (Morris and Shin 2003)."""

from __future__ import annotations

from emergence.measure import varied

from market.model import MarketModel
from market.parameters.world import MarketParameters
from market.scenario import load_scenario


def one_kind_of_investor(parameters: MarketParameters) -> MarketParameters:
    """The closed form is for investors with one required return: make them alike."""
    data = parameters.model_dump()
    for investor in data["investors"].values():
        investor["required_return"] = 0.05
    return MarketParameters.model_validate(data)


def test_rounds_close_where_the_closed_form_says() -> None:
    """At least 95% of rounds bring all that is asked if and only if hardness is at most critical.

    A cohort's rounds count as one, that half of them closes.
    """
    base = varied(one_kind_of_investor(load_scenario("reference")), "funding.signal_noise", 0.002)
    rounds = []
    for seed in range(4):
        for multiple in (1.5, 2.0, 3.0):
            world = varied(base, "funding.initial_exit_multiple", multiple)
            rounds += MarketModel(world, seed=seed).run(32).rounds
    whole = [
        held.is_closed if held.lab in base.startups else held.raised_usd > 0.99 * held.asked_usd
        for held in rounds
    ]
    agree = [
        filled == (held.hardness <= held.critical_hardness)
        for filled, held in zip(whole, rounds, strict=True)
    ]
    closed = sum(whole)
    assert len(rounds) > 100
    assert 0.1 < closed / len(rounds) < 0.9
    assert sum(agree) / len(agree) >= 0.95

"""Consumers: adoption, choice of a lab, and the tiers with what they bring and cost."""

from __future__ import annotations

from typing import Any

import pytest
from small_world import small_model

from agents import ConsumerSegment
from market.model import MarketModel


def world(**consumers: Any) -> MarketModel:
    """The small world with other consumer parameters."""
    return small_model(consumers=consumers)


def choose(model: MarketModel) -> dict[str, Any]:
    """Audiences after one choice."""
    segment: ConsumerSegment = model.consumers
    return segment.choose(model.active_labs)


def test_opening_shares_are_reproduced_without_change_in_quality() -> None:
    model = small_model(labs={"b": {"consumer_users_million": 600.0}})
    audiences = choose(model)
    assert audiences["a"].users == pytest.approx(200e6, rel=1e-9)
    assert audiences["b"].users == pytest.approx(600e6, rel=1e-9)


def test_tiers_split_users_and_bring_money() -> None:
    """200 m users, a tenth paying, of whom one in fifty pays 200 USD."""
    model = small_model(
        consumers={"paying_growth": 0.0, "paying_cap": 0.1, "pro_share": 0.02, "ad_build_speed": 0},
        labs={"a": {"paying_share": 0.1}},
    )
    audience = choose(model)["a"]
    assert audience.pro == pytest.approx(0.4e6)
    assert audience.plus == pytest.approx(19.6e6)
    assert audience.free == pytest.approx(180e6)
    assert audience.subscriptions_usd == pytest.approx(3 * 0.85 * (19.6e6 * 20 + 0.4e6 * 200))
    assert audience.ads_usd == 0


def test_a_flat_rate_user_costs_more_than_a_middle_one() -> None:
    """Heavy-tailed use: the mean of the top tier lies far over its least."""
    model = small_model(consumers={"paying_growth": 0.0, "pro_share": 1.0, "paying_cap": 1.0})
    model.consumers.paying["a"] = 1.0
    audience = choose(model)["a"]
    assert audience.pro == pytest.approx(audience.users)
    rules = model.parameters.lab_rules
    assert rules.pro_usage_minimum * 2 < audience.usage_cu / audience.pro < rules.pro_usage_cap


def test_no_least_use_of_the_top_tier_is_no_use() -> None:
    model = small_model(
        lab_rules={"pro_usage_minimum": 0.0}, consumers={"pro_share": 1.0, "paying_growth": 0.0}
    )
    audience = choose(model)["a"]
    rules = model.parameters.lab_rules
    assert audience.usage_cu == pytest.approx(audience.free * rules.free_usage)


def test_advertising_is_built_up() -> None:
    model = world(ad_build_speed=0.5, ad_revenue_usd=2.0)
    first = choose(model)["a"]
    assert first.ads_usd == pytest.approx(0.5 * 2.0 * first.free)
    second = choose(model)["a"]
    assert second.ads_usd == pytest.approx(0.75 * 2.0 * second.free)


def test_the_paying_share_grows_to_its_cap() -> None:
    model = world(paying_growth=0.5, paying_cap=0.08)
    shares = []
    for _ in range(40):
        choose(model)
        shares.append(model.consumers.paying["a"])
    assert shares == sorted(shares)
    assert 0.0799 < shares[-1] <= 0.08


def test_only_those_who_choose_again_follow_quality() -> None:
    model = world(switching_rate=0.1, bass_innovation=0.0, bass_imitation=0.0)
    model.labs["a"].reliability = 0.99
    before = model.consumers.shares["a"]
    choose(model)
    gained = model.consumers.shares["a"] - before
    assert 0 < gained < 0.1 * (1 - before)
    stay = world(switching_rate=0.0)
    stay.labs["a"].reliability = 0.99
    choose(stay)
    assert stay.consumers.shares["a"] == pytest.approx(before)


def test_being_the_default_on_a_device_attracts() -> None:
    """An entrant that is the default gets more users than the same entrant that is not."""
    entrant = {"consumer_users_million": 0.0, "entry_users_share": 0.1}
    users = []
    for placement in (0.0, 1.0):
        model = small_model(labs={"b": entrant}, consumers={"switching_rate": 0.5})
        model.labs["b"].stated = model.labs["b"].stated.model_copy(
            update={"default_placement": placement}
        )
        users.append(choose(model)["b"].users)
    assert users[1] > 1.5 * users[0] > 0


def test_users_of_a_closed_lab_spread_over_the_others() -> None:
    model = small_model()
    model.labs["a"].is_defaulted = True
    audiences = choose(model)
    assert list(audiences) == ["b"]
    assert audiences["b"].users == pytest.approx(400e6)
    model.labs["b"].is_defaulted = True
    assert choose(model) == {}


def test_users_grow_to_the_size_of_the_market() -> None:
    model = world(bass_imitation=0.5, users_market_million=1000.0)
    for _ in range(60):
        choose(model)
    assert model.consumers.users == pytest.approx(1e9, rel=0.01)

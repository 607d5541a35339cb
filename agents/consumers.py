"""Consumers: one segment with a free tier, a middle tier and a flat-rate top tier."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.rules.demand import (
    bass_adopters,
    consumer_shares,
    logit_shares,
    mean_usage_truncated_pareto,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.ai_lab import AILab
    from market.host import Market

MILLION = 1e6
_LEAST_SHARE = 1e-6


@dataclass(slots=True)
class Audience:
    """Users of one lab's assistant, in people, and what they bring and cost in a quarter.

    Attributes:
        free: users who do not pay.
        plus: users of the middle tier.
        pro: users of the flat-rate top tier.
        subscriptions_usd: what the paying users pay the lab, after app stores and taxes.
        ads_usd: advertising income.
        usage_cu: inference compute at the efficiency of the start, CU.
    """

    free: float = 0.0
    plus: float = 0.0
    pro: float = 0.0
    subscriptions_usd: float = 0.0
    ads_usd: float = 0.0
    usage_cu: float = 0.0

    @property
    def users(self) -> float:
        """All users, in people."""
        return self.free + self.plus + self.pro


class ConsumerSegment(mesa.Agent[Any]):
    """All consumers as one agent: they adopt (Bass), choose a lab (logit) and a tier.

    Attributes:
        users: people who use an assistant weekly.
        shares: lab key -> share of them.
        inherited: lab key -> users who came from failed labs in this quarter.
        given_up: people who used a failed lab and use none from then on.
        paying: lab key -> share of its users who pay.
    """

    def __init__(self, model: mesa.Model[Any, Any], labs: Sequence[AILab]) -> None:
        """Start with the users that the labs state; brands are derived from their shares.

        The brand of a lab is the utility that makes the logit choice reproduce the shares of the
        start; the brand of an entrant gives it its stated share of choices on entry.

        Args:
            model: a model with the facilities of ``market.equip``.
            labs: all that may ever sell to consumers, those that enter later included.
        """
        super().__init__(model)
        self.market: Market = model  # type: ignore[assignment]
        users = {lab.key: lab.stated.consumer_users_million * MILLION for lab in labs}
        self.users = sum(users.values())
        total = self.users or 1.0
        self.shares = {key: value / total for key, value in users.items()}
        self.paying = {lab.key: lab.stated.paying_share for lab in labs}
        self.inherited: dict[str, float] = {}
        self.given_up = 0.0
        self._searching = 0.0  # who left a failed lab, as a part of all users
        self._ads_built = 0.0
        rules = self.market.parameters.consumers
        self._brand = {}
        for lab in labs:
            share = self.shares[lab.key] or lab.stated.entry_users_share
            stated = rules.reliability_utility * lab.reliability + lab.stated.default_placement
            self._brand[lab.key] = rules.choice_scale * log(max(share, _LEAST_SHARE)) - stated
        tier = self.market.parameters.lab_rules
        self._pro_usage = 0.0
        if tier.pro_usage_minimum > 0:  # the limit of the mean is zero
            self._pro_usage = mean_usage_truncated_pareto(
                tier.pro_usage_minimum,
                max(tier.pro_usage_cap, tier.pro_usage_minimum),
                tier.pro_usage_tail,
            )

    def let_go(self, leaving: Mapping[str, float]) -> None:
        """Let users of failed labs look for another in the coming choice, or give up.

        Args:
            leaving: key of a failed lab -> part of its users who leave now, 0 to 1.
        """
        left = 0.0
        for key, part in leaving.items():
            left += (gone := part * self.shares.get(key, 0.0))
            self.shares[key] = self.shares.get(key, 0.0) - gone
        if left <= 0:
            return
        given_up = self.market.parameters.lab_rules.run_off_give_up * left
        self.given_up += given_up * self.users
        self.users *= 1 - given_up
        kept = max(1 - given_up, _LEAST_SHARE)
        self.shares = {key: share / kept for key, share in self.shares.items()}
        self._searching = (left - given_up) / kept

    def choose(self, labs: Sequence[AILab]) -> dict[str, Audience]:
        """Adopt, choose labs and tiers for one quarter.

        Args:
            labs: who serves users; a failed one among them gets no new ones.

        Returns:
            The audience of every lab that serves.
        """
        rules = self.market.parameters.consumers
        self.inherited = {}
        if not labs:
            return {}
        self._ads_built += rules.ad_build_speed * (1 - self._ads_built)
        market_size = max(rules.users_market_million * MILLION - self.given_up, self.users)
        self._choose_labs(labs)
        audiences = {lab.key: self._audience(lab) for lab in labs}
        if self.users > 0:
            before = self.users
            self.users += bass_adopters(
                self.users, market_size, rules.bass_innovation, rules.bass_imitation
            )
            self._keep_newcomers_from(labs, before / self.users)
        return audiences

    def _keep_newcomers_from(self, labs: Sequence[AILab], former: float) -> None:
        """A failed lab gets no new users: its share falls to its part of the former ones."""
        failed = {lab.key for lab in labs if not lab.is_active}
        held = sum(self.shares[key] for key in failed)
        if 0 < held < 1:
            others = (1 - held * former) / (1 - held)
            self.shares = {
                key: share * (former if key in failed else others)
                for key, share in self.shares.items()
            }

    def _choose_labs(self, served: Sequence[AILab]) -> None:
        """Some users of each lab choose anew, and all who look for another."""
        pool, self._searching = self._searching, 0.0
        rules = self.market.parameters.consumers
        labs = [lab for lab in served if lab.is_active]
        held = {lab.key: self.shares.get(lab.key, 0.0) for lab in served if not lab.is_active}
        if not labs:  # who looks for another lab finds none
            self.users *= 1 - pool
            self.shares = {key: share / max(1 - pool, _LEAST_SHARE) for key, share in held.items()}
            return
        utilities: NDArray[np.float64] = np.array(
            [
                self._brand[lab.key]
                + rules.reliability_utility * lab.reliability
                + lab.stated.default_placement
                for lab in labs
            ]
        )
        current = np.array([self.shares.get(lab.key, 0.0) for lab in labs])
        if current.sum() > 0:
            current = current / current.sum()  # users of a closed lab spread over the others
            shares = consumer_shares(current, utilities, rules.switching_rate, rules.choice_scale)
        else:
            shares = logit_shares(utilities, rules.choice_scale)
        if pool > 0 or held:
            comers = pool * logit_shares(utilities, rules.choice_scale)
            shares = shares * max(0.0, 1 - pool - sum(held.values())) + comers
            self.inherited = {
                lab.key: self.users * float(share) for lab, share in zip(labs, comers, strict=True)
            }
        self.shares = {lab.key: float(share) for lab, share in zip(labs, shares, strict=True)}
        self.shares |= held

    def _audience(self, lab: AILab) -> Audience:
        rules, tier = self.market.parameters.consumers, self.market.parameters.lab_rules
        users = self.users * self.shares[lab.key]
        paying = self.paying[lab.key]
        if paying < rules.paying_cap:
            paying += rules.paying_growth * paying * (1 - paying / rules.paying_cap)
            self.paying[lab.key] = min(paying, rules.paying_cap)
        pro = users * paying * rules.pro_share
        plus = users * paying - pro
        free = max(0.0, users - plus - pro)
        price = 3 * (plus * rules.plus_price_usd + pro * rules.pro_price_usd)
        return Audience(
            free=free,
            plus=plus,
            pro=pro,
            subscriptions_usd=price * rules.net_revenue_share,
            ads_usd=free * rules.ad_revenue_usd * self._ads_built,
            usage_cu=free * tier.free_usage + plus * tier.plus_usage + pro * self._pro_usage,
        )

"""The bank sector: lends while its capital allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

if TYPE_CHECKING:
    from market.events import Event
    from market.host import Market


class Bank(mesa.Agent[Any]):
    """All banks as one: deposits are its debt, loans its assets.

    Args:
        model: a model with the facilities of ``market.equip``; it has one bank.

    Attributes:
        can_lend: whether its capital was over the floor at the last test; true before the first.
        is_insolvent: whether its capital was gone: the "2008" flag.
        losses_usd: loans written off in the quarter.
    """

    def __init__(self, model: mesa.Model[Any, Any]) -> None:
        """Use the bank's account in the ledger of the model."""
        super().__init__(model)
        self.market: Market = model  # type: ignore[assignment]
        self.key = self.name = "bank"
        self.party = self.market.parties.bank
        self.can_lend, self.is_insolvent = True, False
        self.losses_usd = 0.0
        self.last_floor: Event | None = None

    def capital_usd(self) -> float:
        """Assets less deposits, USD."""
        return self.market.ledger.net_worth(self.party) / 100

    def capital_ratio(self) -> float:
        """Capital over assets; one for an empty bank."""
        assets = self.market.ledger.assets(self.party)
        return self.market.ledger.net_worth(self.party) / assets if assets > 0 else 1.0

    def test_capital(self) -> bool:
        """Stop lending under the floor; returns whether the state changed."""
        floor = self.market.parameters.bank.capital_floor
        before = self.can_lend
        self.can_lend = self.capital_ratio() >= floor
        self.is_insolvent = self.capital_usd() < 0
        return self.can_lend != before

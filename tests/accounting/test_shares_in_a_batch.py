"""A holding that is sold to several buyers in one batch loses what it is worth, to the cent."""

from __future__ import annotations

import pytest

from market.books import Ledger


@pytest.mark.parametrize("parts", [(333, 667), (1, 998, 1), (500, 250, 250)])
def test_a_holding_sold_in_parts_of_one_batch(parts: tuple[int, ...]) -> None:
    ledger = Ledger()
    issuer, seller = ledger.add_party("firm", "labs"), ledger.add_party("fund", "investors")
    buyers = [ledger.add_party(f"buyer {n}", "investors") for n in range(len(parts))]
    ledger.grant_shares(issuer, seller, 1000, 10_007, "private equity")
    for buyer in buyers:
        ledger.open_position("deposits", ledger.bank, buyer, 100_000)
    ledger.commit("opening")
    for buyer, units in zip(buyers, parts, strict=True):
        ledger.transfer_shares(issuer, seller, buyer, units, 10.007, "private equity")
    ledger.commit("sales")
    assert ledger.balance("private equity", issuer, seller) == 0
    assert ledger.units(issuer, seller) == 0
    assert sum(ledger.balance("private equity", issuer, buyer) for buyer in buyers) == 10_007


def test_what_was_bought_in_a_batch_is_not_sold_in_it() -> None:
    ledger = Ledger()
    parties = [ledger.add_party(name, "investors") for name in ("firm", "fund", "buyer")]
    firm, fund, buyer = parties
    ledger.grant_shares(firm, fund, 10, 100, "private equity")
    ledger.open_position("deposits", ledger.bank, buyer, 1000)
    ledger.commit("opening")
    ledger.transfer_shares(firm, fund, buyer, 10, 10.0, "private equity")
    with pytest.raises(ValueError, match="of 0 units"):
        ledger.transfer_shares(firm, buyer, fund, 5, 10.0, "private equity")

"""The ledger in a Mesa model that knows nothing of this one."""

import mesa
import pytest

from market.books.identities import IdentityViolation
from market.books.ledger import Ledger
from market.books.statements import balance_sheet_matrix, transactions_flow_matrix


class Trader(mesa.Agent):
    """Buys from the trader to the right for a tenth of what it owns."""

    def __init__(self, model: "Bazaar", number: int) -> None:
        """Open an account with a loan of the bank."""
        super().__init__(model)
        self.ledger = model.ledger
        self.party = self.ledger.add_party(f"trader {number}", "traders")
        self.ledger.issue("loans", self.party, self.ledger.bank, 1_000 * (number + 1))

    def step(self) -> None:
        """Buy, and pay interest to the bank."""
        others = list(self.model.agents)
        seller = others[(others.index(self) + 1) % len(others)]
        self.ledger.pay(self.party, seller.party, self.ledger.deposits(self.party) // 10, "goods")
        self.ledger.pay(self.party, self.ledger.bank, 1, "interest")


class Bazaar(mesa.Model):
    """Traders in a ring."""

    def __init__(self, traders: int) -> None:
        """Create the traders."""
        super().__init__(rng=1)
        self.ledger = Ledger(start="1999Q4")
        self.ledger.declare(row="goods", sector="traders")
        for number in range(traders):
            Trader(self, number)
        self.ledger.commit("loans")

    def step(self) -> None:
        """Trade for a quarter."""
        self.agents.shuffle_do("step")
        self.ledger.commit("trade")
        self.ledger.close_quarter()


@pytest.fixture(scope="module")
def bazaar() -> Bazaar:
    model = Bazaar(5)
    for _ in range(8):
        model.step()
    return model


def test_books_of_a_strange_model_close(bazaar: Bazaar) -> None:
    ledger = bazaar.ledger
    assert ledger.quarter == 8
    assert ledger.label(7) == "2001Q3"
    sheet = balance_sheet_matrix(ledger, 7, unit="cents")
    assert sheet.loc["deposits", "traders"] == 15_000 - 8 * 5
    assert sheet.loc["loans", "bank"] == 15_000
    assert ledger.net_worth(ledger.bank) == 8 * 5
    flows = transactions_flow_matrix(ledger, 0, by="party", unit="cents")
    assert flows.loc["change in loans", "trader 4"] == 5_000
    assert flows.loc["goods", "trader 0"] == 500 - 100
    assert flows.loc["interest", "bank"] == 5


def test_who_trades_first_changes_nothing(bazaar: Bazaar) -> None:
    again = Bazaar(5)
    for _ in range(8):
        again.agents.do("step")
        again.ledger.commit("trade")
        again.ledger.close_quarter()
    one, other = bazaar.ledger, again.ledger
    assert [one.deposits(p) for p in range(6)] == [other.deposits(p) for p in range(6)]


def test_overspending_is_refused_there_too() -> None:
    model = Bazaar(2)
    ledger = model.ledger
    first, second = (agent.party for agent in model.agents)
    ledger.pay(first, second, ledger.deposits(first) + 1, "goods")
    with pytest.raises(IdentityViolation, match="I6 violated in 1999Q4") as caught:
        ledger.commit("trade")
    assert caught.value.amount == -1
    assert ledger.deposits(first) == 1_000

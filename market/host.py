"""What a Mesa model must carry for our agents to live in it.

``MarketModel`` uses it, and so can any other ``mesa.Model``: after ``equip(model)`` agents of this
package can be created in that model and combined with others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from market.books.contracts import Backstop, ContractBook, EquityCommitment
from market.books.ledger import Ledger
from market.books.notes import NoteBook
from market.books.settlement import Settlement
from market.events import Averted, EventLog
from market.parameters.world import MarketParameters
from market.quotes import Quotes
from market.random_streams import RandomStreams
from market.units import CU_HOURS, cents

if TYPE_CHECKING:
    from agents.institution import Institution


class Parties(NamedTuple):
    """Accounts in the ledger of those who are no firms: the number of each.

    ``rest`` closes the accounts: it sells what firms buy outside the model and buys what they sell.
    """

    bank: int
    households: int
    enterprises: int
    rest: int


class Market(Protocol):
    """The attributes that agents of this package read from their model.

    ``firms`` are all institutions by key: each enters itself when it is made. ``is_opened`` tells
    that the opening books are closed. ``notes`` are debts by when they fall due, ``quotes`` what
    lenders ask of each issuer, ``lender`` the account of the bank that lends to firms. ``averted``
    keeps events from
    happening, in twins only.
    """

    parameters: MarketParameters
    firms: dict[str, Institution]
    is_opened: bool
    ledger: Ledger
    settlement: Settlement
    contracts: ContractBook
    commitments: list[EquityCommitment]
    backstops: list[Backstop]
    events: EventLog
    averted: Averted
    streams: RandomStreams
    quarter: int
    parties: Parties
    spot_price_usd: float
    usage_index: float
    rate_rise: float
    notes: NoteBook
    quotes: Quotes
    lender: int


def equip(
    model: object, parameters: MarketParameters | None = None, *, seed: int | None = None
) -> None:
    """Give a model the ledger, books and named random streams that agents need.

    Sets the attributes of ``Market`` on ``model``. Households, enterprises, the bank and the rest
    of the economy are opened with the deposits that ``parameters.bank`` states. The bank's loans to
    the rest of the economy are what these deposits and the stated capital leave over, and they
    follow the deposits, loans and other positions that agents open afterwards: with every opening
    commit the bank's capital is ``parameters.bank.capital_usd`` again (more, if what agents borrow
    of it exceeds deposits and capital).

    Args:
        model: any object, usually a ``mesa.Model``.
        parameters: defaults without companies when omitted.
        seed: root of the named random streams; 0 when omitted.
    """
    given = parameters if parameters is not None else MarketParameters()
    market: Market = model  # type: ignore[assignment]
    market.parameters = given
    market.firms, market.is_opened = {}, False
    market.ledger = Ledger(start=given.start)
    market.events = EventLog(given.start)
    market.averted = Averted()
    market.streams = RandomStreams(0 if seed is None else seed)
    market.contracts = ContractBook(start=given.start)
    market.commitments = []
    market.backstops = []
    market.settlement = Settlement(
        market.ledger,
        alpha=given.default.bankruptcy_external,
        beta=given.default.bankruptcy_internal,
    )
    market.quarter = 0
    market.spot_price_usd = given.compute.list_price_usd_hour * CU_HOURS
    market.usage_index = 1.0
    market.rate_rise = 0.0
    market.notes, market.quotes = NoteBook(market.ledger), Quotes()
    ledger = market.ledger
    parties = market.parties = Parties(
        bank=ledger.bank,
        households=ledger.add_party("households", "households"),
        enterprises=ledger.add_party("enterprises", "enterprises"),
        rest=ledger.add_party("rest of economy", "rest"),
    )
    market.lender = parties.bank
    ledger.state_capital(cents(given.bank.capital_usd), parties.rest, "loans", "economy")
    ledger.state_closer(parties.rest, "loans", "economy")
    for party, deposits in (
        (parties.households, given.bank.household_deposits_usd),
        (parties.enterprises, given.bank.enterprise_deposits_usd),
        (parties.rest, given.bank.rest_deposits_usd),
    ):
        ledger.open_position("deposits", ledger.bank, party, cents(deposits))
    ledger.commit("opening")

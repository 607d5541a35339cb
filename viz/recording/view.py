"""The closed quarters of a model as readers see them while the next quarter is being made.

A ledger grows while its model steps. A view holds the archives and a copy of the chart of accounts
as they stood after the last closed quarter, so readers need no lock and never wait for a step. It
holds no agent, so a finished model can go. ``market.indicators`` and ``runs.single_run.frames``
read a view as they read a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.events import EventLog
    from market.model import MarketModel


class AccountsView:
    """The chart of accounts as it stood; attributes as of ``market.books.accounts.Accounts``."""

    def __init__(self, accounts: Any) -> None:
        self.size: int = accounts.size
        self.kind = accounts.kind[: self.size].copy()
        self.party = accounts.party[: self.size].copy()
        self.names: list[str] = list(accounts.names)
        self.sectors: list[str] = list(accounts.sectors)
        self.describe: list[tuple[str, int, int, str]] = accounts.describe  # is only added to
        self.declared = accounts.declared  # is only added to
        self.rows: list[str] = list(accounts.rows)
        self.row_kinds: list[int] = list(accounts.row_kinds)


class LedgerView:
    """Closed quarters of a ledger; attributes as of ``market.books.ledger.Ledger``."""

    def __init__(self, ledger: Any) -> None:
        self.accounts = AccountsView(ledger.accounts)
        self.archives = list(ledger.archives)
        self.quarter: int = ledger.quarter
        self.bank: int = ledger.bank
        self.books = ledger.books  # asked for closed quarters only: they do not change

    @property
    def parties(self) -> list[str]:
        """Names of all parties, by party id."""
        return self.accounts.names


class FirmView:
    """What the measures of networks ask of a firm."""

    def __init__(self, firm: Any) -> None:
        self.key: str = firm.key
        self.name: str = firm.name
        self.party: int = firm.party
        self.stated: Any = getattr(firm, "stated", None)
        self.parents: list[tuple[int, str | None]] = list(getattr(firm, "parents", ()))


class ModelView:
    """A model between two quarters.

    Attributes:
        quarter: number of closed quarters.
        rounds: funding rounds so far.
    """

    def __init__(self, model: MarketModel) -> None:
        self.parameters = model.parameters
        self.quarter = model.quarter
        self.ledger = LedgerView(model.ledger)
        self.events: EventLog = model.events
        self.rounds = list(model.rounds)
        self.labs = {key: FirmView(firm) for key, firm in model.labs.items()}
        self.startups = {key: FirmView(firm) for key, firm in model.startups.items()}
        self._firms = {firm.key: FirmView(firm) for firm in model.institutions()}

    def institutions(self) -> Iterator[FirmView]:
        """Every firm, in the order of the scenario."""
        yield from self._firms.values()

    def institution(self, key: str) -> FirmView:
        """The firm with a company key; raises KeyError when there is none."""
        return self._firms[key]

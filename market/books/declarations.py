"""What may be booked: every row, instrument, real asset and sector of the model, with its meaning.

The tables below are the one place where they stand; the matrices take their order from it and
``market/README.md`` its tables. A ledger refuses every other name with the nearest of these, so
that a slip ("seat" for "seats") never opens a row of its own. ``Ledger.declare`` adds own names.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal, NamedTuple, get_args

What = Literal["row", "instrument", "asset", "sector"]
"""A flow, a financial claim, a real asset, or a group of parties."""

InstrumentKind = Literal["money", "trade", "debt", "shares", "fund"]
"""What a claim is to whoever reads the accounts.

``money``: means of payment. ``trade``: bills and advances; paying one is a payment for goods.
``debt``: lent money. ``shares``: a part of a firm, worth its price. ``fund``: what the owners of
an investor have in it. Money put into a firm is financing unless it is money or trade; shares make
the market value of a firm; what is owed as shares or to a fund's owners is no debt.
"""

RowKind = Literal["transaction", "revaluation", "opening"]
"""Where a row is shown: in the flow matrix, in the revaluation matrix, or as an opening stock."""

MOST_NAMED = 40
"""Names that a refusal lists at most."""


class Declaration(NamedTuple):
    """A name that may be booked.

    Attributes:
        name: as postings give it and the matrices show it.
        meaning: a sentence for tables and documents.
        kind: of an instrument an ``InstrumentKind``, of a row a ``RowKind``, else empty.
    """

    name: str
    meaning: str
    kind: str = ""


class UndeclaredError(ValueError):
    """A posting or a question names what was never declared.

    Attributes:
        what: "row", "instrument", "asset" or "sector".
        name: the name that is not known.
        declared: names that may be used.
    """

    def __init__(self, what: str, name: str, declared: tuple[str, ...] = ()) -> None:
        """Name what is declared and the nearest of it."""
        known = ", ".join(repr(one) for one in declared[:MOST_NAMED])
        found = get_close_matches(str(name), declared, n=1, cutoff=0.0)
        near = f"; nearest is {found[0]!r}" if found else ""
        own = f"; an own one is declared by ledger.declare({what}={name!r})"
        super().__init__(f"unknown {what} {name!r}: declared are {known}{near}{own}")
        self.what, self.name, self._declared = what, name, declared

    def __reduce__(self) -> tuple[type[UndeclaredError], tuple[str, str, tuple[str, ...]]]:
        """Pickle by the parts: the message alone would not rebuild it in another process."""
        return type(self), (self.what, self.name, self._declared)


ROWS = (
    Declaration("seats", "Companies pay a lab for the seats of their employees."),
    Declaration("subscriptions", "Households pay a lab for assistants."),
    Declaration("advertising", "Advertisers, part of the rest of the economy, pay a lab."),
    Declaration("start-up sales", "The rest of the economy buys what AI start-ups sell."),
    Declaration(
        "compute",
        "Labs, start-ups, chipmakers and the rest of the economy pay a cloud for compute.",
    ),
    Declaration("cancellation fees", "A lab pays a cloud for giving up a contract not yet begun."),
    Declaration("other business", "What firms earn or lose outside AI, with the rest."),
    Declaration("wages", "Labs and start-ups pay their staff and other costs."),
    Declaration("power and upkeep", "Clouds pay for power and running data centres."),
    Declaration("production inputs", "Chipmakers pay what chips cost to make."),
    Declaration("overhead and tax", "Costs and taxes of a chipmaker that do not depend on output."),
    Declaration("investment", "Newly made real assets are bought: chips, sites, buildings."),
    Declaration("change in inventories", "Chips go into stock at cost and leave it when sold."),
    Declaration("depreciation", "Real assets are used up."),
    Declaration("interest", "Debtors pay the holders of loans, bonds and vendor loans."),
    Declaration("dividends", "Firms pay their owners, bought-back shares included."),
    Declaration("parent funding", "A cloud pays the deficit of a lab that it owns."),
    Declaration("household income", "The rest of the economy pays households."),
    Declaration("consumption", "Households buy from the rest of the economy."),
    Declaration("enterprise sales", "The rest of the economy buys from the lab's companies."),
    Declaration("bankruptcy costs", "What a failure costs goes to the rest of the economy."),
    Declaration("used assets", "A used real asset is sold, or moves to another label."),
    Declaration("revaluation", "The value of a claim or asset changes.", "revaluation"),
    Declaration("write-off", "A claim or asset is cancelled.", "revaluation"),
    Declaration("opening", "A position of the opening balance sheet is stated.", "opening"),
)

INSTRUMENTS = (
    Declaration("deposits", "Money at the bank; it moves by payments only.", "money"),
    Declaration("loans", "Loans of banks; investors' are labelled margin, lenders' line.", "debt"),
    Declaration("interbank loans", "What banks that lend to AI owe the bank.", "debt"),
    Declaration("bonds", "Bonds with a maturity, held by credit investors and banks.", "debt"),
    Declaration("vendor loans", "Loans of a chipmaker to a cloud that buys its chips.", "debt"),
    Declaration(
        "convertible notes", "Bridge loans to a lab; its next round turns them into shares.", "debt"
    ),
    Declaration("other bonds", "Bonds of the rest of the economy, held by lenders.", "debt"),
    Declaration("receivables", "Bills for what was delivered and is not yet paid.", "trade"),
    Declaration("prepayments", "Paid for what is yet to be delivered.", "trade"),
    Declaration(
        "private equity",
        "Shares of labs and start-ups, worth the price of the last round.",
        "shares",
    ),
    Declaration("listed equity", "Shares of clouds, chipmakers and other listed firms.", "shares"),
    Declaration("fund shares", "What an investor is worth, owned by households.", "fund"),
    Declaration("policies", "What insurers owe their policyholders.", "fund"),
    Declaration("pension claims", "What pension funds owe savers.", "fund"),
)
"""In the order of the matrices."""

ASSETS = (
    Declaration("data centres", "Chips by vintage, other plant, and what is being built."),
    Declaration("chip inventory", "Chips made and not yet sold, at cost or less."),
    Declaration("chip capacity", "Lines, tools and tests that let chipmakers make chips."),
)

SECTORS = (
    Declaration("labs", "AI labs."),
    Declaration("startups", "AI start-ups, a cohort an account."),
    Declaration("clouds", "Cloud providers."),
    Declaration("chipmakers", "Makers of accelerators."),
    Declaration("investors", "Funds that buy into labs and hold other shares."),
    Declaration("credit investors", "Insurers, bond funds, pensions, private credit: buy notes."),
    Declaration("enterprises", "Companies that buy seats, as one account."),
    Declaration("households", "Savers, workers and users of assistants, as one account."),
    Declaration("bank", "All banks as one, deposits are its debt; those that lend to AI apart."),
    Declaration("rest", "All that is not modelled: it buys, supplies, lends and is paid."),
)
"""In the order of the matrices."""


class Declarations:
    """The names that one ledger knows: those of the model, and own ones after them."""

    def __init__(self) -> None:
        """Start with the names of the model."""
        self._known: dict[str, dict[str, Declaration]] = {
            "row": {one.name: _as_row(one) for one in ROWS},
            "instrument": {one.name: one for one in INSTRUMENTS},
            "asset": {one.name: one for one in ASSETS},
            "sector": {one.name: one for one in SECTORS},
        }

    def declare(self, what: What, name: str, meaning: str = "", kind: str = "") -> None:
        """Add a name; see ``Ledger.declare``. The same declaration twice changes nothing.

        Raises:
            ValueError: the name is empty, stands declared as something else, or the kind of an
                instrument is none of ``InstrumentKind``.
        """
        if not name.strip():
            raise ValueError(f"declare: {name!r} is no name for a {what}")
        if what == "instrument" and kind not in get_args(InstrumentKind):
            kinds = ", ".join(get_args(InstrumentKind))
            raise ValueError(f"instrument {name!r}: kind {kind!r} is none of {kinds}")
        for other, known in self._known.items():
            if other != what and name in known and "sector" not in (what, other):
                raise ValueError(f"{what} {name!r}: a declared {other} has that name already")
        one = Declaration(name, meaning, kind)
        one = _as_row(one) if what == "row" else one
        known_as = self._known[what].setdefault(name, one)
        if known_as.kind != one.kind or (meaning and known_as.meaning != meaning):
            raise ValueError(f"{what} {name!r} is declared otherwise: {_in_words(known_as)}")

    def check(self, what: What, name: str) -> Declaration:
        """The declaration of a name; UndeclaredError with the nearest name when there is none."""
        found = self._known[what].get(name)
        if found is None:
            raise UndeclaredError(what, name, tuple(self._known[what]))
        return found

    def row_kind(self, name: str) -> str:
        """The ``RowKind`` of a row's name: a flow's own one; changes of claims are transactions."""
        return "transaction" if name in self._known["instrument"] else self.check("row", name).kind

    def check_position(self, name: str) -> None:
        """UndeclaredError when a name is neither an instrument nor a real asset."""
        if name not in self._known["instrument"] and name not in self._known["asset"]:
            raise UndeclaredError("instrument", name, tuple(self._known["instrument"]))

    def all(self, what: What) -> tuple[Declaration, ...]:
        """Everything declared of a sort: the model's in their order, then own ones as declared."""
        return tuple(self._known[what].values())

    def instruments(self, *kinds: InstrumentKind) -> tuple[str, ...]:
        """Names of the instruments of some kinds, in the order of the matrices."""
        return tuple(one.name for one in self.all("instrument") if one.kind in kinds)

    def places(self, what: What) -> dict[str, int]:
        """Name -> place in the matrices, from 0."""
        return {name: place for place, name in enumerate(self._known[what])}

    def __iter__(self) -> Iterator[tuple[str, Declaration]]:
        """What and declaration of everything, sort by sort: the table of the documents."""
        for what, known in self._known.items():
            for one in known.values():
                yield what, one


def _as_row(one: Declaration) -> Declaration:
    return one if one.kind else one._replace(kind="transaction")


def _in_words(one: Declaration) -> str:
    return "; ".join(part for part in (one.kind, one.meaning) if part)

"""A small ledger for tests, one example of every kind of posting, and ways to falsify a batch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from market.books.journal import Batch, Compiled
from market.books.ledger import Ledger

BANK, LAB, CLOUD, FUND, REST = range(5)
SECTORS = {"L": "labs", "C": "clouds", "F": "investors", "R": "rest"}


def small_ledger() -> Ledger:
    """A bank and four parties with deposits, a loan, bonds, shares, machines and inventory."""
    ledger = Ledger(start="2000Q1")
    for name, sector in SECTORS.items():
        ledger.add_party(name, sector)
    for party in (LAB, CLOUD, FUND, REST):
        ledger.open_position("deposits", BANK, party, 5_000_000)
    ledger.open_position("loans", CLOUD, BANK, 20_000_000)
    ledger.open_position("bonds", CLOUD, FUND, 600_000)
    ledger.open_position("receivables", LAB, CLOUD, 80_000)
    ledger.open_asset("data centres", CLOUD, 900_000, "2000Q1")
    ledger.open_asset("chip inventory", REST, 70_000)
    ledger.grant_shares(LAB, FUND, 1_000, 400_000, "private equity")
    ledger.commit("opening")
    return ledger


def _deliver_prepaid(ledger: Ledger) -> None:
    """An advance and the machine that it paid for."""
    ledger.issue("prepayments", REST, CLOUD, 900)
    ledger.deliver_prepaid("data centres", REST, CLOUD, 500, label="2000Q2")


POSTINGS: dict[str, Callable[[Ledger], None]] = {
    "pay": lambda x: x.pay(LAB, CLOUD, 1_000_000, "compute"),
    "pay the bank": lambda x: x.pay(LAB, BANK, 300, "interest"),
    "pay by the bank": lambda x: x.pay(BANK, REST, 300, "wages"),
    "accrue": lambda x: x.accrue(LAB, CLOUD, 700, "compute"),
    "settle": lambda x: x.settle(LAB, CLOUD, 30_000),
    "issue to a party": lambda x: x.issue("bonds", CLOUD, FUND, 4_000),
    "issue to the bank": lambda x: x.issue("loans", CLOUD, BANK, 4_000),
    "issue by the bank": lambda x: x.issue("bonds", BANK, FUND, 4_000),
    "redeem": lambda x: x.redeem("bonds", CLOUD, FUND, 1_000),
    "redeem at the bank": lambda x: x.redeem("loans", CLOUD, BANK, 1_000),
    "transfer": lambda x: x.transfer("bonds", CLOUD, FUND, REST, 2_000),
    "transfer under par": lambda x: x.transfer("bonds", CLOUD, FUND, REST, 2_000, price=1_500),
    "transfer over par": lambda x: x.transfer("bonds", CLOUD, FUND, REST, 2_000, price=2_100),
    "revalue up": lambda x: x.revalue("bonds", CLOUD, FUND, 17),
    "revalue down": lambda x: x.revalue("bonds", CLOUD, FUND, -17),
    "write off": lambda x: x.write_off("bonds", CLOUD, FUND, 400),
    "acquire": lambda x: x.acquire("data centres", REST, CLOUD, 8_000, label="2000Q2"),
    "acquire on credit": lambda x: x.acquire(
        "data centres", REST, CLOUD, 8_000, on_credit="receivables"
    ),
    "deliver prepaid": _deliver_prepaid,
    "build stock": lambda x: x.build_stock("chip inventory", REST, 900),
    "draw stock": lambda x: x.draw_stock("chip inventory", REST, 900),
    "depreciate": lambda x: x.depreciate("data centres", CLOUD, 900, "2000Q1"),
    "scrap": lambda x: x.scrap("data centres", CLOUD, 900, "2000Q1"),
    "sell asset": lambda x: x.sell_asset(
        "data centres", CLOUD, REST, book=900, price=500, label="2000Q1"
    ),
    "relabel asset": lambda x: x.sell_asset(
        "data centres", CLOUD, CLOUD, book=900, price=900, label="2000Q1", new_label="used"
    ),
    "issue shares": lambda x: x.issue_shares(LAB, REST, 10, 4_000),
    "transfer shares": lambda x: x.transfer_shares(LAB, FUND, REST, 100, 300.0),
    "cancel shares": lambda x: x.cancel_shares(LAB, FUND, 100, "private equity"),
    "mark shares": lambda x: x.mark_shares(LAB, 512.5),
    "post payments": lambda x: x.post_payments(
        [LAB, FUND, BANK, REST], [CLOUD, CLOUD, REST, BANK], [50, 60, 70, 80], "compute"
    ),
}
OPENINGS: dict[str, Callable[[Ledger], None]] = {
    "open position": lambda x: x.open_position("bonds", CLOUD, FUND, 600),
    "open asset": lambda x: x.open_asset("chip inventory", REST, 70),
    "grant shares": lambda x: x.grant_shares(LAB, FUND, 10, 400, "private equity"),
}

Change = Callable[[Compiled], Compiled]


def falsified(change: Change) -> Any:
    """Patch that puts every compiled batch through ``change`` before the ledger sees it."""
    compiled = Batch.compile
    return patch.object(Batch, "compile", lambda self, phase: change(compiled(self, phase)))


def without_leg(leg: int) -> Change:
    """Drop a leg."""

    def change(batch: Compiled) -> Compiled:
        kept = np.arange(len(batch.slots)) != leg
        return replace(
            batch,
            slots=batch.slots[kept],
            amounts=batch.amounts[kept],
            rows=batch.rows[kept],
            posting=batch.posting[kept],
        )

    return change


def with_amount(leg: int, by: int) -> Change:
    """Change the amount of a leg."""

    def change(batch: Compiled) -> Compiled:
        amounts = batch.amounts.copy()
        amounts[leg] += by
        return replace(batch, amounts=amounts)

    return change


def snapshot(ledger: Ledger) -> tuple[Any, ...]:
    """All that a ledger knows, to compare before and after."""
    books, accounts = ledger.books, ledger.accounts.describe
    held = {issuer: dict(register) for issuer, register in books.held.items()}
    columns = zip(accounts, books.balance.tolist(), books.parts.T.tolist(), strict=False)
    stocks = {what: (value, parts) for what, value, parts in columns if value or any(parts)}
    paid = books.paid[books.paid != 0].tolist()
    return stocks, paid, held, dict(books.issued), list(ledger.postings())


def posting_methods() -> list[str]:
    """Names of the public methods of a ledger that collect a posting themselves."""
    marks = (
        "_is_postable(",
        "_change_value(",
        "_change_stock(",
        "_scrap(",
        "self.settle(",
        "_batch.payments.append(",
    )
    return [
        name
        for name, method in vars(Ledger).items()
        if not name.startswith("_")
        and callable(method)
        and any(mark in inspect.getsource(method) for mark in marks)
    ]

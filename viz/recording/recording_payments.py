"""What payments were for and what parties hold, read from the closed quarters of a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from market.books.accounts import Slot
from viz.recording.recording_snapshot import FirmInfo

_MONEY = "deposits"


def purposes(ledger: Any, payer: str, payee: str, quarters: range) -> pd.DataFrame:
    """What one party paid another for, by row of the ledger.

    Args:
        ledger: a view of closed quarters.
        payer: name of who pays.
        payee: name of who gets it.
        quarters: the closed quarters to add up.

    Returns:
        Columns purpose, usd; largest first. A purchase of a claim bears the claim's name.
    """
    bank = ledger.parties[ledger.bank]
    cents: dict[str, int] = {}
    for quarter in quarters:
        for posting in ledger.books.postings(quarter):
            paid = sum(_money(posting, payer)) if payer != bank else 0
            got = sum(_money(posting, payee)) if payee != bank else 0
            if payer == bank:
                moved = got if len(_holders(posting)) == 1 else 0
            elif payee == bank:
                moved = -paid if len(_holders(posting)) == 1 else 0
            else:
                moved = min(-paid, got)
            if moved > 0:
                cents[posting.row] = cents.get(posting.row, 0) + moved
    rows = sorted(((row, usd / 100) for row, usd in cents.items()), key=lambda r: (-r[1], r[0]))
    return pd.DataFrame(rows, columns=["purpose", "usd"])


def _money(posting: Any, name: str) -> list[int]:
    """Changes of a party's own deposits in a posting, cents."""
    return [
        leg.amount for leg in posting.legs if leg.party == name and leg.account.startswith(_MONEY)
    ]


def _holders(posting: Any) -> dict[str, None]:
    """Accounts of deposits that a posting moves."""
    return {leg.account: None for leg in posting.legs if leg.account.startswith(_MONEY)}


def positions(ledger: Any, quarter: int, parties: Sequence[FirmInfo]) -> pd.DataFrame:
    """Claims and real assets above zero at the end of a closed quarter.

    Args:
        ledger: a view of closed quarters.
        quarter: one of them.
        parties: of the ledger, by party id.
    """
    values = ledger.archives[quarter].closing
    kinds = ledger.accounts.kind[: len(values)]
    held: dict[tuple[int, int, str], int] = {}
    is_held = (values > 0) & ((kinds == Slot.CLAIM_ASSET) | (kinds == Slot.REAL_ASSET))
    for slot in is_held.nonzero()[0].tolist():
        what, issuer, holder, _ = ledger.accounts.describe[slot]
        held[holder, issuer, what] = held.get((holder, issuer, what), 0) + int(values[slot])
    nobody = FirmInfo("", "", "")
    rows = []
    for (holder, issuer, what), amount in held.items():
        owner, debtor = parties[holder], parties[issuer] if issuer >= 0 else nobody
        rows.append((owner.key, owner.name, debtor.key, debtor.name, what, amount / 100))
    names = ["holder_key", "holder", "issuer_key", "issuer", "instrument", "usd"]
    return pd.DataFrame(rows, columns=names)

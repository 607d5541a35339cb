"""Print what the ledger costs in processor time: ``python tests/benchmark/ledger.py [payments]``.

Ratios matter more than seconds: the ledger's and the checks' share of a reference run, and the cost
of a payment in a block against one posted singly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

import numpy as np

from market.books import archive
from market.books.ledger import Ledger
from market.model import MarketModel

sys.path.append(str(Path(__file__).resolve().parents[1]))

from ledger_examples import posting_methods

QUARTERS = 40
CHECKS = [name for name in vars(archive) if name.startswith("check_")]
POSTINGS = posting_methods()


class Clock:
    """Adds up the time and the calls of functions; calls inside one of its own count once."""

    def __init__(self) -> None:
        """Start at zero."""
        self.seconds, self.calls, self._is_running = 0.0, 0, False

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            if self._is_running:
                return function(*arguments, **named)
            self._is_running = True
            start = process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += process_time() - start
                self.calls += 1
                self._is_running = False

        return timed


def seconds(function: Callable[[], Any], repeat: int = 5) -> float:
    """Least processor time of some calls."""
    best = float("inf")
    for _ in range(repeat):
        start = process_time()
        function()
        best = min(best, process_time() - start)
    return best


def run() -> Ledger:
    """A reference run."""
    model = MarketModel(seed=1)
    model.run(QUARTERS)
    return model.ledger


def reference_run() -> None:
    """Ledger and checks within a reference run."""
    run()
    total = seconds(run)
    commits, checks, postings = Clock(), Clock(), Clock()
    with ExitStack() as stack:
        for name in ("commit", "close_quarter"):
            wrapped = commits.wrap(vars(Ledger)[name])
            stack.enter_context(patch.object(Ledger, name, wrapped))
        ledger = run()
    with ExitStack() as stack:
        for name in CHECKS:
            wrapped = checks.wrap(vars(archive)[name])
            stack.enter_context(patch.object(archive, name, wrapped))
        run()
    with ExitStack() as stack:
        for name in POSTINGS:
            stack.enter_context(patch.object(Ledger, name, postings.wrap(vars(Ledger)[name])))
        run()
    print(f"reference run, {QUARTERS} quarters: {total * 1e3:.0f} ms of processor time")
    print(f"  {len(ledger.parties)} parties, {ledger.accounts.size} accounts,", end=" ")
    print(f"{ledger.books.count} postings")
    for name, clock in (("postings", postings), ("commits", commits), ("checks within", checks)):
        each = clock.seconds / max(clock.calls, 1)
        print(
            f"  {name}: {clock.seconds * 1e3:.1f} ms, {clock.seconds / total:.0%} of the run, "
            f"{clock.calls} calls of {each * 1e6:.1f} us"
        )


def payments(count: int, parties: int = 40) -> None:
    """Many payments as a block and singly, all checks included."""
    rng = np.random.default_rng(1)
    columns = rng.integers(0, parties, (2, count))
    amounts = rng.integers(1, 10_000, count)

    def ledger() -> Ledger:
        new = Ledger()
        for number in range(1, parties):
            party = new.add_party(f"p{number}", "clouds")
            new.open_position("deposits", new.bank, party, 10**12)
        new.commit("opening")
        return new

    def block() -> None:
        new = ledger()
        new.post_payments(*columns, amounts, "compute")
        new.commit("trade")

    def singly() -> None:
        new = ledger()
        few = count // 20
        for payer, payee, amount in zip(
            *(column[:few].tolist() for column in (*columns, amounts)), strict=True
        ):
            new.pay(payer, payee, amount, "compute")
        new.commit("trade")

    many, single = seconds(block, 3), seconds(singly, 3) * 20
    print(f"{count} payments as a block: {many:.3f} s, {many / count * 1e9:.0f} ns each")
    print(f"  singly {single:.3f} s, {single / many:.1f} times as long")


def transfers(count: int = 400, holders: int = 40) -> None:
    """Sales of shares in one batch, and each in a batch of its own, all checks included."""
    ledger = Ledger()
    parties = [ledger.add_party(f"p{number}", "investors") for number in range(holders)]
    for party in parties:
        ledger.open_position("deposits", ledger.bank, party, 10**12)
        ledger.grant_shares(parties[0], party, 10**9, 10**11, "private equity")
    ledger.commit("opening")
    rng = np.random.default_rng(1)
    pairs = rng.integers(1, holders, (count, 2)).tolist()

    def sell(*, is_one_batch: bool) -> None:
        for seller, buyer in pairs:
            ledger.transfer_shares(parties[0], parties[seller], parties[buyer], 10, 99.0)
            if not is_one_batch:
                ledger.commit("exits")
        ledger.commit("exits")

    many = seconds(lambda: sell(is_one_batch=True))
    single = seconds(lambda: sell(is_one_batch=False))
    each = many / count * 1e6
    print(f"{count} sales of shares in one batch: {many * 1e3:.1f} ms, {each:.1f} us each")
    print(f"  in a batch each {single * 1e3:.1f} ms, {single / many:.1f} times as long")


if __name__ == "__main__":
    reference_run()
    payments(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    transfers()

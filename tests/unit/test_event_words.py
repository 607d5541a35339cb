"""Events in words: a small amount is told in mn USD, and what chipmakers gave adds up."""

import pytest

from market.events import EventLog
from market.scenario import read_scenario
from runs.event_words import amount_words, event_text, explain
from runs.simulate import Run, simulate
from runs.story import financing, given_by_vendors, money


@pytest.mark.parametrize(
    ("text", "size", "unit", "words"),
    [
        ("raises 0.0 bn USD at 78 bn", 16.49e6, "USD", "raises 16 mn USD at 78 bn"),
        ("puts 0.0 bn USD into A", 410_547.0, "USD", "puts less than 1 mn USD into A"),
        ("lends 0.34 bn USD to A", 344.2e6, "USD", "lends 344 mn USD to A"),
        ("puts 3.5 bn USD into A", 3.46e9, "USD", "puts 3.5 bn USD into A"),
        ("of 0.3 bn USD it gets 0.1 bn USD", 1e8, "USD", "of 0.3 bn USD it gets 100 mn USD"),
        ("owes 0.3 bn USD", 0.9e9, "USD", "owes 0.3 bn USD"),
        ("lets 0.0 bn USD", 0.0, "CU", "lets 0.0 bn USD"),
    ],
)
def test_small_amounts_are_told_in_mn(text: str, size: float, unit: str, words: str) -> None:
    assert amount_words(text, size, unit) == words


def test_a_chain_is_told_with_small_amounts_and_the_stored_texts_stay() -> None:
    log = EventLog("2025Q3")
    first = log.record(0, "round", "A", 16e6, "USD", "raises 0.0 bn USD")
    log.record(1, "default", "A", 2e9, "USD", "cannot pay 2.0 bn USD", [first])
    told = explain(log, 1).split("\n")
    assert "2.0 bn USD" in told[0] and "raises 16 mn USD" in told[1]
    assert event_text(first) == "raises 16 mn USD"
    assert first.text == "raises 0.0 bn USD"


@pytest.fixture(scope="module")
def reference() -> Run:
    return simulate(read_scenario("reference", ["quarters=12"]))


def test_what_chipmakers_gave_is_what_the_ledger_paid(reference: Run) -> None:
    ledger = reference.model.ledger
    sector = dict(zip(ledger.parties, ledger.accounts.sectors, strict=True))
    paid = 0.0
    for quarter in range(reference.model.quarter):
        for posting in ledger.books.postings(quarter):
            if posting.row not in ("private equity", "listed equity", "vendor loans"):
                continue
            moved = {
                leg.party: leg.amount for leg in posting.legs if leg.account.startswith("deposits")
            }
            givers = [p for p, cents in moved.items() if cents < 0 and sector[p] == "chipmakers"]
            takers = [p for p, c in moved.items() if c > 0 and sector[p] in ("labs", "clouds")]
            if givers and takers:
                paid += sum(moved[party] for party in takers) / 100
    letters = [e for e in reference.model.events.select("letter tranche") if "NVIDIA" in e.text]
    assert letters, "this run has a tranche of a chipmaker"
    given = given_by_vendors(reference)
    assert sum(given) == pytest.approx(paid, rel=1e-9)
    assert sum(given) > sum(e.size for e in reference.model.events.select("vendor finance"))
    assert any(f"{len(given)} quarters: {money(paid)}." in line for line in financing(reference))

"""Events in words: a small amount is told in mn USD, and what chipmakers gave adds up."""

import re

import pytest

from market.scenario import read_scenario
from market.units import money, some_money
from runs.single_run.simulate import Run, simulate
from runs.single_run.story import financing, given_by_vendors


@pytest.mark.parametrize(
    ("usd", "words", "at_least_some"),
    [
        (0.0, "nothing", "less than 1 mn USD"),
        (410_547.0, "nothing", "less than 1 mn USD"),
        (16.49e6, "16 mn USD", "16 mn USD"),
        (0.96e9, "1.0 bn USD", "1.0 bn USD"),
        (12.44e9, "12.4 bn USD", "12.4 bn USD"),
        (1.3e12, "1,300 bn USD", "1,300 bn USD"),
    ],
)
def test_amounts_in_words(usd: float, words: str, at_least_some: str) -> None:
    assert money(usd) == words
    assert some_money(usd) == at_least_some


def test_no_event_tells_an_amount_as_nothing(reference: Run) -> None:
    texts = [event.text for event in reference.model.events]
    assert sum(" mn USD" in text for text in texts) > 0
    assert not [text for text in texts if re.search(r"(?<![\d.,])0(\.0+)? bn USD|nothing", text)]


@pytest.fixture(scope="module")
def reference() -> Run:
    return simulate(read_scenario("reference", ["quarters=40"]))


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

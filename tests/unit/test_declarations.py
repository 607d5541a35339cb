"""What may be booked: names that nobody declared are refused, own ones are one call away."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ledger_examples import BANK, CLOUD, FUND, LAB, POSTINGS, REST, small_ledger, snapshot
from small_world import small_model

from market.books.declarations import (
    ASSETS,
    INSTRUMENTS,
    ROWS,
    SECTORS,
    Declarations,
    UndeclaredError,
)
from market.books.ledger import Ledger
from market.books.statements import (
    balance_sheet_matrix,
    revaluation_matrix,
    transactions_flow_matrix,
)
from market.networks.payments import claims_between, equity_of

ROOT = Path(__file__).parents[2]

REFUSED: dict[str, tuple[Callable[[Ledger], object], str]] = {
    "pay": (lambda x: x.pay(LAB, CLOUD, 1, "seat"), "unknown row 'seat'.*nearest is 'seats'"),
    "accrue": (lambda x: x.accrue(LAB, CLOUD, 1, "wage"), "row 'wage'.*nearest is 'wages'"),
    "accrue a claim": (
        lambda x: x.accrue(LAB, CLOUD, 1, "wages", "receivable"),
        "instrument 'receivable'.*nearest is 'receivables'",
    ),
    "pay many": (
        lambda x: x.post_payments([LAB], [CLOUD], [1], "dividend"),
        "row 'dividend'.*nearest is 'dividends'",
    ),
    "issue": (lambda x: x.issue("bond", CLOUD, FUND, 1), "instrument 'bond'.*nearest is 'bonds'"),
    "transfer": (lambda x: x.transfer("bond", CLOUD, FUND, REST, 1), "instrument 'bond'"),
    "revalue": (lambda x: x.revalue("bond", CLOUD, FUND, 1), "instrument 'bond'"),
    "acquire": (
        lambda x: x.acquire("datacentres", REST, CLOUD, 1),
        "unknown asset 'datacentres'.*nearest is 'data centres'",
    ),
    "acquire in a row": (
        lambda x: x.acquire("data centres", REST, CLOUD, 1, row="investments"),
        "row 'investments'.*nearest is 'investment'",
    ),
    "sell asset": (lambda x: x.sell_asset("plant", CLOUD, REST, 5, 4), "unknown asset 'plant'"),
    "scrap": (lambda x: x.scrap("plant", CLOUD, 5), "unknown asset 'plant'"),
    "build stock": (lambda x: x.build_stock("chips", REST, 5), "asset 'chips'"),
    "a party": (lambda x: x.add_party("D", "cloud"), "sector 'cloud'.*nearest is 'clouds'"),
    "an instrument as a flow": (lambda x: x.pay(LAB, CLOUD, 1, "bonds"), "unknown row 'bonds'"),
    "a balance": (lambda x: x.balance("bond", CLOUD, FUND), "instrument 'bond'"),
    "a labelled balance": (lambda x: x.balance("bond", CLOUD, FUND, "due"), "instrument 'bond'"),
    "assets": (lambda x: x.assets(CLOUD, "data centre"), "instrument 'data centre'"),
    "liabilities": (lambda x: x.liabilities(CLOUD, "loan"), "nearest is 'loans'"),
    "holders": (lambda x: x.holders(CLOUD, "bond"), "instrument 'bond'"),
    "claims": (lambda x: x.claims(FUND, "bond"), "instrument 'bond'"),
    "a flow": (lambda x: x.flow("seat", LAB), "nearest is 'seats'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_undeclared_name_is_refused_with_the_nearest_and_leaves_no_trace(what: str) -> None:
    ledger, before = small_ledger(), snapshot(small_ledger())
    refused, words = REFUSED[what]
    with pytest.raises(UndeclaredError, match=words):
        refused(ledger)
    ledger.commit()
    assert snapshot(ledger) == before
    POSTINGS["pay"](ledger)
    ledger.commit()  # what was refused left nothing half done in the next batch


def test_the_refusal_lists_what_is_declared_and_how_to_declare() -> None:
    with pytest.raises(UndeclaredError) as caught:
        small_ledger().add_party("D", "insurers")
    text = str(caught.value)
    assert "declared are 'labs', 'startups', 'clouds'" in text
    assert "ledger.declare(sector='insurers')" in text
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.what, again.name) == (text, "sector", "insurers")


def test_a_question_about_a_declared_name_that_was_never_booked_is_answered_by_zero() -> None:
    ledger = small_ledger()
    assert ledger.flow("seats", LAB) == ledger.balance("prepayments", LAB, CLOUD) == 0
    assert ledger.holders(LAB, "vendor loans") == []


def test_own_names_stand_in_the_matrices_after_those_of_the_model() -> None:
    ledger = small_ledger()
    ledger.declare(sector="insurers", meaning="They pool defaults.")
    ledger.declare(instrument="cat bonds", kind="debt")
    ledger.declare(row="premiums")
    ledger.declare(asset="dams")
    insurer = ledger.add_party("I", "insurers")
    ledger.pay(CLOUD, insurer, 900, "premiums")
    ledger.issue("cat bonds", insurer, FUND, 500)
    ledger.acquire("dams", REST, insurer, 300)
    ledger.revalue("cat bonds", insurer, FUND, -20)
    ledger.close_quarter()
    sheet = balance_sheet_matrix(ledger, 0, unit="cents")
    assert list(sheet.columns)[-3:] == ["rest", "insurers", "Sum"]
    assert sheet.loc["cat bonds", ["investors", "insurers"]].tolist() == [480, -480]
    assert list(sheet.index).index("cat bonds") == list(sheet.index).index("private equity") + 1
    assert sheet.loc["dams", "insurers"] == 300
    flows = transactions_flow_matrix(ledger, 0, unit="cents")
    assert flows.loc["premiums", ["clouds", "insurers"]].tolist() == [-900, 900]
    assert flows.loc["change in cat bonds", "insurers"] == 500
    assert revaluation_matrix(ledger, 0, unit="cents").loc["cat bonds", "insurers"] == 20
    assert ledger.flow("premiums", insurer, 0) == 900


def test_own_names_are_declared_during_a_run_of_the_model() -> None:
    model = small_model()
    model.step()
    with pytest.raises(UndeclaredError):
        model.ledger.pay(model.parties.rest, model.parties.households, 100, "carbon tax")
    model.ledger.declare(row="carbon tax")
    model.ledger.pay(model.parties.rest, model.parties.households, 100, "carbon tax")
    model.step()
    assert transactions_flow_matrix(model.ledger, 1, unit="cents").loc["carbon tax", "rest"] == -100
    other = small_model()
    with pytest.raises(UndeclaredError):  # what one model declares is its own
        other.ledger.flow("carbon tax", other.parties.rest)


def test_the_kind_of_an_instrument_tells_how_networks_read_it() -> None:
    """Own shares make a firm's value, own bills are paid for goods, own money is no claim."""
    ledger = small_ledger()
    ledger.declare(instrument="preferred shares", kind="shares")
    ledger.declare(instrument="notes due", kind="trade")
    ledger.declare(instrument="tokens", kind="money")
    ledger.issue("preferred shares", LAB, REST, 700)
    ledger.issue("tokens", LAB, REST, 90)
    ledger.accrue(LAB, CLOUD, 60, "compute", "notes due")
    ledger.settle(LAB, CLOUD, 60, "notes due")
    ledger.close_quarter()
    assert equity_of(ledger, range(1))[0, LAB] == 400_000 + 700
    assert claims_between(ledger, range(1))[0, REST, LAB] == 700
    assert ledger.archives[0].goods[LAB, CLOUD] == 60
    assert ledger.archives[0].finance[REST, LAB] == 790


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "name a row"),
        ({"row": ""}, "'' is no name"),
        ({"row": "premiums", "kind": "debt"}, "none is named"),
        ({"instrument": "cat bonds", "kind": "bond"}, "kind 'bond' is none of money, trade, debt"),
        (
            {"instrument": "bonds", "kind": "shares"},
            "'bonds' is declared otherwise: debt",
        ),
        ({"row": "bonds"}, "a declared instrument has that name already"),
        ({"instrument": "data centres"}, "a declared asset has that name already"),
        ({"sector": "labs", "meaning": "Laboratories."}, "declared otherwise: AI labs"),
    ],
)
def test_a_declaration_that_means_nothing_or_two_things_is_refused(
    given: dict[str, str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Ledger().declare(**given)  # type: ignore[arg-type]


def test_the_same_declaration_twice_changes_nothing() -> None:
    ledger = Ledger()
    for _ in range(2):
        ledger.declare(instrument="cat bonds", sector="insurers", meaning="Of the insurer.")
        ledger.declare(instrument="bonds")
    known = ledger.accounts.declared
    assert [one.name for one in known.all("sector")][-1] == "insurers"
    assert known.check("instrument", "cat bonds").meaning == "Of the insurer."
    assert known.check("instrument", "bonds").meaning.startswith("Bonds")
    assert known.check("row", "wages").kind == "transaction"


def test_a_copied_ledger_knows_own_names() -> None:
    ledger = small_ledger()
    ledger.declare(row="premiums")
    for twin in (copy.deepcopy(ledger), pickle.loads(pickle.dumps(ledger))):
        twin.pay(LAB, CLOUD, 5, "premiums")
        twin.commit()
        assert twin.flow("premiums", CLOUD) == 5
    assert ledger.flow("premiums", CLOUD) == 0


def test_every_declared_name_is_used_by_the_model() -> None:
    """A name that no code books would be a promise without a deed."""
    folders = ("market", "agents")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    code = "\n".join(path.read_text() for path in files if path.stem != "declarations")
    unused = [one.name for _, one in Declarations() if f'"{one.name}"' not in code]
    assert unused == []


def test_every_name_has_a_meaning_and_one_place() -> None:
    for table in (ROWS, INSTRUMENTS, ASSETS, SECTORS):
        assert all(one.meaning.endswith(".") and one.name not in one.meaning[:1] for one in table)
        assert len({one.name for one in table}) == len(table)
    names = [one.name for table in (ROWS, INSTRUMENTS, ASSETS) for one in table]
    assert len(set(names)) == len(names)


def test_the_model_description_shows_the_declared_names() -> None:
    text = (ROOT / "market" / "README.md").read_text()
    for what, one in Declarations():
        kind = f"{what}, {one.kind}" if one.kind not in ("", "transaction") else what
        assert f"| {one.name} | {kind} | {one.meaning} |" in text


def test_checks_cost_nothing_once_an_account_is_known() -> None:
    """The tables are read when an account is opened, not when it is used."""
    ledger = small_ledger()
    ledger.pay(LAB, CLOUD, 1, "compute")
    ledger.accounts.declared = None  # type: ignore[assignment]
    for _ in range(3):
        ledger.pay(LAB, CLOUD, 1, "compute")
        ledger.commit()
    assert ledger.flow("compute", CLOUD) == 4
    assert ledger.deposits(BANK) == 0
    assert np.count_nonzero(ledger.books.goods) == 1

"""Who pays in the end: funds pass losses on, channels, twins, the command and the picture."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from small_world import small_model, small_world

from market.books.losses import (
    CHANNELS,
    CONTAGION,
    DEBTS,
    FIRE_SALES,
    FIRST,
    HOLDER,
    ISSUER,
    MARKS,
    SHARES,
    Line,
    Lines,
    Standing,
    who_pays,
)
from market.events import EventLog
from market.model import MarketModel
from market.units import cents
from runs.cli import execute
from runs.picture_style import house_style
from runs.single_run.loss_pictures import payers_picture
from runs.single_run.loss_words import headline_of, losses_text
from runs.single_run.losses import booked_losses, by_channel, channels_of, reached_by
from runs.twin_runs.interventions import Fail, Intervention, Together, nothing
from runs.twin_runs.losses import event_effect, loss_effect, mean_table
from runs.twin_runs.pairs import Pair, TwinPlan, twin_pair

WHAT = "the failure of Thin cloud in 2025Q3"


def loss(party: str, cents: int, channel: str = FIRST, debtor: str = "debtor") -> Lines:
    """A debt that a party loses and a debtor is forgiven."""
    return {
        Line(party, party, HOLDER, "note", DEBTS, channel): -cents,
        Line(debtor, debtor, ISSUER, "note", DEBTS, channel): cents,
    }


def before(
    owners: dict[str, list[tuple[str, int]]], worth: dict[str, int] | None = None
) -> Standing:
    """A world of parties that are sectors of their own, worth nothing but where stated."""
    names = ["debtor", "bank", "fund", "insurer", "pension", "households"]
    known = dict.fromkeys(names, 0) | (worth or {})
    return Standing(known, owners, {name: name for name in names})


# --- from who holds to who pays


def test_who_has_issued_no_claims_of_owners_bears_its_loss() -> None:
    found = who_pays(loss("bank", 70), before({}))
    assert found["bank"].lost == found["bank"].borne == (70, 0, 0, 0)
    assert found["debtor"] == ((0,) * 4, (0,) * 4, 70)


def test_a_fund_passes_its_loss_on_pro_rata_to_the_cent() -> None:
    owners = {"fund": [("households", 2), ("insurer", 1)]}
    found = who_pays(loss("fund", 100), before(owners))
    assert sum(found["fund"].borne) == 0
    assert found["fund"].passed == -100
    assert sum(found["households"].borne) == 66
    assert sum(found["insurer"].borne) == 34


def test_an_insurer_takes_a_loss_with_its_own_worth_first() -> None:
    owners = {"insurer": [("households", 900)]}
    standing = before(owners, {"insurer": 30})
    for lost, kept in ((20, 20), (30, 30), (50, 30)):
        found = who_pays(loss("insurer", lost), standing)
        assert sum(found["insurer"].borne) == kept
        passed = sum(found["households"].borne) if lost > kept else 0
        assert passed == lost - kept


def test_a_chain_of_funds_passes_on_and_counts_nothing_twice() -> None:
    """Households own the pension, which owns the fund with the insurer, which has a worth."""
    owners = {
        "fund": [("pension", 3), ("insurer", 1)],
        "pension": [("households", 10)],
        "insurer": [("households", 10)],
    }
    lines = loss("fund", 80) | loss("insurer", 20, CONTAGION, "bank")
    found = who_pays(lines, before(owners, {"insurer": 15}))
    assert {name: sum(paid.borne) for name, paid in found.items() if any(paid.borne)} == {
        "insurer": 15,
        "households": 85,
    }
    assert sum(paid.passed for paid in found.values()) == 0


def test_funds_that_own_each_other_keep_what_goes_in_a_circle() -> None:
    owners = {"fund": [("pension", 1)], "pension": [("fund", 1)]}
    found = who_pays(loss("fund", 80), before(owners))
    assert sum(sum(paid.borne) for paid in found.values()) == 80
    assert sum(found["households"].borne if "households" in found else (0,)) == 0


def test_what_creditors_forgive_a_fund_is_no_loss_of_its_owners() -> None:
    owners = {"fund": [("households", 5)]}
    lines = loss("fund", 80) | loss("bank", 30, CONTAGION, "fund")
    found = who_pays(lines, before(owners))
    assert sum(found["households"].borne) == 50
    assert sum(found["bank"].borne) == 30
    assert sum(found["fund"].borne) - found["fund"].forgiven == 0


def test_a_gain_is_passed_on_like_a_loss() -> None:
    owners = {"fund": [("households", 5)]}
    found = who_pays(loss("fund", -80, CONTAGION), before(owners))
    assert found["households"].borne == (0, -80, 0, 0)


def test_shares_are_a_block_of_their_own() -> None:
    line = Line("fund", "fund", HOLDER, "stock", SHARES, MARKS)
    found = who_pays({line: -9}, before({"fund": [("households", 5)]}), SHARES)
    assert sum(found["households"].borne) == 9
    assert who_pays({line: -9}, before({})) == {}


def test_capital_is_own_worth_or_what_owners_have_in_it() -> None:
    standing = before({"fund": [("households", 5), ("bank", 2)]}, {"bank": 4, "households": -3})
    assert [standing.capital(name) for name in ("fund", "bank", "households")] == [7, 4, 0]


# --- channels


def log() -> EventLog:
    """A failure, a second one that it could reach, a third that it could not, a margin call."""
    events = EventLog()
    first = events.record(1, "default", "A", 0.0, "", "")
    second = events.record(2, "failed round", "B", 0.0, "", "", (first,))
    events.record(2, "default", "B", 0.0, "", "", (second,))
    events.record(3, "default", "C", 0.0, "", "")
    events.record(3, "margin call", "D", 0.0, "", "")
    return events


def test_the_struck_firm_is_the_first_round_and_others_contagion() -> None:
    found = channels_of(log(), 0, "C")
    assert [found[number] for number in (0, 2, 3, 4)] == [CONTAGION, CONTAGION, FIRST, FIRE_SALES]


def test_without_a_struck_firm_contagion_is_what_a_failure_could_reach() -> None:
    found = channels_of(log(), 0)
    assert [found[number] for number in (0, 2, 3)] == [FIRST, CONTAGION, FIRST]
    assert channels_of(log(), 2)[2] == FIRST  # the first failure came before


def test_events_that_count_and_what_was_posted_for_none() -> None:
    ask = by_channel({0: FIRST}, None)
    assert [ask(0, False), ask(0, True), ask(1, False), ask(None, True)] == [
        FIRST,
        FIRE_SALES,
        None,
        None,
    ]
    assert by_channel({})(None, False) == MARKS
    events = list(log())
    assert reached_by(events, events[0]) == {0, 1, 2}


# --- a cloud with debt fails


def pair(intervention: Intervention, quarters: int = 8, **changes: object) -> Pair:
    """Two twins of the small world, the one struck in its second quarter."""
    found = twin_pair(TwinPlan(small_world(**changes), intervention, 1, quarters), 1)
    assert found is not None
    return found


def test_losses_by_sector_are_the_debts_that_are_forgiven() -> None:
    twins = pair(Fail("thin"))
    losses = loss_effect(twins, WHAT)
    for block in (DEBTS, SHARES):
        assert losses.block_sum(block) == 0
    lost = -losses.block_sum(DEBTS, HOLDER)
    assert lost == losses.block_sum(DEBTS, ISSUER) > 0
    for by in ("sector", "party"):
        table = losses.table(by)  # type: ignore[arg-type]
        for column in ("lost_usd", "borne_usd", "forgiven_usd"):
            assert sum(map(cents, table[column])) == lost, column
        assert sum(map(cents, table["passed_usd"])) == 0
        for channel in (each.replace(" ", "_") for each in CHANNELS):
            both = table[[f"{channel}_usd", f"borne_{channel}_usd"]].map(cents).sum()
            assert both.iloc[0] == both.iloc[1]
    assert table.set_index("party").loc["Thin cloud", "forgiven_usd"] > 0
    assert table["first_round_usd"].sum() > 0


def test_the_first_round_is_what_the_ledger_wrote_off_of_the_failed_firm() -> None:
    twins = pair(Fail("thin"))
    event = twins.shocked.events.select("default", "Thin cloud")[0]
    ledger, labels = twins.shocked.ledger, [str(number) for number in range(9)]
    losses = booked_losses(ledger, list(twins.shocked.events), event, labels)
    written = sum(
        -leg.amount
        for quarter in range(1, 9)
        for posting in ledger.postings(quarter)
        if posting.kind == "write off" and posting.legs[0].account.endswith("on Thin cloud")
        for leg in posting.legs[:1]
    )
    assert cents(losses.table()["first_round_usd"].sum()) == written > 0


def test_an_event_that_does_nothing_costs_nothing() -> None:
    assert loss_effect(pair(nothing), "nothing").lines == {}


def test_more_debt_costs_creditors_more() -> None:
    lost = [
        -loss_effect(pair(Fail("thin"), clouds={"thin": {"debt_usd": debt}}), WHAT).block_sum(
            DEBTS, HOLDER
        )
        for debt in (4e9, 8e9)
    ]
    assert lost[1] > 1.2 * lost[0]


def test_whoever_fails_beside_the_struck_firm_is_contagion() -> None:
    """The same two failures: which of them is the event decides the rounds, not the sum."""
    sums = []
    for order in (("thin", "big"), ("big", "thin")):
        table = loss_effect(pair(Together(tuple(Fail(key) for key in order))), WHAT).table()
        sums.append(table[["first_round_usd", "contagion_usd", "lost_usd"]].sum())
    assert min(sums[0]["first_round_usd"], sums[0]["contagion_usd"]) > 0
    assert sums[0]["lost_usd"] == pytest.approx(sums[1]["lost_usd"])
    assert sums[0]["first_round_usd"] != pytest.approx(sums[1]["first_round_usd"])


def test_shares_of_investors_end_with_the_owners_of_the_investors() -> None:
    twins = pair(Fail("a"))
    table = loss_effect(twins, "the failure of Lab A").table().set_index("sector")
    assert table.loc["investors", "shares_lost_usd"] != 0
    assert table.loc["investors", "shares_borne_usd"] == 0
    assert table["shares_lost_usd"].sum() == pytest.approx(table["shares_borne_usd"].sum())


# --- an event of a run


def failing_model() -> MarketModel:
    """A small world in which a cloud cannot pay its debts after a while."""
    thin = {"cash_usd": 0.0, "debt_usd": 40e9}
    return small_model(clouds={"thin": thin}).run()


def test_an_event_of_a_run_is_measured_against_the_twin_without_it() -> None:
    model = failing_model()
    event = model.events.select("default", "Thin cloud")[0]
    losses = event_effect(model, event, 4)
    assert losses.block_sum(DEBTS) == 0
    assert losses.table().set_index("sector").loc["clouds", "forgiven_usd"] > 10e9
    assert "Thin cloud" in losses.what


def test_an_event_that_no_twin_can_be_without_is_refused() -> None:
    model = failing_model()
    signed = next(event for event in model.events if event.kind in {"contract signed", "round"})
    with pytest.raises(ValueError, match="no twin without this event"):
        event_effect(model, signed, 4)


def test_a_freeze_is_measured_against_the_rounds_that_made_it() -> None:
    model = MarketModel("openai-fails", seed=1).run(10)
    freeze = model.events.select("funding freeze")[0]
    assert {model.events[cause].kind for cause in freeze.causes} == {"failed round"}
    losses = event_effect(model, freeze, 3)
    assert losses.block_sum(DEBTS) == losses.block_sum(SHARES) == 0
    assert losses.lines != {}


# --- in words, as a picture, and on the command line


def test_the_mean_of_pairs_has_an_error() -> None:
    losses = [loss_effect(pair(Fail("thin")), WHAT)] * 3
    table, one = mean_table(losses), losses[0].table()
    assert table["borne_usd"].tolist() == pytest.approx(one["borne_usd"].tolist())
    assert table["borne_2se_usd"].tolist() == pytest.approx([0.0] * len(one), abs=1e-3)
    assert "± 2 s.e." in losses_text(table, WHAT, "in the mean")
    assert "± 2 s.e." not in losses_text(one, WHAT, "once")


def test_the_text_and_the_title_tell_who_pays() -> None:
    table = loss_effect(pair(Fail("thin")), WHAT).table()
    text = losses_text(table, WHAT, "once")
    last = next(line for line in text.splitlines() if line.startswith("Sum")).split()
    assert last[5] == last[7] == last[8]  # lost, borne, forgiven
    worst = table.loc[table["borne_usd"].idxmax(), "sector"]
    assert headline_of(table, WHAT).endswith(f"to: {worst}")
    none = table.assign(lost_usd=0.0)
    assert headline_of(none, WHAT).endswith("no debts are lost")


def test_the_bars_of_the_picture_are_what_is_borne() -> None:
    table = loss_effect(pair(Fail("thin")), WHAT).table()
    with house_style():
        figure = payers_picture(table, WHAT, "once")
    debts, shares = figure.axes
    assert sum(bar.get_width() for bar in debts.patches) == pytest.approx(
        table["borne_usd"].sum() / 1e9, abs=0.02
    )
    assert sum(bar.get_width() for bar in shares.patches) == pytest.approx(
        table["shares_borne_usd"].sum() / 1e9, abs=0.02
    )
    assert debts.get_title(loc="left").startswith("The failure of Thin cloud")


BASE = ["losses", "minimal", "--after", "4"]


def test_the_command_tells_and_writes_who_pays(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = [*BASE, "--firm", "cloud", "--quarter", "2026Q1"]
    assert execute([*words, "--out", str(tmp_path / "a")]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Who pays for the failure of")
    folder = tmp_path / "a"
    assert sorted(path.name for path in folder.iterdir()) == [
        "losses.csv",
        "payers.csv",
        "payers.png",
    ]
    lines, payers = (pd.read_csv(folder / f"{name}.csv") for name in ("losses", "payers"))
    for block in ("debts", "fund claims", "shares"):
        assert sum(map(cents, lines.loc[lines["block"] == block, "gained_usd"])) == 0
    assert payers["lost_usd"].sum() == pytest.approx(payers["forgiven_usd"].sum())
    assert execute([*words, "--out", str(tmp_path / "b"), "--decimal", ","]) == 0
    pictures = [(tmp_path / name / "payers.png").read_bytes() for name in "ab"]
    assert pictures[0] == pictures[1]
    assert ";" in (tmp_path / "b" / "payers.csv").read_text(encoding="utf-8")
    capsys.readouterr()
    assert execute([*words, "--out", str(tmp_path / "a")]) == 2


def test_the_command_takes_other_shocks_and_several_pairs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [*BASE, "--do", "refuse funding:lab", "--quarter", "2", "--replications", "2"]
    assert execute(words) == 0
    assert "mean of 2 pairs" in capsys.readouterr().out


def test_an_event_can_be_told_as_booked(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["losses", "openai-fails", "--seed", "1", "--set", "quarters=12"]
    model = MarketModel("openai-fails", seed=1).run(12)
    number = str(model.events.select("default")[0].id)
    assert execute([*words, "--event", number, "--booked"]) == 0
    booked = capsys.readouterr().out
    assert "as booked up to" in booked
    assert execute([*words, "--event", number]) == 0
    assert "less the twin without it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--firm", "clowd", "--quarter", "2"], "did you mean 'cloud'?"),
        (["--firm", "cloud"], "need --quarter"),
        (["--firm", "cloud", "--event", "3"], "give one of"),
        (["--event", "3", "--quarter", "2"], "has its own"),
        (["--firm", "cloud", "--quarter", "2", "--booked"], "add --event"),
        (["--event", "99999"], "its events are 0 to"),
        (["--event", "3", "--replications", "2"], "--replications needs"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute([*BASE, *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1

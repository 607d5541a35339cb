"""``kaartenhuis deals``: list, show, add, check, and the public totals of the reference."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from market.model import MarketModel
from market.parameters.deals import place_of
from market.scenario import load_scenario
from runs.cli import execute
from runs.deals.checks import check_deals, public_totals, twins
from runs.deals.listing import deal_rows, sums, total
from runs.deals.progress import DealState, deal_states

Result = tuple[int, str, str]
Cli = Callable[..., Result]
ADD = ["--from", "openai", "--to", "oracle", "--type", "compute contract", "--date", "2025-11-20"]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        code = execute(["deals", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# --- the reference


def test_the_opening_of_the_reference_equals_the_public_totals() -> None:
    found = check_deals(MarketModel(load_scenario("reference"), seed=1))
    assert [each for each in found if not each.is_met] == []
    names = {each.what for each in found}
    assert {"googlecloud: rpo", "coreweave: operating cash flow", "oracle: debt"} <= names
    assert len(found) >= len(public_totals().totals)


def test_a_wrong_opening_is_found() -> None:
    world = load_scenario("reference", ["clouds.oracle.other_rpo_usd=300e9"])
    missed = [each.what for each in check_deals(MarketModel(world, seed=1)) if not each.is_met]
    assert missed == ["oracle: rpo"]


def test_no_deal_of_the_reference_stands_twice() -> None:
    world = load_scenario("reference")
    assert twins(world) == []
    again = world.deals["meta-google"].model_dump() | {"date": "2025-09-01"}
    assert twins(world.changed(deals={"again": again})) == [("meta-google", "again")]


def test_every_deal_of_the_reference_is_sourced_and_stands_somewhere() -> None:
    world = load_scenario("reference")
    groups = world.company_groups()
    places = {key: place_of(d, groups, world.start) for key, d in world.deals.items()}
    assert {each.name for each in places.values()} == {"booked", "opening", "waiting", "left out"}
    assert all(each.reason for each in places.values())
    assert all(deal.source for deal in world.deals.values())
    assert all("2023-01" <= deal.date <= "2025-11-10" for deal in world.deals.values())


def test_sums_leave_out_what_is_left_out_and_add_up() -> None:
    rows = deal_rows(load_scenario("reference"))
    whole = total(rows)
    parts = (whole.firm_usd, whole.conditional_usd, whole.terminable_usd)
    assert sum(parts) == pytest.approx(whole.amount_usd)
    for by in (lambda r: r.type, lambda r: r.giver, lambda r: r.place):
        found = sums(rows, by)
        assert sum(each.amount_usd for each in found) == pytest.approx(whole.amount_usd)
        assert sum(each.deals for each in found) == whole.deals
    assert whole.deals < len(rows)
    assert whole.amount_usd < 2e12  # without the headline sums


def test_announced_binding_and_paid_are_ordered_in_every_quarter() -> None:
    world = load_scenario("reference")
    model = MarketModel(world, seed=3)
    before: dict[str, DealState] = {}
    for _ in range(12):
        model.step()
        for each in deal_states(model):
            room = 1 + 1e-9 * each.announced_usd
            assert each.paid_usd <= each.binding_usd + room
            assert each.binding_usd + each.given_up_usd <= each.announced_usd + room, each
            if each.key in before:
                assert each.paid_usd >= before[each.key].paid_usd
            before[each.key] = each
    oracle = before["openai-oracle"]
    owed = sum(c.remaining_cents for c in model.contracts.successors("openai-oracle")) / 100
    assert oracle.paid_usd + owed + oracle.given_up_usd == pytest.approx(300e9)
    softbank = before["softbank-openai"]
    assert softbank.paid_usd == pytest.approx(30e9)


# --- the commands


def test_list_show_and_totals(cli: Cli) -> None:
    code, out, _ = cli("list", "--csv")
    assert code == 0
    keys = {row["key"] for row in rows_of(out)}
    assert "openai-oracle" in keys
    assert "stargate" not in keys
    out = cli("list", "--excluded", "--csv")[1]
    left = {row["key"]: row for row in rows_of(out)}
    assert left["stargate"]["reason"].startswith("headline sum")
    assert not keys & {*left}
    firm = rows_of(cli("list", "--firm", "nvidia", "--type", "letter of intent", "--csv")[1])
    assert [row["key"] for row in firm] == ["nvidia-openai"]
    code, out, _ = cli("show", "nvidia-openai")
    assert code == 0
    assert "equity_commitments.nvidia-openai.tranche_usd" in out
    assert "2026Q3" in out
    out = cli("list", "--totals", "--csv")[1]
    by = {(row["by"], row["name"]): float(row["amount_usd"]) for row in rows_of(out)}
    assert by["to", "Oracle"] >= 300e9
    assert "bn USD" in cli("list")[1]


def test_a_run_by_quarter(cli: Cli) -> None:
    code, out, _ = cli("list", "--run", "--quarters", "2", "--csv")
    assert code == 0
    rows = rows_of(out)
    assert {row["quarter"] for row in rows} == {"2025Q3", "2025Q4"}
    first = {row["key"]: row for row in rows if row["quarter"] == "2025Q3"}
    assert float(first["openai-microsoft"]["announced_usd"]) == 0.0
    later = {row["key"]: row for row in rows if row["quarter"] == "2025Q4"}
    assert float(later["openai-microsoft"]["announced_usd"]) == 250e9
    table = cli("list", "--run", "--quarters", "2")[1]
    assert table.splitlines()[0].split()[:3] == ["quarter", "announced", "binding"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["list", "--type", "equty"], "did you mean 'equity'?"),
        (["list", "--place", "bookd"], "did you mean 'booked'?"),
        (["list", "--firm", "nvida"], "did you mean 'nvidia'?"),
        (["list", "--totals", "--run"], "choose one of"),
        (["list", "refrence"], "did you mean 'reference'?"),
        (["show", "openai-oracl"], "did you mean 'openai-oracle'?"),
        (["show", "x", "minimal"], "there is none to choose"),
    ],
)
def test_a_wrong_word_gets_the_nearest_right_one(
    cli: Cli, arguments: list[str], reason: str
) -> None:
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert reason in err
    assert err.count("\n") == 1


def test_add_writes_a_deal_that_runs(cli: Cli, tmp_path: Path) -> None:
    code, out, err = cli("add", "mine.toml", *ADD, "--firm", "5e9", "--start", "2026Q2")
    assert (code, err) == (0, "")
    assert out == "mine.toml: deal openai-oracle-2 added; it is booked: compute contracts\n"
    world = load_scenario(tmp_path / "mine.toml")
    assert world.name == "mine"
    assert world.compute_contracts["openai-oracle-2"].start_quarter == 3
    code, out, _ = cli("add", "mine.toml", *ADD, "--conditional", "1e9", "--key", "more")
    assert code == 0
    again = load_scenario(tmp_path / "mine.toml")
    assert {**world.deals, "more": again.deals["more"]} == again.deals
    code, out, _ = cli("add", "mine.toml", *ADD, "--to", "Nobody Inc.", "--outside", "--firm", "1")
    assert "it is waiting: a party is no firm of the scenario" in out


def test_add_to_a_file_whose_deals_stand_in_tables(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'extends = "reference"\n[deals.one]\ndate = "2025-10"\nfrom = "openai"\nto = "aws"\n'
        'type = "compute contract"\nfirm_usd = 1e9\n',
        encoding="utf-8",
    )
    assert cli("add", "mine.toml", *ADD, "--firm", "5e9", "--key", "two")[0] == 0
    assert {"one", "two"} <= {*load_scenario(path).compute_contracts}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--from", "opnai"], "deals.openai-oracle-2.from"),
        (["--to", "orcle"], "did you mean 'oracle'? (--outside takes a party"),
        (["--type", "compute contrct"], "did you mean 'compute contract'?"),
        (["--date", "yesterday"], "must be a day or month"),
        (["--firm", "-1"], "firm_usd = -1.0: must be a number >= 0"),
        (["--firm", "nan"], "must be"),
        (["--confidence", "sure"], "confidence = 'sure'"),
        (["--start", "2024Q1"], "lies before the start"),
        (["--key", "openai-oracle"], "--key: mine.toml has a deal 'openai-oracle'"),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_a_bad_deal_leaves_the_file_as_it_was(
    cli: Cli, tmp_path: Path, arguments: list[str], reason: str, is_there: bool
) -> None:
    path = tmp_path / "mine.toml"
    if is_there:
        path.write_text('# mine\nextends = "reference"', encoding="utf-8")
    before = path.read_bytes() if is_there else None
    line = [*ADD, "--firm", "5e9", *arguments]
    code, out, err = cli("add", "mine.toml", *line)
    assert (code, out) == (2, "")
    assert reason.replace("deals.openai-oracle-2", "deals.") in err.replace(
        "deals.openai-oracle-2", "deals."
    ).replace("deals.opnai-oracle", "deals.")
    assert err.count("\n") == 1
    assert ".tmp" not in err
    assert ".new" not in err
    assert (path.read_bytes() if path.exists() else None) == before
    assert [each.name for each in tmp_path.iterdir()] == (["mine.toml"] if is_there else [])


def test_add_refuses_a_place_or_a_base_that_is_not_there(cli: Cli) -> None:
    code, _, err = cli("add", "no/mine.toml", *ADD)
    assert (code, "there is no folder no" in err) == (2, True)
    code, _, err = cli("add", "mine.toml", *ADD, "--base", "refrence")
    assert (code, "did you mean 'reference'?" in err) == (2, True)


def test_check_says_what_is_missed(cli: Cli) -> None:
    code, out, err = cli("check", "reference")
    assert (code, err) == (0, "")
    assert ", 0 missed" in out
    code, out, _ = cli("check", "reference", "--set", "clouds.aws.debt_usd=80e9", "--csv")
    assert code == 3
    missed = [row["what"] for row in rows_of(out) if row["is_met"] == "false"]
    assert missed == ["aws: debt"]
    assert cli("check", "minimal")[0] in {0, 3}

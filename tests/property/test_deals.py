"""Any deal that can be written loads back equal, and its parts stay parts."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from market.parameters.deals import DEAL_TYPES, DealParameters, entries_of, keyed
from market.parameters.fields import CONFIDENCE_LEVELS
from market.scenario import dump_scenario, load_scenario, parse
from runs.deals.adding import add_deal, deal_text

USD = st.floats(0, 3e12, allow_nan=False)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
GROUPS = {"labs": ["a"], "clouds": ["c"], "chipmakers": ["m"], "investors": ["f"]}


@st.composite
def deals(draw: st.DrawFn, parties: st.SearchStrategy[str]) -> dict[str, Any]:
    """What a valid deal states."""
    parts = {key: draw(USD) for key in ("firm_usd", "conditional_usd", "terminable_usd")}
    return {
        "date": draw(st.dates().filter(lambda d: d.year >= 1000)).isoformat(),
        "from": draw(parties),
        "to": draw(parties),
        "type": draw(st.sampled_from(DEAL_TYPES)),
        **parts,
        "paid_usd": sum(parts.values()) * draw(st.floats(0, 1)),
        "start": draw(st.none() | st.integers(0, 400)),
        "years": draw(st.floats(0.001, 100)),
        "gw": draw(st.floats(0, 100)),
        "ramp_quarters": draw(st.integers(0, 400)),
        "initial_share": draw(st.floats(0, 1)),
        "tranches": draw(st.integers(1, 400)),
        "probability": draw(st.floats(0, 1)),
        "terms": draw(TEXT),
        "source": draw(TEXT),
        "confidence": draw(st.sampled_from(CONFIDENCE_LEVELS)),
    }


def stated(own: dict[str, Any]) -> dict[str, Any]:
    """What a file can say of it: it has no word for nothing."""
    return {key: value for key, value in own.items() if value is not None}


@given(deals(st.sampled_from(["a", "c", "m", "f", "x"])), TEXT.filter(str.strip))
def test_a_deal_written_as_text_reads_back_equal(own: dict[str, Any], key: str) -> None:
    tree = parse(deal_text(key, stated(own)), "text")
    assert keyed(tree["deals"]) == {key: stated(own)}
    table = parse(deal_text(key, stated(own), is_table=True), "text")
    assert table["deals"] == {key: stated(own)}


@settings(max_examples=30, deadline=None)
@given(deals(TEXT.filter(str.strip)))
def test_a_deal_added_to_a_file_loads_equal(own: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.toml"
        key, scenario = add_deal(path, {**stated(own), "outside": True}, base="minimal")
        world = load_scenario(path)
        assert world == scenario.parameters
        assert world.deals[key] == DealParameters.model_validate({**own, "outside": True})
        again = Path(folder) / "again.toml"
        again.write_text(dump_scenario(world, scenario.provenance), encoding="utf-8")
        assert load_scenario(again) == world


@given(deals(st.sampled_from(["a", "c", "m", "f"])))
def test_what_is_booked_is_what_was_not_paid(own: dict[str, Any]) -> None:
    deal = DealParameters.model_validate(own)
    made = list(entries_of("x", deal, GROUPS, 1.4, 4e6, "2025Q3"))
    usd = sum(
        each.get("total_usd", 0.0) + each.get("tranche_usd", 0.0) * each.get("tranches", 0)
        for _, _, each in made
    )
    assert usd <= deal.amount_usd * (1 + 1e-9)
    if made:
        assert abs(usd - deal.open_usd) <= 1e-6 * deal.amount_usd + 1e-3
    assert len({(table, key) for table, key, _ in made}) == len(made)

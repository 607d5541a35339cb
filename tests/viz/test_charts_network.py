"""Money network: its circular part is the indicator's, its arrows are the ledger's."""

import json
from functools import cache
from itertools import pairwise

import pytest

from viz.charts.network import (
    arrows_frame,
    clicked,
    diameters,
    network_option,
    places,
    sankey_option,
)
from viz.charts.theme import DARK, FIRM_KINDS, LIGHT
from viz.pages.network import in_picture, loop_blocks, panel_blocks, panel_frame
from viz.recording.money import (
    BUSINESSES,
    GROUP,
    MoneyPicture,
    Scope,
    claims_between,
    contracts_between,
    label,
    largest_circle,
    money_picture,
    percent,
    purposes,
    question,
    short_lines,
)
from viz.recording.recording import Recording
from viz.widgets.chart_card import option_text
from viz.world.worlds import World


@cache
def recording() -> Recording:
    return Recording(World()).run_to_end()


def busy() -> int:
    """The quarter in which the largest part of the money runs in circles."""
    found = largest_circle(recording())
    assert found is not None
    return found[0]


def picture(quarters: int = 1, scope: Scope = "ai", count: int = 7) -> MoneyPicture:
    return money_picture(recording(), busy(), quarters, scope, count)


@pytest.mark.parametrize("count", [2, 7, 100])
@pytest.mark.parametrize("scope", ["ai", "all"])
@pytest.mark.parametrize(("quarters", "name"), [(1, "circularity"), (4, "circularity_year")])
def test_the_index_is_the_indicator(quarters: int, name: str, scope: Scope, count: int) -> None:
    value = recording().series(name)[busy()]
    assert value is not None
    assert value > 0.01
    assert picture(quarters, scope, count).index == pytest.approx(value, rel=1e-6)


def test_every_firm_gets_as_much_of_the_circular_part_as_it_pays() -> None:
    shown = picture(4, count=100)
    assert sum(a.circular_usd for a in shown.arrows) == pytest.approx(shown.circular_usd)
    for node in shown.nodes:
        paid = sum(a.circular_usd for a in shown.arrows if a.payer == node.key)
        got = sum(a.circular_usd for a in shown.arrows if a.payee == node.key)
        assert got == pytest.approx(paid, abs=1.0)
    assert all(a.circular_usd <= a.usd * (1 + 1e-9) for a in shown.arrows)


def test_arrows_are_the_payments_of_the_ledger() -> None:
    shown = picture(1, "all", 100)
    flows = recording().flows(busy(), busy())
    flows = flows[~flows["is_internal"]]
    kinds = ({"households", "enterprises"}, {"bank", "credit investors"}, {"rest"})
    for kind in kinds:  # what parties of one node pay one another is no arrow
        members = {party.key for party in recording().parties if party.kind in kind}
        flows = flows[~(flows["payer_key"].isin(members) & flows["payee_key"].isin(members))]
    total = float((flows["goods_usd"] + flows["financing_usd"]).sum())
    assert sum(a.usd for a in shown.arrows) == pytest.approx(total)


def test_outsiders_count_with_what_reaches_firms() -> None:
    shown = picture(4)
    kinds = {node.key: node.kind for node in shown.nodes}
    assert all(kinds[a.payee] in BUSINESSES for a in shown.arrows)
    customers = [a for a in shown.arrows if kinds[a.payer] == "customers"]
    assert customers
    assert all(a.financing_usd == 0 and kinds[a.payee] == "labs" for a in customers)
    assert all(a.goods_usd == 0 for a in shown.arrows if kinds[a.payer] in ("investors", "bank"))


def test_start_ups_stand_between_their_investors_and_the_clouds() -> None:
    """A cohort of start-ups is a business of its own: investors pay it, and it rents compute."""
    shown = picture(4)
    cohorts = {node.key for node in shown.nodes if node.kind == "startups"}
    assert cohorts == set(recording().parameters.startups)
    kinds = {node.key: node.kind for node in shown.nodes}
    assert {kinds[a.payer] for a in shown.arrows if a.payee in cohorts} == {"investors"}
    assert {kinds[a.payee] for a in shown.arrows if a.payer in cohorts} == {"clouds"}
    titles = network_option(shown, LIGHT)["series"][1]["data"]
    assert "Start-ups" in [title["name"] for title in titles]


def test_every_kind_of_firm_has_a_colour_of_its_own() -> None:
    for theme in (LIGHT, DARK):
        assert set(theme.kinds) == set(FIRM_KINDS)
        assert len({*theme.kinds.values()}) == len(FIRM_KINDS)


def test_nodes_stay_in_their_place_in_every_quarter() -> None:
    first, last = (money_picture(recording(), q, 4) for q in (3, 30))
    assert places(first) == places(last)
    assert len({*places(last).values()}) == len(last.nodes)


def test_captions_stay_clear_of_the_next_circle() -> None:
    """In the chart of the page, whose columns are 584 px high."""
    shown = picture()
    at, size = places(shown), diameters(shown)
    for above, below in pairwise(shown.nodes):
        if at[above.key][0] != at[below.key][0]:
            continue
        lines = 1 + short_lines(above.name).count("\n")
        low = at[above.key][1] * 584 - size[above.key] / 2 - 3 - 13 * lines
        assert low > at[below.key][1] * 584 + size[below.key] / 2, above.name


def test_firms_beyond_the_largest_are_drawn_together() -> None:
    shown = picture(1, count=2)
    labs = [node for node in shown.nodes if node.kind == "labs"]
    assert len(labs) == 3
    assert labs[-1].key == f"{GROUP}labs"
    members = {key for node in labs for key in node.members}
    assert members == {firm.key for firm in recording().firms if firm.kind == "labs"}


def test_distress_is_seen() -> None:
    last = recording().quarters_recorded - 1
    shown = money_picture(recording(), last, count=100)
    failed = {n.key for n in shown.nodes if n.distress in ("failed", "in administration")}
    firms = recording().snapshots[last].firms
    assert failed == {key for key, values in firms.items() if values["is_defaulted"]}
    assert failed
    option = network_option(shown, LIGHT)
    rings = {n["id"]: n["itemStyle"]["borderColor"] for n in option["series"][0]["data"]}
    assert all(rings[key] == LIGHT.bad for key in failed)


def test_a_larger_balance_sheet_is_a_larger_circle() -> None:
    shown = picture(1, count=100)
    size = diameters(shown)
    firms = sorted((n for n in shown.nodes if n.assets_usd), key=lambda n: n.assets_usd or 0.0)
    assert [size[n.key] for n in firms] == sorted(size[n.key] for n in firms)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_options_are_json_with_the_circle_in_red(theme: object) -> None:
    assert theme in (LIGHT, DARK)
    look = DARK if theme is DARK else LIGHT
    option = json.loads(option_text(network_option(picture(4), look)))
    links = option["series"][0]["links"]
    red = [link for link in links if link["lineStyle"]["color"] == look.circle]
    assert red
    assert len(red) < len(links)
    keys = {node["id"] for node in option["series"][0]["data"]}
    assert all({link["source"], link["target"]} <= keys for link in links)


def test_what_is_picked_is_drawn_strong() -> None:
    shown = picture(4)
    arrow = shown.arrows[0]
    pick = f"flow:{arrow.payer}>{arrow.payee}"
    links = network_option(shown, LIGHT, selection=pick)["series"][0]["links"]
    strong = {link["pick"] for link in links if link["lineStyle"]["opacity"] > 0.5}
    assert strong == {pick}
    loop = str(recording().cycles(shown.first, shown.last)["keys"].iloc[0])
    links = network_option(shown, LIGHT, loop=loop)["series"][0]["links"]
    strong = {link["pick"] for link in links if link["lineStyle"]["opacity"] > 0.5}
    assert len(strong) == len(loop.split(" > "))


def test_the_streams_hold_no_circle_and_the_same_money() -> None:
    shown = picture(4)
    series = sankey_option(shown, LIGHT)["series"][0]
    assert all(link["source"].startswith("pay:") for link in series["links"])
    assert all(link["target"].startswith("get:") for link in series["links"])
    total = sum(link["value"] for link in series["links"]) * 1e9
    assert total == pytest.approx(sum(a.usd for a in shown.arrows), rel=0.01)
    names = [node["name"] for node in series["data"]]
    assert len(names) == len({*names})


def test_sentences() -> None:
    shown = picture(4)
    assert percent(shown.index) in question(shown)
    assert question(shown) in label(shown)
    assert percent(0.0) == "0%"
    assert percent(0.0001) == "under 0.1%"
    assert percent(0.0423) == "4.2%"
    assert percent(0.38) == "38%"
    frame = arrows_frame(shown)
    assert len(frame) == len(shown.arrows)
    assert frame["circular_usd"].sum() == pytest.approx(shown.circular_usd)


def test_long_names_take_two_lines() -> None:
    assert short_lines("Short name") == "Short name"
    assert short_lines("A long name of a firm") == "A long name\nof a firm"
    assert short_lines("Averyveryverylongname") == "Averyveryverylongname"


def test_a_click_names_what_it_hit() -> None:
    assert clicked({"data": {"pick": "firm:a"}}) == "firm:a"
    assert clicked({"data": None}) is None
    assert clicked({}) is None


def test_purposes_add_up_to_the_arrow() -> None:
    shown = picture(1)
    for arrow in shown.arrows[:12]:
        payer, payee = shown.node(arrow.payer), shown.node(arrow.payee)
        assert payer is not None
        assert payee is not None
        found = purposes(recording(), shown, payer, payee, "ai")
        if payer.kind != "customers":  # customers pay labs alone, all of it for goods
            assert sum(usd for _, usd in found) == pytest.approx(arrow.usd, rel=1e-6)
        assert found


def test_contracts_and_claims_between_two_firms() -> None:
    table = recording().contracts(busy())
    row = table.sort_values("rpo_usd").iloc[-1]
    shown = picture(1, count=100)
    lab, cloud = shown.node(str(row["lab_key"])), shown.node(str(row["cloud_key"]))
    assert lab is not None
    assert cloud is not None
    found = contracts_between(recording(), busy(), cloud, lab)
    assert found[0].left_usd == pytest.approx(row["rpo_usd"])
    claims = recording().claims(busy())
    shares = claims[(claims["issuer_key"] == lab.key) & (claims["holder_key"] == cloud.key)]
    held = claims_between(recording(), busy(), cloud, lab)
    assert sum(usd for _, usd in held) == pytest.approx(float(shares["usd"].sum()))


def test_the_panel_says_something_whatever_is_picked() -> None:
    shown = picture(4)
    arrow = shown.arrows[0]
    picks = [None, f"firm:{arrow.payer}", f"firm:{shown.nodes[0].key}"]
    picks += [f"flow:{arrow.payer}>{arrow.payee}", f"flow:{arrow.payee}>{arrow.payer}"]
    for pick in picks:
        blocks = panel_blocks(recording(), shown, "ai", pick)
        assert any(block.lines or block.rows for block in blocks)
        if pick is not None:
            frame = panel_frame(recording(), shown, "ai", pick)
            assert frame.columns.tolist()[-1] == "usd"


def test_a_pick_of_another_picture_is_none_of_this() -> None:
    shown = picture(1)
    assert in_picture(shown, f"firm:{shown.nodes[0].key}") == f"firm:{shown.nodes[0].key}"
    for pick in (None, "firm:nobody", "flow:nobody>nobody", "flow:a", "odd", "loop:a"):
        assert in_picture(shown, pick) is None


def test_a_period_without_circles_says_when_there_were_some() -> None:
    values = recording().series("circularity")
    quiet = next(q for q in range(len(values) - 1, -1, -1) if not values[q])
    blocks = loop_blocks(recording(), money_picture(recording(), quiet), "")
    assert recording().labels[busy()] in blocks[0].lines[0]
    assert blocks[0].links[0][0] == f"quarter:{busy()}"
    shown = loop_blocks(recording(), picture(4), "")
    assert shown[0].rows


def test_a_young_world_can_be_drawn() -> None:
    young = Recording(World())
    young.advance()
    shown = money_picture(young, 0, 4)
    assert shown.first == 0
    assert network_option(shown, LIGHT)["series"][0]["data"]
    with pytest.raises(IndexError):
        money_picture(young, 1)

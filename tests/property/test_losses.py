"""Passing losses on: nothing is lost on the way, nothing counts twice, and no order matters."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from market.books.losses import CHANNELS, DEBTS, HOLDER, ISSUER, Line, Lines, Standing, who_pays

NAMES = [f"party {number}" for number in range(6)]
amounts = st.integers(-(10**14), 10**14)
entries = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(CHANNELS), amounts),
    max_size=12,
)
owned = st.dictionaries(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 10**14)), min_size=1, max_size=4),
    max_size=4,
)
worths = st.fixed_dictionaries({name: st.integers(-(10**14), 10**14) for name in NAMES})


def lines_of(rows: list[tuple[str, str, str, int]]) -> Lines:
    """Claims that change on both sides."""
    found: Lines = {}
    for holder, issuer, channel, cents in rows:
        for party, side, sign in ((holder, HOLDER, -1), (issuer, ISSUER, 1)):
            line = Line(party, "sector", side, "note", DEBTS, channel)
            found[line] = found.get(line, 0) + sign * cents
    return found


@given(entries, owned, worths)
def test_what_is_lost_is_borne_and_forgiven_to_the_cent(
    rows: list[tuple[str, str, str, int]],
    owners: dict[str, list[tuple[str, int]]],
    worth: dict[str, int],
) -> None:
    before = Standing(worth, owners, dict.fromkeys(NAMES, "sector"))
    found = who_pays(lines_of(rows), before).values()
    for channel in range(len(CHANNELS)):
        assert sum(p.lost[channel] for p in found) == sum(p.borne[channel] for p in found)
    assert sum(sum(p.lost) for p in found) == sum(p.forgiven for p in found)
    assert sum(p.passed for p in found) == 0


@given(entries, owned, worths, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_parties_changes_nothing(
    rows: list[tuple[str, str, str, int]],
    owners: dict[str, list[tuple[str, int]]],
    worth: dict[str, int],
    random: object,
) -> None:
    lines, names = lines_of(rows), list(NAMES)
    shuffled = list(lines.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(names)  # type: ignore[attr-defined]
    first = who_pays(lines, Standing(worth, owners, dict.fromkeys(NAMES, "sector")))
    moved = {name: owners[name] for name in names if name in owners}
    again = who_pays(dict(shuffled), Standing(worth, moved, dict.fromkeys(names, "sector")))
    assert first == again

"""The story against the payments of the same run."""

import pytest

from market.units import money
from viz.recording.money import FINANCE
from viz.recording.recording import Recording
from viz.recording.story_parts import story_of
from viz.world.worlds import World


def test_the_story_tells_what_chipmakers_paid_into_their_customers() -> None:
    recording = Recording(World()).run_to_end()
    kinds = {firm.key: firm.kind for firm in recording.firms}
    makers = [key for key, kind in kinds.items() if kind == "chipmakers"]
    customers = [key for key, kind in kinds.items() if kind in ("labs", "clouds")]
    last = recording.quarters_recorded - 1
    paid = 0.0
    for maker in makers:
        for customer in customers:
            found = recording.payments(maker, customer, 0, last)
            paid += float(found.loc[found["purpose"].isin(FINANCE), "usd"].sum())
    text = " ".join(sentence for part in story_of(recording) for sentence in part.sentences)
    assert f"Chipmakers put {money(paid)} into their own customers" in text
    letters = [
        e.size for e in recording.events if e.kind == "letter tranche" and "NVIDIA" in e.text
    ]
    vendors = [e.size for e in recording.events if e.kind == "vendor finance"]
    assert letters and paid == pytest.approx(sum(vendors) + sum(letters), rel=1e-6)

"""The one loop over quarters: how long it goes on, and who uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_world import small_model, small_world

from market.model import MarketModel

ROOT = Path(__file__).parents[2]


class Stops(MarketModel):
    """A market that ends its run after three quarters."""

    def close_the_books(self) -> None:
        super().close_the_books()
        self.running = self.running and self.quarter < 3


def test_it_gives_the_model_after_every_quarter() -> None:
    model = small_model()
    seen = [(each is model, each.quarter) for each in model.each_quarter()]
    assert seen == [(True, number) for number in range(1, model.parameters.quarters + 1)]
    assert not model.running


def test_a_run_can_be_left_and_taken_up_again() -> None:
    model = small_model()
    for _ in model.each_quarter():
        if model.quarter == 4:
            break
    assert (model.quarter, model.running) == (4, True)
    assert [each.quarter for each in model.each_quarter(2)] == [5, 6]
    assert model.run().quarter == model.parameters.quarters


def test_a_model_that_stops_itself_ends_it() -> None:
    model = Stops(small_world())
    assert [each.quarter for each in model.each_quarter()] == [1, 2, 3]
    assert list(model.each_quarter(5)) == []


def test_past_the_end_of_the_scenario_only_the_number_counts() -> None:
    model = small_model().run()
    end = model.quarter
    assert list(model.each_quarter()) == []
    assert [each.quarter for each in model.each_quarter(2)] == [end + 1, end + 2]


@pytest.mark.parametrize("folder", ["runs", "viz"])
def test_nobody_else_has_a_loop_of_steps(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "model.step()" in line or "base.step()" in line
    ]
    assert found == []

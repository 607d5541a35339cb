"""Mesa's own tools work with the model: batch_run, the agent sets, the collected frames."""

from __future__ import annotations

import mesa
import pytest
from small_world import small_model, small_world

from agents import AILab, CloudProvider
from market.model import MarketModel


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has no batch_run")
def test_batch_run_over_parameters_and_seeds() -> None:
    worlds = [small_world(), small_world(funding={"initial_exit_multiple": 1.2})]
    rows = mesa.batch_run(
        MarketModel,
        {"parameters": worlds},
        rng=[1, 2],
        number_processes=1,
        max_steps=3,
        data_collection_period=-1,
        display_progress=False,
    )
    runs = {row["RunId"]: row for row in rows}
    assert len(runs) == 4
    assert sorted(row["seed"] for row in runs.values()) == [1, 1, 2, 2]
    assert len({row["clouds_value_usd"] for row in runs.values()}) >= 2  # the seed counts
    assert all(row["labs_revenue_usd"] > 0 for row in runs.values())
    assert {row["name"] for row in rows} >= {"Lab A", "Big cloud", "Holding"}


@pytest.mark.parametrize("name", ["Lab A", "Lab B"])
def test_agents_can_be_selected_and_read(name: str) -> None:
    model = small_model().run(2)
    found = model.agents_by_type[AILab].select(lambda lab: lab.name == name)
    assert [lab.name for lab in found] == [name]
    frame = model.datacollector.get_agenttype_vars_dataframe(CloudProvider)
    assert set(frame["name"]) == {"Big cloud", "Thin cloud"}
    assert (frame["capacity_cu"] > 0).all()
    assert len(model.datacollector.get_model_vars_dataframe()) == 2

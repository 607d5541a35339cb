"""The model in Mesa's own SolaraViz, with our charts: an example for people who know Mesa.

    solara run viz.solara_viz

SolaraViz steps the model on a timer and shows one page of components; what it lacks (units, links,
time travel, twins) is in ``viz.app``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import solara
from mesa.visualization import SolaraViz

from market.model import MarketModel
from market.scenario import load_scenario, scenario_names
from viz.notebook import chart, timeline

SHOWN = ("funding", "cash", "capex", "shares")
"""Panels that the example shows, see ``viz.notebook.CHARTS``."""


class DashboardModel(MarketModel):
    """A market whose arguments are what SolaraViz's controls can set.

    Args:
        world: name of a scenario.
        seed: root of all random streams, a number or its text.
        recovery: share of its stake that an investor gets back when a round fails.
    """

    def __init__(self, world: str = "reference", seed: Any = 42, recovery: float = 0.2) -> None:
        overrides = [f"funding.recovery={float(recovery)}"]
        super().__init__(load_scenario(world, overrides), seed=int(seed))


MODEL_PARAMS: dict[str, Any] = {
    "world": {
        "type": "Select",
        "value": "reference",
        "values": list(scenario_names()),
        "label": "Scenario",
    },
    "seed": {"type": "InputText", "value": "42", "label": "Seed"},
    "recovery": {
        "type": "SliderFloat",
        "value": 0.2,
        "min": 0.0,
        "max": 0.9,
        "step": 0.05,
        "label": "Recovery after a failed round (share)",
    },
}
"""Controls of the model, in Mesa's form."""


def _show(name: str, model: MarketModel) -> Any:
    if model.quarter == 0:
        return solara.Text("Press Play or Step.")
    return timeline(model) if name == "events" else chart(model, name, height="230px")


COMPONENTS: list[Any] = [(partial(_show, name), 0) for name in ("events", *SHOWN)]
"""Our charts as SolaraViz components, all on its first page."""


@solara.component
def Page() -> None:
    """One model per visitor in SolaraViz."""
    model = solara.use_memo(DashboardModel, [])
    SolaraViz(model, components=COMPONENTS, model_params=MODEL_PARAMS, name="Kaartenhuis")


page = Page()

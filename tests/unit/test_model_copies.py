"""A model pickles and copies at any quarter, and the copy goes on to the same bytes."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from emergence.measure import run_hash
from small_world import small_model, small_world

from agents import AILab, EnterpriseCustomer
from market.model import MarketModel
from market.scenario import Scenario
from market.shocks import make_fail
from runs.single_run.run_folder import write_outputs
from runs.single_run.simulate import Run

COPIES: dict[str, Callable[[MarketModel], MarketModel]] = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}


def files_of(model: MarketModel, folder: Path) -> dict[str, bytes]:
    """All files that ``run --out`` would write of a run, but its pictures."""
    write_outputs(Run(model, Scenario(model.parameters, {}, ""), 5), folder, has_pictures=False)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("quarter", [0, 7])
def test_a_copy_goes_on_to_the_same_bytes(way: str, quarter: int, tmp_path: Path) -> None:
    model = small_model(seed=5).run(quarter)
    copied = COPIES[way](model)
    assert copied is not model
    assert copied.quarter == model.quarter == quarter
    copied.run()
    assert model.quarter == quarter  # the copy steps itself, not the model it was made of
    model.run()
    assert files_of(copied, tmp_path / "copied") == files_of(model, tmp_path / "model")


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_after_a_default_has_its_books(way: str) -> None:
    model = small_model(seed=5).run(3)
    make_fail(model, "thin")
    model.run(2)
    assert model.clouds["thin"].is_defaulted
    copied = COPIES[way](model)
    for each in (copied, model):
        each.run()
    assert list(copied.events) == list(model.events)
    assert copied.ledger.parties == model.ledger.parties
    for first, second in zip(copied.ledger.archives, model.ledger.archives, strict=True):
        assert (first.goods == second.goods).all()
        assert (first.finance == second.finance).all()
    assert run_hash(copied) == run_hash(model)


def test_customers_and_agent_sets_of_a_copy_are_its_own() -> None:
    model = small_model(seed=5).run(2)
    copied = COPIES["pickle"](model)
    assert len(copied.agents) == len(model.agents)
    assert {agent.model for agent in copied.agents_by_type[AILab]} == {copied}
    customers = copied.agents_by_type[EnterpriseCustomer]
    assert [c.unique_id for c in customers] == [
        c.unique_id for c in model.agents_by_type[EnterpriseCustomer]
    ]
    pairs = zip(copied.customers.storage(), model.customers.storage(), strict=True)
    for mine, theirs in pairs:
        assert (mine == theirs).all()
        assert not np.shares_memory(mine, theirs)


def test_a_pickle_goes_on_in_another_process(tmp_path: Path) -> None:
    """A fresh process without what this one has imported, drawn and compiled."""
    model = MarketModel(small_world(), seed=5).run(4)
    (tmp_path / "model.pickle").write_bytes(pickle.dumps(model))
    code = (
        "import pickle, sys; sys.path.insert(0, sys.argv[2])\n"
        "model = pickle.load(open(sys.argv[1], 'rb')).run()\n"
        "from emergence.measure import run_hash; print(run_hash(model))\n"
    )
    tests = str(Path(__file__).parent.parent)
    words = [sys.executable, "-c", code, str(tmp_path / "model.pickle"), tests]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == str(run_hash(model.run()))


def own_reporter(model: MarketModel) -> int:
    """A reporter that a user adds."""
    return model.quarter


def test_own_reporters_survive_beside_ours() -> None:
    model = small_model(seed=5)
    model.datacollector._new_model_reporter("own", own_reporter)
    copied = COPIES["pickle"](model).run(3)
    frame = copied.datacollector.get_model_vars_dataframe()
    assert frame["own"].tolist() == [0, 1, 2]
    assert frame["capex_usd"].gt(0).all()
    agents = copied.datacollector.get_agenttype_vars_dataframe(AILab)
    assert set(agents["name"]) == {"Lab A", "Lab B"}

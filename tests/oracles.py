"""Data whose answers other programs know, and the script that asks those programs.

    python tests/oracles.py        asks SALib and the EMA workbench again, and freezes the answers

The tests compare ``runs.analysis`` with the frozen answers in ``tests/replication/oracles``, so
neither program is needed to run them. The script installs both into an environment of its own in a
temporary folder, which needs a package index. The data follow from numbers drawn by NumPy with
fixed seeds; a sum of each set is frozen too, so that an answer is never compared with other data.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent
FOLDER = ROOT / "replication" / "oracles"
PACKAGES = ("SALib==1.6.0", "ema_workbench==3.0.0")
DENSITIES = (0.7, 0.8, 0.9)
"""Wanted densities of a box."""

type Floats = np.ndarray[Any, np.dtype[np.float64]]


# --- data for scenario discovery


@dataclass(frozen=True)
class CaseData:
    """Points and whether they are cases.

    Attributes:
        name: of the set.
        inputs: one column per parameter: numbers, whole numbers or words.
        is_case: one flag per point.
    """

    name: str
    inputs: pd.DataFrame
    is_case: np.ndarray[Any, np.dtype[np.bool_]]

    def check_sum(self) -> float:
        """A number that other data would not have."""
        numbers = self.inputs.select_dtypes("number").to_numpy(dtype=np.float64)
        weights = np.arange(1, len(numbers) + 1)
        return round(float(weights @ (numbers.sum(axis=1) + self.is_case)), 6)


def case_data() -> list[CaseData]:
    """Ten sets: boxes, corners, curves, noise, whole numbers, words, few points and rare cases."""
    return [
        _cases("box", 1, 500, 4, lambda x, _: (x[:, 0] > 0.6) & (x[:, 1] < 0.5)),
        _cases("noisy box", 2, 600, 4, _noisy_box),
        _cases("three sides", 3, 1000, 5, lambda x, _: (x[:, :3] > 0.45).all(axis=1)),
        _cases("inner box", 4, 800, 3, lambda x, _: (abs(x[:, :2] - 0.5) < 0.22).all(axis=1)),
        _cases("slope", 5, 400, 6, lambda x, _: x[:, 0] + 0.7 * x[:, 1] - 0.5 * x[:, 2] > 0.95),
        _cases("disc", 6, 700, 3, lambda x, _: (x[:, 0] - 1) ** 2 + (x[:, 1] - 1) ** 2 < 0.4),
        _cases("chances", 7, 900, 5, lambda x, u: u < x[:, 0] ** 2 * x[:, 1]),
        _cases("few points", 8, 120, 3, lambda x, _: (x[:, 0] < 0.4) & (x[:, 2] > 0.3)),
        _cases("rare", 9, 1500, 4, lambda x, _: (x[:, 0] > 0.75) & (x[:, 3] < 0.3)),
        _with_words(10, 600),
    ]


def _cases(
    name: str, seed: int, points: int, size: int, rule: Callable[[Floats, Floats], Any]
) -> CaseData:
    """Points of the unit cube, and a rule of them and of one further number per point."""
    rng = np.random.default_rng(seed)
    x, extra = rng.random((points, size)), rng.random(points)
    inputs = pd.DataFrame(x, columns=[f"x{number}" for number in range(1, size + 1)])
    return CaseData(name, inputs, np.asarray(rule(x, extra), dtype=np.bool_))


def _noisy_box(x: Floats, extra: Floats) -> Any:
    """A box where every twelfth answer is wrong."""
    return ((x[:, 0] > 0.5) & (x[:, 2] < 0.6)) ^ (extra < 1 / 12)


def _with_words(seed: int, points: int) -> CaseData:
    """Numbers beside words."""
    found = _cases("words", seed, points, 3, lambda x, _: x[:, 0] > 0.4)
    words = np.array(["low", "middle", "high"])[(found.inputs["x3"].to_numpy() * 3).astype(int)]
    inputs = found.inputs.drop(columns="x3").assign(word=words.astype(object))
    return CaseData(found.name, inputs, found.is_case & (words != "low"))


# --- data for sensitivity analysis


SAMPLES = 2048
"""Base samples; a power of two, as the Sobol sequence of SALib wants it."""
ANGLE = (-np.pi, np.pi)
NAMES = ("x1", "x2", "x3")
PROBLEM: Mapping[str, Any] = {"num_vars": 3, "names": list(NAMES), "bounds": [list(ANGLE)] * 3}


def sobol_data() -> tuple[Floats, Floats]:
    """Points and outputs in Saltelli's layout: A, AB of each parameter, B of each base sample."""
    rng = np.random.default_rng(11)
    a, b = rng.uniform(*ANGLE, (2, SAMPLES, 3))
    blocks = np.repeat(a[:, None, :], 5, axis=1)
    for column in range(3):
        blocks[:, 1 + column, column] = b[:, column]
    blocks[:, -1] = b
    x = blocks.reshape(-1, 3)
    return x, ishigami(x)


def morris_data() -> tuple[Floats, Floats]:
    """Twenty trajectories over four levels of the unit cube, and a function with a curve."""
    rng = np.random.default_rng(12)
    rows = []
    for _ in range(20):
        place = rng.integers(0, 4, 3)
        rows.append(place.copy())
        for column in rng.permutation(3):
            place[column] += 2 if place[column] < 2 else -2
            rows.append(place.copy())
    x = np.array(rows) / 3
    return x, 3 * x[:, 0] + x[:, 1] * x[:, 2] ** 2


def given_data() -> tuple[Floats, Floats]:
    """A thousand points without any layout."""
    x = np.random.default_rng(13).uniform(*ANGLE, (1000, 3))
    return x, ishigami(x)


def ishigami(x: Floats) -> Floats:
    """The function of Ishigami and Homma (1990) with a = 7 and b = 0.1."""
    found: Floats = np.sin(x[:, 0]) * (1 + 0.1 * x[:, 2] ** 4) + 7 * np.sin(x[:, 1]) ** 2
    return found


def frozen(name: str) -> dict[str, Any]:
    """Frozen answers: "prim" of the EMA workbench, "sensitivity" of SALib."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


# --- asking the other programs; runs where they are installed


def ask_ema() -> dict[str, Any]:
    """The way of the EMA workbench's PRIM on each set, with the settings that it comes with."""
    from importlib.metadata import version

    from ema_workbench.analysis import prim

    sets = {}
    for data in case_data():
        box = prim.Prim(data.inputs, data.is_case.astype(int)).find_box()
        way = box.peeling_trajectory[["coverage", "density", "mass"]]
        rows = [[round(value, 6) for value in row] for row in way.to_numpy().tolist()]
        sets[data.name] = {"sum": data.check_sum(), "way": rows}
    return {"program": f"ema_workbench {version('ema_workbench')}", "sets": sets}


def ask_salib() -> dict[str, Any]:
    """Sobol indices, Morris effects and PAWN indices of SALib."""
    from importlib.metadata import version

    from SALib.analyze import morris, pawn, sobol

    found: dict[str, Any] = {"program": f"SALib {version('SALib')}"}
    x, y = sobol_data()
    answer = sobol.analyze(PROBLEM, y, calc_second_order=False, seed=1)
    found["sobol"] = _kept(x, y, {"first": answer["S1"], "total": answer["ST"]})
    x, y = morris_data()
    unit = {**PROBLEM, "bounds": [[0.0, 1.0]] * 3}
    answer = morris.analyze(unit, x, y, num_levels=4, seed=1)
    found["morris"] = _kept(x, y, {key: answer[key] for key in ("mu", "mu_star", "sigma")})
    x, y = given_data()
    answer = pawn.analyze(PROBLEM, x, y, S=10, seed=1)
    found["pawn"] = _kept(x, y, {"pawn": answer["median"], "largest": answer["maximum"]})
    return found


def _kept(x: Floats, y: Floats, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by parameter, rounded, with the sum of the data behind them."""
    total = round(float(x.sum() + y.sum()), 6)
    lists = {key: [round(float(v), 8) for v in values] for key, values in answers.items()}
    return {"sum": total, **lists}


def freeze() -> None:
    """Write what the other programs say."""
    FOLDER.mkdir(exist_ok=True)
    for name, answers in (("prim", ask_ema()), ("sensitivity", ask_salib())):
        text = json.dumps(answers, indent=1)
        text = re.sub(r"\[[-\d.e,\s]+\]", lambda row: " ".join(row[0].split()), text)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Make the environment, and run this file in it."""
    if sys.argv[1:] == ["here"]:
        freeze()
        return
    from mesa_versions import new_environment

    with tempfile.TemporaryDirectory(prefix="oracles-") as folder:
        python = new_environment(Path(folder), list(PACKAGES))
        subprocess.run([str(python), __file__, "here"], check=True)


if __name__ == "__main__":
    main()

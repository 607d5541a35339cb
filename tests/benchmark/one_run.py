"""What one run costs here beside another checkout of this project, and whether it gives the same.

    python tests/benchmark/one_run.py OTHER                     40 pairs of the reference scenario
    python tests/benchmark/one_run.py OTHER --scenario minimal --pairs 100

Each checkout has a process of its own, warm, which runs when the other rests; who runs first
changes by turns. Processor time; the median of the pairs' ratios is what travels between machines.
After some 20 runs a process loads compiled code by itself: take a dozen pairs for the cost of a
single run, and ``--compiled`` for that of one of many. Journals, archives, frames and events are
compared byte by byte beforehand.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from typing import Any

COMPILED = "market.books.commit_kernel"
"""What a process that has done many runs, such as a worker of a sweep, loads by itself."""


def serve(scenario: str, *, is_compiled: bool) -> None:
    """Answer each line of the input by one run: its seed, then seconds or a digest."""
    if is_compiled and find_spec(COMPILED):
        import_module(COMPILED)
    from market.model import MarketModel
    from market.scenario import load_scenario

    world = load_scenario(scenario)
    for line in sys.stdin:
        what, seed = line.split()
        began = process_time()
        model = MarketModel(world, seed=int(seed)).run()
        seconds = process_time() - began
        print(digest(model) if what == "digest" else seconds, flush=True)


def digest(model: Any) -> str:
    """Fingerprint of all that a run leaves behind."""
    hashed, ledger, collector = sha256(), model.ledger, model.datacollector
    for quarter, archive in enumerate(ledger.archives):
        for array in (*archive, *ledger.books.legs(quarter)):
            hashed.update(array.tobytes())
        for posting in ledger.books.postings(quarter):
            hashed.update(repr(posting).encode())
    frames = [collector.get_model_vars_dataframe(), model.rounds_frame()]
    frames += [collector.get_agenttype_vars_dataframe(c) for c in collector.agenttype_reporters]
    for frame in frames:
        hashed.update(frame.to_csv().encode())
    for event in model.events:
        hashed.update(repr(event).encode())
    for name in ("provider", "secondary", "contract_end"):
        hashed.update(model.customers.column(name).tobytes())
    return hashed.hexdigest()


class Checkout:
    """A warm process that runs the code of one checkout."""

    def __init__(self, folder: Path, scenario: str, *, is_compiled: bool) -> None:
        """Start it."""
        arguments = [sys.executable, __file__, str(folder), "--serve", "--scenario", scenario]
        self._process = subprocess.Popen(
            [*arguments, *(["--compiled"] if is_compiled else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )

    def ask(self, what: str, seed: int) -> str:
        """Let it run a seed; returns its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what} {seed}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        """Let go of it."""
        self._process.communicate()


def compare(other: Path, scenario: str, pairs: int, *, is_compiled: bool) -> None:
    """Print times and their ratio; ends with an error when the two give different bytes."""
    folders = {"here": Path(__file__).resolve().parents[2], "there": other.resolve()}
    sides = {n: Checkout(f, scenario, is_compiled=is_compiled) for n, f in folders.items()}
    for seed in range(3):
        if len({side.ask("digest", seed) for side in sides.values()}) != 1:
            raise SystemExit(f"{scenario}, seed {seed}: the two give different bytes")
    times: dict[str, list[float]] = {name: [] for name in sides}
    for pair in range(pairs):
        for name in sorted(sides, reverse=bool(pair % 2)):
            times[name].append(float(sides[name].ask("time", pair % 10)))
    for name, side in sides.items():
        side.end()
        seconds = times[name]
        print(f"{name:6} {min(seconds) * 1e3:7.1f} ms at best, {median(seconds) * 1e3:.1f} median")
    ratios = [here / there for here, there in zip(times["here"], times["there"], strict=True)]
    low, middle, high = quantiles(ratios, n=4)
    print(f"here / there: {middle:.3f}, half of the pairs within {low:.3f} to {high:.3f}")


def main() -> None:
    """Compare this checkout with another one."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("other", type=Path)
    parser.add_argument("--scenario", default="reference")
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument(
        "--compiled", action="store_true", help="as in a process that has done many runs"
    )
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.scenario, is_compiled=given.compiled)
    else:
        compare(given.other, given.scenario, given.pairs, is_compiled=given.compiled)


if __name__ == "__main__":
    main()

"""Random worlds by the thousand: ``make fuzz N=20000``, and what became of each.

    python tests/fuzz_worlds.py --worlds 2000 --first 0 --jobs 2
    python tests/fuzz_worlds.py --seed 1234            one world again, with its traceback
    python tests/fuzz_worlds.py --seed 1234 --toml     its scenario file

A world is made from its seed alone: a shipped scenario or companies of any number, every parameter
within its declared bounds. It ends well when it runs 10 to 40 quarters, or is refused at load in
words. It fails by a broken identity, a crash, a figure that is no number, or a hang: when it takes
over 20 times the median of worlds of its size. The report names the seed of each failure.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from math import log2
from random import Random
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from property.random_worlds import bounds
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from small_world import CLOUD, LAB, MAKER, merged

from market.books.identities import IdentityViolation
from market.model import MarketModel
from market.parameters.companies import (
    BackstopParameters,
    ChipmakerParameters,
    CloudParameters,
    ComputeContractParameters,
    EquityCommitmentParameters,
    InvestorParameters,
    LabParameters,
    StartupParameters,
)
from market.parameters.deals import DealParameters
from market.parameters.fields import Section, is_section
from market.parameters.shocks import shock_kinds
from market.parameters.world import WORLD_PRODUCT_USD, MarketParameters
from market.scenario import dump_scenario, load_scenario, scenario_names
from market.units import HOURS_PER_QUARTER

HANG = 20
"""A world hangs when it takes so many times the median of worlds of its size."""
LIMIT_SECONDS = 120
"""A world is stopped after so long, whatever its size."""
MAY_BE_EMPTY = frozenset(
    {"quarter", "raised_ratio", "labs_raised_ratio", "price_eur", "seat_bill_eur"}
)
"""Columns without a value where there is none: no round was asked for, no seat is on offer."""
SIZES = frozenset({"customers", "quarters"})
"""Drawn apart: they set how long a world takes."""
INVESTOR = {"cash_usd": 10e9, "other_assets_usd": 30e9, "debt_usd": 5e9, "inflow_usd": 1e9}
STARTUP = {"cash_usd": 10e9, "valuation_usd": 100e9, "revenue_usd": 0.3e9}
CONTRACT = {"total_usd": 8e9, "capacity_cu": 120.0}
FAILURES = ("broken identity", "crash", "hang", "non-finite output")


class Outcome(NamedTuple):
    """What became of one world.

    Attributes:
        seed: of the world.
        kind: "ran", "refused", or one of ``FAILURES``.
        text: the reason of a refusal, the error of a failure.
        seconds: how long it took.
        size: firms and a constant, times quarters.
    """

    seed: int
    kind: str
    text: str
    seconds: float
    size: int


# --- values


def draw(rng: Random, info: FieldInfo, usual: Any) -> Any:
    """A value within the declared bounds: near the usual one, anywhere, small, or at a bound."""
    if info.annotation is bool:
        return rng.random() < 0.5
    low, high, is_open_low, is_open_high = bounds(info)
    if low is None or high is None:
        raise TypeError(f"no bounds: {info.description}")
    size = abs(usual or 0.0) or min(1.0, high)
    value: float
    match rng.choices(("near", "anywhere", "small", "low", "high"), (6, 6, 4, 1, 1))[0]:
        case "near":
            value = (
                size * 10 ** rng.uniform(-1.5, 1.5) * (-1 if low < 0 and rng.random() < 0.3 else 1)
            )
        case "anywhere":
            value = rng.uniform(low, high)
        case "small":
            value = max(low, 0.0) + high * 10 ** rng.uniform(-12, 0)
        case "low":
            value = low
        case _:
            value = high
    value = min(high, max(low, value))
    if int in (info.annotation, *getattr(info.annotation, "__args__", ())):
        return min(int(high), max(int(low) + is_open_low, round(value)))
    if (is_open_low and value <= low) or (is_open_high and value >= high):
        return low + (high - low) * rng.choice((1e-9, 0.5, 1 - 1e-9))
    return value


def changed(
    rng: Random, section: type[BaseModel], base: dict[str, Any], share: float
) -> dict[str, Any]:
    """The base with a share of its numbers and switches drawn anew."""
    own = dict(base)
    for key, info in section.model_fields.items():
        is_number = bounds(info)[0] is not None or info.annotation is bool
        if is_number and key not in SIZES and rng.random() < share:
            own[key] = draw(rng, info, own.get(key, None if info.is_required() else info.default))
    return own


def behaviour(rng: Random, share: float) -> dict[str, Any]:
    """All tables of behaviour with a share of their values drawn anew."""
    found = {}
    for name, info in MarketParameters.model_fields.items():
        kind = info.annotation
        if is_section(kind):
            assert isinstance(kind, type) and issubclass(kind, Section)
            found[name] = changed(rng, kind, kind().model_dump(), share)
    found["enterprise"]["customers"] = rng.choice((0, 1, 20, 60))
    return found


def _count(rng: Random, usual: int, most: int) -> int:
    """A number of firms, mostly a few."""
    if rng.random() < 0.94:
        return rng.randint(0, usual)
    return round(most ** rng.random()) if rng.random() < 0.8 else most


# --- worlds


def _firms(
    rng: Random, kind: type[BaseModel], base: dict[str, Any], prefix: str, number: int, share: float
) -> dict[str, dict[str, Any]]:
    return {
        f"{prefix}{n}": {**changed(rng, kind, base, share), "name": f"{prefix} {n}"}
        for n in range(number)
    }


def _agreements(rng: Random, world: dict[str, Any], share: float) -> dict[str, Any]:
    """Contracts, promises, backstops, stakes between the firms of a world."""
    labs, clouds, makers = ([*world[group]] for group in ("labs", "clouds", "chipmakers"))
    payers = [*world["investors"], *clouds, *makers]
    found: dict[str, Any] = {}

    def table(name: str, kind: type[BaseModel], base: dict[str, Any], **keys: list[str]) -> None:
        if all(keys.values()):
            found[name] = {
                f"{name[:8]}{n}": changed(rng, kind, base, share)
                | {key: rng.choice(choices) for key, choices in keys.items()}
                for n in range(rng.randint(0, 4))
            }

    table("compute_contracts", ComputeContractParameters, CONTRACT, lab=labs, cloud=clouds)
    promise = {"tranche_usd": 1e9}
    table("equity_commitments", EquityCommitmentParameters, promise, lab=labs, investor=payers)
    table("backstops", BackstopParameters, {"total_usd": 1e9}, chipmaker=makers, cloud=clouds)
    issuers = [*labs, *clouds, *makers]
    rng.shuffle(issuers)
    found["stakes"] = {
        f"stake{n}": {
            "holder": rng.choice(payers),
            "issuer": issuer,
            "share": rng.choice((1e-9, rng.uniform(0.01, 1), 1.0)),
        }
        for n, issuer in enumerate(issuers[: rng.randint(0, 6)] if payers else ())
    }
    return found


def _deals(rng: Random, world: dict[str, Any], share: float) -> dict[str, Any]:
    """Deals of all types between the firms of a world, some with a party outside it."""
    groups = ("labs", "clouds", "chipmakers", "investors")
    firms = [key for group in groups for key in world[group]]
    kinds = ["equity", "letter of intent", "guarantee", "debt", "lease", "revenue share"]
    if world["labs"] and world["clouds"]:
        kinds.append("compute contract")
    found = {}
    for n in range(rng.choice((0, 0, 1, 4)) if firms else 0):
        usd, kind = 10 ** rng.uniform(0, 12), rng.choice(kinds)
        is_compute = kind == "compute contract"
        own = changed(rng, DealParameters, {}, share) | {"share": 0.0, "outside": False}
        found[f"deal{n}"] = own | {
            "firm_usd": usd,
            "conditional_usd": rng.choice((0.0, usd)),
            "terminable_usd": rng.choice((0.0, usd)),
            "paid_usd": rng.choice((0.0, 0.0, usd / 2, usd)),
            "date": rng.choice(("2023-05", "2025-09-10", "2025-11-03")),
            "from": rng.choice([*world["labs"]] if is_compute else firms),
            "to": rng.choice([*world["clouds"]] if is_compute else firms),
            "type": kind,
        }
    return found


def _shocks(rng: Random, world: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for n in range(rng.choice((0, 0, 1, 3))):
        kind = rng.choice(list(shock_kinds()))
        declared = shock_kinds()[kind]
        sizes, firms = declared.sizes, [*world.get(declared.targets, ())]
        if declared.needs_target and not firms:
            continue
        found[f"shock{n}"] = {
            "kind": kind,
            "quarter": rng.randint(0, 12),
            "quarters": rng.choice((None, 1, rng.randint(1, 8))),
            "size": 0.0 if sizes is None else rng.uniform(sizes.low, sizes.high),
            "target": rng.choice(firms)
            if declared.needs_target or (firms and rng.random() < 0.5)
            else None,
        }
    return found


def _own_structure(rng: Random, share: float) -> dict[str, Any]:
    """Firms of any number, some groups empty, with what they have agreed on."""
    world: dict[str, Any] = {
        "labs": _firms(
            rng, LabParameters, LAB | {"enterprise_share": 0.0}, "lab", _count(rng, 4, 30), share
        ),
        "clouds": _firms(rng, CloudParameters, CLOUD, "cloud", _count(rng, 5, 200), share),
        "chipmakers": _firms(rng, ChipmakerParameters, MAKER, "maker", _count(rng, 2, 5), share),
        "investors": _firms(rng, InvestorParameters, INVESTOR, "fund", _count(rng, 5, 30), share),
        "startups": _firms(rng, StartupParameters, STARTUP, "cohort", _count(rng, 2, 10), share),
    }
    for own in world["investors"].values():
        own["kind"] = rng.choice(
            ("venture", "crossover", "sovereign", "holding", "parent", "public")
        )
    left = 1.0
    for own in world["labs"].values():
        own["enterprise_share"] = rng.uniform(0, left)
        left -= own["enterprise_share"]
        own["enters_quarter"] = rng.choice((0, 0, 0, 0, rng.randint(0, 9), None))
        parents = [*world["clouds"], *world["investors"]]
        if parents and rng.random() < 0.2:
            own["parent"] = rng.choice(parents)
    makers = [*world["chipmakers"]]
    for own in world["clouds"].values():
        own["suppliers"] = {key: rng.random() for key in makers if rng.random() < 0.8}
    return world | _agreements(rng, world, share)


def _shipped(rng: Random, share: float) -> dict[str, Any]:
    """A shipped scenario, in some worlds with other firms too."""
    world: dict[str, Any] = load_scenario(rng.choice(scenario_names())).model_dump()
    kinds = {
        "labs": LabParameters,
        "clouds": CloudParameters,
        "chipmakers": ChipmakerParameters,
        "investors": InvestorParameters,
        "startups": StartupParameters,
    }
    if rng.random() < 0.5:
        for group, kind in kinds.items():
            for key, own in world[group].items():
                world[group][key] = changed(rng, kind, own, share / 2) | (
                    {"enterprise_share": own["enterprise_share"]} if group == "labs" else {}
                )
    return world


def _make_possible(rng: Random, world: dict[str, Any]) -> None:
    """Change the numbers that are refused together, so that most worlds run."""
    value, compute = world["valuation"], world["compute"]
    if value["long_growth"] >= value["discount"]:
        value["long_growth"] = value["discount"] - rng.choice((1e-9, 0.01, 0.1))
    most = compute["accelerator_cost_usd"] / HOURS_PER_QUARTER
    if compute["running_cost_usd_hour"] > most:
        compute["running_cost_usd_hour"] = most * rng.random()
    hour = max(compute["list_price_usd_hour"], compute["running_cost_usd_hour"])
    dearest = 1e3 * max(HOURS_PER_QUARTER * hour, compute["accelerator_cost_usd"] / 4)
    capacity = sum(cloud["capacity_cu"] for cloud in world["clouds"].values())
    if capacity * dearest > WORLD_PRODUCT_USD:
        part = WORLD_PRODUCT_USD / (capacity * dearest) * rng.choice((0.999, rng.random()))
        for cloud in world["clouds"].values():
            cloud["capacity_cu"] *= part
    for contract in world.get("compute_contracts", {}).values():
        contract["initial_share"] = contract.get("initial_share") or 0.1


def raw_world(seed: int) -> dict[str, Any]:
    """A world as a scenario file would state it; the same for the same seed."""
    rng = Random(seed)
    share = rng.choice((0.0, 0.03, 0.1, 0.3, 1.0))
    world = _shipped(rng, share) if rng.random() < 0.15 else _own_structure(rng, share)
    world["shocks"] = world.get("shocks") or _shocks(rng, world)
    world = merged(world, behaviour(rng, rng.choice((0.0, 0.03, 0.1, 0.3, 1.0))))
    if rng.random() < 0.98:
        _make_possible(rng, world)
    if rng.random() < 0.01 and world["labs"]:
        rng.choice([*world["labs"].values()])["parent"] = "nobody"
    world |= {"name": f"fuzz {seed}", "quarters": rng.randint(10, 40)}
    apart = Random(f"deals of {seed}")  # so that the rest of a world is what it was without them
    return world | {"deals": _deals(apart, world, share) | world.get("deals", {})}


# --- running them


class TooLong(BaseException):
    """A world was stopped after ``LIMIT_SECONDS``."""


def _stop(*_: object) -> None:
    raise TooLong


def not_finite(model: MarketModel) -> list[str]:
    """Names of the columns, of the market and of the firms, that hold a value that is no number."""
    frames = [model.datacollector.get_model_vars_dataframe()]
    frames += [
        model.datacollector.get_agenttype_vars_dataframe(kind)
        for kind in {type(firm) for firm in model.institutions()}
        if kind in model.datacollector.agenttype_reporters
    ]
    return [
        str(name)
        for frame in frames
        for name in frame.select_dtypes("number").columns
        if name not in MAY_BE_EMPTY and not np.isfinite(frame[name].to_numpy(dtype=float)).all()
    ]


def run_world(seed: int, quarters: int | None = None) -> Outcome:
    """Make and run one world; ``quarters`` replaces its own number.

    Anything that pydantic refuses is "refused"; any other error is a failure.
    """
    begin = time.process_time()  # other work on the machine is no hang
    size = 0

    def outcome(kind: str, text: str) -> Outcome:
        return Outcome(seed, kind, text, time.process_time() - begin, size)

    try:
        parameters = MarketParameters.model_validate(raw_world(seed))
    except ValidationError as error:
        return outcome("refused", error.errors(include_url=False)[0]["msg"])
    number = parameters.quarters if quarters is None else quarters
    size = (len(parameters.companies()) + 5) * number
    try:
        model = MarketModel(parameters, seed=seed).run(number)
    except IdentityViolation as error:
        return outcome("broken identity", str(error))
    except TooLong:
        return outcome("hang", f"stopped after {LIMIT_SECONDS} s")
    except Exception as error:  # whatever it is, it is counted and named
        where = traceback.extract_tb(error.__traceback__)[-1]
        return outcome("crash", f"{type(error).__name__}: {error} ({where.name})")
    lost = not_finite(model)
    return outcome("non-finite output", ", ".join(lost)) if lost else outcome("ran", "")


def _run_with_limit(seed: int) -> Outcome:
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(LIMIT_SECONDS)
    try:
        return run_world(seed)
    finally:
        signal.alarm(0)


def run_worlds(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Run worlds in worker processes, in the order of the seeds."""
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_run_with_limit, seeds, chunksize=8)


def hangs(outcomes: list[Outcome]) -> list[Outcome]:
    """Worlds that took over ``HANG`` times the median of worlds of their size (a factor of 2)."""
    usual: dict[int, list[float]] = {}
    for each in outcomes:
        if each.kind == "ran":
            usual.setdefault(round(log2(each.size)), []).append(each.seconds)
    return [
        each._replace(kind="hang", text=f"{each.seconds:.1f} s")
        for each in outcomes
        if each.kind == "ran"
        and each.seconds > HANG * max(0.05, median(usual[round(log2(each.size))]))
    ]


def report(outcomes: list[Outcome]) -> str:
    """Tried and failed by kind, and the seed that replays each failure."""
    failed = [each for each in outcomes if each.kind in FAILURES] + hangs(outcomes)
    counts = Counter(each.kind for each in failed)
    refusals = Counter(
        re.sub(r"[0-9][^ :,)]*", "...", each.text) for each in outcomes if each.kind == "refused"
    )
    refused = refusals.total()
    lines = [f"{len(outcomes)} worlds tried, {refused} refused at load, {len(failed)} failed"]
    lines += [f"{counts[kind]:8d} {kind}" for kind in FAILURES]
    lines += [f"{number:8d} refused: {text}" for text, number in refusals.most_common()]
    lines += [f"seed {each.seed}: {each.kind}: {each.text}" for each in failed]
    return "\n".join(lines)


def main() -> int:
    """The command; returns 1 when a world failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=20_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes")
    parser.add_argument("--seed", type=int, help="run this world only, with its traceback")
    parser.add_argument("--toml", action="store_true", help="print that world as a scenario file")
    parser.add_argument("--log", help="file that gets each outcome as a line of JSON")
    given = parser.parse_args()
    if given.seed is not None:
        parameters = MarketParameters.model_validate(raw_world(given.seed))
        if given.toml:
            print(dump_scenario(parameters))
            return 0
        model = MarketModel(parameters, seed=given.seed).run()
        print(f"seed {given.seed}: {', '.join(not_finite(model)) or 'ran'}")
        return 0
    outcomes, begin = [], time.monotonic()
    for each in run_worlds(range(given.first, given.first + given.worlds), given.jobs):
        outcomes.append(each)
        if given.log:
            with open(given.log, "a", encoding="utf-8") as file:
                file.write(json.dumps(each._asdict()) + "\n")
        if each.kind in FAILURES:
            print(f"seed {each.seed}: {each.kind}: {each.text}", file=sys.stderr)
        if len(outcomes) % 500 == 0:
            print(f"{len(outcomes)} worlds in {time.monotonic() - begin:.0f} s", file=sys.stderr)
    text = report(outcomes)
    print(f"{text}\n{time.monotonic() - begin:.0f} s")
    return int(bool(hangs(outcomes)) or any(each.kind in FAILURES for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())

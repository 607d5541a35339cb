"""Named random streams: numbers are functions of their key alone."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from market.random_streams import BLOCK, RandomStreams

SEEN = (
    "import json; from market.random_streams import RandomStreams as R; r = R(42);"
    "print(json.dumps([r.normal('A', 'signal', 0), r.uniform('A', 'signal', 70),"
    "r.generator('A', 'usage').random(), int(r.generator('A', 'usage', 3).integers(1000))]))"
)


def test_pinned_numbers() -> None:
    """The same numbers on every machine and every supported Python."""
    streams = RandomStreams(42)
    assert streams.normal("A", "signal", 0) == pytest.approx(1.5405319320407924, rel=1e-14)
    assert streams.uniform("A", "signal", 70) == 0.22193090199604992
    assert streams.generator("A", "usage").random() == 0.0009070094704841658
    assert streams.generator("A", "usage", 3).integers(1000) == 44


def test_the_hash_seed_of_python_changes_nothing() -> None:
    results = []
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", SEEN]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        results.append(json.loads(done.stdout))
    streams = RandomStreams(42)
    assert results[0] == results[1]
    assert results[0][:2] == [streams.normal("A", "signal", 0), streams.uniform("A", "signal", 70)]


def test_the_order_of_calls_changes_nothing() -> None:
    keys = [
        (agent, purpose, quarter)
        for agent in ("A", "B")
        for purpose in ("signal", "usage")
        for quarter in (0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 5)
    ]
    forward, backward = RandomStreams(7), RandomStreams(7)
    first = {key: (forward.normal(*key), forward.uniform(*key)) for key in keys}
    second = {key: (backward.uniform(*key), backward.normal(*key)) for key in reversed(keys)}
    assert first == {key: pair[::-1] for key, pair in second.items()}
    assert len({normal for normal, _ in first.values()}) == len(keys)


def test_a_new_agent_or_purpose_shifts_nothing() -> None:
    alone, crowded = RandomStreams(7), RandomStreams(7)
    for quarter in range(100):
        crowded.normal("newcomer", "signal", quarter)
        crowded.normal("A", "another purpose", quarter)
        crowded.generator("A", "signal", quarter).random(5)
        assert crowded.normal("A", "signal", quarter) == alone.normal("A", "signal", quarter)


def test_agent_and_purpose_are_not_exchangeable() -> None:
    streams = RandomStreams(7)
    assert streams.normal("A", "B", 0) != streams.normal("B", "A", 0)
    assert streams.generator("A", "B", 0).random() != streams.generator("B", "A", 0).random()
    assert streams.generator("A", "B", 0).random() != streams.generator("A", "B").random()


def test_a_generator_starts_afresh_at_each_call() -> None:
    streams = RandomStreams(7)
    first = streams.generator("A", "usage", 2).random(10)
    assert np.array_equal(first, streams.generator("A", "usage", 2).random(10))
    assert not np.array_equal(first, streams.generator("A", "usage", 3).random(10))


def test_seeds_differ() -> None:
    assert RandomStreams(1).normal("A", "signal", 0) != RandomStreams(2).normal("A", "signal", 0)


def test_numbers_are_standard_and_independent() -> None:
    """10,000 numbers of 100 agents: moments within four standard errors, no correlation."""
    streams = RandomStreams(2025)
    names = [f"agent {i}" for i in range(100)]
    normal = np.array([[streams.normal(a, "signal", q) for q in range(100)] for a in names])
    uniform = np.array([[streams.uniform(a, "signal", q) for q in range(100)] for a in names])
    assert abs(normal.mean()) < 4 / 100
    assert abs(normal.std() - 1) < 4 / np.sqrt(2 * 10_000)
    assert abs(uniform.mean() - 0.5) < 4 * np.sqrt(1 / 12) / 100
    assert abs(uniform.var() - 1 / 12) < 4 * np.sqrt(1 / 180) / 100
    assert uniform.min() >= 0 and uniform.max() < 1
    pairs = [
        (normal, uniform),  # the two kinds of number
        (normal[:-1], normal[1:]),  # neighbouring agents
        (normal[:, :-1], normal[:, 1:]),  # neighbouring quarters
        (normal[:, :36], normal[:, 64:]),  # the two blocks
    ]
    for left, right in pairs:
        correlation = np.corrcoef(left.ravel(), right.ravel())[0, 1]
        assert abs(correlation) < 4 / np.sqrt(left.size)


def test_wrong_keys_are_refused() -> None:
    with pytest.raises(ValueError, match=">= 0"):
        RandomStreams(-1)
    streams = RandomStreams(0)
    for draw in (streams.normal, streams.uniform, streams.generator):
        with pytest.raises(ValueError, match="before quarter 0"):
            draw("A", "signal", -1)


def test_two_names_of_one_code_are_refused() -> None:
    """The words "plumless" and "buckeroo" have one CRC-32."""
    streams = RandomStreams(0)
    streams.normal("plumless", "signal", 0)
    with pytest.raises(ValueError, match="one CRC-32"):
        streams.normal("buckeroo", "signal", 0)

"""Named random streams: every draw is keyed by (agent, purpose, quarter).

A draw depends on the seed and on its own key, never on what was drawn before. A new agent, a new
purpose or another order of visits therefore shifts no other number, and the two arms of a paired
experiment share every draw that exists in both (common random numbers; L'Ecuyer, Simard, Chen and
Kelton 2002, "An object-oriented random-number package with many long streams and substreams").
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

type RngLike = (
    int
    | np.integer
    | Sequence[int]
    | np.random.SeedSequence
    | np.random.Generator
    | np.random.BitGenerator
)
"""What a Mesa model takes as ``rng``."""

BLOCK = 64
"""Quarters drawn at once for one (agent, purpose)."""

_NORMAL, _UNIFORM, _GENERATOR, _TIMELESS = range(4)


def whole_seed(seed: object) -> int:
    """A seed as a whole number >= 0; a float such as 7.0, as tables hold it, is one.

    Raises:
        ValueError: it is negative or has a fraction.
        TypeError: it is no number.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | float | np.integer | np.floating):
        raise TypeError(f"the seed must be a whole number >= 0, got {seed!r}")
    is_whole = isinstance(seed, int | np.integer) or float(seed).is_integer()
    if seed < 0 or not is_whole:
        raise ValueError(f"the seed must be a whole number >= 0, got {seed!r}")
    return int(seed)


def root_seed(rng: object) -> int:
    """Root of the named streams for anything that a Mesa model takes as ``rng``.

    A whole number is its own root. A seed sequence, or a sequence of whole numbers, gives the same
    root each time. A generator is drawn from once, so two models made with one generator differ.

    Raises:
        ValueError: a number is negative or has a fraction.
        TypeError: it is nothing that numpy can seed from.
    """
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if isinstance(rng, Sequence | np.ndarray) and not isinstance(rng, str | bytes):
        rng = np.random.SeedSequence([whole_seed(each) for each in rng])
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1, np.uint64)[0]) >> 1
    return whole_seed(rng)


class RandomStreams:
    """Random numbers that are functions of (seed, agent, purpose, quarter).

    Args:
        seed: Root seed, an integer >= 0. The same seed gives the same numbers in every process,
            whatever the hash seed of Python and whatever the order of the calls.

    Raises:
        ValueError: If the seed is negative or has a fraction, a quarter is negative, or two
            different names have one CRC-32 (their numbers would be equal).
    """

    __slots__ = ("_names", "_normals", "_uniforms", "seed")

    def __init__(self, seed: int) -> None:
        self.seed = whole_seed(seed)
        self._names: dict[int, str] = {}
        self._normals: dict[tuple[str, str, int], list[float]] = {}
        self._uniforms: dict[tuple[str, str, int], list[float]] = {}

    def normal(self, agent: str, purpose: str, quarter: int) -> float:
        """Return one standard normal number."""
        block = self._normals.get((agent, purpose, quarter // BLOCK))
        if block is None:
            block_number = quarter // BLOCK
            generator = self._keyed(agent, purpose, _NORMAL, block_number)
            block = generator.standard_normal(BLOCK).tolist()
            self._normals[agent, purpose, block_number] = block
        return block[quarter % BLOCK]

    def uniform(self, agent: str, purpose: str, quarter: int) -> float:
        """Return one number, uniform on [0, 1)."""
        block = self._uniforms.get((agent, purpose, quarter // BLOCK))
        if block is None:
            block_number = quarter // BLOCK
            generator = self._keyed(agent, purpose, _UNIFORM, block_number)
            block = generator.random(BLOCK).tolist()
            self._uniforms[agent, purpose, block_number] = block
        return block[quarter % BLOCK]

    def generator(
        self, agent: str, purpose: str, quarter: int | None = None
    ) -> np.random.Generator:
        """Return a fresh generator for arrays; equal keys start equal sequences.

        Args:
            agent: Name of the agent or group that draws.
            purpose: What the numbers are for.
            quarter: Quarter number, or None for a draw outside time (a population at the start).
        """
        if quarter is None:
            return self._keyed(agent, purpose, _TIMELESS, 0)
        return self._keyed(agent, purpose, _GENERATOR, quarter)

    def _keyed(self, agent: str, purpose: str, kind: int, position: int) -> np.random.Generator:
        if position < 0:
            raise ValueError(f"no draw before quarter 0 ({agent}, {purpose})")
        key = (self._code(agent), self._code(purpose), kind, int(position))
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key))
        )

    def _code(self, name: str) -> int:
        code = crc32(name.encode())
        if self._names.setdefault(code, name) != name:
            raise ValueError(f"{name!r} and {self._names[code]!r} have one CRC-32: rename one")
        return code

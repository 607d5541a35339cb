"""Files, options and links made at random from fixed seeds: never a traceback, nothing written.

``python tests/unit/test_hostile_generator.py 20000`` tries so many of each kind and counts.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from market.parameters.schema import leaves
from market.scenario import FOLDER
from runs.cli import execute
from runs.experiments.experiment import FOLDER as EXPERIMENTS
from viz.session.link import decode

TRIES = 80
"""Of each kind; a seed gives the same one everywhere."""
CODES = {0, 2}
VALUES = (
    "nan", "inf", "-inf", "-1", "0", "-0.0", "1e308", "1e-320", "9" * 30, "9" * 310,
    "-" + "9" * 310, "0x" + "f" * 300, "true", "''", "'never'", "'2026Q3'", "'9999Q4'",
    "'0000Q1'", "'x'", "[]", "{}",
    "[1, 2]", "{ value = 1 }", "{ value = nan, source = 3 }", "{ value = {}, confidence = 'seen' }",
    "1979-05-27T07:32:00Z", "07:32:00", "[[]]", "{ low = 0, high = 1 }", "{ low = 1, high = nan }",
    "{ low = 0, high = 1, scale = 'log' }", "{ values = [1], when = 'quarters == 3' }",
    "'\\u0000'", "'\U0001f3e0'", '"""\n"""', "[" * 40 + "]" * 40, "{a=" * 40 + "1" + "}" * 40,
)  # fmt: skip
NOISE = (
    "", "\n", "=", "[", "]", "{", "}", "'", '"', "#", ".", ",", "\\", "\0", "\r", "\t",
    "\ufeff", "\u2028",
    "[a.b]\n", "[[a]]\n", ".".join("a" * 300), "extends = 'reference'\n", "remove = ['labs']\n",
    "é", "\U0001f3e0", "x = 1\nx = 1\n", "[experiment]\n", "[vary]\n", "quarters = 3\n", "_", "-",
)  # fmt: skip
SCENARIO = (FOLDER / "minimal.toml").read_text(encoding="utf-8")
EXPERIMENT = min((path.read_text(encoding="utf-8") for path in EXPERIMENTS.glob("*.toml")), key=len)
CSV = "funding.recovery,quarters,labs.lab.cash_usd\n0.1,4,1e9\n0.2,,2e9\n"
LINK = (
    "scenario=minimal&seed=7&set=funding.recovery=0.2&shock=3:rate rise::0.01:4&quarter=5&tab=live"
)
PATHS = [".".join(leaf.path).replace("*", "lab") for leaf in leaves()]

type Make = Callable[[random.Random], bytes]


def _mutated(rng: random.Random, text: str) -> str:
    """A text with a few places changed: cut, doubled, moved, or with something put in."""
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        first, second = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        second = min(second, first + rng.choice((1, 3, 20, 200)))
        piece = text[first:second]
        change = rng.randrange(5)
        put = {0: "", 1: piece * rng.choice((2, 50)), 2: rng.choice(NOISE), 3: rng.choice(VALUES)}
        text = text[:first] + put.get(change, piece[::-1]) + text[second:]
    return text


def _with_values(rng: random.Random, text: str) -> str:
    """A text in which values behind "=" are replaced by others."""
    lines = text.splitlines()
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = [number for number, line in enumerate(lines) if "=" in line]
        number = rng.choice(places)
        lines[number] = f"{lines[number].split('=')[0]}= {rng.choice(VALUES)}"
    return "\n".join(lines)


def _bytes(rng: random.Random, text: str) -> bytes:
    content = text.encode(errors="surrogatepass")
    if rng.random() < 0.1:
        place = rng.randint(0, len(content))
        content = content[:place] + rng.randbytes(rng.choice((1, 4))) + content[place:]
    if rng.random() < 0.1:
        content = content.replace(b"\n", b"\r\n")
    return content[: rng.randint(0, len(content))] if rng.random() < 0.1 else content


def _scenario(rng: random.Random) -> bytes:
    way = rng.randrange(3)
    if way == 0:
        return _bytes(rng, _mutated(rng, SCENARIO))
    if way == 1:
        return _bytes(rng, _with_values(rng, SCENARIO))
    stated = "\n".join(
        f"{rng.choice(PATHS)} = {rng.choice(VALUES)}" for _ in range(rng.choice((1, 2)))
    )
    return _bytes(rng, f"extends = 'minimal'\n{stated}\n")


def _experiment(rng: random.Random) -> bytes:
    way = rng.randrange(3)
    if way == 0:
        return _bytes(rng, _mutated(rng, EXPERIMENT))
    if way == 1:
        return _bytes(rng, _with_values(rng, EXPERIMENT))
    method = rng.choice(("grid", "lhs", "sobol", "morris", "csv", "x"))
    return _bytes(
        rng,
        f"[experiment]\nscenario = 'minimal'\nquarters = 2\nseed = {rng.choice(VALUES)}\n"
        f"[design]\nmethod = '{method}'\nsamples = 2\n"
        f"[vary]\n'{rng.choice(PATHS)}' = {rng.choice(VALUES)}\n"
        f"[[arms]]\nname = 'a'\nset.'{rng.choice(PATHS)}' = {rng.choice(VALUES)}\n",
    )


def _points(rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return _bytes(rng, _mutated(rng, CSV))
    names = [rng.choice(PATHS) for _ in range(rng.choice((1, 2)))]
    cells = [f'"{rng.choice(VALUES)}"' if rng.random() < 0.5 else "1" for _ in names]
    return _bytes(rng, f"{','.join(names)}\n{','.join(cells)}\n")


def _option(rng: random.Random) -> bytes:
    text = f"{rng.choice(PATHS)}={rng.choice(VALUES)}"
    text = _mutated(rng, text) if rng.random() < 0.5 else text
    return text.replace("\0", "").encode(errors="ignore")


def _link(rng: random.Random) -> bytes:
    pieces = LINK.split("&")
    for _ in range(rng.choice((1, 2, 5))):
        number = rng.randrange(len(pieces))
        key = pieces[number].partition("=")[0]
        hostile = rng.choice((f"{rng.choice(PATHS)}={rng.choice(VALUES)}", *VALUES, *NOISE))
        pieces[number] = f"{key}={quote_plus(hostile)}" if rng.random() < 0.6 else pieces[number]
        pieces.append(_mutated(rng, pieces[number]))
    return "&".join(pieces).encode(errors="surrogatepass")


MAKERS: dict[str, Make] = {
    "scenario": _scenario,
    "experiment": _experiment,
    "points": _points,
    "option": _option,
    "link": _link,
}
DESIGN = "[experiment]\nscenario = 'minimal'\n[design]\nmethod = 'csv'\nfile = 'mine.csv'\n"


def attempt(kind: str, content: bytes, place: Path) -> int:
    """Give something to the command that reads it, in a folder; the exit code."""
    if kind == "link":
        link, problems = decode(content.decode(errors="surrogateescape"))
        assert link.world.parameters is not None
        assert all(isinstance(line, str) for line in problems)
        return 0
    if kind == "option":
        return execute(["scenario", "show", "minimal", "--csv", "--set", content.decode()])
    if kind == "scenario":
        (place / "mine.toml").write_bytes(content)
        return execute(["scenario", "check", "mine.toml"])
    if kind == "points":
        (place / "mine.csv").write_bytes(content)
        content = DESIGN.encode()
    (place / "mine.toml").write_bytes(content)
    return execute(["experiment", "check", "mine.toml"])


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_made_at_random_ends_in_one_line(
    kind: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    codes = []
    for seed in range(TRIES):
        content = MAKERS[kind](random.Random(f"{kind} {seed}"))
        codes.append(attempt(kind, content, tmp_path))
        out, err = capsys.readouterr()
        assert codes[-1] in CODES, seed
        assert len(err.splitlines()) == (1 if codes[-1] else 0), seed
        assert not (codes[-1] and out), seed
    assert set(os.listdir(tmp_path)) <= {"mine.toml", "mine.csv"}
    assert 0 in codes
    if kind != "link":  # which never ends, but says what it leaves out
        assert codes.count(2) > TRIES // 4


def main(tries: int) -> None:
    """Try many, and count those that ended in a traceback or another code."""
    here = Path(tempfile.mkdtemp())
    os.chdir(here)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - what is valid prints
    for kind, make in MAKERS.items():
        bad = 0
        for seed in range(tries):
            content = make(random.Random(f"{kind} {seed}"))
            try:
                ended = attempt(kind, content, here) in CODES
            except Exception:
                ended = False
                sys.stderr.write(f"FAILED {kind} {seed}: {content!r}\n{traceback.format_exc()}\n")
            bad += not ended
        sys.stderr.write(f"COUNT {kind}: {tries} tried, {bad} failed\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))

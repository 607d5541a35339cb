"""Every command on a sweep's folder, with each of its files damaged in each way: one line, a code.

``python test_damaged_folders.py`` counts tries and tracebacks.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runs.cli import execute
from runs.experiments.sweeps import run_sweep
from runs.experiments.text import read_experiment

EXPERIMENT = """
[experiment]
name = "damaged"
scenario = "minimal"
quarters = 2
outputs = ["capex_usd:max", "defaults"]
series = true

[vary]
"funding.recovery" = [0.1, 0.2]

[[arms]]
name = "one"

[[arms]]
name = "two"
set."funding.signal_noise" = 0.2
"""
DEEP = b"[" * 200_000
FILES = (
    "manifest.json",
    "design.parquet",
    "parts.jsonl",
    "timings.jsonl",
    "errors.jsonl",
    "lock",
    "experiment.toml",
    "scenarios/one.toml",
    "runs/part-000001.parquet",
    "series/part-000001.parquet",
    "runs",
    "series",
    "scenarios",
)
COMMANDS = {
    "status": "status {0} --json",
    "failures": "failures {0}",
    "one failure": "failures {0} --run-id 1",
    "retry": "retry {0} -j 0",
    "replay": "replay {0} --run-id 1",
    "verify": "verify {0}",
    "export": "export {0} --csv",
    "export series": "export {0} --csv --series",
    "resume": "sweep experiment.toml -o {0} -j 0 --quiet --resume",
    "sensitivity": "sensitivity {0} --output capex_usd:max --arm one",
    "discover": "discover {0} --where defaults==99 --arm one",
    "compare": "compare {0}",
}
CODES = {0, 1, 2, 3, 5}
"""Exit codes of the documents: 1 is a difference that verify or replay found, or a failed write."""


def _missing(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _folder(path: Path) -> None:
    _missing(path)
    path.mkdir()


def _written(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        _missing(path)
        path.write_bytes(content)

    return write


def _truncated(path: Path) -> None:
    content = path.read_bytes() if path.is_file() else b""
    _written(content[: len(content) // 2])(path)


def _linked_to_itself(path: Path) -> None:
    _missing(path)
    path.symlink_to(path)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "missing": _missing,
    "a folder": _folder,
    "truncated": _truncated,
    "empty": _written(b""),
    "no text": _written(bytes(range(256)) * 40),
    "brackets": _written(DEEP),
    "a list": _written(b"[1, 2]\n"),
    "an object": _written(b'{"part": "x", "kind": "sweep", "format": 1, "run_id": []}\n'),
    "numbers": _written(b'{"part": 1e999, "run_id": 1e999, "seconds": 3, "statuses": 4}\n'),
    "a circle": _linked_to_itself,
}

PLAIN = ("missing", "a folder", "truncated")
FEW = ("status", "failures", "verify", "export", "resume")
"""Commands tried with damages that are not plain; this file as a program tries all with all."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_whole(tmp_path_factory.mktemp("whole"))


def make_whole(folder: Path) -> Path:
    """A folder with an experiment and its sweep, of which nothing is damaged."""
    (folder / "experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    run_sweep(read_experiment(folder / "experiment.toml"), folder / "out")
    return folder


def damaged(whole: Path, target: Path, file: str, damage: str) -> Path:
    """A copy with one file damaged."""
    shutil.copytree(whole, target)
    DAMAGES[damage](target / "out" / file)
    return target


@pytest.mark.parametrize("damage", [*PLAIN, "brackets", "an object", "a circle"])
@pytest.mark.parametrize("file", FILES)
def test_each_command_ends_in_one_line(
    whole: Path,
    tmp_path: Path,
    file: str,
    damage: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runs.sweep.manifest.git_state", lambda: None)  # a process for each call
    place = damaged(whole, tmp_path / "copy", file, damage)
    for name in COMMANDS if damage in PLAIN else FEW:
        command = COMMANDS[name]
        if name in {"retry", "resume"}:  # they write: each gets a copy of its own
            place = damaged(whole, tmp_path / name, file, damage)
        monkeypatch.chdir(place)
        monkeypatch.setattr(sys, "argv", ["kaartenhuis", *command.format("out").split()])
        code = execute(sys.argv[1:])
        out, err = capsys.readouterr()
        assert code in CODES, name
        assert "Traceback" not in out + err, name
        if code in {2, 5}:
            assert len(err.splitlines()) == 1, name
            assert len(err) < 700, name
    hidden = [path.name for path in place.rglob(".*")]
    assert hidden == []


def test_a_resumed_sweep_is_whole_again(
    whole: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number, file in enumerate(("runs/part-000001.parquet", "design.parquet", "parts.jsonl")):
        place = damaged(whole, tmp_path / str(number), file, "truncated")
        monkeypatch.chdir(place)
        command = COMMANDS["resume"].format("out").split()
        monkeypatch.setattr(sys, "argv", ["kaartenhuis", *command])
        assert execute(command) == 0
        assert execute(["verify", "out"]) == 0
    capsys.readouterr()


def tries() -> Iterator[tuple[str, str, str, str]]:
    """Command, file, damage and how it ended, for all of them."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        whole = make_whole(here / "whole") if (here / "whole").mkdir() is None else here
        for file in FILES:
            for damage in DAMAGES:
                for command, words in COMMANDS.items():
                    place = damaged(whole, here / "copy", file, damage)
                    os.chdir(place)
                    sys.argv = ["kaartenhuis", *words.format("out").split()]
                    try:
                        ended = str(execute(sys.argv[1:]))
                    except Exception as error:
                        ended = f"traceback {type(error).__name__}: {str(error)[:80]}"
                    os.chdir(here)
                    shutil.rmtree(place)
                    yield command, file, damage, ended


if __name__ == "__main__":
    found = list(tries())
    bad = [each for each in found if each[-1].startswith("traceback")]
    for each in bad:
        sys.stderr.write(f"TB {each}\n")
    sys.stderr.write(f"{len(found)} tries, {len(bad)} tracebacks\n")

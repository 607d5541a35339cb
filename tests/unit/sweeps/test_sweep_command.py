"""``kaartenhuis sweep`` and ``kaartenhuis experiment`` from the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import runs
from runs.cli import execute
from runs.experiments.reports import status_of
from runs.sweep.runner import Progress, SweepProgress, duration, size

FILE = """
[experiment]
scenario = "minimal"
description = "Two values of one parameter."
outputs = ["cut", "defaults", "capex_usd:max"]
quarters = 2

[vary]
"funding.recovery" = [0.1, 0.3]

[[arms]]
name = "plain"

[[arms]]
name = "rich"
set = { "labs.lab.cash_usd" = 9e9 }
"""


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(FILE, encoding="utf-8")


def test_from_a_file_to_a_frame(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["sweep", "mine.toml", "-o", "out", "-j", "0", "--replications", "2"]
    assert execute(line) == 0
    said = capsys.readouterr()
    assert "finished: 8 of 8 runs stored: 8 ok" in said.out
    assert "mine: 2 points x 2 arms x 2 replications = 8 runs" in said.err
    assert "8 of 8 runs (100%)" in said.err
    frame = runs.load("out")
    assert frame.attrs["varied"] == ["funding.recovery"]
    assert frame["status"].eq("ok").all()
    assert frame["capex_usd:max"].gt(0).all()
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["spec"]["vary"]["funding.recovery"]["values"] == [0.1, 0.3]


def test_worker_processes_give_the_same_bytes() -> None:
    assert execute(["sweep", "mine.toml", "-o", "a", "-j", "0", "--quiet"]) == 0
    assert execute(["sweep", "mine.toml", "-o", "b", "-j", "2", "--quiet"]) == 0
    assert runs.digest("a") == runs.digest("b")


def test_a_folder_is_never_taken_silently(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["sweep", "mine.toml", "-o", "out", "-j", "0", "--quiet"]
    assert execute(line) == 0
    assert execute(line) == 5
    assert "add --resume to go on, or --overwrite" in capsys.readouterr().err
    assert execute([*line, "--resume"]) == 0
    assert "0 computed now" in capsys.readouterr().out
    assert execute([*line, "--resume", "--seed", "9"]) == 5
    assert "the experiment is another one" in capsys.readouterr().err
    assert execute([*line, "--overwrite", "--seed", "9"]) == 0
    assert "4 computed now" in capsys.readouterr().out


def test_all_options_reach_the_experiment(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["sweep", "mine.toml", "-o", "out", "-j", "0", "--quiet", "--keep-series"]
    line += ["--set", "enterprise.customers=50", "--vary", "compute.chip_share=0.4..0.6"]
    line += ["--design", "lhs", "--samples", "3", "--seed", "8", "--outputs", "cut,rpo_usd:last"]
    line += ["--outputs", "defaults", "--quarters", "1", "--max-failures", "50%"]
    line += ["--run-timeout", "60"]
    assert execute(line) == 0
    capsys.readouterr()
    spec = json.loads(Path("out/manifest.json").read_text())["spec"]
    assert spec["changes"] == ["enterprise.customers=50"]
    assert list(spec["vary"]) == ["funding.recovery", "compute.chip_share"]
    assert (spec["design"]["method"], spec["design"]["samples"], spec["seed"]) == ("lhs", 3, 8)
    assert (spec["max_failures"], spec["run_timeout_s"]) == ("50%", 60.0)
    assert runs.load("out").attrs["outputs"] == ["cut", "rpo_usd:last", "defaults"]
    assert len(runs.load_series("out")) == 6
    copy = Path("out/scenarios/plain.toml").read_text()
    assert "customers = { value = 50" in copy


def test_runs_over_their_time_end_with_three(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["sweep", "mine.toml", "-o", "out", "-j", "0", "--run-timeout", "1e-9", "--quiet"]
    assert execute(line) == 3
    assert "4 timeout" in capsys.readouterr().out
    assert status_of(Path("out"))["statuses"] == {"timeout": 4}
    assert execute(["sweep", "mine.toml", "-o", "few", *line[4:], "--max-failures", "1"]) == 4


def test_a_dry_run_counts_and_estimates_and_writes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert execute(["sweep", "mine.toml", "-n", "-j", "2", "--keep-series", "-o", "out"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mine: 2 points x 2 arms x 1 replication = 4 runs"
    assert [line.split()[0] for line in lines[1:6]] == [
        "varied",
        "outputs",
        "probe",
        "time",
        "disk",
    ]
    assert lines[3].startswith("probe    3 runs took ")
    assert lines[4].endswith(" with 2 workers")
    assert lines[-1] == "nothing was written"
    assert [path.name for path in Path().iterdir()] == ["mine.toml"]


def test_a_dry_run_tells_of_probe_runs_that_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["sweep", "mine.toml", "-n", "--run-timeout", "1e-9"]) == 0
    assert "careful  3 of the probe runs ended timeout: over 1e-09 s" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "name a folder for the results, such as -o results/mine"),
        (["--resume", "--overwrite"], "--resume and --overwrite exclude each other"),
        (["--scheduler", "tcp://x", "-j", "2"], "--scheduler and --jobs exclude each other"),
        (["--max-failures", "many"], "'many' is neither a number of runs nor a share"),
        (["--run-timeout", "0"], "experiment.run_timeout_s = 0.0: must be greater than 0"),
        (["--outputs", "freze"], "outputs = 'freze': is no outcome; did you mean 'freeze'?"),
        (["--outputs", ","], "experiment.outputs = (): must not be empty"),
        (["--vary", "funding.recovry=1"], "did you mean 'recovery'?"),
        (["--vary", "funding.recovery=1:0:1"], "needs low:high:step"),
        (["--vary", "funding.recovery=0..1"], "a grid needs values, low:high:step, or levels"),
        (["--set", "funding.recovry=1"], "did you mean 'recovery'?"),
        (["--design", "gird"], "did you mean 'grid'?"),
        (["--samples", "4"], "samples do nothing for method grid"),
        (["--design", "lost.csv"], "lost.csv: cannot be read: No such file or directory"),
        (["--samples", "0"], "Invalid value for '--samples'"),
    ],
)
def test_what_is_wrong_is_one_line_and_writes_nothing(
    options: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["-o", "out"] if options else []
    assert execute(["sweep", "mine.toml", *folder, *options]) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert [path.name for path in Path().iterdir()] == ["mine.toml"]


def test_a_lost_scheduler_is_six(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    line = ["sweep", "mine.toml", "-o", "out", "--quiet", "--scheduler", "nonsense://nowhere"]
    assert execute(line) == 6
    assert "no Dask scheduler answers" in capsys.readouterr().err


# --- experiments


def test_check_names_every_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["experiment", "check", "mine.toml", "mine.toml"]) == 0
    assert capsys.readouterr().out == 2 * (
        "mine.toml: valid; 2 points x 2 arms x 1 replication = 4 runs\n"
    )
    Path("mine.toml").write_text(FILE.replace("0.3", "3.0"), encoding="utf-8")
    assert execute(["experiment", "check", "mine.toml"]) == 2
    assert "point 1 of arm plain: funding.recovery = 3.0" in capsys.readouterr().err


def test_keys_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["experiment", "schema"]) == 0
    lines = capsys.readouterr().out.splitlines()
    keys = [line.split()[0] for line in lines[1:]]
    assert {"experiment.scenario", "design.method", 'vary."PATH".when', "arms.set"} <= {*keys}
    assert "experiment.folder" not in keys
    assert all(len(line.split()) > 3 for line in lines)


def test_outputs_that_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["experiment", "outputs", "minimal"]) == 0
    text = capsys.readouterr().out
    for name in ("freeze ", "capex_usd:WAY", "LAB.burn_usd:WAY", "WAY = mean", "LAB = lab"):
        assert name in text


# --- progress


def test_plain_lines_come_at_each_tenth() -> None:
    stream = io.StringIO()
    progress = SweepProgress(stream, total=100, done=20)
    for done in range(21, 101):
        progress(Progress(done, 100, not_ok=3 if done == 100 else 0))
    progress.close()
    lines = stream.getvalue().splitlines()
    assert [line.split(" runs")[0] for line in lines] == [
        f"{done} of 100" for done in range(30, 101, 10)
    ]
    assert "per second, about " in lines[0]
    assert lines[-1].endswith(", 3 not ok")


def test_time_left_is_said_to_be_that_of_a_part() -> None:
    stream = io.StringIO()
    progress = SweepProgress(stream, total=4, whole="this study")
    for done in range(1, 5):
        progress(Progress(done, 4, not_ok=0))
    first, *_, last = stream.getvalue().splitlines()
    assert first.endswith(" left in this study")
    assert "left" not in last


def test_a_terminal_gets_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = SweepProgress(stream, total=10)
    for done in (5, 10):
        progress(Progress(done, 10, not_ok=1))
    progress.close()
    assert progress.bar.n == 10
    assert "\r" in stream.getvalue()
    assert "run/s" in stream.getvalue()


def test_quiet_writes_nothing() -> None:
    stream = io.StringIO()
    SweepProgress(stream, total=1, is_quiet=True)(Progress(1, 1, 0))
    assert stream.getvalue() == ""


def test_words_for_time_and_size() -> None:
    assert [duration(s) for s in (0.84, 42, 600, 9000)] == ["0.84 s", "42 s", "10 min", "2.5 h"]
    assert [size(b) for b in (12, 1234, 5.6e6, 7e9)] == ["12 B", "1.23 kB", "5.6 MB", "7 GB"]

"""``kaartenhuis ui``: what it starts, and what it refuses."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from runs.cli import execute
from runs.commands import ui as ui_command
from runs.problems import UserProblem


def test_it_serves_this_machine_only_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []

    def serve(command: list[str], environment: dict[str, str]) -> int:
        started.append((command, environment))
        return 0

    monkeypatch.setattr(ui_command, "serve", serve)
    assert execute(["ui", "--port", "0", "--no-open"]) == 0
    [(command, environment)] = started
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert int(command[command.index("--port") + 1]) > 0
    assert "--open" not in command
    assert ui_command.TOKEN not in environment
    assert environment["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] == "false"


def test_without_solara_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "solara", None)
    assert execute(["ui", "--no-open"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: the app needs Solara, which is not installed here: ")
    words = shlex.split(line.split(": ", maxsplit=2)[2])
    assert words[:4] == [sys.executable, "-m", "pip", "install"]
    assert "solara==1.64.1" in words
    assert "ipyvuetify<2" in words
    assert not [word for word in words if word.startswith("mesa")]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """What would have been started: command and environment."""
    found: list[tuple[list[str], dict[str, str]]] = []

    def serve(command: list[str], environment: dict[str, str]) -> int:
        found.append((command, environment))
        return 0

    monkeypatch.setattr(ui_command, "serve", serve)
    return found


def test_another_host_asks_for_a_token_and_says_so(
    started: list[tuple[list[str], dict[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = []
    for _ in range(2):
        assert execute(["ui", "--host", "0.0.0.0", "--port", "0", "--no-open"]) == 0
        said = capsys.readouterr().err
        command, environment = started.pop()
        tokens.append(environment[ui_command.TOKEN])
        assert "open to everybody who reaches 0.0.0.0 and has the token" in said
        assert f"/?token={tokens[-1]} " in said
        assert tokens[-1] not in " ".join(command)
    assert len(set(tokens)) == 2 and min(map(len, tokens)) >= 32


def test_no_token_is_said_aloud(
    started: list[tuple[list[str], dict[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["ui", "--host", "0.0.0.0", "--port", "0", "--no-open", "--no-token"]) == 0
    assert "open to everybody who reaches 0.0.0.0: there is no password" in capsys.readouterr().err
    assert ui_command.TOKEN not in started[0][1]


def test_names_and_origins_go_to_the_server(
    started: list[tuple[list[str], dict[str, str]]],
) -> None:
    names = ["--allow-host", "model.example", "--allow-host", "b.example:444"]
    origin = ["--embed", "https://school.example"]
    assert execute(["ui", "--port", "0", *names, *origin]) == 0
    command = started[0][0]
    assert [command[at + 1] for at, word in enumerate(command) if word == "--allow-host"] == [
        "model.example",
        "b.example:444",
    ]
    assert command[command.index("--embed") + 1] == "https://school.example"
    assert command[command.index("--open") + 1].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "host",
    [
        *("", " ", "a b", "http://127.0.0.1", "127.0.0.1:80", "a..b", "-a", "[::1]", "é", "a\0b"),
        *("x" * 300, "1.2.3.4/24", "*", "::1::"),
    ],
)
@pytest.mark.usefixtures("started")
def test_a_malformed_host_is_refused_in_one_line(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["ui", f"--host={host}", "--no-open"]) == 2
    said = capsys.readouterr().err
    assert "--host: " in said and "neither an address nor a name" in said
    assert said.strip().count("\n") == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--allow-host", ""),
        ("--allow-host", "http://a"),
        ("--allow-host", "a/b"),
        ("--allow-host", "*"),
        ("--embed", "school.example"),
        ("--embed", "https://school.example/page"),
        ("--embed", "*"),
        ("--embed", "https://a;script-src *"),
    ],
)
@pytest.mark.usefixtures("started")
def test_a_malformed_name_is_refused(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["ui", "--no-open", "--port", "0", option, value]) == 2
    assert f"{option}: {value!r} is not of the form" in capsys.readouterr().err


@pytest.mark.usefixtures("started")
def test_a_malformed_prefix_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOLARA_ROOT_PATH", "//evil.example")
    assert execute(["ui", "--no-open", "--port", "0"]) == 2
    assert "is not a path such as /kaartenhuis" in capsys.readouterr().err


def test_the_printed_address_is_one_that_opens() -> None:
    assert ui_command.address("::1", 80) == "http://[::1]:80"
    assert ui_command.address("0.0.0.0", 80, "t") == "http://127.0.0.1:80/?token=t"
    assert ui_command.address("box", 80) == "http://box:80"
    assert all(ui_command.is_loopback(each) for each in ("::1", "127.0.0.9", "localhost"))
    assert not any(ui_command.is_loopback(each) for each in ("::", "192.0.2.1", "box"))


def test_a_port_in_use_is_refused_with_one_that_is_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserProblem, match=rf"--port: {port} cannot be had .*; \d+ is free"):
            ui_command.free_port("127.0.0.1", port)


def test_a_host_that_is_not_here_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["ui", "--host", "192.0.2.1", "--no-open"]) == 2
    assert "--host: '192.0.2.1' cannot be served" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["ui", "--folder", str(tmp_path / "none"), "--no-open"]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_the_server_is_told_its_folder(tmp_path: Path) -> None:
    settings = ui_command.server_settings(tmp_path)
    assert settings["KAARTENHUIS_FOLDER"] == str(tmp_path)


def test_the_exit_code_says_whether_the_server_failed() -> None:
    assert ui_command.serve([sys.executable, "-c", "pass"], {}) == 0
    assert ui_command.serve([sys.executable, "-c", "raise SystemExit(3)"], {}) == 1


CHILD = """
import os, socket, sys, time
server = socket.socket()
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
print("ready", os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = """
import signal, sys
from runs.commands.ui import serve
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore it
sys.exit(serve(sys.argv[1:], {}))
"""


def is_alive(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM ends a process at once elsewhere")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_command_leaves_no_server_behind(number: signal.Signals) -> None:
    port = ui_command.free_port("127.0.0.1", 0)
    child = [sys.executable, "-c", CHILD, str(port)]
    command = [sys.executable, "-c", PARENT, *child]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline().split()[1])
        try:
            parent.send_signal(number)
            assert parent.wait(20) == 0
            end = monotonic() + 5
            while is_alive(server) and monotonic() < end:
                sleep(0.05)
            assert not is_alive(server)
            assert ui_command.free_port("127.0.0.1", port) == port
        finally:
            if is_alive(server):
                os.kill(server, signal.SIGKILL)

"""``kaartenhuis ui``: serve the browser app from this machine, to this machine unless asked."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import current_thread, main_thread
from typing import Annotated

import typer

from runs.own_model import ModelOption, own_model
from runs.problems import UserProblem

LOCAL, PORT = "127.0.0.1", 8765
PATIENCE_S = 10.0
"""A server that is asked to end and does not is killed after so many seconds."""
APP = "viz.app"
APP_PACKAGES = ("solara", "ipyvue")
"""How the names of the packages begin that only the app needs."""
SETTINGS = {
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Kaartenhuis",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
    "KAARTENHUIS_WARM": "yes",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Environment of the server: it calls nobody, and forgets a visitor ten minutes after he left."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(ui)


def ui(
    host: Annotated[
        str, typer.Option(help="Address to serve; another one than the default opens it to others.")
    ] = LOCAL,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = PORT,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of sweeps and claims that the app may read."),
    ] = None,
    is_opened: Annotated[
        bool, typer.Option("--open/--no-open", help="Open a browser window.")
    ] = True,
    model: ModelOption = None,
) -> int:
    """Open the app in the browser; Ctrl-C ends it."""
    if folder is not None and not folder.is_dir():
        raise UserProblem(f"--folder: {str(folder)!r} is not a folder")
    check_solara()
    own = own_model(model)
    number = free_port(host, port)
    if host not in (LOCAL, "localhost", "::1"):
        typer.echo(f"open to everybody who reaches {host}: there is no password", err=True)
    typer.echo(f"Kaartenhuis: http://{host}:{number} (Ctrl-C ends it)", err=True)
    settings = server_settings(folder, own.name if own else None)
    return serve(server_command(host, number, is_opened=is_opened), settings)


def check_solara() -> None:
    """Raise UserProblem that says how to get Solara, unless it is there."""
    from importlib.metadata import PackageNotFoundError, requires

    if find_spec("solara") is not None:
        return
    try:
        needed = requires("kaartenhuis") or []
    except PackageNotFoundError:
        needed = []
    of_the_app = [each for each in needed if each.startswith(APP_PACKAGES)] or ["solara"]
    command = shlex.join([sys.executable, "-m", "pip", "install", *of_the_app])
    raise UserProblem(f"the app needs Solara, which is not installed here: {command}")


def free_port(host: str, port: int) -> int:
    """The port, when it can be had; raises UserProblem that names one that can."""
    try:
        return _bound(host, port)
    except OSError as error:
        try:
            other = _bound(host, 0)
        except OSError:
            raise UserProblem(f"--host: {host!r} cannot be served ({error.strerror})") from None
        raise UserProblem(
            f"--port: {port} cannot be had ({error.strerror}); {other} is free"
        ) from None


def _bound(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # as the server does: a port that has just been left can be had
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        number: int = probe.getsockname()[1]
        return number


def server_command(host: str, port: int, *, is_opened: bool) -> list[str]:
    """Command line of the server."""
    return [
        *(sys.executable, "-m", "solara", "run", APP, "--production", "--no-check-version"),
        *("--host", host, "--port", str(port), "--open" if is_opened else "--no-open"),
    ]


def server_settings(folder: Path | None, model: str | None = None) -> dict[str, str]:
    """Environment of the server, with its folder and the model class that it runs."""
    given = dict(os.environ)
    if model is not None:
        given["KAARTENHUIS_MODEL"] = model
    if folder is not None:
        given["KAARTENHUIS_FOLDER"] = str(folder.resolve())
    return given | SETTINGS


def serve(command: list[str], environment: dict[str, str]) -> int:
    """Run the server until it ends or is stopped; Ctrl-C and SIGTERM are ordinary ends.

    Either is passed on to the server, which is waited for, so that its port is free afterwards.
    """
    with _terminated_as_interrupted(), subprocess.Popen(command, env=environment) as server:
        try:
            return 1 if server.wait() else 0
        except KeyboardInterrupt:
            _end(server)
            return 0


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the server; one that is still there after ``PATIENCE_S``, or a second signal, at once."""
    try:
        server.terminate()
        server.wait(PATIENCE_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        server.kill()
        server.wait()


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM raise what Ctrl-C raises; outside the main thread it does nothing."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

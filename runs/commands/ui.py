"""``kaartenhuis ui``: serve the browser app from this machine, to this machine unless asked."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
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
APP, SERVER = "viz.app", "viz.server"
APP_PACKAGES = ("solara", "ipyvue")
"""How the names of the packages begin that only the app needs."""
TOKEN, PREFIX = "KAARTENHUIS_TOKEN", "SOLARA_ROOT_PATH"
"""Environment of the server: what the address must carry, and the path that a proxy puts first."""
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
ORIGIN = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")
PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
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
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Answer to this name too, NAME or NAME:PORT, such as that of a proxy in front.",
        ),
    ] = None,
    embed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORIGIN",
            help="Let pages of this origin show the app in a frame: https://NAME[:PORT].",
        ),
    ] = None,
    has_token: Annotated[
        bool,
        typer.Option(
            "--token/--no-token",
            help="Ask visitors for the token in the printed address, when others are served.",
        ),
    ] = True,
    model: ModelOption = None,
) -> int:
    """Open the app in the browser; Ctrl-C ends it."""
    if folder is not None and not folder.is_dir():
        raise UserProblem(f"--folder: {str(folder)!r} is not a folder")
    check_solara()
    check_host(host)
    names, origins = list(allow_host or ()), list(embed or ())
    check_names(names, origins)
    own = own_model(model)
    number = free_port(host, port)
    is_open = not is_loopback(host)
    token = secrets.token_urlsafe(24) if is_open and has_token else ""
    if is_open:
        guard = "and has the token" if token else "there is no password"
        sign = " " if token else ": "
        typer.echo(f"open to everybody who reaches {host}{sign}{guard}", err=True)
    shown = address(host, number, token)
    typer.echo(f"Kaartenhuis: {shown} (Ctrl-C ends it)", err=True)
    settings = server_settings(folder, own.name if own else None, token)
    command = server_command(
        host, number, opened=shown if is_opened else "", allow_host=names, embed=origins
    )
    return serve(command, settings)


def check_host(host: str) -> None:
    """Raise UserProblem unless this is an address or a name of a machine."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if not NAME.fullmatch(host) or ".." in host:
            raise UserProblem(
                f"--host: {host[:80]!r} is neither an address nor a name; "
                f"such as {LOCAL}, ::1 or 0.0.0.0"
            ) from None


def check_names(names: list[str], origins: list[str]) -> None:
    """Raise UserProblem for a ``--allow-host``, an ``--embed`` or a prefix that cannot be."""
    for name in names:
        if not ORIGIN.fullmatch(f"http://{name}"):
            raise UserProblem(f"--allow-host: {name[:80]!r} is not of the form NAME or NAME:PORT")
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise UserProblem(f"--embed: {origin[:80]!r} is not of the form https://NAME[:PORT]")
    prefix = os.environ.get(PREFIX, "")
    if not PATH.fullmatch(prefix):
        raise UserProblem(f"{PREFIX}: {prefix[:80]!r} is not a path such as /kaartenhuis")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def address(host: str, port: int, token: str = "") -> str:
    """What is opened in a browser of this machine; it carries the token, a copied link does not."""
    name = {"0.0.0.0": LOCAL, "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    query = f"/?token={token}" if token else ""
    return f"http://{name}:{port}{os.environ.get(PREFIX, '').rstrip('/')}{query}"


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


def server_command(
    host: str,
    port: int,
    *,
    opened: str = "",
    allow_host: Sequence[str] = (),
    embed: Sequence[str] = (),
) -> list[str]:
    """Command line of the server.

    Args:
        host: address to serve.
        port: port of it.
        opened: address to be opened in a browser window; "" = none.
        allow_host: further names that are answered.
        embed: origins that may frame the app.
    """
    return [
        *(sys.executable, "-m", SERVER, APP, "--host", host, "--port", str(port)),
        *(["--open", opened] if opened else []),
        *(part for name in allow_host for part in ("--allow-host", name)),
        *(part for origin in embed for part in ("--embed", origin)),
    ]


def server_settings(
    folder: Path | None, model: str | None = None, token: str = ""
) -> dict[str, str]:
    """Environment of the server, with its folder, the model class that it runs and its token."""
    given = dict(os.environ)
    given.pop(TOKEN, None)
    if token:
        given[TOKEN] = token
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

"""Start the server: ``python -m viz.server viz.app --host ... --port ...``.

``kaartenhuis ui`` does that in a process of its own. The token and the prefix come in environment
variables, so that no list of processes shows them.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import threading
import time
import warnings
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from viz.server.frames import MAX_BYTES
from viz.server.guard import App, Guard, innermost
from viz.server.rules import Rules, own_names

TOKEN = "KAARTENHUIS_TOKEN"
"""Environment variable: what the address must carry at the first visit."""
IDLE_S = 15.0
"""How often idle threads are let go, seconds."""
PREFIX = "SOLARA_ROOT_PATH"
"""Environment variable: path under which a proxy shows the app, such as "/app"."""


def main() -> None:
    """Serve until stopped."""
    given = arguments()
    rules = Rules(
        own_names(given.host, socket.gethostname()),
        frozenset(given.allow_host),
        tuple(given.embed),
        os.environ.get(TOKEN, ""),
        plain_prefix(os.environ.get(PREFIX, "")),
    )
    os.environ["SOLARA_APP"] = given.app
    os.environ[PREFIX] = rules.prefix
    run(Guard(routes(), rules), given)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m viz.server")
    parser.add_argument("app")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--allow-host", action="append", default=[])
    parser.add_argument("--embed", action="append", default=[])
    parser.add_argument("--open", default="", help="address to be opened in a browser")
    return parser.parse_args()


def plain_prefix(text: str) -> str:
    """A prefix with one slash before it and none after it; "" for none."""
    bare = text.strip().strip("/")
    return f"/{bare}" if bare else ""


def routes() -> App:
    """The app with the routes that it needs, and none other of the library's.

    The library's own handler of assets removes folders and calls a public network; here the same
    files are read from the environment, and what is not there is not there.
    """
    from solara.server import settings, starlette
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route, WebSocketRoute

    settings.main.mode = "production"
    own: Any = starlette
    files = own.StaticFilesOptionalAuth
    return Starlette(
        routes=[
            Route("/", endpoint=own.root, methods=["GET"]),
            WebSocketRoute("/jupyter/api/kernels/{kernel_id}/{name}", own.kernel_connection),
            Route("/_solara/api/close/{kernel_id}", endpoint=own.close, methods=["POST"]),
            Mount("/_solara/cdn", app=cdn_files(own, settings.assets.proxy_cache_dir)),
            Mount("/static/assets", app=own.StaticAssets()),
            Mount("/jupyter/nbextensions", app=own.StaticNbFiles()),
            Mount("/static", app=files(directory=own.server.solara_static)),
        ],
        lifespan=partial(lifetime, own),
        middleware=own.middleware,
    )


@asynccontextmanager
async def lifetime(own: Any, app: Any) -> AsyncIterator[None]:
    """The library's own, and a task that lets threads and memory go whose visitors have gone.

    Each visitor has a thread of a pool, which lets idle ones go only when it is asked for another.
    """
    from anyio import to_thread

    async def let_go() -> None:
        while True:
            await asyncio.sleep(IDLE_S)
            await to_thread.run_sync(give_back)

    async with own.lifespan(app):
        task = asyncio.create_task(let_go())
        try:
            yield
        finally:
            task.cancel()


def give_back() -> None:
    """Hand memory that is free back to the machine, where the C library can."""
    import ctypes

    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # another C library than that of Linux
        return


def cdn_files(own: Any, folder: Path) -> Any:
    """The front end's files of other makers, read only; each version is kept by browsers."""

    class Files(own.StaticFilesOptionalAuth):
        async def get_response(self, path: str, scope: Any) -> Any:
            response = await super().get_response(path, scope)
            if response.status_code in (200, 304):
                response.headers["Cache-Control"] = own.immutable_cache_control()
            return response

    return Files(directory=folder, check_dir=False, follow_symlink=True)


class OneLine(logging.Filter):
    """Errors in the handling of a message of a page: one line that names the place."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the error into the line."""
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args = f"{record.getMessage()}: {innermost(record.exc_info[1])}", ()
            record.exc_info = None
        return True


def run(app: App, given: argparse.Namespace) -> None:
    """Serve until stopped; opens a browser window when that is asked for."""
    import uvicorn

    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    logging.getLogger("Comm").addFilter(OneLine())
    warnings.filterwarnings("ignore", "Cookies with samesite=none require https")
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=given.host,
            port=given.port,
            access_log=False,
            log_level="error",
            server_header=False,
            ws_max_size=MAX_BYTES,
            timeout_graceful_shutdown=5,
        )
    )
    if given.open:
        threading.Thread(target=_open, args=(server, given.open), daemon=True).start()
    server.run()


def _open(server: Any, address: str) -> None:
    while not server.started:
        time.sleep(0.1)
        if server.should_exit:
            return
    webbrowser.open(address)


if __name__ == "__main__":
    main()

"""The process of the managed server: Prefect's own API and page on a free loopback port, until nobody asks for a
while.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

_IDLE_S = 30 * 60.0
_LOOK_EVERY_S = 10.0
_LEAVE_S = 5
"""How long open connections may take to close once the server leaves."""

LOGIN_PATH = "/filmkit-login"
_LOGIN_PAGE = b"""<!doctype html><title>filmkit</title><script>
localStorage.setItem("prefect-password", location.hash.slice(1)); location.replace("/runs");
</script>"""

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


class Attended:
    """Passes every request on and remembers when somebody was last here: a run that is at work keeps a socket open."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self._here = 0
        self._last_s = time.monotonic()

    @property
    def idle_s(self) -> float:
        """Seconds since nobody is here any more."""
        return 0.0 if self._here else time.monotonic() - self._last_s

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        """One request, or the server's own start and end."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        self._here += 1
        try:
            if scope["type"] == "http" and scope["path"] == LOGIN_PATH:
                await _send_login(send)
            else:
                await self._app(scope, receive, send)
        finally:
            self._here -= 1
            self._last_s = time.monotonic()


async def _send_login(send: Callable[[Any], Awaitable[None]]) -> None:
    """The page that puts the password from the address's fragment, which no server sees, where Prefect's page looks."""
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _LOGIN_PAGE})


async def serve(state: Path, auth: str) -> None:
    """Serves until idle for half an hour, or told to stop."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    os.environ["PREFECT_UI_API_URL"] = api
    os.environ["PREFECT_API_URL"] = api

    import uvicorn  # after the environment is set: Prefect reads it when imported
    from prefect.server.api.server import create_app

    from filmkit.engine.server import Server, forget_state, write_state

    app = Attended(create_app())
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_LEAVE_S))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not running.done():
        await asyncio.sleep(0.05)
    if server.started:
        write_state(Server(api, auth, os.getpid()), state)
    os.close(int(os.environ["FILMKIT_SERVER_LOCK"]))
    idle_s = float(os.environ.get("FILMKIT_SERVER_IDLE_S", _IDLE_S))
    while not running.done():
        await asyncio.wait({running}, timeout=max(0.1, min(_LOOK_EVERY_S, idle_s)))
        server.should_exit = server.should_exit or app.idle_s > idle_s
    forget_state(os.getpid(), state)
    await running


if __name__ == "__main__":
    asyncio.run(serve(Path(os.environ["FILMKIT_SERVER_STATE"]), os.environ["PREFECT_SERVER_API_AUTH_STRING"]))

"""The managed Prefect server: our own, loopback only, with its own folder and password; it leaves when nobody asks it.

If ``PREFECT_API_URL`` names a server that answers, that one is used. Else the managed one is attached to, or started
once: a lock keeps two commands from starting two.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filmkit.errors import ToolMissing
from filmkit.media.background import is_running, start_in_background, stop_process
from filmkit.providers.registry import key_names
from filmkit.store.paths import state_folder

_START_S = 90.0
_ANSWER_S = 2.0
_PATIENCE_S = 15.0
_MODULE = "filmkit.engine.server_main"


@dataclass(frozen=True, slots=True)
class Server:
    """A Prefect server: ``url`` of its API, ``auth`` as ``user:password`` (empty: none), ``pid`` 0 where it is not
    ours.
    """

    url: str
    auth: str = ""
    pid: int = 0

    @property
    def page(self) -> str:
        """Where a browser finds it."""
        return self.url.removesuffix("/api")

    def answers(self) -> bool:
        """Whether it answers and lets us in: its health route would answer without the password too."""
        request = urllib.request.Request(f"{self.url}/admin/version")  # noqa: S310 - our own loopback or the user's own server
        if self.auth:
            request.add_header("Authorization", f"Basic {base64.b64encode(self.auth.encode()).decode()}")
        ways = [urllib.request.ProxyHandler({})] if self.pid else []  # a proxy cannot reach our loopback
        try:
            with urllib.request.build_opener(*ways).open(request, timeout=_ANSWER_S) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError, ValueError):
            return False


def attach() -> Server:
    """A server that answers: the user's, the managed one, or the managed one just started. Raises ToolMissing."""
    if (url := os.environ.get("PREFECT_API_URL")) and (
        own := Server(url, os.environ.get("PREFECT_API_AUTH_STRING", ""))
    ).answers():
        return own
    try:
        with _lock() as lock:
            return _patient() or _start(lock)
    except OSError as error:
        raise ToolMissing(
            f"the Prefect server cannot keep its files in {prefect_home()}: {error.strerror}",
            remedy="use --engine local, which needs no server, or name another folder with XDG_STATE_HOME",
        ) from error


def running_server() -> Server | None:
    """The managed server, if it runs and answers."""
    server = _living_server()
    return server if server and server.answers() else None


def _living_server() -> Server | None:
    """The managed server, if its process lives."""
    try:
        kept = json.loads(_state_file().read_text(encoding="utf-8"))
        server = Server(str(kept["url"]), str(kept["auth"]), int(kept["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return server if is_running(server.pid, _MODULE) else None


def _patient() -> Server | None:
    """The managed server, given time on a busy machine; one that lives and still does not answer is stopped."""
    deadline = time.monotonic() + _PATIENCE_S
    while (server := _living_server()) is not None:
        if server.answers():
            return server
        if time.monotonic() > deadline:
            stop_process(server.pid)
        time.sleep(0.1)
    return None


def stop_server() -> bool:
    """Stops the managed server, also one that does not answer any more; False where it did not run."""
    server = _living_server()
    if server is None:
        return False
    stop_process(server.pid)
    _state_file().unlink(missing_ok=True)
    return True


def open_page(server: Server) -> None:
    """Opens its page in the user's browser; the managed one by way of a private file, so that no list of processes
    shows the password.
    """
    if not server.pid:
        webbrowser.open(server.page)
        return
    way = prefect_home() / "open.html"
    word = base64.b64encode(server.auth.encode()).decode()
    write_private(way, f'<!doctype html><script>location.replace("{server.page}/filmkit-login#{word}")</script>\n')
    webbrowser.open(way.as_uri())


def _start(lock: int) -> Server:
    """The new server holds the lock until it has said where it is: whoever kills this command in the meantime leaves
    one server behind, which the next command finds.
    """
    home = prefect_home()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    auth = f"filmkit:{secrets.token_urlsafe(24)}"
    _state_file().unlink(missing_ok=True)
    log = home / "server.log"
    keys = key_names()
    inherited = {name: value for name, value in os.environ.items() if name not in keys}
    env = {**inherited, **server_environment(home, auth), "FILMKIT_SERVER_STATE": str(_state_file())}
    env["FILMKIT_SERVER_LOCK"] = str(lock)
    pid = start_in_background([sys.executable, "-P", "-m", _MODULE], env, log, (lock,))
    try:
        server = _started(pid)
    except BaseException:  # Ctrl-C while waiting: nobody would know of this server
        stop_process(pid)
        raise
    if server is None:
        stop_process(pid)
        raise ToolMissing(
            f"the Prefect server did not start; its log is {log}", remedy="use --engine local, which needs no server"
        )
    return server


def _started(pid: int) -> Server | None:
    """Waits for a process that was just started to answer."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and is_running(pid):
        if (server := running_server()) is not None:
            return server
        time.sleep(0.1)
    return None


def server_environment(home: Path, auth: str) -> dict[str, str]:
    """Settings of the server: own folder, loopback, password, no telemetry (facts measured with Prefect 3.8)."""
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_API_URL": "",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }


def client_environment(server: Server) -> dict[str, str]:
    """What must stand in the environment before Prefect is imported here."""
    settings = {
        "DO_NOT_TRACK": "1",
        "PREFECT_API_URL": server.url,
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the command speaks for itself
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        "PREFECT_CLIENT_MAX_RETRIES": "3",  # 14 s; five take a minute, each time a server that is gone is asked
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    }
    if server.pid:
        direct = ",".join(filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1"]))
        settings |= {"PREFECT_HOME": str(prefect_home()), "PREFECT_API_AUTH_STRING": server.auth, "PREFECT_API_KEY": ""}
        settings |= {"no_proxy": direct, "NO_PROXY": direct}
    return settings


def prefect_home() -> Path:
    """Prefect's folder for filmkit, apart from the user's own."""
    return state_folder() / "prefect"


def _state_file() -> Path:
    return prefect_home() / "filmkit-server.json"


def write_state(server: Server, path: Path) -> None:
    """Says where the server is."""
    write_private(path, json.dumps(asdict(server)))


def forget_state(pid: int, path: Path) -> None:
    """Takes back what ``write_state`` said of process ``pid``; what another one said stands."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        if json.loads(path.read_text(encoding="utf-8"))["pid"] == pid:
            path.unlink()


def write_private(path: Path, text: str) -> None:
    """Writes a small file that holds the password: for this user's eyes only, there whole or not at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


@contextmanager
def _lock() -> Iterator[int]:
    """One at a time: others wait until a server is there. Raises ToolMissing where that takes too long."""
    home = prefect_home()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + _START_S + _PATIENCE_S
    with (home / "filmkit-server.lock").open("w") as file:
        while not _is_locked(file.fileno()):
            if time.monotonic() > deadline:
                raise ToolMissing(
                    f"another process is starting the Prefect server, and takes too long; its log is in {home}",
                    remedy="use --engine local, which needs no server",
                )
            time.sleep(0.05)
        yield file.fileno()


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

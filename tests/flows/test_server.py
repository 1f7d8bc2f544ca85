"""The managed Prefect server: one for a user, behind a password, on loopback, and gone when nobody needs it."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import struct
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prefectserver import own_state

from filmkit.engine import server as managed
from filmkit.engine.server import Server, attach, prefect_home, running_server, stop_server
from filmkit.engine.server_main import Attended
from filmkit.errors import ToolMissing

HANG_S = 90.0


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """The place of a server's state file, in a world where no server runs."""
    with own_state(tmp_path):
        home = prefect_home()
        home.mkdir(parents=True)
        yield home / "filmkit-server.json"


def answer_of(url: str, auth: str, data: bytes | None = None) -> int:
    """The status that a server answers with."""
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    if auth:
        request.add_header("Authorization", f"Basic {base64.b64encode(auth.encode()).decode()}")
    try:
        with urllib.request.urlopen(request, timeout=HANG_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.parametrize("auth", ["", "filmkit:guessed", "filmkit:"])
def test_a_request_without_the_password_is_refused(prefect_server: Server, auth: str) -> None:
    assert answer_of(f"{prefect_server.url}/admin/version", auth) == 401
    assert answer_of(f"{prefect_server.url}/flows/filter", auth, b"{}") == 401
    assert not Server(prefect_server.url, auth, prefect_server.pid).answers()


@pytest.mark.parametrize("token", [None, "filmkit:guessed"])
def test_a_socket_without_the_password_is_closed(prefect_server: Server, token: str | None) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    address = prefect_server.url.replace("http", "ws", 1) + "/events/in"
    with connect(address, subprotocols=[Subprotocol("prefect")]) as line, pytest.raises(ConnectionClosed, match="1008"):
        line.send(json.dumps({"type": "auth", "token": token}))
        line.recv(timeout=HANG_S)


def test_a_request_with_the_password_is_answered(prefect_server: Server) -> None:
    assert answer_of(f"{prefect_server.url}/flows/filter", prefect_server.auth, b"{}") == 200
    assert prefect_server.answers()


def test_the_password_is_for_this_user_only(prefect_server: Server, prefect_state: Path) -> None:
    kept = prefect_state / "filmkit" / "prefect" / "filmkit-server.json"
    password = prefect_server.auth.removeprefix("filmkit:")
    assert json.loads(kept.read_text())["auth"] == prefect_server.auth and len(password) >= 32
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o077) == (0o600, 0)
    assert password.encode() not in Path(f"/proc/{prefect_server.pid}/cmdline").read_bytes()


def test_the_server_listens_on_loopback_only(prefect_server: Server) -> None:
    found = listening(prefect_server.pid)
    assert found == {("127.0.0.1", int(prefect_server.page.rsplit(":", 1)[1]))}


def listening(pid: int) -> set[tuple[str, int]]:
    """Addresses and ports on which a process waits for connections."""
    own = {os.readlink(handle) for handle in Path(f"/proc/{pid}/fd").iterdir() if handle.is_symlink()}  # noqa: PTH115
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, status, *rest = line.split()
            if status == "0A" and f"socket:[{rest[5]}]" in own:
                address, port = local.split(":")
                found.add((_address(address, family), int(port, 16)))
    return found


def _address(digits: str, family: socket.AddressFamily) -> str:
    """The kernel writes addresses as 32-bit numbers of the machine's own order."""
    words = [int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)]
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words))


def test_a_running_server_is_attached_to(prefect_server: Server, prefect_state: Path) -> None:
    with own_state(prefect_state):
        assert attach() == prefect_server
        assert running_server() == prefect_server


def test_a_proxy_does_not_stand_between(prefect_server: Server, prefect_state: Path) -> None:
    with own_state(prefect_state, http_proxy="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9"):
        assert attach() == prefect_server


def test_the_server_that_the_user_names_is_taken_where_it_lets_us_in(prefect_server: Server, tmp_path: Path) -> None:
    with own_state(tmp_path, PREFECT_API_URL=prefect_server.url, PREFECT_API_AUTH_STRING=prefect_server.auth):
        assert attach() == Server(prefect_server.url, prefect_server.auth)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"url": 3}', '{"url": "http://127.0.0.1:1/api", "auth": "a:b", "pid": "none"}',
     '{"url": "http://127.0.0.1:1/api", "auth": "a:b", "pid": 0}'],
)  # fmt: skip
def test_a_damaged_state_file_means_no_server(state: Path, text: str) -> None:
    state.write_text(text)
    assert running_server() is None
    assert stop_server() is False


def test_a_stale_state_file_whose_process_is_gone_means_no_server(state: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(HANG_S)
    managed.write_state(Server("http://127.0.0.1:1/api", "a:b", ended.pid), state)
    assert running_server() is None
    assert stop_server() is False


def test_a_stale_state_file_never_stops_another_program(state: Path) -> None:
    with sleeping() as other:
        managed.write_state(Server("http://127.0.0.1:1/api", "a:b", other.pid), state)
        assert running_server() is None
        assert stop_server() is False
        assert other.poll() is None, "a process that is not the server was stopped"


@contextmanager
def sleeping(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits to be stopped; ``words`` stand in its command line."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", *words])
    try:
        yield process
    finally:
        process.kill()
        process.wait(HANG_S)


def test_a_server_that_hangs_is_stopped_before_another_starts(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "_PATIENCE_S", 0.2)
    monkeypatch.setattr(managed, "_start", lambda lock: Server("new"))
    with sleeping("filmkit.engine.server_main") as hanging:
        managed.write_state(Server("http://127.0.0.1:1/api", "a:b", hanging.pid), state)
        assert attach() == Server("new")
        assert hanging.wait(HANG_S) == -15


def test_a_server_that_hangs_can_be_stopped_by_hand(state: Path) -> None:
    with sleeping("filmkit.engine.server_main") as hanging:
        managed.write_state(Server("http://127.0.0.1:1/api", "a:b", hanging.pid), state)
        assert stop_server() is True
        assert hanging.wait(HANG_S) == -15
        assert not state.exists()


def test_an_old_server_does_not_take_back_what_a_new_one_said(state: Path) -> None:
    managed.write_state(Server("new", "a:b", 4242), state)
    managed.forget_state(17, state)
    assert json.loads(state.read_text())["pid"] == 4242
    managed.forget_state(4242, state)
    assert not state.exists()


def test_a_state_folder_that_cannot_be_made_is_a_missing_tool(tmp_path: Path) -> None:
    (tmp_path / "filmkit").write_text("a file where the folder should be")
    with own_state(tmp_path), pytest.raises(ToolMissing, match="cannot keep its files") as caught:
        attach()
    assert "--engine local" in caught.value.remedy


def test_somebody_who_is_connected_keeps_the_server_from_being_idle() -> None:
    """A run at work holds a socket open and may say nothing for an hour."""

    async def scenario() -> tuple[float, float, float]:
        leave = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await leave.wait()

        attended = Attended(app)
        before = attended.idle_s
        guest = asyncio.create_task(attended({"type": "websocket", "path": "/api/events/in"}, nothing, nothing))
        await asyncio.sleep(0.05)
        while_here = attended.idle_s
        leave.set()
        await guest
        await asyncio.sleep(0.05)
        return before, while_here, attended.idle_s

    before, while_here, after = asyncio.run(scenario())
    assert before > 0 and while_here == 0 and after > 0


async def nothing(*arguments: Any) -> None:
    """Receives and sends nothing."""


def run_server_command(*words: str) -> subprocess.Popen[str]:
    """``filmkit server …`` as a process of its own, in this environment."""
    command = [sys.executable, "-c", "from filmkit.cli.main import main; main()", "server", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def said(command: subprocess.Popen[str]) -> str:
    out, err = command.communicate(timeout=HANG_S)
    assert (command.returncode, err) == (0, "")
    return out


def servers_of(state: Path) -> list[int]:
    """Every living server process of this state folder."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                is_ours = f"FILMKIT_SERVER_STATE={state}".encode() in (place / "environ").read_bytes()
                is_server = b"filmkit.engine.server_main" in (place / "cmdline").read_bytes()
            except OSError:
                continue
            found += [int(place.name)] if is_ours and is_server else []
    return found


@pytest.mark.slow
def test_two_commands_at_once_start_one_server_and_stop_ends_it(state: Path) -> None:
    try:
        first, second = run_server_command("start"), run_server_command("start")
        answers = {said(first), said(second)}
        assert len(answers) == 1, f"two answers: {answers}"
        assert len(servers_of(state)) == 1
        (pid,) = servers_of(state)
        assert json.loads(said(run_server_command("status", "--json"))) == {
            "running": True, "url": answers.pop().split()[-1], "pid": pid,
        }  # fmt: skip
        assert said(run_server_command("stop")) == "stopped\n"
        assert servers_of(state) == [] and not state.exists()
        assert said(run_server_command("stop")) == "it was not running\n"
        assert said(run_server_command("status")) == "not running\n"
    finally:
        stop_server()


@pytest.mark.slow
def test_a_server_that_was_killed_is_replaced_and_the_new_one_leaves_when_idle(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILMKIT_SERVER_IDLE_S", "4")
    try:
        killed = attach()
        os.kill(killed.pid, 9)
        new = attach()
        assert new.pid != killed.pid and new.auth != killed.auth
        assert servers_of(state) == [new.pid]
        os.waitpid(new.pid, 0)  # it leaves by itself, or this test hangs
        assert not state.exists()
        assert running_server() is None
    finally:
        stop_server()


@pytest.mark.slow
def test_a_server_that_dies_while_it_starts_is_a_missing_tool(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "nonsense://nowhere")
    with pytest.raises(ToolMissing, match="the Prefect server did not start; its log is") as caught:
        attach()
    log = Path(caught.value.message.rpartition(" ")[2])
    assert "nonsense" in log.read_text()
    assert servers_of(state) == []

"""``server``: what it says where none runs, and that ``start``, ``stop`` and ``open`` go to the managed server."""

from __future__ import annotations

import pytest
from desk import Desk

from filmkit.engine.server import Server
from filmkit.errors import ToolMissing

HERE = Server("http://127.0.0.1:4242/api", "filmkit:secret", 17)


def test_no_server_runs(desk: Desk) -> None:
    assert desk.ask("server", "status").out == "not running\n"
    assert desk.ask("server", "status", "--json").json == {"running": False, "url": None, "pid": None}
    assert desk.ask("server", "stop").out == "it was not running\n"


def test_a_running_server_is_told_without_its_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Server] = []
    monkeypatch.setattr("filmkit.engine.server.running_server", lambda: HERE)
    monkeypatch.setattr("filmkit.engine.server.attach", lambda: HERE)
    monkeypatch.setattr("filmkit.engine.server.open_page", opened.append)
    said = [desk.ask("server", word) for word in ("status", "start", "open")]
    assert [answer.out for answer in said] == [
        "running at http://127.0.0.1:4242/api (process 17)\n",
        "running at http://127.0.0.1:4242/api\n",
        "opening http://127.0.0.1:4242\n",
    ]
    assert opened == [HERE]
    assert desk.ask("server", "status", "--json").json["pid"] == 17


def test_a_server_that_does_not_start_ends_with_6(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Server:
        raise ToolMissing("the Prefect server did not start", remedy="use --engine local")

    monkeypatch.setattr("filmkit.engine.server.attach", fails)
    answer = desk.ask("server", "start")
    assert (answer.code, answer.out) == (6, "")
    assert answer.err == "error: the Prefect server did not start\n    → use --engine local\n"

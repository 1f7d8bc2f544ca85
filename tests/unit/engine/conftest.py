"""A service on loopback, and a film whose takes it makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from paidfilm import FAKE_CLIP, Producer
from stubservice import StubServer


@pytest.fixture
def server() -> Iterator[StubServer]:
    with StubServer(FAKE_CLIP) as server:
        yield server


@pytest.fixture
def producer(tmp_path: Path, server: StubServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Producer]:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # nobody pulls the plug here, and other tests watch that
    with Producer.at(tmp_path, server) as producer:
        producer.journal._db.execute("PRAGMA synchronous=OFF")
        yield producer

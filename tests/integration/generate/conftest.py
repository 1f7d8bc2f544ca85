"""A producer with a film of two shots, and the service that makes its takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from paidfilm import Producer, clip_bytes
from stubservice import StubServer


@pytest.fixture
def server() -> Iterator[StubServer]:
    with StubServer(clip_bytes()) as server:
        yield server


@pytest.fixture
def producer(tmp_path: Path, server: StubServer) -> Iterator[Producer]:
    with Producer.at(tmp_path, server, decodes=True) as producer:
        yield producer

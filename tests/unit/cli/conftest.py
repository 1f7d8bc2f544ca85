"""A service for commands that ask one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from desk import Desk
from paidfilm import FAKE_CLIP, QUICK, WORD, QuickArrival, believing, write_paid_film
from stubservice import KEY, URL, StubProvider, StubServer, registered

from filmkit.engine import arrival, generate, generation
from filmkit.load.film import load_film


@pytest.fixture
def server(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubServer]:
    """A service that answers at once, and a film whose two shots it makes."""
    with StubServer(FAKE_CLIP) as server, registered(WORD, StubProvider(word=WORD)):
        monkeypatch.setenv(URL, server.url)
        monkeypatch.setenv(KEY, server.key)
        monkeypatch.setenv("FILMKIT_PERSON", "Mina")
        monkeypatch.setattr(generate, "Terms", partial(generate.Terms, pace=QUICK))
        monkeypatch.setattr(generation, "load_film", partial(load_film, probe=believing))
        monkeypatch.setattr(QuickArrival, "wanted", FAKE_CLIP)
        monkeypatch.setattr(arrival, "Arrival", QuickArrival)
        write_paid_film(desk.folder / "film")
        yield server

"""Whoever waits for a film that is read for the first time is told why."""

from __future__ import annotations

import threading

import pytest

from filmkit.cli import patience as module
from filmkit.cli.patience import patience


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    words: list[str] = []
    monkeypatch.setattr(module, "tell", lambda word, _: words.append(word))
    return words


def waiting() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "filmkit-patience"]


def test_a_long_reading_is_explained_once(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SOON_S", 0.0)
    with patience():
        for thread in waiting():
            thread.join(10)
    assert len(said) == 1 and "reading the film" in said[0]


def test_a_short_reading_and_a_quiet_one_say_nothing(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with patience():
        assert len(waiting()) == 1
    for thread in waiting():
        thread.join(10)
    monkeypatch.setattr(module, "_SOON_S", 0.0)
    with patience(quiet=True):
        assert not waiting()
    assert said == []

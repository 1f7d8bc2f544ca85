"""A person with a film of six shots and an empty inbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from downloads import LIGHTHOUSE
from inboxes import InboxDesk


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def table(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> InboxDesk:
    return InboxDesk.at(Desk.at(tmp_path, monkeypatch), LIGHTHOUSE, made)

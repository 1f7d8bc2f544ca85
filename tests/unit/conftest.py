"""Fixtures of unit tests in several folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A person at the command line, in an empty folder."""
    return Desk.at(tmp_path, monkeypatch)

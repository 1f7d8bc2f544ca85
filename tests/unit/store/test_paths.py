"""Where the store and the state are, and what lies inside a film."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmkit.errors import UsageError
from filmkit.store.paths import is_inside, state_folder, store_folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("FILMKIT_STORE", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_store_is_chosen_then_named_then_the_user_s(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store_folder() == home / ".cache" / "filmkit" / "store"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert store_folder() == home / ".cache" / "filmkit" / "store"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "c"))
    assert store_folder() == home / "c" / "filmkit" / "store"
    monkeypatch.setenv("FILMKIT_STORE", "~/named")
    assert store_folder() == home / "named"
    assert store_folder("here/../chosen") == home / "chosen"


def test_state_has_its_own_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state_folder() == home / ".local" / "state" / "filmkit"
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "s"))
    assert state_folder() == home / "s" / "filmkit"


@pytest.mark.parametrize("address", ["s3://bucket/store", "gs://x", "https://host/store"])
def test_store_at_an_address_is_not_built_yet(address: str) -> None:
    with pytest.raises(UsageError, match="not built yet"):
        store_folder(address)


def test_is_inside_by_name_and_by_where_links_lead(home: Path) -> None:
    film = home / "film"
    (film / "takes").mkdir(parents=True)
    (home / "elsewhere").mkdir()
    (film / "out-link").symlink_to(home / "elsewhere")
    (home / "in-link").symlink_to(film / "takes")
    inside = [
        film,
        film / "not" / "there",
        film / "out-link" / "store",
        home / "in-link" / "store",
        home / "x" / ".." / "film",
    ]
    assert [is_inside(place, film) for place in inside] == [True] * 5
    assert [is_inside(place, film) for place in (home, home / "elsewhere", home / "film2", film / "..")] == [False] * 4

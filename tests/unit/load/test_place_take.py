"""Files become takes: copied whole, never over another, never outside the film."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmkit.errors import FilmkitError
from filmkit.load.lock_write import write_lines
from filmkit.load.place_take import TakeExists, free_number, place_take


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    (tmp_path / "clip.mp4").write_bytes(b"clip" * 1000)
    return tmp_path / "clip.mp4"


def _names(film: Path) -> list[str]:
    return sorted(path.relative_to(film).as_posix() for path in film.rglob("*") if path.is_file())


def test_a_file_is_copied_to_its_place(tmp_path: Path, clip: Path) -> None:
    film = tmp_path / "film"
    film.mkdir()
    placed = place_take(film, "harbour/boat", 2, clip, "mp4")
    assert placed == film / "takes/harbour/boat/t02.mp4"
    assert placed.read_bytes() == clip.read_bytes()
    assert placed.stat().st_ino != clip.stat().st_ino
    assert _names(film) == ["takes/harbour/boat/t02.mp4"]


def test_the_same_again_is_no_error_and_no_second_file(tmp_path: Path, clip: Path) -> None:
    film = tmp_path / "film"
    film.mkdir()
    first = place_take(film, "harbour/boat", 2, clip, "mp4")
    assert place_take(film, "harbour/boat", 2, clip, "mp4") == first


@pytest.mark.parametrize("standing", ["t02.mp4", "t2.webm", "T002.mov"])
def test_another_file_is_never_replaced(tmp_path: Path, clip: Path, standing: str) -> None:
    film = tmp_path / "film"
    there = film / "takes/harbour/boat" / standing
    there.parent.mkdir(parents=True)
    there.write_bytes(b"mine")
    with pytest.raises(TakeExists, match="t02 of harbour/boat is there already"):
        place_take(film, "harbour/boat", 2, clip, "mp4")
    assert there.read_bytes() == b"mine"
    assert len(_names(film)) == 1


def test_a_link_out_of_the_film_is_refused(tmp_path: Path, clip: Path) -> None:
    film, outside = tmp_path / "film", tmp_path / "outside"
    (film / "takes").mkdir(parents=True)
    outside.mkdir()
    (film / "takes/harbour").symlink_to(outside)
    with pytest.raises(FilmkitError, match="leaves the film"):
        place_take(film, "harbour/boat", 2, clip, "mp4")
    assert _names(outside) == []


def test_the_next_number_is_free_on_disk_and_in_the_lock(tmp_path: Path, clip: Path) -> None:
    film = tmp_path / "film"
    film.mkdir()
    assert free_number(film, "harbour/boat") == 1
    place_take(film, "harbour/boat", 4, clip, "mp4")
    assert free_number(film, "harbour/boat") == 5
    write_lines(film, {"Harbour/boat/t07": {"sha256": "a" * 64}, "harbour/other/t99": {"sha256": "a" * 64}})
    assert free_number(film, "harbour/boat") == 8

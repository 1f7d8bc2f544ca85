"""A film is a folder or a storyboard file; other cuts share its takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filmfolders import SHOT, FilmFolder

from filmkit.errors import UsageError
from filmkit.load.film import find_film, load_film
from filmkit.load.places import with_places
from filmkit.model.finding import FilmError, Finding, Place, has_errors
from filmkit.store.digests import DigestMemo


@pytest.fixture
def film(tmp_path: Path) -> FilmFolder:
    (tmp_path / "first-light").mkdir()
    return FilmFolder(tmp_path / "first-light").write(
        {"storyboard.yaml": SHOT, "storyboard.short.yaml": SHOT.replace("2s", "1s"), "takes/harbour/boat/t01.mp4": "x"}
    )


def test_film_is_called_after_its_folder(film: FilmFolder) -> None:
    loaded = film.load()
    assert loaded.film is not None
    assert (loaded.film.name, loaded.folder, loaded.findings) == ("first-light", film.folder, ())


def test_cut_is_called_after_its_file_and_shares_the_takes(film: FilmFolder) -> None:
    loaded = film.load(cut="short")
    assert loaded.film is not None and loaded.tree is not None
    assert loaded.film.name == "short" and list(loaded.film.takes) == ["harbour/boat"]
    assert loaded.tree.source.file == "storyboard.short.yaml"
    by_file = find_film(film.folder / "storyboard.short.yaml")
    assert (by_file.folder, by_file.cut, by_file.name) == (film.folder, "short", "short")
    assert find_film(film.folder / "storyboard.yaml").name == "first-light"


@pytest.mark.parametrize(
    ("given", "cut", "message", "remedy"),
    [
        ("nowhere", None, "there is no folder", "filmkit new"),
        ("first-light", "shrot", "has no storyboard.shrot.yaml", "there is storyboard.short.yaml"),
        ("first-light/takes", None, "has no storyboard.yaml", "filmkit new"),
        ("first-light/takes/harbour/boat/t01.mp4", None, "is not a storyboard", "storyboard.yaml"),
    ],
)
def test_what_is_no_film_is_wrong_usage(
    film: FilmFolder, tmp_path: Path, given: str, cut: str | None, message: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_film(tmp_path / given, cut=cut, memo=DigestMemo(tmp_path))
    assert message in caught.value.message and remedy in caught.value.remedy


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_storyboard_that_is_no_file_of_the_film_is_not_opened(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (tmp_path / "secret").write_text("password: x\n", encoding="utf-8")
    path = folder / "storyboard.yaml"
    if kind == "link":
        path.symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(FilmError) as caught:
        load_film(folder, memo=DigestMemo(tmp_path))
    [finding] = caught.value.findings
    assert finding.code == ("link-leaves" if kind == "link" else "not-a-file")
    assert finding.place == Place("storyboard.yaml")
    assert "password" not in finding.message + finding.remedy


def test_wrong_storyboard_has_findings_and_no_film(film: FilmFolder) -> None:
    film.write({"storyboard.yaml": SHOT + "        lenght: 2s\n"})
    loaded = film.load()
    assert loaded.film is None and loaded.tree is not None and has_errors(loaded.findings)
    film.write({"storyboard.yaml": "title: [\n"})
    loaded = film.load()
    assert loaded.film is None and loaded.tree is None and has_errors(loaded.findings)


def test_findings_stand_in_the_order_of_the_file(film: FilmFolder) -> None:
    film.write(
        {
            "storyboard.yaml": SHOT + "        from: gone.png\n      - {id: Boat, of: nobody}\ndeliver: [mastr]\n",
            "takes/harbour/boot/t01.mp4": "x",
            "takes/harbour/boat/t01.mov": "x",
        }
    )
    places = [finding.place for finding in film.findings()]
    assert all(place is not None for place in places)
    assert [(place.file, place.line) for place in places if place] == [
        ("storyboard.yaml", 8),
        ("storyboard.yaml", 9),
        ("storyboard.yaml", 9),
        ("storyboard.yaml", 10),
        ("takes/harbour/boat/t01.mp4", 0),
        ("takes/harbour/boot", 0),
    ]


def test_findings_of_the_plan_get_their_place(film: FilmFolder) -> None:
    tree = film.load().tree
    shot = ("scenes", 0, "shots", 0)
    found = with_places(
        [
            Finding("a", "m", path=(*shot, "lasts")),
            Finding("b", "m", path=(*shot, "join", "lasts")),
            Finding("c", "m", path=(*shot, "id"), about="mine"),
            Finding("d", "m", path=("titles", 3, "at")),
            Finding("e", "m"),
        ],
        tree,
    )
    assert [(str(finding.place), finding.about) for finding in found] == [
        ("storyboard.yaml:7:16", "harbour/boat"),
        ("storyboard.yaml:6:9", "harbour/boat"),
        ("storyboard.yaml:6:13", "mine"),
        ("storyboard.yaml:1:1", "title 4"),
        ("None", ""),
    ]


def test_loading_imports_nothing_heavy() -> None:
    program = (
        "import sys, filmkit.load.film; "
        "print(*sorted({'numpy','av','PIL','moviepy','prefect','jsonschema','sqlite3'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

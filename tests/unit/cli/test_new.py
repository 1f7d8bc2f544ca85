"""``new`` asks nothing and makes a film that loads with no complaint but its missing takes."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from desk import Desk


def test_new_film_has_nothing_wrong_but_its_missing_takes(desk: Desk) -> None:
    assert desk.ask("new", "first-light").code == 0
    answer = desk.ask("check", "first-light", "--json")
    assert answer.code == 0
    assert {finding["code"] for finding in answer.json["findings"]} == {"placeholder"}


def test_new_says_what_to_type_next(desk: Desk) -> None:
    answer = desk.ask("new", "my films/first light")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "made my films/first light/storyboard.yaml",
        "  next: filmkit render 'my films/first light'",
        "  then: put takes into my films/first light/takes/<scene>/<shot>/ as t01.mp4 and render again",
    ]


def test_new_film_has_a_place_for_everything_and_keeps_products_out_of_git(desk: Desk) -> None:
    desk.ask("new", "first-light")
    film = desk.folder / "first-light"
    assert sorted(path.name for path in film.iterdir()) == [
        ".gitignore", "notes", "reference", "sound", "storyboard.yaml", "takes",
    ]  # fmt: skip
    assert (film / ".gitignore").read_text() == "out/\n.filmkit/\ntakes/.trash/\n"


def test_new_film_names_a_schema_that_is_there(desk: Desk) -> None:
    desk.ask("new", "first-light")
    first = (desk.folder / "first-light" / "storyboard.yaml").read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(file://\S+)", first)
    assert found is not None, first
    assert Path(unquote(urlparse(found[1]).path)).is_file()


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("first-light", "First Light"),
        ("été: fini?", "Été: Fini?"),
        ("a 'b' \"c\"", "A 'B' \"C\""),
        ("{x} [y]", "{X} [Y]"),
    ],
)
def test_new_film_is_called_after_its_folder(folder: str, title: str, desk: Desk) -> None:
    assert desk.ask("new", folder).code == 0
    answer = desk.ask("status", folder)
    assert answer.code == 0 and answer.out.splitlines()[0] == f"{folder}: {title}"


def test_new_in_the_folder_one_stands_in_takes_its_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.folder / "first-light").mkdir()
    monkeypatch.chdir(desk.folder / "first-light")
    assert desk.ask("new", ".").code == 0
    assert desk.ask("status").out.startswith("first-light: First Light\n")


def test_new_where_a_file_stands_in_the_way_says_so(desk: Desk) -> None:
    (desk.folder / "file").write_text("mine")
    answer = desk.ask("new", "file/film")
    assert answer.code == 1
    assert answer.err.splitlines()[0].startswith("error: file/film/")
    assert (desk.folder / "file").read_text() == "mine"

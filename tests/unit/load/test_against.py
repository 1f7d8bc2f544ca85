"""A film against the template it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from filmfolders import FilmFolder

from filmkit.errors import UsageError
from filmkit.load.against import check_against

TEMPLATE = """\
filmkit: 1
title: Exercise 3
picture: {size: 640x360, fps: 25}
fixed: [picture, sound, titles, cut_on]
cut_on: {music: theme, within: 4f}
scenes:
  - {id: one, lasts: 4s}
  - {id: two, lasts: 1500ms, cut_on: none}
sound:
  music: [{id: theme, file: theme.wav, at: start, beats: {tempo: 120 bpm}}]
titles: [{text: Exercise, at: one}]
"""
FILM = (
    TEMPLATE.replace("Exercise 3", "My film")
    .replace("fixed: [picture, sound, titles, cut_on]\n", "")
    .replace("{id: one, lasts: 4s}", "id: one\n    lasts: 4000ms\n    shots:\n      - {id: a, lasts: 4s}")
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def differences(folder: Path, text: str, template: Path) -> list[tuple[str, str]]:
    (folder / "mine").mkdir(exist_ok=True)
    film = FilmFolder(folder / "mine").write({"storyboard.yaml": text, "theme.wav": "x"})
    loaded = film.load()
    assert loaded.film is not None, loaded.findings
    return [(finding.message, str(finding.place)) for finding in check_against(loaded, template)]


def test_film_that_kept_what_is_fixed_has_no_difference(tmp_path: Path, template: Path) -> None:
    assert differences(tmp_path, FILM, template) == []


@pytest.mark.parametrize(
    ("old", "new", "message", "place"),
    [
        ("640x360", "640x480", "'picture' is fixed by the template and differs here", "storyboard.yaml:3:10"),
        ("120 bpm", "121 bpm", "'sound' is fixed by the template and differs here", "storyboard.yaml:11:1"),
        ("text: Exercise", "text: Mine", "'titles' is fixed by the template and differs here", "storyboard.yaml:13:9"),
        ("within: 4f", "within: 5f", "'cut_on' is fixed by the template and differs here", "storyboard.yaml:4:9"),
        (", cut_on: none", "", "'cut_on' is fixed by the template and differs here", "storyboard.yaml:10:5"),
        ("1500ms", "2s", "'lasts' of scene two is not that of the template", "storyboard.yaml:10:22"),
        ("id: two", "id: three", "the scenes are one, three; the template has one, two", "storyboard.yaml:5:1"),
    ],
)
def test_difference_is_an_error_at_its_place(
    tmp_path: Path, template: Path, old: str, new: str, message: str, place: str
) -> None:
    assert differences(tmp_path, FILM.replace(old, new), template) == [(message, place)]


def test_only_what_is_named_is_fixed(tmp_path: Path, template: Path) -> None:
    template.write_text(TEMPLATE.replace("[picture, sound, titles, cut_on]", "[sound]"), encoding="utf-8")
    assert differences(tmp_path, FILM.replace("640x360", "640x480").replace("within: 4f", "within: 5f"), template) == []


def test_mistake_in_the_template_is_said_to_be_there(tmp_path: Path, template: Path) -> None:
    template.write_text("title: x\n", encoding="utf-8")
    found = differences(tmp_path, FILM, template)
    assert ("the template: 'filmkit' is missing", "template.yaml:1:1") in found


def test_template_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.yaml cannot be read"):
        differences(tmp_path, FILM, tmp_path / "nothing.yaml")

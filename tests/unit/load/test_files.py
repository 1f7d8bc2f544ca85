"""Where a path may lead: the film, its assets, and nowhere else."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from filmkit.errors import UsageError
from filmkit.load.files import Files, FoundFile, NoFile, find_assets


@pytest.fixture
def film(tmp_path: Path) -> Path:
    folder = tmp_path / "course" / "films" / "mine"
    (folder / "sound").mkdir(parents=True)
    (folder / "sound" / "horn.wav").write_bytes(b"film")
    assets = tmp_path / "course" / "assets"
    (assets / "sound").mkdir(parents=True)
    for name in ("horn.wav", "rain.wav"):
        (assets / "sound" / name).write_bytes(b"assets")
    (tmp_path / "secret.wav").write_bytes(b"secret")
    return folder


def content(files: Files, written: str) -> bytes:
    found = files.find(written)
    assert isinstance(found, FoundFile), found
    return Path(found.path).read_bytes()


def why_not(files: Files, written: str) -> NoFile:
    found = files.find(written)
    assert isinstance(found, NoFile), found
    return found


def test_film_comes_before_assets(film: Path) -> None:
    files = Files.of(film)
    assert content(files, "sound/horn.wav") == b"film"
    assert content(files, "sound/rain.wav") == b"assets"
    assert content(files, "./sound//rain.wav") == b"assets"


def test_nearest_assets_above_the_film_count(film: Path) -> None:
    nearer = film.parent / "assets"
    nearer.mkdir()
    assert find_assets(film) == nearer
    (film / "assets").mkdir()
    assert find_assets(film) == nearer


def test_assets_can_be_chosen(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = tmp_path / "shared"
    chosen.mkdir()
    (chosen / "wind.wav").write_bytes(b"chosen")
    monkeypatch.setenv("FILMKIT_ASSETS", str(chosen))
    files = Files.of(film)
    assert content(files, "wind.wav") == b"chosen"
    assert why_not(files, "sound/rain.wav").code == "file-missing"
    monkeypatch.setenv("FILMKIT_ASSETS", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match="which is no folder"):
        Files.of(film)


@pytest.mark.parametrize("link", ["sound/out.wav", "away/secret.wav"])
def test_link_that_leaves_is_refused(film: Path, tmp_path: Path, link: str) -> None:
    (film / "sound" / "out.wav").symlink_to(tmp_path / "secret.wav")
    (film / "away").symlink_to(tmp_path)
    problem = why_not(Files.of(film), link)
    assert problem.code == "link-leaves"
    assert "copy the file itself" in problem.remedy


def test_link_that_leaves_is_not_passed_over_for_another_file(film: Path, tmp_path: Path) -> None:
    (film / "sound" / "rain.wav").symlink_to(tmp_path / "secret.wav")
    assert content(Files.of(film), "sound/rain.wav") == b"assets"
    (film / "sound" / "horn.wav").unlink()
    (film / "sound" / "horn.wav").symlink_to(tmp_path / "course")
    assert content(Files.of(film), "sound/horn.wav") == b"assets"


def test_link_inside_is_followed(film: Path) -> None:
    (film / "sound" / "alias.wav").symlink_to("horn.wav")
    (film / "sounds").symlink_to("sound")
    found = Files.of(film).find("sounds/alias.wav")
    assert found == FoundFile(str(film / "sound" / "horn.wav"), "sounds/alias.wav")


@pytest.mark.parametrize("kind", ["pipe", "folder", "loop"])
def test_only_ordinary_files_are_found(film: Path, kind: str) -> None:
    path = film / "thing.wav"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("thing.wav")
    problem = why_not(Files.of(film), "thing.wav")
    assert problem.code == "not-a-file"


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("sound/horm.wav", "did you mean 'sound/horn.wav'?"),
        ("sound/Horn.WAV", "did you mean 'sound/horn.wav'?"),
        ("sound/rainn.wav", "did you mean 'sound/rain.wav'?"),
        ("horn.wav", "did you mean 'sound/horn.wav'?"),
        ("sounds/horn.wav", "did you mean 'sound/horn.wav'?"),
        ("music/zebra.ogg", "put the file there, or correct its path (from the film folder on)"),
        ("music\\zebra.ogg", "write / between folders"),
        (".", "put the file there, or correct its path (from the film folder on)"),
    ],
)
def test_missing_file_comes_with_the_nearest_that_exists(film: Path, written: str, remedy: str) -> None:
    problem = why_not(Files.of(film), written)
    assert (problem.code, problem.remedy) == ("file-missing", remedy)


def test_letters_may_be_composed_either_way(film: Path) -> None:
    decomposed, composed = (unicodedata.normalize(form, "été.wav") for form in ("NFD", "NFC"))
    (film / decomposed).write_bytes(b"x")
    assert content(Files.of(film), composed) == b"x"


@pytest.mark.parametrize("name", ["a'b.wav", "a\nb.wav", "a b.wav", "-x.wav", "a%d.wav", "take 1: x.wav", "x;y|z.wav"])
def test_odd_names_are_found(film: Path, name: str) -> None:
    (film / name).write_bytes(b"x")
    assert content(Files.of(film), name) == b"x"


@pytest.mark.parametrize("name", ["x" * 300, "a/" * 200 + "b", "\udcff.wav"])
def test_impossible_names_are_missing(film: Path, name: str) -> None:
    assert why_not(Files.of(film), name).code == "file-missing"

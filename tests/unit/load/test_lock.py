"""storyboard.lock: a take that is not what its line says is an error."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from filmfolders import SHOT, FilmFolder

from filmkit.model.finding import Severity


def line(take: str, content: bytes) -> str:
    return json.dumps(
        {"take": take, "sha256": hashlib.sha256(content).hexdigest(), "provider": "runway"}, sort_keys=True
    )


@pytest.fixture
def film(tmp_path: Path) -> FilmFolder:
    (tmp_path / "mine").mkdir()
    return FilmFolder(tmp_path / "mine").write({"storyboard.yaml": SHOT, "takes/harbour/boat/t01.mp4": "x"})


def test_take_as_locked_is_no_finding(film: FilmFolder) -> None:
    film.write({"storyboard.lock": line("harbour/boat/t01", b"x") + "\n"})
    assert film.findings() == []


def test_a_lock_among_the_assets_is_not_the_films(
    film: FilmFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = tmp_path / "mine-assets"
    assets.mkdir()
    (assets / "storyboard.lock").write_text(line("harbour/boat/t01", b"other"))
    monkeypatch.setenv("FILMKIT_ASSETS", str(assets))
    assert film.findings() == []


def test_take_that_changed_is_an_error(film: FilmFolder) -> None:
    film.write({"storyboard.lock": "\n" + line("Harbour/boat/t1", b"other") + "\n"})
    [finding] = film.findings()
    assert (finding.code, finding.severity, str(finding.place)) == (
        "take-changed",
        Severity.ERROR,
        "storyboard.lock:2:1",
    )
    assert finding.message.startswith("take t01 of Harbour/boat is not what storyboard.lock says")
    assert "give the new take a new number" in finding.remedy


def test_refused_take_is_still_compared(film: FilmFolder) -> None:
    film.write({"takes/harbour/boat/t01.mp4": "broken", "storyboard.lock": line("harbour/boat/t01", b"x")})
    assert sorted(finding.code for finding in film.findings()) == ["take-changed", "take-refused"]


def test_take_that_is_gone_is_a_warning(film: FilmFolder) -> None:
    film.write({"storyboard.lock": line("harbour/boat/t07", b"x")})
    [finding] = film.findings()
    assert (finding.code, finding.severity) == ("lock-take-gone", Severity.WARNING)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("<<<<<<< ours", "lock-line", "settle the merge"),
        ("{", "lock-line", "restore storyboard.lock from git"),
        ("[]", "lock-line", "restore"),
        ('{"take": "harbour/boat/t01"}', "lock-line", "restore"),
        ('{"take": "t01", "sha256": "' + "0" * 64 + '"}', "lock-line", "restore"),
        ('{"take": "harbour/boat/t01", "sha256": "X"}', "lock-line", "restore"),
        ("[" * 100_000, "lock-line", "restore"),
        (line("harbour/boat/t01", b"x") + "\n" + line("harbour/boat/t1", b"x"), "lock-twice", "keep the one"),
        ("\xff\x00", "lock-line", "restore"),
    ],
)
def test_line_that_says_nothing_is_an_error(film: FilmFolder, text: str, code: str, says: str) -> None:
    film.write({"storyboard.lock": text.encode("latin-1")})
    [finding] = film.findings()
    assert (finding.code, finding.severity) == (code, Severity.ERROR)
    assert says in finding.remedy


def test_lock_that_is_too_large_is_not_read(film: FilmFolder) -> None:
    film.write({"storyboard.lock": b"\n" * ((8 << 20) + 1)})
    assert [finding.code for finding in film.findings()] == ["lock-too-large"]

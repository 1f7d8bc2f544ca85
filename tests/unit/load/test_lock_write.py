"""The writer of storyboard.lock: a line a take, sorted, nothing lost, whoever else writes at the same time."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from filmfolders import SHOT, FilmFolder

from filmkit.errors import FilmkitError
from filmkit.load.lock_write import drop_lines, read_lines, write_lines

A, B = "a" * 64, "b" * 64


def test_lines_are_sorted_by_scene_shot_and_number(tmp_path: Path) -> None:
    write_lines(tmp_path, {"harbour/boat/t10": {"sha256": A}, "Attic/cat/t01": {"sha256": A}})
    write_lines(tmp_path, {"harbour/boat/t2": {"sha256": B, "seed": 7, "model": "gen4.5", "price": None}})
    assert (tmp_path / "storyboard.lock").read_text().splitlines() == [
        f'{{"take": "Attic/cat/t01", "sha256": "{A}"}}',
        f'{{"take": "harbour/boat/t02", "model": "gen4.5", "seed": 7, "sha256": "{B}"}}',
        f'{{"take": "harbour/boat/t10", "sha256": "{A}"}}',
    ]
    assert read_lines(tmp_path)["harbour/boat/t02"] == {"sha256": B, "seed": 7, "model": "gen4.5"}


def test_a_line_keeps_what_others_wrote_into_it(tmp_path: Path) -> None:
    write_lines(tmp_path, {"harbour/boat/t01": {"sha256": A, "licence": "CC0"}})
    write_lines(tmp_path, {"harbour/boat/t01": {"sha256": A, "price": "0.60 USD"}})
    assert read_lines(tmp_path)["harbour/boat/t01"] == {"sha256": A, "licence": "CC0", "price": "0.60 USD"}


def test_a_take_never_changes_its_bytes(tmp_path: Path) -> None:
    write_lines(tmp_path, {"harbour/boat/t01": {"sha256": A}})
    with pytest.raises(FilmkitError, match="knows other bytes as take harbour/boat/t01"):
        write_lines(tmp_path, {"harbour/boat/t01": {"sha256": B}})
    assert read_lines(tmp_path)["harbour/boat/t01"]["sha256"] == A


def test_what_cannot_be_read_stays(tmp_path: Path) -> None:
    lock = tmp_path / "storyboard.lock"
    mine = json.dumps({"take": "harbour/boat/t01", "sha256": A})
    lock.write_text(f"<<<<<<< HEAD\n{mine}\n=======\n>>>>>>> other\n")
    write_lines(tmp_path, {"harbour/boat/t02": {"sha256": B, "prompt": 'a "boat"\nand é\u2028\ud800'}})
    lines = lock.read_text().splitlines()
    assert lines[:3] == ["<<<<<<< HEAD", "=======", ">>>>>>> other"]
    assert json.loads(lines[3])["take"] == "harbour/boat/t01"
    assert read_lines(tmp_path)["harbour/boat/t02"]["prompt"] == 'a "boat"\nand é\u2028\ud800'


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_line_with_a_number_that_is_none_says_nothing_and_stays(tmp_path: Path, number: str) -> None:
    lock = tmp_path / "storyboard.lock"
    strange = f'{{"take": "harbour/boat/t01", "sha256": "{A}", "seed": {number}}}'
    lock.write_text(f"{strange}\n")
    write_lines(tmp_path, {"harbour/boat/t02": {"sha256": B}})
    assert lock.read_text().splitlines()[0] == strange
    assert list(read_lines(tmp_path)) == ["harbour/boat/t02"]


def test_lines_can_be_dropped(tmp_path: Path) -> None:
    write_lines(tmp_path, {"harbour/boat/t01": {"sha256": A}, "harbour/boat/t02": {"sha256": B}})
    drop_lines(tmp_path, ["harbour/boat/t01"])
    assert list(read_lines(tmp_path)) == ["harbour/boat/t02"]


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    def write(number: int) -> None:
        write_lines(tmp_path, {f"harbour/boat/t{number:02}": {"sha256": A}})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(read_lines(tmp_path)) == 20
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_what_is_written_is_what_check_reads(tmp_path: Path) -> None:
    film = tmp_path / "film"
    folder = FilmFolder(film).write({"storyboard.yaml": SHOT, "takes/harbour/boat/t01.mp4": "clip"})
    write_lines(film, {"harbour/boat/t01": {"sha256": A}})
    assert [found.code for found in folder.findings() if found.code.startswith("take-ch")] == ["take-changed"]


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "storyboard.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FilmkitError):
        write_lines(tmp_path, {"harbour/boat/t01": {"sha256": A}})
    assert (tmp_path / "elsewhere").read_text() == ""

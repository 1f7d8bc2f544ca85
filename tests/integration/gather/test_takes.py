"""Takes are listed, compared, circled, put away and brought back, and adopted; nothing is ever deleted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from barcode import make_numbered, read_barcode
from inboxes import InboxDesk, clip, sha256
from PIL import Image

from filmkit.errors import Stopped
from filmkit.load import trash as trash_module
from filmkit.store.digests import DigestMemo


@pytest.fixture
def three(table: InboxDesk) -> InboxDesk:
    """Three takes of the boat, gathered."""
    table.put("boat_t01.mp4", "Gen-4 Turbo a small red fishing boat leaves the harbour 99887766.mp4", "boat_t03.mp4")
    assert table.gather().code == 0
    return table


def test_list_says_what_is_known_of_each_take(three: InboxDesk) -> None:
    answer = three.ask("takes", "film", "boat")
    lines = answer.out.splitlines()
    assert answer.code == 0 and lines[1] == "harbour/boat"
    second = next(line for line in lines if " t02 " in line)
    for word in ("1.00 s", "96x64", "24", "runway gen4_turbo", "99887766", "Gen-4 Turbo", three.sha("t02")[:12]):
        assert word in second, word
    assert "○" in next(line for line in lines if " t03 " in line) and "○" not in second
    listed = three.ask("takes", "film", "--json").json["takes"]
    assert [one["take"] for one in listed] == [f"harbour/boat/t0{number}" for number in (1, 2, 3)]


def test_list_tells_of_takes_that_changed_or_cannot_be_used(three: InboxDesk) -> None:
    three.take("t01").write_bytes(clip(three.made, "another"))
    three.take("t03").write_bytes(b"<html>")
    out = three.ask("takes", "film", "boat").out
    assert "t01.mp4 is not what storyboard.lock says" in out and "t03.mp4: it is a web page" in out


def test_sheet_shows_the_same_moments_of_all_takes(table: InboxDesk) -> None:
    """Clips of numbered pictures: read back from the sheet, each number is the one of its column's moment."""
    folder = table.film / "takes/harbour/boat"
    folder.mkdir(parents=True)
    for name, count, rate in (("t01", 48, 24), ("t02", 32, 16), ("t03", 24, 24)):
        make_numbered(folder / f"{name}.mp4", count, rate=rate, size=(320, 180), output=(
            "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p"))  # fmt: skip
    answer = table.ask("takes", "film", "boat", "--sheet")
    assert answer.code == 0, answer.err
    path = table.film / "out/takes/harbour-boat.png"
    sheet = np.asarray(Image.open(path).convert("L"))
    left, top, wide, high, gap = 24 + 210, 76, 280, 158, 8
    rows = []
    for row in range(3):
        cells = (
            sheet[
                top + row * (high + gap) : top + row * (high + gap) + high,
                left + column * (wide + gap) : left + column * (wide + gap) + wide,
            ]
            for column in range(6)
        )
        rows.append([read_barcode(cell) if cell.std() > 40 else None for cell in cells])  # fmt: skip
    moments = [2 * (2 * column + 1) / 12 for column in range(6)]
    assert rows[0] == [int(moment * 24) for moment in moments]
    assert rows[1] == [int(moment * 16) for moment in moments]
    assert rows[2] == [int(moment * 24) if moment < 1 else None for moment in moments]


def test_circle_takes_only_takes_that_are_there(three: InboxDesk) -> None:
    before = (three.film / "storyboard.yaml").read_text()
    answer = three.ask("circle", "boat", "t09", "film")
    assert answer.code == 2 and "harbour/boat has no take 't09'" in answer.err and "t01, t02, t03" in answer.err
    assert (three.film / "storyboard.yaml").read_text() == before
    assert three.ask("circle", "boat", "2", "film").out == "harbour/boat shows t02 now\n"
    assert "      - id: boat\n        take: t02\n" in (three.film / "storyboard.yaml").read_text()
    assert three.ask("circle", "boat", "t02", "film").out == "harbour/boat shows t02 already\n"


def test_another_cut_circles_for_itself(three: InboxDesk) -> None:
    main = three.film / "storyboard.yaml"
    short = three.film / "storyboard.short.yaml"
    short.write_bytes(main.read_bytes())
    before = main.read_bytes()
    assert three.ask("circle", "boat", "t01", "film/storyboard.short.yaml").code == 0
    assert main.read_bytes() == before and "take: t01" in short.read_text()


def test_removed_take_lies_in_the_trash_and_comes_back_whole(three: InboxDesk) -> None:
    lock, files = three.lock, {name: sha256(three.film / "takes" / name) for name in three.takes}
    for take in ("boat/t02", "harbour/boat/t01"):
        assert three.ask("takes", "film", "--remove", take).code == 0
    assert three.takes == ["harbour/boat/t03.mp4"] and list(three.lock) == ["harbour/boat/t03"]
    assert sum(path.suffix == ".mp4" for path in (three.film / "takes/.trash").rglob("*")) == 2
    check = three.ask("check", "film").out
    assert ".trash" not in check and "lock-take-gone" not in check and "belongs to no shot" not in check
    assert three.ask("takes", "film", "--undo").out == "harbour/boat/t01 is back\n"
    assert three.ask("takes", "film", "--undo").out == "harbour/boat/t02 is back\n"
    assert three.lock == lock
    assert {name: sha256(three.film / "takes" / name) for name in three.takes} == files
    assert list((three.film / "takes/.trash").iterdir()) == []
    answer = three.ask("takes", "film", "--undo")
    assert answer.code == 2 and "the trash is empty" in answer.err


def test_the_number_of_a_removed_take_is_not_given_away(three: InboxDesk) -> None:
    three.ask("takes", "film", "--remove", "boat/t03")
    three.put("boat_t04.mp4")
    three.gather()
    assert three.takes[-1] == "harbour/boat/t04.mp4"
    three.take("t03").write_bytes(clip(three.made, "by hand"))
    assert three.ask("takes", "film", "--undo").out == "harbour/boat/t05 is back; it was t03\n"
    assert three.take("t03").read_bytes() == clip(three.made, "by hand")


def test_circled_take_is_not_removed(three: InboxDesk) -> None:
    three.ask("circle", "boat", "t02", "film")
    answer = three.ask("takes", "film", "--remove", "boat/t02")
    assert answer.code == 2 and "harbour/boat shows t02: it is circled" in answer.err and len(three.takes) == 3


@pytest.mark.parametrize("step", ["drop_lines", "write_lines", "rename"])
def test_kill_while_removing_or_undoing_is_mended(three: InboxDesk, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is broken off, the take is either here or in the trash, and the next command ends the move."""

    def killed(*_: object) -> None:
        raise Stopped(15)

    lock = three.lock
    if step == "write_lines":
        three.ask("takes", "film", "--remove", "boat/t02")
    with monkeypatch.context() as patch:
        patch.setattr(*((Path, "rename", killed) if step == "rename" else (trash_module, step, killed)))
        assert three.ask("takes", "film", *(["--undo"] if step == "write_lines" else ["--remove", "boat/t02"])).code
    assert three.ask("takes", "film").code == 0
    if step == "drop_lines":
        assert "harbour/boat/t02" not in three.lock and len(three.takes) == 2
        assert three.ask("takes", "film", "--undo").code == 0
    assert three.lock == lock and len(three.takes) == 3
    assert [path for path in (three.film / "takes/.trash").rglob("*.mp4")] == []


def test_adopt_gives_shots_to_what_a_renamed_shot_left_behind(three: InboxDesk) -> None:
    board = three.film / "storyboard.yaml"
    board.write_text(board.read_text().replace("id: boat\n", "id: vessel\n"))
    lines = {line["sha256"]: line for line in three.lock.values()}
    answer = three.ask("adopt", "film", *(word for number in (1, 2) for word in (
        "--assign", f"harbour/boat/t0{number}.mp4=vessel")))  # fmt: skip
    assert answer.code == 0, answer.err
    assert three.takes == ["harbour/boat/t03.mp4", "harbour/vessel/t01.mp4", "harbour/vessel/t02.mp4"]
    for take in ("harbour/vessel/t01", "harbour/vessel/t02"):
        line = three.lock[take]
        assert line == {**lines[line["sha256"]], "take": take}
    assert "harbour/boat/t01" not in three.lock and "harbour/boat/t03" in three.lock


def test_adopt_numbers_files_of_other_names_and_writes_missing_lines(table: InboxDesk) -> None:
    folder = table.film / "takes/harbour/gulls"
    folder.mkdir(parents=True)
    for name in ("t01.mp4", "t01.mov", "final cut.mp4"):
        (folder / name).write_bytes(clip(table.made, name))
    told = table.ask("adopt", "film", "--dry-run")
    assert told.code == 0 and table.lock == {} and "does not know takes/harbour/gulls/t01" in told.out
    answer = table.ask("adopt", "film")
    assert answer.code == 0, answer.err
    assert {name.rpartition(".")[0] for name in table.takes} == {f"harbour/gulls/t0{number}" for number in (1, 2, 3)}
    table.assert_locked(table.takes)
    assert table.ask("check", "film").out.count("take-") == 0
    before = json.dumps(table.lock)
    assert table.ask("adopt", "film").code == 0 and json.dumps(table.lock) == before


def test_adopt_leaves_what_nobody_can_place(table: InboxDesk) -> None:
    for name in ("old/gone/t07.mp4", "notes.txt", "harbour/boat/readme.md"):
        path = table.film / "takes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(clip(table.made, name) if name.endswith("mp4") else b"text")
    told = table.ask("adopt", "film", "--json").json
    assert (told["taken"], [one["file"] for one in told["unsure"]]) == ([], ["old/gone/t07.mp4"])
    assert (table.film / "takes/old/gone/t07.mp4").exists()


def test_memo_and_disk_say_the_same_of_a_take(three: InboxDesk) -> None:
    memo = DigestMemo(three.desk.folder / "store")
    assert memo.digest(three.take("t01"))[0] == three.lock["harbour/boat/t01"]["sha256"] == sha256(three.take("t01"))

"""Downloads become takes: copied whole, decoded, locked, never over another; what is wrong is named, the rest left."""

from __future__ import annotations

import errno
import io
import os
import random
import subprocess
import sys
import wave
import zipfile
from contextlib import suppress
from pathlib import Path

import comfyfiles
import pytest
from commands import World
from downloads import LISTINGS, Fate
from hostilenames import NAMES
from inboxes import InboxDesk, clip, sha256
from PIL import Image

from filmkit.engine import gather as engine_gather
from filmkit.errors import Stopped
from filmkit.load import place_take as place_module
from filmkit.store.owner import new_token


def test_a_folder_of_downloads_becomes_takes_and_stays_as_it_is(table: InboxDesk) -> None:
    listing = LISTINGS[1]
    files = table.put(*listing.files)
    before = {path: (sha256(path), path.stat().st_mtime_ns) for path in files}
    told = table.told()
    wanted = {name: shot for name, (shot, fate) in listing.files.items() if fate is Fate.SURE}
    assert {one["file"]: one["take"].rpartition("/")[0] for one in told["taken"]} == wanted
    for one in told["taken"]:
        assert sha256(table.film / "takes" / f"{one['take']}.mp4") == sha256(table.inbox / one["file"]) == one["sha256"]
    table.assert_locked(table.takes)
    assert len(table.takes) == len(wanted)
    assert {path: (sha256(path), path.stat().st_mtime_ns) for path in files} == before


def test_the_second_run_takes_nothing_and_knows_why(table: InboxDesk) -> None:
    table.put("boat_t01.mp4", "harbour_gulls_00001_.mp4")
    table.gather()
    takes, lock = table.takes, (table.film / "storyboard.lock").read_bytes()
    told = table.told()
    assert told["taken"] == [] and {one["way"] for one in told["known"]} == {"there"}
    assert (table.takes, (table.film / "storyboard.lock").read_bytes()) == (takes, lock)


def test_lock_says_what_a_name_tells_and_nothing_else(table: InboxDesk) -> None:
    table.put("Gen-4 Turbo white gulls circle over wet nets 2494731309.mp4", "boat_t01.mp4")
    table.gather()
    gulls, boat = table.lock["harbour/gulls/t01"], table.lock["harbour/boat/t01"]
    assert (gulls["provider"], gulls["model"], gulls["seed"]) == ("runway", "gen4_turbo", 2494731309)
    assert gulls["file"] == "Gen-4 Turbo white gulls circle over wet nets 2494731309.mp4"
    assert set(boat) == {"take", "sha256", "origin", "file", "gathered"} and boat["origin"] == "gathered"


@pytest.mark.parametrize("node", ["SaveVideo", "Video Combine", "SaveAnimatedWEBP", "SaveWEBM"])
def test_comfy_graph_finds_the_shot_and_goes_into_the_lock(table: InboxDesk, node: str) -> None:
    ending, write = comfyfiles.WRITERS[node]
    graph = comfyfiles.two_experts()
    graph["16"]["inputs"]["value"] = "white gulls circle over wet nets"
    write(table.inbox / f"ComfyUI_00001_.{ending}", graph)
    write(table.inbox / f"ComfyUI_00002_.{ending}", comfyfiles.two_experts())
    told = table.told()
    assert [one["take"] for one in told["taken"]] == ["harbour/gulls/t01"]
    assert [one["file"] for one in told["unsure"]] == [f"ComfyUI_00002_.{ending}"]
    line = table.lock["harbour/gulls/t01"]
    assert line["provider"] == "comfy" and line["model"] == "wan2.2_i2v_high_noise_14B.safetensors"
    assert (line["seed"], line["steps"], line["cfg"]) == (984937593540091, 20, 3.5)
    assert line["prompt"] == "white gulls circle over wet nets"
    assert {lora["name"] for lora in line["loras"]} == {"fast_high.safetensors", "fast_low.safetensors"}
    assert table.takes == [f"harbour/gulls/t01.{ending}"]


def wrong_files(table: InboxDesk) -> dict[str, str]:
    """Everything that goes wrong with downloads, with words of what has to be said."""
    whole = clip(table.made, "half")
    sound, packed = io.BytesIO(), io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(48_000), out.writeframes(bytes(9600))
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("takes/one.mp4", b"one")
    written = {
        "Gen-4 Turbo page.mp4": (b"<!DOCTYPE html><html>Sign in</html>", "a web page"),
        "plain page.mp4": (b"<html>", "a web page"),
        "expired.mp4": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "error message in XML"),
        "harbour_boat_00001_.mp4": (b'{"error": {"message": "expired"}}', "error message of the service"),
        "harbour_boat_00002_.mp4": (whole[: len(whole) // 2], "half a download"),
        "harbour_boat_00003_.mp4": (b"", "empty"),
        "harbour_boat_00004_.mp4.crdownload": (whole[:100], "not finished"),
        "boat_00005.mp4.part": (whole[:100], "not finished"),
        "clips.zip": (packed.getvalue(), "zip archive with clips"),
        "harbour_boat_00006_.mp4": (sound.getvalue(), "only sound"),
    }
    for name, (data, _) in written.items():
        table.put_bytes(name, data)
    return {name: words for name, (_, words) in written.items()}


def test_each_wrong_file_is_named_with_what_is_wrong(table: InboxDesk) -> None:
    wanted = wrong_files(table)
    told = table.told()
    said = {one["file"]: one["reason"] for one in told["wrong"]}
    assert said.keys() == wanted.keys()
    assert {name: words for name, words in wanted.items() if words not in said[name]} == {}
    assert all(one["remedy"] for one in told["wrong"]) and table.takes == [] and table.lock == {}


def test_a_file_that_breaks_in_the_middle_is_no_take(table: InboxDesk) -> None:
    data = bytearray(clip(table.made, "broken"))
    at = data.find(b"mdat")
    size = int.from_bytes(data[at - 4 : at], "big")
    data[at + size - 64 : at + size - 4] = b"\xff" * 60
    table.put_bytes("boat_t01.mp4", bytes(data))
    answer = table.gather()
    assert answer.code == 1 and "boat_t01.mp4: it does not decode" in answer.err
    assert table.takes == [] and table.lock == {}


def test_a_still_for_a_service_is_named_and_for_a_person_asked(table: InboxDesk) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 36), "red").save(picture, "PNG")
    table.put_bytes("harbour_boat_00001_.png", picture.getvalue())
    assert [one["file"] for one in table.told()["unsure"]] == ["harbour_boat_00001_.png"]
    text = (table.film / "storyboard.yaml").read_text()
    (table.film / "storyboard.yaml").write_text(text.replace("with: manual", "with: runway, model: gen4.5"))
    told = table.told()
    assert [one["reason"] for one in told["wrong"]] == ["it is a still, and harbour/boat wants a clip of runway"]
    assert table.told("--assign", "harbour_boat_00001_.png=boat")["taken"][0]["take"] == "harbour/boat/t01"
    assert table.takes == ["harbour/boat/t01.png"]


def test_photographs_and_documents_are_left_in_peace(table: InboxDesk) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 36), "red").save(picture, "JPEG")
    for name in ("holiday.jpg", "Screenshot 2026-11-01.png", "IMG_2031.JPG"):
        table.put_bytes(name, picture.getvalue())
    table.put_bytes("invoice.pdf", b"%PDF-1.4")
    table.put_bytes("papers.zip", b"PK\x03\x04" + bytes(200))
    told = table.told()
    assert (told["taken"], told["unsure"], told["wrong"], told["left"]) == ([], [], [], 5)


def test_twins_are_taken_once_however_they_are_called(table: InboxDesk) -> None:
    data = clip(table.made, "twin")
    table.put_bytes("boat_t01.mp4", data)
    table.put_bytes("boat_t01 (1).mp4", data)
    table.put_bytes("something else.mp4", data)
    told = table.told()
    assert [one["take"] for one in told["taken"]] == ["harbour/boat/t01"]
    assert {one["way"] for one in told["known"]} == {"twin"} and len(told["known"]) == 2
    assert table.takes == ["harbour/boat/t01.mp4"]


def test_what_lies_in_the_trash_is_not_gathered_again_unless_it_is_said(table: InboxDesk) -> None:
    table.put("boat_t01.mp4")
    table.gather()
    assert table.ask("takes", "film", "--remove", "boat/t01").code == 0
    told = table.told()
    assert [(one["way"], one["take"]) for one in told["known"]] == [("trash", "harbour/boat/t01")]
    assert table.takes == []
    assert table.told("--assign", "boat_t01.mp4=gulls")["taken"][0]["take"] == "harbour/gulls/t01"


def test_a_take_that_only_the_lock_knows_comes_back_to_its_own_number(table: InboxDesk) -> None:
    """A film fresh from git has its lock and not its takes; somebody has the files under any name."""
    table.put("boat_t01.mp4", "boat_t02.mp4", "boat_t03.mp4")
    table.gather()
    lock = (table.film / "storyboard.lock").read_bytes()
    for path in (table.film / "takes").rglob("*.mp4"):
        path.rename(table.inbox / f"{path.stem} from mina.mp4")
    for path in table.inbox.glob("boat*"):
        path.unlink()
    told = table.told()
    assert sorted(one["take"] for one in told["taken"]) == [f"harbour/boat/t0{number}" for number in (1, 2, 3)]
    table.assert_locked(table.takes)
    assert (table.film / "storyboard.lock").read_bytes() == lock


def test_many_takes_of_a_shot_are_numbered_as_they_were_made(table: InboxDesk) -> None:
    names = ["boat_t9.mp4", "boat_t10.mp4", "boat_t2.mp4"]
    for second, path in enumerate(table.put(*names)):
        os.utime(path, (1_700_000_000 + second, 1_700_000_000 + second))
    table.gather()
    numbered = {line["file"]: take for take, line in table.lock.items()}
    assert [numbered[name] for name in names] == [f"harbour/boat/t0{number}" for number in (1, 2, 3)]


def test_hostile_names_are_one_line_and_one_take_each(table: InboxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_gather, "decode_alone", lambda *_: "")  # thirty decoders tell nothing of names
    names = [f"{name}.mp4" for name in NAMES.values()]
    table.put(*names)
    answer = table.gather(*(word for name in names for word in ("--assign", f"{name}=boat")))
    assert answer.code == 0, answer.err
    assert table.takes == [f"harbour/boat/t{number:02}.mp4" for number in range(1, len(names) + 1)]
    table.assert_locked(table.takes)
    assert sorted(line["file"] for line in table.lock.values()) == sorted(names)
    assert all(char.isprintable() or char == "\n" for char in answer.out)


def test_the_longest_name_there_is_becomes_a_take(table: InboxDesk) -> None:
    name = f"boat {'é' * 123}.mp4"
    assert len(name.encode()) == 255
    table.put(name)
    assert table.gather("--assign", f"{name}=boat").code == 0
    assert table.lock["harbour/boat/t01"]["file"] == name


def test_links_pipes_and_devices_are_neither_followed_nor_waited_for(table: InboxDesk, tmp_path: Path) -> None:
    outside = tmp_path / "outside.mp4"
    outside.write_bytes(clip(table.made, "outside"))
    (table.inbox / "boat_t01.mp4").symlink_to(outside)
    (table.inbox / "harbour").symlink_to(tmp_path)
    os.mkfifo(table.inbox / "boat_t02.mp4")
    (table.inbox / "boat_t03.mp4").symlink_to("/dev/zero")
    (table.inbox / "boat_t04.mp4").mkdir()
    told = table.told()
    assert {one["file"] for one in told["wrong"]} == {f"boat_t0{number}.mp4" for number in (1, 2, 3)}
    assert told["taken"] == [] and table.takes == []


def test_a_kill_between_copy_and_line_is_mended_by_the_next_run(
    table: InboxDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.put("boat_t01.mp4", "gulls_t01.mp4")

    def killed(*_: object) -> None:
        raise Stopped(15)

    with monkeypatch.context() as patch:
        patch.setattr(engine_gather, "write_lines", killed)
        assert table.gather().code == 143
    assert (table.takes, table.lock) == (["harbour/boat/t01.mp4"], {})
    assert table.gather().code == 0
    assert table.takes == ["harbour/boat/t01.mp4", "harbour/gulls/t01.mp4"]
    table.assert_locked(table.takes)
    assert table.lock["harbour/boat/t01"]["file"] == "boat_t01.mp4"


def test_a_kill_while_copying_leaves_no_take(table: InboxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    table.put("boat_t01.mp4")

    def killed(*_: object) -> int:
        raise Stopped(15)

    with monkeypatch.context() as patch:
        patch.setattr(place_module, "copy_bytes", killed)
        assert table.gather().code == 143
    assert (table.takes, table.lock) == ([], {})
    assert table.gather().code == 0 and table.takes == ["harbour/boat/t01.mp4"]


def test_a_full_disk_is_said_once_and_leaves_no_half_take(table: InboxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    table.put("boat_t01.mp4", "gulls_t01.mp4")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(place_module, "copy_bytes", full)
        answer = table.gather()
    assert answer.code == 1 and answer.err.count("is full") == 1
    assert (table.takes, table.lock) == ([], {})
    assert [path.name for path in (table.film / "takes").rglob(".*.part")] == []


def test_a_file_that_changes_while_it_is_looked_at_is_no_take(
    table: InboxDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = table.put("boat_t01.mp4")
    decode = engine_gather.decode_alone

    def grows(*arguments: object) -> str:
        said = decode(*arguments)  # type: ignore[arg-type]
        path.write_bytes(clip(table.made, "another"))
        return said

    monkeypatch.setattr(engine_gather, "decode_alone", grows)
    answer = table.gather()
    assert answer.code == 1 and "was changed while it was looked at" in answer.err
    assert (table.takes, table.lock) == ([], {})


def test_dry_run_says_all_of_it_and_does_nothing(table: InboxDesk) -> None:
    table.put("boat_t01.mp4", "holiday.mp4")
    answer = table.gather("--dry-run")
    assert answer.code == 0 and "harbour/boat next  ← boat_t01.mp4" in answer.out
    assert (table.takes, table.lock) == ([], {})


def test_what_is_unsure_is_listed_with_its_likely_shots_and_left(table: InboxDesk) -> None:
    table.put("Gen-3 Alpha 1222913568, A small red fishing , harbourpng, M 5.mp4")
    answer = table.gather()
    assert answer.code == 0 and "harbour/boat?" in answer.out and "harbour/boat-return?" in answer.out
    assert "--assign FILE=SHOT" in answer.out and table.takes == []


@pytest.mark.parametrize(("word", "message"), [
    ("nowhere.mp4=boat", "there is no file 'nowhere.mp4'"), ("boat_t01.mp4=baot", "there is no shot 'baot'"),
    ("boat_t01.mp4", "assigns nothing"),
])  # fmt: skip
def test_wrong_assignment_takes_nothing(table: InboxDesk, word: str, message: str) -> None:
    table.put("boat_t01.mp4")
    answer = table.gather("--assign", word)
    assert answer.code == 2 and message in answer.err and table.takes == []


def test_two_at_once_take_each_file_once(table: InboxDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another gather comes between the look and the copy of this one."""
    table.put("boat_t01.mp4", "gulls_t01.mp4")
    decode = engine_gather.decode_alone
    begun = []

    def interrupted(*arguments: object) -> str:
        if not begun:
            begun.append(True)
            assert table.gather().code == 0
        return decode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(engine_gather, "decode_alone", interrupted)
    answer = table.gather()
    assert answer.code == 1 and "it is harbour/boat/t01 already" in answer.err
    assert table.takes == ["harbour/boat/t01.mp4", "harbour/gulls/t01.mp4"]
    table.assert_locked(table.takes)


def test_what_a_dead_copy_left_is_taken_away_and_that_of_a_living_one_stays(table: InboxDesk) -> None:
    folder = table.film / "takes/harbour/boat"
    folder.mkdir(parents=True)
    living = folder / f".{new_token()}.part"
    boot, _, _, number = new_token().split("-")
    dead = folder / f".{boot}-999999999-1-{number}.part"
    for path in (living, dead):
        path.write_bytes(b"half a copy")
    assert table.gather().code == 0
    assert living.exists() and not dead.exists()


@pytest.mark.slow
def test_any_kill_is_mended_by_the_next_run(table: InboxDesk) -> None:
    """Thirty kills of a run of six files: in the end there are six takes with six lines, and nothing else."""
    world = World(table.desk.folder)
    names = [f"{shot}_t0{number}.mp4" for shot in ("boat", "gulls", "flame") for number in (1, 2)]
    table.put(*names)
    moment = random.Random(41)
    command = [sys.executable, "-c", "from filmkit.cli.main import main; main()", "gather", "film", "--inbox", "inbox"]
    cut_off = 0
    for kill in range(30):
        if kill % 10 == 0:
            for path in (table.film / "takes").rglob("t*.mp4"):
                path.unlink()
            (table.film / "storyboard.lock").unlink(missing_ok=True)
        process = subprocess.Popen(command, cwd=world.folder, env=world.environment, stdout=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment.uniform(0.2, 1.6))
        cut_off += process.poll() is None
        process.kill()
        process.wait()
        for take in table.takes:
            assert (table.film / "takes" / take).read_bytes() in {(table.inbox / name).read_bytes() for name in names}
    assert cut_off >= 10
    assert table.gather().code == 0
    assert len(table.takes) == 6 and {sha256(table.film / "takes" / name) for name in table.takes} == {
        sha256(table.inbox / name) for name in names
    }
    table.assert_locked(table.takes)
    assert list((table.film / "takes").rglob(".*.part")) == []

"""The probe: what is over budget, damaged or no media is refused from it by name, quickly and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from baits import LURES, Trap, write_lure
from barcode import make_numbered
from bombs import BOMBS, chunk, make_png
from oddmedia import ODD
from sounds import write_wav
from spoilt import FASTSTART, FRAGMENTS, SPOILT

from filmkit.media import probe as probing
from filmkit.media.budgets import BUDGETS
from filmkit.media.probe import Refusal, probe
from filmkit.media.sniff import KINDS, check_ending
from filmkit.model.take import MediaFacts

MOST_CPU_S = 2.0
MOST_BYTES = 512 << 20

ASK = """
import json, resource, sys
from pathlib import Path
from filmkit.media.probe import Refusal, probe

def used():
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu_s = own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime
    return cpu_s, max(highest_kib(), theirs.ru_maxrss) * 1024

def highest_kib():  # not ru_maxrss: that also counts what the process that started this one held at the time
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])

for path in map(Path, sys.argv[1:]):
    before, _ = used()
    [found] = probe([path])
    after, most = used()
    told = [found.reason, found.remedy] if isinstance(found, Refusal) else ["", ""]
    print(json.dumps([path.stem, *told, after - before, most]), flush=True)
"""


@dataclass(frozen=True)
class Asked:
    """What the probe said of one file, what that cost, and the most memory that anything took up to then."""

    reason: str
    remedy: str
    cpu_s: float
    most_bytes: int


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with Trap(tmp_path_factory.mktemp("secret")) as trap:
        yield trap


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, trap: Trap) -> dict[str, Asked]:
    """All files that are refused, asked about one by one in one process of their own."""
    folder = tmp_path_factory.mktemp("refused")
    paths = [write_lure(name, folder, trap) for name in LURES]
    for name, broken in REFUSED.items():
        paths.append(folder / f"{name}.{broken.suffix}")
        broken.make(paths[-1])
    trap.sprung()
    done = subprocess.run(
        [sys.executable, "-c", ASK, *map(str, paths)], capture_output=True, text=True, timeout=200, check=True
    )
    return {name: Asked(*rest) for name, *rest in map(json.loads, done.stdout.splitlines())}


MISNAMED = {"png-mp4", "webm-mp4"}
"""Fine in themselves: what is wrong is their name, which the probe leaves to the inventory."""

REFUSED = {name: broken for name, broken in {**BOMBS, **SPOILT}.items() if name not in MISNAMED}


@pytest.mark.parametrize("name", [*LURES, *REFUSED])
def test_refused_for_what_it_is(name: str, asked: dict[str, Asked]) -> None:
    wanted = LURES[name].says if name in LURES else REFUSED[name].says
    assert wanted in asked[name].reason
    assert asked[name].remedy


@pytest.mark.parametrize("name", [*LURES, *REFUSED])
def test_refused_quickly_and_in_little_memory(name: str, asked: dict[str, Asked]) -> None:
    assert asked[name].cpu_s <= MOST_CPU_S
    assert asked[name].most_bytes <= MOST_BYTES


def test_nothing_was_opened_or_asked_on_the_way(asked: dict[str, Asked], trap: Trap) -> None:
    assert len(asked) == len(LURES) + len(REFUSED)
    assert trap.sprung() == []


def test_files_among_others_are_told_in_order(tmp_path: Path) -> None:
    clip = make_numbered(tmp_path / "clip.mp4", 4)
    web_page = tmp_path / "page.mp4"
    web_page.write_bytes(b"<html>")
    found = probe([clip, web_page, tmp_path / "gone.mp4", tmp_path, clip])
    assert [type(one) for one in found] == [MediaFacts, Refusal, Refusal, Refusal, MediaFacts]
    assert [one.reason for one in found if isinstance(one, Refusal)] == [
        "it is a web page saved under this name",
        "it cannot be read: No such file or directory",
        "it is not a regular file (a link, a pipe or a device)",
    ]


LAST_ACTS = {
    "os.kill(os.getpid(), 11)": "it could not be examined within ten seconds and 4 GiB of memory",
    "while True: pass": "it could not be examined within ten seconds and 4 GiB of memory",
    "bytearray(8 << 30)": "it takes more memory than a file may",
}


@pytest.mark.parametrize("last_act", LAST_ACTS)
def test_a_file_that_takes_the_worker_down_is_the_only_one_refused(
    last_act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = [make_numbered(tmp_path / f"{at}.mp4", 4 + at) for at in range(4)]
    head = "    # Their headers say all"
    text = Path(probing.WORKER).read_text()
    assert head in text
    act = f"    if os.fstat(descriptor).st_size == {clips[2].stat().st_size}:\n        {last_act}\n"
    (tmp_path / "worker.py").write_text(text.replace(head, act + head))
    monkeypatch.setattr(probing, "WORKER", tmp_path / "worker.py")
    monkeypatch.setattr(probing, "BUDGETS", replace(BUDGETS, probe_cpu_s=1))
    found = [one.reason if isinstance(one, Refusal) else pictures_of(one) for one in probe(clips)]
    assert found == [4, 5, LAST_ACTS[last_act], 7]


def pictures_of(facts: MediaFacts) -> int:
    assert facts.video is not None
    return facts.video.pictures.count


def made(name: str, folder: Path) -> MediaFacts:
    path = folder / f"{name}.{ODD[name].suffix}"
    ODD[name].make(path)
    [found] = probe([path])
    assert isinstance(found, MediaFacts), found
    return found


@pytest.mark.parametrize("name", ["lies-mp4", "lies-mkv", "no-duration", "apng", "webp-anim", "gif"])
def test_pictures_are_counted_whatever_the_header_says(name: str, tmp_path: Path) -> None:
    facts = made(name, tmp_path)
    assert pictures_of(facts) == ODD[name].pictures
    assert facts.video and facts.video.pictures.end == Fraction(ODD[name].pictures) / ODD[name].rate


def test_the_stream_that_is_meant_is_taken(tmp_path: Path) -> None:
    streams = {name: made(name, tmp_path).video for name in ("cover-art", "cover-first", "timecode", "subtitles")}
    assert {name: (video.stream, video.codec) for name, video in streams.items() if video} == {
        "cover-art": (0, "h264"), "cover-first": (1, "h264"), "timecode": (0, "h264"), "subtitles": (0, "h264"),
    }  # fmt: skip


def test_animated_webp_of_both_kinds_of_coding_is_refused(tmp_path: Path) -> None:
    lossy, lossless = (tmp_path / name for name in ("lossy.webp", "lossless.webp"))
    ODD["webp-anim"].make(lossy)
    ODD["webp-anim-lossless"].make(lossless)
    frame = lossless.read_bytes()
    mixed = lossy.read_bytes() + frame[frame.index(b"ANMF") :]
    (tmp_path / "mixed.webp").write_bytes(mixed)
    [found] = probe([tmp_path / "mixed.webp"])
    assert isinstance(found, Refusal) and "some are not" in found.reason


def test_containers_that_do_not_say_where_they_end_are_read(tmp_path: Path) -> None:
    clip = make_numbered(tmp_path / "clip.mp4", 9, output=FASTSTART)
    data = bytearray(clip.read_bytes())
    at = data.index(b"mdat") - 4
    data[at : at + 4] = bytes(4)  # a size of 0: to the end of the file
    clip.write_bytes(data)
    streamed = make_numbered(tmp_path / "streamed.mp4", 9, output=FRAGMENTS)
    [first, second] = probe([clip, streamed])
    assert isinstance(first, MediaFacts) and isinstance(second, MediaFacts)
    assert pictures_of(first) == pictures_of(second) == 9


def test_a_picture_may_carry_some_text(tmp_path: Path) -> None:
    """A workflow of a megabyte, as generators write them: packed and plain."""
    text = b"{" + b"node" * 250_000 + b"}"
    packed = chunk(b"zTXt", b"workflow\0\0" + zlib.compress(text))
    make_png(tmp_path / "a.png", 96, 64, packed, chunk(b"tEXt", b"prompt\0" + text), bits=8, kind=2)
    [found] = probe([tmp_path / "a.png"])
    assert isinstance(found, MediaFacts) and found.is_still


def test_too_many_pieces_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "BUDGETS", replace(BUDGETS, packets=20))
    [found] = probe([make_numbered(tmp_path / "clip.mp4", 30)])
    assert isinstance(found, Refusal) and found.reason == "it is made of more than 20 pieces"


def test_more_pixels_than_a_shot_may_cost_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "BUDGETS", replace(BUDGETS, pixels_in_all=96 * 64 * 29))
    found = probe([make_numbered(tmp_path / "29.mp4", 29), make_numbered(tmp_path / "30.mp4", 30)])
    assert [type(one) for one in found] == [MediaFacts, Refusal]


@pytest.mark.parametrize("field", ["file_bytes", "still_bytes"])
def test_too_many_bytes_are_refused_before_any_is_read(
    field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix = {"file_bytes": "mkv", "still_bytes": "png"}[field]
    clip = make_numbered(tmp_path / f"clip.{suffix}", 1, output=())
    monkeypatch.setattr(probing, "BUDGETS", replace(BUDGETS, **{field: 99}))
    [found] = probe([clip])
    assert isinstance(found, Refusal) and found.reason == f"it has {clip.stat().st_size:,} bytes, more than 99"


def test_sound_over_budget_is_refused(tmp_path: Path) -> None:
    nine = write_wav(tmp_path / "nine.wav", np.zeros((4_800, 9)))
    slow = write_wav(tmp_path / "slow.wav", np.zeros((4_800, 2)), 4_000)
    quick = write_wav(tmp_path / "quick.wav", np.zeros((4_800, 2)), 384_000)
    found = probe([nine, slow, quick])
    assert [one.reason for one in found if isinstance(one, Refusal)] == [
        "it has 9 channels, more than 8", "its sound has 4000 Hz", "its sound has 384000 Hz",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "demuxer", "says"),
    [
        ("t01.mp4", "matroska", "it is a WebM or Matroska file that calls itself .mp4"),
        ("a.WAV", "mp3", "it is an MP3 sound that calls itself .wav"),
        ("a.jpg", "png_pipe", "it is a PNG picture that calls itself .jpg"),
        ("a.m4a", "mov", ""), ("a.PNG", "apng", ""), ("take", "mov", ""), ("a.part", "mov", ""), ("a.mp4", "new", ""),
    ],
)  # fmt: skip
def test_a_name_may_not_say_something_else(name: str, demuxer: str, says: str) -> None:
    refusal = check_ending(name, demuxer)
    assert (refusal.reason if refusal else "") == says
    assert refusal is None or f".{KINDS[demuxer].endings[0]}" in refusal.remedy

"""The gate's flags alone, without any sandbox: nothing that a file names is opened, nothing is asked of the network."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from baits import LURES, Trap, write_lure
from barcode import make_numbered, read_numbers
from bombs import run_ffmpeg
from spoilt import X264, flipped

from filmkit.errors import StepFailed
from filmkit.media import attend, run
from filmkit.media.gate import DEMUXERS, GATE_BENIGN, GATE_FLAGS, decode_alone
from filmkit.media.probe import Refusal, probe
from filmkit.media.run import ToolJob, run_tool
from filmkit.media.sandbox import SandboxLevel, why_not
from filmkit.media.tools import find_ffmpeg

FOLLOWERS = ("hls", "dash", "concat", "sdp", "tty", "svg_pipe", "image2")
"""Demuxers that open other files, draw text or run a drawing; the gate must not have one of them."""


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with Trap(tmp_path_factory.mktemp("secret")) as trap:
        yield trap


@pytest.fixture
def unboxed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds now is held by the flags."""
    monkeypatch.setattr(run, "current_level", lambda: SandboxLevel.LIMITS)


def read_through(flags: Sequence[str], path: Path, folder: Path) -> None:
    job = ToolJob([*flags, "-i", "in:file", "-frames:v", "3", "-f", "null", "-"], {"file": path}, folder)
    run_tool(find_ffmpeg(), job)


@pytest.mark.parametrize("name", ["hls-m3u8", "dash-mp4", "mov-dref"])
def test_the_trap_springs_on_an_ordinary_reader(name: str, trap: Trap) -> None:
    """The control: what the gate keeps shut is open to ffmpeg by itself (data references once they are allowed)."""
    lure = write_lure(name, trap.folder.parent, trap)
    allowed = ["-enable_drefs", "1"] if name == "mov-dref" else []
    words = [str(find_ffmpeg().path), "-nostdin", "-v", "quiet", *allowed, "-i", str(lure), "-f", "null", "-"]
    subprocess.run(words, timeout=60, check=False)
    assert trap.sprung() == ["secret.ts was opened"]


@pytest.mark.parametrize("name", LURES)
def test_no_lure_is_followed_even_by_its_own_reader(name: str, trap: Trap, tmp_path: Path, unboxed: None) -> None:
    lure = write_lure(name, tmp_path, trap)
    for forced in ((), ("-f", LURES[name].reader)):
        with pytest.raises(StepFailed):
            read_through([*GATE_FLAGS, *forced], lure, tmp_path)
    assert trap.sprung() == []


OPEN = ["-protocol_whitelist", "fd,file,http,tcp,crypto,data", "-format_whitelist", "hls,dash,mpegts,mov"]


@pytest.mark.parametrize("level", [level for level in SandboxLevel if not why_not(level)], ids=str)
def test_the_sandbox_alone_keeps_the_trap_shut(
    level: SandboxLevel, trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the flags turned to let everything in: talked into following, ffmpeg would find the doors shut."""
    monkeypatch.setattr(run, "current_level", lambda: level)
    monkeypatch.setattr(attend, "STALL_S", 1.0)  # the trap takes connections and says nothing
    sprung = {}
    for name, words in {"hls-m3u8": ("-f", "hls"), "hls-http": ("-f", "hls"), "dash-mp4": ("-f", "dash")}.items():
        lure = write_lure(name, tmp_path, trap)
        with suppress(StepFailed):
            read_through([*OPEN, *words], lure, tmp_path)
        sprung[name] = bool(trap.sprung())
    assert sprung == dict.fromkeys(sprung, level is SandboxLevel.LIMITS)


def test_what_the_gate_reads_opens_no_other_file() -> None:
    assert set(FOLLOWERS) & set(DEMUXERS) == set()
    known = subprocess.run(
        [find_ffmpeg().path, "-hide_banner", "-demuxers"], capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in known.stdout.splitlines()]
    names = {name for words in lines if len(words) > 1 for name in words[1].split(",")}
    assert set(FOLLOWERS) - names == set(), "a name that ffmpeg does not know forbids nothing"


def test_streams_that_are_not_asked_for_do_no_harm_and_are_told(tmp_path: Path, unboxed: None) -> None:
    plain = make_numbered(tmp_path / "plain.mp4", 4, output=X264)
    (tmp_path / "text.srt").write_text("1\n00:00:00,000 --> 00:00:09,000\nhello\n")
    run_ffmpeg("-i", plain, "-i", tmp_path / "text.srt", "-c:v", "copy", "-c:s", "ass", tmp_path / "both.mkv")
    argv = [*GATE_FLAGS, "-f", "matroska", "-i", "in:file", "-map", "0:v", "-c:v", "ffv1", "out:made.mkv"]
    result = run_tool(find_ffmpeg(), ToolJob(argv, {"file": tmp_path / "both.mkv"}, tmp_path, 4, GATE_BENIGN))
    assert any("not on whitelist" in line for line in result.log)
    assert read_numbers(tmp_path / "made.mkv") == [0, 1, 2, 3]


@pytest.mark.parametrize("percent", [25, 50, 90])
def test_damage_is_named_in_the_decoder_s_words_without_its_addresses(percent: int, tmp_path: Path) -> None:
    clip = make_numbered(tmp_path / "clip.mp4", 48, output=("-c:v", "libx264", "-pix_fmt", "yuv420p"))
    whole, broken = clip.read_bytes(), tmp_path / "broken.mp4"
    [facts] = probe([clip])
    assert not isinstance(facts, Refusal)
    assert decode_alone(find_ffmpeg(), clip, facts) == ""
    broken.write_bytes(flipped(whole, percent))
    told = {decode_alone(find_ffmpeg(), broken, facts) for _ in range(3)}
    [trouble] = told
    assert trouble and " @ 0x" not in trouble

"""A WAV's own word about its length: right, open, too short, or more than there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sounds import tone, write_wav

from filmkit.media.waveheader import WaveData, read_wave_data

BYTES = 4_800 * 4


def header(folder: Path, claimed: int | None = None, *, cut: int | None = None, extra: bytes = b"") -> WaveData:
    file = write_wav(folder / "sound.wav", tone(440, 4_800, -6), claimed_bytes=claimed)
    file.write_bytes((file.read_bytes() + extra)[:cut])
    found = read_wave_data(file)
    assert found is not None
    return found


def test_a_whole_file_is_believed(tmp_path: Path) -> None:
    found = header(tmp_path)
    assert (found.claimed, found.present, found.missing) == (BYTES, BYTES, 0)
    assert not found.is_open
    assert not found.is_too_short


def test_a_file_cut_off_misses_bytes(tmp_path: Path) -> None:
    assert header(tmp_path, cut=10_044).missing == BYTES - 10_000


@pytest.mark.parametrize("claimed", [0, 2**32 - 1, 2**32 - 37])
def test_a_length_never_filled_in_is_open(tmp_path: Path, claimed: int) -> None:
    found = header(tmp_path, claimed)
    assert found.is_open
    assert found.missing == 0


def test_a_length_too_short_is_told_from_another_chunk(tmp_path: Path) -> None:
    assert header(tmp_path, 1_000).is_too_short
    assert not header(tmp_path, extra=b"LIST\x04\x00\x00\x00INFO").is_too_short


@pytest.mark.parametrize("content", [b"", b"RIFF", b"OggS" + bytes(60), b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_what_is_no_wav_is_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "sound.wav"
    file.write_bytes(content)
    assert read_wave_data(file) is None

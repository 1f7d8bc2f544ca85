"""A WAV's own word about its length: right, open, too short, or more than there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sounds import tone, write_wav

from filmkit.media.sound.waveheader import WaveData, read_wave_data, write_mended

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


def test_a_last_sample_that_is_not_whole_is_left_out(tmp_path: Path) -> None:
    found = header(tmp_path, BYTES - 1)
    assert found.is_ragged and found.is_mended and found.heard == BYTES - 1
    mended = write_mended(tmp_path / "sound.wav", found, tmp_path / "mended.wav")
    whole = read_wave_data(mended)
    assert whole is not None
    assert (whole.claimed, whole.present, whole.is_mended) == (BYTES - 4, BYTES - 4, False)


def test_more_sound_in_another_chunk_is_seen_wherever_it_stands(tmp_path: Path) -> None:
    more, note = b"data\x04\x00\x00\x00\x01\x00\x01\x00", b"note\x05\x00\x00\x00hello\x00"
    assert header(tmp_path, extra=more).is_parted and header(tmp_path, extra=note + more).is_parted
    assert not header(tmp_path, extra=note).is_parted and not header(tmp_path).is_parted
    assert not header(tmp_path, extra=note + b"data\x00\x00\x00\x00").is_parted  # nothing is lost


@pytest.mark.parametrize("tag", [b"TAG" + bytes(125), b"ID3\x04" + bytes(90), b"APETAGEX" + bytes(24)])
def test_a_tag_hung_behind_the_sound_is_none_of_it(tmp_path: Path, tag: bytes) -> None:
    found = header(tmp_path, extra=tag)
    assert (found.is_mended, found.heard) == (False, BYTES)


def test_packed_sound_has_no_bytes_a_sample(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "sound.wav", tone(440, 4_800, -6), claimed_bytes=BYTES - 1)
    file.write_bytes(file.read_bytes()[:20] + b"\x55" + file.read_bytes()[21:])  # MP3 in a WAV
    found = read_wave_data(file)
    assert found is not None and (found.align, found.is_ragged) == (1, False)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"OggS" + bytes(60), b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_what_is_no_wav_is_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "sound.wav"
    file.write_bytes(content)
    assert read_wave_data(file) is None

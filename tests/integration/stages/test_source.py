"""Foreign sound files come out as 48 kHz stereo float at their place and level, or are refused by name."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sounds import clicks, joined, level_db, noise, onsets, silence, tone, write_wav
from soundsteps import decode_source

from filmkit.errors import FilmkitError
from filmkit.media.tools import find_ffmpeg
from filmkit.model.finding import Severity
from filmkit.model.recipe import SourceRecipe

SECOND = 48_000


def recipe(channels: int = 2, layout: str = "stereo", **rest: object) -> SourceRecipe:
    return SourceRecipe.model_validate({"demuxer": "wav", "stream": 0, "channels": channels, "layout": layout} | rest)


def encoded(wav: Path, target: Path, *arguments: str) -> Path:
    tool = str(find_ffmpeg().path)
    subprocess.run([tool, "-nostdin", "-v", "error", "-i", str(wav), *arguments, str(target)], check=True)
    return target


def sine(hz: float, rate: int, seconds: float, channels: list[float]) -> npt.NDArray[np.float64]:
    wave = 0.1 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)
    return wave[:, None] * np.array(channels)


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_stereo_at_48_khz_comes_out_as_it_is(tmp_path: Path, bits: int) -> None:
    sound = noise(SECOND, -18)
    heard, made = decode_source(tmp_path, recipe(), write_wav(tmp_path / "a.wav", sound, bits=bits))
    assert np.abs(heard - sound).max() <= 2 ** -(min(bits, 24) - 1) * 1.5
    assert made.facts == {"samples": SECOND, "peak": pytest.approx(float(np.abs(sound).max()), abs=1e-4)}
    assert made.events == ()


def test_mono_is_copied_to_both_sides_at_its_level(tmp_path: Path) -> None:
    heard, _ = decode_source(tmp_path, recipe(1, "mono"), write_wav(tmp_path / "a.wav", sine(440, SECOND, 1, [1.0])))
    assert level_db(heard) == pytest.approx((-23.01, -23.01), abs=0.01)


def test_telephone_sound_keeps_pitch_level_and_length(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "a.wav", sine(440, 8_000, 1, [1.0]), 8_000)
    heard, _ = decode_source(tmp_path, recipe(1, "mono"), file)
    assert len(heard) == SECOND
    assert level_db(heard[2_000:-2_000]) == pytest.approx((-23.01, -23.01), abs=0.05)
    assert np.argmax(np.abs(np.fft.rfft(heard[:, 0]))) == 440


def test_the_centre_of_5_1_is_kept_and_its_lfe_dropped(tmp_path: Path) -> None:
    centre = write_wav(tmp_path / "centre.wav", sine(440, SECOND, 1, [0, 0, 1, 0, 0, 0]))
    left_back = write_wav(tmp_path / "back.wav", sine(440, SECOND, 1, [0, 0, 0, 0, 1, 0]))
    low = write_wav(tmp_path / "low.wav", sine(60, SECOND, 1, [0, 0, 0, 1, 0, 0]))
    assert level_db(decode_source(tmp_path, recipe(6, "5.1"), centre)[0]) == pytest.approx((-26.02, -26.02), abs=0.01)
    back = decode_source(tmp_path, recipe(6, "5.1"), left_back)[0]
    assert level_db(back)[0] == pytest.approx(-26.02, abs=0.01)
    assert not back[:, 1].any()
    assert not decode_source(tmp_path, recipe(6, "5.1"), low)[0].any()


def test_a_fold_above_full_scale_does_not_clip(tmp_path: Path) -> None:
    full = write_wav(tmp_path / "full.wav", sine(440, SECOND, 1, [9.9] * 8))
    heard, made = decode_source(tmp_path, recipe(8, "7.1"), full)
    assert made.facts["peak"] == pytest.approx(0.99 * (1 + 3 * 0.707107), abs=1e-3)
    assert np.abs(heard).max() > 3


def test_anti_phase_stays_anti_phase(tmp_path: Path) -> None:
    sound = tone(440, SECOND, -6, sides=(1.0, -1.0))
    heard, _ = decode_source(tmp_path, recipe(), write_wav(tmp_path / "a.wav", sound))
    assert level_db(heard) == pytest.approx((-9.01, -9.01), abs=0.01)
    assert np.abs(heard.sum(axis=1)).max() < 1e-4


def test_sides_that_cancel_and_an_offset_are_heard_and_warned_of(tmp_path: Path) -> None:
    turned = tone(440, SECOND, -6, sides=(1.0, -1.0))
    offset = tone(440, SECOND, -12) + np.float32(0.25)
    for sound, code, says in ((turned, "anti-phase", "cancel each other"), (offset, "dc-offset", "-12 dBFS off zero")):
        heard, made = decode_source(tmp_path, recipe(), write_wav(tmp_path / "a.wav", sound))
        assert np.abs(heard - sound).max() < 1e-4
        assert [(event.code, event.severity, says in event.message) for event in made.events] == [
            (code, Severity.WARNING, True)
        ]


def test_short_and_silent_sounds_are_sound(tmp_path: Path) -> None:
    short, _ = decode_source(tmp_path, recipe(), write_wav(tmp_path / "short.wav", tone(440, 960, -6)))
    assert len(short) == 960
    quiet, made = decode_source(tmp_path, recipe(), write_wav(tmp_path / "quiet.wav", silence(SECOND)))
    assert len(quiet) == SECOND
    assert made.facts["peak"] == 0.0


@pytest.mark.parametrize(
    ("suffix", "demuxer", "codec"),
    [("flac", "flac", "flac"), ("m4a", "mov", "aac"), ("mp3", "mp3", "libmp3lame"), ("ogg", "ogg", "libvorbis"),
     ("opus", "ogg", "libopus"), ("mka", "matroska", "libopus")],
)  # fmt: skip
def test_clicks_stand_where_they_stood_in_every_format(tmp_path: Path, suffix: str, demuxer: str, codec: str) -> None:
    places = [5_000 + 6_000 * number for number in range(7)]
    wav = write_wav(tmp_path / "a.wav", clicks(SECOND, places))
    heard, _ = decode_source(tmp_path, recipe(demuxer=demuxer), encoded(wav, tmp_path / f"a.{suffix}", "-c:a", codec))
    found = onsets(heard, 0.15)
    assert len(found) == len(places)
    assert np.abs(np.array(found) - places).max() <= 24


def test_clicks_at_44_khz_stand_where_they_stood(tmp_path: Path) -> None:
    sound = np.zeros((44_100, 2))
    sound[range(4_410, 44_100, 4_410)] = 0.9
    heard, _ = decode_source(tmp_path, recipe(), write_wav(tmp_path / "a.wav", sound, 44_100))
    assert onsets(heard, 0.4) == list(range(4_800, SECOND, 4_800))
    assert len(heard) == SECOND


def test_a_length_never_filled_in_is_played_to_its_end_and_told(tmp_path: Path) -> None:
    sound = noise(SECOND, -18)
    for claimed in (0, 2**32 - 1, 1_000):
        file = write_wav(tmp_path / "open.wav", sound, claimed_bytes=claimed)
        heard, made = decode_source(tmp_path, recipe(), file)
        assert np.abs(heard - sound).max() < 1e-4
        assert [event.code for event in made.events] == ["wav-length"]


def refusal(folder: Path, file: Path, asked: SourceRecipe | None = None) -> str:
    with pytest.raises(FilmkitError) as caught:
        decode_source(folder, asked or recipe(), file)
    assert caught.value.exit_code == 3
    assert file.name in caught.value.message
    return caught.value.message


def test_a_file_cut_off_is_refused_by_name(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "cut.wav", noise(SECOND, -18))
    file.write_bytes(file.read_bytes()[:100_000])
    assert "before its header says" in refusal(tmp_path, file)


def test_samples_that_are_no_numbers_are_refused_by_name(tmp_path: Path) -> None:
    for value in (np.nan, np.inf, -np.inf):
        sound = noise(SECOND, -18)
        sound[24_000, 1] = value
        assert "0.500 s" in refusal(tmp_path, write_wav(tmp_path / "bad.wav", sound, bits=32))


def test_levels_no_sound_has_are_refused(tmp_path: Path) -> None:
    assert "full scale" in refusal(tmp_path, write_wav(tmp_path / "huge.wav", noise(SECOND, 200), bits=32))


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "none.wav", silence(0))
    assert "cannot be used" in refusal(tmp_path, file)


def test_a_layout_that_is_not_said_is_told(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "six.wav", sine(440, SECOND, 0.1, [0, 0, 1, 0, 0, 0]))
    heard, made = decode_source(tmp_path, recipe(6, "6 channels"), file)
    assert level_db(heard) == pytest.approx((-26.02, -26.02), abs=0.05)
    assert [event.code for event in made.events] == ["layout-guessed"]


def test_a_bare_aac_file_is_late_and_says_so(tmp_path: Path) -> None:
    """What an M4A says of its encoder's delay no ADTS stream can say."""
    wav = write_wav(tmp_path / "click.wav", clicks(SECOND, [24_000]))
    late = {}
    for name, demuxer in (("bare.aac", "aac"), ("boxed.m4a", "mov")):
        file = encoded(wav, tmp_path / name, "-c:a", "aac", "-b:a", "256k")
        heard, made = decode_source(tmp_path, recipe(demuxer=demuxer), file)
        late[name] = int(np.argmax(np.abs(heard[:, 0]))) - 24_000, [event.code for event in made.events]
    assert late == {"bare.aac": (1_024, ["aac-late"]), "boxed.m4a": (0, [])}


def test_stretched_pieces_are_heard_end_to_end(tmp_path: Path) -> None:
    sound = joined(tone(441, SECOND, -12), silence(SECOND))
    file = write_wav(tmp_path / "a.wav", sound)
    asked = recipe(pieces=[(0, 24_000, 48_000), (24_000, 24_000, 12_000)])
    heard, made = decode_source(tmp_path, asked, file)
    assert made.facts["samples"] == len(heard) == 60_000
    assert np.argmax(np.abs(np.fft.rfft(heard[:48_000, 0]))) == pytest.approx(441, abs=1)


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "a.wav", sine(440, 44_100, 1, [1.0, 0.5]), 44_100)
    first, _ = decode_source(tmp_path, recipe(), file)
    again, _ = decode_source(tmp_path, recipe(), file)
    assert first.tobytes() == again.tobytes()

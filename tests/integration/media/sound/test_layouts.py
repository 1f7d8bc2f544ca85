"""Every layout and depth of every common file is folded to stereo by BS.775, at its level and from its first sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bombs import run_ffmpeg
from sounds import RATE, Samples, level_db, noise, tone, write_wav
from soundsteps import decode_source

from filmkit.media.probe import probe
from filmkit.model.recipe import SourceRecipe
from filmkit.model.take import AudioFacts, MediaFacts

PART = RATE // 4
PEAK_DB = -12.0

SIDES = {
    "FL": (0.0, None), "FR": (None, 0.0), "FC": (-3.01, -3.01), "LFE": (None, None), "BL": (-3.01, None),
    "BR": (None, -3.01), "SL": (-3.01, None), "SR": (None, -3.01), "MONO": (0.0, 0.0),
}  # fmt: skip
"""ITU-R BS.775, table 2: what a channel gives to the left and right in dB."""

CHANNELS = {
    "mono": ("MONO",),
    "stereo": ("FL", "FR"),
    "5.1": ("FL", "FR", "FC", "LFE", "BL", "BR"),
    "7.1": ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}
CODERS = {
    "wav": ("-c:a", "pcm_s16le"), "flac": ("-c:a", "flac"), "m4a": ("-c:a", "aac", "-b:a", "512k"),
    "ogg": ("-c:a", "libvorbis", "-q:a", "8"), "opus": ("-c:a", "libopus", "-b:a", "510k", "-mapping_family", "1"),
    "mp3": ("-c:a", "libmp3lame", "-b:a", "320k"),
}  # fmt: skip


def one_after_the_other(folder: Path, layout: str) -> Path:
    """A WAV in which each channel sounds alone for a quarter of a second, in order."""
    count = len(CHANNELS[layout])
    sound = np.zeros((count * PART, count))
    wave = tone(440, PART, PEAK_DB)[:, 0]
    for channel in range(count):
        sound[channel * PART : (channel + 1) * PART, channel] = wave
    return write_wav(folder / "source.wav", sound, bits=24)


def decoded(folder: Path, file: Path) -> tuple[Samples, AudioFacts]:
    [facts] = probe([file])
    assert isinstance(facts, MediaFacts) and facts.audio is not None, facts
    audio = facts.audio
    recipe = SourceRecipe(demuxer=facts.demuxer, stream=audio.stream, channels=audio.channels, layout=audio.layout)
    return decode_source(folder, recipe, file)[0], audio


FILES = [
    *((layout, suffix) for layout in ("5.1", "7.1") for suffix in CODERS if suffix != "mp3"),
    *((layout, suffix) for layout in ("mono", "stereo") for suffix in ("wav", "mp3", "m4a")),
]


@pytest.mark.parametrize(("layout", "suffix"), FILES)
def test_each_channel_comes_out_on_its_sides_at_its_level(tmp_path: Path, layout: str, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    shape = () if suffix == "opus" else ("-channel_layout", layout)
    chain = ("-af", f"aformat=channel_layouts={layout}") if suffix == "opus" else ()
    run_ffmpeg(*shape, "-i", one_after_the_other(tmp_path, layout), *chain, *CODERS[suffix], file)
    heard, audio = decoded(tmp_path, file)
    assert audio.channels == len(CHANNELS[layout])
    for at, name in enumerate(CHANNELS[layout]):
        found = level_db(heard[at * PART + 2_400 : (at + 1) * PART - 2_400])
        for side, wanted in zip(found, SIDES[name], strict=True):
            if wanted is None:
                assert side < PEAK_DB - 3.01 - 50, (name, found)
            else:
                assert side == pytest.approx(PEAK_DB - 3.01 + wanted, abs=0.15), (name, found)


@pytest.mark.parametrize(
    ("coder", "suffix", "floor_db"),
    [("pcm_u8", "wav", -45), ("pcm_s16le", "wav", -95), ("pcm_s24le", "wav", -140), ("pcm_s32le", "wav", -140),
     ("pcm_f32le", "wav", -150), ("pcm_f64le", "wav", -150), ("pcm_alaw", "wav", -35), ("pcm_s16be", "aiff", -95),
     ("pcm_s24be", "aiff", -140), ("flac", "flac", -95)],
)  # fmt: skip
def test_every_depth_is_as_fine_as_it_says(tmp_path: Path, coder: str, suffix: str, floor_db: float) -> None:
    sound = noise(RATE, -20)
    source = write_wav(tmp_path / "source.wav", sound, bits=32)
    run_ffmpeg("-i", source, "-c:a", coder, tmp_path / f"a.{suffix}")
    heard, audio = decoded(tmp_path, tmp_path / f"a.{suffix}")
    assert len(heard) == audio.samples == RATE
    assert max(level_db(heard - sound)) < floor_db


@pytest.mark.parametrize(
    ("suffix", "rate"), [*((suffix, RATE) for suffix in (*CODERS, "mka")), ("mp3", 44_100), ("m4a", 44_100)]
)
def test_every_file_begins_at_its_first_sample_and_is_as_long_as_its_facts_say(
    tmp_path: Path, suffix: str, rate: int
) -> None:
    """Encoders put in front what the file tells to leave out (pre-skip, delay), and fill up the end."""
    sound = muffled(noise(RATE, -20))
    words = {**CODERS, "opus": ("-c:a", "libopus", "-b:a", "256k"), "mka": ("-c:a", "libopus", "-b:a", "256k")}[suffix]
    file = tmp_path / f"a.{suffix}"
    run_ffmpeg("-i", write_wav(tmp_path / "source.wav", sound), "-ar", str(rate), *words, file)
    heard, audio = decoded(tmp_path, file)
    assert lag(heard, sound) == 0
    assert abs(level_db(heard[:480])[0] - level_db(sound[:480])[0]) < 1
    assert len(heard) == RATE
    assert abs(float(audio.seconds) - 1) * RATE <= (48 if suffix == "mka" else 0)  # Matroska counts milliseconds


def muffled(sound: Samples) -> Samples:
    """Without what lies above 8 kHz, which some encoders drop."""
    spectrum = np.fft.rfft(sound, axis=0)
    spectrum[8_000 * len(sound) // RATE :] = 0
    return np.fft.irfft(spectrum, len(sound), axis=0).astype(np.float32)


def lag(heard: Samples, sound: Samples) -> int:
    """By how many samples the left side comes late."""
    size = 4 * RATE
    likeness = np.fft.irfft(np.fft.rfft(heard[:, 0], size) * np.conj(np.fft.rfft(sound[:, 0], size)), size)
    best = int(np.argmax(likeness))
    return best if best < size // 2 else best - size
